"""Contrasts of joint estimates: their error, their size and whether they count as a difference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from digiskills.errors import UsageError, nearest
from digiskills.estimates.intervals import CONFIDENCE, UPPER
from digiskills.estimates.joint import Joint
from digiskills.estimates.multiplicity import ADJUSTMENTS, adjust_by_family
from digiskills.estimates.notes import LONELY, gravest, notes
from digiskills.estimates.tables import few_df

SMALL_EFFECT = 0.2  # Cohen's convention for a small effect; below it a difference is trivial
LEVEL = 1 - CONFIDENCE
ROUNDING = 1e-6  # a spread this small is that of one value given by all
DF_RULES = {
    "smallest": "the smallest of the estimates compared",
    "design": "clusters minus strata of the whole sample",
}
EFFECT = "Cohen's h for shares, difference over the root mean variance for means"
NO_ERROR = "none for a difference with a domain where all gave one answer, which has no standard error"
Pairs = Sequence[tuple[int, int]]


def contrasts(
    joint: Joint,
    of: Pairs | np.ndarray | pd.DataFrame,
    adjust: str = "holm",
    family: Sequence[object] | None = None,
    small: float = SMALL_EFFECT,
    df: str = "smallest",
) -> pd.DataFrame:
    """Weighted sums of joint estimates, such as differences, with their error, size and test.

    Parameters
    ----------
    joint : Joint
        Estimates with their covariance.
    of : sequence of pairs of int, matrix or DataFrame
        Pairs of rows of ``joint.frame``, first minus second; or one row of coefficients per contrast, in the
        order of ``joint.frame``, that add up to 0 (the index of a DataFrame names the contrasts).
    adjust : {"holm", "bh", "none"}
        Adjustment of the p values to their number.
    family : sequence, one per contrast, optional
        Which contrasts are adjusted together; all of them by default.
    small : float
        Effect size below which a difference is trivial, however certain.
    df : {"smallest", "design"}
        Degrees of freedom: the smallest of the estimates compared, or those of the whole sample.

    Returns
    -------
    DataFrame
        One row per contrast: contrast, n and clusters (the smallest of the estimates compared), estimate, se,
        df, low, high, effect, p, p_adjusted, differs, note. `attrs["method"]` names rule, family and adjustment.

    Raises
    ------
    UsageError
        If the coefficients do not fit the estimates or do not add up to 0, or a rule does not exist.

    Notes
    -----
    estimate = c'm, se² = c'V c with V the design-based covariance, so that domains that share respondents
    or clusters are compared rightly; t interval and two-sided t test. Effect: for shares sum c 2 asin sqrt(p),
    which is Cohen's h for two shares; for means c'm over the root of the mean variance of the values in the
    domains compared. `differs` where p_adjusted < 0.05 and ``|effect|`` >= `small`. J. Cohen, Statistical Power
    Analysis for the Behavioral Sciences (2nd edition, 1988), sections 2.2 and 6.2.
    """
    if df not in DF_RULES:
        raise UsageError(f"df: there is no rule ‘{df}’; {nearest(df, DF_RULES)}")
    matrix, names = _matrix(joint, of)
    families = pd.Series(["all"] * len(matrix) if family is None else list(family), dtype=object)
    if len(families) != len(matrix):
        raise UsageError(f"family: {len(families)} names were given for {len(matrix)} contrasts")
    used = matrix != 0
    frame = pd.DataFrame({"contrast": names})
    for name in ("n", "clusters"):
        frame[name] = _smallest(joint.frame[name].to_numpy(dtype=float), used).astype(int)
    frame["estimate"], frame["se"] = _estimate(joint, matrix, used)
    of_rows = _smallest(joint.frame["df"].to_numpy(dtype=float), used)
    frame["df"] = of_rows if df == "smallest" else np.where(frame["n"] > 0, joint.df, 0)
    frame["df"] = frame["df"].astype(joint.frame["df"].dtype)
    frame = tested(frame)
    frame.insert(list(frame.columns).index("p"), "effect", _effect(joint, matrix, used))
    frame["p_adjusted"] = adjust_by_family(frame["p"], families, adjust)
    frame["differs"] = (frame["p_adjusted"] < LEVEL) & (frame["effect"].abs() >= small)
    frame["note"] = gravest([_lonely(joint, used), own_notes(frame)])
    frame.attrs["method"] = dict(joint.frame.attrs["method"]) | method(frame, adjust, families, small, df)
    return frame


def tested(frame: pd.DataFrame) -> pd.DataFrame:
    """Add t interval and two-sided p value to estimates of a difference.

    Parameters
    ----------
    frame : DataFrame
        One row per difference: estimate, se, df.

    Returns
    -------
    DataFrame
        With low, high and p; NaN without degrees of freedom or standard error.
    """
    free = frame["df"].to_numpy(dtype=float)
    se = frame["se"].where((frame["se"] > 0) & (free > 0)).to_numpy(dtype=float)
    free = np.where(free > 0, free, 1)
    half = stats.t.ppf(UPPER, free) * se
    p = 2 * stats.t.sf(np.abs(frame["estimate"].to_numpy(dtype=float)) / se, free)
    return frame.assign(low=frame["estimate"] - half, high=frame["estimate"] + half, p=p)


def own_notes(frame: pd.DataFrame) -> np.ndarray:
    """Return notes on differences: no error, no interval or few degrees of freedom.

    Parameters
    ----------
    frame : DataFrame
        One row per difference: n, se, df.

    Returns
    -------
    ndarray of str
        One per row.
    """
    return notes(*(frame[name].to_numpy(dtype=float) for name in ("n", "se", "df")))


def method(frame: pd.DataFrame, adjust: str, families: pd.Series, small: float, df: str) -> dict[str, object]:
    """How differences were tested, for the method of a table."""
    members = frame["p"].notna().groupby(families.to_numpy(), sort=False).sum()
    sizes = " and ".join(str(size) for size in sorted(set(members)))
    return {
        "df": df,
        "df_rule": DF_RULES[df],
        "df_low": few_df(frame["df"]),
        "interval": f"t on the degrees of freedom; {NO_ERROR}",
        "confidence": CONFIDENCE,
        "test": "two-sided t",
        "adjustment": ADJUSTMENTS[adjust],
        "family": f"{len(members)} {'family' if len(members) == 1 else 'families'} of {sizes} tests",
        "effect": EFFECT,
        "differs": f"adjusted p below {LEVEL:.2f} and effect of {small:g} or more",
    }


def _matrix(joint: Joint, of: Pairs | np.ndarray | pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    rows = len(joint.frame)
    if isinstance(of, pd.DataFrame | np.ndarray):
        matrix = np.asarray(of, dtype=float).reshape(-1, np.shape(of)[-1])
        names = [str(name) for name in of.index] if isinstance(of, pd.DataFrame) else []
    else:
        matrix, names = _of_pairs(of, rows), []
    if matrix.shape[1] != rows:
        raise UsageError(f"contrasts: {matrix.shape[1]} coefficients were given for {rows} estimates")
    if (np.abs(matrix.sum(axis=1)) > 1e-9).any() or not matrix.any(axis=1).all():
        raise UsageError("contrasts: the coefficients of a contrast add up to 0, and not all of them are 0")
    if names:
        return matrix, names
    columns = joint.frame[["estimand", *joint.by]].itertuples(index=False, name=None)
    labels = [" ".join(map(str, row)) for row in columns]
    return matrix, [_name(labels, row) for row in matrix]


def _of_pairs(pairs: Pairs, rows: int) -> np.ndarray:
    wrong = [place for pair in pairs for place in pair if not 0 <= place < rows]
    if wrong or not len(pairs):
        raise UsageError(f"contrasts: pairs are of rows 0 to {rows - 1}; given: {list(pairs)[:5]}")
    matrix = np.zeros((len(pairs), rows))
    for at, (first, second) in enumerate(pairs):
        matrix[at, first] += 1
        matrix[at, second] -= 1
    return matrix


def _name(labels: Sequence[str], coefficients: np.ndarray) -> str:
    """The estimates of a contrast with their signs, and their coefficients where they are not 1."""
    terms = []
    for at in sorted(np.flatnonzero(coefficients).tolist(), key=lambda at: -coefficients[at]):
        size = abs(coefficients[at])
        terms.append(f"{'+' if coefficients[at] > 0 else '−'} {'' if size == 1 else f'{size:.3g} '}{labels[at]}")
    return " ".join(terms).removeprefix("+ ")


def _lonely(joint: Joint, used: np.ndarray) -> np.ndarray:
    """The note ``lonely`` where one of the estimates compared has it."""
    lonely = (joint.frame["note"] == LONELY).to_numpy()
    return np.where((used & lonely).any(axis=1), LONELY, "")


def _smallest(values: np.ndarray, used: np.ndarray) -> np.ndarray:
    return np.asarray(np.where(used, values, np.inf).min(axis=1))


def _estimate(joint: Joint, matrix: np.ndarray, used: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Contrasts and their standard errors; NaN where an estimate used has no answer (or no standard error)."""
    estimate = joint.frame["estimate"].to_numpy(dtype=float)
    unknown = np.isnan(estimate)
    constant = (joint.frame["se"].to_numpy(dtype=float) == 0) & (joint.spread < ROUNDING)
    found = np.where((used & unknown).any(axis=1), np.nan, matrix @ np.nan_to_num(estimate))
    no_error = np.isnan(np.diag(joint.covariance))
    variance = np.einsum("ci,ij,cj->c", matrix, np.nan_to_num(joint.covariance), matrix)
    size = np.einsum("ci,i->c", matrix**2, np.nan_to_num(np.diag(joint.covariance)))
    variance = np.where(variance < 1e-13 * size, 0, variance)
    return found, np.where((used & (no_error | constant)).any(axis=1), np.nan, np.sqrt(variance))


def _effect(joint: Joint, matrix: np.ndarray, used: np.ndarray) -> np.ndarray:
    estimate = np.nan_to_num(joint.frame["estimate"].to_numpy(dtype=float))
    of_shares = matrix @ (2 * np.arcsin(np.sqrt(np.where(joint.share, np.clip(estimate, 0, 1), 0))))
    variance = (used * np.nan_to_num(joint.spread) ** 2).sum(axis=1) / used.sum(axis=1)
    of_means = np.divide(matrix @ estimate, np.sqrt(variance), out=np.full(len(matrix), np.nan), where=variance > 0)
    shares, means = ((used & kind).any(axis=1) for kind in (joint.share, ~joint.share))
    unknown = (used & np.isnan(joint.frame["estimate"].to_numpy(dtype=float))).any(axis=1) | (shares & means)
    return np.where(unknown, np.nan, np.where(shares, of_shares, of_means))
