"""From a survey to a frame that models take: one row per respondent, private."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from digiskills.codebook import MISSING_REASONS
from digiskills.errors import DesignError, UsageError, nearest
from digiskills.estimates.domains import columns
from digiskills.estimates.sample import listed
from digiskills.models.design import Design
from digiskills.survey import Survey

GAP = "gap:"
SCORE = "score:"
WEIGHT, STRATUM, CLUSTER = "design:weight", "design:stratum", "design:cluster"
CLUSTERS, PEOPLE = "design:clusters_in_stratum", "design:people_in_cluster"


@dataclass(frozen=True, eq=False, repr=False)
class Respondents:
    """Respondents of a survey and the columns of its design.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent (private).
    design : Design
        Columns of the design in `frame`.
    """

    frame: pd.DataFrame
    design: Design

    def __repr__(self) -> str:
        """Shape and columns, never a row."""
        return f"Respondents({len(self.frame)} x {', '.join(str(column) for column in self.frame.columns)})"


def frame(survey: Survey, items: str | Sequence[str], dimensions: str | Sequence[str]) -> Respondents:
    """Respondents with items, dimensions and design, as models take them.

    Parameters
    ----------
    survey : Survey
        One wave.
    items : str or sequence of str
        Items (answers in order, null where missing; numbers stay numbers), ``score:item`` for the codebook's
        scores, ``gap:skill`` for needed less held on those who answered both.
    dimensions : str or sequence of str
        Dimensions of the study, categories in its order.

    Returns
    -------
    Respondents
        `frame` and `design`, to be given to a model.

    Raises
    ------
    UsageError
        If an item, skill or dimension does not exist.
    DesignError
        If a stratum or cluster has no number in the population.
    """
    made = {name: _item(survey, name) for name in columns(items)}
    made |= {name: survey.dimension(name) for name in columns(dimensions)}
    of_design = _design(survey)
    design = Design(
        WEIGHT,
        STRATUM if STRATUM in of_design else None,
        CLUSTER if CLUSTER in of_design else None,
        _population(of_design),
        survey.study.design.lonely_cluster,
    )
    return Respondents(pd.DataFrame({**made, **of_design}), design)


def _item(survey: Survey, name: str) -> pd.Categorical | np.ndarray:
    if name.startswith(GAP):
        return _gap(survey, name.removeprefix(GAP))
    item = name.removeprefix(SCORE)
    if item not in survey.frame:
        raise UsageError(f"items: no ‘{item}’; {nearest(item, [str(column) for column in survey.frame.columns])}")
    if name.startswith(SCORE) or not isinstance(survey.frame[item].dtype, pd.CategoricalDtype):
        return survey.scores(item)
    answers = survey.answers(item)
    real = [answer for answer in answers.categories if answer not in MISSING_REASONS]
    return answers.set_categories(real, ordered=True)


def _gap(survey: Survey, skill: str) -> np.ndarray:
    known = {pair.skill: pair for pair in survey.study.codebook.pairs()}
    if skill not in known:
        raise UsageError(f"items: no gap for ‘{skill}’; {nearest(skill, known)}")
    gap: np.ndarray = survey.scores(known[skill].needed) - survey.scores(known[skill].held)
    return gap


def _design(survey: Survey) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {WEIGHT: survey.weight}
    if survey.stratum is not None:
        found[STRATUM] = survey.stratum.astype(str).to_numpy()
    if survey.cluster is not None:
        found[CLUSTER] = survey.cluster.astype(str).to_numpy()
    if survey.population is not None and STRATUM in found:
        found[CLUSTERS] = _counts(survey.population, found[STRATUM], "stratum")
    if survey.people is not None and CLUSTER in found and CLUSTERS in found:
        found[PEOPLE] = _counts(survey.people, found[CLUSTER], "cluster")
    return found


def _counts(counts: pd.Series, labels: np.ndarray, place: str) -> np.ndarray:
    found = counts.rename(str).reindex(labels).to_numpy(dtype=float)
    without = sorted({str(label) for label in labels[np.isnan(found)]})
    if without:
        raise DesignError(f"population: no number for {place} {listed(without)}")
    return found


def _population(of_design: dict[str, np.ndarray]) -> str | tuple[str, str] | None:
    if PEOPLE in of_design:
        return CLUSTERS, PEOPLE
    return CLUSTERS if CLUSTERS in of_design else None
