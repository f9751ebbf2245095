"""Domains that may overlap: each cell of a breakdown and, where asked for, the margins that hold several cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import pandas as pd

from digiskills.estimates.domains import EVERYONE, Where, domains


@dataclass(frozen=True)
class Sets:
    """Domains as sets of rows, so that a row can belong to several.

    Parameters
    ----------
    rows : tuple of ndarray of int
        Positions of the rows of each domain, ascending.
    labels : DataFrame
        One row per domain, one column per dimension; ``"all"`` in the dimensions that a margin adds up.
    """

    rows: tuple[np.ndarray, ...]
    labels: pd.DataFrame

    def __len__(self) -> int:
        """Number of domains."""
        return len(self.rows)

    @property
    def flat(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows of all domains after one another, and the position of the domain of each."""
        return np.concatenate(self.rows), np.repeat(np.arange(len(self)), [len(rows) for rows in self.rows])

    @property
    def apart(self) -> bool:
        """Whether no row is in two domains."""
        rows, _ = self.flat
        return len(rows) == len(np.unique(rows))

    def common(self, first: int, second: int) -> np.ndarray:
        """Rows of both domains."""
        if first == second:
            return self.rows[first]
        return np.intersect1d(self.rows[first], self.rows[second], assume_unique=True)


def sets(frame: pd.DataFrame, by: Sequence[str], where: Where | None = None, margins: bool = False) -> Sets:
    """Every cell of a breakdown and, with `margins`, every sum over one or more of its dimensions.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent or group of respondents; holds the columns of `by` and `where`.
    by : sequence of str
        Columns of the breakdown.
    where : mapping of column to value or values, optional
        Rows outside belong to no domain.
    margins : bool
        Whether to add the margins, marked ``"all"``: for two dimensions each category of the one and of the
        other, then everyone. A respondent without a category of a dimension is in the margins over it.

    Returns
    -------
    Sets
        The cells, then the margins.
    """
    kept = [list(by)]
    if margins:
        kept += [list(names) for size in range(len(by) - 1, -1, -1) for names in combinations(by, size)]
    rows, labels = list[np.ndarray](), []
    for names in kept:
        found = domains(frame, names, where)
        order = np.argsort(found.code, kind="stable")
        starts = np.searchsorted(found.code[order], np.arange(len(found) + 1))
        rows += [order[start:end] for start, end in pairwise(starts)]
        labels.append(found.labels.assign(**{name: EVERYONE for name in by if name not in names})[list(by)])
    return Sets(tuple(rows), pd.concat(labels, ignore_index=True))
