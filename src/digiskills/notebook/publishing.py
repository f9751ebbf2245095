"""What a notebook shows: exhibits, sentences and the page's passport."""

from __future__ import annotations

import dataclasses
import html
import os
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from IPython import get_ipython
from IPython.display import HTML

from digiskills import exhibits, intake, tables, words
from digiskills.charts import Drawing
from digiskills.disclosure import JOINT, Released
from digiskills.errors import ReleaseError
from digiskills.exhibits import Exhibit
from digiskills.notebook.run import RUN, marked, said
from digiskills.notebook.scope import Scope
from digiskills.notebook.told import refuse_strange, remember
from digiskills.tables import Arranged

LIMITS = ("department_size", "level", "department")
WORDS = ("codebook", "frameworks")
"""Folders of a study that say what things are called, in both languages: they are no source of numbers."""


def publish(identity: str, shown: Drawing | Released | Arranged, *, differences: Released | None = None) -> Exhibit:
    """Return an exhibit to show, and write its files when a build runs this notebook.

    Parameters
    ----------
    identity : str
        Exhibit id as declared in ``notebooks/reports.toml``.
    shown : Drawing, Released or Arranged
        A chart or a table.
    differences : Released, optional
        The differences between the groups shown, a declared table of its own: its letters stand in the table of
        numbers, with their rule.

    Returns
    -------
    Exhibit
        Figure, caption and folded data table.

    Raises
    ------
    ReleaseError
        If the table was not declared under this id.
    """
    run = said()
    _refuse_another_scope(identity, shown, run.get("parameters", {}))
    number = str(run.get("notebook", identity))[:2]
    if not identity.startswith(f"{number}-"):
        raise ReleaseError(f"‘{identity}’ is another notebook’s exhibit: one of this notebook starts with {number}-")
    if run:
        _refuse_changed(shown)
        if differences is not None:
            _refuse_changed(differences)
    exhibit = exhibits.publish(
        identity,
        shown,
        folder=Path(run["exhibits"]) if run else None,
        parameters=run.get("parameters", {}),
        data_digest=run.get("data_digest", ""),
        code_version=version("digiskills"),
        differences=differences,
    )
    remember(shown if isinstance(shown, Released) else shown.released)
    return dataclasses.replace(exhibit, html=marked(exhibit.html))


def say(*sentences: str | Iterable[str]) -> HTML:
    """Return computed sentences as a list to read.

    Parameters
    ----------
    *sentences : str or iterable of str
        From `digiskills.words`.

    Returns
    -------
    IPython.display.HTML
        One bullet per sentence, each sentence once.
    """
    told = [line for part in sentences for line in ([part] if isinstance(part, str) else part)]
    once = dict.fromkeys(told)  # several tables may say the same of themselves
    refuse_strange(once)
    return _bullets(once)


def cite(opened: Scope, frameworks: Iterable[str]) -> HTML:
    """Return the sources of frameworks as a list to read; years and numbers of editions are no numbers of a table.

    Parameters
    ----------
    opened : OpenStudy
        The study as opened.
    frameworks : iterable of str
        Codes of its frameworks.

    Returns
    -------
    IPython.display.HTML
        One bullet per framework, with its licence.
    """
    return _bullets(words.lens_source(opened.study, name, opened.language) for name in frameworks)


def covered(opened: Scope, frameworks: Iterable[str]) -> HTML:
    """Return what the study's questions touch of frameworks, as a list to read: counts of names, not of people.

    Parameters
    ----------
    opened : OpenStudy
        The study as opened.
    frameworks : iterable of str
        Codes of its frameworks.

    Returns
    -------
    IPython.display.HTML
        One bullet per sentence.
    """
    found = [words.findings_lens(opened.study, name, opened.language) for name in frameworks]
    return _bullets(line for lines in found for line in lines)


def passport(opened: Scope) -> HTML:
    """Return the closing lines of a page: sources with their digests, parameters, versions, date of the data.

    Parameters
    ----------
    opened : OpenStudy
        The study as opened.

    Returns
    -------
    IPython.display.HTML
        A definition list.
    """
    study, language = opened.study, opened.language
    sources = [
        f"{resource.path} ({resource.sha256[:12]})"
        for resource in intake.passport.read(study.folder).resources.values()
        if not resource.optional and Path(resource.path).parts[0] not in WORDS
    ]
    parameters = {"study": study.name, "language": language, **opened.where, **said().get("parameters", {})}
    packages = [f"{name} {version(name)}" for name in ("digiskills", "numpy", "pandas", "scipy", "matplotlib")]
    lines = {
        "passport.sources": "; ".join(sources),
        "passport.parameters": ", ".join(f"{name} = {value}" for name, value in parameters.items()),
        "passport.versions": ", ".join([f"Python {platform.python_version()}", *packages]),
        "passport.release": " ".join(words.release_rules(study, language)),
        "passport.date": ", ".join(f"{wave.name}: {wave.date.isoformat()}" for wave in study.waves),
    }
    terms = [f"<dt>{words.text(key, language)}</dt><dd>{html.escape(line)}</dd>" for key, line in lines.items()]
    return HTML(marked(f'<dl class="passport">{"".join(terms)}</dl>'))


def show_tables() -> None:
    """Let Jupyter show a released table as one, whenever it is the last line of a cell."""
    shell = get_ipython()
    if shell is not None:
        shell.display_formatter.formatters["text/html"].for_type(Released, _shown)


def _bullets(lines: Iterable[str]) -> HTML:
    return HTML(marked("<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in lines) + "</ul>"))


def _shown(released: Released) -> str:
    """Return a table to look at; a build shows only those that were declared."""
    if RUN in os.environ and not released.ids:
        raise ReleaseError("a build shows declared tables only: declare this one in notebooks/reports.toml")
    return marked(tables.html(released))


def _refuse_changed(shown: Drawing | Released | Arranged) -> None:
    """Refuse what holds other rows than those that were released; what is no released table is refused later."""
    released = shown.released if isinstance(shown, Drawing | Arranged) else shown
    if isinstance(released, Released):
        released.refuse_changed()


def _refuse_another_scope(identity: str, shown: Drawing | Released | Arranged, parameters: Mapping[str, Any]) -> None:
    """Refuse a survey table that is limited otherwise than its page says."""
    released = shown.released if isinstance(shown, Drawing | Arranged) else shown
    if not parameters or not isinstance(released, Released) or released.evidence not in ("survey", JOINT):
        return
    told = {name: parameters[name] for name in LIMITS if parameters.get(name, "all") != "all"}
    if released.where != told:
        raise ReleaseError(f"‘{identity}’ is limited to {released.where or 'nothing'}, its page to {told or 'nothing'}")
