"""Which cells a build withholds: one pattern for respondents, widened only where the answers to an item need it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from digiskills.answers import Answers
from digiskills.answers.totals import ItemTotals
from digiskills.disclosure import protection, rules
from digiskills.disclosure.relations import NOBODY_SAID, Domain, Relations, inside, relations
from digiskills.disclosure.told import ALL, ANSWERED, ASKED, CHOSE, SCORED, Told
from digiskills.errors import ReleaseError
from digiskills.study import Release

NOT_ASKED = "not_asked"
HEADLINE, MARGIN, CELL = 1e6, 30.0, 1.0
BASE = 3.0
"""How much dearer the base of an item is than one of its shares: without it none of them can be shown."""
SHARE = 1e-3
"""How much cheaper one share of everyone is than a headline, though still dearer than any smaller group's."""
Reasons = dict[Told, str]
Cost = Callable[[Told, "Wave", float], float]


@dataclass(frozen=True, eq=False)
class Wave:
    """One wave: everyone in it, counted, and what tables tell of it.

    Parameters
    ----------
    name : str
        The wave.
    answers : Answers
        Counted by every dimension that a table names.
    told : tuple of Told
        Everything that tables of the build tell of the wave.
    release : Release
        The study's rules.
    fixed : mapping of Domain to str
        Groups that a study's own file withholds or keeps, and which of the two.
    given : mapping of Told to str
        Why cells are withheld for reasons of their own.
    before : mapping of Told to float
        What earlier editions told of the wave, which nothing takes back.
    """

    name: str
    answers: Answers
    told: tuple[Told, ...]
    release: Release
    fixed: Mapping[Domain, str] = field(default_factory=dict)
    given: Mapping[Told, str] = field(default_factory=dict)
    before: Mapping[Told, float] = field(default_factory=dict)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """One row per cluster and cell: its dimensions as text, respondents with a weight, and their weights."""
        groups = self.answers.groups
        texts = {name: _text(groups[name]) for name in self.answers.dimensions}
        counts = [item.n.sum(axis=1) for item in self.answers.items.values()]
        n = counts[0] if counts else groups["n"].to_numpy() * (groups["w"].to_numpy() > 0)
        return pd.DataFrame({**texts, "cluster": groups["cluster"].astype(str), "n": n, "w": groups["w"].to_numpy()})

    @cached_property
    def people(self) -> float:
        """Respondents of the wave; 1 where there are none."""
        return max(float(self.groups["n"].sum()), 1.0)

    @cached_property
    def domains(self) -> list[Domain]:
        """Every group of respondents that a table names, in the order of their names."""
        return sorted({each.domain for each in self.told})

    @cached_property
    def unnamed(self) -> list[Domain]:
        """Those of nobody's category: what a reader can get by taking all named groups from a margin."""
        found: set[Domain] = set()
        for names in {tuple(name for name, _ in each) for each in self.domains if each}:
            cells = self.groups.loc[(self.groups[list(names)] == NOBODY_SAID).any(axis=1), list(names)]
            found |= {
                tuple(zip(names, row, strict=True))
                for row in cells.drop_duplicates().itertuples(index=False, name=None)
            }
        return sorted(found)


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


def pattern(wave: Wave) -> Reasons:
    """Return what is withheld of a wave, and why.

    Parameters
    ----------
    wave : Wave
        The wave and everything told of it.

    Returns
    -------
    dict of Told to str
        One of `digiskills.disclosure.rules.REASONS` for each cell that is withheld.

    Raises
    ------
    ReleaseError
        If a rule could be met only by withholding a headline.

    Notes
    -----
    First the groups of respondents, for all items and tables at once: the rules, then the complement. Then each item
    on its own, with the respondents of every shown group known to the reader: bases and numerators that the rules
    withhold, then the complement among the item's own cells. Widths of protection: `smallest_group` for a base,
    half of it where it is larger (so that one department's answers are never nearly all of what is left over),
    `smallest_answer` for a numerator.
    """
    hidden = {each.domain: why for each, why in _withheld(groups_of(wave), wave, _group_cost).items()}
    reasons: Reasons = {each: hidden[each.domain] for each in wave.told if each.domain in hidden}
    for name in items_told(wave):
        reasons |= _withheld(item_of(wave, name, hidden), wave, _item_cost)
    return {each: reasons[each] for each in wave.told if each in reasons}


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


def _withheld(part: Part, wave: Wave, cost: Cost) -> Reasons:
    """Return what is withheld of cells that share people: by the rules, then the complement."""
    reasons = {each: why for each, why in zip(part.cells, part.reasons, strict=True) if why}
    if len(part.sensitive):
        values = part.relations.values
        known = np.array([wave.before.get(each, np.nan) for each in part.cells]) == values
        shown = known | (part.named & part.reasons.eq("").to_numpy())
        costs = np.array([cost(each, wave, value) for each, value in zip(part.cells, values, strict=True)])
        costs[known] = math.inf
        added = protection.protect(part.relations, shown, part.sensitive, part.wide, costs)
        _refuse_headlines(added, part.cells, wave)
        reasons |= {part.cells[at]: rules.COMPLEMENTARY for at in np.flatnonzero(added)}
    named = {each for each, is_named in zip(part.cells, part.named, strict=True) if is_named}
    return {each: why for each, why in reasons.items() if each in named}


def _text(column: pd.Series) -> np.ndarray:
    return column.astype(object).where(column.notna(), NOBODY_SAID).astype(str).to_numpy(object)


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
        why = why or wave.given.get(each, "")
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


def _cost(each: Domain, wave: Wave, value: float, scale: float = 1.0) -> float:
    """What the loss of a group costs: a headline most, a margin more than a cell, a larger group more than a small."""
    if wave.fixed.get(each) in ("keep", "show"):
        return math.inf
    kind = (HEADLINE, MARGIN, CELL)[min(len(each), 2)]
    return scale * kind * (1 + 0.5 * value / wave.people)


def _group_cost(each: Told, wave: Wave, value: float) -> float:
    return _cost(each.domain, wave, value)


def _item_cost(each: Told, wave: Wave, value: float) -> float:
    if each.sum == (ALL,):
        return math.inf
    scale = BASE if each.sum[0] in (ANSWERED, ASKED) else SHARE if not each.domain else 1.0
    return _cost(each.domain, wave, 0.0 if each.sum == (SCORED,) else value, scale)


def _refuse_headlines(added: np.ndarray, cells: Sequence[Told], wave: Wave) -> None:
    """Stop where a rule can be met only by a headline's loss: that is for people to decide."""
    gone = [cells[int(at)] for at in np.flatnonzero(added)]
    lost = [each for each in gone if not each.domain and each.sum[0] in (ALL, ANSWERED)]
    if lost:
        names = ", ".join(each.item or "respondents" for each in lost)
        raise ReleaseError(
            f"wave {wave.name}: with smallest_group = {wave.release.smallest_group} a withheld cell could be found by "
            f"subtraction unless the headline of {names} goes too; take the finer table out of notebooks/reports.toml, "
            "or withhold the headline in the study’s release.csv, with the reason"
        )
