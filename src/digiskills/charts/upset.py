"""Sets of skills that people are short of, exactly: a column per set, its share above, its skills as dots below."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from digiskills import words
from digiskills.charts import colours, fit, house
from digiskills.charts.marks import withheld_notes
from digiskills.disclosure import Released
from digiskills.errors import UsageError

LABELS = 2.4  # inches for the words of a skill, at most
ROW = 0.21  # inches of a skill, at least
SHARES = 1.35  # inches of the panel of shares
MOST, MOST_SKILLS = 12, 30
OFF, STRIPE = "#D9D9D9", "#F2F2F2"


def upset(released: Released) -> house.Drawing:
    """Return a column per set of skills: its share with interval above, a filled dot per skill in the set below.

    Parameters
    ----------
    released : Released
        Kind ``sets_short``; each person is in one set.

    Returns
    -------
    Drawing
        Sets in the order of the table; the skills that stand in most people's sets on top.

    Raises
    ------
    UsageError
        If the table is of another kind, has no rows, or more sets or skills than can be read.
    """
    if released.kind != "sets_short":
        raise UsageError(f"upset: the table is of kind {released.kind}; give one of kind sets_short")
    frame = words.rows(released).reset_index(drop=True)
    house.refuse_nothing(frame)
    sets = [words.set_of(str(name)) for name in frame["item"]]
    skills = _in_order(sets, frame["value"])
    if len(sets) > MOST or len(skills) > MOST_SKILLS:
        raise UsageError(
            f"upset: {len(sets)} sets of {len(skills)} skills cannot be read in one figure; "
            f"pass at most {MOST} sets of {MOST_SKILLS} skills with `only`"
        )
    with house.style():
        labels = [fit.wrap(words.item_label(released, skill), house.room(LABELS)) for skill in skills]
        heights = [max(ROW, fit.lines_in(label) * 7.5 * house.LINE + 0.04) for label in labels]
        below = max(sum(heights), ROW)
        figure, (above, matrix) = house.start(SHARES + below, 1, 2, heights=[SHARES, below])
        _shares(above, released, frame)
        _matrix(matrix, sets, dict(zip(skills, heights, strict=True)), labels)
        for panel in (above, matrix):
            panel.set_xlim(-0.5, len(sets) - 0.5)
            panel.set_xticks([])
        bounded = [words.text("note.interval", released.language)] if frame["low"].notna().any() else []
        notes = [words.text("note.upset", released.language), *bounded, *withheld_notes(released)]
        return house.finish(figure, released, "upset", notes)


def _in_order(sets: list[list[str]], shares: pd.Series) -> list[str]:
    """Return the skills of all sets, those in the sets of most people first."""
    total: dict[str, float] = {}
    for skills, share in zip(sets, shares.fillna(0), strict=True):
        for skill in skills:
            total[skill] = total.get(skill, 0.0) + float(share)
    return sorted(total, key=lambda skill: -round(total[skill], 9))


def _shares(axes: Axes, released: Released, frame: pd.DataFrame) -> None:
    """Draw a light bar, a dot and an interval per set, with the number above."""
    language, colour = released.language, colours.CAPACITY
    top = float(frame[["value", "high"]].astype(float).max().max())
    top = top if top > 0 else 1.0
    for place, (_, row) in enumerate(frame.iterrows()):
        if pd.isna(row["value"]):
            said, height, quiet = words.text("withheld.short", language).replace(" ", "\n"), 0.0, colours.QUIET
        else:
            said, quiet = words.percent(row["value"], language, 1), colours.INK
            height = float(row["high"] if pd.notna(row["high"]) else row["value"])
            axes.bar([place], [row["value"]], 0.6, color=colours.tint(colour), linewidth=0)
            if pd.notna(row["low"]):
                axes.plot([place, place], [row["low"], row["high"]], color=colour, linewidth=1.4, solid_capstyle="butt")
            axes.plot([place], [row["value"]], "o", color=colour, markersize=4.5, zorder=5)
        axes.annotate(
            said,
            (place, height),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=house.NOTE,
            color=quiet,
            linespacing=1.0,
        )
    axes.set_ylim(0, top * 1.15)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.percent(round(value, 6), language)))
    axes.grid(visible=False, axis="x")
    axes.grid(visible=True, axis="y")


def _matrix(axes: Axes, sets: list[list[str]], heights: dict[str, float], labels: list[str]) -> None:
    """Draw a row per skill: dots filled where it is in the set, a line that joins those of a set."""
    middles, top = {}, 0.0
    for place, (skill, height) in enumerate(heights.items()):
        if place % 2 == 0:
            axes.axhspan(top, top + height, color=STRIPE, linewidth=0, zorder=0)
        middles[skill] = top + height / 2
        top += height
    for place, skills in enumerate(sets):
        own = [middles[skill] for skill in skills]
        others = [middle for skill, middle in middles.items() if skill not in skills]
        axes.plot([place] * len(others), others, "o", color=OFF, markersize=5, zorder=2)
        if own:
            axes.plot([place, place], [min(own), max(own)], color=colours.INK, linewidth=1.6, zorder=3)
            axes.plot([place] * len(own), own, "o", color=colours.INK, markersize=6, zorder=4)
    axes.set_ylim(max(top, ROW), 0)
    axes.set_yticks(list(middles.values()), labels, linespacing=1.05)
    axes.grid(visible=False)
