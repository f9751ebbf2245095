"""What the next survey needs, as a notebook sees it: released tables only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digiskills.disclosure import SKILLS, Released
from digiskills.notebook.scope import Scope


@dataclass(frozen=True, repr=False)
class OpenPlans:
    """One wave of the survey; its methods return released tables, in the scope of the study as opened."""

    opened: Scope
    wave: str

    def __repr__(self) -> str:
        """The wave."""
        return f"plans of wave {self.wave}"

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
        return self.opened.survey_table("answers_needed", self.wave, items, by, margin=margin, skill=skill, **options)

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
        return self.opened.survey_table(
            "detectable_change", self.wave, items, by, change=change, skill=skill, **options
        )
