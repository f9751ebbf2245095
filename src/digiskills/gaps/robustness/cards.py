"""Robustness cards from counted answers: skills and barriers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from digiskills.answers import GAP, Answers, ItemTotals
from digiskills.codebook import Item, Pair
from digiskills.estimates import means, nets
from digiskills.estimates.domains import Where, columns
from digiskills.gaps.robustness.choices import (
    Choices,
    Specification,
    headline,
    left_open,
    of_barrier,
    of_gap,
    stages_of,
    taken,
)

Counting = Callable[[ItemTotals, Specification], tuple[np.ndarray, np.ndarray]]
Table = Callable[[Answers, Sequence[str], Specification], pd.DataFrame]
NUMBERS = ("n", "clusters", "estimate", "se", "df", "low", "high", "note")


def skill_card(
    answers: Answers,
    pairs: Sequence[Pair],
    measure: str = "short_by_one",
    by: str | Sequence[str] = (),
    where: Where | None = None,
    choices: Choices | None = None,
) -> pd.DataFrame:
    """Shortfall of each skill, again under each other choice.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    pairs : sequence of Pair
        The skills, each with its items needed and held, as `Codebook.pairs` gives them.
    measure : {"short_by_one", "mean_gap"}
        The headline: the share short by at least one level, or the mean gap in levels.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.
    choices : mapping of choice to options, optional
        What to vary, the headline's option first; by default all that `CHOICES` declares.

    Returns
    -------
    DataFrame
        One row per skill, choice, option and domain: item (the skill), choice, option, is_headline, <by>, n,
        clusters, estimate, se, df, low, high, note. The headline stands once in each choice. `attrs["method"]` is
        that of the headline, with the `measure`.

    Raises
    ------
    UsageError
        If a skill has no counted gap, or a choice, option, dimension or category does not exist.

    Notes
    -----
    Choices: `missing` (respondents who did not say both what is needed and what is held are left out, or
    counted as not short), `threshold` (one level or two), `weighted`, `stages` (populations known to the error:
    clusters and their people, clusters, or none, which takes the sample as drawn with replacement), `df_rule`.
    One choice is changed at a time. A skill that some respondents were not asked about has no `missing`.
    """
    possible = taken(measure, left_open(_is_weighted(answers), stages_of(answers)), choices)
    by_name = {f"{GAP}{pair.skill}": pair for pair in pairs}
    if measure == "mean_gap":
        found = _card(answers, dict.fromkeys(by_name, possible), partial(_means, by=by, where=where))
    else:
        asked = {name: _everyone_asked(answers, pair) for name, pair in by_name.items()}
        open_to = {name: possible if asked[name] else _only(possible, "missing") for name in by_name}
        table = partial(_shares, counting=dict.fromkeys(by_name, of_gap), by=by, where=where)
        found = _card(answers, open_to, table)
    return _finished(found.assign(item=found["item"].str.removeprefix(GAP)), measure, by)


def barrier_card(
    answers: Answers,
    items: Sequence[Item],
    by: str | Sequence[str] = (),
    where: Where | None = None,
    choices: Choices | None = None,
) -> pd.DataFrame:
    """Share on the barrier side of each item, again under each other choice.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    items : sequence of Item
        Questions whose answers have scores; `reverse` says where agreeing denies the barrier.
    by, where, choices
        As for `skill_card`.

    Returns
    -------
    DataFrame
        As for `skill_card`, one row per item, choice, option and domain.

    Raises
    ------
    UsageError
        If an item was not counted or has no scores, or a choice, option, dimension or category does not exist.

    Notes
    -----
    Choices: `dont_know` (left out, or in the base), `neutral` (the middle answer in the base and no barrier, left
    out of the base, or counted as a barrier), `side` (all answers beyond the middle, or the strongest alone),
    then `weighted`, `stages`, `df_rule` as for skills. A choice that an item does not have is left out: one
    without "don't know", or without a middle answer. Not applicable is never in the base.
    """
    possible = taken("barrier_side", left_open(_is_weighted(answers), stages_of(answers)), choices)
    counting = {item.name: _counting(item.reverse) for item in items}
    open_to = {name: _different(answers.item(name), counting[name], possible) for name in counting}
    table = partial(_shares, counting=counting, by=by, where=where)
    return _finished(_card(answers, open_to, table), "barrier_side", by)


def _counting(reverse: bool) -> Counting:
    return lambda item, options: of_barrier(item, reverse, options)


def _means(
    answers: Answers, names: Sequence[str], options: Specification, by: str | Sequence[str], where: Where | None
) -> pd.DataFrame:
    return means(answers, names, by, where, options["df_rule"])


def _shares(
    answers: Answers,
    names: Sequence[str],
    options: Specification,
    counting: Mapping[str, Counting],
    by: str | Sequence[str],
    where: Where | None,
) -> pd.DataFrame:
    """Shares of items whose answers and base depend on the choices."""
    wanted = []
    for item in map(answers.item, names):
        counts, base = counting[item.name](item, options)
        of = [answer for answer, yes in zip(item.answers, counts & base, strict=True) if yes]
        wanted.append((dataclasses.replace(item, missing=~base), of))
    return nets(answers, wanted, by, where, options["df_rule"])


def _different(item: ItemTotals, counting: Counting, possible: Choices) -> Choices:
    """The options that count other answers of this item than its headline does."""
    usual = headline(possible)
    kept = {}
    for choice, options in possible.items():
        of_answers = choice in ("dont_know", "neutral", "side")
        other = [option for option in options[1:] if not of_answers or _differs(item, counting, usual, choice, option)]
        kept[choice] = (options[0], *other)
    return kept


def _differs(item: ItemTotals, counting: Counting, usual: Specification, choice: str, option: str) -> bool:
    pairs = zip(counting(item, usual), counting(item, {**usual, choice: option}), strict=True)
    return any(not np.array_equal(one, other) for one, other in pairs)


def _only(possible: Choices, choice: str) -> Choices:
    return {name: options[:1] if name == choice else options for name, options in possible.items()}


def _everyone_asked(answers: Answers, pair: Pair) -> bool:
    items = [answers.item(name) for name in (pair.needed, pair.held)]
    return not any(item.n[:, [name == "not_asked" for name in item.answers]].sum() for item in items)


def _is_weighted(answers: Answers) -> bool:
    return not np.allclose(answers.groups["w"].to_numpy(dtype=float), answers.groups["n"].to_numpy(dtype=float))


def _card(answers: Answers, open_to: Mapping[str, Choices], table: Table) -> pd.DataFrame:
    """The rows of all items, choices and options; a choice with one option is none."""
    designed: dict[tuple[str, ...], Answers] = {}
    parts, marks = [], []
    for choice, options, first, names in _specifications(open_to):
        design = tuple(options[name] for name in ("weighted", "stages"))
        if design not in designed:
            designed[design] = _designed(answers, options)
        part = table(designed[design], names, options)
        parts.append(part)
        marks += [(choice, options[choice], first)] * len(part)
    found = pd.concat(parts, ignore_index=True)
    found[["choice", "option"]] = [mark[:2] for mark in marks]
    found["is_headline"] = [mark[2] for mark in marks]
    found.attrs["method"] = parts[0].attrs["method"]
    return found


def _specifications(open_to: Mapping[str, Choices]) -> Iterator[tuple[str, dict[str, str], bool, list[str]]]:
    """Each choice with its options in turn, the others as in the headline, and the items that have it."""
    every = next(iter(open_to.values()))
    usual = headline(every)
    for choice in every:
        varied = {name: options[choice] for name, options in open_to.items() if len(options[choice]) > 1}
        for option in dict.fromkeys(option for options in varied.values() for option in options):
            names = [name for name, options in varied.items() if option in options]
            yield choice, {**usual, choice: option}, option == usual[choice], names


def _designed(answers: Answers, options: Specification) -> Answers:
    """The same answers with the weights and the stages of a specification."""
    if options["weighted"] == "no":
        one = {name: dataclasses.replace(item, w=item.n, w2=item.n) for name, item in answers.items.items()}
        groups = answers.groups.assign(w=answers.groups["n"], w2=answers.groups["n"])
        # Calibration and replicates are of the weights.
        answers = dataclasses.replace(answers, items=one, groups=groups, calibration=None, replicates=None)
    if options["stages"] != "two_stages":
        answers = dataclasses.replace(answers, people=None)
    return dataclasses.replace(answers, population=None) if options["stages"] == "none" else answers


def _finished(found: pd.DataFrame, measure: str, by: str | Sequence[str]) -> pd.DataFrame:
    """Rows item by item, in the order of the choices; with a method that names the measure."""
    method = found.attrs["method"]
    order = pd.Series(pd.factorize(found["item"])[0], index=found.index).sort_values(kind="stable").index
    card = found.loc[order, ["item", "choice", "option", "is_headline", *columns(by), *NUMBERS]].reset_index(drop=True)
    card.attrs["method"] = {**method, "measure": measure, "choices": "one at a time; the others as in the headline"}
    return card
