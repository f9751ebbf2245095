"""A joint display of barriers for readers: one row per barrier, which on a narrow screen becomes a card."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pandas as pd

from digiskills import words
from digiskills.disclosure import Released, passages
from digiskills.joint_display import cells
from digiskills.joint_display.relations import RELATION
from digiskills.joint_display.voices import BARRIER, LEVEL, SPEAKER
from digiskills.tables import Arranged

Cell = Callable[[Released, pd.DataFrame], str]


def laid_out(released: Released) -> Arranged:
    """Return a joint display as a table for readers.

    Parameters
    ----------
    released : Released
        From `side_by_side.side_by_side`.

    Returns
    -------
    Arranged
        One row per barrier under its family: survey, published surveys (where the study has them), focus groups with
        a paraphrase, and the relation.
    """
    written: dict[str, Cell] = {"survey": _survey, "published": _published, "voiced": _voiced, RELATION: _relation}
    if not released.frame["part"].eq("published").any():
        del written["published"]
    by_head = {_head(released, name): write for name, write in written.items()}
    heads = [words.text("column.barrier", released.language), *by_head]
    bodies = [_family(released, rows, by_head) for rows in _families(released)]
    return Arranged(released, cells.framed(released, heads, bodies))


def _head(released: Released, part: str) -> str:
    """Return the header of a column, which says what evidence stands below it."""
    synthetic = part == "survey" and released.frame["evidence"].eq("synthetic").any()
    return words.text(f"joint.column.{'synthetic' if synthetic else part}", released.language)


def _families(released: Released) -> list[pd.DataFrame]:
    """Return the rows of each family of barriers."""
    table = released.study.frameworks.table("barriers").set_index("code")["parent"]
    parent = released.frame[BARRIER].map(table).replace("", pd.NA).fillna(released.frame[BARRIER])
    return [rows for _, rows in released.frame.groupby(parent, sort=False)]


def _family(released: Released, rows: pd.DataFrame, by_head: dict[str, Cell]) -> str:
    """Return the rows of a family of barriers, under its name."""
    label, language = released.study.frameworks.label, released.language
    parents = released.study.frameworks.table("barriers").set_index("code")["parent"]
    family = parents[rows[BARRIER].iloc[0]] or rows[BARRIER].iloc[0]
    span = f'role="columnheader" scope="colgroup" colspan="{len(by_head) + 1}"'
    shown = f'<tr role="row" class="family"><th {span}>{escape(label("barriers", family, language))}</th></tr>'
    for code, own in rows.groupby(BARRIER, sort=False):
        named = escape(label("barriers", str(code), language))
        shown += cells.row(named, {head: write(released, own) for head, write in by_head.items()})
    return shown


def _survey(released: Released, rows: pd.DataFrame) -> str:
    """Return the leading statement of everyone, by size and by level, and the other statements folded away."""
    language, whole = released.language, rows[rows["part"] == "survey"]
    leading, others = (
        [_whole(released, row) for _, row in whole[whole["leads"] == mark].iterrows()] for mark in ("yes", "no")
    )
    shown = "".join(f"<p><strong>{entry}</strong></p>" for entry in leading)
    for part, dimension in (("survey_by_size", "department_size"), ("survey_by_level", LEVEL)):
        named = released.study.dimensions[dimension]
        lines = [
            cells.labelled(named.label(str(row[dimension]), language), cells.share(row, language), language)
            for _, row in rows[rows["part"] == part].iterrows()
        ]
        shown += f"<p>{escape(named.labels[language])}</p>{cells.listed(lines)}"
    summary = words.text("joint.others", language, count=len(others), n=words.number(len(others), language))
    return shown + (cells.folded(summary, cells.listed(others)) if others else "")


def _whole(released: Released, row: pd.Series) -> str:
    """Return a statement with its share of everyone, interval and number of answers."""
    language = released.language
    said = cells.share(row, language)
    if not row["withheld"]:
        said += f", {words.text('base', language, n=words.number(row['n'], language))}"
    statement = words.statement(released.study, row["item"], language)
    return cells.labelled(cells.quoted(statement, language), said, language)


def _published(released: Released, rows: pd.DataFrame) -> str:
    """Return for each published survey its figure, or the span of several with each of them folded away."""
    language, found = released.language, rows[rows["part"] == "published"]
    if found.empty:
        return f"<p>{escape(words.text('joint.not_asked', language))}</p>"
    shown = ""
    for (survey, year), figures in found.groupby(["survey", "year"], sort=False):
        name = f"{released.study.frameworks.descriptor('survey', str(survey), language)} ({year})"
        lines = [
            cells.labelled(cells.quoted(row[f"label_{language}"], language), cells.share(row, language), language)
            for _, row in figures.iterrows()
        ]
        if len(lines) == 1:
            shown += f"<p>{escape(name)}</p>{cells.listed(lines)}"
            continue
        count, known = words.number(len(lines), language), figures["estimate"].astype(float)
        between = words.interval(known.min(), known.max(), language)
        said = words.text("joint.figures", language, survey=name, span=between, n=count)
        shown += cells.folded(said, cells.listed(lines))
    return shown


def _voiced(released: Released, rows: pd.DataFrame) -> str:
    """Return in how many passages of each level the barrier stands, and a paraphrase with its locator."""
    language = released.language
    lines = [
        cells.labelled(words.speaker(released.study, row[SPEAKER], language), cells.passages(row, language), language)
        for _, row in rows[rows["part"] == "voiced"].iterrows()
    ]
    said = rows[rows["part"] == "paraphrase"]
    return cells.listed(lines) + "".join(_paraphrase(released, row) for _, row in said.iterrows())


def _paraphrase(released: Released, row: pd.Series) -> str:
    language = released.language
    place = released.study.frameworks.descriptor("document", row["document"], language)
    who = row[f"attribution_{language}"]
    locator = words.text("joint.locator", language, document=place, passage=row["passage"])
    said = words.text("labelled", language, label=who, value=locator) if who else locator
    shown = f"<p>{escape(row[f'text_{language}'])}</p><p>{escape(said)}</p>"
    return f"<blockquote{passages.marks(row)}>{shown}</blockquote>"


def _relation(released: Released, rows: pd.DataFrame) -> str:
    """Return each relation with the groups that it holds for."""
    language, lines = released.language, []
    derived = rows[(rows["part"] == RELATION) & (rows["rule"] == "derived")]
    for name, own in derived.groupby("relation", sort=False):
        groups = words.join([words.level(released.study, group, language) for group in own["group"]], language)
        lines.append(cells.labelled(words.text(f"relation.{name}", language), groups, language))
    for _, row in rows[rows["rule"] == "overruled"].iterrows():
        said = words.text(
            "joint.overruled",
            language,
            relation=words.text(f"relation.{row['relation']}", language),
            group=words.level(released.study, row["group"], language),
            reason=row["reason" if language == "en" else "reason_fr"],
        )
        lines.append(escape(said))
    return cells.listed(lines)
