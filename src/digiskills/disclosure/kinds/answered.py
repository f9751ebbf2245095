"""Respondents, their answers and what they are short of."""

from __future__ import annotations

import pandas as pd

from digiskills import estimates, gaps
from digiskills.answers import barrier_side as side
from digiskills.disclosure.source import Source


def respondents(source: Source) -> pd.DataFrame:
    """Return how many answered.

    Parameters
    ----------
    source : Source
        The table and its data.

    Returns
    -------
    DataFrame
        One row per domain.
    """
    return estimates.respondents(source.answers, by=source.by, where=source.where)


def missing(source: Source) -> pd.DataFrame:
    """Return what share of those asked gave no answer, and why.

    Parameters
    ----------
    source : Source
        The table and its data.

    Returns
    -------
    DataFrame
        One row per item, reason and domain.
    """
    return estimates.missing(source.answers, source.columns, by=source.by, where=source.where)


def means(source: Source) -> pd.DataFrame:
    """Return mean scores.

    Parameters
    ----------
    source : Source
        The table and its data.

    Returns
    -------
    DataFrame
        One row per item and domain.
    """
    return estimates.means(source.answers, source.columns, by=source.by, where=source.where)


def shares(source: Source) -> pd.DataFrame:
    """Return the share of each answer.

    Parameters
    ----------
    source : Source
        The table and its data.

    Returns
    -------
    DataFrame
        One row per item, answer and domain.
    """
    return estimates.shares(source.answers, source.columns, by=source.by, where=source.where)


def barrier_side(source: Source) -> pd.DataFrame:
    """Return the share on the barrier side of each item.

    Parameters
    ----------
    source : Source
        The table and its data.

    Returns
    -------
    DataFrame
        One row per item and domain.
    """
    of = {name: side(source.codebook.item(name)) for name in source.columns}
    return estimates.shares(source.answers, source.columns, of=of, by=source.by, where=source.where)


def shortfalls(source: Source) -> pd.DataFrame:
    """Return who is short of which skills.

    Parameters
    ----------
    source : Source
        The table and its data.

    Returns
    -------
    DataFrame
        One row per skill, measure and domain.
    """
    return gaps.shortfalls(source.answers, source.skills, by=source.by, where=source.where, heads=source.heads)
