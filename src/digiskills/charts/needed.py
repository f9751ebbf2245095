"""The next survey: from the answers of now to those needed, and the changes that it can show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from digiskills import words
from digiskills.charts import colours, fit, house, marks
from digiskills.disclosure import Released
from digiskills.errors import UsageError

ROOM, SAID = 1.7, 2.5  # inches for the words of a row, left and right
MOST = 45
INDENT = "\N{EM SPACE}"
LIGHT = "#8C8C8C"
NOW, THEN, PEOPLE = "o", "D", "|"


@dataclass(frozen=True)
class Line:
    """One line of the chart: its words, and its row of the table unless it only names an item."""

    label: str
    row: pd.Series | None
    said: str = ""

    @property
    def height(self) -> float:
        """Inches that the line needs."""
        left = fit.lines_in(self.label) * 7.5 * house.LINE
        return max(left, fit.lines_in(self.said) * house.NOTE * house.LINE) + 0.07


def needed(released: Released) -> house.Drawing:
    """Return one line per group from the answers of now to those needed, on a logarithmic scale.

    Parameters
    ----------
    released : Released
        Kind ``answers_needed``.

    Returns
    -------
    Drawing
        Groups in their order under each item; beside each what it takes, in words; the people of the group as a limit
        where they are known.

    Raises
    ------
    UsageError
        If there are no rows, or more than can be read.
    """
    shown = _shown(released, "needed")
    with house.style():
        lines = _lines(released, shown, _needed_words)
        figure, axes = _figure(lines)
        for line, height in zip(lines, _heights(axes, lines), strict=True):
            if line.row is not None:
                _draw_needed(axes, line, height)
        _logarithmic(axes, released, shown)
        language = released.language
        key = [
            house.Key(words.text("planned.now", language), LIGHT, NOW),
            house.Key(words.text("planned.then", language), colours.CAPACITY, THEN),
        ]
        if shown["heads"].notna().any():
            key.append(house.Key(words.text("planned.people", language), colours.INK, PEOPLE))
        wanted = words.text("planned.margin", language, margin=words.wanted(released)).removesuffix(".")
        notes = [wanted, words.text("note.needed", language), *marks.withheld_notes(released)]
        return house.finish(figure, released, "needed", notes, key)


def detectable(released: Released) -> house.Drawing:
    """Return the smallest change that each group can show, beside a line at the one that is wanted.

    Parameters
    ----------
    released : Released
        Kind ``detectable_change``.

    Returns
    -------
    Drawing
        Filled where the wanted change can be seen, hollow where it cannot.

    Raises
    ------
    UsageError
        If there are no rows, or more than can be read.
    """
    shown = _shown(released, "detectable")
    with house.style():
        lines = _lines(released, shown, _power_words)
        figure, axes = _figure(lines)
        for line, height in zip(lines, _heights(axes, lines), strict=True):
            if line.row is not None:
                _draw_detectable(axes, line, height)
        _from_zero(axes, released, shown)
        notes = [words.text("note.detectable", released.language, power=words.chance(released))]
        return house.finish(figure, released, "detectable", [*notes, *marks.withheld_notes(released)])


def _shown(released: Released, name: str) -> pd.DataFrame:
    shown = words.rows(released)
    house.refuse_nothing(shown)
    if len(shown) > MOST:
        raise UsageError(f"{name}: {len(shown)} rows cannot be read in one figure; pass at most {MOST} with `only`")
    return shown


def _lines(released: Released, shown: pd.DataFrame, say: Callable[[Released, pd.Series], str]) -> list[Line]:
    """Return a line per row, under a line that names its item where there are several items and groups."""
    parts = shown.groupby("item_label", sort=False)
    named = bool(shown["group_label"].ne("").any())
    lines = []
    for item, rows in parts:
        if named:
            lines.append(Line(fit.wrap(str(item), house.room(ROOM), 7.5, "bold"), None))
        for _, row in rows.iterrows():
            about = str(row["group_label"] or row["item_label"])
            label = fit.wrap(about, house.room(ROOM) - 0.15).replace("\n", f"\n{INDENT}")
            lines.append(
                Line(
                    f"{INDENT}{label}" if named else label,
                    row,
                    fit.wrap(say(released, row), house.room(SAID), house.NOTE, "bold"),
                )
            )
    return lines


def _needed_words(released: Released, row: pd.Series) -> str:
    if row["withheld"]:
        return words.text("withheld.short", released.language)
    now = words.number(row["n"], released.language)
    return words.text("planned.mark", released.language, n=now, size=words.size_words(released, row))


def _power_words(released: Released, row: pd.Series) -> str:
    if row["withheld"]:
        return words.text("withheld.short", released.language)
    if pd.isna(row["value"]):
        return words.text("planned.too_few", released.language)
    return words.power_words(released, row)


def _figure(lines: list[Line]) -> tuple[Figure, Axes]:
    figure, (axes,) = house.start(sum(line.height for line in lines) + 0.35)
    return figure, axes


def _heights(axes: Axes, lines: list[Line]) -> list[float]:
    """Put the words left and right of each line, the first on top, and return where the lines stand."""
    middles, top = [], 0.0
    for line in lines:
        middles.append(top + line.height / 2)
        top += line.height
    axes.set_yticks(middles, [line.label for line in lines], linespacing=1.1)
    for label, line, middle in zip(axes.get_yticklabels(), lines, middles, strict=True):
        label.set_fontweight("normal" if line.row is not None else "bold")
        if line.row is not None:
            _beside(axes, middle, line.said, line.row)
    axes.set_ylim(top, 0)
    return middles


def _beside(axes: Axes, height: float, said: str, row: pd.Series) -> None:
    """Write the words of a row at the right: quiet where there is no number, strong where more is needed than now."""
    quiet = bool(row["withheld"]) or pd.isna(row["value"])
    more = not quiet and "route" in row and row["n_needed"] > row["n"]
    house.beside(axes, height, said, colours.QUIET if quiet else colours.INK, weight="bold" if more else "normal")


def _draw_needed(axes: Axes, line: Line, height: float) -> None:
    row = line.row
    if row is None or row["withheld"]:
        return
    if pd.notna(row["heads"]):
        axes.plot([row["heads"]], [height], PEOPLE, color=colours.INK, markersize=8, markeredgewidth=1.4, zorder=2)
    if pd.notna(row["value"]):
        axes.plot([row["n"], row["value"]], [height, height], color=LIGHT, linewidth=0.9, zorder=1)
        high = row["n_needed_high"] if pd.notna(row["n_needed_high"]) else row["value"]
        ends = [row["n_needed_low"], high]
        axes.plot(ends, [height, height], color=colours.CAPACITY, linewidth=2.2, solid_capstyle="butt", zorder=3)
    marks.point(axes, row["n"], height, NOW, LIGHT, filled=True)
    if pd.notna(row["value"]):
        marks.point(axes, row["value"], height, THEN, colours.CAPACITY, filled=True)


def _draw_detectable(axes: Axes, line: Line, height: float) -> None:
    row = line.row
    if row is None or pd.isna(row["value"]):
        return
    seen = bool(row["value"] <= row["change_wanted"])
    marks.point(axes, row["value"], height, "o", colours.CAPACITY, filled=seen)


def _logarithmic(axes: Axes, released: Released, shown: pd.DataFrame) -> None:
    """Set a logarithmic scale with a word at each power of ten."""
    values = pd.concat([shown[name].astype(float) for name in ("n", "value", "heads", "n_needed_high")]).dropna()
    axes.set_xscale("log")
    low, high = (float(values.min()), float(values.max())) if len(values) else (10.0, 1000.0)
    axes.set_xlim(low / 1.4, high * 1.4)
    axes.xaxis.set_major_locator(FixedLocator([10.0**power for power in range(8)]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value, released.language)))
    axes.grid(visible=True, axis="x")


def _from_zero(axes: Axes, released: Released, shown: pd.DataFrame) -> None:
    """Start the scale at 0 and draw the line at the change that is wanted."""
    wanted = shown["change_wanted"].dropna()
    ends = [float(each.max()) for each in (shown["value"].dropna(), wanted) if len(each)]
    axes.set_xlim(0, max(ends, default=1.0) * 1.08)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(released, value)))
    if len(wanted):
        at = float(wanted.iloc[0])
        axes.axvline(at, color=colours.DATA_MANAGEMENT, linewidth=1.2, zorder=1)
        label = words.text("planned.wanted", released.language, change=words.wanted(released))
        axes.annotate(
            label,
            (at, 1),
            xycoords=axes.get_xaxis_transform(),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=house.NOTE,
            color=colours.DATA_MANAGEMENT,
            annotation_clip=False,
        )


def _short(released: Released, value: float) -> str:
    """Return a number of the axis: points without the word, or levels."""
    if released.method.get("unit") == "share":
        return words.number(round(value * 100, 6), released.language, 0 if abs(value * 100 % 1) < 1e-6 else 1)
    return words.number(value, released.language, 2)
