"""Alternative texts of figures and tables, composed from released tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from digiskills.codebook import MISSING_REASONS
from digiskills.words.captions import by_words, cautions, lower_first, where, withheld_count
from digiskills.words.catalogue import entries, text
from digiskills.words.highlights import HIGHLIGHTS, MOST
from digiskills.words.labels import rows
from digiskills.words.measures import chosen, measure
from digiskills.words.numbers import number
from digiskills.words.parts import row_parts, short, value_words

if TYPE_CHECKING:
    from digiskills.disclosure import Released

LONGEST_ALT = 400


def _extreme(released: Released, frame: pd.DataFrame, which: str, survey: str = "") -> str:
    place = int(frame["value"].to_numpy().argmin() if which == "lowest" else frame["value"].to_numpy().argmax())
    row = frame.iloc[place]
    label = ", ".join(short(words) for words in row_parts(row))
    value = value_words(released, row)
    return text(f"alt.{which}", released.language, label=label, value=value, survey=short(survey, 40))


def _extremes(released: Released) -> list[str]:
    """Return what is highest and lowest; of published surveys, never compared, the highest of each."""
    frame = rows(released).dropna(subset="value")
    if "answer" in frame and released.kind == "shares":
        frame = frame[~frame["answer"].isin(MISSING_REASONS)]
    if frame.empty:
        return []
    if released.kind != "figures":
        return [_extreme(released, frame, which) for which in ("highest", "lowest")]
    names = [f"{survey} ({year})" for survey, year, _ in cautions(released)]
    parts = [part for _, part in frame.groupby(["survey", "year"], sort=False)]
    return [_extreme(released, part, "highest_of", name) for name, part in zip(names, parts, strict=True)]


def _shorter(released: Released) -> Iterator[list[str]]:
    """Return what there is to see in ever fewer words, nothing last."""
    if released.kind in HIGHLIGHTS:
        yield from (HIGHLIGHTS[released.kind](released, most) for most in range(MOST, 0, -1))
    extremes = HIGHLIGHTS[released.kind](released, 1) if released.kind in HIGHLIGHTS else _extremes(released)
    yield from (extremes[:place] for place in range(len(extremes), -1, -1))


def _chart(kind: str, released: Released) -> str:
    """Return the key of the words for a kind of chart, without intervals where a table has none."""
    bounded = "low" in released.frame and bool(released.frame["low"].notna().any())
    return f"chart.{kind}" if bounded or f"chart.{kind}_plain" not in entries() else f"chart.{kind}_plain"


def alt_text(kind: str, released: Released) -> str:
    """Return the alternative text of a figure.

    Parameters
    ----------
    kind : str
        Kind of chart: ``likert``, ``dumbbell``, ``dots``, ``heatmap``, ``themes``, ``published``,
        ``shares``, ``ranks``, ``quadrants``, ``forest``, ``slope``, ``specification``, ``upset``,
        ``multiples`` or ``table``.
    released : Released
        What it draws.

    Returns
    -------
    str
        Type of chart, what is measured by what and where, the highest and lowest or what else there is
        to see with its uncertainty, and what is withheld; at most `LONGEST_ALT` characters.
    """
    released = chosen(released)
    language, count, by = released.language, withheld_count(released), by_words(released)
    opening = text(
        "alt",
        language,
        chart=text(_chart(kind, released), language),
        measure=lower_first(text(f"measure.{measure(released)}", language)),
        by=text("alt.by", language, by=by) if by else "",
        where=where(released),
    )
    withheld = [text("withheld.cells", language, count=count, n=number(count, language))] if count else []
    for kept in _shorter(released):
        parts = " ".join([opening, *kept, *withheld])
        if len(parts) <= LONGEST_ALT:
            return parts
    return short(parts, LONGEST_ALT)
