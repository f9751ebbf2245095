"""Whether the scales are scales, and whether their questions work alike in different groups."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from digiskills import agreement
from digiskills.disclosure.source import Source
from digiskills.errors import UsageError
from digiskills.gaps.respondents import within
from digiskills.survey import Survey

GROUPS = "level"
"""What makes the groups in which questions are compared, unless a table says otherwise."""
EQUIVALENCE = ["scale", "item", "test", "n", "fewest", "clusters", "estimate", "chi2", "df", "p", "p_adjusted"]
EQUIVALENCE += ["size", "reason"]
ONE_GROUP = "one_group"


def reliability(source: Source) -> pd.DataFrame:
    """Return the reliability of each scale of the survey.

    Parameters
    ----------
    source : Source
        The table and its data; by one dimension at most.

    Returns
    -------
    DataFrame
        One row per scale, coefficient and group; see `digiskills.agreement.scale_reliability`. Covariances are
        pairwise; `n` and `fewest` are the respondents behind the thinnest pair of questions, in every row.

    Raises
    ------
    UsageError
        If the table is by several dimensions, or the form has no scale.
    """
    if len(source.by) > 1:
        raise UsageError(f"reliability: by {', '.join(source.by)}; a scale is shown by one dimension at most")
    found = agreement.scale_reliability(_inside(source), source.by[0] if source.by else None)
    made = found.assign(n=found["fewest"])
    made.attrs["method"] = found.attrs["method"]
    return made


def item_rest(source: Source) -> pd.DataFrame:
    """Return what each question adds to its scale.

    Parameters
    ----------
    source : Source
        The table and its data; without a breakdown.

    Returns
    -------
    DataFrame
        One row per question, as `digiskills.agreement.scale_items` gives it, with `fewest`: the respondents behind
        the thinnest pair of questions of its scale.

    Raises
    ------
    UsageError
        If the table has a breakdown, or a question has no variance.
    """
    _refuse_by(source)
    survey = _inside(source)
    found = agreement.scale_items(survey)
    method = found.attrs["method"]
    scales = agreement.scale_reliability(survey, which=("alpha", "spearman_brown")).drop_duplicates("item")
    found.insert(
        list(found.columns).index("clusters"), "fewest", found["scale"].map(scales.set_index("item")["fewest"])
    )
    found.attrs["method"] = method
    return found


def equivalence(source: Source) -> pd.DataFrame:
    """Return whether the questions of each scale work alike in different groups.

    Parameters
    ----------
    source : Source
        The table and its data; without a breakdown. Option ``groups``: a dimension of the study, or a question such
        as the language of the answers.

    Returns
    -------
    DataFrame
        One row per scale and question, as `digiskills.agreement.scale_equivalence` gives it for the test of any
        difference; without numbers where the scope leaves one group, which has none to be compared with.

    Raises
    ------
    UsageError
        If the table has a breakdown, there are no such groups, or no scale has three questions.

    Notes
    -----
    A row compares groups, so the smallest of them decides on release: with its respondents (`fewest`) and its
    clusters.
    """
    _refuse_by(source)
    survey, groups = _inside(source), str(source.option("groups", GROUPS))
    labels = agreement.groups_of(survey, groups)
    if labels.nunique() < 2:
        return _of_one_group(survey, groups)
    found = agreement.scale_equivalence(survey, groups)
    method = found.attrs["method"]
    if survey.cluster is not None:
        met = survey.cluster.reset_index(drop=True).astype(str).groupby(labels.astype(object)).nunique()
        found = found.assign(clusters=found["clusters"].clip(upper=int(met.min())))
    found.attrs["method"] = method
    return found


def _of_one_group(survey: Survey, groups: str) -> pd.DataFrame:
    """Rows that say why there is no test: one group has none to be compared with."""
    items = agreement.scale_items(survey)
    items = items[items.groupby("scale")["item"].transform("size") > 2]
    found = items.assign(test="total", fewest=items["n"], size="", reason=ONE_GROUP, estimate=np.nan)
    found = found.assign(**dict.fromkeys(("chi2", "df", "p", "p_adjusted"), np.nan))[EQUIVALENCE].reset_index(drop=True)
    moderate, large = agreement.THRESHOLDS["jodoin_gierl"]
    found.attrs["method"] = {"groups": groups, "moderate": moderate, "large": large}
    return found


def _inside(source: Source) -> Survey:
    """The respondents inside the scope alone: these tables have no weights and no design that would need the others."""
    survey = source.survey
    if not source.where:
        return survey
    inside = within(survey, source.where)
    return dataclasses.replace(survey, frame=survey.frame[inside].reset_index(drop=True))


def _refuse_by(source: Source) -> None:
    if source.by:
        raise UsageError(f"{source.table.kind}: by {', '.join(source.by)}; this table has no breakdown, leave it out")
