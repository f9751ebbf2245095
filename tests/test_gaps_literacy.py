"""The declared minimum of digital literacy: by hand, missing answers, and what a study declares wrongly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey

from digiskills import answers, estimates
from digiskills import study as studies
from digiskills import survey as surveys
from digiskills.errors import StudyError, UsageError
from digiskills.gaps.literacy import against_quiz, below_minimum
from digiskills.study import Study
from digiskills.survey import Survey

FORM = """select_one can_do,task_sort,Sort,Trier,,literacy,data,,
select_one can_do,task_share,Share,Partager,,literacy,data,,
select_one quiz,quiz_percent,Percent,Pourcentage,,literacy_quiz,data,,
select_one quiz,quiz_name,Name,Nom,,literacy_quiz,data,,
"""
CHOICES = """can_do,no,No,Non,,0
can_do,with_help,With help,Avec aide,,1
can_do,alone,Alone,Sans aide,,2
can_do,dont_know,Don’t know,Ne sait pas,dont_know,
quiz,wrong,Wrong,Faux,,0
quiz,right,Right,Juste,,1
quiz,not_sure,Not sure,Ne sait pas,,0
quiz,refused,Refused,Refus,refused,
"""
LITERACY = """
[literacy]
tasks = "literacy"
tasks_score = 2
quiz = ["quiz_percent", "quiz_name"]
"""
ITEMS = ("task_sort", "task_share", "quiz_percent", "quiz_name")


def declare(folder: Path, patch: pytest.MonkeyPatch, literacy: str = LITERACY) -> Study:
    patch.setenv("DIGISKILLS_ROOT", str(folder))
    small_survey.study(folder)
    mine = folder / "data" / "raw" / "mine"
    for name, text in (("codebook/survey.csv", FORM), ("codebook/choices.csv", CHOICES), ("study.toml", literacy)):
        path = mine / name
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return studies.read("mine")


def by_hand(declared: Study) -> Survey:
    table = small_survey.received(1, 6)
    table["weight"], table["stratum"] = ["1", "2", "3", "4", "5", "6"], "h1"
    table["department"] = ["d1", "d1", "d1", "d2", "d2", "d2"]
    table["held_data"] = ["expert", "expert", "basic", "basic", "basic", "dont_know"]
    table["task_sort"] = ["alone", "alone", "alone", "with_help", "dont_know", "alone"]
    table["task_share"] = ["alone", "alone", "alone", "alone", "no", "alone"]
    table["quiz_percent"] = ["right", "not_sure", "right", "right", "wrong", ""]
    table["quiz_name"] = ["right", "right", "right", "wrong", "wrong", "right"]
    return small_survey.survey(declared, table)


def test_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The fifth did not answer one task, the sixth one question: neither is in the whole, whatever else they said.
    found = below_minimum(by_hand(declare(tmp_path, monkeypatch))).set_index("item")
    assert found["estimate"].to_dict() == pytest.approx(
        {
            "below_minimum": (2 + 4) / 10,
            "tasks_not_alone": 4 / 16,
            "quiz_not_right": (2 + 4 + 5) / 15,
            "task_sort": 4 / 16,
            "task_share": 5 / 21,
            "quiz_percent": 7 / 15,
            "quiz_name": 9 / 21,
        }
    )
    assert found["n"].to_dict() == dict(zip(found.index, [4, 5, 5, 5, 6, 5, 6], strict=True))


def test_self_rating_against_the_quiz_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = by_hand(declare(tmp_path, monkeypatch))
    found = against_quiz(survey)
    assert found.columns.tolist()[:3] == ["item", "right", "rating"] and (found["item"] == "held_data").all()
    shares = found.pivot(index="rating", columns="right", values="estimate")
    assert shares.loc["expert"].tolist() == pytest.approx([0, 2 / 3, 1 / 3])
    assert shares.loc["basic"].tolist() == pytest.approx([5 / 12, 4 / 12, 3 / 12])
    assert found.loc[found["rating"] == "none", "n"].eq(0).all()
    assert against_quiz(survey, "task_share")["rating"].unique().tolist() == ["no", "with_help", "alone"]


def test_single_items_have_the_error_of_counted_answers() -> None:
    # Two stages with lonely strata: the respondents' frame and the counted table must agree.
    declared = studies.read("ontario")
    survey = surveys.read(declared, "latest")
    found = below_minimum(survey, "level").set_index("item").loc["quiz_percent"].reset_index(drop=True)
    wrong = [choice.name for choice in declared.codebook.item("quiz_percent").answers if choice.score == 0]
    expected = estimates.shares(answers.count(survey), "quiz_percent", wrong, "level")
    numbers = ["n", "clusters", "estimate", "se", "df", "low", "high"]
    np.testing.assert_allclose(found[numbers], expected[numbers].to_numpy(), rtol=1e-9)


def test_the_whole_is_never_less_than_a_part_on_complete_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = declare(tmp_path, monkeypatch)
    table, draw = small_survey.received(5, 200), np.random.default_rng(5)
    for name in ITEMS:
        table[name] = draw.choice(["alone", "no"] if name.startswith("task") else ["right", "wrong"], 200)
    found = below_minimum(small_survey.survey(declared, table), "level")
    whole = found[found["item"] == "below_minimum"]["estimate"].to_numpy()
    parts = found.pivot(index="item", columns="level", values="estimate").to_numpy()
    assert (parts <= whole.max() + 1e-12).all() and whole.min() >= 0


def test_a_study_may_declare_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = declare(tmp_path, monkeypatch, "")
    assert declared.literacy is None
    table = small_survey.received(1, 6).assign(**dict.fromkeys(ITEMS, ""))
    with pytest.raises(UsageError, match="declares no minimum of digital literacy"):
        below_minimum(small_survey.survey(declared, table))


def test_a_minimum_without_quiz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = by_hand(declare(tmp_path, monkeypatch, '[literacy]\ntasks = ["task_share"]\ntasks_score = 2\n'))
    assert below_minimum(survey)["item"].tolist() == ["below_minimum", "tasks_not_alone", "task_share"]
    with pytest.raises(UsageError, match="declares no quiz questions"):
        against_quiz(survey)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[literacy]\ntasks = "x"\nquizz = "y"\n', "literacy.quizz"),
        ("[literacy]\ntasks_score = 2\n", "literacy.tasks"),
        ('[literacy]\ntasks = "literacy"\ntasks_score = "two"\n', "literacy.tasks_score"),
    ],
)
def test_what_is_declared_wrongly_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text, message) -> None:
    with pytest.raises(StudyError, match=message):
        declare(tmp_path, monkeypatch, text)


def test_names_that_the_form_does_not_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = declare(tmp_path, monkeypatch, '[literacy]\ntasks = "literacie"\n')
    with pytest.raises(UsageError, match="no item or role; did you mean ‘literacy’"):
        below_minimum(by_hand(declared))


def test_shares_of_a_rating_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = declare(tmp_path, monkeypatch)
    table, draw = small_survey.received(6, 300), np.random.default_rng(6)
    for name in ITEMS:
        table[name] = draw.choice(["alone", "no"] if name.startswith("task") else ["right", "not_sure", ""], 300)
    found = against_quiz(small_survey.survey(declared, table), by="level")
    total = found.groupby(["rating", "level"], observed=True)["estimate"].sum(min_count=1).dropna()
    assert len(total) and isinstance(total, pd.Series) and total.to_numpy() == pytest.approx(1)
