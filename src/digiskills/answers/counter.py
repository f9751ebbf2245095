"""Adds respondents up by group and answer, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digiskills.answers.form import SUMS, Counted, Form, described
from digiskills.answers.recipes import Recipe
from digiskills.answers.replicated import ReplicateCounter
from digiskills.answers.totals import ItemTotals, NumberTotals
from digiskills.errors import DesignError

JOINT = 64  # most cells of two columns that are counted together
DENSE = 1 << 24  # most combinations of stratum, cluster and cells that are looked up by position
NARROW = 1 << 16  # most groups whose number is narrow enough for a radix sort
SEVERAL = 4  # respondents per group of a batch that are worth sorting
KINDS = (np.int64, float, float)  # of the sums n, w and w²
Codes = NDArray[np.integer]


class Batch(NamedTuple):
    """Some respondents: stratum, cluster and cells by position, weight, categories by column, numbers by column.

    The numbers hold the weight before the calibration and the replicate weights too, where the form has them.
    """

    keys: Sequence[Codes]
    weight: np.ndarray
    answers: Mapping[str, Codes]
    numbers: Mapping[str, np.ndarray]


class Counter:
    """Sums that grow with the groups met, not with the respondents.

    Parameters
    ----------
    form : Form
        What is counted.
    strata, clusters : sequence of str
        Every label that the batches can hold, in the order of their positions.

    Notes
    -----
    Two columns of answers are counted together in one table of their pairs, from which both items, and the gap
    or net made of them, are sums: half the passes, and a quarter of them for a gap. w and w² are added as the
    two parts of one complex number. The tables lie in one piece of memory, which a system hands out in larger
    pages: to first touch many small ones takes longer than to count a hundred thousand respondents.
    """

    def __init__(self, form: Form, strata: Sequence[str], clusters: Sequence[str]) -> None:
        self.form, self.strata, self.clusters = form, list(strata), list(clusters)
        self._sizes = [len(strata), len(clusters), *(len(cell.categories) + 1 for cell in form.cells)]
        self._ids: dict[int, int] = {}
        combinations = int(np.prod(self._sizes, dtype=float))
        self._dense = np.full(combinations, -1, dtype=np.int32) if combinations <= DENSE else None
        self._walked = {recipe.name: recipe for recipe in form.recipes if len(recipe.sources) > 2}
        widths = {name: len(form.categories[name]) for name in form.sources}
        self._widths = widths | {name: len(recipe.answers) for name, recipe in self._walked.items()}
        self._tables = _tables(form, self._widths)
        self._n = [np.zeros(0, dtype=np.int64) for _ in self._tables]
        self._w = [np.zeros(0, dtype=complex) for _ in self._tables]
        self._cell = self._ones = np.empty(0, dtype=np.intp)
        self._everyone = np.zeros((0, 4))
        self._numbers = {name: np.zeros((0, len(SUMS))) for name in form.numbers}
        self._replicates = ReplicateCounter(form) if form.replicates else None

    def add(self, batch: Batch) -> None:
        """Add some respondents; one with weight 0 is in the sample and in no item."""
        if not ((batch.weight >= 0) & (batch.weight < np.inf)).all():
            raise DesignError("weight: negative, infinite or missing for some respondents; it is a number of 0 or more")
        group = self._number(self._code(batch.keys))
        self._grow(len(self._ids))
        weight = batch.weight
        before = batch.numbers[self.form.design_weight] * (weight > 0) if self.form.design_weight else weight
        for at, value in enumerate((np.ones(len(weight)), weight, weight**2, before)):
            self._everyone[: len(self._ids), at] += np.bincount(group, value, len(self._ids))
        weighted = self._order(group, weight)
        group, weight = group[weighted].astype(np.intp), weight[weighted]
        walked = {
            name: item.walk([batch.answers[source] for source in item.sources]) for name, item in self._walked.items()
        }
        self._add_answers(group, weight, {**batch.answers, **walked}, weighted)
        for name in self._numbers:
            self._add_number(name, group, weight, batch.numbers[name][weighted])
        if self._replicates is not None:
            self._replicates.add(batch.keys[2:], batch.weight, batch.answers, batch.numbers)

    def result(self) -> Counted:
        """Everything counted, in the order of the groups."""
        codes = np.fromiter(self._ids, dtype=np.int64, count=len(self._ids))
        keys = np.column_stack(np.unravel_index(codes, self._sizes)).astype(np.int64)
        keys[:, 2:] -= 1
        groups, order = described(self.form, self.strata, self.clusters, keys, self._everyone[: len(codes), :3])
        of_table: dict[int, list[Recipe]] = {}
        for recipe in self.form.recipes:
            of_table.setdefault(self._table_of(recipe), []).append(recipe)
        made = {item.name: item for item in self._items(of_table, order)}
        items = {recipe.name: made[recipe.name] for recipe in self.form.recipes}
        numbers = {name: NumberTotals(name, *_number_columns(sums[order])) for name, sums in self._numbers.items()}
        design = self._everyone[: len(codes), 3][order] if self.form.design_weight else None
        return Counted(groups, items, numbers, design, self._replicates.result() if self._replicates else None)

    def _order(self, group: np.ndarray, weight: np.ndarray) -> np.ndarray | slice:
        """Respondents with a weight, by group where that brings many to the same places in memory."""
        everyone = bool((weight > 0).all())
        if len(group) < SEVERAL * len(self._ids) or len(self._ids) > NARROW:
            return slice(None) if everyone else np.flatnonzero(weight > 0)
        order = np.argsort(group.astype(np.uint16), kind="stable")  # a radix sort, for numbers this narrow
        return order if everyone else order[weight[order] > 0]

    def _code(self, keys: Sequence[Codes]) -> np.ndarray:
        code = keys[0].astype(np.int64)
        for at, size in enumerate(self._sizes[1:], start=1):
            code *= size
            code += keys[at]
            code += at > 1  # a cell without a category is 0
        return code

    def _number(self, code: np.ndarray) -> np.ndarray:
        """Number the groups in the order met."""
        if self._dense is None:
            found, inverse = np.unique(code, return_inverse=True)
            return np.asarray(self._named(found)[inverse])
        group = self._dense[code]
        new = code[group < 0]
        if len(new):
            self._dense[new] = at = np.arange(len(new), dtype=np.int32)
            found = np.sort(new[self._dense[new] == at])  # of equal codes the last was kept
            self._dense[found] = self._named(found)
            group = self._dense[code]
        return np.asarray(group)

    def _named(self, codes: np.ndarray) -> np.ndarray:
        return np.array([self._ids.setdefault(int(code), len(self._ids)) for code in codes], dtype=np.int64)

    def _grow(self, groups: int) -> None:
        """Make room; a quarter more each time, so that it is seldom made."""
        room = len(self._everyone)
        if groups <= room:
            return
        room = max(groups, room + room // 4)
        self._everyone = _longer(self._everyone, room)
        self._numbers = {name: _longer(sums, room) for name, sums in self._numbers.items()}
        sizes = [room * _width(table, self._widths) for table in self._tables]
        self._n, self._w = _one_piece(self._n, sizes), _one_piece(self._w, sizes)

    def _add_answers(
        self, group: np.ndarray, weight: np.ndarray, answers: Mapping[str, Codes], order: np.ndarray | slice
    ) -> None:
        """Add to each table; working memory is kept from batch to batch, as new memory costs more than the sums."""
        if len(self._cell) < len(group):
            self._cell, self._ones = np.empty(len(group), dtype=np.intp), np.ones(len(group), dtype=np.int64)
        cell, ones = (buffer[: len(group)] for buffer in (self._cell, self._ones))
        both = weight + 1j * weight**2
        for table, n, w in zip(self._tables, self._n, self._w, strict=True):
            np.multiply(group, _width(table, self._widths), out=cell)
            np.add(cell, self._pair(table, answers)[order], out=cell, casting="unsafe")
            np.add.at(n, cell, ones)
            np.add.at(w, cell, both)

    def _pair(self, table: tuple[str, ...], answers: Mapping[str, Codes]) -> Codes:
        """Position of each respondent's answers in a table of one or two columns; narrow numbers are fast ones."""
        if len(table) == 1:
            return answers[table[0]]
        kind = np.int8 if _width(table, self._widths) <= np.iinfo(np.int8).max else np.intp
        first, second = (answers[name].astype(kind, copy=False) for name in table)
        return np.asarray(np.multiply(first, self._widths[table[1]], dtype=kind) + second)

    def _add_number(self, name: str, group: np.ndarray, weight: np.ndarray, value: np.ndarray) -> None:
        given = np.isfinite(value)
        group, w, y = group[given], weight[given], value[given]
        for at, part in enumerate((np.ones(len(w)), w, w * y, w * w, w * w * y, (w * y) ** 2)):
            self._numbers[name][: len(self._ids), at] += np.bincount(group, part, len(self._ids))

    def _items(self, of_table: Mapping[int, Sequence[Recipe]], order: np.ndarray) -> Iterator[ItemTotals]:
        """Items of each table, each a sum over the table's cells; results lie in one piece of memory too."""
        widths = [sum(len(recipe.answers) for recipe in recipes) for recipes in of_table.values()]
        sizes = [len(order) * width for width in widths]
        places = [_one_piece([np.empty(0, dtype=kind)] * len(sizes), sizes) for kind in KINDS]
        widest = max([0, *widths, *(_width(table, self._widths) for table in self._tables)])
        working = np.empty((3, len(order) * widest))
        for (at, recipes), width, *place in zip(of_table.items(), widths, *places, strict=True):
            parts = [whole.reshape(len(order), width) for whole in place]
            self._add_cells(at, self._onto(at, recipes), order, parts, working)
            ends = np.cumsum([len(recipe.answers) for recipe in recipes])[:-1]
            each = zip(*(np.split(part, ends, axis=1) for part in parts), strict=True)
            for recipe, sums in zip(recipes, each, strict=True):
                yield ItemTotals(recipe.name, recipe.answers, recipe.scores, recipe.missing, *sums)

    def _add_cells(
        self, at: int, onto: np.ndarray, order: np.ndarray, to: Sequence[np.ndarray], working: np.ndarray
    ) -> None:
        """Write n, w and w² of a table's answers, groups in order, through memory that serves every table."""
        cells, sums, ordered = (
            room[: len(order) * width].reshape(-1, width)
            for room, width in zip(working, (*onto.shape, onto.shape[1]), strict=True)
        )
        n, w = (tables[at].reshape(-1, len(onto))[: len(order)] for tables in (self._n, self._w))
        for part, made in zip((n, w.real, w.imag), to, strict=True):
            cells[:] = part
            np.matmul(cells, onto, out=sums)
            made[:] = np.take(sums, order, axis=0, out=ordered, mode="clip")

    def _onto(self, at: int, recipes: Sequence[Recipe]) -> np.ndarray:
        """Cells of a table by answers of its items: 1 where a cell is an answer."""
        to = [_answer_of_cell(self._tables[at], self._widths, recipe, self._wanted(recipe)) for recipe in recipes]
        each = [cells[:, None] == np.arange(len(recipe.answers)) for cells, recipe in zip(to, recipes, strict=True)]
        return np.concatenate(each, axis=1).astype(float)

    def _table_of(self, recipe: Recipe) -> int:
        return next(at for at, table in enumerate(self._tables) if set(self._wanted(recipe)) <= set(table))

    def _wanted(self, recipe: Recipe) -> tuple[str, ...]:
        return (recipe.name,) if recipe.name in self._walked else recipe.sources


def _tables(form: Form, widths: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Pairs of columns to count together: those of an item made from two first, then the rest two by two."""
    made = [recipe.sources for recipe in form.recipes if len(set(recipe.sources)) == 2]
    tables = list(dict.fromkeys(made))
    seen = {name for table in tables for name in table}
    used = {recipe.sources[0] for recipe in form.recipes if len(set(recipe.sources)) == 1}
    rest = [name for name in widths if name not in seen and (name in used or name not in form.categories)]
    while rest:
        first = rest.pop(0)
        second = next((name for name in rest if widths[first] * widths[name] <= JOINT), None)
        if second is not None:
            rest.remove(second)
        tables.append((first,) if second is None else (first, second))
    return tables


def _answer_of_cell(
    table: tuple[str, ...], widths: Mapping[str, int], recipe: Recipe, wanted: tuple[str, ...]
) -> np.ndarray:
    """Position of the item's answer in each cell of a table of one or two columns."""
    codes = np.unravel_index(np.arange(_width(table, widths)), [widths[name] for name in table])
    of = dict(zip(table, codes, strict=True))
    return of[recipe.name] if wanted == (recipe.name,) != recipe.sources else recipe.walk([of[name] for name in wanted])


def _width(table: tuple[str, ...], widths: Mapping[str, int]) -> int:
    return int(np.prod([widths[name] for name in table]))


def _longer(values: np.ndarray, rows: int) -> np.ndarray:
    made = np.zeros((rows, *values.shape[1:]), dtype=values.dtype)
    made[: len(values)] = values
    return made


def _one_piece(parts: Sequence[np.ndarray], sizes: Sequence[int]) -> list[np.ndarray]:
    """The same arrays, longer, side by side in one piece of memory."""
    whole, ends = np.zeros(sum(sizes), dtype=parts[0].dtype) if parts else np.empty(0), np.cumsum(sizes)
    made = [whole[end - size : end] for end, size in zip(ends, sizes, strict=True)]
    for longer, part in zip(made, parts, strict=True):
        longer[: len(part)] = part
    return made


def _number_columns(sums: np.ndarray) -> list[np.ndarray]:
    return [sums[:, 0].astype(np.int64), *sums[:, 1:].T]
