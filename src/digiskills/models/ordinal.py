"""Proportional odds regression of answers in order."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from digiskills.errors import UsageError
from digiskills.estimates.domains import Where
from digiskills.models.coding import Column, Predictors, is_number
from digiskills.models.design import Design
from digiskills.models.fit import THRESHOLD, Fit, of_design, of_model
from digiskills.models.likelihood import CumulativeLogit, highest
from digiskills.models.problems import ModelError, separating
from digiskills.models.rows import known, rows

MOST_ANSWERS = 20  # more are a measure, not answers


def ordinal(
    frame: pd.DataFrame,
    outcome: str,
    predictors: Predictors,
    design: Design | None = None,
    reference: Mapping[str, str] | None = None,
    where: Where | None = None,
) -> Fit:
    """Proportional odds regression; an estimate above 0 shifts answers up the scale (log odds).

    Parameters
    ----------
    frame : DataFrame
        One row per respondent, everyone in the sample: outcome, predictors and the columns of the design.
    outcome : str
        Column of answers in order (an ordered Categorical, null where there is none), or of few numbers.
    predictors, design, reference, where
        As for `linear`. With a design, weights make a pseudo-likelihood and errors are design-based.

    Returns
    -------
    Fit
        `table()` gives one row per slope, then one per threshold (level ``1|2``).

    Raises
    ------
    UsageError
        If a column, category or term does not exist, or the answers have no order.
    ModelError
        If the answers cannot give the model, with what would do.

    Notes
    -----
    logit P(Y <= k) = threshold_k - x'b, as MASS::polr and, with a design, survey::svyolr. P. McCullagh, Journal
    of the Royal Statistical Society B 42 (1980) 109-142. Errors without a design: inverse of the observed
    information. With one: A^-1 G A^-1, A the weighted information and G the Taylor variance of the scores.
    """
    codes, answers = _answers(frame, outcome)
    found = rows(frame, codes, predictors, design, reference, where, intercept=False)
    answer = found.outcome.astype(int)
    if is_number(frame[outcome]):  # numbers have no list of answers: those of the domain are all there is
        there, answer = np.unique(answer, return_inverse=True)
        answers = tuple(answers[code] for code in there)
    _check_given(answer, answers, outcome)
    model = CumulativeLogit(answer, found.matrix, found.weight, len(answers))
    thresholds = [f"{low}|{high}" for low, high in pairwise(answers)]
    columns = (*found.coding.columns, *(Column(THRESHOLD, name) for name in thresholds))
    _check_apart(model, columns, outcome)
    top = highest(model, outcome)
    words = f"proportional odds regression of {outcome}"
    about: dict[str, object] = {"outcome": outcome, "scale": "log odds of a higher answer", "answers": list(answers)}
    if design is not None:
        return of_design(
            "ordinal",
            words,
            frame,
            design,
            found,
            columns,
            top.estimate,
            top.scores,
            top.information,
            about,
            answers,
        )
    variance = np.linalg.inv(top.information)
    about["loglik"] = top.loglik
    return of_model("ordinal", words, found, columns, top.estimate, variance, np.inf, about, answers)


def _answers(frame: pd.DataFrame, outcome: str) -> tuple[pd.Series, tuple[str, ...]]:
    """Position of each respondent's answer (NaN without one), and the answers in order."""
    known(frame, [outcome])
    column = frame[outcome]
    values = pd.Categorical(column)
    if is_number(column) and len(values.categories) <= MOST_ANSWERS:
        answers = tuple(f"{float(number):g}" for number in values.categories)
    elif isinstance(column.dtype, pd.CategoricalDtype) and values.ordered:
        answers = tuple(str(category) for category in values.categories)
    else:
        raise UsageError(
            f"‘{outcome}’ has no order: give an ordered Categorical, or at most {MOST_ANSWERS} different numbers"
        )
    codes = np.where(values.codes < 0, np.nan, values.codes)
    return pd.Series(codes, index=frame.index, name=outcome), answers


def _check_given(codes: np.ndarray, answers: tuple[str, ...], outcome: str) -> None:
    """Refuse answers that nobody in the model gave: their thresholds have no end."""
    count = np.bincount(codes, minlength=len(answers))
    empty = [answer for answer, one in zip(answers, count, strict=True) if one == 0]
    if empty:
        raise ModelError(
            f"‘{outcome}’: nobody in the model answered {', '.join(empty)}; join it with a neighbour, or drop it "
            "(cat.remove_unused_categories)"
        )


def _check_apart(model: CumulativeLogit, columns: tuple[Column, ...], outcome: str) -> None:
    upper, lower = model.bounds
    moves = np.vstack([upper, -lower])
    apart = separating(moves[np.abs(moves).max(axis=1) > 0], columns)
    if apart:
        raise ModelError(
            f"‘{outcome}’ is predicted perfectly by {', '.join(apart)} (separation): its log odds have no end; join "
            "categories or answers"
        )
