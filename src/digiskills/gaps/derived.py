"""Numbers made from joint estimates, with the error that their covariance implies (delta method)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from digiskills.estimates import intervals
from digiskills.estimates.variance import ZERO_ERROR, Results
from digiskills.gaps.together import Together, positions

Values = Mapping[str, np.ndarray]


class Formula(NamedTuple):
    """A number made from estimands: its labels, the estimands, its value and its derivative by each of them.

    Parameters
    ----------
    labels : mapping of str to str
        Columns that say what the number is.
    of : tuple of str
        Names of the estimands that it is made from.
    value : callable
        From the estimates of `of` (arrays, one entry per domain) to the number.
    slopes : callable
        From the same arrays to the derivatives, in the order of `of`.
    share : bool
        Whether the number is a share of 0 to 1.
    """

    labels: Mapping[str, str]
    of: tuple[str, ...]
    value: Callable[..., np.ndarray]
    slopes: Callable[..., Sequence[np.ndarray | float]]
    share: bool = False


def derive(found: Together, formulas: Sequence[Formula]) -> Together:
    """Apply formulas to the estimates of every domain.

    Parameters
    ----------
    found : Together
        Estimates of every estimand that a formula names.
    formulas : sequence of Formula
        What to make.

    Returns
    -------
    Together
        One row per formula and domain: estimand (its labels, joined by ":"), the labels, <by>, n, clusters,
        estimate, se, df, low, high, and their covariance. n, clusters and df are the smallest among the
        estimates that the number is made from.

    Notes
    -----
    Delta method: covariance G C G' with G the derivatives at the estimates, as R's survey package does in
    svycontrast. K. Wolter, Introduction to Variance Estimation (2007), chapter 6.
    """
    at = positions(found)
    parts = [_one(found, formula, at) for formula in formulas]
    frame = pd.concat([frame for frame, _ in parts], ignore_index=True)
    slopes = np.vstack([slope for _, slope in parts])
    covariance = slopes @ np.nan_to_num(found.covariance) @ slopes.T
    unknown = frame["estimate"].isna().to_numpy()
    covariance[unknown, :], covariance[:, unknown] = np.nan, np.nan
    frame["se"] = _errors(covariance, frame["estimate"].to_numpy())
    frame["low"], frame["high"] = _bounds(frame)
    names = ["estimand", *_labels(formulas), *found.by, "n", "clusters", "estimate", "se", "df", "low", "high"]
    frame = frame[names]
    frame.attrs["method"] = dict(found.frame.attrs.get("method", {})) | {
        "combined": "delta method on the joint design-based covariance"
    }
    return Together(frame, covariance, found.by)


def _labels(formulas: Sequence[Formula]) -> list[str]:
    return list(dict.fromkeys(name for formula in formulas for name in formula.labels))


def _one(found: Together, formula: Formula, at: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """One formula in every domain, and its derivatives by every joint estimate."""
    rows = [at[name].to_numpy() for name in formula.of]
    parts = [found.frame.iloc[row].reset_index(drop=True) for row in rows]
    estimates = [part["estimate"].to_numpy(dtype=float) for part in parts]
    frame = parts[0][list(found.by)].assign(**formula.labels, estimand=":".join(formula.labels.values()))
    for name in ("n", "clusters", "df"):
        frame[name] = np.minimum.reduce([part[name].to_numpy() for part in parts])
    frame["estimate"], frame["share"] = formula.value(*estimates), formula.share
    slopes = np.zeros((len(frame), len(found.frame)))
    for row, slope in zip(rows, formula.slopes(*estimates), strict=True):
        slopes[np.arange(len(frame)), row] += np.nan_to_num(np.asarray(slope, dtype=float))
    return frame, slopes


def _errors(covariance: np.ndarray, estimate: np.ndarray) -> np.ndarray:
    se: np.ndarray = np.sqrt(np.maximum(np.diag(covariance), 0))
    se[se < ZERO_ERROR * np.abs(estimate)] = 0
    return se


def _bounds(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    results = Results(*(frame[name].to_numpy() for name in ("n", "clusters", "estimate", "se", "df")))
    plain, share = intervals.bounds(results, "t", False), intervals.bounds(results, "logit", True)
    low, high = (np.where(frame["share"], inside, free) for inside, free in zip(share, plain, strict=True))
    return low, high
