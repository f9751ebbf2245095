"""Sentences on what the other choices of a robustness card amount to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words.captions import withheld_count
from digiskills.words.catalogue import text
from digiskills.words.findings import FOLLOWING, quoted, say, withheld_sentences
from digiskills.words.labels import rows
from digiskills.words.measures import form, measure
from digiskills.words.numbers import interval, join, number
from digiskills.words.parts import short

if TYPE_CHECKING:
    from digiskills.disclosure import Released


def findings_range(released: Released) -> list[str]:
    """Return sentences on how far the choices move each headline.

    Parameters
    ----------
    released : Released
        Kind ``robustness_range``.

    Returns
    -------
    list of str
        For how many headlines the choices matter more than the sample, those moved farthest first, each with its
        range and the choice that moves it most; what is withheld.
    """
    frame, language = _by_ratio(released), released.language
    if frame.empty:
        return [say(released, "withheld.everything" if withheld_count(released) else "nothing")]
    wider = frame[frame["ratio"].gt(1)]
    every = number(int(frame["ratio"].notna().sum()), language)
    key, count = "range.wider" if len(wider) else "range.none", number(len(wider), language)
    found = [say(released, key, count=count, all=every)]
    for _, row in frame[frame["farthest_label"].ne("")].head(FOLLOWING).iterrows():
        found.append(say(released, "range.entry", **_places(released, row)))
    return [*found, *withheld_sentences(released)]


def findings_order(released: Released) -> list[str]:
    """Return sentences on whether the first items stay the first under the other choices.

    Parameters
    ----------
    released : Released
        Kind ``robustness_order``.

    Returns
    -------
    list of str
        The first items of the headline; under how many other choices they stay, and in the same order; the
        choices under which they change, with the items then.
    """
    frame, language = rows(released).dropna(subset="value"), released.language
    if frame.empty:
        return [say(released, "withheld.everything" if withheld_count(released) else "nothing")]
    lists = [part for _, part in frame.groupby(["measure", "choice", "option"], sort=False)]
    usual, others = lists[0], lists[1:]
    found = [say(released, "order.headline", labels=_labels(released, usual))]
    same, ordered = (sum(bool(part[name].iloc[0]) for part in others) for name in ("same_items", "same_order"))
    counts = {"same": number(same, language), "ordered": number(ordered, language)}
    found += [say(released, "order.kept", all=number(len(others), language), **counts)] if others else []
    for part in others:
        if not part["same_items"].iloc[0]:
            label = quoted(released, str(part["answer_label"].iloc[0]))
            found.append(say(released, "order.changed", label=label, labels=_labels(released, part)))
    return [*found, *withheld_sentences(released)]


def range_highlights(released: Released, most: int) -> list[str]:
    """Return the headlines that the choices move farthest."""
    frame = _by_ratio(released).head(most)
    return [text("alt.range", released.language, **_places(released, row, brief=True)) for _, row in frame.iterrows()]


def order_highlights(released: Released, most: int) -> list[str]:
    """Return the first items of the headline."""
    frame = rows(released).dropna(subset="value")
    usual = frame[frame["is_headline"].eq(True)].drop_duplicates("place").head(most)
    labels = join([short(str(label)) for label in usual["item_label"]], released.language)
    return [text("alt.order", released.language, labels=labels)] if labels else []


def _by_ratio(released: Released) -> pd.DataFrame:
    """Return the rows that have a number, those moved farthest beside their interval first."""
    return rows(released).dropna(subset="value").sort_values("ratio", ascending=False, kind="stable")


def _labels(released: Released, part: pd.DataFrame) -> str:
    return join([quoted(released, str(label)) for label in part["item_label"]], released.language)


def _places(released: Released, row: pd.Series, *, brief: bool = False) -> dict[str, str]:
    language, write = released.language, form(measure(released))
    label = short(str(row["item_label"])) if brief else quoted(released, str(row["item_label"]))
    if row["group_label"]:
        label = f"{label}, {row['group_label']}"
    return {
        "item": label,
        "value": write(row["value"], language),
        "range": interval(row["lowest"], row["highest"], language, write),
        "ratio": number(row["ratio"], language, 1),
        "label": quoted(released, str(row["farthest_label"])),
    }
