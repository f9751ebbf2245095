"""Recommendations beside their indicators: what the survey shows, what participants say, what neither can say."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from digiskills import disclosure
from digiskills.disclosure import DeclaredTable, Plan, Released
from digiskills.disclosure.joint import INDICATORS, NUMBERS
from digiskills.errors import Problem, nearest
from digiskills.joint_display.voices import LEVEL, SPEAKER, levels_of

if TYPE_CHECKING:
    from digiskills.study import Study

NAMES = "recommendations"
LIMIT = "limit"
"""The part that says what an indicator cannot say; it holds no number."""
KINDS = ("barrier_side", "shares", "shortfalls", "changes")
"""Kinds of table that an indicator may come from."""
PEOPLE = "people_short"
_KEYS = ("kind", "item", "answer", "measure", "department_size", LEVEL, "code", SPEAKER)
_WORDS = ("label_en", "label_fr", "text_en", "text_fr")
_COLUMNS = ("recommendation", "indicator", "part", "evidence", *_KEYS, *NUMBERS, *_WORDS, "withheld")


def indicated(made_of: Mapping[str, Released], table: DeclaredTable, plan: Plan | None) -> Released:
    """Return the indicators of each recommendation, from the survey and from focus groups.

    Parameters
    ----------
    made_of : mapping of str to Released
        The tables that `digiskills.disclosure.joint.parts` names, released.
    table : DeclaredTable
        Joint evidence of kind ``recommendations``.
    plan : Plan or None
        The plan of the build.

    Returns
    -------
    Released
        One row per recommendation and number or limit: recommendation (its number), indicator (its place), part,
        evidence, kind, item, answer or measure, department_size, level, code, speaker_level, n, base, stressed,
        estimate, low, high, and of limits the text.

    Notes
    -----
    The study's ``frameworks/indicators.csv`` says which items indicate a recommendation: recommendation, kind, item,
    answer (the answer counted, or the measure of a shortfall), cannot_say_en, cannot_say_fr. Passages are those on
    the barriers and enablers that ``frameworks/recommendations.csv`` names for it.
    """
    voiced = made_of["voiced"]
    study = voiced.study
    asked = study.frameworks.table(INDICATORS)
    rows = [part for place, wanted in enumerate(asked.to_dict("records")) for part in _asked(wanted, place, made_of)]
    rows += [_spoken(wanted, voiced) for wanted in study.frameworks.table(NAMES).to_dict("records")]
    frame = pd.concat(rows, ignore_index=True).reindex(columns=list(_COLUMNS))
    words = [name for name in _COLUMNS if name not in NUMBERS]
    frame = frame.assign(**{name: frame[name].astype(object).where(frame[name].notna(), "") for name in words})
    order = frame["recommendation"].astype(int).sort_values(kind="stable").index
    return disclosure.release_joint(
        frame.astype(dict.fromkeys(NUMBERS, float)).loc[order].reset_index(drop=True),
        table,
        study,
        made_of,
        plan=plan,
        language=voiced.language,
        method={"scope": voiced.method.get("scope", ""), "tied": tuple(levels_of(study))},
    )


def problems(study: Study) -> list[Problem]:
    """Return what is wrong with the indicators of a study.

    Parameters
    ----------
    study : Study
        May have ``frameworks/indicators.csv``.

    Returns
    -------
    list of Problem
        Unknown recommendations, kinds, items, answers and empty limits, by row and column.
    """
    if INDICATORS not in study.frameworks.tables or NAMES not in study.frameworks.tables:
        return []
    file, table, found = f"frameworks/{INDICATORS}.csv", study.frameworks.table(INDICATORS), []
    numbers = list(study.frameworks.table(NAMES)["number"])
    for place, row in enumerate(table.to_dict("records"), start=2):
        known = {"recommendation": numbers, "kind": list(KINDS), "item": _items(str(row["kind"]), study)}
        known["answer"] = _answers(str(row["kind"]), str(row["item"]), study)
        for column, words in known.items():
            if row[column] not in words:
                found.append(Problem(file, place, column, row[column], f"is no {column}", nearest(row[column], words)))
        for column in ("cannot_say_en", "cannot_say_fr"):
            if not str(row[column]).strip():
                found.append(Problem(file, place, column, None, "is empty", "what this number cannot say"))
    return found


def _items(kind: str, study: Study) -> list[str]:
    if kind == "shortfalls":
        return [pair.skill for pair in study.codebook.pairs()]
    found = []
    for item in study.codebook.items.values():
        several = item.kind == "select_multiple"
        found += [f"{item.name}/{answer.name}" for answer in item.answers] if several else [item.name]
    return found


def _answers(kind: str, item: str, study: Study) -> list[str]:
    """Return the answers that an indicator may count."""
    if kind != "shares":
        return ["short_by_one", "short_by_two"] if kind == "shortfalls" else [""]
    name, _, option = item.partition("/")
    if option or name not in study.codebook.items:
        return ["yes"]
    return [answer.name for answer in study.codebook.item(name).answers]


def _asked(wanted: Mapping[Hashable, str], place: int, made_of: Mapping[str, Released]) -> list[pd.DataFrame]:
    """Return the rows of one indicator in each part of its kind, and its limit."""
    kind, about = wanted["kind"], {"recommendation": wanted["recommendation"], "indicator": str(place)}
    limit = {"text_en": wanted["cannot_say_en"], "text_fr": wanted["cannot_say_fr"], "item": wanted["item"]}
    found = [pd.DataFrame([{**about, **limit, "part": LIMIT, "evidence": disclosure.JOINT, "kind": kind}])]
    for name, part in made_of.items():
        if name.startswith(f"{kind}_"):
            frame = part.frame[part.frame["item"].eq(wanted["item"])]
            frame = frame[frame["answer"].eq(wanted["answer"])] if "answer" in frame else frame
            if "measure" in frame:
                frame = frame[frame["measure"].isin([wanted["answer"], PEOPLE])]
            kept = [column for column in (*_KEYS, *NUMBERS, "withheld") if column in frame]
            found.append(frame[kept].assign(**about, part=name, kind=kind, evidence=part.evidence_kind))
    return found


def _spoken(wanted: Mapping[Hashable, str], voiced: Released) -> pd.DataFrame:
    """Return the counts of passages on what a recommendation is about."""
    codes = [code for cell in (wanted["barriers"], wanted["enablers"]) for code in cell.split(";") if code]
    frame = voiced.frame[voiced.frame["code"].isin(codes)]
    kept = [column for column in (*_KEYS, *NUMBERS, *_WORDS, "withheld") if column in frame]
    return frame[kept].assign(recommendation=wanted["number"], part="voiced", evidence=voiced.evidence_kind)
