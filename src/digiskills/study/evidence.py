"""The kinds of evidence of a study: ``[evidence.<name>]``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from digiskills.study.problems import Problems

EVIDENCE_KINDS = ("synthetic", "collected", "published")
_KEYS = ("kind", "label", "folder", "file", "coder", "agreement")


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
        The focus groups' project (``.qdpx``) inside the study's folder, empty where they are tables.
    coder : str
        Whose codings of that project are the consensus; empty where one person coded.
    agreement : mapping of str to str
        What is to be said wherever the agreement of its coders is shown, by language; empty for nothing.
    """

    name: str
    kind: str
    labels: Mapping[str, str]
    folder: str = ""
    file: str = ""
    coder: str = ""
    agreement: Mapping[str, str] = field(default_factory=dict)


def evidence(tables: Mapping[str, Any], problems: Problems) -> dict[str, Evidence]:
    """Return the kinds of evidence by name; what is wrong is added to the problems."""
    if not tables:
        problems.add("evidence", None, "is missing", "at least one table [evidence.<name>]")
    found = {}
    for name, table in tables.items():
        problems.known(f"evidence.{name}", table, _KEYS)
        kind = problems.choice(f"evidence.{name}.kind", table.get("kind"), EVIDENCE_KINDS)
        labels = problems.labels(f"evidence.{name}.label", table.get("label"))
        places = {key: str(table.get(key, "")) for key in ("folder", "file", "coder")}
        said = table.get("agreement")
        agreement = {} if said is None else problems.labels(f"evidence.{name}.agreement", said)
        found[name] = Evidence(name, kind, labels, agreement=agreement, **places)
    return found
