"""Reads a declared truth from ``truth.toml`` and holds it against the questionnaire."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from digiskills import codebook
from digiskills.errors import Problem, StudyError, nearest
from digiskills.simulate.effects import CROSSED
from digiskills.simulate.truth import Truth

FILE = "truth.toml"
_PARTS = (
    "seed", "waves", "departments", "people", "invited", "response", "weights", "skills", "needed", "held",
    "barriers", "barrier", "items", "reasons", "stopped",
)  # fmt: skip
_ROLES = ("wave", "cluster", "frame", "stratum", "weight", "needed", "held")
# What an effect may hold beside columns.
_OTHER_KEYS = {"base", "share", "latent", "options", "wrong", "most", "nothing", "cutpoints", "department_sd"}


def read(study_folder: Path, file: Path | None = None) -> Truth:
    """Return the truth of a study.

    Parameters
    ----------
    study_folder : Path
        Holds ``codebook/`` and, unless `file` is given, ``truth.toml``.
    file : Path, optional
        Another truth for the same questionnaire.

    Returns
    -------
    Truth
        Checked against the questionnaire.

    Raises
    ------
    StudyError
        With every problem at once: an unknown name, category, skill or barrier, a question without a truth.
    """
    path = file or study_folder / FILE
    if not path.is_file():
        raise StudyError(
            [Problem(path.name, None, None, None, "is missing", "declare what is true of the study in it")]
        )
    try:
        numbers = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise StudyError([Problem(path.name, None, None, None, f"cannot be read: {error}")]) from None
    truth = Truth(numbers, codebook.read(study_folder / "codebook"))
    problems = list(_problems(truth, path.name))
    if problems:
        raise StudyError(problems)
    return truth


def _problems(truth: Truth, file: str) -> Iterator[Problem]:
    roles = [role for role in _ROLES if not truth.codebook.with_role(role)]
    for role in roles:
        yield Problem("codebook/survey.csv", None, "role", role, "is played by no column")
    absent = [part for part in _PARTS if part not in truth.numbers]
    yield from (Problem(file, None, part, None, "is not declared") for part in absent)
    if absent or roles:
        return
    yield from _people_problems(truth, file)
    yield from _strata_problems(truth, file)
    yield from _item_problems(truth, file)
    for place, effect in _effects(truth):
        yield from _effect_problems(truth, file, place, effect)


def _people_problems(truth: Truth, file: str) -> Iterator[Problem]:
    known = truth.frame_columns
    for name, declared in truth.numbers["people"].items():
        if "shares" not in declared:
            yield Problem(file, None, f"people.{name}", None, "does not say shares")
            continue
        yield from _unknown(file, "people", [name], list(truth.codebook.items))
        item = truth.codebook.items.get(name)
        choices = [choice.name for choice in item.answers] if item else []
        if choices:
            yield from _unknown(file, f"people.{name}.shares", _categories(truth, name), choices)
        if "by" in declared:
            yield from _unknown(file, f"people.{name}.by", [declared["by"]], known)
        known = [*known, name]
    for item in truth.codebook.with_role("paradata"):
        if item.name not in truth.numbers["people"]:
            yield Problem(file, None, "people", item.name, "is a column and has no truth")
    for margin in [truth.numbers["weights"]["heads"], *truth.numbers["weights"]["margins"]]:
        yield from _unknown(file, "weights", margin, known)


def _strata_problems(truth: Truth, file: str) -> Iterator[Problem]:
    for number, stratum in enumerate(truth.numbers["departments"]["strata"], start=1):
        place = f"departments.strata {number}"
        for name in [*truth.frame_columns, "departments", "sampled", "heads"]:
            if name not in stratum:
                yield Problem(file, None, place, None, f"does not say {name}")
        for name in truth.frame_columns:
            yield from _unknown(file, f"{place}.{name}", [stratum.get(name, "")], _categories(truth, name))
        if not 0 < stratum.get("sampled", 1) <= stratum.get("departments", 1):
            yield Problem(file, None, place, str(stratum["sampled"]), "departments cannot be sampled",
                          f"1 to {stratum['departments']}")  # fmt: skip


def _item_problems(truth: Truth, file: str) -> Iterator[Problem]:
    """Yield a problem for each question without a truth and for each truth without a question."""
    declared, known = truth.numbers, [item.name for item in truth.asked]
    yield from _unknown(file, "items", declared["items"], known)
    paired = {pair.needed for pair in truth.codebook.pairs()} | {pair.held for pair in truth.codebook.pairs()}
    for name in known:
        if name not in paired and name not in declared["people"] and name not in declared["items"]:
            yield Problem(file, None, "items", name, "is asked and has no truth", "declare it under [items]")
    skills = [pair.skill for pair in truth.codebook.pairs()]
    for side in ("needed", "held"):
        yield from _unknown(file, side, declared[side], ["every", *skills])
        for name in ["every", *skills]:
            if name not in declared[side]:
                yield Problem(file, None, side, name, "has no truth")
    barriers = dict.fromkeys(item.barrier for item in truth.asked if item.barrier)
    yield from _unknown(file, "barrier", declared["barrier"], ["every", *barriers])
    yield from _scale_problems(truth, file)
    for name in (name for name in declared["items"] if name in truth.codebook.items):
        for part in ("options", "wrong"):
            given = declared["items"][name].get(part, {})
            yield from _unknown(file, f"items.{name}.{part}", given, _categories(truth, name))


def _scale_problems(truth: Truth, file: str) -> Iterator[Problem]:
    """Yield a problem for each list of cutpoints that does not part the answers of its question."""
    skills, barriers = (truth.numbers[part]["cutpoints"] for part in ("skills", "barriers"))
    for item in truth.asked:
        declared = truth.numbers["items"].get(item.name, {})
        if item.name in truth.numbers["people"] or "wrong" in declared or "options" in declared:
            continue
        own = declared.get("cutpoints", barriers if item.barrier else [])
        own = skills if item.role in ("needed", "held") else own
        if len(own) != len(item.answers) - 1:
            yield Problem(file, None, item.name, str(own), "cutpoints do not part the answers",
                          f"{len(item.answers) - 1} of them")  # fmt: skip


def _effects(truth: Truth) -> Iterator[tuple[str, Mapping[str, Any]]]:
    declared = truth.numbers
    for part in ("needed", "held", "barrier", "items"):
        yield from ((f"{part}.{name}", effect) for name, effect in declared[part].items())
    for name, item in declared["items"].items():
        yield from ((f"items.{name}.options.{option}", effect) for option, effect in item.get("options", {}).items())
    for part in ("invited", "response"):
        yield part, declared[part]
    for reason, by_item in declared["reasons"].items():
        yield from ((f"reasons.{reason}.{name}", effect) for name, effect in by_item.items())


def _effect_problems(truth: Truth, file: str, place: str, effect: Mapping[str, Any]) -> Iterator[Problem]:
    columns = [truth.column("wave"), *truth.frame_columns, *truth.numbers["people"]]
    yield from _unknown(file, f"{place}.latent", effect.get("latent", {}), _latents(truth))
    for key, value in effect.items():
        names = key.split(CROSSED)
        if key in _OTHER_KEYS:
            continue
        unknown = list(_unknown(file, place, names, [*columns, *sorted(_OTHER_KEYS)]))
        yield from unknown
        if unknown or not isinstance(value, Mapping):
            continue
        for category in value:
            parts = category.split(CROSSED)
            if len(parts) != len(names):
                yield Problem(file, None, f"{place}.{key}", category, f"is not one category of each of {key}")
            for name, part in zip(names, parts, strict=False):
                yield from _unknown(file, f"{place}.{key}", [part], _categories(truth, name))


def _latents(truth: Truth) -> list[str]:
    """Return the names of the latent numbers that an answer may follow."""
    skills = [f"{side}.{pair.skill}" for pair in truth.codebook.pairs() for side in ("needed", "held", "shortfall")]
    barriers = dict.fromkeys(f"barrier.{item.barrier}" for item in truth.asked if item.barrier)
    return ["person.needed", "person.held", "person.agreeing", *skills, *barriers]


def _categories(truth: Truth, name: str) -> list[str]:
    """Return the words that a column may hold."""
    if name == truth.column("wave"):
        return truth.waves
    if name in truth.numbers["people"]:
        declared = truth.numbers["people"][name]
        groups = declared["shares"].values() if declared.get("by") else [declared["shares"]]
        return list(dict.fromkeys(category for group in groups for category in group))
    return [choice.name for choice in truth.codebook.item(name).answers]


def _unknown(file: str, place: str, given: Iterable[str], known: list[str]) -> Iterator[Problem]:
    for word in given:
        if word not in known:
            yield Problem(file, None, place, str(word), "is not known", nearest(str(word), known))
