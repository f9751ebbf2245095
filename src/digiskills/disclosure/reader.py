"""A reader of what is published: which worlds agree with it, and how far apart they are in a cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse

from digiskills.disclosure import programme
from digiskills.disclosure.relations import Relations

SWEEPS = 6
EPSILON = 1e-6
MORE = 1e4
"""People beyond all respondents that a reader without any total may imagine."""


@dataclass
class Reader:
    """What a reader knows: sums, and numbers of people that would give them.

    Parameters
    ----------
    relations : Relations
        Cells and atoms.
    shown : ndarray of bool, one per cell
        What is published.
    worlds : list of ndarray, one value per cell
        Worlds met so far, the true one first; all of them agree with what is shown.
    """

    relations: Relations
    shown: np.ndarray
    worlds: list[np.ndarray]

    def __post_init__(self) -> None:
        """Note the bounds that the worlds give already."""
        self.low, self.high = np.min(self.worlds, axis=0), np.max(self.worlds, axis=0)

    @classmethod
    def of(cls, relations: Relations, shown: np.ndarray) -> Reader:
        """Return a reader who has seen the true world alone."""
        return cls(relations, shown, [relations.values])

    def hide(self, cells: np.ndarray) -> None:
        """Take cells from what is shown; every world seen so far still agrees."""
        self.shown = self.shown & ~cells

    def told(self, cell: int) -> Reader:
        """Return a reader who is told one cell more; worlds in which it is another are gone."""
        shown = self.shown.copy()
        shown[cell] = True
        truth = self.worlds[0][cell]
        return Reader(self.relations, shown, [one for one in self.worlds if abs(one[cell] - truth) < EPSILON])

    def see(self, world: np.ndarray) -> None:
        """Widen what is known to be possible by one more world."""
        values = np.asarray(self.relations.matrix @ world)
        self.worlds.append(values)
        self.low, self.high = np.minimum(self.low, values), np.maximum(self.high, values)

    def search(self, objective: np.ndarray, enough: float = np.inf) -> float:
        """Return the largest value of a weighted sum of atoms that agrees with what is shown; NaN if none was found.

        The search ends as soon as whole numbers of people give `enough`; what it returns may then be larger.
        """
        matrix, told = self.relations.matrix[self.shown], self.worlds[0][self.shown]
        counts = self.relations.counts
        most = float(counts.sum()) + MORE
        same = {"A_eq": matrix, "b_eq": told} if len(told) else {}
        found = optimize.linprog(-objective, bounds=(0, most), method="highs-ds", **same).x
        if self.relations.whole and (found is None or np.abs(found - np.round(found)).max() > EPSILON):
            reached = np.inf if found is None else float(np.floor(objective @ found + EPSILON))
            whole = self._whole(objective, min(enough, reached))
            found = self._whole(objective) if whole is None else whole
        if found is None:
            return float("nan")
        world = np.round(found) if self.relations.whole else found
        self.see(world)
        return float(objective @ world)

    def _whole(self, objective: np.ndarray, enough: float = np.inf) -> np.ndarray | None:
        """Whole numbers of people that give so much, or else the most; None if none were found."""
        matrix, told = self.relations.matrix[self.shown], self.worlds[0][self.shown]
        size = len(self.relations.counts)
        asked = np.isfinite(enough)
        rows = sparse.csr_array(sparse.vstack([matrix, sparse.csr_array(objective[None, :])]))
        return programme.solved(
            np.zeros(size) if asked else -objective,
            optimize.LinearConstraint(rows, np.append(told, enough if asked else -np.inf), np.append(told, np.inf)),
            np.ones(size),
            optimize.Bounds(0, float(self.relations.counts.sum()) + MORE),
        )


def bounds(relations: Relations, shown: np.ndarray, cell: int) -> tuple[float, float]:
    """Return the smallest and largest value that a reader must think possible for a cell.

    Parameters
    ----------
    relations : Relations
        Cells and atoms.
    shown : ndarray of bool, one per cell
        What is published.
    cell : int
        The cell in question.

    Returns
    -------
    tuple of float
        Both are reached by whole numbers of people that agree with everything shown.

    Notes
    -----
    The smallest and largest of the cell's sum over whole, nonnegative numbers of people in each atom that give every
    shown sum: two integer programmes, solved by HiGHS. For a two-way table the linear relaxation has whole vertices.
    """
    reader = Reader.of(relations, shown)
    row = relations.matrix[[cell]].toarray()[0]
    high = reader.search(row)
    return -reader.search(-row), high


def sweep(reader: Reader, cells: np.ndarray, interval: np.ndarray) -> None:
    """Look for worlds in which many cells are far from the truth at once: most are shown to be safe by a few.

    Parameters
    ----------
    reader : Reader
        What is known; it sees the worlds that are found.
    cells : ndarray of int
        The cells that need protection.
    interval : ndarray of float, one per entry of `cells`
        How far apart the bounds on each must be.
    """
    if len(cells) < SWEEPS:
        return
    draw = np.random.default_rng(0)
    for _ in range(SWEEPS):
        open_ = cells[reader.high[cells] - reader.low[cells] < interval]
        if not len(open_):
            return
        signs = draw.choice([-1.0, 1.0], len(open_))
        objective = np.asarray(reader.relations.matrix[open_].T @ signs)
        reader.search(objective)
        reader.search(-objective)


def is_unsafe(reader: Reader, cell: int, wide: float) -> bool:
    """Return whether no two worlds differ by so much in a cell.

    Parameters
    ----------
    reader : Reader
        What is known; it sees the worlds that are looked for.
    cell : int
        The cell.
    wide : float
        How far apart its bounds must be.

    Returns
    -------
    bool
        What is not proven safe counts as unsafe.
    """
    if reader.high[cell] - reader.low[cell] >= wide - EPSILON:
        return False
    row = reader.relations.matrix[[cell]].toarray()[0]
    reader.search(row, reader.low[cell] + wide)
    if reader.high[cell] - reader.low[cell] >= wide - EPSILON:
        return False
    reader.search(-row, wide - reader.high[cell])
    return bool(reader.high[cell] - reader.low[cell] < wide - EPSILON)
