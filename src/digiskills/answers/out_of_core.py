"""The pass over a Parquet file by DuckDB, which needs no more memory than it is given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from digiskills.answers.form import SUMS, Counted, Form, described
from digiskills.answers.recipes import Recipe
from digiskills.answers.replicated import cell_codes, cells_of
from digiskills.answers.totals import EVERYONE, ItemTotals, NumberTotals, ReplicateSums
from digiskills.errors import UsageError

if TYPE_CHECKING:
    import duckdb

VECTORS = 8  # of 2048 respondents, whose replicate weights are held at once
GROUPED = 2  # most columns of answers to group by as they are; a walk through more becomes an expression


def count_with_duckdb(path: Path, form: Form, memory: str = "1GB", threads: int = 2) -> Counted:
    """Count a typed table on disk with SQL.

    Parameters
    ----------
    path : Path
        Parquet file; one row per respondent, answers as text or dictionary columns.
    form : Form
        What is counted and by what.
    memory : str
        Most memory that DuckDB may take; beyond it, it works on disk.
    threads : int
        Threads that it may use.

    Returns
    -------
    Counted
        One row per group, equal to that of `count_frame` but for the order of additions.

    Raises
    ------
    UsageError
        If the file lacks a column, or holds an answer that the form does not know.
    """
    import duckdb  # only here: it starts threads, which a process that forks reports must not have

    settings: dict[str, str | bool | int | float | list[str]] = {"memory_limit": memory, "threads": threads}
    with duckdb.connect(config=settings) as connection:
        connection.execute(f"CREATE VIEW respondents AS SELECT * FROM read_parquet({_text(str(path))})")
        there = {row[0] for row in connection.execute("DESCRIBE respondents").fetchall()}
        absent = sorted(set(form.columns) - there)
        if absent:
            raise UsageError(f"{path.name}: no column {', '.join(absent)}")
        return _Query(connection, form).counted()


class _Query:
    """Group-bys on the view ``respondents``."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, form: Form) -> None:
        self.connection, self.form = connection, form
        self.weight = "1.0" if form.weight is None else f"CAST({_name(form.weight)} AS DOUBLE)"
        design = [_text(EVERYONE) if column is None else _as_text(column) for column in (form.stratum, form.cluster)]
        self.keys = [*design, *(_position(cell.column, cell.codes) for cell in form.cells)]
        self.count = f"count(*), sum({self.weight}), sum({self.weight} * {self.weight})"

    def counted(self) -> Counted:
        found = self._grouped(f"{self._before()}, {self.count}", [])
        strata, clusters = (list(dict.fromkeys(found.iloc[:, at].astype(str))) for at in (0, 1))
        codes = self._codes(found, strata, clusters)
        groups, order = described(self.form, strata, clusters, codes, found.iloc[:, -3:].to_numpy(float))
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        self.place = {tuple(row): at for row, at in zip(codes.tolist(), place.tolist(), strict=True)}
        self.labels = strata, clusters
        items = {recipe.name: self._item(recipe) for recipe in self.form.recipes}
        numbers = {name: self._number(name) for name in self.form.numbers}
        design = found.iloc[order, len(self.keys)].to_numpy(float) if self.form.design_weight else None
        return Counted(
            groups,
            items,
            numbers,
            design,
            _Replicates(connection=self.connection, form=self.form).sums() if self.form.replicates else None,
        )

    def _before(self) -> str:
        """The sum of the weights before the calibration, of those with a weight."""
        before = self.form.design_weight
        return f"sum({'0.0' if before is None else f'CAST({_name(before)} AS DOUBLE)'} * ({self.weight} > 0)::INT)"

    def _grouped(self, sums: str, by: Sequence[str], where: str = "true") -> pd.DataFrame:
        columns = ", ".join([*self.keys, *by, sums])
        numbers = ", ".join(str(at + 1) for at in range(len(self.keys) + len(by)))
        grouped = f"GROUP BY {numbers}" if numbers else "HAVING count(*) > 0"
        query = f"SELECT {columns} FROM respondents WHERE {where} {grouped}"
        found = self.connection.execute(query).df()
        return found.set_axis(range(found.shape[1]), axis=1)

    def _codes(self, found: pd.DataFrame, strata: list[str], clusters: list[str]) -> np.ndarray:
        labels = [
            pd.Categorical(found.iloc[:, at].astype(str), names).codes for at, names in enumerate((strata, clusters))
        ]
        return np.column_stack([*labels, found.iloc[:, 2 : len(self.keys)].to_numpy(np.int64)]).astype(np.int64)

    def _rows(self, found: pd.DataFrame) -> np.ndarray:
        return np.array([self.place[tuple(row)] for row in self._codes(found, *self.labels).tolist()], dtype=np.int64)

    def _item(self, recipe: Recipe) -> ItemTotals:
        by = self._places(recipe)
        found = self._grouped(self.count, by, f"{self.weight} > 0")
        cell = (self._rows(found), _answer(recipe, found.iloc[:, len(self.keys) : -3].to_numpy(np.int64)))
        shape = (len(self.place), len(recipe.answers))
        sums = [_added(cell, found.iloc[:, at].to_numpy(float), shape) for at in (-3, -2, -1)]
        counts = sums[0].astype(np.int64)
        return ItemTotals(recipe.name, recipe.answers, recipe.scores, recipe.missing, counts, *sums[1:])

    def _places(self, recipe: Recipe) -> list[str]:
        """What to group by: the item's columns, or its answer where it is made from many."""
        places = [_position(name, self.form.categories[name]) for name in recipe.sources]
        return places if len(places) <= GROUPED else [_walk(recipe, places)]

    def _number(self, name: str) -> NumberTotals:
        y, w = f"CAST({_name(name)} AS DOUBLE)", self.weight
        parts = (
            f"count({y})",
            *(f"sum({part})" for part in (w, f"{w}*{y}", f"{w}*{w}", f"{w}*{w}*{y}", f"({w}*{y})**2")),
        )
        found = self._grouped(", ".join(parts), [], f"{w} > 0 AND isfinite({y})")
        rows = self._rows(found)
        values = found.iloc[:, -len(SUMS) :].to_numpy(float)
        sums = [_added((rows,), column, (len(self.place),)) for column in values.T]
        return NumberTotals(name, sums[0].astype(np.int64), *sums[1:])


class _Replicates(_Query):
    """Sums of replicate weights by cell, whatever the cluster."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, form: Form) -> None:
        super().__init__(connection, form)
        self.keys = self.keys[2:]
        self.each = [f"CAST({_name(name)} AS DOUBLE)" for name in form.replicates]
        self.sizes = [len(cell.categories) + 1 for cell in form.cells]

    def sums(self) -> ReplicateSums:
        self.codes, products = self._products()
        items = {recipe.name: self._of_item(recipe) for recipe in self.form.recipes}
        numbers = {name: self._of_number(name) for name in self.form.numbers}
        return ReplicateSums(cells_of(self.form, self.codes), items, numbers, products)

    def _of_item(self, recipe: Recipe) -> np.ndarray:
        sums = ", ".join(f"sum({each})" for each in self.each)
        found = self._grouped(sums, self._places(recipe), f"{self.weight} > 0")
        first = len(self.keys)
        answer = _answer(recipe, found.iloc[:, first : -len(self.each)].to_numpy(np.int64))
        shape = (len(self.codes), len(recipe.answers), len(self.each))
        return _added((self._cells(found), answer), found.iloc[:, -len(self.each) :].to_numpy(float), shape)

    def _of_number(self, name: str) -> np.ndarray:
        y = f"CAST({_name(name)} AS DOUBLE)"
        sums = ", ".join([*(f"sum({each})" for each in self.each), *(f"sum({each} * {y})" for each in self.each)])
        found = self._grouped(sums, [], f"{self.weight} > 0 AND isfinite({y})")
        parts = found.iloc[:, len(self.keys) :].to_numpy(float).reshape(len(found), 2, -1)
        return np.moveaxis(_added((self._cells(found),), parts, (len(self.codes), 2, len(self.each))), 1, 0)

    def _products(self) -> tuple[np.ndarray, np.ndarray]:
        """Cells met, and products of replicate weights in each; batch by batch, as their number is squared."""
        columns = ", ".join([*self.keys, *self.each])
        self.connection.execute(f"SELECT {columns} FROM respondents")
        found: dict[int, np.ndarray] = {}
        while len(batch := self.connection.fetch_df_chunk(VECTORS)):
            values = batch.to_numpy(float)
            code = self._code(values[:, : len(self.keys)].astype(np.int64), len(values))
            for place in np.unique(code):
                rows = values[code == place, len(self.keys) :]
                found[int(place)] = found.get(int(place), 0) + rows.T @ rows
        codes = np.array(sorted(found), dtype=np.int64)
        return codes, np.stack([found[code] for code in codes.tolist()])

    def _code(self, positions: np.ndarray, rows: int) -> np.ndarray:
        return cell_codes(list(positions.T), self.sizes, rows)

    def _cells(self, found: pd.DataFrame) -> np.ndarray:
        positions = found.iloc[:, : len(self.keys)].to_numpy(np.int64)
        return np.searchsorted(self.codes, self._code(positions, len(found)))


def _answer(recipe: Recipe, codes: np.ndarray) -> np.ndarray:
    """Position of the item's answer in each row of a group-by."""
    if (codes < 0).any():
        raise UsageError(f"{', '.join(recipe.sources)}: an answer is not among those of the codebook")
    return recipe.walk(list(codes.T)) if len(recipe.sources) <= GROUPED else codes[:, 0]


def _added(cell: tuple[np.ndarray, ...], values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    made = np.zeros(shape)
    np.add.at(made, cell, values)
    return made


def _walk(recipe: Recipe, places: Sequence[str]) -> str:
    """The walk through the item's columns, as list look-ups."""
    state = "0"
    for step, place in zip(recipe.steps, places, strict=True):
        table = ", ".join(str(int(value)) for value in step.ravel())
        state = f"CASE WHEN {place} < 0 THEN -1 ELSE [{table}][({state}) * {step.shape[1]} + {place} + 1] END"
    return state


def _position(column: str, names: Sequence[str]) -> str:
    """Position of a column's value among the names, -1 where it is none of them."""
    known = ", ".join(_text(name) for name in names)
    return f"coalesce(list_position([{known}], {_as_text(column)}), 0) - 1"


def _as_text(column: str) -> str:
    return f"CAST({_name(column)} AS VARCHAR)"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
