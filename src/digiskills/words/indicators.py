"""What there is to say of recommendations with their indicators, and of research questions with their answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words.catalogue import text
from digiskills.words.joint import ALL, SPEAKER, most_said, statement, survey_where
from digiskills.words.numbers import interval, join, number, people, percent, points, points_end
from digiskills.words.terms import skill_label

if TYPE_CHECKING:
    from digiskills.disclosure import Released
    from digiskills.study import Study


Form = Callable[[float, str], str]
FORMS: dict[str, tuple[Form, Form]] = {
    **dict.fromkeys(("barrier_side", "shares", "shortfalls"), (percent, percent)),
    "people_short": (people, people),
    "changes": (points, points_end),
}
"""How the number of an indicator and the ends of its interval are written."""


def recommendation(study: Study, named: str, language: str) -> str:
    """Return a recommendation with its number."""
    table = study.frameworks.table("recommendations").set_index("number")
    label = table.at[named, "recommendation" if language == "en" else "recommendation_fr"]
    return text("numbered", language, n=number(int(named), language), label=label)


def indicator(study: Study, row: pd.Series, language: str) -> str:
    """Return what an indicator is: a statement, an answer, a skill that people are short of, or a change."""
    kind, item = str(row["kind"]), str(row["item"])
    if kind == "shortfalls":
        return text(f"indicator.{row['measure']}", language, skill=skill_label(study, item, language))
    if kind == "shares":
        asked, _, option = item.partition("/")
        label = study.codebook.label(asked, language)
        answer = study.codebook.answer_label(asked, option or str(row["answer"]), language)
        return text("indicator.answer", language, question=label, answer=answer)
    label = text("quoted", language, label=statement(study, item, language).removesuffix("."))
    return text("indicator.change", language, label=label) if kind == "changes" else label


def indicated(row: pd.Series, language: str) -> str:
    """Return the number of an indicator with its interval, or that too few answered."""
    if row["withheld"]:
        return text("withheld.short", language)
    counted = row["measure"] == "people_short"
    value_form, end_form = FORMS["people_short" if counted else str(row["kind"])]
    value = value_form(row["estimate"], language)
    if pd.isna(row["low"]):
        return value
    between = interval(row["low"], row["high"], language, end_form).replace(" ", "\N{NO-BREAK SPACE}")
    return text("change", language, change=value, interval=between)


def rests_on(study: Study, evidence: str, language: str) -> str:
    """Return the words for the evidence of an answer; of a synthetic survey that it is."""
    known = study.evidence.get(evidence)
    synthetic = known is not None and known.kind == "synthetic"
    return text(f"rests_on.{'synthetic' if synthetic else evidence}", language)


def findings_recommendations(released: Released) -> list[str]:
    """Return a sentence per recommendation: its first indicator, and what participants say most of.

    Parameters
    ----------
    released : Released
        Kind ``recommendations``.

    Returns
    -------
    list of str
        In the order of the recommendations, two each.
    """
    language, frame, found = released.language, released.frame, []
    for named, rows in frame.groupby("recommendation", sort=False):
        places = {"n": number(int(str(named)), language), "where": survey_where(released)}
        asked = rows[rows["part"].str.endswith("_whole")]
        if len(asked):
            first = asked.iloc[0]
            label, value = indicator(released.study, first, language), indicated(first, language)
            found.append(text("recommendation.asked", language, label=label, value=value, **places))
        spoken = rows[rows["part"].eq("voiced") & rows[SPEAKER].eq(ALL)]
        if spoken.empty or not spoken["n"].max() > 0:
            found.append(text("recommendation.silent", language, n=places["n"]))
            continue
        most = most_said(spoken)
        counts = {name: number(most[name], language) for name in ("n", "base", "stressed")}
        label = text("quoted", language, label=most[f"label_{language}"])
        found.append(text("recommendation.said", language, number=places["n"], label=label, **counts))
    return found


def recommendation_highlights(released: Released, most: int) -> list[str]:
    """Return how many recommendations and indicators there are, for an alternative text."""
    frame = released.frame
    count = frame["recommendation"].nunique()
    asked = frame.loc[frame["indicator"] != "", "indicator"].nunique()
    said = {"n": number(count, released.language), "indicators": number(asked, released.language)}
    return [text("alt.recommendations", released.language, **said)] if most else []


def findings_questions(released: Released) -> list[str]:
    """Return sentences on which research questions are answered here, and on what.

    Parameters
    ----------
    released : Released
        Kind ``questions``.

    Returns
    -------
    list of str
        How many have an exhibit, which have none, and which rest on synthetic answers alone.
    """
    language, frame = released.language, released.frame
    answered = frame[frame["exhibit"] != ""]
    counts = {"n": answered["question"].nunique(), "all": frame["question"].nunique()}
    found = [text("question.found", language, **{name: number(each, language) for name, each in counts.items()})]
    missing = frame[frame["exhibit"] == ""]
    if len(missing):
        labels = [text("quoted", language, label=label) for label in missing[f"text_{language}"]]
        found.append(text("question.missing", language, labels=join(labels, language)))
    alone = answered.groupby("question", sort=False)["evidence"].agg(lambda kinds: bool(kinds.eq("synthetic").all()))
    only = [number(int(str(name)), language) for name, synthetic in alone.items() if synthetic]
    return [*found, *([text("question.synthetic", language, labels=join(only, language))] if only else [])]


def question_highlights(released: Released, most: int) -> list[str]:
    """Return how many questions have an exhibit, for an alternative text."""
    return findings_questions(released)[:1] if most else []
