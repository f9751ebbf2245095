"""The sample as a frame of respondents tells it: strata, clusters and what is known of the population."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.errors import UsageError
from digiskills.estimates.checks import Given
from digiskills.estimates.domains import columns
from digiskills.estimates.sample import People, Sample, sample


def stages(population: str | Sequence[str] | None) -> tuple[str | None, str | None]:
    """Columns of the clusters in the stratum and of the people in the cluster, None where not given.

    Raises
    ------
    UsageError
        If there are more than two.
    """
    names = columns(population)
    if len(names) > 2:
        raise UsageError(f"population: {len(names)} columns were given; one per stage, for one stage or two")
    return names[0] if names else None, names[1] if len(names) > 1 else None


def strata(frame: pd.DataFrame, column: str | None) -> tuple[np.ndarray, list[str]]:
    """Position of each respondent's stratum, and the labels of the strata."""
    if column is None:
        return np.zeros(len(frame), dtype=np.int64), ["all"]
    codes, labels = pd.factorize(frame[column], sort=True)
    return codes, [str(label) for label in labels]


def clusters(frame: pd.DataFrame, cluster: str | None, stratum: np.ndarray) -> np.ndarray:
    """Number the clusters; a label in two strata is two clusters (allowed by `nest` alone)."""
    if cluster is None:
        return np.arange(len(frame))
    labels, names = pd.factorize(frame[cluster])
    return np.unique(stratum * len(names) + labels, return_inverse=True)[1]


def sample_of(
    frame: pd.DataFrame,
    stratum: np.ndarray,
    cluster: np.ndarray,
    labels: Sequence[str],
    given: Given,
    lonely: str,
) -> Sample:
    """The sample that respondents make up.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    stratum, cluster : ndarray of int, one per respondent
        Positions, as `strata` and `clusters` give them.
    labels : sequence of str
        Labels of the strata.
    given : mapping of str to str or None
        Columns of `cluster`, `population` and `people`.
    lonely : str
        Rule for strata with one sampled cluster.

    Returns
    -------
    Sample
        Strata with their clusters.

    Raises
    ------
    DesignError
        With every stratum or cluster whose population cannot be.
    """
    of_cluster = np.empty(int(cluster.max()) + 1, dtype=np.int64)
    of_cluster[cluster] = stratum
    sampled = np.bincount(of_cluster, minlength=len(labels))
    population = None
    if given["population"] is not None:
        population = np.empty(len(labels))
        population[stratum] = frame[given["population"]].to_numpy(dtype=float)
    people, names = None, list[str]()
    if given["people"] is not None:
        heads = np.empty(len(of_cluster))
        heads[cluster] = frame[given["people"]].to_numpy(dtype=float)
        people, names = People(np.bincount(cluster), heads), _names(frame, str(given["cluster"]), cluster)
    return sample(labels, sampled, population, lonely, given["cluster"] is not None, people, names)


def _names(frame: pd.DataFrame, column: str, cluster: np.ndarray) -> list[str]:
    labels = np.empty(int(cluster.max()) + 1, dtype=object)
    labels[cluster] = frame[column].astype(str).to_numpy()
    return labels.tolist()
