"""The minimum of digital literacy that a study declares: ``[literacy]``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digiskills.study.problems import Problems

_KEYS = ("tasks", "tasks_score", "quiz", "quiz_score")


@dataclass(frozen=True)
class Literacy:
    """The minimum of digital literacy: items (or roles) and the score that each of them has to reach."""

    tasks: tuple[str, ...]
    tasks_score: float
    quiz: tuple[str, ...] = ()
    quiz_score: float = 1.0


def literacy(table: Mapping[str, Any] | None, problems: Problems) -> Literacy | None:
    """Return the minimum, None where none is declared; what is wrong is added to the problems."""
    if table is None:
        return None
    problems.known("literacy", table, _KEYS)
    words = {word: table.get(word, []) for word in ("tasks", "quiz")}
    named = {word: (given,) if isinstance(given, str) else tuple(given) for word, given in words.items()}
    if not named["tasks"]:
        problems.add("literacy.tasks", None, "is missing", "a role of the codebook, or a list of items")
    for word in ("tasks_score", "quiz_score"):
        if type(table.get(word, 1)) not in (int, float):
            problems.add(f"literacy.{word}", table[word], "is not a number", "the score that has to be reached")
            return None
    scores = float(table.get("tasks_score", 1)), float(table.get("quiz_score", 1))
    return Literacy(named["tasks"], scores[0], named["quiz"], scores[1])
