"""Fonts inside a PDF: what draws their letters, and nothing of what sets type."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont

OUTLINES = {"head", "hhea", "hmtx", "maxp", "loca", "glyf", "cvt ", "fpgm", "prep"}
"""Tables of a TrueType font that a reader of PDF uses (ISO 32000-1, 9.9); letters are chosen and placed already."""


@contextmanager
def outlines_only() -> Iterator[None]:
    """Let fonts be put into a file without their tables for setting type.

    Most of the time that a PDF takes goes into unpacking rules for kerning, ligatures and names of letters, only to
    leave most of them out again.
    """
    load = subset.load_font

    def lean(*given: Any, **named: Any) -> TTFont:
        """Return a font with the tables that draw its letters; one of another kind as it is."""
        font = load(*given, **named)
        if "glyf" in font:
            for name in set(font.reader.keys()) - OUTLINES:
                del font[name]
        return font

    subset.load_font = lean
    try:
        yield
    finally:
        subset.load_font = load
