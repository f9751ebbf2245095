"""One number of a released table in the words of a language."""

from __future__ import annotations

import pandas as pd

from digiskills import words
from digiskills.disclosure import Released
from digiskills.tables import columns


def written(released: Released, row: pd.Series, name: str) -> str:
    """Return a number as the row's measure writes it, in the table's language.

    Parameters
    ----------
    released : Released
        The table.
    row : Series
        One of its rows, with labels.
    name : str
        A column; one that ends in ``low`` gives the interval that starts there.

    Returns
    -------
    str
        Words where the number is not defined.
    """
    language, value = released.language, row[name]
    if pd.isna(value):
        why = str(row.get("reason", "")) if name == "estimate" else ""
        return words.undefined_label(why, language, short=True) if why else words.NO_NUMBER
    if name == "clusters_needed" and row["route"] != "clusters":
        return words.NO_NUMBER  # those of now will do
    if name in (*columns.COUNTS, *columns.PLANNED):
        return words.number(float(value), language)
    if name == "quadrant":
        return words.quadrant_label(str(value), language)
    if name in ("differs", "is_headline", "same_items", "surely_small"):
        return words.text("answer.yes" if value else "answer.no", language)
    if name == "rank":
        return words.number(value, language, 0 if float(value).is_integer() else 1)
    if name in ("rank_low", "joint_low"):
        return words.interval(value, row[f"{name.removesuffix('low')}high"], language, words.number)
    if name in columns.P_VALUES:
        return words.p_value(value, language)
    if name in ("beyond", "covered"):
        return words.percent(value, language)
    if name in ("between", "within"):
        return words.number(value, language, 2)
    if name in ("df", "df_error"):
        return words.number(value, language, 0 if float(value).is_integer() else 1)
    if name == "expected":
        return words.number(value, language, 1)
    if name == "lowest":
        return words.interval(value, row["highest"], language, words.form(words.measure(released)))
    if name == "ratio":
        return words.number(value, language, 1)
    if name == "place":
        return words.number(value, language)
    if name == "farthest_choice":
        return str(row["farthest_label"]) or words.NO_NUMBER
    if name == "size":
        return words.text(f"size.{value}", language) if value else words.NO_NUMBER
    if name in ("margin_now", "change_detectable"):
        return words.width(released, value)
    if name == "power_wanted":
        return words.probability(value, language)
    if name == "note":
        return words.plan_note(str(value), language)
    if name in columns.THREE_DECIMALS:
        return words.number(value, language, 3)
    if name in columns.TWO_DECIMALS:
        return words.number(value, language, 2)
    if name.startswith("p_") or name == "top_probability":
        return words.probability(value, language)
    return _estimated(released, row, name)


def _estimated(released: Released, row: pd.Series, name: str) -> str:
    """Return an estimate, or the interval that starts in a column, as the row's measure writes it."""
    language, measured = released.language, row["measure"] if "measure" in row else words.measure(released)
    if released.kind == "respondents":
        return words.people(row[name], language)
    write = words.row_form(released, row) if "coefficient" in row else words.form(measured)
    if released.kind == "changes" and name in ("estimate", "low"):
        write = words.change_form(measured, end=name == "low")
    if not name.endswith("low"):
        signs = ("*" if words.is_rounded(row) else "") + words.mark(released, row) if name == "estimate" else ""
        return write(row[name], language) + signs
    return words.interval(row[name], row[f"{name.removesuffix('low')}high"], language, write)
