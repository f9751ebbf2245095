"""Bundles: which shortfalls occur together in one person."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from digiskills.errors import UsageError
from digiskills.estimates.domains import Where
from digiskills.gaps.respondents import all_of, any_of, design_of, pairs_of, short_of, within
from digiskills.survey import Survey

SET, NO_SET = " + ", "none"
OTHERS = "others"  # sets too small to be told apart
SEPARATOR = ":"
MOST = 20  # sets shown


def pairs_short(
    survey: Survey,
    skills: str | Sequence[str] | None = None,
    where: Where | None = None,
    least: float = 1,
) -> pd.DataFrame:
    """Which shortfalls occur together, two by two.

    Parameters
    ----------
    survey : Survey
        One row per respondent.
    skills : str or sequence of str, optional
        Skills, all by default.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.
    least : float
        Levels short from which a person is short.

    Returns
    -------
    DataFrame
        One row per pair of skills and measure: item (the first skill), other, measure, n, clusters, estimate,
        se, df, low, high. Measures: `jaccard`, short of both among those short of either; `given_item`, short
        of the other among those short of the first; `given_other`, the reverse. n is the answers below the
        line: people short of either, of the first, of the other.

    Raises
    ------
    UsageError
        If a skill or dimension does not exist, or there is only one skill.

    Notes
    -----
    On those who answered for both skills. Each is a share within a domain, with the error of a ratio and an
    interval on the logit scale. P. Jaccard, Bulletin de la Société vaudoise des sciences naturelles 37 (1901)
    547-579.
    """
    pairs = pairs_of(survey, skills)
    if len(pairs) < 2:
        raise UsageError("skills: two or more are needed to see which go together")
    short = {pair.skill: short_of(survey, pair, least) for pair in pairs}
    values: dict[str, np.ndarray] = {}
    for one, other in combinations(short, 2):
        values |= {
            SEPARATOR.join([one, other, name]): part for name, part in _measures(short[one], short[other]).items()
        }
    found = design_of(survey, values, list(where or {})).share(list(values), 1.0, where=where)
    named = [name.split(SEPARATOR) for name in found["item"]]
    found["item"] = [one for one, _, _ in named]
    found.insert(1, "other", [other for _, other, _ in named])
    found.insert(2, "measure", [measure for _, _, measure in named])
    return found


def sets_short(
    survey: Survey,
    skills: str | Sequence[str] | None = None,
    where: Where | None = None,
    least: float = 1,
    most: int = MOST,
) -> pd.DataFrame:
    """The most common sets of skills that people are short of.

    Parameters
    ----------
    survey, skills, where, least
        As for `pairs_short`.
    most : int
        Sets at most.

    Returns
    -------
    DataFrame
        One row per set, the most common first: item (the skills, joined by " + "; "none"), skills (how many),
        people (respondents with exactly this set), n, clusters (with an answer), estimate (share with exactly
        this set), se, df, low, high. Only sets of at least the study's smallest group, in at least its fewest
        clusters.

    Notes
    -----
    On those who answered for every skill. The sets left out are the rest to 1.
    """
    pairs = pairs_of(survey, skills)
    short = {pair.skill: short_of(survey, pair, least) for pair in pairs}
    known = np.isfinite(np.column_stack(list(short.values()))).all(axis=1)
    names = np.array(list(short), dtype=object)
    mine = np.column_stack([np.nan_to_num(values) == 1 for values in short.values()])
    label = np.array([SET.join(names[row]) or NO_SET for row in mine], dtype=object)
    label[~known] = None
    sizes = _sizes(survey, label, where)
    # the small ones together, so that no share is made only to be thrown away
    known_sets = np.isin(label, [*sizes["answer"], None])
    told = pd.Categorical(np.asarray(np.where(known_sets, label, OTHERS), dtype=object))
    found = design_of(survey, {"set": told}, list(where or {})).share("set", None, where=where)
    method = found.attrs["method"]
    found = found.merge(sizes, on="answer")
    found = found.sort_values("estimate", ascending=False, kind="stable").head(most).reset_index(drop=True)
    found["item"] = found.pop("answer")
    found.insert(1, "skills", np.where(found["item"] == NO_SET, 0, found["item"].str.count(r" \+ ") + 1))
    found.insert(2, "people", found.pop("people"))
    found.attrs["method"] = method
    return found


def _measures(one: np.ndarray, other: np.ndarray) -> dict[str, np.ndarray]:
    """Short of both, among those short of either, of the first, and of the other; NaN outside."""
    both, either = all_of([one, other]), any_of([one, other])
    known = np.isfinite(either)
    among = {"jaccard": either == 1, "given_item": known & (one == 1), "given_other": known & (other == 1)}
    return {name: np.where(rows, both, np.nan) for name, rows in among.items()}


def _sizes(survey: Survey, label: np.ndarray, where: Where | None) -> pd.DataFrame:
    """Respondents of each set that is large enough, met in enough clusters."""
    cluster = np.arange(len(survey)) if survey.cluster is None else survey.cluster.astype(str).to_numpy()
    inside = (survey.weight > 0) & pd.notna(label) & within(survey, where)
    rows = pd.DataFrame({"answer": label, "cluster": cluster})[inside]
    sizes = rows.groupby("answer")["cluster"].agg(people="size", met="nunique").reset_index()
    large = sizes["people"].ge(survey.study.release.smallest_group)
    large &= sizes.pop("met").ge(survey.study.release.fewest_clusters if survey.cluster is not None else 0)
    kept: pd.DataFrame = sizes[large]
    return kept
