"""Errors of estimates whose weights were calibrated: what the margins explain varies no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from digiskills.answers import Answers
from digiskills.errors import UsageError, nearest
from digiskills.estimates import from_answers, intervals
from digiskills.estimates.domains import Domains, Where, columns, domains
from digiskills.estimates.sample import Sample
from digiskills.estimates.variance import Results, Squares, Sums, add, estimate

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
    names = [[margin] if isinstance(margin, str) else list(margin) for margin in calibration]
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
    x = rows.margins
    inverse = np.linalg.pinv(x.T @ ((rows.design * rows.w)[:, None] * x), rcond=1e-10, hermitian=True)
    found = [_errors(rows, _domain(answered, about.code == at, total), inverse, sample) for at in range(len(about))]
    return np.vstack(found)


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


def with_errors(
    table: pd.DataFrame, se: np.ndarray, calibration: Calibration, interval: str, shares: bool
) -> pd.DataFrame:
    """Return a table of estimates with other standard errors, and the intervals that follow.

    Parameters
    ----------
    table : DataFrame
        Estimates frame.
    se : ndarray, domains x estimates
        Standard errors.
    calibration : sequence of column or columns
        The margins, for the method of the table.
    interval : str
        How intervals are made.
    shares : bool
        Whether the estimates are shares.

    Returns
    -------
    DataFrame
        A new frame.
    """
    one = {name: table[[name]].to_numpy() for name in ("n", "clusters", "estimate", "df")}
    errors = se.T.ravel()[:, None]
    errors = np.where(errors < 1e-12 * np.abs(one["estimate"].astype(float)), 0, errors)
    results = Results(one["n"], one["clusters"], one["estimate"], errors, one["df"])
    low, high = intervals.bounds(results, interval, shares)
    made = table.assign(se=errors.ravel(), low=low.ravel(), high=high.ravel())
    words = ", ".join(margin if isinstance(margin, str) else " × ".join(margin) for margin in calibration)
    made.attrs["method"] = {**table.attrs["method"], "calibration": EXPLAINED.format(words)}
    return made


def means(
    answers: Answers,
    items: str | Sequence[str],
    calibration: Calibration,
    by: str | Sequence[str] = (),
    where: Where | None = None,
    df: str = "domain",
) -> pd.DataFrame:
    """Weighted mean score of each item in each domain, with the errors of calibrated weights.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    items : str or sequence of str
        Items whose answers have scores.
    calibration : sequence of dimension or dimensions
        Margins to whose heads the weights were raked: dimensions of `answers`.
    by, where, df
        As for `digiskills.estimates.means`.

    Returns
    -------
    DataFrame
        One row per item and domain, as `digiskills.estimates.means`; only se, low and high differ.
    """
    table = from_answers.means(answers, items, by, where, df)
    parts = [from_answers.scored(answers.item(name)) for name in columns(items)]
    return with_errors(table, _of_answers(answers, parts, calibration, by, where), calibration, "t", False)


def shares(
    answers: Answers,
    items: str | Sequence[str],
    of: from_answers.Of,
    calibration: Calibration,
    by: str | Sequence[str] = (),
    where: Where | None = None,
    df: str = "domain",
    interval: str = "logit",
) -> pd.DataFrame:
    """Weighted share of those who gave the answers `of`, with the errors of calibrated weights.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    items, of
        As for `digiskills.estimates.shares`.
    calibration : sequence of dimension or dimensions
        As for `means`.
    by, where, df, interval
        As for `digiskills.estimates.shares`.

    Returns
    -------
    DataFrame
        One row per item and domain, as `digiskills.estimates.shares`; only se, low and high differ.
    """
    table = from_answers.shares(answers, items, of, by, where, df, interval)
    found = [answers.item(name) for name in columns(items)]
    parts = [from_answers.giving(item, from_answers.answers_of(item, of)) for item in found]
    return with_errors(table, _of_answers(answers, parts, calibration, by, where), calibration, interval, True)


def _of_answers(
    answers: Answers,
    parts: Sequence[from_answers.Part],
    calibration: Calibration,
    by: str | Sequence[str],
    where: Where | None,
) -> np.ndarray:
    """Standard errors from groups, which the margins do not divide."""
    groups = answers.groups
    unit, stratum = from_answers.units_of(answers)
    n, w, w2 = (groups[name].to_numpy(dtype=float) for name in ("n", "w", "w2"))
    cells = groups[list(answers.dimensions)]
    rows = Rows(margins(cells, calibration), n, w, w2, np.ones(len(n)), unit, stratum)
    names = (("w", 0), ("w", 1), ("w2", 0), ("w2", 1), ("w2", 2))
    answered = Answered(*(from_answers.sums_of(parts, name, power) for name, power in names))
    about = domains(cells, columns(by), where)
    return errors(rows, answered, about, from_answers.sample_of(answers), total=False)


def of_respondents(
    values: Sequence[np.ndarray], weight: np.ndarray, about: Domains, rows: Rows, sample: Sample, total: bool
) -> np.ndarray:
    """Return standard errors from respondents.

    Parameters
    ----------
    values : sequence of ndarray
        Value of each respondent in each estimate; NaN without an answer.
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
    y = np.column_stack(list(values))
    w = np.where(np.isfinite(y), weight[:, None], 0)
    y = np.nan_to_num(y)
    return errors(rows, Answered(w, w * y, w**2, w**2 * y, (w * y) ** 2), about, sample, total)
