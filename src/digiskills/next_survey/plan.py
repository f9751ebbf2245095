"""The variance that another number of answers, or of departments, would give."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize, special

from digiskills.answers import Answers
from digiskills.estimates.sample import Sample

MOST = 1e7  # times the present answers, where the people are not known
LEAST = 1e-4
ROUNDING = 1e-9


@dataclass(frozen=True)
class Size:
    """How large a survey would be, in one domain: answers, departments that they come from, and people invited."""

    answers: float
    clusters: float
    invited: float = math.nan


class _Taken(NamedTuple):
    """Departments, answers, and people of the departments taken, by stratum."""

    clusters: np.ndarray
    answers: np.ndarray
    reach: np.ndarray


@dataclass(frozen=True)
class Plan:
    """One estimate in one domain, by stratum: what its variance is made of, and what there is to be taken.

    Parameters
    ----------
    between : ndarray, one per stratum
        Variance of the estimate that departments which differ give, before the finite population correction.
    within : ndarray, one per stratum
        Variance that differences within departments give, likewise.
    n : ndarray, one per stratum
        Answers now.
    clusters : ndarray, one per stratum
        Departments with an answer now.
    departments : ndarray, one per stratum
        Departments in the population that have the domain; infinite where unknown.
    people : ndarray, one per stratum
        People of the domain in all of these; infinite where unknown.
    response : float
        Share of the people asked who give an answer.
    clustered : bool
        Whether the sample has departments.
    overlap : float
        What departments in both of two waves share of their variance, where a change is planned; else 0.
    two_stages : bool
        Whether the people of the departments are known to the estimates.
    """

    between: np.ndarray
    within: np.ndarray
    n: np.ndarray
    clusters: np.ndarray
    departments: np.ndarray
    people: np.ndarray
    response: float = 1.0
    clustered: bool = True
    overlap: float = 0.0
    two_stages: bool = False

    @property
    def most_departments(self) -> float:
        """Times the present departments that all of them are; 1 in a sample without departments."""
        largest = float(np.max(self.departments / self.clusters, initial=1.0)) if self.clustered else 1.0
        return min(largest, MOST)

    @property
    def between_now(self) -> float:
        """Variance that departments which differ give at the present size."""
        return float((self.between * (1 - self.clusters / self.departments)).sum())

    @property
    def largest(self) -> Size:
        """Answers and departments, if everyone were asked."""
        return self.size(self.most_departments, MOST)

    def size(self, departments: float, take: float) -> Size:
        """Answers and departments at so many times the present departments and the present answers of each."""
        taken = self._taken(departments, take)
        # where more answered than is assumed, everyone of these departments is invited and no more
        invited = np.minimum(taken.answers / self.response, taken.reach)
        return Size(float(taken.answers.sum()), float(taken.clusters.sum()), float(invited.sum()))

    def variance(self, departments: float, take: float) -> float:
        """Variance of the estimate at so many times the present departments and answers of each."""
        first, within = self._parts(departments, take)
        taken = self._taken(departments, take)
        between = self.between * self.clusters / taken.clusters * (1 - taken.clusters / self.departments)
        return float(((1 - self.overlap) * between + first + within).sum())

    def df(self, departments: float, take: float) -> float:
        """Degrees of freedom, as `estimates` counts them: in two stages Satterthwaite's.

        Clusters less strata where the people of the departments are not known; answers less strata in a sample without
        departments.
        """
        taken = self._taken(departments, take)
        units = taken.clusters if self.clustered else taken.answers
        plain = float(units.sum()) - len(self.n)
        if not (self.clustered and self.two_stages):
            return plain
        open_ = taken.clusters < self.departments * (1 - ROUNDING)
        alone = open_ & (taken.clusters < 1 + ROUNDING)
        first, within = self._parts(departments, take)
        left = 1 - taken.clusters / self.departments
        between = first + self.between * self.clusters / taken.clusters * left
        free = [(taken.clusters - 1)[open_ & ~alone].sum(), alone.sum(), taken.answers.sum() - taken.clusters.sum()]
        parts = [between[open_ & ~alone].sum(), between[alone].sum(), within.sum()]
        if (open_.any() and free[0] <= 0) or not sum(parts):
            return plain
        return float(sum(parts) ** 2 / sum(part**2 / max(d, 1) for part, d in zip(parts, free, strict=True)))

    def margin(self, departments: float, take: float) -> float:
        """Half-width of the 95 % interval; infinite with less than one degree of freedom."""
        df = self.df(departments, take)
        if df < 1 - ROUNDING:
            return math.inf
        return float(special.stdtrit(df, 0.975)) * math.sqrt(self.variance(departments, take))

    def _parts(self, departments: float, take: float) -> tuple[np.ndarray, np.ndarray]:
        """Variance within departments, by stratum: as it shows between those taken, and as it shows within them."""
        taken = self._taken(departments, take)
        whole = self.within * self.n / taken.answers
        share = np.ones(len(self.n))
        if self.clustered:
            share = taken.clusters / self.departments
        # people who were not drawn make means of departments differ by chance too: the second part alone is small
        # where few departments are taken, and both add up to whole x (1 - answers / people of all departments)
        return whole * (1 - share), whole * share * (1 - np.minimum(taken.answers / taken.reach, 1))

    def _taken(self, departments: float, take: float) -> _Taken:
        clusters = np.minimum(departments * self.clusters, self.departments)
        times = clusters / self.clusters
        reach = self._people_of(clusters)
        kept = self._people_of(np.minimum(clusters, self.clusters))
        further = np.subtract(reach, kept, out=np.zeros(len(clusters)), where=np.isfinite(reach))
        # what the departments of now gave they can give again; further ones answer as is assumed
        most = np.maximum(self.response * reach, self.n * np.minimum(times, 1) + self.response * further)
        # a department that is taken gives one answer at least
        answers = np.maximum(take * self.n * times, np.minimum(clusters, most))
        return _Taken(clusters, np.minimum(answers, most), np.maximum(reach, most))

    def _people_of(self, clusters: np.ndarray) -> np.ndarray:
        """People of the domain in so many departments of each stratum; infinite where unknown."""
        share = clusters / self.departments if self.clustered else np.ones(len(clusters))
        return np.where(np.isfinite(self.people), np.where(share > 0, share, 1) * self.people, np.inf)


def smallest(reached: Callable[[float], float], low: float, high: float) -> float:
    """Smallest multiple at which a falling function is 0 or less; NaN where it never is.

    Parameters
    ----------
    reached : callable
        Falls as its argument grows; infinite where there is nothing to be had.
    low, high : float
        Where to look, both above 0.

    Returns
    -------
    float
        `low` where that is enough.
    """
    if reached(high) > 0:
        return math.nan
    if reached(low) <= 0:
        return low
    # an infinite value has no place on the way of the search: the logarithms are cut
    return math.exp(
        optimize.brentq(lambda at: min(reached(math.exp(at)), 1e6), math.log(low), math.log(high), xtol=1e-9)
    )


def rounded_up(value: float) -> float:
    """Round up, but for what the search itself leaves over."""
    return float(math.ceil(value * (1 - 1e-7)))


def invitations(size: Size | None) -> float:
    """Return the people to invite for a size: no more than its departments have.

    Parameters
    ----------
    size : Size or None
        As a plan gives it.

    Returns
    -------
    float
        NaN without a size.
    """
    if size is None or math.isnan(size.invited):
        return math.nan
    whole = rounded_up(size.answers)
    return float(math.ceil(size.invited / size.answers * whole * (1 - 1e-7)))


def people_needed(plan: Plan, margin: float, departments: float = 1.0) -> Size | None:
    """Return the size at so many times the present departments that reaches a margin, or None."""
    take = smallest(lambda at: plan.margin(departments, at) / margin - 1, LEAST, MOST)
    return None if math.isnan(take) else plan.size(departments, take)


def departments_needed(plan: Plan, margin: float) -> Size | None:
    """Return the size at the present answers of each department that reaches a margin, or None."""
    if not plan.clustered:
        return None
    # a plan has a department more than strata, at least
    fewest = min((len(plan.n) + 1) / plan.clusters.sum(), 1.0)
    times = smallest(lambda at: plan.margin(at, 1.0) / margin - 1, fewest, plan.most_departments)
    return None if math.isnan(times) else plan.size(times, 1.0)


def plans(
    sums: pd.DataFrame,
    variance: pd.Series,
    icc: pd.Series,
    answers: Answers,
    sample: Sample,
    heads: pd.Series,
    response: pd.Series,
) -> list[Plan]:
    """Make the plan of each domain.

    Parameters
    ----------
    sums : DataFrame
        As `components.cluster_sums` gives them.
    variance : Series
        Of the answers within strata, one per domain.
    icc : Series
        Intra-class correlation, one per domain.
    answers : Answers
        What was counted.
    sample : Sample
        Strata and clusters of the whole sample.
    heads : Series
        People of each domain in the population; NaN where unknown.
    response : Series
        Share of those asked who answer, one per domain.

    Returns
    -------
    list of Plan
        One per domain; a domain without an answer has no stratum.

    Notes
    -----
    between_h = icc s² sum_i (W_i / W)² and within_h = (1 - icc) s² sum w² / W², over the departments i and answers of
    stratum h, W the sum of weights of the domain: S. Gabler, S. Häder and P. Lahiri, Survey Methodology 25 (1999)
    105-106. Departments of a stratum that have the domain: as many of its departments in the population as were
    seen to have it among those sampled. People of a stratum: its share of the weights.
    """
    total = sums.groupby("domain")["w"].transform("sum")
    one = sums.assign(square=(sums["w"] / total) ** 2, w2=sums["w2"] / total**2, k=1.0)
    strata = one.groupby(["domain", "stratum"])[["square", "w", "w2", "n", "k"]].sum().reset_index()
    places = strata["domain"].searchsorted(range(len(variance) + 1))
    correlation = np.nan_to_num(icc.to_numpy(dtype=float)) if answers.clustered else np.zeros(len(variance))
    return [
        _plan(strata.iloc[first:last], sample, answers, *numbers)
        for first, last, *numbers in zip(places, places[1:], variance, correlation, heads, response, strict=False)
    ]


def _plan(
    strata: pd.DataFrame, sample: Sample, answers: Answers, variance: float, icc: float, heads: float, response: float
) -> Plan:
    """Make the plan of one domain from its strata."""
    departments, people = _there_is(strata, sample, heads, answers.people is not None)
    return Plan(
        icc * variance * strata["square"].to_numpy(),
        (1 - icc) * variance * strata["w2"].to_numpy(),
        strata["n"].to_numpy(dtype=float),
        strata["k"].to_numpy(dtype=float),
        departments,
        people,
        float(response),
        answers.clustered,
        two_stages=answers.people is not None,
    )


def _there_is(strata: pd.DataFrame, sample: Sample, heads: float, two_stages: bool) -> tuple[np.ndarray, np.ndarray]:
    """Departments and people of the domain in the population, by stratum; infinite where unknown."""
    at = strata["stratum"].to_numpy(dtype=int)
    unknown = np.full(len(at), np.inf)
    if sample.population is None:
        return unknown, unknown
    seen = strata["k" if sample.clustered else "n"].to_numpy(dtype=float) / sample.sampled[at]
    there = sample.population[at] * seen
    if not sample.clustered:
        return unknown, there
    weights = strata["w"].to_numpy(dtype=float)
    if math.isnan(heads):
        return there, weights if two_stages else unknown
    return there, heads * weights / weights.sum()
