"""Where labels stand so that none lies on another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import optimize


class Box(NamedTuple):
    """A rectangle in inches."""

    left: float
    bottom: float
    right: float
    top: float

    def on(self, other: Box) -> float:
        """Square inches that it shares with another."""
        across = min(self.right, other.right) - max(self.left, other.left)
        along = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(across, 0.0) * max(along, 0.0)


def column(places: Sequence[float], heights: Sequence[float], top: float) -> list[float]:
    """Return middles of labels in one column, each as near to its place as the others let it.

    Parameters
    ----------
    places : sequence of float
        Where the middle of each label should stand, in inches.
    heights : sequence of float
        Of the labels, with the space between them.
    top : float
        They stand between 0 and here; it is at least the sum of the heights.

    Returns
    -------
    list of float
        In the order given.

    Notes
    -----
    Least squares under the order of the places: with the room that the labels before it take subtracted, the
    middles of labels need only not decrease, which isotonic regression solves.
    """
    if not places:
        return []
    order = np.argsort(places, kind="stable")
    high = np.asarray(heights, dtype=float)[order]
    before = np.cumsum(high) - high / 2
    free = optimize.isotonic_regression(np.asarray(places, dtype=float)[order] - before).x
    found = np.empty(len(order))
    found[order] = np.clip(free, 0, top - high.sum()) + before
    return found.tolist()


def around(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    panel: Box,
    taken: Sequence[Box],
    crossed: Sequence[Box],
) -> list[Box]:
    """Return a box for the label of each point: near it, on no other label and on no point.

    Parameters
    ----------
    points : sequence of (x, y)
        In inches.
    sizes : sequence of (width, height)
        Of the labels, in inches.
    panel : Box
        Labels stand within.
    taken : sequence of Box
        Where no label may stand.
    crossed : sequence of Box
        Where a label stands less well, such as on lines.

    Returns
    -------
    list of Box
        In the order of the points.
    """
    marks = [Box(x - MARK, y - MARK, x + MARK, y + MARK) for x, y in points]
    found: dict[int, Box] = {}
    # those in a crowd choose first
    crowd = [sum(np.hypot(x - a, y - b) < CROWD for a, b in points) for x, y in points]
    for place in sorted(range(len(points)), key=lambda place: -crowd[place]):
        hard = [*taken, *marks, *found.values()]
        candidates = _candidates(points[place], sizes[place], panel)
        others = [point for other, point in enumerate(points) if other != place]
        found[place] = candidates[int(np.argmin(_costs(points[place], candidates, hard, crossed, others)))]
    return [found[place] for place in range(len(points))]


MARK, CROWD = 0.06, 0.8  # inches: half a mark; nearer points make a crowd
BRIDGED = 0.13  # inches from its mark from which a label is joined to it by a line
RINGS = np.concatenate([[0.1], np.arange(0.2, 4.0, 0.12)])  # inches from the point
TURNS = np.linspace(0, 2 * np.pi, 24, endpoint=False)


def _candidates(point: tuple[float, float], size: tuple[float, float], panel: Box) -> list[Box]:
    """Return boxes around a point, the nearest first, moved into the panel."""
    width, height = size
    boxes = []
    for ring in RINGS:
        for turn in TURNS:
            # the nearest side of the box stands on the ring
            x = point[0] + ring * np.cos(turn) + width / 2 * np.clip(np.cos(turn) * 1.6, -1, 1)
            y = point[1] + ring * np.sin(turn) + height / 2 * np.clip(np.sin(turn) * 1.6, -1, 1)
            left = float(np.clip(x - width / 2, panel.left, panel.right - width))
            bottom = float(np.clip(y - height / 2, panel.bottom, panel.top - height))
            boxes.append(Box(left, bottom, left + width, bottom + height))
    return boxes


def _costs(
    point: tuple[float, float],
    boxes: Sequence[Box],
    hard: Sequence[Box],
    crossed: Sequence[Box],
    others: Sequence[tuple[float, float]],
) -> np.ndarray:
    """Return how badly each box stands: on what is taken worst, then on lines, then far off."""
    given = np.array(boxes)
    ends = np.clip(point, given[:, :2], given[:, 2:])
    apart = np.hypot(*(ends - point).T)
    # a line that leads past another mark would lead the eye to it
    past = np.where(apart > BRIDGED, _led_past(point, ends, others), 0)
    return np.asarray(past + 1000 * _covered(given, hard) + 30 * _covered(given, crossed) + apart)


def _covered(boxes: np.ndarray, others: Sequence[Box]) -> np.ndarray:
    """Return the square inches that each box shares with others."""
    other = np.array(others).reshape(-1, 1, 4)
    sides = np.minimum(boxes[:, 2:], other[:, :, 2:]) - np.maximum(boxes[:, :2], other[:, :, :2])
    return np.asarray(np.maximum(sides, 0).prod(axis=2).sum(axis=0))


def _led_past(point: tuple[float, float], ends: np.ndarray, others: Sequence[tuple[float, float]]) -> np.ndarray:
    """Return for each end of a line from a point how many other marks the line comes near."""
    along = ends - point
    length = np.maximum((along**2).sum(axis=1), np.finfo(float).tiny)
    near = np.zeros(len(ends))
    for other in others:
        off = np.subtract(other, point)
        part = np.clip(along @ off / length, 0, 1)
        near += np.hypot(*(part[:, None] * along - off).T) < 1.5 * MARK
    return near


def distance(point: tuple[float, float], box: Box) -> float:
    """Return how far a point is from a box in inches; 0 within."""
    x = max(box.left - point[0], point[0] - box.right, 0.0)
    y = max(box.bottom - point[1], point[1] - box.top, 0.0)
    return float(np.hypot(x, y))


def nearest(point: tuple[float, float], box: Box) -> tuple[float, float]:
    """Return the point of a box that is nearest to a point."""
    return min(max(point[0], box.left), box.right), min(max(point[1], box.bottom), box.top)
