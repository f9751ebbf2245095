"""Replicate weights of respondents: what they may be, what they estimate and what their rank is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import linalg

from digiskills.errors import DesignError, UsageError, nearest

RANK = 1e-5  # R's tolerance for the rank of the weights


def check_columns(frame: pd.DataFrame, names: Sequence[str]) -> None:
    """Refuse columns that do not exist.

    Raises
    ------
    UsageError
        With all of them.
    """
    there = [str(column) for column in frame.columns]
    problems = [f"no column ‘{name}’; {nearest(name, there)}" for name in names if name not in there]
    if problems:
        raise UsageError("\n".join(problems))


def check_weights(weights: np.ndarray, names: Sequence[str]) -> None:
    """Refuse weights that are no numbers; replicates of calibrated weights may be below 0.

    Raises
    ------
    DesignError
        With the first row of each column that holds one.
    """
    wrong = ~np.isfinite(weights)
    wrong[:, 0] |= weights[:, 0] < 0
    problems = []
    for at in np.flatnonzero(wrong.any(axis=0)).tolist():
        row = int(np.flatnonzero(wrong[:, at])[0]) + 2  # the header is row 1
        problems.append(f"{names[at]}: {weights[row - 2, at]} is no weight, in row {row}")
    if problems:
        raise DesignError("\n".join(problems))


def by_weight(
    weights: np.ndarray,
    values: np.ndarray,
    domains: Sequence[np.ndarray],
    total: bool = False,
    base: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return estimates made with each weight.

    Parameters
    ----------
    weights : ndarray, respondents x (1 + replicates)
        The whole weight first; where it is 0 a respondent is in no estimate.
    values : ndarray, respondents x estimates
        NaN without an answer.
    domains : sequence of ndarray of int
        Rows of each domain.
    total : bool
        Whether totals are estimated, not means.
    base : ndarray, respondents x estimates, optional
        Denominators of ratios; 1 where not given.

    Returns
    -------
    tuple of ndarray
        Estimates, (1 + replicates) x domains x estimates; and numbers of answers, domains x estimates.
    """
    answered = np.isfinite(values)
    above, below = np.where(answered, values, 0), np.where(answered, 1 if base is None else base, 0)
    found, n = [], []
    for inside in domains:
        rows = inside[weights[inside, 0] > 0]
        each, known = weights[rows].T, answered[rows].sum(axis=0)
        sums = each @ above[rows], each @ below[rows]
        found.append(np.where(known > 0, sums[0] if total else quotient(*sums), np.nan))
        n.append(known)
    return np.stack(found, axis=1), np.stack(n).astype(int)


def quotient(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """One over the other; NaN where no weight is left."""
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0))


def rank(weights: np.ndarray) -> int:
    """Rank of replicate weights, respondents x replicates."""
    if not weights.size:
        return 0
    triangle = np.abs(np.diag(linalg.qr(weights, mode="r", pivoting=True)[0]))
    return int((triangle > RANK * triangle[0]).sum())


def rank_of_products(products: np.ndarray) -> int:
    """Rank of replicate weights from the sums of their products, replicates x replicates.

    The pivoted Cholesky factor of the products is the triangle of the weights themselves.
    """
    largest = float(np.max(np.diag(products), initial=0))
    if largest == 0:
        return 0
    return int(linalg.lapack.dpstrf(products, tol=RANK**2 * largest, lower=1)[2])
