"""Whether a narrow figure can be read: its words lie apart, and none leaves it."""

from __future__ import annotations

import warnings

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from digiskills.errors import UsageError

SHARED = 0.5  # points that two words may share


def refuse_cramped(figure: Figure, kind: str) -> None:
    """Refuse a figure whose words lie on each other or leave it, or that has no room for its panels.

    Parameters
    ----------
    figure : Figure
        With a layout engine, which is run.
    kind : str
        Kind of chart, for the message.

    Raises
    ------
    UsageError
        With what would do.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # said where no room is left for a panel
            engine = figure.get_layout_engine()
            if engine is not None:
                engine.execute(figure)
        box = figure.get_tightbbox()
        fits = (
            box.x0 >= 0
            and box.x1 <= figure.get_figwidth()
            and not any(_overlap(each, figure.dpi) for each in figure.axes)
        )
    except UserWarning:
        fits = False
    if not fits:
        raise UsageError(
            f"{kind}: this chart does not fit a width of {figure.get_figwidth() * 25.4:.0f} mm with text of 7 points; "
            "draw it at the preset ‘double column’, or show fewer rows and groups with `only`"
        )


def _overlap(axes: Axes, dots: float) -> bool:
    """Whether words in a panel, or numbers on its scale, lie on each other."""
    panel = axes.get_window_extent()
    scale = [label.get_window_extent() for label in axes.get_xticklabels() if label.get_text()]
    boxes = [box for box in scale if panel.x0 - 1 <= (box.x0 + box.x1) / 2 <= panel.x1 + 1]
    boxes += [text.get_window_extent() for text in axes.texts if text.get_text()]
    sides = np.array([box.extents for box in boxes]).reshape(-1, 1, 4)
    other = sides.swapaxes(0, 1)
    shared = np.minimum(sides[..., 2:], other[..., 2:]) - np.maximum(sides[..., :2], other[..., :2])
    # each lies on itself
    return bool((shared > SHARED / 72 * dots).all(axis=2).sum() > len(boxes))
