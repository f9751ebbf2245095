"""What is wrong with a ``study.toml``, gathered on the way through its tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from digiskills.errors import Problem, nearest

FILE = "study.toml"


class Problems(list[Problem]):
    """The problems found so far, each named by its key."""

    def add(self, key: str, value: object, message: str, allowed: str = "") -> None:
        """Add what is wrong with the value of a key."""
        self.append(Problem(FILE, None, key, None if value is None else str(value), message, allowed))

    def known(self, key: str, table: Mapping[str, Any], words: Collection[str]) -> None:
        """Add every word of a table that is none of its keys."""
        for word in sorted(table.keys() - set(words)):
            self.add(f"{key}.{word}".strip("."), None, "is no key of study.toml", nearest(word, sorted(words)))

    def labels(self, key: str, given: object) -> dict[str, str]:
        """Return a text in both languages; add the language that has none."""
        given = given if isinstance(given, dict) else {}
        for language in ("en", "fr"):
            if not isinstance(given.get(language), str) or not given[language].strip():
                self.add(f"{key}.{language}", None, "is missing", "a text")
        return {language: str(given.get(language, "")) for language in ("en", "fr")}

    def choice(self, key: str, value: object, allowed: Collection[str]) -> str:
        """Return a word; add it where it is none of those allowed."""
        if value not in allowed:
            self.add(key, value, "is not known", f"one of {', '.join(allowed)}")
        return str(value)
