"""Intervals of 95 % on the degrees of freedom of the design."""

from __future__ import annotations

import numpy as np
from scipy import stats

from digiskills.errors import UsageError, nearest
from digiskills.estimates.variance import Results

CONFIDENCE = 0.95
UPPER = (1 + CONFIDENCE) / 2
WORDS = {
    "t": "t on the degrees of freedom, none at 0 degrees of freedom",
    "logit": "t on the logit scale, on the degrees of freedom, none at 0 degrees of freedom",
    "beta": "Korn-Graubard (Clopper-Pearson on the effective number of answers), none at 0 degrees of freedom",
    "wilson": "Wilson on the effective number of answers, none at 0 degrees of freedom",
}
EXACT = (
    "a share of exactly 0 or 1 has no standard error: exact (Clopper-Pearson) interval on its n, clusters disregarded"
)


def check(interval: str) -> None:
    """Refuse an interval that does not exist.

    Raises
    ------
    UsageError
        With the interval nearest to the one given.
    """
    if interval not in WORDS:
        raise UsageError(f"interval: there is no ‘{interval}’; {nearest(interval, WORDS)}")


def words(interval: str, shares: bool) -> str:
    """What the interval is, for the method of a table."""
    return f"{WORDS[interval]}; {EXACT}" if shares else WORDS[interval]


def bounds(results: Results, interval: str, shares: bool) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper bounds, NaN where there are no degrees of freedom.

    Parameters
    ----------
    results : Results
        Estimates of domains x columns.
    interval : {"t", "logit", "beta", "wilson"}
        How the interval is made; the last two are for shares.
    shares : bool
        Whether the estimates are shares, of which those of exactly 0 or 1 get an exact interval.

    Returns
    -------
    tuple of ndarray
        Low and high, domains x columns.

    Notes
    -----
    logit: exp(b) / (1 + exp(b)) of b = log(p / (1 - p)) ± t se / (p (1 - p)), as R survey's svyciprop
    "logit". beta, wilson: the interval of a binomial share with n_eff = p (1 - p) / se² (t(n - 1) / t(df))² in
    the place of n; beta as svyciprop "beta", n_eff not cut at n. Exact: C. J. Clopper and E. S. Pearson,
    Biometrika 26 (1934) 404-413. E. L. Korn and B. I. Graubard, Survey Methodology 24 (1998) 193-201; E. B.
    Wilson, Journal of the American Statistical Association 22 (1927) 209-212; N. Dean and M. Pagano, Journal of
    Survey Statistics and Methodology 3 (2015) 484-503.
    """
    t = np.full(results.df.shape, np.nan)
    t[results.df > 0] = stats.t.ppf(UPPER, results.df[results.df > 0])
    low, high = MAKERS[interval](results, t)
    if not shares:
        return low, high
    edge = np.isin(results.estimate, (0.0, 1.0)) & (results.se == 0) & (results.df > 0)
    exact_low, exact_high = _exact(results)
    return np.where(edge, exact_low, low), np.where(edge, exact_high, high)


def _symmetric(results: Results, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return results.estimate - t * results.se, results.estimate + t * results.se


def _logit(results: Results, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inside = (results.estimate > 0) & (results.estimate < 1)
    p = np.where(inside, results.estimate, 0.5)
    half = np.where(inside, t * results.se / (p * (1 - p)), np.nan)
    middle = np.log(p / (1 - p))
    return 1 / (1 + np.exp(half - middle)), 1 / (1 + np.exp(-half - middle))


def _beta(results: Results, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    p, n = _effective(results, t)
    low = stats.beta.ppf(1 - UPPER, n * p, n * (1 - p) + 1)
    high = stats.beta.ppf(UPPER, n * p + 1, n * (1 - p))
    return _without_error(results, t, low, high)


def _wilson(results: Results, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    p, n = _effective(results, t)
    z = stats.norm.ppf(UPPER)
    middle, wide = (p + z**2 / (2 * n)) / (1 + z**2 / n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    half = wide / (1 + z**2 / n)
    return _without_error(results, t, middle - half, middle + half)


def _effective(results: Results, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares, and the number of answers that a simple sample would need for the same error; NaN where undefined."""
    p, se = results.estimate, results.se
    usable = (p > 0) & (p < 1) & (se > 0) & (results.n > 1) & np.isfinite(t)
    simple = stats.t.ppf(UPPER, np.where(usable, results.n - 1, 1))
    variance, share = np.where(usable, se, 1) ** 2, np.where(usable, p, 0.5)
    return share, np.where(usable, share * (1 - share) / variance * (simple / np.where(usable, t, 1)) ** 2, np.nan)


def _without_error(results: Results, t: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The share itself, where all of the population answered and its standard error is 0."""
    certain = (results.se == 0) & np.isfinite(t)
    return np.where(certain, results.estimate, low), np.where(certain, results.estimate, high)


MAKERS = {"t": _symmetric, "logit": _logit, "beta": _beta, "wilson": _wilson}


def _exact(results: Results) -> tuple[np.ndarray, np.ndarray]:
    """Clopper-Pearson where none or all of n gave the answer."""
    n = np.maximum(results.n, 1)
    near = (1 - UPPER) ** (1 / n)
    low = np.where(results.estimate == 1, near, 0.0)
    high = np.where(results.estimate == 0, 1 - near, 1.0)
    return low, high
