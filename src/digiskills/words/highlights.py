"""What there is to see in tables that have more to say than a highest and a lowest number."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words import choices, coded, indicators, joint, planned, scales_and_coders
from digiskills.words.catalogue import text
from digiskills.words.labels import rows
from digiskills.words.measures import form, measure
from digiskills.words.numbers import interval, join, number, probability, ranks
from digiskills.words.parts import change_words, row_parts, short, value_words
from digiskills.words.terms import CONSTANTS, QUADRANTS, quadrant_key, quadrant_label

if TYPE_CHECKING:
    from digiskills.disclosure import Released

CHANCE = 0.05
"""The adjusted p value below which a difference is beyond chance."""
MOST = 3  # rows that an alternative text names, fewer where they are too long


def by_rank(released: Released) -> pd.DataFrame:
    """Return the rows of a table of needs that have a number, the greatest need first."""
    return rows(released).dropna(subset="value").sort_values("rank", kind="stable").reset_index(drop=True)


def own_probability(row: pd.Series) -> float:
    """Return the probability of the quadrant in which a row stands; NaN where it stands in none."""
    name = quadrant_key(str(row["quadrant"]))
    return float(row[f"p_{name}"]) if name else float("nan")


def in_quadrants(released: Released) -> pd.DataFrame:
    """Return the rows that stand in a quadrant, its key as ``place`` and its probability as ``p``, surest first."""
    frame = rows(released).dropna(subset="value")
    frame = frame.assign(place=[quadrant_key(str(name)) for name in frame["quadrant"]])
    frame = frame.assign(p=[own_probability(row) for _, row in frame.iterrows()])
    return frame[frame["place"].ne("")].sort_values("p", ascending=False, kind="stable").reset_index(drop=True)


def compared(released: Released) -> pd.DataFrame:
    """Return the rows of a model that compare something, those farthest from 0 in standard errors first."""
    frame = rows(released).dropna(subset=["value", "low", "high"])
    frame = frame[~frame["term"].isin(CONSTANTS)]
    clear = (frame["value"].abs() / frame["se"].astype(float)).rename("clear")
    frame = frame.assign(clear=clear, excludes=frame["low"].gt(0) | frame["high"].lt(0))
    return frame.sort_values("clear", ascending=False, kind="stable").reset_index(drop=True)


def by_change(released: Released) -> pd.DataFrame:
    """Return the rows of a table of changes that have a number, the widest change first."""
    frame = rows(released).dropna(subset="value")
    frame = frame.assign(size=frame["value"].abs(), differs=frame["differs"].eq(True))
    return frame.sort_values("size", ascending=False, kind="stable").reset_index(drop=True)


def headline_of(cells: pd.DataFrame) -> tuple[pd.Series | None, pd.DataFrame]:
    """Return the headline of an item and the rows of its other choices, the lowest first."""
    shown = cells.dropna(subset="value")
    headline = shown[shown["is_headline"].eq(True)]
    others = shown[~shown["is_headline"].eq(True)].sort_values("value", kind="stable")
    return (None if headline.empty else headline.iloc[0]), others


def _labels(row: pd.Series) -> str:
    return ", ".join(short(part) for part in row_parts(row))


def _needs(released: Released, most: int) -> list[str]:
    frame, language = by_rank(released), released.language
    ends = [("greatest", frame.iloc[0]), ("least", frame.iloc[-1])] if len(frame) else []
    return [
        text(
            f"alt.{which}",
            language,
            label=_labels(row),
            value=value_words(released, row),
            rank=ranks(row["rank_low"], row["rank_high"], language),
        )
        for which, row in ends[:most]
    ]


def _with_p(row: pd.Series, language: str) -> str:
    return text("with_probability", language, label=_labels(row), p=probability(row["p"], language))


def _quadrants(released: Released, most: int) -> list[str]:
    frame, language = in_quadrants(released), released.language
    if frame.empty:
        return []
    first, name = frame[frame["place"].eq(QUADRANTS[0])], quadrant_label(QUADRANTS[0], language)
    labels = join([_with_p(row, language) for _, row in first.head(most).iterrows()], language)
    count = number(len(first), language)
    found = [text("alt.quadrant", language, quadrant=name, count=count, labels=labels)] if labels else []
    return [*found, text("alt.quadrant.unsure", language, label=_with_p(frame.iloc[-1], language))]


def _model(released: Released, most: int) -> list[str]:
    frame, language = compared(released), released.language
    clear = frame[frame["excludes"]]
    if clear.empty:
        return [text("alt.excludes.none", language)] if len(frame) else []
    entries = [
        text("alt.entry", language, label=_labels(row), value=value_words(released, row))
        for _, row in clear.head(most).iterrows()
    ]
    count, every = number(len(clear), language), number(len(frame), language)
    return [text("alt.excludes", language, count=count, all=every, labels=join(entries, language))]


def _changes(released: Released, most: int) -> list[str]:
    frame, language = by_change(released), released.language
    said = [
        text("alt.entry", language, label=_labels(row), value=change_words(released, row))
        for _, row in frame.iterrows()
    ]
    named = [words for words, differs in zip(said, frame["differs"], strict=True) if differs]
    if not named:
        return [text("alt.differs.none", language, label=said[0])] if said else []
    count, every = number(len(named), language), number(len(said), language)
    return [text("alt.differs", language, count=count, all=every, labels=join(named[:most], language))]


def _robustness(released: Released, most: int) -> list[str]:
    found, write = [], form(measure(released))
    for item, cells in rows(released).groupby("item_label", sort=False):
        headline, others = headline_of(cells)
        if headline is not None and len(others):
            value = value_words(released, headline)
            said = interval(others["value"].min(), others["value"].max(), released.language, write)
            label = short(str(item))
            found.append(text("alt.robustness", released.language, label=label, value=value, interval=said))
    return found[:most]


def verdict(row: pd.Series) -> str:
    """Return what a difference shows.

    Parameters
    ----------
    row : Series
        A row of a table of kind ``differences``.

    Returns
    -------
    str
        ``higher`` or ``lower`` (called a difference), ``small`` (surely), ``slight`` (beyond chance, but below the
        stated size) or ``open``; empty where it is withheld.
    """
    if row["withheld"] or pd.isna(row["estimate"]):
        return ""
    if row["differs"] is True or row["differs"] == 1:
        return "higher" if row["estimate"] > 0 else "lower"
    if row["surely_small"] is True or row["surely_small"] == 1:
        return "small"
    return "slight" if row["p_adjusted"] < CHANCE else "open"


def _differences(released: Released, most: int) -> list[str]:
    frame, language = rows(released).dropna(subset="value"), released.language
    frame = frame.sort_values("value", key=abs, ascending=False, kind="stable")
    if frame.empty:
        return []
    named = frame[frame["differs"].eq(True)]
    entries = [
        text("alt.entry", language, label=_labels(row), value=value_words(released, row))
        for _, row in (frame if named.empty else named).head(most).iterrows()
    ]
    small = sum(verdict(row) == "small" for _, row in frame.iterrows())
    counts = {"all": len(frame), "count": len(named), "small": small}
    said = {name: number(count, language) for name, count in counts.items()}
    return [text("alt.verdicts", language, labels=join(entries, language), **said)]


HIGHLIGHTS: dict[str, Callable[[Released, int], list[str]]] = {
    "needs": _needs,
    "quadrants": _quadrants,
    "model": _model,
    "differences": _differences,
    "effects": _model,
    "changes": _changes,
    "robustness": _robustness,
    "robustness_range": choices.range_highlights,
    "robustness_order": choices.order_highlights,
    "reliability": scales_and_coders.reliability_highlights,
    "coder_agreement": scales_and_coders.reliability_highlights,
    "equivalence": scales_and_coders.equivalence_highlights,
    "settled": scales_and_coders.settled_highlights,
    "cooccurrence": coded.pair_highlights,
    "cooccurrence_in_paragraphs": coded.pair_highlights,
    "saturation": coded.saturation_highlights,
    "joint_display": joint.joint_highlights,
    "recommendations": indicators.recommendation_highlights,
    "questions": indicators.question_highlights,
    "answers_needed": planned.answers_highlights,
    "detectable_change": planned.change_highlights,
}
"""What to say of a table by its kind, with the most rows to name."""
