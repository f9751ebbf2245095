"""Domains as rows, and their degrees of freedom under replication."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digiskills.estimates.domains import Domains
from digiskills.estimates.replicates.factors import Replication


def rows_of(about: Domains) -> list[np.ndarray]:
    """Rows of each domain."""
    return [np.flatnonzero(about.code == at) for at in range(len(about))]


def degrees(ranks: Sequence[int], whole: int, replication: Replication, rule: str) -> np.ndarray:
    """Degrees of freedom of each domain.

    Parameters
    ----------
    ranks : sequence of int
        Rank of the replicate weights of each domain.
    whole : int
        That of the whole sample.
    replication : Replication
        Holds those that came with the survey.
    rule : {"domain", "design"}
        Whose rank counts.

    Returns
    -------
    ndarray of int
        Rank less 1, as `degf` of R's survey.
    """
    if replication.df is not None:
        return np.full(len(ranks), replication.df)
    found = np.asarray(ranks) if rule == "domain" else np.full(len(ranks), whole)
    return np.asarray(np.maximum(found - 1, 0))
