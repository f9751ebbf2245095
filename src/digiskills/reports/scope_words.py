"""The parameters of a report in the reader's words."""

from __future__ import annotations

from typing import Any

from digiskills import words
from digiskills.reports.declared import Report
from digiskills.reports.interface import entries, text
from digiskills.reports.shell import rendered
from digiskills.study import Study


def parameter_table(report: Report, study: Study) -> str:
    """Return the parameters of a report as a table in its language.

    Parameters
    ----------
    report : Report
        The report.
    study : Study
        For the words of its dimensions.

    Returns
    -------
    str
        An HTML table.
    """
    rows = [
        {
            "name": name,
            "label": parameter_label(name, study, report.language),
            "value": value_label(name, value, study, report.language),
        }
        for name, value in report.parameters.items()
    ]
    return rendered("parameters.html.j2", report.language, rows=rows)


def parameter_label(name: str, study: Study, language: str) -> str:
    """Return what a parameter is called: by its dimension, by the interface, or by its own name."""
    if name in study.dimensions:
        return study.dimensions[name].labels[language]
    return text(f"parameter.{name}", language) if f"parameter.{name}" in entries() else name.replace("_", " ")


def value_label(name: str, value: Any, study: Study, language: str) -> str:
    """Return what the value of a parameter is called."""
    if isinstance(value, list) and value:
        return words.join([value_label(name, part, study, language) for part in value], language)
    if name == "smallest_group":
        return words.number(max(value, study.release.smallest_group), language)
    key = f"language.{value}" if name == "language" else f"value.{str(value).lower() if value != [] else 'none'}"
    if key in entries():
        return text(key, language)
    if name == "study":
        return study.title[language]
    if name in study.dimensions and value in study.dimensions[name].names:
        return study.dimensions[name].label(value, language)
    if isinstance(value, float):
        return words.number(value, language, digits=len(str(value).partition(".")[2]))
    return words.number(value, language) if isinstance(value, int) else str(value)


def scope_label(report: Report, study: Study) -> str:
    """Return in words what a report is limited to; empty for a notebook run as it is written."""
    language = report.language
    return "; ".join(
        parameter_label(name, study, language) + text("colon", language) + value_label(name, value, study, language)
        for name, value in report.scope.items()
    )
