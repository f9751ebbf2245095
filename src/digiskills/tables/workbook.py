"""Released tables as one Excel workbook in the way governments publish them.

After the guidance «Releasing statistics in spreadsheets» of the British Government Analysis Function: a cover, contents
and notes, one table a sheet from the left edge, marked up, with one header row, no merged and no empty cells, no frozen
panes and no filters, shorthand in square brackets, and no colour that says anything.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from copy import copy
from typing import NamedTuple, cast
from weakref import WeakKeyDictionary

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.cell import Cell as Box
from openpyxl.styles import Alignment, Font
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from digiskills import formulas, words
from digiskills.disclosure import Released
from digiskills.tables.sheet import ABSENT, WITHHELD, Cell, Sheet, note_number, sheet

FONT = "Arial"
LEAST, MOST = 10, 50  # characters of a column
LONGEST_NAME = 31  # characters of a sheet's name, by Excel
EPOCH = datetime.datetime(1980, 1, 1)
"""The first date that a zip archive can hold."""
_CHANGED = re.compile(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def workbook(tables: Mapping[str, Released], about: Mapping[str, str] | None = None) -> bytes:
    """Return an Excel workbook with a cover, contents, notes and one sheet per table.

    Parameters
    ----------
    tables : mapping of exhibit id to Released
        Of one study and one language, in the order of the sheets.
    about : mapping of label to text, optional
        Further lines of the cover, such as the digest of the data.

    Returns
    -------
    bytes
        The same for the same tables: dates are that of the last wave, or none of today.
    """
    shown = list(tables.values())
    study, language = shown[0].study, shown[0].language
    sheets = [sheet(name, released) for name, released in tables.items()]
    names = sheet_names([each.name for each in sheets], language)
    book = Workbook()
    book.remove(book.worksheets[0])
    _cover(book, shown, about or {})
    _contents(book, sheets, names, language)
    _notes(book, language)
    for each, name in zip(sheets, names, strict=True):
        _fill(book.create_sheet(name), each.title, each.lines, each.header, each.rows, f"t_{each.name}")
    book.properties.title = _title(shown[0])
    book.properties.creator, book.properties.language = "digiskills", language
    book.properties.keywords = ", ".join(each.name for each in sheets)
    dates = [wave.date for wave in study.waves]
    return _steady(book, datetime.datetime.combine(max(dates), datetime.time()) if dates else EPOCH)


def sheet_names(ids: Sequence[str], language: str) -> list[str]:
    """Return names of sheets that Excel takes: up to 31 characters, all different.

    Parameters
    ----------
    ids : sequence of str
        Exhibit ids.
    language : str
        Of the three sheets that stand before them, whose names are taken.

    Returns
    -------
    list of str
        The ids, cut where they are too long.
    """
    taken = {words.text(f"sheet.{name}", language).lower() for name in ("cover", "contents", "notes")}
    found: list[str] = []
    for identity in ids:
        name, count = identity[:LONGEST_NAME], 1
        while name.lower() in taken:
            count += 1
            name = f"{identity[: LONGEST_NAME - len(str(count)) - 1]}~{count}"
        taken.add(name.lower())
        found.append(name)
    return found


def _title(released: Released) -> str:
    return words.text("sheet.title", released.language, study=released.study.title[released.language])


def _cover(book: Workbook, shown: Sequence[Released], about: Mapping[str, str]) -> None:
    """Write what the workbook is, and from what evidence."""
    first, language = shown[0], shown[0].language
    kinds = dict.fromkeys(kind for released in shown for kind in released.evidence_kinds)
    lines = [words.banner(kind, first.study, language) for kind in kinds]
    lines += [words.text(f"sheet.{name}", language) for name in ("about", "unrounded", "withheld")]
    lines += [words.text("sheet.said", language, label=label, value=value) for label, value in about.items()]
    page = book.create_sheet(words.text("sheet.cover", language))
    for place, line in enumerate([_title(first), *lines], start=1):
        _put(page, place, 1, Cell(line), wrap=True, heading=place == 1)
    page.column_dimensions["A"].width = 100


def _contents(book: Workbook, sheets: Sequence[Sheet], names: Sequence[str], language: str) -> None:
    """Write which table stands on which sheet, with links."""
    page = book.create_sheet(words.text("sheet.contents", language))
    header = [words.text(f"sheet.{name}", language) for name in ("worksheet", "table", "rows")]
    rows = [(Cell(name), Cell(each.title), Cell(len(each.rows))) for each, name in zip(sheets, names, strict=True)]
    top = _fill(page, words.text("sheet.contents", language), (), header, rows, "contents")
    for place, name in enumerate(names, start=top + 1):
        link = page.cell(place, 1)
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{name}'!A1", display=name)
        link.font = Font(name=FONT, size=12, underline="single", color="0563C1")
    page.column_dimensions["B"].width = 100


def _notes(book: Workbook, language: str) -> None:
    """Write what shorthand and notes with numbers mean."""
    page = book.create_sheet(words.text("sheet.notes", language))
    header = [words.text(f"sheet.{name}", language) for name in ("sign", "meaning")]
    rows = [(Cell(sign), Cell(words.text(f"shorthand.{sign[1]}", language))) for sign in (WITHHELD, ABSENT)]
    for name, mark in words.MARKS.items():
        sign = words.text("sheet.note", language, n=str(note_number(mark)))
        rows.append((Cell(f"[{sign}]"), Cell(words.text(f"reliability.{name}", language))))
    _fill(page, words.text("sheet.notes", language), (), header, rows, "notes")
    page.column_dimensions["B"].width = 100


def _fill(
    page: Worksheet,
    title: str,
    lines: Sequence[str],
    header: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    name: str,
) -> int:
    """Write a title, lines and a marked-up table below them; return the row of its header."""
    for place, line in enumerate([title, *lines], start=1):
        _put(page, place, 1, Cell(line), heading=place == 1)
    top = len(lines) + 2
    for place, row in enumerate([[Cell(label) for label in header], *rows], start=top):
        for column, cell in enumerate(row, start=1):
            _put(page, place, column, cell, wrap=True, heading=place == top)
    for column, label in enumerate(header, start=1):
        widest = max([len(label), *(len(str(row[column - 1].value)) for row in rows)], default=LEAST)
        page.column_dimensions[get_column_letter(column)].width = min(max(widest * 1.1 + 2, LEAST), MOST)
    table = Table(
        displayName=re.sub(r"\W", "_", name), ref=f"A{top}:{get_column_letter(len(header))}{top + max(len(rows), 1)}"
    )
    # columns that are given bring no filter buttons with them
    table.tableColumns = [TableColumn(id=place, name=label) for place, label in enumerate(header, start=1)]
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    page.add_table(table)
    return top


def _put(page: Worksheet, row: int, column: int, cell: Cell, *, wrap: bool = False, heading: bool = False) -> None:
    """Write a cell; what could be taken for a formula is text."""
    value = ILLEGAL_CHARACTERS_RE.sub("", cell.value) if isinstance(cell.value, str) else cell.value
    found = page.cell(row, column)
    assert isinstance(found, Box)
    found.value = value
    is_number = not isinstance(value, str) or value in (WITHHELD, ABSENT)
    look = Look(cell.format, 14 if heading and row == 1 else 12, heading, wrap, is_number, _is_formula(value))
    looks = LOOKS.setdefault(cast("Workbook", page.parent), {})
    if look in looks:
        # to compare fonts and alignments of each cell anew takes most of the time
        found._style = copy(looks[look])  # type: ignore[attr-defined]
    else:
        look.give(found)
        looks[look] = copy(found._style)  # type: ignore[attr-defined]
    if isinstance(value, str):
        found.data_type = "s"


def _is_formula(value: object) -> bool:
    return isinstance(value, str) and value.startswith(formulas.SIGNS)


class Look(NamedTuple):
    """How a cell looks."""

    format: str
    size: int
    bold: bool
    wrap: bool
    is_number: bool
    quoted: bool

    def give(self, cell: Box) -> None:
        """Make a cell look like this."""
        cell.number_format = self.format
        cell.font = Font(name=FONT, size=self.size, bold=self.bold)
        aside = "right" if self.is_number else None
        cell.alignment = Alignment(wrap_text=self.wrap, vertical="top", horizontal=aside)
        cell.quotePrefix = self.quoted


LOOKS: WeakKeyDictionary[Workbook, dict[Look, StyleArray]] = WeakKeyDictionary()
"""What each look is in a workbook."""


def _steady(book: Workbook, date: datetime.datetime) -> bytes:
    """Return the file with dates that do not change from run to run."""
    raw, steady = io.BytesIO(), io.BytesIO()
    book.save(raw)
    said = f"{date:%Y-%m-%dT%H:%M:%SZ}"
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(steady, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _CHANGED.sub(lambda tag: tag[1] + said, content.decode()).encode()
            target.writestr(zipfile.ZipInfo(entry.filename, EPOCH.timetuple()[:6]), content, zipfile.ZIP_DEFLATED, 6)
    return steady.getvalue()
