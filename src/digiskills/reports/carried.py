"""What a study's data can carry: for each declared table, what the study would need and does not have."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any

from digiskills.study import Study

# Evidence that a joint table rests on; a study may lack what stands last.
JOINED = ("survey", "focus_groups", "published")
# Kinds that compare coders with each other.
OF_CODERS = ("coder_agreement", "settled")
CONSENSUS = "consensus"  # what no coder is called; a test holds it to digiskills.focus_groups
# Options that name a question, or a dimension; and those that name a skill.
QUESTIONS = ("groups", "barrier")
SKILLS = ("skill", "held_skill")
# Kinds that compare a wave with the one before it.
TWO_WAVES = ("changes", "detectable_change")
# What kinds need of a study's design, population and form.
NEEDS = {
    "departments": ("clusters",),
    "band_ends": ("clusters", "people of departments"),
    "size_trend": ("clusters", "people of departments"),
    "paired_levels": ("clusters",),
    "between_departments": ("clusters",),
    "department_share": ("clusters",),
    "standardized": ("dimension department_size", "dimension level"),
    "mix_and_rate": ("dimension department_size", "dimension level"),
    "response": ("heads of the population",),
    "answers_needed": ("errors of its design",),
    "detectable_change": ("errors of its design",),
    "literacy": ("a minimum of literacy",),
    "quiz": ("a minimum of literacy", "a quiz"),
    "t_shaped": ("five skills",),
    "coverage": ("items skills", "clusters"),
    "reach": ("items training_used",),
    "pairs_short": ("two skills",),
    "sets_short": ("two skills",),
    "model": ("items skills",),
    "effects": ("items skills",),
    "adjusted": ("items skills",),
    "parallel": ("items skills",),
    "reliability": ("a scale of two",),
    "item_rest": ("a scale of three",),
    "equivalence": ("a scale of three",),
}
# Tables that the study's keeper left out, and those that a build left out so that no headline had to go.
SET_ASIDE, UNSAFE = "a safe way to show it", "answers enough to protect it"
MULTILEVEL = "multilevel"  # of models, the one that needs clusters
# What kinds read in a study’s frameworks.
FRAMEWORKS = {
    "joint_display": ("barriers",),
    "recommendations": ("recommendations", "indicators"),
    "questions": ("questions", "question_exhibits"),
}
# Roles whose questions make scales: one of each, or one per barrier; a test holds them to digiskills.agreement.
OF_SCALES, BY_BARRIER = ("needed", "held", "literacy"), "barrier"


def lacking(table: Mapping[str, Any], study: Study) -> list[str]:
    """Return what a study lacks for one declared table.

    Parameters
    ----------
    table : mapping
        One ``[[report.table]]``, its options those of the study.
    study : Study
        The study.

    Returns
    -------
    list of str
        Such as ``clusters`` or ``items barrier``, for `words`; empty where its data can carry the table.
    """
    named = FRAMEWORKS.get(table["kind"], ())
    lacks = [f"frameworks {name}" for name in named if name not in study.frameworks.tables]
    missing = [name for name in rests_on(table["evidence"])[:2] if name not in study.evidence]
    if missing:
        lacks += [f"evidence {name}" for name in missing]
    elif table["kind"] in OF_CODERS:
        lacks += [] if _has_several_coders(study) else ["a second coder"]
    elif "survey" in rests_on(table["evidence"]):
        lacks += [f"dimension {name}" for name in table.get("by", []) if name not in study.dimensions]
        lacks += [f"items {word}" for word in _lacking_items(table.get("items", ""), study)]
        lacks += _lacking_named(table.get("options", {}), study)
        lacks += _lacking_needs(table, study)
        lacks += ["a second wave"] if table["kind"] in TWO_WAVES and len(study.waves) < 2 else []
    lacks += [SET_ASIDE] if table.get("id") in study.release.leave_out else []
    return list(dict.fromkeys(lacks))


def rests_on(evidence: str) -> tuple[str, ...]:
    """Return the evidence of a study that a table rests on.

    Parameters
    ----------
    evidence : str
        As declared.

    Returns
    -------
    tuple of str
        Several where they stand side by side; a study may lack the last of these.
    """
    return JOINED if evidence == "joint" else (evidence,)


def words(lacks: Sequence[str], language: str) -> str:
    """Return what a study lacks, in words.

    Parameters
    ----------
    lacks : sequence of str
        As `lacking` returns it.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        Such as “statements on barriers and a second wave”.
    """
    from digiskills.words import join  # what decides on freshness imports nothing heavy

    return join([_words(one, language) for one in lacks], language)


def _words(lack: str, language: str) -> str:
    """Return one thing that is lacking; by its kind and name where it has no words of its own."""
    from digiskills.reports.interface import entries, text

    if f"lacks.{lack}" in entries():
        return text(f"lacks.{lack}", language)
    kind, _, name = lack.partition(" ")
    return text(f"lacks.{kind}", language, name=name)


def _lacking_items(items: str | Sequence[str], study: Study) -> list[str]:
    """Return the words for items that mean nothing in a study's codebook."""
    book = study.codebook
    known = {*book.items, *(item.role for item in book.items.values()), *(["skills"] if book.pairs() else [])}
    return [word for word in ([items] if isinstance(items, str) else items) if word and word not in known]


def _lacking_named(options: Mapping[str, Any], study: Study) -> list[str]:
    """Return the skills and questions named in a table's options that a study does not ask."""
    known = {"all", *(pair.skill for pair in study.codebook.pairs())}
    skills = [str(options[name]) for name in SKILLS if options.get(name, "all") not in known]
    asked = {"all", *study.codebook.items, *study.dimensions}
    questions = [str(options[name]) for name in QUESTIONS if options.get(name, "all") not in asked]
    return [f"skill {name}" for name in skills] + [f"question {name}" for name in questions]


def _has_several_coders(study: Study) -> bool:
    """Return whether the passages of a study were read by two coders or more besides their consensus."""
    declared = study.evidence["focus_groups"]
    if declared.file:  # of a project, one coder is the consensus of the others
        return bool(declared.coder)
    listed = study.folder / declared.folder / "ratings.csv"
    if not listed.is_file():
        return False
    with listed.open(encoding="utf-8-sig", newline="") as lines:
        return len({row.get("coder", "") for row in csv.DictReader(lines)} - {"", CONSENSUS}) > 1


def _lacking_needs(table: Mapping[str, Any], study: Study) -> list[str]:
    """Return what a kind of table needs of a study's design, population and form and does not find."""
    named = NEEDS.get(table["kind"], ())
    if table.get("options", {}).get("model") == MULTILEVEL:
        named = (*named, "clusters")
    return [name for name in named if not _has(name, study)]


def _has(need: str, study: Study) -> bool:
    """Tell whether a study has one of the things that kinds of tables need."""
    kind, _, name = need.partition(" ")
    if kind == "items":
        return not _lacking_items(name, study)
    if kind == "dimension":
        return name in study.dimensions
    found = {
        "clusters": bool(study.design.cluster),
        "people of departments": bool(study.design.people),
        "heads of the population": bool(study.population_file),
        "errors of its design": study.design.intervals,
        "a minimum of literacy": study.literacy is not None,
        "a quiz": study.literacy is not None and bool(study.literacy.quiz),
        "two skills": len(study.codebook.pairs()) >= 2,
        "five skills": len(study.codebook.pairs()) >= 5,
        "a scale of two": _longest_scale(study) > 1,
        "a scale of three": _longest_scale(study) > 2,
    }
    return found[need]


def _longest_scale(study: Study) -> int:
    """Return how many questions the longest scale of a survey has."""
    sizes = [len(study.codebook.with_role(role)) for role in OF_SCALES]
    barriers = [item.barrier for item in study.codebook.with_role(BY_BARRIER)]
    return max([*sizes, *(barriers.count(one) for one in barriers if one)])
