"""A random department against lme4, statsmodels and the likelihood written out with whole matrices."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from model_cases import departments, expected
from scipy import optimize, stats

from digiskills import models
from digiskills.errors import UsageError


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return departments()


@pytest.fixture(scope="module")
def uneven(frame) -> pd.DataFrame:
    kept = np.random.default_rng(4).random(len(frame)) < np.where(frame["dept"] < "d06", 0.3, 0.9)
    return frame[kept].reset_index(drop=True)


def test_equals_lme4(frame):
    fit, known = models.multilevel(frame, "gap", "level", "dept"), expected("open/lmer")
    np.testing.assert_allclose(fit.table()["estimate"], known["estimate"], rtol=1e-5)
    np.testing.assert_allclose(fit.table()["se"], known["se"], rtol=1e-5)
    measured = fit.variances().set_index("measure")["estimate"]
    assert list(measured.index) == ["var_dept", "var_resid", "icc"]
    np.testing.assert_allclose(measured, [known["var_dept"], known["var_resid"], known["icc"]], rtol=1e-5)
    assert "ignores the survey weights" in fit.table().attrs["method"]["weights"]


def test_equals_statsmodels_where_departments_differ_in_size(uneven):
    fit = models.multilevel(uneven, "gap", "level", "dept")
    x = np.column_stack([np.ones(len(uneven)), uneven["level"] == "lead", uneven["level"] == "head"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # statsmodels warns of its own optimiser
        known = sm.MixedLM(uneven["gap"], x.astype(float), uneven["dept"]).fit(reml=True)
    np.testing.assert_allclose(fit.solved.estimate, known.fe_params, rtol=1e-4)
    np.testing.assert_allclose([fit.between, fit.solved.variance], [known.cov_re.iloc[0, 0], known.scale], rtol=1e-3)


def whole(frame: pd.DataFrame, between: float, within: float) -> dict[str, np.ndarray]:
    """Everything from the covariance matrix of all respondents."""
    x = np.column_stack([np.ones(len(frame)), frame["level"] == "lead", frame["level"] == "head"]).astype(float)
    z = pd.get_dummies(frame["dept"]).to_numpy(dtype=float)
    v = between * z @ z.T + within * np.eye(len(frame))
    inverse = np.linalg.inv(v)
    covariance = np.linalg.inv(x.T @ inverse @ x)
    estimate = covariance @ x.T @ inverse @ frame["gap"].to_numpy()
    residual = frame["gap"].to_numpy() - x @ estimate
    blup = between * z.T @ inverse @ residual
    p = inverse - inverse @ x @ covariance @ x.T @ inverse
    error = between - between**2 * np.diag(z.T @ p @ z)
    deviance = np.linalg.slogdet(v)[1] - np.linalg.slogdet(covariance)[1] + residual @ inverse @ residual
    return {"estimate": estimate, "covariance": covariance, "blup": blup, "error": error, "deviance": deviance}


def test_departments_equal_the_whole_matrices(uneven):
    fit = models.multilevel(uneven, "gap", "level", "dept")
    known, found = whole(uneven, fit.between, fit.solved.variance), fit.departments(names=True)
    np.testing.assert_allclose(fit.covariance, known["covariance"], rtol=1e-9)
    found = found.sort_values("department")
    np.testing.assert_allclose(found["estimate"], known["blup"], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(found["se"], np.sqrt(known["error"]), rtol=1e-8)
    assert (found["estimate"].abs() <= found["mean"].abs()).all()
    assert "never for release" in found.attrs["private"]
    assert fit.departments()["department"].tolist() == list(range(1, 16))
    assert fit.departments()["n"].is_monotonic_decreasing


def test_variances_are_the_top_of_the_likelihood_and_the_interval_its_profile(uneven):
    fit = models.multilevel(uneven, "gap", "level", "dept")
    icc = fit.variances().set_index("measure").loc["icc"]
    top = whole(uneven, fit.between, fit.solved.variance)["deviance"]
    for between, within in [(1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99)]:
        assert whole(uneven, between * fit.between, within * fit.solved.variance)["deviance"] > top
    for end in (icc["low"], icc["high"]):
        profile = optimize.minimize_scalar(
            lambda total, end=end: whole(uneven, end * total, (1 - end) * total)["deviance"],
            bounds=(0.3, 3),
            method="bounded",
        ).fun
        assert profile - top == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 2.0))
def test_balanced_departments_give_the_analysis_of_variance(seed, spread):
    draw = np.random.default_rng(seed)
    values = spread * draw.normal(size=(8, 1)) + draw.normal(size=(8, 5))
    frame = pd.DataFrame({"y": values.ravel(), "dept": np.repeat(list("abcdefgh"), 5)})
    fit = models.multilevel(frame, "y", [], "dept")
    within, between = values.var(axis=1, ddof=1).mean(), 5 * values.mean(axis=1).var(ddof=1)
    icc = fit.variances().set_index("measure").loc["icc"]
    assert icc["low"] <= icc["estimate"] <= icc["high"]
    if between <= within:
        assert fit.icc == 0
        assert "edge" in fit.method
        assert (fit.departments()["estimate"] == 0).all()
    else:
        np.testing.assert_allclose(fit.solved.variance, within, rtol=1e-5)
        np.testing.assert_allclose(fit.between, (between - within) / 5, rtol=1e-3, atol=1e-6)


def test_what_cannot_be_fitted_is_said(frame):
    with pytest.raises(models.ModelError, match="are in one; take a linear model"):
        models.multilevel(frame.assign(dept="d"), "gap", "level", "dept")
    with pytest.raises(models.ModelError, match="one respondent each"):
        models.multilevel(frame, "gap", "level", "id")
    with pytest.raises(models.ModelError, match="3 parameters are too many for 3 departments"):
        models.multilevel(frame[frame["dept"] < "d04"], "gap", "level", "dept")
    with pytest.raises(models.ModelError, match="does not vary within departments"):
        models.multilevel(frame.assign(gap=frame.groupby("dept")["gap"].transform("mean")), "gap", "level", "dept")
    with pytest.raises(UsageError, match="no column ‘department’"):
        models.multilevel(frame, "gap", "level", "department")


def test_missing_departments_are_left_out_and_counted(frame):
    fit = models.multilevel(frame.assign(dept=frame["dept"].where(frame["dept"] != "d15")), "gap", "level", "dept")
    assert (fit.method["departments"], fit.method["left_out"]) == (14, 10)
    assert repr(fit) == "Multilevel(linear regression of gap with a random dept, REML; 140 respondents, 14 departments)"
