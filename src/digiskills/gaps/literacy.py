"""The minimum of digital literacy that a study declares: who is below it, and how self-ratings fare in a quiz."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.codebook import Codebook, Item
from digiskills.errors import UsageError, nearest
from digiskills.estimates.domains import Where, columns
from digiskills.gaps.respondents import all_of, coded, design_of
from digiskills.study import Literacy
from digiskills.survey import Survey

PARTS = ("below_minimum", "tasks_not_alone", "quiz_not_right")


def below_minimum(survey: Survey, by: str | Sequence[str] = (), where: Where | None = None) -> pd.DataFrame:
    """Share of people below the declared minimum of digital literacy.

    Parameters
    ----------
    survey : Survey
        Of a study with a table ``[literacy]`` in its ``study.toml``.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.

    Returns
    -------
    DataFrame
        One row per item and domain: item, <by>, n, clusters, estimate, se, df, low, high. Items:
        `below_minimum`; its two halves `tasks_not_alone` and `quiz_not_right`; and each task and quiz question
        by its own name, the share who do not reach its score.

    Raises
    ------
    UsageError
        If the study declares no minimum, or an item or dimension does not exist.

    Notes
    -----
    Above the minimum are those who reach the score of every task and of every quiz question. "Not sure" in the
    quiz is an answer with score 0, so it does not reach; a question without an answer leaves the respondent out
    of every share that needs it, rather than counting as not reached. Taylor linearisation over respondents,
    because counts item by item do not hold how the items go together.
    """
    tasks, quiz = items_of(survey)
    reached = _reached(survey)
    values = {"tasks_not_alone": all_of([reached[name] for name in tasks])}
    if quiz:
        values["quiz_not_right"] = all_of([reached[name] for name in quiz])
    values = {"below_minimum": all_of(list(reached.values()))} | values | reached
    design = design_of(survey, {name: 1 - value for name, value in values.items()}, _dimensions(by, where))
    return design.share(list(values), 1.0, columns(by), where)


def against_quiz(
    survey: Survey, rating: str = "", by: str | Sequence[str] = (), where: Where | None = None
) -> pd.DataFrame:
    """Quiz questions right among people who rate themselves alike.

    Parameters
    ----------
    survey : Survey
        Of a study with a table ``[literacy]`` that names quiz questions.
    rating : str
        Item of the self-rating; by default the level held in the skill that the tasks are about.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.

    Returns
    -------
    DataFrame
        One row per number of questions right, self-rating and domain: item (the rating), right, rating, <by>,
        n (people of that rating who answered the quiz), clusters, estimate (their share), se, df, low, high.
        The shares of a rating add up to 1.

    Raises
    ------
    UsageError
        If there is no quiz or no self-rating.
    """
    _, quiz = items_of(survey)
    if not quiz:
        raise UsageError("literacy: the study declares no quiz questions in study.toml [literacy]")
    rating = rating or _rating(survey)
    reached = _reached(survey)
    right = np.sum([reached[name] for name in quiz], axis=0)  # NaN where one has no answer
    given = survey.answers(rating)
    answers = [choice.name for choice in survey.study.codebook.item(rating).answers]
    levels = coded(np.where(given.codes < len(answers), given.codes, np.nan), answers)
    number = coded(right, [str(count) for count in range(len(quiz) + 1)])
    design = design_of(survey, {"right": number, "rating": levels}, _dimensions(by, where))
    found = design.share("right", None, ["rating", *columns(by)], where)
    return found.rename(columns={"answer": "right"}).assign(item=rating)


def items_of(survey: Survey) -> tuple[list[str], list[str]]:
    """Tasks and quiz questions of the declared minimum.

    Parameters
    ----------
    survey : Survey
        Of a study that declares a minimum.

    Returns
    -------
    tuple of list of str
        Names of the tasks, and of the quiz questions (possibly none).

    Raises
    ------
    UsageError
        If the study declares none, or names what the form does not have.
    """
    declared, book = _declared(survey), survey.study.codebook
    tasks, quiz = _named(book, declared.tasks), _named(book, declared.quiz)
    if not tasks:
        raise UsageError(f"study.toml: literacy.tasks names no item or role of the form: {', '.join(declared.tasks)}")
    return tasks, quiz


def _declared(survey: Survey) -> Literacy:
    declared = survey.study.literacy
    if declared is None:
        raise UsageError(f"study {survey.study.name} declares no minimum of digital literacy: study.toml [literacy]")
    return declared


def _named(book: Codebook, words: Sequence[str]) -> list[str]:
    """Items by their own name or by a role."""
    found: list[Item] = []
    for word in words:
        items = [item for item in book.items.values() if word in (item.name, item.role)]
        if not items:
            known = [*book.items, *{item.role for item in book.items.values()}]
            raise UsageError(f"study.toml: literacy: ‘{word}’ is no item or role; {nearest(word, known)}")
        found += items
    return list(dict.fromkeys(item.name for item in found))


def _reached(survey: Survey) -> dict[str, np.ndarray]:
    """Of each task and question: 1 where its score is reached, 0 where not, NaN without an answer."""
    declared = _declared(survey)
    tasks, quiz = items_of(survey)
    needed = dict.fromkeys(tasks, declared.tasks_score) | dict.fromkeys(quiz, declared.quiz_score)
    scores = {name: survey.scores(name) for name in needed}
    return {
        name: np.where(np.isfinite(scores[name]), (scores[name] >= least).astype(float), np.nan)
        for name, least in needed.items()
    }


def _rating(survey: Survey) -> str:
    """The level held in the skill of the tasks."""
    book = survey.study.codebook
    skill = book.item(items_of(survey)[0][0]).skill
    for pair in book.pairs():
        if pair.skill == skill:
            return pair.held
    raise UsageError(f"literacy: no item says what people hold in ‘{skill}’; name the self-rating")


def _dimensions(by: str | Sequence[str], where: Where | None) -> list[str]:
    return list(dict.fromkeys([*columns(by), *(where or {})]))
