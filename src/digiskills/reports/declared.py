"""What ``notebooks/reports.toml`` declares, and the reports that follow from it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from digiskills import paths
from digiskills import study as studies
from digiskills.codebook import LANGUAGES
from digiskills.errors import UsageError, nearest
from digiskills.reports import parameters as declared_parameters
from digiskills.reports.carried import QUESTIONS, SKILLS, lacking, rests_on
from digiskills.reports.declaration import KINDS, read
from digiskills.reports.parameters import Parameter
from digiskills.reports.report import Report, Table, title
from digiskills.study import Study

__all__ = [
    "KINDS",
    "Report",
    "Table",
    "chosen",
    "left_out",
    "read",
    "reasons_left_out",
    "reports",
    "title",
    "unanswered",
]

LIMITS = ("wave", "department_size", "level", "smallest_group")


def reports(
    study: str | None = None,
    languages: Iterable[str] = LANGUAGES,
    texts: Mapping[str, str] | None = None,
    notebooks: Collection[str] | None = None,
) -> list[Report]:
    """Return the reports of a study in the order of ``reports.toml``.

    Parameters
    ----------
    study : str, optional
        Its name; the default study of the file where none is given.
    languages : iterable of str
        The languages wanted.
    texts : mapping of str to str, optional
        Values that replace the declared scopes, as ``--set`` gives them.
    notebooks : collection of str, optional
        The notebooks wanted; all where none are given.

    Returns
    -------
    list of Report
        One per notebook, scope and language. A notebook that the study's data cannot answer is left out, and so is
        a table of the others.

    Raises
    ------
    UsageError
        With everything that is wrong with the file, the notebooks' parameters and the values.
    """
    declared = read()
    at = studies.read(study or str(declared.get("study", "")))
    wanted = [language for language in LANGUAGES if language in set(languages)]
    found: list[Report] = []
    problems: list[str] = []
    for entry in declared["report"]:
        if not unanswered(entry, at) and (notebooks is None or entry["notebook"] in notebooks):
            made, wrong = _expanded(entry, at, wanted, texts or {})
            found += made
            problems += wrong
    if problems:
        raise UsageError("\n".join(dict.fromkeys(problems)))
    return found


def left_out(study: str | None = None) -> dict[str, str]:
    """Return the notebooks that a study's data cannot answer.

    Parameters
    ----------
    study : str, optional
        Its name; the default study of the file where none is given.

    Returns
    -------
    dict of str to str
        By notebook, what the study does not have.
    """
    return {notebook: ", ".join(reasons) for notebook, reasons in reasons_left_out(study).items()}


def reasons_left_out(study: str | None = None) -> dict[str, list[str]]:
    """Return the notebooks that a study's data cannot answer, with what it lacks one by one.

    Parameters
    ----------
    study : str, optional
        Its name; the default study of the file where none is given.

    Returns
    -------
    dict of str to list of str
        By notebook, for `digiskills.reports.carried.words`.
    """
    declared = read()
    at = studies.read(study or str(declared.get("study", "")))
    found = {entry["notebook"]: _unanswered(entry, at) for entry in declared["report"]}
    return {notebook: reasons for notebook, reasons in found.items() if reasons}


def unanswered(entry: Mapping[str, Any], study: Study) -> str:
    """Return what a study lacks for one entry of ``reports.toml``.

    Parameters
    ----------
    entry : mapping
        One ``[[report]]``; ``needs`` names the tables of which one at least must be there, by default any;
        ``frameworks`` those of the study's ``frameworks`` folder that must all be.
    study : Study
        The study.

    Returns
    -------
    str
        Empty where its data can answer the notebook, if only in part.
    """
    return ", ".join(_unanswered(entry, study))


def _unanswered(entry: Mapping[str, Any], study: Study) -> list[str]:
    """Return what a study lacks for a notebook; nothing where one of the tables that it needs can be made."""
    absent = [f"frameworks {name}" for name in entry.get("frameworks", ()) if name not in study.frameworks.tables]
    if absent:
        return absent
    tables = entry.get("table", [])
    wanted = [table for table in tables if table["id"] in entry.get("needs", [table["id"]])]
    lacks = [lacking(table, study) for table in _with_own_words(entry, wanted, study)]
    return list(dict.fromkeys(one for found in lacks for one in found)) if lacks and all(lacks) else []


def _with_own_words(
    entry: Mapping[str, Any], tables: Sequence[Mapping[str, Any]], study: Study
) -> list[Mapping[str, Any]]:
    """Return declared tables whose options have the words that the notebook's parameters have in a study."""
    try:
        parameters = _parameters(entry["notebook"], study)
    except (UsageError, KeyError):
        return list(tables)  # told when the notebook's reports are made
    values = {parameter.name: parameter.default for parameter in parameters}
    return [
        {**table, "options": {name: values.get(name, value) for name, value in table.get("options", {}).items()}}
        for table in tables
    ]


def _parameters(notebook: str, study: Study) -> tuple[Parameter, ...]:
    """Return a notebook's parameters; a default that is a word of another study is the first of this one."""
    read = declared_parameters.read(paths.notebooks() / f"{notebook}.ipynb")
    return tuple(dataclasses.replace(one, default=_own_word(one, study)) for one in read)


def _own_word(parameter: Parameter, study: Study) -> Any:
    """Return a parameter's default in a study; skills and questions have other names in each."""
    own: list[str] = []
    if parameter.name in SKILLS and "survey" in study.evidence:
        own = [pair.skill for pair in study.codebook.pairs()]
    elif parameter.name in QUESTIONS and "survey" in study.evidence:
        own = [item.name for item in study.codebook.with_role(parameter.name)]
    return parameter.default if not own or parameter.default in ("all", *own) else own[0]


def chosen(reports: Sequence[Report], words: Sequence[str]) -> list[Report]:
    """Return the reports that a user named.

    Parameters
    ----------
    reports : sequence of Report
        All there are.
    words : sequence of str
        Names of pages or notebooks, or the number a notebook starts with; none means all.

    Returns
    -------
    list of Report
        In the order of `reports`.

    Raises
    ------
    UsageError
        A word names no report; every such word, with the nearest name.
    """
    known = list(dict.fromkeys(name for report in reports for name in (report.notebook, report.page)))
    unknown = [word for word in words if not any(_names(word, report) for report in reports)]
    if unknown:
        raise UsageError("\n".join(f"there is no report ‘{word}’: {nearest(word, known)}" for word in unknown))
    return [report for report in reports if not words or any(_names(word, report) for word in words)]


def _names(word: str, report: Report) -> bool:
    """Tell whether a word of the command line names a report."""
    return word.removesuffix(".ipynb") in (report.page, report.notebook, report.notebook.split("-")[0])


def _expanded(
    entry: Mapping[str, Any], study: Study, languages: Sequence[str], texts: Mapping[str, str]
) -> tuple[list[Report], list[str]]:
    """Return the reports of one entry and what is wrong with their parameters."""
    notebook = entry["notebook"]
    try:
        parameters = _parameters(notebook, study)
    except UsageError as error:
        return [], [str(error)]
    given, problems = declared_parameters.values(parameters, texts)
    scopes = [given] if texts else _scopes(entry.get("matrix", [{}]), study)
    for scope in scopes:
        problems += declared_parameters.problems(parameters, scope, study)
        problems += _limits_nothing(entry, scope)
    if problems:
        return [], [f"{notebook}: {problem}" for problem in problems]
    wanted = [language for language in languages if language in entry.get("languages", LANGUAGES)]
    made = [_report(entry, study, language, parameters, scope) for scope in scopes for language in wanted]
    return [dataclasses.replace(report, on_request=bool(texts)) for report in made], []


def _limits_nothing(entry: Mapping[str, Any], scope: Mapping[str, Any]) -> list[str]:
    """Return a message per limit on a notebook that shows no survey, whose page would only claim it."""
    if not entry.get("table") or any("survey" in rests_on(table["evidence"]) for table in entry["table"]):
        return []
    limits = [name for name in LIMITS if scope.get(name) not in (None, "all", "latest", 0)]
    return [f"{name}: the notebook shows no survey, so this limits nothing; leave it out" for name in limits]


def _scopes(matrix: Any, study: Study) -> list[dict[str, Any]]:
    """Return the scopes of a matrix: as listed, or everyone and then one per value of each name."""
    if isinstance(matrix, list):
        return matrix
    scopes: list[dict[str, Any]] = [{}]
    for name, values in matrix.items():
        if values == "each" and name not in study.dimensions:
            continue
        each = study.dimension(name).names if values == "each" else values
        scopes += [{name: value} for value in each]
    return scopes


def _report(
    entry: Mapping[str, Any],
    study: Study,
    language: str,
    parameters: Sequence[Parameter],
    given: Mapping[str, Any],
) -> Report:
    """Return the report of one scope."""
    fixed = {"study": study.name, "language": language}
    values = {parameter.name: parameter.default for parameter in parameters} | dict(given) | fixed
    defaults = {parameter.name: parameter.default for parameter in parameters} | fixed
    scope = {name: value for name, value in values.items() if value != defaults[name]}
    limits = {*study.dimensions, *(["department"] if study.release.departments else [])}
    where = tuple((name, value) for name, value in scope.items() if name in limits and value != "all")
    lacks = {table["id"]: lacking(table, study) for table in _with_own_words(entry, entry.get("table", []), study)}
    tables = tuple(_table(table, where, values) for table in entry.get("table", []) if not lacks[table["id"]])
    absent = tuple((name, tuple(reasons)) for name, reasons in lacks.items() if reasons)
    page = "--".join([entry["notebook"], *(f"{name}-{_slug(value)}" for name, value in scope.items())])
    return Report(page, entry["notebook"], study.name, language, values, scope, tables, lacking=absent)


def _table(table: Mapping[str, Any], where: tuple[tuple[str, str], ...], values: Mapping[str, Any]) -> Table:
    """Return a declared table for a scope."""
    items = table.get("items", "")
    options = {name: values.get(name, value) for name, value in table.get("options", {}).items()}
    return Table(
        id=table["id"],
        evidence=table["evidence"],
        kind=table["kind"],
        items=items if isinstance(items, str) else tuple(items),
        by=tuple(table.get("by", ())),
        waves=tuple(table.get("waves", ("latest",))),
        where=where if "survey" in rests_on(table["evidence"]) else (),
        options=tuple(sorted((name, _hashable(value)) for name, value in options.items())),
    )


def _hashable(value: Any) -> Any:
    """Return a value of TOML with its lists as tuples."""
    return tuple(_hashable(part) for part in value) if isinstance(value, list) else value


def _slug(value: Any) -> str:
    """Return a value as a part of a file's name."""
    text = "-".join(value) if isinstance(value, list) else str(value)
    return re.sub(r"[^\w.]+", "-", text).strip("-").lower()
