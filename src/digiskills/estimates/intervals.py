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
    interval : {"t", "logit"}
        How the interval is made.
    shares : bool
        Whether the estimates are shares, of which those of exactly 0 or 1 get an exact interval.

    Returns
    -------
    tuple of ndarray
        Low and high, domains x columns.

    Notes
    -----
    logit: exp(b) / (1 + exp(b)) of b = log(p / (1 - p)) ± t se / (p (1 - p)), as R survey's svyciprop
    "logit". Exact: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404-413.
    """
    t = np.full(results.df.shape, np.nan)
    t[results.df > 0] = stats.t.ppf(UPPER, results.df[results.df > 0])
    low, high = _logit(results, t) if interval == "logit" else _symmetric(results, t)
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


def _exact(results: Results) -> tuple[np.ndarray, np.ndarray]:
    """Clopper-Pearson where none or all of n gave the answer."""
    n = np.maximum(results.n, 1)
    near = (1 - UPPER) ** (1 / n)
    low = np.where(results.estimate == 1, near, 0.0)
    high = np.where(results.estimate == 0, 1 - near, 1.0)
    return low, high
