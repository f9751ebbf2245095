"""Validates a study: everything that is wrong with its files, at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from digiskills import focus_groups, intake, joint_display, paths, published, survey
from digiskills import study as studies
from digiskills.disclosure import passages
from digiskills.errors import Problem, StudyError, nearest
from digiskills.intake import passport
from digiskills.study import Study
from digiskills.survey import design_problems

_MARKED = (
    "codebook/survey.csv",
    "codebook/choices.csv",
    "frameworks/skills.csv",
    "frameworks/barriers.csv",
    "codes.csv",
)
"""Files of a new study in which a column says what is a guess."""


def study(name: str) -> list[Problem]:
    """Return every problem of a study's files.

    Parameters
    ----------
    name : str
        Its folder in ``data/raw``.

    Returns
    -------
    list of Problem
        By file, row and column; empty where all is well.

    Raises
    ------
    UsageError
        If there is no such study.
    """
    try:
        declared = studies.read(name)
        declared.codebook  # noqa: B018 - reading it is the check
    except StudyError as error:
        return [*error.problems, *passport.check(paths.raw(name))]
    found = passport.check(declared.folder)
    damaged = {problem.file for problem in found}
    for part in (_design, _dimensions, _scores, _frameworks, _heads, _focus_groups, _published, _relations):
        found += _gathered(part, declared)
    for wave in declared.waves:
        if wave.file not in damaged:
            found += _gathered(partial(_wave, wave=wave), declared)
    return list(dict.fromkeys(found))


def notes(name: str) -> list[str]:
    """Return what of a study was guessed or left open when it was made, and still is marked so.

    Parameters
    ----------
    name : str
        Its folder in ``data/raw``.

    Returns
    -------
    list of str
        One line per mark of ``study.toml``, by row, and one per file of the codebook with the number of its marks.
    """
    folder, found = paths.raw(name), []
    path = folder / "study.toml"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for number, line in enumerate(lines, start=1):
        mark = re.search(r"# (guess|open): (.*)$", line)
        if mark:
            what = "" if mark[1] == "open" else f"{line[: mark.start()].split('=')[0].strip(' {')}: "
            found.append(f"study.toml, row {number}: {mark[1]}: {what}{mark[2]}")
    for file in _MARKED:
        rows = intake.read(folder / file).frame if (folder / file).is_file() else None
        marked = int((rows["guess"] != "").sum()) if rows is not None and "guess" in rows else 0
        found += [f"{file}: {marked} rows with something in the column guess"] if marked else []
    return found


def to_fetch(name: str) -> list[str]:
    """Return the files that a study waits for, because their publisher has them and not this project.

    Parameters
    ----------
    name : str
        Its folder in ``data/raw``.

    Returns
    -------
    list of str
        Absent files for which the passport says where to fetch them.
    """
    folder = paths.raw(name)
    listed = passport.read(folder).resources.values() if (folder / passport.FILE).is_file() else []
    return [one.path for one in listed if one.fetch and not one.optional and not (folder / one.path).is_file()]


def _gathered(part: Callable[[Study], Iterator[Problem]], declared: Study) -> list[Problem]:
    """Return the problems that a part yields, or those of the error that it stops with."""
    found = []
    try:
        for problem in part(declared):
            found.append(problem)
    except StudyError as error:
        found += error.problems
    return found


def _design(declared: Study) -> Iterator[Problem]:
    """Yield columns of the design that the codebook, and so the survey, does not have."""
    yield from design_problems(declared)


def _dimensions(declared: Study) -> Iterator[Problem]:
    """Yield dimensions whose item or codes the codebook does not hold."""
    items = declared.codebook.items
    for dimension in declared.dimensions.values():
        key = f"dimensions.{dimension.name}"
        if dimension.item not in items:
            advice = nearest(dimension.item, items)
            yield Problem("study.toml", None, f"{key}.item", dimension.item, "is no item of the codebook", advice)
            continue
        answers = [choice.name for choice in items[dimension.item].answers]
        for category in dimension.categories:
            if category.code not in answers:
                message = f"is no answer of the item {dimension.item}"
                yield Problem("study.toml", None, key, category.code, message, nearest(category.code, answers))
        for answer in set(answers) - {category.code for category in dimension.categories}:
            message = f"is an answer of the item {dimension.item} without a category"
            yield Problem("study.toml", None, key, answer, message, "add the category")


def _scores(declared: Study) -> Iterator[Problem]:
    """Yield questions that count by their scores and have an answer without one."""
    for item in declared.codebook.with_role("needed", "held", "barrier"):
        unscored = [choice.name for choice in item.answers if choice.score is None]
        if unscored or not item.answers:
            message = f"has the role {item.role} and answers without a score: {', '.join(unscored) or 'none listed'}"
            allowed = "a number in the column score of codebook/choices.csv, higher for more"
            yield Problem("codebook/survey.csv", None, "name", item.name, message, allowed)


def _frameworks(declared: Study) -> Iterator[Problem]:
    """Yield skills and barriers of the codebook that have no label."""
    for item in declared.codebook.items.values():
        for framework, code in (("skills", item.skill), ("barriers", item.barrier)):
            known = _codes(declared, framework)
            if code and code not in known:
                advice = nearest(code, known) if known else f"frameworks/{framework}.csv with code, label_en, label_fr"
                message = f"has no label in frameworks/{framework}.csv"
                yield Problem("codebook/survey.csv", None, framework[:-1], code, message, advice)


def _codes(declared: Study, framework: str) -> list[str]:
    if framework not in declared.frameworks.tables:
        return []
    return list(declared.frameworks.table(framework)["code"])


def _heads(declared: Study) -> Iterator[Problem]:
    """Yield cells of the population that name no category of a dimension."""
    if not declared.population_file:
        return
    table = intake.read_listed(declared.folder, declared.population_file).frame
    for name in set(table.columns) & set(declared.dimensions):
        known = declared.dimension(name).names
        for row in table.index[~table[name].isin(known)]:
            given = str(table.at[row, name])
            yield Problem(declared.population_file, row + 2, name, given, "is no category", nearest(given, known))


def _wave(declared: Study, wave: studies.Wave) -> Iterator[Problem]:
    """Yield every cell of a wave that the codebook does not allow."""
    received = intake.read_listed(declared.folder, wave.file).frame
    survey.from_received(declared, wave, received)
    yield from ()


def _focus_groups(declared: Study) -> Iterator[Problem]:
    coded = focus_groups.read(declared)
    if coded is not None:
        passages.ladder(declared.described_by(coded.frameworks))
        passages.reviews(declared, list(coded.segments["segment_id"]))
    yield from ()


def _published(declared: Study) -> Iterator[Problem]:
    published.read(declared)
    yield from ()


def _relations(declared: Study) -> Iterator[Problem]:
    """Yield relations that the analyst overrules, and indicators, by names that nobody knows."""
    joint_display.overruled(declared)
    yield from joint_display.problems(declared)
