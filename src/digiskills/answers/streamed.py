"""The pass over a Parquet file, batch by batch: memory does not grow with the number of respondents."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from digiskills.answers.counter import Batch, Counter
from digiskills.answers.form import Counted, Form, one_label
from digiskills.errors import UsageError

ROWS = 1 << 17  # of a batch: enough of each group to pay for sorting them
REPLICATES = 8  # columns of replicate weights that a batch of that length may have; with more it is shorter


def count_parquet(path: Path, form: Form) -> Counted:
    """Count a typed table on disk.

    Parameters
    ----------
    path : Path
        Parquet file; one row per respondent, answers in dictionary columns.
    form : Form
        What is counted and by what.

    Returns
    -------
    Counted
        One row per group, equal to that of `count_frame` but for the order of additions.

    Raises
    ------
    UsageError
        If the file lacks a column, or holds an answer that the form does not know.
    """
    absent = sorted(set(form.columns) - set(pq.read_schema(path).names))
    if absent:
        raise UsageError(f"{path.name}: no column {', '.join(absent)}")
    design = dictionaries(path, [column for column in (form.stratum, form.cluster) if column])
    labels = [one_label(column, design.get(str(column), ())) for column in (form.stratum, form.cluster)]
    counter = Counter(form, *labels)
    for batch in _ahead(_batches(path, form)):
        counter.add(_decoded(batch, form, labels))
    return counter.result()


def dictionaries(path: Path, columns: Sequence[str] | None = None) -> dict[str, tuple[str, ...]]:
    """Return the values that columns can hold, in the order of the file's dictionaries.

    Parameters
    ----------
    path : Path
        Parquet file.
    columns : sequence of str, optional
        Columns of text; by default those that were written as dictionaries.

    Returns
    -------
    dict of str to tuple of str
        By column, each value once.
    """
    schema = pq.read_schema(path)
    names = [field.name for field in schema if pa.types.is_dictionary(field.type)] if columns is None else list(columns)
    found: dict[str, dict[str, None]] = {name: {} for name in names}
    with pq.ParquetFile(path, read_dictionary=names) as file:
        for group in range(file.metadata.num_row_groups):
            for batch in itertools.islice(file.iter_batches(1, row_groups=[group], columns=names), 1):
                for name in names:
                    values = batch.column(batch.schema.get_field_index(name)).dictionary.to_pylist()
                    found[name] |= dict.fromkeys(str(value) for value in values)
    return {name: tuple(values) for name, values in found.items()}


def _batches(path: Path, form: Form) -> Iterator[pa.RecordBatch]:
    texts = [name for name in form.columns if name != form.weight and name not in form.floats]
    # Buffered ahead, pyarrow would hold the whole file in memory.
    with pq.ParquetFile(path, read_dictionary=texts, pre_buffer=False) as file:
        rows = max(ROWS // max(len(form.replicates) // REPLICATES, 1), 1)
        yield from file.iter_batches(rows, columns=form.columns)


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches, the next one decoded by another thread while one is counted."""
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(next, batches, None)
        while (batch := waiting.result()) is not None:
            waiting = thread.submit(next, batches, None)
            yield batch


def _decoded(batch: pa.RecordBatch, form: Form, labels: list[list[str]]) -> Batch:
    rows = batch.num_rows
    keys = [
        np.zeros(rows, dtype=np.int64) if column is None else _codes(batch, column, names)
        for column, names in zip((form.stratum, form.cluster), labels, strict=True)
    ]
    keys += [_codes(batch, cell.column, cell.codes, unknown=-1) for cell in form.cells]
    answers = {name: _codes(batch, name, form.categories[name]) for name in form.sources}
    weight = np.ones(rows) if form.weight is None else _floats(batch, form.weight)
    return Batch(keys, weight, answers, {name: _floats(batch, name) for name in form.floats})


def _codes(batch: pa.RecordBatch, column: str, known: Sequence[str], unknown: int | None = None) -> np.ndarray:
    """Positions of a column's values among those known; any other is `unknown`, or an error."""
    values = batch.column(batch.schema.get_field_index(column))
    names = [str(value) for value in values.dictionary.to_pylist()]
    indices = values.indices
    if indices.null_count:
        names, indices = [*names, "None"], indices.fill_null(len(names))
    codes: np.ndarray = indices.to_numpy(zero_copy_only=False)
    if names == list(known):
        return codes
    place: dict[str, Any] = {name: at for at, name in enumerate(known)}
    to = np.array([place.get(name, -1 if unknown is None else unknown) for name in names], dtype=np.int64)
    if unknown is None and (to[codes] < 0).any():
        wrong = sorted({names[code] for code in np.unique(codes) if to[code] < 0})
        raise UsageError(f"{column}: {', '.join(wrong)} is not among {', '.join(known)}")
    return np.asarray(to[codes])


def _floats(batch: pa.RecordBatch, column: str) -> np.ndarray:
    values = batch.column(batch.schema.get_field_index(column)).cast(pa.float64())
    return np.asarray(values.to_numpy(zero_copy_only=False))
