"""Pairs of items counted together: how the answers of one respondent to two items go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from digiskills.answers import EVERYONE, GAP, NOT_BOTH, Answers, ItemTotals
from digiskills.errors import UsageError
from digiskills.once import once
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
    counting = _counting(answers, survey)
    names = list(dict.fromkeys(items))
    codes = {name: _codes(counting, answers.item(name)) for name in names}
    made = {}
    for one, other in combinations(names, 2):
        if pair_of(answers, one, other)[0] is None:
            name = BETWEEN.join((one, other))
            if name not in counting.pairs:
                counting.pairs[name] = _pair(counting, answers.item(one), answers.item(other), codes[one], codes[other])
            made[name] = counting.pairs[name]
    return replace(answers, items={**answers.items, **made})


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


class _Counting(NamedTuple):
    """Respondents with a weight, by group of counted answers: what every pair of items is counted by."""

    survey: Survey
    rows: np.ndarray
    group: np.ndarray
    groups: int
    weights: tuple[np.ndarray, np.ndarray]
    codes: dict[str, np.ndarray]
    pairs: dict[str, ItemTotals]


def _counting(answers: Answers, survey: Survey) -> _Counting:
    kept = _kept(answers)
    if id(survey) not in kept:  # the entry holds the survey, so that no other one can take its id
        group, weight = _groups(answers, survey), np.asarray(survey.weight, dtype=float)
        rows = np.flatnonzero(weight > 0)
        weight = weight[rows]
        kept[id(survey)] = _Counting(survey, rows, group[rows], len(answers.groups), (weight, weight**2), {}, {})
    return kept[id(survey)]


@once
def _kept(answers: Answers) -> dict[int, _Counting]:
    return {}


def _groups(answers: Answers, survey: Survey) -> np.ndarray:
    """Position of each respondent's row in `answers.groups`."""
    of_survey: dict[str, pd.Series | pd.Categorical | None] = {"stratum": survey.stratum, "cluster": survey.cluster}
    of_survey |= {name: survey.dimension(name) for name in answers.dimensions}
    place, known = np.zeros(len(survey), dtype=np.int64), np.zeros(len(answers.groups), dtype=np.int64)
    for name, column in of_survey.items():
        number, labels = pd.factorize(answers.groups[name].astype(object).fillna(""))
        known = known * (len(labels) + 1) + number
        place = place * (len(labels) + 1) + _numbered(column, labels, len(survey))
    group = pd.Index(known).get_indexer(pd.Index(place))
    drawn = np.bincount(group[group >= 0], minlength=len(known))
    if (group < 0).any() or (drawn != answers.groups["n"].to_numpy()).any():
        raise UsageError(f"with_pairs: the answers were not counted from this survey ({survey!r})")
    return np.asarray(group)


def _numbered(column: pd.Series | pd.Categorical | None, labels: pd.Index, respondents: int) -> np.ndarray:
    """Position of each respondent's label among the labels; one past the last for a label that is not there."""
    if column is None:
        return np.full(respondents, labels.get_loc(EVERYONE))
    given = pd.Categorical(column)
    names = pd.Index([*given.categories.astype(str), ""], dtype=object)  # the last is that of those without a label
    of_category: np.ndarray = labels.get_indexer(names)
    return np.asarray(np.where(of_category < 0, len(labels), of_category)[given.codes])


def _codes(counting: _Counting, item: ItemTotals) -> np.ndarray:
    """Position of each counted respondent's answer among the item's answers that are no missing reason; -1 for one."""
    if item.name not in counting.codes:
        place = np.where(item.missing, -1, np.cumsum(~item.missing) - 1)
        counting.codes[item.name] = place[_given(counting.survey, item)[counting.rows]]
    return counting.codes[item.name]


def _given(survey: Survey, item: ItemTotals) -> np.ndarray:
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
    counting: _Counting, first: ItemTotals, second: ItemTotals, code: np.ndarray, beside: np.ndarray
) -> ItemTotals:
    ones, others = ([a for a, gone in zip(i.answers, i.missing, strict=True) if not gone] for i in (first, second))
    names = (*(f"{a}{BETWEEN}{b}" for a in ones for b in others), NOT_BOTH)
    pair = np.where((code >= 0) & (beside >= 0), code * len(others) + beside, len(names) - 1)
    cell = counting.group * len(names) + pair
    shape = (counting.groups, len(names))
    sums = [np.bincount(cell, factor, shape[0] * shape[1]).reshape(shape) for factor in (None, *counting.weights)]
    name = BETWEEN.join((first.name, second.name))
    return ItemTotals(name, names, None, np.arange(len(names)) == len(names) - 1, *sums)
