"""A questionnaire as an XLSForm workbook, for KoboToolbox, ODK and Survey123."""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from digiskills.codebook.items import Codebook, Item
from digiskills.codebook.xlsform import read
from digiskills.errors import Problem, StudyError

LABELS = {"en": "label::English (en)", "fr": "label::French (fr)"}
DEFAULT_LANGUAGE = "English (en)"
SURVEY = ("type", "name", *LABELS.values(), "relevant", "constraint")
MESSAGES = ("constraint_message::English (en)", "constraint_message::French (fr)")
OWN = ("role", "skill", "barrier", "reverse")
CHOICES = ("list_name", "name", *LABELS.values(), "missing", "score")
ALONE = (
    "This answer cannot stand beside another.",
    "Cette réponse ne peut pas être donnée avec une autre.",
)
# What is not asked: columns of the frame and of the sample, known before or made after.
NOT_ASKED = ("weight", "stratum", "cluster", "wave", "frame")
# Reasons that arise after the interview; nobody is offered them.
NOT_OFFERED = ("damaged", "not_asked", "skipped")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LAYOUT = re.compile(r"(begin|end)[ _](group|repeat)|note")


def form(folder: Path, title: str, identity: str) -> bytes:
    """Return a study's questionnaire as an XLSForm workbook.

    Parameters
    ----------
    folder : Path
        The study's ``codebook``.
    title : str
        Shown above the questions.
    identity : str
        The form's own name in a server.

    Returns
    -------
    bytes
        An ``.xlsx`` with the sheets survey, choices and settings, in English and French; the same bytes for the
        same codebook. Columns of the frame and the sample are hidden fields without a question.

    Raises
    ------
    StudyError
        With every name that a form cannot hold, and everything that is wrong with the codebook.
    """
    codebook = read(folder)
    problems = list(_name_problems(codebook))
    if problems:
        raise StudyError(problems)
    rows = [dict(row) for row in _rows(folder / "survey.csv")]
    lists = {row["type"].split()[1]: codebook.items[row["name"]] for row in rows if row["type"].startswith("select_")}
    book = Workbook()
    book.remove(book.worksheets[0])
    _sheet(book, "survey", (*SURVEY, *MESSAGES, *OWN), [_question(row, codebook) for row in rows])
    _sheet(book, "choices", CHOICES, [row for name, item in lists.items() for row in _offered(name, item)])
    settings = {"form_title": title, "form_id": identity, "default_language": DEFAULT_LANGUAGE}
    _sheet(book, "settings", tuple(settings), [settings])
    return _steady(book)


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    """Yield the rows of the codebook as written, groups and notes too, under the names that the form gives them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row.get("type"):
                yield {str(name): (cell or "").strip() for name, cell in row.items() if name}


def _name_problems(codebook: Codebook) -> Iterator[Problem]:
    """Yield names that are none in a form: letters, digits, ‘_’, ‘-’ and ‘.’, a letter first; no space in a choice."""
    for item in codebook.items.values():
        if not _NAME.fullmatch(item.name):
            allowed = "letters, digits, _ - and ., a letter first"
            yield Problem("codebook/survey.csv", None, "name", item.name, "is no name for a form", allowed)
        for choice in item.choices if item.kind == "select_multiple" else ():
            if " " in choice.name:
                allowed = "a code without a space, since answers are parted by spaces"
                yield Problem("codebook/choices.csv", None, "name", choice.name, "is no code for a form", allowed)


def _question(row: Mapping[str, str], codebook: Codebook) -> dict[str, str]:
    """Return a row of the survey sheet."""
    item = codebook.items.get(row["name"])
    own = {name: row.get(name, "") for name in (*OWN, "relevant")}
    if item is None or _LAYOUT.match(row["type"]):
        labels = {header: row.get(header, "") for header in LABELS.values()}
        return {"type": row["type"], "name": row["name"], **labels, **own}
    labels = {header: item.labels[language] for language, header in LABELS.items()}
    kind = "hidden" if item.kind == "hidden" or item.role in NOT_ASKED else row["type"]
    asked = {"type": kind, "name": item.name, **labels, **own}
    alone = [choice.name for choice in item.choices if choice.missing or choice.name == "none"]
    if item.kind != "select_multiple" or not alone:
        return asked
    named = " or ".join(f"selected(., '{name}')" for name in alone)
    return asked | {"constraint": f"not(count-selected(.) > 1 and ({named}))"} | dict(zip(MESSAGES, ALONE, strict=True))


def _offered(name: str, item: Item) -> Iterator[dict[str, str]]:
    """Yield the choices of a list that people are offered."""
    for choice in item.choices:
        if choice.missing not in NOT_OFFERED:
            labels = {header: choice.labels[language] for language, header in LABELS.items()}
            score = "" if choice.score is None else f"{choice.score:g}"
            yield {"list_name": name, "name": choice.name, **labels, "missing": choice.missing, "score": score}


def _sheet(book: Workbook, title: str, header: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Add a sheet of text; cells that begin with ‘=’ are text, too."""
    page = book.create_sheet(title)
    page.append(list(header))
    for number, row in enumerate(rows, start=2):
        for place, name in enumerate(header, start=1):
            if row.get(name):
                cell = page.cell(number, place)
                cell.value, cell.data_type = row[name], "s"


def _steady(book: Workbook) -> bytes:
    """Return the file with dates that do not change from run to run."""
    raw, steady = io.BytesIO(), io.BytesIO()
    book.properties.created = book.properties.modified = datetime.datetime(*_EPOCH)
    book.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(steady, "w") as target:
        for entry in source.infolist():
            content = source.read(entry.filename)
            if entry.filename == "docProps/core.xml":
                said = datetime.datetime(*_EPOCH).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said, content)
            target.writestr(zipfile.ZipInfo(entry.filename, _EPOCH), content, zipfile.ZIP_DEFLATED, 6)
    return steady.getvalue()
