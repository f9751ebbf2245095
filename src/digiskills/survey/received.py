"""From a received file to the typed table: recoding by the codebook, which never guesses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from digiskills.codebook import Codebook, Item
from digiskills.errors import Problem, StudyError
from digiskills.study import Study, Wave
from digiskills.survey.calibration import calibrated
from digiskills.survey.replicates import weight_problems
from digiskills.survey.schema import problems
from digiskills.survey.table import Survey

NO, YES = "no", "yes"


def from_received(study: Study, wave: Wave, received: pd.DataFrame) -> Survey:
    """Return the typed survey of a received table.

    Parameters
    ----------
    study : Study
        What the study declares.
    wave : Wave
        The wave that the table holds.
    received : DataFrame
        One row per respondent, all text, empty where blank, columns as the codebook names them.

    Returns
    -------
    Survey
        With calibrated weights where the study says so; without population counts, for which see
        `digiskills.survey.read`.

    Raises
    ------
    StudyError
        With every cell that the codebook does not allow, or that is no weight; then where nobody has a weight above
        0, with what is wrong with replicate weights, or stands in the way of the calibration.
    """
    found = problems(received, study, wave)
    if found:
        raise StudyError(found)
    columns = dict(_columns(received, study.codebook))
    typed = pd.DataFrame(columns, index=received.index)
    wrong = [*_without_weight(typed, study, wave), *weight_problems(typed, study, wave)]
    if wrong:
        raise StudyError(wrong)
    return calibrated(Survey(study, wave, typed))


def _without_weight(typed: pd.DataFrame, study: Study, wave: Wave) -> list[Problem]:
    """Tell of a survey in which nobody counts."""
    name = study.design.weight
    if name not in typed or not len(typed) or (typed[name] > 0).any():
        return []
    return [Problem(wave.file, None, name, "0", "is the weight of every respondent", "a weight above 0 for who counts")]


def _columns(received: pd.DataFrame, codebook: Codebook) -> Iterator[tuple[str, pd.Series | pd.Categorical]]:
    """Yield the typed columns; free text stays behind, it may name a person."""
    for item in codebook.items.values():
        given = received[item.name]
        if item.kind == "select_multiple":
            yield from _options(given, item, _asked(received, item))
        elif item.choices:
            yield item.name, _one(given, item, _asked(received, item))
        elif item.kind in ("integer", "decimal") or item.role == "weight":
            yield item.name, pd.to_numeric(given.replace("", np.nan))
        elif item.kind == "hidden":
            yield item.name, given.astype("category")


def _asked(received: pd.DataFrame, item: Item) -> np.ndarray:
    if item.relevant is None:
        return np.ones(len(received), dtype=bool)
    return item.relevant.asked({name: received[name] for name in item.relevant.names})


def _missing(given: pd.Series, item: Item, asked: np.ndarray) -> pd.Series:
    """Return each respondent's missing reason, empty where there is an answer."""
    reasons = {choice.name: choice.missing for choice in item.reasons}
    declared = given.map(lambda code: reasons.get(code, ""))
    blank = np.where(asked, "skipped", "not_asked")
    return declared.where(given.ne(""), pd.Series(blank, index=given.index))


def _one(given: pd.Series, item: Item, asked: np.ndarray) -> pd.Categorical:
    reasons = _missing(given, item, asked)
    answers = [choice.name for choice in item.answers]
    return pd.Categorical(given.where(reasons.eq(""), reasons), categories=[*answers, *_reasons(item)])


def _options(given: pd.Series, item: Item, asked: np.ndarray) -> Iterator[tuple[str, pd.Categorical]]:
    """Yield one column per option; who gave any answer said no to the options left out."""
    reasons = _missing(given, item, asked)
    padded = " " + given + " "
    for choice in item.answers:
        named = padded.str.contains(f" {choice.name} ", regex=False)
        told = pd.Series(np.where(named, YES, NO), index=given.index)
        yield (
            f"{item.name}/{choice.name}",
            pd.Categorical(told.where(reasons.eq(""), reasons), categories=[NO, YES, *_reasons(item)]),
        )


def _reasons(item: Item) -> list[str]:
    """Return the reasons that can occur: those declared, and what a blank can mean."""
    blank = ["skipped"] + (["not_asked"] if item.relevant else [])
    return list(dict.fromkeys([*(choice.missing for choice in item.reasons), *blank]))
