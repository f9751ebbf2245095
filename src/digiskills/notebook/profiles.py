"""What several answers of one person or department say together, as a notebook sees it: released tables only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digiskills.disclosure import SKILLS, Released
from digiskills.notebook.scope import Scope


@dataclass(frozen=True, repr=False)
class OpenProfiles:
    """One wave of the survey; its methods return released tables, in the scope of the study as opened."""

    opened: Scope
    wave: str

    def __repr__(self) -> str:
        """The wave."""
        return f"profiles of wave {self.wave}"

    def literacy(self, by: Sequence[str] = ()) -> Released:
        """Return who is below the minimum of digital literacy that the study declares.

        Parameters
        ----------
        by : sequence of str
            Dimensions.

        Returns
        -------
        Released
            One row per part of the minimum and domain: the share who do not reach it.
        """
        return self.opened.survey_table("literacy", self.wave, (), by)

    def quiz(self, by: Sequence[str] = ()) -> Released:
        """Return how many quiz questions people who rate themselves alike have right.

        Parameters
        ----------
        by : sequence of str
            Dimensions.

        Returns
        -------
        Released
            One row per self-rating, number of questions right and domain.
        """
        return self.opened.survey_table("quiz", self.wave, (), by)

    def t_shaped(self, by: Sequence[str] = ()) -> Released:
        """Return the share of people whose skills are deep in one and broad over several.

        Parameters
        ----------
        by : sequence of str
            Dimensions.

        Returns
        -------
        Released
            One row for depth, breadth and both, and domain.
        """
        return self.opened.survey_table("t_shaped", self.wave, (), by)

    def coverage(self, by: Sequence[str] = (), skills: str | Sequence[str] = SKILLS) -> Released:
        """Return the share of departments in which advanced people answered.

        Parameters
        ----------
        by : sequence of str
            Dimensions of departments.
        skills : str or sequence of str
            Skills, or ``skills`` for all.

        Returns
        -------
        Released
            One row per skill, number of people and domain; no department is named.
        """
        return self.opened.survey_table("coverage", self.wave, skills, by)

    def reach(
        self, channels: Sequence[str] = (), by: Sequence[str] = (), skills: str | Sequence[str] = SKILLS
    ) -> Released:
        """Return the share trained among those short of a skill, and among the others.

        Parameters
        ----------
        channels : sequence of str
            Answers that count as training; without any, all do but ``none``.
        by : sequence of str
            Dimensions.
        skills : str or sequence of str
            Skills, or ``skills`` for all.

        Returns
        -------
        Released
            One row per skill, side and domain.
        """
        return self.opened.survey_table("reach", self.wave, skills, by, channels=tuple(channels))

    def pairs_short(self, skills: str | Sequence[str] = SKILLS) -> Released:
        """Return of those short of one skill the share who are short of another.

        Parameters
        ----------
        skills : str or sequence of str
            Skills, or ``skills`` for all.

        Returns
        -------
        Released
            One row per two skills, in either order.
        """
        return self.opened.survey_table("pairs_short", self.wave, skills)

    def sets_short(self, skills: str | Sequence[str] = SKILLS) -> Released:
        """Return the most common sets of skills that people are short of.

        Parameters
        ----------
        skills : str or sequence of str
            Skills, or ``skills`` for all.

        Returns
        -------
        Released
            One row per set.
        """
        return self.opened.survey_table("sets_short", self.wave, skills)
