"""What there is to say where survey, published surveys and focus groups stand side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from digiskills import published
from digiskills.words.captions import sentence, where
from digiskills.words.catalogue import text
from digiskills.words.labels import scope
from digiskills.words.numbers import join, number, percent

if TYPE_CHECKING:
    from digiskills.disclosure import Released
    from digiskills.study import Study

ALL, SPEAKER, LEVEL = "all", "speaker_level", "level"


def statement(study: Study, item: str, language: str) -> str:
    """Return a question's words, turned to the side that speaks for its barrier."""
    label = study.codebook.label(item, language)
    turned = study.codebook.item(item).reverse
    return text("item.reversed", language, label=label.removesuffix(".")) if turned else label


def speaker(study: Study, value: str, language: str) -> str:
    """Return the words for a level of speakers, or for all of them."""
    if value == ALL:
        return text("joint.participants", language)
    return study.frameworks.descriptor(SPEAKER, value, language)


def level(study: Study, value: str, language: str) -> str:
    """Return the words for a level of the survey, or for all of them."""
    return text("joint.everyone", language) if value == ALL else study.dimension(LEVEL).label(value, language)


def survey_where(released: Released) -> str:
    """Return the phrase that says which survey a number of a joint table is from, and whom it is limited to."""
    language = released.language
    synthetic = released.frame["evidence"].eq("synthetic").any()
    phrase = text("where.synthetic" if synthetic else "where.survey", language)
    phrase = text("where.wave", language, where=phrase, wave=released.wave) if released.wave else phrase
    limits = scope(released)
    if not limits:
        return phrase
    return text("where.scope", language, where=phrase, scope=text("quoted", language, label=", ".join(limits)))


def findings_joint(released: Released) -> list[str]:
    """Return sentences on what each kind of evidence says of barriers, and how they relate.

    Parameters
    ----------
    released : Released
        Kind ``joint_display``.

    Returns
    -------
    list of str
        What participants raise, together and by level; what published surveys ask; how survey and participants
        relate and by which rule; whom no group brought together.
    """
    frame, language = released.frame, released.language
    if frame.empty:
        return [sentence(text("nothing", language, where=where(released)))]
    parts = {str(name): rows for name, rows in frame.groupby("part", sort=False)}
    found = _raised(released, parts["voiced"])
    found += _asked(released, parts.get("published", frame.iloc[:0]))
    found += _without_passage(released, parts.get("paraphrase", frame.iloc[:0]))
    return [*found, *_related(released, parts["relation"])]


def joint_highlights(released: Released, most: int) -> list[str]:
    """Return how many barriers there are and which one participants raise most, for an alternative text."""
    frame, language = released.frame, released.language
    voiced = frame[frame["part"].eq("voiced") & frame[SPEAKER].eq(ALL)]
    if voiced.empty or most < 1:
        return []
    top = most_said(voiced)
    count = number(frame["barrier"].nunique(), language)
    return [text("alt.joint", language, all=count, label=_label(released, top["barrier"]), **_counts(released, top))]


def most_said(rows: pd.DataFrame) -> pd.Series:
    """Return the row with most passages, the first among equals."""
    return rows.sort_values("n", ascending=False, kind="stable").iloc[0]


def _label(released: Released, barrier: str) -> str:
    label = released.study.frameworks.label("barriers", barrier, released.language)
    return text("quoted", released.language, label=label)


def _labels(released: Released, barriers: pd.Series) -> str:
    return join([_label(released, str(each)) for each in barriers], released.language)


def _counts(released: Released, row: pd.Series) -> dict[str, str]:
    return {name: number(float(row[name]), released.language) for name in ("n", "base", "stressed")}


def _raised(released: Released, voiced: pd.DataFrame) -> list[str]:
    """Return which barriers participants raise, most often and never, together and by level."""
    language, whole = released.language, voiced[voiced[SPEAKER] == ALL]
    raised = whole[whole["n"] > 0]
    if raised.empty:
        return [text("joint.found.none", language)]
    top = most_said(raised)
    places = {"label": _label(released, top["barrier"]), "all": number(len(whole), language), **_counts(released, top)}
    if len(raised) == len(whole):
        found = [text("joint.found.raised_all", language, **places)]
    else:
        found = [text("joint.found.raised", language, raised=number(len(raised), language), **places)]
    found += _counted_as(released)
    for group, rows in voiced[voiced[SPEAKER].isin(_levels(released))].groupby(SPEAKER, sort=False):
        silent = rows[rows["n"] == 0]
        most = rows[rows["n"] == rows["n"].max()]
        key = "joint.found.by_level" if silent.empty else "joint.found.by_level_silent"
        found.append(
            text(
                key,
                language,
                group=speaker(released.study, str(group), language),
                labels=_labels(released, most["barrier"]),
                n=number(float(rows["n"].max()), language),
                base=number(float(rows["base"].max()), language),
                silent=_labels(released, silent["barrier"]),
            )
        )
    return found


def _counted_as(released: Released) -> list[str]:
    """Return which levels of speakers are counted as another one, because nobody counts their people."""
    study, language = released.study, released.language
    merged: dict[str, list[str]] = {}
    for fine, coarse in released.method.get("counted_as", {}).items():
        merged.setdefault(str(coarse), []).append(speaker(study, str(fine), language))
    return [
        text("joint.counted_as", language, labels=join(labels, language), group=speaker(study, group, language))
        for group, labels in merged.items()
    ]


def _levels(released: Released) -> list[str]:
    """Return the levels of speakers that the study ties to a level of its survey."""
    return [str(name) for name in released.method.get("tied", ())]


def _asked(released: Released, figures: pd.DataFrame) -> list[str]:
    """Return which barriers no published survey asks about, or why there is no such survey."""
    language = released.language
    absent = published.why_absent(released.study, language)
    if absent:
        return [absent]
    barriers = pd.Series(released.frame["barrier"].unique())
    missing = barriers[~barriers.isin(figures["barrier"])]
    if missing.empty:
        return [text("joint.found.all_asked", language, all=number(len(barriers), language))]
    count = number(len(barriers) - len(missing), language)
    labels = _labels(released, missing)
    return [text("joint.found.not_asked", language, asked=count, all=number(len(barriers), language), labels=labels)]


def _without_passage(released: Released, passages: pd.DataFrame) -> list[str]:
    barriers = pd.Series(released.frame["barrier"].unique())
    missing = barriers[~barriers.isin(passages["barrier"])]
    if missing.empty:
        return []
    return [text("joint.found.no_passage", released.language, labels=_labels(released, missing))]


def _related(released: Released, rows: pd.DataFrame) -> list[str]:
    """Return how survey and participants relate, by which rule, and whom no group brought together."""
    language, whole = released.language, rows[rows["group"] == ALL]
    found = [
        text(f"joint.found.{name}", language, labels=_labels(released, own["barrier"]))
        for name, own in whole.groupby("relation", sort=False)
        if name not in ("not_compared", "not_covered")
    ]
    uncovered = rows.groupby("group", sort=False)["relation"].agg(lambda each: bool(each.eq("not_covered").all()))
    groups = [level(released.study, str(group), language) for group, gone in uncovered.items() if gone]
    if rows["relation"].eq("not_compared").any():
        found.append(text("joint.found.not_compared", language))
    if rows["rule"].eq("overruled").any():
        count = int(rows["rule"].eq("overruled").sum())
        found.append(text("joint.found.overruled", language, count=count, n=number(count, language)))
    found.append(text("joint.rule", language, share=percent(float(released.method["common_share"]), language)))
    return [*found, *([text("joint.found.not_covered", language, groups=join(groups, language))] if groups else [])]
