"""How many answers the next survey needs for a wanted margin."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from digiskills.answers import Answers
from digiskills.estimates import Estimand, design_effects
from digiskills.estimates.degrees_of_freedom import LOW_DF
from digiskills.estimates.domains import Where, columns
from digiskills.next_survey.plan import Plan, Size, departments_needed, invitations, people_needed, rounded_up
from digiskills.next_survey.present import Parts, check_icc, parts_of, plans_of, unit_of
from digiskills.next_survey.simple import check_margin

LEAST_DF = 3  # below it there is none
NOTES = ("no_answers", "one_answer", "too_few_clusters", "not_reachable", "few_clusters", "reached", "all_clusters")
"""What a row may be marked with, the most important first."""


def answers_needed(
    answers: Answers,
    estimands: Estimand | Sequence[Estimand],
    margin: float,
    by: str | Sequence[str] = (),
    where: Where | None = None,
    margins: bool = False,
    heads: pd.DataFrame | None = None,
    response: float | pd.DataFrame | None = None,
    icc: str | float = "pooled",
) -> pd.DataFrame:
    """Answers that the next survey needs for a margin, by the departments taken now and by more of them.

    Parameters
    ----------
    answers : Answers
        The present survey, counted.
    estimands : Estimand or sequence of Estimand
        Shares and means to be estimated.
    margin : float
        Half-width wanted of the 95 % interval: 0.05 for 5 points of a share, 0.1 for a tenth of a level of a mean.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.
    margins : bool
        Whether to add the sums over dimensions, marked ``"all"``.
    heads : DataFrame, optional
        One row per cell of the population: columns of dimensions, and `heads`.
    response : float or DataFrame, optional
        Share of those invited who respond: one number, or the columns of `by` and `response`.
    icc : {"pooled", "domain"} or float
        Intra-class correlation: one per item over domains that do not overlap, one of each domain, or one given.

    Returns
    -------
    DataFrame
        One row per estimand and domain: item (the estimand's name), <by>, n and clusters (now), estimate, sd, se, df,
        design_effect (seen, against a simple random sample with replacement), deff_weights, deff_clusters, icc,
        icc_low, icc_high; margin_now (t x se), margin_expected (what the formula gives for the present size),
        margin_wanted; n_needed with n_needed_low and n_needed_high (fewest and most at the ends of the icc's
        interval), NaN where the margin cannot be reached; route, how it is reached: ``people`` (more answers from the
        departments taken now, n_same_clusters), ``clusters`` (more departments with as many answers each: n_same_take
        from clusters_needed) or ``both`` (all departments and more answers each, n_all_clusters), the first of them
        that does; heads, response, invitations_needed, invitations_same_clusters and invitations_same_take: answers
        over response, and no more than the people of the departments meant; all_taken, whether the survey has all
        departments of the domain already; note, one of `NOTES`.

    Raises
    ------
    UsageError
        If a number is out of its bounds, an item, dimension or category does not exist, or shares stand with means.

    Notes
    -----
    With W the sum of weights of the domain and s² the variance of answers within strata,
    V = s² (icc sum_h (1 - k_h / K_h) sum_i (W_i / W)² + (1 - icc) sum_h (1 - n_h / M_h) sum w² / W²). Without the
    finite population corrections this is s² / n times deff_weights x deff_clusters, with deff_weights = n sum w² / W²
    (Kish) and deff_clusters = 1 + (m - 1) icc, m = sum_i W_i² / sum w²: S. Gabler, S. Häder and P. Lahiri, Survey
    Methodology 25 (1999) 105-106; L. Kish, Survey Sampling (1965), chapters 5 and 8. The first part falls with more
    departments, the second with more answers; K_h and M_h are all departments and people of the stratum. The margin is
    t(df) sqrt(V), df that of the plan itself, counted as in `digiskills.estimates`. The correlation is pooled over
    domains because it travels from one to another, where design effects do not (L. Kish, Journal of Official Statistics
    11 (1995) 55-77), and few departments give a chance number. Allocation over strata, weights and the share expected
    stay as they are. A stratum with one department sampled is planned as if departments differed there as elsewhere;
    the rule for lonely clusters may give it wider intervals. The departments of now can give again what they gave,
    even where that is more than response times their people: then everyone there is invited. Departments added
    give response times their people and no more.
    """
    asked = [estimands] if isinstance(estimands, Estimand) else list(estimands)
    check_margin(margin)
    check_icc(icc)
    unit = unit_of(asked)
    tables = []
    for estimand in asked:
        parts = parts_of(answers, estimand, by, where, margins, heads, response, icc)
        tables.append(_table(answers, estimand, parts, columns(by), margin))
    found = pd.concat(tables, ignore_index=True)
    found.attrs["method"] = dict(parts.joint.frame.attrs["method"]) | _method(icc, heads, response) | {"unit": unit}
    return found


def _table(answers: Answers, estimand: Estimand, parts: Parts, by: list[str], margin: float) -> pd.DataFrame:
    frame = design_effects(parts.joint, "with").rename(columns={"estimand": "item", "deff": "design_effect"})
    frame["item"] = estimand.name
    frame["sd"] = np.sqrt(parts.variance.to_numpy())
    frame["deff_clusters"] = parts.clustering.to_numpy()
    frame[["icc", "icc_low", "icc_high"]] = parts.icc[["icc", "icc_low", "icc_high"]].to_numpy()
    quantile = stats.t.ppf(0.975, frame["df"].where(frame["df"] > 0))
    frame["margin_now"] = (quantile * frame["se"]).where(frame["se"] > 0)
    known = _known(frame)
    made = plans_of(answers, parts)
    expected = [plan.margin(1, 1) if some else np.nan for plan, some in zip(made, known, strict=True)]
    frame["margin_expected"], frame["margin_wanted"] = np.where(np.isfinite(expected), expected, np.nan), margin
    sizes = pd.DataFrame([_sizes(routes_of(plan, margin, bool(some))) for plan, some in zip(made, known, strict=True)])
    frame = pd.concat([frame, sizes], axis=1)
    frame[["n_needed_low", "n_needed_high"]] = _ends(answers, parts, margin, known)
    frame["heads"], frame["response"] = parts.heads.to_numpy(), parts.response.to_numpy()
    frame.loc[frame["response"].isna(), list(INVITATIONS)] = np.nan
    frame["all_taken"] = _all_taken(made, known)
    frame["note"] = _notes(frame, known)
    return frame[["item", *by, *COLUMNS]]


def _all_taken(made: Sequence[Plan], known: np.ndarray) -> list[bool]:
    return [
        plan.clustered and bool(some) and plan.most_departments <= 1 for plan, some in zip(made, known, strict=True)
    ]


def _ends(answers: Answers, parts: Parts, margin: float, known: np.ndarray) -> np.ndarray:
    """Fewest and most answers needed at the ends of the correlation's interval; the most NaN if not to be reached."""
    ends = [plans_of(answers, parts, parts.icc[name]) for name in ("icc_low", "icc_high")]
    few, many = (
        [_answers(_first(routes_of(plan, margin, bool(some)))[1]) for plan, some in zip(made, known, strict=True)]
        for made in ends
    )
    return np.column_stack([np.fmin(few, many), np.maximum(few, many)])


COLUMNS = (
    "n", "clusters", "estimate", "sd", "se", "df", "design_effect", "deff_weights", "deff_clusters", "icc", "icc_low",
    "icc_high", "margin_now", "margin_expected", "margin_wanted", "n_needed", "n_needed_low", "n_needed_high", "route",
    "n_same_clusters", "clusters_needed", "n_same_take", "n_all_clusters", "heads", "response", "invitations_needed",
    "invitations_same_clusters", "invitations_same_take", "all_taken", "note",
)  # fmt: skip
INVITATIONS = ("invitations_needed", "invitations_same_clusters", "invitations_same_take")


def _known(frame: pd.DataFrame) -> np.ndarray:
    """Whether there is enough to plan from: answers that differ, and more than a few departments."""
    return np.asarray((frame["n"] > 0) & (frame["sd"] > 0) & (frame["df"] >= LEAST_DF))


def routes_of(plan: Plan, margin: float, known: bool = True) -> dict[str, Size | None]:
    """Return the sizes that reach a margin, by route.

    Parameters
    ----------
    plan : Plan
        Of one domain.
    margin : float
        Half-width wanted.
    known : bool
        Whether there is enough to plan from; without it there is no size.

    Returns
    -------
    dict of str to Size or None
        ``people``, ``clusters`` and ``both``, as in `answers_needed`.
    """
    more = known and plan.most_departments > 1
    return {
        "people": people_needed(plan, margin) if known else None,
        "clusters": departments_needed(plan, margin) if known else None,
        "both": people_needed(plan, margin, plan.most_departments) if more else None,
    }


def _first(routes: dict[str, Size | None]) -> tuple[str, Size | None]:
    return next(((name, size) for name, size in routes.items() if size is not None), ("", None))


def _sizes(routes: dict[str, Size | None]) -> dict[str, object]:
    name, size = _first(routes)
    clusters = routes["clusters"]
    return {
        "n_needed": _answers(size),
        "route": name,
        "n_same_clusters": _answers(routes["people"]),
        "clusters_needed": math.nan if clusters is None else rounded_up(clusters.clusters),
        "n_same_take": _answers(clusters),
        "n_all_clusters": _answers(routes["both"]),
        "invitations_needed": invitations(size),
        "invitations_same_clusters": invitations(routes["people"]),
        "invitations_same_take": invitations(clusters),
    }


def _answers(size: Size | None) -> float:
    return math.nan if size is None else rounded_up(size.answers)


def _notes(frame: pd.DataFrame, known: np.ndarray) -> np.ndarray:
    marks = {
        "no_answers": frame["n"] == 0,
        "one_answer": ~(frame["sd"] > 0),
        "too_few_clusters": ~known,
        "not_reachable": frame["n_needed"].isna(),
        "few_clusters": frame["df"] < LOW_DF,
        "reached": frame["n_needed"] <= frame["n"],
        "all_clusters": frame["all_taken"],
    }
    return np.select([np.asarray(marks[name], dtype=bool) for name in NOTES], NOTES, "")


def _method(icc: str | float, heads: pd.DataFrame | None, response: float | pd.DataFrame | None) -> dict[str, str]:
    pooled = {
        "pooled": "weighted analysis of variance within strata, one per item over domains that do not overlap",
        "domain": "weighted analysis of variance within strata, one per domain",
    }
    return {
        "margin": "half-width of the 95 % interval, t on the degrees of freedom of the plan",
        "icc": pooled[icc] if isinstance(icc, str) else f"given: {icc:g}",
        "heads": "not known: no correction for the people asked" if heads is None else "known by cell",
        "response": "not known" if response is None else "given",
    }
