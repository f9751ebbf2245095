"""What ``notebooks/reports.toml`` declares, and the reports that follow from it."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from digiskills import paths
from digiskills import study as studies
from digiskills.codebook import LANGUAGES
from digiskills.errors import UsageError, nearest
from digiskills.reports import parameters as declared_parameters
from digiskills.reports.parameters import Parameter
from digiskills.study import Study

EVIDENCE = ("survey", "focus_groups", "published", "joint")
# Evidence that a joint table rests on; a study may lack what stands last.
JOINED = ("survey", "focus_groups", "published")
# What disclosure.KINDS and the other evidence can make; a test holds this list, which imports nothing, to them.
KINDS = (
    "respondents",
    "missing",
    "means",
    "shares",
    "barrier_side",
    "shortfalls",
    "departments",
    "differences",
    "standardized",
    "mix_and_rate",
    "band_ends",
    "size_trend",
    "paired_levels",
    "between_departments",
    "response",
    "model",
    "effects",
    "adjusted",
    "parallel",
    "department_share",
    "changes",
    "needs",
    "quadrants",
    "literacy",
    "quiz",
    "t_shaped",
    "coverage",
    "reach",
    "pairs_short",
    "sets_short",
    "answers_needed",
    "detectable_change",
    "reliability",
    "item_rest",
    "equivalence",
    "robustness",
    "robustness_range",
    "robustness_order",
    "themes",
    "cooccurrence",
    "cooccurrence_in_paragraphs",
    "saturation",
    "passages",
    "texts",
    "coder_agreement",
    "settled",
    "figures",
    "barriers_voiced",
    "paraphrases",
    "joint_display",
    "codes_voiced",
    "recommendations",
    "questions",
)
# Kinds that compare coders with each other.
OF_CODERS = ("coder_agreement", "settled")
CONSENSUS = "consensus"  # what no coder is called; a test holds it to digiskills.focus_groups
# Options that name a question, or a dimension.
QUESTIONS = ("groups", "barrier")
# Kinds that compare a wave with the one before it.
TWO_WAVES = ("changes", "detectable_change")
# What kinds need of a study's design and population.
NEEDS = {
    "departments": ("clusters",),
    "band_ends": ("clusters", "people of departments"),
    "size_trend": ("clusters", "people of departments"),
    "paired_levels": ("clusters",),
    "between_departments": ("clusters",),
    "department_share": ("clusters",),
    "response": ("heads of the population",),
    "answers_needed": ("errors of its design",),
    "detectable_change": ("errors of its design",),
}
# What kinds read in a study’s frameworks.
FRAMEWORKS = {
    "joint_display": ("barriers",),
    "recommendations": ("recommendations", "indicators"),
    "questions": ("questions", "question_exhibits"),
}
# Every page exists for each study and language, so these two never make a page of another name.
EVERYWHERE = ("study", "language")
LIMITS = ("wave", "department_size", "level", "smallest_group")

_REPORT_KEYS = {"notebook", "languages", "matrix", "table"}
_TABLE_KEYS = {"id", "evidence", "kind", "items", "by", "waves", "options"}


@dataclass(frozen=True)
class Table:
    """A table that a report publishes, as declared, for one scope of its notebook.

    Parameters
    ----------
    id : str
        Id of the exhibit; starts with the notebook's number.
    evidence, kind : str
        What it rests on and what its numbers are.
    items : str or tuple of str
        A role, ``skills`` or a list of items.
    by, waves : tuple of str
        Breakdown and waves.
    where : mapping of str to str
        The dimensions that the report is restricted to; empty for everyone.
    options : tuple of (str, value)
        What else makes the table; an option with the name of a parameter has the parameter's value.
    """

    id: str
    evidence: str
    kind: str
    items: str | tuple[str, ...] = ""
    by: tuple[str, ...] = ()
    waves: tuple[str, ...] = ("latest",)
    where: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Report:
    """One page: a notebook, a study, a language and the values of its parameters.

    Parameters
    ----------
    page : str
        Name of the page: the notebook's, and the parameters that differ from its defaults.
    notebook : str
        Name of the notebook without ``.ipynb``.
    study, language : str
        Whose page it is.
    parameters : mapping of str to value
        All of them, in the order of the notebook.
    scope : mapping of str to value
        Those that differ from the notebook's defaults, without study and language.
    tables : tuple of Table
        What it publishes.
    on_request : bool
        Whether a user asked for this scope, which ``reports.toml`` does not declare.
    """

    page: str
    notebook: str
    study: str
    language: str
    parameters: Mapping[str, Any]
    scope: Mapping[str, Any]
    tables: tuple[Table, ...] = ()
    on_request: bool = False

    @property
    def path(self) -> Path:
        """The notebook's file."""
        return paths.notebooks() / f"{self.notebook}.ipynb"

    @property
    def key(self) -> str:
        """What ``run.json`` and the command line call it."""
        return f"{self.study}/{self.language}/{self.page}"

    @cached_property
    def title(self) -> str:
        """The question of the notebook in the report's language."""
        return title(self.path, self.language)


def title(notebook: Path, language: str) -> str:
    """Return the question that a notebook answers.

    Parameters
    ----------
    notebook : Path
        A ``.ipynb`` file.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        Its first heading of the first rank in the language; its name where it has none.
    """
    others = set(LANGUAGES) - {language}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        tags = set(cell.get("metadata", {}).get("tags", []))
        heading = re.match(r"#\s+(.+)", "".join(cell["source"]))
        if cell["cell_type"] == "markdown" and heading and not tags & others:
            return heading[1].strip()
    return notebook.stem


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
        One per notebook, scope and language. A notebook that the study's data cannot answer is left out.

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
    declared = read()
    at = studies.read(study or str(declared.get("study", "")))
    found = {entry["notebook"]: unanswered(entry, at) for entry in declared["report"]}
    return {notebook: reason for notebook, reason in found.items() if reason}


def unanswered(entry: Mapping[str, Any], study: Study) -> str:
    """Return what a study lacks for one entry of ``reports.toml``.

    Parameters
    ----------
    entry : mapping
        One ``[[report]]``.
    study : Study
        The study.

    Returns
    -------
    str
        Empty where its data can answer the notebook.
    """
    lacks = []
    for table in entry.get("table", []):
        named = FRAMEWORKS.get(table["kind"], ())
        lacks += [f"frameworks {name}" for name in named if name not in study.frameworks.tables]
        missing = [name for name in rests_on(table["evidence"])[:2] if name not in study.evidence]
        if missing:
            lacks += [f"evidence {name}" for name in missing]
        elif table["kind"] in OF_CODERS:
            lacks += [] if _has_several_coders(study) else ["a second coder"]
        elif "survey" in rests_on(table["evidence"]):
            lacks += [f"dimension {name}" for name in table.get("by", []) if name not in study.dimensions]
            lacks += [f"items {word}" for word in _lacking_items(table.get("items", ""), study)]
            lacks += _lacking_named(table.get("options", {}), study)
            lacks += _lacking_design(table["kind"], study)
            lacks += ["a second wave"] if table["kind"] in TWO_WAVES and len(study.waves) < 2 else []
    return ", ".join(dict.fromkeys(lacks))


def rests_on(evidence: str) -> tuple[str, ...]:
    """Return the evidence of a study that a table rests on.

    Parameters
    ----------
    evidence : str
        As declared.

    Returns
    -------
    tuple of str
        Several where they stand side by side; a study may lack the last of these.
    """
    return JOINED if evidence == "joint" else (evidence,)


def _lacking_items(items: str | Sequence[str], study: Study) -> list[str]:
    """Return the words for items that mean nothing in a study's codebook."""
    book = study.codebook
    known = {*book.items, *(item.role for item in book.items.values()), *(["skills"] if book.pairs() else [])}
    return [word for word in ([items] if isinstance(items, str) else items) if word and word not in known]


def _lacking_named(options: Mapping[str, Any], study: Study) -> list[str]:
    """Return the skills and questions named in a table's options that a study does not ask."""
    known = {"all", *(pair.skill for pair in study.codebook.pairs())}
    skills = [str(options[name]) for name in ("skill", "held_skill") if options.get(name, "all") not in known]
    asked = {"all", *study.codebook.items, *study.dimensions}
    questions = [str(options[name]) for name in QUESTIONS if options.get(name, "all") not in asked]
    return [f"skill {name}" for name in skills] + [f"question {name}" for name in questions]


def _has_several_coders(study: Study) -> bool:
    """Return whether the passages of a study were read by two coders or more besides their consensus."""
    declared = study.evidence["focus_groups"]
    if declared.file:  # of a project, one coder is the consensus of the others
        return bool(declared.coder)
    listed = study.folder / declared.folder / "ratings.csv"
    if not listed.is_file():
        return False
    with listed.open(encoding="utf-8-sig", newline="") as lines:
        return len({row.get("coder", "") for row in csv.DictReader(lines)} - {"", CONSENSUS}) > 1


def _lacking_design(kind: str, study: Study) -> list[str]:
    """Return what a kind of table needs of a study's design and population and does not find."""
    has = {"clusters": bool(study.design.cluster), "people of departments": bool(study.design.people)}
    has |= {"heads of the population": bool(study.population_file), "errors of its design": study.design.intervals}
    return [name for name in NEEDS.get(kind, ()) if not has[name]]


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


def read() -> dict[str, Any]:
    """Return ``notebooks/reports.toml`` as it is written, once its shape is known to be right.

    Returns
    -------
    dict
        With ``study`` and ``report``, a list of tables.

    Raises
    ------
    UsageError
        With everything that is wrong: file, report, key, what would do.
    """
    path = paths.notebooks() / "reports.toml"
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError("notebooks/reports.toml is missing: it declares which notebook runs with what") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"notebooks/reports.toml is not TOML: {error}") from None
    declared.setdefault("report", [])
    problems = _unknown("reports.toml", declared, {"study", "report"})
    for entry in declared["report"]:
        problems += _entry_problems(entry)
    problems += _twice([table.get("id") for entry in declared["report"] for table in entry.get("table", [])])
    if problems:
        raise UsageError("\n".join(f"notebooks/reports.toml: {problem}" for problem in problems))
    return declared


def _names(word: str, report: Report) -> bool:
    """Tell whether a word of the command line names a report."""
    return word.removesuffix(".ipynb") in (report.page, report.notebook, report.notebook.split("-")[0])


def _expanded(
    entry: Mapping[str, Any], study: Study, languages: Sequence[str], texts: Mapping[str, str]
) -> tuple[list[Report], list[str]]:
    """Return the reports of one entry and what is wrong with their parameters."""
    notebook = entry["notebook"]
    try:
        parameters = declared_parameters.read(paths.notebooks() / f"{notebook}.ipynb")
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
    tables = tuple(_table(table, where, values) for table in entry.get("table", []))
    page = "--".join([entry["notebook"], *(f"{name}-{_slug(value)}" for name, value in scope.items())])
    return Report(page, entry["notebook"], study.name, language, values, scope, tables)


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


def _entry_problems(entry: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with one ``[[report]]``."""
    name = str(entry.get("notebook", ""))
    if not (paths.notebooks() / f"{name}.ipynb").is_file():
        there = sorted(path.stem for path in paths.notebooks().glob("*.ipynb"))
        return [f"there is no notebook ‘{name}’: {nearest(name, there)}"]
    found = _unknown(name, entry, _REPORT_KEYS)
    for language in set(entry.get("languages", [])) - set(LANGUAGES):
        found.append(f"{name}: ‘{language}’ is not a language; {nearest(language, LANGUAGES)}")
    matrix = entry.get("matrix", [{}])
    for scope in matrix if isinstance(matrix, list) else [matrix]:
        found += [f"{name}: ‘{word}’ cannot stand in a matrix" for word in EVERYWHERE if word in scope]
    for table in entry.get("table", []):
        found += _table_problems(name, table)
    return found


def _table_problems(notebook: str, table: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with one ``[[report.table]]``."""
    identity = str(table.get("id", ""))
    found = _unknown(f"{notebook}, table {identity}", table, _TABLE_KEYS)
    number = notebook.split("-")[0]
    if not re.fullmatch(rf"{number}-[a-z0-9-]+", identity):
        found.append(f"{notebook}: id ‘{identity}’ should start with {number}- and hold small letters and hyphens")
    for key, words in (("evidence", EVIDENCE), ("kind", KINDS)):
        if table.get(key) not in words:
            given = str(table.get(key))
            found.append(f"{notebook}, table {identity}: {key} ‘{given}’; {nearest(given, words)}")
    return found


def _unknown(place: str, table: Mapping[str, Any], known: set[str]) -> list[str]:
    """Return one message per key that is not known."""
    return [f"{place}: there is no key ‘{key}’; {nearest(key, sorted(known))}" for key in table if key not in known]


def _twice(ids: Sequence[Any]) -> list[str]:
    """Return one message per id that is declared twice."""
    return [f"table {identity} is declared twice" for identity in dict.fromkeys(ids) if ids.count(identity) > 1]
