"""Reads SPSS files: codes as written, with labels and declared missing values beside them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat

from digiskills.errors import Problem, StudyError
from digiskills.intake import limits
from digiskills.intake.received import ColumnMetadata, Received, code_text

_START = (b"$FL2", b"$FL3")


def read(path: Path) -> Received:
    """Return an SPSS file.

    Parameters
    ----------
    path : Path
        ``.sav`` or ``.zsav``.

    Returns
    -------
    Received
        One row per case. Numbers are codes ("1" for 1.0); values that the file declares as missing stay
        in the frame and are named in the metadata; system-missing is "".

    Raises
    ------
    StudyError
        If the file is no SPSS file, damaged or too large.
    """
    limits.check_size(path)
    with path.open("rb") as file:
        if file.read(4) not in _START:
            raise StudyError([Problem(path.name, None, None, None, "is no SPSS file", "a .sav or .zsav file")])
    try:
        _check_cells(path)
        raw, about = pyreadstat.read_sav(path, user_missing=True, apply_value_formats=False)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OverflowError) as error:
        message = f"cannot be read as SPSS: {error}"
        raise StudyError([Problem(path.name, None, None, None, message, "save it again in SPSS")]) from None
    frame = pd.DataFrame({name: _codes(raw[name]) for name in raw.columns}, columns=raw.columns, dtype="str")
    return Received(frame, {name: _metadata(name, about) for name in raw.columns}, first_row=1)


def _check_cells(path: Path) -> None:
    """Refuse more cells than memory holds; compressed files can promise millions of cases in few bytes."""
    _, about = pyreadstat.read_sav(path, metadataonly=True)
    if (about.number_rows or 0) * (about.number_columns or 0) > limits.LARGEST_CELLS:
        raise limits.too_large(path, limits.LARGEST_CELLS, "cells")


def _codes(column: pd.Series) -> list[str]:
    """Return codes as text; each different value is written once, so that long files read fast."""
    places, values = pd.factorize(column.to_numpy(), use_na_sentinel=True)
    words = np.array([*(_text(value) for value in values), ""], dtype=object)
    return list(words[places])


def _text(value: object) -> str:
    if isinstance(value, np.datetime64):
        return code_text(pd.Timestamp(value))
    if isinstance(value, datetime.time):
        return value.isoformat()
    return code_text(value.item() if isinstance(value, np.generic) else value)


def _metadata(name: str, about: Any) -> ColumnMetadata:
    ranges: Sequence[Mapping[str, Any]] = about.missing_ranges.get(name, [])
    labels = about.variable_value_labels.get(name, {})
    return ColumnMetadata(
        label=about.column_names_to_labels.get(name) or "",
        value_labels={_text(code): str(words) for code, words in labels.items()},
        missing_values=tuple(_text(part["lo"]) for part in ranges if part["lo"] == part["hi"]),
        missing_ranges=tuple((float(part["lo"]), float(part["hi"])) for part in ranges if part["lo"] != part["hi"]),
    )
