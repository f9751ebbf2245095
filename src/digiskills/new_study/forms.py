"""Questions of an XLSForm workbook, in all the ways that forms are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from digiskills import codebook
from digiskills.codebook.items import KINDS
from digiskills.errors import Problem, StudyError
from digiskills.intake.received import code_text
from digiskills.new_study.found import FoundChoice, FoundItem

_LANGUAGES = {"english": "en", "en": "en", "french": "fr", "français": "fr", "francais": "fr", "fr": "fr"}
_LAYOUT = re.compile(r"(begin|end)[ _](group|repeat)|note")
_SELECT = re.compile(r"(select[ _]one|select1|select_one|select[ _]multiple|select all that apply)(?: from)? (\S+)")


def read(path: Path, language: str) -> tuple[list[FoundItem], list[str]]:
    """Return the questions of a form.

    Parameters
    ----------
    path : Path
        ``.xlsx`` with the sheets survey and choices.
    language : str
        Of labels for which the form names no language.

    Returns
    -------
    list of FoundItem and list of str
        Questions in the order of the form; what could not be taken over, and why.

    Raises
    ------
    StudyError
        If a sheet lacks the columns of a form.
    """
    survey, choices = (_sheet(path, name) for name in ("survey", "choices"))
    _needed(path, "survey", survey, ("type", "name"))
    _needed(path, "choices", choices, ("list_name", "name"))
    lists = _lists(choices, language)
    notes: list[str] = []
    items: dict[str, FoundItem] = {}
    for row in _rows(survey):
        item = _item(row, lists, language, notes)
        if item is None:
            continue
        name = item.name
        while name in items:
            name += "_"
        if name != item.name:
            item = item.marked(f"the form has two questions named {item.name}", name=name)
        items[name] = item
    return _known_rules(list(items.values()), notes), notes


def _sheet(path: Path, name: str) -> pd.DataFrame:
    """Return a sheet of the form as text, empty rows and columns left out."""
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    title = next(each for each in book.sheetnames if each.strip().lower() == name)
    rows = [[code_text(cell).strip() for cell in row] for row in book[title].iter_rows(values_only=True)]
    book.close()
    header = [cell.lower() if ":" not in cell else cell for cell in rows[0]] if rows else []
    kept = [place for place, cell in enumerate(header) if cell]
    filled = [[(row[place] if place < len(row) else "") for place in kept] for row in rows[1:] if any(row)]
    return pd.DataFrame(filled, columns=[header[place] for place in kept], dtype="str")


def _needed(path: Path, sheet: str, frame: pd.DataFrame, names: tuple[str, ...]) -> None:
    if sheet == "choices" and "list name" in frame:
        frame.rename(columns={"list name": "list_name"}, inplace=True)
    absent = [name for name in names if name not in frame]
    if absent:
        allowed = "the columns of an XLSForm"
        raise StudyError(
            [Problem(path.name, 1, name, None, f"column is missing in the sheet {sheet}", allowed) for name in absent]
        )


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, str]]:
    for row in frame.to_dict("records"):
        yield {str(name): str(cell) for name, cell in row.items()}


def _labels(row: dict[str, str], language: str) -> dict[str, str]:
    """Return the labels of a row by language; languages other than English and French are passed over."""
    found: dict[str, str] = {}
    for header, cell in row.items():
        match = re.fullmatch(r"label(?:(?:::|:|_)\s*([^\s(]+)\s*(?:\((\w+)\))?)?", header, flags=re.IGNORECASE)
        if match and cell:
            told = (match[2] or match[1] or "").lower()
            known = _LANGUAGES.get(told, _LANGUAGES.get((match[1] or "").lower(), "" if told else language))
            if known:
                found.setdefault(known, cell)
    return found


def _lists(choices: pd.DataFrame, language: str) -> dict[str, tuple[FoundChoice, ...]]:
    lists: dict[str, dict[str, FoundChoice]] = {}
    for row in _rows(choices):
        if row["list_name"] and row["name"]:
            missing = row.get("missing", "")
            known = missing if missing in codebook.MISSING_REASONS else ""
            choice = FoundChoice(row["name"], _labels(row, language), known, row.get("score", ""))
            lists.setdefault(row["list_name"], {}).setdefault(choice.code, choice)
    return {name: tuple(found.values()) for name, found in lists.items()}


def _item(
    row: dict[str, str], lists: dict[str, tuple[FoundChoice, ...]], language: str, notes: list[str]
) -> FoundItem | None:
    """Return the question of a row; None for what only lays out the form."""
    told = row["type"].strip()
    if not told or not row["name"] or _LAYOUT.match(told):
        return None
    item = FoundItem(
        name=row["name"],
        kind=told,
        labels=_labels(row, language),
        relevant=row.get("relevant", ""),
        role=row.get("role", ""),
        skill=row.get("skill", ""),
        barrier=row.get("barrier", ""),
        reverse=row.get("reverse", "").lower() in ("yes", "true", "1"),
    )
    select = _SELECT.match(told.lower())
    if select:
        listed = lists.get(told.split()[-2 if told.endswith("or_other") else -1], ())
        kind = "select_one" if "one" in select[1] or "1" in select[1] else "select_multiple"
        if not listed:
            notes.append(f"{item.name}: its list is not in the sheet choices; it is kept as text")
        return replace(item, kind=kind if listed else "text", choices=listed)
    if told in KINDS:
        return item
    return item.marked(f"the form’s type is {told}; nothing is counted from it", kind="text")


def _known_rules(items: list[FoundItem], notes: list[str]) -> list[FoundItem]:
    """Return the questions; a rule of relevance that is not read is dropped and told."""
    names = {item.name for item in items}
    kept = []
    for item in items:
        try:
            rule = codebook.parse(item.relevant) if item.relevant else None
            unknown = set(rule.names) - names if rule else set()
        except ValueError:
            unknown = {item.relevant}
        if unknown:
            notes.append(f"{item.name}: its rule of relevance is not read ({item.relevant})")
            item = item.marked(f"asked of everyone; the form says {item.relevant}", relevant="")
        kept.append(item)
    return kept
