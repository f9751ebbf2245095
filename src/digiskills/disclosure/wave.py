"""One wave of a survey: everyone in it, counted, and what the tables of a build tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from digiskills.answers import Answers
from digiskills.disclosure.relations import NOBODY_SAID, Domain
from digiskills.disclosure.table import DEPARTMENT
from digiskills.disclosure.told import Told
from digiskills.study import Release


@dataclass(frozen=True, eq=False)
class Wave:
    """One wave: everyone in it, counted, and what tables tell of it.

    Parameters
    ----------
    name : str
        The wave.
    answers : Answers
        Counted by every dimension that a table names.
    told : tuple of Told
        Everything that tables of the build tell of the wave.
    release : Release
        The study's rules.
    fixed : mapping of Domain to str
        Groups that a study's own file withholds or keeps, and which of the two.
    given : mapping of Told to str
        Why cells are withheld for reasons of their own.
    before : mapping of Told to float
        What earlier editions told of the wave, which nothing takes back.
    """

    name: str
    answers: Answers
    told: tuple[Told, ...]
    release: Release
    fixed: Mapping[Domain, str] = field(default_factory=dict)
    given: Mapping[Told, str] = field(default_factory=dict)
    before: Mapping[Told, float] = field(default_factory=dict)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """One row per cluster and cell: its dimensions as text, respondents with a weight, and their weights."""
        groups = self.answers.groups
        texts = {name: _text(groups[name]) for name in self.answers.dimensions}
        counts = [item.n.sum(axis=1) for item in self.answers.items.values()]
        n = counts[0] if counts else groups["n"].to_numpy() * (groups["w"].to_numpy() > 0)
        clusters = groups["cluster"].astype(str)
        own = {} if DEPARTMENT in texts else {DEPARTMENT: clusters.to_numpy(object)}
        return pd.DataFrame({**texts, **own, "cluster": clusters, "n": n, "w": groups["w"].to_numpy()})

    @cached_property
    def people(self) -> float:
        """Respondents of the wave; 1 where there are none."""
        return max(float(self.groups["n"].sum()), 1.0)

    @cached_property
    def domains(self) -> list[Domain]:
        """Every group of respondents that a table names, in the order of their names."""
        return sorted({each.domain for each in self.told})

    @cached_property
    def silent(self) -> list[Domain]:
        """Departments without a table of their own where others have one."""
        if not any(DEPARTMENT in dict(each) for each in self.domains):
            return []
        met = self.groups.loc[self.groups["n"].to_numpy() > 0, DEPARTMENT].unique()
        return sorted({((DEPARTMENT, str(name)),) for name in met} - set(self.domains))

    @cached_property
    def unnamed(self) -> list[Domain]:
        """Those of nobody's category, and departments without a table of their own where others have one.

        A reader can get them by taking all named groups from a margin.
        """
        found: set[Domain] = set(self.silent)
        for names in {tuple(name for name, _ in each) for each in self.domains if each}:
            cells = self.groups.loc[(self.groups[list(names)] == NOBODY_SAID).any(axis=1), list(names)]
            found |= {
                tuple(zip(names, row, strict=True))
                for row in cells.drop_duplicates().itertuples(index=False, name=None)
            }
        return sorted(found)


def _text(column: pd.Series) -> np.ndarray:
    return column.astype(object).where(column.notna(), NOBODY_SAID).astype(str).to_numpy(object)
