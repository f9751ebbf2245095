"""The tables of a new study: questions, answers, and words for skills and barriers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from digiskills.codebook import MISSING_REASONS
from digiskills.new_study import roles
from digiskills.new_study.columns import BY_LETTERS
from digiskills.new_study.found import Found, FoundChoice, FoundItem
from digiskills.new_study.questions import Settled

ITEMS = ("type", "name", "label::English (en)", "label::French (fr)", "relevant", "role", "skill", "barrier", "reverse")
CHOICES = ("list_name", "name", "label::English (en)", "label::French (fr)", "missing", "score")
CODES = ("code", "parent", "label_en", "label_fr")
GUESS = "guess"
"""Column that says what of a row is a guess, and why; the codebook’s reader passes it over."""

_OTHER = {"en": "fr", "fr": "en"}


def described(found: Found, settled: Settled) -> dict[str, FoundItem]:
    """Return the questions with the roles that the answers about the study give them.

    Parameters
    ----------
    found : Found
        What the files say.
    settled : Settled
        What the questions about the study are answered by.

    Returns
    -------
    dict of str to FoundItem
        By name, in the order of the data.
    """
    items = dict(found.items)
    for role in ("weight", "stratum", "cluster"):
        if settled.one(role) in items:
            items[settled.one(role)] = _of_design(items[settled.one(role)], role, settled)
    pairs = zip(settled.several("needed"), settled.several("held"), strict=True)
    for needed, held in pairs:
        skill = items[needed].skill or roles.stem(needed)
        for name, role in ((needed, "needed"), (held, "held")):
            items[name] = _with_role(items[name], role, settled, skill=skill)
    for name in settled.several("barrier"):
        reverse = name in settled.several("favourable")
        barrier = items[name].barrier or name.lower()
        items[name] = _with_role(items[name], "barrier", settled, barrier=barrier, reverse=reverse)
    return {name: _with_scores(item) for name, item in items.items()}


def _of_design(item: FoundItem, role: str, settled: Settled) -> FoundItem:
    """Return a column of the design; a weight is a number, strata and clusters are names."""
    kind = "decimal" if role == "weight" else "hidden"
    changed = replace(item, kind=kind, choices=(), role=role, guesses=())
    why = settled.guessed.get(role)
    return changed.marked(f"{role}: {why}") if why else changed


def _with_role(item: FoundItem, role: str, settled: Settled, **also: object) -> FoundItem:
    why = settled.guessed.get(role) if item.role != role else None
    changed = replace(item, role=role, **also)  # type: ignore[arg-type]
    return changed.marked(f"{role}: {why}") if why else changed


def _with_scores(item: FoundItem) -> FoundItem:
    """Return a question of a role that counts with scores on its answers: their order, where nothing else is known."""
    if item.role not in ("needed", "held", "barrier") or any(choice.score for choice in item.answers):
        return item
    if BY_LETTERS in item.guesses:
        return item.marked("its answers have no scores: write them into codebook/choices.csv")
    place = {choice.code: str(number) for number, choice in enumerate(item.answers, start=1)}
    choices = tuple(replace(choice, score=choice.score or place.get(choice.code, "")) for choice in item.choices)
    return item.marked("scores are the places of its answers in their order, the lowest first", choices=choices)


def codebook(items: Iterable[FoundItem], language: str) -> dict[str, str]:
    """Return the two files of the codebook.

    Parameters
    ----------
    items : iterable of FoundItem
        Questions in order.
    language : str
        Whose words stand in where a file has none in the other one.

    Returns
    -------
    dict of str to str
        Text by path inside the study’s folder. Questions with the same answers share a list of them.
    """
    lists: dict[str, tuple[str, tuple[FoundChoice, ...]]] = {}
    rows = []
    for item in items:
        choices = tuple(_named_reason(choice) for choice in item.choices)
        own = f"answers_{'_'.join(item.name.split())}"
        name = lists.setdefault(repr(choices), (own, choices))[0] if choices else ""
        labels, why = _both(item.labels, item.name, language)
        reverse = "yes" if item.reverse else ""
        marks = "; ".join([*item.guesses, *why])
        kind = f"{item.kind} {name}".strip() if item.kind.startswith("select_") else item.kind
        rows.append((kind, item.name, *labels, item.relevant, item.role, item.skill, item.barrier, reverse, marks))
    listed = [(name, choice) for name, choices in lists.values() for choice in choices]
    return {
        "codebook/survey.csv": written((*ITEMS, GUESS), rows),
        "codebook/choices.csv": written((*CHOICES, GUESS), _choice_rows(listed, language)),
    }


def _named_reason(choice: FoundChoice) -> FoundChoice:
    """Return a choice; one whose code is the name of a reason is that reason."""
    return replace(choice, missing=choice.code) if choice.code in MISSING_REASONS else choice


def _choice_rows(listed: Sequence[tuple[str, FoundChoice]], language: str) -> Iterator[tuple[str, ...]]:
    for name, choice in listed:
        labels, why = _both(choice.labels, choice.code, language)
        marks = "; ".join([*([choice.guess] if choice.guess else []), *why])
        yield name, choice.code, *labels, choice.missing, choice.score, marks


def _both(labels: Mapping[str, str], name: str, language: str) -> tuple[tuple[str, str], list[str]]:
    """Return English and French words, and which of them stand in for others."""
    said = {key: one_line(text) for key, text in labels.items() if text.strip()}
    if not said:
        return (name, name), ["no words in the file: its name stands in"]
    absent = [key for key in ("en", "fr") if key not in said]
    full = {key: said.get(key) or said.get(_OTHER[key]) or "" for key in ("en", "fr")}
    names = {"en": "English", "fr": "French"}
    return (full["en"], full["fr"]), [f"no {names[key]} words in the file: the others stand in" for key in absent]


def one_line(text: str) -> str:
    """Return words on one line; no-break spaces, as French has before a colon, stay.

    Parameters
    ----------
    text : str
        Words of a question or an answer.

    Returns
    -------
    str
        Without line breaks and repeated spaces.
    """
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


def frameworks(items: Iterable[FoundItem], language: str) -> dict[str, str]:
    """Return words for the skills and barriers of a study, those of their questions.

    Parameters
    ----------
    items : iterable of FoundItem
        Questions with their roles.
    language : str
        Whose words stand in where a file has none in the other one.

    Returns
    -------
    dict of str to str
        Text by path inside the study’s folder; no file where there is neither.
    """
    every = list(items)
    files = {}
    for table, coded in (
        ("skills", [(item.skill, item) for item in every if item.role == "needed"]),
        ("barriers", [(item.barrier, item) for item in every if item.role == "barrier"]),
    ):
        rows = {code: (code, "", *_both(item.labels, item.name, language)[0], _SAME) for code, item in coded if code}
        if rows:
            files[f"frameworks/{table}.csv"] = written((*CODES, GUESS), rows.values())
    return files


_SAME = "the words of its first question; shorten them"


def written(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV.

    Parameters
    ----------
    header : sequence of str
        Names of columns.
    rows : iterable of sequence of str
        Cells in their order.

    Returns
    -------
    str
        With one line end per row.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
