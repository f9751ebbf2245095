"""Small multiples: a panel per group, the same rows on the same scale in each, with that of everyone behind."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from digiskills import words
from digiskills.charts import colours, fit, house
from digiskills.charts.dots import dots
from digiskills.charts.marks import withheld_notes
from digiskills.disclosure import Released
from digiskills.errors import UsageError

LABELS = 2.0  # inches for the words of a row, at most
PANEL = 0.85  # inches of a panel, at least
ROW = 0.17  # inches of a row, at least
MOST_ROWS, MOST_GROUPS = 40, 80
MIDDLE = "#8C8C8C"


def multiples(released: Released) -> house.Drawing:
    """Return one panel per group, such as departments of a study that shows them, or sizes.

    Parameters
    ----------
    released : Released
        A table by one breakdown, with one number per item and group; by none, it is drawn as `dots`.

    Returns
    -------
    Drawing
        Rows by their middle value over the groups, the highest on top, which is a thin line in each panel; groups in
        the order of their dimension, others by name.

    Raises
    ------
    UsageError
        If the table has no rows, several breakdowns, several numbers in a cell, or more than can be read.
    """
    by = words.groups(released)
    if not by:
        return dots(released)  # of one group, there is one panel to draw
    if len(by) > 1:
        raise UsageError(f"multiples: the table is by {', '.join(by)}; give one by one breakdown, or draw it with dots")
    frame = words.rows(released)
    house.refuse_nothing(frame)
    about = words.item_column(released)
    if frame.duplicated([about, by[0]]).any():
        raise UsageError("multiples: several numbers for a row and group; pass one measure or answer with `only`")
    groups = house.in_order(released, by[0])
    rows = _in_order(frame, about)
    if len(rows) > MOST_ROWS or len(groups) > MOST_GROUPS:
        raise UsageError(
            f"multiples: {len(rows)} rows in {len(groups)} panels cannot be read in one figure; pass at most "
            f"{MOST_ROWS} rows and {MOST_GROUPS} groups with `only`, or draw the table with heatmap"
        )
    with house.style():
        labels = [fit.wrap(words.item_label(released, name), house.room(LABELS)) for name in rows.index]
        heights = [max(ROW, fit.lines_in(label) * 7.5 * house.LINE + 0.03) for label in labels]
        across = max(1, min(len(groups), int((house.width() - house.room(LABELS) - 0.2) / PANEL)))
        down = math.ceil(len(groups) / across)
        room = (house.width() - house.room(LABELS) - 0.2) / across - 0.12
        titles = [_title(released, by[0], group, frame, room) for group in groups]
        head = max(fit.lines_in(title) for title in titles) * 7.5 * house.LINE + 0.12
        figure, axes = house.start(down * (sum(heights) + head) + 0.3, across, down, shared=True)
        for panel, group, title in zip(axes, groups, titles, strict=False):
            cells = frame[frame[by[0]].astype(str) == group].set_index(about)
            _draw(panel, released, cells, rows, heights)
            panel.set_title(title, linespacing=1.1)
        _frame(axes, released, frame, labels, heights)
        for empty in axes[len(groups) :]:
            empty.set_axis_off()
        bounded = [words.text("note.interval", released.language)] if _bounded(frame) else []
        notes = [words.text("note.multiples", released.language), *bounded, *withheld_notes(released)]
        return house.finish(figure, released, "multiples", notes)


def _in_order(frame: pd.DataFrame, about: str) -> pd.Series:
    """Return the middle value of each row over the groups, the highest first."""
    middle = frame.groupby(about, sort=False, observed=True)["value"].median()
    return middle.sort_values(ascending=False, kind="stable", na_position="last")


def _title(released: Released, by: str, group: str, frame: pd.DataFrame, room: float) -> str:
    """Return the words of a group with its base."""
    n = frame.loc[frame[by].astype(str) == group, "n"].max()
    label = words.group_label(released, by, group)
    if pd.notna(n):
        label += f" ({words.text('base', released.language, n=words.number(n, released.language))})"
    return fit.wrap(label, room, 7.5, "bold")


def _bounded(frame: pd.DataFrame) -> bool:
    return "low" in frame and bool(frame["low"].notna().any())


def _draw(axes: Axes, released: Released, cells: pd.DataFrame, rows: pd.Series, heights: list[float]) -> None:
    """Draw the dots of one group over the middle of all."""
    top = 0.0
    for name, middle, height in zip(map(str, rows.index), rows, heights, strict=True):
        at, top = top + height / 2, top + height
        if pd.notna(middle):
            axes.plot(
                [middle, middle], [top - height * 0.92, top - height * 0.08], color=MIDDLE, linewidth=1.0, zorder=1
            )
        if name not in cells.index:
            continue
        row = cells.loc[name]
        if pd.isna(row["value"]):
            said = words.text("withheld.short", released.language) if row["withheld"] else words.NO_NUMBER
            place = axes.get_yaxis_transform()
            axes.text(0.02, at, said, transform=place, va="center", fontsize=house.NOTE, color=colours.QUIET)
            continue
        if _bounded(cells) and pd.notna(row["low"]):
            ends = [row["low"], row["high"]]
            axes.plot(ends, [at, at], color=colours.CAPACITY, linewidth=1.4, solid_capstyle="butt", zorder=2)
        axes.plot([row["value"]], [at], "o", color=colours.CAPACITY, markersize=4, zorder=3)


def _frame(axes: list[Axes], released: Released, frame: pd.DataFrame, labels: list[str], heights: list[float]) -> None:
    """Name the rows and number the scale, the same in all panels."""
    middles = [sum(heights[:place]) + height / 2 for place, height in enumerate(heights)]
    ends = pd.concat([frame[name].astype(float) for name in ("value", "low", "high") if name in frame])
    for panel in axes:
        house.scale(panel, released, ends)
        panel.xaxis.set_major_locator(MaxNLocator(nbins=2, steps=[1, 2, 5, 10], min_n_ticks=2))
        panel.set_yticks(middles, labels, linespacing=1.05)
        panel.set_ylim(sum(heights), 0)
    write = words.form(words.measure(released))
    axes[0].xaxis.set_major_formatter(FuncFormatter(lambda value, _: write(round(value, 6), released.language)))
