"""Research questions, and the exhibits that answer them or the plain word that nothing here does."""

from __future__ import annotations

from digiskills import disclosure
from digiskills.disclosure import DeclaredTable, Plan, Released
from digiskills.study import Study

ANSWERS, QUESTIONS = "question_exhibits", "questions"
PART = "question"
"""The only part of a table of questions; it holds no number."""


def answered(study: Study, table: DeclaredTable, plan: Plan | None, language: str) -> Released:
    """Return which exhibit answers each research question.

    Parameters
    ----------
    study : Study
        Its ``frameworks/questions.csv`` names the questions and ``frameworks/question_exhibits.csv`` what answers them:
        number, evidence, notebook, exhibit (the last three empty where nothing does), note_en, note_fr.
    table : DeclaredTable
        Joint evidence of kind ``questions``.
    plan : Plan or None
        The plan of the build.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    Released
        One row per question and exhibit: question (its number), text_en, text_fr, part, rests_on, evidence, notebook,
        exhibit, note_en, note_fr.
    """
    questions = study.frameworks.table(QUESTIONS).rename(columns={"question": "text_en", "question_fr": "text_fr"})
    found = questions[["number", "text_en", "text_fr"]].merge(study.frameworks.table(ANSWERS), on="number", how="left")
    found = found.fillna("").rename(columns={"number": "question", "evidence": "rests_on"})
    kinds = {name: evidence.kind for name, evidence in study.evidence.items()} | {"": ""}
    evidence = found["rests_on"].map(lambda name: kinds.get(name, disclosure.JOINT))
    frame = found.assign(part=PART, evidence=evidence, withheld="")
    return disclosure.release_joint(frame, table, study, {}, plan=plan, language=language, method={})
