"""Reads Parquet files, every cell as text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as arrow_parquet

from digiskills.errors import Problem, StudyError
from digiskills.intake import limits
from digiskills.intake.delimited import header_problems
from digiskills.intake.received import ColumnMetadata, Received, code_text


def read(path: Path) -> Received:
    """Return a Parquet file.

    Parameters
    ----------
    path : Path
        ``.parquet``.

    Returns
    -------
    Received
        One row per row; numbers are codes ("1" for 1.0), dates ISO 8601, nulls "".

    Raises
    ------
    StudyError
        If the file is damaged, too large, or holds lists or structures.
    """
    limits.check_size(path)
    try:
        with arrow_parquet.ParquetFile(path) as file:
            _check(file, path)
            table = file.read(use_pandas_metadata=False)
    except (pa.ArrowException, OSError) as error:
        message = f"cannot be read as Parquet: {error}"
        raise StudyError([Problem(path.name, None, None, None, message, "write it again")]) from None
    columns = {name: _codes(table.column(place)) for place, name in enumerate(table.column_names)}
    frame = pd.DataFrame(columns, columns=table.column_names, dtype="str")
    return Received(frame, {name: ColumnMetadata() for name in table.column_names}, first_row=1)


def _check(file: arrow_parquet.ParquetFile, path: Path) -> None:
    if file.metadata.num_rows * max(file.metadata.num_columns, 1) > limits.LARGEST_CELLS:
        raise limits.too_large(path, limits.LARGEST_CELLS, "cells")
    schema = file.schema_arrow
    problems = header_problems(list(schema.names), path.name)
    problems += [
        Problem(
            path.name,
            None,
            column.name,
            str(column.type),
            "is no single value per cell",
            "one column per option",
        )
        for column in schema
        if pa.types.is_nested(column.type) or pa.types.is_binary(column.type)
    ]
    if problems:
        raise StudyError(problems)


def _codes(column: pa.ChunkedArray) -> list[str]:
    """Return codes as text; each different value is written once."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    encoded = column.combine_chunks().dictionary_encode()
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    words = np.array([*(code_text(value) for value in encoded.dictionary.to_pylist()), ""], dtype=object)
    places = encoded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)
    return list(words[places])
