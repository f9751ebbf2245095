"""Domains: which rows an estimate is about. A domain is a zero weight for the others, never a filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest

Names = str | Sequence[str]  # one name or several
By = Names | None
Where = Mapping[str, Names]
EVERYONE = "all"  # a parameter's value for no restriction


@dataclass(frozen=True)
class Domains:
    """The domains of a table and the domain of each row.

    Parameters
    ----------
    code : ndarray of int, one per row
        Position of the row's domain; -1 for rows that belong to none.
    labels : DataFrame
        One row per domain, one column per dimension of the breakdown.
    """

    code: np.ndarray
    labels: pd.DataFrame

    def __len__(self) -> int:
        """Number of domains."""
        return len(self.labels)


def domains(frame: pd.DataFrame, by: Sequence[str], where: Where | None = None) -> Domains:
    """Every combination of the categories of `by`, within `where`.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent or group of respondents; holds the columns of `by` and `where`.
    by : sequence of str
        Columns of the breakdown, slowest first; none for one domain of everyone.
    where : mapping of column to value or values, optional
        Rows outside belong to no domain; the value ``"all"`` does not restrict.

    Returns
    -------
    Domains
        Combinations without a row are there too: an empty domain is a result.

    Raises
    ------
    UsageError
        With every column or value that does not exist.
    """
    problems = _unknown(frame, by, where or {})
    if problems:
        raise UsageError("\n".join(problems))
    dimensions = {column: _categorical(frame[column]) for column in by}
    code = np.where(_inside(frame, where or {}), 0, -1)
    for values in dimensions.values():
        both = (code >= 0) & (values.codes >= 0)
        code = np.where(both, code * len(values.categories) + values.codes, -1)
    return Domains(code, _labels(dimensions))


def columns(names: str | Sequence[str] | None) -> list[str]:
    """One name, several or none, as a list."""
    return [names] if isinstance(names, str) else list(names or [])


def _labels(dimensions: Mapping[str, pd.Categorical]) -> pd.DataFrame:
    if not dimensions:
        return pd.DataFrame(index=[0])
    places = np.indices([len(values.categories) for values in dimensions.values()]).reshape(len(dimensions), -1)
    named = zip(dimensions.items(), places, strict=True)
    return pd.DataFrame({name: pd.Index(list(values.categories)).take(at) for (name, values), at in named})


def _categorical(column: pd.Series) -> pd.Categorical:
    """Declared categories in their order, or the values found, sorted."""
    return pd.Categorical(column)


def _inside(frame: pd.DataFrame, where: Where) -> np.ndarray:
    inside = np.ones(len(frame), dtype=bool)
    for column, values in where.items():
        if values != EVERYONE:
            inside &= frame[column].isin(columns(values)).to_numpy()
    return inside


def _unknown(frame: pd.DataFrame, by: Sequence[str], where: Where) -> list[str]:
    known = [str(column) for column in frame.columns]
    problems = [f"by: ‘{name}’ is not there; {nearest(name, known)}" for name in by if name not in known]
    for column, values in where.items():
        if column not in known:
            problems.append(f"where: ‘{column}’ is not there; {nearest(column, known)}")
        elif values != EVERYONE:
            categories = [str(category) for category in _categorical(frame[column]).categories]
            problems += [
                f"where: {column} has no ‘{value}’; {nearest(str(value), categories)}"
                for value in columns(values)
                if str(value) not in categories
            ]
    return problems
