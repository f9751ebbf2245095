"""How wide words are in print, and where they break into lines."""

from __future__ import annotations

from functools import cache

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import TextToPath

from digiskills.errors import UsageError

FAMILY = "DejaVu Sans"
LONGEST = 28  # letters of a word that is never broken


@cache
def width_of(label: str, size: float, weight: str = "normal") -> float:
    """Return the printed width of a line of text in inches."""
    refuse_unknown(label)
    font = FontProperties(family=FAMILY, size=size, weight=weight)
    return float(TextToPath().get_text_width_height_descent(label, font, ismath=False)[0]) / 72


@cache
def refuse_unknown(label: str) -> None:
    """Refuse a text with signs that the font of figures does not have: they would be drawn as empty boxes.

    Parameters
    ----------
    label : str
        A text of a figure.

    Raises
    ------
    UsageError
        With the signs, and what would do.
    """
    missing = "".join(dict.fromkeys(sign for sign in label if ord(sign) not in _known() and sign != "\n"))
    if missing:
        raise UsageError(
            f"the font of figures has no sign for ‘{missing}’ in ‘{label}’: write the label with other letters, "
            "or publish the table alone, which shows any"
        )


@cache
def _known() -> frozenset[int]:
    """Return the signs that both weights of the font have."""
    both = [get_font(findfont(FontProperties(family=FAMILY, weight=weight))) for weight in ("normal", "bold")]
    return frozenset(both[0].get_charmap()) & frozenset(both[1].get_charmap())


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
    for word in _parts(label, inches, size, weight):
        longer = f"{lines[-1]} {word}" if lines else word
        # a hinted renderer sets words up to 3 % wider than measured
        if lines and width_of(longer, size, weight) * 1.03 <= inches:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def _parts(label: str, inches: float, size: float, weight: str) -> list[str]:
    """Return the words of a label; one that is no word at all, such as an address, in pieces that fit."""
    parts = []
    for word in label.split(" "):
        while len(word) > LONGEST and width_of(word, size, weight) > inches:
            end = next((at for at in range(len(word) - 1, 1, -1) if width_of(word[:at], size, weight) <= inches), 2)
            parts.append(word[:end])
            word = word[end:]
        parts.append(word)
    return parts


def lines_in(label: str) -> int:
    """Return how many lines a wrapped text has."""
    return label.count("\n") + 1
