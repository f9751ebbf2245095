"""Gaps read through a framework: its parts in their order, the skills that touch them, and what nothing measures."""

from __future__ import annotations

from html import escape

import pandas as pd

from digiskills import words
from digiskills.disclosure import Released
from digiskills.joint_display import cells
from digiskills.tables import Arranged

MEASURE = "short_by_one"


def lens(released: Released, framework: str) -> Arranged:
    """Return a table of shortfalls in the order of a framework.

    Parameters
    ----------
    released : Released
        Shortfalls of skills, not broken down.
    framework : str
        A code of ``competence_frameworks.csv`` in the study's frameworks.

    Returns
    -------
    Arranged
        One row per part of the framework, under the part that holds it: the skills that touch it with the share of
        people short of each, or that no question of the survey measures it. A skill stands in as many rows as it
        touches; nothing is added up or averaged over skills, which measure different things.

    Raises
    ------
    UsageError
        If the study has no such framework.
    """
    study, language = released.study, released.language
    parts = words.parts_of(study, framework)
    shown = released.only(measure=MEASURE)
    rows = shown.frame.set_index("item")
    heads = [words.text(f"lens.column.{name}", language) for name in ("part", "skills")]
    bodies = [_body(shown, part, rows, heads) for _, part in parts.groupby("parent", sort=False)]
    return Arranged(shown, cells.framed(shown, heads, bodies))


def _body(released: Released, parts: pd.DataFrame, rows: pd.DataFrame, heads: list[str]) -> str:
    """Return the rows of one area, under its name where the parts have one."""
    language, parent = released.language, str(parts["parent"].iloc[0])
    above = ""
    if parent:
        label = released.study.frameworks.label("framework_areas", parent, language)
        above = f'<tr class="family"><th scope="rowgroup" colspan="{len(heads)}">{escape(label)}</th></tr>'
    return above + "".join(_part(released, part, rows, heads) for _, part in parts.iterrows())


def _part(released: Released, part: pd.Series, rows: pd.DataFrame, heads: list[str]) -> str:
    language = released.language
    label = f"{part['number']} {part[f'label_{language}']}".strip()
    told = [_skill(released, skill, rows.loc[skill]) for skill in part["skills"]]
    shown = cells.listed(told) if told else f"<p>{escape(words.text('lens.not_measured', language))}</p>"
    return cells.row(escape(label), {heads[1]: shown})


def _skill(released: Released, skill: str, row: pd.Series) -> str:
    """Return a skill with its share, interval and base, or that it is withheld."""
    language = released.language
    said = cells.share(row, language)
    if not row["withheld"]:
        said = words.text("lens.share", language, share=said, n=words.number(row["n"], language))
    return cells.labelled(words.item_label(released, skill), said, language)
