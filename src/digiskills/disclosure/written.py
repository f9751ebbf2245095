"""Frames as text that anyone may read without running anything: what comes back is the same to the last bit."""

from __future__ import annotations

import base64
import json
from typing import Any, cast

import numpy as np
import pandas as pd

NUMBERS = "biuf"  # kinds of numpy's types that are written as bytes
PLAIN = (type(None), bool, int, float, str)


class CannotBeWritten(Exception):
    """A frame holds something that has no text here; the message says of what type."""


def dumps(frame: pd.DataFrame) -> str:
    """Return a frame and its attributes as JSON.

    Parameters
    ----------
    frame : DataFrame
        Rows numbered from 0; columns of numbers, truth values, texts, categories, or of simple values.

    Returns
    -------
    str
        What `loads` reads.

    Raises
    ------
    CannotBeWritten
        It holds something else.
    """
    return json.dumps(_frame(frame), separators=(",", ":"))


def loads(text: str) -> pd.DataFrame:
    """Return the frame that was written.

    Parameters
    ----------
    text : str
        What `dumps` gave.

    Returns
    -------
    DataFrame
        A new one each time.

    Raises
    ------
    ValueError, KeyError, TypeError, RecursionError
        The text is no such frame.
    """
    return _frame_of(json.loads(text))


def _frame(frame: pd.DataFrame) -> dict[str, Any]:
    if not (isinstance(frame.index, pd.RangeIndex) and frame.index.equals(pd.RangeIndex(len(frame)))):
        raise CannotBeWritten(f"rows that are named by {type(frame.index).__name__}")
    if any(type(name) is not str for name in frame.columns) or not frame.columns.is_unique:
        raise CannotBeWritten("columns that are not named by one text each")
    columns = [[name, _values(column.array)] for name, column in frame.items()]
    names = [str(frame.columns.dtype), _simple(frame.columns.name)]
    return {"rows": len(frame), "names": names, "columns": columns, "attrs": _any(frame.attrs)}


def _frame_of(told: dict[str, Any]) -> pd.DataFrame:
    index = pd.RangeIndex(int(told["rows"]))
    columns = {name: pd.Series(_values_of(values), index=index) for name, values in told["columns"]}
    frame = pd.DataFrame(columns, index=index)
    kind, name = told["names"]
    frame.columns = pd.Index(list(columns), dtype=kind, name=name)
    frame.attrs = _any_of(told["attrs"])
    return frame


def _values(values: Any) -> dict[str, Any]:
    """Return the values of a column, by how its type is written."""
    kind = getattr(values.dtype, "numpy_dtype", values.dtype)
    if isinstance(kind, np.dtype) and kind.kind in NUMBERS:
        return _array(np.asarray(values))
    if isinstance(kind, pd.CategoricalDtype):
        categories = _values(kind.categories.array)
        return {"categories": categories, "codes": _array(values.codes), "ordered": bool(kind.ordered)}
    if isinstance(kind, pd.StringDtype):
        told = [None if missing else value for value, missing in zip(values, pd.isna(values), strict=True)]
        return {"texts": told, "storage": kind.storage, "nan": kind.na_value is not pd.NA}
    if isinstance(kind, np.dtype) and kind.hasobject:
        return {"objects": [_any(value) for value in values]}
    raise CannotBeWritten(f"a column of type {kind}")


def _values_of(told: dict[str, Any]) -> Any:
    if "bytes" in told:
        return _array_of(told)
    if "codes" in told:
        categories = pd.Index(_values_of(told["categories"]))
        kind = pd.CategoricalDtype(categories, ordered=told["ordered"])
        return pd.Categorical.from_codes(_array_of(told["codes"]), dtype=kind)
    if "texts" in told:
        texts = pd.StringDtype(storage=told["storage"], na_value=np.nan if told["nan"] else pd.NA)
        return pd.array(told["texts"], dtype=texts)
    values = np.empty(len(told["objects"]), dtype=object)
    values[:] = [_any_of(value) for value in told["objects"]]
    return values


def _array(array: np.ndarray) -> dict[str, Any]:
    if array.dtype.kind not in NUMBERS:
        raise CannotBeWritten(f"an array of type {array.dtype}")
    told = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
    return {"bytes": told, "dtype": array.dtype.str, "shape": list(array.shape)}


def _array_of(told: dict[str, Any]) -> np.ndarray:
    kind = np.dtype(str(told["dtype"]))
    if kind.kind not in NUMBERS:
        raise ValueError(f"an array of type {kind}")
    return np.frombuffer(base64.b64decode(told["bytes"], validate=True), kind).reshape(told["shape"]).copy()


def _simple(value: Any) -> Any:
    if type(value) not in PLAIN:
        raise CannotBeWritten(f"a value of type {type(value).__name__}")
    return value


def _any(value: Any) -> Any:
    """Return a value as JSON has it, with its type beside it where JSON would lose that."""
    if isinstance(value, np.generic):
        return {"scalar": _array(np.asarray(value))}
    if type(value) in (list, tuple):
        return {type(value).__name__: [_any(part) for part in value]}
    if type(value) is dict:
        return {"dict": [[_any(name), _any(part)] for name, part in value.items()]}
    if type(value) is pd.DataFrame:
        return {"frame": _frame(value)}
    if type(value) is np.ndarray:
        return {"array": _array(value)}
    return _simple(value)


def _any_of(told: Any) -> Any:
    if not isinstance(told, dict):
        return told
    ((kind, inner),) = told.items()
    if kind == "scalar":
        return _array_of(inner)[()]
    if kind == "frame":
        return _frame_of(inner)
    if kind == "array":
        return _array_of(inner)
    if kind == "dict":
        return {_any_of(name): _any_of(part) for name, part in inner}
    parts = [_any_of(part) for part in inner]
    return cast(Any, {"list": list, "tuple": tuple}[kind](parts))
