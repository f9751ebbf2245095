"""Released tables: the only ones that charts, words and exhibits take."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from digiskills.disclosure.keys import cell_keys, keys_of
from digiskills.disclosure.plan import Plan
from digiskills.disclosure.rounded import rounded
from digiskills.disclosure.rules import PROTECTED, withheld_reason
from digiskills.disclosure.table import JOINT, DeclaredTable
from digiskills.errors import ReleaseError
from digiskills.study import Study

ERRORS = ("se", "df", "low", "high")


@dataclass(frozen=True, eq=False, repr=False)
class Released:
    """A table that may be shown: numbers of withheld cells are gone, the reason stands in their place.

    Parameters
    ----------
    frame : DataFrame
        One row per item, domain and, where there are any, measure or answer; the column
        ``withheld`` is empty or says that the row is withheld, and then every number is null. In a table that may be
        published it is ``protected`` whatever the rule: which cell is small would itself narrow it down.
    table : DeclaredTable
        What it shows.
    ids : frozenset of str
        Exhibit ids under which it may be published; none if it was not declared.
    study : Study
        What the study declares.
    language : str
        ``en`` or ``fr``.
    method : mapping
        How the estimates were made.
    sealed : frozenset of int, optional
        Marks of its rows as they were released, for `refuse_changed`; None for a table that was read back from files.
    """

    frame: pd.DataFrame
    table: DeclaredTable
    ids: frozenset[str]
    study: Study
    language: str
    method: Mapping[str, Any]
    sealed: frozenset[int] | None = None

    def __repr__(self) -> str:
        """What the table shows and how much of it is withheld."""
        withheld = int(self.frame["withheld"].ne("").sum())
        return f"Released {self.kind} by {', '.join(self.by) or 'nothing'}: {len(self.frame)} rows, {withheld} withheld"

    @property
    def kind(self) -> str:
        """Kind of the table."""
        return self.table.kind

    @property
    def by(self) -> tuple[str, ...]:
        """Dimensions that make its domains."""
        return self.table.by

    @property
    def wave(self) -> str:
        """Wave of its data."""
        return self.table.wave

    @property
    def where(self) -> dict[str, str]:
        """What the whole table is limited to."""
        return dict(self.table.where)

    @property
    def evidence(self) -> str:
        """Name of its evidence in the study."""
        return self.table.evidence

    @property
    def evidence_kind(self) -> str:
        """``synthetic``, ``collected`` or ``published``; ``joint`` where each row says its own."""
        return JOINT if self.evidence == JOINT else self.study.evidence[self.evidence].kind

    @property
    def evidence_kinds(self) -> tuple[str, ...]:
        """The kinds of evidence that its rows rest on, each once."""
        if self.evidence != JOINT:
            return (self.evidence_kind,)
        kinds = dict.fromkeys(self.frame["evidence"].astype(str))
        return tuple(kind for kind in kinds if kind in {each.kind for each in self.study.evidence.values()})

    def refuse_changed(self) -> None:
        """Refuse a table that holds a row other than those that were released.

        Raises
        ------
        ReleaseError
            If rows were changed or added since, or it was made by hand. Rows may be left out.
        """
        strange = marks(self.frame) - (self.sealed or frozenset())
        if strange:
            raise ReleaseError(
                f"{len(strange)} rows of this table of {self.kind} are not as they were released: publish what "
                "survey.gaps, .means, .shares and the like return, or .only(...) of it"
            )

    def only(self, **chosen: str | list[str]) -> Released:
        """Return the rows that have the chosen values.

        Parameters
        ----------
        **chosen : str or list of str
            Column and the value or values to keep, in the order given for a list.

        Returns
        -------
        Released
            Of the same declared table.
        """
        frame = self.frame
        for name, values in chosen.items():
            wanted = [values] if isinstance(values, str) else values
            frame = frame[frame[name].isin(wanted)]
        return dataclasses.replace(self, frame=frame.reset_index(drop=True))


def release(
    estimates: pd.DataFrame,
    table: DeclaredTable,
    study: Study,
    *,
    plan: Plan | None,
    language: str,
    smallest_group: int = 0,
) -> Released:
    """Return a survey table with what may not be shown taken out.

    Parameters
    ----------
    estimates : DataFrame
        An estimates frame.
    table : DeclaredTable
        What it shows.
    study : Study
        What the study declares.
    plan : Plan or None
        The build's plan. Its cells are withheld whatever the counts say; a table that it does not
        hold is released for looking only, by the first rule alone.
    language : str
        ``en`` or ``fr``.
    smallest_group : int
        A threshold that raises the study's own.

    Returns
    -------
    Released
        Numbers of withheld cells are null.

    Raises
    ------
    ReleaseError
        If `smallest_group` is below the study's.
    """
    rules = study.release
    if smallest_group and smallest_group < rules.smallest_group:
        raise ReleaseError(
            f"smallest_group {smallest_group} is below the {rules.smallest_group} of study {study.name}: "
            f"give {rules.smallest_group} or more"
        )
    raised = dataclasses.replace(rules, smallest_group=max(smallest_group, rules.smallest_group))
    method, estimates = dict(estimates.attrs.get("method", {})), estimates.copy(deep=False)
    estimates.attrs = {}  # else each step would copy the method, and each reading of the released rows
    estimates = estimates if study.design.intervals else estimates.assign(**dict.fromkeys(ERRORS, np.nan))
    reasons = withheld_reason(estimates, raised, has_clusters=bool(study.design.cluster), kind=table.kind)
    planned = plan.withheld.get(table.specification, {}) if plan else {}
    from_plan = pd.Series([planned.get(key, "") for key in cell_keys(estimates, table.by)], index=estimates.index)
    ids = plan.ids(table) if plan else frozenset[str]()
    reasons = reasons.mask(reasons.eq(""), from_plan)
    frame = _blank(estimates, table.by, reasons.mask(reasons.ne("") & bool(ids), PROTECTED))
    return Released(frame, table, ids, study, language, method, marks(frame))


def release_public(
    frame: pd.DataFrame,
    table: DeclaredTable,
    study: Study,
    *,
    plan: Plan | None,
    language: str,
    method: Mapping[str, Any],
) -> Released:
    """Return a table of evidence that is public already: coded public documents, published figures.

    Parameters
    ----------
    frame : DataFrame
        Counts of passages, or figures as published; a column ``withheld`` is kept where the publisher
        withheld a figure.
    table : DeclaredTable
        What it shows.
    study : Study
        What the study declares.
    plan : Plan or None
        The build's plan, which says under which ids the table may be published.
    language : str
        ``en`` or ``fr``.
    method : mapping
        How the numbers were made.

    Returns
    -------
    Released
        The table as it is.

    Raises
    ------
    ReleaseError
        If the evidence is a survey, which goes through `release`.
    """
    if table.evidence in ("survey", JOINT):
        raise ReleaseError("survey tables are released by their counts of answers, not as public evidence")
    ids = plan.ids(table) if plan else frozenset[str]()
    shown = (frame if "withheld" in frame else frame.assign(withheld="")).reset_index(drop=True)
    shown.attrs = {}
    return Released(shown, table, ids, study, language, dict(method), marks(shown))


def marks(frame: pd.DataFrame) -> frozenset[int]:
    """Return a mark of each row of a table: equal for rows with the same columns and values.

    Parameters
    ----------
    frame : DataFrame
        Any table.

    Returns
    -------
    frozenset of int
        Of no meaning outside this process.
    """
    columns = tuple(map(str, frame.columns))
    told = [_told(frame.iloc[:, place]) for place in range(len(columns))]
    return frozenset(hash((columns, row)) for row in zip(*told, strict=True))


def _told(column: pd.Series) -> list[str]:
    """Return the values of a column as text, every missing one alike."""
    known = zip(column.astype(object), column.notna(), strict=True)
    return [repr(value) if is_there else "None" for value, is_there in known]


def _blank(estimates: pd.DataFrame, by: tuple[str, ...], reasons: pd.Series) -> pd.DataFrame:
    """Return the estimates with everything but the keys of a withheld row null, the numbers of others rounded."""
    shown = rounded(estimates).assign(withheld=reasons.fillna("")).reset_index(drop=True)
    gone = shown["withheld"].ne("")
    for name in shown.columns.difference([*keys_of(shown, by), "withheld"]):
        whole = pd.api.types.is_integer_dtype(shown[name])
        shown[name] = (shown[name].astype(float) if whole else shown[name]).mask(gone)
    return shown
