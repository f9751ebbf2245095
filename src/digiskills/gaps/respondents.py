"""A survey's respondents with their design, for what several questions say together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from digiskills.codebook import Pair
from digiskills.errors import UsageError, nearest
from digiskills.estimates import SurveyDesign
from digiskills.estimates.domains import EVERYONE, Where, columns
from digiskills.once import once
from digiskills.survey import Survey

WEIGHT, STRATUM, CLUSTER, CLUSTERS, PEOPLE = "_weight", "_stratum", "_cluster", "_clusters", "_people"
Columns = Mapping[str, "np.ndarray | pd.Categorical"]


def design_of(
    survey: Survey, values: Columns, dimensions: Sequence[str] = (), weight: np.ndarray | None = None
) -> SurveyDesign:
    """The design of a survey around columns made from its answers.

    Parameters
    ----------
    survey : Survey
        One row per respondent.
    values : mapping of str to ndarray or Categorical
        Columns of numbers or categories, one entry per respondent, NaN where not known.
    dimensions : sequence of str
        Dimensions of the study to break down by.
    weight : ndarray, optional
        In place of the survey's weights.

    Returns
    -------
    SurveyDesign
        With the survey's weights, strata, clusters, population, people and rule for lonely clusters, so that
        an estimate has the error that the same item would have from counted answers.

    Raises
    ------
    UsageError
        If the study has no such dimension.
    """
    frame = pd.DataFrame(dict(values) | {name: survey.dimension(name) for name in dimensions})
    drawn = _drawn(survey) if weight is None else _weighted(survey, weight)
    return drawn.around(frame)


@once
def _drawn(survey: Survey) -> SurveyDesign:
    """The design alone, checked once for all that is asked of the survey."""
    return _weighted(survey, survey.weight)


def _weighted(survey: Survey, weight: np.ndarray) -> SurveyDesign:
    frame = pd.DataFrame({WEIGHT: np.asarray(weight, dtype=float)})
    stratum, cluster, population = _add_design(frame, survey)
    return SurveyDesign(frame, WEIGHT, stratum, cluster, population, survey.study.design.lonely_cluster)


def _add_design(frame: pd.DataFrame, survey: Survey) -> tuple[str | None, str | None, list[str] | None]:
    """Put the design's columns into the frame; names of stratum, cluster and population, where known."""
    stratum = cluster = population = None
    if survey.stratum is not None:
        frame[STRATUM], stratum = np.asarray(survey.stratum.astype(str)), STRATUM
    if survey.cluster is not None:
        frame[CLUSTER], cluster = np.asarray(survey.cluster.astype(str)), CLUSTER
    if survey.population is not None and survey.stratum is not None:
        frame[CLUSTERS] = frame[STRATUM].map(survey.population.rename(str)).astype(float)
        population = [CLUSTERS]
        if survey.people is not None and survey.cluster is not None:
            frame[PEOPLE] = frame[CLUSTER].map(survey.people.rename(str)).astype(float)
            population = [CLUSTERS, PEOPLE]
    return stratum, cluster, population


@once
def clusters_of(survey: Survey) -> tuple[np.ndarray, list[str]]:
    """Number the clusters.

    Parameters
    ----------
    survey : Survey
        With clusters.

    Returns
    -------
    tuple
        Position of each respondent's cluster, and the labels in ascending order.

    Raises
    ------
    UsageError
        If the survey has no clusters.
    """
    if survey.cluster is None:
        raise UsageError("departments: the survey has no clusters")
    numbers, labels = pd.factorize(survey.cluster.astype(str), sort=True)
    numbers.setflags(write=False)
    return numbers, [str(label) for label in labels]


def limited(survey: Survey, where: Mapping[str, str]) -> Survey:
    """The survey with weight 0 for respondents outside a scope, and the heads of the population inside it.

    Parameters
    ----------
    survey : Survey
        One row per respondent.
    where : mapping of dimension to category
        The scope; empty for everyone.

    Returns
    -------
    Survey
        With every respondent: a domain is a zero weight, never a filter.

    Raises
    ------
    UsageError
        If the study has no weights, or no such dimension or category.
    """
    if not where:
        return survey
    weight = survey.study.design.weight
    if not weight:
        raise UsageError("where: this table is of respondents with weights; the study has none, so leave it whole")
    inside = np.ones(len(survey), dtype=bool)
    heads = survey.heads
    for name, category in where.items():
        survey.study.dimension(name).label(category, "en")
        inside &= np.asarray(survey.dimension(name), dtype=object) == category
        if heads is not None and name in heads:
            heads = heads[heads[name].astype(str) == category]
    frame = survey.frame.assign(**{weight: np.where(inside, survey.weight, 0.0)})
    return dataclasses.replace(survey, frame=frame, heads=heads)


def pairs_of(survey: Survey, skills: str | Sequence[str] | None = None) -> list[Pair]:
    """The skills of a survey with the items needed and held.

    Parameters
    ----------
    survey : Survey
        Its study's codebook declares them.
    skills : str or sequence of str, optional
        Skills, all by default.

    Returns
    -------
    list of Pair
        In the order asked for.

    Raises
    ------
    UsageError
        With every skill that the form does not ask.
    """
    known = {pair.skill: pair for pair in survey.study.codebook.pairs()}
    names = list(known) if skills is None else [skills] if isinstance(skills, str) else list(skills)
    wrong = [f"skills: the form does not ask ‘{name}’; {nearest(name, known)}" for name in names if name not in known]
    if wrong:
        raise UsageError("\n".join(wrong))
    return [known[name] for name in names]


def within(survey: Survey, where: Where | None) -> np.ndarray:
    """Whether each respondent belongs to the categories given.

    Parameters
    ----------
    survey : Survey
        One row per respondent.
    where : mapping of dimension to category or categories, optional
        The category ``"all"`` does not restrict.

    Returns
    -------
    ndarray of bool
        One entry per respondent.

    Raises
    ------
    UsageError
        If a dimension or category does not exist.
    """
    inside = np.ones(len(survey), dtype=bool)
    for name, wanted in (where or {}).items():
        if wanted != EVERYONE:
            for category in columns(wanted):
                survey.study.dimension(name).label(category, "en")
            inside &= np.isin(np.asarray(survey.dimension(name), dtype=object), columns(wanted))
    return inside


def short_of(survey: Survey, pair: Pair, least: float = 1) -> np.ndarray:
    """1 where a respondent needs at least `least` levels more than held, 0 where not, NaN where either is missing."""
    gap = np.round(survey.scores(pair.needed) - survey.scores(pair.held), 9)
    return np.where(np.isfinite(gap), (gap >= least).astype(float), np.nan)


def all_of(parts: Sequence[np.ndarray]) -> np.ndarray:
    """1 where every part is 1, 0 where one is not, NaN where any is missing."""
    return np.where(_known(parts), np.logical_and.reduce([part == 1 for part in parts]).astype(float), np.nan)


def any_of(parts: Sequence[np.ndarray]) -> np.ndarray:
    """1 where at least one part is 1, 0 where none is, NaN where any is missing."""
    return np.where(_known(parts), np.logical_or.reduce([part == 1 for part in parts]).astype(float), np.nan)


def _known(parts: Sequence[np.ndarray]) -> np.ndarray:
    return np.asarray(np.logical_and.reduce([np.isfinite(part) for part in parts]))


def coded(number: np.ndarray, categories: Sequence[str]) -> pd.Categorical:
    """Categories by their number, one per respondent; null where the number is NaN."""
    code = np.where(np.isfinite(number), np.nan_to_num(number), -1).astype(np.int64)
    return pd.Categorical(np.array([*categories, None], dtype=object)[code], categories=list(categories), ordered=True)
