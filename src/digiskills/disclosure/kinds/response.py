"""Whom the sample holds, by the dimensions for which the population's heads are known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from digiskills.disclosure.source import Source
from digiskills.gaps import nonresponse
from digiskills.gaps.respondents import limited
from digiskills.survey import Survey

WHOLE = "all"
NUMBERS = ["n", "clusters", "estimate", "se", "df", "low", "high"]


def response(source: Source) -> pd.DataFrame:
    """Return the share of people of the departments drawn who answered, by each dimension.

    How many of a group were invited is not in the data, so the share is one of the design and of the response
    together: no response rate, and no ground for an R-indicator or a bound on bias.

    Parameters
    ----------
    source : Source
        The table and its data. Option ``of``: the dimensions, size and level unless given.

    Returns
    -------
    DataFrame
        One row per dimension and one per group: measure (`response`), dimension, category (`all` for a dimension as
        a whole), heads, n, clusters, estimate, and se, df, low, high, which are empty.
    """
    survey = limited(source.survey, source.where)
    dimensions = tuple(source.option("of", nonresponse.DIMENSIONS))
    frame = nonresponse.partial_r_indicators(survey, dimensions).rename(columns={"response": "estimate"})
    frame["clusters"] = [_clusters(survey, *row) for row in frame[["dimension", "category"]].to_numpy()]
    frame = frame.assign(measure="response", **dict.fromkeys(("se", "df", "low", "high"), np.nan))
    frame = frame[["measure", "dimension", "category", "heads", *NUMBERS]]
    frame.attrs["method"] = {"of": dimensions, "response": "design and response together; invited are not known"}
    return frame


def _clusters(survey: Survey, dimension: str, category: str) -> int:
    """Departments with a respondent of the category; respondents where there are no departments."""
    inside = survey.weight > 0
    if category != WHOLE:
        inside &= np.asarray(survey.dimension(dimension), dtype=object) == category
    if survey.cluster is None:
        return int(inside.sum())
    return int(survey.cluster.astype(str)[inside].nunique())
