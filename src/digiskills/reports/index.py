"""The front pages: one per study and language, and one for the site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digiskills import study as studies
from digiskills.aside import put
from digiskills.codebook import LANGUAGES
from digiskills.reports import about, explorer, filters, freshness, left_out, pdf, shell
from digiskills.reports.carried import rests_on
from digiskills.reports.declared import Report, reports
from digiskills.reports.engines import Call
from digiskills.reports.freshness import Ledger
from digiskills.reports.interface import text
from digiskills.reports.scope_words import scope_label
from digiskills.reports.shell import frame, rendered, switch
from digiskills.study import Study

if TYPE_CHECKING:
    from digiskills.reports.engines.forks import Zygote


def write(folder: Path, zygote: Zygote | None = None) -> Path:
    """Return the site's front page, written with those of every study that has pages, and the pages about it.

    Parameters
    ----------
    folder : Path
        Where ``site`` and ``run.json`` are.
    zygote : Zygote, optional
        Makes explorers, workbooks and pages about studies, several at once; all are made here by default.

    Returns
    -------
    Path
        ``site/index.html``.
    """
    ledger = freshness.read(folder)
    site, found = folder / "site", [studies.read(name) for name in _studies(ledger)]
    calls = [call for study in found for call in _beside_the_lists(study.name, folder)]
    done = zygote.do(calls) if zygote else [None] * len(calls)
    for call in (call for call, was_done in zip(calls, done, strict=True) if not was_done):
        call()
    for study in found:
        for language in LANGUAGES:
            book = _book(folder, study.name, language)
            name = book.name if book.is_file() else ""
            _write(site / study.name / language / "index.html", study_page(study, language, ledger, name))
    return _write(site / "index.html", front_page(found, ledger))


def _beside_the_lists(study: str, folder: Path) -> Iterator[Call]:
    """Yield the making of each other page and file about a study, what takes longest first."""
    for language in LANGUAGES:
        yield Call(f"{explorer.__name__}:write", (study, folder, (language,)))
    for language in LANGUAGES:
        yield Call(f"{__name__}:write_workbook", (folder, study, language))
    yield Call(f"{__name__}:write_about_study", (study, folder))


def write_about(folder: Path) -> None:
    """Write the pages about every study that has reports; those that would be the same stay.

    Parameters
    ----------
    folder : Path
        Where ``site`` and ``run.json`` are.
    """
    for name in _studies(freshness.read(folder)):
        write_about_study(name, folder)


def write_about_study(study: str, folder: Path) -> None:
    """Write the pages about one study; those that would be the same stay.

    Parameters
    ----------
    study : str
        Its name.
    folder : Path
        Where ``site`` is.
    """
    for page, content in about.pages(studies.read(study)):
        _write(folder / "site" / study / f"{page}.html", content)


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
    listed = _listed(study, language, ledger)
    shown = {
        "title": study.title[language],
        "filter": filters.form(listed, [study], [language]),
        "table": _list(listed, study, language, ledger, ""),
        "workbook": workbook,
        "assumptions": left_out.assumptions(study, language),
        "left_out": left_out.notebooks(study, language),
    }
    return frame(
        language,
        study.title[language],
        rendered("study.html.j2", language, **shown),
        site=text("site_title", language),
        home="../../index.html",
        other=switch(language, "index"),
        script=filters.script(),
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
    listed = [report for study in found for language in LANGUAGES for report in _listed(study, language, ledger)]
    titles = {language: text("site_title", language) for language in LANGUAGES}
    form = filters.form(listed, found, LANGUAGES) if found else ""
    return frame(
        "en",
        titles["en"],
        rendered("front.html.j2", "en", titles=titles, sections=sections, filter=form),
        site=titles["en"],
        about=[
            link for study in found[:1] for word in LANGUAGES for link in shell.about(word, f"{study.name}/{word}/")
        ],
        script=filters.script() if found else "",
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
        "table": _list(_listed(study, language, ledger), study, language, ledger, prefix),
    }


def _listed(study: Study, language: str, ledger: Ledger) -> list[Report]:
    """Return the reports of one language: those declared, then those made on one occasion."""
    declared = reports(study.name, [language])
    known = {report.key for report in declared}
    made = [report for report in freshness.reports(ledger) if report.key not in known]
    return [*declared, *(report for report in made if (report.study, report.language) == (study.name, language))]


def _list(listed: Sequence[Report], study: Study, language: str, ledger: Ledger, prefix: str) -> str:
    """Return reports as a table."""
    rows = [_row(report, study, ledger.get(report.key, {}), prefix) for report in listed]
    return rendered("list.html.j2", language, rows=rows)


def _row(report: Report, study: Study, entry: dict[str, Any], prefix: str) -> dict[str, Any]:
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
        "data": filters.data(report),
    }


def _date(report: Report, study: Study) -> str:
    """Return the date of the survey's wave that a report shows; empty where it shows none."""
    evidence = {name for table in report.tables for name in rests_on(table.evidence)} or {"survey"}
    if not study.waves or "wave" not in report.parameters or "survey" not in evidence:
        return ""
    return study.wave(str(report.parameters["wave"])).date.isoformat()


def write_workbook(folder: Path, study: str, language: str) -> None:
    """Write all tables of a study into one workbook on its front page; remove it where there are none.

    Parameters
    ----------
    folder : Path
        Where ``site`` and ``exhibits`` are.
    study, language : str
        Whose tables.
    """
    made, path = folder / "exhibits" / study / language, _book(folder, study, language)
    if not any(made.glob("*.json")):
        path.unlink(missing_ok=True)
        return
    from digiskills import exhibits

    path.parent.mkdir(parents=True, exist_ok=True)
    put(path, exhibits.workbook(made, studies.read(study)))


def _book(folder: Path, study: str, language: str) -> Path:
    return folder / "site" / study / language / f"{study}-{language}.xlsx"


def _studies(ledger: Ledger) -> list[str]:
    """Return the studies that have pages and are still there."""
    return sorted({name.split("/")[0] for name in ledger} & set(studies.names()))


def _write(path: Path, page: str) -> Path:
    """Write a page aside and put it in place; one that is there already stays as it is, with the link to its PDF."""
    if path.is_file() and pdf.unlinked(path.read_text(encoding="utf-8")) == page:
        return path
    path.with_suffix(".pdf").unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    return put(path, page.encode())
