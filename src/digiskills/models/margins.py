"""Adjusted means, average marginal effects and pairwise differences of a fitted model."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import pandas as pd
from scipy import special, stats
from statsmodels.stats.multitest import multipletests

from digiskills.errors import UsageError, nearest
from digiskills.estimates.domains import columns
from digiskills.models.coding import BETWEEN, Column, joined
from digiskills.models.design import covariance
from digiskills.models.fit import CONFIDENCE, Fit, with_inference
from digiskills.models.predicted import Average, average
from digiskills.models.problems import check_errors

STEP = 1e-4  # of a predictor's standard deviation, for the slope of a number
COVARIATES = ("sampled", "fixed")


@dataclass(frozen=True, eq=False)
class Margins:
    """Averages of a model's predictions with their joint covariance.

    Parameters
    ----------
    frame : DataFrame
        One row per level (and answer of an ordinal outcome): term, level, [answer], estimate, se, df, low, high.
    covariance : ndarray, rows x rows
        In the order of the rows.
    df : float
        Degrees of freedom.
    """

    frame: pd.DataFrame
    covariance: np.ndarray
    df: float


def adjusted_means(
    fit: Fit, by: str | Sequence[str], of: str | Collection[str] | None = None, covariates: str | None = None
) -> Margins:
    """What the outcome would be if everyone were at a level, all else of the respondents as it is.

    Parameters
    ----------
    fit : Fit
        A linear, logistic or ordinal model.
    by : str or sequence of str
        Predictors with categories; several give every combination.
    of : answer or answers, optional
        Of an ordinal outcome: answers that count together; without them each answer has its rows.
    covariates : {"sampled", "fixed"}, optional
        Whether errors hold the sampling of the other predictors; by default where the model has a design.

    Returns
    -------
    Margins
        Means of a linear model, shares of 0 to 1 of the others; intervals of shares on the logit scale.

    Raises
    ------
    UsageError
        If a predictor, answer or choice does not exist.

    Notes
    -----
    Standardised over the weighted respondents in the model: m = sum w mu(x at the level) / sum w. Delta method:
    J V J', J the derivative of m by the parameters. With sampled covariates the linearised value
    w (mu_i - m) / sum w is added to that of the parameters and the design gives the variance: B. I. Graubard and
    E. L. Korn, Biometrics 55 (1999) 652-659.
    """
    names = columns(by)
    _check_categories(fit, names)
    cells = list(product(*(fit.rows.coding.levels[name] for name in names)))
    averages = [_at(fit, dict(zip(names, cell, strict=True))) for cell in cells]
    labels = [Column(BETWEEN.join(names), joined(*cell)) for cell in cells]
    return _margins(fit, labels, averages, of, covariates, _wanted(fit, of))


def effects(
    fit: Fit, of_predictor: str, of: str | Collection[str] | None = None, covariates: str | None = None
) -> pd.DataFrame:
    """Average marginal effect of a predictor on the scale of the outcome (means or shares).

    Parameters
    ----------
    fit : Fit
        A linear, logistic or ordinal model.
    of_predictor : str
        With categories: each level less the reference; a number: the average slope.
    of, covariates
        As for `adjusted_means`.

    Returns
    -------
    DataFrame
        One row per level (and answer): term, level, [answer], estimate, se, df, low, high, p.

    Raises
    ------
    UsageError
        If the predictor, answer or choice does not exist.

    Notes
    -----
    Differences of adjusted means with the covariance between them; of a number the central difference over
    1e-4 of its standard deviation.
    """
    levels = fit.rows.coding.levels
    known = [str(name) for name in fit.rows.predictors]
    if of_predictor not in known:
        raise UsageError(f"‘{of_predictor}’ is no predictor; {nearest(of_predictor, known)}")
    if of_predictor in levels:
        first = _at(fit, {of_predictor: levels[of_predictor][0]})
        others = [(level, _less(_at(fit, {of_predictor: level}), first, 1)) for level in levels[of_predictor][1:]]
    else:
        others = [("", _slope(fit, of_predictor))]
    labels = [Column(of_predictor, level) for level, _ in others]
    made = _margins(fit, labels, [one for _, one in others], of, covariates, _wanted(fit, of), shares=False)
    about = [name for name in ("term", "level", "answer") if name in made.frame]
    estimate = made.frame["estimate"].to_numpy()
    table = with_inference(made.frame[about], estimate, made.covariance, made.df)
    table.attrs["method"] = made.frame.attrs["method"]
    return table


def pairs(margins: Margins) -> pd.DataFrame:
    """Every difference between two levels, with the covariance between them.

    Parameters
    ----------
    margins : Margins
        Adjusted means.

    Returns
    -------
    DataFrame
        One row per pair of levels (and answer): term, level, against, [answer], estimate (level less against),
        se, df, low, high, p, p_holm, p_bh. The family of the adjusted p is the pairs of one term and answer.

    Raises
    ------
    UsageError
        If there is one level only.

    Notes
    -----
    t test on the degrees of freedom of the model. S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70;
    Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289-300.
    """
    frame = margins.frame.reset_index(drop=True)
    family = frame["answer"] if "answer" in frame else pd.Series("", index=frame.index)
    found = [pair for answer in family.unique() for pair in combinations(frame.index[family == answer], 2)]
    if not found:
        raise UsageError("pairs: there is one level only; give the adjusted means of two or more")
    contrast = np.zeros((len(found), len(frame)))
    for row, (one, other) in enumerate(found):
        contrast[row, one], contrast[row, other] = 1, -1
    first, second = (frame.loc[[pair[at] for pair in found]].reset_index(drop=True) for at in (0, 1))
    about = first[["term", "level"]].assign(against=second["level"])
    about = about.assign(answer=first["answer"]) if "answer" in frame else about
    variance = contrast @ margins.covariance @ contrast.T
    check_errors(variance, [Column(str(row.level), str(row.against)) for row in about.itertuples()])
    table = with_inference(about, contrast @ frame["estimate"].to_numpy(), variance, margins.df)
    table = _adjusted(table, family.loc[[pair[0] for pair in found]].to_numpy())
    table.attrs["method"] = {**frame.attrs["method"], "family": "all pairs of levels of one term and answer"}
    return table


def _adjusted(table: pd.DataFrame, family: np.ndarray) -> pd.DataFrame:
    for name, rule in (("p_holm", "holm"), ("p_bh", "fdr_bh")):
        table[name] = table.groupby(family)["p"].transform(lambda p, rule=rule: multipletests(p, method=rule)[1])
    return table


def _at(fit: Fit, levels: Mapping[str, str]) -> Average:
    """Predictions with everyone at the given levels."""
    moved = fit.rows.predictors.copy()
    for name, level in levels.items():
        moved[name] = level
    return average(fit, fit.rows.coding.matrix(moved))


def _slope(fit: Fit, name: str) -> Average:
    values = fit.rows.predictors[name].astype(float)
    step = STEP * float(values.std(ddof=0))
    moved = (fit.rows.predictors.assign(**{name: values + side * step}) for side in (1, -1))
    up, down = (average(fit, fit.rows.coding.matrix(predictors)) for predictors in moved)
    return _less(up, down, 1 / (2 * step))


def _less(one: Average, other: Average, times: float) -> Average:
    return Average(*(times * (a - b) for a, b in zip(one, other, strict=True)))


def _wanted(fit: Fit, of: str | Collection[str] | None) -> np.ndarray:
    """Columns of the predictions to rows of the result: the identity, or a sum over answers."""
    if of is None:
        return np.eye(max(len(fit.answers), 1))
    names = [of] if isinstance(of, str) else list(of)
    wrong = [f"of: no answer ‘{name}’; {nearest(name, fit.answers)}" for name in names if name not in fit.answers]
    if wrong:
        raise UsageError("\n".join(wrong))
    return np.isin(fit.answers, names).astype(float)[None, :]


def _margins(
    fit: Fit,
    labels: Sequence[Column],
    averages: Sequence[Average],
    of: str | Collection[str] | None,
    covariates: str | None,
    wanted: np.ndarray,
    shares: bool = True,
) -> Margins:
    """Estimates, covariance and intervals of averages, answer by answer."""
    chosen = [Average(one.each @ wanted.T, wanted @ one.mean, wanted @ one.gradient) for one in averages]
    estimate = np.concatenate([one.mean for one in chosen])
    sampled = _sampled(fit, covariates)
    variance = _variance(fit, chosen, sampled)
    check_errors(variance, [label for label in labels for _ in wanted])
    frame = pd.DataFrame({"term": [c.term for c in labels], "level": [c.level for c in labels]})
    if len(fit.answers) and of is None:
        frame = frame.loc[frame.index.repeat(len(wanted))].reset_index(drop=True)
        frame["answer"] = list(fit.answers) * len(labels)
    frame = _interval(frame, estimate, variance, fit.df, logit=shares and fit.model != "linear")
    words = "sampled, by linearisation" if sampled else "fixed, by the delta method"
    frame.attrs["method"] = {**fit.method, "standardised": "over the weighted respondents in the model"}
    together = {} if of is None else {"of": [of] if isinstance(of, str) else list(of)}
    frame.attrs["method"] |= {"covariates": words, **together}
    return Margins(frame, variance, fit.df)


def _sampled(fit: Fit, covariates: str | None) -> bool:
    if covariates is not None and covariates not in COVARIATES:
        raise UsageError(f"covariates: there is no ‘{covariates}’; {nearest(covariates, COVARIATES)}")
    if covariates == "sampled" and fit.design is None:
        raise UsageError("covariates: ‘sampled’ needs a model with a survey design; take ‘fixed’")
    return fit.design is not None and covariates != "fixed"


def _variance(fit: Fit, averages: Sequence[Average], sampled: bool) -> np.ndarray:
    gradient = np.vstack([one.gradient for one in averages])
    if not sampled:
        fixed: np.ndarray = gradient @ fit.covariance @ gradient.T
        return fixed
    assert fit.design is not None and fit.frame is not None and fit.influence is not None
    people = fit.frame[fit.design.weight].to_numpy(dtype=float)[fit.rows.used].sum()
    around = np.hstack([(one.each - one.mean) / people for one in averages])
    influence = fit.influence @ gradient.T + fit.rows.of_frame(around)
    return covariance(fit.frame, fit.design, influence).covariance


def _interval(frame: pd.DataFrame, estimate: np.ndarray, variance: np.ndarray, df: float, logit: bool) -> pd.DataFrame:
    se = np.sqrt(np.diag(variance))
    half = stats.t.ppf((1 + CONFIDENCE) / 2, df) * se
    if logit:
        middle, half = special.logit(estimate), half / (estimate * (1 - estimate))
        low, high = special.expit(middle - half), special.expit(middle + half)
    else:
        low, high = estimate - half, estimate + half
    return frame.assign(estimate=estimate, se=se, df=df, low=low, high=high)


def _check_categories(fit: Fit, names: Sequence[str]) -> None:
    levels = fit.rows.coding.levels
    unknown = [name for name in names if name not in levels]
    if unknown or not names:
        hints = [f"by: ‘{name}’ is no predictor with categories; {nearest(name, levels)}" for name in unknown]
        raise UsageError("\n".join(hints) or "by: name a predictor with categories")
