"""Dots with intervals for each skill or item and group."""

from __future__ import annotations

from matplotlib.axes import Axes

from digiskills import words
from digiskills.charts import colours, house, marks
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
        if released.kind == "equivalence":
            _draw_sizes(axes, released)
        also = [words.text("note.standardized", released.language)] if released.kind == "standardized" else []
        also += [words.text("note.sizes", released.language)] if released.kind == "equivalence" else []
        return house.finish(figure, released, "dots", [*also, *marks.notes(released)])


def _draw_sizes(axes: Axes, released: Released) -> None:
    """Draw from where a difference is moderate and large, and keep both in sight where all are smaller."""
    limits = [float(released.method[name]) for name in ("moderate", "large")]
    axes.set_xlim(0, max(axes.get_xlim()[1], limits[-1] * 1.05))
    for limit in limits:
        axes.axvline(limit, color=colours.INK, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
