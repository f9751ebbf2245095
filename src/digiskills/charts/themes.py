"""Counts of coded passages by theme, for everyone or for each group of speakers."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from digiskills import words
from digiskills.charts import colours, fit, house
from digiskills.charts.marks import LABELS
from digiskills.charts.shares import key, signed
from digiskills.disclosure import Released
from digiskills.errors import UsageError

ROW = 0.19  # inches
MOST_ACROSS = 5


def themes(released: Released) -> house.Drawing:
    """Return bars of passages by theme, with one panel per group where the table has one breakdown.

    Parameters
    ----------
    released : Released
        Kind ``themes``: the columns ``code``, ``n``, ``base`` and labels; at most one breakdown, such as
        ``speaker_level``.

    Returns
    -------
    Drawing
        Themes with most passages on top; the families of barriers in their colours, data management hatched.

    Raises
    ------
    UsageError
        If the table has more than one breakdown.
    """
    by = words.groups(released)
    if len(by) > 1:
        raise UsageError(f"themes: the table is by {', '.join(by)}; give one by at most one of them")
    frame = words.rows(released)
    house.refuse_nothing(frame)
    with house.style():
        code = words.item_column(released)
        order = frame.groupby(code, observed=True)["value"].sum().sort_values(ascending=False, kind="stable")
        labels = frame.drop_duplicates(code).set_index(code)["item_label"]
        groups = house.in_order(released, by[0]) if by else [""]
        down = math.ceil(len(groups) / MOST_ACROSS)
        across = math.ceil(len(groups) / down)
        room = house.room(LABELS if across == 1 else 1.9)
        families = [colours.family(str(name)) for name in order.index]
        wrapped = [fit.wrap(said, room) for said in signed(families, [str(labels[name]) for name in order.index])]
        heights = [max(ROW, fit.lines_in(label) * 7.5 * house.LINE + 0.04) for label in wrapped]
        places = [sum(heights[:place]) + height / 2 for place, height in enumerate(heights)]
        figure, axes = house.start(down * (sum(heights) + 0.45) + 0.2, across, down, shared=True)
        for panel, group in zip(axes, groups, strict=False):
            shown = frame[frame[by[0]].astype(str) == group] if by else frame
            counts = shown.set_index(code)["value"].reindex(order.index)
            _bars(panel, released, counts, places)
            panel.set_yticks(places, wrapped, linespacing=1.05)
            panel.set_ylim(sum(heights), 0)
            panel.set_xlim(0, float(frame["value"].max()) * (1.2 if across == 1 else 1.45) or 1)
            if by:
                label = _title(released, by[0], group, shown)
                panel.set_title(fit.wrap(label, (house.width() - house.room(2.1)) / across - 0.15, 7.5, "bold"))
        for empty in axes[len(groups) :]:
            empty.set_axis_off()
        entries = key(released.language, families)
        notes = [words.text("note.counts", released.language)]
        return house.finish(figure, released, "themes", notes, key=entries)


def _title(released: Released, by: str, group: str, shown: pd.DataFrame) -> str:
    """Return the group's words with its base."""
    label, base = words.group_label(released, by, group), words.number(shown["base"].max(), released.language)
    return f"{label} ({words.text('base', released.language, n=base)})"


def _bars(axes: Axes, released: Released, counts: pd.Series, places: list[float]) -> None:
    for place, (code, count) in zip(places, counts.items(), strict=True):
        if pd.isna(count):
            continue
        family = colours.family(str(code))
        # Blue and orange are near in grey, so data management is hatched as well.
        hatch = "////" if family == "data_management" else None
        colour = colours.FAMILIES[family]
        axes.barh(
            place,
            count,
            ROW * 0.72,
            color=colour,
            hatch=hatch,
            edgecolor=colours.PAPER,
            linewidth=0,
            clip_on=False,
        )
        label = words.number(count, released.language)
        axes.annotate(
            label, (count, place), xytext=(3, 0), textcoords="offset points", va="center", fontsize=house.NOTE
        )
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, min_n_ticks=2))
