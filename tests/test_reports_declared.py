"""What reports.toml declares becomes pages: one per scope and language, or a list of what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_site import declare, notebook, site

from digiskills import disclosure
from digiskills.errors import UsageError
from digiskills.reports import carried, declared
from digiskills.reports.run import declared_tables
from digiskills.study import read as read_study

TABLE = """
[[report.table]]
id = "01-gap"
evidence = "survey"
kind = "shortfalls"
items = "skills"
by = ["level"]
"""


def at(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(site(folder, text, n01_ok=notebook(), n02_next=notebook())))


def test_a_notebook_gives_a_page_in_each_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at(tmp_path, monkeypatch, declare("01-ok", "02-next"))
    keys = [report.key for report in declared.reports()]
    assert keys == ["tiny/en/01-ok", "tiny/fr/01-ok", "tiny/en/02-next", "tiny/fr/02-next"]


def test_the_title_is_the_question_in_the_pages_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at(tmp_path, monkeypatch, declare("01-ok"))
    assert [report.title for report in declared.reports()] == ["Who is short?", "Qui manque de quoi?"]


def test_each_means_everyone_and_then_one_page_per_category(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = 'matrix.department_size = "each"\nmatrix.level = "each"'
    at(tmp_path, monkeypatch, declare("01-ok", more=more) + TABLE)
    reports = declared.reports(languages=["en"])
    assert [report.page for report in reports] == [
        "01-ok",
        "01-ok--department_size-small",
        "01-ok--department_size-large",
        "01-ok--level-staff",
    ]
    assert reports[1].parameters["department_size"] == "small"
    assert [report.tables[0].where for report in reports] == [
        (),
        (("department_size", "small"),),
        (("department_size", "large"),),
        (("level", "staff"),),
    ]


def test_a_listed_matrix_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at(
        tmp_path,
        monkeypatch,
        declare("01-ok", more='matrix = [{ department_size = "small", level = "staff" }]'),
    )
    assert [report.page for report in declared.reports(languages=["fr"])] == [
        "01-ok--department_size-small--level-staff"
    ]


def test_a_scope_of_the_command_line_replaces_those_declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at(tmp_path, monkeypatch, declare("01-ok", more='matrix.level = "each"'))
    pages = [report.page for report in declared.reports(languages=["en"], texts={"smallest_group": "30"})]
    assert pages == ["01-ok--smallest_group-30"]


def test_one_language_may_be_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at(tmp_path, monkeypatch, declare("01-ok", more='languages = ["fr"]'))
    assert [report.key for report in declared.reports()] == ["tiny/fr/01-ok"]


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = declare("01-ok", more='languages = ["de"]\nmatrx = []') + TABLE.replace("01-gap", "02-gap")
    at(
        tmp_path,
        monkeypatch,
        wrong + TABLE.replace("survey", "surveys").replace("01-gap", "02-gap") + declare("3-x"),
    )
    with pytest.raises(UsageError) as error:
        declared.read()
    message = str(error.value)
    for said in (
        "there is no key ‘matrx’; did you mean ‘matrix’?",
        "‘de’ is not a language",
        "id ‘02-gap’ should start with 01-",
        "evidence ‘surveys’; did you mean ‘survey’?",
        "table 02-gap is declared twice",
        "there is no notebook ‘3-x’",
    ):
        assert said in message


def test_a_scope_with_a_word_that_is_not_the_studys_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at(tmp_path, monkeypatch, declare("01-ok", more='matrix = [{ level = "stafff" }, { size = "small" }]'))
    with pytest.raises(UsageError) as error:
        declared.reports()
    assert "did you mean ‘staff’?" in str(error.value)
    assert "size: there is no such parameter" in str(error.value)


def test_reports_are_found_by_number_notebook_or_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at(tmp_path, monkeypatch, declare("01-ok", more='matrix.level = "each"') + "\n" + declare("02-next"))
    reports = declared.reports(languages=["en"])
    assert len(declared.chosen(reports, ["01"])) == 2
    assert len(declared.chosen(reports, ["01-ok"])) == 2
    assert len(declared.chosen(reports, ["01-ok--level-staff", "02-next.ipynb"])) == 2
    with pytest.raises(UsageError, match="did you mean ‘02-next’"):
        declared.chosen(reports, ["02-nex"])


def test_the_kinds_are_those_of_disclosure_control() -> None:
    coded = {"barriers_voiced", "codes_voiced", "paraphrases", "joint_display", "recommendations", "questions"}
    coded |= {"themes", "passages", "cooccurrence", "cooccurrence_in_paragraphs", "saturation", "texts"}
    coded |= set(carried.OF_CODERS)
    assert {*disclosure.KINDS, *coded, "figures"} == set(declared.KINDS)


def test_disclosure_control_gets_one_table_per_wave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at(tmp_path, monkeypatch, declare("01-ok") + TABLE.replace('by = ["level"]', 'waves = ["all"]'))
    toml = tmp_path / "data" / "raw" / "tiny" / "study.toml"
    waves = "".join(f'\n[[waves]]\nname = "{year}"\ndate = {year}-05-31\nfile = "x.csv"' for year in (2023, 2025))
    toml.write_text(toml.read_text(encoding="utf-8") + waves, encoding="utf-8")
    tables = declared_tables(declared.reports()[0], read_study("tiny"))
    assert [(table.id, table.items, table.wave) for table in tables] == [
        ("01-gap", ("skills",), "2023"),
        ("01-gap", ("skills",), "2025"),
    ]


def test_a_notebook_that_the_data_cannot_answer_is_left_out_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = TABLE.replace('items = "skills"', 'items = "barrier"').replace('by = ["level"]', 'by = ["region"]')
    at(tmp_path, monkeypatch, declare("01-ok") + lacking + declare("02-next"))
    assert {report.notebook for report in declared.reports()} == {"02-next"}
    assert declared.left_out() == {"01-ok": "dimension region, items barrier"}


def test_a_limit_on_a_notebook_without_a_survey_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = TABLE.replace('evidence = "survey"', 'evidence = "published"').replace('items = "skills"', "")
    at(tmp_path, monkeypatch, declare("01-ok") + figures)
    with pytest.raises(UsageError, match="level: the notebook shows no survey, so this limits nothing"):
        declared.reports(texts={"level": "staff"})


def test_only_the_notebooks_asked_for_have_to_know_a_parameter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at(tmp_path, monkeypatch, declare("01-ok", "02-next"))
    with pytest.raises(UsageError) as error:
        declared.reports(texts={"levle": "staff"}, notebooks=["01-ok"])
    assert str(error.value) == "01-ok: levle: there is no such parameter; did you mean ‘level’?"
    (report, _) = declared.reports(texts={"level": "staff"}, notebooks=["01-ok"])
    assert report.on_request and not declared.reports()[0].on_request
