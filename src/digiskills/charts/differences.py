"""Every difference between two groups, skill by skill: which are there, slight, surely small, or open."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from digiskills import words
from digiskills.charts import colours, fit, house
from digiskills.charts.marks import withheld_notes
from digiskills.disclosure import Released
from digiskills.errors import UsageError

LABELS = 2.1  # inches for the words of a skill
CELL = 0.27  # inches of a row, at least
SLIGHT, SMALL, OPEN = "#FBE7C6", "#C9C9C9", colours.PAPER
MOST = 21  # columns: the pairs of seven groups
VERDICTS = ("higher", "lower", "slight", "small", "open")
FILLS = {"higher": colours.CAPACITY, "lower": colours.DATA_MANAGEMENT, "slight": SLIGHT, "small": SMALL, "open": OPEN}


def differences(released: Released) -> house.Drawing:
    """Return one row per skill and one column per pair of groups, each cell with its difference and what it shows.

    Parameters
    ----------
    released : Released
        Kind ``differences``.

    Returns
    -------
    Drawing
        The skill with the widest difference on top.

    Raises
    ------
    UsageError
        If the table is of another kind, or has more pairs than can be read.
    """
    if released.kind != "differences":
        raise UsageError(f"differences: the table is of kind {released.kind}; give one of kind differences")
    frame = words.rows(released)
    house.refuse_nothing(frame)
    pairs = list(dict.fromkeys(frame["group_label"]))
    if len(pairs) > MOST:
        raise UsageError(f"differences: {len(pairs)} pairs cannot be read; pass at most {MOST} with `only`")
    widest = frame["value"].abs().groupby(frame["item_label"], sort=False).max()
    skills = list(widest.sort_values(ascending=False, kind="stable", na_position="last").index)
    with house.style():
        labels = [fit.wrap(label, house.room(LABELS)) for label in skills]
        heights = [max(CELL, fit.lines_in(label) * 7.5 * house.LINE + 0.05) for label in labels]
        below = max(fit.width_of(pair, house.NOTE) for pair in pairs) + 0.08
        figure, (axes,) = house.start(sum(heights) + below)
        ticks, top = [], 0.0
        for skill, height in zip(skills, heights, strict=True):
            cells = frame[frame["item_label"] == skill].set_index("group_label")
            for place, pair in enumerate(pairs):
                if pair in cells.index:
                    _draw(axes, released, cells.loc[pair], (place - 0.5, top, 1.0, height))
            ticks.append(top + height / 2)
            top += height
        axes.set_xlim(-0.5, len(pairs) - 0.5)
        axes.set_ylim(top, 0)
        axes.set_yticks(ticks, labels, linespacing=1.05)
        axes.set_xticks(range(len(pairs)), pairs, rotation=90)
        axes.grid(visible=False)
        notes = [words.text("note.differences", released.language), *withheld_notes(released)]
        return house.finish(figure, released, "differences", notes, _key(released.language))


def _draw(axes: Axes, released: Released, row: pd.Series, box: tuple[float, float, float, float]) -> None:
    x, y, width, height = box
    found, language = words.verdict(row), released.language
    fill = FILLS.get(found, "#F2F2F2")
    hatch = None if found else "////"
    axes.add_patch(
        Rectangle((x, y), width, height, facecolor=fill, hatch=hatch, edgecolor="#BFBFBF", linewidth=0.6, clip_on=False)
    )
    said = words.text("withheld.short", language).replace(" ", "\n") if row["withheld"] else words.NO_NUMBER
    if found:
        said = words.form(words.measure(released))(row["estimate"], language)
        said = f"≈ {said}" if found == "small" else said
    axes.text(
        x + width / 2,
        y + height / 2,
        said,
        ha="center",
        va="center",
        fontsize=house.NOTE,
        color=colours.text_on(fill),
        fontweight="bold" if found in VERDICTS[:2] else "normal",
        linespacing=1.0,
    )


def _key(language: str) -> list[house.Key]:
    """Return what the fills stand for; an open difference has the paper's colour and needs none."""
    return [house.Key(words.text(f"verdict.{name}", language), FILLS[name]) for name in VERDICTS[:4]]
