"""The form that filters the list of reports: its fields, and what each row tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from digiskills.codebook import LANGUAGES
from digiskills.reports.declared import Report
from digiskills.reports.interface import text
from digiskills.reports.shell import TEMPLATE, rendered
from digiskills.study import REQUIRED_DIMENSIONS, Study

Option = dict[str, str]


def script() -> str:
    """Return the script that shows the form and makes it work."""
    return (TEMPLATE / "filter.js").read_text(encoding="utf-8")


def data(report: Report) -> dict[str, str]:
    """Return what the row of a report tells the form.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    dict of str to str
        Its notebook and language, and to what it is limited in size and level: ``all`` where it is not.
    """
    limits = {name: str(report.scope.get(name, "all")) for name in REQUIRED_DIMENSIONS}
    return {"notebook": report.notebook, "language": report.language, **limits}


def form(reports: Sequence[Report], studies: Sequence[Study], languages: Sequence[str]) -> str:
    """Return the form for a list of reports.

    Parameters
    ----------
    reports : sequence of Report
        All that are listed.
    studies : sequence of Study
        Theirs.
    languages : sequence of str
        Of the page, the main one first; a page in both can be limited to one.

    Returns
    -------
    str
        HTML, hidden until the script shows it.
    """
    fields = [
        _field("notebook", _both("filter.notebook", languages), _notebooks(reports, languages), languages),
        *(
            _field(name, _dimension(name, studies, languages), _limits(name, studies, languages), languages)
            for name in REQUIRED_DIMENSIONS
        ),
    ]
    if len(languages) > 1:
        spoken = [{"value": word, "text": text(f"language.{word}", word)} for word in LANGUAGES]
        fields.append(_field("language", _both("parameter.language", languages), spoken, languages))
    words = {name: _both(f"filter.{name}", languages) for name in ("search", "reset")}
    words["count"] = {language: text("filter.count", language, shown="{shown}", all="{all}") for language in languages}
    label = " / ".join(text("filter.label", language) for language in languages)
    return rendered("filter.html.j2", languages[0], label=label, fields=fields, **words)


def _both(key: str, languages: Sequence[str]) -> dict[str, str]:
    return {language: text(key, language) for language in languages}


def _field(name: str, label: dict[str, str], options: Sequence[Option], languages: Sequence[str]) -> dict[str, Any]:
    whatever = {"value": "", "text": _joined(text("filter.any", language) for language in languages)}
    return {"name": name, "label": label, "options": [whatever, *options]}


def _joined(texts: Any) -> str:
    """Return texts that say the same in several languages, each once."""
    return " / ".join(dict.fromkeys(texts))


def _notebooks(reports: Sequence[Report], languages: Sequence[str]) -> list[Option]:
    """Return an option per notebook, with its number and its question in the languages of the page."""
    titles: dict[str, dict[str, str]] = {}
    for report in reports:
        titles.setdefault(report.notebook, {})[report.language] = report.title
    return [
        {"value": name, "text": f"{name.split('-')[0]} {_joined(said[word] for word in languages if word in said)}"}
        for name, said in titles.items()
    ]


def _dimension(name: str, studies: Sequence[Study], languages: Sequence[str]) -> dict[str, str]:
    """Return what a dimension is called, by the first study where there are several."""
    return {language: studies[0].dimension(name).labels[language] for language in languages}


def _limits(name: str, studies: Sequence[Study], languages: Sequence[str]) -> list[Option]:
    """Return an option for reports without a limit, and one per category of any study."""
    found = {"all": _joined(text("filter.unlimited", language) for language in languages)}
    for study in studies:
        dimension = study.dimension(name)
        for category in dimension.names:
            found.setdefault(category, _joined(dimension.label(category, language) for language in languages))
    return [{"value": value, "text": said} for value, said in found.items()]
