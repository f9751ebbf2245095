"""Declared tables of literacy, breadth, coverage, reach and bundles: right numbers, scope, and what is withheld."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from digiskills import answers, gaps, survey
from digiskills import study as studies
from digiskills.disclosure import DeclaredTable, estimate, release
from digiskills.errors import UsageError

KINDS = ("literacy", "quiz", "t_shaped", "coverage", "reach", "pairs_short", "sets_short")
OF_SKILLS = ("coverage", "reach", "pairs_short", "sets_short")


def table(kind: str, **more: object) -> DeclaredTable:
    items = more.pop("items", ("skills",) if kind in OF_SKILLS else ())
    return DeclaredTable("", "ontario", "survey", kind, items, (), "2025", **more)


@pytest.fixture(scope="module")
def ontario() -> studies.Study:
    return studies.read("ontario")


@pytest.fixture(scope="module")
def wave(ontario: studies.Study) -> survey.Survey:
    return survey.read(ontario, "2025")


@pytest.fixture(scope="module")
def count(wave: survey.Survey):
    return lambda _, dimensions: (wave, answers.count(wave, dimensions))


@pytest.fixture(scope="module")
def made(ontario, count) -> dict[str, pd.DataFrame]:
    return {kind: estimate(table(kind), ontario, count) for kind in KINDS}


def test_they_hold_the_numbers_of_the_statistics(made, wave) -> None:
    for kind, expected in (
        ("literacy", gaps.below_minimum(wave)),
        ("t_shaped", gaps.t_shaped(wave)),
        ("reach", gaps.reach(wave, "training_used")),
    ):
        pd.testing.assert_frame_equal(made[kind], expected)
    pd.testing.assert_frame_equal(made["sets_short"], gaps.sets_short(wave, most=10))


def test_below_the_minimum_is_counted_by_hand(made, wave) -> None:
    tasks = [name for name in wave.frame if name.startswith("literacy_")]
    quiz = ["quiz_percent", "quiz_identify"]
    scores = np.column_stack([wave.scores(name) for name in (*tasks, *quiz)])
    known = np.isfinite(scores).all(axis=1)
    least = np.array([2] * len(tasks) + [1] * len(quiz))
    below = (scores < least).any(axis=1)
    row = made["literacy"].set_index("item").loc["below_minimum"]
    assert row["n"] == known.sum()
    assert row["estimate"] == pytest.approx(np.average(below[known], weights=wave.weight[known]))


def test_a_quiz_answer_of_not_sure_is_not_right(made, wave) -> None:
    unsure = np.asarray(wave.answers("quiz_percent"), dtype=object) == "not_sure"
    assert unsure.any() and np.isfinite(wave.scores("quiz_percent")[unsure]).all()
    right = np.sum([wave.scores(name) for name in ("quiz_percent", "quiz_identify")], axis=0)
    expert = np.asarray(wave.answers("held_digital_literacy"), dtype=object) == "expert"
    rows = expert & np.isfinite(right)
    found = made["quiz"].set_index(["answer", "right"]).loc["expert"]
    for number in range(3):
        share = np.average(right[rows] == number, weights=wave.weight[rows])
        assert found.loc[str(number), "estimate"] == pytest.approx(share)
    assert found["n"].eq(rows.sum()).all()


def test_the_shares_of_a_rating_stand_together_and_add_up_to_one(made) -> None:
    quiz = made["quiz"]
    assert quiz["right"].tolist() == ["0", "1", "2"] * quiz["answer"].nunique()
    assert quiz.groupby("answer")["estimate"].sum().to_numpy() == pytest.approx(1)


def test_departments_are_counted_by_hand(made, wave) -> None:
    advanced = pd.Series(wave.scores("held_project_delivery") >= 4).groupby(wave.cluster.astype(str).to_numpy()).sum()
    rows = made["coverage"].set_index(["item", "at_least"]).loc["project_delivery"]
    raw = gaps.coverage(wave, "project_delivery").set_index("at_least")
    for least in (1, 3):
        assert raw.loc[least, "reached"] == (advanced >= least).sum()
        assert rows.loc[least, "n"] == wave.cluster.nunique()


def test_a_row_about_one_or_two_departments_is_withheld(made, ontario, wave) -> None:
    raw = gaps.coverage(wave)
    apart = np.minimum(raw["reached"], raw["n"] - raw["reached"])
    few = apart.isin([1, 2])
    assert few.any(), "the default study has such a row, or this rule is never seen"
    shown = release(made["coverage"], table("coverage"), ontario, plan=None, language="en").frame
    assert shown["withheld"].eq("few_clusters").tolist() == few.tolist()
    assert shown.loc[few, ["estimate", "n", "clusters", "low"]].isna().all(axis=None)
    assert "reached" not in shown


def test_pairs_stand_in_either_order_and_say_who_they_are_about(made, wave) -> None:
    pairs = made["pairs_short"]
    skills = [pair.skill for pair in wave.study.codebook.pairs()]
    assert len(pairs) == len(skills) * (len(skills) - 1)
    assert list(dict.fromkeys(pairs["item"])) == skills
    one, other = "data_analysis", "emerging_technology"
    gap = {skill: wave.scores(f"needed_{skill}") - wave.scores(f"held_{skill}") for skill in (one, other)}
    known = np.isfinite(gap[one]) & np.isfinite(gap[other])
    for row, column in ((one, other), (other, one)):
        short = known & (gap[row] >= 1)
        share = np.average(gap[column][short] >= 1, weights=wave.weight[short])
        found = pairs.set_index(["item", "other"]).loc[(row, column)]
        assert (found["n"], found["estimate"]) == (short.sum(), pytest.approx(share))


def test_sets_are_withheld_by_the_people_in_them(made, ontario) -> None:
    frame = made["sets_short"]
    threshold = int(frame["people"].min()) + 1
    shown = release(frame, table("sets_short"), ontario, plan=None, language="en", smallest_group=threshold).frame
    assert shown["withheld"].ne("").tolist() == frame["people"].lt(threshold).tolist()
    assert shown.loc[shown["withheld"].ne(""), ["people", "n", "estimate", "skills"]].isna().all(axis=None)


def test_channels_are_an_option(made, ontario, wave, count) -> None:
    courses = table("reach", options=(("channels", ("live_course", "coaching")),))
    found = estimate(courses, ontario, count)
    expected = gaps.reach(wave, "training_used", channels=["live_course", "coaching"])
    pd.testing.assert_frame_equal(found, expected)
    assert (found["estimate"] < made["reach"]["estimate"]).all()
    assert found.attrs["method"]["channels"] == ["live_course", "coaching"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_scope_limits_each_kind_to_its_people(made, ontario, count, wave, kind) -> None:
    scoped = estimate(table(kind, where=(("level", "manager"),)), ontario, count)
    managers = int((np.asarray(wave.dimension("level"), dtype=object) == "manager").sum())
    departments = kind == "coverage"
    assert scoped["n"].max() <= (wave.cluster.nunique() if departments else managers)
    assert scoped["n"].sum() < made[kind]["n"].sum() or departments
    assert sorted(scoped["estimate"]) != sorted(made[kind]["estimate"])


def test_coverage_of_one_size_is_of_its_departments(ontario, count, wave) -> None:
    found = estimate(table("coverage", where=(("department_size", "large"),)), ontario, count)
    large = np.asarray(wave.dimension("department_size"), dtype=object) == "large"
    departments = wave.cluster[large].nunique()
    assert found["n"].dropna().eq(departments).all()
    by_size = gaps.coverage(wave, by="department_size")
    whole = by_size[by_size["department_size"].eq("large")].reset_index(drop=True)
    assert found["estimate"].to_numpy() == pytest.approx(whole["estimate"].to_numpy())
    assert found["low"].to_numpy() == pytest.approx(whole["low"].to_numpy(), nan_ok=True)


def test_reach_of_one_level_is_the_row_of_its_breakdown(ontario, count, wave) -> None:
    found = estimate(table("reach", where=(("level", "staff"),)), ontario, count)
    by_level = gaps.reach(wave, "training_used", by="level")
    expected = by_level[by_level["level"].eq("staff")].reset_index(drop=True)
    for name in ("n", "estimate", "se", "low", "high"):
        assert found[name].to_numpy() == pytest.approx(expected[name].to_numpy())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (table("reach", options=(("channels", ("lecture",)),)), "live_course"),
        (table("coverage", where=(("level", "boss"),)), "boss"),
        (table("pairs_short", items=("data_analysis",)), "two or more"),
        (table("sets_short", items=("dancing",)), "dancing"),
    ],
)
def test_what_does_not_exist_is_refused(ontario, count, wrong, message) -> None:
    with pytest.raises(UsageError, match=message):
        estimate(wrong, ontario, count)


def test_a_form_without_the_question_on_training_is_refused(ontario, count) -> None:
    items = {name: item for name, item in ontario.codebook.items.items() if item.role != "training_used"}
    other = dataclasses.replace(ontario)
    other.__dict__["codebook"] = dataclasses.replace(ontario.codebook, items=items)
    with pytest.raises(UsageError, match="training_used"):
        estimate(table("reach"), other, count)


def test_a_study_without_a_minimum_says_so(ontario, wave, count) -> None:
    plain = dataclasses.replace(wave, study=dataclasses.replace(ontario, literacy=None))
    with pytest.raises(UsageError, match="no minimum of digital literacy"):
        estimate(table("literacy"), ontario, lambda *_: (plain, count("2025", ())[1]))
