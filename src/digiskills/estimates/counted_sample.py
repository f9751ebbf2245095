"""The sample that was counted: strata, clusters and what is known of the population."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.answers import Answers
from digiskills.errors import DesignError
from digiskills.estimates import residuals
from digiskills.estimates.domains import Domains, Where, domains
from digiskills.estimates.margins import Sets, sets
from digiskills.estimates.sample import People, Sample, check_rule, clusters_in_two_strata, listed, sample
from digiskills.once import once


def rows_of(answers: Answers) -> residuals.Rows:
    """The groups as rows that the margins of the calibration do not divide."""
    assert answers.calibration is not None
    unit, stratum = units_of(answers)
    n, w, w2 = (answers.groups[name].to_numpy(dtype=float) for name in ("n", "w", "w2"))
    margins = residuals.margins(answers.groups[list(answers.dimensions)], answers.calibration.margins)
    return residuals.Rows(margins, n, w, w2, answers.calibration.ratio, unit, stratum)


def domains_of(answers: Answers, by: Sequence[str], where: Where | None) -> Domains:
    """The domains of the groups, made once for all tables with that breakdown."""
    kept, asked = _domains(answers.groups), repr((answers.dimensions, list(by), where))
    if asked not in kept:
        kept[asked] = domains(answers.groups[list(answers.dimensions)], by, where)
    return kept[asked]


def sets_of(answers: Answers, by: Sequence[str], where: Where | None, margins: bool) -> Sets:
    """The domains of the groups with their margins, made once for all tables with that breakdown."""
    kept, asked = _sets(answers.groups), repr((answers.dimensions, list(by), where, margins))
    if asked not in kept:
        kept[asked] = sets(answers.groups[list(answers.dimensions)], by, where, margins)
    return kept[asked]


@once
def _domains(groups: pd.DataFrame) -> dict[str, Domains]:
    return {}


@once
def _sets(groups: pd.DataFrame) -> dict[str, Sets]:
    return {}


def units_of(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    """Cluster of each group, or its stratum in a sample without clusters, and its stratum."""
    stratum, _ = _strata(answers.groups)
    return (_clusters(answers.groups)[0] if answers.clustered else stratum), stratum


def labels_of(answers: Answers) -> np.ndarray:
    """Labels of the units of `units_of`, in order."""
    labels = (_clusters if answers.clustered else _strata)(answers.groups)[1]
    return np.array(labels, dtype=object)


@once
def sample_of(answers: Answers) -> Sample:
    """The sample that was counted: strata, clusters and what is known of the population."""
    check_rule(answers.lonely)
    twice = _twice(answers.groups) if answers.clustered else []
    if twice:
        raise DesignError(f"cluster: in more than one stratum: {listed(twice)}; give each a label of its own")
    stratum, strata = _strata(answers.groups)
    drawn = np.bincount(stratum, answers.groups["n"]).astype(int)
    if answers.clustered:
        drawn = np.bincount(stratum[np.unique(units_of(answers)[0], return_index=True)[1]], minlength=len(strata))
    population = None
    if answers.population is not None:
        population = _known(answers.population, strata)
    people, clusters = _people(answers)
    return sample(strata, drawn, population, answers.lonely, answers.clustered, people, clusters)


def _people(answers: Answers) -> tuple[People | None, list[str]]:
    """People of each cluster, sampled and in the population, in the order of `units_of`."""
    if answers.people is None or not answers.clustered:
        return None, []
    cluster, labels = _clusters(answers.groups)
    sampled, weight = (np.bincount(cluster, answers.groups[name].to_numpy(dtype=float)) for name in ("n", "w"))
    return People(sampled.astype(int), _known(answers.people, labels), weight), labels


def _known(counts: pd.Series, labels: list[str]) -> np.ndarray:
    known = _by_label(counts)
    return np.array([known.get(label, np.nan) for label in labels], dtype=float)


@once
def _by_label(counts: pd.Series) -> dict[str, float]:
    return {str(label): float(count) for label, count in counts.items()}


@once
def _strata(groups: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    """Stratum of each group by number, and the labels."""
    return _numbered(groups["stratum"])


@once
def _clusters(groups: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    """Cluster of each group by number, and the labels."""
    return _numbered(groups["cluster"])


@once
def _twice(groups: pd.DataFrame) -> list[str]:
    return clusters_in_two_strata(groups["stratum"], groups["cluster"])


def _numbered(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    numbers, labels = pd.factorize(column, sort=True)
    numbers.setflags(write=False)
    return numbers, [str(label) for label in labels]
