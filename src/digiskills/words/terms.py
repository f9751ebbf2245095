"""What a model's terms, the choices of an analysis and the quadrants of importance and performance are called."""

from __future__ import annotations

from digiskills.study import Study
from digiskills.words.catalogue import entries, text
from digiskills.words.numbers import number

QUADRANTS = ("concentrate", "keep_up", "low_priority", "overkill")
CONSTANTS = ("intercept", "threshold")
"""Terms that compare nothing."""
BETWEEN = ":"
"""Stands between the terms of an interaction, and between their categories."""


def term_label(study: Study, term: str, language: str) -> str:
    """Return the words for a term of a model.

    Parameters
    ----------
    study : Study
        For its dimensions and questions.
    term : str
        A dimension, an item, a skill, ``intercept`` or ``threshold``; an interaction joins several by a colon.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        Its label; its name with spaces where nothing has words for it.
    """
    first, _, rest = term.partition(BETWEEN)
    if rest and first != "gap":
        one, other = term_label(study, first, language), term_label(study, rest, language)
        return text("term.times", language, one=one, other=other)
    if term in CONSTANTS:
        return text(f"term.{term}", language)
    if term in study.dimensions:
        return study.dimensions[term].labels[language]
    if is_skill(study, term):
        return skill_label(study, term, language)
    if term in study.codebook.items:
        return study.codebook.label(term, language).removesuffix(".")
    return term.replace("_", " ")


def category_label(study: Study, term: str, category: str, language: str) -> str:
    """Return the words for a category of a term, such as a level.

    Parameters
    ----------
    study : Study
        For its dimensions and questions.
    term : str
        As for `term_label`.
    category : str
        One of its categories; an interaction joins several by a colon; a number has none.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        Its label; its name with spaces where nothing has words for it.
    """
    if not category:
        return ""
    names, categories = term.split(BETWEEN), category.split(BETWEEN)
    # the numbers of an interaction have no category
    with_categories = [name for name in names if name in study.dimensions] if len(names) > len(categories) else names
    pairs = zip(with_categories, categories, strict=False)
    return " × ".join(_category(study, name, part, language) for name, part in pairs)


def _category(study: Study, term: str, category: str, language: str) -> str:
    if term in study.dimensions and category in study.dimensions[term].names:
        return study.dimensions[term].label(category, language)
    known = study.codebook.items.get(term)
    if known and category in {answer.name for answer in known.answers}:
        return study.codebook.answer_label(term, category, language)
    return category.replace("_", " ")


def is_skill(study: Study, name: str) -> bool:
    """Return whether a name is one of the study's skills, as a gap's item or bare."""
    table = study.frameworks.tables.get("skills")
    return table is not None and name.removeprefix("gap:") in set(table["code"])


def skill_label(study: Study, name: str, language: str) -> str:
    """Return the words for a skill, named as a gap's item or bare."""
    return study.frameworks.label("skills", name.removeprefix("gap:"), language)


def choice_label(name: str, language: str) -> str:
    """Return the words for a choice of the analysis; its name with spaces where the catalogue has none."""
    return text(f"choice.{name}", language) if f"choice.{name}" in entries() else name.replace("_", " ")


def option_label(choice: str, option: str, language: str) -> str:
    """Return the words for what was chosen.

    Parameters
    ----------
    choice : str
        What there was to choose.
    option : str
        What was chosen: a word of the catalogue, an index, or a number.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        Its label; the option with spaces where the catalogue has none.
    """
    for key in (f"option.{choice}.{option}", f"index.{option}"):
        if key in entries():
            label = text(key, language)
            return label[:1].upper() + label[1:]
    try:
        value = float(option)
    except ValueError:
        return option.replace("_", " ")
    return number(value, language, len(option.partition(".")[2]))


def quadrant_key(name: str) -> str:
    """Return which of `QUADRANTS` a name means, such as ``concentrate`` for ``concentrate_here``; empty for none."""
    return next((known for known in QUADRANTS if known in name), "")


def quadrant_label(name: str, language: str) -> str:
    """Return the words for a quadrant; empty for none."""
    return text(f"quadrant.{quadrant_key(name)}", language) if quadrant_key(name) else ""
