"""Everything that received files say about a survey, put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from digiskills.errors import Problem, StudyError, nearest
from digiskills.intake.received import ColumnMetadata
from digiskills.new_study import columns, files, forms, scales
from digiskills.new_study.files import Table
from digiskills.new_study.found import Found, FoundItem


def read(given: Sequence[Path], language: str = "en", tell: Callable[[str], None] = lambda text: None) -> Found:
    """Return what received files say about a survey.

    Parameters
    ----------
    given : sequence of Path
        A form, answers of one wave or several, keys to their columns and codes, a project of coded passages.
    language : str
        Of labels for which a file names no language.
    tell : callable
        Called with a line before each step that can take long.

    Returns
    -------
    Found
        Questions with their answers; each guess is marked.

    Raises
    ------
    UsageError
        If a file is not there.
    StudyError
        With what is wrong in every file, or where waves have other columns.
    """
    tables = files.read(given, tell)
    answers = [table for table in tables if table.file.holds == "answers"]
    _refuse_other_columns(answers)
    tell("reading the questions")
    form, notes = _form(tables, language)
    items = form if not answers else _of_columns(answers, tables, form, language, notes)
    scored = {name: _scored(item) for name, item in items.items()}
    return Found(tuple(table.file for table in tables), scored, tuple(notes))


def _form(tables: Sequence[Table], language: str) -> tuple[dict[str, FoundItem], list[str]]:
    items: dict[str, FoundItem] = {}
    notes: list[str] = []
    for table in tables:
        if table.file.holds == "form":
            found, said = forms.read(table.file.path, language)
            items |= {item.name: item for item in found}
            notes += said
    return items, notes


def _refuse_other_columns(answers: Sequence[Table]) -> None:
    """Refuse waves of unlike columns: one codebook describes all waves of a study."""
    problems = []
    first = answers[0] if answers else None
    for table in answers[1:]:
        for name in sorted({*table.columns} ^ {*first.columns} if first else set()):
            here, there = (first, table) if first and name in table.columns else (table, first)
            message = f"column is missing; {there.file.path.name if there else ''} has it"
            known = here.columns if here else ()
            allowed = f"{nearest(name, known)}; a key to columns has their names in its first column"
            problems.append(Problem(here.file.path.name if here else "", 1, name, None, message, allowed))
    if problems:
        raise StudyError(problems)


def _of_columns(
    answers: Sequence[Table], tables: Sequence[Table], form: dict[str, FoundItem], language: str, notes: list[str]
) -> dict[str, FoundItem]:
    """Return the questions of the columns: as a form has them, otherwise as the data and keys tell."""
    keys = columns.keys([table for table in tables if table.file.holds == "key"])
    frames = [table.file.frame for table in answers if table.file.frame is not None]
    every = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    short = {name.rsplit("/", 1)[-1]: name for name in form}
    items = {}
    for column in map(str, every.columns):
        known = form.get(column) or form.get(short.get(column.rsplit("/", 1)[-1], ""))
        if known:
            items[column] = replace(known, name=column)
        else:
            about = answers[0].columns.get(column, ColumnMetadata())
            items[column] = columns.item(column, every[column], about, keys.get(column, ("", {})), language)
    unasked = [name for name in form if name not in {item.name for item in items.values()} and name not in items]
    notes += [f"{name}: a question of the form without a column in the answers is left out" for name in unasked]
    notes += [f"{name}: the key describes it, no file of answers has it" for name in keys if name and name not in items]
    return _without_unknown_rules(items, notes)


def _without_unknown_rules(items: dict[str, FoundItem], notes: list[str]) -> dict[str, FoundItem]:
    """Return the questions without rules about questions that were left out."""
    from digiskills.codebook import parse

    kept = {}
    for name, item in items.items():
        absent = set(parse(item.relevant).names) - set(items) if item.relevant else set()
        if absent:
            notes.append(f"{name}: its rule looks at {', '.join(sorted(absent))}, which the answers do not hold")
            item = item.marked(f"asked of everyone; the form says {item.relevant}", relevant="")
        kept[name] = item
    return kept


def _scored(item: FoundItem) -> FoundItem:
    """Return a question with scores where the ends of its scale are known words."""
    in_order = columns.BY_LETTERS not in item.guesses
    choices, why = scales.ordered(item.choices, in_order)
    item = item.marked(why, choices=choices) if why else item
    choices, why = scales.scored(item.choices, in_order)
    return item.marked(why, choices=choices) if why else item
