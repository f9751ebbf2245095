"""``notebooks/reports.toml`` as it is written: its shape, and everything that is wrong with it at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from digiskills import paths
from digiskills.codebook import LANGUAGES
from digiskills.errors import UsageError, nearest

EVIDENCE = ("survey", "focus_groups", "published", "joint")
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
# Every page exists for each study and language, so these two never make a page of another name.
EVERYWHERE = ("study", "language")

_REPORT_KEYS = {"notebook", "languages", "matrix", "needs", "frameworks", "table"}
_TABLE_KEYS = {"id", "evidence", "kind", "items", "by", "waves", "options"}


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
    ids = [str(table.get("id", "")) for table in entry.get("table", [])]
    found += [f"{name}: needs ‘{one}’; {nearest(str(one), ids)}" for one in entry.get("needs", []) if one not in ids]
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
