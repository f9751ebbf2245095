"""Importance against performance, cut into four quadrants, with the probability of each skill's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from digiskills import words
from digiskills.charts import colours, fit, house, marks, spread
from digiskills.disclosure import Released
from digiskills.errors import UsageError

ACROSS, UP = 5.65, 4.3  # inches of the panel
LABEL = 1.35  # inches of a label, at most
STRIP = 0.24  # inches at top and bottom that hold the names of the quadrants
MOST = 16
LINE = "#8C8C8C"
CORNER = 0.15  # inches
MARKERS = {"concentrate": "D", "keep_up": "o", "low_priority": "s", "overkill": "^"}


@dataclass(frozen=True)
class Scales:
    """The ends of both scales, performance across and importance up."""

    across: tuple[float, float]
    up: tuple[float, float]

    def inches(self, performance: float, importance: float) -> tuple[float, float]:
        """Return where a point stands, from the corner of the panel."""
        (left, right), (bottom, top) = self.across, self.up
        return (performance - left) / (right - left) * ACROSS, (importance - bottom) / (top - bottom) * UP


def quadrants(released: Released) -> house.Drawing:
    """Return skills by importance (up) and performance (across), with intervals and the lines of the cut.

    Parameters
    ----------
    released : Released
        Kind ``quadrants``, without a breakdown; its method's ``cut`` holds importance and performance at
        which the quadrants meet, unless the table has them as ``importance_cut`` and ``performance_cut``.

    Returns
    -------
    Drawing
        Each skill with its words and the probability of its quadrant beside it.

    Raises
    ------
    UsageError
        If the table is broken down, has too many skills for their words, or the cut is not given in numbers.
    """
    if words.groups(released):
        raise UsageError("quadrants: the table is broken down; pass the rows of one group with `only`")
    frame = words.rows(released)
    house.refuse_nothing(frame)
    if len(frame) > MOST:
        raise UsageError(f"quadrants: the words of {len(frame)} skills find no room; pass at most {MOST} with `only`")
    shown, cut = words.in_quadrants(released), cut_of(released)
    with house.style():
        figure, (axes,) = house.start(UP + 0.45)
        scales = _scales(shown, cut)
        _axes(axes, released, scales)
        for value, line in ((cut[0], axes.axhline), (cut[1], axes.axvline)):
            line(value, color=colours.QUIET, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        for _, row in shown.iterrows():
            _mark(axes, row)
        _names(axes, released)
        _label(axes, released, shown, scales, cut)
        notes = [words.text("note.quadrants", released.language), *marks.not_drawn(released)]
        return house.finish(figure, released, "quadrants", notes)


def cut_of(released: Released) -> tuple[float, float]:
    """Return the importance and the performance at which the quadrants meet.

    Parameters
    ----------
    released : Released
        Kind ``quadrants``.

    Returns
    -------
    tuple of float
        From the columns of the table where it has them, else from its method.

    Raises
    ------
    UsageError
        If neither holds two numbers.
    """
    names = ["importance_cut", "performance_cut"]
    given = released.method.get("cut")
    if set(names) <= set(released.frame) and len(held := released.frame[names].dropna()):
        given = tuple(held.iloc[0])
    if isinstance(given, str) or not isinstance(given, Sequence) or len(given) != 2:
        raise UsageError(
            f"quadrants: the method’s cut is {given!r}; give the importance and the performance where quadrants meet"
        )
    return float(given[0]), float(given[1])


def _scales(shown: pd.DataFrame, cut: tuple[float, float]) -> Scales:
    """Return scales that hold every interval and the cut, with room for the names above and below."""
    ends = {}
    for name, at in (("importance", cut[0]), ("performance", cut[1])):
        values = shown[[name, f"{name}_low", f"{name}_high"]].astype(float)
        low, high = (values.min().min(), values.max().max()) if len(values) else (at, at)
        low, high = min(low, at), max(high, at)
        half = max((high - low) / 2, 0.25)
        ends[name] = ((low + high) / 2 - half, (low + high) / 2 + half)
    (left, right), (bottom, top) = ends["performance"], ends["importance"]
    across, up = 0.06 * (right - left), (top - bottom) * (STRIP + 0.06) / (UP - 2 * STRIP - 0.12)
    return Scales((left - across, right + across), (bottom - up, top + up))


def _axes(axes: Axes, released: Released, scales: Scales) -> None:
    language = released.language
    axes.set_xlim(*scales.across)
    axes.set_ylim(*scales.up)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(FuncFormatter(lambda value, _: words.number(round(value, 6), language, 2)))
    axes.set_xlabel(f"{words.text('column.performance', language)} →")
    axes.set_ylabel(f"{words.text('column.importance', language)} →")
    axes.grid(visible=False)


def _mark(axes: Axes, row: pd.Series) -> None:
    x, y = row["performance"], row["importance"]
    axes.plot([row["performance_low"], row["performance_high"]], [y, y], color=LINE, linewidth=1, zorder=2)
    axes.plot([x, x], [row["importance_low"], row["importance_high"]], color=LINE, linewidth=1, zorder=2)
    marks.point(axes, x, y, MARKERS[row["place"]], colours.CAPACITY, filled=bool(row["p"] >= words.SURE), size=6)


def _names(axes: Axes, released: Released) -> None:
    """Write the name of each quadrant into its corner."""
    corners = {"concentrate": (0, 1), "keep_up": (1, 1), "low_priority": (0, 0), "overkill": (1, 0)}
    for name, (x, y) in corners.items():
        axes.text(
            0.01 + 0.98 * x,
            1 - 0.05 / UP if y else 0.05 / UP,
            words.quadrant_label(name, released.language),
            transform=axes.transAxes,
            ha="right" if x else "left",
            va="top" if y else "bottom",
            fontweight="bold",
            color=colours.QUIET,
        )


def _label(axes: Axes, released: Released, shown: pd.DataFrame, scales: Scales, cut: tuple[float, float]) -> None:
    """Write each skill's words near its mark, joined by a thin line where they stand farther off."""
    language = released.language
    together = [words.probability(p, language).replace(" ", "\N{NO-BREAK SPACE}") for p in shown["p"]]
    said = [
        fit.wrap(words.text("with_probability", language, label=row["item_label"], p=p), house.room(LABEL), house.NOTE)
        for (_, row), p in zip(shown.iterrows(), together, strict=True)
    ]
    points = [scales.inches(row["performance"], row["importance"]) for _, row in shown.iterrows()]
    strips = [spread.Box(0, 0, ACROSS, STRIP), spread.Box(0, UP - STRIP, ACROSS, UP)]
    panel = spread.Box(0.03, 0.03, ACROSS - 0.03, UP - 0.03)
    at = scales.inches(cut[1], cut[0])
    lines = [*_lines(shown, scales), spread.Box(at[0], 0, at[0] + 0.02, UP), spread.Box(0, at[1], ACROSS, at[1] + 0.02)]
    boxes = spread.around(points, [_size(label) for label in said], panel, strips, lines)
    for label, point, box in zip(said, points, boxes, strict=True):
        _write(axes, label, point, box)


def _size(label: str) -> tuple[float, float]:
    """Return the inches that a label takes, with the space around it."""
    width = max(fit.width_of(line, house.NOTE) for line in label.split("\n"))
    return width * 1.03 + 0.08, fit.lines_in(label) * house.NOTE * house.LINE + 0.05


def _lines(shown: pd.DataFrame, scales: Scales) -> list[spread.Box]:
    """Return the boxes around the intervals."""
    found = []
    for _, row in shown.iterrows():
        left, y = scales.inches(row["performance_low"], row["importance"])
        right, _ = scales.inches(row["performance_high"], row["importance"])
        x, bottom = scales.inches(row["performance"], row["importance_low"])
        _, top = scales.inches(row["performance"], row["importance_high"])
        found += [spread.Box(left, y - 0.02, right, y + 0.02), spread.Box(x - 0.02, bottom, x + 0.02, top)]
    return found


def _write(axes: Axes, label: str, point: tuple[float, float], box: spread.Box) -> None:
    middle = ((box.left + box.right) / 2 / ACROSS, (box.bottom + box.top) / 2 / UP)
    paper = {"facecolor": colours.PAPER, "edgecolor": "none", "pad": 0.6, "alpha": 0.8}
    axes.text(
        *middle,
        label,
        transform=axes.transAxes,
        ha="center",
        va="center",
        fontsize=house.NOTE,
        linespacing=1.1,
        bbox=paper,
        zorder=5,
    )
    if spread.distance(point, box) > spread.BRIDGED:
        # lines of words are centred: the corners of the box are empty
        end = spread.nearest(point, box._replace(left=box.left + CORNER, right=box.right - CORNER))
        axes.plot(
            [point[0] / ACROSS, end[0] / ACROSS],
            [point[1] / UP, end[1] / UP],
            transform=axes.transAxes,
            color=colours.QUIET,
            linewidth=0.5,
            zorder=3,
        )
