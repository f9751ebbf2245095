"""A number in each cell of a table, one panel per item; withheld cells are hatched and say so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_hex
from matplotlib.patches import Rectangle

from digiskills import words
from digiskills.charts import colours, fit, house
from digiskills.charts.marks import LABELS, withheld_notes
from digiskills.disclosure import Released
from digiskills.errors import UsageError

BLUES = LinearSegmentedColormap.from_list("house", ["#F2F7FB", "#9CC7E3", colours.CAPACITY, "#02345A"])
CELL = 0.3  # inches
GAP = 0.25  # inches between panels
MOST_PANELS = 12


@dataclass(frozen=True)
class Grid:
    """How the cells are laid out: the columns of the frame that make rows and columns, and their labels."""

    down: str
    across: str
    rows: dict[str, str]
    columns: dict[str, str]
    beside: int
    side: float
    upright: bool

    @property
    def below(self) -> float:
        """Inches that the words of the columns take."""
        lines = [line for label in self.columns.values() for line in label.split("\n")]
        tallest = max(fit.lines_in(label) for label in self.columns.values()) * house.NOTE * house.LINE
        return 0.08 + (max(fit.width_of(line, house.NOTE) for line in lines) if self.upright else tallest)

    @property
    def width(self) -> float:
        """Inches of a panel."""
        return (house.width() - self.side - self.beside * GAP) / self.beside

    @property
    def heights(self) -> list[float]:
        """Inches of each row of cells."""
        return [max(CELL, fit.lines_in(label) * 7.5 * house.LINE + 0.04) for label in self.rows.values()]


def heatmap(released: Released, measure: str | None = None) -> house.Drawing:
    """Return a heat map: a panel per item by two dimensions, or one panel of items by one dimension.

    Parameters
    ----------
    released : Released
        Broken down by one or two dimensions; of two, the first makes the rows. Or kind ``pairs_short``.
    measure : str, optional
        A measure of a table of shortfalls; the first one present by default.

    Returns
    -------
    Drawing
        Each cell holds the estimate and, below it, the number of answers.

    Raises
    ------
    UsageError
        If the table is broken down otherwise, or has too many items for one figure.
    """
    if len(_by(released)) not in (1, 2):
        given = ", ".join(released.by) or "nothing"
        raise UsageError(f"heatmap: the table is by {given}; give one by one or two dimensions")
    released = words.chosen(released, measure)
    frame = words.rows(released)
    house.refuse_nothing(frame)
    with house.style():
        panels = _panels(released, frame)
        grid = _grid(released, frame, len(panels))
        down = math.ceil(len(panels) / grid.beside)
        # where the last line of panels is not full, the columns are named under the line above it too
        named = 1 if len(panels) % grid.beside == 0 else 2
        titles = max(fit.lines_in(fit.wrap(label, grid.width, 7.5, "bold")) for label, _ in panels) * 0.14
        height = down * (sum(grid.heights) + titles + 0.12) + named * grid.below
        figure, axes = house.start(height, grid.beside, down, shared=True)
        norm = Normalize(*_limits(frame["value"]))
        for axis, (label, cells) in zip(axes, panels, strict=False):
            _draw(axis, released, cells, grid, norm)
            axis.set_title(fit.wrap(label, grid.width, 7.5, "bold"))
        for empty in axes[len(panels) :]:
            empty.set_axis_off()
        _name_axes(axes[: len(panels)], grid)
        cell_note = [words.text("note.cell", released.language)] if _has_base(released) else []
        return house.finish(figure, released, "heatmap", [*cell_note, *withheld_notes(released)])


def _by(released: Released) -> tuple[str, ...]:
    """Return the columns that make the cells; of skills that are short together, the other skill."""
    return ("other",) if released.kind == "pairs_short" else released.by


def _panels(released: Released, frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    if len(_by(released)) == 1:
        return [("", frame)]
    panels = [(str(label), cells) for label, cells in frame.groupby("item_label", sort=False)]
    if len(panels) > MOST_PANELS:
        raise UsageError(f"heatmap: {len(panels)} items make too many panels; pass at most {MOST_PANELS} with `only`")
    return panels


def _grid(released: Released, frame: pd.DataFrame, panels: int) -> Grid:
    beside = 1 if panels == 1 else 2 if panels in (2, 4) else 3
    across = _by(released)[-1]
    if len(_by(released)) == 1:
        down, side = words.item_column(released), house.room(LABELS)
        by_height = frame.groupby(down, observed=True, sort=False)["value"].mean().sort_values(ascending=False)
        rows = {str(name): fit.wrap(words.item_label(released, str(name)), side) for name in by_height.index}
    else:
        down, side = released.by[0], house.room(1.1)
        names = house.in_order(released, down)
        rows = {name: fit.wrap(words.group_label(released, down, name), side) for name in names}
    label = words.side_label if across == "other" else partial(words.group_label, column=across)
    # the same order down and across puts a skill and itself on the diagonal
    present = house.in_order(released, across)
    ordered = [name for name in rows if name in present] if across == "other" else present
    labels = {
        name: label(released, value=name) for name in [*ordered, *(name for name in present if name not in ordered)]
    }
    room = (house.width() - side - beside * GAP) / beside / len(labels) - 0.06
    longest = max(fit.width_of(word, house.NOTE) for label in labels.values() for word in label.split(" "))
    upright = longest > room
    columns = {name: fit.wrap(label, 0.9 if upright else room, house.NOTE) for name, label in labels.items()}
    return Grid(down, across, rows, columns, beside, side, upright)


def _limits(values: pd.Series) -> tuple[float, float]:
    if values.notna().sum() == 0:
        return 0.0, 1.0
    low, high = min(float(values.min()), 0.0), float(values.max())
    return low, high if high > low else low + 1.0


def _has_base(released: Released) -> bool:
    """Whether a cell holds a number of answers besides its estimate."""
    return words.value_column(released) == "estimate" and "n" in released.frame


def _draw(axes: Axes, released: Released, cells: pd.DataFrame, grid: Grid, norm: Normalize) -> None:
    edges = np.concatenate([[0.0], np.cumsum(grid.heights)])
    places = {name: place for place, name in enumerate(grid.rows)}
    for _, cell in cells.iterrows():
        row = places[str(cell[grid.down])]
        x = list(grid.columns).index(str(cell[grid.across]))
        box = (x - 0.5, edges[row], 1.0, grid.heights[row])
        if cell["withheld"] or pd.isna(cell["value"]):
            _hatched(axes, released, box, bool(cell["withheld"]))
        else:
            _filled(axes, released, cell, box, norm)
    axes.set_xlim(-0.5, len(grid.columns) - 0.5)
    axes.set_ylim(edges[-1], 0)
    axes.set_yticks((edges[:-1] + edges[1:]) / 2, list(grid.rows.values()), linespacing=1.05)
    axes.grid(visible=False)


def _filled(
    axes: Axes,
    released: Released,
    cell: pd.Series,
    box: tuple[float, float, float, float],
    norm: Normalize,
) -> None:
    x, y, width, height = box
    colour = to_hex(BLUES(float(norm(cell["value"]))))
    axes.add_patch(
        Rectangle((x, y), width, height, facecolor=colour, edgecolor=colours.PAPER, linewidth=1, clip_on=False)
    )
    label = words.form(words.measure(released))(cell["value"], released.language)
    if _has_base(released):
        label += f"\n{words.number(cell['n'], released.language)}"
    _write(axes, x + width / 2, y + height / 2, label, colours.text_on(colour))


def _hatched(axes: Axes, released: Released, box: tuple[float, float, float, float], withheld: bool) -> None:
    x, y, width, height = box
    axes.add_patch(
        Rectangle(
            (x, y),
            width,
            height,
            facecolor="#F2F2F2",
            hatch="////",
            edgecolor="#BFBFBF",
            linewidth=0,
            clip_on=False,
        )
    )
    axes.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=colours.PAPER, linewidth=1, clip_on=False))
    word = words.text("withheld.short", released.language) if withheld else words.NO_NUMBER
    _write(axes, x + width / 2, y + height / 2, word.replace(" ", "\n"), colours.INK, paper="#F2F2F2")


def _write(axes: Axes, x: float, y: float, label: str, ink: str, paper: str = "") -> None:
    box = {"facecolor": paper, "edgecolor": "none", "pad": 0.8} if paper else None
    axes.text(x, y, label, ha="center", va="center", fontsize=house.NOTE, color=ink, linespacing=1.05, bbox=box)


def _name_axes(axes: list[Axes], grid: Grid) -> None:
    """Write the words of the rows at the left and those of the columns under the lowest panels."""
    labels = list(grid.columns.values())
    for place, axis in enumerate(axes):
        axis.set_xticks(np.arange(len(labels)), labels, rotation=90 if grid.upright else 0, linespacing=1.05)
        lowest = place + grid.beside >= len(axes)
        axis.tick_params(labelleft=place % grid.beside == 0, labelbottom=lowest)
