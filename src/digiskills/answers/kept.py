"""Answers kept beside the typed table, so that a survey is counted once for all who ask."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from digiskills import paths
from digiskills.answers.derived import Derived, told
from digiskills.answers.form import SUMS, Counted, form
from digiskills.answers.streamed import count_parquet, dictionaries
from digiskills.answers.totals import Answers, ItemTotals, NumberTotals
from digiskills.study import Study, Wave
from digiskills.survey.processed import clusters_in_population, inputs_digest, people_in_clusters, typed_file

FORMAT = "1"  # of the kept file; another number counts anew


def read(
    study: Study,
    wave: str = "latest",
    dimensions: Sequence[str] = ("department_size", "level"),
    derived: Sequence[Derived] = (),
    numbers: Sequence[str] = (),
) -> Answers:
    """Return a wave's counted answers without reading its respondents again, where nothing has changed.

    Parameters
    ----------
    study : Study
        What the study declares.
    wave : str
        A wave's name, or ``latest``.
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
    codebook, what is asked for and the format. Sums by department are as private as the survey.
    """
    declared = study.wave(wave)
    asked = hashlib.sha256(
        repr((tuple(dimensions), [told(each) for each in derived], tuple(numbers))).encode()
    ).hexdigest()
    path = paths.processed(study.name) / f"answers_{declared.name}_{asked[:12]}.npz"
    key = f"{FORMAT} {asked} {inputs_digest(study, declared)}"
    counted = _load(path, key)
    if counted is None:
        table = typed_file(study, declared.name)
        what = form(study, dictionaries(table), dimensions, derived, numbers)
        counted = count_parquet(table, what)
        _keep(path, key, counted)
    return _answers(study, declared, dimensions, counted)


def _answers(study: Study, wave: Wave, dimensions: Sequence[str], counted: Counted) -> Answers:
    return Answers(
        counted.groups,
        counted.items,
        tuple(dimensions),
        clusters_in_population(study, wave),
        study.design.lonely_cluster,
        bool(study.design.cluster),
        people_in_clusters(study, wave),
        counted.numbers,
    )


def _keep(path: Path, key: str, counted: Counted) -> None:
    """Write aside, then rename: a reader never sees half a file."""
    aside = path.with_suffix(f".{os.getpid()}.tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        np.savez(file, **_arrays(key, counted))
    aside.replace(path)


def _arrays(key: str, counted: Counted) -> dict[str, Any]:
    """The sums as arrays, the words as JSON; nothing pickled."""
    groups, cells = counted.groups, _cells(counted.groups)
    told = {
        "key": key,
        "labels": {name: groups[name].tolist() for name in ("stratum", "cluster")},
        "cells": {name: list(groups[name].cat.categories) for name in cells},
        "items": [(item.name, item.answers, item.scores is not None) for item in counted.items.values()],
        "numbers": list(counted.numbers),
    }
    arrays = {"told": np.frombuffer(json.dumps(told).encode(), dtype=np.uint8)}
    arrays["cells"] = np.column_stack([np.empty((len(groups), 0), int), *(groups[name].cat.codes for name in cells)])
    arrays["groups"] = groups[["n", "w", "w2"]].to_numpy(float)
    for at, item in enumerate(counted.items.values()):
        parts = {"n": item.n, "w": item.w, "w2": item.w2, "missing": item.missing, "scores": item.scores}
        arrays |= {f"item{at}_{name}": part for name, part in parts.items() if part is not None}
    for at, number in enumerate(counted.numbers.values()):
        arrays |= {f"number{at}_{name}": getattr(number, name) for name in SUMS}
    return arrays


def _cells(groups: pd.DataFrame) -> list[str]:
    return [name for name in groups.columns if name not in ("stratum", "cluster", "n", "w", "w2")]


def _load(path: Path, key: str) -> Counted | None:
    """What is kept, or None where it is absent, out of date or damaged."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            told = json.loads(kept["told"].tobytes())
            return _counted(told, kept) if told["key"] == key else None
    except (FileNotFoundError, ValueError, KeyError, zipfile.BadZipFile, EOFError):
        return None


def _counted(told: dict[str, Any], kept: Mapping[str, np.ndarray]) -> Counted:
    groups = pd.DataFrame(told["labels"], dtype=str)
    for at, (name, categories) in enumerate(told["cells"].items()):
        groups[name] = pd.Categorical.from_codes(kept["cells"][:, at], categories=categories, ordered=True)
    for name, column, kind in zip(("n", "w", "w2"), kept["groups"].T, (np.int64, float, float), strict=True):
        groups[name] = column.astype(kind)
    items = {name: _item(kept, at, name, *rest) for at, (name, *rest) in enumerate(told["items"])}
    numbers = {
        name: NumberTotals(name, *(kept[f"number{at}_{part}"] for part in SUMS))
        for at, name in enumerate(told["numbers"])
    }
    return Counted(groups, items, numbers)


def _item(kept: Mapping[str, np.ndarray], at: int, name: str, answers: list[str], scored: bool) -> ItemTotals:
    sums = (kept[f"item{at}_{part}"] for part in ("missing", "n", "w", "w2"))
    return ItemTotals(name, tuple(answers), kept[f"item{at}_scores"] if scored else None, *sums)
