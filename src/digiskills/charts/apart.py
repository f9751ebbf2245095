"""What groups of speakers raise apart and together."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes

from digiskills import words
from digiskills.charts import colours, fit, house
from digiskills.charts.marks import LABELS
from digiskills.charts.shares import key, signed
from digiskills.disclosure import Released
from digiskills.errors import UsageError

ROW = 0.235  # inches
HEAD = 0.3  # inches for the name of a block of rows
MOST_GROUPS = 5
BLOCKS = ("all", "some", "alone", "nobody")


def apart(released: Released) -> house.Drawing:
    """Return a grid of dots, themes by groups of speakers, in blocks of who shares them.

    Parameters
    ----------
    released : Released
        Kind ``themes`` by one breakdown, limited to the groups to set side by side (two to five).

    Returns
    -------
    Drawing
        Themes raised by all groups on top, then by several, by one alone and by none; the number in each dot.

    Raises
    ------
    UsageError
        If the table is not by one breakdown of two to five groups.
    """
    by = words.groups(released)
    groups = house.in_order(released, by[0]) if len(by) == 1 else []
    if not 2 <= len(groups) <= MOST_GROUPS:
        raise UsageError(f"apart: the table is by {', '.join(by) or 'nothing'}; give one of 2 to {MOST_GROUPS} groups")
    frame, about = words.rows(released), words.item_column(released)
    wide = frame.pivot(index=about, columns=by[0], values="value")
    wide = wide.reindex(index=words.items_of(released), columns=groups)
    families = [colours.family(str(name)) for name in wide.index]
    told = signed(families, [words.item_label(released, name) for name in wide.index])
    labels = {name: fit.wrap(label, house.room(LABELS)) for name, label in zip(wide.index, told, strict=True)}
    heights = {name: max(ROW, fit.lines_in(label) * 7.5 * house.LINE + 0.06) for name, label in labels.items()}
    blocks = _blocks(wide)
    with house.style():
        figure, (axes,) = house.start(sum(heights.values()) + len(blocks) * HEAD + 0.55)
        bottom, ticks = 0.0, {}
        for block, rows in blocks.items():
            _head(axes, words.text(f"apart.block.{block}", released.language), bottom)
            bottom += HEAD
            for name, counts in rows.iterrows():
                ticks[labels[str(name)]] = bottom + heights[str(name)] / 2
                _row(axes, released, counts, ticks[labels[str(name)]], float(wide.max().max()))
                bottom += heights[str(name)]
        axes.set_yticks(list(ticks.values()), list(ticks), linespacing=1.05)
        axes.set_ylim(bottom, 0)
        _name_groups(axes, released, by[0], groups, frame)
        entries = key(released.language, families)
        return house.finish(figure, released, "apart", [words.text("note.apart", released.language)], key=entries)


def _blocks(wide: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows by how many groups raise them, without empty blocks."""
    said = wide.gt(0).sum(axis=1)
    everybody = wide.shape[1]
    kinds = said.map(lambda count: "all" if count == everybody else BLOCKS[max(3 - count, 1)])
    return {name: wide[kinds == name] for name in BLOCKS if (kinds == name).any()}


def _head(axes: Axes, label: str, top: float) -> None:
    axes.annotate(
        label,
        (0, top + HEAD * 0.7),
        xycoords=axes.get_yaxis_transform(),
        xytext=(-4, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontweight="bold",
        fontsize=7.5,
        annotation_clip=False,
    )
    axes.axhline(top + HEAD * 0.98, color="#D9D9D9", linewidth=0.8, zorder=0)


def _row(axes: Axes, released: Released, counts: pd.Series, height: float, most: float) -> None:
    # the number is inside, so all marks are round; the family's shape would leave it no room
    colour = colours.FAMILIES[colours.family(str(counts.name))]
    for place, count in enumerate(counts):
        if not count:
            axes.plot([place], [height], "o", color="#D9D9D9", markersize=2, zorder=2)
            continue
        size = 10 + 6.5 * math.sqrt(float(count) / most)
        axes.plot([place], [height], "o", color=colour, markersize=size, zorder=2, clip_on=False)
        label = words.number(count, released.language)
        axes.text(
            place,
            height,
            label,
            ha="center",
            va="center_baseline",
            fontsize=house.NOTE,
            color=colours.text_on(colour),
            zorder=3,
        )


def _name_groups(axes: Axes, released: Released, by: str, groups: list[str], frame: pd.DataFrame) -> None:
    """Name the groups with their numbers of passages above the columns."""
    bases = dict(zip(frame[by].astype(str), frame["base"], strict=True))
    room = (house.width() - house.room(LABELS) - 0.3) / len(groups) - 0.1
    language, named = released.language, []
    for name in groups:
        base = words.text("base", language, n=words.number(bases[name], language))
        named.append(f"{words.group_label(released, by, name)} ({base})")
    axes.set_xlim(-0.5, len(groups) - 0.5)
    axes.set_xticks(range(len(groups)), [fit.wrap(label, room, 7.5, "bold") for label in named], fontweight="bold")
    axes.tick_params(labeltop=True, labelbottom=False)
    axes.grid(visible=False)
