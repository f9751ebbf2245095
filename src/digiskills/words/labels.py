"""What the rows of a released table are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from digiskills.codebook import MISSING_REASONS
from digiskills.words.catalogue import text
from digiskills.words.terms import category_label, choice_label, is_skill, option_label, skill_label, term_label

if TYPE_CHECKING:
    from digiskills.disclosure import Released

SKILLED = ("shortfalls", "needs", "quadrants", "changes", "robustness")
"""Kinds of table whose items are skills, or may be."""


def item_column(released: Released) -> str:
    """Return the column that says what a row is about: ``item``, ``code``, ``family`` or, of models, ``term``."""
    return next((name for name in ("item", "code", "family", "term") if name in released.frame), "item")


def value_column(released: Released) -> str:
    """Return the column of the number that is shown: ``n`` of counts, ``importance`` of quadrants, ``estimate``."""
    if released.kind == "quadrants":
        return "importance"
    return "n" if released.kind in ("respondents", "themes", "passages") else "estimate"


def items_of(released: Released) -> list[str]:
    """Return what the rows are about, in the order of the table; empty for a table without items."""
    column = item_column(released)
    return list(dict.fromkeys(released.frame[column].astype(str))) if column in released.frame else []


def is_by_answer(released: Released) -> bool:
    """Return whether the table has several answers per item, as for diverging bars."""
    frame = released.frame
    return "answer" in frame and bool((frame.groupby("item", observed=True)["answer"].nunique() > 1).any())


def item_label(released: Released, name: str) -> str:
    """Return the words for what a row is about.

    Parameters
    ----------
    released : Released
        The table, for its study and language.
    name : str
        A skill, an item of the survey or one of its options (``item/option``), or a code.

    Returns
    -------
    str
        Its label in the table's language.
    """
    language, study = released.language, released.study
    if released.kind == "respondents":
        return ""
    if released.kind in SKILLED and is_skill(study, name):
        return skill_label(study, name, language)
    if f"label_{language}" in released.frame:
        # codes, others' questions and terms of models may bring their words in the table
        own = released.frame[released.frame[item_column(released)].astype(str) == name]
        return str(own[f"label_{language}"].iloc[0])
    if released.kind == "model":
        return term_label(study, name, language)
    asked, _, option = name.partition("/")
    if option:
        return study.codebook.answer_label(asked, option, language)
    item = study.codebook.item(name)
    if item.role in ("needed", "held") and item.skill:
        skill = study.frameworks.label("skills", item.skill, language)
        return text(f"item.{item.role}", language, skill=skill)
    label = study.codebook.label(name, language)
    disagreeing = item.reverse and "barrier_side" in (released.kind, released.method.get("measure"))
    return text("item.reversed", language, label=label.removesuffix(".")) if disagreeing else label


def group_label(released: Released, column: str, value: Any) -> str:
    """Return the words for a category of a breakdown.

    Parameters
    ----------
    released : Released
        The table, for its study, evidence and language.
    column : str
        A dimension of the study, a descriptor of the focus groups or published surveys, or ``wave``.
    value : str
        One of its categories, or ``all``.

    Returns
    -------
    str
        Its label in the table's language.
    """
    study, language, name = released.study, released.language, str(value)
    if source(released) in ("focus_groups", "published") and study.frameworks.has_descriptor(column, name):
        return study.frameworks.descriptor(column, name, language)
    if name == "all":
        return text("all", language)
    if column in study.dimensions:
        return study.dimensions[column].label(name, language)
    if column in ("wave", "year"):
        return name
    return study.frameworks.descriptor(column, name, language)


def group_labels(released: Released, column: str) -> list[str]:
    """Return the words for the category of each row."""
    values = [str(value) for value in released.frame[column]]
    known = {value: group_label(released, column, value) for value in dict.fromkeys(values)}
    return [known[value] for value in values]


def answer_label(released: Released, item: str, answer: str) -> str:
    """Return the words for an answer, or for a reason for having none."""
    language = released.language
    if answer in MISSING_REASONS:
        return text(f"reason.{answer}", language)
    if "/" in item:  # an option of a question with several answers
        return text(f"answer.{answer}", language)
    return released.study.codebook.answer_label(item, answer, language)


def column_label(released: Released, column: str) -> str:
    """Return the words for a column that rows are broken down by."""
    if column in released.study.dimensions:
        return released.study.dimensions[column].labels[released.language]
    return text(f"column.{column}", released.language)


def source(released: Released) -> str:
    """Return ``synthetic`` for synthetic evidence, otherwise the name of the evidence."""
    return "synthetic" if released.evidence_kind == "synthetic" else str(released.evidence)


def groups(released: Released) -> list[str]:
    """Return the columns that break the table down and have more than one category in it."""
    return [name for name in released.by if released.frame[name].astype(str).nunique() > 1]


def scope(released: Released) -> list[str]:
    """Return the words for what the whole table is limited to, such as one department size."""
    single = {name: str(released.frame[name].iloc[0]) for name in released.by if name not in groups(released)}
    limits = {**single, **released.where}
    return [group_label(released, name, value) for name, value in limits.items() if value != "all"]


def rows(released: Released) -> pd.DataFrame:
    """Return the rows of a table with their labels beside the numbers.

    Parameters
    ----------
    released : Released
        Any released table.

    Returns
    -------
    pandas.DataFrame
        The released rows in their order, with the columns ``item_label``, ``answer_label`` (of models the
        category, of choices the choice and its option; empty without answers), ``group_label`` (categories
        joined by commas, empty without a breakdown) and ``value`` (the number shown, NaN where withheld); of
        models also ``reference_label``.
    """
    frame = released.frame.reset_index(drop=True).copy()
    column = item_column(released)
    names = {name: item_label(released, name) for name in items_of(released)}
    frame["item_label"] = [names[str(name)] for name in frame[column]] if column in frame else ""
    frame["answer_label"] = _answer_labels(released, frame)
    if released.kind == "model":
        frame["reference_label"] = _categories(released, "reference")
    labels = [group_labels(released, name) for name in groups(released)]
    frame["group_label"] = [", ".join(parts) for parts in zip(*labels, strict=True)] if labels else ""
    frame["value"] = pd.to_numeric(frame[value_column(released)]).astype(float)
    return frame


def _answer_labels(released: Released, frame: pd.DataFrame) -> list[str]:
    """Return the words for the answer, the category or the option of each row."""
    if released.kind == "model":
        return _categories(released, "level")
    if released.kind == "robustness":
        return [choice_words(released, row) for _, row in frame.iterrows()]
    if "answer" not in frame:
        return [""] * len(frame)
    asked = list(zip(frame[item_column(released)].astype(str), frame["answer"].astype(str), strict=True))
    said = {pair: answer_label(released, *pair) if pair[1] else "" for pair in dict.fromkeys(asked)}
    return [said[pair] for pair in asked]


def _categories(released: Released, column: str) -> list[str]:
    """Return the words for the categories of a model's terms."""
    given = released.frame[column].fillna("").astype(str)
    terms = released.frame["term"].astype(str)
    pairs = zip(terms, given, strict=True)
    return [category_label(released.study, term, name, released.language) for term, name in pairs]


def choice_words(released: Released, row: pd.Series) -> str:
    """Return the words for the choice of a row and what was chosen."""
    language = released.language
    return text("labelled", language, label=choice_of(released, row), value=option_of(released, row))


def choice_of(released: Released, row: pd.Series) -> str:
    """Return the words for the choice of a row; a table may bring its own as ``choice_en`` and ``choice_fr``."""
    own = row.get(f"choice_{released.language}", "")
    return str(own) or choice_label(str(row["choice"]), released.language)


def option_of(released: Released, row: pd.Series) -> str:
    """Return the words for what was chosen; a table may bring its own as ``option_en`` and ``option_fr``."""
    own = row.get(f"option_{released.language}", "")
    return str(own) or option_label(str(row["choice"]), str(row["option"]), released.language)
