"""Diverging stacked bars of ordered answers, the neutral answer across zero."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from digiskills import words
from digiskills.charts import colours, fit, house
from digiskills.charts.marks import LABELS, withheld_notes
from digiskills.codebook import MISSING_REASONS
from digiskills.disclosure import Released
from digiskills.errors import UsageError

LOW, NEUTRAL, HIGH = colours.DATA_MANAGEMENT, "#EDEDED", colours.CAPACITY
ROW = 0.2  # inches of a bar
SMALLEST_LABEL = 0.07  # a share below has no room for its number


def likert(released: Released) -> house.Drawing:
    """Return one bar per item: answers below the middle to the left, those above to the right.

    Parameters
    ----------
    released : Released
        Kind ``shares`` with all answers of items on one ordered scale, without a breakdown; rows of
        missing reasons are drawn apart.

    Returns
    -------
    Drawing
        Items with the largest share above the middle on top.

    Raises
    ------
    UsageError
        If the items do not share one scale or the table is broken down.
    """
    frame = words.rows(released)
    house.refuse_nothing(frame)
    answers = _scale(released)
    with house.style():
        table = _wide(frame, answers)
        labels = {name: fit.wrap(words.item_label(released, name), house.room(LABELS)) for name in table.index}
        heights = [max(fit.lines_in(labels[name]) * 7.5 * house.LINE, ROW) + 0.07 for name in table.index]
        apart = [name for name in MISSING_REASONS if name in set(frame["answer"])]
        widths = [5.0, 1.2] if apart else [5.0]
        figure, panels = house.start(sum(heights) + 0.5, len(widths), widths=widths)
        fills, first = shades(len(answers)), str(table.index[0])
        places = _places(heights)
        _bars(panels[0], released, table[answers], places, fills)
        panels[0].set_yticks(places, [labels[name] for name in table.index], linespacing=1.1)
        for panel in panels:
            panel.set_ylim(sum(heights), 0)
        # in grey both ends are dark: the arrows say which side is which
        ends = [words.answer_label(released, first, answer) for answer in (answers[0], answers[-1])]
        panels[0].set_xlabel(f"← {ends[0]}      {ends[1]} →")
        if apart:
            _apart(panels[1], released, _wide(frame, apart).reindex(table.index), places)
        _bases(panels[-1], released, frame, list(table.index), places)
        key = [
            house.Key(words.answer_label(released, first, answer), colour)
            for answer, colour in zip(answers, fills, strict=True)
        ]
        notes = [words.text("note.likert", released.language), *withheld_notes(released)]
        if any(released.study.codebook.item(name).reverse for name in table.index):
            notes.append(words.text("note.favourable", released.language))
        return house.finish(figure, released, "likert", notes, key=key)


def _scale(released: Released) -> list[str]:
    """Return the answers that the items share, in order."""
    if words.groups(released):
        raise UsageError("likert: the table is broken down; pass the rows of one group with `only`")
    scales = {
        tuple(answer.name for answer in released.study.codebook.item(name).answers) for name in words.items_of(released)
    }
    if len(scales) != 1:
        raise UsageError(f"likert: items on {len(scales)} scales; pass items that share one with `only`")
    return list(next(iter(scales)))


def _wide(frame: pd.DataFrame, answers: list[str]) -> pd.DataFrame:
    """Return shares with one row per item and one column per answer, the most favoured on top."""
    wide = frame.assign(item=frame["item"].astype(str), answer=frame["answer"].astype(str))
    table = wide.pivot(index="item", columns="answer", values="value").reindex(columns=answers)
    above = table[answers[(len(answers) + 1) // 2 :]].sum(axis=1, min_count=1)
    return table.loc[above.sort_values(ascending=False, kind="stable", na_position="last").index]


def shades(count: int) -> list[str]:
    """Return the colours of a scale: neighbours differ in grey, too, and the middle of an odd one is grey.

    Parameters
    ----------
    count : int
        Answers of the scale.

    Returns
    -------
    list of str
        From the lowest answer to the highest. Where there is no middle, the lighter of the two answers beside it is
        on the high side.
    """
    half = count // 2
    inner_low, inner_high = (0.42, 0.42) if count % 2 else (0.42, 0.2)
    left, right = _tints(LOW, inner_low, half), _tints(HIGH, inner_high, half)
    if count == 2:  # full orange and full blue are alike in grey
        left = [colours.tint(LOW, inner_low)]
    return [*left, *([NEUTRAL] if count % 2 else []), *right[::-1]]


def _tints(colour: str, inner: float, count: int) -> list[str]:
    """Return a colour, from full at the end of a scale to a tint near its middle."""
    steps = max(count - 1, 1)
    return [colours.tint(colour, 1 - (1 - inner) * place / steps) for place in range(count)]


def _places(heights: list[float]) -> list[float]:
    return [sum(heights[:place]) + height / 2 for place, height in enumerate(heights)]


def _bars(axes: Axes, released: Released, table: pd.DataFrame, places: list[float], shades: list[str]) -> None:
    half = len(table.columns) // 2
    middle = table.iloc[:, half].fillna(0) / 2 if len(table.columns) % 2 else 0
    left = -(table.iloc[:, :half].sum(axis=1) + middle)
    for name, colour in zip(table.columns, shades, strict=True):
        axes.barh(
            places,
            table[name].fillna(0),
            ROW,
            left=left,
            color=colour,
            edgecolor=colours.PAPER,
            linewidth=0.5,
            clip_on=False,
        )
        for place, share, start in zip(places, table[name], left, strict=True):
            if share >= SMALLEST_LABEL:
                _label(axes, released, start + share / 2, place, share, colours.text_on(colour))
        left = left + table[name].fillna(0)
    axes.axvline(0, color=colours.QUIET, linewidth=0.8, zorder=0)
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: words.percent(abs(round(value, 6)), released.language))
    )


def _label(axes: Axes, released: Released, x: float, y: float, share: float, colour: str) -> None:
    label = words.number(100 * share, released.language)  # without the sign, which the narrow parts have no room for
    axes.text(x, y, label, ha="center", va="center", fontsize=house.NOTE, color=colour)


def _apart(axes: Axes, released: Released, table: pd.DataFrame, places: list[float]) -> None:
    """Draw the reasons for having no answer, hatched and off the scale."""
    total = table.sum(axis=1, min_count=1)
    axes.barh(
        places,
        total.fillna(0),
        ROW,
        color=colours.PAPER,
        hatch="////",
        edgecolor="#8C8C8C",
        linewidth=0.5,
        clip_on=False,
    )
    for place, share in zip(places, total, strict=True):
        if pd.notna(share):
            label = f" {words.percent(share, released.language)}"
            axes.text(share, place, label, va="center", fontsize=house.NOTE)
    axes.set_title(fit.wrap(words.text("axis.apart", released.language), 1.0, 7.5, "bold"))
    axes.set_xlim(0, max(float(total.max()) * 2.2, 0.05) if total.notna().any() else 1)
    axes.set_xticks([])
    axes.set_yticks([])


def _bases(axes: Axes, released: Released, frame: pd.DataFrame, items: list[str], places: list[float]) -> None:
    """Write each item's number of answers at the right, or that there are too few."""
    scored = frame[~frame["answer"].isin(MISSING_REASONS)]
    n = scored.assign(item=scored["item"].astype(str)).groupby("item")["n"].max()
    for name, place in zip(items, places, strict=True):
        if pd.isna(n[name]):
            house.beside(axes, place, words.text("withheld.short", released.language), colours.QUIET)
        else:
            house.beside(axes, place, words.text("base", released.language, n=words.number(n[name], released.language)))
