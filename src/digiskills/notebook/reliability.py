"""How far the numbers can be trusted, as a notebook sees it: scales, and other choices; released tables only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digiskills.disclosure import SKILLS, Released
from digiskills.notebook.scope import Scope


@dataclass(frozen=True, repr=False)
class OpenScales:
    """The scales of one wave; methods return released tables, in the scope of the study as opened."""

    opened: Scope
    wave: str

    def __repr__(self) -> str:
        """The wave."""
        return f"scales of wave {self.wave}"

    def reliability(self, by: Sequence[str] = ()) -> Released:
        """Return how reliable each scale is.

        Parameters
        ----------
        by : sequence of str
            One dimension at most.

        Returns
        -------
        Released
            One row per scale, coefficient and group.
        """
        return self.opened.survey_table("reliability", self.wave, (), by)

    def items(self) -> Released:
        """Return what each question adds to its scale.

        Returns
        -------
        Released
            One row per question: its correlation with the rest of the scale, and alpha without it.
        """
        return self.opened.survey_table("item_rest", self.wave)

    def equivalence(self, groups: str | None = None) -> Released:
        """Return whether questions work alike in different groups.

        Parameters
        ----------
        groups : str, optional
            A dimension, or a question such as the language of the answers; the level by default.

        Returns
        -------
        Released
            One row per question of scales of three questions or more.
        """
        return self.opened.survey_table("equivalence", self.wave, groups=groups)


@dataclass(frozen=True, repr=False)
class OpenChoices:
    """One wave under other choices; methods return released tables, in the scope of the study as opened."""

    opened: Scope
    wave: str

    def __repr__(self) -> str:
        """The wave."""
        return f"other choices in wave {self.wave}"

    def each(
        self,
        items: str | Sequence[str] = SKILLS,
        measure: str | None = None,
        skill: str | None = None,
        barrier: str | None = None,
    ) -> Released:
        """Return each headline again under every other choice that could be defended, one choice at a time.

        Parameters
        ----------
        items : str or sequence of str
            Skills, or items or a role of the codebook on barriers; none for what several answers say together.
        measure : str, optional
            Of skills ``short_by_one``, the default, or ``mean_gap``; without items ``below_minimum`` or ``t_shaped``.
        skill, barrier : str, optional
            One of the items, or ``all``.

        Returns
        -------
        Released
            One row per item, choice and option.
        """
        return self._table("robustness", items, measure=measure, skill=skill, barrier=barrier)

    def ranges(
        self, items: str | Sequence[str] = SKILLS, measure: str | None = None, among: str | None = None
    ) -> Released:
        """Return how far the choices move each headline, beside its sampling interval.

        Parameters
        ----------
        items, measure
            As for `each`.
        among : str, optional
            ``all`` choices, the default, or those after which a number still answers the ``same_question``.

        Returns
        -------
        Released
            One row per item.
        """
        return self._table("robustness_range", items, measure=measure, among=among)

    def order(self, items: str | Sequence[str] = SKILLS) -> Released:
        """Return the first three items under each choice.

        Parameters
        ----------
        items : str or sequence of str
            Skills, or items or a role of the codebook on barriers.

        Returns
        -------
        Released
            One row per measure, choice, option and place.
        """
        return self._table("robustness_order", items)

    def _table(self, kind: str, items: str | Sequence[str], **options: str | None) -> Released:
        return self.opened.survey_table(kind, self.wave, items, (), **options)
