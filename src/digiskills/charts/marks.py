"""Dots with their intervals, row by row: the way shares, shortfalls and published figures are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from digiskills import words
from digiskills.charts import colours, fit, house
from digiskills.disclosure import Released
from digiskills.errors import UsageError

LABELS = 3.0  # inches for the words of a row, at most
SCALE = 2.1  # inches for the scale, at least
MARK = 0.145  # inches between the marks of a row
MOST_MARKS = 60


@dataclass(frozen=True)
class Row:
    """One row of a dot plot: its words and the marks in it, top to bottom."""

    label: str
    marks: pd.DataFrame
    colour: str = colours.CAPACITY
    marker: str = ""

    @property
    def height(self) -> float:
        """Inches that the row needs."""
        return max(fit.lines_in(self.label) * 7.5 * house.LINE, len(self.marks) * MARK) + 0.07


def rows_of(released: Released, most: int = MOST_MARKS) -> list[Row]:
    """Return one row per item, those with the highest number first.

    Parameters
    ----------
    released : Released
        Any table with one number per item and group.
    most : int
        How many marks can be read in one figure.

    Returns
    -------
    list of Row
        Each with one mark per group, in the order of the groups; its column ``words`` is what stands
        beside the mark.

    Raises
    ------
    UsageError
        If there are no rows, or more marks than can be read.
    """
    frame = words.rows(released)
    house.refuse_nothing(frame)
    if len(frame) > most:
        raise UsageError(
            f"{len(frame)} marks cannot be read in one figure: pass at most {most} rows with `only`, "
            "or draw the table with heatmap"
        )
    frame["words"] = [_words(released, mark) for _, mark in frame.iterrows()]
    room = min(
        house.room(LABELS),
        house.width() - house.room(SCALE) - max(fit.width_of(label, house.NOTE) for label in frame["words"]),
    )
    # the answers of a single item are its rows
    about = "answer_label" if words.is_by_answer(released) else "item_label"
    parts = [(str(label), marks) for label, marks in _ordered(released, frame).groupby(about, sort=False)]
    # a row whose cells are all withheld has no highest number and goes last
    parts.sort(key=lambda part: -part[1]["value"].max() if part[1]["value"].notna().any() else float("inf"))
    return [Row(fit.wrap(label, room), marks) for label, marks in parts]


def _ordered(released: Released, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the order of the categories of each breakdown."""
    keys = words.groups(released)
    if not keys:
        return frame
    order = {name: {value: place for place, value in enumerate(house.in_order(released, name))} for name in keys}
    places = {f"place_{name}": frame[name].astype(str).map(order[name]) for name in keys}
    return frame.assign(**places).sort_values(list(places), kind="stable")


def _words(released: Released, mark: pd.Series) -> str:
    """Return group, number and base of a mark, which stand beside it in place of a legend."""
    language, group = released.language, str(mark["group_label"])
    if mark["withheld"]:
        number = words.text("withheld.short", language)
    else:
        number = words.form(words.measure(released))(mark["value"], language)
        if words.value_column(released) == "estimate" and pd.notna(mark["n"]):
            number += f" ({words.text('base', language, n=words.number(mark['n'], language))})"
    return words.text("labelled", language, label=group, value=number) if group else number


def draw(axes: Axes, released: Released, rows: list[Row], *, bars: bool) -> None:
    """Draw rows of dots with intervals and their words at the right, the first row on top.

    Parameters
    ----------
    axes : Axes
        The panel.
    released : Released
        For words and language.
    rows : list of Row
        In the order of display.
    bars : bool
        Whether a light bar leads from 0 to each dot.
    """
    bottom, ticks = 0.0, []
    for row in rows:
        middle = bottom + row.height / 2
        ticks.append(middle)
        first = middle - (len(row.marks) - 1) * MARK / 2
        for place, (_, mark) in enumerate(row.marks.iterrows()):
            marker = row.marker or house.MARKERS[place % len(house.MARKERS)]
            _mark(axes, mark, first + place * MARK, row.colour, marker, bars)
            house.beside(axes, first + place * MARK, mark["words"], colours.QUIET if mark["withheld"] else colours.INK)
        bottom += row.height
    axes.set_yticks(ticks, [row.label for row in rows], linespacing=1.1)
    axes.set_ylim(bottom, 0)
    if (_ends(rows) < 0).any():
        axes.axvline(0, color=colours.INK, linewidth=0.9, zorder=1)
    house.scale(axes, released, _ends(rows))


def _ends(rows: list[Row]) -> pd.Series:
    columns: list[pd.Series] = [
        row.marks[name] for row in rows for name in ("value", "low", "high") if name in row.marks
    ]
    ends: pd.Series = pd.concat(columns)
    return ends.astype(float)


def _mark(axes: Axes, mark: pd.Series, height: float, colour: str, marker: str, bars: bool) -> None:
    if pd.isna(mark["value"]):
        return
    if bars:
        axes.barh(height, mark["value"], height=MARK * 0.8, color=colours.tint(colour), linewidth=0, clip_on=False)
    if "low" in mark and pd.notna(mark["low"]):
        axes.plot(
            [mark["low"], mark["high"]],
            [height, height],
            color=colour,
            linewidth=1.4,
            solid_capstyle="butt",
            clip_on=False,
        )
    if pd.notna(mark.get("standardized")):
        point(axes, mark["standardized"], height, marker, colour, filled=False, size=4.5)
    axes.plot([mark["value"]], [height], marker, color=colour, markersize=4.5, clip_on=False, zorder=5)


def point(axes: Axes, x: float, y: float, marker: str, colour: str, *, filled: bool, size: float = 5.0) -> None:
    """Draw a mark, filled or hollow, over all lines."""
    axes.plot(
        [x],
        [y],
        marker,
        markersize=size,
        markerfacecolor=colour if filled else colours.PAPER,
        markeredgecolor=colour,
        markeredgewidth=1.2,
        zorder=4,
        clip_on=False,
    )


def notes(released: Released) -> list[str]:
    """Return what the foot of a dot plot says."""
    has_interval = "low" in released.frame and bool(released.frame["low"].notna().any())
    found = [words.text("note.interval", released.language)] if has_interval else []
    return found + withheld_notes(released)


def not_drawn(released: Released) -> list[str]:
    """Return which rows are not drawn because too few answered, where they have no place of their own."""
    frame = words.rows(released)
    # an item that all rows are about is named above
    named = (
        "" if frame["item_label"].nunique() > 1 or frame["answer_label"].eq("").any() else frame["item_label"].iloc[0]
    )
    parts = [words.row_parts(row) for _, row in frame[frame["withheld"].ne("")].iterrows()]
    labels = [", ".join(part for part in each if part != named) for each in parts]
    return [words.text("note.not_drawn", released.language, labels="; ".join(labels))] if labels else []


def withheld_notes(released: Released) -> list[str]:
    """Return what the short word in a withheld cell means, where there is one."""
    if not words.withheld_count(released):
        return []
    short = words.text("withheld.short", released.language)
    return [words.text("withheld.note", released.language, short=short)]
