"""One small family of errors that say what was given, where, and what would do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_LISTED = 20  # a longer list hides the answer instead of giving it


class DigiskillsError(Exception):
    """Something a user can put right; `exit_code` is what the command line ends with."""

    exit_code = 1


class UsageError(DigiskillsError):
    """A name or value given to a command, a parameter or a function does not exist."""

    exit_code = 2


class DesignError(DigiskillsError):
    """The survey design cannot give an estimate from these rows."""


class ReleaseError(DigiskillsError):
    """Something was about to be published that the release plan does not hold."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a study's files, and where it is.

    Parameters
    ----------
    file : str
        Path of the file inside the study's folder.
    row : int or None
        Row number in the file as an editor shows it (the header is row 1).
    column : str or None
        Name of the column, or the key of a TOML file.
    value : str or None
        What was found there.
    message : str
        What is wrong with it.
    allowed : str
        What would do.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    message: str
    allowed: str = ""

    def __str__(self) -> str:
        """Place, value, message and way out in one line."""
        place = [self.file]
        place += [f"row {self.row}"] if self.row is not None else []
        place += [f"column {self.column}"] if self.column is not None else []
        given = f"‘{self.value}’ " if self.value is not None else ""
        way_out = f" ({self.allowed})" if self.allowed else ""
        return f"{', '.join(place)}: {given}{self.message}{way_out}"


class StudyError(DigiskillsError):
    """A study's files do not say what they should; holds every problem found at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        count = f"{len(self.problems)} problems:\n" if len(self.problems) > 1 else ""
        super().__init__(count + "\n".join(str(problem) for problem in self.problems))


def slip_of(word: str, known: Iterable[str]) -> str:
    """Return the known word that a word is most likely a slip of.

    Parameters
    ----------
    word : str
        What was given.
    known : iterable of str
        The words that have a meaning.

    Returns
    -------
    str
        Empty where the word is known, or far from all that are.
    """
    words = list(known)
    if not word or word in words:
        return ""
    return next(iter(difflib.get_close_matches(word, words, n=1, cutoff=0.85)), "")


def nearest(word: str, known: Iterable[str]) -> str:
    """Return what to try instead of a word that is not known.

    Parameters
    ----------
    word : str
        What was given.
    known : iterable of str
        The words that would do.

    Returns
    -------
    str
        ``did you mean ‘level’?`` where one is near, otherwise the list of known words.
    """
    words = list(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"did you mean ‘{close[0]}’?"
    more = f" and {len(words) - MOST_LISTED} more" if len(words) > MOST_LISTED else ""
    return f"known: {', '.join(words[:MOST_LISTED])}{more}"
