"""Adjustment of p values to the number of questions asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest

ADJUSTMENTS = {
    "holm": "Holm: the chance of one false finding or more in the family is at most the level",
    "bh": "Benjamini-Hochberg: the share of false among the findings of the family is at most the level",
    "none": "none: each p value by itself",
}


def adjust(p: np.ndarray | Sequence[float], method: str = "holm") -> np.ndarray:
    """Adjusted p values of one family.

    Parameters
    ----------
    p : sequence of float
        The p values of one family; NaN (nothing could be tested) is no member of the family.
    method : {"holm", "bh", "none"}
        Holm for the pairs of one question; Benjamini-Hochberg over many items.

    Returns
    -------
    ndarray of float
        In the order given; NaN where there was none.

    Raises
    ------
    UsageError
        If the method does not exist or a p value is not between 0 and 1.

    Notes
    -----
    Of m p values in ascending order, Holm: max over j <= i of min(1, (m - j + 1) p_j); Benjamini-Hochberg: min
    over j >= i of min(1, m p_j / j). As R's p.adjust. S. Holm, Scandinavian Journal of Statistics 6 (1979)
    65-70; Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289-300.
    """
    if method not in ADJUSTMENTS:
        raise UsageError(f"adjust: there is no ‘{method}’; {nearest(method, ADJUSTMENTS)}")
    given = np.asarray(p, dtype=float)
    if ((given < 0) | (given > 1)).any():
        raise UsageError("adjust: a p value is between 0 and 1")
    tested = np.flatnonzero(np.isfinite(given))
    order = tested[np.argsort(given[tested], kind="stable")]
    adjusted = np.full(given.shape, np.nan)
    adjusted[order] = _stepped(given[order], method)
    return adjusted


def adjust_by_family(p: pd.Series, family: pd.Series, method: str = "holm") -> pd.Series:
    """Adjusted p values, family by family.

    Parameters
    ----------
    p : Series of float
        The p values.
    family : Series
        Name of the family of each.
    method : {"holm", "bh", "none"}
        As for `adjust`.

    Returns
    -------
    Series of float
        With the index of `p`.
    """
    given = p.to_numpy(dtype=float)
    adjusted = np.full(len(given), np.nan)
    for rows in family.groupby(family, sort=False).indices.values():
        adjusted[rows] = adjust(given[rows], method)
    return pd.Series(adjusted, index=p.index)


def _stepped(p: np.ndarray, method: str) -> np.ndarray:
    """Adjust p values in ascending order."""
    rank = np.arange(1, len(p) + 1)
    if method == "holm":
        return np.minimum(1, np.maximum.accumulate((len(p) - rank + 1) * p))
    if method == "bh":
        return np.minimum(1, np.minimum.accumulate((len(p) / rank * p)[::-1])[::-1])
    return p
