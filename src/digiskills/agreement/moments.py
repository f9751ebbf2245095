"""Covariances of the items of a scale, with missing answers left out pairwise or listwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest

MISSING = {
    "pairwise": "each covariance on those who answered both items; the interval counts all who answered any",
    "listwise": "only those who answered every item",
}


@dataclass(frozen=True)
class Moments:
    """What reliability needs of the answers to a scale.

    Parameters
    ----------
    items : tuple of str
        The items.
    n : int
        Respondents with an answer to any item (pairwise) or to all (listwise).
    fewest : int
        Respondents behind the covariance with the fewest.
    means : ndarray of float
        Mean of each item.
    covariance : ndarray of float, items x items
        Divided by n - 1 of each pair.
    answered : ndarray of int
        Answers to each item.
    """

    items: tuple[str, ...]
    n: int
    fewest: int
    means: np.ndarray
    covariance: np.ndarray
    answered: np.ndarray

    @property
    def correlation(self) -> np.ndarray:
        """Correlations of the items."""
        sd = np.sqrt(np.diag(self.covariance))
        return np.asarray(self.covariance / np.outer(sd, sd))


def moments(scores: pd.DataFrame, missing: str) -> Moments:
    """Return the moments of the answers to a scale.

    Parameters
    ----------
    scores : DataFrame
        One row per respondent, one column of scores per item, null where there is no answer; items worded the
        other way are turned already.
    missing : {"pairwise", "listwise"}
        What to do with a respondent who did not answer every item.

    Returns
    -------
    Moments
        Unweighted.

    Raises
    ------
    UsageError
        If the rule does not exist, there is one item only, or an item is constant or has nobody in common with
        another.
    """
    if missing not in MISSING:
        raise UsageError(f"missing: there is no rule ‘{missing}’; {nearest(missing, MISSING)}")
    if scores.shape[1] < 2:
        raise UsageError(
            f"items: reliability is agreement between items and needs two or more; {scores.shape[1]} given"
        )
    kept = scores.dropna(how="any" if missing == "listwise" else "all").astype(float)
    _refuse_constant(kept)
    answered = kept.notna().to_numpy().astype(int)
    pairs = answered.T @ answered
    covariance = kept.cov(min_periods=2).to_numpy()
    _refuse_apart(list(kept.columns), covariance)
    means = kept.mean().to_numpy()
    return Moments(tuple(map(str, kept)), len(kept), int(pairs.min()), means, covariance, np.diag(pairs))


def _refuse_constant(kept: pd.DataFrame) -> None:
    constant = [str(item) for item in kept if kept[item].nunique() < 2]
    if constant:
        raise UsageError(
            f"items: {len(kept)} respondents are left and all of them answered the same to {', '.join(constant)}; "
            "leave such items out of the scale, or take a larger group"
        )


def _refuse_apart(items: list[str], covariance: np.ndarray) -> None:
    empty = np.argwhere(np.isnan(covariance))
    if len(empty):
        first, second = (items[place] for place in empty[0])
        raise UsageError(f"items: fewer than two respondents answered both {first} and {second}; leave one out")
