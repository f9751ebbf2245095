"""Robustness cards of what several questions say together, from the respondents."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd

from digiskills.estimates.domains import Where, columns
from digiskills.gaps.literacy import below_minimum, items_of
from digiskills.gaps.profiles import t_shaped
from digiskills.gaps.robustness.cards import NUMBERS
from digiskills.gaps.robustness.choices import Choices, Specification, headline, left_open, taken
from digiskills.survey import Survey

DEEP = {"advanced": 4.0, "expert": 5.0}
BREADTH = {"four": 4, "five": 5, "six": 6}


def minimum_card(
    survey: Survey, by: str | Sequence[str] = (), where: Where | None = None, choices: Choices | None = None
) -> pd.DataFrame:
    """Share below the declared minimum of digital literacy, again under each other choice.

    Parameters
    ----------
    survey : Survey
        Of a study with a table ``[literacy]`` in its ``study.toml``.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.
    choices : mapping of choice to options, optional
        What to vary, the headline's option first: `quiz` (counts, or the tasks alone), `weighted`, `stages`.

    Returns
    -------
    DataFrame
        As `skill_card`, for the one item ``below_minimum``.

    Raises
    ------
    UsageError
        If the study declares no minimum, or a choice, option, dimension or category does not exist.
    """
    possible = taken("below_minimum", _left_open(survey), choices)
    if not items_of(survey)[1]:
        possible["quiz"] = possible["quiz"][:1]
    return _card(survey, "below_minimum", possible, partial(_below_minimum, by=by, where=where), by)


def t_shape_card(
    survey: Survey, by: str | Sequence[str] = (), where: Where | None = None, choices: Choices | None = None
) -> pd.DataFrame:
    """Share whose skills are deep in one and broad over several, again under each other choice.

    Parameters
    ----------
    survey : Survey
        One row per respondent.
    by, where
        As for `minimum_card`.
    choices : mapping of choice to options, optional
        What to vary, the headline's option first: `deep` (advanced or expert in one skill), `breadth` (skills
        at the working level), `weighted`, `stages`.

    Returns
    -------
    DataFrame
        As `skill_card`, for the one item ``t_shaped``.

    Raises
    ------
    UsageError
        If a choice, option, dimension or category does not exist, or there are fewer skills than the breadth.
    """
    possible = taken("t_shaped", _left_open(survey), choices)
    return _card(survey, "t_shaped", possible, partial(_t_shaped, by=by, where=where), by)


def _below_minimum(
    survey: Survey, options: Specification, by: str | Sequence[str], where: Where | None
) -> pd.DataFrame:
    found = below_minimum(survey, by, where)
    return found[found["item"] == ("below_minimum" if options["quiz"] == "counts" else "tasks_not_alone")]


def _t_shaped(survey: Survey, options: Specification, by: str | Sequence[str], where: Where | None) -> pd.DataFrame:
    found = t_shaped(survey, by, where, DEEP[options["deep"]], breadth=BREADTH[options["breadth"]])
    return found[found["item"] == "t_shaped"]


def _left_open(survey: Survey) -> Choices:
    weighted = bool(np.ptp(survey.weight)) if len(survey) else False
    stages = 0 if survey.population is None or survey.stratum is None else 1
    stages = 2 if stages and survey.people is not None and survey.cluster is not None else stages
    return left_open(weighted, stages)


def _card(
    survey: Survey,
    measure: str,
    possible: Choices,
    table: Callable[[Survey, Specification], pd.DataFrame],
    by: str | Sequence[str],
) -> pd.DataFrame:
    usual, parts = headline(possible), []
    for choice, option in _varied(possible):
        options = {**usual, choice: option}
        part = table(_designed(survey, options), options)
        parts.append(part.assign(item=measure, choice=choice, option=option, is_headline=option == usual[choice]))
    found = pd.concat(parts, ignore_index=True)
    found = found[["item", "choice", "option", "is_headline", *columns(by), *NUMBERS]]
    method = parts[0].attrs["method"]
    found.attrs["method"] = {**method, "measure": measure, "choices": "one at a time; the others as in the headline"}
    return found


def _varied(possible: Choices) -> Iterator[tuple[str, str]]:
    for choice, options in possible.items():
        yield from ((choice, option) for option in options if len(options) > 1)


def _designed(survey: Survey, options: Specification) -> Survey:
    """The same respondents with the weights and the stages of a specification."""
    name = survey.study.design.weight
    if options["weighted"] == "no" and name:
        survey = dataclasses.replace(survey, frame=survey.frame.assign(**{name: (survey.weight > 0).astype(float)}))
    if options["stages"] != "two_stages":
        survey = dataclasses.replace(survey, people_in_clusters=None)
    return dataclasses.replace(survey, clusters_in_population=None) if options["stages"] == "none" else survey
