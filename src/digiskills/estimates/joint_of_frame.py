"""Several estimates together, straight from respondents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest
from digiskills.estimates.covariance import Linearised, overlapping, stage_factor
from digiskills.estimates.domains import Domains, Where, domains
from digiskills.estimates.given import gave, given_answers
from digiskills.estimates.independence import Table
from digiskills.estimates.joint import Estimand, Joint, assembled, check_names
from digiskills.estimates.margins import Sets, sets
from digiskills.estimates.residuals import Rows, explained, residual
from digiskills.estimates.respondents import Respondents
from digiskills.estimates.sample import Sample
from digiskills.estimates.variance import add


def values_of(frame: pd.DataFrame, estimands: Sequence[Estimand]) -> np.ndarray:
    """Value of each respondent in each estimand; NaN without an answer.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    estimands : sequence of Estimand
        Items are columns: numbers for a mean, answers for a share.

    Returns
    -------
    ndarray, respondents x estimands
        Numbers, or 1 and 0 for a share.

    Raises
    ------
    UsageError
        If a column or an answer does not exist, or a mean is asked of answers.
    """
    known = [str(column) for column in frame.columns]
    wrong = [f"item: ‘{e.item}’ is not there; {nearest(e.item, known)}" for e in estimands if e.item not in known]
    if wrong:
        raise UsageError("\n".join(wrong))
    return np.column_stack([_value(frame[estimand.item], estimand.of) for estimand in estimands])


def joint_of(
    everyone: Respondents, asked: Sequence[Estimand], by: Sequence[str], where: Where | None, margins: bool
) -> Joint:
    """Estimates of respondents' values with their covariance.

    Parameters
    ----------
    everyone : Respondents
        The sample.
    asked : sequence of Estimand
        What to estimate.
    by, where, margins
        The domains, as for `joint`.

    Returns
    -------
    Joint
        One row per estimand and domain.
    """
    names, share = [e.name for e in asked], [e.of is not None for e in asked]
    check_names(names)
    about = sets(everyone.frame, by, where, margins)
    values = values_of(everyone.frame, asked)
    places = everyone.cluster, everyone.stratum
    linear = linearised(values, everyone.weight, *places, about, everyone.sample, everyone.rows)
    replicated = None if everyone.replicates is None else everyone.replicates.replicated(values, about.rows)
    design = linear, everyone.sample, everyone.labels, everyone.df
    made = assembled(names, share, about.labels, by, *design, replicated)
    if everyone.rows is not None:
        made.frame.attrs["method"]["calibration"] = explained(everyone.calibration)
    return made


def linearised(
    values: np.ndarray,
    weight: np.ndarray,
    clusters: np.ndarray,
    strata: np.ndarray,
    about: Sets,
    sample: Sample,
    everyone: Rows | None = None,
) -> Linearised:
    """Linearise weighted means of respondents' values.

    Parameters
    ----------
    values : ndarray, respondents x estimands
        NaN without an answer.
    weight : ndarray, one per respondent
        People for whom a respondent stands.
    clusters, strata : ndarray of int, one per respondent
        Positions of cluster and stratum.
    about : Sets
        The domains.
    sample : Sample
        The whole sample.
    everyone : Rows, optional
        The respondents with the margins of their calibration.

    Returns
    -------
    Linearised
        Columns are domains within estimands; residuals from the margins, where weights are calibrated.
    """
    unit = clusters if sample.clustered else strata
    units = len(sample.strata) if not sample.clustered else int(clusters.max()) + 1
    of_unit = np.arange(units)
    if sample.clustered:
        of_unit[unit] = strata
    factor = stage_factor(sample, of_unit)
    rows = tuple(found[weight[found] > 0] for found in about.rows)
    parts = [_domain(values[found], weight[found]) for found in rows]
    numbers = [np.stack(column, axis=1).ravel() for column in list(zip(*parts, strict=True))[:5]]
    flat = [
        np.stack([add(part[at], unit[found], units) for part, found in zip(parts, rows, strict=True)], axis=2)
        for at in (5, 6, 7)
    ]
    totals, present, held = (part.reshape(units, -1) for part in flat)
    within = Sets(rows, about.labels)

    def crossed(first: int, second: int) -> np.ndarray | None:
        """Products over the respondents of two domains; None where they share none."""
        both = within.common(first, second)
        if factor is None or not len(both):
            return None
        one, other = (parts[at][5][np.searchsorted(rows[at], both)] for at in (first, second))
        return np.asarray((one * factor[unit[both], None]).T @ other)

    squares = None if factor is None else overlapping(rows, crossed, values.shape[1])
    linear = Linearised(
        numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], totals, present, of_unit, squares, held
    )
    if everyone is None:
        return linear
    first = [part[5] for part in parts]
    second = [weight[found, None] * value for found, value in zip(rows, first, strict=True)]
    return residual(linear, everyone, rows, first, second, None if factor is None else factor[unit])


def two_ways(everyone: Respondents, items: Sequence[str], dimension: str, where: Where | None) -> dict[str, Table]:
    """Two-way table of each item by the categories of a column.

    Parameters
    ----------
    everyone : Respondents
        The sample.
    items : sequence of str
        Columns of answers.
    dimension : str
        The other column.
    where : mapping of column to value or values, optional
        Restriction of the domain.

    Returns
    -------
    dict of item to Table
        Answers by categories.
    """
    about = domains(everyone.frame, [dimension], where)
    return {item: _two_way(everyone, everyone.frame[item], about) for item in items}


def _two_way(everyone: Respondents, column: pd.Series, about: Domains) -> Table:
    """Answers by domain, as shares of the whole."""
    given = pd.Categorical(column)
    size = (len(given.categories), len(about))
    both = (given.codes >= 0) & (about.code >= 0)
    cell = np.where(both, given.codes.astype(np.int64) * size[1] + about.code, 0)
    values = np.where(both[:, None], np.eye(size[0] * size[1])[cell], np.nan)
    inside = Sets((np.flatnonzero(about.code >= 0),), pd.DataFrame(index=[0]))
    places = everyone.weight, everyone.cluster, everyone.stratum
    linear = linearised(values, *places, inside, everyone.sample, everyone.rows)
    replicated = None if everyone.replicates is None else everyone.replicates.replicated(values, inside.rows)
    return Table(np.nan_to_num(linear.estimate).reshape(size), linear, replicated)


def _value(column: pd.Series, of: tuple[str, ...] | None) -> np.ndarray:
    if of is not None:
        return gave(column, given_answers(column, of)[0][1])
    if not pd.api.types.is_numeric_dtype(column):
        raise UsageError(f"item: ‘{column.name}’ holds answers, not numbers; take its share, or give its scores")
    return column.to_numpy(dtype=float, na_value=np.nan)


def _domain(values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
    """Of one domain: estimate, n, spread, sums of w, w²; by respondent the linearised variable, answers, weights."""
    answered = np.isfinite(values)
    value, weights = np.where(answered, values, 0), np.where(answered, weight[:, None], 0)
    n, base = answered.sum(axis=0).astype(float), weights.sum(axis=0)
    safe = np.where(base > 0, base, 1)
    mean = (weights * value).sum(axis=0) / safe
    off = np.where(answered, value - mean, 0)
    spread = np.sqrt((weights * off**2).sum(axis=0) / safe)
    nothing = base == 0
    found, spread = (np.where(nothing, np.nan, part) for part in (mean, spread))
    return found, n, spread, base, (weights**2).sum(axis=0), weights * off / safe, answered.astype(float), weights
