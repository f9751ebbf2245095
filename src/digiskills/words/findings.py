"""Sentences composed from released numbers; every number in them stands in the released table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from digiskills.words.captions import sentence, where, withheld_count
from digiskills.words.catalogue import text
from digiskills.words.labels import groups, rows
from digiskills.words.measures import chosen, form, measure
from digiskills.words.numbers import interval, join, number
from digiskills.words.parts import row_parts

if TYPE_CHECKING:
    from digiskills.disclosure import Released

FOLLOWING = 3  # how many rows are named after the first
LEVEL = 0.05  # of all comparisons that a table allows, taken together


def say(released: Released, key: str, **values: object) -> str:
    """Return a sentence of the catalogue that says what evidence it is about.

    Parameters
    ----------
    released : Released
        For its evidence, wave, scope and language.
    key : str
        A text with the place ``{where}``.
    **values : object
        Its other places.

    Returns
    -------
    str
        The sentence with a capital letter.
    """
    return sentence(text(key, released.language, where=where(released), **values))


def quoted(released: Released, label: str) -> str:
    """Return a label in the language's quotation marks, without its full stop."""
    return text("quoted", released.language, label=label.removesuffix("."))


def shown(released: Released) -> pd.DataFrame:
    """Return the rows that have a number, the highest first."""
    frame = rows(released).dropna(subset="value")
    return frame.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)


def value_places(released: Released, row: pd.Series) -> dict[str, str]:
    """Return the places ``value``, ``interval`` and ``n`` of a row."""
    language, write = released.language, form(measure(released))
    return {
        "value": write(row["value"], language),
        "interval": interval(row["low"], row["high"], language, write),
        "n": number(row["n"], language),
    }


def whole_of(released: Released) -> Released:
    """Return the rows over all groups, where the table has them."""
    every = {name: "all" for name in groups(released) if released.frame[name].astype(str).eq("all").any()}
    return released.only(**every) if every else released


def _ranking(released: Released, most: str, least: str) -> list[str]:
    """Return sentences on the first, the following and the last of ranked rows."""
    frame = shown(released)
    if frame.empty:
        return [say(released, "withheld.everything" if withheld_count(released) else "nothing")]
    labels = [quoted(released, row_label(row)) for _, row in frame.iterrows()]
    first, last = frame.iloc[0], frame.iloc[-1]
    found = [say(released, most, label=labels[0], **value_places(released, first))]
    if len(frame) > 1:
        following = [value_places(released, row) for _, row in frame.iloc[1 : FOLLOWING + 1].iterrows()]
        entries = [
            f"{label} ({text('value.interval', released.language, **values)})"
            for label, values in zip(labels[1:], following, strict=False)
        ]
        ordered = text(_order(frame), released.language)
        found.append(say(released, "next", labels=join(entries, released.language), order=ordered))
    if len(frame) > FOLLOWING + 1:
        found.append(say(released, least, label=labels[-1], **value_places(released, last)))
    return found


def _order(frame: pd.DataFrame) -> str:
    """Return which text says how sure the first place is: its interval is held against those of all others."""
    if frame[["low", "high"]].isna().any(axis=None):
        return "order.unknown"
    return "order.sure" if frame["low"].iloc[0] > frame["high"].iloc[1:].max() else "order.unsure"


def row_label(row: pd.Series) -> str:
    """Return what a row is about as one phrase."""
    return ", ".join(row_parts(row))


def withheld_sentences(released: Released) -> list[str]:
    """Return the sentence on withheld cells, where there are any."""
    count = withheld_count(released)
    language = released.language
    return [say(released, "withheld.sentence", count=count, n=number(count, language))] if count else []


def _comparisons(released: Released, most: int) -> list[str]:
    """Return for the items with the clearest difference the two groups most clearly apart.

    Every pair of groups of every item is looked at, so each is held to the level 0.05 divided by their number
    (Bonferroni); groups are taken as independent, which is cautious where they share departments.
    """
    frame = shown(released).dropna(subset=["se", "df"])
    frame = frame[frame["df"] > 0]
    found = [_clearest(cells) for _, cells in frame.groupby("item_label", sort=False) if len(cells) > 1]
    pairs = sum(math.comb(len(cells), 2) for _, cells in frame.groupby("item_label"))
    found.sort(key=lambda pair: pair.p)
    return [_comparison(released, pair, pairs) for pair in found[:most]]


class _Pair(NamedTuple):
    """Two groups of one item and the p value of their difference, before it is held to all pairs."""

    p: float
    high: pd.Series
    low: pd.Series


def _clearest(cells: pd.DataFrame) -> _Pair:
    """Return the pair of groups of one item with the smallest p value."""
    value, error, df = (cells[name].to_numpy(float) for name in ("value", "se", "df"))
    off = np.sqrt(error[:, None] ** 2 + error**2)
    t = np.divide(np.abs(value[:, None] - value), off, out=np.zeros_like(off), where=off > 0)
    from scipy import stats  # takes longer to import than all else that a build needs before notebooks run

    p = 2 * stats.t.sf(t, np.minimum(df[:, None], df))
    one, other = np.unravel_index(p.argmin(), p.shape)
    high, low = (one, other) if value[one] >= value[other] else (other, one)
    return _Pair(float(p.min()), cells.iloc[int(high)], cells.iloc[int(low)])


def _comparison(released: Released, pair: _Pair, pairs: int) -> str:
    language, high, low = released.language, pair.high, pair.low
    item = str(high["item_label"])
    if pair.p * pairs >= LEVEL:
        return say(released, "compare.none", item=quoted(released, item))
    return say(
        released,
        "compare.higher",
        item=quoted(released, item),
        high=quoted(released, high["group_label"]),
        low=quoted(released, low["group_label"]),
        high_value=text("value.interval", language, **value_places(released, high)),
        low_value=text("value.interval", language, **value_places(released, low)),
    )


def findings_who_answered(released: Released) -> list[str]:
    """Return sentences on who answered.

    Parameters
    ----------
    released : Released
        Kind ``respondents``.

    Returns
    -------
    list of str
        How many, or the largest and the smallest group shown; what is withheld.
    """
    frame, language = shown(released), released.language
    if frame.empty:
        return [say(released, "withheld.everything")]
    first, last = frame.iloc[0], frame.iloc[-1]
    if len(frame) == 1:
        return [say(released, "who.total", n=number(first["value"], language)), *withheld_sentences(released)]
    spread = say(
        released,
        "who.groups",
        most=quoted(released, first["group_label"]),
        most_n=number(first["value"], language),
        least=quoted(released, last["group_label"]),
        least_n=number(last["value"], language),
    )
    return [spread, *withheld_sentences(released)]


def findings_barriers(released: Released) -> list[str]:
    """Return sentences on what holds digital work back.

    Parameters
    ----------
    released : Released
        Kind ``barrier_side``.

    Returns
    -------
    list of str
        The barriers met most and least often, differences between groups, and what is withheld.
    """
    whole = whole_of(released)
    # Ranking cells of items and groups together would say which group is largest, not which barrier.
    ranking = [] if groups(whole) else _ranking(whole, "barrier_side.most", "barrier_side.least")
    return [*ranking, *(_comparisons(released, 2) if groups(released) else []), *withheld_sentences(released)]


def findings_shortfalls(released: Released) -> list[str]:
    """Return sentences on who is short of which skills.

    Parameters
    ----------
    released : Released
        Kind ``shortfalls``; of several measures the first is ranked.

    Returns
    -------
    list of str
        The skills most and least often short, the people that stand behind the first where the
        table has them, differences between groups, and what is withheld.
    """
    one = chosen(released)
    whole = whole_of(one)
    found = [] if groups(whole) else _ranking(whole, f"{measure(one)}.most", f"{measure(one)}.least")
    if found and "people_short" in set(released.frame["measure"]) and measure(one) != "people_short":
        found += _people(whole_of(chosen(released, "people_short")))
    return [*found, *(_comparisons(one, 2) if groups(one) else []), *withheld_sentences(one)]


def _people(released: Released) -> list[str]:
    """Return how many people stand behind the skill of which most are short."""
    frame = shown(released)
    if frame.empty:
        return []
    values = value_places(released, frame.iloc[0])
    label = quoted(released, row_label(frame.iloc[0]))
    return [say(released, "people_short.most", label=label, **values)]


def findings_size_by_level(released: Released) -> list[str]:
    """Return sentences on how a measure differs by department size and level.

    Parameters
    ----------
    released : Released
        By department size and level; any kind with intervals.

    Returns
    -------
    list of str
        For the items with the clearest difference the higher and the lower cell, the rule by which
        they are called so, and what is withheld.
    """
    one = chosen(released)
    found = _comparisons(one, 3)
    found += [say(one, "compare.rule")] if found else [say(one, "nothing")]
    return [*found, *withheld_sentences(one)]


def findings_published(released: Released) -> list[str]:
    """Return sentences on surveys that others published, one survey at a time.

    Parameters
    ----------
    released : Released
        Kind ``figures``, with the columns ``survey`` and ``year``.

    Returns
    -------
    list of str
        For each survey and year the barrier reported most; a caution last.
    """
    frame, language = shown(released), released.language
    key = f"published.{measure(released)}"
    found = []
    for (survey, year), figures in frame.groupby(["survey", "year"], sort=False):
        first = figures.iloc[0]
        named = released.study.frameworks.descriptor("survey", str(survey), language)
        label = quoted(released, row_label(first))
        values = {
            "value": form(measure(released))(first["value"], language),
            "n": number(first["n"], language),
        }
        found.append(text(key, language, survey=named, year=year, label=label, **values))
    return [*found, text("published.caution", language)]


def findings_themes(released: Released) -> list[str]:
    """Return sentences on what coded documents speak of.

    Parameters
    ----------
    released : Released
        Kind ``themes``, counts of passages.

    Returns
    -------
    list of str
        The themes with most passages, and what the counts are.
    """
    frame, language = shown(whole_of(released)), released.language
    if frame.empty:
        return [say(released, "nothing")]
    labels = [quoted(released, row_label(row)) for _, row in frame.iterrows()]
    counts = [number(value, language) for value in frame["value"]]
    ties = counts.count(counts[0])
    found = [say(released, "themes.most", label=join(labels[:ties], language), n=counts[0])]
    following = list(zip(labels, counts, strict=True))[ties : ties + FOLLOWING]
    entries = [text("themes.entry", language, label=label, n=n) for label, n in following]
    found += [say(released, "themes.next", labels=join(entries, language))] if entries else []
    return [*found, say(released, "themes.note")]


def findings_profile(released: Released) -> list[str]:
    """Return sentences on one department size, level or department.

    Parameters
    ----------
    released : Released
        Kind ``shortfalls`` or ``barrier_side``, limited to the group; its scope is said in each sentence.

    Returns
    -------
    list of str
        As `findings_shortfalls` or `findings_barriers`.
    """
    return findings_barriers(released) if released.kind == "barrier_side" else findings_shortfalls(released)
