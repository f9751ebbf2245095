"""The pass over a survey in memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.answers.counter import Batch, Counter
from digiskills.answers.derived import Derived
from digiskills.answers.form import Counted, Form, answers, form, one_label
from digiskills.answers.totals import Answers
from digiskills.survey import Survey, rscales


def count(
    survey: Survey,
    dimensions: Sequence[str] = ("department_size", "level"),
    people: pd.Series | None = None,
    derived: Sequence[Derived] = (),
    numbers: Sequence[str] = (),
) -> Answers:
    """Count a survey once, for every later estimate.

    Parameters
    ----------
    survey : Survey
        One row per respondent.
    dimensions : sequence of str
        What later estimates can be broken down by.
    people : Series, optional
        People of each cluster in the population, by label; by default those of the survey. Where only some
        of a cluster's people answered, errors then hold a second stage; without it a stratum with all its
        clusters in the sample has no error.
    derived : sequence of Net, AnyOf or Both
        Items to make from others, respondent by respondent.
    numbers : sequence of str
        Numeric items, counted as sums of w, w y, w², w² y and w² y².

    Returns
    -------
    Answers
        Sums by stratum, cluster, cell, item and answer.

    Notes
    -----
    A respondent with weight 0 stays in `groups` (the sample) and out of every item. The gap of a skill is the
    score needed minus the score held, on those who answered both.
    """
    counted = count_frame(survey.frame, form(survey.study, categories(survey.frame), dimensions, derived, numbers))
    known = survey.people if people is None else people
    return answers(survey.study, counted, survey.population, known, rscales(survey.study))


def categories(frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Categories of each column that holds answers, by column."""
    kinds = {str(name): dtype for name, dtype in frame.dtypes.items() if isinstance(dtype, pd.CategoricalDtype)}
    return {name: tuple(str(value) for value in kind.categories) for name, kind in kinds.items()}


def count_frame(frame: pd.DataFrame, form: Form) -> Counted:
    """Count a typed table.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent; answers are categories, weights and numeric items numbers.
    form : Form
        What is counted and by what.

    Returns
    -------
    Counted
        One row per group.
    """
    keys, labels = [], []
    for column in (form.stratum, form.cluster):
        values = pd.Categorical(np.zeros(len(frame)) if column is None else frame[column].astype(str))
        keys.append(values.codes.astype(np.int64))
        labels.append(one_label(column, values.categories))
    keys += [
        pd.Index(cell.codes, dtype=str).get_indexer(pd.Index(frame[cell.column].astype(str))) for cell in form.cells
    ]
    weight = np.ones(len(frame)) if form.weight is None else frame[form.weight].to_numpy(float)
    counter = Counter(form, *labels)
    given = {name: frame[name].array.codes.astype(np.intp) for name in form.sources}
    numbers = {name: frame[name].to_numpy(float) for name in form.floats}
    counter.add(Batch(keys, weight, given, numbers))
    return counter.result()
