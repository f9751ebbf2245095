"""Pages: the cells of an executed notebook in one language inside our own frame, nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup, Tag

from digiskills import study as studies
from digiskills import words
from digiskills.codebook import LANGUAGES
from digiskills.errors import StudyError
from digiskills.reports import cells
from digiskills.reports.carried import rests_on
from digiskills.reports.declared import Report
from digiskills.reports.failure import Failure, Stopped, command, is_private
from digiskills.reports.interface import text
from digiskills.reports.scope_words import parameter_table, scope_label
from digiskills.reports.shell import environment, frame, rendered, switch
from digiskills.reports.tidy import tidied
from digiskills.study import Study

if TYPE_CHECKING:
    from nbformat import NotebookNode

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
    html = cells.html(executed, report.language)
    soup = BeautifulSoup(html.replace("<!--parameters-->", parameter_table(report, study)), "html.parser")
    problems = _alt_problems(soup) + _heading_problems(soup)
    if problems:
        raise Stopped(Failure("; ".join(problems)))
    for link in soup.find_all("a", href=True):
        _rewrite(link, report, pages)
    contents = tidied(soup, report.language)
    return _frame(report, study, pages, content=str(soup), contents=contents, banners=banners(report, study))


def warm() -> None:
    """Make the templates ready, so that processes forked from this one have them."""
    import nbformat

    cells.html(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), LANGUAGES[0])
    environment().get_template("page.html.j2")


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
        A whole HTML document: what happened, in which cell, with which parameters, and how to repeat it; of what is
        wrong in a study's files only that it is, for that is told with what stands there.
    """
    study, language = studies.read(report.study), report.language
    if is_private(failure):
        failure = replace(failure, message=_withheld(failure, report))
    content = rendered(
        "failure.html.j2",
        language,
        failure=failure,
        heading=text("failed_title", language, title=report.title),
        intro=text("failed_intro", language, notebook=f"{report.notebook}.ipynb"),
        cell=text("failed_cell", language, number=failure.cell),
        parameters=parameter_table(report, study),
        command=command(report),
    )
    soup = BeautifulSoup(content, "html.parser")
    tidied(soup, language)
    return _frame(report, study, pages, content=str(soup), contents=[], banners=[])


def _withheld(failure: Failure, report: Report) -> str:
    """Return what a page says of a failure that may hold answers: what kind it is, and where the rest stands."""
    name = failure.message.partition(":")[0]
    if name == StudyError.__name__:
        return text("failed_study", report.language, command=f"digiskills check {report.study}")
    return text("failed_private", report.language, error=name, executed=f"{report.page}.ipynb")


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


def _frame(report: Report, study: Study, pages: Mapping[str, str], **parts: Any) -> str:
    """Return the document of a report's page."""
    scope, other = scope_label(report, study), switch(report.language, report.page)
    smallest = max(int(report.parameters.get("smallest_group", 0)), study.release.smallest_group)
    return frame(
        language=report.language,
        title=f"{report.title} {scope}".strip(),
        scope=scope,
        site=study.title[report.language],
        home="index.html",
        other=other if f"{other['language']}/{report.page}" in pages else None,
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
    """Tell whether a link leads to a file of the page's own, carries it, or leads to the explorer beside it."""
    return target == "explorer.html" or target.startswith((f"{report.page}-files/", "data:"))
