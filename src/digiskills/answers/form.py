"""What a pass over respondents counts, and by what, whichever engine makes the pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from digiskills.answers.derived import Derived
from digiskills.answers.recipes import Categories, Recipe, recipes
from digiskills.answers.totals import EVERYONE, Answers, Calibrated, ItemTotals, NumberTotals, ReplicateSums
from digiskills.errors import UsageError, nearest
from digiskills.study import Study

BESIDE_CELLS = ("stratum", "cluster", "n", "w", "w2")  # columns of groups that are no dimension
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
        Dimensions: those asked for, and those of the margins of a calibration.
    design_weight : str or None
        Column of the weights before their calibration.
    replicates : tuple of str
        Columns of replicate weights.
    """

    recipes: tuple[Recipe, ...]
    categories: Mapping[str, tuple[str, ...]]
    numbers: tuple[str, ...]
    weight: str | None
    stratum: str | None
    cluster: str | None
    cells: tuple[Cells, ...]
    design_weight: str | None = None
    replicates: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Columns of answers that the recipes use, each once, in the order of the table."""
        used = {name for recipe in self.recipes for name in recipe.sources}
        return tuple(name for name in self.categories if name in used)

    @property
    def columns(self) -> list[str]:
        """Every column that a pass reads, each once."""
        design = [name for name in (self.weight, self.stratum, self.cluster) if name]
        columns = [*design, *(cell.column for cell in self.cells), *self.sources, *self.floats]
        return list(dict.fromkeys(columns))

    @property
    def floats(self) -> list[str]:
        """Columns of numbers, but for the weight."""
        return [*self.numbers, *([self.design_weight] if self.design_weight else []), *self.replicates]


class Counted(NamedTuple):
    """The result of a pass: `groups`, and one row per group in every item and number.

    `design` holds each group's sum of the weights before the calibration, over respondents with a weight.
    """

    groups: pd.DataFrame
    items: dict[str, ItemTotals]
    numbers: dict[str, NumberTotals]
    design: np.ndarray | None = None
    replicates: ReplicateSums | None = None


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
    calibration = study.design.calibration
    asked = dict.fromkeys([*dimensions, *(calibration.dimensions if calibration else ())])
    declared = [study.dimension(name) for name in asked]
    cells = [
        Cells(each.name, each.item, tuple(category.code for category in each.categories), tuple(each.names))
        for each in declared
    ]
    texts = {name: tuple(str(value) for value in values) for name, values in categories.items()}
    design = study.design
    made = recipes(study.codebook, texts, derived)
    weight, stratum, cluster = (name or None for name in (design.weight, design.stratum, design.cluster))
    before = (calibration.design_weight if calibration else "") or None
    return Form(made, texts, tuple(numbers), weight, stratum, cluster, tuple(cells), before, study.replicate_weights)


def answers(
    study: Study,
    counted: Counted,
    population: pd.Series | None,
    people: pd.Series | None,
    rscales: Sequence[float],
) -> Answers:
    """Put what was counted together with what the study declares of its sample.

    Parameters
    ----------
    study : Study
        Its design.
    counted : Counted
        The result of a pass.
    population, people : Series or None
        Clusters of each stratum, and people of each cluster, in the population.
    rscales : sequence of float
        Factors of the replicates; none for 1.

    Returns
    -------
    Answers
        For estimates.
    """
    design = study.design
    return Answers(
        counted.groups,
        counted.items,
        tuple(counted.groups.columns.drop([*BESIDE_CELLS])),
        population,
        design.lonely_cluster,
        bool(design.cluster),
        people,
        counted.numbers,
        _calibrated(study, counted),
        replace(design.replicates, rscales=tuple(rscales)) if design.replicates else None,
        counted.replicates,
    )


def _calibrated(study: Study, counted: Counted) -> Calibrated | None:
    calibration = study.design.calibration
    if calibration is None:
        return None
    weight = counted.groups["w"].to_numpy(dtype=float)
    before = weight if counted.design is None else counted.design
    return Calibrated(calibration.margins, np.divide(before, weight, out=np.zeros(len(weight)), where=weight > 0))


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
    labels = [pd.array(list(names), dtype="str").take(codes[order, at]) for at, names in enumerate((strata, clusters))]
    groups = pd.DataFrame({"stratum": labels[0], "cluster": labels[1]})
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
