"""What a study holds, in sentences: its evidence, waves, questions; nothing that respondents said."""

from __future__ import annotations

from digiskills.study import LATEST, Study
from digiskills.words.catalogue import text
from digiskills.words.numbers import join, number


def findings_contents(study: Study, language: str) -> list[str]:
    """Return what a study holds, one sentence per kind of evidence.

    Parameters
    ----------
    study : Study
        The study.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    list of str
        In the order in which the study declares its evidence; then its dimensions.
    """
    told = [_evidence(study, name, language) for name in study.evidence]
    groups = [
        text("contents.dimension", language, name=dimension.labels[language], n=number(len(dimension.names), language))
        for dimension in study.dimensions.values()
    ]
    return [*told, text("contents.dimensions", language, names=join(groups, language))]


def _evidence(study: Study, name: str, language: str) -> str:
    evidence = study.evidence[name]
    kind = text(f"contents.kind.{evidence.kind}", language)
    said = text("contents.evidence", language, name=evidence.labels[language], kind=kind)
    return f"{said} {_survey(study, language)}" if name == "survey" and study.waves else said


def _survey(study: Study, language: str) -> str:
    """Return waves, questions, skills and barriers of the survey."""
    book = study.codebook
    waves = join([wave.name for wave in study.waves], language)
    barriers = {item.barrier for item in book.with_role("barrier")}
    counts = {"questions": len(book.items), "skills": len(book.pairs()), "barriers": len(barriers)}
    counted = {key: number(count, language) for key, count in counts.items()}
    latest = study.wave(LATEST).name
    return text("contents.survey", language, waves=waves, latest=latest, **counted)
