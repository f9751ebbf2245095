"""Dots with intervals for each skill or item and group."""

from __future__ import annotations

from digiskills import words
from digiskills.charts import house, marks
from digiskills.disclosure import Released


def dots(released: Released, measure: str | None = None) -> house.Drawing:
    """Return dots with intervals, one row per skill or item and one mark per group.

    Parameters
    ----------
    released : Released
        One number per item and group, such as shortfalls by department size.
    measure : str, optional
        A measure of a table of shortfalls; the first one present by default.

    Returns
    -------
    Drawing
        The highest row on top.
    """
    released = words.chosen(released, measure)
    with house.style():
        rows = marks.rows_of(released)
        figure, (axes,) = house.start(sum(row.height for row in rows) + 0.3)
        marks.draw(axes, released, rows, bars=False)
        also = [words.text("note.standardized", released.language)] if released.kind == "standardized" else []
        return house.finish(figure, released, "dots", [*also, *marks.notes(released)])
