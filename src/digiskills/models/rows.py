"""The respondents that a model can use, and what they say, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest
from digiskills.estimates.domains import Where, domains
from digiskills.models.coding import BETWEEN, Coding, Predictors, coding, is_number, terms
from digiskills.models.design import Design
from digiskills.models.problems import dependent, refuse


@dataclass(frozen=True, eq=False, repr=False)
class Rows:
    """Respondents with an outcome and every predictor, inside the domain, with a weight above 0.

    Parameters
    ----------
    used : ndarray of bool, one per respondent of the frame
        Who is in the model.
    predictors : DataFrame
        One row per respondent in the model, the predictors only.
    outcome : ndarray
        Of those in the model.
    weight : ndarray
        Of those in the model, of mean 1; 1 each without a design.
    coding : Coding
        How the predictors are coded.
    matrix : ndarray, respondents x columns
        The design matrix.
    """

    used: np.ndarray
    predictors: pd.DataFrame
    outcome: np.ndarray
    weight: np.ndarray
    coding: Coding
    matrix: np.ndarray

    def of_frame(self, values: np.ndarray) -> np.ndarray:
        """Values of those in the model, put in the places of the frame; NaN elsewhere."""
        whole = np.full((len(self.used), values.shape[1]), np.nan)
        whole[self.used] = values
        return whole


def rows(
    frame: pd.DataFrame,
    outcome: pd.Series,
    predictors: Predictors,
    design: Design | None,
    reference: Mapping[str, str] | None,
    where: Where | None,
    intercept: bool = True,
) -> Rows:
    """The respondents of a model.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent, everyone in the sample.
    outcome : Series of float
        One per respondent; NaN where there is no answer.
    predictors : str or sequence of str or tuple of str
        Columns; a tuple is an interaction.
    design : Design or None
        Columns of the survey design.
    reference : mapping of predictor to category, or None
        What categories are compared with.
    where : mapping of column to value or values, or None
        Domain of the model.
    intercept : bool
        Whether the model has a constant.

    Returns
    -------
    Rows
        With a design matrix of independent columns.

    Raises
    ------
    UsageError
        If a column, category or term does not exist.
    ModelError
        If nobody is left, an outcome or predictor does not vary, a category has no answers, or columns are
        collinear; everything at once.
    """
    found = terms(predictors)
    names = list(dict.fromkeys(name for term in found for name in term))
    known(frame, names)
    if str(outcome.name) in names:
        raise UsageError(f"predictors: ‘{outcome.name}’ is the outcome")
    used, weight = _used(frame, outcome, names, design, where)
    refuse([] if used.any() else [_nobody(frame, outcome, names)])
    kept = frame.loc[used, names].reset_index(drop=True)
    coded = coding(kept, found, reference, intercept)
    values = outcome.to_numpy(dtype=float)[used]
    refuse(_constant(values, str(outcome.name)) + _infinite(frame.loc[used, names]) + _empty(kept, coded))
    matrix = coded.matrix(kept)
    # Slopes are looked at beside a constant, also where thresholds stand for it.
    beside = Coding(coded.terms, coded.levels, intercept=True)
    refuse(dependent(beside.matrix(kept), beside.columns))
    return Rows(used, kept, values, weight[used] / weight[used].mean(), coded, matrix)


def known(frame: pd.DataFrame, names: list[str]) -> None:
    """Refuse columns that are not there.

    Raises
    ------
    UsageError
        With every such column and the nearest that is there.
    """
    there = [str(column) for column in frame.columns]
    wrong = [f"no column ‘{name}’; {nearest(name, there)}" for name in names if name not in there]
    if wrong:
        raise UsageError("\n".join(wrong))


def numbers(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column of numbers as floats.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    name : str
        The column.

    Returns
    -------
    Series of float
        NaN where there is no answer.

    Raises
    ------
    UsageError
        If the column does not exist or holds something else.
    """
    known(frame, [name])
    column = frame[name]
    if not pd.api.types.is_numeric_dtype(column):
        raise UsageError(f"‘{name}’ holds answers, not numbers; take its scores, an ordinal or a logistic model")
    return column.astype(float)


def _used(
    frame: pd.DataFrame, outcome: pd.Series, names: list[str], design: Design | None, where: Where | None
) -> tuple[np.ndarray, np.ndarray]:
    inside = domains(frame, [], where).code >= 0
    weight = np.ones(len(frame))
    if design is not None:
        design.of(frame)  # refuses weights, strata and clusters that no design has
        weight = frame[design.weight].to_numpy(dtype=float)
    complete = outcome.notna().to_numpy() & frame[names].notna().all(axis=1).to_numpy()
    return inside & complete & (weight > 0), weight


def _nobody(frame: pd.DataFrame, outcome: pd.Series, names: list[str]) -> str:
    answered = {str(outcome.name): int(outcome.notna().sum())}
    answered |= {name: int(frame[name].notna().sum()) for name in names}
    counts = ", ".join(f"{name} {count}" for name, count in answered.items())
    return f"no respondent has an answer to all of the outcome and the predictors (answers: {counts}); take fewer"


def _constant(values: np.ndarray, name: str) -> list[str]:
    if np.isinf(values).any():
        return [f"‘{name}’: infinite values; correct them"]
    return [] if np.ptp(values) > 0 else [f"‘{name}’ does not vary: everyone in the model gave the same answer"]


def _infinite(predictors: pd.DataFrame) -> list[str]:
    numeric = [name for name in predictors.columns if is_number(predictors[name])]
    endless = [name for name in numeric if not np.isfinite(predictors[name].to_numpy(dtype=float)).all()]
    return [f"‘{name}’: infinite values; correct them" for name in endless]


def _empty(kept: pd.DataFrame, coded: Coding) -> list[str]:
    problems = []
    for name, levels in coded.levels.items():
        there = set(kept[name].astype(str))
        empty = [level for level in levels if level not in there]
        if len(there) < 2:
            problems.append(f"‘{name}’ does not vary: everyone in the model is {' or '.join(there)}; leave it out")
        elif empty:
            way_out = "join it with a neighbour, or drop it (cat.remove_unused_categories)"
            problems.append(f"‘{name}’: nobody in the model is {', '.join(empty)}; {way_out}")
    for term in (term for term in coded.terms if len(term) > 1 and all(name in coded.levels for name in term)):
        there = set(kept[list(term)].astype(str).agg(BETWEEN.join, axis=1))
        cells = pd.MultiIndex.from_product([coded.levels[name] for name in term])
        empty = [BETWEEN.join(cell) for cell in cells if BETWEEN.join(cell) not in there]
        if empty:
            way_out = "join categories, or leave the interaction out"
            problems.append(f"{' x '.join(term)}: nobody in the model is {', '.join(empty)}; {way_out}")
    return problems
