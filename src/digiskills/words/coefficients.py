"""What scales, coefficients and the outcomes of coding are called, and why a coefficient is undefined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digiskills.words.catalogue import entries, text

if TYPE_CHECKING:
    import pandas as pd

    from digiskills.disclosure import Released
    from digiskills.study import Study

OF_CODERS = ("coder_agreement", "settled")
"""Kinds of table on what coders did; their codes may be ratings too, or all codes together."""
BESIDE = {"reliability": "coefficient", "coder_agreement": "coefficient", "item_rest": "scale"}
BESIDE |= {"equivalence": "scale", "settled": "outcome"}
"""Kinds of table on reliability, and the column that names their rows beside what they are about."""
IN_PERCENT = ("agreement", "prevalence")
"""Coefficients that are shares."""


def scale_label(study: Study, name: str, language: str) -> str:
    """Return the words for a scale of several questions.

    Parameters
    ----------
    study : Study
        For its barriers.
    name : str
        A role of the codebook such as ``needed``, or a barrier.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        Its label; its name with spaces where nothing has words for it.
    """
    if f"scale.{name}" in entries():
        return text(f"scale.{name}", language)
    table = study.frameworks.tables.get("barriers")
    if table is not None and name in set(table["code"]):
        return study.frameworks.label("barriers", name, language)
    return name.replace("_", " ")


def coefficient_label(kind: str, name: str, language: str) -> str:
    """Return the words for a coefficient in a kind of table; its name with spaces where the catalogue has none."""
    for key in (f"coefficient.{kind}.{name}", f"coefficient.{name}"):
        if key in entries():
            return text(key, language)
    return name.replace("_", " ")


def undefined_label(reason: str, language: str, *, short: bool = False) -> str:
    """Return why a coefficient or its interval is undefined, in a few words or as a clause."""
    return text(f"undefined.short.{reason}" if short else f"undefined.{reason}", language)


def about_coders(released: Released) -> str:
    """Return what the study says of the agreement of its coders, such as what it is at most; empty for nothing."""
    about = released.study.evidence.get("focus_groups")
    return about.agreement.get(released.language, "") if about else ""


def groups_compared(released: Released) -> str:
    """Return the words for what makes the groups of a table of kind ``equivalence``: a dimension or a question."""
    name, language, study = str(released.method["groups"]), released.language, released.study
    label = (
        study.dimensions[name].labels[language] if name in study.dimensions else study.codebook.label(name, language)
    )
    return text("quoted", language, label=label.removesuffix("?").rstrip())


def scale_or_code_label(released: Released, name: str) -> str:
    """Return the words for what a row of these tables is about; empty where others have them.

    Parameters
    ----------
    released : Released
        The table, for its kind, study and language.
    name : str
        A scale, a code, a rating or ``all``.

    Returns
    -------
    str
        The words; empty for the codes of the study, which bring theirs in the table, and for questions.
    """
    if released.kind == "reliability":
        return scale_label(released.study, name, released.language)
    if released.kind not in OF_CODERS:
        return ""
    key = "coder_agreement.all" if name == "all" else f"column.{name}"
    return text(key, released.language) if key in entries() else ""


def beside_labels(released: Released, frame: pd.DataFrame) -> list[str]:
    """Return the words for each row's value in the column of `BESIDE`."""
    column, language = BESIDE[released.kind], released.language
    values = [str(value) for value in frame[column]]
    if column == "scale":
        return [scale_label(released.study, value, language) for value in values]
    if column == "outcome":
        return [text(f"outcome.{value}", language) for value in values]
    return [coefficient_label(released.kind, value, language) for value in values]
