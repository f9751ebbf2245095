"""A table of estimates with errors that were made another way."""

from __future__ import annotations

import numpy as np
import pandas as pd

from digiskills.estimates import intervals
from digiskills.estimates.notes import LONELY, gravest, notes
from digiskills.estimates.variance import ZERO_ERROR, Results


def with_errors(
    table: pd.DataFrame, se: np.ndarray, interval: str, shares: bool, df: np.ndarray | None = None
) -> pd.DataFrame:
    """Return a table of estimates with other standard errors, and the intervals and notes that follow.

    Parameters
    ----------
    table : DataFrame
        Estimates frame.
    se : ndarray, domains x estimates
        Standard errors.
    interval : str
        How intervals are made.
    shares : bool
        Whether the estimates are shares.
    df : ndarray, one per domain, optional
        Degrees of freedom; by default those of the table.

    Returns
    -------
    DataFrame
        A new frame; a lonely cluster is noted only where degrees of freedom stay those of the table.
    """
    one = {name: table[[name]].to_numpy() for name in ("n", "clusters", "estimate", "df")}
    if df is not None:
        one["df"] = np.where(one["n"] > 0, np.tile(df, se.shape[1])[:, None], 0)
    errors = se.T.ravel()[:, None]
    errors = np.where(errors < ZERO_ERROR * np.abs(one["estimate"].astype(float)), 0, errors)
    results = Results(one["n"], one["clusters"], one["estimate"], errors, one["df"])
    low, high = intervals.bounds(results, interval, shares)
    made = table.assign(se=errors.ravel(), df=one["df"].ravel(), low=low.ravel(), high=high.ravel())
    lonely = np.where((table["note"] == LONELY) & (df is None), LONELY, "")
    made["note"] = gravest([lonely, notes(made["n"].to_numpy(), errors.ravel(), one["df"].ravel())])
    made.attrs["method"] = dict(table.attrs["method"])
    return made
