"""Where the numbers of a declared table come from: respondents, and their answers counted once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from digiskills import estimates
from digiskills.answers import Answers
from digiskills.codebook import Codebook, Item
from digiskills.disclosure.table import DEPARTMENT, SKILLS, DeclaredTable
from digiskills.errors import UsageError, nearest
from digiskills.study import Study
from digiskills.survey import Survey

Count = Callable[[str, tuple[str, ...]], tuple[Survey, Answers]]
"""Takes a wave and dimensions; returns the survey and its answers counted by them."""


@dataclass(frozen=True)
class Source:
    """One declared table, and the data of its wave.

    Parameters
    ----------
    table : DeclaredTable
        What is to be estimated.
    study : Study
        What the study declares.
    count : callable
        Takes a wave and dimensions; returns the survey and its answers counted by them.
    """

    table: DeclaredTable
    study: Study
    count: Count

    @property
    def codebook(self) -> Codebook:
        """The survey's questions and answers."""
        return self.study.codebook

    @property
    def survey(self) -> Survey:
        """The respondents of the table's wave; whole, so not for a table of one department."""
        if self.table.department:
            raise UsageError(f"{self.table.kind}: respondents are of the whole sample, not of one department")
        return self.count(self.table.wave, self.table.dimensions)[0]

    @property
    def answers(self) -> Answers:
        """Their answers, counted by the dimensions of the table; those of its department alone, where it has one."""
        return self.counted(self.table.dimensions)

    @property
    def heads(self) -> pd.DataFrame | None:
        """Heads of the population by cell of dimensions, where the study knows them; of a department, all of them."""
        survey = self.count(self.table.wave, self.table.dimensions)[0]
        if not self.table.department:
            return survey.heads
        known = None if survey.people is None else survey.people.rename(str).get(self.table.department)
        return None if known is None else pd.DataFrame({"heads": [float(known)]})

    @property
    def by(self) -> tuple[str, ...]:
        """Dimensions that make the table's domains."""
        return self.table.by

    @property
    def where(self) -> dict[str, str]:
        """Dimensions that the whole table is limited to; its department is a population of its own, no domain."""
        return {name: category for name, category in self.table.where if name != DEPARTMENT}

    @property
    def skills(self) -> list[str] | None:
        """The skills that the table names; None for all."""
        return None if self.table.items == (SKILLS,) else list(self.table.items)

    @property
    def columns(self) -> list[str]:
        """The answer columns of the table's items."""
        return columns_of(items_of(self.codebook, self.table.items))

    def option(self, name: str, default: Any) -> Any:
        """Return what the table says of one of its options.

        Parameters
        ----------
        name : str
            The option.
        default : value
            What holds where the table does not say.

        Returns
        -------
        value
            As declared.
        """
        return dict(self.table.options).get(name, default)

    def counted(self, dimensions: tuple[str, ...]) -> Answers:
        """Return the answers of the table's wave, counted by other dimensions.

        Parameters
        ----------
        dimensions : tuple of str
            What to count by.

        Returns
        -------
        Answers
            Counted once for all tables that need the same.
        """
        answers = self.count(self.table.wave, dimensions)[1]
        return estimates.within(answers, self.table.department) if self.table.department else answers

    def earlier(self) -> Source:
        """Return the same table of the wave before.

        Returns
        -------
        Source
            Of the option ``since``, or of the wave before the table's own.

        Raises
        ------
        UsageError
            If there is no earlier wave.
        """
        wave = str(self.option("since", "")) or self._wave_before()
        return replace(self, table=replace(self.table, wave=self.study.wave(wave).name))

    def _wave_before(self) -> str:
        waves = sorted(self.study.waves, key=lambda wave: wave.date)
        names = [wave.name for wave in waves]
        place = names.index(self.table.wave)
        if place == 0:
            raise UsageError(f"wave {self.table.wave} is the first one: there is none before it to compare with")
        return names[place - 1]


def items_of(codebook: Codebook, items: tuple[str, ...]) -> list[Item]:
    """Return the items that a table's words mean.

    Parameters
    ----------
    codebook : Codebook
        The study's.
    items : tuple of str
        Names of items, or a single role.

    Returns
    -------
    list of Item
        In the order of the form.

    Raises
    ------
    UsageError
        If a word is neither an item nor a role.
    """
    found = [item for item in codebook.items.values() if item.name in items or item.role in items]
    known = {item.name for item in found} | {item.role for item in found}
    roles = {item.role for item in codebook.items.values() if item.role}
    for word in items:
        if word not in known:
            raise UsageError(f"‘{word}’ is no item or role of the codebook: {nearest(word, [*roles, *codebook.items])}")
    return found


def columns_of(items: list[Item]) -> list[str]:
    """Return the answer columns of items: a question with several answers has one per option.

    Parameters
    ----------
    items : list of Item
        From the codebook.

    Returns
    -------
    list of str
        Names as in the survey's typed table.
    """
    columns = []
    for item in items:
        several = item.kind == "select_multiple"
        columns += [f"{item.name}/{choice.name}" for choice in item.answers] if several else [item.name]
    return columns
