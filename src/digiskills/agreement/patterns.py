"""Units that were coded alike, counted once: resampling units is then a matter of new counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest

CONFIDENCE = 0.95
AT_ONCE = 100  # resamples held in memory together
FEWEST_DEFINED = 0.95  # an interval over fewer of the resamples would leave out those without variation
LARGEST = np.iinfo(np.int64).max
SAME = 1e-12  # differences below it are rounding
REASONS = {
    "": "the estimate is defined",
    "no_common_units": "no unit was coded by two coders",
    "constant": "all codings of the units compared are the same value: there is no variation to agree on",
    "not_two_coders": "the coefficient is for two coders",
    "same_in_all_resamples": "every resample gives the same estimate, which says nothing of its uncertainty",
    "constant_resamples": "more than 5 % of the resamples have no variation, so no interval is given",
}


@dataclass(frozen=True)
class Patterns:
    """The distinct ways in which units were coded, and how many units each has.

    Parameters
    ----------
    codes : ndarray of int, patterns x coders
        Number of the value that a coder gave; -1 where the coder gave none.
    times : ndarray of float, patterns
        Units of each pattern.
    scores : ndarray of float, values
        Number of each value on its scale.
    """

    codes: np.ndarray
    times: np.ndarray
    scores: np.ndarray

    @cached_property
    def coded(self) -> np.ndarray:
        """Codings of a unit of each pattern."""
        return np.asarray((self.codes >= 0).sum(axis=1), dtype=float)

    @cached_property
    def counts(self) -> np.ndarray:
        """Coders who gave each value, patterns x values."""
        return np.asarray((self.codes[:, :, None] == np.arange(len(self.scores))).sum(axis=1), dtype=float)

    @property
    def comparable(self) -> np.ndarray:
        """Whether a unit of the pattern has two codings or more."""
        return self.coded >= 2

    @property
    def units(self) -> int:
        """Units with two codings or more."""
        return int(self.times[self.comparable].sum())

    def constant(self, times: np.ndarray) -> np.ndarray:
        """Whether all codings of comparable units are one value (or there are none), per row of `times`."""
        totals = (times * self.comparable) @ self.counts
        return np.asarray(totals.max(axis=-1, initial=0) >= totals.sum(axis=-1))


def patterns(codes: np.ndarray, scores: np.ndarray) -> Patterns:
    """Return the distinct rows of a table of codes with their counts.

    Parameters
    ----------
    codes : ndarray of int, units x coders
        Number of the value that a coder gave; -1 for none. Units without any are left out.
    scores : ndarray of float
        Number of each value on its scale.

    Returns
    -------
    Patterns
        In an order that does not depend on the order of the units.
    """
    given = codes[(codes >= 0).any(axis=1)]
    first, times = _distinct(combined(given, len(scores)))
    return Patterns(given[first], times.astype(float), scores)


def _distinct(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where each key stands first and how often it stands, in the order of the keys."""
    if keys.max(initial=0) > len(keys):
        _, first, times = np.unique(keys, return_index=True, return_counts=True)
        return first, times
    times = np.bincount(keys)  # keys this small need no sorting
    first = np.zeros(len(times), dtype=np.int64)
    first[keys[::-1]] = np.arange(len(keys))[::-1]
    return first[times > 0], times[times > 0]


def combined(codes: np.ndarray, values: int) -> np.ndarray:
    """Return one whole number per row, equal where the rows are equal.

    Parameters
    ----------
    codes : ndarray of int
        Numbers from -1 to `values` - 1.
    values : int
        How many values there are.

    Returns
    -------
    ndarray of int
        In the order of the rows, column by column; renumbered where a product would overflow.
    """
    key, most = np.zeros(len(codes), dtype=np.int64), 1
    for column in codes.T:
        if most > LARGEST // (values + 1):
            key = np.unique(key, return_inverse=True)[1]
            most = len(key) + 1
        key, most = key * (values + 1) + column + 1, most * (values + 1)
    return key


def of_frame(ratings: pd.DataFrame, values: Sequence[object] | None) -> tuple[Patterns, bool]:
    """Return the patterns of a table of ratings, and whether its values are numbers.

    Parameters
    ----------
    ratings : DataFrame
        One row per unit, one column per coder; null where a coder gave nothing.
    values : sequence, optional
        The values in order; by default those that occur, sorted.

    Returns
    -------
    tuple of Patterns and bool
        The scores are the numbers themselves, or 0, 1, 2 in the order of words.

    Raises
    ------
    UsageError
        If there is only one coder, values are of two kinds, or a rating is not among them.
    """
    if ratings.shape[1] < 2:
        raise UsageError(f"ratings: agreement needs two coders or more, one column each; {ratings.shape[1]} given")
    found = pd.unique(pd.concat([ratings[coder] for coder in ratings], ignore_index=True).dropna())
    known = _sorted(found.tolist()) if values is None else list(values)
    unknown = [str(value) for value in found if value not in known]
    if unknown:
        raise UsageError(f"ratings: ‘{unknown[0]}’ is not among the values; {nearest(unknown[0], map(str, known))}")
    index = pd.Index(known)
    codes = np.stack([index.get_indexer(pd.Index(ratings[coder])) for coder in ratings], axis=1)
    # Where nobody gave anything, there is nothing that could be a word.
    numeric = not known or (pd.api.types.is_numeric_dtype(index) and not pd.api.types.is_bool_dtype(index))
    scores = index.to_numpy(dtype=float) if numeric else np.arange(len(known), dtype=float)
    return patterns(codes, scores), numeric


def _sorted(found: list[Any]) -> list[Any]:
    """Return the values that were given in order."""
    try:
        return sorted(found)
    except TypeError:
        kinds = ", ".join(sorted({type(value).__name__ for value in found}))
        raise UsageError(
            f"ratings: values of more than one kind ({kinds}); give all as numbers or all as words"
        ) from None


def resampled(times: np.ndarray, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Yield new counts of units per pattern, some resamples at once.

    Parameters
    ----------
    times : ndarray of float
        Units of each pattern.
    resamples : int
        How many samples of as many units, drawn with replacement.
    seed : int
        The same seed gives the same samples.

    Yields
    ------
    ndarray of float, resamples x patterns
        Drawing units with replacement is drawing the counts of their patterns from a multinomial.
    """
    draw = np.random.default_rng(seed)
    units = int(times.sum())
    for start in range(0, resamples, AT_ONCE):
        size = min(AT_ONCE, resamples - start)
        yield draw.multinomial(units, times / units, size=size).astype(float)


def row(
    estimator: Callable[[np.ndarray], np.ndarray], times: np.ndarray, resamples: int, seed: int
) -> dict[str, object]:
    """Return an estimate with its interval over resampled units.

    Parameters
    ----------
    estimator : callable
        Takes counts of units per pattern (any number of rows) and returns one estimate per row, NaN where it
        is undefined.
    times : ndarray of float
        Units of each pattern.
    resamples, seed : int
        Number of resamples, 0 for no interval, and their seed.

    Returns
    -------
    dict
        Estimate, low, high, reason (only that of a missing interval).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = float(estimator(times)) if times.sum() else np.nan
        if not resamples or np.isnan(estimate):
            return {"estimate": estimate, "low": np.nan, "high": np.nan, "reason": ""}
        draws = np.concatenate([estimator(drawn) for drawn in resampled(times, resamples, seed)])
    low, high, reason = _interval(draws)
    return {"estimate": estimate, "low": low, "high": high, "reason": reason}


def _interval(draws: np.ndarray) -> tuple[float, float, str]:
    """Return the percentiles of the resampled estimates, or why there are none."""
    defined = draws[~np.isnan(draws)]
    if len(defined) < FEWEST_DEFINED * len(draws):
        return np.nan, np.nan, "constant_resamples"
    if np.ptp(defined) < SAME:
        return np.nan, np.nan, "same_in_all_resamples"
    low, high = np.quantile(defined, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high), ""


def method(resamples: int, seed: int) -> dict[str, object]:
    """Return what a table of coefficients says about its making.

    Parameters
    ----------
    resamples, seed : int
        Those of the interval.

    Returns
    -------
    dict
        For `attrs["method"]`.
    """
    interval = f"percentiles of {resamples} samples of the units, seed {seed}" if resamples else "none"
    weights = "none: units count alike"
    return {"interval": interval, "confidence": CONFIDENCE, "weights": weights, "reasons": dict(REASONS)}
