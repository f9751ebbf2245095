"""The cheapest cells whose loss keeps a reader from finding one: two worlds that differ in it by the interval."""

from __future__ import annotations

import numpy as np
from scipy import optimize, sparse

from digiskills.disclosure import programme
from digiskills.disclosure.reader import EPSILON, Reader
from digiskills.disclosure.relations import Relations

FEW_CELLS = 120
"""Cells up to which the cheapest complement of one cell is searched for exactly."""
MANY_CELLS = 600
"""Cells from which a complement is looked for near the cell first; of the whole it would take too long."""
NEAR = 60
"""Cells among which the complement of one is looked for first where there are more."""


def complement(reader: Reader, cell: int, wide: float, weights: np.ndarray) -> np.ndarray:
    """Return the cheapest shown cells whose loss makes one cell safe.

    Parameters
    ----------
    reader : Reader
        What is known.
    cell : int
        The cell in need of protection.
    wide : float
        How far apart its bounds must be.
    weights : ndarray of float, one per cell
        What the loss of each costs; infinite for what must stay.

    Returns
    -------
    ndarray of bool, one per cell
        Exact where few cells are shown, else from linear programmes; of a large problem, near the cell first.
    """
    if int(reader.shown.sum()) <= FEW_CELLS:
        found = _searched(reader, cell, wide, weights)
        if found is not None:
            return found
    if len(weights) <= MANY_CELLS:
        return _approached(reader, cell, wide, weights)
    rows, near, costs = _near(reader, cell, weights)
    chosen = np.zeros(len(weights), dtype=bool)
    chosen[rows] = _approached(near, int(np.flatnonzero(rows == cell)[0]), wide, costs)
    return chosen if chosen.any() else _approached(reader, cell, wide, weights)


def _near(reader: Reader, cell: int, weights: np.ndarray) -> tuple[np.ndarray, Reader, np.ndarray]:
    """Return the part of a large problem in which the complement of a cell is looked for first.

    Its cells are those inside the smallest sums that the cell is part of, the cheapest first, and whatever is withheld
    there; all else stays as it is. A complement found there is one of the whole.
    """
    matrix = reader.relations.matrix
    mine = matrix[[cell]].indices
    parents = np.unique(matrix[:, mine].tocoo().coords[0])
    parents = parents[reader.shown[parents]]
    sizes = np.diff(matrix.indptr)
    inside = np.zeros(matrix.shape[1], dtype=bool)
    inside[mine] = True
    within = np.zeros(len(weights), dtype=bool)
    for parent in parents[np.argsort(sizes[parents], kind="stable")]:
        if (within & reader.shown).sum() > NEAR:
            break
        inside[matrix[[parent]].indices] = True
        within = np.asarray(abs(matrix)[:, inside].astype(bool).sum(axis=1)).ravel() == sizes
    places = np.flatnonzero(within & reader.shown & np.isfinite(weights))
    places = places[np.argsort(weights[places], kind="stable")][:NEAR]
    loose = np.union1d(places, np.flatnonzero(within & ~reader.shown))
    atoms = np.union1d(mine, np.unique(matrix[loose].indices))
    rows = np.union1d(np.unique(matrix[:, atoms].tocoo().coords[0]), [cell])
    costs = np.full(len(weights), np.inf)
    costs[places] = weights[places]
    part = Relations(sparse.csr_array(matrix[rows][:, atoms]), reader.relations.counts[atoms])
    return rows, Reader.of(part, reader.shown[rows]), costs[rows]


def _moves(reader: Reader, cell: int, wide: float) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
    """Return what holds for two moves away from the truth, side by side, that differ by the interval in a cell."""
    row = sparse.csr_array(reader.relations.matrix[[cell]])
    counts = reader.relations.counts
    apart = sparse.csr_array(sparse.hstack([row, -row]))
    return apart, -np.minimum(np.tile(counts, 2), 4 * wide), np.full(2 * len(counts), 4 * wide)


def _number_kept(reader: Reader, weights: np.ndarray) -> int:
    return int((reader.shown & ~np.isfinite(weights)).sum())


def _kept(reader: Reader, weights: np.ndarray) -> sparse.csr_array:
    """What must not move in either of two moves: cells that are shown whatever it costs."""
    sums = sparse.csr_array(reader.relations.matrix[np.flatnonzero(reader.shown & ~np.isfinite(weights))])
    nothing = sparse.csr_array(sums.shape)
    return sparse.csr_array(sparse.vstack([sparse.hstack([sums, nothing]), sparse.hstack([nothing, sums])]))


def _searched(reader: Reader, cell: int, wide: float, weights: np.ndarray) -> np.ndarray | None:
    """The cheapest complement of one cell, by an integer programme; None where time did not do."""
    apart, low, high = _moves(reader, cell, wide)
    places = np.flatnonzero(reader.shown & np.isfinite(weights))
    sums = sparse.csr_array(reader.relations.matrix[places])
    free, nothing = 4 * wide * np.abs(sums).sum(axis=1).max(), sparse.csr_array(sums.shape)
    switch = sparse.diags_array(np.full(len(places), float(free)))
    both = [[sums, nothing], [nothing, sums]]
    rows = sparse.vstack(
        [sparse.hstack([*sides, sign * switch]) for sides in both for sign in (-1.0, 1.0)]
        + [sparse.hstack([apart, sparse.csr_array((1, len(places)))])]
        + [sparse.hstack([_kept(reader, weights), sparse.csr_array((2 * _number_kept(reader, weights), len(places)))])]
    )
    size, still = len(places), np.zeros(2 * _number_kept(reader, weights))
    below, above = [np.full(size, -np.inf), np.zeros(size)], [np.zeros(size), np.full(size, np.inf)]
    least = np.concatenate([*below, *below, [wide], still])
    most = np.concatenate([*above, *above, [np.inf], still])
    found = programme.solved(
        np.concatenate([np.zeros(len(low)), weights[places]]),
        optimize.LinearConstraint(sparse.csr_array(rows), least, most),
        np.concatenate([np.zeros(len(low)), np.ones(size)]),
        optimize.Bounds(np.concatenate([low, np.zeros(size)]), np.concatenate([high, np.ones(size)])),
    )
    if found is None:
        return None
    chosen = np.zeros(len(reader.shown), dtype=bool)
    chosen[places[found[len(low) :] > 0.5]] = True
    return chosen


def _approached(reader: Reader, cell: int, wide: float, weights: np.ndarray) -> np.ndarray:
    """A cheap complement of one cell by a few linear programmes, each dearer where little moved before."""
    apart, low, high = _moves(reader, cell, wide)
    places = np.flatnonzero(reader.shown & np.isfinite(weights))
    sums, size = sparse.csr_array(reader.relations.matrix[places]), len(places)
    nothing, one = sparse.csr_array(sums.shape), sparse.eye_array(size)
    both = [[sums, nothing], [nothing, sums]]
    rows = [sparse.hstack([*(sign * side for side in sides), -one]) for sides in both for sign in (1.0, -1.0)]
    rows += [sparse.hstack([-apart, sparse.csr_array((1, size))])]
    stacked = sparse.csr_array(sparse.vstack(rows))
    most = np.concatenate([np.zeros(4 * size), [-wide]])
    still = _kept(reader, weights)
    still = sparse.csr_array(sparse.hstack([still, sparse.csr_array((still.shape[0], size))]))
    limits = np.column_stack([np.concatenate([low, np.zeros(size)]), np.concatenate([high, np.full(size, np.inf)])])
    price, moved = weights[places].copy(), np.zeros(size)
    for _ in range(3):
        cost = np.concatenate([np.zeros(len(low)), price])
        same = {"A_eq": still, "b_eq": np.zeros(still.shape[0])} if still.shape[0] else {}
        found = optimize.linprog(cost, A_ub=stacked, b_ub=most, bounds=limits, method="highs", **same)
        if found.x is None:
            break
        moved = found.x[len(low) :]
        price = weights[places] / (moved + 0.1)
    chosen = np.zeros(len(reader.shown), dtype=bool)
    chosen[places[moved > EPSILON]] = True
    return chosen
