"""Skill gaps: numbers found by hand, the same as from the respondents, and the people they stand for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import small_survey

from digiskills import answers, gaps
from digiskills.answers import Answers
from digiskills.errors import UsageError
from digiskills.estimates import SurveyDesign
from digiskills.study import Study
from digiskills.survey import Survey

NUMBERS = ["n", "clusters", "estimate", "se", "df", "low", "high"]
HEADS = pd.DataFrame(
    {
        "department_size": np.repeat(["micro", "small", "large"], 3),
        "level": ["director", "manager", "staff"] * 3,
        "heads": [1, 10, 100, 2, 20, 200, 3, 30, 300],
    }
)


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("gaps")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        return small_survey.study(folder)


@pytest.fixture(scope="module")
def survey(declared: Study) -> Survey:
    return small_survey.survey(declared, small_survey.received(21, 400))


@pytest.fixture(scope="module")
def counted(survey: Survey) -> Answers:
    return answers.count(survey)


def measure(shortfalls: pd.DataFrame, name: str) -> pd.DataFrame:
    return shortfalls[shortfalls["measure"] == name].reset_index(drop=True)


def test_by_hand(declared: Study) -> None:
    table = small_survey.received(1, 5)
    table["weight"], table["stratum"] = ["1", "2", "3", "4", "5"], "h1"
    table["department"] = ["d1", "d1", "d2", "d2", "d2"]
    table["needed_data"] = ["expert", "working", "basic", "basic", "expert"]  # 5 3 2 2 5
    table["held_data"] = ["working", "basic", "basic", "expert", "dont_know"]  # 3 2 2 5 -
    found = gaps.shortfalls(answers.count(small_survey.survey(declared, table)), "data")
    assert found["item"].unique().tolist() == ["data"]
    estimates = dict(zip(found["measure"], found["estimate"], strict=True))
    assert estimates == pytest.approx(
        {
            "short_by_one": 3 / 10,
            "short_by_two": 1 / 10,
            "surplus": 4 / 10,
            "mean_gap": (2 * 1 + 1 * 2 + 0 * 3 - 3 * 4) / 10,
            "people_short": 3,
        }
    )
    assert (found["n"] == 4).all() and (found["clusters"] == 2).all()


@pytest.mark.parametrize("by", [(), ("level",), ("department_size", "level")])
def test_equal_to_the_respondents(survey: Survey, counted: Answers, by) -> None:
    frame = small_survey.scored(survey)
    gap = frame["needed_design"] - frame["held_design"]
    for name, short in {"short_by_one": gap >= 1, "short_by_two": gap >= 2, "surplus": gap <= -1}.items():
        frame[name] = short.where(gap.notna())
    frame["mean_gap"] = gap
    design = SurveyDesign(frame.astype({"surplus": float}), "weight", "stratum", "department")
    found = gaps.shortfalls(counted, ["design"], by)
    for name in ("short_by_one", "short_by_two", "surplus"):
        expected = design.share(name, 1, by)
        np.testing.assert_allclose(measure(found, name)[NUMBERS], expected[NUMBERS].to_numpy(), rtol=1e-12, atol=1e-12)
    expected = design.gap("needed_design", "held_design", by)
    np.testing.assert_allclose(
        measure(found, "mean_gap")[NUMBERS], expected[NUMBERS].to_numpy(), rtol=1e-12, atol=1e-12
    )


def test_one_row_per_skill_measure_and_domain(counted: Answers) -> None:
    found = gaps.shortfalls(counted, by=["department_size", "level"])
    assert found.columns.tolist() == ["item", "measure", "department_size", "level", *NUMBERS, "note"]
    assert len(found) == 2 * len(gaps.MEASURES) * 9
    assert found["item"].tolist() == ["data"] * 45 + ["design"] * 45
    assert found["measure"].tolist()[:45:9] == list(gaps.MEASURES)
    assert not found.duplicated(["item", "measure", "department_size", "level"]).any()


@pytest.mark.parametrize(
    ("by", "where", "heads"),
    [
        ((), None, [666]),
        ("level", None, [6, 60, 600]),
        ("level", {"department_size": "small"}, [2, 20, 200]),
        (("department_size",), {"level": ["manager", "staff"]}, [110, 220, 330]),
        ("department_size", {"level": "all"}, [111, 222, 333]),
    ],
)
def test_people_short_are_the_share_of_known_heads(counted: Answers, by, where, heads) -> None:
    found = gaps.shortfalls(counted, by=by, where=where, heads=HEADS)
    share, people = measure(found, "short_by_one"), measure(found, "people_short")
    for name in ("estimate", "se", "low", "high"):
        np.testing.assert_allclose(people[name], share[name] * np.tile(heads, 2))
    assert found.attrs["method"]["people_short"] == "share short by one level or more times the heads of the domain"


@pytest.mark.parametrize(
    "heads",
    [
        None,
        HEADS.drop(columns="level"),
        HEADS[HEADS["level"] != "staff"],
        HEADS.replace({"heads": {300: np.nan}}),
    ],
    ids=["none", "other dimensions", "a domain absent", "a cell not known"],
)
def test_where_heads_are_unknown_people_are_the_weighted_total(survey: Survey, counted: Answers, heads) -> None:
    frame = small_survey.scored(survey)
    gap = frame["needed_data"] - frame["held_data"]
    frame["short"] = (gap >= 1).where(gap.notna()).astype(float)
    expected = SurveyDesign(frame, "weight", "stratum", "department").total("short", by="level")
    found = gaps.shortfalls(counted, "data", by="level", heads=heads)
    np.testing.assert_allclose(measure(found, "people_short")[NUMBERS], expected[NUMBERS].to_numpy(), rtol=1e-12)
    assert found.attrs["method"]["people_short"].startswith("weighted total of those short among the answered")


def test_a_gap_nobody_can_have_is_a_share_of_none(declared: Study) -> None:
    table = small_survey.received(2, 30)
    table["needed_data"], table["held_data"] = "basic", "basic"
    found = gaps.shortfalls(answers.count(small_survey.survey(declared, table)), "data", heads=HEADS)
    assert measure(found, "mean_gap")[["estimate", "se"]].values.tolist() == [[0, 0]]
    short = measure(found, "people_short").iloc[0]
    assert short["low"] == 0 and short["high"] == pytest.approx(666 * (1 - 0.025 ** (1 / 30)))


def test_wrong_names_are_answered_with_the_nearest(counted: Answers) -> None:
    with pytest.raises(UsageError, match="no gap for ‘datta’; did you mean ‘data’"):
        gaps.shortfalls(counted, "datta")
    with pytest.raises(UsageError, match="level has no ‘stuff’; did you mean ‘staff’"):
        gaps.shortfalls(counted, where={"level": "stuff"})
