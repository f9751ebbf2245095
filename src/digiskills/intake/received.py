"""What a reader hands on: the answers as written, and what the file says about its columns."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class ColumnMetadata:
    """What a file says about one column; empty where it says nothing.

    Parameters
    ----------
    label : str
        The question's text.
    value_labels : mapping of str to str
        Words of each code.
    missing_values : tuple of str
        Codes that the file declares as missing. They are still in the frame.
    missing_ranges : tuple of (float, float)
        Ranges of codes declared as missing, ends included. They are still in the frame.
    source_id : str
        The collecting system's own name of the column.
    """

    label: str = ""
    value_labels: Mapping[str, str] = field(default_factory=dict)
    missing_values: tuple[str, ...] = ()
    missing_ranges: tuple[tuple[float, float], ...] = ()
    source_id: str = ""


@dataclass(frozen=True, repr=False)
class Received:
    """A file as received.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per respondent (or per row of a table); text or code throughout, an empty cell is "".
    metadata : mapping of str to ColumnMetadata
        By column; every column has an entry.
    first_row : int
        Number in the file of the frame's first row, for messages (2 below one header row).
    """

    frame: pd.DataFrame
    metadata: Mapping[str, ColumnMetadata]
    first_row: int = 2

    def __repr__(self) -> str:
        """Shape and columns; never a row."""
        columns = ", ".join(str(name) for name in self.frame.columns[:8])
        more = ", …" if len(self.frame.columns) > 8 else ""
        return f"Received({len(self.frame)} rows, {len(self.frame.columns)} columns: {columns}{more})"


def code_text(value: object) -> str:
    """Return a code as text, the same from every format.

    Parameters
    ----------
    value : object
        A number, text, truth value, date or nothing.

    Returns
    -------
    str
        "1" for 1.0, "1.5" for 1.5, text untouched, dates as ISO 8601, "" for nothing.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NaT:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # Beyond 2**53 a float no longer names one integer: leave its own spelling.
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(float(value))
    if hasattr(value, "isoformat"):
        text = str(value.isoformat())
        return text.removesuffix("T00:00:00")
    return str(value)
