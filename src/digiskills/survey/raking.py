"""Weights that add up to known heads: raking and post-stratification."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.errors import DesignError, UsageError, nearest

ROUNDS = 500
TOLERANCE = 1e-10  # largest relative distance left between a sum of weights and its target
AGREE = 1e-6  # how far apart, relatively, the sums of two margins may be


def rake(frame: pd.DataFrame, weight: str, targets: Sequence[pd.DataFrame], heads: str = "heads") -> pd.Series:
    """Return weights whose sums are the known heads of every margin.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent, with the weight and the columns of the margins.
    weight : str
        Column of design weights, above 0.
    targets : sequence of DataFrame
        One per margin: a row per category (or combination of categories), with `heads`.
    heads : str
        Column of people in the population.

    Returns
    -------
    Series
        One weight per row of `frame`.

    Raises
    ------
    DesignError
        With everything that is wrong: categories without a target, targets without a respondent, margins that
        do not add up to the same number, weights that are no weights; or if margins contradict each other.

    Notes
    -----
    Iterative proportional fitting: each margin in turn multiplies the weights of a category by heads / sum.
    W. E. Deming and F. F. Stephan, Annals of Mathematical Statistics 11 (1940) 427-444. One margin is
    post-stratification, done in one round.
    """
    margins = _margins(frame, weight, targets, heads)
    found = frame[weight].to_numpy(dtype=float)
    for _ in range(ROUNDS):
        for codes, wanted in margins:
            sums = np.bincount(codes, found, len(wanted))
            found = found * np.divide(wanted, sums, out=np.zeros(len(wanted)), where=sums > 0)[codes]
        worst = max(float(np.max(np.abs(np.bincount(at, found, len(to)) / to - 1))) for at, to in margins)
        if worst < TOLERANCE:
            return pd.Series(found, index=frame.index, name=weight)
    raise DesignError(f"targets: the margins contradict each other: weights do not settle in {ROUNDS} rounds")


def poststratify(frame: pd.DataFrame, weight: str, targets: pd.DataFrame, heads: str = "heads") -> pd.Series:
    """Return weights whose sums are the known heads of every post-stratum.

    Parameters
    ----------
    frame, weight
        As for `rake`.
    targets : DataFrame
        One row per post-stratum: the columns that make it, and `heads`.
    heads : str
        As for `rake`.

    Returns
    -------
    Series
        One weight per row of `frame`.
    """
    return rake(frame, weight, [targets], heads)


def _margins(
    frame: pd.DataFrame, weight: str, targets: Sequence[pd.DataFrame], heads: str
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The category of each respondent and the heads of each category, by margin."""
    _check_names(frame, weight, targets, heads)
    given = frame[weight].to_numpy(dtype=float)
    problems = _weight_problems(weight, given)
    margins = []
    for target in targets:
        names = [name for name in target.columns if name != heads]
        keys = pd.MultiIndex.from_frame(target[names].astype(str))
        codes = keys.get_indexer(pd.MultiIndex.from_frame(frame[names].astype(str))) if keys.is_unique else None
        wanted = target[heads].to_numpy(dtype=float)
        problems += _target_problems(frame, names, keys, codes, wanted)
        margins.append((codes, wanted))
    sums = [float(wanted.sum()) for _, wanted in margins]
    if max(sums) - min(sums) > AGREE * max(sums):
        problems.append(f"targets: the margins add up to different numbers: {', '.join(f'{each:g}' for each in sums)}")
    if problems:
        raise DesignError("\n".join(problems))
    return [(codes, wanted) for codes, wanted in margins if codes is not None]


def _check_names(frame: pd.DataFrame, weight: str, targets: Sequence[pd.DataFrame], heads: str) -> None:
    there = [str(name) for name in frame.columns]
    if not targets:
        raise UsageError("targets: none were given; one table of heads per margin")
    problems = [f"targets: no column ‘{heads}’" for target in targets if heads not in target]
    asked = [weight, *(str(name) for target in targets for name in target.columns if name != heads)]
    problems += [f"no column ‘{name}’; {nearest(name, there)}" for name in asked if name not in there]
    if problems:
        raise UsageError("\n".join(problems))


def _weight_problems(weight: str, given: np.ndarray) -> list[str]:
    wrong = np.flatnonzero(~(np.isfinite(given) & (given > 0)))
    return [f"{weight}: {given[wrong[0]]} is no weight, in row {wrong[0] + 2}"] if len(wrong) else []


def _target_problems(
    frame: pd.DataFrame, names: list[str], keys: pd.MultiIndex, codes: np.ndarray | None, wanted: np.ndarray
) -> list[str]:
    margin = " × ".join(names)
    if codes is None:
        twice = [_cell(key) for key in keys[keys.duplicated()].unique()]
        return [f"targets: {margin} has {', '.join(twice)} twice"]
    labels = [_cell(key) for key in keys]
    problems = [
        f"targets: {margin} {label}: {number:g} is not a number of people above 0"
        for label, number in zip(labels, wanted, strict=True)
        if not (np.isfinite(number) and number > 0)
    ]
    unknown = frame.loc[codes < 0, names].astype(str).drop_duplicates()
    problems += [f"targets: {margin} has no {_cell(tuple(row))}, which respondents have" for row in unknown.to_numpy()]
    empty = np.bincount(codes[codes >= 0], minlength=len(wanted)) == 0
    problems += [
        f"targets: nobody answered in {margin} {label}: put it together with another"
        for label, nobody in zip(labels, empty, strict=True)
        if nobody
    ]
    return problems


def _cell(key: tuple[str, ...]) -> str:
    return ", ".join(str(part) for part in key)
