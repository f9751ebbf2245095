"""The text of a new ``study.toml`` and of its passport: guesses and open questions stand where they belong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from digiskills.new_study.described import one_line
from digiskills.new_study.found import Found, FoundFile, FoundItem
from digiskills.new_study.names import slug
from digiskills.new_study.questions import NONE, QUESTIONS, Settled, days

GUESSED, OPEN = "# guess: ", "# open: "
"""How a line of ``study.toml`` is marked; `digiskills check` lists both."""

DIMENSIONS = {"size": "department_size", "level": "level"}
_LABELS = {
    "department_size": ("Department size", "Taille du ministère ou de l’organisme"),
    "level": ("Level", "Niveau"),
}


def study_toml(name: str, found: Found, settled: Settled, items: Mapping[str, FoundItem], language: str) -> str:
    """Return what a new study declares.

    Parameters
    ----------
    name : str
        The study's.
    found : Found
        What the files say.
    settled : Settled
        What the questions about the study are answered by.
    items : mapping of str to FoundItem
        Questions with their roles.
    language : str
        Whose words stand in where a file has none in the other one.

    Returns
    -------
    str
        TOML. A guess carries a comment with its reason; an open question is a comment.
    """
    files = ", ".join(file.path.name for file in found.files)
    parts = [[f"# Made by ‘digiskills new’ from {files}.", *_how_marked(name)]]
    survey = bool(found.holding("answers") or found.holding("form"))
    absent = [DIMENSIONS[one] for one in DIMENSIONS if settled.values.get(one) == NONE or not survey]
    parts += [[f"without = {json.dumps(absent)}  # dimensions that this study does not have"]] if absent else []
    parts += [_title(settled)]
    if survey:
        kind = f'kind = "{settled.values.get("evidence", "collected")}"{_mark("evidence", settled)}'
        parts += [["[evidence.survey]", kind, 'label.en = "Survey"', 'label.fr = "Sondage"']]
        parts += [_dimension(one, settled, items, language) for one in DIMENSIONS]
        parts += [*_waves(found, settled), list(_design(settled)), _asked_roles(settled)]
    for file in found.holding("project"):
        kind = 'kind = "collected"  # people spoke; synthetic otherwise'
        lines = ["[evidence.focus_groups]", kind, f"file = {_quoted(file.path.name)}"]
        parts += [[*lines, 'label.en = "Coded focus groups"', 'label.fr = "Groupes de discussion codés"']]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _how_marked(name: str) -> list[str]:
    return [
        "# What was inferred is marked ‘guess’, with its reason: put it right, or take the mark away.",
        f"# What nobody answered is marked ‘open’. ‘digiskills check {name}’ lists both.",
    ]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _mark(question: str, settled: Settled) -> str:
    """Return the comment at the end of a guessed line; empty where it was answered."""
    why = settled.guessed.get(question)
    return f"  {GUESSED}{why}" if why else ""


def _title(settled: Settled) -> list[str]:
    title = settled.one("title") or "Survey"
    mark = _mark("title", settled) or f"  {GUESSED}the words of the other language stand in"
    return [f"title.en = {_quoted(title)}{_mark('title', settled)}", f"title.fr = {_quoted(title)}{mark}"]


def _dimension(question: str, settled: Settled, items: Mapping[str, FoundItem], language: str) -> list[str]:
    """Return the lines of a dimension: its question, and one category per answer in order."""
    column, name = settled.one(question), DIMENSIONS[question]
    if not column:
        return [_open(question)] if question in settled.open else []
    english, french = _LABELS[name]
    lines = [f"[dimensions.{name}]", f'label.en = "{english}"', f'label.fr = "{french}"']
    lines += [f"item = {_quoted(column)}{_mark(question, settled)}", "categories = ["]
    taken: set[str] = set()
    for choice in items[column].answers:
        words = {key: one_line(text) for key, text in choice.labels.items() if text.strip()}
        first = words.get(language) or next(iter(words.values()), choice.code)
        labels = f"label.en = {_quoted(words.get('en', first))}, label.fr = {_quoted(words.get('fr', first))}"
        entry = f"name = {_quoted(slug(words.get('en', first), taken))}, code = {_quoted(choice.code)}, {labels}"
        lines.append(f"  {{ {entry} }},{'' if len(words) > 1 else f'  {GUESSED}words in one language only'}")
    return [*lines, "]"]


def _open(question: str) -> str:
    return f"{OPEN}{question}: {QUESTIONS[question]}"


def _waves(found: Found, settled: Settled) -> list[list[str]]:
    """Return the lines of each wave, one per file of answers."""
    answers, dated = found.holding("answers"), days(settled.values.get("date", ""))
    if not answers:
        return [[f"{OPEN}answers: no file of answers was given: put one here and declare [[waves]] name, date, file"]]
    names = [str(day.year) for day in dated]
    names = names if len(set(names)) == len(names) else [day.isoformat() for day in dated]
    mark = _mark("date", settled)
    return [
        ["[[waves]]", f'name = "{name}"{mark}', f"date = {day}{mark}", f"file = {_quoted(file.path.name)}"]
        for name, day, file in zip(names, dated, answers, strict=False)
    ]


def _design(settled: Settled) -> Iterator[str]:
    yield "[design]"
    for word in ("weight", "stratum", "cluster"):
        if settled.one(word):
            yield f"{word} = {_quoted(settled.one(word))}{_mark(word, settled)}"
        elif word in settled.open:
            yield f"{_open(word)} None is taken until then."
    if not settled.one("cluster"):
        hidden = settled.values.get("departments_hidden") == "yes"
        yield f"intervals = {'false' if hidden else 'true'}{_mark('departments_hidden', settled)}"


def _asked_roles(settled: Settled) -> list[str]:
    """Return open questions about columns of the codebook."""
    words = [word for word in ("needed", "held", "barrier") if word in settled.open]
    return [f"{_open(word)} Write the role in codebook/survey.csv." for word in words]


def passport(name: str, found: Found, settled: Settled, written: Mapping[str, str]) -> str:
    """Return the passport of a new study, without the digests that `intake.passport.renew` adds.

    Parameters
    ----------
    name : str
        The study's.
    found : Found
        What the files say.
    settled : Settled
        What the questions about the study are answered by.
    written : mapping of str to str
        Texts that were made, by path.

    Returns
    -------
    str
        JSON, a Frictionless Data Package.
    """
    made = [path for path in written if path.endswith(".csv")]
    resources = [*map(_received, found.files), *map(_made, made)]
    package = {"name": name, "title": settled.one("title"), "version": "1.0.0", "resources": resources}
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def _received(file: FoundFile) -> dict[str, Any]:
    dialect = {key: value for key, value in (("delimiter", file.delimiter), ("sheet", file.sheet)) if value}
    entry: dict[str, Any] = {"name": _resource_name(file.path.name), "path": file.path.name}
    entry |= {"title": f"As received ({file.holds})", "format": _format(file.path)}
    entry |= {"encoding": file.encoding} if file.encoding else {}
    entry |= {"dialect": dialect} if dialect else {}
    evidence = "focus_groups" if file.holds == "project" else "survey"
    level = "public" if file.holds in ("form", "key") else "private"
    return entry | {"guesses": list(file.guesses), "evidence": evidence, "disclosure_level": level}


def _made(path: str) -> dict[str, Any]:
    entry = {"name": _resource_name(path), "path": path, "title": "Made from the received files by ‘digiskills new’"}
    return entry | {"format": "csv", "encoding": "utf-8", "evidence": "survey", "disclosure_level": "public"}


def _format(path: Path) -> str:
    endings = [suffix.lstrip(".").lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return {"txt": "csv", "xlsm": "xlsx", "pq": "parquet"}.get(endings[-1], endings[-1]) if endings else ""


def _resource_name(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")
