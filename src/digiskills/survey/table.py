"""The typed survey table."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np
import pandas as pd

from digiskills.errors import ReleaseError, UsageError
from digiskills.once import once
from digiskills.study import Study, Wave
from digiskills.survey.private import ADVICE, Private

RUN = "DIGISKILLS_RUN"
"""Set in every process that makes a report."""


@dataclass(frozen=True, eq=False, repr=False)
class Survey:
    """One wave of a survey: one row per respondent, which no way of showing it prints.

    Parameters
    ----------
    study : Study
        What the study declares.
    wave : Wave
        The wave.
    frame : DataFrame
        One row per respondent. Each item is a Categorical whose categories are the codebook's
        answers in order, then the missing reasons, so that nothing is null; a question with several
        answers has one column per option, named ``item/option``, with the answers no and yes;
        numeric items are floats, null where missing. Dimensions, stratum and cluster are columns too.
    clusters_in_population : Series or None
        Clusters in the population, by stratum.
    people_in_clusters : Series or None
        People of each cluster in the population, by cluster.
    heads : DataFrame or None
        One row per cell of dimensions of the population, with the column ``heads``.
    digest : str
        Digest of the files that the table was made from.
    """

    study: Study
    wave: Wave
    frame: pd.DataFrame = field(repr=False)
    clusters_in_population: pd.Series | None = field(default=None, repr=False)
    people_in_clusters: pd.Series | None = field(default=None, repr=False)
    heads: pd.DataFrame | None = field(default=None, repr=False)
    digest: str = ""

    def __post_init__(self) -> None:
        """Keep the rows from being shown by whoever comes across them."""
        object.__setattr__(self, "frame", Private(self.frame))

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse to be pickled: a pickle in an output is the survey itself."""
        raise ReleaseError(ADVICE)

    def reveal(self) -> pd.DataFrame:
        """Return the rows for looking, in a session of one's own.

        Returns
        -------
        DataFrame
            One row per respondent.

        Raises
        ------
        ReleaseError
            In a process that makes a report.
        """
        if RUN in os.environ:
            raise ReleaseError("a report shows no respondent: survey.reveal() is for looking in JupyterLab")
        return pd.DataFrame(self.frame)

    def __repr__(self) -> str:
        """Shape and columns, never a row."""
        rows, columns = self.frame.shape
        names = ", ".join(self.frame.columns)
        return f"Survey {self.study.name} {self.wave.name}: {rows} respondents x {columns} columns ({names})"

    def __len__(self) -> int:
        """Number of respondents."""
        return len(self.frame)

    @property
    def weight(self) -> np.ndarray:
        """Weight of each respondent; one each where the study has none."""
        name = self.study.design.weight
        return self.frame[name].to_numpy(float) if name else np.ones(len(self))

    @property
    def stratum(self) -> pd.Series | None:
        """Stratum of each respondent, or None where the study has none."""
        name = self.study.design.stratum
        return self.frame[name] if name else None

    @property
    def cluster(self) -> pd.Series | None:
        """Cluster of each respondent, or None where respondents were sampled one by one."""
        name = self.study.design.cluster
        return self.frame[name] if name else None

    @property
    def population(self) -> pd.Series | None:
        """Clusters in the population by stratum, or None where unknown."""
        return self.clusters_in_population

    @property
    def people(self) -> pd.Series | None:
        """People of each cluster in the population, or None where clusters count as observed whole."""
        return self.people_in_clusters

    def dimension(self, name: str) -> pd.Categorical:
        """Return each respondent's category of a dimension.

        Parameters
        ----------
        name : str
            One of the study's dimensions.

        Returns
        -------
        Categorical
            Category names in the study's order; null where missing.
        """
        declared = self.study.dimension(name)
        place = {str(category.code): at for at, category in enumerate(declared.categories)}
        given = pd.Categorical(self.frame[declared.item])
        places = np.array([*(place.get(str(code), -1) for code in given.categories), -1])
        names: pd.Index = pd.Index(declared.names)
        return pd.Categorical.from_codes(places[given.codes].tolist(), categories=names, ordered=True)

    def answers(self, item: str) -> pd.Categorical:
        """Return an item's answers and missing reasons, one per respondent.

        Parameters
        ----------
        item : str
            A column of `frame` that holds an item.

        Returns
        -------
        Categorical
            Categories are the answers in order, then the missing reasons.

        Raises
        ------
        UsageError
            If there is no such item or it is a number.
        """
        if item not in self.frame or not isinstance(self.frame[item].dtype, pd.CategoricalDtype):
            raise UsageError(f"‘{item}’ is no item with answers in the survey of {self.study.name}")
        return pd.Categorical(self.frame[item])

    def scores(self, item: str) -> np.ndarray:
        """Return an item's scores as the codebook declares them.

        Parameters
        ----------
        item : str
            An item with scored answers, or a number.

        Returns
        -------
        ndarray of float
            One per respondent; nan where there is no answer.

        Raises
        ------
        UsageError
            If an answer of the item has no score.
        """
        known = _scores(self)
        if item not in known:
            known[item] = self._scored(item)
        return known[item].copy()

    def _scored(self, item: str) -> np.ndarray:
        if not isinstance(self.frame[item].dtype, pd.CategoricalDtype):
            return self.frame[item].to_numpy(float)
        answers = self.answers(item)
        declared = {choice.name: choice.score for choice in self.study.codebook.item(item).answers}
        unscored = [name for name, score in declared.items() if score is None]
        if unscored:
            raise UsageError(f"item ‘{item}’ has answers without a score: {', '.join(unscored)}")
        by_code = np.array([declared.get(name, np.nan) for name in answers.categories], dtype=float)
        return np.asarray(by_code[answers.codes])


@once
def _scores(survey: Survey) -> dict[str, np.ndarray]:
    """Scores of each item that was asked for: the same items are asked for table after table."""
    return {}
