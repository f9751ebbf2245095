"""Which parts of a framework a survey's skills touch, and which nothing in it measures."""

from __future__ import annotations

import pandas as pd

from digiskills.errors import UsageError, nearest
from digiskills.study import Study
from digiskills.words.catalogue import text
from digiskills.words.numbers import join, number

FRAMEWORKS, AREAS, CROSSWALK = "competence_frameworks", "framework_areas", "skill_areas"


def parts_of(study: Study, framework: str) -> pd.DataFrame:
    """Return the parts of a framework and the skills of a study that touch them.

    Parameters
    ----------
    study : Study
        Its ``frameworks`` folder holds ``competence_frameworks.csv``, ``framework_areas.csv`` and
        ``skill_areas.csv``.
    framework : str
        A code of the first.

    Returns
    -------
    DataFrame
        One row per part that no other part divides, in the framework's order: code, parent (empty where parts have
        none), number, label_en, label_fr, and skills, a tuple of those of the survey that touch it.

    Raises
    ------
    UsageError
        If the study has no such framework, or maps a skill or a part that does not exist.
    """
    known = study.frameworks.table(FRAMEWORKS)["code"].tolist()
    if framework not in known:
        raise UsageError(f"there is no framework ‘{framework}’: {nearest(framework, known)}")
    areas = study.frameworks.table(AREAS)
    mine = areas[areas["framework"] == framework]
    parts = mine[~mine["code"].isin(mine["parent"])].reset_index(drop=True)
    touched = _crosswalk(study, areas).groupby("area")["skill"].agg(tuple)
    return parts.assign(skills=[touched.get(code, ()) for code in parts["code"]])


def findings_lens(study: Study, framework: str, language: str) -> list[str]:
    """Return how much of a framework a survey's skills touch, and what they leave out.

    Parameters
    ----------
    study : Study
        As for `parts_of`.
    framework : str
        A code of its frameworks.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    list of str
        Sentences without an estimate; the first counts parts, the second names what is not measured.
    """
    parts = parts_of(study, framework)
    about = study.frameworks.table(FRAMEWORKS).set_index("code").loc[framework]
    without = parts[parts["skills"].map(len) == 0]
    places = {"name": about[f"label_{language}"], "parts": about[f"parts_{language}"]}
    counts = {"all": number(len(parts), language), "n": number(len(parts) - len(without), language)}
    found = [text("lens.touched", language, **places, **counts)]
    if len(without):
        named = [text("lens.named", language, label=label) for label in without[f"label_{language}"]]
        found.append(text("lens.without", language, names=join(named, language), **places))
    skills = [pair.skill for pair in study.codebook.pairs()]
    apart = [skill for skill in skills if not any(skill in touching for touching in parts["skills"])]
    if apart:
        labels = [
            text("lens.named", language, label=study.frameworks.label("skills", skill, language)) for skill in apart
        ]
        found.append(text("lens.apart", language, names=join(labels, language), **places))
    return found


def lens_source(study: Study, framework: str, language: str) -> str:
    """Return where the names of a framework's parts are from, and their licence.

    Parameters
    ----------
    study : Study
        As for `parts_of`.
    framework : str
        A code of its frameworks.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        One sentence.
    """
    about = study.frameworks.table(FRAMEWORKS).set_index("code").loc[framework]
    return text("lens.source", language, source=about["source"], licence=about["licence"])


def _crosswalk(study: Study, areas: pd.DataFrame) -> pd.DataFrame:
    """Return which skill touches which part; both exist."""
    crosswalk = study.frameworks.table(CROSSWALK)
    skills = {pair.skill for pair in study.codebook.pairs()}
    for column, known in (("skill", skills), ("area", set(areas["code"]))):
        for value in crosswalk[column]:
            if value not in known:
                raise UsageError(f"{CROSSWALK}.csv, {column}: ‘{value}’: {nearest(value, sorted(known))}")
    return crosswalk
