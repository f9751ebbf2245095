"""The explorer holds every released number once, none that is withheld, and works with and without its script."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from digiskills import answers, disclosure, simulate, survey, words
from digiskills import study as studies
from digiskills.answers import Answers
from digiskills.disclosure import DeclaredTable, Plan
from digiskills.errors import ReleaseError
from digiskills.intake import passport
from digiskills.reports import declared, explorer
from digiskills.reports.explorer import page, rows
from digiskills.reports.run import declared_tables
from digiskills.study import Study
from digiskills.survey import Survey

CHECKOUT = Path(__file__).parents[1]
REPORTS = """study = "ontario"
[[report]]
notebook = "05-gaps-by-size-and-level"
[[report.table]]
id = "05-gap-by-size-and-level"
evidence = "survey"
kind = "shortfalls"
items = "skills"
by = ["department_size", "level"]
waves = ["all"]
[[report.table]]
id = "05-short"
evidence = "survey"
kind = "shortfalls"
items = "skills"
[[report.table]]
id = "05-respondents"
evidence = "survey"
kind = "respondents"
by = ["department_size", "level"]
"""
NUMBER = re.compile(r"-?\d+\.\d{4}(?!\d)")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A root whose survey is small, so that much is withheld, and whose notebook declares three tables."""
    root = tmp_path_factory.mktemp("explored")
    shutil.copytree(CHECKOUT / "data" / "raw" / "ontario", root / "data" / "raw" / "ontario")
    (root / "notebooks").mkdir()
    (root / "notebooks" / "reports.toml").write_text(REPORTS, encoding="utf-8")
    shutil.copy(CHECKOUT / "notebooks" / "05-gaps-by-size-and-level.ipynb", root / "notebooks")
    study = root / "data" / "raw" / "ontario"
    simulate.write(study, simulate.smaller(simulate.read(study), 0.1))
    passport.renew(study)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(root))
        explorer.write("ontario", root / "reports")
        yield root


def site(root: Path, language: str) -> Path:
    return root / "reports" / "site" / "ontario" / language / "explorer.html"


def soup(root: Path, language: str = "en") -> BeautifulSoup:
    return BeautifulSoup(site(root, language).read_text(encoding="utf-8"), "html.parser")


@cache
def counted(root: Path, wave: str, dimensions: tuple[str, ...]) -> tuple[Survey, Answers]:
    read = survey.read(studies.read("ontario"), wave)
    return read, answers.read(read, dimensions)


def planned(study: Study) -> tuple[list[DeclaredTable], Plan]:
    plan = disclosure.read_plan(study.name)
    assert plan is not None
    return [table for report in declared.reports(study.name) for table in declared_tables(report, study)], plan


def true_frames(root: Path) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Every table before release and after."""
    study = studies.read("ontario")
    tables, plan = planned(study)
    found = []
    for table in {table.specification: table for table in tables}.values():
        true = disclosure.estimate(table, study, lambda wave, by: counted(root, wave, by))
        shown = disclosure.release(true, table, study, plan=plan, language="en")
        found.append((true, shown.frame))
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_withheld_number_is_in_the_file(root: Path, language: str) -> None:
    """Estimates, errors and intervals of withheld rows, to the four digits that a file would hold."""
    withheld, shown = set[str](), set[str]()
    for true, released in true_frames(root):
        gone = released["withheld"].ne("")
        for name in ("estimate", "se", "low", "high"):
            withheld |= set(true.loc[gone, name].dropna().map("{:.4f}".format))
            shown |= set(true.loc[~gone, name].dropna().map("{:.4f}".format))
    secret = {number for number in withheld - shown if not number.endswith("0")}
    assert len(secret) > 1000, "the small survey has much to withhold"
    files = [site(root, language), *site(root, language).parent.rglob("explorer-files/**/*.csv")]
    assert len(files) > 3
    for file in files:
        found = set(NUMBER.findall(file.read_text(encoding="utf-8").replace(",", ".")))
        assert not secret & found, file.name


def test_a_withheld_row_says_so_and_nothing_else(root: Path) -> None:
    rows_there = soup(root).select("section.explored tbody tr")
    gone = [row for row in rows_there if row.find_all("td")[-1].get_text() == words.text("withheld", "en")]
    assert len(gone) > 20
    for row in gone:
        assert row.find("svg") is None and not row.select("[data-v]")
        assert not re.search(r"\d", re.sub(r"20(23|25)", "", row.get_text()))


def test_every_released_row_is_there_once(root: Path) -> None:
    frames = true_frames(root)
    total = sum(len(released) for _, released in frames)
    count = len(soup(root).select("section.explored tbody tr"))
    assert count == total == len(soup(root, "fr").select("section.explored tbody tr"))


def test_both_languages_have_the_same_numbers(root: Path) -> None:
    english, french = (
        [cell["data-v"] for cell in soup(root, language).select("[data-v]")] for language in ("en", "fr")
    )
    assert english == french and len(english) > 100


def test_numbers_are_those_of_the_released_tables(root: Path) -> None:
    study = studies.read("ontario")
    tables, plan = planned(study)
    (short,) = [table for table in rows.released(study, tables, plan, "en") if not table.by]
    said = {row.about: row for row in rows.rows([short]) if row.section == "short_by_one"}
    frame = short.only(measure="short_by_one").frame.set_index("item")
    label = study.frameworks.label("skills", "data_analysis", "en")
    assert said[label].value == frame.at["data_analysis", "estimate"]
    assert (said[label].n, said[label].clusters) == tuple(frame.loc["data_analysis", ["n", "clusters"]])
    assert said[label].groups == ("all",) * len(study.dimensions)


def test_what_one_table_withholds_no_other_shows() -> None:
    shown = rows.Row("s", "a", "", ("all",), "2025", ("a",), value=0.5, estimate="50%")
    hidden = rows.Row("s", "a", "", ("all",), "2025", ("a",))

    class Table:
        kind = "means"

    for order in ((shown, hidden), (hidden, shown)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rows, "_rows", lambda table: iter(order))  # noqa: B023
            assert [row.withheld for row in rows.rows([Table()])] == [True]  # type: ignore[list-item]


def test_the_page_is_a_page(root: Path) -> None:
    for language in ("en", "fr"):
        made = soup(root, language)
        assert made.html["lang"] == language
        assert len(made.find_all("h1")) == 1
        assert made.select_one("header a[hreflang]")["href"].endswith("/explorer.html")
        assert made.select_one("[role=status]") is not None
        assert made.find("form").has_attr("hidden"), "without the script there is nothing to filter with"
        assert "synth" in made.select_one(".banner.synthetic").get_text().lower()
        for table in made.find_all("table"):
            assert table.caption.get_text()
            assert all(head["scope"] == "col" for head in table.thead.find_all("th"))
            assert all(row.th["scope"] == "row" for row in table.tbody.find_all("tr"))
        labels = {label["for"] for label in made.find_all("label")}
        assert labels == {select["id"] for select in made.find_all("select")}
        assert not made.select("[style]") and not made.select("[src]") and not made.select("[onclick]")
        for link in made.select("a[download]"):
            assert (site(root, language).parent / link["href"]).is_file()


def test_bars_keep_to_their_box(root: Path) -> None:
    for bar in soup(root).select("section.explored svg"):
        assert bar["aria-hidden"] == "true"
        assert float(bar.rect["x"]) >= 0 and float(bar.rect["x"]) + float(bar.rect["width"]) <= 100.1


def test_it_is_made_again_only_when_something_changed(root: Path) -> None:
    assert explorer.write("ontario", root / "reports") == []
    path = root / "data" / "raw" / "ontario" / "README.md"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "\n", encoding="utf-8")
    try:
        key = explorer.keys("ontario")["en"]
        assert not explorer.is_fresh("ontario", "en", key, root / "reports")
    finally:
        path.write_text(before, encoding="utf-8")


def test_a_table_that_no_plan_holds_is_refused(root: Path) -> None:
    study = studies.read("ontario")
    tables, plan = planned(study)
    other = DeclaredTable("05-x", "ontario", "survey", "shortfalls", ("skills",), ("department_role",), "2025")
    with pytest.raises(ReleaseError, match="05-x"):
        list(rows.released(study, [*tables, other], plan, "en"))


def test_a_study_without_a_survey_has_a_page_that_says_so(root: Path) -> None:
    study = studies.read("ontario")
    made = BeautifulSoup(page.page(study, [], [], "fr", "k"), "html.parser")
    assert made.find("table") is None and made.find("script") is None
    assert "aucun tableau" in made.main.get_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    with playwright.sync_playwright() as running:
        found = running.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.mark.pages
def test_rows_are_filtered_and_sorted_by_keyboard(root: Path, browser: Any) -> None:
    context = browser.new_context(offline=True)
    seen = context.new_page()
    errors: list[str] = []
    seen.on("console", lambda message: errors.append(message.text))
    seen.on("pageerror", lambda error: errors.append(str(error)))
    seen.goto(site(root, "en").as_uri())
    told = seen.locator("[role=status]")
    seen.select_option("#f-wave", "2025")
    seen.select_option("#f-level", label="Staff")
    shown = seen.locator("section.explored:visible tbody tr:visible")
    lines = shown.all_inner_texts()
    assert lines and all("Staff" in line and "2025" in line for line in lines)
    assert told.inner_text().startswith(f"{len(lines)} of ")
    seen.locator("section.explored:visible th[data-column=estimate] button").focus()
    for way in ("ascending", "descending"):
        seen.keyboard.press("Enter")
        assert seen.locator("th[aria-sort]").get_attribute("aria-sort") == way
        values = [row.locator("td[data-v]").first for row in shown.all()]
        numbers = [float(value.get_attribute("data-v")) for value in values if value.count()]
        assert numbers == sorted(numbers, reverse=way == "descending") and len(numbers) > 5
        assert [value.count() > 0 for value in values] == sorted((v.count() > 0 for v in values), reverse=True)
    assert told.inner_text() == "Sorted by: Estimate."
    seen.select_option("#f-department_size", label="All")
    assert all(line.split("\t")[1] == "All" for line in shown.all_inner_texts())
    seen.get_by_role("button", name="Start again").click()
    seen.wait_for_function("() => !document.querySelector('[role=status]').textContent.startsWith('0')")
    assert errors == []
    context.close()


@pytest.mark.pages
def test_without_a_script_every_row_is_there(root: Path, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True, viewport={"width": 320, "height": 800})
    seen = context.new_page()
    seen.goto(site(root, "fr").as_uri())
    assert not seen.locator("form").is_visible()
    assert seen.locator("tbody tr:visible").count() == len(soup(root, "fr").select("tbody tr"))
    context.close()
