"""The sample as a frame of respondents tells it: strata, clusters and what is known of the population."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.errors import UsageError
from digiskills.estimates.checks import Given
from digiskills.estimates.domains import Domains, columns
from digiskills.estimates.sample import People, Sample, sample
from digiskills.estimates.variance import Squares, Sums, add


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
        Columns of `weight`, `cluster`, `population` and `people`.
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
        people, names = (
            People(np.bincount(cluster), heads, np.bincount(cluster, frame[given["weight"]].to_numpy(dtype=float))),
            cluster_labels(frame, str(given["cluster"]), cluster).tolist(),
        )
    return sample(labels, sampled, population, lonely, given["cluster"] is not None, people, names)


def sums(
    values: Sequence[np.ndarray],
    weight: np.ndarray,
    places: tuple[np.ndarray, np.ndarray],
    about: Domains,
    sample: Sample,
    per_answer: bool,
    base: Sequence[np.ndarray] = (),
) -> Sums:
    """Add up each domain within each cluster.

    Parameters
    ----------
    values : sequence of ndarray
        Value of each respondent in each estimate; NaN without an answer.
    weight : ndarray, one per respondent
        Weights.
    places : tuple of ndarray of int
        Stratum and cluster of each respondent.
    about : Domains
        The domain of each respondent.
    sample : Sample
        The whole sample.
    per_answer : bool
        Whether there is a denominator: a mean or ratio, not a total.
    base : sequence of ndarray, optional
        Denominators; 1 where not given.

    Returns
    -------
    Sums
        One row per domain and cluster that meet.
    """
    stratum, cluster = places
    rows = np.flatnonzero((about.code >= 0) & (weight > 0))
    number = int(cluster.max()) + 1
    cell, first, entry = np.unique(about.code[rows] * number + cluster[rows], return_index=True, return_inverse=True)
    value = np.column_stack(list(values))[rows] if len(values) else np.empty((len(rows), 0))
    answered, of_row = np.isfinite(value), weight[rows, None]
    below = np.column_stack(list(base))[rows] if len(base) else np.ones_like(value)
    scaled, below = np.where(answered, of_row * value, 0), np.where(answered, of_row * below, 0)
    squares = None
    if sample.people is not None:
        x = below if per_answer else np.zeros_like(below)
        squares = Squares(*(add(part, entry, len(cell)) for part in (x * x, x * scaled, scaled * scaled)))
    return Sums(
        domain=cell // number,
        stratum=stratum[rows][first],
        domains=len(about),
        n=add(answered, entry, len(cell)),
        value=add(scaled, entry, len(cell)),
        base=add(below, entry, len(cell)) if per_answer else None,
        squares=squares,
        cluster=cluster[rows][first],
    )


def cluster_labels(frame: pd.DataFrame, column: str, cluster: np.ndarray) -> np.ndarray:
    """Label of each cluster."""
    names = np.empty(int(cluster.max()) + 1, dtype=object)
    names[cluster] = frame[column].astype(str).to_numpy()
    return names
