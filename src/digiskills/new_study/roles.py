"""What columns are for, as far as their names and words tell: each a guess that says why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from digiskills.new_study.found import FoundItem


@dataclass(frozen=True)
class Guess:
    """What a question about the study is likely answered by, and why."""

    value: str
    why: str


_SIZE = (
    r"(agency|org|organi[sz]ation|department|ministry|institution|employer|company)s?.?(size|headcount)|"
    r"^size$|^taille$|size of (the |your )?(agency|organi[sz]ation|department|ministry)|taille (du|de l)"
)
_LEVEL = (
    r"levels? of (management|position|responsibility|seniority)|(job|management|position|role) (level|grade)|"
    r"seniority|^(grade|level|niveau)$|niveau (hiérarchique|de gestion|du poste)|échelon"
)
_DESIGN = {
    "weight": r"^(final.?)?(w|wt|wgt|weights?|weighting|poids|pond(é|e)ration)(_\w{0,12})?$",
    "stratum": r"^(stratum|strata|strate)(_\w{0,8})?$",
    "cluster": r"^(cluster|psu|grappe|(department|agency|ministry)(_?(id|name|code))?)$",
}
_MOST_GROUPS = 15
READ = "the form gives this role"
"""Why an answer is no guess: a file says it in so many words."""
_NAMED = "its name says so"
_NEEDED = r"needed|need|required|requires|importance|important|requis|requise|necessaire|nécessaire"
_HELD = r"held|hold|have|current|actual|proficiency|competence|actuel|détenu|detenu|possede"
_AGAINST = (
    r"\bnot\b|n't\b|\bno\b|\black|too (many|much|few|little|slow|long|complex)|prevent|hinder|barrier|obstacle|"
    r"difficult|hard to|\bold\b|outdated|slows?\b|"
    r"\bne\b.*\bpas\b|manque|empêch|trop de|difficil"
)


def guesses(items: Mapping[str, FoundItem]) -> dict[str, Guess]:
    """Return what the questions about a study are likely answered by.

    Parameters
    ----------
    items : mapping of str to FoundItem
        By name.

    Returns
    -------
    dict of str to Guess
        By question: size, level, weight, stratum, cluster, needed, held, barrier; those that nothing tells of are
        left out.
    """
    found: dict[str, Guess] = {}
    for question, pattern in (("size", _SIZE), ("level", _LEVEL)):
        told = [(item.name, _tells(item, pattern)) for item in items.values() if 2 <= len(item.answers) <= _MOST_GROUPS]
        told = [(name, where) for name, where in told if where == _NAMED or not _is_scale(items[name])]
        # A name says more than a question, in which much else is said.
        for name, where in sorted(((name, where) for name, where in told if where), key=lambda one: one[1]):
            found.setdefault(question, Guess(name, where))
    for question, pattern in _DESIGN.items():
        named = [name for name in items if re.match(pattern, name.strip().rsplit("/", 1)[-1], flags=re.IGNORECASE)]
        if named:
            found[question] = Guess(named[0], _NAMED)
    found |= _of_roles(items)
    if "needed" not in found:
        found |= _pairs(items)
    return found


def favourable(item: FoundItem) -> bool:
    """Return whether agreeing with a statement speaks against its barrier, as its words suggest.

    Parameters
    ----------
    item : FoundItem
        A question on a barrier.

    Returns
    -------
    bool
        False where the words name a lack or a hindrance.
    """
    texts = list(item.labels.values()) or [re.sub(r"[_.]", " ", item.name)]
    return not any(re.search(_AGAINST, text.lower().replace("’", "'")) for text in texts)


def _is_scale(item: FoundItem) -> bool:
    """Tell whether the answers of an item are a scale, such as one of agreement, and so no groups of people."""
    return len(item.answers) > 2 and any(choice.score for choice in item.answers)


def _tells(item: FoundItem, pattern: str) -> str:
    """Return what of an item matches a pattern; empty for nothing."""
    name = item.name.rsplit("/", 1)[-1]  # exports of forms put the group before it
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[_.]", " ", name).lower()
    if re.search(pattern, spaced) or re.search(pattern, name.lower()):
        return _NAMED
    return "its question says so" if any(re.search(pattern, text.lower()) for text in item.labels.values()) else ""


def _of_roles(items: Mapping[str, FoundItem]) -> dict[str, Guess]:
    """Return what the form’s own column role says."""
    found = {}
    for role in ("weight", "stratum", "cluster"):
        named = [item.name for item in items.values() if item.role == role]
        if named:
            found[role] = Guess(named[0], READ)
    for role in ("needed", "held", "barrier"):
        named = [item.name for item in items.values() if item.role == role]
        if named:
            found[role] = Guess(",".join(named), READ)
    return found


def _pairs(items: Mapping[str, FoundItem]) -> dict[str, Guess]:
    """Return pairs of items whose names differ in a word for needed and one for held."""
    needed, held = (dict(_stems(items, words)) for words in (_NEEDED, _HELD))
    both = [stem for stem in needed if stem in held]
    if not both:
        return {}
    why = f"names in pairs, such as {needed[both[0]]} and {held[both[0]]}"
    return {
        "needed": Guess(",".join(needed[stem] for stem in both), why),
        "held": Guess(",".join(held[stem] for stem in both), why),
    }


def _stems(items: Mapping[str, FoundItem], words: str) -> Iterator[tuple[str, str]]:
    """Yield what is left of each name without a word that stands at one of its ends."""
    for item in items.values():
        match = re.fullmatch(rf"(?:(?:{words})[_.]?(.+)|(.+?)[_.]?(?:{words}))", item.name, flags=re.IGNORECASE)
        if match and len(item.answers) >= 3:
            yield (match[1] or match[2]).strip("_. ").lower(), item.name


def stem(item: str) -> str:
    """Return an item's name without its word for needed or held.

    Parameters
    ----------
    item : str
        Such as ``needed_data_analysis``.

    Returns
    -------
    str
        Such as ``data_analysis``; the whole name in small letters where it has no such word.
    """
    match = re.fullmatch(rf"(?:(?:{_NEEDED}|{_HELD})[_.]?(.+)|(.+?)[_.]?(?:{_NEEDED}|{_HELD}))", item, re.IGNORECASE)
    return (match[1] or match[2]).strip("_. ").lower() if match else item.lower()
