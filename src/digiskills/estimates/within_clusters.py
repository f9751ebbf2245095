"""One sampled cluster as a population of its own: its people, some of whom answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pandas as pd

from digiskills.answers import Answers, ItemTotals, NumberTotals
from digiskills.errors import DesignError, UsageError, nearest

Sums = TypeVar("Sums", ItemTotals, NumberTotals)


def within(answers: Answers, cluster: str) -> Answers:
    """Answers of one cluster, counted as a sample of the people in it.

    Parameters
    ----------
    answers : Answers
        A counted survey with clusters.
    cluster : str
        Label of the cluster.

    Returns
    -------
    Answers
        Of the cluster's respondents: a sample without clusters in one stratum, the cluster itself, whose population
        is its people where they are known. Every estimate of counted answers can be made from it.

    Raises
    ------
    UsageError
        If the sample has no clusters, or none of that label.
    DesignError
        If the people of the cluster are not known, or fewer than were sampled, where those of others are.

    Notes
    -----
    The cluster is not taken for a draw out of others, because the estimate is about itself: V = (1 - m/M) m/(m - 1)
    sum_j (u_j - ubar)² over its m respondents of M people, the part that the cluster would add to the second stage
    if its stratum were taken whole; degrees of freedom are respondents of the domain less one. Where M is not known
    the factor 1 - m/M is 1, which makes errors too wide rather than too narrow. W. Cochran, Sampling Techniques
    (3rd edition, 1977), chapters 2 and 10. Respondents count as a simple random sample of their cluster. Replicate
    weights and calibration margins are of the whole sample: neither holds within one cluster, so both are left out,
    and weights count as fixed.
    """
    if not answers.clustered:
        raise UsageError("within: the sample has no clusters, so there is none to look into")
    labels = answers.groups["cluster"].astype(str)
    rows = np.flatnonzero(labels == cluster)
    if not len(rows):
        raise UsageError(f"within: nobody of a cluster ‘{cluster}’ was sampled; {nearest(cluster, labels.unique())}")
    groups = answers.groups.iloc[rows].assign(stratum=cluster).reset_index(drop=True)
    return replace(
        answers,
        groups=groups,
        items={name: _rows(item, rows, ("n", "w", "w2")) for name, item in answers.items.items()},
        numbers={name: _rows(sums, rows, NUMBERS) for name, sums in answers.numbers.items()},
        population=_people(answers.people, cluster, int(groups["n"].sum())),
        people=None,
        clustered=False,
        calibration=None,
        replicates=None,
        replication=None,
    )


NUMBERS = ("n", "w", "wy", "w2", "w2y", "w2yy")


def _rows(sums: Sums, rows: np.ndarray, names: Sequence[str]) -> Sums:
    return replace(sums, **{name: getattr(sums, name)[rows] for name in names})


def _people(people: pd.Series | None, cluster: str, sampled: int) -> pd.Series | None:
    """People of the cluster, by the one stratum that it is."""
    if people is None:
        return None
    known = people.rename(str).get(cluster)
    if known is None or known < sampled:
        raise DesignError(f"within: {sampled} of the people of cluster {cluster} were sampled; the study gives {known}")
    return pd.Series({cluster: float(known)})
