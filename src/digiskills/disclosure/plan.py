"""The plan of a build: which cells of all declared tables are withheld, decided before any notebook runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from digiskills.answers import Answers
from digiskills.disclosure import editions, overrides
from digiskills.disclosure.keys import cell_keys
from digiskills.disclosure.kinds import estimate
from digiskills.disclosure.pattern import pattern
from digiskills.disclosure.rules import FEW_CLUSTERS, withheld_reason
from digiskills.disclosure.source import Count, Source
from digiskills.disclosure.spare import Spare
from digiskills.disclosure.table import DEPARTMENT, DeclaredTable
from digiskills.disclosure.told import ANSWERED, ASKED, Told, told
from digiskills.disclosure.wave import Wave
from digiskills.models import ModelError
from digiskills.study import Study
from digiskills.survey import Survey

PLAIN = ("respondents", "means", "shares", "barrier_side", "shortfalls", "missing")
"""Kinds whose clusters are those of the answers in the row."""


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
    left_out : tuple of str
        Ids of tables of a default set that had to go, as they could be protected only at the cost of a headline.
    """

    study: str
    tables: tuple[DeclaredTable, ...]
    withheld: Mapping[tuple[object, ...], Mapping[tuple[str, ...], str]]
    inputs: Mapping[str, str]
    left_out: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Digest of all that the plan says."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def text(self) -> str:
        """All that the plan says as JSON, which `digiskills.disclosure.plan_file.loads` reads."""
        told = {
            "study": self.study,
            "left_out": list(self.left_out),
            "inputs": dict(sorted(self.inputs.items())),
            "tables": [[table.id, *table.specification] for table in self.tables],
            "withheld": [
                [list(specification), [[list(key), why] for key, why in sorted(cells.items())]]
                for specification, cells in self.withheld.items()
            ],
        }
        return json.dumps(told, ensure_ascii=False, indent=1)

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
        return _ids(table, self.tables)


Estimated = Callable[[DeclaredTable, Study, Count], pd.DataFrame]
TWO_WAVES = ("changes", "detectable_change")
"""Kinds that compare a wave with the one before it."""


def make(
    study: Study,
    tables: Iterable[DeclaredTable],
    count: Count,
    estimated: Estimated = estimate,
    may_go: Iterable[str] = (),
) -> Plan:
    """Return the plan of a build.

    Parameters
    ----------
    study : Study
        What the study declares, its release rules above all.
    tables : iterable of DeclaredTable
        Every table of every report, scopes and waves included.
    count : callable
        Takes a wave and dimensions, returns the survey and its answers counted by them.
    estimated : callable
        Gives the estimates of a table: `estimate`, or one that keeps what it gave (`Kept`).
    may_go : iterable of str
        Ids of tables that are left out rather than stop a build where a headline would have to go.

    Returns
    -------
    Plan
        Decided over all tables together.

    Raises
    ------
    ReleaseError
        If a rule could be met only by withholding a headline, and no table may go instead.
    """
    declared = tuple(sorted(set(tables)))
    inputs: dict[str, str] = {}

    def remembered(wave: str, dimensions: tuple[str, ...]) -> tuple[Survey, Answers]:
        """Return what `count` returns, and note the digest of what it was made from."""
        survey, answers = count(wave, dimensions)
        inputs[wave] = survey.digest
        return survey, answers

    found = (_rows(table, study, remembered, estimated) for table in _once(declared))
    rows = [each for each in found if each is not None]
    spare = Spare([(_ids(each.table, declared), each.every) for each in rows], may_go)
    hidden: dict[Told, str] = {}
    for wave in waves(study, rows, remembered):
        hidden |= pattern(wave, spare)
    left = tuple(table for table in declared if table.id not in spare.gone)
    shown = {table.specification for table in left}
    withheld = {each.table.specification: each.withheld(hidden) for each in rows if each.table.specification in shown}
    return Plan(study.name, left, withheld, inputs, tuple(sorted(spare.gone)))


def _ids(table: DeclaredTable, declared: Iterable[DeclaredTable]) -> frozenset[str]:
    """Return the ids under which a table was declared."""
    return frozenset(known.id for known in declared if known.specification == table.specification)


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of one survey table.

    Parameters
    ----------
    table : DeclaredTable
        The table.
    keys : list of tuple of str
        What cell each row is.
    own : list of str
        Why each may not be shown, as far as itself says.
    told : list of tuple of Told
        What each would tell.
    """

    table: DeclaredTable
    keys: list[tuple[str, ...]]
    own: list[str]
    told: list[tuple[Told, ...]]

    @property
    def every(self) -> frozenset[Told]:
        """All that the table tells."""
        return frozenset(cell for cells in self.told for cell in cells)

    def withheld(self, hidden: Mapping[Told, str]) -> dict[tuple[str, ...], str]:
        """Return why each withheld row is, where the cells that may not be told are known."""
        reasons = [
            own or next((hidden[cell] for cell in cells if cell in hidden), "")
            for own, cells in zip(self.own, self.told, strict=True)
        ]
        return {key: why for key, why in zip(self.keys, reasons, strict=True) if why}


def waves(study: Study, rows: Iterable[Rows], count: Count) -> list[Wave]:
    """Return the waves that tables tell of, with everything told of each.

    Parameters
    ----------
    study : Study
        What the study declares.
    rows : iterable of Rows
        All tables of a build.
    count : callable
        Takes a wave and dimensions, returns the survey and its answers counted by them.

    Returns
    -------
    list of Wave
        In the order of their names.
    """
    known: dict[str, set[Told]] = {}
    given: dict[Told, str] = {}
    for each in rows:
        for own, cells in zip(each.own, each.told, strict=True):
            for one in cells:
                known.setdefault(one.wave, set()).add(one)
            if own == FEW_CLUSTERS and each.table.kind in PLAIN:
                given |= {cell: own for cell in cells if cell.sum[0] in (ANSWERED, ASKED)}
    found = []
    for name, every in sorted(known.items()):
        dimensions = tuple(sorted({dimension for one in every for dimension, _ in one.domain} - {DEPARTMENT}))
        counted = count(name, dimensions)[1]
        fixed = overrides.read(study, name)
        before = editions.published(study.name, name)
        found.append(Wave(name, counted, tuple(sorted(every)), study.release, fixed, given, before))
    return found


def _once(tables: Iterable[DeclaredTable]) -> list[DeclaredTable]:
    """Return the survey tables, one of those that show the same."""
    found: dict[tuple[object, ...], DeclaredTable] = {}
    for table in tables:
        if table.evidence == "survey":
            found.setdefault(table.specification, table)
    return list(found.values())


def _rows(table: DeclaredTable, study: Study, count: Count, estimated: Estimated) -> Rows | None:
    source = Source(table, study, count)
    try:
        frame = estimated(table, study, count)
    except ModelError:
        return None  # the notebook that asks for it fails with the same advice; all other reports stand
    if table.kind in TWO_WAVES:
        count(source.earlier().table.wave, table.dimensions)  # the plan holds for these data only
    clusters = bool(study.design.cluster)
    own = withheld_reason(frame, study.release, has_clusters=clusters, kind=table.kind)
    return Rows(table, cell_keys(frame, table.by), own.tolist(), told(frame, source))
