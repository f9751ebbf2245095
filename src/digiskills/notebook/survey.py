"""One wave of the survey as a notebook sees it: released tables only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digiskills.disclosure import SKILLS, Released
from digiskills.gaps import nonresponse
from digiskills.notebook.profiles import OpenProfiles
from digiskills.notebook.reliability import OpenChoices, OpenScales
from digiskills.notebook.scope import Scope
from digiskills.survey import Survey


@dataclass(frozen=True, repr=False)
class OpenSurvey:
    """One wave of the survey; its methods return released tables, in the scope of the study as opened."""

    opened: Scope
    private: Survey

    def __repr__(self) -> str:
        """Shape and columns, never a row."""
        return repr(self.private)

    def respondents(self, by: Sequence[str] = ()) -> Released:
        """Return how many answered.

        Parameters
        ----------
        by : sequence of str
            Dimensions.

        Returns
        -------
        Released
            One row per domain: respondents and the people they stand for.
        """
        return self._table("respondents", (), by)

    def missing(self, items: str | Sequence[str], by: Sequence[str] = ()) -> Released:
        """Return what share of those asked gave no answer, and why.

        Parameters
        ----------
        items : str or sequence of str
            Items or a role of the codebook.
        by : sequence of str
            Dimensions.

        Returns
        -------
        Released
            One row per item, reason and domain.
        """
        return self._table("missing", items, by)

    def means(self, items: str | Sequence[str], by: Sequence[str] = ()) -> Released:
        """Return mean scores.

        Parameters
        ----------
        items : str or sequence of str
            Scored items or a role of the codebook.
        by : sequence of str
            Dimensions.

        Returns
        -------
        Released
            One row per item and domain.
        """
        return self._table("means", items, by)

    def shares(self, items: str | Sequence[str], by: Sequence[str] = ()) -> Released:
        """Return the share of each answer.

        Parameters
        ----------
        items : str or sequence of str
            Items or a role of the codebook.
        by : sequence of str
            Dimensions.

        Returns
        -------
        Released
            One row per item, answer and domain.
        """
        return self._table("shares", items, by)

    def barriers(self, by: Sequence[str] = (), items: str | Sequence[str] = "barrier") -> Released:
        """Return the share on the barrier side of each item.

        Parameters
        ----------
        by : sequence of str
            Dimensions.
        items : str or sequence of str
            Items or a role of the codebook.

        Returns
        -------
        Released
            One row per item and domain.
        """
        return self._table("barrier_side", items, by)

    def gaps(self, by: Sequence[str] = (), skills: str | Sequence[str] = SKILLS) -> Released:
        """Return who is short of which skills.

        Parameters
        ----------
        by : sequence of str
            Dimensions.
        skills : str or sequence of str
            Skills, or ``skills`` for all.

        Returns
        -------
        Released
            One row per skill, measure and domain.
        """
        return self._table("shortfalls", skills, by)

    def changes(
        self, items: str | Sequence[str] = SKILLS, by: Sequence[str] = (), since: str | None = None
    ) -> Released:
        """Return what changed since the wave before.

        Parameters
        ----------
        items : str or sequence of str
            Skills, whose share short by one level or more is compared; items on barriers, whose barrier side
            is; or other scored items, whose means are.
        by : sequence of str
            Dimensions.
        since : str, optional
            An earlier wave than the one before.

        Returns
        -------
        Released
            One row per item and domain, with the covariance of departments that are in both waves.
        """
        return self._table("changes", items, by, since=since)

    @property
    def profiles(self) -> OpenProfiles:
        """What several answers of one person or department say together."""
        return OpenProfiles(self.opened, self.private.wave.name)

    @property
    def scales(self) -> OpenScales:
        """Questions that are meant to measure one thing together."""
        return OpenScales(self.opened, self.private.wave.name)

    @property
    def choices(self) -> OpenChoices:
        """What other defensible choices would have said."""
        return OpenChoices(self.opened, self.private.wave.name)

    def needs(self, skills: str | Sequence[str] = SKILLS, ranks: str | None = None) -> Released:
        """Return what to train first: the order of skills by every index of need, and how sure it is.

        Parameters
        ----------
        skills : str or sequence of str
            Skills, or ``skills`` for all.
        ranks : str, optional
            Where the intervals of ranks come from: ``draws`` from the joint covariance of the design, by default,
            or a ``bootstrap`` over clusters, where every stratum has two or more of them.

        Returns
        -------
        Released
            One row per measure and skill, with the interval of its rank.
        """
        return self._table("needs", skills, (), ranks=ranks)

    def quadrants(self, skills: str | Sequence[str] = SKILLS) -> Released:
        """Return importance and performance of skills, with the probability of each quadrant.

        Parameters
        ----------
        skills : str or sequence of str
            Skills, or ``skills`` for all.

        Returns
        -------
        Released
            One row per cut (``mean``, ``median`` or ``middle``) and skill.
        """
        return self._table("quadrants", skills, ())

    def departments(self, by: Sequence[str]) -> Released:
        """Return how many departments stand behind each group.

        Parameters
        ----------
        by : sequence of str
            One dimension.

        Returns
        -------
        Released
            One row per group: respondents, departments that answered and in the population, strata.
        """
        return self._table("departments", (), by)

    def differences(
        self, by: Sequence[str], skills: str | Sequence[str] = SKILLS, margin: float | None = None
    ) -> Released:
        """Return every difference between two groups, tested for being there and for being small.

        Parameters
        ----------
        by : sequence of str
            One dimension.
        skills : str or sequence of str
            Skills, or ``skills`` for all.
        margin : float, optional
            The smallest difference of two shares that would matter.

        Returns
        -------
        Released
            One row per skill and pair of groups; all tests of the table are one family.
        """
        return self._table("differences", skills, by, margin=margin)

    def standardized(self, by: Sequence[str], skills: str | Sequence[str] = SKILLS) -> Released:
        """Return the share short by group, as it is and if every group had the same mix of people.

        Parameters
        ----------
        by : sequence of str
            One dimension.
        skills : str or sequence of str
            Skills, or ``skills`` for all.

        Returns
        -------
        Released
            One row per skill and group.
        """
        return self._table("standardized", skills, by)

    def mix_and_rate(self, skills: str | Sequence[str] = SKILLS) -> Released:
        """Return the smallest size less the largest, split into what mix of people and rates make of it.

        Parameters
        ----------
        skills : str or sequence of str
            Skills, or ``skills`` for all.

        Returns
        -------
        Released
            One row per skill and part.
        """
        return self._table("mix_and_rate", skills, ())

    def band_ends(self, skills: str | Sequence[str] = SKILLS) -> Released:
        """Return the smallest band of departments less the largest, under the study's bands and two other cuts.

        Parameters
        ----------
        skills : str or sequence of str
            Skills, or ``skills`` for all.

        Returns
        -------
        Released
            One row per skill and way to cut.
        """
        return self._table("band_ends", skills, ())

    def size_trend(self, skills: str | Sequence[str] = SKILLS) -> Released:
        """Return the change of the share short per doubling of a department's heads.

        Parameters
        ----------
        skills : str or sequence of str
            Skills, or ``skills`` for all.

        Returns
        -------
        Released
            One row per skill.
        """
        return self._table("size_trend", skills, ())

    def paired_levels(self, skills: str | Sequence[str] = SKILLS) -> Released:
        """Return the share short among executives less that among the staff of their own departments.

        Parameters
        ----------
        skills : str or sequence of str
            Skills, or ``skills`` for all.

        Returns
        -------
        Released
            One row per skill.
        """
        return self._table("paired_levels", skills, ())

    def between_departments(self, skills: str | Sequence[str] = SKILLS) -> Released:
        """Return how much departments differ in the share short; no row is a department.

        Parameters
        ----------
        skills : str or sequence of str
            Skills, or ``skills`` for all.

        Returns
        -------
        Released
            One row per skill.
        """
        return self._table("between_departments", skills, ())

    def response(self) -> Released:
        """Return the share of people who answered, by size and by level: of the design and of response together.

        Returns
        -------
        Released
            One row per dimension and one per group.
        """
        return self._table("response", (), ())

    def model(
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
            As for `model`.

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
            As for `model`.

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
            As for an ordinal `model`.

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
            As for `model`.

        Returns
        -------
        Released
            Two rows.
        """
        return self._modelled("department_share", skill, predictors)

    def _modelled(self, kind: str, skill: str | None, predictors: Sequence[str] | None, **options: Any) -> Released:
        named = None if predictors is None else tuple(predictors)
        return self._table(kind, (), (), skill=skill, predictors=named, **options)

    def answers_needed(
        self,
        margin: float | None = None,
        items: str | Sequence[str] = SKILLS,
        by: Sequence[str] = (),
        skill: str | None = None,
        **options: Any,
    ) -> Released:
        """Return how many answers the next survey needs, by more people and by more departments.

        Parameters
        ----------
        margin : float, optional
            Half the width wanted of the 95 % interval, as a share (0.05 for 5 points) or in levels of a mean.
        items : str or sequence of str
            Skills, whose share short by one level or more is planned for; items on barriers, whose barrier side is; or
            other scored items, whose means are.
        by : sequence of str
            Dimensions.
        skill : str, optional
            One skill, or ``all``.
        **options : value
            ``response``, the share of those invited who answer, that of the wave unless given; ``icc``, how alike
            people of one department answer: a number, or ``pooled`` or ``domain`` as `digiskills.next_survey` has it;
            ``apart``, whether more people and more departments stand in rows of their own.

        Returns
        -------
        Released
            One row per item and domain.
        """
        return self._table("answers_needed", items, by, margin=margin, skill=skill, **options)

    def detectable_change(
        self,
        change: float | None = None,
        items: str | Sequence[str] = SKILLS,
        by: Sequence[str] = (),
        skill: str | None = None,
        **options: Any,
    ) -> Released:
        """Return the smallest change since the wave before that two waves like these can show.

        Parameters
        ----------
        change : float, optional
            The true change to be seen, as a share or in levels.
        items, by, skill
            As for `answers_needed`.
        **options : value
            ``power``, the probability wanted of seeing it; ``since``, an earlier wave than the one before; and the
            options of `answers_needed`.

        Returns
        -------
        Released
            One row per item and domain, with the answers that the wanted change needs.
        """
        return self._table("detectable_change", items, by, change=change, skill=skill, **options)

    def early_and_late(self) -> list[str]:
        """Return why early and late answers are not compared.

        Returns
        -------
        list of str
            One sentence; none where the study has a date of answering.
        """
        why = nonresponse.why_not_early_and_late(self.private.study, self.opened.language)
        return [why] if why else []

    def _table(self, kind: str, items: str | Sequence[str], by: Sequence[str], **options: Any) -> Released:
        return self.opened.survey_table(kind, self.private.wave.name, items, by, **options)
