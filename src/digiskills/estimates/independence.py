"""Whether answers go together with a dimension: the Rao-Scott test of two-way tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from digiskills.answers import Answers, ItemTotals
from digiskills.estimates import degrees_of_freedom, tables
from digiskills.estimates.counted_sample import rows_of, sample_of, units_of
from digiskills.estimates.covariance import Linearised, counts, covariance, stage_factor
from digiskills.estimates.domains import Where, columns, domains
from digiskills.estimates.multiplicity import ADJUSTMENTS, adjust
from digiskills.estimates.replicates import Replicated
from digiskills.estimates.replicates import sums as replicates
from digiskills.estimates.replicates.weights import quotient
from digiskills.estimates.residuals import residual
from digiskills.estimates.sample import Sample
from digiskills.estimates.variance import add

TEST = "Rao-Scott: Pearson's chi-squared over tr D, F with (tr D)² / tr D² and that times df degrees of freedom"


class Table(NamedTuple):
    """A two-way table of shares of the whole, and their linearised totals (columns row by row of the table).

    `replicated` holds errors from replicates, in the place of those from clusters.
    """

    shares: np.ndarray
    linear: Linearised
    replicated: Replicated | None = None


def independence(
    answers: Answers,
    items: str | Sequence[str],
    dimension: str,
    where: Where | None = None,
    adjusted: str = "bh",
    df: str = "domain",
) -> pd.DataFrame:
    """Test whether the answers to each item are distributed alike in all categories of a dimension.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    items : str or sequence of str
        Items.
    dimension : str
        The dimension.
    where : mapping of dimension to category or categories, optional
        Restriction of the domain.
    adjusted : {"bh", "holm", "none"}
        Adjustment of the p values; the items are the family.
    df : {"domain", "design"}
        Rule for the degrees of freedom of the variance: clusters minus strata.

    Returns
    -------
    DataFrame
        One row per item: item, dimension, n, clusters, statistic (F), df1, df2, p, p_adjusted, and cramers_v, the
        strength of the relation from 0 to 1. NaN where fewer than two answers or categories were met.

    Raises
    ------
    UsageError
        If a name does not exist.

    Notes
    -----
    Answers and categories that nobody gave are left out. ``X² = n sum (p_ij - p_i. p_.j)² / (p_i. p_.j)`` on weighted
    shares, D the matrix of generalised design effects, F = X² / tr D on (tr D)² / tr D² and nu (tr D)² / tr D²
    degrees of freedom, nu = clusters minus strata: R's svychisq. Cramér's V = sqrt(X² / n / (k - 1)), k the
    smaller of rows and columns. J. N. K. Rao and A. J. Scott, Annals of Statistics 12 (1984) 46-60; D. R. Thomas
    and J. N. K. Rao, Journal of the American Statistical Association 82 (1987) 630-636.
    """
    degrees_of_freedom.check(df)
    sample = sample_of(answers)
    made = {name: _of_answers(answers, answers.item(name), dimension, where, sample) for name in columns(items)}
    return tested(made, dimension, sample, adjusted, df)


def tested(
    made: Mapping[str, Table], dimension: str, sample: Sample, adjusted: str = "bh", df: str = "domain"
) -> pd.DataFrame:
    """Test two-way tables.

    Parameters
    ----------
    made : mapping of item to Table
        Tables with their linearised totals.
    dimension : str
        Name of the columns.
    sample : Sample
        The whole sample.
    adjusted, df
        As for `independence`.

    Returns
    -------
    DataFrame
        As for `independence`.
    """
    rows = [{"item": item, "dimension": dimension} | _test(table, sample, df) for item, table in made.items()]
    frame = pd.DataFrame(rows)
    frame.insert(len(frame.columns) - 1, "p_adjusted", adjust(frame["p"].to_numpy(dtype=float), adjusted))
    frame.attrs["method"] = tables.design_of(sample, df) | {
        "df_rule": degrees_of_freedom.RULES[df],
        **next((table.replicated.method for table in made.values() if table.replicated), {}),
        "test": TEST,
        "adjustment": ADJUSTMENTS[adjusted],
        "family": f"the items: {int(frame['p'].notna().sum())} tests",
        "effect": "Cramér's V of the weighted table",
    }
    return frame


def rao_scott(shares: np.ndarray, variance: np.ndarray, n: float, nu: float) -> tuple[float, float, float, float]:
    """F of the Rao-Scott test, its two degrees of freedom and p.

    Parameters
    ----------
    shares : ndarray, rows x columns
        Weighted shares of the whole; no row or column is empty.
    variance : ndarray, cells x cells
        Their covariance, row by row of the table.
    n : float
        Answers.
    nu : float
        Degrees of freedom of the variance.

    Returns
    -------
    tuple of float
        NaN where the variance gives no design effect.
    """
    contrast = _interaction(*shares.shape)
    cell = shares.ravel()
    inverse = np.divide(1.0, cell, out=np.zeros_like(cell), where=cell > 0)
    scaled = contrast * inverse[:, None]
    effects = np.linalg.solve(contrast.T @ (scaled / n), scaled.T @ variance @ scaled)
    trace, squared = float(np.trace(effects)), float(np.trace(effects @ effects))
    if not (trace > 0 and nu > 0):
        return (np.nan,) * 4
    statistic, first = pearson(shares, n) / trace, trace**2 / squared
    return statistic, first, first * nu, float(stats.f.sf(statistic, first, first * nu))


def pearson(shares: np.ndarray, n: float) -> float:
    """Pearson's chi-squared of a table of shares, scaled to n answers."""
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    return float(n * ((shares - expected) ** 2 / expected).sum())


def _interaction(rows: int, columns: int) -> np.ndarray:
    """Interaction of rows and columns without what main effects explain: cells x (rows - 1)(columns - 1)."""
    row, column = (grid.ravel() for grid in np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij"))
    of_row = (row[:, None] == np.arange(1, rows)).astype(float)
    of_column = (column[:, None] == np.arange(1, columns)).astype(float)
    main = np.column_stack([np.ones(len(row)), of_row, of_column])
    both = (of_row[:, :, None] * of_column[:, None, :]).reshape(len(row), -1)
    return np.asarray(both - main @ np.linalg.lstsq(main, both, rcond=None)[0])


def _test(table: Table, sample: Sample, df: str) -> dict[str, float]:
    shares, linear = table.shares, table.linear
    rows, across = (np.flatnonzero(shares.sum(axis=axis) > 0) for axis in (1, 0))
    n, (clusters, free) = int(linear.n[0]), (part[0] for part in counts(linear, sample))
    free = free if df == "domain" else sample.degrees_of_freedom
    variance = covariance(linear, sample) if table.replicated is None else table.replicated.covariance
    free = free if table.replicated is None else table.replicated.df[0]
    found, v = (np.nan,) * 4, np.nan
    if min(len(rows), len(across)) > 1:
        kept, cells = shares[np.ix_(rows, across)], (rows[:, None] * shares.shape[1] + across).ravel()
        found = rao_scott(kept, variance[np.ix_(cells, cells)], n, free)
        v = float(np.sqrt(pearson(kept, n) / n / (min(kept.shape) - 1)))
    names = ("statistic", "df1", "df2", "p")
    return {"n": n, "clusters": int(clusters)} | dict(zip(names, found, strict=True)) | {"cramers_v": v}


def _of_answers(answers: Answers, item: ItemTotals, dimension: str, where: Where | None, sample: Sample) -> Table:
    about = domains(answers.groups[list(answers.dimensions)], [dimension], where)
    rows, category = np.flatnonzero(about.code >= 0), about.code[about.code >= 0]
    n, w, w2 = (part[rows][:, ~item.missing] for part in (item.n, item.w, item.w2))
    cells, across = w.shape[1] * len(about), len(about)
    whole = w.sum()
    shares = add(w, category, across).T / (whole if whole > 0 else 1)
    unit, stratum = units_of(answers)
    units = int(unit.max()) + 1
    of_unit = np.zeros(units, dtype=np.int64)
    of_unit[unit] = stratum
    scale = float(whole) or 1.0
    off = _off(w, category, shares, scale)
    present = np.repeat(add(n.sum(axis=1, keepdims=True), unit[rows], units), cells, axis=1)
    factor = stage_factor(sample, of_unit)
    squares = None if factor is None else _squares(w2, factor[unit[rows]], category, shares, scale)
    known = np.full(cells, float(n.sum()))
    flat = shares.ravel() if n.sum() else np.full(cells, np.nan)
    linear = Linearised(
        flat, known, flat, np.full(cells, whole), known, add(off, unit[rows], units), present, of_unit, squares
    )
    if answers.replicates is not None:
        return Table(shares, linear, _replicated(answers, item, dimension, where, shares))
    if answers.calibration is not None:
        parts = ([rows], [off], [_off(w2, category, shares, scale)])
        linear = residual(linear, rows_of(answers), *parts, None if factor is None else factor[unit])
    return Table(shares, linear)


def _replicated(
    answers: Answers, item: ItemTotals, dimension: str, where: Where | None, shares: np.ndarray
) -> Replicated:
    """Errors of the shares from those made with each replicate weight."""
    assert answers.replicates is not None
    about = domains(answers.replicates.cells, [dimension], where)
    rows = np.flatnonzero(about.code >= 0)
    each = answers.replicates.items[item.name][rows][:, ~item.missing]
    sums = np.stack([each[about.code[rows] == at].sum(axis=0) for at in range(len(about))], axis=1)
    flat = np.moveaxis(sums, 2, 0).reshape(sums.shape[2], -1)
    found = np.vstack([shares.ravel(), quotient(flat, flat.sum(axis=1, keepdims=True) * np.ones_like(flat))])
    return replicates.declared(answers).replicated(found, *replicates.degrees_of(answers, [rows], "domain"), "domain")


def _off(w: np.ndarray, category: np.ndarray, shares: np.ndarray, scale: float) -> np.ndarray:
    """Weights over the whole times (1 in a respondent's own cell, 0 elsewhere, minus the cell's share)."""
    own = np.zeros((len(w), w.shape[1], shares.shape[1]))
    own[np.arange(len(w)), :, category] = w
    return np.asarray((own.reshape(len(w), -1) - w.sum(axis=1, keepdims=True) * shares.ravel()) / scale)


def _squares(w2: np.ndarray, factor: np.ndarray, category: np.ndarray, shares: np.ndarray, whole: float) -> np.ndarray:
    """Products of the linearised variable over respondents, from squared weights by answer and category."""
    rows, across = shares.shape
    sums = add(w2 * factor[:, None], category, across).T.ravel()
    off = (np.eye(rows * across) - shares.ravel()) / whole
    return np.asarray((off * sums[:, None]).T @ off)
