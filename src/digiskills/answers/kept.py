"""Answers kept beside the typed table, so that a survey is counted once for all who ask."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from digiskills import paths
from digiskills.answers.derived import Derived, told
from digiskills.answers.form import BESIDE_CELLS, SUMS, Counted, answers, form
from digiskills.answers.memory import categories, count_frame
from digiskills.answers.totals import Answers, ItemTotals, NumberTotals, ReplicateSums
from digiskills.survey import Survey, rscales
from digiskills.survey.processed import MADE_BY, code_digest, written_aside

PARTS = ("n", "w", "w2")  # of an item, groups x answers


def read(
    survey: Survey,
    dimensions: Sequence[str] = ("department_size", "level"),
    derived: Sequence[Derived] = (),
    numbers: Sequence[str] = (),
) -> Answers:
    """Return a survey's counted answers, without counting again what was counted before.

    Parameters
    ----------
    survey : Survey
        One row per respondent.
    dimensions : sequence of str
        What later estimates can be broken down by.
    derived : sequence of Net, AnyOf or Both
        Items to make from others.
    numbers : sequence of str
        Numeric items.

    Returns
    -------
    Answers
        Equal to `count` of the survey.

    Notes
    -----
    Kept in ``data/processed/<study>/``, readable by its owner alone, under the digest of the raw files, the
    codebook, the rows, what is asked for and the code that counts: another of these counts anew. Two builds at
    once do not disturb each other: each writes aside and renames, and a file that is damaged or of another digest
    is no answer. A survey that was not read from files is counted and not kept. Sums by department are as private
    as the survey.
    """
    asked = repr((tuple(dimensions), [told(each) for each in derived], tuple(numbers)))
    short = hashlib.sha256(asked.encode()).hexdigest()[:12]
    path = paths.processed(survey.study.name) / f"answers_{survey.wave.name}_{short}.npz"
    key = f"{asked} {survey.digest} {_rows_digest(survey.frame)} {code_digest(*MADE_BY, 'answers')}"
    counted = _load(path, key) if survey.digest else None
    if counted is None:
        what = form(survey.study, categories(survey.frame), dimensions, derived, numbers)
        counted = count_frame(survey.frame, what)
        if survey.digest:
            _keep(path, key, counted)
    return answers(survey.study, counted, survey.population, survey.people, rscales(survey.study))


def _rows_digest(frame: pd.DataFrame) -> str:
    """Digest of the columns and of the rows, in their order."""
    rows = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    return hashlib.sha256(repr(list(frame.columns)).encode() + rows.tobytes()).hexdigest()


def _keep(path: Path, key: str, counted: Counted) -> None:
    """Write aside, then rename: a reader never sees half a file."""
    with written_aside(path) as aside:
        np.savez(aside, **_arrays(key, counted))


def _arrays(key: str, counted: Counted) -> dict[str, Any]:
    """The sums as few arrays, items side by side; the words as JSON; nothing pickled."""
    groups, cells = counted.groups, _cells(counted.groups)
    items = list(counted.items.values())
    told = {
        "key": key,
        "labels": {name: groups[name].tolist() for name in ("stratum", "cluster")},
        "cells": {name: list(groups[name].cat.categories) for name in cells},
        "items": [(item.name, item.answers, item.scores is not None) for item in items],
        "numbers": list(counted.numbers),
    }
    arrays = {"told": np.frombuffer(json.dumps(told).encode(), dtype=np.uint8)}
    arrays["cells"] = _codes(groups[cells])
    arrays["groups"] = groups[["n", "w", "w2"]].to_numpy(float)
    for part in PARTS:
        arrays[f"items_{part}"] = np.hstack([np.empty((len(groups), 0)), *(getattr(item, part) for item in items)])
    arrays["missing"] = np.concatenate([np.empty(0, bool), *(item.missing for item in items)])
    scores = (np.full(len(item.answers), np.nan) if item.scores is None else item.scores for item in items)
    arrays["scores"] = np.concatenate([np.empty(0), *scores])
    sums = [[getattr(number, name) for name in SUMS] for number in counted.numbers.values()]
    arrays["numbers"] = np.array(sums, dtype=float).reshape(len(sums), len(SUMS), len(groups))
    return arrays | ({} if counted.design is None else {"design": counted.design}) | _replicate_arrays(counted)


def _replicate_arrays(counted: Counted) -> dict[str, np.ndarray]:
    if counted.replicates is None:
        return {}
    sums = counted.replicates
    replicates = sums.products.shape[1]
    items = [np.empty((len(sums.cells), 0, replicates)), *sums.items.values()]
    numbers = np.array(list(sums.numbers.values())).reshape(-1, 2, len(sums.cells), replicates)
    return {
        "replicates_cells": _codes(sums.cells),
        "replicates_items": np.concatenate(items, axis=1),
        "replicates_numbers": numbers,
        "replicates_products": sums.products,
    }


def _codes(cells: pd.DataFrame) -> np.ndarray:
    return np.column_stack([np.empty((len(cells), 0), int), *(cells[name].cat.codes for name in cells)])


def _cells(groups: pd.DataFrame) -> list[str]:
    return [name for name in groups.columns if name not in BESIDE_CELLS]


def _load(path: Path, key: str) -> Counted | None:
    """What is kept, or None where it is absent, out of date or damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            told = json.loads(kept["told"].tobytes())
            return _counted(told, {name: kept[name] for name in kept.files}) if told["key"] == key else None
    except (FileNotFoundError, ValueError, KeyError, zipfile.BadZipFile, EOFError):
        return None


def _counted(told: dict[str, Any], kept: Mapping[str, np.ndarray]) -> Counted:
    groups = pd.concat([pd.DataFrame(told["labels"], dtype=str), _categories(told["cells"], kept["cells"])], axis=1)
    for name, column, kind in zip(("n", "w", "w2"), kept["groups"].T, (np.int64, float, float), strict=True):
        groups[name] = column.astype(kind)
    places = _places(told)
    items = {name: _item(kept, places[name], name, *rest) for name, *rest in told["items"]}
    numbers = {
        name: NumberTotals(name, sums[0].astype(np.int64), *sums[1:])
        for name, sums in zip(told["numbers"], kept["numbers"], strict=True)
    }
    return Counted(groups, items, numbers, kept.get("design"), _replicates(told, kept, places))


def _places(told: dict[str, Any]) -> dict[str, slice]:
    """Columns of each item among those of all."""
    ends = np.cumsum([0, *(len(answers) for _, answers, _ in told["items"])]).tolist()
    return {name: slice(*ends) for (name, *_), ends in zip(told["items"], pairwise(ends), strict=True)}


def _item(kept: Mapping[str, np.ndarray], at: slice, name: str, answers: list[str], scored: bool) -> ItemTotals:
    n, w, w2 = (np.ascontiguousarray(kept[f"items_{part}"][:, at]) for part in PARTS)
    scores = kept["scores"][at] if scored else None
    return ItemTotals(name, tuple(answers), scores, kept["missing"][at], n.astype(np.int64), w, w2)


def _categories(cells: dict[str, list[str]], codes: np.ndarray) -> pd.DataFrame:
    columns = {
        name: pd.Categorical.from_codes(codes[:, at], categories=pd.Index(categories), ordered=True)
        for at, (name, categories) in enumerate(cells.items())
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(len(codes)))


def _replicates(
    told: dict[str, Any], kept: Mapping[str, np.ndarray], places: Mapping[str, slice]
) -> ReplicateSums | None:
    if "replicates_cells" not in kept:
        return None
    items = {name: np.ascontiguousarray(kept["replicates_items"][:, at]) for name, at in places.items()}
    numbers = dict(zip(told["numbers"], kept["replicates_numbers"], strict=True))
    cells = _categories(told["cells"], kept["replicates_cells"])
    return ReplicateSums(cells, items, numbers, kept["replicates_products"])
