"""Whom the sample holds, as far as heads of the population tell.

A respondent over the heads of a cell is the product of being invited and of answering. Only where everyone of the
departments drawn was invited, or where the heads given are those invited, does it measure response.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.errors import UsageError
from digiskills.estimates import intervals
from digiskills.estimates.domains import columns
from digiskills.estimates.variance import Results
from digiskills.gaps.respondents import design_of
from digiskills.study import Study
from digiskills.survey import Survey

DIMENSIONS = ("department_size", "level")
NO_DATE = {
    "en": "Early and late answers are not compared: the study has no date of answering.",
    "fr": "Les réponses hâtives et tardives ne sont pas comparées : l’étude ne comporte pas de date de réponse.",
}
RESPONSE_DATE = "response_date"  # role of the codebook


def response(survey: Survey, by: str | Sequence[str] = DIMENSIONS) -> pd.DataFrame:
    """Share of people of the departments drawn who answered, by cell of the population.

    Parameters
    ----------
    survey : Survey
        Of a study with heads of the population.
    by : str or sequence of str
        Dimensions of the heads, such as size and level.

    Returns
    -------
    DataFrame
        One row per cell: <by>, heads, n (respondents), in_sample (heads in departments of the sample, estimated;
        NaN where nobody answered), response (respondents over those heads; it can pass 1 where their estimate is
        low).

    Raises
    ------
    UsageError
        If the heads are not known by these dimensions.

    Notes
    -----
    Each respondent stands for N_h / n_h, the departments of the stratum over those sampled: their sum over the
    heads estimates the response among people of sampled departments, free of the share of departments drawn.
    Where only some people of a department were invited, it is the share of design and response together, not a
    response rate; for that, give the survey the heads invited in place of the heads of the population.
    Respondents without a category of some dimension are in no cell.
    """
    names = columns(by)
    cells = _cells(survey, names)
    return cells[[*names, "heads", "n", "in_sample", "response"]]


def r_indicator(survey: Survey, by: str | Sequence[str] = DIMENSIONS) -> pd.DataFrame:
    """How alike the response of all groups is: 1 where every group answers alike, lower where not.

    Parameters
    ----------
    survey : Survey
        Of a study with heads of the population.
    by : str or sequence of str
        Dimensions of the heads.

    Returns
    -------
    DataFrame
        One row: item (`r_indicator`), n, clusters, estimate, se, df, low, high, response (overall),
        largest_bias (upper bound of a mean's bias, in standard deviations of what is measured).

    Raises
    ------
    UsageError
        If the heads are not known by these dimensions.

    Notes
    -----
    R = 1 - 2 S(rho), S² = sum_c N_c (rho_c - rhobar)² / (N - 1), rho_c the response of cell c (see `response`),
    N_c its heads, rhobar their mean over heads. The heads must be those
    invited: with heads of the population, R and largest_bias measure how unevenly people were invited as well.
    largest_bias = S / rhobar. B. Schouten, F. Cobben and
    J. Bethlehem, Survey Methodology 35 (2009) 101-113. Error by linearisation: that of the total of
    -2 (rho_c - rhobar) / (S (N - 1)) over respondents with weight N_h / n_h. Chance differences between small
    cells count as differences, so R is a little low.
    """
    cells = _cells(survey, columns(by))
    heads, propensity = cells["heads"].to_numpy(), cells["response"].to_numpy()
    mean = np.average(propensity, weights=heads)
    spread = np.sqrt((heads * (propensity - mean) ** 2).sum() / (heads.sum() - 1))
    slope = np.zeros(len(cells)) if spread == 0 else -2 * (propensity - mean) / (spread * (heads.sum() - 1))
    code = _code(survey, cells, columns(by))
    z = np.where(code >= 0, slope[code], np.nan)
    found = design_of(survey, {"z": z}, weight=_expansion(survey)).total("z")
    found = found.assign(item="r_indicator", estimate=1 - 2 * spread, response=mean, largest_bias=spread / mean)
    results = Results(*(found[name].to_numpy() for name in ("n", "clusters", "estimate", "se", "df")))
    found["low"], found["high"] = (np.clip(bound, 0, 1) for bound in intervals.bounds(results, "t", False))
    return found


def partial_r_indicators(survey: Survey, by: str | Sequence[str] = DIMENSIONS) -> pd.DataFrame:
    """What each dimension, and each of its categories, adds to the differences in response.

    Parameters
    ----------
    survey : Survey
        Of a study with heads of the population.
    by : str or sequence of str
        Dimensions of the heads.

    Returns
    -------
    DataFrame
        One row per dimension and one per category: dimension, category ("all" for the dimension), heads, n,
        response, unconditional, conditional. A category's unconditional indicator has a sign: below 0 it answered
        less than the whole.

    Raises
    ------
    UsageError
        If the heads are not known by these dimensions.

    Notes
    -----
    The heads must be those invited, as for `r_indicator`.
    Unconditional (between): of a category sqrt(N_k / N) (rhobar_k - rhobar), of a dimension the root of the sum of
    their squares. Conditional (within): root of sum (rho_c - rhobar of the cell of all other dimensions)² N_c / N,
    over all cells for a dimension, over those of the category for a category. B. Schouten, N. Shlomo and
    C. Skinner, Journal of Official Statistics 27 (2011) 231-253.
    """
    names = columns(by)
    cells = _cells(survey, names)
    tables = [_partial(cells, name, [other for other in names if other != name]) for name in names]
    return pd.concat(tables, ignore_index=True)


def why_not_early_and_late(study: Study, language: str) -> str:
    """The sentence that stands where early and late answers would be compared.

    Parameters
    ----------
    study : Study
        The study.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        A sentence; empty where the form has an item with the role ``response_date``.
    """
    return "" if study.codebook.with_role(RESPONSE_DATE) else NO_DATE[language]


def _cells(survey: Survey, by: list[str]) -> pd.DataFrame:
    """One row per cell of the population: heads, respondents, heads of the sample and the response."""
    heads = survey.heads
    if heads is None or not by or not set(by) <= set(heads.columns):
        known = "none" if heads is None else ", ".join(name for name in heads.columns if name != "heads")
        raise UsageError(f"heads of the population are not known by {', '.join(by) or 'nothing'}; known by: {known}")
    cells = heads.astype(dict.fromkeys(by, str)).groupby(by, sort=False)["heads"].sum().reset_index()
    cells = cells[cells["heads"] > 0].reset_index(drop=True).astype({"heads": float})
    code, expansion = _code(survey, cells, by), _expansion(survey)
    inside = code >= 0
    cells["n"] = np.bincount(code[inside], minlength=len(cells))
    expanded = np.bincount(code[inside], expansion[inside], len(cells))
    cells["response"] = expanded / cells["heads"]
    cells["in_sample"] = np.divide(
        cells["n"], cells["response"], out=np.full(len(cells), np.nan), where=cells["response"] > 0
    )
    return cells


def _code(survey: Survey, cells: pd.DataFrame, by: list[str]) -> np.ndarray:
    """Position of each respondent's cell; -1 where a category is missing."""
    mine = pd.MultiIndex.from_frame(pd.DataFrame({name: survey.dimension(name).astype(object) for name in by}))
    return np.asarray(pd.MultiIndex.from_frame(cells[by].astype(object)).get_indexer(mine))


def _expansion(survey: Survey) -> np.ndarray:
    """Departments of the respondent's stratum over those sampled; 1 where they are not known."""
    if survey.population is None or survey.stratum is None or survey.cluster is None:
        return np.ones(len(survey))
    stratum = survey.stratum.astype(str)
    sampled = survey.cluster.astype(str).groupby(stratum.to_numpy()).nunique()
    share: pd.Series = survey.population.rename(str) / sampled
    return stratum.map(share).to_numpy(dtype=float)


def _partial(cells: pd.DataFrame, name: str, others: list[str]) -> pd.DataFrame:
    whole, mean = cells["heads"].sum(), np.average(cells["response"], weights=cells["heads"])
    answered = cells.assign(answered=cells["response"] * cells["heads"])
    groups = answered.groupby(name, sort=False)[["heads", "n", "answered"]].sum()
    groups["response"] = groups["answered"] / groups["heads"]
    groups["unconditional"] = np.sqrt(groups["heads"] / whole) * (groups["response"] - mean)
    same = answered.groupby(others)[["heads", "answered"]].transform("sum") if others else None
    expected = mean if same is None else same["answered"] / same["heads"]
    within = (cells["response"] - expected) ** 2 * cells["heads"] / whole
    groups["conditional"] = np.sqrt(within.groupby(cells[name], sort=False).sum())
    total = {"heads": whole, "n": groups["n"].sum(), "response": mean}
    for kind in ("unconditional", "conditional"):
        total[kind] = float(np.sqrt((groups[kind] ** 2).sum()))
    rows = groups.drop(columns="answered").reset_index().rename(columns={name: "category"})
    return pd.concat([pd.DataFrame([{"category": "all"} | total]), rows], ignore_index=True).assign(dimension=name)[
        ["dimension", "category", "heads", "n", "response", "unconditional", "conditional"]
    ]
