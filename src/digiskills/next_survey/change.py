"""The change that two waves can see, and the answers that a wanted change needs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from digiskills.answers import Answers
from digiskills.estimates import Estimand, changes_of
from digiskills.estimates.degrees_of_freedom import LOW_DF
from digiskills.estimates.domains import Where, columns
from digiskills.estimates.overlap import covariance_of_waves
from digiskills.next_survey.components import families
from digiskills.next_survey.needed import LEAST_DF
from digiskills.next_survey.plan import LEAST, MOST, Plan, Size, invitations, rounded_up, smallest
from digiskills.next_survey.power import LEVEL, check_power, detectable, power
from digiskills.next_survey.present import Parts, check_icc, parts_of, plans_of, unit_of
from digiskills.next_survey.simple import check_between

COLUMNS = (
    "n", "clusters", "n_before", "before", "after", "estimate", "se", "se_expected", "se_independent", "df", "overlap",
    "power", "change_detectable", "change_detectable_independent", "change_wanted", "power_wanted", "n_needed",
    "n_needed_independent", "heads", "response", "invitations_needed", "note",
)  # fmt: skip
NOTES = ("no_answers", "one_answer", "too_few_clusters", "not_reachable", "few_clusters", "reached")
"""What a row may be marked with, the most important first."""


class _Wave(NamedTuple):
    """One estimand in one wave."""

    parts: Parts
    plans: list[Plan]


def detectable_change(
    before: Answers,
    after: Answers,
    estimands: Estimand | Sequence[Estimand],
    wanted: float,
    by: str | Sequence[str] = (),
    where: Where | None = None,
    margins: bool = False,
    heads: pd.DataFrame | None = None,
    response: float | pd.DataFrame | None = None,
    power_wanted: float = 0.8,
    icc: str | float = "pooled",
) -> pd.DataFrame:
    """Smallest change that two waves like these can see, and the answers that a wanted change needs.

    Parameters
    ----------
    before, after : Answers
        Two waves, counted by the same dimensions.
    estimands : Estimand or sequence of Estimand
        What changes.
    wanted : float
        The true change to be seen, as a share (0.05 for 5 points) or in levels.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.
    margins : bool
        Whether to add the sums over dimensions, marked ``"all"``.
    heads : DataFrame, optional
        One row per cell of the population of the later wave: columns of dimensions, and `heads`.
    response : float or DataFrame, optional
        As for `answers_needed`.
    power_wanted : float
        Probability wanted that the test at 5 % sees the change.
    icc : {"pooled", "domain"} or float
        As for `answers_needed`.

    Returns
    -------
    DataFrame
        One row per estimand and domain: item, <by>, n and n_before (of the later and the earlier wave),
        clusters (of the smaller), before, after,
        estimate (after minus before), se and df (as `estimates.changes`); se_expected (the formula's, for two waves of
        the later one's size), se_independent (as if the waves had no department in common); overlap, the share of the
        variance between departments that is common to the waves; power (wanted), change_detectable (with se) and
        change_detectable_independent; change_wanted, power_wanted (that the present size has for it); n_needed,
        answers of each of two waves from the departments taken now, kept as they were kept from wave to wave, and
        n_needed_independent, from departments drawn anew; heads, response, invitations_needed (no more than the people
        of the departments); note, one of `NOTES`.

    Raises
    ------
    UsageError
        If a number is out of its bounds, or a name does not exist.

    Notes
    -----
    A change of noncentrality change / se is seen with the power of the noncentral t distribution on df degrees of
    freedom. For planning, both waves are of the later one's design: se² = 2 (B (1 - overlap) + W), B and W the two
    parts of the variance in `answers_needed`. overlap = sum C / sum sqrt(B_1 B_2) between 0 and 1, C the covariance of
    the waves as in `estimates.changes`, over all rows of the table whose domains do not overlap: a single C rests on
    few departments. People are drawn anew in each wave, so W is not shared. For the correlation of waves and what it
    saves: L. Kish, Survey Sampling (1965), chapter 12.
    """
    check_between("change wanted", wanted, 0.05)
    check_power(power_wanted, LEVEL)
    check_icc(icc)
    asked = [estimands] if isinstance(estimands, Estimand) else list(estimands)
    unit = unit_of(asked)
    given = (by, where, margins, heads, response, icc)
    waves = [[_wave(wave, estimand, *given) for wave in (before, after)] for estimand in asked]
    labels = waves[0][1].parts.labels
    overlap = _overlap(waves, families(labels))
    tables = [
        _table(estimand, first, second, columns(by), wanted, power_wanted, overlap)
        for estimand, (first, second) in zip(asked, waves, strict=True)
    ]
    found = pd.concat(tables, ignore_index=True)
    found.attrs["method"] = tables[-1].attrs["method"] | {
        "test": f"two-sided t test at {LEVEL:g}, power by the noncentral t distribution",
        "unit": unit,
        "overlap": "one for the table over domains that do not overlap",
    }
    return found


def _wave(
    answers: Answers,
    estimand: Estimand,
    by: str | Sequence[str],
    where: Where | None,
    margins: bool,
    heads: pd.DataFrame | None,
    response: float | pd.DataFrame | None,
    icc: str | float,
) -> _Wave:
    parts = parts_of(answers, estimand, by, where, margins, heads, response, icc)
    return _Wave(parts, plans_of(answers, parts))


def _overlap(waves: Sequence[Sequence[_Wave]], family: Sequence[object]) -> np.ndarray:
    """Share of the variance between departments that is common to the waves, one per domain."""
    codes = pd.factorize(np.asarray([str(entry) for entry in family]))[0]
    common, between = np.zeros(len(codes)), np.zeros(len(codes))
    for first, second in waves:
        sizes = [np.array([plan.between_now for plan in wave.plans]) for wave in (first, second)]
        between += np.nan_to_num(np.sqrt(sizes[0] * sizes[1]))
        common += np.nan_to_num(covariance_of_waves(first.parts.joint, second.parts.joint))
    shared, whole = (np.bincount(codes, each)[codes] for each in (common, between))
    return np.asarray(np.clip(np.divide(shared, whole, out=np.zeros(len(codes)), where=whole > 0), 0, 1))


def _table(
    estimand: Estimand, first: _Wave, second: _Wave, by: list[str], wanted: float, chance: float, overlap: np.ndarray
) -> pd.DataFrame:
    frame = changes_of(first.parts.joint, second.parts.joint, adjust="none").rename(columns={"estimand": "item"})
    method = frame.attrs["method"]
    frame["item"], frame["n_before"] = estimand.name, first.parts.joint.frame["n"].to_numpy()
    frame["n"] = second.parts.joint.frame["n"].to_numpy()
    errors = [wave.parts.joint.frame["se"].to_numpy(dtype=float) for wave in (first, second)]
    frame["se_independent"] = np.where(frame["se"].isna(), np.nan, np.hypot(*errors))
    frame["overlap"], frame["power"], frame["change_wanted"] = overlap, chance, wanted
    frame["known"] = frame["se"].gt(0) & frame["df"].ge(LEAST_DF)
    for name, error in (("change_detectable", "se"), ("change_detectable_independent", "se_independent")):
        frame[name] = [_detectable(row[error], row["df"], chance) if row["known"] else np.nan for _, row in rows(frame)]
    frame["power_wanted"] = [power(wanted, row["se"], row["df"]) if row["known"] else np.nan for _, row in rows(frame)]
    sizes = [_sizes(plan, wanted, chance, each) for plan, each in zip(second.plans, overlap, strict=True)]
    names = ["se_expected", "n_needed", "n_needed_independent", "invitations_needed"]
    frame[names] = pd.DataFrame(sizes).where(frame["known"], np.nan)
    frame["heads"], frame["response"] = second.parts.heads.to_numpy(), second.parts.response.to_numpy()
    frame.loc[frame["response"].isna(), "invitations_needed"] = np.nan
    frame["note"] = _notes(frame)
    made = frame[["item", *by, *COLUMNS]]
    made.attrs["method"] = method
    return made


def rows(frame: pd.DataFrame) -> list[tuple[int, pd.Series]]:
    """Return the rows of a frame with their position."""
    return [(at, row) for at, (_, row) in enumerate(frame.iterrows())]


def _detectable(se: float, df: float, chance: float) -> float:
    return detectable(float(se), float(df), chance)


def _sizes(plan: Plan, wanted: float, chance: float, overlap: float) -> tuple[float, float, float, float]:
    """Error of the present size by the formula, answers needed with and without common departments, invitations."""
    kept = dataclasses.replace(plan, overlap=overlap)
    now = math.sqrt(2 * kept.variance(1, 1)) if len(plan.n) else math.nan
    common, anew = (change_needed(each, wanted, chance) for each in (kept, plan))
    return now, _answers(common), _answers(anew), invitations(common)


def _answers(size: Size | None) -> float:
    return math.nan if size is None else rounded_up(size.answers)


def change_needed(plan: Plan, wanted: float, chance: float = 0.8) -> Size | None:
    """Return the size of each of two waves, from the departments taken now, that sees a change.

    Parameters
    ----------
    plan : Plan
        Of one domain; its `overlap` says what the waves share.
    wanted : float
        The true change.
    chance : float
        The power wanted.

    Returns
    -------
    Size or None
        None where everyone asked would not be enough.
    """

    def missing(take: float) -> float:
        """How far the power is below what is wanted."""
        df = plan.df(1, take)
        variance = 2 * plan.variance(1, take) if df >= 1 else math.nan
        if variance == 0:
            return -1.0
        return math.inf if math.isnan(variance) else chance - power(wanted, math.sqrt(variance), df)

    take = smallest(missing, LEAST, MOST) if len(plan.n) else math.nan
    return None if math.isnan(take) else plan.size(1, take)


def _notes(frame: pd.DataFrame) -> np.ndarray:
    marks = {
        "no_answers": (frame["n"] == 0) | (frame["n_before"] == 0),
        "one_answer": ~(frame["se"] > 0),
        "too_few_clusters": ~frame["known"],
        "not_reachable": frame["n_needed"].isna(),
        "few_clusters": frame["df"] < LOW_DF,
        "reached": frame["n_needed"] <= frame["n"],
    }
    return np.select([np.asarray(marks[name], dtype=bool) for name in NOTES], NOTES, "")
