"""What a reader can derive about withheld cells, and which others must go so that it is not too much."""

from __future__ import annotations

import numpy as np
import pandas as pd

from digiskills.disclosure.complement import complement
from digiskills.disclosure.reader import Reader, bounds, is_unsafe, sweep
from digiskills.disclosure.relations import Relations

__all__ = ["attack", "bounds", "protect"]


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
    sweep(reader, cells, interval)
    for place in order:
        cell, wide = int(cells[place]), float(interval[place])
        needed = wide
        while is_unsafe(reader, cell, wide) and needed < 4 * wide:
            more = complement(reader, cell, needed, weights)
            added, why = added | more, np.where(more, place, why)
            reader.hide(more)
            needed += 1
    return _pruned(reader, added, why, (cells, interval), weights)


def _unsafe(reader: Reader, cells: np.ndarray, interval: np.ndarray) -> list[tuple[int, float, float]]:
    sweep(reader, cells, interval)
    pairs = zip(cells.tolist(), interval.tolist(), strict=True)
    found = [cell for cell, wide in pairs if is_unsafe(reader, cell, wide)]
    return [(cell, float(reader.low[cell]), float(reader.high[cell])) for cell in found]


def _pruned(
    reader: Reader, added: np.ndarray, why: np.ndarray, targets: tuple[np.ndarray, np.ndarray], weights: np.ndarray
) -> np.ndarray:
    """Return the complement without what is not needed; the cell that asked for another is looked at first."""
    cells, interval = targets
    for place in sorted(np.flatnonzero(added), key=lambda place: -weights[place]):
        told, asked = reader.told(int(place)), why[place]
        if is_unsafe(told, int(cells[asked]), float(interval[asked])):
            continue
        if not any(is_unsafe(told, int(cell), float(wide)) for cell, wide in zip(cells, interval, strict=True)):
            reader, added[place] = told, False
    return added
