"""The plan of a build: which cells of all declared tables are withheld, decided before any notebook runs."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from digiskills import paths
from digiskills.answers import Answers
from digiskills.disclosure.kinds import estimate
from digiskills.disclosure.source import Count
from digiskills.disclosure.table import DeclaredTable
from digiskills.errors import ReleaseError
from digiskills.study import Release, Study
from digiskills.survey import Survey

KEYS = ("item", "code", "answer", "measure", "term", "reference", "survey", "year", "choice", "option")
"""Columns that say what a row is, besides its dimensions; everything else goes where a cell is withheld."""


@dataclass(frozen=True)
class Plan:
    """Which tables a build of one study may publish, and which of their cells it withholds.

    Parameters
    ----------
    study : str
        Name of the study.
    tables : tuple of DeclaredTable
        Everything declared.
    withheld : mapping
        For each survey table's specification, why each withheld cell is.
    inputs : mapping of str to str
        Digest of the survey's files by wave, so that a plan is not used with other data.
    """

    study: str
    tables: tuple[DeclaredTable, ...]
    withheld: Mapping[tuple[object, ...], Mapping[tuple[str, ...], str]]
    inputs: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Digest of all that the plan says."""
        return hashlib.sha256(_dump(self).encode()).hexdigest()

    def ids(self, table: DeclaredTable) -> frozenset[str]:
        """Return the exhibit ids under which a table was declared.

        Parameters
        ----------
        table : DeclaredTable
            Its own id does not matter, only what it shows.

        Returns
        -------
        frozenset of str
            Empty if it was not declared.
        """
        return frozenset(known.id for known in self.tables if known.specification == table.specification)


def make(study: Study, tables: Iterable[DeclaredTable], count: Count) -> Plan:
    """Return the plan of a build.

    Parameters
    ----------
    study : Study
        What the study declares, its release rules above all.
    tables : iterable of DeclaredTable
        Every table of every report, scopes and waves included.
    count : callable
        Takes a wave and dimensions, returns the survey and its answers counted by them.

    Returns
    -------
    Plan
        Decided over all tables together.
    """
    declared = tuple(sorted(set(tables)))
    withheld: dict[tuple[object, ...], dict[tuple[str, ...], str]] = {}
    inputs: dict[str, str] = {}

    def remembered(wave: str, dimensions: tuple[str, ...]) -> tuple[Survey, Answers]:
        """Return what `count` returns, and note the digest of what it was made from."""
        survey, answers = count(wave, dimensions)
        inputs[wave] = survey.digest
        return survey, answers

    for table in declared:
        if table.evidence != "survey" or table.specification in withheld:
            continue
        frame = estimate(table, study, remembered)
        reasons = withheld_reason(frame, study.release, has_clusters=bool(study.design.cluster))
        cells = cell_keys(frame, table.by)
        withheld[table.specification] = {key: why for key, why in zip(cells, reasons, strict=True) if why}
    return Plan(study.name, declared, withheld, inputs)


def keys_of(frame: pd.DataFrame, by: tuple[str, ...]) -> list[str]:
    """Return the columns that say what a row is.

    Parameters
    ----------
    frame : DataFrame
        An estimates frame.
    by : tuple of str
        Its dimensions.

    Returns
    -------
    list of str
        In the order of the frame.
    """
    return [str(name) for name in frame.columns if name in (*KEYS, *by)]


def cell_keys(frame: pd.DataFrame, by: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return for each row of an estimates frame what cell it is.

    Parameters
    ----------
    frame : DataFrame
        An estimates frame.
    by : tuple of str
        Its dimensions.

    Returns
    -------
    list of tuple of str
        The values of the columns that say what a row is.
    """
    names = keys_of(frame, by)
    return [tuple(row) for row in frame[names].astype(str).itertuples(index=False, name=None)]


def withheld_reason(frame: pd.DataFrame, release: Release, *, has_clusters: bool) -> pd.Series:
    """Return for each row why it may not be shown.

    Parameters
    ----------
    frame : DataFrame
        An estimates frame with the columns ``n`` and ``clusters``, both unweighted counts, and ``n_before``
        where two waves are compared.
    release : Release
        The study's thresholds.
    has_clusters : bool
        Whether the sample has clusters.

    Returns
    -------
    Series of str
        ``few_answers``, ``few_clusters`` or empty.

    Notes
    -----
    First rule of the plan: a number stands on at least `smallest_group` answers, and on answers from
    at least `fewest_clusters` clusters, so that none is the result of a single department.
    """
    few_clusters = has_clusters & frame["clusters"].lt(release.fewest_clusters)
    fewest = frame[[name for name in ("n", "n_before") if name in frame]].min(axis=1)
    reasons = pd.Series("", index=frame.index).mask(few_clusters, "few_clusters")
    return reasons.mask(fewest.lt(release.smallest_group), "few_answers")


def write_plan(plan: Plan) -> Path:
    """Return the file that holds the plan, for the processes that make the reports.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    Path
        A private file in the study's processed folder.
    """
    path = _path(plan.study)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{os.getpid()}.tmp")
    aside.touch(mode=0o600)
    aside.write_text(_dump(plan), encoding="utf-8")
    aside.replace(path)
    return path


def read_plan(study: str) -> Plan | None:
    """Return the plan that the last build made.

    Parameters
    ----------
    study : str
        Name of the study.

    Returns
    -------
    Plan or None
        None where none was made yet.

    Raises
    ------
    ReleaseError
        If the file is damaged.
    """
    path = _path(study)
    if not path.is_file():
        return None
    try:
        return _load(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"{path.name} is damaged ({error}): delete it, the next build makes it anew") from None


def _path(study: str) -> Path:
    return paths.processed(study) / "release_plan.json"


def _dump(plan: Plan) -> str:
    return json.dumps(
        {
            "study": plan.study,
            "inputs": dict(sorted(plan.inputs.items())),
            "tables": [[table.id, *table.specification] for table in plan.tables],
            "withheld": [
                [list(specification), [[list(key), why] for key, why in sorted(cells.items())]]
                for specification, cells in plan.withheld.items()
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def _load(stored: dict) -> Plan:  # type: ignore[type-arg]
    tables = tuple(DeclaredTable(*_hashable(row)) for row in stored["tables"])
    withheld = {
        _hashable(specification): {tuple(key): why for key, why in cells} for specification, cells in stored["withheld"]
    }
    return Plan(stored["study"], tables, withheld, stored["inputs"])


def _hashable(value: list) -> tuple:  # type: ignore[type-arg]
    return tuple(_hashable(part) if isinstance(part, list) else part for part in value)
