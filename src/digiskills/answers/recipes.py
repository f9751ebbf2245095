"""How each counted item follows from the columns of a survey, whichever engine counts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from digiskills.answers.derived import NO, NOT_KNOWN, RULES, YES, AnyOf, Both, Derived, Net
from digiskills.answers.totals import GAP, NOT_BOTH
from digiskills.codebook import MISSING_REASONS, Codebook, Item
from digiskills.errors import UsageError, nearest

COUNTED_KINDS = ("select_one", "select_multiple")
Categories = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Recipe:
    """An item to count, as a walk through the columns that it is made from.

    Parameters
    ----------
    name : str
        The item.
    answers : tuple of str
        Its answers, then the reasons for having none.
    scores : ndarray of float or None
        Score of each answer.
    missing : ndarray of bool
        Which of the answers are reasons for having none.
    sources : tuple of str
        Columns of answers, in the order of the walk.
    steps : tuple of ndarray, states x categories
        For each source the state after it, by the state before it (0 at first) and the category of the column;
        the last state is the position of the answer.
    """

    name: str
    answers: tuple[str, ...]
    scores: np.ndarray | None
    missing: np.ndarray
    sources: tuple[str, ...]
    steps: tuple[np.ndarray, ...]

    def walk(self, codes: Sequence[np.ndarray]) -> np.ndarray:
        """Return the position of each respondent's answer.

        Parameters
        ----------
        codes : sequence of ndarray of int
            For each source the respondents' categories.

        Returns
        -------
        ndarray of int
            Positions in `answers`.
        """
        state = self.steps[0][0][codes[0]]
        for step, code in zip(self.steps[1:], codes[1:], strict=True):
            state = step[state, code]
        return np.asarray(state)


def recipes(book: Codebook, categories: Categories, derived: Sequence[Derived] = ()) -> tuple[Recipe, ...]:
    """Return what there is to count: items and options, gaps of skills, and the derived items.

    Parameters
    ----------
    book : Codebook
        Questions, answers and their scores.
    categories : mapping of column to sequence of str
        Answers and missing reasons of each column of the survey's table, in order.
    derived : sequence of Net, AnyOf or Both
        Items to make from others.

    Returns
    -------
    tuple of Recipe
        Items in the order of the table, then gaps, then derived items.

    Raises
    ------
    UsageError
        With every item, answer or rule of `derived` that does not exist, and every name used twice.
    """
    plain = [_plain(name, categories[name], book) for name in categories if _counts(name, book)]
    gaps = [_gap(pair.skill, book.item(pair.needed), book.item(pair.held), categories) for pair in book.pairs()]
    known = {recipe.name: recipe for recipe in [*plain, *gaps]}
    problems = list(_problems(derived, known))
    if problems:
        raise UsageError("\n".join(problems))
    return (*known.values(), *(_derived(wanted, known) for wanted in derived))


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


def _counts(name: str, book: Codebook) -> bool:
    """Tell whether a column holds choices: an item, or an option of a multiple choice."""
    item = book.items.get(name.split("/")[0])
    return item is not None and item.kind in COUNTED_KINDS


def _plain(name: str, categories: Sequence[str], book: Codebook) -> Recipe:
    answers = tuple(str(answer) for answer in categories)
    missing = np.isin(answers, MISSING_REASONS)
    scored = {choice.name: choice.score for choice in book.item(name.split("/")[0]).choices}
    scores = np.array([np.nan if scored.get(answer) is None else scored[answer] for answer in answers], dtype=float)
    has_scale = bool(np.isfinite(scores[~missing]).all()) and "/" not in name
    step = np.arange(len(answers))[None, :]
    return Recipe(name, answers, scores if has_scale else None, missing, (name,), (step,))


def _gap(skill: str, needed: Item, held: Item, categories: Categories) -> Recipe:
    """Score needed less score held, on those who answered both."""
    unscored = [f"‘{item.name}’ has answers without a score" for item in (needed, held) if None in _scale(item)]
    if unscored:
        raise UsageError("\n".join(unscored))
    first, second = (_scores(item, categories[item.name]) for item in (needed, held))
    steps = np.unique(np.round(np.subtract.outer(np.array(_scale(needed)), np.array(_scale(held))), 9).astype(float))
    difference = np.round(np.subtract.outer(first, second), 9)
    known = np.isfinite(difference)
    table = np.where(known, np.searchsorted(steps, np.where(known, difference, steps[0])), len(steps))
    answers = (*(f"{step:g}" for step in steps), NOT_BOTH)
    missing = np.arange(len(answers)) == len(steps)
    start = np.arange(len(first))[None, :]
    return Recipe(f"{GAP}{skill}", answers, np.append(steps, np.nan), missing, (needed.name, held.name), (start, table))


def _scale(item: Item) -> list[float | None]:
    return [answer.score for answer in item.answers]


def _scores(item: Item, categories: Sequence[str]) -> np.ndarray:
    declared = {answer.name: answer.score for answer in item.answers}
    return np.array([declared.get(str(name), np.nan) for name in categories], dtype=float)


def _derived(wanted: Derived, known: Mapping[str, Recipe]) -> Recipe:
    if isinstance(wanted, Net):
        return _net(wanted, known[wanted.item])
    if isinstance(wanted, AnyOf):
        return _any_of(wanted, [known[name] for name in wanted.sides])
    return _both(wanted, known[wanted.first], known[wanted.second])


def _net(wanted: Net, item: Recipe) -> Recipe:
    reasons = [answer for answer, missing in zip(item.answers, item.missing, strict=True) if missing]
    answers = (NO, YES, *reasons)
    gave = np.isin(item.answers, _names(wanted.of))
    position = np.where(item.missing, 2 + np.cumsum(item.missing) - 1, gave)
    last = position[item.steps[-1]]
    missing = np.arange(len(answers)) > 1
    return Recipe(wanted.name, answers, None, missing, item.sources, (*item.steps[:-1], last))


def _any_of(wanted: AnyOf, items: Sequence[Recipe]) -> Recipe:
    """Walk through the items; states and answers are 0 no, 1 yes, 2 not known."""
    steps = tuple(_any_step(item, wanted.sides[item.name], wanted.rule, at == 0) for at, item in enumerate(items))
    sources = tuple(item.sources[0] for item in items)
    return Recipe(wanted.name, (NO, YES, NOT_KNOWN), None, np.array([False, False, True]), sources, steps)


def _any_step(item: Recipe, side: Collection[str], rule: str, first: bool) -> np.ndarray:
    now = np.where(item.missing, 2, np.isin(item.answers, _names(side)).astype(int))
    if first:
        return now[None, :]
    before = np.arange(3)[:, None]
    known = np.maximum(np.where(before == 2, 0, before), np.where(now == 2, 0, now)[None, :])
    if rule == "listwise":
        return np.where((before == 2) | (now == 2)[None, :], 2, known)
    return np.where((before == 2) & (now == 2)[None, :], 2, known)


def _both(wanted: Both, first: Recipe, second: Recipe) -> Recipe:
    ones, others = _real(first), _real(second)
    answers = (*(f"{one} & {other}" for one in ones for other in others), NOT_BOTH)
    at, beside = np.cumsum(~first.missing) - 1, np.cumsum(~second.missing) - 1
    both = np.add.outer(at * len(others), beside)
    both[first.missing, :] = both[:, second.missing] = len(answers) - 1
    start = np.arange(len(first.answers))[None, :]
    missing = np.arange(len(answers)) == len(answers) - 1
    return Recipe(wanted.name, answers, None, missing, (first.sources[0], second.sources[0]), (start, both))


def _real(item: Recipe) -> list[str]:
    return [answer for answer, missing in zip(item.answers, item.missing, strict=True) if not missing]


def _problems(derived: Sequence[Derived], known: Mapping[str, Recipe]) -> Iterator[str]:
    names = [*known, *(wanted.name for wanted in derived)]
    yield from (f"derived: ‘{name}’ is there twice" for name in dict.fromkeys(names) if names.count(name) > 1)
    for wanted in derived:
        if isinstance(wanted, AnyOf) and wanted.rule not in RULES:
            yield f"rule: there is no rule ‘{wanted.rule}’; {nearest(wanted.rule, RULES)}"
        if isinstance(wanted, AnyOf) and not wanted.sides:
            yield f"derived: ‘{wanted.name}’ is made from no item"
        for item, of in _used(wanted).items():
            yield from _wrong(item, of, known, walked=isinstance(wanted, Net))


def _used(wanted: Derived) -> dict[str, Collection[str]]:
    if isinstance(wanted, Net):
        return {wanted.item: wanted.of}
    return dict(wanted.sides) if isinstance(wanted, AnyOf) else {wanted.first: (), wanted.second: ()}


def _wrong(item: str, of: Collection[str], known: Mapping[str, Recipe], walked: bool) -> Iterator[str]:
    if item not in known or (not walked and len(known[item].sources) > 1):
        yield f"derived: there is no item ‘{item}’; {nearest(item, known)}"
        return
    answers = _real(known[item])
    wrong = [name for name in _names(of) if name not in answers]
    yield from (f"derived: ‘{item}’ has no answer ‘{name}’; {nearest(name, answers)}" for name in wrong)


def _names(of: Collection[str]) -> list[str]:
    return [of] if isinstance(of, str) else list(of)
