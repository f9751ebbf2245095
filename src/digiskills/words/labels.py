"""What the rows of a released table are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from digiskills.codebook import MISSING_REASONS
from digiskills.words.catalogue import text
from digiskills.words.coefficients import BESIDE, beside_labels, scale_or_code_label
from digiskills.words.numbers import join, number
from digiskills.words.terms import (
    category_label,
    choice_label,
    is_skill,
    option_label,
    skill_label,
    term_label,
)

if TYPE_CHECKING:
    from digiskills.disclosure import Released

SKILLED: tuple[str, ...] = ("shortfalls", "needs", "quadrants", "changes", "coverage", "reach", "pairs_short")
"""Kinds of table whose items are skills, or may be."""
SKILLED += ("differences", "standardized", "mix_and_rate", "band_ends", "size_trend", "paired_levels")
SKILLED += ("robustness", "robustness_range", "robustness_order")
SKILLED += ("between_departments", "answers_needed", "detectable_change")
MODELLED = ("model", "effects", "adjusted", "parallel")
"""Kinds of table whose rows are terms of a model and their categories."""
WITHOUT_ITEMS = ("respondents", "departments", "response", "saturation")
"""Kinds of table whose rows are groups and nothing else."""
OWN_GROUPS = ("part", "bands", "category")
"""Columns that break a table down besides the study's dimensions."""
HEADLINE = "headline"
OF_SEVERAL = ("below_minimum", "tasks_not_alone", "quiz_not_right", "deep", "broad", "t_shaped", "none")
"""Items made of what a respondent said to several questions."""


SHOWN = {"quadrants": "importance", "departments": "clusters"}
SHOWN |= {"barriers_voiced": "n", "codes_voiced": "n"}
SHOWN |= {"cooccurrence": "n", "cooccurrence_in_paragraphs": "n", "saturation": "n"}
SHOWN |= {"answers_needed": "n_needed", "detectable_change": "change_detectable"}
"""The column of the number that is shown, where it is neither an estimate nor a count."""


def item_column(released: Released) -> str:
    """Return the column that says what a row is about: ``item``, ``code``, ``family`` or, of models, ``term``."""
    return next((name for name in ("item", "code", "family", "term") if name in released.frame), "item")


def value_column(released: Released) -> str:
    """Return the column of the number that is shown: ``n`` of counts, that of `SHOWN`, else ``estimate``."""
    if released.kind in SHOWN:
        return SHOWN[released.kind]
    return "n" if released.kind in ("respondents", "themes", "passages", "settled") else "estimate"


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
    if released.kind in WITHOUT_ITEMS:
        return ""
    if released.kind in SKILLED and is_skill(study, name):
        return skill_label(study, name, language)
    if scale_or_code_label(released, name):
        return scale_or_code_label(released, name)
    if name in OF_SEVERAL:
        return text(f"item.{name}", language)
    if released.kind == "sets_short":
        return join([skill_label(study, skill, language) for skill in name.split(" + ")], language)
    if f"label_{language}" in released.frame:
        # codes, others' questions and terms of models may bring their words in the table
        own = released.frame[released.frame[item_column(released)].astype(str) == name]
        return str(own[f"label_{language}"].iloc[0])
    if released.kind in MODELLED:
        return text("term.every", language) if name == "all" else term_label(study, name, language)
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
    if column == "against":
        column = released.by[0]
    if column in study.dimensions:
        return study.dimensions[column].label(name, language)
    if column == "department":
        return name  # a label of the survey's own, which has no other words
    if column in ("wave", "year", "session"):
        return name
    if column in OWN_GROUPS:
        return own_label(released, column, name)
    return study.frameworks.descriptor(column, name, language)


def own_label(released: Released, column: str, value: str) -> str:
    """Return the words for a value of one of `OWN_GROUPS`."""
    study, language = released.study, released.language
    if column == "category":
        known = next(dimension for dimension in study.dimensions.values() if value in dimension.names)
        return known.label(value, language)
    return text(f"group.{column}.{value}", language)


def _answering(released: Released, row: pd.Series) -> str:
    """Return the words for a row on who is in the sample: a dimension as a whole, or one of its groups."""
    language = released.language
    if row["category"] == "all":
        return text("group.category.whole", language, dimension=column_label(released, str(row["dimension"])))
    return own_label(released, "category", str(row["category"]))


def compared_labels(released: Released) -> list[str]:
    """Return the words for the two groups of each row of a table of differences."""
    (group,) = released.by
    labels = [group_labels(released, name) for name in (group, "against")]
    return [text("less", released.language, one=one, other=other) for one, other in zip(*labels, strict=True)]


def group_labels(released: Released, column: str) -> list[str]:
    """Return the words for the category of each row."""
    if released.kind == "response" and column == "category":
        return [_answering(released, row) for _, row in released.frame.iterrows()]
    values = [str(value) for value in released.frame[column]]
    known = {value: group_label(released, column, value) for value in dict.fromkeys(values)}
    return [known[value] for value in values]


SIDES = {"needs": "measure", "shortfalls": "measure", "quiz": "right", "coverage": "at_least", "reach": "short"}
SIDES |= {"pairs_short": "other"}
"""The column that stands across, in a table that has several numbers of each row."""


def side_label(released: Released, value: object) -> str:
    """Return the words for a value of the column that stands across, see `SIDES`."""
    language, column = released.language, SIDES[released.kind]
    if column == "other":
        return skill_label(released.study, str(value), language)
    if column in ("measure", "short"):
        return text(f"side.{column}.{value}", language)
    count, n = int(str(value)), number(float(str(value)), language)
    if column == "right":
        most = max(int(each) for each in released.frame[column])
        return text("side.right", language, n=n, all=number(most, language))
    return text("side.at_least", language, count=count, n=n)


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
    return [name for name in breakdown(released) if released.frame[name].astype(str).nunique() > 1]


def breakdown(released: Released) -> list[str]:
    """Return the columns that break the table down: dimensions, then columns of its own."""
    return [*released.by, *(name for name in OWN_GROUPS if name in released.frame)]


def scope(released: Released) -> list[str]:
    """Return the words for what the whole table is limited to, such as one department size."""
    alone = [name for name in released.by if len(released.frame) and name not in groups(released)]
    single = {name: str(released.frame[name].iloc[0]) for name in alone}
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
    if released.kind in MODELLED:
        frame["reference_label"] = _categories(released, "reference")
    if "farthest_choice" in frame:
        frame["farthest_label"] = [farthest_words(released, row) for _, row in frame.iterrows()]
    labels = [group_labels(released, name) for name in groups(released)]
    if released.kind == "differences":
        labels = [compared_labels(released)]
    frame["group_label"] = [", ".join(parts) for parts in zip(*labels, strict=True)] if labels else ""
    frame["value"] = pd.to_numeric(frame[value_column(released)]).astype(float)
    return frame


def _answer_labels(released: Released, frame: pd.DataFrame) -> list[str]:
    """Return the words for the answer, the category or the option of each row."""
    if released.kind in MODELLED:
        return _categories(released, "level")
    if released.kind in ("robustness", "robustness_order"):
        return [choice_words(released, row) for _, row in frame.iterrows()]
    if released.kind in ("coverage", "reach", "pairs_short"):
        return [side_label(released, value) for value in frame[SIDES[released.kind]]]
    if released.kind in BESIDE:
        return beside_labels(released, frame)
    if f"other_{released.language}" in frame:  # a pair of codes
        return list(frame[f"other_{released.language}"])
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
    if row["choice"] == HEADLINE:
        return text(HEADLINE, language)
    return text("labelled", language, label=choice_of(released, row), value=option_of(released, row))


def farthest_words(released: Released, row: pd.Series) -> str:
    """Return the words for the choice that moves a number most and what was chosen; empty where none does."""
    choice, option = row["farthest_choice"], row["farthest_option"]
    if pd.isna(choice) or not choice:
        return ""
    return choice_words(released, pd.Series({"choice": choice, "option": option}))


def choice_of(released: Released, row: pd.Series) -> str:
    """Return the words for the choice of a row; a table may bring its own as ``choice_en`` and ``choice_fr``."""
    own = row.get(f"choice_{released.language}", "")
    return str(own) or choice_label(str(row["choice"]), released.language)


def option_of(released: Released, row: pd.Series) -> str:
    """Return the words for what was chosen; a table may bring its own as ``option_en`` and ``option_fr``."""
    own = row.get(f"option_{released.language}", "")
    return str(own) or option_label(str(row["choice"]), str(row["option"]), released.language)
