"""Who answered and who did not, by the dimensions for which the population's heads are known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from digiskills.disclosure.source import Source
from digiskills.gaps import nonresponse
from digiskills.gaps.respondents import limited
from digiskills.survey import Survey

WHOLE = "all"
DECIMALS = 4
NUMBERS = ["n", "clusters", "estimate", "se", "df", "low", "high"]
PARTS = ["unconditional", "conditional"]


def response(source: Source) -> pd.DataFrame:
    """Return how alike the response of all groups is, and what each dimension and group adds to its differences.

    Parameters
    ----------
    source : Source
        The table and its data. Option ``of``: the dimensions, size and level unless given.

    Returns
    -------
    DataFrame
        First one row of the R-indicator, then one row per dimension and one per group: measure (`r_indicator`,
        `response`), dimension, category (`all` for a dimension as a whole), heads, n, clusters, estimate, se, df, low,
        high, unconditional, conditional (partial R-indicators). `attrs["method"]["largest_bias"]` bounds the bias of a
        mean, in standard deviations of what is measured.
    """
    survey = limited(source.survey, source.where)
    dimensions = tuple(source.option("of", nonresponse.DIMENSIONS))
    indicator = nonresponse.r_indicator(survey, dimensions)
    whole = indicator[NUMBERS].assign(measure="r_indicator", dimension=WHOLE, category=WHOLE)
    partial = nonresponse.partial_r_indicators(survey, dimensions).rename(columns={"response": "estimate"})
    partial["clusters"] = [_clusters(survey, *row) for row in partial[["dimension", "category"]].to_numpy()]
    frame = pd.concat([whole, partial.assign(measure="response")], ignore_index=True)
    frame = frame[["measure", "dimension", "category", "heads", *NUMBERS, *PARTS]]
    frame.attrs["method"] = indicator.attrs["method"] | {
        "response": round(float(indicator["response"].iloc[0]), DECIMALS),
        "largest_bias": round(float(indicator["largest_bias"].iloc[0]), DECIMALS),
        "of": dimensions,
    }
    return frame


def _clusters(survey: Survey, dimension: str, category: str) -> int:
    """Departments with a respondent of the category; respondents where there are no departments."""
    inside = survey.weight > 0
    if category != WHOLE:
        inside &= np.asarray(survey.dimension(dimension), dtype=object) == category
    if survey.cluster is None:
        return int(inside.sum())
    return int(survey.cluster.astype(str)[inside].nunique())
