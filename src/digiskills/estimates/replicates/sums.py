"""Estimates by weight from sums of replicate weights, which counted answers hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digiskills.answers import Answers
from digiskills.errors import UsageError
from digiskills.estimates.replicates.factors import Replication, replication
from digiskills.estimates.replicates.rows import degrees
from digiskills.estimates.replicates.weights import quotient, rank_of_products


def declared(answers: Answers) -> Replication:
    """How the replicate weights of counted answers were made.

    Raises
    ------
    UsageError
        If they have none.
    """
    if answers.replicates is None or answers.replication is None:
        raise UsageError("replicates: the study declares none; see [design] in study.toml")
    return replication(answers.replication, answers.replicates.products.shape[1])


def by_replicate(above: np.ndarray, below: np.ndarray, domains: Sequence[np.ndarray], total: bool) -> np.ndarray:
    """Return estimates made with each replicate weight.

    Parameters
    ----------
    above, below : ndarray, cells x replicates x estimates
        Sums of the weight times the value, and of the weight, over those who answered.
    domains : sequence of ndarray of int
        Cells of each domain.
    total : bool
        Whether totals are estimated, not means.

    Returns
    -------
    ndarray, replicates x domains x estimates
        NaN where no weight is left.
    """
    sums = (np.stack([part[cells].sum(axis=0) for cells in domains], axis=1) for part in (above, below))
    value, weight = sums
    return value if total else quotient(value, weight)


def degrees_of(answers: Answers, domains: Sequence[np.ndarray], rule: str) -> tuple[np.ndarray, int]:
    """Return degrees of freedom under replication.

    Parameters
    ----------
    answers : Answers
        Counted, with replicates.
    domains : sequence of ndarray of int
        Cells of each domain.
    rule : {"domain", "design"}
        Whose rank counts.

    Returns
    -------
    tuple of ndarray and int
        One per domain, and those of the whole sample.
    """
    how = declared(answers)
    assert answers.replicates is not None
    products = answers.replicates.products
    whole = rank_of_products(products.sum(axis=0))
    ranks = [rank_of_products(products[cells].sum(axis=0)) for cells in domains] if rule == "domain" else []
    found = degrees(ranks or [whole] * len(domains), whole, how, rule)
    return found, int(degrees([whole], whole, how, "design")[0])
