"""Counts of the population that stand beside a survey: clusters, people and heads."""

from __future__ import annotations

import pandas as pd

from digiskills import intake
from digiskills.errors import Problem, StudyError
from digiskills.study import Study, Wave


def clusters_in_population(study: Study, wave: Wave) -> pd.Series | None:
    """Return the clusters of each stratum in the population.

    Parameters
    ----------
    study : Study
        What the study declares.
    wave : Wave
        The wave.

    Returns
    -------
    Series of int or None
        By stratum; None where the study does not know.
    """
    return _counts_by("stratum", study, study.design.population, wave)


def people_in_clusters(study: Study, wave: Wave) -> pd.Series | None:
    """Return the people of each cluster in the population.

    Parameters
    ----------
    study : Study
        What the study declares.
    wave : Wave
        The wave.

    Returns
    -------
    Series of int or None
        By cluster; None where the study does not know.
    """
    return _counts_by(study.design.cluster, study, study.design.people, wave)


def heads(study: Study, wave: Wave) -> pd.DataFrame | None:
    """Return the heads of the population by cell of dimensions.

    Parameters
    ----------
    study : Study
        What the study declares.
    wave : Wave
        The wave.

    Returns
    -------
    DataFrame or None
        One row per cell: the dimensions' columns and ``heads``; None where the study does not know.
    """
    return _counts(study, study.population_file, wave) if study.population_file else None


def of_wave(table: pd.DataFrame, wave: Wave) -> pd.DataFrame:
    """Return the rows of one wave, where a table has several; row labels stay those of the file."""
    return table[table["wave"].eq(wave.name)].drop(columns="wave") if "wave" in table else table


def _counts_by(key: str, study: Study, file: str, wave: Wave) -> pd.Series | None:
    """Return the counts of a file by one of its columns; None where the study names no file."""
    if not file:
        return None
    table = _counts(study, file, wave)
    return table.set_index(key)[table.columns[-1]]


def _counts(study: Study, file: str, wave: Wave) -> pd.DataFrame:
    """Return the rows of one wave, the last column as whole numbers."""
    table = of_wave(intake.read_listed(study.folder, file).frame, wave)
    count = table.columns[-1]
    wrong = table.index[~table[count].str.fullmatch(r"\d+")]
    if len(wrong):
        raise StudyError(
            [Problem(file, row + 2, count, str(table.at[row, count]), "is not a whole number") for row in wrong]
        )
    return table.astype({count: int}).reset_index(drop=True)
