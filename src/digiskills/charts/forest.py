"""Estimates of a model with their intervals around 0, category by category."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from digiskills import words
from digiskills.charts import colours, fit, house, marks
from digiskills.disclosure import Released
from digiskills.errors import UsageError

ROOM = 2.9  # inches for the words of a row
INDENT = "\N{EM SPACE}"
MOST = 60


@dataclass(frozen=True)
class Row:
    """One row: its words, and its estimate unless it only names a term."""

    label: str
    estimate: pd.Series | None
    heads: bool

    @property
    def height(self) -> float:
        """Inches that the row needs."""
        return fit.lines_in(self.label) * 7.5 * house.LINE + 0.06


def forest(released: Released) -> house.Drawing:
    """Return one row per category with its estimate and interval, under the term and its reference.

    Parameters
    ----------
    released : Released
        Kind ``model``; the rows of the constant and of thresholds, which compare nothing, are left out.

    Returns
    -------
    Drawing
        Terms and categories in the order of the table.

    Raises
    ------
    UsageError
        If no row compares anything, or there are more than can be read.
    """
    frame = released.frame
    released = dataclasses.replace(released, frame=frame[~frame["term"].isin(words.CONSTANTS)].reset_index(drop=True))
    shown = words.rows(released)
    house.refuse_nothing(shown)
    if len(shown) > MOST:
        raise UsageError(f"forest: {len(shown)} rows cannot be read in one figure; pass at most {MOST} with `only`")
    with house.style():
        rows = [row for _, part in shown.groupby("term", sort=False) for row in _rows(released, part)]
        figure, (axes,) = house.start(sum(row.height for row in rows) + 0.3)
        axes.axvline(0, color=colours.INK, linewidth=0.9, zorder=1)
        ticks, top = [], 0.0
        for row in rows:
            ticks.append(top + row.height / 2)
            _draw(axes, released, row, ticks[-1])
            top += row.height
        axes.set_yticks(ticks, [row.label for row in rows], linespacing=1.1)
        for label, row in zip(axes.get_yticklabels(), rows, strict=True):
            label.set_fontweight("bold" if row.heads else "normal")
        axes.set_ylim(top, 0)
        house.scale(axes, released, pd.concat([shown[name].astype(float) for name in ("value", "low", "high")]))
        also = [words.text("note.weighted", released.language)] if "weighted" in frame else []
        notes = [words.text("note.forest", released.language), *also, *marks.withheld_notes(released)]
        return house.finish(figure, released, "forest", notes)


def _rows(released: Released, part: pd.DataFrame) -> list[Row]:
    """Return the rows of one term: a head with its reference, then its categories; a number has one row."""
    first, language = part.iloc[0], released.language
    if len(part) == 1 and not first["answer_label"]:
        return [Row(fit.wrap(first["item_label"], house.room(ROOM), 7.5, "bold"), first, True)]
    rows = [Row(_head(str(first["item_label"]), str(first["reference_label"]), language), None, True)]
    for _, row in part.iterrows():
        wrapped = fit.wrap(str(row["answer_label"]), house.room(ROOM) - 0.15).replace("\n", f"\n{INDENT}")
        rows.append(Row(f"{INDENT}{wrapped}", row, False))
    return rows


def _head(term: str, reference: str, language: str) -> str:
    """Return the words of a term with its reference, on a line of its own where both are too wide."""
    if not reference:
        return fit.wrap(term, house.room(ROOM), 7.5, "bold")
    said = f"({words.text('term.reference', language, reference=reference)})"
    if fit.width_of(f"{term} {said}", 7.5, "bold") * 1.03 <= house.room(ROOM):
        return f"{term} {said}"
    return "\n".join(fit.wrap(part, house.room(ROOM), 7.5, "bold") for part in (term, said))


def _draw(axes: Axes, released: Released, row: Row, height: float) -> None:
    estimate, language = row.estimate, released.language
    if estimate is None:
        return
    if estimate["withheld"]:
        house.beside(axes, height, words.text("withheld.short", language), colours.QUIET)
        return
    colour, excludes = colours.CAPACITY, estimate["low"] > 0 or estimate["high"] < 0
    ends = [estimate["low"], estimate["high"]]
    axes.plot(ends, [height, height], color=colour, linewidth=1.4, solid_capstyle="butt", clip_on=False)
    if pd.notna(estimate.get("weighted")):
        marks.point(axes, estimate["weighted"], height, "D", colours.DATA_MANAGEMENT, filled=False, size=4.0)
    marks.point(axes, estimate["value"], height, "o", colour, filled=bool(excludes))
    write = words.form(words.measure(released))
    interval = words.interval(estimate["low"], estimate["high"], language, write)
    house.beside(
        axes, height, words.text("change", language, change=write(estimate["value"], language), interval=interval)
    )
