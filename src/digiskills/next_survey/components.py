"""How answers vary between departments and within them, from counted answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from digiskills.answers import Answers
from digiskills.estimates import Estimand
from digiskills.estimates.counted_sample import units_of
from digiskills.estimates.domains import EVERYONE, Where
from digiskills.estimates.from_answers import answers_of, giving, scored
from digiskills.estimates.margins import Sets, sets
from digiskills.estimates.variance import add

LOW, HIGH = 0.025, 0.975


def cluster_sums(
    answers: Answers, estimand: Estimand, by: Sequence[str], where: Where | None, margins: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sums over the answers of each domain and cluster, and the domains.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    estimand : Estimand
        What is estimated.
    by : sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, or None
        Restriction of every domain.
    margins : bool
        Whether to add the sums over dimensions, marked ``"all"``.

    Returns
    -------
    sums : DataFrame
        One row per domain and cluster with an answer (per domain and stratum, where the sample has no clusters):
        domain (its row in `labels`), stratum and cluster (positions), n, w, wy, wyy, w2.
    labels : DataFrame
        One row per domain, one column per dimension.

    Raises
    ------
    UsageError
        If the item, an answer, a dimension or a category does not exist.
    """
    item = answers.item(estimand.item)
    part = scored(item) if estimand.of is None else giving(item, answers_of(item, estimand.of))
    about = sets(answers.groups[list(answers.dimensions)], by, where, margins)
    names = (("n", 0), ("w", 0), ("w", 1), ("w", 2), ("w2", 0))
    values = np.column_stack([part.sums(name, power) for name, power in names])
    return _by_cluster(answers, values, about), about.labels


def _by_cluster(answers: Answers, values: np.ndarray, about: Sets) -> pd.DataFrame:
    unit, stratum = units_of(answers)
    units = int(unit.max()) + 1
    of_unit = np.zeros(units, dtype=np.int64)
    of_unit[unit] = stratum
    tables = []
    for domain, rows in enumerate(about.rows):
        table = pd.DataFrame(add(values[rows], unit[rows], units), columns=["n", "w", "wy", "wyy", "w2"])
        table.insert(0, "cluster", np.arange(units))
        table.insert(0, "stratum", of_unit)
        table.insert(0, "domain", domain)
        tables.append(table[table["n"] > 0])
    return pd.concat(tables, ignore_index=True)


def intraclass(sums: pd.DataFrame, family: Sequence[object]) -> pd.DataFrame:
    """Intra-class correlation of the answers within a department, by analysis of variance.

    Parameters
    ----------
    sums : DataFrame
        As `cluster_sums` gives them.
    family : sequence, one per domain
        Domains with the same entry share one correlation; they hold different respondents.

    Returns
    -------
    DataFrame
        One row per domain: icc (not below 0), icc_low, icc_high (95 %), between_df (clusters less strata, over the
        domains of the family), within_df. NaN where no two answers come from one department, or no two departments
        from one stratum.

    Notes
    -----
    Departments within strata within domains. With e = (sum w)² / sum w² effective answers of a department and
    weighted means: MSB = sum e (mean_i - mean_h)² / (k - H), MSW = sum of squares within over sum (e - 1),
    e0 = (sum e - sum_h sum e² / e_h) / (k - H), icc = (MSB - MSW) / (MSB + (e0 - 1) MSW): with equal weights the
    classical estimator. Interval from F = MSB / MSW, exact for normal answers of balanced departments and
    approximate else: (F / F_q - 1) / (F / F_q + e0 - 1). A. Donner, International Statistical Review 54 (1986) 67-82.
    """
    parts = _squares(sums).groupby("domain")[["between", "within", "k_less_h", "e_less_k", "spare"]].sum()
    parts = parts.reindex(range(len(family)), fill_value=0.0)
    pooled = parts.groupby(pd.factorize(np.asarray([str(entry) for entry in family]))[0]).transform("sum")
    some = (pooled["k_less_h"] > 0) & (pooled["e_less_k"] > 0) & (pooled["within"] > 0)
    pooled = pooled.where(some)
    within = pooled["within"] / pooled["e_less_k"]
    ratio = pooled["between"] / pooled["k_less_h"] / within
    size = pooled["spare"] / pooled["k_less_h"]
    found = pd.DataFrame({"icc": _from_ratio(ratio, size)})
    for name, tail in (("icc_low", HIGH), ("icc_high", LOW)):
        quantile = stats.f.ppf(tail, pooled["k_less_h"], pooled["e_less_k"])
        found[name] = _from_ratio(ratio / quantile, size)
    return found.assign(between_df=pooled["k_less_h"], within_df=pooled["e_less_k"])


def _squares(sums: pd.DataFrame) -> pd.DataFrame:
    """Sums of squares of each domain and stratum, with effective answers in the place of answers."""
    one = sums.assign(e=sums["w"] ** 2 / sums["w2"], mean=sums["wy"] / sums["w"])
    # the sum of squares about the department's mean, its weights scaled to add up to the effective answers
    one["within"] = np.maximum(one["wyy"] - one["wy"] * one["mean"], 0) * one["e"] / one["w"]
    one["e_mean"], one["e_squared"] = one["e"] * one["mean"], one["e"] ** 2
    one["e_mean_squared"], one["k"] = one["e"] * one["mean"] ** 2, 1.0
    names = ["e", "e_mean", "e_squared", "e_mean_squared", "within", "k"]
    found = one.groupby(["domain", "stratum"])[names].sum().reset_index()
    found["between"] = np.maximum(found["e_mean_squared"] - found["e_mean"] ** 2 / found["e"], 0)
    found["k_less_h"], found["e_less_k"] = found["k"] - 1, found["e"] - found["k"]
    return found.assign(spare=found["e"] - found["e_squared"] / found["e"])


def _from_ratio(ratio: pd.Series, size: pd.Series) -> pd.Series:
    return ((ratio - 1) / (ratio + size - 1)).clip(lower=0, upper=1)


def families(labels: pd.DataFrame) -> list[object]:
    """Return for each domain which dimensions it adds up: domains that add up the same ones do not overlap."""
    return [tuple(row == EVERYONE for row in rows) for rows in labels.astype(str).itertuples(index=False, name=None)]


def variance_within_strata(sums: pd.DataFrame) -> pd.Series:
    """Variance of the answers of each domain within strata, n / (n - H) sum w (y - mean_h)² / sum w.

    Parameters
    ----------
    sums : DataFrame
        As `cluster_sums` gives them.

    Returns
    -------
    Series
        One entry per domain with an answer, NaN with fewer answers than strata and one more.
    """
    strata = sums.groupby(["domain", "stratum"])[["n", "w", "wy", "wyy"]].sum()
    strata["squares"] = np.maximum(strata["wyy"] - strata["wy"] ** 2 / strata["w"], 0)
    strata["h"] = 1.0
    one = strata.groupby("domain")[["n", "w", "squares", "h"]].sum()
    free = (one["n"] - one["h"]).where(one["n"] > one["h"])
    return one["squares"] / one["w"] * one["n"] / free
