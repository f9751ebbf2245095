"""A released table as an accessible HTML table."""

from __future__ import annotations

from html import escape

import pandas as pd

from digiskills import words
from digiskills.disclosure import Released

ABOUT = {"shortfalls": "skill", "barrier_side": "barrier", "themes": "theme"}


def html(released: Released, caption: str | None = None) -> str:
    """Return a table with caption, column headers and row headers that screen readers announce.

    Parameters
    ----------
    released : Released
        Any released table.
    caption : str, optional
        The title of the table by default.

    Returns
    -------
    str
        One ``table`` element inside a box that scrolls sideways; everything in it is escaped.
    """
    caption = words.title(released) if caption is None else caption
    heads, numbers = _heads(released), _numbers(released)
    top = "".join(f'<th scope="col">{escape(label)}</th>' for label in [*heads.values(), *numbers.values()])
    body = "".join(_row(released, row, list(heads), list(numbers)) for _, row in _labelled(released).iterrows())
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _labelled(released: Released) -> pd.DataFrame:
    """Return the rows with one column of words per column that names them."""
    frame = words.rows(released)
    language = released.language
    for name in released.by:
        frame[f"{name}_label"] = words.group_labels(released, name)
    if "measure" in frame:
        frame["measure_label"] = [words.text(f"measure.{name}", language) for name in frame["measure"]]
    if "survey" in frame:
        frame["survey_label"] = words.group_labels(released, "survey")
        frame["year_label"] = frame["year"].astype(str)
    return frame


def _heads(released: Released) -> dict[str, str]:
    """Return the columns that name a row, with their headers."""
    language, frame = released.language, released.frame
    heads = {}
    if "survey" in frame:
        heads = {f"{name}_label": words.text(f"column.{name}", language) for name in ("survey", "year")}
    if any(words.item_label(released, name) for name in words.items_of(released)):
        heads["item_label"] = words.text(f"column.{ABOUT.get(released.kind, 'item')}", language)
    if "measure" in frame and frame["measure"].nunique() > 1:
        heads["measure_label"] = words.text("column.measure", language)
    if "answer" in frame:
        heads["answer_label"] = words.text("column.answer", language)
    return {**heads, **{f"{name}_label": words.column_label(released, name) for name in released.by}}


def _numbers(released: Released) -> dict[str, str]:
    """Return the columns of numbers, with their headers."""
    language, frame = released.language, released.frame
    counted = {"respondents": {"n": "respondents", "estimate": "people", "clusters": "clusters"}}
    counted["themes"] = {"n": "passages", "base": "base"}
    counted["passages"] = {"n": "passages"}
    usual = {"estimate": "estimate", "low": "interval", "n": "n", "clusters": "clusters"}
    columns = counted.get(released.kind, usual)
    return {
        name: words.text(f"column.{key}", language)
        for name, key in columns.items()
        if name in frame and (frame[name].notna().any() or name in ("estimate", "n"))
    }


def _row(released: Released, row: pd.Series, heads: list[str], numbers: list[str]) -> str:
    named = "".join(f'<th scope="row">{escape(str(row[name]))}</th>' for name in heads)
    if row["withheld"]:
        word = escape(words.text("withheld", released.language))
        return f'<tr>{named}<td colspan="{len(numbers)}">{word}</td></tr>'
    return f"<tr>{named}{''.join(f'<td>{escape(_written(released, row, name))}</td>' for name in numbers)}</tr>"


def _written(released: Released, row: pd.Series, name: str) -> str:
    """Return a number as the row's measure writes it."""
    language = released.language
    if name in ("n", "clusters", "base"):
        return words.number(float(row[name]), language) if pd.notna(row[name]) else words.NO_NUMBER
    if released.kind == "respondents":
        return words.people(row[name], language)
    write = words.form(row["measure"] if "measure" in row else words.measure(released))
    return words.interval(row["low"], row["high"], language, write) if name == "low" else write(row[name], language)
