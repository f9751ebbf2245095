"""Replicate weights of a survey: what is declared of them held against what is there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from digiskills import intake
from digiskills.errors import Problem, StudyError, nearest
from digiskills.study import Study, Wave

FAR = 1.5  # how many times the sum of the weights that of a whole replicate weight may be, or one over it


def column_problems(study: Study) -> list[Problem]:
    """Return what is declared of replicate weights and the codebook does not have.

    Parameters
    ----------
    study : Study
        What the study declares.

    Returns
    -------
    list of Problem
        Names and patterns without a column, columns that are no numbers, too few of them.
    """
    declared, items = study.design.replicates, study.codebook.items
    if declared is None:
        return []
    found = [
        _problem("columns", name, "is no column of the codebook", nearest(name, items))
        for name in declared.columns
        if not _matches(study, name)
    ]
    for name in study.replicate_weights:
        if items[name].kind not in ("integer", "decimal") and items[name].role != "weight":
            message, allowed = "holds replicate weights and is no number", "type decimal, or the role weight"
            found.append(Problem("codebook/survey.csv", None, "type", name, message, allowed))
    if not found and len(study.replicate_weights) < 2:
        found.append(_problem("columns", ", ".join(declared.columns), "is one column", "two or more make a variance"))
    factors = len(declared.rscales)
    if factors > 1 and factors != len(study.replicate_weights):
        found.append(
            _problem("rscales", str(factors), f"factors were given for {len(study.replicate_weights)} replicates")
        )
    return found


def rscales_problems(study: Study) -> list[Problem]:
    """Return what is wrong with the file of the replicates' factors; none where the study names no file."""
    try:
        rscales(study)
    except StudyError as error:
        return list(error.problems)
    return []


def rscales(study: Study) -> tuple[float, ...]:
    """Return the factors of a study's replicates.

    Parameters
    ----------
    study : Study
        What the study declares.

    Returns
    -------
    tuple of float
        One per replicate, in the order of their columns; empty where the kind has its own.

    Raises
    ------
    StudyError
        If the file that holds them lacks a column or a replicate, or holds what is no number of 0 or more.
    """
    declared, names = study.design.replicates, study.replicate_weights
    if declared is None or not declared.rscales_file:
        return () if declared is None else declared.rscales * (len(names) if len(declared.rscales) == 1 else 1)
    file = declared.rscales_file
    table = intake.read_listed(study.folder, file).frame
    absent = [
        Problem(file, 1, name, None, "column is missing") for name in ("replicate", "rscale") if name not in table
    ]
    if absent:
        raise StudyError(absent)
    values = pd.to_numeric(table["rscale"], errors="coerce")
    wrong = list(_wrong_rows(file, table, values, names))
    if wrong:
        raise StudyError(wrong)
    return tuple(values.set_axis(table["replicate"]).reindex(list(names)).tolist())


def weight_problems(frame: pd.DataFrame, study: Study, wave: Wave) -> list[Problem]:
    """Return what is wrong with the replicate weights of one wave.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent, typed.
    study : Study
        What the study declares.
    wave : Wave
        The wave.

    Returns
    -------
    list of Problem
        Columns that are factors of the weight, or copies of it.
    """
    there = [name for name in study.replicate_weights if name in frame]
    names = [name for name in there if pd.api.types.is_numeric_dtype(frame[name])]
    if not names or study.design.weight not in frame:
        return []
    weight = frame[study.design.weight].to_numpy(dtype=float)
    values = frame[names].to_numpy(dtype=float)
    ratio = values.sum(axis=0) / weight.sum()
    found = [
        Problem(
            wave.file,
            None,
            name,
            f"{times:.3g}",
            "is what it adds up to, in sums of the weights",
            "a whole weight, no factor",
        )
        for name, times in zip(names, ratio, strict=True)
        if not 1 / FAR <= times <= FAR
    ]
    if not found and np.array_equal(values, np.broadcast_to(weight[:, None], values.shape)):
        found = [Problem(wave.file, None, names[0], None, "and all other replicates are the weight itself")]
    return found


def _matches(study: Study, name: str) -> bool:
    declared = study.design.replicates
    return declared is not None and bool(type(declared)((name,), declared.kind).among(study.codebook.items))


def _problem(key: str, value: str, message: str, allowed: str = "") -> Problem:
    return Problem("study.toml", None, f"design.replicates.{key}", value, message, allowed)


def _wrong_rows(file: str, table: pd.DataFrame, values: pd.Series, names: tuple[str, ...]) -> Iterator[Problem]:
    for row in table.index[~(values >= 0) | np.isinf(values)]:
        yield Problem(file, row + 2, "rscale", str(table.at[row, "rscale"]), "is no number of 0 or more")
    for row in table.index[table["replicate"].duplicated()]:
        yield Problem(file, row + 2, "replicate", str(table.at[row, "replicate"]), "stands there twice")
    for name in names:
        if name not in set(table["replicate"]):
            yield Problem(file, None, "replicate", name, "has no row", "one row per replicate")
