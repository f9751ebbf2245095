"""A small site with a page of each kind: a report with figures, one that failed, lists, pages about the study."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import released_tables as made
from tiny_site import declare, notebook, site

from digiskills import charts, exhibits
from digiskills.reports import declared, index, pages
from digiskills.reports.declared import Report
from digiskills.reports.execute import clean
from digiskills.reports.failure import Failure

LONG = "a_name_that_is_longer_than_any_screen_is_wide = " + " + ".join(["another_name_of_the_same_length"] * 6)
PROSE = {
    "en": "## What we found\n\nSee [the next](02-fails.ipynb).\n\n| a | b |\n|---|--:|\n| 1 | 2 |",
    "fr": "## Ce qui ressort\n\nVoir [la suite](02-fails.ipynb).\n\n| a | b |\n|---|--:|\n| 1 | 2 |",
}
NAMES = (
    "index.html",
    "tiny/fr/index.html",
    "tiny/en/01-ok.html",
    "tiny/fr/01-ok.html",
    "tiny/en/02-fails.html",
    "tiny/fr/codebook.html",
    "tiny/en/methods.html",
    "tiny/fr/privacy.html",
    "tiny/en/accessibility.html",
    "tiny/fr/explorer.html",
)


def written(root: Path) -> Path:
    """Write the site and return its folder; the environment must name the root already."""
    site(root, declare("01-ok", "02-fails"), n01_ok=notebook(), n02_fails=notebook())
    folder, reports = root / "reports", declared.reports()
    links = {f"{report.language}/{report.page}": report.page for report in reports}
    for report in reports:
        path = folder / "site" / report.study / report.language / f"{report.page}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_page(report, links), encoding="utf-8")
    entries = {report.key: _entry(report) for report in reports}
    (folder / "run.json").write_text(json.dumps({"reports": entries}), encoding="utf-8")
    index.write(folder)
    return folder / "site"


def _page(report: Report, links: dict[str, str]) -> str:
    """Return a report with a figure, a table by two groups, code and Markdown, or the page of one that failed."""
    if report.page == "02-fails":
        return pages.failure_page(Failure(f"{LONG}: no", 4, LONG, "Traceback\n" + LONG), report, links)
    gaps = made.shortfalls(report.language, by=("department_size", "level"))
    shown = [charts.heatmap(gaps), made.themes(report.language), made.respondents(report.language)]
    node = notebook()
    node.cells.append(nbformat.v4.new_markdown_cell(PROSE[report.language], metadata={"tags": [report.language]}))
    for number, each in enumerate(shown):
        exhibit = exhibits.publish(
            f"05-exhibit-{number}", each, folder=None, parameters={}, data_digest="", code_version=""
        )
        output = nbformat.v4.new_output("display_data", data={"text/html": exhibit.html})
        node.cells.append(nbformat.v4.new_code_cell(LONG, outputs=[output], execution_count=number + 1))
    return pages.page(clean(node), report, links)


def _entry(report: Report) -> dict[str, object]:
    """Return what the ledger of a build tells of a report."""
    return {
        "status": "failed" if report.page == "02-fails" else "made",
        "notebook": report.notebook,
        "parameters": dict(report.parameters),
        "scope": dict(report.scope),
        "outputs": {f"site/{report.key}.html": ""},
    }
