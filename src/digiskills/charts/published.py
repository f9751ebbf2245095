"""Figures of surveys that others published: a panel and an axis for each, the cautions in the foot."""

from __future__ import annotations

import dataclasses

from digiskills import words
from digiskills.charts import colours, fit, house, marks
from digiskills.charts.shares import key
from digiskills.disclosure import Released


def published(released: Released) -> house.Drawing:
    """Return one panel per survey and year with its figures, each on its own axis.

    Parameters
    ----------
    released : Released
        Kind ``figures``, with the columns ``survey``, ``year`` and ``barrier``.

    Returns
    -------
    Drawing
        Only the figures passed, the highest of each survey on top; the cautions in the foot.
    """
    house.refuse_nothing(released.frame)
    with house.style():
        surveys = _surveys(released)
        rows = [_coloured(released, marks.rows_of(survey)) for survey in surveys]
        named = words.cautions(released)
        titles = [
            fit.wrap(f"{survey} ({year})", house.width() - house.room(marks.LABELS) - 0.3, 7.5, "bold")
            for survey, year, _ in named
        ]
        heights = [sum(row.height for row in part) for part in rows]
        room = sum(0.4 + fit.lines_in(title) * 7.5 * house.LINE for title in titles)
        figure, axes = house.start(sum(heights) + room, 1, len(rows), heights=heights)
        for panel, survey, part, title in zip(axes, surveys, rows, titles, strict=True):
            marks.draw(panel, survey, part, bars=True)
            panel.set_title(title, linespacing=1.2)
        barriers = [colours.family(code) for code in released.frame["barrier"].astype(str)]
        notes = [words.text("note.published", released.language), *marks.withheld_notes(released)]
        notes += words.caution_lines(released)
        entries = key(released.language, barriers)
        return house.finish(figure, released, "published", notes, key=entries)


def _surveys(released: Released) -> list[Released]:
    """Return the table of each survey and year, in the order of the table."""
    parts = released.frame.groupby(["survey", "year"], sort=False)
    return [dataclasses.replace(released, frame=part.reset_index(drop=True)) for _, part in parts]


def _coloured(released: Released, rows: list[marks.Row]) -> list[marks.Row]:
    families = [colours.family(str(row.marks["barrier"].iloc[0])) for row in rows]
    return [
        dataclasses.replace(row, colour=colours.FAMILIES[name], label=colours.signed(name, row.label))
        for row, name in zip(rows, families, strict=True)
    ]
