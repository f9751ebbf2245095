"""What a reader can derive about withheld cells, and which others must go so that it is not too much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, sparse

from digiskills.disclosure.relations import Relations

NODES = 2000
"""Given to one search; what is not proven safe by then counts as unsafe. Nodes, not
seconds, so that a plan is always the same."""
FEW_CELLS = 120
"""Cells up to which the cheapest complement of one cell is searched for exactly."""
MANY_CELLS = 600
"""Cells from which a complement is looked for near the cell first; of the whole it would take too long."""
NEAR = 60
"""Cells among which the complement of one is looked for first where there are more."""
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
        found = optimize.milp(
            np.zeros(size) if asked else -objective,
            constraints=optimize.LinearConstraint(
                rows, np.append(told, enough if asked else -np.inf), np.append(told, np.inf)
            ),
            integrality=np.ones(size),
            bounds=optimize.Bounds(0, float(self.relations.counts.sum()) + MORE),
            options={"node_limit": NODES},
        )
        return None if found.x is None else np.asarray(found.x)


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


def attack(relations: Relations, shown: np.ndarray, cells: np.ndarray, interval: np.ndarray) -> pd.DataFrame:
    """Return the cells about which a reader learns too much.

    Parameters
    ----------
    relations : Relations
        Cells and atoms.
    shown : ndarray of bool, one per cell
        What is published.
    cells : ndarray of int
        The cells that need protection.
    interval : ndarray of float, one per entry of `cells`
        How far apart the bounds on each must be.

    Returns
    -------
    DataFrame
        One row per unsafe cell: cell, low, high.
    """
    reader = Reader.of(relations, shown)
    return pd.DataFrame(_unsafe(reader, cells, interval), columns=["cell", "low", "high"])


def protect(
    relations: Relations, shown: np.ndarray, cells: np.ndarray, interval: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Return which cells to withhold so that none of those in need of protection can be derived.

    Parameters
    ----------
    relations : Relations
        Cells and atoms.
    shown : ndarray of bool, one per cell
        What would be published; cells in need of protection are not.
    cells : ndarray of int
        The cells that need protection.
    interval : ndarray of float, one per entry of `cells`
        How far apart the bounds on each must be.
    weights : ndarray of float, one per cell
        What the loss of each costs.

    Returns
    -------
    ndarray of bool, one per cell
        The complement: cells withheld beside those given.

    Notes
    -----
    Cell suppression (Fischetti and Salazar-González 2000) with one width per cell (sliding protection): for each unsafe
    cell in turn, largest first, the cheapest set of shown cells whose loss lets two worlds differ by the interval in
    it. Withholding more never narrows a bound, so a cell once safe stays safe. Last, every cell of the complement
    that nothing needs any more is shown again, dearest first.
    """
    reader = Reader.of(relations, shown & ~np.isin(np.arange(len(shown)), cells))
    order = np.argsort(-relations.values[cells], kind="stable")
    added, why = np.zeros(len(shown), dtype=bool), np.zeros(len(shown), dtype=int)
    _sweep(reader, cells, interval)
    for place in order:
        cell, wide = int(cells[place]), float(interval[place])
        needed = wide
        while _is_unsafe(reader, cell, wide) and needed < 4 * wide:
            more = _complement(reader, cell, needed, weights)
            added, why = added | more, np.where(more, place, why)
            reader.hide(more)
            needed += 1
    return _pruned(reader, added, why, (cells, interval), weights)


def _sweep(reader: Reader, cells: np.ndarray, interval: np.ndarray) -> None:
    """Look for worlds in which many cells are far from the truth at once: most are shown to be safe by a few."""
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


def _unsafe(reader: Reader, cells: np.ndarray, interval: np.ndarray) -> list[tuple[int, float, float]]:
    _sweep(reader, cells, interval)
    pairs = zip(cells.tolist(), interval.tolist(), strict=True)
    found = [cell for cell, wide in pairs if _is_unsafe(reader, cell, wide)]
    return [(cell, float(reader.low[cell]), float(reader.high[cell])) for cell in found]


def _is_unsafe(reader: Reader, cell: int, wide: float) -> bool:
    """Return whether no two worlds differ by so much in a cell; looks for worlds that do."""
    if reader.high[cell] - reader.low[cell] >= wide - EPSILON:
        return False
    row = reader.relations.matrix[[cell]].toarray()[0]
    reader.search(row, reader.low[cell] + wide)
    if reader.high[cell] - reader.low[cell] >= wide - EPSILON:
        return False
    reader.search(-row, wide - reader.high[cell])
    return bool(reader.high[cell] - reader.low[cell] < wide - EPSILON)


def _complement(reader: Reader, cell: int, wide: float, weights: np.ndarray) -> np.ndarray:
    """Return the cheapest shown cells whose loss makes one cell safe."""
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
    found = optimize.milp(
        np.concatenate([np.zeros(len(low)), weights[places]]),
        constraints=optimize.LinearConstraint(sparse.csr_array(rows), least, most),
        integrality=np.concatenate([np.zeros(len(low)), np.ones(size)]),
        bounds=optimize.Bounds(np.concatenate([low, np.zeros(size)]), np.concatenate([high, np.ones(size)])),
        options={"node_limit": NODES},
    )
    if found.x is None:
        return None
    chosen = np.zeros(len(reader.shown), dtype=bool)
    chosen[places[found.x[len(low) :] > 0.5]] = True
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


def _pruned(
    reader: Reader, added: np.ndarray, why: np.ndarray, targets: tuple[np.ndarray, np.ndarray], weights: np.ndarray
) -> np.ndarray:
    """Return the complement without what is not needed; the cell that asked for another is looked at first."""
    cells, interval = targets
    for place in sorted(np.flatnonzero(added), key=lambda place: -weights[place]):
        told, asked = reader.told(int(place)), why[place]
        if _is_unsafe(told, int(cells[asked]), float(interval[asked])):
            continue
        if not any(_is_unsafe(told, int(cell), float(wide)) for cell, wide in zip(cells, interval, strict=True)):
            reader, added[place] = told, False
    return added
