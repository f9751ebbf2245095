"""Departments without league tables: a funnel, shrunken estimates, their spread, executives beside their own staff.

No department is named. A row of the funnel is still one department, which its number of answers can betray: it is made
only where a study opts in (``study.toml`` ``[release] departments = true``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import optimize, stats

from digiskills.errors import ReleaseError, UsageError
from digiskills.estimates import intervals
from digiskills.estimates.notes import with_own_notes
from digiskills.estimates.variance import Results
from digiskills.gaps.respondents import clusters_of, design_of, pairs_of, short_of
from digiskills.survey import Survey

LIMITS = {"95": 0.95, "998": 0.998}  # D. Spiegelhalter (2005): warning and action limits


def funnel(survey: Survey, skill: str, least: float = 1) -> pd.DataFrame:
    """Share short of a skill in each department, against what its number of answers alone would scatter.

    Parameters
    ----------
    survey : Survey
        With clusters, of a study that opts in to tables of departments.
    skill : str
        The skill.
    least : float
        Levels short from which a person counts.

    Returns
    -------
    DataFrame
        One row per department with two answers or more, in ascending order of the shrunken estimate: department
        (1, 2, ...; the number says nothing else), n, effective_n, estimate, se, low_95, high_95, low_998,
        high_998 (limits about the overall share), beyond ("", "95", "998"), shrunken, shrunken_low,
        shrunken_high. `attrs["method"]` has the overall share and tau, the standard deviation between departments.

    Raises
    ------
    ReleaseError
        If the study does not opt in.
    UsageError
        If the survey has no clusters, or the skill does not exist.

    Notes
    -----
    se_d² = p (1 - p) / n_eff (1 - m/M), p the overall share, n_eff = (sum w)² / sum w² of the m answers, M the
    people of the department where known. Limits p ± z se_d, cut at 0 and 1: D. Spiegelhalter, Statistics in
    Medicine 24 (2005) 1185-1202. Shrunken: mu + tau² / (tau² + se_d²) (estimate - mu), interval with the
    posterior variance tau² se_d² / (tau² + se_d²) + (1 - B)² var(mu), with B the share kept; tau² and mu by
    `between`. C. Morris, Journal of the American Statistical Association 78 (1983) 47-55.
    """
    _check(survey)
    pair = pairs_of(survey, skill)[0]
    found = _departments(survey, short_of(survey, pair, least))
    overall = found.pop("overall").iloc[0]
    found = _limits(found, overall)
    mean, variance = between(found["estimate"].to_numpy(), found["se"].to_numpy())
    found = _shrunken(found, mean, variance).sort_values("shrunken", kind="stable").reset_index(drop=True)
    found.insert(0, "department", np.arange(1, len(found) + 1))
    found.attrs["method"] = {
        "overall": float(overall),
        "tau": float(np.sqrt(variance)),
        "limits": "95 % and 99.8 % about the overall share (Spiegelhalter 2005)",
        "shrunken": "normal-normal empirical Bayes, tau² by Paule and Mandel",
        "release": "departments",
    }
    return found


def spread(survey: Survey, skills: str | Sequence[str] | None = None, least: float = 1) -> pd.DataFrame:
    """How much departments differ in the share short of each skill; no row is a department.

    Parameters
    ----------
    survey : Survey
        With clusters; the study need not opt in to tables of departments.
    skills : str or sequence of str, optional
        Skills, all by default.
    least : float
        Levels short from which a person counts.

    Returns
    -------
    DataFrame
        One row per skill: item, n (answers), clusters (departments with two answers or more), estimate (tau, the
        standard deviation between departments beyond chance), low, high, beyond (share of those departments outside
        the funnel's 95 % limits; about 0.05 where nothing but chance sets them apart). NaN where fewer than two
        departments are left.

    Raises
    ------
    UsageError
        If the survey has no clusters, or a skill does not exist.

    Notes
    -----
    Errors and limits as for `funnel`, tau² as for `between`. Interval: the roots of Q(tau²) = chi-squared quantiles
    on k - 1, Q(tau²) = sum (estimate - mu)² / (tau² + se²); W. Viechtbauer, Statistics in Medicine 26 (2007) 37-52.
    """
    _check_clusters(survey)
    rows = [{"item": pair.skill} | _spread(survey, short_of(survey, pair, least)) for pair in pairs_of(survey, skills)]
    found = pd.DataFrame(rows)
    found.attrs["method"] = {
        "between": "tau of the departments' shares (Paule and Mandel)",
        "interval": "Q profile (Viechtbauer 2007)",
        "limits": "95 % about the overall share (Spiegelhalter 2005)",
        "weights": "within departments; each department counts by its precision, not by its people",
    }
    return found


def between_interval(estimate: np.ndarray, se: np.ndarray) -> tuple[float, float]:
    """The 95 % interval of the variance between departments.

    Parameters
    ----------
    estimate, se : ndarray
        One entry per department, errors above 0.

    Returns
    -------
    tuple of float
        Both 0 where departments lie closer together than chance would have them.

    Notes
    -----
    As in `spread`. Q falls as tau² grows, so each bound is the one root, or 0 where there is none above 0.
    """
    levels = (intervals.UPPER, 1 - intervals.UPPER)
    low, high = (_root(estimate, se, float(stats.chi2.ppf(level, len(estimate) - 1))) for level in levels)
    return low, high


def between(estimate: np.ndarray, se: np.ndarray) -> tuple[float, float]:
    """Mean of the departments and the variance between them.

    Parameters
    ----------
    estimate, se : ndarray
        One entry per department, errors above 0.

    Returns
    -------
    tuple of float
        The mean mu and the variance tau².

    Notes
    -----
    tau² makes sum (estimate - mu)² / (tau² + se²) equal to the number of departments less one, 0 where it is less
    already; mu is the mean weighted by 1 / (tau² + se²). R. Paule and J. Mandel, Journal of Research of the
    National Bureau of Standards 87 (1982) 377-385.
    """

    if len(estimate) < 2:
        return _mean(0.0, estimate, se), 0.0
    variance = _root(estimate, se, len(estimate) - 1)
    return _mean(variance, estimate, se), variance


def _mean(variance: float, estimate: np.ndarray, se: np.ndarray) -> float:
    return float(np.average(estimate, weights=1 / (variance + se**2)))


def _root(estimate: np.ndarray, se: np.ndarray, wanted: float) -> float:
    """The variance at which Q is what is wanted; 0 where it is less already."""
    if _excess(0.0, estimate, se, wanted) <= 0:
        return 0.0
    top = float(np.var(estimate, ddof=1)) + 1e-12
    while _excess(top, estimate, se, wanted) > 0:
        top *= 2
    return float(optimize.brentq(_excess, 0.0, top, args=(estimate, se, wanted), xtol=1e-14))


def _excess(variance: float, estimate: np.ndarray, se: np.ndarray, wanted: float) -> float:
    off = estimate - _mean(variance, estimate, se)
    return float((off**2 / (variance + se**2)).sum() - wanted)


def _spread(survey: Survey, short: np.ndarray) -> dict[str, float]:
    found = _departments(survey, short)
    if len(found) < 2:
        nothing = dict.fromkeys(("estimate", "low", "high", "beyond"), np.nan)
        return {"n": int(found["n"].sum()), "clusters": len(found)} | nothing
    estimate, se = found["estimate"].to_numpy(dtype=float), found["se"].to_numpy(dtype=float)
    tau = np.sqrt([between(estimate, se)[1], *between_interval(estimate, se)])
    beyond = _limits(found, float(found["overall"].iloc[0]))["beyond"].ne("").mean()
    numbers = dict(zip(("estimate", "low", "high"), tau.tolist(), strict=True))
    return {"n": int(found["n"].sum()), "clusters": len(found), **numbers, "beyond": float(beyond)}


def executives_against_staff(
    survey: Survey, level: str = "executive", other: str = "staff", least: float = 1
) -> pd.DataFrame:
    """Share short among executives less that among the staff of their own departments, by skill.

    Parameters
    ----------
    survey : Survey
        With clusters.
    level, other : str
        Categories of the dimension ``level``.
    least : float
        Levels short from which a person counts.

    Returns
    -------
    DataFrame
        One row per skill: item (the skill), n (answers of both levels in departments that have both), clusters
        (those departments), estimate (the difference), se, df, low, high, fewest (answers of the level that has
        fewer of them), note.

    Raises
    ------
    UsageError
        If the survey has no clusters, or a category does not exist.

    Notes
    -----
    D = sum_d W_d (m1_d - m2_d) / sum_d W_d over departments with answers of both levels, W_d the weight of the
    executives, m the weighted shares: what differs between departments cancels. Error: that of the total of z over
    the design, z_i = (y_i - m2_d - D) / W for executives and -(W_d / N_d)(y_i - m2_d) / W for staff, N_d the
    weight of the department's staff, which is the derivative of D by the weight of respondent i.
    """
    _check_clusters(survey)
    for name in (level, other):
        survey.study.dimension("level").label(name, "en")
    tables = [_paired(survey, short_of(survey, pair, least), (level, other), pair.skill) for pair in pairs_of(survey)]
    found = pd.concat(tables, ignore_index=True)
    found.attrs["method"] = tables[0].attrs["method"] | {"compared": f"{level} less {other} of the same department"}
    return found


def _check_clusters(survey: Survey) -> None:
    if survey.cluster is None:
        raise UsageError("departments: the survey has no clusters")


def _check(survey: Survey) -> None:
    _check_clusters(survey)
    if not survey.study.release.departments:
        raise ReleaseError(
            f"study {survey.study.name} does not opt in to tables of departments: "
            "study.toml [release] departments = true, if every department agreed"
        )


def _departments(survey: Survey, short: np.ndarray) -> pd.DataFrame:
    """Share, effective answers and error of each department; no label is kept."""
    cluster, labels = clusters_of(survey)
    known = np.isfinite(short) & (survey.weight > 0)
    weight = survey.weight[known]
    rows = pd.DataFrame({"w": weight, "w2": weight**2, "wy": weight * short[known], "n": 1})
    sums = rows.groupby(cluster[known]).sum()
    sums = sums[sums["n"] >= 2]
    overall = rows["wy"].sum() / rows["w"].sum()
    left = np.ones(len(sums))
    if survey.people is not None:
        names = [labels[at] for at in sums.index]
        left = 1 - sums["n"].to_numpy() / survey.people.rename(str).reindex(names).to_numpy(dtype=float)
    effective = sums["w"] ** 2 / sums["w2"]
    se = np.sqrt(np.maximum(overall * (1 - overall) / effective * left, 0))
    found = {"n": sums["n"], "effective_n": effective, "estimate": sums["wy"] / sums["w"], "se": se}
    return pd.DataFrame(found).assign(overall=overall).reset_index(drop=True).query("se > 0")


def _limits(found: pd.DataFrame, overall: float) -> pd.DataFrame:
    found, beyond = found.copy(), np.full(len(found), "", dtype=object)
    for name, confidence in LIMITS.items():
        half = stats.norm.ppf((1 + confidence) / 2) * found["se"]
        found[f"low_{name}"], found[f"high_{name}"] = np.maximum(overall - half, 0), np.minimum(overall + half, 1)
        beyond[(np.abs(found["estimate"] - overall) > half).to_numpy()] = name
    return found.assign(beyond=beyond)


def _shrunken(found: pd.DataFrame, mean: float, variance: float) -> pd.DataFrame:
    kept = variance / (variance + found["se"] ** 2)
    error = 1 / (1 / (variance + found["se"] ** 2)).sum()
    half = stats.norm.ppf(intervals.UPPER) * np.sqrt(kept * found["se"] ** 2 + (1 - kept) ** 2 * error)
    middle = mean + kept * (found["estimate"] - mean)
    low, high = np.maximum(middle - half, 0), np.minimum(middle + half, 1)
    return found.assign(shrunken=middle, shrunken_low=low, shrunken_high=high)


def _paired(survey: Survey, short: np.ndarray, levels: tuple[str, str], skill: str) -> pd.DataFrame:
    cluster, _ = clusters_of(survey)
    own = np.asarray(survey.dimension("level"), dtype=object)
    answered = np.isfinite(short) & (survey.weight > 0)
    sides = [answered & (own == level) for level in levels]
    y = np.nan_to_num(short)
    size, mean = zip(*(_within(cluster, np.where(side, survey.weight, 0), y) for side in sides), strict=True)
    both = (size[0] > 0) & (size[1] > 0)
    whole = size[0][both].sum()
    difference = float((size[0] * (mean[0] - mean[1]))[both].sum() / whole) if both.any() else np.nan
    ratio = np.divide(size[0], size[1], out=np.zeros(len(both)), where=both)
    staff = y - mean[1][cluster]
    z = np.where(sides[0], staff - difference, -ratio[cluster] * staff) / (whole or 1)
    z = np.where((sides[0] | sides[1]) & both[cluster], z, np.nan)
    found = design_of(survey, {"z": z}).total("z").assign(item=skill, estimate=difference)
    results = Results(*(found[name].to_numpy() for name in ("n", "clusters", "estimate", "se", "df")))
    found["low"], found["high"] = intervals.bounds(results, "t", False)
    found["fewest"] = min(int((side & both[cluster]).sum()) for side in sides)
    return with_own_notes(found)


def _within(cluster: np.ndarray, weight: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum of weights and weighted mean of each cluster."""
    clusters = int(cluster.max()) + 1
    size = np.bincount(cluster, weight, clusters)
    total = np.bincount(cluster, weight * y, clusters)
    return size, np.divide(total, size, out=np.zeros(clusters), where=size > 0)
