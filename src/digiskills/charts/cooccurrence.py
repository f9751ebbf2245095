"""Which themes stand together: counts below a diagonal, or a network of those that meet often."""

from __future__ import annotations

import math
from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize, to_hex
from matplotlib.patches import Rectangle

from digiskills import words
from digiskills.charts import colours, fit, house
from digiskills.charts.heatmap import BLUES
from digiskills.charts.shares import key
from digiskills.disclosure import Released
from digiskills.errors import UsageError

SIDE = 2.3  # inches for the words of a row
MOST = 16  # themes whose cells can still be read
MOST_EDGES = 16
OWN = "#E6E6E6"
CELL = 0.27  # inches, at least
RING = 2.5  # inches from the middle of a network's panel to its upper edge


def cooccurrence(released: Released) -> house.Drawing:
    """Return in how many passages two themes stand together, as a triangle of cells.

    Parameters
    ----------
    released : Released
        Kind ``cooccurrence`` or ``cooccurrence_in_paragraphs``: code, other, n, n_code, n_other, with the words of
        both codes.

    Returns
    -------
    Drawing
        Numbered rows and columns in the order of the codebook; themes that nobody raises are left out.

    Raises
    ------
    UsageError
        If there are more themes than can be read.
    """
    totals = _totals(released)
    if len(totals) > MOST:
        raise UsageError(
            f"cooccurrence: {len(totals)} themes cannot be read in one figure; take families with at most {MOST}"
        )
    frame = words.rows(released)
    names = {
        code: f"{fit.wrap(f'{place}. {label}', house.room(SIDE))}"
        for place, (code, label) in enumerate(_labels(frame, totals).items(), 1)
    }
    heights = [max(CELL, fit.lines_in(label) * 7.5 * house.LINE + 0.04) for label in names.values()]
    with house.style():
        figure, (axes,) = house.start(sum(heights) + 0.3)
        edges = [sum(heights[:place]) for place in range(len(heights) + 1)]
        norm = Normalize(0, max(float(frame["value"].max()), 1.0))
        for place, total in enumerate(totals.values()):
            _cell(axes, released, (place, edges[place], heights[place]), total, OWN)
        order = {code: place for place, code in enumerate(totals)}
        for _, pair in frame[frame["value"] > 0].iterrows():
            across, down = sorted((order[pair["code"]], order[pair["other"]]))
            colour = to_hex(BLUES(float(norm(pair["value"]))))
            _cell(axes, released, (across, edges[down], heights[down]), pair["value"], colour)
        axes.set_xlim(-0.5, len(totals) - 0.5)
        axes.set_ylim(edges[-1], 0)
        middles = [(top + bottom) / 2 for top, bottom in pairwise(edges)]
        axes.set_yticks(middles, list(names.values()), linespacing=1.05)
        axes.set_xticks(range(len(totals)), [str(place + 1) for place in range(len(totals))])
        axes.grid(visible=False)
        return house.finish(figure, released, "cooccurrence", [words.text("note.together", released.language)])


def network(released: Released, fewest: int | None = None) -> house.Drawing:
    """Return themes around a circle, those that stand together often joined by lines.

    Parameters
    ----------
    released : Released
        As for `cooccurrence`.
    fewest : int, optional
        Passages that two themes must share to be joined, 1 or more; it stands below the figure. By default the fewest
        that leave no more lines than can be read, or that the nearest themes share.

    Returns
    -------
    Drawing
        Joined themes clockwise in the order of the codebook, so that the same table gives the same figure.

    Raises
    ------
    UsageError
        If no two themes share so many, or more lines are needed than can be read.
    """
    frame = words.rows(released)
    most = len(frame) if fewest is None else MOST_EDGES
    fewest = _fewest(frame["value"]) if fewest is None else fewest
    joined = frame[frame["value"] >= max(fewest, 1)]
    if fewest < 1 or joined.empty or len(joined) > most:
        raise UsageError(
            f"network: {len(joined)} lines at {fewest} passages; give a `fewest` that leaves 1 to {MOST_EDGES}"
        )
    totals = {code: total for code, total in _totals(released).items() if code in {*joined["code"], *joined["other"]}}
    places = _ring(list(totals))
    labels = _labels(frame, totals)
    with house.style():
        figure, (axes,) = house.start(2 * RING)
        for _, pair in joined.iterrows():
            _edge(axes, released, pair, places, float(joined["value"].max()))
        for code, (x, y) in places.items():
            _node(axes, (x, y), labels[code], str(code))
        room = house.width() / 2 / RING
        axes.set_xlim(-1.3 * room, 1.3 * room)
        axes.set_ylim(-1.3, 1.3)
        axes.set_axis_off()
        unit = "paragraphs" if released.kind.endswith("paragraphs") else "passages"
        note = words.text(f"note.network.{unit}", released.language, fewest=words.number(fewest, released.language))
        entries = key(released.language, [colours.family(str(code)) for code in totals])
        return house.finish(figure, released, "network", [note], key=entries)


def _fewest(counts: pd.Series) -> int:
    """Return the smallest count from which on pairs are few enough to be drawn; the largest where it is shared."""
    found = sorted({int(count) for count in counts if count >= 1})
    return next((count for count in found if int((counts >= count).sum()) <= MOST_EDGES), max(found, default=0))


def _totals(released: Released) -> dict[str, int]:
    """Return the passages of each theme that somebody raises, in the order of the codebook."""
    frame = released.frame
    house.refuse_nothing(frame)
    first = dict(zip(frame["code"].astype(str), frame["n_code"].astype(int), strict=True))
    last = dict(zip(frame["other"].astype(str), frame["n_other"].astype(int), strict=True))
    # the last code is no row's first; all others are in order there
    return {
        code: total
        for code, total in (first | {code: last[code] for code in last if code not in first}).items()
        if total
    }


def _labels(frame: pd.DataFrame, totals: dict[str, int]) -> dict[str, str]:
    first = dict(zip(frame["code"].astype(str), frame["item_label"], strict=True))
    other = dict(zip(frame["other"].astype(str), frame["answer_label"], strict=True))
    return {code: str((other | first)[code]) for code in totals}


def _cell(axes: Axes, released: Released, box: tuple[float, float, float], count: float, colour: str) -> None:
    x, y, height = box
    axes.add_patch(
        Rectangle((x - 0.5, y), 1, height, facecolor=colour, edgecolor=colours.PAPER, linewidth=1, clip_on=False)
    )
    ink = colours.text_on(colour)
    axes.text(
        x,
        y + height / 2,
        words.number(count, released.language),
        ha="center",
        va="center",
        fontsize=house.NOTE,
        color=ink,
    )


def _ring(codes: list[str]) -> dict[str, tuple[float, float]]:
    """Return places on a circle, clockwise from the top."""
    turns = [math.pi / 2 - 2 * math.pi * place / len(codes) for place in range(len(codes))]
    return {code: (math.cos(turn), math.sin(turn)) for code, turn in zip(codes, turns, strict=True)}


def _edge(axes: Axes, released: Released, pair: pd.Series, places: dict[str, tuple[float, float]], most: float) -> None:
    (x, y), (other_x, other_y) = places[str(pair["code"])], places[str(pair["other"])]
    width = 0.8 + 4.2 * float(pair["value"]) / most
    axes.plot([x, other_x], [y, other_y], color="#B5B5B5", linewidth=width, solid_capstyle="round", zorder=1)
    # off the middle, where the lines of opposite themes cross
    at = (x + 0.4 * (other_x - x), y + 0.4 * (other_y - y))
    box = {"facecolor": colours.PAPER, "edgecolor": "none", "pad": 0.8}
    label = words.number(pair["value"], released.language)
    axes.text(*at, label, ha="center", va="center", fontsize=house.NOTE, zorder=2, bbox=box)


def _node(axes: Axes, place: tuple[float, float], label: str, code: str) -> None:
    x, y = place
    family = colours.family(code)
    axes.plot(
        [x], [y], colours.FAMILY_MARKERS[family], color=colours.FAMILIES[family], markersize=8, zorder=3, clip_on=False
    )
    across = "center" if abs(x) < 0.2 else "left" if x > 0 else "right"
    down = "bottom" if y > 0.95 else "top" if y < -0.95 else "center"
    shift = (0 if across == "center" else 9 * math.copysign(1, x), 0 if down == "center" else 9 * math.copysign(1, y))
    axes.annotate(
        fit.wrap(label, 1.35),
        place,
        xytext=shift,
        textcoords="offset points",
        ha=across,
        va=down,
        linespacing=1.1,
        annotation_clip=False,
        fontsize=7.5,
    )
