"""Reading received files whose encoding, delimiter and purpose nobody has declared yet."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from digiskills import intake
from digiskills.errors import Problem, StudyError, UsageError, slip_of
from digiskills.intake import limits, refi_qda
from digiskills.intake.passport import Resource
from digiskills.intake.received import ColumnMetadata
from digiskills.new_study.found import FoundFile

DELIMITERS = (",", ";", "\t", "|")
_WORKBOOKS = (".xlsx", ".xlsm")
_START_BYTES = 64 * 1024


@dataclass(frozen=True)
class Table:
    """A table that was read, with what its file says of its columns."""

    file: FoundFile
    columns: dict[str, ColumnMetadata] = field(default_factory=dict)


def read(given: Sequence[Path], tell: Callable[[str], None] = lambda text: None) -> list[Table]:
    """Return received files, told apart by what they hold.

    Parameters
    ----------
    given : sequence of Path
        Answers, their keys, a form, a project of coded passages.
    tell : callable
        Called with the name of each file before it is read.

    Returns
    -------
    list of Table
        Forms and projects without a frame.

    Raises
    ------
    UsageError
        If a file is not there, or two have one name.
    StudyError
        With what is wrong in every file.
    """
    _refuse_absent(given)
    tables: list[Table] = []
    problems: list[Problem] = []
    for path in given:
        tell(f"reading {path.name}")
        try:
            tables.append(_one(path))
        except StudyError as error:
            problems += error.problems
    if problems:
        raise StudyError(problems)
    return _keys_told_apart(tables)


def _refuse_absent(given: Sequence[Path]) -> None:
    wrong = []
    for path in given:
        if not path.is_file():
            meant = slip_of(path.name, [each.name for each in path.parent.glob("*")])
            wrong.append(f"there is no file ‘{path}’{f': did you mean ‘{meant}’?' if meant else ''}")
    names = [path.name for path in given]
    wrong += [f"two files are named ‘{name}’: rename one" for name in dict.fromkeys(names) if names.count(name) > 1]
    if wrong or not given:
        raise UsageError("\n".join(wrong) or "name a file with --from")


def _one(path: Path) -> Table:
    """Return one file, read as its name and first bytes suggest."""
    if path.suffix.lower() in (".qdpx", ".qde"):
        refi_qda.read(path)
        return Table(FoundFile(path, "project"))
    if path.suffix.lower() in _WORKBOOKS:
        sheets = _sheets(path)
        if {"survey", "choices"} <= {name.strip().lower() for name in sheets}:
            return Table(FoundFile(path, "form"))
    resource, guesses = _how_written(path)
    received = intake.read(path, resource)
    file = FoundFile(path, "answers", received.frame, resource.encoding, resource.delimiter, "", tuple(guesses))
    return Table(file, dict(received.metadata))


def _sheets(path: Path) -> list[str]:
    """Return the names of a workbook's sheets; a workbook that cannot be opened is told of by its reader."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, keep_links=False)
    except Exception:  # noqa: BLE001  the reader names what is wrong, such as a password
        return []
    names = list(book.sheetnames)
    book.close()
    return names


def _how_written(path: Path) -> tuple[Resource, list[str]]:
    """Return how a text file is to be read, and what of it is a guess."""
    resource = Resource(name=path.name, path=path.name)
    if not any(suffix.lower() in (".csv", ".txt", ".tsv") for suffix in path.suffixes):
        return resource, []
    limits.check_size(path)
    data, guesses = limits.contents(path), []
    if not data.strip():
        return resource, []  # the reader says that it is empty
    encoding = _encoding(data)
    if encoding != "utf-8":
        guesses.append(f"its bytes are not UTF-8, so {encoding} is taken as its encoding")
    delimiter = _delimiter(data[:_START_BYTES].decode(encoding, errors="replace"))
    usual = "\t" if ".tsv" in path.name.lower() else ","
    if delimiter not in ("", usual):
        guesses.append(f"its header is parted by {delimiter!r}")
    return replace(resource, encoding=encoding, delimiter="" if delimiter == usual else delimiter), guesses


def _encoding(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252" if not re.search(rb"[\x81\x8d\x8f\x90\x9d]", data) else "latin-1"
    return "utf-8"


def _delimiter(start: str) -> str:
    """Return the sign that parts the header into most names; empty where none does."""
    first = next((line for line in start.lstrip("\ufeff").splitlines() if line.strip()), "")
    widths = {sign: len(next(csv.reader([first], delimiter=sign), [])) for sign in DELIMITERS}
    best = max(widths, key=lambda sign: widths[sign])
    return best if widths[best] > 1 else ""


def _keys_told_apart(tables: list[Table]) -> list[Table]:
    """Return the tables, those marked as keys whose first column names columns of another table."""
    wide = [table for table in tables if table.file.frame is not None]
    if len(wide) < 2:
        return tables
    named = {str(name) for table in wide for name in table.columns if len(table.columns) > 3}
    return [replace(one, file=replace(one.file, holds="key")) if _is_key(one, named) else one for one in tables]


def _is_key(table: Table, named: set[str]) -> bool:
    """Tell whether a narrow table is about the columns of another: most of its first cells are their names."""
    frame = table.file.frame
    if frame is None or not 2 <= len(frame.columns) <= 6 or frame.empty:
        return False
    return bool(frame.iloc[:, 0].str.strip().isin(named).mean() > 0.5)
