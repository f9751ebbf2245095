"""Numbers made from joint estimates, with the error that their covariance implies (delta method)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from digiskills.estimates import intervals, tables
from digiskills.estimates.notes import LONELY, gravest, notes
from digiskills.estimates.variance import ZERO_ERROR, Results
from digiskills.gaps.together import Together, positions

NUMBERS = ("n", "clusters", "estimate", "se", "df", "low", "high", "note")
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
        estimate, se, df, low, high, note, and their covariance. n, clusters and df are the smallest among the
        estimates that the number is made from, the note ``lonely`` is that of any of them.

    Notes
    -----
    Delta method: covariance G C G' with G the derivatives at the estimates, as R's survey package does in
    svycontrast. K. Wolter, Introduction to Variance Estimation (2007), chapter 6.
    """
    at = positions(found)
    known = {name: found.frame[name].to_numpy() for name in ("estimate", "n", "clusters", "df")}
    known["lonely"] = (found.frame["note"] == LONELY).to_numpy()
    parts = [_one(known, formula, [at[name].to_numpy() for name in formula.of]) for formula in formulas]
    slopes = np.vstack([part.slopes for part in parts])
    covariance = slopes @ np.nan_to_num(found.covariance) @ slopes.T
    made = {name: np.concatenate([part.numbers[name] for part in parts]) for name in parts[0].numbers}
    unknown = np.isnan(made["estimate"])
    covariance[unknown, :], covariance[:, unknown] = np.nan, np.nan
    made["se"] = _errors(covariance, made["estimate"])
    shares = np.repeat([formula.share for formula in formulas], len(at))
    made["low"], made["high"] = _bounds(made, shares)
    made["note"] = gravest([np.where(made["lonely"], LONELY, ""), notes(made["n"], made["se"], made["df"])])
    domains = found.frame[list(found.by)].iloc[at[formulas[0].of[0]].to_numpy()]
    frame = tables.labelled(_names(formulas), domains, {name: made[name] for name in NUMBERS})
    frame.attrs["method"] = dict(found.frame.attrs.get("method", {})) | {
        "combined": "delta method on the joint design-based covariance"
    }
    return Together(frame, covariance, found.by)


class _Part(NamedTuple):
    """One formula in every domain, and its derivatives by every joint estimate."""

    numbers: dict[str, np.ndarray]
    slopes: np.ndarray


def _names(formulas: Sequence[Formula]) -> pd.DataFrame:
    """One row per formula: `estimand`, and its labels."""
    return pd.DataFrame([{"estimand": ":".join(formula.labels.values()), **formula.labels} for formula in formulas])


def _one(known: Mapping[str, np.ndarray], formula: Formula, rows: Sequence[np.ndarray]) -> _Part:
    """Apply a formula; `rows` holds, for each estimand that it is made from, its row in each domain."""
    estimates = [known["estimate"][row].astype(float) for row in rows]
    numbers = {name: np.minimum.reduce([known[name][row] for row in rows]) for name in ("n", "clusters", "df")}
    numbers["lonely"] = np.logical_or.reduce([known["lonely"][row] for row in rows])
    numbers["estimate"] = np.asarray(formula.value(*estimates), dtype=float)
    slopes = np.zeros((len(rows[0]), len(known["estimate"])))
    for row, slope in zip(rows, formula.slopes(*estimates), strict=True):
        slopes[np.arange(len(row)), row] += np.nan_to_num(np.asarray(slope, dtype=float))
    return _Part(numbers, slopes)


def _errors(covariance: np.ndarray, estimate: np.ndarray) -> np.ndarray:
    se: np.ndarray = np.sqrt(np.maximum(np.diag(covariance), 0))
    se[se < ZERO_ERROR * np.abs(estimate)] = 0
    return se


def _bounds(made: Mapping[str, np.ndarray], shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    results = Results(*(made[name] for name in ("n", "clusters", "estimate", "se", "df")))
    plain, share = intervals.bounds(results, "t", False), intervals.bounds(results, "logit", True)
    low, high = (np.where(shares, inside, free) for inside, free in zip(share, plain, strict=True))
    return low, high
