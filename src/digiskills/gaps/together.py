"""Estimates of several questions with their covariance, from counted answers or from the respondents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from digiskills.answers import GAP, Answers
from digiskills.codebook import Pair
from digiskills.errors import UsageError, nearest
from digiskills.estimates.domains import Where, columns
from digiskills.estimates.joint import Estimand, joint
from digiskills.gaps.respondents import design_of
from digiskills.survey import Survey

# Counted answers must hold the pairs of the items asked for (`estimates.pairs.with_pairs`); a survey needs none.
Source = Answers | Survey


@dataclass(frozen=True)
class Together:
    """Estimates with their covariance.

    Parameters
    ----------
    frame : DataFrame
        One row per estimate and domain; `attrs["method"]` says how.
    covariance : ndarray, rows x rows
        Design-based, in the order of `frame`; NaN where there is no answer.
    by : tuple of str
        The columns that make the domains.
    """

    frame: pd.DataFrame
    covariance: np.ndarray
    by: tuple[str, ...]

    def __repr__(self) -> str:
        """Shape only."""
        return f"Together({len(self.frame)} estimates by {', '.join(self.by) or 'nothing'})"


def together(
    source: Source, estimands: Sequence[Estimand], by: str | Sequence[str] = (), where: Where | None = None
) -> Together:
    """Estimates of several items, nets, gaps and domains with their covariance.

    Parameters
    ----------
    source : Answers or Survey
        Counted answers with the pairs of the items asked for, or the respondents; both give the same numbers.
    estimands : sequence of Estimand
        What to estimate; ``gap:skill`` for the gap of a skill.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.

    Returns
    -------
    Together
        Rows of one estimand per domain, estimand by estimand: estimand, <by>, n, clusters, estimate, se, df.

    Raises
    ------
    UsageError
        If an item, answer, dimension or category does not exist, or a pair was not counted.
    """
    if isinstance(source, Answers):
        found = joint(source, list(estimands), by, where)
    else:
        values = {estimand.name: _values(source, estimand) for estimand in estimands}
        dimensions = list(dict.fromkeys([*columns(by), *(where or {})]))
        means = [Estimand(name, name) for name in values]
        found = design_of(source, values, dimensions).joint(means, columns(by), where)
    return Together(found.frame, np.asarray(found.covariance), tuple(columns(by)))


def positions(found: Together) -> pd.DataFrame:
    """Row of each estimand in each domain.

    Parameters
    ----------
    found : Together
        Estimates.

    Returns
    -------
    DataFrame
        One row per domain, in the order of the frame, one column per estimand.
    """
    rows = pd.DataFrame({"estimand": found.frame["estimand"].to_numpy(), "row": np.arange(len(found.frame))})
    return rows.assign(domain=domain_numbers(found)).pivot(index="domain", columns="estimand", values="row")


def domain_numbers(found: Together) -> np.ndarray:
    """Number of each row's domain, in the order in which they stand in the frame."""
    if not found.by:
        return np.zeros(len(found.frame), dtype=np.int64)
    return found.frame.groupby(list(found.by), sort=False, observed=True).ngroup().to_numpy()


def gap_answers(source: Source, pair: Pair, low: float, high: float) -> tuple[str, ...]:
    """Answers of a skill's gap between two numbers of levels, both counted in.

    Parameters
    ----------
    source : Answers or Survey
        What has the gap.
    pair : Pair
        The skill.
    low, high : float
        Levels short; below 0 is surplus.

    Returns
    -------
    tuple of str
        Answers of the item ``gap:skill``.
    """
    if isinstance(source, Survey):
        steps = _steps(source, pair)
        return tuple(f"{step:g}" for step in steps if low <= step <= high)
    item = source.item(f"{GAP}{pair.skill}")
    scores = np.full(len(item.answers), np.nan) if item.scores is None else item.scores
    return tuple(name for name, score in zip(item.answers, scores, strict=True) if low <= score <= high)


def check_pairs(source: Source, pairs: Sequence[Pair]) -> None:
    """Refuse skills without a gap.

    Parameters
    ----------
    source : Answers or Survey
        What the gaps are of.
    pairs : sequence of Pair
        The skills.

    Raises
    ------
    UsageError
        With every such skill, or if none was given.
    """
    if not pairs:
        raise UsageError("pairs: no skill was given; `Codebook.pairs` gives those of the form")
    asked = () if isinstance(source, Answers) else source.study.codebook.pairs()
    known = source.skills if isinstance(source, Answers) else [pair.skill for pair in asked]
    unknown = [pair.skill for pair in pairs if pair.skill not in known]
    wrong = [f"skills: no gap for ‘{skill}’; {nearest(skill, known)}" for skill in unknown]
    if wrong:
        raise UsageError("\n".join(wrong))


def _steps(survey: Survey, pair: Pair) -> np.ndarray:
    book = survey.study.codebook
    needed, held = (
        np.array([answer.score for answer in book.item(name).answers if answer.score is not None], dtype=float)
        for name in (pair.needed, pair.held)
    )
    return np.unique(np.round(np.subtract.outer(needed, held), 9))


def _values(survey: Survey, estimand: Estimand) -> np.ndarray:
    """Score, gap or indicator of each respondent, NaN where there is no answer."""
    if estimand.item.startswith(GAP):
        skill = estimand.item.removeprefix(GAP)
        pair = next((pair for pair in survey.study.codebook.pairs() if pair.skill == skill), None)
        if pair is None:
            known = [pair.skill for pair in survey.study.codebook.pairs()]
            raise UsageError(f"skills: no gap for ‘{skill}’; {nearest(skill, known)}")
        gap = np.round(survey.scores(pair.needed) - survey.scores(pair.held), 9)
        if estimand.of is None:
            return np.asarray(gap)
        within = np.isin(gap, [float(answer) for answer in estimand.of]).astype(float)
        return np.where(np.isfinite(gap), within, np.nan)
    if estimand.of is None:
        return survey.scores(estimand.item)
    return _indicator(survey, estimand.item, estimand.of)


def _indicator(survey: Survey, item: str, of: Sequence[str]) -> np.ndarray:
    given = survey.answers(item)
    reasons = survey.study.codebook.item(item.split("/")[0]).answers
    real = {"no", "yes"} if "/" in item else {choice.name for choice in reasons}
    wrong = [f"of: ‘{item}’ has no answer ‘{answer}’; {nearest(answer, real)}" for answer in of if answer not in real]
    if wrong:
        raise UsageError("\n".join(wrong))
    texts = np.asarray(given, dtype=object)
    return np.where(np.isin(texts, list(real)), np.isin(texts, list(of)).astype(float), np.nan)
