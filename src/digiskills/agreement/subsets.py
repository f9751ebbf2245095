"""How many pairs of codings share how many codes, without looking at each pair.

A pair of sets with t common codes has C(t, r) common subsets of r codes. So counting subsets, which grows with
the number of sets and not with its square, gives the number of pairs of each overlap by inclusion and exclusion.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

MOST_CODES = 62  # a subset is one whole number with a bit per code


@dataclass(frozen=True)
class Subsets:
    """All subsets of some sets of codes.

    Parameters
    ----------
    holder : ndarray of int
        Set that holds the subset, one row per pair of set and subset.
    subset : ndarray of int
        Number of the subset.
    sizes : ndarray of int, sets
        Codes of each set.
    orders : ndarray of int, subsets
        Codes of each subset.
    """

    holder: np.ndarray
    subset: np.ndarray
    sizes: np.ndarray
    orders: np.ndarray

    def overlaps(self, margins: np.ndarray) -> np.ndarray:
        """Return how many pairs of codings have sets of i and j codes with t in common.

        Parameters
        ----------
        margins : ndarray of float, sets
            Codings of each set.

        Returns
        -------
        ndarray of float
            By i, j and t; ordered pairs, each coding with itself included.
        """
        most = int(self.sizes.max(initial=0))
        place = self.subset * (most + 1) + self.sizes[self.holder]
        held = np.bincount(place, weights=margins[self.holder], minlength=len(self.orders) * (most + 1))
        held = held.reshape(-1, most + 1)
        shared = [held[self.orders == order].T @ held[self.orders == order] for order in range(most + 1)]
        found = np.zeros((most + 1, most + 1, most + 1))
        for common in range(most + 1):
            for order in range(common, most + 1):
                found[:, :, common] += (-1) ** (order - common) * comb(order, common) * shared[order]
        return found


def work(sizes: np.ndarray) -> float:
    """Return how many pairs of set and subset there are.

    Parameters
    ----------
    sizes : ndarray of float
        Codes of each set.

    Returns
    -------
    float
        The sum of two to the power of the sizes.
    """
    return float((2.0**sizes).sum())


def subsets(members: np.ndarray) -> Subsets:
    """Return all subsets of sets of codes.

    Parameters
    ----------
    members : ndarray of float, sets x codes
        1 where a set holds a code; at most `MOST_CODES` codes.

    Returns
    -------
    Subsets
        The empty subset included.
    """
    sizes = members.sum(axis=1).astype(np.int64)
    holders, keys, orders = [], [], []
    for size in np.unique(sizes):
        rows = np.flatnonzero(sizes == size)
        bits = np.left_shift(np.int64(1), np.nonzero(members[rows])[1].reshape(len(rows), size))
        part = (np.arange(2**size)[:, None] >> np.arange(size)) & 1
        holders.append(np.repeat(rows, len(part)))
        keys.append((bits @ part.T).ravel())
        orders.append(np.tile(part.sum(axis=1), len(rows)))
    _, first, subset = np.unique(np.concatenate(keys), return_index=True, return_inverse=True)
    return Subsets(np.concatenate(holders), subset, sizes, np.concatenate(orders)[first])
