"""Estimates and their variance from sums by domain and cluster (the PSU-totals method)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import sparse

from digiskills.estimates.degrees_of_freedom import Stages, degrees_of_freedom
from digiskills.estimates.sample import People, Sample

ZERO_ERROR = 1e-12  # a standard error this small beside its estimate is rounding, not error
FEW_VALUES = 20_000
ZERO_SQUARES = 1e-13  # likewise for a sum of squares that was found by subtraction


class Squares(NamedTuple):
    """Sums over respondents of squares: rows x estimates of w²x², w²xy and w²y² (x is 1 but for a ratio)."""

    base: np.ndarray
    cross: np.ndarray
    value: np.ndarray


@dataclass(frozen=True)
class Sums:
    """Sums over answers: one row per domain and cluster that meet, one column per estimate.

    Parameters
    ----------
    domain, stratum : ndarray of int, one per row
        Position of the row's domain and stratum.
    domains : int
        How many domains there are.
    n : ndarray, rows x estimates
        Answers (unweighted).
    value : ndarray, rows x estimates
        Sum of weight times value: the numerator.
    base : ndarray, rows x estimates, or None
        The denominator: sum of weights for a mean; None for a total.
    squares : Squares or None
        Where a row is a whole stratum of a sample without clusters, and for the second stage of two.
    cluster : ndarray of int, one per row, or None
        Position of the row's cluster, for the second stage.
    """

    domain: np.ndarray
    stratum: np.ndarray
    domains: int
    n: np.ndarray
    value: np.ndarray
    base: np.ndarray | None
    squares: Squares | None = None
    cluster: np.ndarray | None = None


@dataclass(frozen=True)
class Results:
    """What is known of each domain (rows) and estimate (columns); NaN where there is no answer.

    `alone` is the share of the domain's weight in strata with one sampled cluster of several; `excess` how many times
    too large the error is by taking a cluster's share of people sampled for the domain's share (see `estimate`).
    """

    n: np.ndarray
    clusters: np.ndarray
    estimate: np.ndarray
    se: np.ndarray
    df: np.ndarray
    alone: np.ndarray | float = 0.0
    excess: np.ndarray | float = 1.0


def add(values: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """Add the rows of `values` that belong to the same group.

    Parameters
    ----------
    values : ndarray, rows x columns
        What to add.
    group : ndarray of int, one per row
        Group of the row; rows with -1 are left out.
    groups : int
        Number of groups.

    Returns
    -------
    ndarray, groups x columns
        One row per group.
    """
    rows = np.flatnonzero(group >= 0)
    if values.size < FEW_VALUES:  # the same additions in the same order, without the cost of making a matrix
        across = values.shape[1]
        place = (group[rows, None] * across + np.arange(across)).ravel()
        found = np.bincount(place, values[rows].ravel().astype(float), groups * across)
        return found.reshape(groups, across)
    ones = np.ones(len(rows))
    indicator = sparse.csr_array((ones, (group[rows], rows)), shape=(groups, len(group)))
    sums: np.ndarray = indicator @ values.astype(float)
    return sums


def estimate(sums: Sums, sample: Sample, df: str) -> Results:
    """Estimate and design-based standard error of each domain and column.

    Parameters
    ----------
    sums : Sums
        Sums by domain and cluster of the answered rows.
    sample : Sample
        Strata and clusters of the whole sample, with those that no domain meets.
    df : {"domain", "design"}
        Whether degrees of freedom are made of the clusters, strata and answers of the domain, or of the sample.

    Returns
    -------
    Results
        Arrays of domains x estimates.

    Notes
    -----
    u_hi = (Y_hi - R X_hi) / X for a ratio (a mean where X is the sum of weights), Y_hi for a total, and 0 for
    a cluster that the domain does not meet; V = sum_h f_h n_h/(n_h - 1) sum_i (u_hi - ubar_h)², with
    f_h = 1 - n_h/N_h and n_h the sampled clusters of the whole sample. Where the people M_i of the clusters
    are known, a second stage is added: sum_h n_h/N_h sum_i (1 - m_i/M_i) m_i/(m_i - 1) sum_j
    (u_hij - ubar_hi)² over the m_i sampled people, 0 for a single one. T. Lumley, Complex Surveys (2010),
    chapters 2 and 3, appendix C. Degrees of freedom: see `degrees_of_freedom`.

    The second stage takes the people of a cluster for a simple random sample of it. Where some were drawn more often
    than others, as their weights show, a domain of theirs has an error too large: `excess` is the error over that
    with (m_i/M_i) (W_i/m_i) n_di/w_di in the place of m_i/M_i, W_i the weights of the cluster's people sampled, and
    w_di those of the domain's n_di answers in it. It makes a note and moves no number.
    """
    n = add(sums.n, sums.domain, sums.domains)
    value, base = _totals(sums)
    found = np.divide(value, base, out=np.full(value.shape, np.nan), where=(n > 0) & (base != 0))
    linear = _linear(sums, found, base)
    moments = _moments(sums, linear, sample)
    within, own = _second_stage(sums, linear, sample)
    stages = Stages(*_first_stage(moments, sample), within)
    se = np.sqrt(np.maximum(stages.variance, 0))
    se[se < ZERO_ERROR * np.abs(found)] = 0
    se[np.isnan(found)] = np.nan
    clusters = moments.present.sum(axis=1).round().astype(int)
    free = degrees_of_freedom(stages, np.moveaxis(moments.present, 1, 0), n, sample, df)
    excess = _excess(stages.variance, stages.variance - within + own)
    return Results(n.round().astype(int), clusters, found, se, free, _alone(sums, sample), excess)


class _Moments(NamedTuple):
    """Of the linearised cluster totals: arrays of domains x strata x estimates."""

    total: np.ndarray
    squares: np.ndarray  # about the stratum's mean over all its sampled clusters
    present: np.ndarray  # clusters with an answer
    met: np.ndarray


def _totals(sums: Sums) -> tuple[np.ndarray, np.ndarray]:
    value = add(sums.value, sums.domain, sums.domains)
    base = np.ones_like(value) if sums.base is None else add(sums.base, sums.domain, sums.domains)
    return value, base


class _Linear(NamedTuple):
    """The linearised variable summed over each row, and what made it: arrays of rows x estimates."""

    value: np.ndarray
    ratio: np.ndarray
    base: np.ndarray


def _linear(sums: Sums, found: np.ndarray, base: np.ndarray) -> _Linear:
    safe = np.where(base == 0, 1, base)[sums.domain]
    if sums.base is None:
        return _Linear(sums.value / safe, np.zeros_like(sums.value), safe)
    ratio = np.nan_to_num(found)[sums.domain]
    return _Linear((sums.value - ratio * sums.base) / safe, ratio, safe)


def _moments(sums: Sums, linear: _Linear, sample: Sample) -> _Moments:
    strata = len(sample.strata)
    shape = (sums.domains, strata, sums.n.shape[1])
    cell, cells = sums.domain * strata + sums.stratum, sums.domains * strata
    of_respondents = sums.squares is not None and not sample.clustered
    total = add(linear.value, cell, cells).reshape(shape)
    present = add(sums.n if of_respondents else sums.n > 0, cell, cells).reshape(shape)
    mean = total / sample.sampled[:, None]
    if of_respondents:
        squared, size = (add(part, cell, cells).reshape(shape) for part in _squared(sums, linear))
        squares = _about_mean(squared, size, total * mean)
    else:
        off = np.where(sums.n > 0, linear.value - mean.reshape(-1, shape[2])[cell], 0) ** 2
        squares = add(off, cell, cells).reshape(shape) + (sample.sampled[:, None] - present) * mean**2
    return _Moments(total, squares, present, present > 0)


def _squared(sums: Sums, linear: _Linear) -> tuple[np.ndarray, np.ndarray]:
    """Sum of u² over the respondents of each row, and the size of the terms that it is the difference of."""
    assert sums.squares is not None
    cross, square = linear.ratio * sums.squares.cross, linear.ratio**2 * sums.squares.base
    found, size = sums.squares.value - 2 * cross + square, sums.squares.value + 2 * np.abs(cross) + square
    return found / linear.base**2, size / linear.base**2


def _about_mean(squared: np.ndarray, size: np.ndarray, mean_part: np.ndarray) -> np.ndarray:
    """Sum of squares about the mean; what rounding alone could leave is 0."""
    found = squared - mean_part
    return np.where(found < ZERO_SQUARES * size, 0, found)


def _second_stage(sums: Sums, linear: _Linear, sample: Sample) -> tuple[np.ndarray, np.ndarray]:
    """Variance from the people drawn within clusters, by the cluster's share of people and by the domain's own.

    0 where clusters count as observed whole.
    """
    if sample.people is None or sums.cluster is None:
        nothing = np.zeros((sums.domains, sums.n.shape[1]))
        return nothing, nothing
    sampled, population = (counts[sums.cluster] for counts in sample.people[:2])
    share = (sampled / population)[:, None]
    several = np.where(sampled > 1, sampled / np.maximum(sampled - 1, 1), 0)
    drawn = (1 - sample.not_sampled)[sums.stratum]
    squares = (drawn * several)[:, None] * _about_mean(*_squared(sums, linear), linear.value**2 / sampled[:, None])
    left, own = (1 - share) * squares, (1 - _own_share(sums, sample.people, share)) * squares
    return add(left, sums.domain, sums.domains), add(own, sums.domain, sums.domains)


def _own_share(sums: Sums, people: People, share: np.ndarray) -> np.ndarray:
    """Share of a domain's people who were sampled, cluster by cluster: its mean weight tells beside the cluster's."""
    if sums.base is None or people.weight is None:
        return np.broadcast_to(share, sums.n.shape)
    of_cluster = (people.weight / people.sampled)[sums.cluster][:, None]
    known = (sums.n > 0) & (sums.base > 0)
    lighter = np.divide(of_cluster * sums.n, sums.base, out=np.ones(sums.n.shape), where=known)
    return np.asarray(np.minimum(share * lighter, 1))


def _excess(variance: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Root of one variance over another; infinite where nothing is left of the other, 1 where there is neither."""
    some, left = variance > 0, own > ZERO_SQUARES * variance
    ratio = np.divide(variance, own, out=np.full(variance.shape, np.inf), where=some & left)
    return np.asarray(np.where(some, np.sqrt(ratio), 1.0))


def _first_stage(moments: _Moments, sample: Sample) -> tuple[np.ndarray, np.ndarray]:
    """Variance between clusters, and that of lonely clusters where it is had from the cluster itself."""
    several = np.where(sample.sampled > 1, sample.sampled / np.maximum(sample.sampled - 1, 1), 0)
    variance = _over_strata(sample.not_sampled * several, moments.squares)
    if sample.lonely == "average":
        variance = variance * _averaged(moments, sample)
    return variance, _adjusted(moments, sample) if sample.lonely == "adjust" else np.zeros_like(variance)


def _over_strata(factor: np.ndarray, squares: np.ndarray) -> np.ndarray:
    total: np.ndarray = np.einsum("h,dhk->dk", factor, squares)
    return total


def _adjusted(moments: _Moments, sample: Sample) -> np.ndarray:
    """Lonely clusters about the mean of all cluster totals of the strata met (R survey >= 4.4)."""
    clusters = (moments.met * sample.sampled[:, None]).sum(axis=1)
    centre = moments.total.sum(axis=1) / np.maximum(clusters, 1)
    off = (moments.total - centre[:, None]) ** 2 * moments.met
    return _over_strata(sample.not_sampled * sample.alone, off)


def _averaged(moments: _Moments, sample: Sample) -> np.ndarray:
    """Strata met over strata met that can give a variance; NaN where none can."""
    met = moments.met.sum(axis=1)
    usable = (moments.met & ~sample.alone[:, None]).sum(axis=1)
    factor: np.ndarray = np.divide(met, usable, out=np.full(met.shape, np.nan), where=usable > 0)
    return factor


def _alone(sums: Sums, sample: Sample) -> np.ndarray | float:
    """Share of each domain's weight (of a total, where there is no denominator) in strata with a lonely cluster."""
    if not sample.alone.any():
        return 0.0
    held = np.abs(sums.value if sums.base is None else sums.base)
    of_alone, whole = (
        add(part, sums.domain, sums.domains) for part in (held * sample.alone[sums.stratum][:, None], held)
    )
    share: np.ndarray = np.divide(of_alone, whole, out=np.zeros(np.shape(whole)), where=whole > 0)
    return share
