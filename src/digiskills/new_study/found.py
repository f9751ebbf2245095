"""What was found in received files about a survey, before anybody has answered a question about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class FoundChoice:
    """One choice of a question.

    Parameters
    ----------
    code : str
        As the data write it.
    labels : mapping of str to str
        By language, where a file has them.
    missing : str
        A reason for having no answer; empty for an answer.
    score : str
        A number as text; empty where none is known.
    guess : str
        Why something of it is a guess; empty where all was read.
    """

    code: str
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""
    score: str = ""
    guess: str = ""


@dataclass(frozen=True)
class FoundItem:
    """One question, or one column of the data.

    Parameters
    ----------
    name : str
        Column of the data, or name in the form.
    kind : str
        XLSForm type.
    labels : mapping of str to str
        By language, where a file has them.
    choices : tuple of FoundChoice
        In order.
    relevant, role, skill, barrier : str
        As a form says them.
    reverse : bool
        Whether agreeing speaks against the construct.
    guesses : tuple of str
        What about it is a guess, and why.
    """

    name: str
    kind: str = "text"
    labels: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[FoundChoice, ...] = ()
    relevant: str = ""
    role: str = ""
    skill: str = ""
    barrier: str = ""
    reverse: bool = False
    guesses: tuple[str, ...] = ()

    @property
    def answers(self) -> tuple[FoundChoice, ...]:
        """The choices that are answers."""
        return tuple(choice for choice in self.choices if not choice.missing)

    def marked(self, why: str, **changes: object) -> FoundItem:
        """Return the item changed by a guess, which it carries with it.

        Parameters
        ----------
        why : str
            What was guessed from what.
        **changes : object
            New values of its fields.

        Returns
        -------
        FoundItem
            Otherwise the same.
        """
        return replace(self, guesses=(*self.guesses, why), **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class FoundFile:
    """A received file, and how it is to be read.

    Parameters
    ----------
    path : Path
        Where it was given.
    holds : str
        ``answers``, ``form``, ``key`` or ``project``.
    frame : DataFrame or None
        One row per respondent, or per row of a key.
    encoding, delimiter, sheet : str
        What its passport has to say.
    guesses : tuple of str
        What about it is a guess, and why.
    """

    path: Path
    holds: str
    frame: pd.DataFrame | None = field(default=None, repr=False)
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    guesses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """Everything that the received files say together.

    Parameters
    ----------
    files : tuple of FoundFile
        As given.
    items : mapping of str to FoundItem
        By name, in the order of the form or of the data.
    notes : tuple of str
        What was left out, and why.
    """

    files: tuple[FoundFile, ...]
    items: Mapping[str, FoundItem]
    notes: tuple[str, ...] = ()

    def holding(self, what: str) -> list[FoundFile]:
        """Return the files that hold something.

        Parameters
        ----------
        what : str
            ``answers``, ``form``, ``key`` or ``project``.

        Returns
        -------
        list of FoundFile
            In the order given.
        """
        return [file for file in self.files if file.holds == what]
