"""Correlation of the normal variables that two ordinal items are thought to cut."""

from __future__ import annotations

import numpy as np
from scipy import optimize, special

NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)
BOUND = 0.999  # tables whose likelihood still rises there have no correlation


def polychoric(table: np.ndarray) -> float:
    """Return the polychoric correlation of a two-way table.

    Parameters
    ----------
    table : ndarray of float
        Respondents by answer to the one item (rows) and the other (columns), answers in order.

    Returns
    -------
    float
        Between -0.999 and 0.999; NaN where one item has one answer only, or the likelihood has no maximum in
        between, as in a table of two by two with an empty cell.

    Notes
    -----
    Two steps: thresholds from the margins, then the correlation of maximum likelihood. Olsson (1979),
    Psychometrika 44, 443-460.
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return np.nan
    rows, columns = _thresholds(table.sum(axis=1)), _thresholds(table.sum(axis=0))
    ends = [_score(bound, table, rows, columns) for bound in (-BOUND, BOUND)]
    if not (ends[0] > 0 > ends[1]):
        return np.nan
    return float(optimize.brentq(_score, -BOUND, BOUND, (table, rows, columns), xtol=1e-13))


def below(first: np.ndarray, second: np.ndarray, correlation: float) -> np.ndarray:
    """Return the probability that two standard normal variables lie below two thresholds.

    Parameters
    ----------
    first, second : ndarray of float
        Thresholds, finite.
    correlation : float
        Of the two variables.

    Returns
    -------
    ndarray of float
        One per pair of thresholds.

    Notes
    -----
    The product for independence plus the integral of the density over the correlation, r = sin(angle) (Drezner
    and Wesolowsky 1990, Journal of Statistical Computation and Simulation 35, 101-107), by 64 Gauss points.
    """
    half = np.arcsin(correlation) / 2
    angle = half * (NODES + 1)
    one, other = first[..., None], second[..., None]
    exponent = -(one**2 + other**2 - 2 * one * other * np.sin(angle)) / (2 * np.cos(angle) ** 2)
    area = half * (np.exp(exponent) @ WEIGHTS) / (2 * np.pi)
    return np.asarray(special.ndtr(first) * special.ndtr(second) + area)


def cells(rows: np.ndarray, columns: np.ndarray, correlation: float) -> np.ndarray:
    """Return the probabilities of the cells of a two-way table.

    Parameters
    ----------
    rows, columns : ndarray of float
        Thresholds between the answers, lowest first.
    correlation : float
        Of the variables that they cut.

    Returns
    -------
    ndarray of float
        One row and column more than there are thresholds.
    """
    corners = np.zeros((len(rows) + 2, len(columns) + 2))
    corners[1:-1, 1:-1] = below(rows[:, None], columns[None, :], correlation)
    corners[1:-1, -1], corners[-1, 1:-1], corners[-1, -1] = special.ndtr(rows), special.ndtr(columns), 1
    return np.diff(np.diff(corners, axis=0), axis=1)


def _thresholds(margin: np.ndarray) -> np.ndarray:
    return np.asarray(special.ndtri(np.cumsum(margin)[:-1] / margin.sum()))


def _score(correlation: float, table: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> float:
    """Return the derivative of the log-likelihood: that of a corner's probability is the density there."""
    density = np.zeros((len(rows) + 2, len(columns) + 2))
    free = 1 - correlation**2
    one, other = rows[:, None], columns[None, :]
    exponent = -(one**2 + other**2 - 2 * correlation * one * other) / (2 * free)
    density[1:-1, 1:-1] = np.exp(exponent) / (2 * np.pi * np.sqrt(free))
    # A cell that the thresholds make all but impossible must not divide by rounding.
    probability = np.maximum(cells(rows, columns, correlation), 1e-15)
    return float((table * np.diff(np.diff(density, axis=0), axis=1) / probability).sum())
