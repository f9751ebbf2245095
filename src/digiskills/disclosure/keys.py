"""What tells one row of a survey table from another."""

from __future__ import annotations

import pandas as pd

KEYS: tuple[str, ...] = ("item", "code", "answer", "measure", "term", "reference", "survey", "year", "choice", "option")
KEYS += ("cut", "right", "at_least", "short", "other")
KEYS += ("against", "part", "bands", "dimension", "category", "level")
KEYS += ("coefficient", "scale", "test", "outcome")
"""Columns that say what a row is, besides its dimensions; everything else goes where a cell is withheld."""


def keys_of(frame: pd.DataFrame, by: tuple[str, ...]) -> list[str]:
    """Return the columns that say what a row is.

    Parameters
    ----------
    frame : DataFrame
        An estimates frame.
    by : tuple of str
        Its dimensions.

    Returns
    -------
    list of str
        In the order of the frame.
    """
    return [str(name) for name in frame.columns if name in (*KEYS, *by)]


def cell_keys(frame: pd.DataFrame, by: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return for each row of an estimates frame what cell it is.

    Parameters
    ----------
    frame : DataFrame
        An estimates frame.
    by : tuple of str
        Its dimensions.

    Returns
    -------
    list of tuple of str
        The values of the columns that say what a row is.
    """
    names = keys_of(frame, by)
    return [tuple(row) for row in frame[names].astype(str).itertuples(index=False, name=None)]
