"""Reads Qualtrics exports: names, question texts and import ids stand above the answers."""

from __future__ import annotations

import json
from pathlib import Path

from digiskills.errors import Problem, StudyError
from digiskills.intake import delimited
from digiskills.intake.received import ColumnMetadata, Received

FIRST_ROW = 4  # below names, texts and import ids


def read(path: Path, encoding: str = "", delimiter: str = "") -> Received:
    """Return a Qualtrics export.

    Parameters
    ----------
    path : Path
        CSV or TSV, packed with gzip or not, with three header rows.
    encoding, delimiter : str
        As the passport says.

    Returns
    -------
    Received
        One row per response; metadata keep the question's text and its import id.

    Raises
    ------
    StudyError
        If the two rows below the names are not those of an export.
    """
    return split(delimited.read(path, encoding, delimiter), path.name)


def split(received: Received, file: str) -> Received:
    """Return the responses apart from the two rows that describe them.

    Parameters
    ----------
    received : Received
        As `delimited.read` gives it: texts and import ids are its first two rows.
    file : str
        For messages.

    Returns
    -------
    Received
        One row per response.

    Raises
    ------
    StudyError
        If the two rows are not those of an export.
    """
    frame = received.frame
    if not is_export(received):
        allowed = 'a third row of {"ImportId": …}; otherwise declare format csv'
        raise StudyError([Problem(file, 3, None, None, "is not the third header row of Qualtrics", allowed)])
    metadata = {
        str(name): ColumnMetadata(label=str(frame[name].iloc[0]), source_id=_import_id(frame[name].iloc[1]))
        for name in frame.columns
    }
    return Received(frame.iloc[2:].reset_index(drop=True), metadata, FIRST_ROW)


def is_export(received: Received) -> bool:
    """Return whether a delimited file carries the header rows of Qualtrics.

    Parameters
    ----------
    received : Received
        As `delimited.read` gives it.

    Returns
    -------
    bool
        True where the second row below the names holds import ids.
    """
    frame = received.frame
    return len(frame) >= 2 and len(frame.columns) > 0 and all(_import_id(cell) for cell in frame.iloc[1])


def _import_id(cell: object) -> str:
    try:
        given = json.loads(str(cell))
    except (ValueError, RecursionError):
        return ""
    return str(given.get("ImportId", "")) if isinstance(given, dict) else ""
