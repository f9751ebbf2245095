"""Workbooks read back cell by cell: no number that its table does not have, none in a withheld row."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from digiskills.release.collected import Found
from digiskills.tables.sheet import WITHHELD
from digiskills.tables.workbook import LONGEST_NAME

DIGITS = 9
Row = tuple[Any, ...]


def read_back(folder: Path, study: str, tables: Iterable[Found]) -> list[str]:
    """Return what the workbooks of a build hold that the tables of their exhibits do not.

    Parameters
    ----------
    folder : Path
        Where ``site`` is.
    study : str
        Name of the study.
    tables : iterable of Found
        Every published table.

    Returns
    -------
    list of str
        One line per worksheet and finding.
    """
    by_sheet: dict[str, set[float]] = {}
    for found in tables:
        if not found.scope:
            numbers = found.frame.select_dtypes(["number", "bool"]).to_numpy(float).ravel()
            by_sheet.setdefault(found.id[:LONGEST_NAME], set()).update(_rounded(numbers.tolist()))
    faults: list[str] = []
    for file in sorted((folder / "site" / study).rglob("*.xlsx")):
        book = load_workbook(file, read_only=True, data_only=True)
        for sheet in book:
            where = f"{file.relative_to(folder)}: worksheet ‘{sheet.title}’"
            known = by_sheet.get(sheet.title)
            faults += _faults(where, sheet.iter_rows(values_only=True), known)
            faults += [f"{where} is hidden"] if sheet.sheet_state != "visible" else []
    return faults


def _faults(where: str, rows: Iterable[Row], known: set[float] | None) -> Iterator[str]:
    for row in rows:
        numbers = [cell for cell in row if isinstance(cell, int | float)]
        strange = [value for value in numbers if known is not None and not _rounded([value]) <= known]
        if numbers and WITHHELD in row:
            yield f"{where} holds {numbers[0]:g} in a withheld row"
        elif strange:
            yield f"{where} holds {strange[0]:g}, which its table does not"


def _rounded(values: Iterable[float]) -> set[float]:
    return {float(f"{value:.{DIGITS}g}") for value in values if math.isfinite(value)}
