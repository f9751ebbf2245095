"""Cells that share people: groups of respondents, or one item's answers in them, and what the rules say of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from digiskills.answers.totals import ItemTotals
from digiskills.disclosure import rules
from digiskills.disclosure.relations import Domain, Relations, inside, relations
from digiskills.disclosure.told import ALL, ANSWERED, ASKED, CHOSE, SCORED, Told
from digiskills.disclosure.wave import Wave
from digiskills.study import Release

NOT_ASKED = "not_asked"
Reasons = dict[Told, str]


@dataclass(frozen=True, eq=False)
class Part:
    """Cells that share people: groups of respondents, or one item's answers in them.

    Parameters
    ----------
    cells : list of Told
        The cells.
    relations : Relations
        What each sums over.
    reasons : Series of str, one per cell
        Why the rules withhold a cell on its own; empty where they do not.
    sensitive : ndarray of int
        The cells that a reader may not find.
    wide : ndarray of float
        How far apart the bounds on each of those must be.
    named : ndarray of bool, one per cell
        Which cells a table may show; the others are what a reader gets by subtraction.
    """

    cells: list[Told]
    relations: Relations
    reasons: pd.Series
    sensitive: np.ndarray
    wide: np.ndarray
    named: np.ndarray


def items_told(wave: Wave) -> list[str]:
    """Return the items that tables tell of.

    Parameters
    ----------
    wave : Wave
        The wave.

    Returns
    -------
    list of str
        In the order of their names.
    """
    return sorted({each.item for each in wave.told} - {""})


def groups_of(wave: Wave) -> Part:
    """Return the groups of respondents of a wave, with what the rules say of each.

    Parameters
    ----------
    wave : Wave
        The wave.

    Returns
    -------
    Part
        One cell per group that tables name, then per group of nobody's category.
    """
    domains = [*wave.domains, *wave.unnamed]
    found = rules.of_groups(wave.groups, domains, wave.release, has_clusters=wave.answers.clustered)
    for place, each in enumerate(wave.domains):
        action = wave.fixed.get(each, "")
        found[place] = "" if action == "show" else found[place] or (rules.OVERRIDE if action == "withhold" else "")
    found = found.mask(pd.Series([each in wave.silent for each in domains]) & found.eq(""), rules.FEW_CLUSTERS)
    cells = [Told(wave.name, "", (ALL,), each) for each in domains]
    places = [(place, 0) for place in range(len(domains))]
    made = relations(wave.groups[["n"]].to_numpy(float), inside(wave.groups, domains), np.ones((1, 1)), places)
    return _part(wave, cells, made, found, np.arange(len(cells)) < len(wave.domains))


def item_of(wave: Wave, name: str, hidden: Mapping[Domain, str]) -> Part:
    """Return the cells of one item, with what the rules say of each.

    Parameters
    ----------
    wave : Wave
        The wave.
    name : str
        A counted item.
    hidden : mapping of Domain to str
        Groups of respondents that are withheld, and why.

    Returns
    -------
    Part
        What tables tell of the item, the respondents of each group, and those who answered in groups of nobody's
        category.
    """
    item = wave.answers.item(name)
    cells = sorted({each for each in wave.told if each.item == name})
    domains = sorted({each.domain for each in cells})
    unnamed = [each for each in wave.unnamed if any(_same_names(each, other) for other in domains)]
    every = [*cells, *(Told(wave.name, name, (ALL,), each) for each in domains)]
    every += [Told(wave.name, name, (ANSWERED,), each) for each in unnamed]
    sums, places = sorted({each.sum for each in every}), {each: at for at, each in enumerate([*domains, *unnamed])}
    pairs = [(places[each.domain], sums.index(each.sum)) for each in every]
    rows = np.array([_row(item, what) for what in sums])
    made = relations(item.n.astype(float), inside(wave.groups, [*domains, *unnamed]), rows, pairs)
    told = _item_rules(wave, item, cells, every, made.values, hidden)
    found = pd.Series([told.get(each, "") for each in every])
    return _part(wave, every, made, found, np.arange(len(every)) < len(every) - len(unnamed))


def _part(wave: Wave, cells: list[Told], made: Relations, found: pd.Series, named: np.ndarray) -> Part:
    """Add what earlier editions told: it cannot be taken back, and what is close to it goes."""
    was = np.array([wave.before.get(each, np.nan) for each in cells])
    apart = np.abs(made.values - was)
    found = found.mask(found.eq("") & (apart > 0) & (apart < wave.release.smallest_group), rules.EDITION)
    open_ = found.ne("") & found.ne(rules.COMPLEMENTARY) & (apart != 0)
    open_ &= (made.values != 0) | found.eq(rules.EVERYONE)  # a group of nobody needs no protection
    sensitive = np.flatnonzero(open_)
    wide = np.maximum(wave.release.smallest_group, np.floor(np.abs(made.values[sensitive]) / 2))
    chosen = np.array([cells[at].sum[0] == CHOSE for at in sensitive], dtype=bool)
    return Part(cells, made, found, sensitive, np.where(chosen, wave.release.answers, wide), named)


def _item_rules(
    wave: Wave,
    item: ItemTotals,
    cells: Sequence[Told],
    every: Sequence[Told],
    values: np.ndarray,
    hidden: Mapping[Domain, str],
) -> Reasons:
    """Return which cells of an item the rules withhold, those of withheld groups included."""
    value = dict(zip(every, values, strict=True))
    answered = _answered(wave, item, {each.domain for each in cells})
    reasons: Reasons = {}
    for each in every:
        whole = hidden.get(each.domain, "")
        why = whole if whole != rules.COMPLEMENTARY else ""
        why = why or wave.given.get(each, "") or (rules.FEW_CLUSTERS if each.domain in wave.silent else "")
        if each.sum[0] in (ANSWERED, ASKED) and 0 < value[each] < wave.release.smallest_group:
            why = why or rules.FEW_ANSWERS
        elif each.sum[0] == CHOSE:
            why = why or _numerator(each, item, value[each], answered[each.domain], wave.release)
        if why or whole:
            reasons[each] = why or whole
    few = {each.domain: why for each, why in reasons.items() if each.sum[0] in (ANSWERED, ASKED)}
    for each in cells:
        if each.domain in few:
            reasons.setdefault(each, few[each.domain])
    return reasons


def _numerator(cell: Told, item: ItemTotals, value: float, answered: float, release: Release) -> str:
    """Return why the numerator of a share may not be told."""
    if _is_reason(item, cell.sum):
        return rules.FEW_IN_ANSWER if 0 < value < release.answers else ""
    if answered == 0:
        return ""
    several = int((~item.missing).sum()) > 2 and len(cell.sum) == 2
    if value == answered or (value == 0 and not several):
        return rules.EVERYONE
    return rules.FEW_IN_ANSWER if min(value, answered - value) < release.answers else ""


def _is_reason(item: ItemTotals, what: tuple[str, ...]) -> bool:
    """Return whether the answers summed are reasons for having none."""
    return all(item.missing[item.answers.index(name)] for name in what[1:])


def _answered(wave: Wave, item: ItemTotals, domains: Iterable[Domain]) -> dict[Domain, float]:
    places = sorted(domains)
    n = item.n[:, ~item.missing].sum(axis=1).astype(float)
    return dict(zip(places, np.asarray(inside(wave.groups, places) @ n), strict=True))


def _row(item: ItemTotals, what: tuple[str, ...]) -> np.ndarray:
    """Return what is summed over the answers of an item."""
    if what == (ALL,):
        return np.ones(len(item.answers))
    if what == (ANSWERED,):
        return (~item.missing).astype(float)
    if what == (ASKED,):
        return np.array([float(name != NOT_ASKED) for name in item.answers])
    if what == (SCORED,):
        scores = np.zeros(len(item.answers)) if item.scores is None else item.scores
        return np.where(item.missing, 0.0, np.nan_to_num(scores))
    return np.array([float(name in what[1:]) for name in item.answers])


def _same_names(small: Domain, large: Domain) -> bool:
    """Return whether a group of nobody's category lies in a breakdown that tables show."""
    return [name for name, _ in small] == [name for name, _ in large]
