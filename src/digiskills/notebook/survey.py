"""One wave of the survey as a notebook sees it: released tables only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digiskills.disclosure import SKILLS, Released
from digiskills.gaps import nonresponse
from digiskills.notebook.models import OpenModels
from digiskills.notebook.plans import OpenPlans
from digiskills.notebook.profiles import OpenProfiles
from digiskills.notebook.reliability import OpenChoices, OpenScales
from digiskills.notebook.scope import Scope
from digiskills.notebook.sizes import OpenSizes
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

    @property
    def sizes(self) -> OpenSizes:
        """How sizes of departments, and levels within them, differ."""
        return OpenSizes(self.opened, self.private.wave.name)

    @property
    def models(self) -> OpenModels:
        """Regression models of the gaps."""
        return OpenModels(self.opened, self.private.wave.name)

    @property
    def plans(self) -> OpenPlans:
        """What the next survey needs."""
        return OpenPlans(self.opened, self.private.wave.name)

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
