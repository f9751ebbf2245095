"""Recommendations and research questions for readers: one row each, which on a narrow screen becomes a card."""

from __future__ import annotations

from html import escape

import pandas as pd

from digiskills import words
from digiskills.disclosure import Released
from digiskills.joint_display import cells
from digiskills.joint_display.recommendations import LIMIT
from digiskills.joint_display.voices import EVERYBODY, LEVEL, SPEAKER
from digiskills.tables import Arranged

BROKEN = (("_by_size", "department_size"), ("_by_level", LEVEL))


def recommendations_laid_out(released: Released) -> Arranged:
    """Return recommendations with their indicators as a table for readers.

    Parameters
    ----------
    released : Released
        From `recommendations.indicated`.

    Returns
    -------
    Arranged
        One row per recommendation: indicators in the survey, what participants say, what neither can say.
    """
    language, frame = released.language, released.frame
    synthetic = frame["evidence"].eq("synthetic").any()
    first, survey, voiced, limit = (
        words.text(key, language)
        for key in (
            "column.recommendation",
            f"joint.column.{'synthetic' if synthetic else 'survey'}",
            "joint.column.voiced",
            "column.cannot_say",
        )
    )
    shown = ""
    for number, rows in frame.groupby("recommendation", sort=False):
        asked = [own for place, own in rows.groupby("indicator", sort=False) if place != ""]
        written = {
            survey: "".join(_indicator(released, own) for own in asked),
            voiced: _spoken(released, rows[rows["part"] == "voiced"]),
            limit: cells.listed([escape(text) for text in rows.loc[rows["part"] == LIMIT, f"text_{language}"]]),
        }
        shown += cells.row(escape(words.recommendation(released.study, str(number), language)), written)
    return Arranged(released, cells.framed(released, [first, survey, voiced, limit], [shown]))


def _indicator(released: Released, own: pd.DataFrame) -> str:
    """Return one indicator of everyone, and by size and level folded away."""
    language, shown, lines = released.language, "", []
    for _, row in own[own["part"].str.endswith("_whole")].iterrows():
        label = words.indicator(released.study, row, language)
        shown += f"<p><strong>{cells.labelled(label, words.indicated(row, language), language)}</strong></p>"
    for suffix, dimension in BROKEN:
        for _, row in own[own["part"].str.endswith(suffix) & own["measure"].ne("people_short")].iterrows():
            group = released.study.dimensions[dimension].label(str(row[dimension]), language)
            lines.append(cells.labelled(group, words.indicated(row, language), language))
    return shown + (cells.folded(words.text("joint.by_size_and_level", language), cells.listed(lines)) if lines else "")


def _spoken(released: Released, rows: pd.DataFrame) -> str:
    """Return in how many passages each barrier and enabler stands, by level folded away."""
    language, shown = released.language, ""
    for _, own in rows.groupby("code", sort=False):
        label = own[f"label_{language}"].iloc[0]
        whole, levels = own[own[SPEAKER] == EVERYBODY], own[own[SPEAKER] != EVERYBODY]
        shown += "".join(
            f"<p><strong>{cells.labelled(label, cells.passages(row, language), language)}</strong></p>"
            for _, row in whole.iterrows()
        )
        lines = [
            cells.labelled(
                words.speaker(released.study, row[SPEAKER], language), cells.passages(row, language), language
            )
            for _, row in levels.iterrows()
        ]
        shown += cells.folded(words.text("joint.by_speaker", language), cells.listed(lines))
    return shown or f"<p>{escape(words.text('joint.nothing_said', language))}</p>"


def questions_laid_out(released: Released) -> Arranged:
    """Return research questions with the exhibits that answer them as a table for readers.

    Parameters
    ----------
    released : Released
        From `questions.answered`.

    Returns
    -------
    Arranged
        One row per question: links to exhibits and what they rest on, or that nothing here answers it, and a caution.
    """
    language = released.language
    heads = [words.text(f"column.{name}", language) for name in ("question", "answered_by", "caution")]
    shown = ""
    for number, rows in released.frame.groupby("question", sort=False):
        first = rows.iloc[0]
        text = words.text(
            "numbered", language, n=words.number(int(str(number)), language), label=first[f"text_{language}"]
        )
        links = [_link(released, row) for _, row in rows.iterrows() if row["exhibit"]]
        none = f"<p><strong>{escape(words.text('question.not_answered', language))}</strong></p>"
        found = cells.listed(links) if links else none
        shown += cells.row(escape(text), {heads[1]: found, heads[2]: f"<p>{escape(first[f'note_{language}'])}</p>"})
    return Arranged(released, cells.framed(released, heads, [shown]))


def _link(released: Released, row: pd.Series) -> str:
    """Return a link to an exhibit on the page of its notebook, and what it rests on."""
    link = f'<a href="{escape(row["notebook"])}.ipynb#{escape(row["exhibit"])}">{escape(row["exhibit"])}</a>'
    return f"{link} ({escape(words.rests_on(released.study, row['rests_on'], released.language))})"
