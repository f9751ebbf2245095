"""Released tables: the only ones that charts, words and exhibits take."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from digiskills.disclosure.plan import Plan, cell_keys, keys_of
from digiskills.disclosure.rules import PROTECTED, withheld_reason
from digiskills.disclosure.table import JOINT, DeclaredTable
from digiskills.errors import ReleaseError
from digiskills.study import Study

DECIMALS = 4
PEOPLE = 10
ERRORS = ("se", "df", "low", "high")
FINE: tuple[str, ...] = (
    "importance",
    "performance",
    "expected_",
    "top_",
    "p_concentrate",
    "p_keep_up",
    "p_low_priority",
    "p_overkill",
)
FINE += (
    "weighted",
    "observed",
    "between",
    "within",
    "standardized",
    "covered",
    "effect",
    "beyond",
)
FINE += ("sd", "se_", "design_effect", "deff_", "icc", "margin_", "change_", "power", "overlap", "before", "after")
FINE += ("lowest", "highest", "ratio", "mean", "alpha_if_dropped", "chi2")
"""What the other columns of finely divided numbers begin with."""
INVITED = "invitations_needed"
"""Column of people who would have to be invited."""


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
    """

    frame: pd.DataFrame
    table: DeclaredTable
    ids: frozenset[str]
    study: Study
    language: str
    method: Mapping[str, Any]

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
    estimates = estimates if study.design.intervals else estimates.assign(**dict.fromkeys(ERRORS, np.nan))
    reasons = withheld_reason(estimates, raised, has_clusters=bool(study.design.cluster), kind=table.kind)
    planned = plan.withheld.get(table.specification, {}) if plan else {}
    from_plan = pd.Series([planned.get(key, "") for key in cell_keys(estimates, table.by)], index=estimates.index)
    ids = plan.ids(table) if plan else frozenset[str]()
    reasons = reasons.mask(reasons.eq(""), from_plan)
    frame = _blank(estimates, table.by, reasons.mask(reasons.ne("") & bool(ids), PROTECTED))
    return Released(frame, table, ids, study, language, dict(estimates.attrs.get("method", {})))


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
    shown = frame if "withheld" in frame else frame.assign(withheld="")
    return Released(shown.reset_index(drop=True), table, ids, study, language, dict(method))


def _blank(estimates: pd.DataFrame, by: tuple[str, ...], reasons: pd.Series) -> pd.DataFrame:
    """Return the estimates with everything but the keys of a withheld row null, the numbers of others rounded."""
    shown = _rounded(estimates).assign(withheld=reasons.fillna("")).reset_index(drop=True)
    gone = shown["withheld"].ne("")
    for name in shown.columns.difference([*keys_of(shown, by), "withheld"]):
        whole = pd.api.types.is_integer_dtype(shown[name])
        shown[name] = (shown[name].astype(float) if whole else shown[name]).mask(gone)
    return shown


def _invited(estimates: pd.DataFrame) -> pd.Series:
    """Return the people to invite in tens, and never more than there are."""
    tens = (estimates[INVITED] / PEOPLE).round() * PEOPLE
    return tens.mask(tens.gt(estimates["heads"]), tens - PEOPLE) if "heads" in estimates else tens


def _rounded(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return the estimates without the digits that say nothing, and by which weights could be told.

    Numbers of people are rounded to tens, degrees of freedom to one decimal, all else to four decimals.
    """
    values = [name for name in ("estimate", "se", "low", "high") if name in estimates]
    others = [str(name) for name in estimates if str(name).startswith(FINE)]
    people = estimates["item"].eq("respondents") if "item" in estimates else pd.Series(False, index=estimates.index)
    people |= estimates["measure"].eq("people_short") if "measure" in estimates else False
    numbers = estimates[values].astype(float)
    rounded = numbers.round(DECIMALS).mask(people, (numbers / PEOPLE).round() * PEOPLE)
    fine = estimates[others].astype(float).round(DECIMALS)
    given = {name: rounded[name] for name in values} | {name: fine[name] for name in others}
    given |= {"df": estimates["df"].round(1)} if "df" in estimates else {}
    given |= {INVITED: _invited(estimates)} if INVITED in estimates else {}
    return estimates.assign(**given)
