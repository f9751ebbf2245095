"""Regression models of the gaps, as a notebook sees them: released tables only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digiskills.disclosure import Released
from digiskills.notebook.scope import Scope


@dataclass(frozen=True, repr=False)
class OpenModels:
    """One wave of the survey; its methods return released tables, in the scope of the study as opened."""

    opened: Scope
    wave: str

    def __repr__(self) -> str:
        """The wave."""
        return f"models of wave {self.wave}"

    def terms(
        self,
        model: str = "linear",
        skill: str | None = None,
        predictors: Sequence[str] | None = None,
        held_skill: str | None = None,
    ) -> Released:
        """Return the terms of a regression model of a gap.

        Parameters
        ----------
        model : str
            ``linear`` (the gap in levels), ``logistic`` (short or not), ``ordinal`` (the level held of the skill) or
            ``multilevel`` (the gap with a random department, the weighted linear model beside it).
        skill : str, optional
            A skill, or ``all`` for the mean over skills.
        predictors : sequence of str, optional
            Dimensions; size, level, role and function by default.
        held_skill : str, optional
            The skill of an ordinal model.

        Returns
        -------
        Released
            One row per term and category.
        """
        return self._modelled("model", skill, predictors, model=model, held_skill=held_skill)

    def effects(self, skill: str | None = None, predictors: Sequence[str] | None = None) -> Released:
        """Return average marginal effects on the share short.

        Parameters
        ----------
        skill, predictors
            As for `terms`.

        Returns
        -------
        Released
            One row per term and category, each less its reference.
        """
        return self._modelled("effects", skill, predictors)

    def adjusted(self, skill: str | None = None, predictors: Sequence[str] | None = None) -> Released:
        """Return the share short by size and level, as observed and adjusted for all else in the model.

        Parameters
        ----------
        skill, predictors
            As for `terms`.

        Returns
        -------
        Released
            One row per size and level.
        """
        return self._modelled("adjusted", skill, predictors)

    def parallel(self, held_skill: str, predictors: Sequence[str] | None = None) -> Released:
        """Return the test that each predictor shifts answers alike at every step of the scale.

        Parameters
        ----------
        held_skill, predictors
            As for an ordinal model of `terms`.

        Returns
        -------
        Released
            One row for all predictors and one per term.
        """
        return self._modelled("parallel", None, predictors, held_skill=held_skill)

    def department_share(self, skill: str | None = None, predictors: Sequence[str] | None = None) -> Released:
        """Return how much of a gap lies between departments, before and after the predictors.

        Parameters
        ----------
        skill, predictors
            As for `terms`.

        Returns
        -------
        Released
            Two rows.
        """
        return self._modelled("department_share", skill, predictors)

    def _modelled(self, kind: str, skill: str | None, predictors: Sequence[str] | None, **options: Any) -> Released:
        named = None if predictors is None else tuple(predictors)
        return self.opened.survey_table(kind, self.wave, (), (), skill=skill, predictors=named, **options)
