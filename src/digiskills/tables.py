"""A released table as an accessible HTML table."""

from __future__ import annotations

from html import escape

import pandas as pd

from digiskills import words
from digiskills.disclosure import Released

ABOUT = {
    "shortfalls": "skill",
    "needs": "skill",
    "quadrants": "skill",
    "barrier_side": "barrier",
    "themes": "theme",
    "model": "term",
}
ESTIMATE = {"estimate": "estimate", "low": "interval"}
BASE = {"n": "n", "clusters": "clusters"}
"""Column of a table and the catalogue's word for its header."""
COLUMNS = {
    "respondents": {"n": "respondents", "estimate": "people", "clusters": "clusters"},
    "themes": {"n": "passages", "base": "base"},
    "passages": {"n": "passages"},
    "needs": {
        **ESTIMATE,
        "rank": "rank",
        "rank_low": "rank_interval",
        "top_probability": "top_probability",
        **BASE,
    },
    "quadrants": {
        "importance": "importance",
        "importance_low": "interval",
        "performance": "performance",
        "performance_low": "interval",
        "quadrant": "quadrant",
        **{f"p_{name}": "probability" for name in words.QUADRANTS},
        **BASE,
    },
    "model": {**ESTIMATE, "p": "p", **BASE},
    "changes": {
        "before": "before",
        "after": "after",
        "estimate": "change",
        "low": "interval",
        "differs": "differs",
        "n_before": "n_before",
        **BASE,
    },
    "robustness": {"is_headline": "is_headline", **ESTIMATE, "n": "n"},
}
COUNTS = ("n", "n_before", "clusters", "base")


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
    if released.kind == "model":
        # a header without words would be announced as nothing
        named = ["answer_label", "reference_label"]
        frame[named] = frame[named].replace("", words.NO_NUMBER)
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
    if "answer" in frame or released.kind in ("model", "robustness"):
        about = {"model": "category", "robustness": "choice"}.get(released.kind, "answer")
        heads["answer_label"] = words.text(f"column.{about}", language)
    if released.kind == "model":
        heads["reference_label"] = words.text("column.reference", language)
    return {**heads, **{f"{name}_label": words.column_label(released, name) for name in released.by}}


def _numbers(released: Released) -> dict[str, str]:
    """Return the columns of numbers, with their headers."""
    frame = released.frame
    columns = COLUMNS.get(released.kind, {**ESTIMATE, **BASE})
    return {
        name: _header(released, name, key)
        for name, key in columns.items()
        if name in frame and (frame[name].notna().any() or name in ("estimate", "n"))
    }


def _header(released: Released, name: str, key: str) -> str:
    quadrant = words.quadrant_label(name, released.language) if key == "probability" else ""
    return words.text(f"column.{key}", released.language, quadrant=quadrant)


def _row(released: Released, row: pd.Series, heads: list[str], numbers: list[str]) -> str:
    named = "".join(f'<th scope="row">{escape(str(row[name]))}</th>' for name in heads)
    if row["withheld"]:
        word = escape(words.text("withheld", released.language))
        return f'<tr>{named}<td colspan="{len(numbers)}">{word}</td></tr>'
    return f"<tr>{named}{''.join(f'<td>{escape(_written(released, row, name))}</td>' for name in numbers)}</tr>"


def _written(released: Released, row: pd.Series, name: str) -> str:
    """Return a number as the row's measure writes it."""
    language, value = released.language, row[name]
    if pd.isna(value):
        return words.NO_NUMBER
    if name in COUNTS:
        return words.number(float(value), language)
    if name == "quadrant":
        return words.quadrant_label(str(value), language)
    if name in ("differs", "is_headline"):
        return words.text("answer.yes" if value else "answer.no", language)
    if name == "rank":
        return words.number(value, language, 0 if float(value).is_integer() else 1)
    if name == "rank_low":
        return words.interval(value, row["rank_high"], language, words.number)
    if name == "p":
        return words.p_value(value, language)
    if name.startswith("p_") or name == "top_probability":
        return words.probability(value, language)
    return _estimated(released, row, name)


def _estimated(released: Released, row: pd.Series, name: str) -> str:
    """Return an estimate, or the interval that starts in a column, as the row's measure writes it."""
    language, measured = released.language, row["measure"] if "measure" in row else words.measure(released)
    if released.kind == "respondents":
        return words.people(row[name], language)
    write = words.form(measured)
    if released.kind == "changes" and name in ("estimate", "low"):
        write = words.change_form(measured, end=name == "low")
    if not name.endswith("low"):
        return write(row[name], language) + ("*" if name == "estimate" and words.is_rounded(row) else "")
    return words.interval(row[name], row[f"{name.removesuffix('low')}high"], language, write)
