"""Krippendorff's alpha for nominal, ordinal, interval and ratio values, with missing codes."""

from __future__ import annotations

import numpy as np

from digiskills.agreement.patterns import Patterns

LEVELS = ("nominal", "ordinal", "interval", "ratio")


def alpha(ratings: Patterns, times: np.ndarray, level: str = "nominal") -> np.ndarray:
    """Return Krippendorff's alpha.

    Parameters
    ----------
    ratings : Patterns
        Coded units; a unit with one coding drops out.
    times : ndarray of float, (resamples x) patterns
        Units of each pattern.
    level : {"nominal", "ordinal", "interval", "ratio"}
        How far apart two values are.

    Returns
    -------
    ndarray of float
        One per row of `times`; NaN where all codings compared are one value.

    Notes
    -----
    1 - D_o / D_e from the matrix of coincidences o_ck = sum over units of pairs (c, k) / (r - 1), with n_c its
    margins, n their sum: D_o = sum o_ck d_ck, D_e = sum n_c n_k d_ck / (n - 1). Krippendorff (2011), Computing
    Krippendorff's Alpha-Reliability.
    """
    found = _coincidences(ratings, times)
    margins = found.sum(axis=-1)
    apart = distances(level, ratings.scores, margins)
    observed = (found * apart).sum(axis=(-2, -1))
    expected = (margins[..., :, None] * margins[..., None, :] * apart).sum(axis=(-2, -1))
    estimate = 1 - (margins.sum(axis=-1) - 1) * observed / expected
    return np.asarray(np.where(ratings.constant(times), np.nan, estimate))


def distances(level: str, scores: np.ndarray, margins: np.ndarray) -> np.ndarray:
    """Return the squared distance between values.

    Parameters
    ----------
    level : {"nominal", "ordinal", "interval", "ratio"}
        1 for different values; the codings that lie between two ranks; the difference of two numbers; that
        difference over their sum.
    scores : ndarray of float, values
        Number of each value.
    margins : ndarray of float, (resamples x) values
        Codings of each value, for ranks.

    Returns
    -------
    ndarray of float, (resamples x) values x values
        Zero between a value and itself.
    """
    first, second = scores[:, None], scores[None, :]
    if level == "nominal":
        return np.asarray(first != second, dtype=float)
    if level == "interval":
        return np.asarray((first - second) ** 2)
    if level == "ratio":
        total = first + second
        return np.asarray(np.where(total == 0, 0.0, (first - second) / np.where(total == 0, 1, total)) ** 2)
    middle = np.cumsum(margins, axis=-1) - margins / 2  # mean rank of each value
    return np.asarray((middle[..., :, None] - middle[..., None, :]) ** 2)


def _coincidences(ratings: Patterns, times: np.ndarray) -> np.ndarray:
    """Return the pairs of values within units, each unit in proportion to its codings."""
    weight = times * ratings.comparable / np.maximum(ratings.coded - 1, 1)
    pairs = (ratings.counts.T * weight[..., None, :]) @ ratings.counts
    alone = weight @ ratings.counts  # a coding is no pair with itself
    return np.asarray(pairs - alone[..., :, None] * np.eye(len(ratings.scores)))
