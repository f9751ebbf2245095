"""What a codebook holds: items, their answers in order, and the pairs of needed and held skill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digiskills.codebook.relevant import Relevant
from digiskills.errors import UsageError, nearest

LANGUAGES = ("en", "fr")
"""Every label, sentence and page is in both."""

MISSING_REASONS = ("dont_know", "refused", "not_applicable", "not_asked", "damaged", "skipped")
"""Why a respondent has no answer; ``skipped`` is a blank where the question was asked."""


KINDS = ("select_one", "select_multiple", "integer", "decimal", "text", "hidden", "date")
"""Types of questions that are read; layout types such as ``begin_group`` are passed over."""

ROLES = (
    "needed",
    "held",
    "barrier",
    "support",
    "training",
    "demographic",
    "weight",
    "stratum",
    "cluster",
    "wave",
    "frame",
    "literacy",
)
"""Roles that the package looks for. A study may have others; one that is nearly one of these is a slip."""


@dataclass(frozen=True)
class Choice:
    """One choice of a question: an answer, or a declared reason for having none.

    Parameters
    ----------
    name : str
        Code in the received file.
    labels : mapping of str to str
        Words for the reader by language, ``en`` and ``fr``.
    missing : str
        Empty for an answer, otherwise one of `MISSING_REASONS`.
    score : float or None
        Number on the item's scale, where it has one.
    """

    name: str
    labels: Mapping[str, str]
    missing: str = ""
    score: float | None = None


@dataclass(frozen=True)
class Item:
    """One question of the survey, or one column of its frame.

    Parameters
    ----------
    name : str
        Column in the received file.
    kind : str
        XLSForm type: ``select_one``, ``select_multiple``, ``integer``, ``decimal``, ``text``, ``hidden``.
    labels : mapping of str to str
        The question as asked, by language.
    choices : tuple of Choice
        All choices in order.
    role, skill, barrier : str
        What the item measures; empty where it does not apply.
    reverse : bool
        Whether agreeing speaks against the construct.
    relevant : Relevant or None
        Who is asked; None asks everybody.
    """

    name: str
    kind: str
    labels: Mapping[str, str]
    choices: tuple[Choice, ...] = ()
    role: str = ""
    skill: str = ""
    barrier: str = ""
    reverse: bool = False
    relevant: Relevant | None = None

    @property
    def answers(self) -> tuple[Choice, ...]:
        """The choices that are answers, in order."""
        return tuple(choice for choice in self.choices if not choice.missing)

    @property
    def reasons(self) -> tuple[Choice, ...]:
        """The choices that are reasons for having no answer."""
        return tuple(choice for choice in self.choices if choice.missing)


@dataclass(frozen=True)
class Pair:
    """A skill with the item on what the job needs and the item on what the person holds."""

    skill: str
    needed: str
    held: str


@dataclass(frozen=True)
class Codebook:
    """The questions of a survey by name, in the order of the form.

    Parameters
    ----------
    items : mapping of str to Item
        Every question and frame column.
    """

    items: Mapping[str, Item]

    def item(self, name: str) -> Item:
        """Return one item.

        Parameters
        ----------
        name : str
            Its column name.

        Returns
        -------
        Item
            The item.

        Raises
        ------
        UsageError
            If the codebook does not hold it; suggests the nearest name.
        """
        if name not in self.items:
            raise UsageError(f"the codebook holds no item ‘{name}’: {nearest(name, self.items)}")
        return self.items[name]

    def with_role(self, *roles: str) -> list[Item]:
        """Return the items that play one of the given roles, in the order of the form.

        Parameters
        ----------
        *roles : str
            Words of the codebook's ``role`` column.

        Returns
        -------
        list of Item
            Possibly none.
        """
        return [item for item in self.items.values() if item.role in roles]

    def pairs(self) -> list[Pair]:
        """Return each skill that is asked both as needed and as held, in the order of the form.

        Returns
        -------
        list of Pair
            One per skill.
        """
        held = {item.skill: item.name for item in self.with_role("held")}
        needed = [item for item in self.with_role("needed") if item.skill in held]
        return [Pair(item.skill, item.name, held[item.skill]) for item in needed]

    def label(self, name: str, language: str) -> str:
        """Return the question as it was asked.

        Parameters
        ----------
        name : str
            The item.
        language : str
            ``en`` or ``fr``.

        Returns
        -------
        str
            Its label.
        """
        return self.item(name).labels[language]

    def answer_label(self, name: str, answer: str, language: str) -> str:
        """Return the words of one choice of an item.

        Parameters
        ----------
        name : str
            The item.
        answer : str
            The choice's code, or a missing reason.
        language : str
            ``en`` or ``fr``.

        Returns
        -------
        str
            Its label.

        Raises
        ------
        UsageError
            If the item has no such choice.
        """
        for choice in self.item(name).choices:
            if answer in (choice.name, choice.missing):
                return choice.labels[language]
        known = [choice.name for choice in self.item(name).choices]
        raise UsageError(f"item ‘{name}’ has no answer ‘{answer}’: {nearest(answer, known)}")
