"""Pairs of items counted together: how the answers of one respondent to two items go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from digiskills.answers import EVERYONE, GAP, NOT_BOTH, Answers, ItemTotals
from digiskills.errors import UsageError
from digiskills.survey import Survey

BETWEEN = " & "  # between the names of two items, and between an answer to the one and one to the other


def with_pairs(answers: Answers, survey: Survey, items: Sequence[str]) -> Answers:
    """Count every pair of some items too, so that errors of their differences can be had.

    Parameters
    ----------
    answers : Answers
        The survey, counted.
    survey : Survey
        The same survey: one row per respondent.
    items : sequence of str
        Items, or ``gap:skill``; every two of them become a pair.

    Returns
    -------
    Answers
        With an item more per pair, as `answers.Both` counts it: ``item & item``, whose answers are the pairs of
        answers. Gaps are paired too.

    Raises
    ------
    UsageError
        If an item was not counted, or the survey is not the one that was counted.
    """
    group = _groups(answers, survey)
    codes = {name: _codes(survey, answers.item(name)) for name in dict.fromkeys(items)}
    pairs = [
        _pair(answers, survey, one, other, (codes[one], codes[other]), group)
        for one, other in combinations(codes, 2)
        if pair_of(answers, one, other)[0] is None
    ]
    return replace(answers, items={**answers.items, **{pair.name: pair for pair in pairs}})


def pair_of(answers: Answers, one: str, other: str) -> tuple[ItemTotals | None, bool]:
    """Return the counted pair of two items, and whether it was counted the other way round.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    one, other : str
        Items.

    Returns
    -------
    tuple of ItemTotals or None, and bool
        None where the pair was not counted.
    """
    straight, turned = (answers.items.get(BETWEEN.join(names)) for names in ((one, other), (other, one)))
    return (straight, False) if straight is not None else (turned, turned is not None)


def _groups(answers: Answers, survey: Survey) -> np.ndarray:
    """Position of each respondent's row in `answers.groups`."""
    mine = pd.DataFrame({"stratum": _label(survey.stratum, survey), "cluster": _label(survey.cluster, survey)})
    for name in answers.dimensions:
        mine[name] = pd.Series(survey.dimension(name)).astype(object)
    names = ["stratum", "cluster", *answers.dimensions]
    known = pd.MultiIndex.from_frame(answers.groups[names].astype(object).fillna(""))
    group = known.get_indexer(pd.MultiIndex.from_frame(mine[names].fillna("")))
    drawn = np.bincount(group[group >= 0], minlength=len(known))
    if (group < 0).any() or (drawn != answers.groups["n"].to_numpy()).any():
        raise UsageError(f"with_pairs: the answers were not counted from this survey ({survey!r})")
    return np.asarray(group)


def _label(column: pd.Series | None, survey: Survey) -> np.ndarray:
    return np.full(len(survey), EVERYONE, dtype=object) if column is None else column.astype(str).to_numpy(object)


def _codes(survey: Survey, item: ItemTotals) -> np.ndarray:
    """Position of each respondent's answer among the item's."""
    if not item.name.startswith(GAP):
        return survey.answers(item.name).codes.astype(np.int64)
    pair = next(pair for pair in survey.study.codebook.pairs() if f"{GAP}{pair.skill}" == item.name)
    gap = np.round(survey.scores(pair.needed) - survey.scores(pair.held), 9)
    assert item.scores is not None
    steps = item.scores[~item.missing]
    both = np.isfinite(gap)
    return np.where(both, np.searchsorted(steps, np.where(both, gap, steps[0])), len(steps))


def _pair(
    answers: Answers, survey: Survey, one: str, other: str, codes: tuple[np.ndarray, np.ndarray], group: np.ndarray
) -> ItemTotals:
    first, second = answers.item(one), answers.item(other)
    at = [np.where(item.missing, -1, np.cumsum(~item.missing) - 1) for item in (first, second)]
    ones, others = (np.asarray(item.answers, dtype=object)[~item.missing] for item in (first, second))
    names = (*(f"{a}{BETWEEN}{b}" for a in ones for b in others), NOT_BOTH)
    code, beside = at[0][codes[0]], at[1][codes[1]]
    pair = np.where((code >= 0) & (beside >= 0), code * len(others) + beside, len(names) - 1)
    weight = np.asarray(survey.weight, dtype=float)
    counted = weight > 0
    cell, weight = group[counted] * len(names) + pair[counted], weight[counted]
    shape = (len(answers.groups), len(names))
    sums = [np.bincount(cell, factor, shape[0] * shape[1]).reshape(shape) for factor in (None, weight, weight**2)]
    return ItemTotals(f"{one}{BETWEEN}{other}", names, None, np.arange(len(names)) == len(names) - 1, *sums)
