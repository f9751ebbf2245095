"""The frame that models take, made from a survey."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import small_survey

from digiskills import models
from digiskills.errors import DesignError, UsageError
from digiskills.survey import Survey


@pytest.fixture
def survey(tmp_path, monkeypatch) -> Survey:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    declared = small_survey.study(tmp_path)
    population = pd.Series({"h0": 9, "h1": 9, "h2": 9, "h3": 2})
    return small_survey.survey(declared, small_survey.received(3, 400), population)


def test_columns_are_the_survey_s(survey):
    items = ["gap:data", "score:held_data", "no_time", "used/peers"]
    made = models.frame(survey, items, ["department_size", "level"])
    known = small_survey.scored(survey)
    np.testing.assert_array_equal(made.frame["gap:data"], known["gap:data"])
    np.testing.assert_array_equal(made.frame["score:held_data"], known["held_data"])
    assert made.frame["no_time"].cat.categories.tolist() == ["disagree", "neither", "agree"]
    assert made.frame["no_time"].cat.ordered
    assert made.frame["no_time"].isna().tolist() == known["no_time"].isna().tolist()
    assert made.frame["used/peers"].cat.categories.tolist() == ["no", "yes"]
    assert made.frame["level"].cat.categories.tolist() == ["director", "manager", "staff"]
    np.testing.assert_array_equal(made.frame[made.design.weight], survey.weight)
    assert made.frame[str(made.design.population)].tolist() == survey.population[survey.stratum].tolist()
    assert made.design.lonely == "adjust"


def test_people_make_the_second_stage(survey):
    people = survey.cluster.value_counts() * 2
    made = models.frame(Survey(survey.study, survey.wave, survey.frame, survey.population, people), "gap:data", "level")
    assert isinstance(made.design.population, tuple)
    fit = models.linear(made.frame, "gap:data", "level", made.design)
    assert "two-stage" in str(fit.method["design"])
    short = people.drop(people.index[0])
    with pytest.raises(DesignError, match=f"no number for cluster {people.index[0]}"):
        models.frame(Survey(survey.study, survey.wave, survey.frame, survey.population, short), "gap:data", "level")


def test_every_model_takes_it(survey):
    made = models.frame(survey, ["gap:data", "held_data", "no_time"], ["department_size", "level"])
    predictors = ["department_size", "level"]
    for fit in (
        models.linear(made.frame, "gap:data", predictors, made.design, reference={"level": "staff"}),
        models.logistic(made.frame, "no_time", predictors, made.design, of=["agree"]),
        models.ordinal(made.frame, "held_data", predictors, made.design),
    ):
        assert np.isfinite(fit.table().drop(columns=["term", "level", "p"])).all(axis=None)
        means = models.adjusted_means(fit, predictors, of=["expert"] if fit.answers else None)
        assert len(means.frame) == 9
    assert len(models.multilevel(made.frame, "gap:data", "level", str(made.design.cluster)).table()) == 3


def test_a_sample_without_clusters(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    declared = small_survey.study(tmp_path, clusters=False)
    made = models.frame(small_survey.survey(declared, small_survey.received(3, 200)), "gap:data", "level")
    assert (made.design.cluster, made.design.population) == (None, None)
    table = models.linear(made.frame, "gap:data", "level", made.design).table()
    assert table["df"].iloc[0] == table.attrs["method"]["n"] - 4 - 2  # respondents minus strata, less two slopes


def test_wrong_names(survey):
    with pytest.raises(UsageError, match="no gap for ‘dat’"):
        models.frame(survey, "gap:dat", "level")
    with pytest.raises(UsageError, match="no ‘no_tim’"):
        models.frame(survey, "no_tim", "level")
    with pytest.raises(UsageError, match="levl"):
        models.frame(survey, "no_time", "levl")


def test_it_never_shows_a_row(survey):
    made = models.frame(survey, "gap:data", "level")
    assert repr(made).startswith("Respondents(400 x gap:data, level, design:weight")
