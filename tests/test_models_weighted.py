"""Survey-weighted regression against R's survey package, statsmodels and another route to its errors."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from model_cases import LEVELS, ONE_STAGE, expected, jackknife_limit, respondents
from scipy import special

from digiskills import models
from digiskills.errors import DesignError, UsageError
from digiskills.estimates import SurveyDesign

CLOSE = {"rtol": 1e-9, "atol": 1e-12}
DESIGN = models.Design("weight", "region", "office")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return respondents()


def test_linear_equals_svyglm(frame):
    fit, known = models.linear(frame, "gap", "level", DESIGN), expected("open/survey/glm")
    table = fit.table()
    assert table["term"].tolist() == ["intercept", "level", "level"]
    assert table["level"].tolist() == ["", "lead", "head"]
    np.testing.assert_allclose(table["estimate"], known["estimate"], **CLOSE)
    np.testing.assert_allclose(table["se"], known["se"], **CLOSE)
    assert (table["df"] == known["df_resid"]).all()
    assert table.attrs["method"]["reference"] == {"level": "staff"}
    assert table.attrs["method"]["n"] == frame["gap"].notna().sum()


@pytest.mark.parametrize("lonely", ["adjust", "average", "certainty"])
@pytest.mark.parametrize("population", [None, "n_offices"])
def test_logistic_of_a_constant_gives_the_interval_of_svyciprop(frame, lonely, population):
    design = dataclasses.replace(DESIGN, population=population, lonely=lonely)
    row = models.logistic(frame, "lacks_time", [], design).table().iloc[0]
    known = expected(f"open/survey/{population or 'none'}/{lonely}/lacks_time/all")
    assert row["df"] == known["df_domain"]
    np.testing.assert_allclose(special.expit(row["estimate"]), known["estimate"], **CLOSE)
    # R fits a model to the same end: its interval agrees to about 1e-8.
    np.testing.assert_allclose(special.expit([row["low"], row["high"]]), known["ci_logit_domain"], rtol=1e-7)


@pytest.mark.parametrize("population", [None, "n_offices", ("n_offices", "people")])
@pytest.mark.parametrize(("fit", "outcome"), [(models.linear, "gap"), (models.logistic, "lacks_time")])
def test_a_model_of_one_factor_gives_the_domain_means(frame, population, fit, outcome):
    design = dataclasses.replace(DESIGN, population=population, lonely="certainty")
    found = models.adjusted_means(fit(frame, outcome, "level", design), "level").frame
    means = SurveyDesign(frame, "weight", "region", "office", population, lonely="certainty").mean(outcome, by="level")
    np.testing.assert_allclose(found["estimate"], means["estimate"], **CLOSE)
    np.testing.assert_allclose(found["se"], means["se"], **CLOSE)


@pytest.mark.parametrize(("fit", "outcome"), [(models.linear, "gap"), (models.logistic, "lacks_time")])
def test_errors_equal_the_limit_of_the_jackknife(frame, fit, outcome):
    predictors = ["level", "years"]
    found = fit(frame, outcome, predictors, ONE_STAGE)
    known = jackknife_limit(frame, ONE_STAGE, lambda other: fit(other, outcome, predictors, ONE_STAGE).estimate)
    np.testing.assert_allclose(found.covariance, known, rtol=1e-5, atol=1e-10)


def test_without_a_design_errors_are_those_of_statsmodels(frame):
    used = frame.dropna(subset="gap")
    x = np.column_stack([np.ones(len(used)), used["level"] == "lead", used["level"] == "head", used["years"]])
    for fit, outcome, known in [
        (models.linear, "gap", sm.OLS(used["gap"].to_numpy(), x).fit()),
        (models.logistic, "lacks_time", sm.Logit(used["lacks_time"].to_numpy(), x).fit(disp=0, method="newton")),
    ]:
        table = fit(used, outcome, ["level", "years"]).table()
        np.testing.assert_allclose(table["estimate"], known.params, rtol=1e-7)
        np.testing.assert_allclose(table["se"], known.bse, rtol=1e-7)
        np.testing.assert_allclose(table["p"], known.pvalues, rtol=1e-6)
        np.testing.assert_allclose(table[["low", "high"]], known.conf_int(), rtol=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.001, 1000))
def test_the_unit_of_weights_does_not_matter(scale):
    frame = respondents()
    scaled = frame.assign(weight=frame["weight"] * scale)
    first, second = (models.logistic(one, "lacks_time", "level", DESIGN).table() for one in (frame, scaled))
    pd.testing.assert_frame_equal(first, second, rtol=1e-8)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(LEVELS), st.sampled_from(LEVELS))
def test_the_reference_changes_the_words_not_the_model(one, other):
    frame = respondents()
    fits = [models.linear(frame, "gap", ["level", "years"], DESIGN, reference={"level": name}) for name in (one, other)]
    means = [models.adjusted_means(fit, "level").frame.set_index("level").loc[LEVELS] for fit in fits]
    np.testing.assert_allclose(means[0][["estimate", "se"]], means[1][["estimate", "se"]], rtol=1e-8)
    assert fits[0].table()["level"].tolist()[1:3] == [level for level in LEVELS if level != one]


def test_a_domain_is_no_filter(frame):
    inside = frame["region"].isin(["R1", "R2"])
    by_where = models.linear(frame, "gap", "level", ONE_STAGE, where={"region": ["R1", "R2"]})
    by_missing = models.linear(frame.assign(gap=frame["gap"].where(inside)), "gap", "level", ONE_STAGE)
    pd.testing.assert_frame_equal(by_where.table(), by_missing.table())
    half = frame["office"].isin(frame["office"].unique()[::2])  # offices without a respondent stay in the sample
    domain = models.linear(frame.assign(gap=frame["gap"].where(half)), "gap", [], ONE_STAGE).table().iloc[0]
    mean = SurveyDesign(frame, "weight", "region", "office", "n_offices", lonely="certainty")
    known = mean.mean("gap", where={"office": frame.loc[half, "office"].unique().tolist()}).iloc[0]
    np.testing.assert_allclose(domain[["estimate", "se"]].astype(float), known[["estimate", "se"]].astype(float))


def test_interactions_are_the_cells(frame):
    frame = frame.assign(time=pd.Categorical(np.where(frame["lacks_time"] == 1, "short", "enough")))
    fit = models.linear(frame, "years", ["level", "time", ("level", "time")], DESIGN)
    found = models.adjusted_means(fit, ["level", "time"]).frame
    cells = frame.groupby(["level", "time"], observed=True)[["years", "weight"]].apply(
        lambda cell: np.average(cell["years"], weights=cell["weight"])
    )
    assert found["level"].tolist() == [f"{level}:{time}" for level, time in cells.index]
    np.testing.assert_allclose(found["estimate"], cells, rtol=1e-10)


def test_answers_that_count_as_yes(frame):
    worded = frame.assign(lacks_time=pd.Categorical(frame["lacks_time"].map({0: "no", 1: "yes"})))
    known = models.logistic(frame, "lacks_time", "level", DESIGN).table()
    pd.testing.assert_frame_equal(models.logistic(worded, "lacks_time", "level", DESIGN, of="yes").table(), known)


@pytest.mark.parametrize(
    ("change", "predictors", "words"),
    [
        ({"gap": 2.0}, "level", "‘gap’ does not vary"),
        ({"gap": np.nan}, "level", "no respondent has an answer"),
        ({"level": "staff"}, "level", "‘level’ does not vary"),
        ({"twice": lambda f: 2 * f["years"] + 1}, ["years", "twice"], "collinear"),
        ({"years": np.inf}, "years", "infinite"),
        ({"gap": lambda f: f["gap"].where(f["level"] != "head")}, "level", "nobody in the model is head"),
        ({"gap": lambda f: 3 * f["years"]}, "years", "without error"),
    ],
)
def test_what_cannot_be_fitted_is_said(frame, change, predictors, words):
    with pytest.raises(models.ModelError, match=words):
        models.linear(frame.assign(**change), "gap", predictors, DESIGN)


def test_separation_is_found_where_no_single_category_shows_it(frame):
    apart = frame.assign(yes=(frame["years"] > 8).astype(int))
    with pytest.raises(models.ModelError, match=r"predicted perfectly by .*‘years’.* \(separation\)"):
        models.logistic(apart, "yes", ["level", "years"], DESIGN)
    one = frame.assign(yes=frame["lacks_time"].where(frame["level"] != "head", 1))
    with pytest.raises(models.ModelError, match="predicted perfectly by ‘level = head’"):
        models.logistic(one, "yes", ["level", "years"], DESIGN)


def test_more_slopes_than_clusters_allow(frame):
    columns = {f"x{number}": np.random.default_rng(number).normal(size=len(frame)) for number in range(9)}
    with pytest.raises(models.ModelError, match="9 slopes are too many for 13 clusters in 4 strata"):
        models.linear(frame.assign(**columns), "gap", list(columns), DESIGN)


def test_clusters_taken_whole_give_no_error(frame):
    inside = frame["region"] == "R3"  # a take-all region
    with pytest.raises(models.ModelError, match="no standard error for ‘intercept’"):
        models.linear(frame.assign(gap=frame["gap"].where(inside)), "gap", [], ONE_STAGE)


def test_an_empty_cell_of_an_interaction(frame):
    frame = frame.assign(time=pd.Categorical(np.where(frame["level"] == "head", "short", frame["region"])))
    with pytest.raises(models.ModelError, match="nobody in the model is staff:short, lead:short"):
        models.linear(frame, "gap", ["level", "time", ("level", "time")], DESIGN)


def test_wrong_names(frame):
    with pytest.raises(UsageError, match="no column ‘levle’"):
        models.linear(frame, "gap", "levle", DESIGN)
    with pytest.raises(UsageError, match="‘gap’ is the outcome"):
        models.linear(frame, "gap", "gap", DESIGN)
    with pytest.raises(UsageError, match="needs years as a predictor"):
        models.linear(frame, "gap", ["level", ("level", "years")], DESIGN)
    with pytest.raises(UsageError, match="named twice"):
        models.linear(frame, "gap", ["level", "level"], DESIGN)
    with pytest.raises(UsageError, match="level has no ‘stuff’"):
        models.linear(frame, "gap", "level", DESIGN, reference={"level": "stuff"})
    with pytest.raises(UsageError, match="holds answers"):
        models.linear(frame, "level", "years", DESIGN)
    with pytest.raises(UsageError, match="not 0 and 1"):
        models.logistic(frame, "gap", "level", DESIGN)
    with pytest.raises(DesignError, match="weight: negative"):
        models.linear(frame.assign(weight=-1.0), "gap", "level", DESIGN)


def test_a_fit_never_shows_a_respondent(frame):
    assert repr(models.linear(frame, "gap", "level", DESIGN)) == (
        "Fit(linear regression of gap; 3 parameters, 87 respondents)"
    )
