"""The page of the codebook: every question and answer in both languages, what it measures, and who is asked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from digiskills import words
from digiskills.codebook import LANGUAGES, Choice, Item
from digiskills.reports.interface import entries, text
from digiskills.study import Study

Lists = dict[tuple[object, ...], tuple[Choice, ...]]  # by their content: questions with the same answers share one


def content(study: Study, language: str) -> str:
    """Return the questions by what they are for, then the lists of answers.

    Parameters
    ----------
    study : Study
        The study.
    language : str
        ``en`` or ``fr``: the one that stands first.

    Returns
    -------
    str
        HTML.
    """
    items = list(study.codebook.items.values())
    lists: Lists = {_key(item): item.choices for item in items if item.choices}
    parts = [f"<h1>{text('about.codebook', language)}</h1>", f"<p>{text('codebook.intro', language)}</p>"]
    for role in dict.fromkeys(item.role for item in items):
        asked = [item for item in items if item.role == role]
        parts += [f"<h2>{escape(_role(role, language))}</h2>", _questions(asked, lists, study, language)]
    parts += [f"<h2>{text('codebook.lists', language)}</h2>", f"<p>{text('codebook.lists_intro', language)}</p>"]
    parts += [_answers(choices, number, language) for number, choices in enumerate(lists.values(), start=1)]
    return "\n".join(parts)


def _key(item: Item) -> tuple[object, ...]:
    return tuple((choice.name, *choice.labels.values(), choice.missing, choice.score) for choice in item.choices)


def _role(role: str, language: str) -> str:
    """Return what a role is called; a study may have roles of its own, which have no words."""
    key = f"role.{role or 'none'}"
    return text(key, language) if key in entries() else role.replace("_", " ")


def _questions(items: Sequence[Item], lists: Lists, study: Study, language: str) -> str:
    """Return the questions of one role as a table; columns that would be empty are left out."""
    numbers = {key: number for number, key in enumerate(lists, start=1)}
    cells = {
        "measures": [escape(_measures(item, study, language)) for item in items],
        "asked": [_asked(item, language) for item in items],
        "answers": [_link(numbers.get(_key(item), 0), language) for item in items],
    }
    cells = {name: column for name, column in cells.items() if any(column)}
    named = [f'<td><code id="q-{escape(item.name)}">{escape(item.name)}</code></td>' for item in items]
    heads = [
        *(f"language.{word}" for word in _order(language)),
        *(f"codebook.{name}" for name in cells),
        "codebook.name",
    ]
    rows = [
        _wording(item, language) + "".join(f"<td>{column[at]}</td>" for column in cells.values()) + named[at]
        for at, item in enumerate(items)
    ]
    return _table(_role(items[0].role, language), [text(head, language) for head in heads], rows)


def _order(language: str) -> list[str]:
    return [language, *(word for word in LANGUAGES if word != language)]


def _wording(item: Item, language: str) -> str:
    """Return the cells with the question in both languages; the first one is the head of its row."""
    first, second = _order(language)
    return f'<th scope="row">{escape(item.labels[first])}</th><td lang="{second}">{escape(item.labels[second])}</td>'


def _measures(item: Item, study: Study, language: str) -> str:
    """Return the skill or barrier that a question measures, and whether agreeing speaks against it."""
    parts = [
        study.frameworks.label(table, code, language) if table in study.frameworks.tables else code
        for table, code in (("skills", item.skill), ("barriers", item.barrier))
        if code
    ]
    return "; ".join([*parts, *([text("codebook.reverse", language)] if item.reverse else [])])


def _asked(item: Item, language: str) -> str:
    """Return the condition under which a question is asked, with its questions linked."""
    if item.relevant is None:
        return ""
    shown = escape(item.relevant.source, quote=False)
    for name in item.relevant.names:
        shown = shown.replace(f"${{{name}}}", f'<a href="#q-{escape(name)}">{escape(name)}</a>')
    return f"<code>{shown}</code>"


def _link(number: int, language: str) -> str:
    return f'<a href="#list-{number}">{text("codebook.list", language, number=number)}</a>' if number else ""


def _answers(choices: Sequence[Choice], number: int, language: str) -> str:
    """Return one list of answers as a table."""
    first, second = _order(language)
    rows = [
        f'<th scope="row">{escape(choice.labels[first])}</th><td lang="{second}">{escape(choice.labels[second])}</td>'
        f"<td>{_counts_as(choice, language)}</td><td><code>{escape(choice.name)}</code></td>"
        for choice in choices
    ]
    heads = [
        text(key, language) for key in (f"language.{first}", f"language.{second}", "codebook.counts", "codebook.code")
    ]
    return f'<div id="list-{number}">{_table(text("codebook.list", language, number=number), heads, rows)}</div>'


def _counts_as(choice: Choice, language: str) -> str:
    """Return what an answer counts as: a place on the scale, an answer, or a reason for having none."""
    if choice.missing:
        return text("codebook.missing", language, reason=words.text(f"reason.{choice.missing}", language))
    if choice.score is None:
        return text("codebook.answer", language)
    return text("codebook.score", language, score=words.number(choice.score, language))


def _table(caption: str, heads: Sequence[str], rows: Sequence[str]) -> str:
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    head = f"<caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead>"
    return f'<table class="words">{head}<tbody>{body}</tbody></table>'
