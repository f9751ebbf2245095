"""Scales of a survey: items turned by the codebook, and the same results by group."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from digiskills.agreement.equivalence import item_equivalence
from digiskills.agreement.reliability import item_statistics, reliability, reliability_by
from digiskills.errors import UsageError, nearest
from digiskills.survey import Survey


def survey_reliability(
    survey: Survey,
    items: Sequence[str],
    by: str | None = None,
    missing: str = "pairwise",
    ordinal: bool = True,
) -> pd.DataFrame:
    """Reliability of a scale of a survey, for all respondents or by group.

    Parameters
    ----------
    survey : Survey
        The survey.
    items : sequence of str
        The items of the scale. Those that the codebook declares ``reverse`` are turned, no others.
    by : str, optional
        A dimension of the study, or a column of the survey such as ``answer_language``.
    missing : {"pairwise", "listwise"}
        As in `reliability`.
    ordinal : bool
        Whether ordinal alpha is wanted too.

    Returns
    -------
    DataFrame
        As `reliability` returns it, or `reliability_by` with the groups in a column named as `by`. Design
        weights are not used. `attrs["method"]["turned"]` lists the items that were turned.

    Raises
    ------
    UsageError
        If an item or `by` does not exist, an item has no scores, or the items make no scale.
    """
    scores = turned(survey, items)
    if by is None:
        return _described(reliability(scores, missing, ordinal), survey, items)
    table = reliability_by(scores, groups_of(survey, by), missing, ordinal)
    return _described(table.rename(columns={"group": by}), survey, items)


def survey_items(survey: Survey, items: Sequence[str], missing: str = "pairwise") -> pd.DataFrame:
    """What each item adds to a scale of a survey.

    Parameters
    ----------
    survey : Survey
        The survey.
    items : sequence of str
        The items of the scale, turned by the codebook's declaration.
    missing : {"pairwise", "listwise"}
        As in `reliability`.

    Returns
    -------
    DataFrame
        One row per item, as `item_statistics` returns it; means are of turned scores.
    """
    return _described(item_statistics(turned(survey, items), missing), survey, items)


def survey_equivalence(survey: Survey, items: Sequence[str], by: str, thresholds: str = "jodoin_gierl") -> pd.DataFrame:
    """Whether the items of a scale work alike in different groups of a survey.

    Parameters
    ----------
    survey : Survey
        The survey.
    items : sequence of str
        The items of the scale, turned by the codebook's declaration.
    by : str
        A dimension of the study, or a column of the survey such as ``answer_language``.
    thresholds : {"jodoin_gierl", "zumbo_thomas"}
        As in `item_equivalence`.

    Returns
    -------
    DataFrame
        One row per item and test, as `item_equivalence` returns it. Design weights are not used.
    """
    table = item_equivalence(turned(survey, items), groups_of(survey, by), thresholds)
    return _described(table, survey, items)


def groups_of(survey: Survey, by: str) -> pd.Series:
    """Return the group of each respondent.

    Parameters
    ----------
    survey : Survey
        The survey.
    by : str
        A dimension of the study, or a column of the survey.

    Returns
    -------
    Series
        One per respondent; null where there is no answer.

    Raises
    ------
    UsageError
        If there is neither a dimension nor a column of that name.
    """
    if by in survey.study.dimensions:
        return pd.Series(survey.dimension(by))
    if by not in survey.frame:
        known = [*survey.study.dimensions, *map(str, survey.frame.columns)]
        raise UsageError(f"by: there is no ‘{by}’ in the survey; {nearest(by, known)}")
    given = survey.frame[by].reset_index(drop=True)
    if by not in survey.study.codebook.items or not survey.study.codebook.item(by).answers:
        return given.astype(object).where(given.astype(str) != "")
    answers = [choice.name for choice in survey.study.codebook.item(by).answers]
    return pd.Series(pd.Categorical(given.astype(object).where(given.isin(answers)), categories=answers))


def turned(survey: Survey, items: Sequence[str]) -> pd.DataFrame:
    """Return the scores of some items.

    Parameters
    ----------
    survey : Survey
        The survey.
    items : sequence of str
        Items with scores.

    Returns
    -------
    DataFrame
        One row per respondent, one column per item; those of reverse items turned about the middle of their
        scale.

    Raises
    ------
    UsageError
        If an item does not exist or has no scores.
    """
    codebook = survey.study.codebook
    scores = {}
    for name in items:
        item = codebook.item(name)
        declared = [choice.score for choice in item.answers if choice.score is not None]
        if item.reverse and not declared:
            raise UsageError(f"items: ‘{name}’ is declared reverse and has no scores to turn; give it scores")
        given = survey.scores(name)
        scores[name] = min(declared) + max(declared) - given if item.reverse else given
    return pd.DataFrame(scores)


def _described(table: pd.DataFrame, survey: Survey, items: Sequence[str]) -> pd.DataFrame:
    turned = [name for name in items if survey.study.codebook.item(name).reverse]
    table.attrs["method"] = table.attrs["method"] | {"turned": turned}
    return table
