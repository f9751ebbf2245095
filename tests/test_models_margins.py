"""Adjusted means, effects and pairs against emmeans, statsmodels and another route to errors."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from model_cases import LEVELS, ONE_STAGE, departments, expected, jackknife_limit, respondents

from digiskills import models
from digiskills.errors import UsageError


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return respondents()


def test_pairs_equal_emmeans():
    found = models.pairs(models.adjusted_means(models.linear(departments(), "gap", "level"), "level"))
    known = expected("open/emmeans")
    assert [f"{row.level} - {row.against}" for row in found.itertuples()] == known["contrast"]
    names = {"estimate": "difference"} | {name: name for name in ("se", "df", "p", "p_holm", "p_bh")}
    for ours, theirs in names.items():
        np.testing.assert_allclose(found[ours], known[theirs], rtol=1e-9)


def test_effects_equal_statsmodels(frame):
    used = frame.dropna(subset="gap")
    x = pd.DataFrame({"const": 1.0, "lead": used["level"] == "lead", "head": used["level"] == "head"}).astype(float)
    fitted = sm.Logit(used["lacks_time"], x.assign(years=used["years"])).fit(disp=0, method="newton")
    slope = fitted.get_margeff(at="overall", method="dydx")
    found = models.effects(models.logistic(used, "lacks_time", ["level", "years"]), "years").iloc[0]
    np.testing.assert_allclose(found["estimate"], slope.margeff[2], rtol=1e-6)
    np.testing.assert_allclose(found["se"], slope.margeff_se[2], rtol=1e-5)
    one = used.assign(lead=(used["level"] == "lead").astype(str))
    step = sm.Logit(one["lacks_time"], x[["const", "lead"]].assign(years=one["years"])).fit(disp=0, method="newton")
    change = step.get_margeff(at="overall", dummy=True)
    found = models.effects(models.logistic(one, "lacks_time", ["lead", "years"]), "lead").iloc[0]
    np.testing.assert_allclose(found["estimate"], change.margeff[0], rtol=1e-6)
    np.testing.assert_allclose(found["se"], change.margeff_se[0], rtol=1e-5)


MODELS = [(models.linear, "gap"), (models.logistic, "lacks_time"), (models.ordinal, "cur")]


@pytest.mark.parametrize(("fit", "outcome"), MODELS)
def test_sampled_covariates_equal_the_limit_of_the_jackknife(frame, fit, outcome):
    def means(other: pd.DataFrame) -> models.Margins:
        return models.adjusted_means(fit(other, outcome, ["level", "years"], ONE_STAGE), "level")

    known = jackknife_limit(frame, ONE_STAGE, lambda other: means(other).frame["estimate"].to_numpy())
    np.testing.assert_allclose(means(frame).covariance, known, rtol=1e-4, atol=1e-10)


@pytest.mark.parametrize(("fit", "outcome"), MODELS)
def test_fixed_covariates_are_the_delta_method(frame, fit, outcome):
    """The derivative by the parameters, here by finite differences."""
    fitted = fit(frame, outcome, ["level", "years"], ONE_STAGE)
    found = models.adjusted_means(fitted, "level", covariates="fixed")
    columns = []
    for at in range(len(fitted.estimate)):
        step = np.zeros(len(fitted.estimate))
        step[at] = 1e-6
        up, down = (
            models.adjusted_means(dataclasses.replace(fitted, estimate=fitted.estimate + side * step), "level")
            for side in (1, -1)
        )
        columns.append((up.frame["estimate"] - down.frame["estimate"]) / 2e-6)
    gradient = np.column_stack(columns)
    np.testing.assert_allclose(found.covariance, gradient @ fitted.covariance @ gradient.T, rtol=1e-6, atol=1e-11)


def test_effects_of_a_linear_model_are_its_coefficients(frame):
    fit = models.linear(frame, "gap", ["level", "years"], ONE_STAGE)
    table = fit.table().set_index(["term", "level"])
    for name in ("level", "years"):
        found = models.effects(fit, name).set_index(["term", "level"])
        np.testing.assert_allclose(found, table.loc[found.index, found.columns], rtol=1e-7)


def test_effects_are_the_pairs_with_the_reference(frame):
    fit = models.ordinal(frame, "cur", ["level", "years"], ONE_STAGE)
    effect = models.effects(fit, "level", of=["4", "5"])
    pair = models.pairs(models.adjusted_means(fit, "level", of=["4", "5"]))
    pair = pair[pair["level"] == LEVELS[0]]
    np.testing.assert_allclose(effect["estimate"], -pair["estimate"], rtol=1e-10)
    np.testing.assert_allclose(effect[["se", "p"]], pair[["se", "p"]], rtol=1e-8)
    assert effect["level"].tolist() == pair["against"].tolist() == LEVELS[1:]


def test_shares_of_answers_add_up(frame):
    fit = models.ordinal(frame, "cur", ["level", "years"], ONE_STAGE)
    each, whole = models.adjusted_means(fit, "level"), models.adjusted_means(fit, "level", of=["4", "5"])
    shares = each.frame.pivot(index="level", columns="answer", values="estimate").loc[LEVELS]
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(shares[["4", "5"]].sum(axis=1), whole.frame["estimate"], rtol=1e-12)
    together = np.kron(np.eye(3), np.ones((1, 5)))
    np.testing.assert_allclose(together @ each.covariance @ together.T, 0, atol=1e-14)
    assert ((each.frame["low"] > 0) & (each.frame["high"] < 1)).all()
    effects = models.effects(fit, "level")
    np.testing.assert_allclose(effects.groupby("level")["estimate"].sum(), 0, atol=1e-14)
    families = models.pairs(each).groupby("answer")
    assert families.size().tolist() == [3] * 5
    np.testing.assert_allclose(families["p_holm"].min(), np.minimum(3 * families["p"].min(), 1))


def test_a_mean_without_error_is_refused(frame):
    fit = models.linear(frame, "gap", ["level", "years"], ONE_STAGE)
    certain = dataclasses.replace(fit, covariance=np.zeros((4, 4)))
    with pytest.raises(models.ModelError, match="no standard error for ‘level = staff’"):
        models.adjusted_means(certain, "level", covariates="fixed")


def test_wrong_words(frame):
    fit = models.linear(frame, "gap", ["level", "years"])
    with pytest.raises(UsageError, match="‘levels’ is no predictor with categories"):
        models.adjusted_means(fit, "levels")
    with pytest.raises(UsageError, match="‘years’ is no predictor with categories"):
        models.adjusted_means(fit, "years")
    with pytest.raises(UsageError, match="‘sampled’ needs a model with a survey design"):
        models.adjusted_means(fit, "level", covariates="sampled")
    with pytest.raises(UsageError, match="there is no ‘fix’"):
        models.adjusted_means(fit, "level", covariates="fix")
    with pytest.raises(UsageError, match="‘year’ is no predictor"):
        models.effects(fit, "year")
    with pytest.raises(UsageError, match="no answer ‘9’"):
        models.effects(models.ordinal(frame, "cur", "level"), "level", of="9")
    with pytest.raises(UsageError, match="one level only"):
        means = models.adjusted_means(fit, "level")
        models.pairs(models.Margins(means.frame.iloc[:1], means.covariance[:1, :1], means.df))
