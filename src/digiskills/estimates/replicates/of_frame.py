"""Replicate weights of a frame of respondents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest
from digiskills.estimates.replicates.factors import Replicated, Replication, replication
from digiskills.estimates.replicates.rows import degrees
from digiskills.estimates.replicates.weights import by_weight, check_weights, rank
from digiskills.study import Replicates


@dataclass(frozen=True, eq=False, repr=False)
class ReplicateWeights:
    """Weights of respondents, the whole weight first, and how errors follow from them.

    Parameters
    ----------
    weights : ndarray, respondents x (1 + replicates)
        Whole weights.
    how : Replication
        The method and its factors.
    rule : {"domain", "design"}
        Whose rank gives degrees of freedom.
    """

    weights: np.ndarray
    how: Replication
    rule: str

    def errors(
        self, values: np.ndarray, domains: Sequence[np.ndarray], total: bool, base: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return standard errors, and degrees of freedom.

        Parameters
        ----------
        values : ndarray, respondents x estimates
            NaN without an answer.
        domains : sequence of ndarray of int
            Rows of each domain.
        total : bool
            Whether totals are estimated.
        base : ndarray, respondents x estimates, optional
            Denominators of ratios.

        Returns
        -------
        tuple of ndarray
            Domains x estimates; one per domain.
        """
        found = by_weight(self.weights, values, domains, total, base)[0]
        return self.how.errors(found), self._degrees(domains)

    def replicated(self, values: np.ndarray, domains: Sequence[np.ndarray]) -> Replicated:
        """Return covariance and degrees of freedom of means.

        Parameters
        ----------
        values : ndarray, respondents x estimands
            NaN without an answer.
        domains : sequence of ndarray of int
            Rows of each domain.

        Returns
        -------
        Replicated
            Domains within estimands.
        """
        found = np.moveaxis(by_weight(self.weights, values, domains)[0], 2, 1).reshape(self.weights.shape[1], -1)
        whole = int(degrees([self._rank], self._rank, self.how, "design")[0])
        return self.how.replicated(found, self._degrees(domains), whole, self.rule)

    @property
    def _rank(self) -> int:
        return rank(self.weights[:, 1:])

    def _degrees(self, domains: Sequence[np.ndarray]) -> np.ndarray:
        if self.rule != "domain":
            return degrees([0] * len(domains), self._rank, self.how, self.rule)
        return degrees([rank(self.weights[rows, 1:]) for rows in domains], 0, self.how, self.rule)


def replicate_weights(frame: pd.DataFrame, weight: str, declared: Replicates, rule: str) -> ReplicateWeights:
    """Return the replicate weights of a frame.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    weight : str
        Column of the whole weight.
    declared : Replicates
        Names or patterns of the columns, kind and factors.
    rule : str
        Whose rank gives degrees of freedom: that of the domain, or of the whole sample.

    Returns
    -------
    ReplicateWeights
        One row per respondent.

    Raises
    ------
    UsageError
        If a name or pattern has no column, or the kind lacks what it needs.
    DesignError
        With every row whose weight is no number.
    """
    there = [str(name) for name in frame.columns]
    alone = [type(declared)((name,), declared.kind) for name in declared.columns]
    wrong = [each.columns[0] for each in alone if not each.among(there)]
    if wrong:
        raise UsageError("\n".join(f"replicates: no column ‘{name}’; {nearest(name, there)}" for name in wrong))
    names = [weight, *declared.among(there)]
    weights = frame[names].to_numpy(dtype=float)
    check_weights(weights, names)
    return ReplicateWeights(weights, replication(declared, len(names) - 1), rule)
