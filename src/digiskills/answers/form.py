"""What a pass over respondents counts, and by what, whichever engine makes the pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from digiskills.answers.derived import Derived
from digiskills.answers.recipes import Categories, Recipe, recipes
from digiskills.answers.totals import EVERYONE, ItemTotals, NumberTotals
from digiskills.errors import UsageError, nearest
from digiskills.study import Study

SUMS = ("n", "w", "wy", "w2", "w2y", "w2yy")  # of a numeric item


class Cells(NamedTuple):
    """A dimension of the breakdown: its name, its column, the column's codes and the category of each."""

    name: str
    column: str
    codes: tuple[str, ...]
    categories: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """What is counted and by what.

    Parameters
    ----------
    recipes : tuple of Recipe
        Items.
    categories : mapping of column to tuple of str
        Answers and missing reasons of every column that a recipe uses.
    numbers : tuple of str
        Numeric columns.
    weight, stratum, cluster : str or None
        Columns of the design; None where the survey has none.
    cells : tuple of Cells
        Dimensions.
    """

    recipes: tuple[Recipe, ...]
    categories: Mapping[str, tuple[str, ...]]
    numbers: tuple[str, ...]
    weight: str | None
    stratum: str | None
    cluster: str | None
    cells: tuple[Cells, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Columns of answers that the recipes use, each once, in the order of the table."""
        used = {name for recipe in self.recipes for name in recipe.sources}
        return tuple(name for name in self.categories if name in used)

    @property
    def columns(self) -> list[str]:
        """Every column that a pass reads, each once."""
        design = [name for name in (self.weight, self.stratum, self.cluster) if name]
        return list(dict.fromkeys([*design, *(cell.column for cell in self.cells), *self.sources, *self.numbers]))


class Counted(NamedTuple):
    """The result of a pass: `groups`, and one row per group in every item and number."""

    groups: pd.DataFrame
    items: dict[str, ItemTotals]
    numbers: dict[str, NumberTotals]


def form(
    study: Study,
    categories: Categories,
    dimensions: Sequence[str] = ("department_size", "level"),
    derived: Sequence[Derived] = (),
    numbers: Sequence[str] = (),
) -> Form:
    """Return what a study's survey is counted by.

    Parameters
    ----------
    study : Study
        Its codebook, design and dimensions.
    categories : mapping of column to sequence of str
        Answers and missing reasons of each column of answers in the typed table, in order.
    dimensions : sequence of str
        What later estimates can be broken down by.
    derived : sequence of Net, AnyOf or Both
        Items to make from others.
    numbers : sequence of str
        Numeric items.

    Returns
    -------
    Form
        For any of the makers.

    Raises
    ------
    UsageError
        If a dimension, item, answer or number does not exist.
    """
    numeric = [name for name, item in study.codebook.items.items() if item.kind in ("integer", "decimal")]
    wrong = [f"numbers: ‘{name}’ is no numeric item; {nearest(name, numeric)}" for name in numbers]
    wrong = [problem for name, problem in zip(numbers, wrong, strict=True) if name not in numeric]
    if wrong:
        raise UsageError("\n".join(wrong))
    declared = [study.dimension(name) for name in dimensions]
    cells = [
        Cells(name, each.item, tuple(category.code for category in each.categories), tuple(each.names))
        for name, each in zip(dimensions, declared, strict=True)
    ]
    texts = {name: tuple(str(value) for value in values) for name, values in categories.items()}
    design = study.design
    made = recipes(study.codebook, texts, derived)
    weight, stratum, cluster = (name or None for name in (design.weight, design.stratum, design.cluster))
    return Form(made, texts, tuple(numbers), weight, stratum, cluster, tuple(cells))


def described(
    form: Form, strata: Sequence[str], clusters: Sequence[str], codes: np.ndarray, sums: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Describe groups in their order: by stratum, cluster and cell, cells without a category first.

    Parameters
    ----------
    form : Form
        Names the dimensions.
    strata, clusters : sequence of str
        Labels that `codes` points into.
    codes : ndarray of int, groups x (2 + dimensions)
        Stratum, cluster and cells of each group; -1 for no category.
    sums : ndarray, groups x 3
        Respondents of the group, and their sums of w and w².

    Returns
    -------
    tuple of DataFrame and ndarray
        The groups in order, and where each of them stood before.
    """
    ranks = [pd.Series(list(labels), dtype=str).rank().to_numpy() for labels in (strata, clusters)]
    keys = [ranks[0][codes[:, 0]], ranks[1][codes[:, 1]], *codes[:, 2:].T]
    order = np.lexsort(keys[::-1])
    labels = [np.asarray(list(names), dtype=object)[codes[order, at]] for at, names in enumerate((strata, clusters))]
    groups = pd.DataFrame({"stratum": labels[0], "cluster": labels[1]}).astype(str)
    for at, cell in enumerate(form.cells, start=2):
        groups[cell.name] = pd.Categorical.from_codes(
            codes[order, at], categories=pd.Index(cell.categories), ordered=True
        )
    for name, column, kind in zip(("n", "w", "w2"), sums[order].T, (np.int64, float, float), strict=True):
        groups[name] = column.astype(kind)
    return groups, order


def one_label(column: str | None, labels: Iterable[object]) -> list[str]:
    """Labels of a column of the design, or the one label that stands for everyone."""
    return [EVERYONE] if column is None else [str(label) for label in labels]
