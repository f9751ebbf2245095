"""Adds replicate weights up by cell and answer, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from digiskills.answers.form import Form
from digiskills.answers.totals import ReplicateSums


class ReplicateCounter:
    """Sums of replicate weights that grow with the cells met.

    Parameters
    ----------
    form : Form
        What is counted.
    """

    def __init__(self, form: Form) -> None:
        self.form = form
        self._sizes = [len(cell.categories) + 1 for cell in form.cells]
        self._codes = np.empty(0, dtype=np.int64)
        replicates = len(form.replicates)
        self._items = {recipe.name: np.zeros((0, len(recipe.answers), replicates)) for recipe in form.recipes}
        self._numbers = {name: np.zeros((0, 2, replicates)) for name in form.numbers}
        self._products = np.zeros((0, replicates, replicates))

    def add(
        self,
        cells: Sequence[np.ndarray],
        weight: np.ndarray,
        answers: Mapping[str, np.ndarray],
        numbers: Mapping[str, np.ndarray],
    ) -> None:
        """Add some respondents; one with weight 0 is in the sample and in no item."""
        each = np.column_stack([numbers[name] for name in self.form.replicates])
        cell = self._cell(cells, len(weight))
        self._add_products(cell, each)
        counted = weight > 0
        cell, each = cell[counted], each[counted]
        for recipe in self.form.recipes:
            answer = recipe.walk([np.asarray(answers[source])[counted] for source in recipe.sources])
            sums = self._items[recipe.name]
            sums += _added(cell * len(recipe.answers) + answer, each, sums.shape[0] * sums.shape[1]).reshape(sums.shape)
        for name, total in self._numbers.items():
            value = numbers[name][counted]
            given = np.isfinite(value)
            known, y = each[given], value[given, None]
            for at, part in enumerate((known, known * y)):
                total[:, at] += _added(cell[given], part, len(total))

    def result(self) -> ReplicateSums:
        """Everything counted, in the order of the cells; cells without a category first."""
        order = np.argsort(self._codes)
        numbers = {name: np.moveaxis(sums[order], 1, 0) for name, sums in self._numbers.items()}
        items = {name: sums[order] for name, sums in self._items.items()}
        return ReplicateSums(cells_of(self.form, self._codes[order]), items, numbers, self._products[order])

    def _cell(self, cells: Sequence[np.ndarray], respondents: int) -> np.ndarray:
        """Number of each respondent's cell, in the order met; room is made for new ones."""
        code = cell_codes(cells, self._sizes, respondents)
        new = np.setdiff1d(code, self._codes)
        if len(new):
            self._codes = np.concatenate([self._codes, new])
            self._items = {name: _longer(sums, len(self._codes)) for name, sums in self._items.items()}
            self._numbers = {name: _longer(sums, len(self._codes)) for name, sums in self._numbers.items()}
            self._products = _longer(self._products, len(self._codes))
        order = np.argsort(self._codes)
        return np.asarray(order[np.searchsorted(self._codes[order], code)])

    def _add_products(self, cell: np.ndarray, each: np.ndarray) -> None:
        for place in np.unique(cell):
            rows = each[cell == place]
            self._products[place] += rows.T @ rows


def cell_codes(cells: Sequence[np.ndarray], sizes: Sequence[int], respondents: int) -> np.ndarray:
    """Return one number per respondent for the categories of all dimensions.

    Parameters
    ----------
    cells : sequence of ndarray of int
        By dimension, the position of each respondent's category; -1 for none.
    sizes : sequence of int
        By dimension, its categories and one for none.
    respondents : int
        How many respondents there are.

    Returns
    -------
    ndarray of int
        Ascending in the order of the dimensions, none before the first category.
    """
    code = np.zeros(respondents, dtype=np.int64)
    for position, size in zip(cells, sizes, strict=True):
        code = code * size + position + 1
    return code


def cells_of(form: Form, codes: np.ndarray) -> pd.DataFrame:
    """Return the cells that codes stand for.

    Parameters
    ----------
    form : Form
        Names the dimensions.
    codes : ndarray of int
        As `cell_codes` gives them.

    Returns
    -------
    DataFrame
        One row per code, one categorical column per dimension.
    """
    made, rest = {}, codes
    for cell in reversed(form.cells):
        rest, position = np.divmod(rest, len(cell.categories) + 1)
        categories = pd.Index(cell.categories)
        made[cell.name] = pd.Categorical.from_codes(position - 1, categories=categories, ordered=True)
    return pd.DataFrame({cell.name: made[cell.name] for cell in form.cells}, index=pd.RangeIndex(len(codes)))


def _added(place: np.ndarray, values: np.ndarray, places: int) -> np.ndarray:
    """Sum of the rows of each place."""
    ones = np.ones(len(place))
    indicator = sparse.csr_array((ones, (place, np.arange(len(place)))), shape=(places, len(place)))
    sums: np.ndarray = indicator @ values
    return sums


def _longer(values: np.ndarray, rows: int) -> np.ndarray:
    made = np.zeros((rows, *values.shape[1:]))
    made[: len(values)] = values
    return made
