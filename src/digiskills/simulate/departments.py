"""The departments of a synthetic public service, and the people who work in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from digiskills.simulate.draws import normals, uniforms
from digiskills.simulate.effects import product
from digiskills.simulate.truth import Truth


def departments(truth: Truth) -> pd.DataFrame:
    """Return every department of the population, sampled or not.

    Parameters
    ----------
    truth : Truth
        What is true of the departments.

    Returns
    -------
    DataFrame
        One row per department: its name, the frame columns (such as department_size), stratum, heads in
        the first wave, and ``number``, the permanent random number by which it is sampled.
    """
    strata = truth.numbers["departments"]["strata"]
    rows = pd.DataFrame(
        [_labels(stratum, truth) | {"low": stratum["heads"][0], "high": stratum["heads"][1]}
         for stratum in strata for _ in range(stratum["departments"])]
    )  # fmt: skip
    count = len(rows)
    drawn = uniforms(truth.seed, "departments/heads", count)
    heads = np.rint(rows["low"] + (rows["high"] - rows["low"]) * drawn * drawn).astype(int)
    # Names are dealt out by lot, so that a department's number says nothing of its size.
    order = np.argsort(uniforms(truth.seed, "departments/name", count), kind="stable")
    names = [truth.numbers["departments"]["name"].format(place + 1) for place in np.argsort(order, kind="stable")]
    table = rows.drop(columns=["low", "high"]).assign(
        heads=heads, number=uniforms(truth.seed, "departments/sampled", count)
    )
    table.insert(0, truth.column("cluster"), pd.Series(pd.Categorical(names, categories=sorted(names))))
    return _categorical(table, [*truth.frame_columns, truth.column("stratum")])


def people(truth: Truth, wave: str) -> pd.DataFrame:
    """Return everyone who works in the departments at the time of a wave, without their answers.

    Parameters
    ----------
    truth : Truth
        What is true of the people.
    wave : str
        One of the truth's waves.

    Returns
    -------
    DataFrame
        One row per person: wave, department, frame columns, stratum, then each column under ``[people]``.
    """
    table = departments(truth)
    growth = truth.numbers["departments"].get("growth", {}).get(wave)
    heads = table["heads"].to_numpy()
    if growth:
        heads = np.maximum(np.rint(heads * product(table, growth)).astype(int), 1)
    staff = table.drop(columns=["heads", "number"]).loc[np.repeat(table.index, heads)].reset_index(drop=True)
    staff.insert(0, truth.column("wave"), pd.Series(coded(np.full(len(staff), truth.waves.index(wave)), truth.waves)))
    place = np.concatenate([np.arange(size) / size for size in heads])
    for name, declared in truth.numbers["people"].items():
        exact = declared.get("exact", False)
        lot = place if exact else uniforms(truth.seed, f"{wave}/people/{name}", len(staff))
        staff[name] = _drawn(staff, declared, lot)
    return staff


def department_effect(people: pd.DataFrame, truth: Truth, name: str, spread: float) -> np.ndarray:
    """Return what a person's department adds to a latent answer.

    Parameters
    ----------
    people : DataFrame
        People of one wave, with their department.
    truth : Truth
        Holds the seed and ``departments.constancy``.
    name : str
        What the effect is on.
    spread : float
        Its standard deviation between departments.

    Returns
    -------
    ndarray of float
        One number per person, the same for everyone in a department.

    Notes
    -----
    A department's effects in two waves correlate by ``departments.constancy``.
    """
    wave = str(people[truth.column("wave")].iloc[0])
    department = people[truth.column("cluster")]
    count = len(department.cat.categories)
    constancy = truth.numbers["departments"]["constancy"]
    lasting = normals(truth.seed, f"department/{name}", count)
    passing = normals(truth.seed, f"{wave}/department/{name}", count)
    effect = spread * (np.sqrt(constancy) * lasting + np.sqrt(1 - constancy) * passing)
    return np.asarray(effect[department.cat.codes.to_numpy()])


def coded(codes: np.ndarray, names: Sequence[str]) -> pd.Categorical:
    """Return answers from their places in a list of codes.

    Parameters
    ----------
    codes : ndarray of int
        One place per person, -1 for none.
    names : sequence of str
        The codes.

    Returns
    -------
    Categorical
        One code per person.
    """
    dtype: pd.CategoricalDtype[Any] = pd.CategoricalDtype(list(names))
    return pd.Categorical.from_codes(codes.astype(np.int64), dtype=dtype)


def _labels(stratum: Mapping[str, Any], truth: Truth) -> dict[str, str]:
    categories = {name: stratum[name] for name in truth.frame_columns}
    return categories | {truth.column("stratum"): ".".join(categories.values())}


def _categorical(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Make columns categorical, categories in the order in which the truth first names them."""
    return table.assign(**{name: pd.Categorical(table[name], categories=list(dict.fromkeys(table[name])))
                           for name in columns})  # fmt: skip


def _drawn(staff: pd.DataFrame, declared: Mapping[str, Any], lot: np.ndarray) -> pd.Categorical:
    """Give each person the category in whose part of the cumulated shares their lot falls."""
    shares = declared["shares"]
    by = declared.get("by")
    groups = shares if by else {"": shares}
    names = list(dict.fromkeys(category for group in groups.values() for category in group))
    codes = np.zeros(len(staff), dtype=int)
    for group, given in groups.items():
        meant = (staff[by] == group).to_numpy() if by else np.ones(len(staff), dtype=bool)
        limits = np.cumsum([given.get(name, 0.0) for name in names])
        codes[meant] = np.searchsorted(limits[:-1] / limits[-1], lot[meant], side="right")
    return coded(codes, names)
