"""A released table as one worksheet holds it: lines above, one header row, words as words and numbers as numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from digiskills import words
from digiskills.disclosure import JOINT, Released
from digiskills.tables import columns
from digiskills.tables.grid import labelled, named, numbered
from digiskills.tables.written import written

WITHHELD, ABSENT = "[c]", "[x]"
"""Shorthand of the British Government Statistical Service: confidential, not available."""
SAID = ("quadrant", "differs", "is_headline", "same_items", "surely_small", "farthest_choice", "size", "note")
"""Columns that hold words."""
SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-ZÀÂÉÈÊÎÔÙÛÇ«“])")


@dataclass(frozen=True)
class Cell:
    """A value and how a spreadsheet shows it; the value itself is never rounded."""

    value: str | float
    format: str = "General"


@dataclass(frozen=True)
class Sheet:
    """One worksheet.

    Parameters
    ----------
    name : str
        Exhibit id.
    title : str
        In its first cell.
    lines : tuple of str
        Below the title: what the table shows, on what it rests, what shorthand it holds.
    header : tuple of str
        All different.
    rows : tuple of tuple of Cell
        As wide as the header; no cell is empty.
    """

    name: str
    title: str
    lines: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def shorthand(self) -> tuple[str, ...]:
        """The shorthand that its cells hold."""
        held = {cell.value for row in self.rows for cell in row}
        return tuple(sign for sign in (WITHHELD, ABSENT) if sign in held)


def sheet(name: str, released: Released) -> Sheet:
    """Return the worksheet of a released table.

    Parameters
    ----------
    name : str
        Exhibit id.
    released : Released
        Any released table.

    Returns
    -------
    Sheet
        One row per row of the table. Both ends of an interval have a column; marks on numbers stand in a last column
        as notes with numbers.
    """
    if released.evidence == JOINT:
        return _side_by_side(name, released)
    heads, numbers = named(released), _ends(released)
    notes = words.footnotes(released)
    header = [*heads.values(), *numbers.values(), *([words.text("sheet.notes", released.language)] if notes else [])]
    rows = []
    for _, row in labelled(released).iterrows():
        cells = [Cell(str(row[name])) for name in heads]
        cells += [_cell(released, row, name) for name in numbers]
        rows.append((*cells, *([_noted(released, row)] if notes else [])))
    made = Sheet(name, words.title(released), (), _different(header), tuple(rows))
    return Sheet(made.name, made.title, _lines(released, made.shorthand), made.header, made.rows)


def _side_by_side(name: str, released: Released) -> Sheet:
    """Return the worksheet of a table of several kinds of evidence, with the columns of its CSV file.

    What a row is differs from part to part, so no header in words would be right for a whole column.
    """
    frame = released.frame.drop(columns=["withheld"])
    frame = frame.loc[:, [bool((frame[column].notna() & frame[column].ne("")).any()) for column in frame]]
    gone = [bool(why) for why in released.frame["withheld"].fillna("")]
    values = frame.itertuples(index=False, name=None)
    rows = [tuple(_side_cell(each, hidden) for each in row) for row, hidden in zip(values, gone, strict=True)]
    header = tuple(str(column) for column in frame)
    made = Sheet(name, words.title(released), (), header, tuple(rows))
    return Sheet(made.name, made.title, _lines(released, made.shorthand), made.header, made.rows)


def _side_cell(value: object, hidden: bool) -> Cell:
    """Return a number as a number, words as words; a dash where a column does not apply to a row."""
    if isinstance(value, int | float) and not pd.isna(value):
        return Cell(float(value))
    if pd.isna(value):  # type: ignore[call-overload]
        return Cell(WITHHELD if hidden else words.NO_NUMBER)
    return Cell(str(value) or words.NO_NUMBER)


def _lines(released: Released, shorthand: Sequence[str]) -> tuple[str, ...]:
    """Return what stands above a table."""
    language = released.language
    lines = SENTENCE.split(words.caption(released))
    lines.append(words.text("exhibit.evidence", language, mark=words.text(f"mark.{words.source(released)}", language)))
    lines.append(words.text("sheet.one_table", language))
    told = {sign: words.text(f"shorthand.{sign[1]}", language) for sign in shorthand}
    lines += [words.text("sheet.said", language, label=sign, value=value) for sign, value in told.items()]
    return tuple(lines)


def _ends(released: Released) -> dict[str, str]:
    """Return the columns of numbers with their headers, an interval as its two ends."""
    found: dict[str, str] = {}
    for name, label in numbered(released).items():
        high = {"low": "high", "lowest": "highest"}.get(name, f"{name.removesuffix('low')}high")
        if name in ("low", "lowest") or name.endswith("_low"):
            found[name] = words.text("sheet.low", released.language, interval=label)
            found[high] = words.text("sheet.high", released.language, interval=label)
        else:
            found[name] = label
        if name == "estimate" and "se" in released.frame and released.frame["se"].notna().any():
            found["se"] = words.text("sheet.se", released.language)
    return found


def _different(header: Sequence[str]) -> tuple[str, ...]:
    """Return headers that are all different, as a marked-up table needs them."""
    found: list[str] = []
    for label in header:
        count = sum(known == label or known.startswith(f"{label} (") for known in found)
        found.append(f"{label} ({count + 1})" if label in found else label)
    return tuple(found)


def _cell(released: Released, row: pd.Series, name: str) -> Cell:
    """Return a number as released, or the shorthand for why there is none."""
    value = row[name]
    if row["withheld"]:
        return Cell(WITHHELD)
    if pd.isna(value):
        return Cell(ABSENT)
    if name in SAID or isinstance(value, str):
        return Cell(written(released, row, name))
    number = float(value)
    return Cell(int(number) if number.is_integer() else number, _format(released, row, name))


def _format(released: Released, row: pd.Series, name: str) -> str:
    """Return how a number is shown: counts with their thousands, shares in per cent, all else as it is."""
    if name in (*columns.COUNTS, *columns.PLANNED):
        return "#,##0"
    measured = row["measure"] if "measure" in row else words.measure(released)
    is_value = name in ("estimate", "low", "high", "se", "standardized", "standardized_low", "standardized_high")
    if is_value and words.form(str(measured)) is words.percent and "coefficient" not in row:
        return "0.0%"
    return "#,##0" if is_value and (measured == "people_short" or released.kind == "respondents") else "General"


def _noted(released: Released, row: pd.Series) -> Cell:
    """Return the numbers of the notes on a row."""
    signs = [
        words.text("sheet.note", released.language, n=str(note_number(sign))) for sign in words.mark(released, row)
    ]
    return Cell(" ".join(f"[{sign}]" for sign in signs) or words.text("sheet.no_note", released.language))


def note_number(mark: str) -> int:
    """Return the number of the note that a mark stands for.

    Parameters
    ----------
    mark : str
        Of `digiskills.words.MARKS`.

    Returns
    -------
    int
        From 1, gravest first, the same in every workbook.
    """
    return list(words.MARKS.values()).index(mark) + 1
