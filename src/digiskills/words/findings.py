"""Sentences composed from released numbers; every number in them stands in the released table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words.captions import row_parts, sentence, where, withheld_count
from digiskills.words.catalogue import text
from digiskills.words.labels import chosen, form, groups, measure, rows
from digiskills.words.numbers import interval, join, number

if TYPE_CHECKING:
    from digiskills.disclosure import Released

FOLLOWING = 3  # how many rows are named after the first


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


def _value(released: Released, row: pd.Series) -> dict[str, str]:
    """Return the places ``value``, ``interval`` and ``n`` of a row."""
    language, write = released.language, form(measure(released))
    return {
        "value": write(row["value"], language),
        "interval": interval(row["low"], row["high"], language, write),
        "n": number(row["n"], language),
    }


def _whole(released: Released) -> Released:
    """Return the rows over all groups, where the table has them."""
    every = {name: "all" for name in groups(released) if released.frame[name].astype(str).eq("all").any()}
    return released.only(**every) if every else released


def _ranking(released: Released, most: str, least: str) -> list[str]:
    """Return sentences on the first, the following and the last of ranked rows."""
    frame = shown(released)
    if frame.empty:
        return [say(released, "withheld.everything" if withheld_count(released) else "nothing")]
    labels = [quoted(released, _row_label(row)) for _, row in frame.iterrows()]
    first, last = frame.iloc[0], frame.iloc[-1]
    found = [say(released, most, label=labels[0], **_value(released, first))]
    if len(frame) > 1:
        following = [_value(released, row) for _, row in frame.iloc[1 : FOLLOWING + 1].iterrows()]
        entries = [
            f"{label} ({text('value.interval', released.language, **values)})"
            for label, values in zip(labels[1:], following, strict=False)
        ]
        order = "order.sure" if first["low"] > frame.iloc[1]["high"] else "order.unsure"
        ordered = text(order, released.language)
        found.append(say(released, "next", labels=join(entries, released.language), order=ordered))
    if len(frame) > FOLLOWING + 1:
        found.append(say(released, least, label=labels[-1], **_value(released, last)))
    return found


def _row_label(row: pd.Series) -> str:
    return ", ".join(row_parts(row))


def _withheld(released: Released) -> list[str]:
    count = withheld_count(released)
    language = released.language
    return [say(released, "withheld.sentence", count=count, n=number(count, language))] if count else []


def _comparisons(released: Released, most: int) -> list[str]:
    """Return for the items with the clearest difference which group is higher, by the rule of intervals."""
    found = []
    frame = shown(released).dropna(subset=["low", "high"])
    for item, cells in frame.groupby("item_label", sort=False):
        if len(cells) > 1:
            high = cells.iloc[int(cells["low"].to_numpy().argmax())]
            low = cells.iloc[int(cells["high"].to_numpy().argmin())]
            found.append((float(high["low"] - low["high"]), str(item), high, low))
    found.sort(key=lambda entry: -entry[0])
    return [_comparison(released, *entry) for entry in found[:most]]


def _comparison(released: Released, clear: float, item: str, high: pd.Series, low: pd.Series) -> str:
    if clear <= 0:
        return say(released, "compare.none", item=quoted(released, item))
    language = released.language
    return say(
        released,
        "compare.higher",
        item=quoted(released, item),
        high=quoted(released, high["group_label"]),
        low=quoted(released, low["group_label"]),
        high_value=text("value.interval", language, **_value(released, high)),
        low_value=text("value.interval", language, **_value(released, low)),
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
        return [say(released, "who.total", n=number(first["value"], language)), *_withheld(released)]
    spread = say(
        released,
        "who.groups",
        most=quoted(released, first["group_label"]),
        most_n=number(first["value"], language),
        least=quoted(released, last["group_label"]),
        least_n=number(last["value"], language),
    )
    return [spread, *_withheld(released)]


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
    whole = _whole(released)
    ranking = _ranking(whole, "barrier_side.most", "barrier_side.least")
    return [*ranking, *(_comparisons(released, 2) if groups(released) else []), *_withheld(released)]


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
    whole = _whole(one)
    found = _ranking(whole, f"{measure(one)}.most", f"{measure(one)}.least")
    if "people_short" in set(released.frame["measure"]) and measure(one) != "people_short":
        found += _people(_whole(chosen(released, "people_short")))
    return [*found, *(_comparisons(one, 2) if groups(one) else []), *_withheld(one)]


def _people(released: Released) -> list[str]:
    """Return how many people stand behind the skill of which most are short."""
    frame = shown(released)
    if frame.empty:
        return []
    values = _value(released, frame.iloc[0])
    label = quoted(released, _row_label(frame.iloc[0]))
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
    return [*found, *_withheld(one)]


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
        label = quoted(released, _row_label(first))
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
    frame, language = shown(_whole(released)), released.language
    if frame.empty:
        return [say(released, "nothing")]
    labels = [quoted(released, _row_label(row)) for _, row in frame.iterrows()]
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
