"""What may leave a study: ``[release]``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digiskills.study.problems import Problems

_LOWEST = {"smallest_group": 3, "fewest_clusters": 1, "smallest_answer": 1, "fewest_df": 1}
_LISTS = ("leave_out", "must_show")
_KEYS = (*_LOWEST, "departments", "dominance", *_LISTS)


@dataclass(frozen=True)
class Release:
    """What may leave.

    Parameters
    ----------
    smallest_group : int
        Fewest answers behind a published number, and the width that bounds on a withheld count must have.
    fewest_clusters : int
        Fewest departments behind a published number.
    departments : bool
        Whether single departments may have numbers of their own.
    smallest_answer : int
        Fewest people in the numerator of a share and in what it leaves; 0 for as many as `smallest_group`.
    dominance : tuple of int and float
        How many departments, and the share of a group's weight that they may not reach.
    fewest_df : int
        Fewest degrees of freedom that a term of a model must have.
    leave_out : tuple of str
        Ids of exhibits that are not made for this study, such as a table too fine for its few answers.
    must_show : tuple of str
        Ids of exhibits that no build leaves out by itself: where one could be shown only at the cost of a headline,
        the build stops and names it.
    """

    smallest_group: int = 10
    fewest_clusters: int = 3
    departments: bool = False
    smallest_answer: int = 0
    dominance: tuple[int, float] = (2, 0.9)
    fewest_df: int = 10
    leave_out: tuple[str, ...] = ()
    must_show: tuple[str, ...] = ()

    @property
    def answers(self) -> int:
        """Fewest people in the numerator of a share."""
        return self.smallest_answer or self.smallest_group


def release(table: Mapping[str, Any], problems: Problems) -> Release:
    """Return the rules of release; what is wrong is added to the problems."""
    problems.known("release", table, _KEYS)
    given = dict(table)
    for word, lowest in _LOWEST.items():
        number = given.get(word, lowest)
        if type(number) is not int or number < lowest:
            problems.add(f"release.{word}", number, "is too low or not a whole number", f"{lowest} or more")
            given.pop(word)
    if type(given.get("departments", False)) is not bool:
        problems.add("release.departments", given["departments"], "is neither true nor false")
    if "dominance" in given and not _is_dominance(given["dominance"]):
        problems.add("release.dominance", given.pop("dominance"), "is no number of departments and share", "[2, 0.9]")
    for word in _LISTS:
        ids = given.get(word, [])
        if not isinstance(ids, list) or not all(isinstance(name, str) for name in ids):
            problems.add(f"release.{word}", ids, "is no list of ids of exhibits", '["01-missing-answers"]')
            given.pop(word)
    rules: dict[str, Any] = {word: given[word] for word in _KEYS if word in given}
    rules |= {word: tuple(rules[word]) for word in _LISTS if word in rules}
    return Release(**rules | ({"dominance": tuple(rules["dominance"])} if "dominance" in rules else {}))


def _is_dominance(value: object) -> bool:
    """Return whether a value is a number of departments and a share."""
    if not isinstance(value, list) or len(value) != 2:
        return False
    largest, share = value
    return type(largest) is int and largest >= 1 and isinstance(share, (int, float)) and 0 < share <= 1
