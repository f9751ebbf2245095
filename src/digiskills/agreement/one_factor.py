"""One common factor by maximum likelihood, as McDonald's omega needs it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

LEAST_UNIQUE = 0.005  # share of an item's variance that is its own; less is an improper solution


@dataclass(frozen=True)
class OneFactor:
    """A factor fitted to correlations.

    Parameters
    ----------
    loadings : ndarray of float
        Of each item, standardised; the sum is not negative.
    unique : ndarray of float
        Share of each item's variance that is its own.
    reason : str
        Why the solution cannot be used: ``not_positive_definite``, ``improper``, ``no_convergence``; or empty.
    """

    loadings: np.ndarray
    unique: np.ndarray
    reason: str = ""


def one_factor(correlation: np.ndarray) -> OneFactor:
    """Return the factor of maximum likelihood.

    Parameters
    ----------
    correlation : ndarray of float, items x items
        Of three items or more; with two the loadings are not determined.

    Returns
    -------
    OneFactor
        NaN, with a reason, where the correlations are not those of one sample.

    Notes
    -----
    Given the unique shares psi, the best loadings are l = sqrt(psi) v sqrt(t - 1) with t, v the first eigenvalue
    and vector of psi^-1/2 R psi^-1/2; the discrepancy of the rest is minimised over psi. Joreskog (1967),
    Psychometrika 32, 443-482.
    """
    blank = np.full(len(correlation), np.nan)
    if np.linalg.eigvalsh(correlation)[0] <= 0:
        return OneFactor(blank, blank, "not_positive_definite")
    start = np.clip(1 / np.diag(np.linalg.inv(correlation)), LEAST_UNIQUE, 1)
    options = {"ftol": 1e-15, "gtol": 1e-10, "maxiter": 1000}
    found = optimize.minimize(
        _discrepancy, start, (correlation,), jac=True, bounds=[(LEAST_UNIQUE, 1)] * len(start), options=options
    )
    loadings = _loadings(found.x, correlation)
    if np.abs(_slope(found.x, loadings, correlation))[found.x > LEAST_UNIQUE].max(initial=0) > 1e-4:
        return OneFactor(blank, blank, "no_convergence")
    return OneFactor(loadings, found.x, "improper" if (found.x <= LEAST_UNIQUE).any() else "")


def omega(covariance: np.ndarray) -> tuple[float, str]:
    """Return McDonald's omega of a scale.

    Parameters
    ----------
    covariance : ndarray of float, items x items
        Of three items or more.

    Returns
    -------
    tuple of float and str
        Omega and, where it is NaN, the reason.

    Notes
    -----
    (sum l_i)^2 / ((sum l_i)^2 + sum u_i), loadings and unique variances in the units of the items. McDonald
    (1999), Test Theory, chapter 6. It assumes one factor, not that the items load on it alike as alpha does.
    """
    sd = np.sqrt(np.diag(covariance))
    factor = one_factor(covariance / np.outer(sd, sd))
    if factor.reason:
        return np.nan, factor.reason
    common = float((factor.loadings * sd).sum() ** 2)
    return common / (common + float((factor.unique * sd**2).sum())), ""


def _first(unique: np.ndarray, correlation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    root = np.sqrt(unique)
    return np.linalg.eigh(correlation / np.outer(root, root))


def _loadings(unique: np.ndarray, correlation: np.ndarray) -> np.ndarray:
    values, vectors = _first(unique, correlation)
    loadings = np.sqrt(unique) * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0))
    return np.asarray(loadings if loadings.sum() >= 0 else -loadings)


def _slope(unique: np.ndarray, loadings: np.ndarray, correlation: np.ndarray) -> np.ndarray:
    """Return the derivative of the discrepancy by the unique shares."""
    fitted = np.diag(np.outer(loadings, loadings)) + unique
    return np.asarray((fitted - np.diag(correlation)) / unique**2)


def _discrepancy(unique: np.ndarray, correlation: np.ndarray) -> tuple[float, np.ndarray]:
    rest = _first(unique, correlation)[0][:-1]
    return float((rest - np.log(rest) - 1).sum()), _slope(unique, _loadings(unique, correlation), correlation)
