"""A fitted model: its parameters with their errors, and what its margins are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from digiskills.models.coding import Column
from digiskills.models.design import Design, covariance
from digiskills.models.problems import ModelError, check_errors
from digiskills.models.rows import Rows

CONFIDENCE = 0.95
DF_DESIGN = "clusters minus strata of the respondents in the model, less one per slope"
DF_MODEL = "respondents less parameters"
DF_LARGE = "infinite (large-sample)"


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """A fitted model; it never shows a respondent.

    Parameters
    ----------
    model : {"linear", "logistic", "ordinal"}
        Kind of model.
    columns : tuple of Column
        What each parameter is about.
    estimate : ndarray
        Parameters.
    covariance : ndarray
        Of the parameters.
    df : float
        Degrees of freedom of tests and intervals.
    method : mapping
        How it was made.
    rows : Rows
        Respondents in the model (private).
    answers : tuple of str
        Of an ordinal outcome, in order.
    design : Design or None
        Columns of the design; None where errors are the model's own.
    frame : DataFrame
        The columns of the design, of everyone in the sample (private).
    influence : ndarray or None, respondents x parameters
        Of everyone in the sample on each parameter.
    """

    model: str
    columns: tuple[Column, ...]
    estimate: np.ndarray
    covariance: np.ndarray
    df: float
    method: Mapping[str, object]
    rows: Rows
    answers: tuple[str, ...] = ()
    design: Design | None = None
    frame: pd.DataFrame | None = None
    influence: np.ndarray | None = None

    def __repr__(self) -> str:
        """Model and size, never a respondent."""
        return f"Fit({self.method['model']}; {len(self.estimate)} parameters, {int(self.rows.used.sum())} respondents)"

    def table(self) -> pd.DataFrame:
        """The parameters with their errors.

        Returns
        -------
        DataFrame
            One row per parameter: term, level, estimate, se, df, low, high, p (two-sided, against 0; NaN for
            thresholds, where 0 means nothing). `attrs["method"]` says how.
        """
        frame = pd.DataFrame({"term": [c.term for c in self.columns], "level": [c.level for c in self.columns]})
        table = with_inference(frame, self.estimate, self.covariance, self.df)
        table.loc[table["term"] == THRESHOLD, "p"] = np.nan
        table.attrs["method"] = dict(self.method)
        return table


THRESHOLD = "threshold"


def with_inference(frame: pd.DataFrame, estimate: np.ndarray, covariance: np.ndarray, df: float) -> pd.DataFrame:
    """Add estimate, se, df, interval and two-sided p of the t test against 0.

    Parameters
    ----------
    frame : DataFrame
        One row per estimate: what it is about.
    estimate, covariance : ndarray
        Estimates and their covariance.
    df : float
        Degrees of freedom; infinite for the normal distribution.

    Returns
    -------
    DataFrame
        The columns of `frame`, then estimate, se, df, low, high, p.
    """
    se = np.sqrt(np.diag(covariance))
    half = stats.t.ppf((1 + CONFIDENCE) / 2, df) * se
    p = 2 * stats.t.sf(np.abs(estimate) / se, df)
    return frame.assign(estimate=estimate, se=se, df=df, low=estimate - half, high=estimate + half, p=p)


def of_model(
    model: str,
    words: str,
    rows: Rows,
    columns: Sequence[Column],
    estimate: np.ndarray,
    variance: np.ndarray,
    df: float,
    about: Mapping[str, object],
    answers: tuple[str, ...] = (),
) -> Fit:
    """A model with errors of its own: respondents drawn one by one, each standing for as many.

    Parameters
    ----------
    model, words : str
        Kind of model, and in words.
    rows : Rows
        Respondents in the model.
    columns : sequence of Column
        What each parameter is about.
    estimate, variance : ndarray
        Parameters and their covariance.
    df : float
        Degrees of freedom.
    about : mapping
        More to say of the method.
    answers : tuple of str
        Of an ordinal outcome.

    Returns
    -------
    Fit
        With the errors of the model.
    """
    check_errors(variance, columns)
    rule = DF_MODEL if np.isfinite(df) else DF_LARGE
    errors = {"design": "none: respondents count as drawn one by one with equal weights", "df_rule": rule}
    method = _method(words, rows) | errors | dict(about)
    return Fit(model, tuple(columns), estimate, variance, df, method, rows, answers)


def of_design(
    model: str,
    words: str,
    frame: pd.DataFrame,
    design: Design,
    rows: Rows,
    columns: Sequence[Column],
    estimate: np.ndarray,
    scores: np.ndarray,
    information: np.ndarray,
    about: Mapping[str, object],
    answers: tuple[str, ...] = (),
) -> Fit:
    """A survey-weighted model with design-based sandwich errors.

    Parameters
    ----------
    model, words : str
        Kind of model, and in words.
    frame : DataFrame
        Everyone in the sample.
    design : Design
        Columns of the design.
    rows : Rows
        Respondents in the model.
    columns : sequence of Column
        What each parameter is about.
    estimate : ndarray
        Solution of the weighted score equations.
    scores : ndarray, respondents x parameters
        Unweighted scores of those in the model.
    information : ndarray
        Minus the derivative of the weighted scores, with the weights of `rows`.
    about : mapping
        More to say of the method.
    answers : tuple of str
        Of an ordinal outcome.

    Returns
    -------
    Fit
        With bread x Taylor variance of the total score x bread.

    Raises
    ------
    ModelError
        If clusters are too few for the parameters.
    """
    of_mean = frame[design.weight].to_numpy(dtype=float)[rows.used].mean()
    influence = rows.of_frame(np.linalg.solve(information * of_mean, scores.T).T)
    errors = covariance(frame, design, influence)
    slopes = len(rows.coding.columns) - rows.coding.intercept
    df = errors.df - slopes
    if df <= 0:
        strata = errors.clusters - errors.df
        raise ModelError(
            f"{slopes} slopes are too many for {errors.clusters} clusters in {strata} strata ({df} degrees of freedom "
            "are left, 1 is the least); join categories, take fewer predictors or join strata"
        )
    check_errors(errors.covariance, columns)
    method = _method(words, rows) | {"design": errors.description, "lonely": design.lonely, "df_rule": DF_DESIGN}
    method |= {"weights": design.weight, "clusters": errors.clusters, **about}
    kept = frame[design.columns]
    return Fit(model, tuple(columns), estimate, errors.covariance, df, method, rows, answers, design, kept, influence)


def _method(words: str, rows: Rows) -> dict[str, object]:
    return {
        "model": words,
        "reference": rows.coding.references,
        "n": int(rows.used.sum()),
        "left_out": int((~rows.used).sum()),
        "missing": "respondents without outcome or predictor, outside the domain or of weight 0 are left out",
        "interval": "t on the degrees of freedom",
        "confidence": CONFIDENCE,
    }
