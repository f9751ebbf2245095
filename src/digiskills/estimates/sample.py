"""The sample as the variance sees it: strata, and how many of their clusters were drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from digiskills.errors import DesignError, UsageError, nearest

LONELY_RULES = ("fail", "certainty", "adjust", "average")


class People(NamedTuple):
    """The second stage, where it is known: people of each sampled cluster, in its order of numbering.

    `weight` is the sum of the weights of those sampled.
    """

    sampled: np.ndarray
    population: np.ndarray
    weight: np.ndarray | None = None


@dataclass(frozen=True)
class Sample:
    """Strata with their clusters: those in the sample and, where known, those in the population.

    Parameters
    ----------
    strata : tuple of str
        Labels of the strata.
    sampled : ndarray of int, one per stratum
        Clusters of the whole sample (respondents, where the sample has no clusters).
    population : ndarray of float, one per stratum, or None
        Clusters in the population; None where the sample is taken as drawn with replacement.
    lonely : {"adjust", "average", "certainty", "fail"}
        What a stratum with one sampled cluster adds to the variance.
    clustered : bool
        Whether several respondents share a cluster by design.
    people : People or None
        People of each cluster, in the sample and in the population; None where clusters count as observed
        whole.
    """

    strata: tuple[str, ...]
    sampled: np.ndarray
    population: np.ndarray | None
    lonely: str
    clustered: bool
    people: People | None = None

    @property
    def not_sampled(self) -> np.ndarray:
        """Share of each stratum's clusters that are not in the sample (1 without a population)."""
        if self.population is None:
            return np.ones(len(self.sampled))
        return np.asarray(1 - self.sampled / self.population)

    @property
    def alone(self) -> np.ndarray:
        """Whether a stratum has one sampled cluster that does not stand for itself only."""
        return np.asarray((self.sampled == 1) & (self.not_sampled > 0))

    @property
    def degrees_of_freedom(self) -> int:
        """Sampled clusters minus strata, over the whole sample."""
        return int(self.sampled.sum()) - len(self.strata)

    @property
    def description(self) -> str:
        """One line on strata, clusters and the finite population correction."""
        units = "clusters" if self.clustered else "respondents"
        strata = "1 stratum" if len(self.strata) == 1 else f"{len(self.strata)} strata"
        stages = f"one-stage correction by count of {units}"
        stages = stages if self.people is None else "two-stage correction by count of clusters and of their people"
        drawn = "with replacement" if self.population is None else stages
        return f"Taylor linearisation; {strata}, {self.sampled.sum()} {units}; {drawn}"


def check_rule(lonely: str) -> None:
    """Refuse a rule for lonely clusters that does not exist.

    Raises
    ------
    UsageError
        With the rule nearest to the one given.
    """
    if lonely not in LONELY_RULES:
        raise UsageError(f"lonely: ‘{lonely}’ is no rule for a lonely cluster; {nearest(lonely, LONELY_RULES)}")


def listed(labels: Sequence[object], most: int = 10) -> str:
    """The first labels, and how many more there are."""
    rest = f" and {len(labels) - most} more" if len(labels) > most else ""
    return ", ".join(f"{label}" for label in labels[:most]) + rest


def sample(
    strata: Sequence[str],
    sampled: np.ndarray,
    population: np.ndarray | None,
    lonely: str,
    clustered: bool,
    people: People | None = None,
    clusters: Sequence[str] = (),
) -> Sample:
    """Make a Sample, refusing counts that cannot be.

    Parameters
    ----------
    strata : sequence of str
        Labels of the strata.
    sampled : ndarray of int, one per stratum
        Clusters of the whole sample.
    population : ndarray of float, one per stratum, or None
        Clusters in the population.
    lonely : str
        Rule for strata with one sampled cluster.
    clustered : bool
        Whether the sample has clusters.
    people : People, optional
        People of each cluster; makes the finite population correction one of two stages.
    clusters : sequence of str
        Labels of the clusters in the order of `people`.

    Returns
    -------
    Sample
        One entry per stratum.

    Raises
    ------
    DesignError
        With every stratum or cluster whose population is missing, a fraction, or smaller than its sample;
        and, under the rule "fail", every stratum with a lonely cluster.
    """
    units = "clusters" if clustered else "respondents"
    problems = [] if population is None else _population_problems("stratum", units, strata, sampled, population)
    if people is not None:
        problems += _population_problems("cluster", "people", clusters, people.sampled, people.population)
    made = Sample(tuple(strata), sampled, population, lonely, clustered, people)
    if lonely == "fail" and not problems and made.alone.any():
        names = [stratum for stratum, alone in zip(strata, made.alone, strict=True) if alone]
        way_out = "join strata, or choose lonely = ‘adjust’, ‘average’ or ‘certainty’"
        problems = [f"one sampled cluster only in stratum {listed(names)}; {way_out}"]
    if problems:
        raise DesignError("\n".join(problems))
    return made


def _population_problems(
    place: str, units: str, labels: Sequence[str], sampled: np.ndarray, population: np.ndarray
) -> list[str]:
    problems = list[str]()
    if (np.isfinite(population) & ((population >= 1) | (population <= 0)) & (population >= sampled)).all():
        return problems
    for label, drawn, whole in zip(labels, sampled, population, strict=True):
        if not np.isfinite(whole):
            problems.append(f"population: no number of {units} for {place} {label}")
        elif 0 < whole < 1:
            way_out = f"give the number of {units} in the {place}"
            problems.append(f"population: {whole:g} in {place} {label} is a fraction; {way_out}")
        elif whole < drawn:
            problems.append(f"population: {place} {label} has {whole:g} {units}, fewer than the {drawn} sampled")
    return problems


def clusters_in_two_strata(stratum: pd.Series, cluster: pd.Series) -> list[str]:
    """Labels of the clusters found in more than one stratum, in order of the label."""
    codes, labels = pd.factorize(cluster)
    strata = pd.factorize(stratum)[0] + 1
    width = int(strata.max(initial=0)) + 1
    pairs = np.unique(codes[codes >= 0].astype(np.int64) * width + strata[codes >= 0])
    times = np.bincount(pairs // width, minlength=len(labels))
    return sorted(str(label) for label in labels[times > 1])
