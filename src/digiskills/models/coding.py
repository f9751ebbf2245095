"""Predictors as columns of numbers: categories in the study's order, compared with a named reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest

INTERCEPT = "intercept"
BETWEEN = ":"
Predictors = str | Sequence[str | tuple[str, ...]]


class Column(NamedTuple):
    """What a parameter is about: a term and, for categories, the level compared with the reference."""

    term: str
    level: str

    def __str__(self) -> str:
        """Term and level in words."""
        return f"‘{self.term} = {self.level}’" if self.level else f"‘{self.term}’"


@dataclass(frozen=True)
class Coding:
    """How predictors become a design matrix.

    Parameters
    ----------
    terms : tuple of tuple of str
        Predictors of each term: one for a main effect, several for an interaction.
    levels : mapping of str to tuple of str
        Categories of each predictor that has them, the reference first.
    intercept : bool
        Whether the first column is constant.
    """

    terms: tuple[tuple[str, ...], ...]
    levels: Mapping[str, tuple[str, ...]]
    intercept: bool

    @property
    def columns(self) -> tuple[Column, ...]:
        """What each column of the matrix is about."""
        made = [Column(INTERCEPT, "")] if self.intercept else []
        for names in self.terms:
            labels = [""]
            for name in names:
                labels = [joined(label, level) for label in labels for level in self._compared(name)]
            made += [Column(BETWEEN.join(names), label) for label in labels]
        return tuple(made)

    @property
    def references(self) -> dict[str, str]:
        """The level with which the others are compared, by predictor."""
        return {name: levels[0] for name, levels in self.levels.items()}

    def matrix(self, frame: pd.DataFrame) -> np.ndarray:
        """The design matrix.

        Parameters
        ----------
        frame : DataFrame
            One row per respondent, with the predictors, none missing.

        Returns
        -------
        ndarray, respondents x columns
            Treatment coding: 1 in the column of the respondent's level, 0 elsewhere.
        """
        coded = {name: self._coded(frame[name], name) for name in {name for names in self.terms for name in names}}
        parts = [np.ones((len(frame), 1))] if self.intercept else []
        for names in self.terms:
            block = np.ones((len(frame), 1))
            for name in names:
                block = (block[:, :, None] * coded[name][:, None, :]).reshape(len(frame), -1)
            parts.append(block)
        return np.hstack(parts) if parts else np.empty((len(frame), 0))

    def _compared(self, name: str) -> tuple[str, ...]:
        return self.levels[name][1:] if name in self.levels else ("",)

    def _coded(self, values: pd.Series, name: str) -> np.ndarray:
        if name not in self.levels:
            return values.to_numpy(dtype=float)[:, None]
        given = values.astype(str).to_numpy(dtype=object)
        same: np.ndarray = given[:, None] == np.array(self.levels[name][1:], dtype=object)
        return same.astype(float)


def joined(*labels: str) -> str:
    """Labels of levels as one; a number has none."""
    return BETWEEN.join(label for label in labels if label)


def terms(predictors: Predictors) -> tuple[tuple[str, ...], ...]:
    """The predictors of each term.

    Parameters
    ----------
    predictors : str or sequence of str or tuple of str
        Columns; a tuple is the interaction of its columns.

    Returns
    -------
    tuple of tuple of str
        One entry per term.

    Raises
    ------
    UsageError
        If a term is named twice, or an interaction comes without what it is made of.
    """
    given = [predictors] if isinstance(predictors, str) else list(predictors)
    found = tuple((term,) if isinstance(term, str) else tuple(term) for term in given)
    problems = [f"predictors: {' x '.join(term)} is named twice" for term in set(found) if found.count(term) > 1]
    alone = {term[0] for term in found if len(term) == 1}
    for term in found:
        without = [name for name in term if name not in alone]
        if without:
            problems.append(f"predictors: {' x '.join(term)} needs {', '.join(without)} as a predictor of its own too")
    if problems:
        raise UsageError("\n".join(problems))
    return found


def coding(
    frame: pd.DataFrame,
    terms: tuple[tuple[str, ...], ...],
    reference: Mapping[str, str] | None = None,
    intercept: bool = True,
) -> Coding:
    """How the predictors of a frame are coded.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent, with the predictors.
    terms : tuple of tuple of str
        Predictors of each term.
    reference : mapping of predictor to category, optional
        What the others are compared with; by default the first in the study's order.
    intercept : bool
        Whether the model has a constant.

    Returns
    -------
    Coding
        Numbers stay numbers; everything else is a category.

    Raises
    ------
    UsageError
        With every reference that is not there.
    """
    names = dict.fromkeys(name for term in terms for name in term)
    levels = {name: _levels(frame[name]) for name in names if not is_number(frame[name])}
    problems = []
    for name, first in (reference or {}).items():
        if name not in levels:
            problems.append(f"reference: ‘{name}’ is no predictor with categories; {nearest(name, levels)}")
        elif first not in levels[name]:
            problems.append(f"reference: {name} has no ‘{first}’; {nearest(first, levels[name])}")
        else:
            levels[name] = (first, *(level for level in levels[name] if level != first))
    if problems:
        raise UsageError("\n".join(problems))
    return Coding(terms, levels, intercept)


def is_number(column: pd.Series) -> bool:
    """Whether a column holds numbers, not categories."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _levels(column: pd.Series) -> tuple[str, ...]:
    return tuple(str(category) for category in pd.Categorical(column).categories)
