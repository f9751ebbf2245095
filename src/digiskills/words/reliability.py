"""Marks on numbers whose intervals are rough or missing, and what the marks mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words.catalogue import text

if TYPE_CHECKING:
    from digiskills.disclosure import Released

MARKS = {"no_interval": "§", "no_variance": "¶", "lonely": "‡", "few_df": "†", "wide": "‖"}
"""A note of an estimate (`digiskills.estimates.notes`) and the mark that a reader sees."""
RULES = {"Satterthwaite": "two_stages", "clusters minus strata": "one_stage", "the smallest": "smallest"}
"""How the rule in a table's method starts, and the text that says it."""


def mark(released: Released, row: pd.Series) -> str:
    """Return the mark of a row's estimate, empty where its interval can be trusted.

    Parameters
    ----------
    released : Released
        The table.
    row : Series
        One of its rows.

    Returns
    -------
    str
        One character or none; none in a study that has no intervals, and on withheld rows.
    """
    note = row.get("note", "")
    if not isinstance(note, str) or row["withheld"] or not released.study.design.intervals:
        return ""
    return "".join(MARKS[word] for word in note.split() if word in MARKS)


def footnotes(released: Released) -> list[str]:
    """Return what the marks of a table mean, one sentence per mark that it holds, gravest first.

    Parameters
    ----------
    released : Released
        The table.

    Returns
    -------
    list of str
        Each starts with its mark; empty where no row is marked.
    """
    held = {mark(released, row) for _, row in released.frame.iterrows()}
    language = released.language
    return [f"{sign} {text(f'reliability.{note}', language)}" for note, sign in MARKS.items() if sign in held]


def degrees_of_freedom(released: Released) -> str:
    """Return the sentence on the degrees of freedom of a table's intervals, empty where it has none.

    On a department's own page it is the rule by which the page is released.

    Parameters
    ----------
    released : Released
        The table.

    Returns
    -------
    str
        One sentence.
    """
    rule, design = str(released.method.get("df_rule", "")), released.study.design
    if not design.intervals or not design.cluster or "low" not in released.frame:
        return ""
    if released.frame["low"].isna().all():
        return ""
    if released.table.department:
        return text("df.department", released.language, n=str(released.study.release.smallest_group))
    found = [name for start, name in RULES.items() if rule.startswith(start)]
    return text(f"df.{found[0]}", released.language) if found else ""
