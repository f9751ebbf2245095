"""What a study's front page says of the pages that its data cannot fill, and of what its numbers assume."""

from __future__ import annotations

from digiskills import paths
from digiskills.reports import declared
from digiskills.reports.carried import words
from digiskills.reports.interface import text
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
