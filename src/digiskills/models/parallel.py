"""Whether one slope holds at every step of the scale: the test of proportional odds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
from scipy import special, stats

from digiskills.errors import UsageError
from digiskills.models.coding import Coding
from digiskills.models.design import covariance
from digiskills.models.fit import Fit
from digiskills.models.problems import ModelError
from digiskills.models.rows import Rows
from digiskills.models.weighted import logit

ALL = "all"


def proportional_odds(fit: Fit) -> pd.DataFrame:
    """Test that predictors shift answers alike at every step of the scale.

    Parameters
    ----------
    fit : Fit
        An ordinal model of three answers or more.

    Returns
    -------
    DataFrame
        One row for all predictors and one per term: term, statistic, df, df_error, p. Without a design the
        statistic is chi-squared on df; with one it is F on df and df_error. A small p speaks against one slope.

    Raises
    ------
    UsageError
        If the model is not ordinal or has two answers.
    ModelError
        If a step of the scale has no finite slopes, or clusters are too few for the test.

    Notes
    -----
    The K - 1 binary logits of "above answer k" are fitted one by one; a Wald test compares their slopes with
    those of the first. R. Brant, Biometrics 46 (1990) 1171-1178: the covariance of slopes at k < l is
    I_k^-1 (sum p_l (1 - p_k) x x') I_l^-1. With a design it is the Taylor covariance of the stacked scores, and
    F = (v - q + 1) / (v q) W on q and v - q + 1, with v clusters minus strata: E. L. Korn and B. I. Graubard,
    American Statistician 44 (1990) 270-276.
    """
    if fit.model != "ordinal" or len(fit.answers) < 3:
        raise UsageError("proportional odds are tested on an ordinal model of three answers or more")
    found = _with_constant(fit.rows)
    steps = range(1, len(fit.answers))
    above = [(found.outcome >= step).astype(float) for step in steps]
    names = [f"{fit.method['outcome']} above {fit.answers[step - 1]}" for step in steps]
    fits = [logit(dataclasses.replace(found, outcome=y), name) for y, name in zip(above, names, strict=True)]
    slopes = np.array(fits)
    shares = special.expit(slopes @ found.matrix.T)
    variance, df = _brant(found, shares), None
    if fit.design is not None:
        assert fit.frame is not None
        errors = covariance(fit.frame, fit.design, _influence(fit, found, np.array(above), shares))
        variance, df = errors.covariance, errors.df
    return _tests(fit, found.coding, slopes, variance, df)


def _with_constant(found: Rows) -> Rows:
    coding = dataclasses.replace(found.coding, intercept=True)
    return dataclasses.replace(found, coding=coding, matrix=coding.matrix(found.predictors))


def _information(found: Rows, spread: np.ndarray) -> np.ndarray:
    information: np.ndarray = found.matrix.T @ ((found.weight * spread)[:, None] * found.matrix)
    return information


def _brant(found: Rows, shares: np.ndarray) -> np.ndarray:
    """Covariance of the stacked parameters where respondents were drawn one by one."""
    inverse = [np.linalg.inv(_information(found, share * (1 - share))) for share in shares]
    blocks = [
        [
            inverse[a] @ _information(found, shares[max(a, b)] * (1 - shares[min(a, b)])) @ inverse[b]
            for b in range(len(shares))
        ]
        for a in range(len(shares))
    ]
    return np.block(blocks)


def _influence(fit: Fit, found: Rows, above: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Of each respondent on the stacked parameters."""
    assert fit.design is not None and fit.frame is not None
    of_mean = fit.frame[fit.design.weight].to_numpy(dtype=float)[found.used].mean()
    parts = [
        np.linalg.solve(of_mean * _information(found, share * (1 - share)), (found.matrix * (y - share)[:, None]).T).T
        for y, share in zip(above, shares, strict=True)
    ]
    return found.of_frame(np.hstack(parts))


def _tests(fit: Fit, coding: Coding, slopes: np.ndarray, variance: np.ndarray, df: int | None) -> pd.DataFrame:
    columns = [column.term for column in coding.columns]
    terms = list(dict.fromkeys(columns[1:]))
    tests = []
    for term in [ALL, *terms]:
        at = [place for place, name in enumerate(columns) if place > 0 and term in (ALL, name)]
        tests.append({"term": term, **_wald(slopes, variance, at, df)})
    table = pd.DataFrame(tests)
    design = {name: fit.method[name] for name in ("design", "n")}
    test = "Brant: binary logits of each step compared with the first"
    table.attrs["method"] = {"test": test, **design, "statistic": "chi-squared" if df is None else "F"}
    return table


def _wald(slopes: np.ndarray, variance: np.ndarray, at: list[int], df: int | None) -> dict[str, float]:
    steps, parameters = slopes.shape
    contrast = np.zeros(((steps - 1) * len(at), steps * parameters))
    for row, (step, place) in enumerate((step, place) for step in range(1, steps) for place in at):
        contrast[row, place], contrast[row, step * parameters + place] = 1, -1
    difference, spread = contrast @ slopes.ravel(), contrast @ variance @ contrast.T
    q = len(difference)
    left = np.inf if df is None else df - q + 1
    if left <= 0 or np.linalg.matrix_rank(spread) < q:
        free = "" if df is None else f" for {df} degrees of freedom (clusters minus strata)"
        raise ModelError(f"{q} comparisons are too many{free}; join answers or take fewer predictors")
    wald = float(difference @ np.linalg.solve(spread, difference))
    if df is None:
        return {"statistic": wald, "df": q, "df_error": np.inf, "p": float(stats.chi2.sf(wald, q))}
    statistic = left / (df * q) * wald
    return {"statistic": statistic, "df": q, "df_error": left, "p": float(stats.f.sf(statistic, q, left))}
