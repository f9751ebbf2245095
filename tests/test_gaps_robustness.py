"""The robustness card: numbers found by hand, and each option again from the respondents by another route."""

from __future__ import annotations

import dataclasses
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey
import test_gaps_literacy
from hypothesis import given, settings
from hypothesis import strategies as st

from digiskills import answers, estimates, gaps
from digiskills.answers import Answers
from digiskills.errors import UsageError
from digiskills.estimates import SurveyDesign
from digiskills.gaps import robustness
from digiskills.study import Study
from digiskills.survey import Survey

NUMBERS = ["n", "clusters", "estimate", "se", "df", "low", "high"]
COLUMNS = ["item", "choice", "option", "is_headline", *NUMBERS, "note"]
HERE = [("department_size", "small")]


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("robustness")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        return small_survey.study(folder)


@pytest.fixture(scope="module")
def survey(declared: Study) -> Survey:
    """Two stages: 4 of 9 clusters in each stratum but the last (1 of 3), and 90 people in each cluster."""
    made = small_survey.survey(declared, small_survey.received(21, 500))
    clusters = pd.Series({"h0": 9.0, "h1": 9.0, "h2": 9.0, "h3": 3.0})
    people = pd.Series(90.0, index=sorted(set(made.frame["department"].astype(str))))
    return dataclasses.replace(made, clusters_in_population=clusters, people_in_clusters=people)


@pytest.fixture(scope="module")
def counted(survey: Survey) -> Answers:
    return answers.count(survey)


@pytest.fixture(scope="module")
def skills(declared: Study, counted: Answers) -> pd.DataFrame:
    return robustness.skill_card(counted, declared.codebook.pairs())


@pytest.fixture(scope="module")
def barriers(declared: Study, counted: Answers) -> pd.DataFrame:
    return robustness.barrier_card(counted, declared.codebook.with_role("barrier"))


def row(card: pd.DataFrame, item: str, choice: str, option: str) -> pd.Series:
    found = card[(card["item"] == item) & (card["choice"] == choice) & (card["option"] == option)]
    assert len(found) == 1, (item, choice, option)
    return found.iloc[0]


def frame_of(survey: Survey) -> pd.DataFrame:
    frame = small_survey.scored(survey)
    frame["one"] = 1.0
    frame["clusters"] = frame["stratum"].map({"h0": 9.0, "h1": 9.0, "h2": 9.0, "h3": 3.0})
    frame["people"] = 90.0
    return frame


def designed(frame: pd.DataFrame, choice: str, option: str) -> SurveyDesign:
    population = {"one_stage": "clusters", "none": None}.get(option, ["clusters", "people"])
    weight = "one" if (choice, option) == ("weighted", "no") else "weight"
    return SurveyDesign(
        frame, weight, "stratum", "department", population, df="design" if option == "design" else "domain"
    )


def short(frame: pd.DataFrame, skill: str, choice: str, option: str) -> np.ndarray:
    gap = frame[f"gap:{skill}"].to_numpy()
    found = np.where(np.isnan(gap), np.nan, gap >= (2 if option == "two_levels" else 1))
    return np.nan_to_num(found) if option == "not_short" else found


def barrier(survey: Survey, item: str, choice: str, option: str) -> np.ndarray:
    """1, 0 or NaN by the word of each answer."""
    side, other = ("disagree", "agree") if item == "good_tools" else ("agree", "disagree")
    value = {side: 1.0, other: 0.0, "neither": 0.0, "dont_know": np.nan}
    value |= {"neither": {"left_out": np.nan, "barrier": 1.0}.get(option, 0.0)}
    value |= {"dont_know": 0.0} if option == "in_base" else {}
    return np.array([value.get(str(answer), np.nan) for answer in survey.answers(item)])


@pytest.fixture(scope="module")
def by_hand(declared: Study) -> Answers:
    table = small_survey.received(1, 5)
    table["weight"], table["stratum"] = ["1", "2", "3", "4", "5"], "h1"
    table["department"] = ["d1", "d1", "d2", "d2", "d2"]
    table["needed_data"] = ["expert", "working", "basic", "basic", "expert"]  # 5 3 2 2 5
    table["held_data"] = ["working", "basic", "basic", "expert", "dont_know"]  # 3 2 2 5 -
    table["no_time"] = ["agree", "neither", "disagree", "dont_know", "agree"]
    table["good_tools"] = ["agree", "neither", "disagree", "", "disagree"]
    return answers.count(small_survey.survey(declared, table))


@pytest.mark.parametrize(
    ("choice", "option", "estimate", "n"),
    [
        ("missing", "excluded", 3 / 10, 4),
        ("missing", "not_short", 3 / 15, 5),
        ("threshold", "two_levels", 1 / 10, 4),
        ("weighted", "no", 2 / 4, 4),
        ("df_rule", "design", 3 / 10, 4),
    ],
)
def test_skills_by_hand(declared: Study, by_hand: Answers, choice: str, option: str, estimate: float, n: int) -> None:
    found = row(robustness.skill_card(by_hand, declared.codebook.pairs()), "data", choice, option)
    assert (found["estimate"], found["n"]) == (pytest.approx(estimate), n)


@pytest.mark.parametrize(
    ("item", "choice", "option", "estimate", "n"),
    [
        ("no_time", "dont_know", "excluded", 6 / 11, 4),
        ("no_time", "dont_know", "in_base", 6 / 15, 5),
        ("no_time", "neutral", "left_out", 6 / 9, 3),
        ("no_time", "neutral", "barrier", 8 / 11, 4),
        ("no_time", "weighted", "no", 2 / 4, 4),
        ("good_tools", "dont_know", "in_base", 8 / 11, 4),  # left blank is not in the base
        ("good_tools", "neutral", "left_out", 8 / 9, 3),
        ("good_tools", "neutral", "barrier", 10 / 11, 4),
    ],
)
def test_barriers_by_hand(
    declared: Study, by_hand: Answers, item: str, choice: str, option: str, estimate: float, n: int
) -> None:
    found = row(robustness.barrier_card(by_hand, declared.codebook.with_role("barrier")), item, choice, option)
    assert (found["estimate"], found["n"]) == (pytest.approx(estimate), n)


def test_each_skill_again_from_the_respondents(survey: Survey, skills: pd.DataFrame) -> None:
    frame = frame_of(survey)
    assert len(skills) == 2 * 11
    for _, found in skills.iterrows():
        chosen = found["choice"], found["option"]
        frame["value"] = short(frame, found["item"], *chosen)
        other = designed(frame, *chosen).share("value", 1.0).iloc[0]
        assert found[NUMBERS].astype(float).tolist() == pytest.approx(other[NUMBERS].astype(float).tolist())


def test_each_barrier_again_from_the_respondents(survey: Survey, barriers: pd.DataFrame) -> None:
    frame = frame_of(survey)
    for _, found in barriers.iterrows():
        chosen = found["choice"], found["option"]
        frame["value"] = barrier(survey, found["item"], *chosen)
        other = designed(frame, *chosen).share("value", 1.0).iloc[0]
        assert found[NUMBERS].astype(float).tolist() == pytest.approx(other[NUMBERS].astype(float).tolist())


def test_mean_gap_again_from_the_respondents(declared: Study, survey: Survey, counted: Answers) -> None:
    card = robustness.skill_card(counted, declared.codebook.pairs(), "mean_gap")
    assert set(card["choice"]) == {"weighted", "stages", "df_rule"}
    assert card.attrs["method"]["measure"] == "mean_gap"
    frame = frame_of(survey)
    for _, found in card.iterrows():
        other = designed(frame, found["choice"], found["option"]).mean(f"gap:{found['item']}").iloc[0]
        assert found[NUMBERS].astype(float).tolist() == pytest.approx(other[NUMBERS].astype(float).tolist())


def test_groups(declared: Study, survey: Survey, counted: Answers) -> None:
    card = robustness.skill_card(counted, declared.codebook.pairs(), by="level", where=dict(HERE))
    assert list(card.columns) == [*COLUMNS[:4], "level", *COLUMNS[4:]]
    assert len(card) == 2 * 11 * 3
    frame = frame_of(survey)
    frame["value"] = short(frame, "design", "missing", "not_short")
    other = designed(frame, "missing", "not_short").share("value", 1.0, "level", dict(HERE))
    mine = card[(card["item"] == "design") & (card["option"] == "not_short")]
    assert mine["level"].tolist() == other["level"].tolist()
    assert mine[NUMBERS].to_numpy(dtype=float) == pytest.approx(other[NUMBERS].to_numpy(dtype=float), nan_ok=True)


def test_headline_is_that_of_the_other_tables(
    declared: Study, counted: Answers, skills: pd.DataFrame, barriers: pd.DataFrame
) -> None:
    table = gaps.shortfalls(counted)
    table = table[table["measure"] == "short_by_one"].set_index("item")[NUMBERS]
    headline = skills[skills["is_headline"]]
    assert headline["item"].value_counts().to_dict() == {"data": 5, "design": 5}
    for _, found in headline.iterrows():
        assert found[NUMBERS].tolist() == table.loc[found["item"]].tolist()
    for item in declared.codebook.with_role("barrier"):
        side = answers.barrier_side(item)
        other = pd.Series(0.0, index=["estimate"])
        other["estimate"] = estimates.shares(counted, item.name, side)["estimate"].iloc[0]
        assert (
            barriers.loc[barriers["is_headline"] & (barriers["item"] == item.name), "estimate"] == other.iloc[0]
        ).all()


def test_layout(skills: pd.DataFrame, barriers: pd.DataFrame) -> None:
    for card in (skills, barriers):
        assert list(card.columns) == COLUMNS
        first = card[card["item"] == card["item"].iloc[0]]
        assert first.groupby("choice")["is_headline"].sum().eq(1).all()
        assert first.loc[first["is_headline"], NUMBERS].drop_duplicates().shape[0] == 1
        assert card["is_headline"].dtype == bool
    assert barriers.attrs["method"]["measure"] == "barrier_side"
    assert skills.attrs["method"]["measure"] == "short_by_one"
    assert skills["choice"].drop_duplicates().tolist() == list(robustness.CHOICES["short_by_one"])


def test_choices_that_an_item_does_not_have(barriers: pd.DataFrame) -> None:
    """On a scale of three the strongest answer is the whole side."""
    assert "side" not in set(barriers["choice"])


def test_strongest_side(declared: Study) -> None:
    item = answers.ItemTotals(
        "x",
        ("a", "b", "c", "d", "dont_know"),
        np.array([1.0, 2, 3, 4, np.nan]),
        np.array([False] * 4 + [True]),
        *[np.array([[1.0, 2, 3, 4, 9]])] * 3,
    )
    base = {"dont_know": "excluded", "neutral": "barrier", "side": "strongest"}
    for reverse, side in ((False, [0, 0, 0, 1, 0]), (True, [1, 0, 0, 0, 0])):
        counts, inside = gaps.robustness.choices.of_barrier(item, reverse, base)
        assert counts.tolist() == [bool(value) for value in side]
        assert inside.tolist() == [True] * 4 + [False]
    whole, _ = gaps.robustness.choices.of_barrier(item, True, base | {"side": "whole"})
    assert whole.tolist() == [True, True, False, False, False]


def test_not_asked_is_not_not_short(declared: Study, counted: Answers) -> None:
    """Who was not asked about a skill cannot be counted as not short of it."""
    needed = counted.item("needed_data")
    renamed = tuple("not_asked" if answer == "skipped" else answer for answer in needed.answers)
    changed = dataclasses.replace(needed, answers=renamed)
    other = dataclasses.replace(counted, items={**counted.items, "needed_data": changed})
    card = robustness.skill_card(other, declared.codebook.pairs())
    assert set(card.loc[card["choice"] == "missing", "item"]) == {"design"}


def test_only_what_the_sample_leaves_open(declared: Study, survey: Survey) -> None:
    plain = dataclasses.replace(
        survey,
        frame=survey.frame.assign(weight=1.0),
        people_in_clusters=None,
        clusters_in_population=None,
    )
    card = robustness.skill_card(answers.count(plain), declared.codebook.pairs())
    assert set(card["choice"]) == {"missing", "threshold", "df_rule"}
    one_stage = dataclasses.replace(survey, people_in_clusters=None)
    card = robustness.skill_card(answers.count(one_stage), declared.codebook.pairs())
    assert card.loc[card["choice"] == "stages", "option"].unique().tolist() == ["one_stage", "none"]


def test_own_choices(declared: Study, counted: Answers) -> None:
    own = {"threshold": ("two_levels", "one_level"), "weighted": ("yes",)}
    card = robustness.skill_card(counted, declared.codebook.pairs(), choices=own)
    assert set(card["choice"]) == {"threshold"}
    assert card.loc[card["is_headline"], "option"].unique().tolist() == ["two_levels"]


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"treshold": ("one_level",)}, "threshold"),
        ({"threshold": ("one_level", "two_level")}, "two_levels"),
        ({"threshold": ()}, "without an option"),
        ({"threshold": ("x",), "weigted": ("yes",)}, "weigted"),
    ],
)
def test_refuses_choices(declared: Study, counted: Answers, own: dict[str, tuple[str, ...]], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        robustness.skill_card(counted, declared.codebook.pairs(), choices=own)


def test_refuses_measure(declared: Study, counted: Answers) -> None:
    with pytest.raises(UsageError, match="mean_gap"):
        robustness.skill_card(counted, declared.codebook.pairs(), "mean_gaps")


def test_refuses_items_without_scores(declared: Study, counted: Answers) -> None:
    with pytest.raises(UsageError, match="no side"):
        robustness.barrier_card(counted, [declared.codebook.item("level")])


def test_refuses_stages_that_are_not_known(declared: Study, survey: Survey) -> None:
    one_stage = answers.count(dataclasses.replace(survey, people_in_clusters=None))
    with pytest.raises(UsageError, match="stages"):
        robustness.skill_card(one_stage, declared.codebook.pairs(), choices={"stages": ("two_stages", "one_stage")})


CARD = pd.DataFrame(
    [
        (item, choice, option, headline, 100, 9, estimate, estimate - 0.1, estimate + 0.1)
        for item, choice, option, headline, estimate in [
            ("a", "weighted", "yes", True, 0.50),
            ("a", "weighted", "no", False, 0.55),
            ("a", "threshold", "one_level", True, 0.50),
            ("a", "threshold", "two_levels", False, 0.20),
            ("b", "weighted", "yes", True, 0.40),
            ("b", "weighted", "no", False, 0.38),
            ("b", "threshold", "one_level", True, 0.40),
            ("b", "threshold", "two_levels", False, 0.31),
            ("c", "weighted", "yes", True, 0.39),
            ("c", "weighted", "no", False, 0.39),
        ]
    ],
    columns=["item", "choice", "option", "is_headline", "n", "clusters", "estimate", "low", "high"],
)


def test_summary_by_hand() -> None:
    found = robustness.summary(CARD).set_index("item")
    assert found["ratio"].tolist() == pytest.approx([0.35 / 0.2, 0.09 / 0.2, 0])
    assert found["lowest"].tolist() == [0.2, 0.31, 0.39]
    assert found["highest"].tolist() == [0.55, 0.4, 0.39]
    assert found["farthest_option"].tolist() == ["two_levels", "two_levels", ""]
    assert found["farthest_choice"].tolist() == ["threshold", "threshold", ""]
    assert found["inside"].tolist() == [False, True, True]
    same = robustness.summary(CARD, "same_question").set_index("item")
    assert same["ratio"].tolist() == pytest.approx([0.05 / 0.2, 0.02 / 0.2, 0])
    assert same["inside"].all()


def test_summary_without_interval() -> None:
    nothing = CARD.assign(low=np.nan, high=np.nan)
    assert robustness.summary(nothing)["ratio"].isna().all()
    assert not robustness.summary(nothing)["inside"].any()


def test_orders_by_hand() -> None:
    found = robustness.orders(CARD, top=2)
    assert found.groupby(["choice", "option"], sort=False)["item"].agg(list).to_dict() == {
        ("headline", "headline"): ["a", "b"],
        ("weighted", "no"): ["a", "c"],
        ("threshold", "two_levels"): ["c", "b"],  # c keeps its headline
    }
    judged = found.drop_duplicates(["choice", "option"])
    assert judged["same_items"].tolist() == [True, False, False]
    assert judged["same_order"].tolist() == [True, False, False]
    assert found.loc[found["option"] == "two_levels", "estimate"].tolist() == [0.39, 0.31]


def test_orders_of_two_measures() -> None:
    other = CARD.assign(estimate=1 - CARD["estimate"])
    other.attrs["method"] = {"measure": "mean_gap"}
    found = robustness.orders([CARD, other], top=3)
    headline = found[(found["measure"] == "mean_gap") & found["is_headline"]]
    assert headline["item"].tolist() == ["c", "b", "a"]
    assert headline["same_items"].all()
    assert not headline["same_order"].any()


def test_refusals_of_summary_and_orders() -> None:
    with pytest.raises(UsageError, match="headline"):
        robustness.summary(CARD[~CARD["is_headline"]])
    with pytest.raises(UsageError, match="same_question"):
        robustness.summary(CARD, "same")
    with pytest.raises(UsageError, match="4"):
        robustness.orders(CARD, top=4)
    with pytest.raises(UsageError, match="level"):
        robustness.orders(CARD.assign(level="staff"))


def test_t_shape_again_from_the_respondents(survey: Survey) -> None:
    with pytest.raises(UsageError, match="breadth"):
        robustness.t_shape_card(survey)  # two skills only
    frame = frame_of(survey)
    held = frame[["held_data", "held_design"]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digiskills.gaps.robustness.people.BREADTH", {"four": 1, "five": 2, "six": 2})
        card = robustness.t_shape_card(survey)
    assert card.attrs["method"]["measure"] == "t_shaped"
    assert list(card.columns) == COLUMNS
    for _, found in card.iterrows():
        deep, broad = 5 if found["option"] == "expert" else 4, 1 if found["option"] == "four" else 2
        both = (held >= deep).any(axis=1) & ((held >= 3).sum(axis=1) >= broad)
        frame["value"] = both.astype(float).where(held.notna().all(axis=1))
        other = designed(frame, found["choice"], found["option"]).share("value", 1.0).iloc[0]
        assert found[NUMBERS].astype(float).tolist() == pytest.approx(other[NUMBERS].astype(float).tolist())


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_what_always_holds(declared: Study, seed: int) -> None:
    survey = small_survey.survey(declared, small_survey.received(seed, 120))
    counted = answers.count(survey)
    skills = robustness.skill_card(counted, declared.codebook.pairs())
    barriers = robustness.barrier_card(counted, declared.codebook.with_role("barrier"))
    usual = {item: skills[(skills["item"] == item) & skills["is_headline"]].iloc[0] for item in ("data", "design")}
    for item, option in product(usual, ("two_levels", "not_short")):
        other = skills[(skills["item"] == item) & (skills["option"] == option)].iloc[0]
        assert other["estimate"] <= usual[item]["estimate"]
    for item in ("no_time", "good_tools"):
        mine = barriers[barriers["item"] == item]
        first = mine[mine["is_headline"]].iloc[0]
        by_option = mine.set_index("option")
        assert by_option.loc["in_base", "estimate"] <= first["estimate"] <= by_option.loc["left_out", "estimate"]
        assert first["estimate"] <= by_option.loc["barrier", "estimate"]
        assert by_option.loc["in_base", "n"] >= first["n"] >= by_option.loc["left_out", "n"]
        assert by_option.loc["barrier", "n"] == first["n"]
        same = mine[mine["choice"].isin(["stages", "df_rule"])]
        assert same["estimate"].nunique() == 1


def test_minimum_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the tests of the minimum: below are 2 and 4 of 10; without the quiz the fourth of 16."""
    card = robustness.minimum_card(test_gaps_literacy.by_hand(test_gaps_literacy.declare(tmp_path, monkeypatch)))
    assert card.attrs["method"]["measure"] == "below_minimum"
    assert list(card.columns) == COLUMNS
    found = {(row["choice"], row["option"]): (row["estimate"], row["n"]) for _, row in card.iterrows()}
    assert found == {
        ("quiz", "counts"): (pytest.approx(6 / 10), 4),
        ("quiz", "left_out"): (pytest.approx(4 / 16), 5),
        ("weighted", "yes"): (pytest.approx(6 / 10), 4),
        ("weighted", "no"): (pytest.approx(2 / 4), 4),
    }
    tasks = test_gaps_literacy.LITERACY.replace('quiz = ["quiz_percent", "quiz_name"]\n', "")
    other = test_gaps_literacy.by_hand(test_gaps_literacy.declare(tmp_path, monkeypatch, tasks))
    assert set(robustness.minimum_card(other)["choice"]) == {"weighted"}
