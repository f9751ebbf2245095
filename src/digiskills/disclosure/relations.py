"""What can be published of a survey, as sums over the smallest groups that a reader could tell apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

NOBODY_SAID = ""
"""Stands for the missing category of a dimension."""
COUNT = "n"

Domain = tuple[tuple[str, str], ...]
"""Dimensions and their categories, in the order of their names; empty for everyone."""


@dataclass(frozen=True, eq=False)
class Relations:
    """Cells that share people: each is a sum over atoms, the groups that no cell divides.

    Parameters
    ----------
    matrix : csr_array, cells x atoms
        What each cell sums over; 1 for a count, a score for a mean.
    counts : ndarray of float, one per atom
        True numbers of respondents.
    """

    matrix: sparse.csr_array
    counts: np.ndarray

    @cached_property
    def whole(self) -> bool:
        """Whether every cell is a plain count, so that what a reader derives is a whole number of people.

        A mean in between is known to the reader as a weighted one, of people who count for more or less than one.
        """
        return bool(np.isin(self.matrix.data, (0.0, 1.0)).all())

    @property
    def values(self) -> np.ndarray:
        """True value of each cell."""
        return np.asarray(self.matrix @ self.counts)


def domain(where: Mapping[str, str]) -> Domain:
    """Return a domain whatever the order in which its dimensions are named.

    Parameters
    ----------
    where : mapping of str to str
        Category by dimension.

    Returns
    -------
    tuple of (str, str)
        Sorted by dimension.
    """
    return tuple(sorted((str(name), str(category)) for name, category in where.items()))


def inside(groups: pd.DataFrame, domains: Sequence[Domain]) -> sparse.csr_array:
    """Return which groups of respondents are in which domains.

    Parameters
    ----------
    groups : DataFrame
        One row per group; a column of text per dimension, `NOBODY_SAID` where a category is missing.
    domains : sequence of Domain
        What to look for.

    Returns
    -------
    csr_array, domains x groups
        1 where the group is in the domain.

    Notes
    -----
    Groups are found by the categories that the domains name, one look-up per set of dimensions, so that a thousand
    domains cost one pass.
    """
    rows, columns = [np.empty(0, dtype=int)], [np.empty(0, dtype=int)]
    kinds: dict[tuple[str, ...], dict[tuple[str, ...], int]] = {}
    for place, each in enumerate(domains):
        kinds.setdefault(tuple(name for name, _ in each), {})[tuple(value for _, value in each)] = place
    for names, places in kinds.items():
        keys = zip(*(groups[name] for name in names), strict=True) if names else [()] * len(groups)
        found = np.array([places.get(key, -1) for key in keys], dtype=int)
        columns.append(np.flatnonzero(found >= 0))
        rows.append(found[found >= 0])
    at = (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_array((np.ones(len(at[0])), at), shape=(len(domains), len(groups)))


def relations(
    counts: np.ndarray, domains: sparse.csr_array, answers: np.ndarray, cells: Sequence[tuple[int, int]]
) -> Relations:
    """Return the cells of one item and their atoms.

    Parameters
    ----------
    counts : ndarray, groups x answers
        Respondents of each group who gave each answer.
    domains : csr_array, domains x groups
        What `inside` gives.
    answers : ndarray, sums x answers
        What is summed over answers: ones for those counted, scores for a mean.
    cells : sequence of (int, int)
        Row of `domains` and row of `answers` of each cell.

    Returns
    -------
    Relations
        Groups and answers that no cell tells apart are one atom.
    """
    kept, whose = _alike(domains)
    answered, which = _alike(sparse.csr_array(answers))
    merged = np.zeros((kept.shape[1], answered.shape[1]))
    np.add.at(merged, (whose[:, None], which[None, :]), counts)
    places = np.array(cells, dtype=int).reshape(-1, 2)
    matrix = _products(kept[places[:, 0]], answered[places[:, 1]])
    met = np.flatnonzero(np.asarray(np.abs(matrix).sum(axis=0)) > 0)
    return Relations(sparse.csr_array(matrix[:, met]), merged.reshape(-1)[met])


def _alike(matrix: sparse.csr_array) -> tuple[sparse.csr_array, np.ndarray]:
    """Return a matrix with each distinct column once, and the place of every column in it."""
    columns = matrix.tocsc()
    spans = zip(columns.indptr[:-1], columns.indptr[1:], strict=True)
    keys = [(columns.indices[a:b].tobytes(), columns.data[a:b].tobytes()) for a, b in spans]
    places: dict[tuple[bytes, bytes], int] = {}
    whose = np.array([places.setdefault(key, len(places)) for key in keys], dtype=int)
    first = np.unique(whose, return_index=True)[1]
    return sparse.csr_array(columns[:, first]), whose


def _products(left: sparse.csr_array, right: sparse.csr_array) -> sparse.csr_array:
    """Return the Kronecker product row by row: a row of the left with the same row of the right."""
    width = right.shape[1]
    left, right = left.tocsr(), right.tocsr()
    sizes_l, sizes_r = np.diff(left.indptr), np.diff(right.indptr)
    sizes = sizes_l * sizes_r
    row = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    per = np.repeat(sizes_r, sizes)
    at_l, at_r = left.indptr[row] + place // per, right.indptr[row] + place % per
    data = left.data[at_l] * right.data[at_r]
    column = left.indices[at_l].astype(np.int64) * width + right.indices[at_r]
    return sparse.csr_array((data, (row, column)), shape=(left.shape[0], left.shape[1] * width))
