"""Results as a tidy frame of estimates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from digiskills.estimates import degrees_of_freedom, intervals
from digiskills.estimates.degrees_of_freedom import LOW_DF
from digiskills.estimates.domains import Domains
from digiskills.estimates.notes import notes
from digiskills.estimates.sample import Sample
from digiskills.estimates.variance import Sums, estimate


def table(
    sums: Sums,
    sample: Sample,
    domains: Domains,
    keys: pd.DataFrame,
    interval: str,
    df: str,
    shares: bool = False,
) -> pd.DataFrame:
    """Estimates with their errors and intervals.

    Parameters
    ----------
    sums : Sums
        Sums by domain and cluster.
    sample : Sample
        The whole sample.
    domains : Domains
        What the rows of the results are about.
    keys : DataFrame
        One row per column of `sums`, in order: `item`, and `answer` where each answer is estimated.
    interval : {"t", "logit", "beta", "wilson"}
        How intervals are made.
    df : {"domain", "design"}
        Rule for the degrees of freedom.
    shares : bool
        Whether the estimates are shares of 0 to 1.

    Returns
    -------
    DataFrame
        One row per row of `keys` and domain: the keys, the domain, n, clusters, estimate, se, df, low, high,
        note (see `digiskills.estimates.notes`). `attrs["method"]` says how.
    """
    check_df(df)
    intervals.check(interval)
    results = estimate(sums, sample, df)
    low, high = intervals.bounds(results, interval, shares)
    numbers = {name: getattr(results, name) for name in ("n", "clusters", "estimate", "se", "df")}
    noted = notes(results.n, results.se, results.df, results.alone, results.excess)
    numbers |= {"low": low, "high": high, "note": noted}
    frame = labelled(keys, domains.labels, {name: number.T.ravel() for name, number in numbers.items()})
    frame.attrs["method"] = _method(sample, interval, df, shares) | {"df_low": few_df(frame["df"])}
    return frame


def check_df(df: str) -> None:
    """Refuse a rule for degrees of freedom that does not exist."""
    degrees_of_freedom.check(df)


def keys(items: Sequence[str]) -> pd.DataFrame:
    """One row per item; the same frame for the same items, so nobody may change it."""
    return _keys(tuple(items))


@lru_cache(maxsize=512)
def _keys(items: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({"item": list(items)})


def labelled(keys: pd.DataFrame, labels: pd.DataFrame, numbers: Mapping[str, np.ndarray] | None = None) -> pd.DataFrame:
    """Each row of `keys` with every row of `labels`, and columns of numbers for these rows."""
    repeated, tiled = np.repeat(np.arange(len(keys)), len(labels)), np.tile(np.arange(len(labels)), len(keys))
    columns: dict[str, object] = {str(name): column.array.take(repeated) for name, column in keys.items()}
    columns |= {str(name): column.array.take(tiled) for name, column in labels.items()}
    return pd.DataFrame(columns | dict(numbers or {}))


def few_df(df: pd.Series) -> str:
    """How many rows have so few degrees of freedom that their intervals are rough, for the method of a table."""
    return f"{int((df < LOW_DF).sum())} of {len(df)} rows have fewer than {LOW_DF} degrees of freedom"


def _method(sample: Sample, interval: str, df: str, shares: bool) -> dict[str, object]:
    return design_of(sample, df) | {
        "interval": intervals.words(interval, shares),
        "confidence": intervals.CONFIDENCE,
    }


def design_of(sample: Sample, df: str) -> dict[str, object]:
    """How the sample was drawn and errors were made, for the method of a table."""
    return {
        "design": sample.description,
        "lonely": sample.lonely,
        "df": df,
        "df_rule": degrees_of_freedom.words(sample, df),
        "df_design": sample.degrees_of_freedom,
        "missing": "left out estimate by estimate, as a domain",
    }
