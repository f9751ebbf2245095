"""What the present survey knows that the next one is planned from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from digiskills.answers import Answers
from digiskills.errors import UsageError, nearest
from digiskills.estimates import Estimand, Joint, joint
from digiskills.estimates.domains import EVERYONE, Where, columns
from digiskills.estimates.margins import sets
from digiskills.next_survey.components import cluster_sums, families, intraclass, variance_within_strata
from digiskills.next_survey.plan import Plan, plans
from digiskills.next_survey.simple import check_between

ICC = ("pooled", "domain")


class Parts(NamedTuple):
    """What a table of one estimand is made of: one entry per domain in each."""

    labels: pd.DataFrame
    joint: Joint
    icc: pd.DataFrame
    variance: pd.Series
    clustering: pd.Series
    response: pd.Series
    answered: pd.Series
    heads: pd.Series
    sums: pd.DataFrame


def parts_of(
    answers: Answers,
    estimand: Estimand,
    by: str | Sequence[str],
    where: Where | None,
    margins: bool,
    heads: pd.DataFrame | None,
    response: float | pd.DataFrame | None,
    icc: str | float,
) -> Parts:
    """Return what is known of each domain of one estimand.

    Parameters
    ----------
    answers, estimand, by, where, margins, heads, response, icc
        As for `answers_needed`.

    Returns
    -------
    Parts
        One entry per domain.
    """
    names = columns(by)
    made = joint(answers, estimand, names, where, margins)
    sums, labels = cluster_sums(answers, estimand, names, where, margins)
    family = families(labels) if icc == "pooled" else list(range(len(labels)))
    found = intraclass(sums, family)
    if not isinstance(icc, str):
        found = found.assign(icc=float(icc), icc_low=float(icc), icc_high=float(icc))
    if not answers.clustered:
        found = found.assign(icc=np.nan, icc_low=np.nan, icc_high=np.nan)
    domains = range(len(labels))
    variance = variance_within_strata(sums).reindex(domains)
    total = sums.groupby("domain")[["w", "w2"]].sum().reindex(domains)
    squared = (sums["w"] ** 2).groupby(sums["domain"]).sum().reindex(domains)
    return Parts(
        labels,
        made,
        found,
        variance,
        1 + (squared / total["w2"] - 1) * found["icc"],
        _response(labels, response),
        _answered(answers, made, names, where, margins),
        heads_of(labels, where or {}, heads),
        sums,
    )


def unit_of(estimands: Sequence[Estimand]) -> str:
    """Return what a margin of these is counted in: ``share`` (0 to 1) or ``levels`` of the scale.

    Parameters
    ----------
    estimands : sequence of Estimand
        Shares, or means.

    Returns
    -------
    str
        One word for all of them.

    Raises
    ------
    UsageError
        If there is none, or shares stand with means.
    """
    units = {"levels" if estimand.of is None else "share" for estimand in estimands}
    if not units:
        raise UsageError("estimands: none was given")
    if len(units) > 1:
        raise UsageError("estimands: shares and means have no margin in common; ask for them one after the other")
    return units.pop()


def plans_of(answers: Answers, parts: Parts, icc: pd.Series | None = None) -> list[Plan]:
    """Make the plans of all domains at an intra-class correlation, the one found by default."""
    given = parts.icc["icc"] if icc is None else icc
    reached = (parts.response * parts.answered).fillna(1.0)
    return plans(parts.sums, parts.variance, given, answers, parts.joint.sample, parts.heads, reached)


def heads_of(labels: pd.DataFrame, where: Where, heads: pd.DataFrame | None) -> pd.Series:
    """Return the people of each domain in the population, NaN where they are not known.

    Parameters
    ----------
    labels : DataFrame
        One row per domain; ``"all"`` in the dimensions that are added up.
    where : mapping of dimension to category or categories
        Restriction of every domain.
    heads : DataFrame or None
        One row per cell: columns of dimensions, and `heads`.

    Returns
    -------
    Series
        One entry per domain.
    """
    limits = {name: columns(values) for name, values in where.items() if values != EVERYONE}
    if heads is None:
        return pd.Series(np.nan, index=labels.index)
    if "heads" not in heads:
        raise UsageError(f"heads: the table has no column ‘heads’; {nearest('heads', map(str, heads.columns))}")
    return pd.Series([_people(heads, limits, row) for _, row in labels.astype(str).iterrows()], index=labels.index)


def _people(heads: pd.DataFrame, limits: dict[str, list[str]], row: pd.Series) -> float:
    wanted = [(str(name), [value]) for name, value in row.items() if value != EVERYONE]
    kept = np.ones(len(heads), dtype=bool)
    for name, values in [*limits.items(), *wanted]:
        if name not in heads:
            return math.nan
        kept &= heads[name].astype(str).isin(values).to_numpy()
    return float(heads.loc[kept, "heads"].sum(skipna=False)) if kept.any() else math.nan


def _answered(answers: Answers, made: Joint, by: list[str], where: Where | None, margins: bool) -> pd.Series:
    """Share of a domain's respondents who gave the item an answer."""
    rows = sets(answers.groups[list(answers.dimensions)], by, where, margins).rows
    whole = answers.groups["n"].to_numpy(dtype=float)
    respondents = np.array([whole[each].sum() for each in rows])
    n = made.frame["n"].to_numpy(dtype=float)
    return pd.Series(np.divide(n, respondents, out=np.full(len(n), np.nan), where=n > 0))


def _response(labels: pd.DataFrame, response: float | pd.DataFrame | None) -> pd.Series:
    if response is None:
        return pd.Series(np.nan, index=labels.index)
    if not isinstance(response, pd.DataFrame):
        given = pd.Series(float(response), index=labels.index)
    else:
        names = list(labels.columns)
        wrong = [name for name in [*names, "response"] if name not in response]
        if wrong:
            raise UsageError(f"response: the table has no column {', '.join(wrong)}")
        known = response.astype(dict.fromkeys(names, str))
        given = labels.astype(str).merge(known, on=names, how="left")["response"].astype(float)
    for value in given.dropna():
        if value != 1:
            check_between("response", value, 0.4)
    return given


def check_icc(icc: str | float) -> None:
    """Refuse a rule or a number for the intra-class correlation that cannot be.

    Raises
    ------
    UsageError
        With what would do.
    """
    if isinstance(icc, str):
        if icc not in ICC:
            raise UsageError(f"icc: there is no ‘{icc}’; {nearest(icc, ICC)}, or a number from 0 to below 1")
    elif not 0 <= icc < 1:
        raise UsageError(f"icc: {icc:g} is not from 0 to below 1; between departments 0.01 to 0.1 is usual")
