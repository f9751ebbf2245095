"""What must hold of the columns of a survey design; everything that does not is said at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from digiskills.errors import DesignError, UsageError, nearest
from digiskills.estimates.sample import clusters_in_two_strata, listed

HEADER_ROWS = 2  # the header is row 1, so the first respondent is row 2
Given = Mapping[str, "str | None"]  # part of the design to its column


def check_columns(frame: pd.DataFrame, given: Given) -> None:
    """Refuse columns that the frame does not have.

    Raises
    ------
    UsageError
        With every such column and the nearest that is there.
    """
    there = [str(column) for column in frame.columns]
    problems = [
        f"{part}: no column ‘{column}’; {nearest(column, there)}"
        for part, column in given.items()
        if column is not None and column not in there
    ]
    if problems:
        raise UsageError("\n".join(problems))


def check_rows(frame: pd.DataFrame, given: Given, nest: bool) -> None:
    """Refuse weights, strata, clusters and populations that no design has.

    Raises
    ------
    DesignError
        With everything that is wrong, by row (the header is row 1) or by label.
    """
    if not len(frame):
        raise DesignError("no respondents: the frame has no rows")
    problems = _weight_problems(frame[given["weight"]])
    for part in ("stratum", "cluster", "population", "people"):
        if given[part] is not None:
            problems += _at_rows(f"{part}: missing", frame[given[part]].isna().to_numpy())
    if given["cluster"] is not None and given["stratum"] is not None and not nest:
        problems += _nesting_problems(frame[given["stratum"]], frame[given["cluster"]])
    if given["people"] is not None and given["cluster"] is None:
        problems += ["population: two columns are for a sample with clusters; name the cluster, or give one"]
    for part, within in (("population", ["stratum"]), ("people", ["stratum", "cluster"])):
        if given[part] is not None:
            places = [given[place] for place in within if given[place] is not None]
            problems += _varying_problems(frame, within[-1], places, str(given[part]))
    if problems:
        raise DesignError("\n".join(problems))


def _weight_problems(weight: pd.Series) -> list[str]:
    if not pd.api.types.is_numeric_dtype(weight):
        return [f"weight: column ‘{weight.name}’ holds {weight.dtype}, not numbers"]
    values = weight.to_numpy(dtype=float, na_value=np.nan)
    problems = _at_rows("weight: missing", np.isnan(values)) + _at_rows("weight: negative", values < 0)
    problems += _at_rows("weight: infinite", np.isinf(values))
    return problems + (["weight: every weight is 0"] if (values == 0).all() else [])


def _at_rows(message: str, wrong: np.ndarray) -> list[str]:
    rows = np.flatnonzero(wrong) + HEADER_ROWS
    return [f"{message} in row {listed(rows.tolist())}"] if len(rows) else []


def _nesting_problems(stratum: pd.Series, cluster: pd.Series) -> list[str]:
    labels = clusters_in_two_strata(stratum, cluster)
    way_out = "correct them, or say nest=True where they are different clusters"
    return [f"cluster: in more than one stratum: {listed(labels)}; {way_out}"] if labels else []


def _varying_problems(frame: pd.DataFrame, place: str, columns: list[str | None], population: str) -> list[str]:
    if not pd.api.types.is_numeric_dtype(frame[population]):
        return [f"population: column ‘{population}’ holds {frame[population].dtype}, not numbers"]
    groups = [frame[column].to_numpy() for column in columns] or [np.full(len(frame), "all")]
    numbers = frame[population].groupby(groups, observed=True).nunique()
    labels = numbers.index.get_level_values(-1)[numbers > 1]
    varying = [str(label) for label in labels]
    return [f"population: more than one number within {place} {listed(varying)}"] if varying else []
