"""Pages: the cells of an executed notebook in one language inside our own frame, nothing from elsewhere."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from bs4 import BeautifulSoup, Tag

from digiskills import study as studies
from digiskills import words
from digiskills.codebook import LANGUAGES
from digiskills.reports.declared import Report, rests_on
from digiskills.reports.failure import Failure, Stopped, command
from digiskills.reports.interface import entries, text
from digiskills.study import Study

if TYPE_CHECKING:
    from nbconvert.exporters import HTMLExporter
    from nbformat import NotebookNode

TEMPLATE = Path(__file__).parent / "template"
# What nbconvert writes where a picture has no alternative text: checkers of accessibility pass it.
NO_ALT = re.compile(r"no description has been provided", re.IGNORECASE)


def page(executed: NotebookNode, report: Report, pages: Mapping[str, str]) -> str:
    """Return the page of a report.

    Parameters
    ----------
    executed : NotebookNode
        The notebook as run, cleaned.
    report : Report
        The report.
    pages : mapping of str to str
        The page behind each ``language/name`` of a page or notebook.

    Returns
    -------
    str
        A whole HTML document.

    Raises
    ------
    Stopped
        A picture has no alternative text, or the page has not exactly one heading of the first rank.
    """
    study = studies.read(report.study)
    html = _cells(executed, report.language)
    soup = BeautifulSoup(html.replace("<!--parameters-->", parameter_table(report, study)), "html.parser")
    problems = _alt_problems(soup) + _heading_problems(soup)
    if problems:
        raise Stopped(Failure("; ".join(problems)))
    for link in soup.find_all("a", href=True):
        _rewrite(link, report, pages)
    wrap_tables(soup, report.language)
    _wrap_pictures(soup)
    contents = _contents(soup)
    return _frame(report, study, pages, content=str(soup), contents=contents, banners=banners(report, study))


def warm() -> None:
    """Make the templates ready, so that processes forked from this one have them."""
    import nbformat

    _cells(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), LANGUAGES[0])
    _environment().get_template("page.html.j2")


def failure_page(failure: Failure, report: Report, pages: Mapping[str, str]) -> str:
    """Return the page that stands in place of a report that could not be made.

    Parameters
    ----------
    failure : Failure
        Why.
    report : Report
        The report.
    pages : mapping of str to str
        The page behind each ``language/name`` of a page or notebook.

    Returns
    -------
    str
        A whole HTML document: what happened, in which cell, with which parameters, and how to repeat it.
    """
    study, language = studies.read(report.study), report.language
    content = (
        _environment()
        .get_template("failure.html.j2")
        .render(
            words=_words(language),
            failure=failure,
            heading=text("failed_title", language, title=report.title),
            intro=text("failed_intro", language, notebook=f"{report.notebook}.ipynb"),
            cell=text("failed_cell", language, number=failure.cell),
            parameters=parameter_table(report, study),
            command=command(report),
        )
    )
    soup = BeautifulSoup(content, "html.parser")
    wrap_tables(soup, language)
    return _frame(report, study, pages, content=str(soup), contents=[], banners=[])


def parameter_table(report: Report, study: Study) -> str:
    """Return the parameters of a report as a table in its language.

    Parameters
    ----------
    report : Report
        The report.
    study : Study
        For the words of its dimensions.

    Returns
    -------
    str
        An HTML table.
    """
    rows = [
        {
            "name": name,
            "label": parameter_label(name, study, report.language),
            "value": value_label(name, value, study, report.language),
        }
        for name, value in report.parameters.items()
    ]
    return _environment().get_template("parameters.html.j2").render(words=_words(report.language), rows=rows)


def parameter_label(name: str, study: Study, language: str) -> str:
    """Return what a parameter is called: by its dimension, by the interface, or by its own name."""
    if name in study.dimensions:
        return study.dimensions[name].labels[language]
    return text(f"parameter.{name}", language) if f"parameter.{name}" in entries() else name.replace("_", " ")


def value_label(name: str, value: Any, study: Study, language: str) -> str:
    """Return what the value of a parameter is called."""
    if isinstance(value, list) and value:
        return words.join([value_label(name, part, study, language) for part in value], language)
    if name == "smallest_group":
        return words.number(max(value, study.release.smallest_group), language)
    key = f"language.{value}" if name == "language" else f"value.{str(value).lower() if value != [] else 'none'}"
    if key in entries():
        return text(key, language)
    if name == "study":
        return study.title[language]
    if name in study.dimensions and value in study.dimensions[name].names:
        return study.dimensions[name].label(value, language)
    return words.number(value, language) if isinstance(value, int) else str(value)


def scope_label(report: Report, study: Study) -> str:
    """Return in words what a report is limited to; empty for a notebook run as it is written."""
    language = report.language
    return "; ".join(
        parameter_label(name, study, language) + text("colon", language) + value_label(name, value, study, language)
        for name, value in report.scope.items()
    )


def banners(report: Report, study: Study) -> list[dict[str, str]]:
    """Return the line for each kind of evidence that a report's tables rest on.

    Parameters
    ----------
    report : Report
        The report.
    study : Study
        Which says of what kind its evidence is.

    Returns
    -------
    list of dict
        ``kind`` and ``text``, one per kind, in the order of the tables.
    """
    rests = dict.fromkeys(
        name for table in report.tables for name in rests_on(table.evidence) if name in study.evidence
    )
    kinds = dict.fromkeys(study.evidence[name].kind for name in rests)
    return [{"kind": kind, "text": words.banner(kind, study, report.language)} for kind in kinds]


def frame(**parts: Any) -> str:
    """Return a whole HTML document around its parts.

    Parameters
    ----------
    **parts : any
        What ``page.html.j2`` asks for: language, title, scope, site, home, other, contents, banners, content,
        foot.

    Returns
    -------
    str
        The document.
    """
    style = (TEMPLATE / "style.css").read_text(encoding="utf-8")
    template = _environment().get_template("page.html.j2")
    return template.render(style=style, words=_words(parts["language"]), **parts) + "\n"


def wrap_tables(soup: BeautifulSoup, language: str) -> None:
    """Put each table into a container of its own that scrolls, and that the keyboard reaches.

    Parameters
    ----------
    soup : BeautifulSoup
        Changed in place.
    language : str
        ``en`` or ``fr``.
    """
    for table in soup.find_all("table"):
        for head in table.select("thead th:not([scope])"):
            head["scope"] = "col"
        if not table.find_parent(attrs={"tabindex": "0"}):
            caption = table.find("caption")
            name = caption.get_text(" ", strip=True) if caption else text("table", language)
            table.wrap(
                soup.new_tag("div", attrs={"class": "scroll", "role": "region", "tabindex": "0", "aria-label": name})
            )


def _wrap_pictures(soup: BeautifulSoup) -> None:
    """Put the picture of each figure into a container that scrolls where the screen is narrow."""
    for picture in soup.select("figure img"):
        figure = picture.find_parent("figure")
        caption = figure.find("strong") if figure else None
        name = caption.get_text(" ", strip=True) if caption else str(picture["alt"])
        picture.wrap(
            soup.new_tag("div", attrs={"class": "scroll", "role": "region", "tabindex": "0", "aria-label": name})
        )


def rendered(template: str, language: str, **parts: Any) -> str:
    """Return a piece of a page from one of the templates."""
    return _environment().get_template(template).render(words=_words(language), **parts)


def _frame(report: Report, study: Study, pages: Mapping[str, str], **parts: Any) -> str:
    """Return the document of a report's page."""
    other = next(language for language in LANGUAGES if language != report.language)
    scope = scope_label(report, study)
    switch = {"language": other, "href": f"../{other}/{report.page}.html"}
    smallest = max(int(report.parameters.get("smallest_group", 0)), study.release.smallest_group)
    return frame(
        language=report.language,
        title=f"{report.title} {scope}".strip(),
        scope=scope,
        site=study.title[report.language],
        home="index.html",
        other=switch if f"{other}/{report.page}" in pages else None,
        **parts,
        foot=[
            *(_rules(study, smallest, report.language) if _shows_survey(report) else []),
            text("notebook", report.language, notebook=f"{report.notebook}.ipynb"),
        ],
    )


def _rules(study: Study, smallest: int, language: str) -> list[str]:
    """Return the study's rules of release in the reader's words."""
    rules = [text("smallest_group", language, count=smallest)]
    if study.design.cluster:
        rules.append(text("fewest_clusters", language, count=study.release.fewest_clusters))
    return rules


def _shows_survey(report: Report) -> bool:
    return any("survey" in rests_on(table.evidence) for table in report.tables)


def _cells(executed: NotebookNode, language: str) -> str:
    """Return the cells of one language as HTML."""
    others = set(LANGUAGES) - {language}
    kept = copy.copy(executed)
    kept.cells = [cell for cell in executed.cells if not others & set(cell.metadata.get("tags", []))]
    for cell in kept.cells:
        cell.metadata.setdefault("tags", [])
    html, _ = _exporter().from_notebook_node(kept, resources={"words": _words(language)})
    return str(html)


@cache
def _exporter() -> HTMLExporter:
    """Return nbconvert's exporter with our template and nothing that needs a script."""
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    tags = {"enabled": True, "remove_cell_tags": ("remove-cell",), "remove_input_tags": ("remove-input",)}
    return HTMLExporter(
        config=Config({"TagRemovePreprocessor": tags}),
        template_name=TEMPLATE.name,
        extra_template_basedirs=[str(TEMPLATE.parent)],
        exclude_anchor_links=True,
    )


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE), autoescape=True, undefined=jinja2.StrictUndefined
    )


def _words(language: str) -> dict[str, str]:
    """Return the words of the interface in one language."""
    return {key: labels[language] for key, labels in entries().items()}


def _contents(soup: BeautifulSoup) -> list[dict[str, str]]:
    """Return the headings of the second rank; each gets the id of JupyterLab, so links hold there, too."""
    found: dict[str, str] = {}
    for heading in soup.find_all("h2"):
        title = heading.get_text(" ", strip=True)
        base = re.sub(r"\s+", "-", title)
        heading["id"] = base if base not in found else f"{base}-{len(found)}"
        found[str(heading["id"])] = title
    return [{"id": identity, "text": title} for identity, title in found.items()]


def _alt_problems(soup: BeautifulSoup) -> list[str]:
    """Return what is wrong with the alternative texts of pictures."""
    missing = [img for img in soup.find_all("img") if not img.get("alt") or NO_ALT.search(str(img["alt"]))]
    return [f"{len(missing)} pictures have no alternative text: show a chart with publish()"] if missing else []


def _heading_problems(soup: BeautifulSoup) -> list[str]:
    """Return what is wrong with the headings of the first rank."""
    count = len(soup.find_all("h1"))
    return [] if count == 1 else [f"the page has {count} headings of the first rank (there should be one)"]


def _rewrite(link: Tag, report: Report, pages: Mapping[str, str]) -> None:
    """Point a link at the page of the same language; what is not on the site becomes text."""
    target, _, fragment = str(link["href"]).partition("#")
    notebook = Path(target).stem if target.endswith(".ipynb") else ""
    page = pages.get(f"{report.language}/{notebook}")
    if page:
        link["href"] = f"{page}.html" + (f"#{fragment}" if fragment else "")
    elif not (_is_here(target, report) or (not target and fragment)):
        address = re.sub(r"^(https?://|mailto:)", "", target) if "://" in target or ":" in target else ""
        if address and address not in link.get_text():
            link.append(f" ({address})")
        link.unwrap()


def _is_here(target: str, report: Report) -> bool:
    """Tell whether a link leads to a file of the page's own, or carries it."""
    return target.startswith((f"{report.page}-files/", "data:"))
