"""Proportional odds by maximum likelihood on counted answers, for tests of one item among several groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

MOST_STEPS = 100
CLOSE = 1e-10
LEAST = 1e-300  # a probability that is not divided by as 0


@dataclass(frozen=True)
class OrdinalLogit:
    """A fitted model.

    Parameters
    ----------
    thresholds, slopes : ndarray of float
        Of logit P(Y <= j) = threshold j - x slopes.
    loglik : float
        Log-likelihood.
    converged : bool
        Whether it no longer rose.
    """

    thresholds: np.ndarray
    slopes: np.ndarray
    loglik: float
    converged: bool


def ordinal_logit(counts: np.ndarray, design: np.ndarray) -> OrdinalLogit:
    """Return the proportional-odds model of an item.

    Parameters
    ----------
    counts : ndarray of float, rows x answers
        Respondents of each row by answer, answers in order, each given by somebody.
    design : ndarray of float, rows x slopes
        What each row has in common; no constant, because the thresholds hold it.

    Returns
    -------
    OrdinalLogit
        From Fisher's scoring, steps halved until the likelihood rises.

    Notes
    -----
    McCullagh (1980), Journal of the Royal Statistical Society B 42, 109-142.
    """
    share = np.cumsum(counts.sum(axis=0))[:-1] / counts.sum()
    point = np.concatenate([special.logit(share), np.zeros(design.shape[1])])
    loglik, converged = _loglik(point, counts, design), False
    for _ in range(MOST_STEPS):
        step = _step(point, counts, design)
        point, risen = _climb(point, step, loglik, counts, design)
        converged = risen - loglik < CLOSE * max(1.0, abs(loglik))
        loglik = risen
        if converged:
            break
    cut = counts.shape[1] - 1
    return OrdinalLogit(point[:cut], point[cut:], loglik, converged)


def _cumulative(point: np.ndarray, answers: int, design: np.ndarray) -> np.ndarray:
    return np.asarray(special.expit(point[: answers - 1] - (design @ point[answers - 1 :])[:, None]))


def _probabilities(cumulative: np.ndarray) -> np.ndarray:
    return np.diff(cumulative, axis=1, prepend=0.0, append=1.0)


def _loglik(point: np.ndarray, counts: np.ndarray, design: np.ndarray) -> float:
    """Return the log-likelihood, minus infinity where thresholds are out of order."""
    if (np.diff(point[: counts.shape[1] - 1]) <= 0).any():
        return -np.inf
    probability = _probabilities(_cumulative(point, counts.shape[1], design))
    return float(special.xlogy(counts, np.maximum(probability, LEAST)).sum())


def _step(point: np.ndarray, counts: np.ndarray, design: np.ndarray) -> np.ndarray:
    """Return the expected information's step towards the maximum."""
    cumulative = _cumulative(point, counts.shape[1], design)
    slope = cumulative * (1 - cumulative)
    probability = np.maximum(_probabilities(cumulative), LEAST)
    residual = counts / probability
    score = slope * (residual[:, :-1] - residual[:, 1:])
    gradient = np.concatenate([score.sum(axis=0), -design.T @ score.sum(axis=1)])
    information = _information(slope, probability, counts.sum(axis=1), design)
    return np.asarray(np.linalg.lstsq(information, gradient, rcond=None)[0])


def _information(slope: np.ndarray, probability: np.ndarray, people: np.ndarray, design: np.ndarray) -> np.ndarray:
    """Return the expected information; that of a row is a band of three about its thresholds."""
    cut = slope.shape[1]
    row = np.zeros((len(slope), cut, cut))
    at = np.arange(cut)
    row[:, at, at] = slope**2 * (1 / probability[:, :-1] + 1 / probability[:, 1:])
    beside = -slope[:, :-1] * slope[:, 1:] / probability[:, 1:-1]
    row[:, at[:-1], at[1:]] = row[:, at[1:], at[:-1]] = beside
    row *= people[:, None, None]
    across = -row.sum(axis=2).T @ design
    within = (design * row.sum(axis=(1, 2))[:, None]).T @ design
    return np.block([[row.sum(axis=0), across], [across.T, within]])


def _climb(
    point: np.ndarray, step: np.ndarray, loglik: float, counts: np.ndarray, design: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return a point of higher likelihood along a step, or the point itself."""
    for halvings in range(30):
        there = point + step / 2**halvings
        risen = _loglik(there, counts, design)
        if risen >= loglik:
            return there, risen
    return point, loglik
