"""Reads one sheet of an Excel workbook, every cell as text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import pandas as pd
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from digiskills.errors import Problem, StudyError, nearest
from digiskills.intake import limits
from digiskills.intake.delimited import header_problems
from digiskills.intake.received import ColumnMetadata, Received, code_text

# XML of real sheets shrinks ten- to thirtyfold; beyond these a workbook is a bomb or far too large for Excel.
LARGEST_UNPACKED_BYTES = 500 * 1024**2
LARGEST_RATIO = 200
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read(path: Path, sheet: str = "") -> Received:
    """Return one sheet of a workbook.

    Parameters
    ----------
    path : Path
        ``.xlsx`` or ``.xlsm`` (macros are never run).
    sheet : str
        Its name; may be left out where the workbook has one sheet.

    Returns
    -------
    Received
        One row per row below the first; text kept as it is ("1,0" stays "1,0"), numbers as codes ("1"),
        dates as ISO 8601.

    Raises
    ------
    StudyError
        If the workbook is encrypted, too large, no workbook, has no such sheet, or holds formulas
        without a stored result.
    """
    _check(path)
    try:
        rows = _rows(path, sheet)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile, ParseError, EOFError) as error:
        raise _unreadable(path, f"is no workbook that can be read: {error}", "save it again as .xlsx") from None
    frame = _frame(rows, path)
    return Received(frame, {str(name): ColumnMetadata() for name in frame.columns})


def _check(path: Path) -> None:
    """Refuse what is no plain workbook before any of it is unpacked."""
    limits.check_size(path)
    with path.open("rb") as file:
        start = file.read(8)
    if start == _OLE:
        encrypted = _ENCRYPTED in path.read_bytes()
        message = "is encrypted" if encrypted else "is an old Excel workbook (.xls)"
        raise _unreadable(path, message, "save it as .xlsx without a password")
    if not zipfile.is_zipfile(path):
        raise _unreadable(path, "is no Excel workbook", "save it as .xlsx, or declare its format in datapackage.json")
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
    # zipfile stops reading a part at the size that it declares, so these sizes bind.
    unpacked = sum(part.file_size for part in parts)
    if any(part.flag_bits & 1 for part in parts):
        raise _unreadable(path, "is encrypted", "save it without a password")
    if unpacked > LARGEST_UNPACKED_BYTES or unpacked > LARGEST_RATIO * max(path.stat().st_size, 1):
        raise limits.too_large(path, min(LARGEST_UNPACKED_BYTES, LARGEST_RATIO * path.stat().st_size), "unpacked bytes")


def _unreadable(path: Path, message: str, allowed: str) -> StudyError:
    return StudyError([Problem(path.name, None, None, None, message, allowed)])


def _rows(path: Path, sheet: str) -> list[list[str]]:
    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        name = _sheet(book.sheetnames, sheet, path)
        rows = [[code_text(cell) for cell in row] for row in _values(book[name])]
    finally:
        book.close()
    if _has_formulas(path):
        _refuse_unresolved(path, name, rows)
    return rows


def _values(worksheet: Any) -> Iterable[tuple[object, ...]]:
    if hasattr(worksheet, "reset_dimensions"):
        worksheet.reset_dimensions()  # some programs write a wrong size of the sheet
    rows: Iterable[tuple[object, ...]] = worksheet.iter_rows(values_only=True)
    return rows


def _sheet(names: list[str], wanted: str, path: Path) -> str:
    if wanted in names:
        return wanted
    if not wanted and len(names) == 1:
        return names[0]
    if not wanted:
        allowed = f"dialect.sheet in datapackage.json, one of {', '.join(names)}"
        raise StudyError([Problem(path.name, None, None, None, f"has {len(names)} sheets", allowed)])
    raise StudyError([Problem(path.name, None, "sheet", wanted, "is no sheet of it", nearest(wanted, names))])


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as packed:
        sheets = [part for part in packed.namelist() if part.startswith("xl/worksheets/")]
        return any(b"<f>" in packed.read(part) or b"<f " in packed.read(part) for part in sheets)


def _refuse_unresolved(path: Path, sheet: str, rows: list[list[str]]) -> None:
    """Refuse formulas that were never calculated: their cells would silently read as empty."""
    book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    problems = [
        Problem(
            path.name,
            number,
            f"number {place + 1}",
            None,
            "is a formula without a result",
            "open and save it in Excel",
        )
        for number, cells in enumerate(_values(book[sheet]), start=1)
        for place, cell in enumerate(cells)
        if isinstance(cell, str) and cell.startswith("=") and not rows[number - 1][place]
    ]
    book.close()
    if problems:
        raise StudyError(problems)


def _frame(rows: list[list[str]], path: Path) -> pd.DataFrame:
    while rows and not any(rows[-1]):
        rows.pop()  # formatted but empty rows at the end of the sheet
    if not rows:
        raise _unreadable(path, "holds an empty sheet", "a header and one row per respondent")
    width = max(place + 1 for row in rows for place, cell in enumerate(row) if cell)
    square = [(row + [""] * width)[:width] for row in rows]
    problems = header_problems(square[0], path.name)
    problems += [
        Problem(path.name, number, None, None, "is an empty row", "delete it")
        for number, row in enumerate(square, start=1)
        if not any(row)
    ]
    if problems:
        raise StudyError(problems)
    return pd.DataFrame(square[1:], columns=square[0], dtype="str")
