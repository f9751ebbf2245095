"""Skills in the order of need, with the interval of each rank."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from digiskills import words
from digiskills.charts import colours, fit, house
from digiskills.charts.marks import withheld_notes
from digiskills.disclosure import Released
from digiskills.errors import UsageError

LABELS = 2.3  # inches for the words of a skill; the scale needs the rest
ROW = 0.36  # inches: two lines of words stand beside each row
MOST_TICKS = 12


def ranks(released: Released, measure: str | None = None) -> house.Drawing:
    """Return one row per skill: its rank as a point, the interval of the rank as a line, the estimate beside.

    Parameters
    ----------
    released : Released
        Kind ``needs``, without a breakdown.
    measure : str, optional
        An index of the table; the first one present by default.

    Returns
    -------
    Drawing
        The greatest need on top; skills that share a rank are joined.

    Raises
    ------
    UsageError
        If the table is broken down, or lacks the measure.
    """
    if words.groups(released):
        raise UsageError("ranks: the table is broken down; pass the rows of one group with `only`")
    released = words.chosen(released, measure)
    frame = words.rows(released).sort_values("rank", kind="stable", na_position="last").reset_index(drop=True)
    with house.style():
        labels = [fit.wrap(label, house.room(LABELS)) for label in frame["item_label"]]
        heights = [max(fit.lines_in(label) * 7.5 * house.LINE + 0.07, ROW) for label in labels]
        places = np.cumsum(heights) - np.asarray(heights) / 2
        figure, (axes,) = house.start(sum(heights) + 0.45)
        for place, (_, row) in zip(places, frame.iterrows(), strict=True):
            _draw(axes, released, row, float(place))
        _join_ties(axes, frame, places)
        axes.set_yticks(places, labels, linespacing=1.1)
        axes.set_ylim(sum(heights), 0)
        _rank_axis(axes, released, len(frame))
        notes = [words.text("note.ranks", released.language), *withheld_notes(released)]
        return house.finish(figure, released, "ranks", notes)


def _draw(axes: Axes, released: Released, row: pd.Series, height: float) -> None:
    language = released.language
    if row["withheld"]:
        house.beside(axes, height, words.text("withheld.short", language), colours.QUIET)
        return
    # half a rank more on either side, so that a rank that is certain is seen too
    ends = [row["rank_low"] - 0.25, row["rank_high"] + 0.25]
    axes.plot(ends, [height, height], color=colours.CAPACITY, linewidth=1.6, solid_capstyle="butt")
    axes.plot([row["rank"]], [height], "o", color=colours.CAPACITY, markersize=5.5, zorder=3)
    write = words.form(words.measure(released))
    value = words.text(
        "change",
        language,
        change=write(row["value"], language),
        interval=words.interval(row["low"], row["high"], language, write),
    )
    base = words.text("base", language, n=words.number(row["n"], language))
    first = words.text("first_three", language, p=words.probability(row["top_probability"], language))
    house.beside(axes, height, f"{value}\n{first}; {base}")


def _join_ties(axes: Axes, frame: pd.DataFrame, places: np.ndarray) -> None:
    for _, cells in frame.dropna(subset="rank").groupby("rank"):
        if len(cells) > 1:
            at, ends = cells["rank"].iloc[[0, -1]], places[[cells.index[0], cells.index[-1]]]
            axes.plot(at, ends, color=colours.CULTURE, linewidth=3, zorder=2, solid_capstyle="butt")


def _rank_axis(axes: Axes, released: Released, count: int) -> None:
    axes.set_xlim(0.5, count + 0.5)
    if count <= MOST_TICKS:
        axes.set_xticks(range(1, count + 1))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value, released.language)))
    axes.set_xlabel(words.text("axis.rank", released.language))
