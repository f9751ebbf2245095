"""Whether the items of a scale work alike in different groups, before their scores are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from digiskills.agreement.ordinal_logit import OrdinalLogit, ordinal_logit
from digiskills.agreement.reliability import in_order
from digiskills.errors import UsageError, nearest

TESTS = ("uniform", "non_uniform", "total")
SIGNIFICANT = 0.05
THRESHOLDS = {"jodoin_gierl": (0.035, 0.07), "zumbo_thomas": (0.13, 0.26)}
SOURCES = {
    "jodoin_gierl": "Jodoin and Gierl (2001), Applied Measurement in Education 14, 329-349",
    "zumbo_thomas": "Zumbo (1999), A Handbook on the Theory and Methods of Differential Item Functioning",
}
REASONS = {
    "": "the test is defined",
    "no_variation": "the item or the sum of the others is constant",
    "no_convergence": "a model could not be fitted",
}


@dataclass(frozen=True)
class _Fits:
    """The models of one item: without group, with it, with its interaction, and without anything."""

    rest: OrdinalLogit
    group: OrdinalLogit
    interaction: OrdinalLogit
    empty: float
    n: int


def item_equivalence(scores: pd.DataFrame, groups: pd.Series, thresholds: str = "jodoin_gierl") -> pd.DataFrame:
    """Differential item functioning: answers that differ by group among people alike on the other items.

    Parameters
    ----------
    scores : DataFrame
        One row per respondent, one column of scores per item of a scale, null where there is no answer; items
        worded the other way are turned already.
    groups : Series
        Group of each respondent, in the order of the rows of `scores`: language of the answers, level; null
        leaves a respondent out.
    thresholds : {"jodoin_gierl", "zumbo_thomas"}
        From which change of Nagelkerke's R2 a difference is moderate or large: 0.035 and 0.07, or 0.13 and 0.26.

    Returns
    -------
    DataFrame
        One row per item and test: item, test, n, fewest (respondents of the smallest group), chi2, df, p, p_holm,
        r2_change, log_odds, size, reason. `test`: ``uniform`` (group), ``non_uniform`` (its interaction with the
        rest of the scale), ``total`` (both). `size`: ``negligible`` (also where p_holm is 0.05 or more),
        ``moderate``, ``large``. `log_odds` of a higher answer, second group against first, is there for uniform
        tests of two groups.

    Raises
    ------
    UsageError
        If there are fewer than three items or two groups, or the thresholds have no such name.

    Notes
    -----
    Proportional odds of the item on the sum of the other items, then with group, then with their product;
    likelihood-ratio tests between them (Zumbo 1999; Swaminathan and Rogers 1990, Journal of Educational
    Measurement 27, 361-370). Only respondents who answered every item. Holm over the items, each test a family
    of its own. Not weighted, and clusters are not allowed for: p values are somewhat small in a cluster sample,
    so read the size. The sum of the others measures the trait with error and is not purified of items that
    differ themselves: where the groups differ on the trait, items that work alike can have small p values (in
    simulations of five items and 600 respondents 4 % of them were below 0.05 without a difference on the trait,
    19 % with one of half a standard deviation), and in large groups most do. Again, read the size.
    """
    if thresholds not in THRESHOLDS:
        raise UsageError(f"thresholds: there are none named ‘{thresholds}’; {nearest(thresholds, THRESHOLDS)}")
    if scores.shape[1] < 3:
        raise UsageError(f"items: the rest of the scale needs two items or more beside each; {scores.shape[1]} given")
    labels = in_order(groups, len(scores))
    kept = scores.notna().all(axis=1).to_numpy() & (labels.codes >= 0)
    complete, labels = scores[kept], labels[kept].remove_unused_categories()
    if len(labels.categories) < 2:
        raise UsageError("groups: fewer than two groups answered every item; there is nothing to compare")
    frame = pd.concat([_of_item(complete, labels, str(item)) for item in scores], ignore_index=True)
    return _judged(frame, thresholds)


def _of_item(scores: pd.DataFrame, groups: pd.Categorical, item: str) -> pd.DataFrame:
    rest = scores.drop(columns=item).sum(axis=1)
    about = {"item": item, "n": len(scores), "fewest": int(pd.Series(groups).value_counts().min())}
    blank = dict.fromkeys(("chi2", "p", "r2_change", "log_odds"), np.nan)
    degrees = len(groups.categories) - 1
    if scores[item].nunique() < 2 or rest.nunique() < 2:
        rows: list[dict[str, object]] = [blank | {"reason": "no_variation"}] * len(TESTS)
    else:
        rows = _tests(_fits(scores[item], rest, groups), degrees)
    freedom = (degrees, degrees, 2 * degrees)
    return pd.DataFrame(
        [about | {"test": test, "df": df} | row for test, df, row in zip(TESTS, freedom, rows, strict=True)]
    )


def _fits(answers: pd.Series, rest: pd.Series, groups: pd.Categorical) -> _Fits:
    """Return the models, fitted to counts: respondents alike in rest and group are one row."""
    rests, of_rest = np.unique(rest.to_numpy(dtype=float), return_inverse=True)
    alike, row = np.unique(of_rest * len(groups.categories) + groups.codes, return_inverse=True)
    given, column = np.unique(answers.to_numpy(dtype=float), return_inverse=True)
    counts = np.bincount(row * len(given) + column, minlength=len(alike) * len(given)).reshape(-1, len(given)) * 1.0
    other = (rests[alike // len(groups.categories)] - rest.mean()) / rest.std()
    member = np.eye(len(groups.categories))[alike % len(groups.categories)][:, 1:]
    both = np.column_stack([other, member])
    designs = (other[:, None], both, np.column_stack([both, member * other[:, None]]))
    rest_only, with_group, with_both = (ordinal_logit(counts, design) for design in designs)
    totals = counts.sum(axis=0)
    empty = float((totals * np.log(totals / totals.sum())).sum())
    return _Fits(rest_only, with_group, with_both, empty, len(answers))


def _tests(fits: _Fits, degrees: int) -> list[dict[str, object]]:
    pairs = ((fits.rest, fits.group), (fits.group, fits.interaction), (fits.rest, fits.interaction))
    freedom = (degrees, degrees, 2 * degrees)
    rows = [_test(small, large, df, fits) for (small, large), df in zip(pairs, freedom, strict=True)]
    if degrees == 1:
        rows[0]["log_odds"] = float(fits.group.slopes[1])
    return rows


def _test(small: OrdinalLogit, large: OrdinalLogit, df: int, fits: _Fits) -> dict[str, object]:
    if not (small.converged and large.converged):
        return dict.fromkeys(("chi2", "p", "r2_change", "log_odds"), np.nan) | {"reason": "no_convergence"}
    chi2 = max(2 * (large.loglik - small.loglik), 0.0)
    change = _nagelkerke(large.loglik, fits) - _nagelkerke(small.loglik, fits)
    p = float(stats.chi2.sf(chi2, df))
    return {"chi2": chi2, "p": p, "r2_change": max(change, 0.0), "log_odds": np.nan, "reason": ""}


def _nagelkerke(loglik: float, fits: _Fits) -> float:
    return float(-np.expm1(2 * (fits.empty - loglik) / fits.n) / -np.expm1(2 * fits.empty / fits.n))


def _holm(p: np.ndarray) -> np.ndarray:
    """Return Holm's p values of a family without missing ones."""
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return adjusted


def _judged(frame: pd.DataFrame, thresholds: str) -> pd.DataFrame:
    """Return the tests with Holm's p over the items and a word for their size."""
    frame["p_holm"] = np.nan
    for test in TESTS:
        family = frame.index[(frame["test"] == test) & frame["p"].notna()]
        if len(family):
            frame.loc[family, "p_holm"] = _holm(frame.loc[family, "p"].to_numpy())
    moderate, large = THRESHOLDS[thresholds]
    size = np.select([frame["r2_change"] >= large, frame["r2_change"] >= moderate], ["large", "moderate"], "negligible")
    size = np.where(frame["p_holm"] < SIGNIFICANT, size, "negligible")
    frame["size"] = np.where(frame["p"].isna(), "", size)
    columns = ["item", "test", "n", "fewest", "chi2", "df", "p", "p_holm", "r2_change", "log_odds", "size", "reason"]
    judged = frame[columns]
    judged.attrs["method"] = {
        "missing": "listwise: only those who answered every item",
        "thresholds": f"{thresholds}: {moderate} and {large}, {SOURCES[thresholds]}",
        "family": "Holm over the items, each test a family of its own",
        "weights": "none, and clusters are not allowed for",
        "reasons": dict(REASONS),
    }
    return judged
