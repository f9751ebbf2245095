"""The rounds of a survey: ``[[waves]]``."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digiskills.study.problems import Problems

LATEST = "latest"
_KEYS = ("name", "date", "file", "response")


@dataclass(frozen=True)
class Wave:
    """One round of the survey: its name, the date of its data, its file and the share of those invited who answered."""

    name: str
    date: datetime.date
    file: str
    response: float | None = None


def waves(tables: Sequence[Mapping[str, Any]], problems: Problems) -> tuple[Wave, ...]:
    """Return the waves in order of time; what is wrong is added to the problems."""
    found = []
    for number, table in enumerate(tables, start=1):
        key = f"waves[{number}]"
        problems.known(key, table, _KEYS)
        date = table.get("date")
        if type(date) is not datetime.date:
            problems.add(f"{key}.date", date, "is not a date", "a date such as 2025-05-31, without quotes")
            date = datetime.date.min
        for word in ("name", "file"):
            if not isinstance(table.get(word), str):
                problems.add(f"{key}.{word}", table.get(word), "is missing or not a text")
        response = _response(f"{key}.response", table.get("response"), problems)
        found.append(Wave(str(table.get("name")), date, str(table.get("file")), response))
    return tuple(sorted(found, key=lambda wave: wave.date))


def _response(key: str, value: object, problems: Problems) -> float | None:
    """The share of those invited who answered, where the study says it."""
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1:
        return float(value)
    problems.add(key, value, "is not a share of those invited", "a number above 0 and at most 1, such as 0.45")
    return None
