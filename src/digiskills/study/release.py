"""What may leave a study: ``[release]``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digiskills.study.problems import Problems

_LOWEST = {"smallest_group": 3, "fewest_clusters": 1}


@dataclass(frozen=True)
class Release:
    """What may leave: the fewest answers and clusters behind a published number, and single departments or not."""

    smallest_group: int = 10
    fewest_clusters: int = 3
    departments: bool = False


def release(table: Mapping[str, Any], problems: Problems) -> Release:
    """Return the rules of release; what is wrong is added to the problems."""
    problems.known("release", table, (*_LOWEST, "departments"))
    given = dict(table)
    for word, lowest in _LOWEST.items():
        number = given.get(word, lowest)
        if type(number) is not int or number < lowest:
            problems.add(f"release.{word}", number, "is too low or not a whole number", f"{lowest} or more")
            given.pop(word)
    if type(given.get("departments", False)) is not bool:
        problems.add("release.departments", given["departments"], "is neither true nor false")
    return Release(**{word: given[word] for word in (*_LOWEST, "departments") if word in given})
