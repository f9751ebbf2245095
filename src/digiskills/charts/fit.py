"""How wide words are in print, and where they break into lines."""

from __future__ import annotations

from functools import cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath


@cache
def width_of(label: str, size: float, weight: str = "normal") -> float:
    """Return the printed width of a line of text in inches."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    return float(TextToPath().get_text_width_height_descent(label, font, ismath=False)[0]) / 72


def wrap(label: str, inches: float, size: float = 7.5, weight: str = "normal") -> str:
    """Return a text broken into lines that are no wider than given, where its words allow.

    Parameters
    ----------
    label : str
        Words; a no-break space holds two together.
    inches : float
        The widest line.
    size : float
        Points.
    weight : str
        ``normal`` or ``bold``.

    Returns
    -------
    str
        The text with line breaks.
    """
    lines: list[str] = []
    for word in label.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        # a hinted renderer sets words up to 3 % wider than measured
        if lines and width_of(longer, size, weight) * 1.03 <= inches:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def lines_in(label: str) -> int:
    """Return how many lines a wrapped text has."""
    return label.count("\n") + 1
