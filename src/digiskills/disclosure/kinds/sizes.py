"""Whether groups such as department sizes differ, and what a difference hangs on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from digiskills import estimates
from digiskills.answers import Answers
from digiskills.disclosure.source import Source
from digiskills.errors import UsageError
from digiskills.estimates.contrasts import LEVEL as LEVEL_OF_TEST
from digiskills.estimates.contrasts import SMALL_EFFECT
from digiskills.estimates.multiplicity import ADJUSTMENTS
from digiskills.estimates.notes import gravest
from digiskills.gaps import departments as between
from digiskills.gaps import sizes, standardize
from digiskills.gaps.respondents import limited
from digiskills.survey import Survey

SIZE, LEVEL = "department_size", "level"
MIX = ("level", "function")
MARGIN = 0.1
"""Smallest difference of two shares that would matter, unless a table says otherwise."""
BASE = ["n", "clusters"]
NUMBERS = [*BASE, "estimate", "se", "df", "low", "high"]


def departments(source: Source) -> pd.DataFrame:
    """Return how many departments stand behind each group.

    Parameters
    ----------
    source : Source
        The table and its data; by one dimension.

    Returns
    -------
    DataFrame
        One row per group: item (`respondents`), the dimension, n (respondents), clusters (departments that
        answered), in_population (departments of their strata), strata, df (clusters minus strata), and heads where
        the study knows them.

    Raises
    ------
    UsageError
        If the survey has no departments or is not broken down by one dimension.
    """
    group, survey = _dimension(source), limited(source.survey, source.where)
    if survey.cluster is None or survey.stratum is None:
        raise UsageError("departments: the study declares no stratum and cluster, so none can be counted")
    frame = estimates.respondents(source.answers, by=group, where=source.where)
    method = frame.attrs["method"]
    met = _strata_of(survey, group)
    known = survey.population
    frame["strata"] = [len(met[str(name)]) for name in frame[group]]
    frame["df"] = frame["clusters"] - frame["strata"]
    if known is not None:
        counts = known.rename(str)
        frame["in_population"] = [counts.reindex(met[str(name)]).sum() for name in frame[group]]
    if survey.heads is not None and group in survey.heads:
        heads = survey.heads.astype({group: str}).groupby(group)["heads"].sum()
        frame["heads"] = heads.reindex(frame[group].astype(str)).to_numpy(dtype=float)
    added = [name for name in ("in_population", "strata", "df", "heads") if name in frame]
    frame = frame[["item", group, *BASE, *added]]
    frame.attrs["method"] = method | {"df": "clusters minus strata of the group"}
    return frame


def differences(source: Source) -> pd.DataFrame:
    """Return every difference between two groups, tested for being there and for being small.

    Parameters
    ----------
    source : Source
        The table and its data; by one dimension. Option ``margin``: the smallest difference that would matter.

    Returns
    -------
    DataFrame
        One row per skill and pair of groups: item, the dimension, against, n, clusters, estimate (the share short
        in the first less that in `against`), se, df, low, high, effect, p, p_adjusted, differs, p_small,
        p_small_adjusted, surely_small. All p values of the table are one family (Holm), for each of the two tests.
    """
    group = _dimension(source)
    tables = [
        estimates.differences(source.answers, short, group, where=source.where, adjust="none")
        for short in _shortages(source, source.answers)
    ]
    frame = pd.concat(tables, ignore_index=True).rename(columns={"estimand": "item"})
    frame["p_adjusted"] = estimates.adjust(frame["p"].to_numpy(dtype=float), "holm")
    frame["differs"] = (frame["p_adjusted"] < LEVEL_OF_TEST) & (frame["effect"].abs() >= SMALL_EFFECT)
    margin = float(source.option("margin", MARGIN))
    frame = _within_scope(frame, group, source.where.get(group))
    frame.attrs["method"] = tables[0].attrs["method"] | {
        "margin": margin,
        "adjustment": ADJUSTMENTS["holm"],
        "family": f"all differences of the table: 1 family of {int(frame['p'].notna().sum())} tests",
    }
    return estimates.surely_small(frame, margin)


def standardized(source: Source) -> pd.DataFrame:
    """Return the share short by group, as it is and as it would be if every group had the same mix of people.

    Parameters
    ----------
    source : Source
        The table and its data; by one dimension. Option ``mix``: the dimensions held alike.

    Returns
    -------
    DataFrame
        One row per skill and group: item, the dimension, n, clusters, estimate, se, df, low, high, standardized,
        standardized_se, standardized_low, standardized_high, fewest (answers of the standardised estimate, which has
        fewer or as many; release rests on them too), covered (share of the standard mix that all groups have people
        for), note (the gravest of both). n and clusters are those of the share as it is.
    """
    group, mix = _dimension(source), _mix(source)
    answers = source.counted((group, *mix, *_more(source, group, mix)))
    tables = [
        standardize.standardized(answers, short, group, mix, where=source.where)
        for short in _shortages(source, answers)
    ]
    frame = pd.concat(tables, ignore_index=True)
    crude, alike = (frame[frame["measure"] == name].reset_index(drop=True) for name in ("crude", "standardized"))
    for name in ("estimate", "se", "low", "high"):
        crude["standardized" if name == "estimate" else f"standardized_{name}"] = alike[name]
    crude["fewest"], crude["covered"] = alike["n"], alike["covered"]
    crude["note"] = gravest([crude["note"].to_numpy(), alike["note"].to_numpy()])
    crude.attrs["method"] = tables[0].attrs["method"]
    return crude.drop(columns="measure")


def mix_and_rate(source: Source) -> pd.DataFrame:
    """Return the difference of two groups, split into what their mix of people and what their rates make of it.

    Parameters
    ----------
    source : Source
        The table and its data. Options ``group`` (the dimension), ``first`` and ``second`` (its outermost categories
        unless given) and ``mix``.

    Returns
    -------
    DataFrame
        One row per skill and part: item, part (`difference`, `mix`, `rate`), n, clusters, estimate, se, df, low,
        high, note. n and clusters are those of the smaller of the two groups, among people whose mix is known: the
        split has no others.
    """
    group = str(source.option("group", SIZE))
    names = source.study.dimension(group).names
    first, second = str(source.option("first", names[0])), str(source.option("second", names[-1]))
    mix = _mix(source, group)
    answers = source.counted((group, *mix, *_more(source, group, mix)))
    tables = []
    for short in _shortages(source, answers):
        table = standardize.kitagawa(answers, short, group, first, second, mix, source.where)
        known = standardize.standardized(answers, short, group, mix, where=source.where)
        whole = known[known["measure"].eq("crude")].set_index(group)
        tables.append(table.assign(**{name: whole.loc[[first, second], name].min() for name in BASE}))
    frame = pd.concat(tables, ignore_index=True)
    frame.attrs["method"] = tables[0].attrs["method"] | {"group": group, "first": first, "second": second}
    return frame


def band_ends(source: Source) -> pd.DataFrame:
    """Return the smallest band of departments less the largest, under the study's bands and two other cuts.

    Parameters
    ----------
    source : Source
        The table and its data.

    Returns
    -------
    DataFrame
        One row per skill and way to cut: item, bands (`own`, `three`, `six`), n, clusters, estimate, se, df, low,
        high, effect, p.
    """
    found = sizes.ends(limited(source.survey, source.where), source.skills, SIZE).rename(columns={"cut": "bands"})
    return found


def size_trend(source: Source) -> pd.DataFrame:
    """Return the change of the share short per doubling of a department's heads.

    Parameters
    ----------
    source : Source
        The table and its data.

    Returns
    -------
    DataFrame
        One row per skill: item, n, clusters, estimate, se, df, low, high.
    """
    return sizes.headcount_trend(limited(source.survey, source.where), source.skills)


def paired_levels(source: Source) -> pd.DataFrame:
    """Return the share short among executives less that among the staff of their own departments.

    Parameters
    ----------
    source : Source
        The table and its data. Options ``level`` and ``other``: the levels compared, the outermost unless given.

    Returns
    -------
    DataFrame
        One row per skill: item, n, fewest (answers of the smaller of the two levels), clusters (departments with
        both), estimate, se, df, low, high.
    """
    names = source.study.dimension(LEVEL).names
    first, second = str(source.option("level", names[0])), str(source.option("other", names[-1]))
    found = between.executives_against_staff(limited(source.survey, source.where), first, second)
    method = found.attrs["method"] | {"first": first, "second": second}
    found = found if source.skills is None else found[found["item"].isin(source.skills)].reset_index(drop=True)
    found.attrs["method"] = method
    return found


def between_departments(source: Source) -> pd.DataFrame:
    """Return how much departments differ in the share short; no row is a department.

    Parameters
    ----------
    source : Source
        The table and its data.

    Returns
    -------
    DataFrame
        One row per skill: item, n, clusters, estimate (standard deviation between departments), low, high, beyond
        (share of departments outside the funnel's 95 % limits).
    """
    found = between.spread(limited(source.survey, source.where), source.skills)
    method = found.attrs["method"]
    found = found.assign(se=np.nan, df=np.nan)[["item", *NUMBERS, "beyond"]]
    found.attrs["method"] = method
    return found


def _within_scope(frame: pd.DataFrame, group: str, category: str | None) -> pd.DataFrame:
    """The pairs of one category, itself first, where a table is limited to it; none of them has two groups."""
    if category is None:
        return frame
    turned = frame["against"].eq(category)
    first, second = frame[group].mask(turned, frame["against"]), frame["against"].mask(turned, frame[group])
    kept = frame.assign(**{group: first, "against": second})
    return kept[kept[group].eq(category)].reset_index(drop=True)


def _dimension(source: Source) -> str:
    if len(source.by) != 1:
        given = ", ".join(source.by) or "nothing"
        raise UsageError(f"{source.table.kind}: the table is by {given}; give the one dimension that is compared")
    return source.by[0]


def _mix(source: Source, group: str = "") -> tuple[str, ...]:
    """The dimensions held alike: those of the study, without the ones that the table is by or limited to."""
    wanted = tuple(source.option("mix", MIX))
    taken = {*source.by, *source.where, group}
    return tuple(name for name in wanted if name in source.study.dimensions and name not in taken)


def _more(source: Source, group: str, mix: tuple[str, ...]) -> tuple[str, ...]:
    """The dimensions of the scope that answers must also be counted by."""
    return tuple(name for name in source.where if name not in (group, *mix))


def _shortages(source: Source, answers: Answers) -> list[estimates.Estimand]:
    return [standardize.short_by(answers, skill) for skill in source.skills or answers.skills]


def _strata_of(survey: Survey, group: str) -> dict[str, list[str]]:
    """The strata in which each group has respondents."""
    assert survey.stratum is not None
    labels = pd.Series(np.asarray(survey.dimension(group), dtype=object))
    strata = pd.Series(survey.stratum.astype(str).to_numpy(dtype=object))
    inside = survey.weight > 0
    found = strata[inside].groupby(labels[inside]).unique()
    return {name: [str(one) for one in found.get(name, [])] for name in survey.study.dimension(group).names}
