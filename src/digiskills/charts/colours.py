"""Colours by word, and how well they stand out from each other."""

from __future__ import annotations

from matplotlib.colors import to_hex, to_rgb

# Ontario's tokens. Data management is a part of the lack of capacity that the study asks about by name, so it
# has a colour of its own; every key that shows it says "Lack of capacity: data management".
CAPACITY, DATA_MANAGEMENT, CULTURE, OTHER = "#0369AC", "#C64A1C", "#1A1A1A", "#6B6B6B"
FAMILIES = {"capacity": CAPACITY, "data_management": DATA_MANAGEMENT, "culture": CULTURE, "other": OTHER}
FAMILY_MARKERS = {"capacity": "o", "data_management": "s", "culture": "D", "other": "^"}
FAMILY_SIGNS = {"capacity": "●", "data_management": "■", "culture": "◆", "other": "▲"}
"""The same shapes as text, before the words of a row whose marks cannot carry them: blue is like grey in print."""
INK, QUIET, PAPER, BLACK = "#1A1A1A", "#595959", "#FFFFFF", "#000000"


def family(code: str) -> str:
    """Return which of the coloured families a barrier's code belongs to.

    Parameters
    ----------
    code : str
        Such as ``capacity.data_management`` or ``culture.approvals``.

    Returns
    -------
    str
        A key of `FAMILIES`.
    """
    if code == "capacity.data_management":
        return "data_management"
    first = code.partition(".")[0]
    return first if first in ("capacity", "culture") else "other"


def signed(name: str, label: str) -> str:
    """Return the words of a barrier's row after the sign of its family.

    Parameters
    ----------
    name : str
        A key of `FAMILIES`.
    label : str
        The words.

    Returns
    -------
    str
        Such as ``■ Data are hard to find``.
    """
    return f"{FAMILY_SIGNS[name]}\N{NO-BREAK SPACE}{label}"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2.2 defines it, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def tint(colour: str, part: float = 0.24) -> str:
    """Return a colour mixed with white, as it would look through that opacity."""
    red, green, blue = (1 - part * (1 - channel) for channel in to_rgb(colour))
    return to_hex((red, green, blue))


def text_on(colour: str) -> str:
    """Return black or white, whichever stands out more from a colour."""
    # of pure black and white one always has a contrast of 4.5 or more; the house's ink does not
    return BLACK if contrast(BLACK, colour) >= contrast(PAPER, colour) else PAPER
