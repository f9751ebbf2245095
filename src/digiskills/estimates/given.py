"""Which answers a share is about."""

from __future__ import annotations

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest


def given_answers(column: pd.Series, answers: object) -> list[tuple[object, list[object]]]:
    """Each answer of an item by itself, or those asked for counted together.

    Parameters
    ----------
    column : Series
        Answers of one item.
    answers : answer, collection of answers, or None
        What counts; None for each answer.

    Returns
    -------
    list of tuple
        Label (None for several together) and the answers that count.

    Raises
    ------
    UsageError
        If an answer is none of the item's; a number that nobody gave is an answer all the same.
    """
    wanted = list(answers) if isinstance(answers, list | tuple | set | frozenset) else [answers]
    if answers is not None and pd.api.types.is_numeric_dtype(column):
        return [(None, wanted)]
    known = list(pd.Categorical(column).categories)
    if answers is None:
        return [(answer, [answer]) for answer in known]
    wrong = [answer for answer in wanted if answer not in known]
    if wrong:
        names = [str(answer) for answer in known]
        hints = [f"‘{column.name}’ has no ‘{answer}’; {nearest(str(answer), names)}" for answer in wrong]
        raise UsageError("\n".join(f"answers: {hint}" for hint in hints))
    return [(None, wanted)]


def gave(column: pd.Series, answers: list[object]) -> np.ndarray:
    """1 where one of the answers was given, 0 where another was, NaN where none was."""
    if column.dtype == float and all(isinstance(answer, int | float) for answer in answers):
        values = column.to_numpy()
        is_one = np.logical_or.reduce([values == answer for answer in answers]) if answers else np.zeros(len(values))
        return np.where(np.isnan(values), np.nan, is_one)
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy()
        # An answer that nobody could give is -1, like one that is missing, which is told apart first.
        wanted = column.cat.categories.get_indexer(pd.Index(answers))
        return np.where(codes < 0, np.nan, np.isin(codes, wanted).astype(float))
    return np.where(column.isna(), np.nan, column.isin(answers).astype(float))
