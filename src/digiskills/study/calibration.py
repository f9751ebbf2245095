"""Margins to which weights are calibrated: ``[design] calibration``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digiskills.errors import nearest
from digiskills.study.problems import Problems

CALIBRATION_METHODS = ("poststratify", "rake", "received")
_KEYS = ("margins", "method", "targets", "design_weight")
_KEY = "design.calibration"
_EXAMPLE = '{ margins = [["department_size", "level"], ["region"]], method = "rake", targets = "population.csv" }'


@dataclass(frozen=True)
class Calibration:
    """Margins whose heads the weights add up to.

    Parameters
    ----------
    margins : tuple of tuple of str
        Each margin is a dimension, or several whose combinations of categories are counted.
    method : str
        ``poststratify`` and ``rake`` make the weights here, from those received; ``received``: the weights came
        calibrated, and only their errors follow from it.
    targets : tuple of str
        File of heads of each margin, in their order: its dimensions and ``heads`` (and ``wave``). A file with
        more dimensions is added up.
    design_weight : str
        Column of the weights before the calibration, in the typed table; empty where it is not known.
    """

    margins: tuple[tuple[str, ...], ...]
    method: str
    targets: tuple[str, ...] = ()
    design_weight: str = ""

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions of all margins, each once."""
        return tuple(dict.fromkeys(name for margin in self.margins for name in margin))

    @property
    def makes_weights(self) -> bool:
        """Whether the weights are calibrated here, not before."""
        return self.method != "received"


def calibration(table: object, weight: str, dimensions: Collection[str], problems: Problems) -> Calibration | None:
    """Return the calibration, None where none is declared; what is wrong is added to the problems."""
    if table is None:
        return None
    if not isinstance(table, dict):
        problems.add(_KEY, table, "is no table", _EXAMPLE)
        return None
    problems.known(_KEY, table, _KEYS)
    method = problems.choice(f"{_KEY}.method", table.get("method"), CALIBRATION_METHODS)
    margins = _margins(table.get("margins"), dimensions, problems)
    if method == "poststratify" and len(margins) > 1:
        message = f"are {len(margins)} margins; post-strata are the cells of one"
        problems.add(f"{_KEY}.margins", None, message, 'one list of dimensions, or method = "rake"')
    if not weight:
        problems.add(
            "design.weight", None, "is missing", "the weights to calibrate; a column of ones where all are alike"
        )
    targets = _targets(table, method, len(margins), problems)
    before = str(table.get("design_weight", ""))
    if before and method != "received":
        problems.add(f"{_KEY}.design_weight", before, f"is design.weight where method = ‘{method}’", "leave it out")
    made = f"{weight}_before_calibration" if method != "received" else before
    return Calibration(margins, method, targets, made)


def _margins(given: object, dimensions: Collection[str], problems: Problems) -> tuple[tuple[str, ...], ...]:
    key = f"{_KEY}.margins"
    listed = given if isinstance(given, list) else []
    margins = [
        (one,) if isinstance(one, str) else tuple(map(str, one)) if isinstance(one, list) else () for one in listed
    ]
    if not margins or not all(margins):
        problems.add(key, given, "names no margin", '[["department_size", "level"], ["region"]]')
    for margin in margins:
        for name in margin:
            if name not in dimensions:
                problems.add(key, name, "is no dimension of the study", nearest(name, dimensions))
    for twice in sorted({" × ".join(margin) for margin in margins if _again(margin, margins)}):
        problems.add(key, twice, "stands there twice", "each margin once, each dimension of it once")
    return tuple(margins)


def _again(margin: Sequence[str], margins: Sequence[Sequence[str]]) -> bool:
    alike = sum(set(margin) == set(other) for other in margins)
    return alike > 1 or len(set(margin)) < len(margin)


def _targets(table: Mapping[str, Any], method: str, margins: int, problems: Problems) -> tuple[str, ...]:
    """One file per margin; one that is named alone serves all."""
    key, given = f"{_KEY}.targets", table.get("targets")
    if method == "received":
        if given is not None:
            problems.add(key, given, "is not used: the weights came calibrated", "leave it out, or name another method")
        return ()
    files = [given] * margins if isinstance(given, str) else given if isinstance(given, list) else []
    if not files or len(files) != margins or not all(isinstance(file, str) and file for file in files):
        problems.add(key, given, "does not name the heads of every margin", "one file for all, or one per margin")
        return ()
    return tuple(files)
