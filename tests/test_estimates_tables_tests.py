"""Rao-Scott tests: R's record, svy, the same from counted answers, and what must always hold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey
from scipy import stats

from digiskills import answers
from digiskills.errors import UsageError
from digiskills.estimates import SurveyDesign, independence

REFERENCE = Path(__file__).parent / "reference"
R = json.loads((REFERENCE / "expected/open_survey.json").read_text())["records"]
CHISQ = next(record["expected"] for record in R if record["id"] == "open/survey/chisq")
SVY = json.loads((REFERENCE / "expected/quantiles_and_effects.json").read_text())["records"]
TESTS = [record for record in SVY if record["estimand"] == "rao-scott"]
FOUND = ["statistic", "df1", "df2", "p"]


@pytest.fixture(scope="module")
def respondents() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "data/open_survey.csv")


def test_the_test_equals_svychisq(respondents: pd.DataFrame) -> None:
    found = SurveyDesign(respondents, "weight", "region", "office").independence("lacks_time", "level").iloc[0]
    expected = [CHISQ["statistic"], *CHISQ["df"], CHISQ["p"]]
    np.testing.assert_allclose(found[FOUND].astype(float), expected, rtol=1e-9)
    assert (found["n"], found["clusters"], found["p_adjusted"]) == (98, 13, found["p"])


@pytest.mark.parametrize("record", TESTS, ids=lambda record: f"{record['population']}-{record['item']}")
def test_the_test_equals_svy(record: dict, respondents: pd.DataFrame) -> None:
    design = SurveyDesign(respondents, "weight", "region", "office", record["population"])
    found = design.independence(record["item"], "level").iloc[0]
    np.testing.assert_allclose(found[FOUND].astype(float), [record["statistic"], *record["df"], record["p"]], rtol=1e-9)


@pytest.mark.parametrize("stages", [0, 1, 2])
@pytest.mark.parametrize("clusters", [True, False])
def test_answers_give_the_same_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clusters: bool, stages: int
) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    population = pd.Series({"h0": 9, "h1": 4, "h2": 30, "h3": 2}) * (1 if clusters else 90) if stages else None
    survey = small_survey.survey(small_survey.study(tmp_path, clusters), small_survey.received(6, 300), population)
    frame, stage = small_survey.scored(survey), []
    if population is not None:
        frame["in_stratum"], stage = frame["stratum"].map(population), ["in_stratum"]
    if stages == 2 and clusters:
        people = frame["department"].value_counts() * 2 + 3
        survey, frame["in_cluster"] = replace(survey, people_in_clusters=people), frame["department"].map(people)
        stage.append("in_cluster")
    design = SurveyDesign(frame, "weight", "stratum", "department" if clusters else None, stage or None)
    for where in (None, {"department_size": ["micro", "large"]}):
        found = independence(answers.count(survey), ["no_time", "needed_data"], "level", where)
        expected = design.independence(["no_time", "needed_data"], "level", where)
        pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-9)


def test_a_simple_sample_has_the_test_of_pearson() -> None:
    draw = np.random.default_rng(3)
    frame = pd.DataFrame({"w": 2.0, "says": draw.integers(3, size=400), "level": draw.integers(2, size=400)})
    found = SurveyDesign(frame, "w").independence("says", "level").iloc[0]
    expected = stats.chi2_contingency(pd.crosstab(frame["says"], frame["level"]), correction=False)
    # All design effects are n / (n - 1), so tr D is that times the degrees of freedom.
    assert found["statistic"] * expected.dof * 400 / 399 == pytest.approx(expected.statistic, rel=1e-9)
    assert found["df1"] == pytest.approx(expected.dof)
    assert found["cramers_v"] == pytest.approx(np.sqrt(expected.statistic / 400))


def test_what_goes_together_is_found() -> None:
    draw = np.random.default_rng(3)
    level = draw.integers(2, size=300)
    frame = pd.DataFrame({"w": 2.0, "office": np.arange(300) % 30, "level": level, "says": level})
    frame.loc[:9, "says"] = 1 - frame.loc[:9, "says"]
    found = SurveyDesign(frame, "w", cluster="office").independence("says", "level").iloc[0]
    assert found["p"] < 1e-9 and found["cramers_v"] > 0.9


def test_a_table_of_one_row_has_no_test(respondents: pd.DataFrame) -> None:
    frame = respondents.assign(says="yes", never=pd.Categorical(["a"] * len(respondents), ["a", "b"]))
    design = SurveyDesign(frame, "weight", "region", "office")
    found = design.independence(["says", "never", "cur"], "level")
    assert found[FOUND].isna().all(axis=1).tolist() == [True, True, False]
    assert found.attrs["method"]["family"] == "the items: 1 tests"
    assert design.independence("cur", "level", where={"level": "lead"})[FOUND].isna().all(axis=None)


def test_wrong_names_are_refused(respondents: pd.DataFrame) -> None:
    design = SurveyDesign(respondents, "weight", "region", "office")
    with pytest.raises(UsageError, match="did you mean ‘level’"):
        design.independence("cur", "levl")
    with pytest.raises(UsageError, match="no ‘bhh’"):
        design.independence("cur", "level", adjusted="bhh")
