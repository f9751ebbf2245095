"""Answers of people in departments with a declared truth, counted, for tests of the next survey."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from digiskills.answers import Answers, ItemTotals
from digiskills.estimates import Estimand

SHARE, MEAN = Estimand("share", "held", ("yes",)), Estimand("mean", "held")


def counted(
    score: np.ndarray,
    department: np.ndarray,
    weight: np.ndarray | float = 1.0,
    stratum: np.ndarray | str = "all",
    size: np.ndarray | str = "small",
    departments: Mapping[str, int] | None = None,
    people: Mapping[str, int] | None = None,
    clustered: bool = True,
) -> Answers:
    """Count one item, whose answers are its scores; of two, the higher is called yes."""
    frame = pd.DataFrame({"stratum": stratum, "cluster": department.astype(str), "department_size": size, "y": score})
    frame["w"] = weight
    frame["w2"], frame["n"] = frame["w"] ** 2, 1
    if not clustered:
        frame["cluster"] = frame["stratum"]
    keys = ["stratum", "cluster", "department_size"]
    groups = frame.groupby(keys)[["n", "w", "w2"]].sum().reset_index()
    scores = np.unique(score)
    tables = frame.pivot_table(index=keys, columns="y", values=["n", "w", "w2"], aggfunc="sum", fill_value=0)
    n, w, w2 = (tables[name].reindex(columns=scores, fill_value=0).to_numpy(dtype=float) for name in ("n", "w", "w2"))
    names = ("no", "yes") if len(scores) == 2 else tuple(f"{value:g}" for value in scores)
    item = ItemTotals("held", names, scores, np.zeros(len(scores), dtype=bool), n, w, w2)
    groups["department_size"] = pd.Categorical(groups["department_size"])
    return Answers(
        groups,
        {"held": item},
        ("department_size",),
        None if departments is None else pd.Series(departments),
        "adjust",
        clustered,
        None if people is None else pd.Series(people),
    )


def shares(rng: np.random.Generator, departments: int, share: float, icc: float) -> np.ndarray:
    """Draw the share of each department, so that answers within one correlate by `icc`."""
    if icc == 0:
        return np.full(departments, share)
    total = 1 / icc - 1
    return np.asarray(rng.beta(share * total, (1 - share) * total, departments))


def taken(rng: np.random.Generator, people: np.ndarray, departments: int, take: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw departments of a population (departments x people), then people of each; answers and department of each."""
    chosen = rng.choice(len(people), departments, replace=False)
    answers = np.stack([rng.choice(people[at], take, replace=False) for at in chosen])
    return answers.ravel(), np.repeat(chosen, take)
