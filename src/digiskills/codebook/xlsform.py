"""Reads a codebook from two CSV files with XLSForm's column names."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from digiskills.codebook.items import KINDS, LANGUAGES, MISSING_REASONS, ROLES, Choice, Codebook, Item
from digiskills.codebook.relevant import Relevant, parse
from digiskills.errors import Problem, StudyError, nearest, slip_of

_YES, _NO = ("yes", "true", "1"), ("", "no", "false", "0")
_LAYOUT = {"begin_group", "end_group", "begin_repeat", "end_repeat", "note"}
_LANGUAGE_NAMES = {"english": "en", "en": "en", "french": "fr", "français": "fr", "francais": "fr", "fr": "fr"}

Row = Mapping[str, str]


def read(folder: Path) -> Codebook:
    """Return the codebook of ``survey.csv`` and ``choices.csv``.

    Parameters
    ----------
    folder : Path
        The study's ``codebook`` folder. ``survey.csv`` has ``type``, ``name``, labels in English and
        French, ``relevant`` and our ``role``, ``skill``, ``barrier``, ``reverse``; ``choices.csv`` has
        ``list_name``, ``name``, labels, and our ``missing`` and ``score``. Header variants that forms
        use (``label::English (en)``, ``label::english``, ``label_en``) are all read.

    Returns
    -------
    Codebook
        Items in the order of the form.

    Raises
    ------
    StudyError
        With every problem of both files.
    """
    problems: list[Problem] = []
    choices = _choices(folder / "choices.csv", problems)
    items: dict[str, Item] = {}
    for number, row in _rows(folder / "survey.csv", ("type", "name"), problems):
        if row["type"].split()[:1] and row["type"].split()[0] not in _LAYOUT:
            item = _item(row, number, choices, problems)
            if item.name in items:
                problems.append(_problem("survey.csv", number, "name", item.name, "is used twice"))
            items[item.name] = item
    problems += _unknown_names(items)
    if problems:
        raise StudyError(problems)
    return Codebook(items)


def _problem(
    file: str, row: int | None, column: str | None, value: str | None, message: str, allowed: str = ""
) -> Problem:
    return Problem(f"codebook/{file}", row, column, value, message, allowed)


def _rows(path: Path, needed: tuple[str, ...], problems: list[Problem]) -> Iterator[tuple[int, Row]]:
    """Yield row number and cells under canonical column names."""
    if not path.is_file():
        problems.append(_problem(path.name, None, None, None, "is missing"))
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        names = [_canonical(name) for name in next(reader, [])]
        absent = [name for name in needed if name not in names]
        problems += [_problem(path.name, 1, name, None, "column is missing") for name in absent]
        if absent:
            return
        for cells in reader:
            if any(cells):
                yield reader.line_num, dict(zip(names, (cell.strip() for cell in cells), strict=False))


def _canonical(header: str) -> str:
    """Return ``label_en`` for each way that forms write the English label column."""
    name = header.strip()
    match = re.fullmatch(r"label(?:::|:|_)\s*([^\s(]+)\s*(?:\((\w+)\))?", name, flags=re.IGNORECASE)
    if match is None:
        return "label_en" if name.lower() == "label" else name.lower()
    language = (match[2] or match[1]).lower()
    return f"label_{_LANGUAGE_NAMES.get(language, language)}"


def _labels(row: Row, file: str, number: int, problems: list[Problem]) -> dict[str, str]:
    for language in LANGUAGES:
        if not row.get(f"label_{language}"):
            problems.append(_problem(file, number, f"label_{language}", row.get("name"), "has no label"))
    return {language: row.get(f"label_{language}", "") for language in LANGUAGES}


def _choices(path: Path, problems: list[Problem]) -> dict[str, tuple[Choice, ...]]:
    lists: dict[str, dict[str, Choice]] = {}
    for number, row in _rows(path, ("list_name", "name"), problems):
        choice = _choice(row, number, problems)
        known = lists.setdefault(row["list_name"], {})
        if choice.name in known:
            problems.append(_problem(path.name, number, "name", choice.name, "stands twice in its list"))
        known[choice.name] = choice
    return {name: tuple(known.values()) for name, known in lists.items()}


def _choice(row: Row, number: int, problems: list[Problem]) -> Choice:
    missing = row.get("missing", "")
    if missing and missing not in MISSING_REASONS:
        known = f"one of {', '.join(MISSING_REASONS)}"
        problems.append(_problem("choices.csv", number, "missing", missing, "is no missing reason", known))
    if not missing and row["name"] in MISSING_REASONS:
        advice = "write the reason in the column missing, or give the answer another name"
        problems.append(
            _problem("choices.csv", number, "name", row["name"], "is an answer named like a reason", advice)
        )
    labels = _labels(row, "choices.csv", number, problems)
    return Choice(row["name"], labels, missing, _score(row.get("score", ""), number, problems))


def _score(text: str, number: int, problems: list[Problem]) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        problems.append(_problem("choices.csv", number, "score", text, "is not a number", "a number or nothing"))
        return None


def _item(row: Row, number: int, choices: Mapping[str, tuple[Choice, ...]], problems: list[Problem]) -> Item:
    kind, *rest = row["type"].split()
    list_name = rest[0] if rest else row["name"]
    problems += _wrong_words(row, kind, number)
    if kind.startswith("select_") and list_name not in choices:
        problems.append(
            _problem("survey.csv", number, "type", list_name, "is no list of choices.csv", nearest(list_name, choices))
        )
    return Item(
        name=row["name"],
        kind=kind,
        labels=_labels(row, "survey.csv", number, problems),
        choices=choices.get(list_name, ()) if kind.startswith("select_") or kind == "hidden" else (),
        role=row.get("role", ""),
        skill=row.get("skill", ""),
        barrier=row.get("barrier", ""),
        reverse=row.get("reverse", "").lower() in _YES,
        relevant=_relevant(row.get("relevant", ""), number, problems),
    )


def _wrong_words(row: Row, kind: str, number: int) -> list[Problem]:
    """Return a problem for a type, a role or a mark of reversal that would silently mean something else."""
    found = []
    if kind not in KINDS:
        found.append(_problem("survey.csv", number, "type", kind, "is no type that is read", nearest(kind, KINDS)))
    if row.get("reverse", "").lower() not in (*_YES, *_NO):
        message = "says neither yes nor no"
        found.append(_problem("survey.csv", number, "reverse", row["reverse"], message, "yes, or nothing"))
    slip = slip_of(row.get("role", ""), ROLES)
    if slip:
        found.append(_problem("survey.csv", number, "role", row["role"], "is no known role", f"did you mean ‘{slip}’?"))
    return found


def _relevant(text: str, number: int, problems: list[Problem]) -> Relevant | None:
    try:
        return parse(text) if text else None
    except ValueError as error:
        allowed = "${name}, = != < <= > >=, and, or, not(), selected()"
        problems.append(_problem("survey.csv", number, "relevant", None, str(error), allowed))
        return None


def _unknown_names(items: Mapping[str, Item]) -> list[Problem]:
    """Return a problem for each skip rule that looks at a question the form does not have."""
    return [
        _problem(
            "survey.csv", None, "relevant", name, f"in the rule of {item.name} is no question", nearest(name, items)
        )
        for item in items.values()
        if item.relevant
        for name in item.relevant.names
        if name not in items
    ]
