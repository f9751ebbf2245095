"""Tables that a notebook was given in a run of the build: its sentences say no number that none of them holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from digiskills import words
from digiskills.disclosure import Released
from digiskills.errors import ReleaseError
from digiskills.notebook.run import said

_given: dict[str, list[Released]] = {}
"""By the mark of a run; one at a time."""


def remember(released: Released) -> Released:
    """Return a table that was released, and know it for the sentences to come.

    Parameters
    ----------
    released : Released
        Any.

    Returns
    -------
    Released
        The same.
    """
    run = said()
    if run:
        mark = _mark(run)
        if mark not in _given:
            _given.clear()
        _given.setdefault(mark, []).append(released)
    return released


def refuse_strange(sentences: Iterable[str]) -> None:
    """Refuse sentences with a number that none of the run's tables holds.

    Parameters
    ----------
    sentences : iterable of str
        Findings and notes, in the language of the tables.

    Raises
    ------
    ReleaseError
        With the first such sentence. In JupyterLab, nothing is refused.
    """
    run = said()
    tables = _given.get(_mark(run), []) if run else []
    if not tables:
        return
    for sentence in sentences:
        strange = words.strange_numbers(sentence, tables[0].language, tables)
        if strange:
            raise ReleaseError(
                f"no table of this notebook holds {', '.join(strange)}, which is said here: ‘{sentence}’"
            )


def _mark(run: Mapping[str, Any]) -> str:
    return repr((run.get("release"), run.get("report"), run.get("notebook"), run.get("parameters")))
