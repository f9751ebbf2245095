"""The respondents of a model of a gap, its outcome and its predictors, as a table declares them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from digiskills import models
from digiskills.disclosure.source import Source
from digiskills.errors import UsageError, nearest
from digiskills.models.respondents import WEIGHT

PREDICTORS = ("department_size", "level", "department_role", "function")
ALL = "all"
GAP, SHORT = "gap", "short"


@dataclass(frozen=True)
class Setting:
    """The respondents of a model, its outcome and its predictors.

    Parameters
    ----------
    source : Source
        The table and its data. Option ``skill``: a skill, or ``all`` for the mean over the skills that a respondent
        answered for (half of them or more). Option ``predictors``: dimensions; those that the study lacks, and those
        that the table is limited to, are left out.
    outcome : str
        ``gap`` in levels; ``short``, whether (of all skills: in what share of them) a level or more is missing; or an
        item whose answers are in order.
    """

    source: Source
    outcome: str

    @property
    def skill(self) -> str:
        """The skill, or ``all``; of a level held the option ``held_skill`` comes first."""
        if self.outcome in (GAP, SHORT):
            return str(self.source.option("skill", ALL))
        return _held_skill(self.source)

    @property
    def predictors(self) -> list[str]:
        """The dimensions in the model."""
        wanted = tuple(self.source.option("predictors", PREDICTORS))
        study, where = self.source.study, self.source.where
        found = [name for name in wanted if name in study.dimensions and name not in where]
        if not found:
            raise UsageError(f"predictors: none of {', '.join(wanted)} is left; name dimensions that are not limited")
        return found

    @cached_property
    def respondents(self) -> models.Respondents:
        """Everyone in the sample with outcome, predictors and design; private."""
        items = [] if self.outcome in (GAP, SHORT) else [self.outcome]
        made = models.frame(self.source.survey, items, [*self.predictors, *self.source.where])
        if items:
            return made
        values = _gap(self.source, self.skill) if self.outcome == GAP else _short(self.source, self.skill)
        return models.Respondents(made.frame.assign(**{self.outcome: values}), made.design)

    def counted(self, *, weighted: bool = True) -> pd.DataFrame:
        """Predictors, outcome and department of the respondents in the model."""
        frame = self.respondents.frame
        used = frame[[self.outcome, *self.predictors]].notna().all(axis=1)
        for name, category in self.source.where.items():
            used &= frame[name].astype(object).eq(category).to_numpy()
        if weighted:
            used &= frame[WEIGHT] > 0
        return frame[used]


def _held_skill(source: Source) -> str:
    return str(source.option("held_skill", source.option("skill", ALL)))


def held_item(source: Source) -> str:
    """Return the item of the level held of the skill that an ordinal model is of.

    Parameters
    ----------
    source : Source
        The table; option ``held_skill``, or else ``skill``.

    Returns
    -------
    str
        An item of the form.

    Raises
    ------
    UsageError
        If the option names no skill of the form.
    """
    skill = _held_skill(source)
    pairs = {pair.skill: pair.held for pair in source.codebook.pairs()}
    if skill not in pairs:
        raise UsageError(f"skill: an ordinal model is of one skill, not of ‘{skill}’; {nearest(skill, pairs)}")
    return pairs[skill]


def _gaps(source: Source, skill: str) -> np.ndarray:
    """Needed less held of each respondent, a column per skill."""
    pairs = {pair.skill: pair for pair in source.codebook.pairs()}
    if skill not in (ALL, *pairs):
        raise UsageError(f"skill: the form does not ask ‘{skill}’; {nearest(skill, [ALL, *pairs])}")
    wanted = list(pairs.values()) if skill == ALL else [pairs[skill]]
    survey = source.survey
    return np.column_stack([np.round(survey.scores(pair.needed) - survey.scores(pair.held), 9) for pair in wanted])


def _averaged(values: np.ndarray) -> np.ndarray:
    """Mean of what each respondent answered; NaN where that is less than half."""
    known = np.isfinite(values)
    enough = known.sum(axis=1) * 2 >= values.shape[1]
    sums = np.where(known, values, 0).sum(axis=1)
    return np.where(enough, sums / np.maximum(known.sum(axis=1), 1), np.nan)


def _gap(source: Source, skill: str) -> np.ndarray:
    return _averaged(_gaps(source, skill))


def _short(source: Source, skill: str) -> np.ndarray:
    gaps = _gaps(source, skill)
    return _averaged(np.where(np.isfinite(gaps), (gaps >= 1).astype(float), np.nan))
