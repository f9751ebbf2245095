"""Which cells a build withholds: one pattern for respondents, widened only where the answers to an item need it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from digiskills.disclosure import protection, rules
from digiskills.disclosure.parts import Part, Reasons, groups_of, item_of, items_told
from digiskills.disclosure.relations import Domain
from digiskills.disclosure.spare import Spare
from digiskills.disclosure.told import ALL, ANSWERED, ASKED, SCORED, Told
from digiskills.disclosure.wave import Wave
from digiskills.errors import ReleaseError

HEADLINE, MARGIN, CELL = 1e6, 30.0, 1.0
BASE = 3.0
"""How much dearer the base of an item is than one of its shares: without it none of them can be shown."""
SHARE = 1e-3
"""How much cheaper one share of everyone is than a headline, though still dearer than any smaller group's."""
Cost = Callable[[Told, Wave, float], float]


class HeadlineLost(ReleaseError):
    """A rule can be met only by withholding a headline."""


def pattern(wave: Wave, spare: Spare | None = None) -> Reasons:
    """Return what is withheld of a wave, and why.

    Parameters
    ----------
    wave : Wave
        The wave and everything told of it.
    spare : Spare, optional
        Tables that may be left out where a headline would have to go; those that are, are noted in it.

    Returns
    -------
    dict of Told to str
        One of `digiskills.disclosure.rules.REASONS` for each cell that is withheld.

    Raises
    ------
    HeadlineLost
        If a rule could be met only by withholding a headline, whatever may be left out.

    Notes
    -----
    First the groups of respondents, for all items and tables at once: the rules, then the complement. Then each item
    on its own, with the respondents of every shown group known to the reader: bases and numerators that the rules
    withhold, then the complement among the item's own cells. Widths of protection: `smallest_group` for a base,
    half of it where it is larger (so that one department's answers are never nearly all of what is left over),
    `smallest_answer` for a numerator.
    """
    spare = spare or Spare()
    groups, wave = _decided(groups_of, spare.left(wave), _group_cost, "", spare)
    hidden = {each.domain: why for each, why in groups.items()}
    reasons: Reasons = {each: hidden[each.domain] for each in wave.told if each.domain in hidden}
    for name in items_told(wave):
        if name in items_told(wave):  # its tables may have gone with those of an item before it
            found, wave = _decided(partial(item_of, name=name, hidden=hidden), wave, _item_cost, name, spare)
            reasons |= found
    return {each: reasons[each] for each in wave.told if each in reasons}


def _decided(part: Callable[[Wave], Part], wave: Wave, cost: Cost, item: str, spare: Spare) -> tuple[Reasons, Wave]:
    """Return what is withheld of a part of a wave, and the wave without the tables that had to go for it.

    What was decided before holds: withholding more never narrows what a reader knows.
    """

    def is_met(less: Wave) -> bool:
        try:
            _withheld(part(less), less, cost)
        except HeadlineLost:
            return False
        return True

    try:
        return _withheld(part(wave), wave, cost), wave
    except HeadlineLost:
        left = spare.relieve(wave, item, is_met)
        return _withheld(part(left), left, cost), left


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
        raise HeadlineLost(
            f"wave {wave.name}: with smallest_group = {wave.release.smallest_group} a withheld cell could be found by "
            f"subtraction unless the headline of {names} goes too; take the finer table out of notebooks/reports.toml "
            "(for one study: its id in study.toml, [release] leave_out), or withhold the headline in the study’s "
            "release.csv, with the reason"
        )
