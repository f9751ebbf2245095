"""Coefficients of scales or coders: dots with intervals, one panel per coefficient."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from digiskills import words
from digiskills.charts import colours, fit, house, marks
from digiskills.disclosure import Released
from digiskills.errors import UsageError

ROOM = 2.0  # inches for the words of a row
ROW = 0.19  # inches
MOST, ACROSS = 60, 5
WHOLE = "all"
OF_TWO, IN_PLACE_OF = "spearman_brown", "alpha"
COUNTED = "prevalence"  # a share of the codings, which is no estimate and has no interval by rule


def coefficients(released: Released) -> house.Drawing:
    """Return one row per scale or code with a dot and interval in the panel of each coefficient.

    Parameters
    ----------
    released : Released
        Kind ``reliability`` or ``coder_agreement``; the rows of all codes together, which have coefficients of
        their own, are left out.

    Returns
    -------
    Drawing
        In the order of the table. Spearman-Brown stands as a square in the panel of alpha. Where a coefficient
        is undefined, the panel says so in words.

    Raises
    ------
    UsageError
        If there are more rows or coefficients than can be read.
    """
    if "code" in released.frame:
        released = released.only(code=[name for name in words.items_of(released) if name != WHOLE])
    frame = words.rows(released)
    house.refuse_nothing(frame)
    frame["row"] = frame["item_label"] + frame["group_label"].where(
        frame["group_label"].eq(""), ", " + frame["group_label"]
    )
    frame["panel"] = frame["coefficient"]
    if IN_PLACE_OF in set(frame["panel"]):
        frame["panel"] = frame["panel"].replace(OF_TWO, IN_PLACE_OF)
    panels, labels = list(dict.fromkeys(frame["panel"])), list(dict.fromkeys(frame["row"]))
    if len(panels) > ACROSS or len(labels) > MOST:
        raise UsageError(
            f"coefficients: {len(labels)} rows and {len(panels)} coefficients cannot be read in one figure; pass at "
            f"most {MOST} and {ACROSS} with `only`"
        )
    with house.style():
        wrapped = [fit.wrap(label, house.room(ROOM)) for label in labels]
        heights = [max(ROW, fit.lines_in(label) * 7.5 * house.LINE + 0.04) for label in wrapped]
        places = {label: sum(heights[:at]) + heights[at] / 2 for at, label in enumerate(labels)}
        figure, axes = house.start(sum(heights) + 0.6, len(panels))
        for at, (panel, name) in enumerate(zip(axes, panels, strict=True)):
            cells = frame[frame["panel"].eq(name)]
            _draw(panel, released, cells, places)
            panel.set_ylim(sum(heights), 0)
            panel.set_yticks(list(places.values()), wrapped if at == 0 else [""] * len(wrapped), linespacing=1.05)
            title = words.coefficient_label(released.kind, name, released.language)
            panel.set_title(fit.wrap(title, (house.width() - house.room(ROOM) - 0.3) / len(panels) - 0.08, 7.5, "bold"))
        return house.finish(figure, released, "coefficients", _notes(released, frame))


def _draw(axes: Axes, released: Released, cells: pd.DataFrame, places: dict[str, float]) -> None:
    for _, row in cells.iterrows():
        height = places[row["row"]]
        if pd.isna(row["value"]):
            _write(axes, height, _said(released, row))
            continue
        if pd.notna(row["low"]):
            ends = [row["low"], row["high"]]
            axes.plot(ends, [height, height], color=colours.CAPACITY, linewidth=1.4, solid_capstyle="butt")
        marker = "s" if row["coefficient"] == OF_TWO else "o"
        marks.point(axes, row["value"], height, marker, colours.CAPACITY, filled=True, size=4.5)
    _scale(axes, released, cells)


def _write(axes: Axes, height: float, said: str) -> None:
    place = axes.get_yaxis_transform()
    axes.text(0.5, height, said, transform=place, ha="center", va="center", fontsize=house.NOTE, color=colours.QUIET)


def _said(released: Released, row: pd.Series) -> str:
    """Return why there is no number, in a few words."""
    if row["withheld"]:
        return words.text("withheld.short", released.language)
    return words.undefined_label(str(row["reason"]), released.language, short=True)


def _scale(axes: Axes, released: Released, cells: pd.DataFrame) -> None:
    """Label the axis from 0, or below where an interval goes there, to 1; that of prevalence to its own end."""
    ends = cells[["value", "low", "high"]].astype(float)
    low, high = min(float(ends.min().min()), 0.0), float(ends.max().max())
    if cells["coefficient"].iloc[0] == COUNTED:
        axes.set_xlim(0, max(high, 0.01) * 1.1)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=2, steps=[1, 2, 5, 10]))
    else:
        axes.set_xlim(low - 0.04 if low < 0 else -0.04, 1.06)
        axes.xaxis.set_major_locator(FixedLocator([0, 0.5, 1]))
    share = bool(cells["coefficient"].isin(words.IN_PERCENT).all())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value, share, released.language)))
    axes.grid(visible=True, axis="x")


def _tick(value: float, share: bool, language: str) -> str:
    value = round(value, 6)
    return words.percent(value, language) if share else words.number(value, language, 0 if value in (0, 1) else 1)


def _notes(released: Released, frame: pd.DataFrame) -> list[str]:
    """Return what lines, squares and words in the panels mean, and in which of them a line is missing and why."""
    language, shown = released.language, frame[frame["withheld"].eq("")]
    found = [words.text("note.intervals_where", language)] if shown["low"].notna().any() else []
    found += [words.text("note.two_items", language)] if OF_TWO in set(shown["coefficient"]) else []
    counted = shown[shown["coefficient"].eq(COUNTED) & shown["low"].isna()]
    if len(counted):
        found.append(words.text("note.counted", language, panels=_panels(released, counted)))
    for why, cells in shown[shown["reason"].ne("")].groupby("reason", sort=False):
        said, short = (words.undefined_label(str(why), language, short=brief) for brief in (False, True))
        if cells["value"].isna().any():
            found.append(words.text("note.undefined", language, short=short, reason=said))
        bare = cells[cells["value"].notna() & cells["coefficient"].ne(COUNTED)]
        if len(bare):
            found.append(words.text("note.no_line", language, panels=_panels(released, bare), reason=said))
    return [*found, *marks.withheld_notes(released)]


def _panels(released: Released, cells: pd.DataFrame) -> str:
    """Return the titles of the panels of some rows."""
    language = released.language
    titles = [words.coefficient_label(released.kind, name, language) for name in dict.fromkeys(cells["panel"])]
    return words.join([words.text("quoted", language, label=title) for title in titles], language)
