"""The fields of the panel: their words in both languages, and the choice that their values make."""

from __future__ import annotations

from collections.abc import Mapping

from digiskills import words
from digiskills.notebook.panel.views import ALL, EACH, Choice, Explorer


def labels(explorer: Explorer, language: str) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Return the fields of the panel in one language.

    Parameters
    ----------
    explorer : Explorer
        The study.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    dict
        By field: its label, and pairs of what an option is called and its value.
    """
    study = explorer.opened.study
    skills = [(study.frameworks.label("skills", name, language), name) for name in explorer.skills]
    asked = [(study.codebook.label(name, language), name) for name in explorer.barriers]
    fields = {"about": (words.text("explore.about", language), [*skills, *asked])}
    for name in explorer.dimensions:
        dimension = study.dimensions[name]
        both = [(words.text("all", language), ALL), (words.text("explore.each", language), EACH)]
        categories = [(dimension.label(category, language), category) for category in dimension.names]
        fields[name] = dimension.labels[language], [*both, *categories]
    waves = [(wave.name, wave.name) for wave in study.waves]
    fields["wave"] = words.text("column.wave", language), waves
    fields["language"] = words.text("explore.language", language), [("English", "en"), ("Français", "fr")]
    return fields


def chosen(values: Mapping[str, str]) -> Choice:
    """Return the choice that the values of the fields make.

    Parameters
    ----------
    values : mapping of str to str
        By field.

    Returns
    -------
    Choice
        With every dimension of the fields.
    """
    others = ("about", "wave", "language")
    groups = tuple((name, value) for name, value in values.items() if name not in others)
    return Choice(values["about"], values["wave"], values["language"], groups)
