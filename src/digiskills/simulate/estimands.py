"""True values of the finite population, against which estimates can be held."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.codebook import Item
from digiskills.simulate.truth import Truth


def true_shortfalls(population: pd.DataFrame, truth: Truth, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return how many people are truly short of each skill.

    Parameters
    ----------
    population : DataFrame
        Everyone, as `simulate.population` gives them.
    truth : Truth
        Holds the questionnaire.
    by : sequence of str
        Columns beside the wave.

    Returns
    -------
    DataFrame
        One row per wave, group and skill: ``people`` in the group, ``share_answering`` both questions,
        then over those ``short_by_one`` level or more, ``short_by_two``, ``surplus`` (shares), ``mean_gap``
        (needed less held, in levels), and ``people_short`` (short_by_one times people).
    """
    groups = [truth.column("wave"), *by]
    tables = []
    for pair in truth.codebook.pairs():
        needed, held = (truth.codebook.item(name) for name in (pair.needed, pair.held))
        gap = scores(population[needed.name], needed) - scores(population[held.name], held)
        known = ~np.isnan(gap)
        values = {
            "people": np.ones(len(gap)), "share_answering": known.astype(float), "short_by_one": gap >= 1,
            "short_by_two": gap >= 2, "surplus": gap <= -1, "mean_gap": gap,
        }  # fmt: skip
        cases = pd.DataFrame(values, index=population.index).astype(float)
        cases.iloc[~known, 2:] = np.nan
        tables.append(_by_group(cases, population, groups).assign(skill=pair.skill))
    table = pd.concat(tables, ignore_index=True)
    return table.assign(people_short=table["short_by_one"] * table["people"])


def true_shares(population: pd.DataFrame, truth: Truth, items: Sequence[str], by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the true share of each answer.

    Parameters
    ----------
    population : DataFrame
        Everyone, as `simulate.population` gives them.
    truth : Truth
        Holds the questionnaire.
    items : sequence of str
        Questions with one answer, or several.
    by : sequence of str
        Columns beside the wave.

    Returns
    -------
    DataFrame
        One row per wave, group, item and answer: ``people`` who have an answer, and ``share`` of them.
    """
    groups = [truth.column("wave"), *by]
    tables = []
    for item in (truth.codebook.item(name) for name in items):
        reasons = [choice.name for choice in item.reasons]
        answered = population[population[item.name].notna() & ~population[item.name].isin(reasons)]
        given = answered[item.name].astype(str).str.split()
        for choice in item.answers:
            cases = pd.DataFrame(
                {"people": 1.0, "share": [float(choice.name in codes) for codes in given]}, answered.index
            )
            tables.append(_by_group(cases, answered, groups).assign(item=item.name, answer=choice.name))
    return pd.concat(tables, ignore_index=True)


def true_barrier_sides(population: pd.DataFrame, truth: Truth, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the true share of people on the barrier side of each statement.

    Parameters
    ----------
    population : DataFrame
        Everyone, as `simulate.population` gives them.
    truth : Truth
        Holds the questionnaire.
    by : sequence of str
        Columns beside the wave.

    Returns
    -------
    DataFrame
        One row per wave, group and item: ``people`` with an answer on the scale, ``share`` beyond the
        middle of the scale on the side of the barrier (agreeing, or disagreeing with a reversed statement),
        and ``barrier``.
    """
    groups = [truth.column("wave"), *by]
    tables = []
    for item in truth.asked:
        if not item.barrier:
            continue
        score = scores(population[item.name], item)
        middle = float(np.mean([choice.score for choice in item.answers if choice.score is not None]))
        side = score < middle if item.reverse else score > middle
        cases = pd.DataFrame({"people": 1.0, "share": side.astype(float)}, index=population.index)[~np.isnan(score)]
        table = _by_group(cases, population.loc[cases.index], groups)
        tables.append(table.assign(item=item.name, barrier=item.barrier))
    return pd.concat(tables, ignore_index=True)


def scores(answers: pd.Series, item: Item) -> np.ndarray:
    """Return the scores of answers.

    Parameters
    ----------
    answers : Series of str
        Codes of one question.
    item : Item
        The question.

    Returns
    -------
    ndarray of float
        NaN where there is no answer.
    """
    by_code = {choice.name: choice.score for choice in item.answers}
    return answers.astype(object).map(by_code).to_numpy(float)


def _by_group(cases: pd.DataFrame, people: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    grouped = cases.groupby([people[name] for name in groups], observed=True)
    table = grouped.mean()
    table["people"] = grouped["people"].sum()
    return table.reset_index()
