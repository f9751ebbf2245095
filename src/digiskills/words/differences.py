"""Sentences on what goes with an outcome, what changed between waves, and what other choices would have said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words.captions import has_rounded, withheld_count
from digiskills.words.catalogue import text
from digiskills.words.findings import FOLLOWING, quoted, row_label, say, value_places, withheld_sentences
from digiskills.words.highlights import by_change, compared, headline_of
from digiskills.words.labels import rows
from digiskills.words.measures import form, measure
from digiskills.words.numbers import interval, join, number
from digiskills.words.parts import change_places

if TYPE_CHECKING:
    from digiskills.disclosure import Released

CHANCE = 0.05
"""The p value, adjusted over all changes tested together, below which a change passes the test."""


def _nothing(released: Released) -> list[str]:
    found = say(released, "withheld.everything" if withheld_count(released) else "nothing")
    return [found, *withheld_sentences(released)]


def findings_model(released: Released) -> list[str]:
    """Return sentences on what goes with an outcome.

    Parameters
    ----------
    released : Released
        Kind ``model``.

    Returns
    -------
    list of str
        For how many estimates the interval excludes 0 and the clearest of them, each with what it is
        compared with; that this is not cause and effect; what is withheld.
    """
    frame, language = compared(released), released.language
    if frame.empty:
        return _nothing(released)
    clear = frame[frame["excludes"]]
    if clear.empty:
        found = [say(released, "model.none")]
    else:
        labels = join([_estimate(released, row) for _, row in clear.head(FOLLOWING).iterrows()], language)
        count, every = number(len(clear), language), number(len(frame), language)
        found = [say(released, "model.excludes", count=count, all=every, labels=labels)]
    return [*found, say(released, "model.caution"), *withheld_sentences(released)]


def _estimate(released: Released, row: pd.Series) -> str:
    language, values = released.language, value_places(released, row)
    label, reference = quoted(released, row_label(row)), str(row["reference_label"])
    if not reference:
        return text("model.entry", language, label=label, **values)
    return text("model.compared", language, label=label, reference=quoted(released, reference), **values)


def findings_changes(released: Released) -> list[str]:
    """Return sentences on what changed between two waves.

    Parameters
    ----------
    released : Released
        Kind ``changes``; a change differs where its column ``differs`` says so, and only there.

    Returns
    -------
    list of str
        What differs, the widest change first, with both numbers and the change's interval; what passes the
        adjusted test but is too small to be called a difference; how many other rows are shown; the effect of rounding
        where there is any; what is withheld.
    """
    frame, language = by_change(released), released.language
    if frame.empty:
        return _nothing(released)
    passes = frame["p_adjusted"].lt(CHANCE)
    small = frame[passes & ~frame["differs"]]
    found = [
        say(released, key, labels=join([_change(released, row) for _, row in some.iterrows()], language))
        for key, some in (("changes.differs", frame[frame["differs"]]), ("changes.small", small))
        if not some.empty
    ]
    if not found:
        return [say(released, "changes.none"), *withheld_sentences(released)]
    others = int((~passes).sum())
    found += [say(released, "changes.rest", count=number(others, language))] if others else []
    found += [say(released, "changes.rounded")] if has_rounded(released) else []
    return [*found, *withheld_sentences(released)]


def _change(released: Released, row: pd.Series) -> str:
    label = quoted(released, row_label(row))
    return text("changes.entry", released.language, label=label, **change_places(released, row))


def findings_robustness(released: Released) -> list[str]:
    """Return sentences on what other defensible choices would have said.

    Parameters
    ----------
    released : Released
        Kind ``robustness``.

    Returns
    -------
    list of str
        For each item the headline and the range of the other choices, the one that moves it most, and
        whether all stay within the headline's interval; what is withheld.
    """
    frame = rows(released).dropna(subset="value")
    if frame.empty:
        return _nothing(released)
    parts = [_item(released, str(item), cells) for item, cells in frame.groupby("item_label", sort=False)]
    return [*(sentence for part in parts for sentence in part), *withheld_sentences(released)]


def _item(released: Released, item: str, cells: pd.DataFrame) -> list[str]:
    """Return the sentences on one item; none where its headline is withheld."""
    headline, others = headline_of(cells)
    if headline is None:
        return []
    label, values = quoted(released, item), value_places(released, headline)
    if others.empty:
        return [say(released, "robustness.headline", item=label, **values)]
    ends = interval(others["value"].min(), others["value"].max(), released.language, form(measure(released)))
    found = [say(released, "robustness.range", item=label, range=ends, **values)]
    farthest = others.iloc[int((others["value"] - headline["value"]).abs().to_numpy().argmax())]
    option, moved = quoted(released, str(farthest["answer_label"])), value_places(released, farthest)
    found.append(say(released, "robustness.farthest", item=label, label=option, **moved))
    outside = others[~others["value"].between(headline["low"], headline["high"])]
    if outside.empty:
        return [*found, say(released, "robustness.inside", item=label)]
    labels = join([quoted(released, name) for name in outside["answer_label"]], released.language)
    return [*found, say(released, "robustness.outside", item=label, labels=labels)]
