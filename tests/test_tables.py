"""Tables that screen readers can read and that no label can break."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import released_tables as made
from bs4 import BeautifulSoup

from digiskills import tables, words
from digiskills.estimates.notes import NOTES

MEASURES = ("short_by_one", "people_short")


def soup(html: str) -> BeautifulSoup:
    """The parsed table."""
    return BeautifulSoup(html, "html.parser")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_table_has_caption_headers_and_a_cell_for_each(language: str) -> None:
    table = made.shortfalls(language, ("department_size", "level"))
    found = soup(tables.html(table))
    assert found.caption and found.caption.get_text() == words.title(table)
    heads = found.select("thead th")
    assert all(head["scope"] == "col" for head in heads)
    rows = found.select("tbody tr")
    assert len(rows) == len(table.frame)
    for row in rows:
        cells = row.find_all(["th", "td"], recursive=False)
        assert sum(int(cell.get("colspan", 1)) for cell in cells) == len(heads)
        assert [cell["scope"] for cell in row.find_all("th")] == ["row"] * 4


def test_numbers_are_written_in_the_language() -> None:
    frame = pd.DataFrame({"item": made.SKILLS[:1], "measure": ["short_by_one"], "n": [1234.0], "clusters": [12.0]})
    frame = frame.assign(estimate=0.625, se=0.02, df=9.0, low=0.58, high=0.664)
    texts = {
        language: [
            cell.get_text() for cell in soup(tables.html(made.released(frame, "shortfalls", (), language))).select("td")
        ]
        for language in ("en", "fr")
    }
    assert texts["en"] == ["63%", "58% to 66%", "1,234", "12"]
    space = "\N{NO-BREAK SPACE}"
    assert texts["fr"] == [f"63{space}%", f"de 58{space}% à 66{space}%", f"1{space}234", "12"]


def test_withheld_rows_hold_the_words_and_no_number() -> None:
    table = made.shortfalls(by=("level",), hidden=0.5).only(measure="short_by_one")
    rows = soup(tables.html(table)).select("tbody tr")
    withheld = [row for row, why in zip(rows, table.frame["withheld"], strict=True) if why]
    assert withheld
    assert all([cell.get_text() for cell in row.select("td")] == ["withheld"] for row in withheld)


def test_two_measures_are_written_each_in_its_own_way() -> None:
    table = made.shortfalls(by=("level",))
    found = soup(tables.html(table))
    assert "Measure" in [head.get_text() for head in found.select("thead th")]
    values = [row.select("td")[0].get_text() for row in found.select("tbody tr")]
    shares, people = (table.frame["measure"].eq(name) & table.frame["withheld"].eq("") for name in MEASURES)
    assert all(value.endswith("%") for value, share in zip(values, shares, strict=True) if share)
    assert not any("%" in value for value, each in zip(values, people, strict=True) if each)


def test_a_label_cannot_break_out() -> None:
    table = made.themes(by=())
    frame = table.frame.assign(label_en="<script>alert(1)</script> & \"quoted\" 'single'")
    html = tables.html(made.released(frame, "themes", evidence="focus_groups", wave=""), caption='"><script>')
    assert "<script>" not in html
    assert soup(html).select_one("tbody th").get_text().startswith("<script>alert(1)</script>")


def test_sixty_rows_and_more_do_no_harm() -> None:
    codes = [f"culture.code_{place}" for place in range(60)]
    frame = pd.DataFrame({"code": codes, "family": "culture", "n": np.arange(60), "base": 100, "label_en": codes})
    html = tables.html(made.released(frame, "themes", evidence="focus_groups", wave=""))
    assert len(soup(html).select("tbody tr")) == 60


def test_tables_of_counts_show_counts() -> None:
    heads = [head.get_text() for head in soup(tables.html(made.respondents())).select("thead th")]
    assert heads == [
        "Department size",
        "Level",
        "Respondents",
        "People they stand for (rounded)",
        "Departments",
    ]
    heads = [head.get_text() for head in soup(tables.html(made.themes())).select("thead th")]
    assert heads == ["Theme", "Level of the speaker", "Passages", "Of passages"]


def test_a_box_that_scrolls_can_be_reached_by_keyboard_and_has_a_name() -> None:
    box = soup(tables.html(made.figures())).select_one("div.scroll")
    assert box["tabindex"] == "0" and box["role"] == "region" and box["aria-label"]


HEADS = {
    "needs": ["Skill", "Borich index", "Ranked discrepancy", "Mean gap"],
    "quadrants": ["Skill", "Importance (mean level needed)", "95% interval", "Performance (mean level held)"],
    "model": ["Term", "Category", "Compared with", "Estimate", "95% interval", "p", "Answers (n)", "Departments"],
    "changes": ["Question", "Before", "After", "Change", "95% interval", "Waves differ", "Answers before (n)"],
    "robustness": ["Question", "Choice", "Headline", "Estimate", "95% interval", "Answers (n)"],
}


@pytest.mark.parametrize("name", HEADS)
def test_each_kind_has_its_columns_and_a_cell_for_each(name: str) -> None:
    found = soup(tables.html(getattr(made, name)("en", [1])))
    heads = [head.get_text() for head in found.select("thead th")]
    assert heads[: len(HEADS[name])] == HEADS[name]
    for row in found.select("tbody tr"):
        cells = row.find_all(["th", "td"], recursive=False)
        assert sum(int(cell.get("colspan", 1)) for cell in cells) == len(heads)
        assert all(cell.get_text().strip() for cell in cells)


def test_numbers_of_each_kind_are_written_in_their_way() -> None:
    def first(table: object) -> list[str]:
        return [cell.get_text() for cell in soup(tables.html(table)).select("tbody tr")[0].select("td")]

    assert first(made.needs().only(measure="borich")) == [
        "3.00",
        "2.80 to 3.20",
        "1",
        "1 to 2",
        "over 99%",
        "1,234",
        "48",
    ]
    assert first(made.model())[:3] == ["−0.55", "−0.75 to −0.35", "< 0.001"]
    assert first(made.changes())[2:5] == ["−8\N{NO-BREAK SPACE}points", "−10 to −6", "Yes"]
    assert first(made.robustness()) == ["Yes", "42%", "37% to 47%", "1,234"]
    assert first(made.quadrants())[4] == "Keep up"
    one = soup(tables.html(made.needs().only(measure="borich")))
    ranks = [row.select("td")[2].get_text() for row in one.select("tbody tr")[:4]]
    assert ranks == ["1", "2.5", "2.5", "4"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_machine_name_is_shown(language: str) -> None:
    for table in (
        made.agreement(language),
        made.barriers(language, ("level",)),
        made.figures(language, ("level",)),
        *(getattr(made, name)(language) for name in HEADS),
    ):
        assert "_" not in soup(tables.html(table)).get_text()


NOTED = pd.DataFrame({"item": made.SKILLS[:4], "measure": "short_by_one", "note": ["few_df", "", "lonely", "few_df"]})


@pytest.mark.parametrize("language", ["en", "fr"])
def test_rough_intervals_are_marked_and_the_marks_are_explained(language: str) -> None:
    frame = NOTED.assign(n=40.0, clusters=4.0, estimate=0.5, se=0.1, df=3.5, low=0.2, high=0.8)
    frame["withheld"] = ["", "", "", "few_answers"]
    frame.loc[3, ["estimate", "low", "high", "n"]] = np.nan
    found = soup(tables.html(made.released(frame, "shortfalls", (), language)))
    shown = [row.select("td")[0].get_text() for row in found.select("tbody tr")]
    assert [value[-1] for value in shown[:3]] == ["†", "%", "‡"]
    assert [line.get_text()[0] for line in found.select("tfoot td")] == ["‡", "†"]
    assert all(int(cell["colspan"]) == len(found.select("thead th")) for cell in found.select("tfoot td"))
    word = {"en": "degrees of freedom", "fr": "degrés de liberté"}[language]
    assert word in found.select("tfoot td")[1].get_text()


def test_every_note_has_a_mark_of_its_own() -> None:
    assert list(words.MARKS) == list(NOTES) and len(set(words.MARKS.values())) == len(NOTES)


def test_without_notes_there_is_no_foot() -> None:
    assert soup(tables.html(made.shortfalls())).tfoot is None
    hidden = NOTED.assign(n=np.nan, clusters=np.nan, estimate=np.nan, low=np.nan, high=np.nan, withheld="few_answers")
    assert soup(tables.html(made.released(hidden, "shortfalls"))).tfoot is None


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("Satterthwaite's, over the variance", "degrees of freedom weigh departments and people"),
        ("clusters minus strata of the domain's answers", "degrees of freedom are departments less strata"),
        ("the smallest of the estimates compared", "the smallest degrees of freedom"),
        ("", ""),
    ],
)
def test_captions_name_the_degrees_of_freedom(rule: str, said: str) -> None:
    frame = NOTED.assign(n=40.0, clusters=4.0, estimate=0.5, se=0.1, df=3.5, low=0.2, high=0.8)
    caption = words.caption(made.released(frame, "shortfalls", method={"df_rule": rule}))
    assert said in caption and ("degrees of freedom" in caption) == bool(said)
    without = frame.assign(low=np.nan, high=np.nan)
    assert "degrees" not in words.caption(made.released(without, "shortfalls", method={"df_rule": rule}))
