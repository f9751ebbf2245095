"""Agreement of coders corrected for chance: Cohen, Fleiss and Gwet."""

from __future__ import annotations

import numpy as np

from digiskills.agreement.patterns import Patterns

PARTIAL_CREDIT = ("identity", "linear", "quadratic")


def credit(kind: str, scores: np.ndarray) -> np.ndarray:
    """Return how far two values count as agreement, 1 for the same value.

    Parameters
    ----------
    kind : {"identity", "linear", "quadratic"}
        Nothing for different values; or 1 less their distance, or squared distance, over the largest.
    scores : ndarray of float
        Number of each value.

    Returns
    -------
    ndarray of float, values x values
        Between 0 and 1.
    """
    if kind == "identity" or len(scores) < 2:
        return np.eye(len(scores))
    distance = np.abs(scores[:, None] - scores[None, :]) / np.ptp(scores)
    return np.asarray(1 - distance ** (1 if kind == "linear" else 2))


def agreement(ratings: Patterns, times: np.ndarray, kind: str = "identity") -> np.ndarray:
    """Return the share of pairs of coders who agree, averaged over units.

    Parameters
    ----------
    ratings : Patterns
        Coded units.
    times : ndarray of float, (resamples x) patterns
        Units of each pattern.
    kind : {"identity", "linear", "quadratic"}
        Partial credit, see `credit`.

    Returns
    -------
    ndarray of float
        One per row of `times`; NaN where no unit has two codings.

    Notes
    -----
    Mean over units with r >= 2 codings of sum_k r_k (sum_l w_kl r_l - 1) / (r (r - 1)), r_k coders giving value
    k (Gwet 2014, Handbook of Inter-Rater Reliability, 4th edition, chapter 3). Not corrected for chance, so it
    is defined where all codings are the same.
    """
    shared, coded = ratings.counts @ credit(kind, ratings.scores), ratings.coded
    pairs = (ratings.counts * (shared - 1)).sum(axis=1) / np.maximum(coded * (coded - 1), 1)
    compared = times * ratings.comparable
    return np.asarray(compared @ pairs / compared.sum(axis=-1))


def kappa(ratings: Patterns, times: np.ndarray, kind: str = "identity") -> np.ndarray:
    """Return Cohen's kappa of two coders, weighted where `kind` gives partial credit.

    Parameters
    ----------
    ratings : Patterns
        Units coded by two coders.
    times : ndarray of float, (resamples x) patterns
        Units of each pattern.
    kind : {"identity", "linear", "quadratic"}
        Partial credit, see `credit`.

    Returns
    -------
    ndarray of float
        One per row of `times`; NaN where there are not two coders or all codings are one value.

    Notes
    -----
    (p_o - p_e) / (1 - p_e) with p_e from each coder's own margins, on units that both coded. Cohen (1960),
    Educational and Psychological Measurement 20, 37-46; (1968), Psychological Bulletin 70, 213-220.
    """
    if ratings.codes.shape[1] != 2:
        return np.full(times.shape[:-1], np.nan)
    both = times * ratings.comparable
    size = len(ratings.scores)
    margins = [both @ (ratings.codes[:, coder, None] == np.arange(size)).astype(float) for coder in (0, 1)]
    total = both.sum(axis=-1)
    chance = ((margins[0] @ credit(kind, ratings.scores)) * margins[1]).sum(axis=-1) / total**2
    return corrected(ratings, times, agreement(ratings, times, kind), chance)


def fleiss(ratings: Patterns, times: np.ndarray) -> np.ndarray:
    """Return Fleiss' kappa of any number of coders.

    Parameters
    ----------
    ratings : Patterns
        Coded units.
    times : ndarray of float, (resamples x) patterns
        Units of each pattern.

    Returns
    -------
    ndarray of float
        One per row of `times`; NaN where all codings are one value.

    Notes
    -----
    p_e = sum_k p_k^2, p_k the mean share of value k over units. With the same number of codings per unit this is
    Fleiss (1971), Psychological Bulletin 76, 378-382; otherwise Gwet's (2014) extension: units with one coding
    count in p_k only.
    """
    return corrected(ratings, times, agreement(ratings, times), (_shares(ratings, times) ** 2).sum(axis=-1))


def ac(ratings: Patterns, times: np.ndarray, kind: str = "identity") -> np.ndarray:
    """Return Gwet's AC1, or AC2 where `kind` gives partial credit.

    Parameters
    ----------
    ratings : Patterns
        Coded units; every value that a coder could give counts, also one that nobody gave.
    times : ndarray of float, (resamples x) patterns
        Units of each pattern.
    kind : {"identity", "linear", "quadratic"}
        Partial credit, see `credit`.

    Returns
    -------
    ndarray of float
        One per row of `times`; NaN where all codings are one value (the formula would say 1).

    Notes
    -----
    p_e = sum_kl w_kl / (q (q - 1)) * sum_k p_k (1 - p_k) over q values. Gwet (2008), British Journal of
    Mathematical and Statistical Psychology 61, 29-48; AC2: Gwet (2014), chapter 3.
    """
    shares, values = _shares(ratings, times), len(ratings.scores)
    scale = credit(kind, ratings.scores).sum() / max(values * (values - 1), 1)
    chance = scale * (shares * (1 - shares)).sum(axis=-1)
    return corrected(ratings, times, agreement(ratings, times, kind), chance)


def prevalence(ratings: Patterns, times: np.ndarray) -> np.ndarray:
    """Return the share of codings that say yes, the second of two values.

    Parameters
    ----------
    ratings : Patterns
        Units coded no (0) or yes (1).
    times : ndarray of float, (resamples x) patterns
        Units of each pattern.

    Returns
    -------
    ndarray of float
        One per row of `times`, over units with two codings or more.
    """
    totals = (times * ratings.comparable) @ ratings.counts
    return np.asarray(totals[..., 1] / totals.sum(axis=-1))


def corrected(ratings: Patterns, times: np.ndarray, observed: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return agreement beyond chance over what was possible beyond chance.

    Parameters
    ----------
    ratings : Patterns
        Coded units.
    times : ndarray of float, (resamples x) patterns
        Units of each pattern.
    observed, chance : ndarray of float
        Agreement found and expected by chance.

    Returns
    -------
    ndarray of float
        NaN where all codings compared are one value.
    """
    return np.asarray(np.where(ratings.constant(times), np.nan, (observed - chance) / (1 - chance)))


def _shares(ratings: Patterns, times: np.ndarray) -> np.ndarray:
    """Return the mean share of each value over units with a coding."""
    return np.asarray(times @ (ratings.counts / ratings.coded[:, None]) / times.sum(axis=-1)[..., None])
