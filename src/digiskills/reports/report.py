"""What one page is: a notebook, a study, a language, the values of its parameters, and the tables it publishes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from digiskills import paths
from digiskills.codebook import LANGUAGES


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
    lacking : tuple of (str, tuple of str)
        Declared tables that the study's data cannot carry, and what they would need.
    """

    page: str
    notebook: str
    study: str
    language: str
    parameters: Mapping[str, Any]
    scope: Mapping[str, Any]
    tables: tuple[Table, ...] = ()
    on_request: bool = False
    lacking: tuple[tuple[str, tuple[str, ...]], ...] = ()

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
