"""The front pages: one per study and language, and one for the site."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from digiskills import study as studies
from digiskills.codebook import LANGUAGES
from digiskills.reports import freshness
from digiskills.reports.declared import Report, reports, rests_on
from digiskills.reports.freshness import Ledger
from digiskills.reports.interface import text
from digiskills.reports.pages import frame, rendered, scope_label
from digiskills.study import Study


def write(folder: Path) -> Path:
    """Return the site's front page, written with those of every study that has pages.

    Parameters
    ----------
    folder : Path
        Where ``site`` and ``run.json`` are.

    Returns
    -------
    Path
        ``site/index.html``.
    """
    ledger = freshness.read(folder)
    site = folder / "site"
    for name in _studies(ledger):
        for language in LANGUAGES:
            book = _workbook(folder, studies.read(name), language)
            _write(site / name / language / "index.html", study_page(studies.read(name), language, ledger, book))
    return _write(site / "index.html", front_page([studies.read(name) for name in _studies(ledger)], ledger))


def study_page(study: Study, language: str, ledger: Ledger, workbook: str = "") -> str:
    """Return the front page of a study in one language.

    Parameters
    ----------
    study : Study
        The study.
    language : str
        ``en`` or ``fr``.
    ledger : dict
        How each report ended.
    workbook : str
        Name of the file with all tables; empty where there is none.

    Returns
    -------
    str
        A whole HTML document.
    """
    shown = {"title": study.title[language], "table": _list(study, language, ledger, ""), "workbook": workbook}
    other = next(word for word in LANGUAGES if word != language)
    return frame(
        language=language,
        title=study.title[language],
        site=text("site_title", language),
        home="../../index.html",
        other={"language": other, "href": f"../{other}/index.html"},
        contents=[],
        banners=[],
        scope="",
        content=rendered("study.html.j2", language, **shown),
        foot=[],
    )


def front_page(found: Sequence[Study], ledger: Ledger) -> str:
    """Return the front page of the site: both languages, each study, every page.

    Parameters
    ----------
    found : sequence of Study
        Studies that have pages.
    ledger : dict
        How each report ended.

    Returns
    -------
    str
        A whole HTML document; what is in French says so to screen readers.
    """
    sections = [_section(study, language, ledger) for study in found for language in LANGUAGES]
    titles = {language: text("site_title", language) for language in LANGUAGES}
    return frame(
        language="en",
        title=titles["en"],
        site=titles["en"],
        home="",
        other=None,
        contents=[],
        banners=[],
        scope="",
        content=rendered("front.html.j2", "en", titles=titles, sections=sections),
        foot=[],
    )


def _section(study: Study, language: str, ledger: Ledger) -> dict[str, str]:
    """Return the part of the front page for one study and language."""
    prefix = f"{study.name}/{language}/"
    return {
        "language": language,
        "name": text(f"language.{language}", language),
        "title": study.title[language],
        "intro": text("site_intro", language),
        "href": f"{prefix}index.html",
        "table": _list(study, language, ledger, prefix),
    }


def _list(study: Study, language: str, ledger: Ledger, prefix: str) -> str:
    """Return the reports of one language as a table: those declared, then those made on one occasion."""
    declared = reports(study.name, [language])
    known = {report.key for report in declared}
    made = [report for report in freshness.reports(ledger) if report.key not in known]
    ours = [report for report in made if (report.study, report.language) == (study.name, language)]
    rows = [_row(report, study, ledger.get(report.key, {}), prefix) for report in [*declared, *ours]]
    return rendered("list.html.j2", language, rows=rows)


def _row(report: Report, study: Study, entry: dict[str, Any], prefix: str) -> dict[str, str]:
    """Return what the list says of one report."""
    language, status = report.language, entry.get("status", "missing")
    scope = scope_label(report, study)
    there = f"site/{report.key}.html" in entry.get("outputs", {})
    return {
        # Links to pages of one notebook are told apart by their own words, as screen readers list them.
        "title": f"{report.title} ({scope})" if scope else report.title,
        "href": f"{prefix}{report.page}.html" if there else "",
        "scope": scope or text("scope_default", language),
        "date": _date(report, study),
        "status": text(f"status.{status}", language),
    }


def _date(report: Report, study: Study) -> str:
    """Return the date of the survey's wave that a report shows; empty where it shows none."""
    evidence = {name for table in report.tables for name in rests_on(table.evidence)} or {"survey"}
    if not study.waves or "wave" not in report.parameters or "survey" not in evidence:
        return ""
    return study.wave(str(report.parameters["wave"])).date.isoformat()


def _workbook(folder: Path, study: Study, language: str) -> str:
    """Write all tables of a study into one workbook on its front page; return the file's name, empty for none."""
    made = folder / "exhibits" / study.name / language
    if not any(made.glob("*.json")):
        return ""
    from digiskills import exhibits

    path = folder / "site" / study.name / language / f"{study.name}-{language}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}")
    aside.write_bytes(exhibits.workbook(made, study))
    return aside.replace(path).name


def _studies(ledger: Ledger) -> list[str]:
    """Return the studies that have pages and are still there."""
    return sorted({name.split("/")[0] for name in ledger} & set(studies.names()))


def _write(path: Path, page: str) -> Path:
    """Write a page aside and put it in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}")
    aside.write_text(page, encoding="utf-8")
    return aside.replace(path)
