"""Survey, published surveys and focus groups set side by side: the rows of a joint display."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from digiskills import disclosure
from digiskills.disclosure import DeclaredTable, Plan, Released
from digiskills.disclosure.joint import NUMBERS
from digiskills.errors import UsageError
from digiskills.joint_display import relations
from digiskills.joint_display.relations import RELATION
from digiskills.joint_display.voices import BARRIER, EVERYBODY, LEVEL, SPEAKER, levels_of

if TYPE_CHECKING:
    from digiskills.study import Study

COMMON = 0.5
"""The share from which a barrier is common, unless the table says otherwise."""
SURVEY = ("survey", "survey_by_size", "survey_by_level")
_KEYS = ("item", "survey", "year", "department_size", LEVEL, SPEAKER, "passage", "document")
_WORDS = ("label_en", "label_fr", "text_en", "text_fr", "attribution_en", "attribution_fr", "leads")
_RELATED = ("group", "relation", "rule", "reason", "reason_fr")
_COLUMNS = (BARRIER, "part", "evidence", *_KEYS, *NUMBERS, *_RELATED, *_WORDS, "withheld")


@dataclass(frozen=True)
class Parts:
    """The released tables that a joint display is made of.

    Parameters
    ----------
    survey, by_size, by_level : Released
        Kind ``barrier_side``: of everyone, by department size, by level.
    voiced : Released
        Kind ``barriers_voiced``, from `voices.voiced`.
    paraphrases : Released
        Kind ``paraphrases``, from `voices.paraphrases`.
    published : Released or None
        Kind ``figures``; None for a study without published surveys.
    """

    survey: Released
    by_size: Released
    by_level: Released
    voiced: Released
    paraphrases: Released
    published: Released | None = None

    @property
    def named(self) -> dict[str, Released]:
        """The tables by the name of their part."""
        given = {
            "survey": self.survey,
            "survey_by_size": self.by_size,
            "survey_by_level": self.by_level,
            "voiced": self.voiced,
            "paraphrase": self.paraphrases,
            "published": self.published,
        }
        return {name: table for name, table in given.items() if table is not None}


def side_by_side(parts: Parts, table: DeclaredTable, plan: Plan | None) -> Released:
    """Return what each kind of evidence says of each barrier, and how survey and focus groups relate.

    Parameters
    ----------
    parts : Parts
        Released tables of one study, wave and scope.
    table : DeclaredTable
        Joint evidence; its option ``common_share`` is the share from which a barrier is common.
    plan : Plan or None
        The plan of the build.

    Returns
    -------
    Released
        One row per barrier and number, passage or relation: barrier, part, evidence (synthetic, collected or
        published), the columns of the part it comes from, and for relations group (a level of the survey, or ``all``),
        relation, rule (``derived`` or ``overruled``), reason, reason_fr. Of several statements on a barrier the one
        with the highest share of everyone leads: only its shares by size and level are taken over.

    Raises
    ------
    UsageError
        If the survey asks about no barrier.

    Notes
    -----
    Side by side and statistics by themes, with the interpretation in a column of its own: Guetterman, Fetters and
    Creswell (2015), Annals of Family Medicine 13, 554-561. Relations are derived by `relations.relation`; for a level,
    from the passages of those speakers that the study ties to it, and the intervals of all statements of the barrier
    at that level.
    """
    study = parts.survey.study
    rows = {name: _rows(name, part) for name, part in parts.named.items()}
    if rows["survey"].empty:
        raise UsageError(f"the survey of {study.name} asks about no barrier: there is nothing to set side by side")
    every = pd.concat([*_led(rows).values(), _relations(rows, parts, table)], ignore_index=True)
    order = {code: place for place, code in enumerate(study.frameworks.table("barriers")["code"])}
    asked = set(rows["survey"][BARRIER])  # a family of barriers has no questions of its own
    frame = every[every[BARRIER].isin(asked)].sort_values(BARRIER, key=lambda code: code.map(order), kind="stable")
    frame = frame.reindex(columns=list(_COLUMNS)).reset_index(drop=True)
    words = [name for name in _COLUMNS if name not in (*NUMBERS, "year")]
    frame = frame.assign(**{name: frame[name].astype(object).where(frame[name].notna(), "") for name in words})
    return disclosure.release_joint(
        frame.astype({"year": "Int64", **dict.fromkeys(NUMBERS, float)}),
        table,
        study,
        parts.named,
        plan=plan,
        language=parts.survey.language,
        method={
            "common_share": _common(table),
            "relations": "stated rule",
            "scope": parts.voiced.method.get("scope", ""),
            "tied": tuple(levels_of(study)),
            "counted_as": parts.voiced.method.get("counted_as", {}),
        },
    )


def _common(table: DeclaredTable) -> float:
    return float(dict(table.options).get("common_share", COMMON))


def _rows(name: str, part: Released) -> pd.DataFrame:
    """Return the rows of a part with the barrier that each is about; numbers as released."""
    known = part.study.codebook.items
    frame = part.frame
    if name in SURVEY:
        frame = frame.assign(**{BARRIER: [known[str(item)].barrier for item in frame["item"]]})
    elif name == "voiced":
        frame = frame.rename(columns={"code": BARRIER})
    kept = [column for column in (BARRIER, *_KEYS, *NUMBERS, *_WORDS, "withheld") if column in frame]
    return frame.loc[frame[BARRIER].ne(""), kept].assign(part=name, evidence=part.evidence_kind)


def _led(rows: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the parts with the leading statement of each barrier marked, and alone by size and by level."""
    ranked = rows["survey"].sort_values("estimate", ascending=False, kind="stable", na_position="last")
    leading = set(ranked.drop_duplicates(BARRIER)["item"])
    marks = rows["survey"]["item"].isin(leading).map({True: "yes", False: "no"})
    broken = {name: rows[name][rows[name]["item"].isin(leading)] for name in SURVEY[1:]}
    return {**rows, "survey": rows["survey"].assign(leads=marks), **broken}


def _relations(rows: Mapping[str, pd.DataFrame], parts: Parts, table: DeclaredTable) -> pd.DataFrame:
    """Return one row per barrier and group: how the survey and the focus groups relate."""
    study = parts.survey.study
    given = relations.overruled(study)
    overruled = {(row["barrier"], row["group"]): row for row in given.to_dict("records")}
    found = []
    for barrier in dict.fromkeys(rows["survey"][BARRIER]):
        for group, voiced, base, asked in _groups(rows, study, barrier):
            intervals = asked[["low", "high"]].itertuples(index=False, name=None)
            compared = parts.survey.evidence_kind != "synthetic"
            said = relations.relation(voiced, base, intervals, _common(table), compared)
            row = {BARRIER: barrier, "group": group, "relation": said, "rule": "derived"}
            own = overruled.get((barrier, group))
            found.append({**own, "rule": "overruled"} if own else row)
    return pd.DataFrame(found).assign(part=RELATION, evidence=disclosure.JOINT)


def _groups(
    rows: Mapping[str, pd.DataFrame], study: Study, barrier: str
) -> Iterator[tuple[str, int, int, pd.DataFrame]]:
    """Yield each group with its passages on a barrier, all its passages, and the survey's shares."""
    voiced, survey, by_level = (rows[name][rows[name][BARRIER] == barrier] for name in ("voiced", "survey", SURVEY[2]))
    described = levels_of(study)
    counts = {str(row[SPEAKER]): (int(row["n"]), int(row["base"])) for row in voiced.to_dict("records")}
    yield (EVERYBODY, *counts.get(EVERYBODY, (0, 0)), survey)
    for level in dict.fromkeys(by_level[LEVEL].astype(str)):
        own = [counts[speaker] for speaker, levels in described.items() if level in levels and speaker in counts]
        n, base = (sum(each) for each in zip(*own, strict=True)) if own else (0, 0)
        yield level, n, base, by_level[by_level[LEVEL].astype(str) == level]
