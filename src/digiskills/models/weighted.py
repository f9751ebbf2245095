"""Survey-weighted linear and logistic regression."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from scipy import special
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.regression.linear_model import WLS

from digiskills.errors import UsageError
from digiskills.estimates.domains import Where
from digiskills.estimates.given import gave, given_answers
from digiskills.models.coding import Predictors
from digiskills.models.design import Design
from digiskills.models.fit import Fit, of_design, of_model
from digiskills.models.problems import ModelError, separating, settled
from digiskills.models.rows import Rows, known, numbers, rows

MOST_ROUNDS = 100
EXACT = 1e-12  # residuals this small beside the outcome are rounding


def linear(
    frame: pd.DataFrame,
    outcome: str,
    predictors: Predictors,
    design: Design | None = None,
    reference: Mapping[str, str] | None = None,
    where: Where | None = None,
) -> Fit:
    """Linear regression of a number, as a gap in levels.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent, everyone in the sample: outcome, predictors and the columns of the design.
    outcome : str
        Column of numbers; NaN where there is no answer.
    predictors : str or sequence of str or tuple of str
        Columns of categories (in the study's order) or numbers; a tuple is the interaction of its columns.
    design : Design, optional
        Columns of the survey design; without it errors are the model's own (equal variance).
    reference : mapping of predictor to category, optional
        What the others are compared with; the first category by default.
    where : mapping of column to value or values, optional
        Domain: a zero weight for the others, never a filter of `frame`.

    Returns
    -------
    Fit
        `table()` gives one row per parameter: term, level, estimate, se, df, low, high, p.

    Raises
    ------
    UsageError
        If a column, category or term does not exist.
    ModelError
        If the answers cannot give the model, with what would do.

    Notes
    -----
    b solves sum w x (y - x'b) = 0; covariance A^-1 G A^-1 with A = sum w x x' and G the Taylor variance of the
    total of the scores w x (y - x'b), by cluster, stratum and stage. D. A. Binder, International Statistical
    Review 51 (1983) 279-292; T. Lumley, Complex Surveys (2010), chapter 5. df: design less slopes, as svyglm.
    """
    found = rows(frame, numbers(frame, outcome), predictors, design, reference, where)
    fitted = WLS(found.outcome, found.matrix, weights=found.weight).fit()
    estimate = np.asarray(fitted.params)
    residual = found.outcome - found.matrix @ estimate
    if np.abs(residual).max() <= EXACT * np.abs(found.outcome).max():
        raise ModelError(f"‘{outcome}’ is given by the predictors without error; there is nothing to explain")
    words = f"linear regression of {outcome}"
    information = found.matrix.T @ (found.weight[:, None] * found.matrix)
    columns = found.coding.columns
    if design is not None:
        scores = found.matrix * residual[:, None]
        return of_design(
            "linear", words, frame, design, found, columns, estimate, scores, information, {"outcome": outcome}
        )
    df = len(residual) - len(estimate)
    variance = np.linalg.inv(information) * (residual @ residual) / df
    return of_model("linear", words, found, columns, estimate, variance, df, {"outcome": outcome})


def logistic(
    frame: pd.DataFrame,
    outcome: str,
    predictors: Predictors,
    design: Design | None = None,
    of: str | Collection[str] | None = None,
    reference: Mapping[str, str] | None = None,
    where: Where | None = None,
) -> Fit:
    """Logistic regression of a yes or no, as being short of a skill; estimates are log odds ratios.

    Parameters
    ----------
    frame : DataFrame
        As for `linear`.
    outcome : str
        Column of 0 and 1 (or truth values), NaN where there is no answer; or of answers, with `of`.
    predictors, design
        As for `linear`.
    of : answer or answers, optional
        Answers that count as yes.
    reference, where
        As for `linear`.

    Returns
    -------
    Fit
        As for `linear`; without a design errors are those of the inverse information, on the normal distribution.

    Raises
    ------
    UsageError
        If a column, answer, category or term does not exist.
    ModelError
        If the answers cannot give the model: also where predictors tell the answers apart perfectly.

    Notes
    -----
    Scores w x (y - p), information sum w p (1 - p) x x', otherwise as `linear`.
    """
    found = rows(frame, _yes(frame, outcome, of), predictors, design, reference, where)
    estimate = logit(found, outcome)
    share = special.expit(found.matrix @ estimate)
    words = f"logistic regression of {outcome}"
    information = _slope(found, estimate)[1]
    about = {"outcome": outcome, "of": _listed(of), "scale": "log odds"}
    if design is not None:
        scores = found.matrix * (found.outcome - share)[:, None]
        return of_design(
            "logistic", words, frame, design, found, found.coding.columns, estimate, scores, information, about
        )
    variance = np.linalg.inv(information)
    return of_model("logistic", words, found, found.coding.columns, estimate, variance, np.inf, about)


def logit(found: Rows, outcome: str) -> np.ndarray:
    """Parameters of a weighted logistic regression of 0 and 1.

    Parameters
    ----------
    found : Rows
        Respondents in the model; `outcome` of 0 and 1.
    outcome : str
        Its name, for messages.

    Returns
    -------
    ndarray
        One per column of the design matrix.

    Raises
    ------
    ModelError
        If predictors tell the answers apart perfectly, or the rounds do not settle.
    """
    side = (2 * found.outcome - 1)[:, None]
    apart = _same_answer(found) or separating(side * found.matrix, found.coding.columns)
    if apart:
        raise ModelError(
            f"‘{outcome}’ is predicted perfectly by {', '.join(apart)} (separation): its log odds have no end; join "
            "categories, or give the shares as they are"
        )
    model = GLM(found.outcome, found.matrix, family=Binomial(), freq_weights=found.weight)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it settled is found below, not read from a warning
        near = np.asarray(model.fit(maxiter=MOST_ROUNDS).params)
    return settled(near, lambda at: _slope(found, at), outcome)


def _slope(found: Rows, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and information of the weighted log-likelihood."""
    share = special.expit(found.matrix @ parameters)
    gradient = found.matrix.T @ (found.weight * (found.outcome - share))
    return gradient, found.matrix.T @ ((found.weight * share * (1 - share))[:, None] * found.matrix)


def _same_answer(found: Rows) -> list[str]:
    """Categories in which all gave the same answer."""
    columns = zip(found.coding.columns, found.matrix.T, strict=True)
    return [str(column) for column, there in columns if column.level and np.ptp(found.outcome[there == 1]) == 0]


def _yes(frame: pd.DataFrame, outcome: str, of: str | Collection[str] | None) -> pd.Series:
    """1 for yes, 0 for no, NaN without an answer."""
    known(frame, [outcome])
    column = frame[outcome]
    if of is not None:
        wanted = given_answers(column, [of] if isinstance(of, str) else list(of))[0][1]
        return pd.Series(gave(column, wanted), index=frame.index, name=outcome)
    if pd.api.types.is_numeric_dtype(column) and column.dropna().isin([0, 1]).all():
        return column.astype(float)
    raise UsageError(f"‘{outcome}’ is not 0 and 1; say with `of` which of its answers count as yes")


def _listed(of: str | Collection[str] | None) -> list[str]:
    return [of] if isinstance(of, str) else list(of or ())
