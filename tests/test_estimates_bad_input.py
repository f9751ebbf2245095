"""What no design can be, and what an estimate does where there is little or nothing to estimate from."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey

from digiskills import answers, estimates
from digiskills.errors import DesignError, StudyError, UsageError
from digiskills.estimates import Estimand, SurveyDesign
from digiskills.survey import Survey

GOOD = pd.DataFrame(
    {
        "w": [1.0, 2.0, 1.0, 2.0, 1.0, 2.0],
        "region": list("nnnnss"),
        "office": list("aabbcd"),
        "offices": [3, 3, 3, 3, 4, 4],
        "people": [5, 5, 6, 6, 7, 8],
        "skill": [1.0, 3.0, 2.0, 5.0, 4.0, 4.5],
        "same": 3.0,
        "none": np.nan,
        "level": pd.Categorical(list("xyxyxy"), ["x", "y", "z"]),
    }
)
STAGES = ("offices", "people")


def design(frame: pd.DataFrame = GOOD, population: object = STAGES, **options: object) -> SurveyDesign:
    return SurveyDesign(frame, "w", "region", "office", population, **options)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"w": [-1.0, 2, 1, 2, 1, 2]}, "weight: negative in row 2"),
        ({"w": [1.0, np.nan, 1, 2, 1, 2]}, "weight: missing in row 3"),
        ({"w": 0.0}, "weight: every weight is 0"),
        ({"region": list("nsnnss")}, "cluster: in more than one stratum: a;"),
        ({"region": ["n", None, "n", "n", "s", "s"]}, "stratum: missing in row 3"),
        ({"offices": [1, 1, 1, 1, 4, 4]}, "population: stratum n has 1 clusters, fewer than the 2 sampled"),
        ({"offices": [3, 3, 2, 3, 4, 4]}, "population: more than one number within stratum n"),
        ({"people": [1, 1, 6, 6, 7, 8]}, "population: cluster a has 1 people, fewer than the 2 sampled"),
        ({"people": [5, 5, 6, 6, np.nan, 8]}, "people: missing in row 6"),
        ({"offices": [0.5, 0.5, 0.5, 0.5, 4, 4]}, "population: 0.5 in stratum n is a fraction"),
    ],
)
def test_every_impossible_design_is_named(change: dict, said: str) -> None:
    with pytest.raises(DesignError, match=said):
        design(GOOD.assign(**change))


def test_a_weight_of_0_is_in_the_sample_and_in_no_estimate() -> None:
    frame = GOOD.assign(w=[1.0, 0.0, 1, 2, 1, 2])
    found = design(frame).mean("skill").iloc[0]
    assert (found["n"], found["clusters"]) == (5, 4)
    # as a respondent outside a domain: the office still has two people in the sample
    domain = design(GOOD.assign(inside=["in", "out", *["in"] * 4])).mean("skill", where={"inside": "in"}).iloc[0]
    pd.testing.assert_series_equal(found, domain)
    filtered = design(frame[frame["w"] > 0]).mean("skill").iloc[0]
    assert filtered["estimate"] == found["estimate"] and filtered["se"] != found["se"]


@pytest.mark.parametrize("rule", ["adjust", "average", "certainty"])
def test_a_stratum_of_one_follows_the_rule_that_was_named(rule: str) -> None:
    frame = GOOD.assign(region=list("nnnnst"))
    found = design(frame, lonely=rule).mean("skill").iloc[0]
    assert found["se"] > 0 and found["note"] == "lonely"
    with pytest.raises(DesignError, match="one sampled cluster only in stratum s, t; join strata"):
        design(frame, lonely="fail")


@pytest.mark.parametrize("population", [None, "offices", STAGES])
def test_a_domain_without_answers_is_a_row_without_numbers(population: object) -> None:
    for found in (
        design(population=population).mean("skill", by="level").iloc[2],
        design(population=population).share("skill", [1.0], by="level").iloc[2],
        design(population=population).mean("none").iloc[0],
        design(population=population).joint(Estimand("skill", "skill"), "level").frame.iloc[2],
    ):
        assert (found["n"], found["clusters"], found["df"], found["note"]) == (0, 0, 0, "")
        assert np.isnan(found["estimate"]) and np.isnan(found["se"])


@pytest.mark.parametrize("population", [None, "offices", STAGES])
def test_an_item_that_does_not_vary_has_no_variance_and_says_so(population: object) -> None:
    mean = design(population=population).mean("same").iloc[0]
    assert (mean["estimate"], mean["se"], mean["low"], mean["high"], mean["note"]) == (3, 0, 3, 3, "no_variance")
    share = design(population=population).share("same", [3.0]).iloc[0]
    assert (share["estimate"], share["se"], share["high"], share["note"]) == (1, 0, 1, "no_variance")
    assert share["low"] == pytest.approx(0.025 ** (1 / 6))


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match="‘skil’ is not there; did you mean ‘skill’"):
        design().mean("skil")
    with pytest.raises(UsageError, match="holds answers, not numbers"):
        design().mean("level")


# The same from a study's files and from its counted answers


@pytest.fixture
def received(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    small_survey.study(tmp_path)
    return small_survey.received(3, 60)


def typed(tmp_path: Path, table: pd.DataFrame, population: pd.Series | None = None) -> Survey:
    return small_survey.survey(small_survey.study(tmp_path), table, population)


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        ("-1", "row 6, column weight: ‘-1’ is no weight"),
        ("inf", "row 6, column weight: ‘inf’ is no weight"),
        ("", "row 6, column weight: is blank"),
        ("nan", "row 6, column weight: ‘nan’ is not a number"),
    ],
)
def test_a_file_with_what_is_no_weight_is_refused_by_row(
    tmp_path: Path, received: pd.DataFrame, weight: str, said: str
) -> None:
    received.loc[4, "weight"] = weight
    with pytest.raises(StudyError, match=said):
        typed(tmp_path, received)


def test_a_file_in_which_nobody_counts_is_refused(tmp_path: Path, received: pd.DataFrame) -> None:
    with pytest.raises(StudyError, match="column weight: ‘0’ is the weight of every respondent"):
        typed(tmp_path, received.assign(weight="0"))


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_what_is_no_weight_is_not_counted(tmp_path: Path, received: pd.DataFrame, weight: float) -> None:
    survey = typed(tmp_path, received)
    frame = survey.frame.assign(weight=np.where(np.arange(len(survey)) == 4, weight, survey.weight))
    with pytest.raises(DesignError, match="weight: negative, infinite or missing"):
        answers.count(dataclasses.replace(survey, frame=frame))


def test_counted_answers_say_where_there_is_nothing_to_estimate_from(tmp_path: Path, received: pd.DataFrame) -> None:
    received.loc[received["level"] == "director", "needed_data"] = ""
    counted = answers.count(typed(tmp_path, received.assign(held_data="working")))
    nobody = estimates.means(counted, "needed_data", "level").set_index("level").loc["director"]
    assert (nobody["n"], nobody["clusters"], nobody["df"], nobody["note"]) == (0, 0, 0, "")
    assert np.isnan(nobody["estimate"]) and np.isnan(nobody["se"]) and np.isnan(nobody["low"])
    same = estimates.means(counted, "held_data").iloc[0]
    assert same["estimate"] == pytest.approx(3) and (same["se"], same["note"]) == (0, "no_variance")
    share = estimates.shares(counted, "held_data", "working").iloc[0]
    assert share["estimate"] == pytest.approx(1) and share["low"] < 0.95 and share["note"] == "no_variance"


def test_counted_answers_refuse_a_population_smaller_than_the_sample(tmp_path: Path, received: pd.DataFrame) -> None:
    population = pd.Series({"h0": 2, "h1": 20, "h2": 20, "h3": 20})
    counted = answers.count(typed(tmp_path, received, population))
    with pytest.raises(DesignError, match="population: stratum h0 has 2 clusters, fewer than the 4 sampled"):
        estimates.means(counted, "needed_data")


def test_a_stratum_of_one_follows_the_rule_of_the_study(tmp_path: Path, received: pd.DataFrame) -> None:
    counted = answers.count(typed(tmp_path, received))  # the last stratum has one department
    errors = {
        rule: estimates.means(dataclasses.replace(counted, lonely=rule), "needed_data").loc[0, "se"]
        for rule in ("adjust", "average", "certainty")
    }
    assert errors["certainty"] < errors["average"] and errors["certainty"] < errors["adjust"]
    with pytest.raises(DesignError, match="one sampled cluster only in stratum h3; join strata"):
        estimates.means(dataclasses.replace(counted, lonely="fail"), "needed_data")
