"""Degrees of freedom: how well the variance itself is known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from digiskills.errors import UsageError, nearest
from digiskills.estimates.sample import Sample

LOW_DF = 8
"""Fewer are flagged: U.S. National Center for Health Statistics, Vital and Health Statistics 2 (175), 2017."""
RULES = {
    "domain": "clusters minus strata of the domain's answers",
    "design": "clusters minus strata of the whole sample",
    "clusters": "clusters minus strata of the domain's answers",
}
"""In one stage; ``clusters`` holds in two stages too, where the others count the people within clusters as well."""
TWO_STAGES = (
    "Satterthwaite's, over the variance between clusters ({clusters}, in strata not taken whole), of lonely clusters "
    "(1 each) and between people within clusters ({people})"
)
STAGES = {
    "domain": ("clusters minus strata of the domain's answers", "the domain's answers minus clusters"),
    "design": ("clusters minus strata of the whole sample", "the whole sample's respondents minus clusters"),
}


class Stages(NamedTuple):
    """Parts of a variance, of one shape: between clusters, of lonely clusters, and between people within clusters."""

    between: np.ndarray
    lonely: np.ndarray
    within: np.ndarray

    @property
    def variance(self) -> np.ndarray:
        """Their sum."""
        return np.asarray(self.between + self.lonely + self.within)


def check(rule: str) -> None:
    """Refuse a rule for degrees of freedom that does not exist.

    Raises
    ------
    UsageError
        With the rule nearest to the one given.
    """
    if rule not in RULES:
        raise UsageError(f"df: there is no rule ‘{rule}’; {nearest(rule, RULES)}")


def words(sample: Sample, rule: str) -> str:
    """What the rule is in a sample, for the method of a table."""
    if sample.people is None or rule not in STAGES:
        return RULES[rule]
    clusters, people = STAGES[rule]
    return TWO_STAGES.format(clusters=clusters, people=people)


def degrees_of_freedom(
    stages: Stages, present: np.ndarray, n: np.ndarray, sample: Sample, rule: str = "domain"
) -> np.ndarray:
    """Degrees of freedom of each estimate.

    Parameters
    ----------
    stages : Stages
        Parts of the variance of each estimate.
    present : ndarray of float, strata x the shape of the estimates
        Clusters with an answer (respondents, in a sample without clusters).
    n : ndarray
        Answers of each estimate.
    sample : Sample
        The whole sample.
    rule : {"domain", "design", "clusters"}
        Whether clusters, strata and answers are those of the domain or of the whole sample; or clusters minus
        strata of the domain whatever the stages, for tests of several estimates together.

    Returns
    -------
    ndarray
        0 where the variance cannot be judged. Whole numbers in one stage.

    Notes
    -----
    One stage: clusters minus strata. Two stages, where the people of the clusters are known: V² / sum_s V_s² / d_s
    over three parts of V: between clusters, d = clusters minus strata over the strata of which only some clusters
    were taken; lonely clusters under the rule ``adjust``, d = their number; people within clusters, d = answers
    minus clusters. A domain with one cluster in each stratum that was not taken whole has no measure of the
    first part: clusters minus strata then, which is 0 unless other strata were taken whole. F. E. Satterthwaite,
    Biometrics Bulletin 2 (1946) 110-114.
    """
    clusters, met = present.sum(axis=0), present > 0
    one_stage = (clusters - met.sum(axis=0)).round().astype(int)
    if rule == "design":
        one_stage = np.where(n > 0, sample.degrees_of_freedom, 0)
    if sample.people is None or rule not in STAGES:
        return np.asarray(one_stage)
    across = (-1,) + (1,) * n.ndim
    in_part = (sample.not_sampled > 0).reshape(across)
    between = (np.maximum(present - 1, 0) * in_part).sum(axis=0)
    within = n - clusters
    if rule == "design":
        between = np.full(n.shape, (np.maximum(sample.sampled - 1, 0) * (sample.not_sampled > 0)).sum())
        within = np.full(n.shape, sample.people.sampled.sum() - sample.sampled.sum())
    lonely = (met & sample.alone.reshape(across)).sum(axis=0)
    found = _satterthwaite(stages, (between, lonely, within))
    measured = (between > 0) | ~(met & in_part).any(axis=0)
    return np.where(measured & (found > 0) & (n > 0), found, one_stage)


def _satterthwaite(stages: Stages, free: tuple[np.ndarray, ...]) -> np.ndarray:
    """V² / sum V_s² / d_s; 0 where a part has variance and no degrees of freedom, or there is no variance."""
    parts = [np.maximum(np.nan_to_num(part), 0) for part in stages]
    below = sum(part**2 / np.maximum(d, 1) for part, d in zip(parts, free, strict=True))
    usable = np.logical_and.reduce([(part == 0) | (d > 0) for part, d in zip(parts, free, strict=True)])
    usable &= below > 0
    return np.where(usable, sum(parts) ** 2 / np.where(usable, below, 1), 0)
