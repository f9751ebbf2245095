"""Draws departments and people, lets some of them answer, and weights those who do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.errors import DesignError
from digiskills.simulate.departments import departments
from digiskills.simulate.draws import normals, uniforms
from digiskills.simulate.effects import chance
from digiskills.simulate.truth import Truth

Margin = tuple[np.ndarray, np.ndarray]


def sampled_departments(truth: Truth, wave: str, draw: int = 0) -> pd.DataFrame:
    """Return the departments that a wave takes.

    Parameters
    ----------
    truth : Truth
        Declares how many of each stratum, and ``departments.shift``.
    wave : str
        One of its waves.
    draw : int
        Another number takes another sample; 0 is the one that the files hold.

    Returns
    -------
    DataFrame
        One row per department taken, as `departments` gives them, with ``of`` (departments in the stratum)
        and ``taken`` (departments taken).

    Notes
    -----
    Every department keeps one random number for all waves. A wave takes those that come first from a
    starting point on; the starting point moves by ``shift`` per wave, which sets how many stay (Ohlsson,
    "Coordination of samples using permanent random numbers", in Business Survey Methods, 1995).
    """
    table = departments(truth)
    stratum = truth.column("stratum")
    start = truth.numbers["departments"]["shift"] * truth.waves.index(wave)
    number = uniforms(truth.seed, f"draw {draw}/departments", len(table)) if draw else table["number"]
    table = table.assign(order=(number - start) % 1.0)
    counts = {_name(truth, given): given for given in truth.numbers["departments"]["strata"]}
    names = table[stratum].astype(str)
    table = table.assign(
        of=names.map({name: given["departments"] for name, given in counts.items()}),
        taken=names.map({name: given["sampled"] for name, given in counts.items()}),
    )
    rank = table.groupby(stratum, observed=True)["order"].rank()
    return table[rank <= table["taken"]].drop(columns="order").reset_index(drop=True)


def sample(population: pd.DataFrame, truth: Truth, wave: str, draw: int = 0) -> pd.DataFrame:
    """Return those who answered in one wave, with their weights.

    Parameters
    ----------
    population : DataFrame
        Everyone, as `simulate.population` gives them.
    truth : Truth
        Declares who is invited and who responds.
    wave : str
        One of its waves.
    draw : int
        Another number takes another sample of the same people, for instance to see how often an interval
        covers the truth; 0 is the one that the files hold.

    Returns
    -------
    DataFrame
        One row per respondent: the population's columns, and the calibrated weight in people.

    Notes
    -----
    The weight is (departments of the stratum / departments taken) x (1 / share invited) x (heads of the
    department / invitation-weighted respondents of the department), then raked to the heads of each of
    ``weights.margins``. Levels and sizes are those of the personnel frame, not those that people report.
    """
    everyone = population[population[truth.column("wave")] == wave]
    taken = sampled_departments(truth, wave, draw).set_index(truth.column("cluster"))
    asked = everyone[everyone[truth.column("cluster")].isin(taken.index)]
    invited = chance(asked, truth.numbers["invited"])
    stream = f"{wave}/draw {draw}"
    answering = _responds(asked, truth, stream) & (uniforms(truth.seed, f"{stream}/invited", len(asked)) < invited)
    respondents = asked[answering].reset_index(drop=True)
    weight = _base_weight(asked, respondents, 1 / invited[answering], taken, truth)
    margins = [_margin(everyone, respondents, names) for names in truth.numbers["weights"]["margins"]]
    return respondents.assign(**{truth.column("weight"): rake(weight, margins)})


def rake(weight: np.ndarray, margins: Sequence[Margin], tolerance: float = 1e-10, rounds: int = 500) -> np.ndarray:
    """Return weights that add up to known totals.

    Parameters
    ----------
    weight : ndarray of float
        One positive weight per respondent.
    margins : sequence of (codes, totals)
        For each margin the respondents' cell, 0 to k-1, and the k totals.
    tolerance : float
        Largest relative difference left between a sum and its total.
    rounds : int
        Passes over the margins before giving up.

    Returns
    -------
    ndarray of float
        The raked weights.

    Raises
    ------
    DesignError
        If a cell has a total and no respondent, or the margins contradict each other.

    Notes
    -----
    Iterative proportional fitting: each margin in turn multiplies the weights of a cell by total / sum
    (Deming and Stephan, Annals of Mathematical Statistics 11, 1940, 427-444).
    """
    for _ in range(rounds):
        worst = 0.0
        for codes, totals in margins:
            sums = np.bincount(codes, weight, len(totals))
            if np.any((sums == 0) & (totals > 0)):
                raise DesignError("nobody answered in a cell whose total is known: put it together with another")
            ratio = np.divide(totals, sums, out=np.ones(len(totals)), where=sums > 0)
            worst = max(worst, float(np.abs(ratio - 1).max()))
            weight = weight * ratio[codes]
        if worst < tolerance:
            return weight
    raise DesignError(f"weights do not settle in {rounds} rounds: the totals contradict each other")


def _name(truth: Truth, given: dict[str, str]) -> str:
    return ".".join(given[name] for name in truth.frame_columns)


def _responds(asked: pd.DataFrame, truth: Truth, stream: str) -> np.ndarray:
    """Return who would answer if invited: declared factors, and more in some departments than others."""
    department = asked[truth.column("cluster")].cat
    drawn = normals(truth.seed, f"{stream}/department/response", len(department.categories))
    factor = 1 + truth.numbers["response"]["department_sd"] * np.clip(drawn, -2, 2)
    propensity = np.minimum(chance(asked, truth.numbers["response"]) * factor[department.codes], 0.98)
    return np.asarray(uniforms(truth.seed, f"{stream}/response", len(asked)) < propensity)


def _base_weight(
    asked: pd.DataFrame, respondents: pd.DataFrame, inverse: np.ndarray, taken: pd.DataFrame, truth: Truth
) -> np.ndarray:
    """Return the weight before raking; a department in which nobody answered counts as not taken."""
    department, stratum = truth.column("cluster"), truth.column("stratum")
    names = taken.index.astype(str)
    codes = pd.Index(names).get_indexer(pd.Index(respondents[department].astype(str)))
    heads = asked[department].astype(str).value_counts().reindex(names).to_numpy(float)
    answered = np.bincount(codes, inverse, len(names))
    heard = taken[answered > 0].groupby(stratum, observed=True).size()
    of = taken["of"].to_numpy(float) / taken[stratum].astype(str).map(heard.rename(str)).to_numpy(float)
    return np.asarray(of[codes] * inverse * (heads / np.where(answered > 0, answered, 1.0))[codes])


def _margin(everyone: pd.DataFrame, respondents: pd.DataFrame, names: list[str]) -> Margin:
    """Return the respondents' cells and the cells' heads.

    Heads of a cell in which nobody answered go to the cells of the same first category, in proportion.
    """
    cells = everyone.groupby(names, observed=True).size().reset_index(name="heads")
    keys = pd.MultiIndex.from_frame(cells[names].astype(str))
    codes = keys.get_indexer(pd.MultiIndex.from_frame(respondents[names].astype(str)))
    answered = np.bincount(codes, minlength=len(cells)) > 0
    heads, group = cells["heads"].to_numpy(float), cells[names[0]].cat.codes.to_numpy()
    whole = np.bincount(group, heads)
    heard = np.bincount(group, heads * answered)
    return codes, np.where(answered, heads * (whole / np.where(heard > 0, heard, 1.0))[group], 0.0)
