"""The shell of every page: landmarks, one stylesheet, a policy that lets nothing else in, and the way to the others."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from digiskills.codebook import LANGUAGES
from digiskills.reports.interface import entries, text

TEMPLATE = Path(__file__).parent / "template"
# Pages that every study has in each language beside its reports.
ABOUT = ("codebook", "methods", "privacy", "accessibility")
# Where the link to a page's PDF goes once there is one.
PDF_PLACE = "<!--pdf-->"


def frame(language: str, title: str, content: str, **parts: Any) -> str:
    """Return a whole HTML document around its parts.

    Parameters
    ----------
    language : str
        ``en`` or ``fr``.
    title, content : str
        Its title, and what stands in ``main``, as HTML.
    **parts : any
        What else ``page.html.j2`` shows: site, home, other, contents, banners, scope, foot, about (links of the
        footer), script (of ours, run once the page is there).

    Returns
    -------
    str
        The document. Its Content-Security-Policy names stylesheet and script by their digests, so nothing that
        comes with the content can run or restyle it, and the page holds where it is opened as a file.
    """
    style = stylesheet()
    given: dict[str, Any] = {
        "site": "",
        "home": "",
        "other": None,
        "contents": [],
        "banners": [],
        "scope": "",
        "foot": [],
    }
    given |= {"about": about(language), "script": ""} | parts
    shown = given | {"title": title, "content": content, "style": style}
    policy = content_policy(style, given["script"])
    return rendered("page.html.j2", language, policy=policy, pdf_place=PDF_PLACE, **shown) + "\n"


def content_policy(style: str, script: str = "") -> str:
    """Return the policy of a page.

    Parameters
    ----------
    style, script : str
        All that its ``style`` and ``script`` elements hold.

    Returns
    -------
    str
        A Content-Security-Policy under which nothing is fetched but pictures beside the page.
    """
    scripts = [f"script-src {_source(script)}"] if script else []
    kept = ["base-uri 'none'", "form-action 'none'"]
    return "; ".join(["default-src 'none'", "img-src 'self' data:", f"style-src {_source(style)}", *scripts, *kept])


def about(language: str, prefix: str = "") -> list[dict[str, str]]:
    """Return the links to the explorer and to the pages about a study.

    Parameters
    ----------
    language : str
        ``en`` or ``fr``.
    prefix : str
        Folder of these pages, seen from the page that links to them.

    Returns
    -------
    list of dict
        ``href``, ``text`` and ``language``.
    """
    names = {"explorer": "explorer.title", **{name: f"about.{name}" for name in ABOUT}}
    return [
        {"href": f"{prefix}{name}.html", "text": text(key, language), "language": language}
        for name, key in names.items()
    ]


def switch(language: str, page: str) -> dict[str, str]:
    """Return the link to the same page in the other language."""
    other = next(word for word in LANGUAGES if word != language)
    return {"language": other, "href": f"../{other}/{page}.html"}


def rendered(template: str, language: str, **parts: Any) -> str:
    """Return a piece of a page from one of the templates."""
    return environment().get_template(template).render(words=vocabulary(language), language=language, **parts)


@cache
def stylesheet() -> str:
    """Return the style of all pages."""
    return (TEMPLATE / "style.css").read_text(encoding="utf-8")


@cache
def environment() -> jinja2.Environment:
    """Return the templates; what is put into them is escaped."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE), autoescape=True, undefined=jinja2.StrictUndefined
    )


def vocabulary(language: str) -> dict[str, str]:
    """Return the words of the interface in one language."""
    return {key: labels[language] for key, labels in entries().items()}


def _source(held: str) -> str:
    """Return a source of the policy that is one text and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(held.encode()).digest()).decode()}'"
