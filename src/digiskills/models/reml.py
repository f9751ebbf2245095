"""The restricted likelihood of a random department, as a function of one number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import optimize, stats

GRID = 101  # where the likelihood is looked at before it is searched
LARGEST = 1 - 1e-9  # of the intra-class correlation
CLOSE = 1e-12


class Solved(NamedTuple):
    """Fixed effects and residual variance at one intra-class correlation."""

    estimate: np.ndarray
    residual: np.ndarray
    variance: float  # of the residuals
    information: np.ndarray  # X'V^-1 X times that variance
    deviance: float  # minus twice the restricted log-likelihood


@dataclass(frozen=True, eq=False)
class Grouped:
    """Outcome and predictors of respondents in departments.

    Parameters
    ----------
    outcome : ndarray
        Of each respondent.
    matrix : ndarray, respondents x columns
        Predictors with a constant.
    group : ndarray of int
        Position of each respondent's department.
    """

    outcome: np.ndarray
    matrix: np.ndarray
    group: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """Respondents of each department."""
        return np.bincount(self.group)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Sums by department of one or several columns."""
        table = np.zeros((len(self.sizes), *values.shape[1:]))
        np.add.at(table, self.group, values)
        return table

    def at(self, icc: float) -> Solved:
        """Generalised least squares at an intra-class correlation.

        Parameters
        ----------
        icc : float
            Share of the variance that lies between departments, 0 to below 1.

        Returns
        -------
        Solved
            With the deviance, whose constants are left out.

        Notes
        -----
        V_j = s² (I + r 11'), r = icc / (1 - icc), V_j^-1 s² = I - r / (1 + n_j r) 11'; -2 log L =
        (n - p) log s² + sum_j log(1 + n_j r) + log det X'V^-1X s², s² = e'V^-1e s² / (n - p). D. A. Harville,
        Journal of the American Statistical Association 72 (1977) 320-338.
        """
        ratio = icc / (1 - icc)
        pull = ratio / (1 + self.sizes * ratio)
        of_groups = self.sums(self.matrix)
        information = self.matrix.T @ self.matrix - of_groups.T @ (pull[:, None] * of_groups)
        right = self.matrix.T @ self.outcome - of_groups.T @ (pull * self.sums(self.outcome))
        estimate = np.linalg.solve(information, right)
        residual = self.outcome - self.matrix @ estimate
        left = len(self.outcome) - len(estimate)
        variance = (residual @ residual - pull @ self.sums(residual) ** 2) / left
        spread = np.log1p(self.sizes * ratio).sum() + np.linalg.slogdet(information)[1]
        return Solved(estimate, residual, float(variance), information, float(left * np.log(variance) + spread))


def best(groups: Grouped) -> float:
    """Intra-class correlation of the highest restricted likelihood; 0 where it lies on the edge.

    Parameters
    ----------
    groups : Grouped
        Respondents in departments.

    Returns
    -------
    float
        From 0 to below 1.
    """
    grid = np.linspace(0, LARGEST, GRID)
    at = int(np.argmin([groups.at(icc).deviance for icc in grid]))
    around = (grid[max(at - 1, 0)], grid[min(at + 1, GRID - 1)])
    found = optimize.minimize_scalar(
        lambda icc: groups.at(icc).deviance, bounds=around, method="bounded", options={"xatol": CLOSE}
    )
    return 0.0 if groups.at(0).deviance <= found.fun else float(found.x)


def interval(groups: Grouped, icc: float, confidence: float) -> tuple[float, float]:
    """Intra-class correlations that a likelihood-ratio test does not refuse.

    Parameters
    ----------
    groups : Grouped
        Respondents in departments.
    icc : float
        The best one.
    confidence : float
        As 0.95.

    Returns
    -------
    tuple of float
        Low (0 where the test does not refuse it) and high.
    """
    most = groups.at(icc).deviance + stats.chi2.ppf(confidence, 1)
    low = 0.0 if icc == 0 else _crossing(groups, most, 0, icc, 0.0)
    return low, _crossing(groups, most, LARGEST, icc, 1.0)


def _crossing(groups: Grouped, most: float, end: float, icc: float, without: float) -> float:
    """Where the deviance reaches its most between the best value and an end."""
    if groups.at(end).deviance <= most:
        return without
    return float(optimize.brentq(lambda value: groups.at(value).deviance - most, *sorted((end, icc)), xtol=CLOSE))
