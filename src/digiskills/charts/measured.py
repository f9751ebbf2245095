"""Widths and heights of texts, found once for all the figures and files that show the same text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_pdf import RendererPdf
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

METHOD = "get_text_width_height_descent"
RENDERERS = (RendererAgg, RendererPdf, TextToPath)
MOST = 20_000  # texts that are remembered
Size = tuple[float, float, float]
Measure = Callable[[Any, str, FontProperties, Any], Size]

_sizes: dict[tuple[object, ...], Size] = {}


@contextmanager
def remembered() -> Iterator[None]:
    """Let renderers ask for the size of a text only once; for drawings in the house style, which sets all they rest on.

    Each file of a figure has a renderer of its own, which measures every text anew, several times while panels are
    placed: a sixth of the time that figures take. A page's figures say much the same.
    """
    own = {renderer: (METHOD in vars(renderer), getattr(renderer, METHOD)) for renderer in RENDERERS}
    for renderer in RENDERERS:
        setattr(renderer, METHOD, _remembering(renderer))
    try:
        yield
    finally:
        for renderer, (is_own, measure) in own.items():
            if is_own:
                setattr(renderer, METHOD, measure)
            else:
                delattr(renderer, METHOD)


def _remembering(renderer: type) -> Measure:
    """Return a renderer's method with a memory; formulas are measured as they were."""
    measure: Measure = getattr(renderer, METHOD)

    @wraps(measure)
    def size(self: Any, text: str, font: FontProperties, ismath: Any) -> Size:
        """Return width, height and descent."""
        if ismath:
            return measure(self, text, font, ismath)
        key = renderer, getattr(self, "dpi", 0), text, font
        if key not in _sizes:
            if len(_sizes) >= MOST:
                _sizes.clear()
            # a copy, as the caller may change his
            _sizes[(*key[:3], font.copy())] = measure(self, text, font, ismath)
        return _sizes[key]

    return size
