"""What the rows and numbers of a released table are called: labels, measures and their number format."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from digiskills.codebook import MISSING_REASONS
from digiskills.errors import UsageError, nearest
from digiskills.words.catalogue import entries, text
from digiskills.words.numbers import number, people, percent

if TYPE_CHECKING:
    from digiskills.disclosure import Released

MEASURES = ("short_by_one", "short_by_two", "surplus", "mean_gap", "people_short")
"""The measures of a table of shortfalls; the first one present is shown unless another is asked for."""
SHARES = (
    "short_by_one",
    "short_by_two",
    "surplus",
    "barrier_side",
    "shares",
    "missing",
    "share_barrier",
    "share_favourable",
)


def item_column(released: Released) -> str:
    """Return the column that says what a row is about: ``item``; of themes ``code`` or ``family``."""
    return next((name for name in ("item", "code", "family") if name in released.frame), "item")


def value_column(released: Released) -> str:
    """Return the column of the number that is shown: ``n`` where things are counted, else ``estimate``."""
    return "n" if released.kind in ("respondents", "themes", "passages") else "estimate"


def items_of(released: Released) -> list[str]:
    """Return what the rows are about, in the order of the table; empty for a table without items."""
    column = item_column(released)
    return list(dict.fromkeys(released.frame[column].astype(str))) if column in released.frame else []


def _are_levels(released: Released) -> bool:
    """Whether the items are levels of skill, needed and held."""
    known = released.study.codebook.items
    return {known[item].role if item in known else "" for item in items_of(released)} <= {"needed", "held"}


def measure(released: Released) -> str:
    """Return the word of the catalogue for what the numbers measure.

    Parameters
    ----------
    released : Released
        Any released table; of shortfalls with several measures the first in order counts, see `chosen`.

    Returns
    -------
    str
        A key such that ``measure.<key>`` is a text.
    """
    if released.kind == "shortfalls":
        return next(name for name in MEASURES if name in set(released.frame["measure"]))
    if released.kind == "figures":
        return released.table.items[0] if released.table.items else "share_barrier"
    return "levels" if released.kind == "means" and _are_levels(released) else released.kind


def chosen(released: Released, wanted: str | None = None) -> Released:
    """Return the rows of one measure.

    Parameters
    ----------
    released : Released
        Any released table; only shortfalls have several measures.
    wanted : str, optional
        The measure; the first present in the order of `MEASURES` by default.

    Returns
    -------
    Released
        Of the same declared table.

    Raises
    ------
    UsageError
        If the table does not hold the measure.
    """
    if released.kind != "shortfalls":
        return released
    held = [name for name in MEASURES if name in set(released.frame["measure"])]
    if not held:
        raise UsageError("the table has no rows; give one with at least one")
    if wanted is not None and wanted not in held:
        raise UsageError(f"the table holds no measure ‘{wanted}’: {nearest(wanted, held)}")
    return released.only(measure=wanted or held[0])


def is_by_answer(released: Released) -> bool:
    """Return whether the table has several answers per item, as for diverging bars."""
    frame = released.frame
    return "answer" in frame and bool((frame.groupby("item", observed=True)["answer"].nunique() > 1).any())


def title_key(released: Released) -> str:
    """Return the catalogue's key for the title of a released table."""
    known = measure(released)
    return f"title.{known if f'title.{known}' in entries() else released.kind}"


def form(measured: str) -> Callable[[float, str], str]:
    """Return how a number of this measure is written.

    Parameters
    ----------
    measured : str
        What `measure` returned.

    Returns
    -------
    callable
        ``(value, language) -> str``.
    """
    if measured in SHARES:
        return percent
    if measured == "people_short":
        return people
    digits = {"means": 2, "mean_gap": 2, "levels": 1}.get(measured, 0)
    return lambda value, language: number(value, language, digits)


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
    if released.kind == "shortfalls":
        return study.frameworks.label("skills", name.removeprefix("gap:"), language)
    if f"label_{language}" in released.frame:
        # codes and others' questions bring their words in the table
        own = released.frame[released.frame[item_column(released)].astype(str) == name]
        return str(own[f"label_{language}"].iloc[0])
    asked, _, option = name.partition("/")
    if option:
        return study.codebook.answer_label(asked, option, language)
    item = study.codebook.item(name)
    if item.role in ("needed", "held") and item.skill:
        skill = study.frameworks.label("skills", item.skill, language)
        return text(f"item.{item.role}", language, skill=skill)
    label = study.codebook.label(name, language)
    disagreeing = item.reverse and released.kind == "barrier_side"
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
        The released rows in their order, with the columns ``item_label``, ``answer_label`` (empty without
        answers), ``group_label`` (categories joined by commas, empty without a breakdown) and ``value``
        (the number shown, NaN where withheld).
    """
    frame = released.frame.reset_index(drop=True).copy()
    column = item_column(released)
    names = {name: item_label(released, name) for name in items_of(released)}
    frame["item_label"] = [names[str(name)] for name in frame[column]] if column in frame else ""
    items = frame[column].astype(str) if column in frame else pd.Series("", index=frame.index)
    answers = frame["answer"].astype(str) if "answer" in frame else pd.Series("", index=frame.index)
    asked = list(zip(items, answers, strict=True))
    said = {pair: answer_label(released, *pair) if pair[1] else "" for pair in dict.fromkeys(asked)}
    frame["answer_label"] = [said[pair] for pair in asked]
    labels = [group_labels(released, name) for name in groups(released)]
    frame["group_label"] = [", ".join(parts) for parts in zip(*labels, strict=True)] if labels else ""
    frame["value"] = pd.to_numeric(frame[value_column(released)]).astype(float)
    return frame
