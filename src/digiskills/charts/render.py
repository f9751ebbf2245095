"""A drawing as SVG, PDF and PNG in one pass: the same bytes for the same drawing, and words for screen readers.

The figure is laid out and measured once; then each renderer draws it once, into the box that was measured. Saving
with a tight box would draw everything twice for each of the three.
"""

from __future__ import annotations

import gc
import io
import json
import math
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib

# loaded ahead, so that a process made from a prepared one need not
import matplotlib.backends.backend_pdf
import matplotlib.backends.backend_svg
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.layout_engine import LayoutEngine
from matplotlib.transforms import Bbox

from digiskills.charts.embedded import outlines_only
from digiskills.charts.house import MARGIN, Drawing, style
from digiskills.charts.lean import lean
from digiskills.charts.measured import remembered
from digiskills.errors import UsageError

PRINT = 200  # dots per inch of the PNG
KINDS = (".svg", ".pdf", ".png")
_BARE = {"Date": None, "Creator": None, "Format": None, "Type": None}


@dataclass(frozen=True)
class Said:
    """What a picture file says of itself.

    Parameters
    ----------
    identity : str
        Exhibit id; also salts the names inside an SVG, so that they are the same in every run.
    title, description : str
        Read by screen readers where the format lets them.
    about : mapping
        Study, parameters, data digest, code version and the like, as in the exhibit's JSON file.
    """

    identity: str
    title: str
    description: str
    about: Mapping[str, Any]

    @property
    def origin(self) -> str:
        """Id and origin in one line of JSON."""
        return json.dumps({"id": self.identity, **self.about}, ensure_ascii=False, default=str)


def pictures(drawing: Drawing, said: Said, kinds: Sequence[str] = KINDS) -> dict[str, bytes]:
    """Return the picture files of a drawing, all of one layout and one box.

    Parameters
    ----------
    drawing : Drawing
        Laid out or not.
    said : Said
        What each file says of itself.
    kinds : sequence of str
        Of `KINDS`.

    Returns
    -------
    dict of suffix to bytes
        In the order given.
    """
    write = {".svg": svg, ".pdf": pdf, ".png": png}
    with _undisturbed(), remembered():
        box = freeze(drawing)
        return {kind: write[kind](drawing, said, box) for kind in kinds}


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off the search for garbage: drawing makes many objects that all stay until its end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def tight_box(drawing: Drawing) -> Bbox:
    """Return the box in inches that everything drawn fills; lays the figure out once and keeps that layout.

    Parameters
    ----------
    drawing : Drawing
        Laid out or not.

    Returns
    -------
    Bbox
        What saving with a tight box and no padding would cut to.
    """
    figure = drawing.figure
    with style():
        # the engine measures with it, too
        renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
        engine = figure.get_layout_engine()
        if engine is not None:
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)  # said where words leave no room for a panel
                _lay_out(drawing, engine)
            # an engine that is left in place would lay out and draw once more before each drawing
            figure.set_layout_engine(None)
        box: Bbox = figure.get_tightbbox(renderer)
    return box


def _lay_out(drawing: Drawing, engine: LayoutEngine) -> None:
    """Find the places of panels and words.

    Raises
    ------
    UsageError
        If the words leave no room for the marks.
    """
    try:
        engine.execute(drawing.figure)
    except UserWarning as problem:
        raise UsageError(
            f"{drawing.kind}: its words leave no room for the marks, so they cannot be read; shorten the labels, show "
            "fewer groups with `only`, or draw the table with heatmap"
        ) from problem


def freeze(drawing: Drawing) -> Bbox:
    """Return the box in inches that every file of a drawing shows; lays the figure out once.

    Parameters
    ----------
    drawing : Drawing
        Laid out or not.

    Returns
    -------
    Bbox
        The figure's whole width, so that it has the width asked for in print, and the house's margin above and below
        what is drawn; wider only where something would be cut. Its sides lie on dots of the PNG.
    """
    drawn, width = tight_box(drawing), drawing.figure.get_figwidth()
    low, high = drawn.y0 - MARGIN, drawn.y1 + MARGIN
    return Bbox.from_extents(
        math.floor(min(drawn.x0, 0) * PRINT) / PRINT,
        math.floor(low * PRINT) / PRINT,
        math.ceil(round(max(drawn.x1, width) * PRINT, 6)) / PRINT,
        math.ceil(high * PRINT) / PRINT,
    )


def _save(
    drawing: Drawing, kind: str, box: Bbox | None, dots: float, metadata: Mapping[str, Any], **more: Any
) -> bytes:
    """Draw once into a box, or the whole figure."""
    raw = io.BytesIO()
    drawing.figure.savefig(raw, format=kind, bbox_inches=box, dpi=dots, metadata=dict(metadata), **more)
    return raw.getvalue()


def svg(drawing: Drawing, said: Said, box: Bbox | None = None) -> bytes:
    """Return the drawing as SVG with its title and description.

    Parameters
    ----------
    drawing : Drawing
        Laid out.
    said : Said
        What the file says of itself.
    box : Bbox, optional
        What it shows, in inches; the whole figure by default.

    Returns
    -------
    bytes
        UTF-8; text as outlines, so that it looks the same everywhere.
    """
    with style(), matplotlib.rc_context({"svg.hashsalt": said.identity}):
        raw = _save(drawing, "svg", box, 72, _BARE)
    return _named(lean(raw.decode()), said).encode()


def pdf(drawing: Drawing, said: Said, box: Bbox | None = None) -> bytes:
    """Return the drawing as PDF with its fonts inside, as outlines that printers and journals take (type 42).

    Parameters
    ----------
    drawing : Drawing
        Laid out.
    said : Said
        What the file says of itself.
    box : Bbox, optional
        What it shows, in inches; the whole figure by default.

    Returns
    -------
    bytes
        One page without a date; its text can be searched and copied.
    """
    maker = f"digiskills {said.about.get('code_version', '')}".strip()
    info = {"Title": said.title, "Subject": said.description, "Keywords": said.origin}
    with style(), matplotlib.rc_context({"pdf.fonttype": 42}), outlines_only():
        return _save(drawing, "pdf", box, 72, {**info, "Creator": maker, "Producer": maker, "CreationDate": None})


def png(drawing: Drawing, said: Said | None = None, box: Bbox | None = None) -> bytes:
    """Return the drawing as PNG at 200 dots per inch, without a note on the program that wrote it.

    Parameters
    ----------
    drawing : Drawing
        Laid out or not.
    said : Said, optional
        What the file says of itself; nothing by default.
    box : Bbox, optional
        What it shows, in inches; the whole figure by default.

    Returns
    -------
    bytes
        The picture.
    """
    words = {"Title": said.title, "Description": said.description, "Comment": said.origin} if said else {}
    with style():
        # level 3 makes drawings smaller than level 6 does, in less time
        return _save(drawing, "png", box, PRINT, {"Software": None, **words}, pil_kwargs={"compress_level": 3})


def _named(source: str, said: Said) -> str:
    """Add what screen readers say, and where the picture comes from."""
    words = f"<title>{escape(said.title)}</title><desc>{escape(said.description)}</desc>"
    words += f"<metadata>{escape(said.origin, quote=False)}</metadata>"
    return re.sub(r"<svg ([^>]*)>", lambda tag: f'<svg role="img" {tag.group(1)}>{words}', source, count=1)
