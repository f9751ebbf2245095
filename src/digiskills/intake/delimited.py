"""Reads CSV and TSV files, every cell as it is written."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

from digiskills.errors import Problem, StudyError, nearest
from digiskills.intake import limits
from digiskills.intake.received import ColumnMetadata, Received

MOST_PROBLEMS = 50  # a file with the wrong delimiter would otherwise fill the screen
_SUGGESTED = ("utf-8", "windows-1252", "utf-16")


def read(path: Path, encoding: str = "", delimiter: str = "") -> Received:
    """Return a delimited text file, every cell as text.

    Parameters
    ----------
    path : Path
        ``.csv``, ``.tsv`` or either with ``.gz``.
    encoding : str
        As the passport says; UTF-8 (with or without byte order mark) where it says nothing.
    delimiter : str
        As the passport says; a tab for ``.tsv`` and a comma otherwise where it says nothing.

    Returns
    -------
    Received
        One row per row of the file; the header kept as it is.

    Raises
    ------
    StudyError
        With every ragged row and duplicated or empty header, or the place where the encoding fails.
    """
    delimiter = delimiter or _usual_delimiter(path)
    text = decoded(limits.contents(path), path.name, encoding or "utf-8")
    frame = table(text, path.name, delimiter)
    return Received(frame, {str(name): ColumnMetadata() for name in frame.columns})


def decoded(data: bytes, file: str, encoding: str) -> str:
    """Return a file's text, or say where its bytes are not in the declared encoding.

    Parameters
    ----------
    data : bytes
        The file.
    file : str
        Its name, for messages.
    encoding : str
        A text encoding that Python knows.

    Returns
    -------
    str
        The text without byte order mark.

    Raises
    ------
    StudyError
        If the encoding is not known, does not fit, or is plainly another one.
    """
    codec = _codec(encoding, file)
    if not data.strip():
        raise StudyError([Problem(file, None, None, None, "is empty", "a header and one row per respondent")])
    try:
        text = data.decode("utf-8-sig" if codec == "utf-8" else codec)
    except UnicodeDecodeError as error:
        raise StudyError([_undecodable(data, file, codec, error)]) from None
    if codec not in ("utf-8", "utf-8-sig") and _is_utf8_beyond_ascii(data):
        raise StudyError([Problem(file, None, None, None, f"reads as UTF-8, not as {encoding}", "encoding: utf-8")])
    if "\0" in text:
        raise StudyError(
            [Problem(file, None, None, None, "holds NUL characters", "encoding: utf-16, or fetch it again")]
        )
    return text


def table(text: str, file: str, delimiter: str) -> pd.DataFrame:
    """Return delimited text as a frame of text.

    Parameters
    ----------
    text : str
        The file's text.
    file : str
        Its name, for messages.
    delimiter : str
        One character.

    Returns
    -------
    pandas.DataFrame
        One row per row of the text below its header.

    Raises
    ------
    StudyError
        With every ragged row and every duplicated or empty name in the header.
    """
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise StudyError([Problem(file, None, None, delimiter, "is no delimiter", "one character, such as , or ;")])
    header = _header(text, file, delimiter)
    if _is_plain(text):
        try:
            return _fast(text, header, delimiter)
        except pa.ArrowInvalid:
            pass  # some row is ragged: the reader below finds which
    return _careful(text, header, file, delimiter)


def _usual_delimiter(path: Path) -> str:
    return "\t" if ".tsv" in [suffix.lower() for suffix in path.suffixes] else ","


def _codec(encoding: str, file: str) -> str:
    """Return Python's name of a text encoding; codecs that unpack or execute are no text encodings."""
    try:
        codec = codecs.lookup(encoding)
    except (LookupError, ValueError):
        codec = None
    if codec is None or not getattr(codec, "_is_text_encoding", False):
        allowed = nearest(encoding, _SUGGESTED)
        raise StudyError([Problem(file, None, "encoding", encoding, "is no text encoding", allowed)])
    return codec.name


def _undecodable(data: bytes, file: str, codec: str, error: UnicodeDecodeError) -> Problem:
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return Problem(file, None, None, None, f"is not in {codec}", "encoding: utf-16")
    before = data[: error.start]
    row = before.count(b"\n") + 1
    line = data[before.rfind(b"\n") + 1 : error.start + 1].decode("latin-1")
    message = f"is not in {codec}: byte {data[error.start]:#04x} at character {len(line)} of the line"
    value = _word_at(data, error.start)
    return Problem(file, row, None, value, message, "declare the encoding in datapackage.json, often windows-1252")


def _word_at(data: bytes, place: int) -> str | None:
    """Return the word that holds a byte, as it would read in windows-1252."""
    parted = re.compile(rb"[\s,;|\"]")
    before = parted.split(data[max(place - 30, 0) : place])[-1]
    after = parted.split(data[place : place + 30])[0]
    return (before + after).decode("windows-1252", errors="replace") or None


def _is_utf8_beyond_ascii(data: bytes) -> bool:
    """Return whether bytes are UTF-8 with accents: such bytes hardly ever arise in another encoding."""
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _header(text: str, file: str, delimiter: str) -> list[str]:
    try:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration) as error:
        raise StudyError([Problem(file, 1, None, None, f"is no header: {error}")]) from None
    other = next((sign for sign in ";\t,|" if sign != delimiter and header and sign in header[0]), "")
    if len(header) == 1 and other:
        allowed = f"dialect.delimiter in datapackage.json, perhaps ‘{other}’"
        raise StudyError([Problem(file, 1, None, None, "has one column only", allowed)])
    problems = header_problems(header, file)
    if problems:
        raise StudyError(problems)
    return header


def header_problems(header: list[str], file: str) -> list[Problem]:
    """Return a problem for each empty or repeated name of a header.

    Parameters
    ----------
    header : list of str
        Names of columns.
    file : str
        For messages.

    Returns
    -------
    list of Problem
        Empty when each column has a name of its own.
    """
    if not header:
        return [Problem(file, 1, None, None, "is empty", "names of columns")]
    if len(header) > limits.MOST_COLUMNS:
        message = f"has {len(header):,} columns, more than {limits.MOST_COLUMNS:,}"
        return [Problem(file, 1, None, None, message, "a row per answer or coding in the place of a column")]
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for number, name in enumerate(header, start=1):
        if not name.strip():
            problems.append(Problem(file, 1, f"number {number}", None, "has no name", "a name in the header"))
        elif first.setdefault(name, number) != number:
            message = f"stands twice in the header, columns {first[name]} and {number}"
            problems.append(Problem(file, 1, f"number {number}", name, message, "a name of its own for each column"))
    return problems


def _is_plain(text: str) -> bool:
    """Return whether there is nothing on which two CSV readers could disagree: quotes, empty lines."""
    return not any(sign in text for sign in ('"', "\n\n", "\n\r", "\r\r")) and not text.startswith(("\n", "\r"))


def _fast(text: str, header: list[str], delimiter: str) -> pd.DataFrame:
    arrow = arrow_csv.read_csv(
        io.BytesIO(text.encode("utf-8")),
        read_options=arrow_csv.ReadOptions(column_names=header, skip_rows=1),
        parse_options=arrow_csv.ParseOptions(delimiter=delimiter, quote_char=False),
        convert_options=arrow_csv.ConvertOptions(
            column_types={name: pa.large_string() for name in header},
            null_values=[],
            strings_can_be_null=False,
        ),
    )
    return pd.DataFrame(arrow.to_pandas(), dtype="str")


def _careful(text: str, header: list[str], file: str, delimiter: str) -> pd.DataFrame:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row if row or len(header) > 1 else [""])
    except csv.Error as error:
        message = f"cannot be split into cells (line {reader.line_num}): {error}"
        raise StudyError([Problem(file, len(rows) + 1, None, None, message, "a closing quote")]) from None
    while rows and not any(rows[-1]) and len(rows[-1]) <= 1:
        rows.pop()  # empty lines at the end of the file
    ragged = [number for number, row in enumerate(rows, start=1) if len(row) != len(header)]
    if ragged:
        raise StudyError(_ragged(rows, ragged, len(header), file))
    return pd.DataFrame(rows[1:], columns=header, dtype="str")


def _ragged(rows: list[list[str]], ragged: list[int], width: int, file: str) -> list[Problem]:
    problems = []
    for number in ragged[:MOST_PROBLEMS]:
        found = len(rows[number - 1])
        message = f"has {found} cells" if found else "is an empty line"
        problems.append(Problem(file, number, None, None, message, f"{width} cells, as in the header"))
    if len(ragged) > MOST_PROBLEMS:
        message = f"has {len(ragged)} such rows in all"
        problems.append(Problem(file, None, None, None, message, "is the delimiter the declared one?"))
    return problems
