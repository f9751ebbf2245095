"""The one pass over the respondents: answers counted by stratum, cluster and cell of the study's dimensions.

Everything estimated later is a sum over this table, which does not grow with the number of respondents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from digiskills.codebook import MISSING_REASONS, Codebook, Item
from digiskills.errors import UsageError, nearest
from digiskills.survey import Survey

GAP = "gap:"
NOT_BOTH = "not_both"  # of a gap: one of the two questions has no answer
EVERYONE = "all"
COUNTED_KINDS = ("select_one", "select_multiple")


@dataclass(frozen=True)
class ItemTotals:
    """Sums of one item: a row per group of respondents, a column per answer.

    Parameters
    ----------
    name : str
        The item, ``item/option`` of a multiple choice, or ``gap:skill``.
    answers : tuple of str
        Answers in the codebook's order, then the reasons for having none.
    scores : ndarray of float or None
        Score of each answer (NaN for missing reasons); None where the item has no scale.
    missing : ndarray of bool
        Which of the answers are reasons for having none.
    n, w, w2 : ndarray, groups x answers
        Respondents with a weight above 0, and their sums of weights and of squared weights.
    """

    name: str
    answers: tuple[str, ...]
    scores: np.ndarray | None
    missing: np.ndarray
    n: np.ndarray
    w: np.ndarray
    w2: np.ndarray


@dataclass(frozen=True)
class Answers:
    """A survey, counted.

    Parameters
    ----------
    groups : DataFrame
        One row per stratum, cluster and cell of the dimensions, for everyone in the sample: stratum, cluster,
        the dimensions (null where a respondent has no category), n, w, w2.
    items : mapping of str to ItemTotals
        Sums of each item, one row per row of `groups`.
    dimensions : tuple of str
        The dimensions that make the cells.
    population : Series or None
        Clusters of each stratum in the population (respondents, where the sample has no clusters).
    lonely : str
        What a stratum with one sampled cluster adds to a variance.
    clustered : bool
        Whether the sample has clusters.
    people : Series or None
        People of each cluster in the population; None where clusters count as observed whole.
    """

    groups: pd.DataFrame
    items: Mapping[str, ItemTotals]
    dimensions: tuple[str, ...]
    population: pd.Series | None
    lonely: str
    clustered: bool
    people: pd.Series | None = None

    def __repr__(self) -> str:
        """Shape only."""
        return f"Answers({len(self.items)} items, {len(self.groups)} groups by {', '.join(self.dimensions)})"

    @property
    def skills(self) -> tuple[str, ...]:
        """The skills with a gap, in the order of the form."""
        return tuple(name.removeprefix(GAP) for name in self.items if name.startswith(GAP))

    def item(self, name: str) -> ItemTotals:
        """Return the sums of one item.

        Parameters
        ----------
        name : str
            The item.

        Returns
        -------
        ItemTotals
            One row per group.

        Raises
        ------
        UsageError
            If it was not counted; suggests the nearest name.
        """
        if name not in self.items:
            raise UsageError(f"no answers were counted for ‘{name}’; {nearest(name, self.items)}")
        return self.items[name]


def count(
    survey: Survey,
    dimensions: Sequence[str] = ("department_size", "level"),
    people: pd.Series | None = None,
) -> Answers:
    """Count a survey once, for every later estimate.

    Parameters
    ----------
    survey : Survey
        One row per respondent.
    dimensions : sequence of str
        What later estimates can be broken down by.
    people : Series, optional
        People of each cluster in the population, by label; by default those of the survey. Where only some
        of a cluster's people answered, errors then hold a second stage; without it a stratum with all its
        clusters in the sample has no error.

    Returns
    -------
    Answers
        Sums by stratum, cluster, cell, item and answer.

    Notes
    -----
    A respondent with weight 0 stays in `groups` (the sample) and out of every item. The gap of a skill is the
    score needed minus the score held, on those who answered both.
    """
    cells = {name: pd.Categorical(survey.dimension(name)) for name in dimensions}
    stratum = _labels(survey.stratum, len(survey.frame))
    cluster = _labels(survey.cluster, len(survey.frame))
    weight = np.asarray(survey.weight, dtype=float)
    group, groups = _groups(stratum, cluster, cells, weight)
    counter = _Counter(group, len(groups), weight)
    book = survey.study.codebook
    items = [_item(survey.frame[name].array, name, book, counter) for name in _counted(survey.frame, book)]
    gaps = [_gap(survey, pair.skill, pair.needed, pair.held, counter) for pair in book.pairs()]
    return Answers(
        groups,
        {item.name: item for item in [*items, *gaps]},
        tuple(dimensions),
        survey.population,
        survey.study.design.lonely_cluster,
        survey.cluster is not None,
        survey.people if people is None else people,
    )


def barrier_side(item: Item) -> tuple[str, ...]:
    """Return the answers to an item that report a barrier.

    Parameters
    ----------
    item : Item
        A question whose answers have scores.

    Returns
    -------
    tuple of str
        Answers above the middle of the scale, or below it where agreeing denies the barrier (`reverse`).

    Raises
    ------
    UsageError
        If the answers have no scores.
    """
    scored = {answer.name: answer.score for answer in item.answers if answer.score is not None}
    if not scored:
        raise UsageError(f"‘{item.name}’ has no side: its answers have no scores in the codebook")
    middle = (min(scored.values()) + max(scored.values())) / 2
    sign = -1 if item.reverse else 1
    return tuple(name for name, score in scored.items() if sign * (score - middle) > 0)


@dataclass(frozen=True)
class _Counter:
    """Adds respondents up by group and answer."""

    group: np.ndarray
    groups: int
    weight: np.ndarray

    def sums(self, answer: np.ndarray, answers: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        weighted = self.weight > 0
        cell, weight = self.group[weighted] * answers + answer[weighted], self.weight[weighted]
        shape, size = (self.groups, answers), self.groups * answers
        n = np.bincount(cell, minlength=size).reshape(shape)
        w = np.bincount(cell, weights=weight, minlength=size).reshape(shape)
        return n, w, np.bincount(cell, weights=weight**2, minlength=size).reshape(shape)


def _labels(column: pd.Series | None, respondents: int) -> np.ndarray:
    if column is None:
        return np.full(respondents, EVERYONE, dtype=object)
    return column.astype(str).to_numpy()


def _groups(
    stratum: np.ndarray, cluster: np.ndarray, cells: Mapping[str, pd.Categorical], weight: np.ndarray
) -> tuple[np.ndarray, pd.DataFrame]:
    """Number the groups that occur, and describe them."""
    strata, clusters = pd.Categorical(stratum), pd.Categorical(cluster)
    keys = {"stratum": strata, "cluster": clusters, **cells}
    code = np.zeros(len(stratum), dtype=np.int64)
    for values in keys.values():
        code = code * (len(values.categories) + 1) + values.codes + 1
    _, first, group = np.unique(code, return_index=True, return_inverse=True)
    groups = pd.DataFrame({name: values[first] for name, values in keys.items()})
    groups = groups.astype({"stratum": str, "cluster": str})
    groups["n"] = np.bincount(group)
    groups["w"], groups["w2"] = np.bincount(group, weights=weight), np.bincount(group, weights=weight**2)
    return group, groups


def _counted(frame: pd.DataFrame, book: Codebook) -> list[str]:
    """Columns of choices: items, and the options of multiple choices."""
    names = [str(column) for column in frame.columns]
    known = {name: book.items.get(name.split("/")[0]) for name in names}
    return [name for name, item in known.items() if item is not None and item.kind in COUNTED_KINDS]


def _item(column: pd.Categorical, name: str, book: Codebook, counter: _Counter) -> ItemTotals:
    answers = tuple(str(answer) for answer in column.categories)
    missing = np.isin(answers, MISSING_REASONS)
    scored = {choice.name: choice.score for choice in book.item(name.split("/")[0]).choices}
    scores = np.array([np.nan if scored.get(answer) is None else scored[answer] for answer in answers], dtype=float)
    has_scale = bool(np.isfinite(scores[~missing]).all()) and "/" not in name
    return ItemTotals(
        name,
        answers,
        scores if has_scale else None,
        missing,
        *counter.sums(column.codes.astype(int), len(answers)),
    )


def _gap(survey: Survey, skill: str, needed: str, held: str, counter: _Counter) -> ItemTotals:
    book = survey.study.codebook
    steps = _differences(_scale(book.item(needed)), _scale(book.item(held)))
    difference = np.round(survey.scores(needed) - survey.scores(held), 9)
    both = np.isfinite(difference)
    code = np.where(both, np.searchsorted(steps, np.where(both, difference, steps[0])), len(steps))
    answers = (*(f"{step:g}" for step in steps), NOT_BOTH)
    missing = np.arange(len(answers)) == len(steps)
    return ItemTotals(f"{GAP}{skill}", answers, np.append(steps, np.nan), missing, *counter.sums(code, len(answers)))


def _scale(item: Item) -> np.ndarray:
    return np.array([answer.score for answer in item.answers if answer.score is not None], dtype=float)


def _differences(needed: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Every gap that the two scales allow, ascending."""
    return np.unique(np.round(np.subtract.outer(needed, held), 9))
