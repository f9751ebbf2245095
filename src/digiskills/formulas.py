"""Texts that a spreadsheet would take for formulas when it opens a CSV file, and the sign that keeps them texts."""

from __future__ import annotations

import re

import pandas as pd

SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet would run; a number may begin so, too."""
GUARD = "'"
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?(e[-+]?\d+)?", re.ASCII | re.IGNORECASE)
_RISKY = re.compile(r"'*[=+\-@\t\n]")
_GUARDED = re.compile(r"''*[=+\-@\t\n]")


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts are none that a spreadsheet would take for formulas.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any; its columns of numbers, and numbers written as text, stay as they are.

    Returns
    -------
    pandas.DataFrame
        An apostrophe stands before each text or name of a column that begins with one of `SIGNS`, or with apostrophes
        before one. Line ends within a text are single: what writes CSV puts no quotation marks around a carriage
        return, after which a spreadsheet would begin a new row.
    """
    texts = {name: _texts(frame[name]) for name in frame if not pd.api.types.is_numeric_dtype(frame[name])}
    safe = {str(name): cells.map(_guard) for name, cells in texts.items()}
    changed = {name: cells for name, cells in safe.items() if not cells.equals(texts[name])}
    return frame.assign(**changed).rename(columns=_guard)


def unguarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table without the apostrophes that `guarded` set.

    Parameters
    ----------
    frame : pandas.DataFrame
        As read from a file.

    Returns
    -------
    pandas.DataFrame
        The texts and names as they were, but for carriage returns.
    """
    texts = {name: _texts(frame[name]) for name in frame if not pd.api.types.is_numeric_dtype(frame[name])}
    signed = {name: cells for name, cells in texts.items() if cells.map(_is_guarded).any()}
    bare = {str(name): cells.map(_unguard).astype(frame[name].dtype) for name, cells in signed.items()}
    return frame.assign(**bare).rename(columns=_unguard)


def _texts(column: pd.Series) -> pd.Series:
    return column.astype("object")


def _is_guarded(cell: object) -> bool:
    return isinstance(cell, str) and bool(_GUARDED.match(cell))


def _guard(cell: object) -> object:
    """Return a text that is no formula; what is no text, and a number written as text, stay."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    return f"{GUARD}{text}" if _RISKY.match(text) and not _NUMBER.fullmatch(text) else text


def _unguard(cell: object) -> object:
    return str(cell).removeprefix(GUARD) if _is_guarded(cell) else cell
