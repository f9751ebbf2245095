"""Replicate weights that came with a survey: ``[design] replicates``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, TypeGuard

from digiskills.study.problems import Problems

REPLICATE_KINDS = ("brr", "fay", "jk1", "jkn", "bootstrap", "successive-difference")
CENTRES = ("mean", "estimate")
_KEYS = ("columns", "kind", "rho", "scale", "rscales", "centre", "df")
_FIXED = ("brr", "fay", "successive-difference")


@dataclass(frozen=True)
class Replicates:
    """Replicate weights: whole weights, not factors of the weight.

    Parameters
    ----------
    columns : tuple of str
        Names of columns of the survey, or patterns in which ``*`` stands for any letters.
    kind : str
        How they were made: one of `REPLICATE_KINDS`.
    rho : float or None
        Fay's shrinkage.
    scale : float or None
        In the place of the kind's own: jk1, jkn and bootstrap.
    rscales : tuple of float
        One per replicate in the order of the columns, or one for all; empty for 1.
    rscales_file : str
        File with the columns replicate (a column's name) and rscale, in the place of `rscales`.
    centre : str
        What deviations are taken from: the ``mean`` of the replicates, or the ``estimate``.
    df : int or None
        Degrees of freedom that came with the survey; None for the rank of the weights less 1.
    """

    columns: tuple[str, ...]
    kind: str
    rho: float | None = None
    scale: float | None = None
    rscales: tuple[float, ...] = ()
    rscales_file: str = ""
    centre: str = "mean"
    df: int | None = None

    def among(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the columns that hold replicate weights.

        Parameters
        ----------
        names : iterable of str
            Columns of the survey.

        Returns
        -------
        tuple of str
            In the order of `columns`, those of a pattern in the order of the survey, each once.
        """
        there = list(names)
        found = [name for wanted in self.columns for name in there if fnmatchcase(name, wanted)]
        return tuple(dict.fromkeys(found))


def replicates(table: object, problems: Problems) -> Replicates | None:
    """Return the replicate weights, None where none are declared; what is wrong is added to the problems."""
    key = "design.replicates"
    if table is None:
        return None
    if not isinstance(table, dict):
        problems.add(key, table, "is no table", '{ columns = "rep_*", kind = "jk1" }')
        return None
    problems.known(key, table, _KEYS)
    kind = problems.choice(f"{key}.kind", table.get("kind"), REPLICATE_KINDS)
    centre = problems.choice(f"{key}.centre", table.get("centre", "mean"), CENTRES)
    given = table.get("columns", [])
    columns = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list) else ()
    if not columns or not all(isinstance(name, str) and name for name in columns):
        problems.add(
            f"{key}.columns", given or None, "names no column", 'names of columns, or a pattern such as "rep_*"'
        )
    numbers = {word: _number(f"{key}.{word}", table.get(word), problems) for word in ("rho", "scale")}
    rscales, file = _rscales(f"{key}.rscales", table.get("rscales"), problems)
    df = table.get("df")
    if df is not None and (type(df) is not int or df < 1):
        problems.add(f"{key}.df", df, "is no number of degrees of freedom", "a whole number of 1 or more")
        df = None
    _check_kind(key, kind, table, problems)
    return Replicates(tuple(map(str, columns)), kind, numbers["rho"], numbers["scale"], rscales, file, centre, df)


def _is_size(given: object) -> TypeGuard[float]:
    """Tell whether a value is a number of 0 or more; true and false are none."""
    return isinstance(given, int | float) and not isinstance(given, bool) and given >= 0


def _number(key: str, given: object, problems: Problems) -> float | None:
    if given is None:
        return None
    if not _is_size(given):
        problems.add(key, given, "is no number of 0 or more")
        return None
    return float(given)


def _rscales(key: str, given: object, problems: Problems) -> tuple[tuple[float, ...], str]:
    """The factors of the replicates, or the file that holds them."""
    if isinstance(given, str):
        return (), given
    listed = given if isinstance(given, list) else [] if given is None else [given]
    if all(_is_size(each) for each in listed):
        return tuple(map(float, listed)), ""
    problems.add(key, given, "are no numbers of 0 or more", "one number, one per replicate, or the name of a file")
    return (), ""


def _check_kind(key: str, kind: str, table: Mapping[str, Any], problems: Problems) -> None:
    """Add what a kind lacks, and what it is given and does not use."""
    rho = table.get("rho")
    if kind == "fay" and not (_is_size(rho) and rho < 1):
        problems.add(f"{key}.rho", rho, "is not Fay’s shrinkage", "a number from 0 to below 1")
    if kind != "fay" and rho is not None:
        problems.add(f"{key}.rho", rho, f"is of Fay’s method; {kind} has none", 'kind = "fay"')
    if kind == "jkn" and table.get("rscales") is None:
        problems.add(f"{key}.rscales", None, "is missing", "(clusters - 1) / clusters of each replicate’s stratum")
    if table.get("scale") == 0:
        problems.add(f"{key}.scale", 0, "makes every error 0", "a number above 0")
    for word in ("scale", "rscales"):
        if kind in _FIXED and word in table:
            problems.add(f"{key}.{word}", table[word], f"is fixed for {kind}", "leave it out")
