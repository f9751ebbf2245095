"""Recommendations show released numbers and what they cannot say; questions lead to exhibits that exist."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from released_tables import ONTARIO, cells, estimates, released

from digiskills import exhibits, focus_groups, joint_display, paths, words
from digiskills.disclosure import JOINT, DeclaredTable, Plan, Released, joint, release_joint
from digiskills.errors import ReleaseError
from digiskills.frameworks import Frameworks
from digiskills.reports import declared
from digiskills.reports.run import declared_tables
from digiskills.study import Study
from digiskills.tables import sheet as sheets

CODED = focus_groups.read(ONTARIO)
assert CODED is not None
VOICED = joint_display.codes_voiced(CODED, ONTARIO)
TABLE = DeclaredTable("", "ontario", JOINT, "recommendations", wave="2025")
ASKED = replace(TABLE, kind="questions")
INDICATORS = ONTARIO.frameworks.table("indicators")
NUMBERS = ("n", "base", "stressed", "estimate", "low", "high")


def columns_of(names: Sequence[str]) -> list[str]:
    """Answer columns: one per option of a question with several answers."""
    found = []
    for name in names:
        item = ONTARIO.codebook.items.get(name)
        several = item is not None and item.kind == "select_multiple"
        found += [f"{name}/{answer.name}" for answer in item.answers] if item and several else [name]
    return found


@cache
def made_of(language: str = "en") -> dict[str, Released]:
    """Made-up estimates for every part of the survey, and the study's own passages."""
    found = {}
    for seed, (name, part) in enumerate(joint.parts(TABLE, ONTARIO).items()):
        groups = {each: list(ONTARIO.dimensions[each].names) for each in part.by if each in ONTARIO.dimensions}
        more = {"shares": {"answer": ["no", "yes"]}, "shortfalls": {"measure": ["short_by_one", "people_short"]}}
        if part.evidence == "survey":
            rows = cells(item=columns_of(part.items), **more.get(part.kind, {}), **groups)
            frame = estimates(rows, seed=seed, hidden=0.1 if groups else 0)
            found[name] = released(frame, part.kind, part.by, language)
    method = VOICED.attrs["method"]
    said = {"language": language, "evidence": "focus_groups", "wave": "", "method": method}
    return found | {"voiced": released(VOICED, "codes_voiced", ("speaker_level",), **said)}


@cache
def shown(language: str = "en") -> Released:
    return joint_display.indicated(made_of(language), TABLE, None)


def asked(language: str = "en", plan: Plan | None = None) -> Released:
    return joint_display.answered(ONTARIO, ASKED, plan, language)


# --- numbers


def test_each_number_stands_in_the_released_table_that_it_came_from() -> None:
    frame, counted = shown().frame, 0
    for part, table in made_of().items():
        for _, row in frame[frame["part"] == part].iterrows():
            own = table.frame
            for name in ("item", "answer", "measure", "department_size", "level", "code", "speaker_level"):
                own = own[own[name].astype(str) == row[name]] if name in own else own
            assert len(own) == 1, (part, row.to_dict())
            for name in (name for name in NUMBERS if name in own):
                value = own[name].iloc[0]
                assert (pd.isna(value) and pd.isna(row[name])) or float(value) == row[name]
                counted += 1
    assert counted > 1000
    assert frame.loc[frame["part"] == "limit", list(NUMBERS)].isna().all(axis=None)


def test_a_number_that_was_not_released_is_refused() -> None:
    parts = made_of()
    frame = joint_display.indicated(parts, TABLE, None).frame
    for part in ("shares_whole", "barrier_side_by_level", "voiced", "limit"):
        wrong = frame.copy()
        place = wrong.index[wrong["part"].eq(part) & wrong["withheld"].isin(["", None])][0]
        wrong.loc[place, "n"] = 4321.5
        with pytest.raises(ReleaseError, match=part):
            release_joint(wrong, TABLE, ONTARIO, parts, plan=None, language="en", method={})


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_each_number_that_a_reader_sees_stands_in_the_frame(language: str) -> None:
    table = shown(language)
    frame, soup = table.frame, BeautifulSoup(joint_display.recommendations_laid_out(table).html, "html.parser")
    columns = [(name, value) for name in ("estimate", "low", "high") for value in frame[name].dropna()]
    known = {words.percent(value, language) for _, value in columns}
    known |= {words.number(abs(100 * value), language) for _, value in columns}  # points
    known |= {words.people(value, language) for _, value in columns}
    known |= {words.number(value, language) for name in ("n", "base", "stressed") for value in frame[name].dropna()}
    said = " ".join(cell.get_text(" ", strip=True) for cell in soup.select("td"))
    for question in ("training_used", "priority_changes", "learning_plan_digital"):
        said = said.replace(ONTARIO.codebook.label(question, language), "")
    said = re.sub(r"[“«].*?[”»]", "", said)
    found = re.findall(r"\d[\d\u00a0\u202f,.]*\d\s?%|\d[\d\u00a0\u202f,.]*\d|\d\s?%|\d", said)
    assert len(found) > 800 and {number.strip() for number in found} - known == set()


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_sentences_hold_only_released_numbers_and_say_what_is_synthetic(language: str) -> None:
    table = shown(language)
    lines = words.findings_recommendations(table)
    assert len(lines) == 16
    known = {str(number) for number in range(1, 9)} | {"12"}  # recommendations; months in a question
    values = [value for name in ("estimate", "low", "high") for value in table.frame[name].dropna()]
    known |= {words.number(100 * value, language) for value in values}
    known |= {
        words.number(value, language) for name in ("n", "base", "stressed") for value in table.frame[name].dropna()
    }
    for line in lines:
        assert set(re.findall(r"\d+", line.replace("(2025)", ""))) <= known, line
    asking = lines[::2]
    assert all(("synthetic" if language == "en" else "synthétique") in line for line in asking)
    assert len(words.alt_text("table", table)) <= 400 and words.caption(table)


def test_both_languages_hold_the_same_numbers() -> None:
    english, french = (shown(language).frame for language in words.LANGUAGES)
    pd.testing.assert_frame_equal(english, french)


# --- what indicates a recommendation


def test_each_recommendation_has_indicators_passages_and_says_what_they_cannot_say() -> None:
    frame = shown().frame
    for number, rows in frame.groupby("recommendation"):
        assert rows["part"].str.endswith("_whole").any(), number
        assert rows["part"].eq("voiced").any() and rows["part"].eq("limit").any(), number
    assert frame["recommendation"].nunique() == len(ONTARIO.frameworks.table("recommendations")) == 8
    limits = frame[frame["part"] == "limit"]
    assert len(limits) == len(INDICATORS) and limits[["text_en", "text_fr"]].ne("").all(axis=None)


def test_only_the_answer_that_indicates_is_taken() -> None:
    frame = shown().frame
    assert set(frame.loc[frame["kind"] == "shares", "answer"]) - {""} == {"yes"}
    assert set(frame.loc[frame["kind"] == "shortfalls", "measure"]) - {""} == {"short_by_one", "people_short"}


def test_by_size_and_level_stand_below_each_indicator_but_changes() -> None:
    frame = shown().frame
    for kind, rows in frame[frame["indicator"] != ""].groupby("kind"):
        broken = rows["part"].str.contains("_by_").any()
        assert broken == (kind != "changes"), kind


def test_nothing_changed_since_a_wave_that_is_not_there() -> None:
    first = replace(TABLE, wave="2023")
    assert "changes_whole" in joint.parts(TABLE, ONTARIO)
    assert "changes_whole" not in joint.parts(first, ONTARIO)


def test_the_plan_of_a_build_decides_over_every_part() -> None:
    report = next(each for each in declared.reports("ontario", ["en"], notebooks=["11-recommendations"]))
    ids = {table.id for table in declared_tables(report, ONTARIO)}
    assert {f"11-indicators.{name}" for name in joint.parts(TABLE, ONTARIO)} <= ids
    assert not any(name.startswith("11-questions.") for name in ids)


def with_indicators(table: pd.DataFrame) -> Study:
    study = replace(ONTARIO)
    study.__dict__["frameworks"] = Frameworks({**ONTARIO.frameworks.tables, "indicators": table})
    return study


def test_every_wrong_cell_of_the_indicators_is_named_by_row_and_column() -> None:
    assert joint_display.problems(ONTARIO) == []
    wrong = INDICATORS.copy()
    wrong.loc[0, "recommendation"], wrong.loc[1, "kind"] = "9", "share"
    wrong.loc[2, "item"], wrong.loc[3, "answer"] = "training_used/peer", "short"
    wrong.loc[4, "cannot_say_fr"] = " "
    said = "\n".join(map(str, joint_display.problems(with_indicators(wrong))))
    for expected in (
        "frameworks/indicators.csv, row 2, column recommendation: ‘9’ is no recommendation",
        "row 3, column kind: ‘share’ is no kind",
        "row 4, column item: ‘training_used/peer’ is no item",
        "row 5, column answer: ‘short’ is no answer",
        "row 6, column cannot_say_fr: is empty",
    ):
        assert expected in said, expected


def test_a_study_without_recommendations_leaves_the_notebook_out() -> None:
    entry = next(each for each in declared.read()["report"] if each["notebook"] == "11-recommendations")
    assert declared.unanswered(entry, ONTARIO) == ""
    bare = replace(ONTARIO)
    bare.__dict__["frameworks"] = Frameworks({})
    said = declared.unanswered(entry, bare)
    assert "frameworks recommendations, frameworks indicators" in said and "question_exhibits" in said
    assert joint_display.problems(bare) == []


def test_codes_are_counted_under_the_levels_that_may_be_shown() -> None:
    assert set(VOICED["speaker_level"]) == {"all", "executive", "staff", "mixed"}
    whole = VOICED[VOICED["speaker_level"] == "all"].set_index("code")
    parted = VOICED[VOICED["speaker_level"] != "all"].groupby("code")[["n", "base", "stressed"]].sum()
    assert (whole[["n", "base", "stressed"]] == parted.loc[whole.index]).all(axis=None)
    barriers = joint_display.voiced(CODED, ONTARIO).set_index(["code", "speaker_level"])
    codes = VOICED.set_index(["code", "speaker_level"]).loc[barriers.index]
    assert (codes[["n", "base", "stressed", "paragraphs"]] == barriers[["n", "base", "stressed", "paragraphs"]]).all(
        axis=None
    )


# --- research questions


def test_every_exhibit_that_the_questions_name_is_declared_with_its_evidence_and_notebook() -> None:
    known = {
        table["id"]: (report["notebook"], table["evidence"])
        for report in declared.read()["report"]
        for table in report.get("table", [])
    }
    frame = asked().frame
    for _, row in frame[frame["exhibit"] != ""].iterrows():
        assert known.get(row["exhibit"]) == (row["notebook"], row["rests_on"]), row["exhibit"]
        assert (paths.notebooks() / f"{row['notebook']}.ipynb").is_file()
    assert not frame["text_fr"].eq("").any() and not frame[["note_en", "note_fr"]].eq("").any(axis=None)


def test_every_question_stands_there_and_those_without_an_exhibit_say_so() -> None:
    table = asked()
    questions = ONTARIO.frameworks.table("questions")
    assert list(dict.fromkeys(table.frame["question"])) == list(questions["number"])
    soup = BeautifulSoup(joint_display.questions_laid_out(table).html, "html.parser")
    rows = soup.select("tbody tr")
    assert len(rows) == len(questions)
    bare = [row.th.get_text() for row in rows if not row.select("a")]
    missing = table.frame[table.frame["exhibit"] == ""]
    assert len(bare) == len(missing) == 1 and missing["text_en"].iloc[0] in bare[0]
    assert soup.get_text().count("Not answered by these data.") == 1
    lines = words.findings_questions(table)
    assert "13 of 14" in lines[0] and missing["text_en"].iloc[0] in lines[1]
    assert "synthetic" in lines[2]


def test_a_question_that_the_study_forgot_is_said_to_be_unanswered() -> None:
    tables = dict(ONTARIO.frameworks.tables)
    tables["question_exhibits"] = tables["question_exhibits"].query("number != '1'")
    study = replace(ONTARIO)
    study.__dict__["frameworks"] = Frameworks(tables)
    table = joint_display.answered(study, ASKED, None, "en")
    assert table.frame.loc[table.frame["question"] == "1", "exhibit"].tolist() == [""]
    assert "12 of 14" in words.findings_questions(table)[0]


def test_every_link_of_the_questions_leads_to_a_notebook() -> None:
    soup = BeautifulSoup(joint_display.questions_laid_out(asked("fr")).html, "html.parser")
    links = [link["href"] for link in soup.select("a")]
    assert len(links) > 20
    for link in links:
        notebook, _, exhibit = link.partition("#")
        assert (paths.notebooks() / notebook).is_file() and exhibits.ID.fullmatch(exhibit)


def test_a_table_of_questions_holds_no_number_and_is_published_as_declared(tmp_path: Path) -> None:
    plan = Plan("ontario", (replace(ASKED, id="11-questions"),), {}, {})
    table = asked(plan=plan)
    assert table.ids == {"11-questions"} and not set(NUMBERS) & set(table.frame)
    about = {"parameters": {}, "data_digest": "", "code_version": ""}
    arranged = joint_display.questions_laid_out(table)
    files = exhibits.publish("11-questions", arranged, folder=tmp_path, **about).files
    assert {path.suffix for path in files} == {".csv", ".json"}


def test_a_workbook_holds_joint_tables_as_their_csv_does() -> None:
    made = sheets.sheet("11-indicators", shown())
    assert {"recommendation", "part", "estimate"} <= set(made.header) and len(made.rows) == len(shown().frame)
    assert all(cell.value != "" for row in made.rows for cell in row)
    place = made.header.index("estimate")
    numbers = {row[place].value for row in made.rows if isinstance(row[place].value, float)}
    assert numbers == set(shown().frame["estimate"].dropna())
    assert sheets.sheet("11-questions", asked("fr")).rows


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_cells_name_their_column_as_cards(language: str) -> None:
    for arranged in (
        joint_display.recommendations_laid_out(shown(language)),
        joint_display.questions_laid_out(asked(language)),
    ):
        soup = BeautifulSoup(arranged.html, "html.parser")
        heads = [head.get_text() for head in soup.select("thead th")]
        for row in soup.select("tbody tr"):
            assert [cell["data-head"] for cell in row.select("td")] == heads[1:]
            assert all(cell.get_text(strip=True) for cell in row.select("td"))
