"""Errors from replicate weights, in the place of strata and clusters."""

from digiskills.estimates.replicates.design import ReplicateDesign
from digiskills.estimates.replicates.factors import METHODS, Factors, Replicated, Replication, factors, replication
from digiskills.estimates.replicates.of_frame import ReplicateWeights

__all__ = [
    "METHODS",
    "Factors",
    "ReplicateDesign",
    "ReplicateWeights",
    "Replicated",
    "Replication",
    "factors",
    "replication",
]
