"""Krippendorff's alpha where each unit may carry several codes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from scipy import sparse

from digiskills.agreement.patterns import Patterns, combined, patterns
from digiskills.agreement.subsets import MOST_CODES, Subsets, subsets, work

DISTANCES = ("jaccard", "masi")
BLOCK = 1024  # sets whose distances to all others are held in memory at once


@dataclass(frozen=True)
class CodeSets:
    """The distinct sets of codes given to units, and the patterns in which coders gave them.

    Parameters
    ----------
    members : ndarray of float, sets x codes
        1 where a set holds a code. The empty set is a set.
    units : Patterns
        Which set each coder gave, by pattern.
    """

    members: np.ndarray
    units: Patterns

    @cached_property
    def _given(self) -> sparse.csr_array:
        """Codings of each set in comparable units, patterns x sets."""
        pattern, coder = np.nonzero((self.units.codes >= 0) & self.units.comparable[:, None])
        places = (pattern, self.units.codes[pattern, coder])
        shape = (len(self.units.times), len(self.members))
        return sparse.coo_array((np.ones(len(pattern)), places), shape=shape).tocsr()

    def agreement(self, times: np.ndarray) -> np.ndarray:
        """Return the share of pairs of coders who gave exactly the same codes, averaged over units.

        Parameters
        ----------
        times : ndarray of float, (resamples x) patterns
            Units of each pattern.

        Returns
        -------
        ndarray of float
            One per row of `times`; an empty set agrees with an empty set.
        """
        same = np.zeros(len(self.units.times))
        for first, second in combinations(self.units.codes.T, 2):
            same += (first == second) & (first >= 0)
        coded = self.units.coded
        shares = 2 * same / np.maximum(coded * (coded - 1), 1)
        compared = times * self.units.comparable
        return np.asarray(compared @ shares / compared.sum(axis=-1))

    def alpha(self, times: np.ndarray, distance: str) -> np.ndarray:
        """Return Krippendorff's alpha over sets of codes.

        Parameters
        ----------
        times : ndarray of float, (resamples x) patterns
            Units of each pattern.
        distance : {"jaccard", "masi"}
            How far apart two sets are.

        Returns
        -------
        ndarray of float
            One per row of `times`; NaN where all codings compared are the same set.

        Notes
        -----
        Jaccard: 1 - J, J = |A and B| / |A or B|, 0 between two empty sets. MASI: 1 - J M, M = 1 for equal sets,
        2/3 where one holds the other, 1/3 where they overlap, 0 otherwise. Passonneau (2006), LREC, 831-836.
        """
        coded = self.units.coded
        weight = times * self.units.comparable / np.maximum(coded - 1, 1)
        observed = 2 * weight @ self._within(distance)
        margins = np.atleast_2d((self._given.T @ np.atleast_2d(times).T).T)
        expected = self._between(margins, distance).reshape(times.shape[:-1])
        total = margins.sum(axis=-1).reshape(times.shape[:-1])
        constant = margins.max(axis=-1).reshape(times.shape[:-1]) >= total
        return np.asarray(np.where(constant, np.nan, 1 - (total - 1) * observed / expected))

    def _within(self, distance: str) -> np.ndarray:
        """Return the distances between the coders of a unit, summed over pairs, by pattern."""
        summed = np.zeros(len(self.units.times))
        for first, second in combinations(self.units.codes.T, 2):
            both = np.flatnonzero((first >= 0) & (second >= 0))
            one, other = self.members[first[both]], self.members[second[both]]
            common = (one * other).sum(axis=1)
            summed[both] += apart(common, one.sum(axis=1), other.sum(axis=1), distance)
        return summed

    def _between(self, margins: np.ndarray, distance: str) -> np.ndarray:
        """Return the distances between all codings, whatever their unit, summed over pairs."""
        sizes = self.members.sum(axis=1)
        few = work(sizes) < len(sizes) ** 2 and self.members.shape[1] <= MOST_CODES
        return by_subsets(self._subsets, margins, distance) if few else by_blocks(self.members, margins, distance)

    @cached_property
    def _subsets(self) -> Subsets:
        return subsets(self.members)


def by_subsets(found: Subsets, margins: np.ndarray, distance: str) -> np.ndarray:
    """Return the distances between all codings from the number of pairs of each overlap.

    Parameters
    ----------
    found : Subsets
        Of the sets.
    margins : ndarray of float, resamples x sets
        Codings of each set.
    distance : {"jaccard", "masi"}
        As in `CodeSets.alpha`.

    Returns
    -------
    ndarray of float
        Sum over ordered pairs of codings, one per row of `margins`.
    """
    size = np.arange(found.sizes.max(initial=0) + 1, dtype=float)
    # No pair has more in common than its smaller set: there the distance counts zero times.
    common = np.minimum(size, np.minimum(size[:, None, None], size[None, :, None]))
    between = apart(common, size[:, None, None], size[None, :, None], distance)
    return np.array([(found.overlaps(row) * between).sum() for row in margins])


def by_blocks(members: np.ndarray, margins: np.ndarray, distance: str) -> np.ndarray:
    """Return the distances between all codings, pair of sets by pair of sets.

    Parameters
    ----------
    members : ndarray of float, sets x codes
        1 where a set holds a code.
    margins : ndarray of float, resamples x sets
        Codings of each set.
    distance : {"jaccard", "masi"}
        As in `CodeSets.alpha`.

    Returns
    -------
    ndarray of float
        Sum over ordered pairs of codings, one per row of `margins`.
    """
    sizes, summed = members.sum(axis=1), np.zeros(len(margins))
    for start in range(0, len(members), BLOCK):
        rows = slice(start, start + BLOCK)
        # Each pair of blocks once: the distances are symmetric.
        common = members[rows] @ members[start:].T
        between = apart(common, sizes[rows, None], sizes[None, start:], distance)
        doubled = margins[:, start:].copy()
        doubled[:, BLOCK:] *= 2
        summed += np.einsum("rk,rk->r", margins[:, rows] @ between, doubled)
    return summed


def apart(common: np.ndarray, one: np.ndarray, other: np.ndarray, distance: str) -> np.ndarray:
    """Return the distance between sets of codes.

    Parameters
    ----------
    common : ndarray of float
        Codes that both sets hold.
    one, other : ndarray of float
        Codes in each.
    distance : {"jaccard", "masi"}
        As in `CodeSets.alpha`.

    Returns
    -------
    ndarray of float
        0 for the same set, 1 for sets without a common code.
    """
    union = one + other - common
    likeness = np.where(union == 0, 1.0, common / np.maximum(union, 1))
    if distance == "masi":
        smaller, larger = np.minimum(one, other), np.maximum(one, other)
        likeness = likeness * np.where(common == larger, 1.0, np.where(common == smaller, 2 / 3, 1 / 3))
    return np.asarray(1 - likeness)


def code_sets(chosen: np.ndarray, read: np.ndarray) -> CodeSets:
    """Return the sets of codes that coders gave.

    Parameters
    ----------
    chosen : ndarray of bool, units x coders x codes
        Whether a coder gave a unit a code.
    read : ndarray of bool, units x coders
        Whether a coder read the unit; one who gave no code gave the empty set.

    Returns
    -------
    CodeSets
        The sets in an order that does not depend on the order of the units.
    """
    given = chosen[read]
    _, first, number = np.unique(_keys(given), return_index=True, return_inverse=True)
    codes = np.full(read.shape, -1, dtype=np.int64)
    codes[read] = number
    members = given[first].astype(float)
    return CodeSets(members, patterns(codes, np.arange(len(members), dtype=float)))


def _keys(given: np.ndarray) -> np.ndarray:
    """Return one whole number per set of codes; 32 codes are read as the digits of one number."""
    parts = [given[:, start : start + 32] for start in range(0, given.shape[1], 32)]
    numbers = [part @ (2 ** np.arange(part.shape[1], dtype=np.int64)) for part in parts]
    renumbered = [np.unique(number, return_inverse=True)[1] for number in numbers]
    if not renumbered:
        return np.zeros(len(given), dtype=np.int64)
    return combined(np.stack(renumbered, axis=1), max(int(number.max(initial=0)) for number in renumbered) + 1)
