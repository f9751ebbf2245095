"""Residuals from calibration margins: what the margins explain varies no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest
from digiskills.estimates.covariance import Linearised
from digiskills.estimates.domains import Domains
from digiskills.estimates.sample import Sample
from digiskills.estimates.variance import Squares, Sums, add, estimate

Calibration = Sequence[str | Sequence[str]]
EXPLAINED = "errors are of what the calibration margins do not explain: {}"


@dataclass(frozen=True)
class Rows:
    """Respondents or groups of them, with their sums.

    Parameters
    ----------
    margins : ndarray, rows x categories
        Indicators of the categories to which weights were calibrated.
    n, w, w2 : ndarray, one per row
        Everyone in the row: respondents, and their sums of weights and of squared weights.
    design : ndarray, one per row
        Weight before the calibration over the weight; 1 where it is not known.
    unit, stratum : ndarray of int, one per row
        Position of the row's cluster (stratum, where groups of a sample without clusters are the rows), and of
        its stratum.
    """

    margins: np.ndarray
    n: np.ndarray
    w: np.ndarray
    w2: np.ndarray
    design: np.ndarray
    unit: np.ndarray
    stratum: np.ndarray


@dataclass(frozen=True)
class Answered:
    """Of the answers in each row and estimate: sums of w, w y, w², w² y and w² y²."""

    w: np.ndarray
    wy: np.ndarray
    w2: np.ndarray
    w2y: np.ndarray
    w2yy: np.ndarray


def named(calibration: Calibration) -> list[list[str]]:
    """Columns of each margin, as lists."""
    return [[margin] if isinstance(margin, str) else list(margin) for margin in calibration]


def margins(frame: pd.DataFrame, calibration: Calibration) -> np.ndarray:
    """Return indicators of the margins to which weights were calibrated.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent or group of respondents.
    calibration : sequence of column or columns
        The margins: a column, or several whose combinations are post-strata.

    Returns
    -------
    ndarray of float, rows x categories of all margins
        1 in the row's category; all 0 where it is not known.

    Raises
    ------
    UsageError
        If a column does not exist.
    """
    names = named(calibration)
    there = [str(name) for name in frame.columns]
    wrong = [name for margin in names for name in margin if name not in there]
    if wrong:
        raise UsageError("\n".join(f"calibration: no column ‘{name}’; {nearest(name, there)}" for name in wrong))
    parts = []
    for margin in names:
        known = frame[margin].notna().all(axis=1).to_numpy()
        codes = pd.MultiIndex.from_frame(frame[margin].astype(str)).factorize(sort=True)[0]
        parts.append((codes[:, None] == np.arange(codes.max(initial=-1) + 1)) & known[:, None])
    return np.hstack(parts).astype(float) if parts else np.zeros((len(frame), 0))


def errors(rows: Rows, answered: Answered, about: Domains, sample: Sample, total: bool) -> np.ndarray:
    """Standard errors under calibration.

    Parameters
    ----------
    rows : Rows
        Everyone in the sample.
    answered : Answered
        Sums of the answers; rows x estimates.
    about : Domains
        Domain of each row.
    sample : Sample
        The whole sample.
    total : bool
        Whether totals are estimated, not means.

    Returns
    -------
    ndarray, domains x estimates
        Standard errors.

    Notes
    -----
    The linearised value u of a respondent (0 outside the domain) is replaced by its residual e = u - x'B from
    the margins x, with B = (sum d x x')⁻¹ sum d x u and d the weight before the calibration (the calibrated
    weight where only that came with the survey); the variance is that of the total of w e, over the whole
    sample. J.-C. Deville and C.-E. Särndal, Journal of the American Statistical Association 87 (1992) 376-382;
    the same as calibrate() of R's survey.
    """
    inverse = inverse_of(rows)
    found = [_errors(rows, _domain(answered, about.code == at, total), inverse, sample) for at in range(len(about))]
    return np.vstack(found)


def inverse_of(rows: Rows) -> np.ndarray:
    """(sum d x x')⁻¹ over the sample, with d the weight before the calibration; margins may be redundant."""
    x = rows.margins
    return np.asarray(np.linalg.pinv(x.T @ ((rows.design * rows.w)[:, None] * x), rcond=1e-10, hermitian=True))


def residual(
    linear: Linearised,
    rows: Rows,
    domains: Sequence[np.ndarray],
    first: Sequence[np.ndarray],
    second: Sequence[np.ndarray],
    factor: np.ndarray | None,
) -> Linearised:
    """Replace linearised totals by those of their residuals from the margins.

    Parameters
    ----------
    linear : Linearised
        Columns are domains within estimands.
    rows : Rows
        Everyone in the sample.
    domains : sequence of ndarray of int
        Rows of each domain.
    first, second : sequence of ndarray
        By domain, sums of w u and of w² u in each of its rows and estimands.
    factor : ndarray or None
        Factor of each row's sum of squares over respondents; None where clusters alone make the variance.

    Returns
    -------
    Linearised
        Of w (u - x'B), which reaches beyond the domain: every stratum of the sample counts as met.

    Notes
    -----
    The sum of products of two residuals over respondents is that of the linearised variables, less what B takes
    off: sum w² (u_a - x'B_a)(u_b - x'B_b), with x alike for all of a row.
    """
    x = rows.margins
    slope = inverse_of(rows) @ _projected(x * rows.design[:, None], domains, first)
    units = len(linear.total)
    total = linear.total - add(x * rows.w[:, None], rows.unit, units) @ slope
    if factor is None or linear.squares is None:
        return replace(linear, total=total, everywhere=True)
    crossed = _projected(x * factor[:, None], domains, second).T @ slope
    explained = slope.T @ (x.T @ ((factor * rows.w2)[:, None] * x)) @ slope
    return replace(linear, total=total, squares=linear.squares - crossed - crossed.T + explained, everywhere=True)


def _projected(x: np.ndarray, domains: Sequence[np.ndarray], values: Sequence[np.ndarray]) -> np.ndarray:
    """Sum of x times a value over rows: categories x columns, domains within estimands."""
    made = np.stack([x[rows].T @ value for rows, value in zip(domains, values, strict=True)], axis=2)
    return made.reshape(x.shape[1], -1)


def _domain(answered: Answered, inside: np.ndarray, total: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sums of w u, w² u and w² u² in each row; the linearised value u is 0 outside the domain."""
    w, wy, w2, w2y, w2yy = (
        np.where(inside[:, None], part, 0)
        for part in (answered.w, answered.wy, answered.w2, answered.w2y, answered.w2yy)
    )
    if total:
        return wy, w2y, w2yy
    base = w.sum(axis=0)
    base = np.where(base == 0, np.nan, base)
    mean = wy.sum(axis=0) / base
    return (wy - mean * w) / base, (w2y - mean * w2) / base, (w2yy - 2 * mean * w2y + mean**2 * w2) / base**2


def _errors(
    rows: Rows, linear: tuple[np.ndarray, np.ndarray, np.ndarray], inverse: np.ndarray, sample: Sample
) -> np.ndarray:
    first, cross, second = linear
    explained = rows.margins @ (inverse @ (rows.margins.T @ (rows.design[:, None] * first)))
    value = first - rows.w[:, None] * explained
    squares = second - 2 * explained * cross + explained**2 * rows.w2[:, None]
    units = int(rows.unit.max()) + 1
    stratum = np.empty(units, dtype=np.int64)
    stratum[rows.unit] = rows.stratum
    n, value, squares = (
        add(part, rows.unit, units) for part in (np.broadcast_to(rows.n[:, None], value.shape), value, squares)
    )
    nothing = np.zeros_like(value)
    sums = Sums(
        np.zeros(units, dtype=np.int64),
        stratum,
        1,
        n,
        np.nan_to_num(value),
        None,
        Squares(nothing, nothing, np.nan_to_num(squares)),
        np.arange(units),
    )
    return np.where(np.isnan(value).any(axis=0), np.nan, estimate(sums, sample, "design").se)


def explained(calibration: Calibration) -> str:
    """What errors are of, for the method of a table."""
    return EXPLAINED.format(", ".join(" × ".join(margin) for margin in named(calibration)))


def of_respondents(
    values: np.ndarray,
    base: np.ndarray | None,
    weight: np.ndarray,
    about: Domains,
    rows: Rows,
    sample: Sample,
    total: bool,
) -> np.ndarray:
    """Return standard errors from respondents.

    Parameters
    ----------
    values : ndarray, respondents x estimates
        NaN without an answer.
    base : ndarray, respondents x estimates, or None
        Denominators of ratios; None for 1.
    weight : ndarray
        Calibrated weights.
    about : Domains
        The domain of each respondent.
    rows : Rows
        The respondents.
    sample : Sample
        The whole sample.
    total : bool
        Whether totals are estimated, not means.

    Returns
    -------
    ndarray, domains x estimates
        Standard errors.
    """
    inverse, found = inverse_of(rows), []
    answered = np.isfinite(values)
    x = np.where(answered, 1.0 if base is None else base, 0)
    y = np.where(answered, values, 0)
    for at in range(len(about)):
        w = np.where(about.code == at, weight, 0)[:, None]
        u = y * (w > 0)
        if not total:
            below = (w * x).sum(axis=0)
            below = np.where(below == 0, np.nan, below)
            u = (y - (w * y).sum(axis=0) / below * x) / below * (w > 0)
        found.append(_errors(rows, (w * u, w**2 * u, w**2 * u**2), inverse, sample))
    return np.vstack(found)
