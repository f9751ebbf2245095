"""Phrases for one row of a table: what it is about and its number."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words.catalogue import text
from digiskills.words.measures import change_form, form, measure, row_form
from digiskills.words.numbers import interval, number

if TYPE_CHECKING:
    from digiskills.disclosure import Released

ROUNDING = "rounding"  # the note of such a change
LONGEST_LABEL = 60  # a question's wording is cut to this in alternative text, so that the numbers fit


def short(label: str, width: int = LONGEST_LABEL) -> str:
    """Return a label cut at a word, with an ellipsis where it was cut."""
    return textwrap.shorten(label, width, placeholder="…")


def value_words(released: Released, row: pd.Series) -> str:
    """Return the number of a row of `labels.rows` with its interval, where it has one."""
    language, write = released.language, row_form(released, row)
    value = write(row["value"], language)
    if "low" not in row or pd.isna(row["low"]):
        return value
    return text("alt.interval", language, value=value, interval=interval(row["low"], row["high"], language, write))


def row_parts(row: pd.Series) -> list[str]:
    """Return the words that say which row of `labels.rows` this is."""
    parts = (str(row[name]).removesuffix(".") for name in ("item_label", "answer_label", "group_label"))
    return [part for part in parts if part]


def change_places(released: Released, row: pd.Series) -> dict[str, str]:
    """Return the places ``before``, ``after``, ``change``, ``interval`` and ``n`` of a row of changes."""
    language, measured = released.language, measure(released)
    write, end = form(measured), change_form(measured, end=True)
    return {
        "before": write(row["before"], language),
        "after": write(row["after"], language),
        "change": change_form(measured)(row["value"], language),
        "interval": interval(row["low"], row["high"], language, end),
        "n": number(row["n"], language),
    }


def change_words(released: Released, row: pd.Series) -> str:
    """Return the change of a row with its interval, marked where rounding keeps it from adding up."""
    places, mark = change_places(released, row), "*" if is_rounded(row) else ""
    return text("change", released.language, change=places["change"] + mark, interval=places["interval"])


def is_rounded(row: pd.Series) -> bool:
    """Return whether a row's change is not the difference of its two numbers as they are rounded."""
    note = row.get("note", "")
    return isinstance(note, str) and ROUNDING in note.split() and row["withheld"] == ""
