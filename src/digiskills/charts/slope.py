"""One line per row from wave to wave, with its words at both ends."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from digiskills import words
from digiskills.charts import colours, fit, house, marks, spread
from digiskills.disclosure import Released
from digiskills.errors import UsageError

LEFT, RIGHT = 1.9, 2.3  # inches for the words at either end
LIGHT = "#8C8C8C"
MOST = 30
LEAST_HEIGHT = 2.0  # inches of the panel
APART = 20  # points from a mark to its words, bridged by a thin line


def slope(released: Released) -> house.Drawing:
    """Return one line per row from the first wave to the second; changes that differ are drawn strong.

    Parameters
    ----------
    released : Released
        Kind ``changes``; one line per item and group.

    Returns
    -------
    Drawing
        Number and words at both ends, the change with its interval at the right.

    Raises
    ------
    UsageError
        If there are more lines than can be read.
    """
    frame = words.rows(released)
    house.refuse_nothing(frame)
    if len(frame) > MOST:
        raise UsageError(f"slope: {len(frame)} lines cannot be read in one figure; pass at most {MOST} with `only`")
    shown = frame.dropna(subset="value").reset_index(drop=True)
    shown["differs"] = shown["differs"].eq(True)
    with house.style():
        labels = {"before": _labels(released, shown, "before", LEFT), "after": _labels(released, shown, "after", RIGHT)}
        heights = {side: [_height(label) for label in said] for side, said in labels.items()}
        height = max(LEAST_HEIGHT, *(1.12 * sum(each) for each in heights.values()))
        figure, (axes,) = house.start(height + 0.35)
        places = _places(shown, height)
        for place, (_, row) in enumerate(shown.iterrows()):
            _line(axes, row, places["before"][place], places["after"][place])
        for side in ("before", "after"):
            _ends(axes, shown, labels[side], places[side], heights[side], height, side)
        _frame(axes, released, height)
        return house.finish(figure, released, "slope", _notes(released))


def _labels(released: Released, shown: pd.DataFrame, side: str, room: float) -> list[str]:
    """Return the words at one end of each line: what it is and its number, and at the right the change."""
    write, language, said = words.form(words.measure(released)), released.language, []
    for _, row in shown.iterrows():
        value = write(row[side], language)
        label = words.text("labelled", language, label=", ".join(words.row_parts(row)), value=value)
        lines = fit.wrap(label, room, house.NOTE, "bold" if row["differs"] else "normal")
        said.append(lines if side == "before" else f"{lines}\n{words.change_words(released, row)}")
    return said


def _height(label: str) -> float:
    return fit.lines_in(label) * house.NOTE * house.LINE + 0.06


def _places(shown: pd.DataFrame, height: float) -> dict[str, list[float]]:
    """Return where both ends of each line stand, in inches from the bottom."""
    low, high = shown[["before", "after"]].min().min(), shown[["before", "after"]].max().max()
    if pd.isna(low) or high == low:
        return {side: [height / 2] * len(shown) for side in ("before", "after")}
    inside = height * 0.9
    return {side: list((shown[side] - low) / (high - low) * inside + height * 0.05) for side in ("before", "after")}


def _line(axes: Axes, row: pd.Series, before: float, after: float) -> None:
    strong = bool(row["differs"])
    colour, order = (colours.CAPACITY, 3) if strong else (LIGHT, 2)
    axes.plot([0, 1], [before, after], color=colour, linewidth=2.2 if strong else 0.9, zorder=order, clip_on=False)
    for x, y in ((0, before), (1, after)):
        marks.point(axes, x, y, "o", colour, filled=strong)


def _ends(
    axes: Axes,
    shown: pd.DataFrame,
    labels: list[str],
    places: list[float],
    heights: list[float],
    height: float,
    side: str,
) -> None:
    """Write the words of one end in a column, each joined to its mark."""
    at, out, align = (0, -APART, "right") if side == "before" else (1, APART, "left")
    middles = spread.column(places, heights, height)
    for label, place, middle, differs in zip(labels, places, middles, shown["differs"], strict=True):
        bridge = {"arrowstyle": "-", "color": LIGHT, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 0}
        # the panel's scale is in inches
        reach = (out * 0.9, (middle - place) * 72)
        axes.annotate("", (at, place), xytext=reach, textcoords="offset points", arrowprops=bridge, zorder=1)
        axes.annotate(
            label,
            (at, middle),
            xytext=(out, 0),
            textcoords="offset points",
            ha=align,
            va="center",
            annotation_clip=False,
            fontsize=house.NOTE,
            linespacing=1.1,
            fontweight="bold" if differs else "normal",
            color=colours.INK if differs else colours.QUIET,
        )


def _frame(axes: Axes, released: Released, height: float) -> None:
    """Name the waves below two upright lines."""
    for x in (0, 1):
        axes.axvline(x, color="#D9D9D9", linewidth=0.8, zorder=0)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(0, height)
    axes.set_xticks([0, 1], list(words.waves(released)), fontweight="bold")
    axes.set_yticks([])
    axes.grid(visible=False)


def _notes(released: Released) -> list[str]:
    language = released.language
    notes = [words.text("note.slope", language)]
    if words.in_points(released):
        notes.append(words.text("note.points", language))
    if "[" in "".join(words.rows(released)["item_label"]) and words.measure(released) == "barrier_side":
        notes.append(words.text("note.reversed", language))
    if words.has_rounded(released):
        notes.append(words.text("changes.rounding", language).removesuffix("."))
    return notes + marks.not_drawn(released)
