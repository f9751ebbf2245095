"""Covariance of several estimates from their linearised cluster totals, in one stage or two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from digiskills.estimates.degrees_of_freedom import Stages, degrees_of_freedom
from digiskills.estimates.sample import Sample
from digiskills.estimates.variance import ZERO_ERROR, ZERO_SQUARES, add

Crossed = Callable[[int, int], "np.ndarray | None"]


@dataclass(frozen=True)
class Linearised:
    """Estimates and their linearised variable; columns are estimates, domain by domain within an estimand.

    Parameters
    ----------
    estimate, n, spread : ndarray, one per column
        The estimate, its answers (unweighted) and the weighted standard deviation of the values.
    base, squared : ndarray, one per column
        Sums of weights and of squared weights of the answers.
    total : ndarray, units x columns
        Sum of the linearised variable over the respondents of each sampled cluster (stratum, where the sample
        has no clusters).
    present : ndarray, units x columns
        Answers in each unit.
    stratum : ndarray of int, one per unit
        Position of the unit's stratum.
    squares : ndarray, columns x columns, or None
        Products of the linearised variable, summed over respondents with the factor of `stage_factor`.
    weights : ndarray, units x columns, or None
        Sums of weights of the answers in each unit; None where nothing is asked of them.
    everywhere : bool
        Whether the variable reaches beyond the domain, so that every stratum counts as met: residuals do.
    """

    estimate: np.ndarray
    n: np.ndarray
    spread: np.ndarray
    base: np.ndarray
    squared: np.ndarray
    total: np.ndarray
    present: np.ndarray
    stratum: np.ndarray
    squares: np.ndarray | None
    weights: np.ndarray | None = None
    everywhere: bool = False

    @property
    def known(self) -> np.ndarray:
        """Whether a column has an answer."""
        known: np.ndarray = np.isfinite(self.estimate)
        return known


def stage_factor(sample: Sample, stratum: np.ndarray) -> np.ndarray | None:
    """Factor of each unit's sum of squares over respondents; None where clusters alone make the variance.

    Parameters
    ----------
    sample : Sample
        The whole sample.
    stratum : ndarray of int, one per unit
        Stratum of each unit: of each cluster, or the strata themselves in a sample without clusters.

    Returns
    -------
    ndarray of float or None
        One per unit: f_h n_h/(n_h - 1) without clusters; (1 - f_h) (1 - m_i/M_i) m_i/(m_i - 1) for the second
        stage, with f_h the share of the stratum's clusters that are not in the sample.
    """
    if not sample.clustered:
        return np.asarray(_first_factor(sample)[stratum])
    if sample.people is None:
        return None
    drawn, heads = (np.asarray(counts, dtype=float) for counts in sample.people[:2])
    left = np.where(drawn > 1, (1 - drawn / heads) * drawn / np.maximum(drawn - 1, 1), 0)
    factor: np.ndarray = (1 - sample.not_sampled)[stratum] * left
    return factor if factor.any() else None


def overlapping(domains: Sequence[np.ndarray], crossed: Crossed, estimands: int) -> np.ndarray:
    """Put sums of products together for every pair of domains that share rows.

    Parameters
    ----------
    domains : sequence of ndarray of int
        Rows of each domain.
    crossed : callable of two positions of domains
        Gives the products, estimands x estimands, over the rows of both; None where they share none.
    estimands : int
        Number of estimands.

    Returns
    -------
    ndarray, columns x columns
        Columns are domains within estimands.
    """
    count = len(domains)
    made = np.zeros((estimands, count, estimands, count))
    for first, second in _sharing(domains):
        block = crossed(first, second)
        if block is not None:
            made[:, first, :, second] = block
            made[:, second, :, first] = block.T
    return made.reshape(estimands * count, estimands * count)


def _sharing(domains: Sequence[np.ndarray]) -> list[tuple[int, int]]:
    """Pairs of domains, the first not after the second, that share a row."""
    rows, sizes = np.concatenate(domains), [len(rows) for rows in domains]
    whole = int(rows.max(initial=-1)) + 1
    held = sparse.csr_array((np.ones(len(rows)), rows, np.cumsum([0, *sizes])), shape=(len(domains), whole))
    first, second = (held @ held.T).nonzero()
    return [(int(one), int(other)) for one, other in zip(first, second, strict=True) if one <= other]


def covariance(linear: Linearised, sample: Sample) -> np.ndarray:
    """Design-based covariance of the estimates.

    Parameters
    ----------
    linear : Linearised
        Estimates with their linearised totals.
    sample : Sample
        Strata and clusters of the whole sample.

    Returns
    -------
    ndarray, columns x columns
        NaN where an estimate has no answer; exact zeros where a variance is rounding only.

    Notes
    -----
    V_ab = sum_h f_h n_h/(n_h - 1) sum_i (u_ahi - ubar_ah)(u_bhi - ubar_bh), and the second stage likewise: the
    variance of each estimate with products in the place of squares. Each rule for a lonely cluster is a product
    too: `adjust` multiplies the two distances from the mean of all cluster totals of the strata that each domain
    meets; `average` takes the root of the two factors. So the matrix has the variances on its diagonal and no
    negative eigenvalue from the first stage. R. S. Woodruff (1971), Journal of the American Statistical
    Association 66, 411-414; C.-E. Särndal, B. Swensson and J. Wretman (1992), Model Assisted Survey Sampling,
    result 4.3.1 and section 5.5.
    """
    strata = len(sample.strata)
    of_stratum = add(linear.total, linear.stratum, strata)
    met = (add(linear.present, linear.stratum, strata) > 0) | linear.everywhere
    found = _first_stage(linear, sample, of_stratum)
    if sample.lonely == "adjust":
        found = found + _adjusted(of_stratum, met, sample)
    if sample.lonely == "average":
        factor = np.sqrt(_averaged(met, sample))
        found = found * np.outer(factor, factor)
    second, size = _second_stage(linear, sample)
    return _cleaned(found + second, np.diag(found) + size, linear)


def counts(linear: Linearised, sample: Sample) -> tuple[np.ndarray, np.ndarray]:
    """Clusters with an answer (respondents, where there are none) and degrees of freedom of each domain.

    Parameters
    ----------
    linear : Linearised
        Estimates with their linearised totals.
    sample : Sample
        Strata and clusters of the whole sample.

    Returns
    -------
    tuple of ndarray of int
        Clusters, and clusters minus strata, one per column.
    """
    units = linear.present if not sample.clustered else linear.present > 0
    clusters = units.sum(axis=0).round().astype(int)
    met = (add(linear.present, linear.stratum, len(sample.strata)) > 0).sum(axis=0)
    return clusters, clusters - met


def degrees(linear: Linearised, sample: Sample, rule: str) -> np.ndarray:
    """Degrees of freedom of each estimate.

    Parameters
    ----------
    linear : Linearised
        Estimates with their linearised totals.
    sample : Sample
        Strata and clusters of the whole sample.
    rule : {"domain", "design"}
        As for `degrees_of_freedom`.

    Returns
    -------
    ndarray
        One per column.
    """
    units = linear.present > 0 if sample.clustered else linear.present
    present = add(units, linear.stratum, len(sample.strata))
    return degrees_of_freedom(_stages(linear, sample), present, linear.n, sample, rule)


def alone(linear: Linearised, sample: Sample) -> np.ndarray:
    """Share of each estimate's weight in strata with one sampled cluster of several."""
    if linear.weights is None or not sample.alone.any():
        return np.zeros(len(linear.n))
    whole = linear.weights.sum(axis=0)
    held = linear.weights[sample.alone[linear.stratum]].sum(axis=0)
    return np.asarray(np.divide(held, whole, out=np.zeros(len(whole)), where=whole > 0))


def _stages(linear: Linearised, sample: Sample) -> Stages:
    """Parts of the variance of each estimate: the diagonals of the parts of `covariance`."""
    nothing = np.zeros(len(linear.n))
    if sample.people is None:
        return Stages(nothing, nothing, nothing)
    strata = len(sample.strata)
    of_stratum = add(linear.total, linear.stratum, strata)
    met = (add(linear.present, linear.stratum, strata) > 0) | linear.everywhere
    mean = of_stratum / sample.sampled[:, None]
    between = _first_factor(sample)[linear.stratum] @ (linear.total - mean[linear.stratum]) ** 2
    if sample.lonely == "average":
        between = between * _averaged(met, sample)
    lonely = (sample.not_sampled * sample.alone) @ _off_centre(of_stratum, met, sample) ** 2
    within, factor = nothing, stage_factor(sample, linear.stratum)
    if factor is not None and linear.squares is not None:
        within = np.diag(linear.squares) - (factor / sample.people.sampled) @ linear.total**2
    return Stages(between, lonely if sample.lonely == "adjust" else nothing, within)


def _first_factor(sample: Sample) -> np.ndarray:
    several = np.where(sample.sampled > 1, sample.sampled / np.maximum(sample.sampled - 1, 1), 0)
    return np.asarray(sample.not_sampled * several)


def _first_stage(linear: Linearised, sample: Sample, of_stratum: np.ndarray) -> np.ndarray:
    mean = of_stratum / sample.sampled[:, None]
    if not sample.clustered:
        assert linear.squares is not None
        return np.asarray(linear.squares - _products(of_stratum, _first_factor(sample) / sample.sampled))
    return _products(linear.total - mean[linear.stratum], _first_factor(sample)[linear.stratum])


def _products(values: np.ndarray, factor: np.ndarray) -> np.ndarray:
    return np.asarray((values * factor[:, None]).T @ values)


def _adjusted(of_stratum: np.ndarray, met: np.ndarray, sample: Sample) -> np.ndarray:
    return _products(_off_centre(of_stratum, met, sample), sample.not_sampled * sample.alone)


def _off_centre(of_stratum: np.ndarray, met: np.ndarray, sample: Sample) -> np.ndarray:
    """Distance of each stratum met from the mean of all cluster totals of the strata met."""
    clusters = (met * sample.sampled[:, None]).sum(axis=0)
    centre = of_stratum.sum(axis=0) / np.maximum(clusters, 1)
    return np.asarray((of_stratum - centre) * met)


def _averaged(met: np.ndarray, sample: Sample) -> np.ndarray:
    usable = (met & ~sample.alone[:, None]).sum(axis=0)
    return np.asarray(np.divide(met.sum(axis=0), usable, out=np.full(met.shape[1], np.nan), where=usable > 0))


def _second_stage(linear: Linearised, sample: Sample) -> tuple[np.ndarray | float, np.ndarray | float]:
    """Products within clusters about the cluster's mean, and the size of what they are the difference of."""
    factor = stage_factor(sample, linear.stratum) if sample.clustered else None
    if factor is None or linear.squares is None or sample.people is None:
        return 0.0, 0.0 if linear.squares is None else np.diag(linear.squares)
    return linear.squares - _products(linear.total, factor / sample.people.sampled), np.diag(linear.squares)


def _cleaned(found: np.ndarray, size: np.ndarray, linear: Linearised) -> np.ndarray:
    variance = np.diag(found)
    scale = np.nan_to_num(np.abs(linear.estimate))
    nothing = (variance < ZERO_SQUARES * np.abs(size)) | (variance < (ZERO_ERROR * scale) ** 2)
    kept = np.where(nothing[:, None] | nothing, 0.0, (found + found.T) / 2)
    known = linear.known
    return np.asarray(np.where(known[:, None] & known, kept, np.nan))
