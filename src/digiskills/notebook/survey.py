"""One wave of the survey as a notebook sees it: released tables only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digiskills.disclosure import SKILLS, Released
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

    def _table(self, kind: str, items: str | Sequence[str], by: Sequence[str], **options: Any) -> Released:
        return self.opened.survey_table(kind, self.private.wave.name, items, by, **options)
