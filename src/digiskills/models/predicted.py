"""What a model predicts for respondents, on average, and how that moves with the parameters."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from digiskills.models.fit import Fit


class Average(NamedTuple):
    """Predictions for the respondents in a model: one column per answer of an ordinal outcome, else one.

    Parameters
    ----------
    each : ndarray, respondents x columns
        Prediction for each respondent.
    mean : ndarray, columns
        Their weighted mean.
    gradient : ndarray, columns x parameters
        Derivative of the mean by the parameters.
    """

    each: np.ndarray
    mean: np.ndarray
    gradient: np.ndarray


def average(fit: Fit, matrix: np.ndarray) -> Average:
    """Average prediction over the weighted respondents in a model.

    Parameters
    ----------
    fit : Fit
        A fitted model.
    matrix : ndarray, respondents x columns
        The design matrix, as it is or as it would be.

    Returns
    -------
    Average
        Means of a linear model; shares of yes of a logistic one; shares of each answer of an ordinal one.
    """
    weight = fit.rows.weight / fit.rows.weight.sum()
    if fit.model == "ordinal":
        return _shares(fit, matrix, weight)
    linear = matrix @ fit.estimate
    each = special.expit(linear) if fit.model == "logistic" else linear
    slope = each * (1 - each) if fit.model == "logistic" else np.ones_like(each)
    gradient = (weight * slope) @ matrix
    return Average(each[:, None], np.array([weight @ each]), gradient[None, :])


def _shares(fit: Fit, matrix: np.ndarray, weight: np.ndarray) -> Average:
    slopes = matrix.shape[1]
    bound = fit.estimate[slopes:][None, :] - (matrix @ fit.estimate[:slopes])[:, None]
    low = special.expit(bound)
    density = weight[:, None] * low * special.expit(-bound)
    of_bounds = np.hstack([-density.T @ matrix, np.diag(density.sum(axis=0))])
    edges = np.hstack([np.zeros((len(low), 1)), low, np.ones((len(low), 1))])
    nothing = np.zeros((1, len(fit.estimate)))
    each = np.diff(edges, axis=1)
    return Average(each, weight @ each, np.diff(np.vstack([nothing, of_bounds, nothing]), axis=0))
