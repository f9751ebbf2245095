"""The kinds of evidence of a study: ``[evidence.<name>]``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from digiskills.study.problems import Problems

EVIDENCE_KINDS = ("synthetic", "collected", "published")
TABLES = ("wide", "long")
_KEYS = ("kind", "label", "folder", "file", "table", "columns", "coder", "agreement")
_COLUMNS = ("segment", "coder", "code")


@dataclass(frozen=True)
class Evidence:
    """One kind of evidence of a study; its banner follows it to every page and figure.

    Parameters
    ----------
    name : str
        ``survey``, ``focus_groups`` or ``published``.
    kind : str
        ``synthetic``, ``collected`` or ``published``.
    labels : mapping of str to str
        Its name for the reader, by language.
    folder : str
        Folder of its files inside the study's, empty for the survey's own files.
    file : str
        The focus groups' project (``.qdpx``) or table of codings inside the study's folder; empty where they are the
        tables of a folder.
    coder : str
        Whose codings of that file are the consensus; empty where one person coded.
    agreement : mapping of str to str
        What is to be said wherever the agreement of its coders is shown, by language; empty for nothing.
    table : str
        How a table of codings is laid out: ``wide``, a column per code, or ``long``, a row per coding; else empty.
    columns : mapping of str to str
        Its columns of the segment, the coder and (long) the code, where they are not called segment_id, coder, code.
    """

    name: str
    kind: str
    labels: Mapping[str, str]
    folder: str = ""
    file: str = ""
    coder: str = ""
    agreement: Mapping[str, str] = field(default_factory=dict)
    table: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


def evidence(tables: Mapping[str, Any], problems: Problems) -> dict[str, Evidence]:
    """Return the kinds of evidence by name; what is wrong is added to the problems."""
    if not tables:
        problems.add("evidence", None, "is missing", "at least one table [evidence.<name>]")
    found = {}
    for name, table in tables.items():
        problems.known(f"evidence.{name}", table, _KEYS)
        kind = problems.choice(f"evidence.{name}.kind", table.get("kind"), EVIDENCE_KINDS)
        labels = problems.labels(f"evidence.{name}.label", table.get("label"))
        places = {key: str(table.get(key, "")) for key in ("folder", "file", "coder", "table")}
        columns = _columns(f"evidence.{name}", table, problems)
        said = table.get("agreement")
        agreement = {} if said is None else problems.labels(f"evidence.{name}.agreement", said)
        found[name] = Evidence(name, kind, labels, columns=columns, agreement=agreement, **places)
    return found


def _columns(key: str, table: Mapping[str, Any], problems: Problems) -> dict[str, str]:
    """Return what the columns of a table of codings are called; add what does not go with the file."""
    file, layout, given = str(table.get("file", "")), table.get("table"), table.get("columns", {})
    is_project = file.lower().endswith(".qdpx")
    if file and not is_project and layout is None:
        problems.add(f"{key}.table", None, "is missing: the file is no project", f"one of {', '.join(TABLES)}")
    if layout is not None:
        problems.choice(f"{key}.table", layout, TABLES)
    if (is_project or not file) and not {"table", "columns"}.isdisjoint(table):
        problems.add(f"{key}.table", layout, "is of a table of codings, which the file is not", "leave it out")
    if not isinstance(given, dict) or not all(isinstance(value, str) and value for value in given.values()):
        problems.add(f"{key}.columns", given, "are no names of columns", '{ segment = "passage", coder = "who" }')
        return {}
    problems.known(f"{key}.columns", given, _COLUMNS)
    return {name: value for name, value in given.items() if name in _COLUMNS}
