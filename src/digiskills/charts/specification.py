"""A specification curve: what each defensible choice would have said, above the choices themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from digiskills import words
from digiskills.charts import colours, fit, house
from digiskills.charts.marks import not_drawn
from digiskills.disclosure import Released
from digiskills.errors import UsageError

ROOM = 2.6  # inches for the words of a choice
CURVE = 2.0  # inches of the upper panel
MOST = 40
LIGHT = "#BFBFBF"


@dataclass(frozen=True)
class Line:
    """One line of the matrix: a choice by name, or one of its options."""

    label: str
    choice: str
    option: str

    @property
    def height(self) -> float:
        """Inches that the line needs."""
        return fit.lines_in(self.label) * 7.5 * house.LINE + 0.05


def specification(released: Released) -> house.Drawing:
    """Return the estimates under each choice in order, the headline marked, above the matrix of choices.

    Parameters
    ----------
    released : Released
        Kind ``robustness`` of one item; where the headline stands for several choices it is drawn once.

    Returns
    -------
    Drawing
        Below each estimate a dark point for the choice that is changed, light ones for those of the headline.

    Raises
    ------
    UsageError
        If the table holds several items, or more choices than can be read.
    """
    items = words.items_of(released)
    if len(items) > 1 or words.groups(released):
        known = ", ".join(items[:3])
        raise UsageError(f"specification: {len(items)} items or groups ({known}, …); pass the rows of one with `only`")
    frame = words.rows(released)
    house.refuse_nothing(frame)
    if len(frame) > MOST:
        raise UsageError(f"specification: {len(frame)} choices cannot be read; pass at most {MOST} with `only`")
    with house.style():
        lines = _lines(released, frame)
        curve = _curve(frame)
        heights = [CURVE, sum(line.height for line in lines)]
        figure, (upper, lower) = house.start(sum(heights) + 0.3, 1, 2, heights=heights)
        _draw_curve(upper, released, curve)
        _draw_matrix(lower, frame, curve, lines)
        upper.set_title(
            fit.wrap(words.item_label(released, items[0]), house.width() - house.room(ROOM) - 0.6, 7.5, "bold")
        )
        for panel in (upper, lower):
            panel.set_xlim(-0.6, max(len(curve), 1) - 0.4)
        notes = [words.text("note.specification", released.language), *not_drawn(released)]
        return house.finish(figure, released, "specification", notes)


def _curve(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the estimates from the lowest to the highest, the headline once."""
    shown = frame.dropna(subset="value")
    headline = shown["is_headline"].eq(True)
    once = pd.concat([shown[headline].head(1), shown[~headline]])
    once["is_headline"] = once["is_headline"].eq(True)
    return once.sort_values("value", kind="stable").reset_index(drop=True)


def _lines(released: Released, frame: pd.DataFrame) -> list[Line]:
    """Return the lines of the matrix: each choice, then its options, in the order of the table."""
    lines = []
    for choice, cells in frame.groupby("choice", sort=False):
        name = words.choice_of(released, cells.iloc[0])
        lines.append(Line(fit.wrap(name, house.room(ROOM), 7.5, "bold"), str(choice), ""))
        for option, rows in cells.groupby("option", sort=False):
            label = fit.wrap(words.option_of(released, rows.iloc[0]), house.room(ROOM) - 0.15).replace(
                "\n", "\n\N{EM SPACE}"
            )
            lines.append(Line(f"\N{EM SPACE}{label}", str(choice), str(option)))
    return lines


def _draw_curve(axes: Axes, released: Released, curve: pd.DataFrame) -> None:
    write, language = words.form(words.measure(released)), released.language
    for x, (_, row) in enumerate(curve.iterrows()):
        headline = bool(row["is_headline"])
        colour = colours.CULTURE if headline else colours.CAPACITY
        axes.plot([x, x], [row["low"], row["high"]], color=colour, linewidth=2.2 if headline else 1.3)
        axes.plot([x], [row["value"]], "D" if headline else "o", color=colour, markersize=6.5 if headline else 4.5)
        if headline:
            _mark_headline(axes, released, row)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(round(value, 6), language)))
    axes.set_xticks([])
    axes.grid(visible=True, axis="y")
    if curve.empty:
        axes.set_yticks([])
        axes.text(0, 0.5, words.text("withheld.short", language), ha="center", color=colours.QUIET)


def _mark_headline(axes: Axes, released: Released, row: pd.Series) -> None:
    """Carry the headline's estimate across the others and name it at the right."""
    axes.axhline(row["value"], color=colours.CULTURE, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    write, language = words.form(words.measure(released)), released.language
    ends = words.interval(row["low"], row["high"], language, write)
    name = words.text("headline", language).replace(" ", "\n")
    house.beside(axes, row["value"], f"{name}\n{write(row['value'], language)}\n({ends})")


def _draw_matrix(axes: Axes, frame: pd.DataFrame, curve: pd.DataFrame, lines: Sequence[Line]) -> None:
    usual = set(frame.loc[frame["is_headline"].eq(True), ["choice", "option"]].itertuples(index=False, name=None))
    ticks, top = [], 0.0
    for line in lines:
        ticks.append(top + line.height / 2)
        if line.option:
            axes.axhline(ticks[-1], color="#E8E8E8", linewidth=0.6, zorder=0)
            for x, (_, row) in enumerate(curve.iterrows()):
                _draw_point(axes, x, ticks[-1], row, line, usual)
        top += line.height
    axes.set_yticks(ticks, [line.label for line in lines], linespacing=1.1)
    for label, line in zip(axes.get_yticklabels(), lines, strict=True):
        label.set_fontweight("normal" if line.option else "bold")
    axes.set_ylim(top, 0)
    axes.set_xticks([])
    axes.grid(visible=False)


def _draw_point(axes: Axes, x: int, height: float, row: pd.Series, line: Line, usual: set[tuple[str, str]]) -> None:
    """Draw the point of one estimate on one line of the matrix, where it made that choice."""
    own, here = (row["choice"], row["option"]), (line.choice, line.option)
    headline = bool(row["is_headline"])
    if headline and here in usual:
        axes.plot([x], [height], "D", color=colours.CULTURE, markersize=5)
    elif not headline and here == own:
        axes.plot([x], [height], "o", color=colours.CAPACITY, markersize=5.5)
    elif not headline and here in usual and line.choice != row["choice"]:
        axes.plot([x], [height], "o", color=LIGHT, markersize=3.5)
