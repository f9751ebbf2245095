"""A drawing as SVG and PNG: the same bytes for the same drawing, small, and with words for screen readers."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from digiskills.charts.house import Drawing, style

_UNSIGNED = {"Software": None}
PRINT = 200  # dots per inch of the PNG
_BARE = {"Date": None, "Creator": None, "Format": None, "Type": None}
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_PARTS = re.compile(r' (?:d|transform|points|x|y|width|height)="[^"]*"')
_UNUSED = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)


def freeze(drawing: Drawing) -> None:
    """Lay the figure out once, so that every file of it has the same layout."""
    with style():
        drawing.figure.draw_without_rendering()
        drawing.figure.set_layout_engine("none")


@contextmanager
def _dots_per_inch(figure: Figure, dots: float) -> Iterator[None]:
    """Draw at a resolution and leave the figure as it was."""
    before = figure.dpi
    figure.dpi = dots
    try:
        yield
    finally:
        figure.dpi = before


def svg(drawing: Drawing, identity: str, title: str, description: str) -> bytes:
    """Return the drawing as SVG with its title and description.

    Parameters
    ----------
    drawing : Drawing
        Laid out or not.
    identity : str
        Exhibit id; salts the names inside the file, so that they are the same in every run.
    title, description : str
        Read by screen readers.

    Returns
    -------
    bytes
        UTF-8; text as outlines, so that it looks the same everywhere.
    """
    raw = io.BytesIO()
    with style(), matplotlib.rc_context({"svg.hashsalt": identity}), _dots_per_inch(drawing.figure, 72):
        # straight to the canvas: savefig would draw everything twice
        FigureCanvasSVG(drawing.figure).print_svg(raw, metadata=_BARE)  # type: ignore[no-untyped-call]
    return _named(lean(raw.getvalue().decode()), title, description).encode()


def png(drawing: Drawing) -> bytes:
    """Return the drawing as PNG at 200 dots per inch, without a note on the program that wrote it."""
    raw = io.BytesIO()
    with style(), _dots_per_inch(drawing.figure, PRINT):
        FigureCanvasAgg(drawing.figure).print_png(raw, metadata=_UNSIGNED)  # type: ignore[no-untyped-call]
    return raw.getvalue()


def lean(source: str) -> str:
    """Return an SVG without comments, metadata, unused names and digits that no eye can see.

    Parameters
    ----------
    source : str
        As matplotlib writes it.

    Returns
    -------
    str
        The same picture at a third of the size.
    """
    text = _UNUSED.sub("", source)
    text = _PARTS.sub(lambda part: _NUMBER.sub(_rounded, part.group()), text)
    text = re.sub(r"\s*\n\s*", " ", text)
    text = re.sub(r"> +<", "><", text)
    # a glyph's place says the same as its translation; its unit is less than a tenth of a point
    text = re.sub(r'(<use [^>]*)transform="translate\((\S+) 0\)"', lambda use: f'{use[1]}x="{float(use[2]):.0f}"', text)
    text = text.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    text = re.sub(r' d="[^"]*"', lambda path: re.sub(r" ?([MLQCZz]) ?", r"\1", path.group()), text)
    return _classes(_flat(_short_names(_without_blanks(text)))).strip()


def _without_blanks(text: str) -> str:
    """Drop the glyphs of spaces, which have no outline."""
    for name in re.findall(r'<path id="([^"]+)"(?: transform="[^"]*")?/>', text):
        text = re.sub(rf'<use href="#{re.escape(name)}"[^>]*/>', "", text)
    return text


def _classes(text: str) -> str:
    """Write styles that stand often once, in the style sheet of the picture."""
    often = [said for said, count in Counter(re.findall(r'style="([^"]*)"', text)).items() if count > 2]
    for place, said in enumerate(often):
        text = text.replace(f'style="{said}"', f'class="c{place:x}"')
    sheet = "".join(f".c{place:x}{{{said}}}" for place, said in enumerate(often))
    return text.replace("</style>", f"{sheet}</style>", 1)


def _short_names(text: str) -> str:
    """Drop names that nothing refers to and shorten the others."""
    used = dict.fromkeys(re.findall(r'(?:href="|url\()#([^")]+)', text))
    short = {name: f"{place:x}" for place, name in enumerate(used)}
    text = re.sub(r' id="([^"]*)"', lambda at: f' id="g{short[at[1]]}"' if at[1] in short else "", text)
    return re.sub(r'(href="|url\()#([^")]+)', lambda at: f"{at[1]}#g{short[at[2]]}", text)


def _flat(text: str) -> str:
    """Drop groups that carry nothing."""
    kept: list[bool] = []

    def one(tag: re.Match[str]) -> str:
        if tag[0] == "</g>":
            return "</g>" if kept.pop() else ""
        if not tag[0].endswith("/>"):
            kept.append(bool(tag[1]))
        return tag[0] if tag[1] and not tag[0].endswith("/>") else ""

    return re.sub(r"<g( [^>]*?)?/?>|</g>", one, text)


def _rounded(found: re.Match[str]) -> str:
    """Keep hundredths of a point; scales below 1 need more."""
    value = float(found.group())
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) >= 1 else f"{value:.4f}".rstrip("0").rstrip(".")


def _named(source: str, title: str, description: str) -> str:
    words = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return re.sub(r"<svg ([^>]*)>", lambda tag: f'<svg role="img" {tag.group(1)}>{words}', source, count=1)
