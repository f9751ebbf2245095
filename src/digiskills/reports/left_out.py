"""What a study's front page says of the pages that its data cannot fill, and of what its numbers assume."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from digiskills import paths
from digiskills.reports import declared
from digiskills.reports.carried import UNSAFE, words
from digiskills.reports.interface import text
from digiskills.reports.report import Report
from digiskills.study import Study


def notebooks(study: Study, language: str) -> list[dict[str, str]]:
    """Return the notebooks that a study's data cannot answer.

    Parameters
    ----------
    study : Study
        The study.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    list of dict
        With ``title``, the question, and ``why``, a clause; in the order of ``reports.toml``.
    """
    return [
        {
            "title": declared.title(paths.notebooks() / f"{notebook}.ipynb", language),
            "why": text("left_out.page", language, what=words(reasons, language)),
        }
        for notebook, reasons in declared.reasons_left_out(study.name).items()
    ]


def assumptions(study: Study, language: str) -> list[str]:
    """Return sentences on what a survey without weights or departments takes for granted.

    Parameters
    ----------
    study : Study
        The study.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    list of str
        Empty for a survey with weights and departments, and for a study without a survey.
    """
    design = study.design
    if "survey" not in study.evidence:
        return []
    weighted = bool(design.weight or design.calibration)
    alone = design.intervals and not (design.cluster or design.replicates)
    said = [] if weighted else ["left_out.no_weight"]
    return [text(key, language) for key in [*said, *(["left_out.one_by_one"] if alone else [])]]


def may_go(study: Study) -> frozenset[str]:
    """Return the ids of tables that a build leaves out rather than stop, where a headline would have to go.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    frozenset of str
        Those of ``reports.toml`` that nobody declared for this very study: none of its own study, and of another
        those that are not among `must_show` of its rules.
    """
    at = declared.read()
    ids = {table["id"] for entry in at["report"] for table in entry.get("table", [])}
    return frozenset() if at.get("study") == study.name else frozenset(ids - set(study.release.must_show))


def without(report: Report, gone: Collection[str]) -> Report:
    """Return a report without tables that could not be protected.

    Parameters
    ----------
    report : Report
        The report.
    gone : collection of str
        Their ids.

    Returns
    -------
    Report
        Its page says in their places why they are not there.
    """
    tables = tuple(table for table in report.tables if table.id not in gone)
    absent = tuple((table.id, (UNSAFE,)) for table in report.tables if table.id in gone)
    return replace(report, tables=tables, lacking=(*report.lacking, *absent))
