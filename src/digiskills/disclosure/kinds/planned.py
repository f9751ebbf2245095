"""What the next survey takes: answers for a margin, and the change that it could show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from digiskills import next_survey
from digiskills.disclosure.kinds.changes import estimands_of
from digiskills.disclosure.source import Source
from digiskills.errors import UsageError, nearest

MARGIN, CHANGE, POWER = 0.05, 0.05, 0.8
EVERY = "all"
ROUTES = {
    "people": ("people", "n_same_clusters", "invitations_same_clusters"),
    "departments": ("clusters", "n_same_take", "invitations_same_take"),
}
"""The routes to a margin: the name of each in the frame, and the columns of its answers and invitations."""
OF_ROUTES = ["invitations_same_clusters", "invitations_same_take", "all_taken"]
"""Columns that tables do not show."""
UNKNOWN = ("no_answers", "one_answer", "too_few_clusters")
"""Remarks on rows with too little to plan from."""


def answers_needed(source: Source) -> pd.DataFrame:
    """Return how many answers the next survey needs for a margin.

    Parameters
    ----------
    source : Source
        The table and its data. Skills give the share short by one level or more, items on barriers the share on the
        barrier side, other scored items their mean. Options: ``margin``, half the width wanted of the 95 % interval;
        ``skill``, one of the table's skills, or ``all``; ``response``, the share of those invited who answer, that of
        the wave unless given; ``icc``, as for `next_survey.answers_needed`; ``apart``, whether more people and more
        departments stand in rows of their own.

    Returns
    -------
    DataFrame
        One row per item and domain, as `next_survey.answers_needed` gives them; apart, one per item, domain and part
        (`people`, `departments`; the first alone where all departments are taken already).

    Raises
    ------
    UsageError
        If the study has no errors to plan from, or an option is out of its bounds.
    """
    source = _about(source)
    measure, estimands = estimands_of(source)
    margin = float(source.option("margin", MARGIN))
    frame = next_survey.answers_needed(source.answers, estimands, margin, **_given(source))
    shown = _apart(frame) if source.option("apart", False) else frame
    made = shown.drop(columns=OF_ROUTES)
    made.attrs["method"] = frame.attrs["method"]
    return _with(made, source, measure=measure)


def detectable_change(source: Source) -> pd.DataFrame:
    """Return the smallest change that two waves can show, and the answers that a wanted change needs.

    Parameters
    ----------
    source : Source
        The table and its data; items, ``skill``, ``response`` and ``icc`` as for `answers_needed`. Options: ``change``,
        the true change to be seen; ``power``, the probability wanted of seeing it; ``since``, another earlier wave
        than the one before.

    Returns
    -------
    DataFrame
        One row per item and domain, as `next_survey.detectable_change` gives them.

    Raises
    ------
    UsageError
        If there is no earlier wave, the study has no errors to plan from, or an option is out of its bounds.
    """
    source = _about(source)
    earlier = source.earlier()
    measure, estimands = estimands_of(source)
    change, power = float(source.option("change", CHANGE)), float(source.option("power", POWER))
    frame = next_survey.detectable_change(
        earlier.answers, source.answers, estimands, change, power_wanted=power, **_given(source)
    )
    return _with(frame, source, measure=measure, waves=(earlier.table.wave, source.table.wave))


def _about(source: Source) -> Source:
    """Return the source, of one skill alone where its option says so."""
    if not source.study.design.intervals:
        raise UsageError(f"{source.table.kind}: study {source.study.name} has no errors of its design to plan from")
    skill = str(source.option("skill", EVERY))
    if skill == EVERY:
        return source
    if skill not in source.answers.skills:
        raise UsageError(f"skill ‘{skill}’ is none of the survey: {nearest(skill, source.answers.skills)}")
    return replace(source, table=replace(source.table, items=(skill,)))


def _given(source: Source) -> dict[str, Any]:
    """Return what both plans are made with: the domains, the people, their response and their likeness."""
    icc = source.option("icc", "pooled")
    return {
        "by": source.by,
        "where": source.where,
        "heads": source.heads,
        "response": _response(source),
        "icc": icc if isinstance(icc, str) else float(icc),
    }


def _apart(frame: pd.DataFrame) -> pd.DataFrame:
    """Return each route to the margin on a row of its own, instead of the first that leads there."""
    tables = []
    for part, (route, answers, invited) in ROUTES.items():
        made = frame.assign(part=part, route=route, n_needed=frame[answers], n_needed_low=np.nan, n_needed_high=np.nan)
        made["invitations_needed"] = made[invited]
        if route == "people":
            made["clusters_needed"] = np.nan
        made["note"] = _notes_of_route(frame, made["n_needed"])
        # where all departments are taken there is no second route
        tables.append(made[~frame["all_taken"].astype(bool)] if route == "clusters" else made)
    return pd.concat(tables).sort_index(kind="stable").reset_index(drop=True)


def _notes_of_route(frame: pd.DataFrame, needed: pd.Series) -> pd.Series:
    """Return what each row is marked with when one route alone is taken."""
    note = frame["note"]
    closed = needed.isna() & ~note.isin(UNKNOWN)
    kept = note.mask(note.isin(("reached", "not_reachable")), "")
    return kept.mask((needed <= frame["n"]) & ~note.eq("few_clusters"), "reached").mask(closed, "not_reachable")


def _response(source: Source) -> float | None:
    """Return the share of those invited who answer: the table's, else the wave's, else none."""
    given = source.option("response", source.survey.wave.response)
    return None if given is None else float(given)


def _with(frame: pd.DataFrame, source: Source, **facts: object) -> pd.DataFrame:
    """Return the frame with the facts that captions and sentences need."""
    response = _response(source)
    known = {} if response is None else {"response": response}
    frame.attrs["method"] = frame.attrs["method"] | facts | known
    return frame
