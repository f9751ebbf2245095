"""What all charts share: the style, the colours by word, wrapped labels, and the lines above and below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

import matplotlib.style
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator

from digiskills import words
from digiskills.charts.colours import INK, QUIET
from digiskills.charts.cramped import refuse_cramped
from digiskills.charts.fit import lines_in, refuse_unknown, width_of, wrap
from digiskills.disclosure import Released
from digiskills.errors import UsageError, nearest

STYLE = Path(__file__).with_name("digiskills.mplstyle")
PRESETS = {"page": 165.1, "single column": 89.0, "double column": 183.0, "slide": 169.3}
"""Widths in millimetres: the text of a letter page, columns as journals have them, half a wide slide (which shows all
text at twice its size). Text keeps its size in points at each of them: 7 or more."""
INCH = 25.4  # millimetres
PAGE = PRESETS["page"] / INCH
_chosen = ContextVar("width", default=PAGE)
MARGIN = 0.08  # inches around everything
HEADING, NOTE = 9.0, 7.0  # points
KEY_LINE = 0.17  # inches of a line of the key
LINE = 1.35 / 72  # inches of a line per point of its size

MARKERS = ("o", "s", "D", "^", "v", "P", "X", "<", ">", "p")


@dataclass(frozen=True)
class Drawing:
    """A figure with the released table that it shows; it has no id or file name yet.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Not known to pyplot, so nothing displays it twice.
    released : Released
        The numbers drawn.
    kind : str
        Kind of chart, for its alternative text.
    """

    figure: Figure
    released: Released
    kind: str


@dataclass(frozen=True)
class Key:
    """One entry of a key: a mark and what it stands for."""

    words: str
    colour: str
    marker: str = "s"

    @property
    def width(self) -> float:
        """Inches that the entry takes, with the space after it."""
        return width_of(self.words, 7.5) + 0.32


@dataclass(frozen=True)
class Line:
    """Wrapped words above or below the panels."""

    words: str
    size: float
    colour: str = INK
    weight: str = "normal"

    @property
    def height(self) -> float:
        """Inches that the lines take."""
        return lines_in(self.words) * self.size * LINE


@contextmanager
def style() -> Iterator[None]:
    """Draw in the house style and leave the settings as they were."""
    with matplotlib.style.context(["default", str(STYLE)]):
        yield


@contextmanager
def preset(name: str) -> Iterator[None]:
    """Draw charts at another printed width: ``with preset("double column"): chart = dots(table)``.

    Parameters
    ----------
    name : str
        Of `PRESETS`.

    Yields
    ------
    None
        Within, charts have that width; nothing else of the session changes.

    Raises
    ------
    UsageError
        If there is no such preset.
    """
    if name not in PRESETS:
        raise UsageError(f"preset: there is no ‘{name}’; {nearest(name, PRESETS)}")
    before = _chosen.set(PRESETS[name] / INCH)
    try:
        yield
    finally:
        _chosen.reset(before)


def width() -> float:
    """Return the width of a figure in inches."""
    return _chosen.get()


def room(inches: float) -> float:
    """Return the inches for words beside a panel: what they have on a page, in proportion where there is less."""
    return inches * min(1.0, width() / PAGE)


def start(
    rows_height: float,
    columns: int = 1,
    rows: int = 1,
    *,
    shared: bool = False,
    widths: Sequence[float] | None = None,
    heights: Sequence[float] | None = None,
) -> tuple[Figure, list[Axes]]:
    """Return an empty figure with its axes, to be ended with `finish`.

    Parameters
    ----------
    rows_height : float
        Height in inches of everything but the lines above and below.
    columns, rows : int
        Panels.
    shared : bool
        Whether the panels have both axes in common.
    widths, heights : sequence of float, optional
        Of the panels, relative to each other.

    Returns
    -------
    tuple of Figure and list of Axes
        Panels row by row.
    """
    figure = Figure(figsize=(width(), rows_height), layout="constrained")
    axes = figure.subplots(
        rows, columns, squeeze=False, sharex=shared, sharey=shared, width_ratios=widths, height_ratios=heights
    )
    return figure, list(axes.ravel())


def finish(
    figure: Figure,
    released: Released,
    kind: str,
    notes: Sequence[str],
    key: Sequence[Key] = (),
) -> Drawing:
    """Return the drawing, with measure, base and key above and the evidence and notes below.

    Parameters
    ----------
    figure : Figure
        From `start`.
    released : Released
        What it shows.
    kind : str
        Kind of chart.
    notes : sequence of str
        Short sentences for the foot.
    key : sequence of Key
        What colours and shapes stand for, where labels cannot stand beside the marks.

    Returns
    -------
    Drawing
        Higher than the figure given by the lines added.
    """
    for shown in figure.findobj(Text):
        refuse_unknown(str(shown.get_text()))
    language, across = released.language, width() - 2 * MARGIN
    heading = words.text(f"measure.{words.measure(released)}", language)
    above = [
        Line(wrap(heading, across, HEADING, "bold"), HEADING, weight="bold"),
        Line(wrap(_subtitle(released), across), 7.5, QUIET),
    ]
    below = [Line(words.text(f"mark.{words.source(released)}", language), NOTE, weight="bold")]
    if any(notes):
        below.append(Line(wrap(". ".join(note for note in notes if note) + ".", across, NOTE), NOTE, QUIET))
    keys = _flow(key, across)
    top = sum(line.height for line in above) + len(keys) * KEY_LINE + 2 * MARGIN
    foot = sum(line.height for line in below) + 2 * MARGIN
    height = figure.get_figheight() + top + foot
    figure.set_figheight(height)
    rect = (0, foot / height, 1, 1 - (top + foot) / height)
    figure.set_layout_engine("constrained", rect=rect, w_pad=MARGIN, h_pad=0.03)
    depth = _write(figure, above, MARGIN)
    _write_key(figure, keys, depth)
    _write(figure, below, height - foot + MARGIN)
    if width() < PAGE:
        refuse_cramped(figure, kind)
    return Drawing(figure, released, kind)


def _write(figure: Figure, lines: Sequence[Line], depth: float) -> float:
    """Write lines from a depth in inches below the top, and return the depth reached."""
    height = figure.get_figheight()
    for line in lines:
        figure.text(
            MARGIN / width(),
            1 - depth / height,
            line.words,
            fontsize=line.size,
            color=line.colour,
            fontweight=line.weight,
            va="top",
            linespacing=1.2,
        )
        depth += line.height
    return depth


def _flow(key: Sequence[Key], room: float) -> list[list[Key]]:
    """Break a key into lines that fit."""
    lines: list[list[Key]] = []
    for entry in key:
        if lines and sum(known.width for known in [*lines[-1], entry]) <= room:
            lines[-1].append(entry)
        else:
            lines.append([entry])
    return lines


def _write_key(figure: Figure, lines: list[list[Key]], depth: float) -> None:
    height = figure.get_figheight()
    for line in lines:
        x, y = MARGIN, 1 - (depth + KEY_LINE / 2) / height
        for entry in line:
            mark = Line2D(
                [(x + 0.06) / width()],
                [y],
                linestyle="",
                marker=entry.marker,
                color=entry.colour,
                markersize=6,
                transform=figure.transFigure,
                figure=figure,
            )
            figure.add_artist(mark)
            figure.text((x + 0.16) / width(), y, entry.words, fontsize=7.5, va="center")
            x += entry.width
        depth += KEY_LINE


def _subtitle(released: Released) -> str:
    parts = [words.sentence(words.where(released)), words.base(released, "note")]
    return ", ".join(part for part in parts if part)


def scale(axes: Axes, released: Released, values: pd.Series) -> None:
    """Label the axis of numbers in the language and let shares start at 0."""
    measured, language = words.measure(released), released.language
    write = words.form(measured)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: write(round(value, 6), language)))
    # four steps leave room for their words on the narrowest scale of a page
    axes.xaxis.set_major_locator(
        MaxNLocator(nbins=4 if width() >= PAGE else 2, steps=[1, 2, 2.5, 5, 10], min_n_ticks=2)
    )
    high = float(values.max()) if values.notna().any() else 1.0
    low = float(values.min()) if values.notna().any() else 0.0
    if measured == "levels":
        axes.set_xlim(1, 5)
    else:
        axes.set_xlim(min(low * 1.02, 0), max(high * 1.02, 0) or 1)


def beside(axes: Axes, height: float, label: str, colour: str = INK, weight: str = "normal") -> None:
    """Write words at the right of a panel, beside a mark."""
    axes.annotate(
        label,
        (1, height),
        xycoords=axes.get_yaxis_transform(),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        fontsize=NOTE,
        color=colour,
        fontweight=weight,
        linespacing=1.15,
        annotation_clip=False,
    )


def in_order(released: Released, column: str) -> list[str]:
    """Return the categories of a column in the order in which they are shown, ``all`` last."""
    present = list(dict.fromkeys(released.frame[column].astype(str)))
    known = list(released.study.dimensions[column].names) if column in released.study.dimensions else present
    ordered = [name for name in known if name in present and name != "all"]
    return ordered + [name for name in present if name not in ordered]


def refuse_nothing(frame: pd.DataFrame) -> None:
    """Refuse a table without rows.

    Raises
    ------
    UsageError
        If it has none.
    """
    if frame.empty:
        raise UsageError("the table has no rows to draw; give one with at least one")
