"""Reads the effects of a truth: sums on a latent scale, products on a probability."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

CROSSED = "*"
"""Joins two columns, and two categories, of an effect that only their combination has."""


def shift(people: pd.DataFrame, *effects: Mapping[str, Any]) -> np.ndarray:
    """Return the mean of a latent answer for each person.

    Parameters
    ----------
    people : DataFrame
        One row per person; the columns that the effects name.
    *effects : mapping
        ``base`` is a number for everybody; every key that is a column, or two columns joined by ``*``,
        holds a number per category. Categories without a number have 0. Other keys are left alone.

    Returns
    -------
    ndarray of float
        The sum, in standard deviations of the latent scale.
    """
    mean = np.zeros(len(people))
    for effect in effects:
        mean = mean + float(effect.get("base", 0.0))
        for columns, by_category in _by_column(people, effect):
            mean = mean + _values(people, columns, by_category, otherwise=0.0)
    return mean


def product(people: pd.DataFrame, effect: Mapping[str, Any]) -> np.ndarray:
    """Return a share multiplied by declared factors for each person or department.

    Parameters
    ----------
    people : DataFrame
        One row per person; the columns that the effect names.
    effect : mapping
        ``share`` is the number for everybody; every key that is a column, or two joined by ``*``, holds a
        factor per category. Categories without a factor have 1.

    Returns
    -------
    ndarray of float
        The product.
    """
    number = np.full(len(people), float(effect["share"]))
    for columns, by_category in _by_column(people, effect):
        number = number * _values(people, columns, by_category, otherwise=1.0)
    return number


def chance(people: pd.DataFrame, effect: Mapping[str, Any]) -> np.ndarray:
    """Return a probability for each person.

    Parameters
    ----------
    people : DataFrame
        One row per person.
    effect : mapping
        As for `product`.

    Returns
    -------
    ndarray of float
        The product, at most 1.
    """
    return np.asarray(np.minimum(product(people, effect), 1.0))


def _by_column(people: pd.DataFrame, effect: Mapping[str, Any]) -> list[tuple[list[str], Mapping[str, float]]]:
    keys = [(key.split(CROSSED), value) for key, value in effect.items() if isinstance(value, Mapping)]
    return [(columns, value) for columns, value in keys if set(columns) <= set(people.columns)]


def _values(people: pd.DataFrame, columns: list[str], by_category: Mapping[str, float], otherwise: float) -> np.ndarray:
    """Look each person's category up; crossed columns are looked up as ``small*executive``."""
    total = np.full(len(people), otherwise)
    for category, value in by_category.items():
        parts = category.split(CROSSED)
        meant = np.logical_and.reduce([_is(people[name], part) for name, part in zip(columns, parts, strict=True)])
        total[meant] = value
    return total


def _is(column: pd.Series, category: str) -> np.ndarray:
    categories = list(column.cat.categories)
    place = categories.index(category) if category in categories else -2
    return np.asarray(column.cat.codes == place)
