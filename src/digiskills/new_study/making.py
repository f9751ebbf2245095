"""Making the folder of a new study: aside first, in place only when it is whole."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digiskills import paths
from digiskills.errors import UsageError
from digiskills.intake import passport
from digiskills.new_study import coded, declaring, described, questions, reading
from digiskills.new_study.found import Found, FoundItem
from digiskills.new_study.questions import Settled

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
_READ_ONLY = 0o444


@dataclass(frozen=True)
class Made:
    """A new study.

    Parameters
    ----------
    folder : Path
        Its folder in ``data/raw``.
    found : Found
        What the received files said.
    settled : Settled
        What the questions about it were answered by.
    items : mapping of str to FoundItem
        Its questions, with the roles they were given.
    """

    folder: Path
    found: Found
    settled: Settled
    items: Mapping[str, FoundItem]


def make(
    name: str,
    given: Sequence[Path],
    answers: Mapping[str, str],
    language: str = "en",
    ask: Callable[[str, str, str], str] | None = None,
    tell: Callable[[str], None] = lambda text: None,
) -> Made:
    """Return a new study, made from received files.

    Parameters
    ----------
    name : str
        Of its folder in ``data/raw``: small letters, digits, ``-`` and ``_``.
    given : sequence of Path
        A form, answers, keys, a project of coded passages; each is copied, none is changed.
    answers : mapping of str to str
        Answers to the questions about the study, as `questions.given` has them.
    language : str
        Of labels for which a file names no language.
    ask : callable, optional
        Asks somebody; without it guesses are taken and marked, and other questions stay open.
    tell : callable
        Called with a line before each step that can take long.

    Returns
    -------
    Made
        The folder is whole, or was not made.

    Raises
    ------
    UsageError
        If the study exists, a file does not, or an answer cannot be.
    StudyError
        With what is wrong in every file.
    """
    folder = _free(name)
    found = reading.read(given, language, tell)
    settled = questions.settle(found, answers, name, ask)
    items = described.described(found, settled)
    texts = {"study.toml": declaring.study_toml(name, found, settled, items, language)}
    texts |= described.codebook(items.values(), language) | described.frameworks(items.values(), language)
    for file in found.holding("project"):
        texts |= coded.codes(file.path)
    texts[".gitignore"] = _private(found)
    texts[passport.FILE] = declaring.passport(name, found, settled, texts)
    tell("copying the received files")
    _in_place(folder, [file.path for file in found.files], texts)
    return Made(folder, found, settled, items)


def _free(name: str) -> Path:
    """Return the folder of a study that does not exist yet."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"‘{name}’ is no name for a study: small letters, digits, - and _, such as staff-survey-2025")
    folder = paths.raw(name)
    if folder.exists():
        raise UsageError(f"data/raw/{name} exists, and nothing is ever overwritten: choose another name, or move it")
    return folder


def _private(found: Found) -> str:
    """Return what keeps received answers out of version control."""
    names = [file.path.name for file in found.files if file.holds in ("answers", "project")]
    return "\n".join(["# Rows of respondents stay on this machine.", *names]) + "\n"


def _in_place(folder: Path, received: Sequence[Path], texts: Mapping[str, str]) -> None:
    """Write a study's folder aside and put it in place; whatever stops it leaves nothing behind."""
    aside = folder.parent.parent / f".new-{folder.name}-{os.getpid()}"
    try:
        aside.mkdir(parents=True)
        for path in received:
            shutil.copyfile(path, aside / path.name)
            (aside / path.name).chmod(_READ_ONLY)
        for place, text in texts.items():
            (aside / place).parent.mkdir(exist_ok=True)
            (aside / place).write_text(text, encoding="utf-8", newline="\n")
        passport.renew(aside)
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
