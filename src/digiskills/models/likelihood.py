"""The likelihood of the proportional odds model, with exact derivatives."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import optimize, special

from digiskills.models.problems import settled

NEAR = 1e-5  # of the gradient per respondent, before the last steps
MOST_ROUNDS = 500


class Found(NamedTuple):
    """Where the likelihood is highest: slopes then thresholds."""

    estimate: np.ndarray
    scores: np.ndarray  # respondents x parameters, unweighted
    information: np.ndarray
    loglik: float


@dataclass(frozen=True, eq=False)
class CumulativeLogit:
    """P(answer <= k) = expit(threshold_k - x'b), for answers 0 to K - 1.

    Parameters
    ----------
    answer : ndarray of int
        Position of each respondent's answer.
    matrix : ndarray, respondents x slopes
        Predictors, without a constant.
    weight : ndarray
        Of each respondent.
    answers : int
        How many answers there are (K).
    """

    answer: np.ndarray
    matrix: np.ndarray
    weight: np.ndarray
    answers: int

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of the upper and of the lower bound by the parameters; 0 where a bound is infinite."""
        marks = np.eye(self.answers + 1)[:, 1:-1]  # thresholds 1..K-1 of the bounds 0..K
        upper = np.hstack([-self.matrix, marks[self.answer + 1]])
        lower = np.hstack([-self.matrix, marks[self.answer]])
        upper[self.answer == self.answers - 1] = 0
        lower[self.answer == 0] = 0
        return upper, lower

    def start(self) -> np.ndarray:
        """No slopes, and the thresholds of the shares."""
        shares = np.bincount(self.answer, weights=self.weight, minlength=self.answers).cumsum()[:-1]
        return np.concatenate([np.zeros(self.matrix.shape[1]), special.logit(shares / self.weight.sum())])

    def at(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log-likelihood and scores by respondent, and the weighted information.

        Parameters
        ----------
        parameters : ndarray
            Slopes, then ascending thresholds.

        Returns
        -------
        tuple of ndarray
            Respondents; respondents x parameters; parameters x parameters.

        Notes
        -----
        With P = F(u) - F(l) the score is (f(u) u' - f(l) l') / P, and the second derivative
        (f'(u) u'u'' - f'(l) l'l'') / P less the square of the score. P. McCullagh, Journal of the Royal
        Statistical Society B 42 (1980) 109-142.
        """
        upper, lower = self.bounds
        top, bottom = upper @ parameters, lower @ parameters
        last, first = self.answer == self.answers - 1, self.answer == 0
        share = self._share(top, bottom, last, first)
        up, down = (special.expit(end) * special.expit(-end) for end in (top, bottom))
        up, down = np.where(last, 0, up), np.where(first, 0, down)
        scores = ((up / share)[:, None] * upper) - ((down / share)[:, None] * lower)
        bend_up = self.weight * up * -np.tanh(top / 2) / share
        bend_down = self.weight * down * -np.tanh(bottom / 2) / share
        second = upper.T @ (bend_up[:, None] * upper) - lower.T @ (bend_down[:, None] * lower)
        information = scores.T @ (self.weight[:, None] * scores) - second
        return np.log(share), scores, information

    @staticmethod
    def _share(top: np.ndarray, bottom: np.ndarray, last: np.ndarray, first: np.ndarray) -> np.ndarray:
        """P, by the tail in which least cancels; tiny and not negative where thresholds cross on the way."""
        middle = np.where(
            bottom > 0,
            special.expit(-bottom) - special.expit(-top),
            special.expit(top) - special.expit(bottom),
        )
        share = np.select([first, last], [special.expit(top), special.expit(-bottom)], middle)
        return np.asarray(np.maximum(share, np.finfo(float).tiny))


def highest(model: CumulativeLogit, name: str) -> Found:
    """Find where the weighted likelihood is highest.

    Parameters
    ----------
    model : CumulativeLogit
        Answers and predictors; no separation.
    name : str
        The outcome, for messages.

    Returns
    -------
    Found
        Parameters with scores and information there.

    Raises
    ------
    ModelError
        If the search does not settle.

    Notes
    -----
    The log-likelihood is concave in slopes and thresholds (J. W. Pratt, Journal of the American Statistical
    Association 76 (1981) 103-106), so that there is one top. Newton's method in a trust region, on
    predictors of one scale.
    """
    centre, scale = model.matrix.mean(axis=0), model.matrix.std(axis=0)
    scaled = dataclasses.replace(model, matrix=(model.matrix - centre) / scale)
    found, size = model.start(), model.weight.sum()
    with np.errstate(over="ignore", invalid="ignore"):
        found = optimize.minimize(
            lambda at: -(model.weight @ scaled.at(at)[0]) / size,
            found,
            jac=lambda at: -(model.weight @ scaled.at(at)[1]) / size,
            hess=lambda at: scaled.at(at)[2] / size,
            method="trust-exact",
            options={"gtol": NEAR, "maxiter": MOST_ROUNDS},
        ).x
    slopes = found[: len(scale)] / scale
    near = np.concatenate([slopes, found[len(scale) :] + centre @ slopes])
    estimate = settled(near, lambda at: (model.weight @ model.at(at)[1], model.at(at)[2]), name)
    logs, scores, information = model.at(estimate)
    return Found(estimate, scores, information, float(model.weight @ logs))
