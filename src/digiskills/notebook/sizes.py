"""How sizes of departments, and levels within them, differ, as a notebook sees it: released tables only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digiskills.disclosure import SKILLS, Released
from digiskills.notebook.scope import Scope


@dataclass(frozen=True, repr=False)
class OpenSizes:
    """One wave of the survey; its methods return released tables, in the scope of the study as opened."""

    opened: Scope
    wave: str

    def __repr__(self) -> str:
        """The wave."""
        return f"sizes of wave {self.wave}"

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
        return self.opened.survey_table("departments", self.wave, (), by)

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
        return self.opened.survey_table("differences", self.wave, skills, by, margin=margin)

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
        return self.opened.survey_table("standardized", self.wave, skills, by)

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
        return self.opened.survey_table("mix_and_rate", self.wave, skills, ())

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
        return self.opened.survey_table("band_ends", self.wave, skills, ())

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
        return self.opened.survey_table("size_trend", self.wave, skills, ())

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
        return self.opened.survey_table("paired_levels", self.wave, skills, ())

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
        return self.opened.survey_table("between_departments", self.wave, skills, ())

    def response(self) -> Released:
        """Return the share of people who answered, by size and by level: of the design and of response together.

        Returns
        -------
        Released
            One row per dimension and one per group.
        """
        return self.opened.survey_table("response", self.wave, (), ())
