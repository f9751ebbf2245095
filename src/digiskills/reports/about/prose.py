"""The pages written as Markdown: what they say of a study comes from its declaration."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from digiskills import paths, words
from digiskills.reports.about import markdown
from digiskills.reports.interface import text
from digiskills.study import Study

HERE = Path(__file__).parent


def methods(study: Study, language: str) -> str:
    """Return how numbers are made: in short with formulas, then the whole document on methods where it is there.

    Parameters
    ----------
    study : Study
        The study.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        HTML.
    """
    whole = paths.root() / "docs" / "methods.md"
    parts = [_prose("methods", study, language, whole=whole.is_file())]
    if whole.is_file():
        parts.append(_whole(whole.read_text(encoding="utf-8"), language))
    return "\n".join(parts)


def privacy(study: Study, language: str) -> str:
    """Return the rules of release that a study declares, in the reader's words.

    Parameters
    ----------
    study : Study
        The study.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        HTML.
    """
    return _prose("privacy", study, language, rules=_rules(study, language) if "survey" in study.evidence else [])


def accessibility(study: Study, language: str) -> str:
    """Return what was checked for accessibility, how, and what is known to be lacking.

    Parameters
    ----------
    study : Study
        The study.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        HTML.
    """
    return _prose("accessibility", study, language)


def _rules(study: Study, language: str) -> list[str]:
    """Return the rules that can bear on a study's numbers: without departments, none is about them."""
    lacking = () if study.design.cluster else ("clusters", "dominance")
    return [rule for name, rule in words.release_limits(study, language).items() if name not in lacking]


def _prose(name: str, study: Study, language: str, **more: Any) -> str:
    """Return one of the Markdown files beside this module, filled in for a study."""
    source = _templates().get_template(f"{name}.{language}.md").render(study=study, language=language, **more)
    return markdown.html(source)


def _whole(source: str, language: str) -> str:
    """Return the document on methods, which is written in English, one rank of headings lower."""
    lower = "\n".join(f"#{line}" if line.startswith("#") else line for line in source.splitlines())
    inner = markdown.html(lower.split("\n", 1)[1]).replace("<h2>", "<h3>").replace("</h2>", "</h3>")
    heading = f"<h2>{text('about.whole', language)}</h2>"
    mark = "" if language == "en" else ' lang="en"'
    return f"{heading}\n<p>{text('about.whole_intro', language)}</p>\n<div{mark}>{inner}</div>"


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
