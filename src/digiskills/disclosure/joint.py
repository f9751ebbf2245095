"""A table made of other released tables: which ones it needs, and the proof that it holds no other number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from digiskills.disclosure.plan import Plan
from digiskills.disclosure.released import Released, marks
from digiskills.disclosure.table import JOINT, DeclaredTable
from digiskills.errors import ReleaseError
from digiskills.study import Study

SIZE, LEVEL, SPEAKER = "department_size", "level", "speaker_level"
BARRIERS: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "survey": ("survey", "barrier_side", ("barrier",), ()),
    "survey_by_size": ("survey", "barrier_side", ("barrier",), (SIZE,)),
    "survey_by_level": ("survey", "barrier_side", ("barrier",), (LEVEL,)),
    "published": ("published", "figures", ("share_barrier",), ()),
    "voiced": ("focus_groups", "barriers_voiced", (), (SPEAKER,)),
    "paraphrase": ("focus_groups", "paraphrases", (), ()),
}
"""The tables of a joint display of barriers: evidence, kind, items and breakdown by the name of the part."""
INDICATORS = "indicators"
"""The table of a study's frameworks that says which items of the survey are indicators of a recommendation."""
BREAKDOWNS: dict[str, tuple[str, ...]] = {"whole": (), "by_size": (SIZE,), "by_level": (LEVEL,)}
WHOLE_ONLY = ("changes",)
"""Kinds of indicator that are not broken down."""
NUMBERS = ("n", "base", "stressed", "segments_per_paragraph", "estimate", "low", "high")
"""The columns of numbers that a joint display takes over from its parts."""


def parts(table: DeclaredTable, study: Study) -> dict[str, DeclaredTable]:
    """Return the tables that a joint table is made of, so that the plan of a build decides over them as well.

    Parameters
    ----------
    table : DeclaredTable
        A table of joint evidence.
    study : Study
        Whose frameworks name the indicators of recommendations.

    Returns
    -------
    dict of str to DeclaredTable
        By the name of the part, of the same wave and scope. Their id is no exhibit's: they may be shown within the
        joint table only.
    """
    first = bool(study.waves) and table.wave == study.waves[0].name
    of = {"joint_display": BARRIERS, "recommendations": _of_recommendations(study, first)}
    wanted = of.get(table.kind, {})
    found = {}
    for name, (evidence, kind, items, by) in wanted.items():
        own = replace(table, id=f"{table.id}.{name}", evidence=evidence, kind=kind, items=items, by=by, options=())
        found[name] = own if evidence == "survey" else replace(own, wave="", where=())
    return found


def _of_recommendations(study: Study, first_wave: bool) -> dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Return the parts of a table of recommendations: one per kind of indicator and breakdown, and what is said."""
    if INDICATORS not in study.frameworks.tables:
        return {}
    asked = study.frameworks.table(INDICATORS)
    asked = asked[~asked["kind"].isin(WHOLE_ONLY)] if first_wave else asked  # there is no wave before it
    found = {}
    for kind, rows in asked.groupby("kind", sort=False):
        items = tuple(dict.fromkeys(rows["item"].str.partition("/")[0]))
        for name, by in BREAKDOWNS.items():
            if not by or kind not in WHOLE_ONLY:
                found[f"{kind}_{name}"] = ("survey", str(kind), items, by)
    return {**found, "voiced": ("focus_groups", "codes_voiced", (), (SPEAKER,))}


def release_joint(
    frame: pd.DataFrame,
    table: DeclaredTable,
    study: Study,
    made_of: Mapping[str, Released],
    *,
    plan: Plan | None,
    language: str,
    method: Mapping[str, Any],
) -> Released:
    """Return a table in which several kinds of evidence stand side by side.

    Parameters
    ----------
    frame : DataFrame
        One row per number or sentence, with the columns ``part``, ``withheld`` and those of the parts.
    table : DeclaredTable
        What it shows.
    study : Study
        What the study declares.
    made_of : mapping of str to Released
        The released tables that its parts come from; a part of another name holds no number.
    plan : Plan or None
        The build's plan, which says under which ids the table may be published.
    language : str
        ``en`` or ``fr``.
    method : mapping
        How the relations were derived.

    Returns
    -------
    Released
        It may be published only if every part was declared, too.

    Raises
    ------
    ReleaseError
        If a row does not stand in the part that it names, or a number in no part at all.
    """
    if table.evidence != JOINT:
        raise ReleaseError(f"tables of {table.evidence} are not released as joint ones")
    for name, rows in frame.groupby("part", sort=False):
        strange = _strange(rows, made_of[str(name)].frame) if name in made_of else _numbered(rows)
        if strange.any():
            raise ReleaseError(f"{int(strange.sum())} rows of ‘{name}’ hold what was not released")
    declared = plan is not None and all(part.ids for part in made_of.values())
    ids = plan.ids(table) if plan is not None and declared else frozenset[str]()
    shown = frame.reset_index(drop=True)
    return Released(shown, table, ids, study, language, dict(method), marks(shown))


def _strange(rows: pd.DataFrame, whole: pd.DataFrame) -> pd.Series:
    """Return which rows do not stand in the released table that they are said to come from."""
    shared = [column for column in rows if column in whole]
    known = set(_cells(whole[shared]))
    return pd.Series([row not in known for row in _cells(rows[shared])], index=rows.index)


def _numbered(rows: pd.DataFrame) -> pd.Series:
    """Return which rows hold a number."""
    return rows[[name for name in NUMBERS if name in rows]].notna().any(axis=1)


def _cells(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return rows as text; numbers are compared to the last digit, whatever their type."""
    numbers = [str(name) for name in frame if name in NUMBERS]
    shown = frame.astype(object).astype(dict.fromkeys(numbers, float)).astype(object)
    written = shown.where(shown.notna(), "").map(lambda cell: repr(cell) if isinstance(cell, float) else str(cell))
    return list(written.itertuples(index=False, name=None))
