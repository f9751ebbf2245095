"""Quantiles with Woodruff's interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from digiskills.answers import Answers
from digiskills.errors import UsageError
from digiskills.estimates.domains import Where, columns
from digiskills.estimates.from_answers import shares
from digiskills.estimates.intervals import CONFIDENCE, UPPER
from digiskills.estimates.notes import gravest, with_notes

RULE = "math: the least value that the share asked for does not exceed"
WORDS = "Woodruff: the quantiles at the t interval of the share at or below the estimate"
LIKERT = "values of a scale of few steps: the quantile is one of its answers; the distribution says more"
FEW_VALUES = 11
EXACT = 1e-12  # a cumulated share this near to the one asked for is equal to it
Shares = Callable[[np.ndarray], pd.DataFrame]


def quantiles(
    answers: Answers,
    items: str | Sequence[str],
    p: float = 0.5,
    by: str | Sequence[str] = (),
    where: Where | None = None,
    df: str = "domain",
) -> pd.DataFrame:
    """Quantile of the scores of each item in each domain.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    items : str or sequence of str
        Items whose answers have scores.
    p : float
        Share of the people at or below the quantile; 0.5 for the median.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.
    df : {"domain", "design"}
        Rule for the degrees of freedom.

    Returns
    -------
    DataFrame
        One row per item and domain: item, <by>, n, clusters, estimate, se, df, low, high, note. A bound is NaN where
        the interval of the share reaches 0 or 1, the error is NaN where a bound is.

    Raises
    ------
    UsageError
        If a name does not exist, an item has no scores, or p is not between 0 and 1.

    Notes
    -----
    With F the weighted distribution in the domain, q = inf {y: F(y) >= p} (R's qrule "math"); the interval goes
    from the quantile at F(q) - t se to that at F(q) + t se, with se that of the share F(q) and t on the degrees
    of freedom of the domain; the error is its width over 2 t. As R's svyquantile with interval.type "mean".
    R. S. Woodruff, Journal of the American Statistical Association 47 (1952) 635-646.
    """
    check_share(p)
    tables = [_of_item(answers, name, p, by, where, df) for name in columns(items)]
    return together(tables, p)


def check_share(p: float) -> None:
    """Refuse a share that is not between 0 and 1.

    Raises
    ------
    UsageError
        With what was given.
    """
    if not 0 < p < 1:
        raise UsageError(f"p: {p:g} was given; the share of a quantile lies between 0 and 1")


def together(tables: Sequence[pd.DataFrame], p: float) -> pd.DataFrame:
    """Stack the quantiles of several items.

    Parameters
    ----------
    tables : sequence of DataFrame
        One per item.
    p : float
        The share.

    Returns
    -------
    DataFrame
        One row per item and domain; `attrs["method"]` says how.
    """
    frame = pd.concat(tables, ignore_index=True)
    note = LIKERT if any(table.attrs["values"] <= FEW_VALUES for table in tables) else ""
    more = {"quantile": p, "rule": RULE, "interval": WORDS, "confidence": CONFIDENCE, "note": note}
    frame.attrs = {"method": tables[0].attrs["method"] | more}
    return frame


def woodruff(values: np.ndarray, weights: np.ndarray, p: float, below: Shares) -> pd.DataFrame:
    """Quantiles of one item in several domains.

    Parameters
    ----------
    values : ndarray, ascending
        Values that occur.
    weights : ndarray, domains x values
        Sums of weights.
    p : float
        The share.
    below : callable
        From the position of a value in each domain, the estimates frame of the shares at or below it.

    Returns
    -------
    DataFrame
        The rows of `below` with the quantile in the place of the share.
    """
    whole = weights.sum(axis=1, keepdims=True)
    cumulated = np.cumsum(weights, axis=1) / np.where(whole > 0, whole, 1)
    place = _place(cumulated, np.full(len(cumulated), p))
    frame = below(place)
    found, free = np.where(whole[:, 0] > 0, values[place], np.nan), frame["df"].to_numpy(dtype=float)
    t = stats.t.ppf(UPPER, np.where(free > 0, free, np.nan))
    bounds = []
    for sign in (-1, 1):
        share = frame["estimate"].to_numpy(dtype=float) + sign * t * frame["se"].to_numpy(dtype=float)
        inside = (share >= 0) & (share <= 1)
        bounds.append(np.where(inside, values[_place(cumulated, np.where(inside, share, 0.5))], np.nan))
    made = frame.assign(estimate=found, se=(bounds[1] - bounds[0]) / (2 * t), low=bounds[0], high=bounds[1])
    made["note"] = gravest([frame["note"].to_numpy(), with_notes(made)["note"].to_numpy()])
    made.attrs["values"] = len(values)
    return made


def _place(cumulated: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Position of the first value whose cumulated share reaches one share per domain."""
    reached = cumulated >= share[:, None] - EXACT
    return np.asarray(np.where(reached.any(axis=1), reached.argmax(axis=1), cumulated.shape[1] - 1))


def _of_item(
    answers: Answers, name: str, p: float, by: str | Sequence[str], where: Where | None, df: str
) -> pd.DataFrame:
    item = answers.item(name)
    if item.scores is None:
        raise UsageError(f"‘{name}’ has no quantile: its answers have no scores in the codebook; take its shares")
    real = np.flatnonzero(~item.missing)
    order = real[np.argsort(item.scores[real], kind="stable")]
    values = np.unique(item.scores[order])
    names = [[item.answers[at] for at in order if item.scores[at] <= value] for value in values]
    tables = [shares(answers, name, of, by, where, df, interval="t") for of in names]
    cumulated = np.column_stack([table["estimate"].fillna(0) for table in tables])

    def below(place: np.ndarray) -> pd.DataFrame:
        rows: pd.DataFrame = pd.concat([tables[at].iloc[[row]] for row, at in enumerate(place)], ignore_index=True)
        rows.attrs = dict(tables[0].attrs)
        return rows

    return woodruff(values, np.diff(cumulated, axis=1, prepend=0), p, below)
