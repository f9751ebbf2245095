"""What changed since the wave before."""

from __future__ import annotations

import pandas as pd

from digiskills import estimates
from digiskills.answers import GAP, barrier_side
from digiskills.disclosure.source import Source
from digiskills.disclosure.table import SKILLS
from digiskills.errors import UsageError
from digiskills.estimates import Estimand, Joint

CARRIED = ("n_before", "n", "clusters")
LEAST_EFFECT = 0.1
"""Cohen's h, or standard deviations, from which a change is called one: about five points near a half. Waves of one
survey are compared with themselves, so the bound is half of that between groups. The caption states it."""


def changes(source: Source) -> pd.DataFrame:
    """Return the change of each estimate since the wave before.

    Parameters
    ----------
    source : Source
        The table and its data. Skills give the share short by one level or more, items on barriers the share
        on the barrier side, other scored items their mean. The option ``since`` names another earlier wave.

    Returns
    -------
    DataFrame
        One row per item and domain: item, <by>, n_before, n, clusters (of the smaller wave), before, after,
        estimate (after minus before), se, df, low, high, effect, p, p_adjusted, differs, note.

    Raises
    ------
    UsageError
        If there is no earlier wave, or the items are of several kinds.

    Notes
    -----
    A change is known better than if departments had been drawn anew, where departments in both waves keep their place;
    it is not thereby known better than either wave. It differs where p, adjusted over all rows by Benjamini and
    Hochberg, is below 0.05 and the effect is `LEAST_EFFECT` or more.
    """
    earlier = source.earlier()
    measure, estimands = estimands_of(source)
    before, after = (_joint(each, estimands) for each in (earlier, source))
    frame = estimates.changes_of(before, after, small=LEAST_EFFECT)
    method = frame.attrs["method"] | {"measure": measure, "waves": (earlier.table.wave, source.table.wave)}
    # Each wave's own answers decide on release; the smaller of the two is what the test rests on.
    frame = frame.assign(n_before=before.frame["n"], n=after.frame["n"]).rename(columns={"estimand": "item"})
    keys = ["item", *source.by]
    frame = frame[[*keys, *CARRIED, *(name for name in frame.columns if name not in (*keys, *CARRIED))]]
    frame.attrs["method"] = method
    return frame


def _joint(source: Source, estimands: list[Estimand]) -> Joint:
    """Return a wave's estimates together; people of one department answer several items."""
    paired = estimates.with_pairs(source.answers, source.survey, [estimand.item for estimand in estimands])
    return estimates.joint(paired, estimands, source.by, source.where)


def estimands_of(source: Source) -> tuple[str, list[Estimand]]:
    """Return what the items of a table measure, and an estimand for each.

    Parameters
    ----------
    source : Source
        The table and its data.

    Returns
    -------
    tuple of str and list of Estimand
        ``short_by_one`` of skills, ``barrier_side`` of items on barriers, else ``levels``; the estimands are named
        after their items.

    Raises
    ------
    UsageError
        If items on barriers stand with others.
    """
    if set(source.table.items) == {SKILLS} or source.table.items[0] in source.answers.skills:
        skills = source.skills or list(source.answers.skills)
        named = [f"{GAP}{skill}" for skill in skills]
        return "short_by_one", [Estimand(name, name, _short(source, name)) for name in named]
    items = [source.codebook.item(name) for name in source.columns]
    if all(item.barrier for item in items):
        return "barrier_side", [Estimand(item.name, item.name, barrier_side(item)) for item in items]
    if any(item.barrier for item in items):
        raise UsageError(f"{source.table.kind}: items on barriers and others do not stand in one table; declare two")
    return "levels", [Estimand(item.name, item.name) for item in items]


def _short(source: Source, gap: str) -> tuple[str, ...]:
    """Return the answers of a derived gap that mean one level short or more."""
    item = source.answers.item(gap)
    assert item.scores is not None  # a gap is a difference of scores
    return tuple(answer for answer, levels in zip(item.answers, item.scores, strict=True) if levels >= 1)
