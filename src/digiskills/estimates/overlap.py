"""Clusters that are in the samples of two waves, and the covariance that they give to estimates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from digiskills.estimates.joint import Joint


class Common(NamedTuple):
    """Clusters in both waves, by label; `matched` where the strata of the two waves correspond."""

    before: np.ndarray
    after: np.ndarray
    matched: np.ndarray


def common_clusters(before: Joint, after: Joint) -> Common:
    """Find the clusters of both waves.

    Parameters
    ----------
    before, after : Joint
        The same estimands and domains in two waves.

    Returns
    -------
    Common
        Positions of each cluster in the one wave and in the other. Two strata correspond where each holds more
        of the other's clusters than any other stratum does, whatever they are called.
    """
    _, first, second = np.intersect1d(before.clusters, after.clusters, return_indices=True)
    strata = before.linear.stratum[first], after.linear.stratum[second]
    held = np.zeros((len(before.sample.strata), len(after.sample.strata)), dtype=int)
    np.add.at(held, strata, 1)
    if not held.size:
        return Common(first, second, np.zeros(0, dtype=bool))
    best, back = held.argmax(axis=1), held.argmax(axis=0)
    matched = (best[strata[0]] == strata[1]) & (back[strata[1]] == strata[0])
    return Common(first, second, matched)


def covariance_of_waves(before: Joint, after: Joint) -> np.ndarray:
    """Covariance of each estimate of one wave with the same estimate of another.

    Parameters
    ----------
    before, after : Joint
        The same estimands and domains in two waves.

    Returns
    -------
    ndarray, one per row
        0 without common clusters; a stratum with one of them adds nothing.

    Notes
    -----
    As in `changes`. In a stratum the covariance is at most the root of the product of the two variances of the
    first stage, so that no change has a negative variance. The second stage adds none: people are drawn anew.
    """
    found = np.zeros(len(before.frame))
    if not (before.sample.clustered and after.sample.clustered):
        return found
    common = common_clusters(before, after)
    strata = before.linear.stratum[common.before]
    for stratum in np.unique(strata[common.matched]):
        here = common.matched & (strata == stratum)
        if here.sum() > 1:
            found += _of_stratum(before, after, common.before[here], common.after[here])
    return found


def _of_stratum(before: Joint, after: Joint, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Covariance from one pair of strata and the clusters common to both."""
    one, other = before.linear.total[first], after.linear.total[second]
    together = ((one - one.mean(axis=0)) * (other - other.mean(axis=0))).sum(axis=0) / (len(first) - 1)
    strata = [int(before.linear.stratum[first[0]]), int(after.linear.stratum[second[0]])]
    (sampled, clusters), (sampled_after, clusters_after) = (
        (wave.sample.sampled[at], np.inf if wave.sample.population is None else wave.sample.population[at])
        for wave, at in zip((before, after), strata, strict=True)
    )
    found = (len(first) - sampled * sampled_after / max(clusters, clusters_after)) * together
    most = np.sqrt(_first_stage(before, strata[0]) * _first_stage(after, strata[1]))
    return np.asarray(np.clip(found, -most, most))


def _first_stage(wave: Joint, stratum: int) -> np.ndarray:
    """What a stratum adds to the variance of each estimate in the first stage."""
    total = wave.linear.total[wave.linear.stratum == stratum]
    if len(total) < 2:
        return np.zeros(total.shape[1])
    return np.asarray(wave.sample.not_sampled[stratum] * len(total) * total.var(axis=0, ddof=1))
