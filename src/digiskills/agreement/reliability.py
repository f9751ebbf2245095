"""Reliability of a scale: alpha, omega, ordinal alpha, and what each item adds."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from digiskills.agreement.moments import MISSING, Moments, moments
from digiskills.agreement.one_factor import omega
from digiskills.agreement.polychoric import polychoric
from digiskills.errors import UsageError, nearest

CONFIDENCE = 0.95
ROUNDING = 1e-12
REASONS = {
    "": "the estimate is defined",
    "no_variation": "in this group an item is constant, or nobody answered two items",
    "opposed": "the two items are exact opposites",
    "not_positive_definite": "the pairwise covariances are not those of one sample; take listwise",
    "improper": "the factor leaves an item no variance of its own",
    "no_convergence": "the factor could not be fitted",
    "no_correlation": "a pair of items has no polychoric correlation, for example because answers never combine",
}
WEIGHTS = "none: each respondent counts once, and the interval takes respondents as drawn one by one"


def reliability(scores: pd.DataFrame, missing: str = "pairwise", ordinal: bool = True) -> pd.DataFrame:
    """Reliability of the sum of some items.

    Parameters
    ----------
    scores : DataFrame
        One row per respondent, one column of scores per item, null where there is no answer; items worded the
        other way are turned already, see `survey_reliability`.
    missing : {"pairwise", "listwise"}
        Covariances on those who answered both items, or on those who answered all. The two differ.
    ordinal : bool
        Whether ordinal alpha is wanted too.

    Returns
    -------
    DataFrame
        One row per coefficient: coefficient, items, n, fewest (respondents behind the thinnest covariance),
        estimate, low, high, reason. ``alpha`` with Feldt's interval, ``alpha_standardised``, ``omega`` and
        ``alpha_ordinal``; for two items ``spearman_brown`` only.

    Raises
    ------
    UsageError
        If there are fewer than two items, or one is constant.

    Notes
    -----
    Design weights are not used: the coefficients describe the respondents. Alpha is k / (k - 1) (1 - trace C /
    sum C) (Cronbach 1951, Psychometrika 16, 297-334); its interval 1 - (1 - alpha) F with n - 1 and
    (n - 1)(k - 1) degrees of freedom (Feldt 1965, Psychometrika 30, 357-370) supposes normal, equally good items
    and one respondent independent of the other, so in a sample of clusters it is too narrow. n is that of all
    who answered any item (pairwise, as R's psych) or all (listwise). Ordinal alpha is alpha of the polychoric
    correlations (Zumbo, Gadermann and Zeisser 2007, Journal of Modern Applied Statistical Methods 6, 21-29): the
    reliability of variables nobody observed, not of the sum that is reported. Spearman-Brown is 2 r / (1 + r).
    """
    # A correlation of two items is of those who answered both, whatever the rule.
    found = moments(scores, "listwise" if scores.shape[1] == 2 and missing in MISSING else missing)
    rows = _of_two(found) if len(found.items) == 2 else _of_many(found, scores, missing, ordinal)
    about = {"items": len(found.items), "n": found.n, "fewest": found.fewest}
    frame = pd.DataFrame([{"coefficient": name} | about | row for name, row in rows.items()])
    frame.attrs["method"] = _method(missing)
    return frame


def reliability_by(
    scores: pd.DataFrame, groups: pd.Series, missing: str = "pairwise", ordinal: bool = False
) -> pd.DataFrame:
    """Reliability of the sum of some items in each group of respondents.

    Parameters
    ----------
    scores : DataFrame
        As in `reliability`.
    groups : Series
        Group of each respondent, in the order of the rows of `scores`; null leaves a respondent out.
    missing : {"pairwise", "listwise"}
        As in `reliability`.
    ordinal : bool
        Whether ordinal alpha is wanted too.

    Returns
    -------
    DataFrame
        One row per group and coefficient: group, then the columns of `reliability`. A group in which an item is
        constant has one row without an estimate, reason ``no_variation``.

    Raises
    ------
    UsageError
        If there are fewer than two items, no such rule, or not one group per respondent.
    """
    if missing not in MISSING:
        raise UsageError(f"missing: there is no rule ‘{missing}’; {nearest(missing, MISSING)}")
    labels = in_order(groups, len(scores))
    tables = [_of_group(scores[labels == name], missing, ordinal).assign(group=name) for name in labels.categories]
    frame = pd.concat(tables, ignore_index=True)
    frame = frame[["group", *(column for column in frame if column != "group")]]
    frame.attrs["method"] = _method(missing)
    return frame


def in_order(groups: pd.Series, respondents: int) -> pd.Categorical:
    """Return the groups of respondents in the order of their list, or sorted where they have none.

    Parameters
    ----------
    groups : Series
        Group of each respondent; null where there is none.
    respondents : int
        How many there must be.

    Returns
    -------
    Categorical
        Without groups that nobody belongs to.

    Raises
    ------
    UsageError
        If the number differs or nobody belongs to a group.
    """
    if len(groups) != respondents:
        raise UsageError(f"groups: {len(groups)} given for {respondents} respondents; give one for each row")
    labels = pd.Categorical(groups).remove_unused_categories()
    if not len(labels.categories):
        raise UsageError("groups: no respondent belongs to a group")
    return labels


def item_statistics(scores: pd.DataFrame, missing: str = "pairwise") -> pd.DataFrame:
    """What each item adds to a scale.

    Parameters
    ----------
    scores : DataFrame
        As in `reliability`.
    missing : {"pairwise", "listwise"}
        As in `reliability`.

    Returns
    -------
    DataFrame
        One row per item: item, n, mean, sd, item_rest (correlation with the sum of the other items),
        alpha_if_dropped (NaN where fewer than three items would be left: there is no alpha of two here).

    Raises
    ------
    UsageError
        If there are fewer than two items, or one is constant.

    Notes
    -----
    From the same covariances as alpha: cov(i, rest) / sqrt(var(i) var(rest)). Unweighted.
    """
    found = moments(scores, missing)
    covariance = found.covariance
    rest = covariance.sum(axis=0) - np.diag(covariance)
    rest_variance = covariance.sum() - 2 * rest - np.diag(covariance)
    frame = pd.DataFrame(
        {
            "item": found.items,
            "n": found.answered,
            "mean": found.means,
            "sd": np.sqrt(np.diag(covariance)),
            "item_rest": rest / np.sqrt(np.diag(covariance) * rest_variance),
            "alpha_if_dropped": [_without(covariance, place) for place in range(len(covariance))],
        }
    )
    frame.attrs["method"] = _method(missing)
    return frame


def alpha(covariance: np.ndarray) -> float:
    """Return Cronbach's alpha of a matrix of covariances, or the standardised one of correlations.

    Parameters
    ----------
    covariance : ndarray of float, items x items
        Of two items or more.

    Returns
    -------
    float
        At most 1; below 0 where the items speak against one another.
    """
    items = len(covariance)
    return float(items / (items - 1) * (1 - np.trace(covariance) / covariance.sum()))


def feldt(estimate: float, n: int, items: int) -> tuple[float, float]:
    """Return Feldt's interval of alpha.

    Parameters
    ----------
    estimate : float
        Alpha.
    n, items : int
        Respondents and items.

    Returns
    -------
    tuple of float
        Lower and upper bound of 95 %.
    """
    tail = (1 - CONFIDENCE) / 2
    high, low = stats.f.ppf([tail, 1 - tail], n - 1, (n - 1) * (items - 1))
    return float(1 - (1 - estimate) * low), float(1 - (1 - estimate) * high)


def polychoric_matrix(scores: pd.DataFrame) -> np.ndarray:
    """Return the polychoric correlations of some items.

    Parameters
    ----------
    scores : DataFrame
        One row per respondent, one column per item; null where there is no answer.

    Returns
    -------
    ndarray of float, items x items
        Each on those who answered both items; NaN where it does not exist.
    """
    matrix = np.eye(scores.shape[1])
    coded = [pd.factorize(scores[item], sort=True) for item in scores]
    for first, second in combinations(range(scores.shape[1]), 2):
        matrix[first, second] = matrix[second, first] = polychoric(_two_way(*coded[first], *coded[second]))
    return matrix


def _two_way(one: np.ndarray, rows: pd.Index, other: np.ndarray, columns: pd.Index) -> np.ndarray:
    """Return how many respondents gave each pair of answers."""
    both = (one >= 0) & (other >= 0)
    place = one[both] * len(columns) + other[both]
    counts = np.bincount(place, minlength=len(rows) * len(columns))
    return counts.reshape(len(rows), len(columns)).astype(float)


def _of_group(scores: pd.DataFrame, missing: str, ordinal: bool) -> pd.DataFrame:
    kept = scores.dropna(how="any" if missing == "listwise" else "all")
    pairs = kept.notna().to_numpy().astype(int)
    fewest = int((pairs.T @ pairs).min()) if pairs.size else 0
    if scores.shape[1] >= 2 and (fewest < 2 or (kept.nunique() < 2).any()):
        about = {"items": scores.shape[1], "n": len(kept), "fewest": fewest}
        name = "spearman_brown" if scores.shape[1] == 2 else "alpha"
        return pd.DataFrame([{"coefficient": name} | about | _row(np.nan, "no_variation")])
    return reliability(scores, missing, ordinal)


def _of_two(found: Moments) -> dict[str, dict[str, object]]:
    correlation = float(found.correlation[0, 1])
    opposed = 1 + correlation < ROUNDING
    return {"spearman_brown": _row(np.nan, "opposed") if opposed else _row(2 * correlation / (1 + correlation))}


def _of_many(found: Moments, scores: pd.DataFrame, missing: str, ordinal: bool) -> dict[str, dict[str, object]]:
    raw = alpha(found.covariance)
    low, high = feldt(raw, found.n, len(found.items))
    rows = {"alpha": {"estimate": raw, "low": low, "high": high, "reason": ""}}
    rows["alpha_standardised"] = _row(alpha(found.correlation))
    rows["omega"] = _row(*omega(found.covariance))
    if ordinal:
        matrix = polychoric_matrix(scores.dropna() if missing == "listwise" else scores)
        known = not np.isnan(matrix).any()
        rows["alpha_ordinal"] = _row(alpha(matrix)) if known else _row(np.nan, "no_correlation")
    return rows


def _row(estimate: float, reason: str = "") -> dict[str, object]:
    return {"estimate": estimate, "low": np.nan, "high": np.nan, "reason": reason}


def _without(covariance: np.ndarray, place: int) -> float:
    kept = np.delete(np.arange(len(covariance)), place)
    return alpha(covariance[np.ix_(kept, kept)]) if len(kept) > 2 else np.nan


def _method(missing: str) -> dict[str, object]:
    interval = "Feldt, for alpha only"
    return {
        "missing": f"{missing}: {MISSING[missing]}",
        "interval": interval,
        "confidence": CONFIDENCE,
        "weights": WEIGHTS,
        "reasons": dict(REASONS),
    }
