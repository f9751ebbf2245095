"""How many people of a study's population a combination of descriptors describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd

from digiskills import intake
from digiskills.study import Study

WAVE = "wave"


@dataclass(frozen=True)
class Population:
    """Heads by cell of dimensions, as ``population.csv`` gives them.

    Parameters
    ----------
    cells : pandas.DataFrame
        One row per wave and cell: wave (empty where the file has none), the dimensions, heads (null where it is no
        whole number).
    dimensions : tuple of str
        The columns that are dimensions of the study; none where the file cannot be trusted.
    """

    cells: pd.DataFrame
    dimensions: tuple[str, ...]

    def describing(self, described: Mapping[str, Sequence[str]]) -> int | None:
        """Return how many people are described.

        Parameters
        ----------
        described : mapping of str to sequence of str
            Categories by dimension; nothing for everybody.

        Returns
        -------
        int or None
            Of the wave with the fewest; None where it is not known for every wave and category.

        Notes
        -----
        A dimension that the population is not counted by, a category without a row and a cell without a number are
        unknown, and what is unknown is never released.
        """
        if self.cells.empty or not set(described) <= set(self.dimensions):
            return None
        wanted = set(product(*described.values()))
        heads = []
        for _, cells in self.cells.groupby(WAVE):
            for dimension, categories in described.items():
                cells = cells[cells[dimension].isin(list(categories))]
            found = set(cells[list(described)].itertuples(index=False, name=None)) if described else {()}
            if found != wanted or cells["heads"].isna().any():
                return None
            heads.append(int(cells["heads"].sum()))
        return min(heads)


def population(study: Study) -> Population:
    """Return the population of a study.

    Parameters
    ----------
    study : Study
        Names the file, or does not.

    Returns
    -------
    Population
        Without cells where there is no file, where a column is no dimension of the study, where a cell stands twice,
        or where a row is no category (such as a total): then nothing is known of any group.
    """
    if not study.population_file:
        return Population(pd.DataFrame(), ())
    return of_table(intake.read_listed(study.folder, study.population_file).frame, study)


def of_table(table: pd.DataFrame, study: Study) -> Population:
    """Return the population of a table of text.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns: wave (or none), dimensions, and heads as the last.
    study : Study
        Declares dimensions, their categories and the waves.

    Returns
    -------
    Population
        As in `population`.
    """
    count, keys = table.columns[-1], [str(name) for name in table.columns[:-1]]
    dimensions = tuple(name for name in keys if name != WAVE)
    known = all(name in study.dimensions for name in dimensions)
    if not known or table.duplicated(keys).any():
        return Population(pd.DataFrame(), ())
    if not all(table[name].isin(list(study.dimensions[name].names)).all() for name in dimensions):
        return Population(pd.DataFrame(), ())
    whole = table[count].astype("str").str.fullmatch(r"\d{1,12}")
    heads = pd.to_numeric(table[count].where(whole), errors="coerce")
    waves = table.get(WAVE, "")
    return Population(table[list(dimensions)].assign(**{WAVE: waves, "heads": heads}), dimensions)
