"""The codebook: XLSForm columns, labels, missing reasons and skip rules."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digiskills import codebook
from digiskills.errors import StudyError, UsageError

SURVEY = """type,name,label::English (en),label::French (fr),relevant,role,skill,barrier,reverse
begin_group,g,Group,Groupe,,,,,
select_one proficiency,needed_data,Needed,Exigé,,needed,data,,
select_one proficiency,held_data,Held,Possédé,,held,data,,
select_one agreement,tools,Tools suit me,Les outils me conviennent,${level} = 'manager',barrier,,capacity,yes
select_one level,level,Level,Niveau,,demographic,,,
end_group,,,,,,,,
"""
CHOICES = """list_name,name,label::English (en),label::French (fr),missing,score
proficiency,none,None,Aucun,,1
proficiency,basic,Basic,De base,,2
proficiency,unsure,Don’t know,Je ne sais pas,dont_know,
agreement,disagree,Disagree,En désaccord,,1
agreement,agree,Agree,D’accord,,2
level,manager,Manager,Gestionnaire,,
level,staff,Staff,Personnel,,
"""


def write(folder: Path, survey: str = SURVEY, choices: str = CHOICES) -> Path:
    (folder / "survey.csv").write_text(survey, encoding="utf-8")
    (folder / "choices.csv").write_text(choices, encoding="utf-8")
    return folder


def test_items_keep_order_roles_and_labels(tmp_path: Path) -> None:
    book = codebook.read(write(tmp_path))
    assert list(book.items) == ["needed_data", "held_data", "tools", "level"]
    assert book.pairs() == [codebook.Pair("data", "needed_data", "held_data")]
    assert book.label("tools", "fr") == "Les outils me conviennent"
    assert book.item("tools").reverse and not book.item("level").reverse
    assert [choice.name for choice in book.item("held_data").answers] == ["none", "basic"]
    assert [choice.missing for choice in book.item("held_data").reasons] == ["dont_know"]
    assert book.answer_label("held_data", "dont_know", "en") == "Don’t know"


@pytest.mark.parametrize(
    "header",
    ["label::english,label::french", "label_en,label_fr", "label:English (en),label:Français (fr)", "label,label_fr"],
)
def test_header_variants_of_forms_are_read(tmp_path: Path, header: str) -> None:
    survey = SURVEY.replace("label::English (en),label::French (fr)", header)
    assert codebook.read(write(tmp_path, survey)).label("level", "en") == "Level"


def test_every_problem_is_named_at_once_with_its_row(tmp_path: Path) -> None:
    survey = (
        SURVEY.replace("Niveau", "")
        .replace("${level} = 'manager'", "count(${x}) > 1")
        .replace("one level", "one levle")
    )
    choices = CHOICES.replace("dont_know", "unknown").replace("De base,,2", "De base,,two")
    with pytest.raises(StudyError) as caught:
        codebook.read(write(tmp_path, survey, choices))
    places = {(problem.file, problem.row, problem.column) for problem in caught.value.problems}
    assert places >= {
        ("codebook/survey.csv", 6, "label_fr"),
        ("codebook/survey.csv", 5, "relevant"),
        ("codebook/survey.csv", 6, "type"),
        ("codebook/choices.csv", 4, "missing"),
        ("codebook/choices.csv", 3, "score"),
    }
    assert "did you mean ‘level’?" in str(caught.value)


def test_missing_file_and_column_are_named(tmp_path: Path) -> None:
    (tmp_path / "survey.csv").write_text("type,label\n", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        codebook.read(tmp_path)
    assert "choices.csv: is missing" in str(caught.value)
    assert "column name: column is missing" in str(caught.value)


def test_an_answer_named_like_a_reason_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="is an answer named like a reason"):
        codebook.read(write(tmp_path, choices=CHOICES + "level,refused,Refused,Refus,,\n"))


def test_unknown_names_suggest_the_nearest(tmp_path: Path) -> None:
    book = codebook.read(write(tmp_path))
    with pytest.raises(UsageError, match="did you mean ‘needed_data’"):
        book.item("neded_data")
    with pytest.raises(UsageError, match="no answer"):
        book.answer_label("tools", "agreed", "en")


ANSWERS = {
    "level": pd.Series(["manager", "director", "staff", ""]),
    "age": pd.Series(["30", "9", "", "x"]),
    "used": pd.Series(["peers coaching", "peers", "", "peer"]),
}


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        ("${level} = 'manager' or ${level} = 'director'", [True, True, False, False]),
        ("${level} != 'manager'", [False, True, True, True]),
        ("not(${level} = 'staff') and ${level} != ''", [True, True, False, False]),
        ("${age} >= 10", [True, False, False, False]),
        ("${age} < 10", [False, True, False, False]),
        ("selected(${used}, 'peers')", [True, True, False, False]),
        ("(${age} > 10 or selected(${used}, 'peer')) and ${level} = ''", [False, False, False, True]),
        ('"staff" = ${level}', [False, False, True, False]),
    ],
)
def test_rules_ask_the_right_people(rule: str, asked: list[bool]) -> None:
    assert codebook.parse(rule).asked(ANSWERS).tolist() == asked


@pytest.mark.parametrize(
    "rule", ["count(${a}) > 1", "${a} = ", "${a}", "${a} = 'x' and", "(${a} = 1", "${a} = 1)", "${a} + 1 = 2", "a = 1"]
)
def test_what_is_not_understood_is_an_error(rule: str) -> None:
    with pytest.raises(ValueError, match="rule"):
        codebook.parse(rule)


@given(st.lists(st.sampled_from(["manager", "staff", ""]), min_size=1))
def test_a_rule_and_its_negation_part_everybody(levels: list[str]) -> None:
    answers = {"level": pd.Series(levels)}
    rule = codebook.parse("${level} = 'manager'").asked(answers)
    negation = codebook.parse("not(${level} = 'manager')").asked(answers)
    assert np.array_equal(rule, ~negation)


@pytest.mark.parametrize(
    ("right", "slip", "said"),
    [
        (",capacity,yes", ",capacity,xx", "row 5, column reverse: ‘xx’ says neither yes nor no"),
        (",barrier,,capacity", ",barier,,capacity", "did you mean ‘barrier’?"),
        ("select_one agreement", "select_onne agreement", "‘select_onne’ is no type that is read"),
    ],
)
def test_a_slip_that_would_mean_something_else_is_an_error(tmp_path: Path, right: str, slip: str, said: str) -> None:
    with pytest.raises(StudyError) as caught:
        codebook.read(write(tmp_path, SURVEY.replace(right, slip)))
    assert said in str(caught.value)


def test_a_role_of_the_studys_own_is_no_slip(tmp_path: Path) -> None:
    assert codebook.read(write(tmp_path, SURVEY.replace(",barrier,,", ",mood,,"))).with_role("mood")
