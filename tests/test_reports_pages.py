"""A page speaks one language, holds nothing from elsewhere, and says what its evidence is."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from tiny_site import declare, notebook, site

from digiskills.reports import declared, pages, shell
from digiskills.reports.declared import Report, Table
from digiskills.reports.execute import clean
from digiskills.reports.failure import Stopped
from digiskills.reports.interface import entries

LINKS = {f"{language}/{name}": name for language in ("en", "fr") for name in ("01-ok", "02-next")}


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    root = site(tmp_path, declare("01-ok", "02-next"), n01_ok=notebook(), n02_next=notebook())
    monkeypatch.setenv("DIGISKILLS_ROOT", str(root))
    return declared.reports(languages=["fr"])[0]


def markdown(source: str, *tags: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def shown(source: str, *tags: str, **data: str) -> nbformat.NotebookNode:
    """Return a code cell that displayed something."""
    output = nbformat.v4.new_output("display_data", data={kind.replace("_", "/"): text for kind, text in data.items()})
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)}, outputs=[output], execution_count=1)


def made(report: Report, *cells: nbformat.NotebookNode, links: dict[str, str] = LINKS) -> BeautifulSoup:
    node = notebook()
    node.cells += cells
    return BeautifulSoup(pages.page(clean(node), report, links), "html.parser")


def test_only_the_cells_of_the_pages_language_are_left(report: Report) -> None:
    page = made(report, markdown("In English.", "en"), markdown("En français.", "fr"), markdown("1, 2, 3"))
    text = page.main.get_text()
    assert "Qui manque de quoi?" in text
    assert "Who is short?" not in text
    assert "In English." not in text
    assert "En français." in text
    assert "1, 2, 3" in text
    assert page.html["lang"] == "fr"


def test_the_page_has_its_landmarks_and_one_heading_of_the_first_rank(report: Report) -> None:
    page = made(report, markdown("## Étape un\n\n## Étape un", "fr"))
    assert len(page.find_all("h1")) == 1
    for landmark in ("header", "nav", "main", "footer"):
        assert len(page.find_all(landmark)) == 1
    skip = page.body.find("a")
    assert skip["href"] == "#" + page.main["id"]
    assert [link["href"] for link in page.nav.find_all("a")] == ["#Étape-un", "#Étape-un-1"]
    assert [heading["id"] for heading in page.find_all("h2")] == ["Étape-un", "Étape-un-1"]


def test_a_page_without_or_with_two_titles_is_refused(report: Report) -> None:
    with pytest.raises(Stopped, match="2 headings of the first rank"):
        made(report, markdown("# Encore un titre", "fr"))


def test_the_language_switch_leads_to_the_same_page(report: Report) -> None:
    assert made(report).header.find("a", hreflang="en")["href"] == "../en/01-ok.html"
    assert made(report, links={"fr/01-ok": "01-ok"}).header.find("a", hreflang="en") is None


def test_links_between_notebooks_lead_to_pages(report: Report) -> None:
    page = made(report, markdown("[suite](02-next.ipynb#Suite) [là](01-ok-files/01-x.csv) [bas](#Bas)", "fr"))
    assert [link["href"] for link in page.main.find_all("a")] == [
        "02-next.html#Suite",
        "01-ok-files/01-x.csv",
        "#Bas",
    ]


def test_links_that_leave_the_site_become_text(report: Report) -> None:
    page = made(report, markdown("[la source](https://example.org/a) [les mots](../README.md) <https://a.b/c>", "fr"))
    assert page.main.find_all("a") == []
    text = page.main.get_text()
    assert "la source (example.org/a)" in text
    assert "les mots" in text


def test_code_is_folded_and_tags_hide(report: Report) -> None:
    page = made(
        report,
        shown("seen = 1", text_html="<p>one</p>"),
        shown("hidden = 2", "remove-input", text_html="<p>two</p>"),
        shown("gone = 3", "remove-cell", text_html="<p>three</p>"),
    )
    text = page.main.get_text()
    assert "seen = 1" in page.find("details", class_="code").get_text()
    assert "hidden = 2" not in text
    assert "two" in text
    assert "three" not in text


def test_parameters_are_a_table_in_the_pages_language(report: Report) -> None:
    node = nbformat.v4.new_code_cell("# Parameters\nstudy = 'tiny'", metadata={"tags": ["injected-parameters"]})
    page = made(
        dataclasses.replace(report, parameters={**report.parameters, "level": "staff", "own_list": ["a", "b"]}),
        node,
    )
    assert "study: str" not in page.main.get_text()
    assert "# Parameters" not in page.main.get_text()
    rows = {row.th.get_text(): row.td.get_text() for row in page.main.table.tbody.find_all("tr")}
    assert rows["Étude"] == "Une toute petite étude"
    assert rows["Niveau"] == "Personnel"
    assert rows["Taille du ministère"] == "Ensemble"
    assert rows["own list"] == "a et b"


def test_a_threshold_of_nought_is_shown_as_the_studys(report: Report) -> None:
    page = made(dataclasses.replace(report, parameters={"smallest_group": 0}))
    assert page.main.table.tbody.td.get_text() == "10"


def test_each_kind_of_evidence_has_its_banner_once(report: Report) -> None:
    tables = tuple(Table(f"01-{n}", evidence, "means") for n, evidence in enumerate(("survey", "survey", "published")))
    page = made(dataclasses.replace(report, tables=tables))
    assert [banner["class"][1] for banner in page.find_all(class_="banner")] == ["synthetic", "published"]
    assert "synthétique" in page.find(class_="synthetic").get_text()
    assert made(report).find(class_="banner") is None


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="data:image/png;base64,AA">',
        '<img alt="" src="data:,">',
        '<img alt="No description has been provided for this image" src="data:,">',
    ],
)
def test_a_picture_without_alternative_text_is_refused(report: Report, picture: str) -> None:
    with pytest.raises(Stopped, match="no alternative text"):
        made(report, shown("x", text_html=picture))
    with pytest.raises(Stopped, match="no alternative text"):
        made(report, shown("x", image_png="AAAA"))


def test_alternative_text_survives(report: Report) -> None:
    cell = shown("x", image_png="AAAA")
    cell.outputs[0].metadata = {"image/png": {"alt": 'Parts de "A"'}}
    assert made(report, cell).main.img["alt"] == 'Parts de "A"'


def test_tables_scroll_by_themselves_and_have_scopes(report: Report) -> None:
    page = made(
        report,
        markdown("| a | b |\n|---|---|\n| 1 | 2 |", "fr"),
        shown("x", text_html='<div tabindex="0"><table></table></div>'),
    )
    for table in page.main.find_all("table"):
        assert len(table.find_parents(attrs={"tabindex": "0"})) == 1
    assert [head["scope"] for head in page.main.find_all("table")[1].find_all("th")] == ["col", "col"]


def test_text_of_an_output_is_escaped(report: Report) -> None:
    assert (
        "<b>no tag</b>" in made(report, shown("x", text_plain="<b>no tag</b>")).find("pre", class_="output").get_text()
    )


def test_a_page_is_small_and_asks_for_nothing(report: Report) -> None:
    page = pages.page(clean(notebook()), report, LINKS)
    assert len((shell.TEMPLATE / "style.css").read_bytes()) < 15_000
    assert len(page.encode()) < 15_000
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "@import" not in page
    assert "url(" not in page


def test_every_word_of_the_interface_is_there_in_both_languages() -> None:
    for key, labels in entries().items():
        assert set(labels) == {"en", "fr"}, key
        assert all(label.strip() or key == "colon" for label in labels.values()), key
        assert "'" not in labels["fr"], f"{key}: the French apostrophe is ’"
