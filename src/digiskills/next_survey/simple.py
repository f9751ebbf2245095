"""Sizes of simple random samples, as the textbooks give them."""

from __future__ import annotations

import math

from scipy import stats

from digiskills.errors import UsageError

CONFIDENCE = 0.95


def check_margin(margin: float) -> None:
    """Refuse a margin that is not between 0 and 1 (levels of the scale, for a mean).

    Raises
    ------
    UsageError
        With the margin given.
    """
    if not 0 < margin < 1:
        raise UsageError(
            f"margin: {margin:g} is not between 0 and 1; a share takes 0.05 for 5 points either way, a mean 0.1 levels"
        )


def check_between(name: str, value: float, example: float) -> None:
    """Refuse a number that is not between 0 and 1.

    Raises
    ------
    UsageError
        With its name, the number given and one that would do.
    """
    if not 0 < value < 1:
        raise UsageError(f"{name}: {value:g} is not between 0 and 1; give {example:g}, for instance")


def simple_random_sample(
    margin: float, share: float = 0.5, heads: float = math.inf, quantile: float | None = None
) -> float:
    """Answers that a simple random sample needs for a share.

    Parameters
    ----------
    margin : float
        Half-width of the interval, as a share: 0.05 for 5 points either way.
    share : float
        The share expected; 0.5 needs the most answers.
    heads : float
        People in the population.
    quantile : float, optional
        Of the normal distribution; that of a 95 % interval by default.

    Returns
    -------
    float
        Not rounded; round up.

    Raises
    ------
    UsageError
        If the margin or the share is not between 0 and 1, or there are no people.

    Notes
    -----
    n0 = z² p (1 - p) / d² and n = n0 / (1 + (n0 - 1) / N). W. G. Cochran, Sampling Techniques (3rd edition, 1977),
    chapter 4. A survey of departments needs more: see `answers_needed`.
    """
    check_margin(margin)
    check_between("share", share, 0.5)
    if heads < 1:
        raise UsageError(f"heads: {heads:g} people cannot be asked; give 1 or more")
    z = float(stats.norm.ppf((1 + CONFIDENCE) / 2)) if quantile is None else quantile
    first = z**2 * share * (1 - share) / margin**2
    return first / (1 + (first - 1) / heads)
