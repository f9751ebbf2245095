"""Counted answers: what every later estimate is a sum over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np
import pandas as pd

from digiskills.errors import ReleaseError, UsageError, nearest
from digiskills.study import Replicates

GAP = "gap:"
NOT_BOTH = "not_both"  # of a gap: one of the two questions has no answer
EVERYONE = "all"


@dataclass(frozen=True)
class ItemTotals:
    """Sums of one item: a row per group of respondents, a column per answer.

    Parameters
    ----------
    name : str
        The item, ``item/option`` of a multiple choice, ``gap:skill``, or a derived item.
    answers : tuple of str
        Answers in the codebook's order, then the reasons for having none.
    scores : ndarray of float or None
        Score of each answer (NaN for missing reasons); None where the item has no scale.
    missing : ndarray of bool
        Which of the answers are reasons for having none.
    n, w, w2 : ndarray, groups x answers
        Respondents with a weight above 0, and their sums of weights and of squared weights.
    """

    name: str
    answers: tuple[str, ...]
    scores: np.ndarray | None
    missing: np.ndarray
    n: np.ndarray
    w: np.ndarray
    w2: np.ndarray


@dataclass(frozen=True)
class NumberTotals:
    """Sums of one numeric item over those who gave a number: one entry per group of respondents.

    Parameters
    ----------
    name : str
        The item.
    n, w, wy, w2, w2y, w2yy : ndarray, one per group
        Respondents, and sums of w, w y, w², w² y and w² y² over them.
    """

    name: str
    n: np.ndarray
    w: np.ndarray
    wy: np.ndarray
    w2: np.ndarray
    w2y: np.ndarray
    w2yy: np.ndarray


@dataclass(frozen=True)
class ReplicateSums:
    """Sums of replicate weights, by cell of the dimensions: errors from replicates need no clusters.

    Parameters
    ----------
    cells : DataFrame
        One row per cell of the dimensions (null where a respondent has no category), for everyone.
    items : mapping of str to ndarray, cells x answers x replicates
        Sum of each replicate weight over the respondents with a weight above 0 who gave the answer.
    numbers : mapping of str to ndarray, 2 x cells x replicates
        Of a numeric item, sums of the replicate weight and of it times the number.
    products : ndarray, cells x replicates x replicates
        Sums of products of two replicate weights over everyone in the cell: their rank gives degrees of freedom.
    """

    cells: pd.DataFrame
    items: Mapping[str, np.ndarray]
    numbers: Mapping[str, np.ndarray]
    products: np.ndarray


@dataclass(frozen=True)
class Calibrated:
    """Margins to which the weights were calibrated.

    Parameters
    ----------
    margins : tuple of tuple of str
        Dimensions of each margin.
    ratio : ndarray, one per group
        Weight before the calibration over the weight; 1 where it is not known.
    """

    margins: tuple[tuple[str, ...], ...]
    ratio: np.ndarray


@dataclass(frozen=True)
class Answers:
    """A survey, counted.

    Parameters
    ----------
    groups : DataFrame
        One row per stratum, cluster and cell of the dimensions, for everyone in the sample: stratum, cluster,
        the dimensions (null where a respondent has no category), n, w, w2.
    items : mapping of str to ItemTotals
        Sums of each item, one row per row of `groups`.
    dimensions : tuple of str
        The dimensions that make the cells.
    population : Series or None
        Clusters of each stratum in the population (respondents, where the sample has no clusters).
    lonely : str
        What a stratum with one sampled cluster adds to a variance.
    clustered : bool
        Whether the sample has clusters.
    people : Series or None
        People of each cluster in the population; None where clusters count as observed whole.
    numbers : mapping of str to NumberTotals
        Sums of each numeric item that was asked for.
    calibration : Calibrated or None
        Margins to which the weights were calibrated; their dimensions are among `dimensions`.
    replication : Replicates or None
        How the replicate weights were made, with one factor per replicate (none for 1).
    replicates : ReplicateSums or None
        Sums of replicate weights, from which errors are then made.
    """

    groups: pd.DataFrame
    items: Mapping[str, ItemTotals]
    dimensions: tuple[str, ...]
    population: pd.Series | None
    lonely: str
    clustered: bool
    people: pd.Series | None = None
    numbers: Mapping[str, NumberTotals] = field(default_factory=dict)
    calibration: Calibrated | None = None
    replication: Replicates | None = None
    replicates: ReplicateSums | None = None

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse to be pickled: sums by department are as private as the survey."""
        raise ReleaseError("counted answers are not pickled: sums by department are as private as the survey")

    def __repr__(self) -> str:
        """Shape only."""
        return f"Answers({len(self.items)} items, {len(self.groups)} groups by {', '.join(self.dimensions)})"

    @property
    def skills(self) -> tuple[str, ...]:
        """The skills with a gap, in the order of the form."""
        return tuple(name.removeprefix(GAP) for name in self.items if name.startswith(GAP))

    def item(self, name: str) -> ItemTotals:
        """Return the sums of one item.

        Parameters
        ----------
        name : str
            The item.

        Returns
        -------
        ItemTotals
            One row per group.

        Raises
        ------
        UsageError
            If it was not counted; suggests the nearest name.
        """
        if name not in self.items:
            raise UsageError(f"no answers were counted for ‘{name}’; {nearest(name, self.items)}")
        return self.items[name]
