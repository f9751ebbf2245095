"""What a person decided on passages, and the names never to be shown: two small files of a study."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from digiskills import intake
from digiskills.errors import Problem, StudyError, nearest
from digiskills.study import Study

REVIEWED, DENYLIST = "reviewed.csv", "denylist.csv"
COLUMNS = ("passage", "decision", "date", "role", "reason", "sha256")
RELEASE, WITHHOLD, CHANGED = "release", "withhold", "changed"


@dataclass(frozen=True)
class Reviews:
    """Decisions on passages, each on what was read.

    Parameters
    ----------
    decisions : mapping of str to tuple of str
        By passage: ``release`` or ``withhold``, and the digest of what the person read.
    """

    decisions: Mapping[str, tuple[str, str]]

    def of(self, passage: str, read: str) -> str:
        """Return what was decided on a passage.

        Parameters
        ----------
        passage : str
            The passage.
        read : str
            Digest of its texts and attribution as they are now.

        Returns
        -------
        str
            ``release``, ``withhold``, ``changed`` where the person read something else; empty where nobody looked.
        """
        decision, then = self.decisions.get(passage, ("", ""))
        return CHANGED if decision == RELEASE and read != then else decision


def digest(parts: Sequence[str]) -> str:
    """Return the digest of what a person reads of a passage.

    Parameters
    ----------
    parts : sequence of str
        English and French text, and the fields of the attribution under which they would stand.

    Returns
    -------
    str
        SHA-256 of the parts joined by line ends, 64 hexadecimal digits.
    """
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def reviews(study: Study, known: Sequence[str]) -> Reviews:
    """Return what a person decided on the passages of a study.

    Parameters
    ----------
    study : Study
        May have ``reviewed.csv`` in the folder of its focus groups: passage, decision (``release`` or ``withhold``),
        date, role (of who looked), reason, sha256 (of what was read, see `digest`).
    known : sequence of str
        Its passages.

    Returns
    -------
    Reviews
        Without decisions where the study has no such file.

    Raises
    ------
    StudyError
        With every unknown passage or decision, passage that stands twice, empty cell and digest that is none.
    """
    table = listed(study, REVIEWED, COLUMNS)
    problems = _at(table, "passage", ~table["passage"].isin(known), "is no passage of segments.csv")
    problems += _at(table, "passage", table["passage"].duplicated(), "stands twice")
    wrong = ~table["decision"].isin([RELEASE, WITHHOLD])
    problems += _at(table, "decision", wrong, "is no decision", nearest("", [RELEASE, WITHHOLD]))
    for column in ("date", "role", "reason"):
        problems += _at(table, column, table[column].str.strip() == "", "is empty")
    wrong = ~table["sha256"].str.fullmatch("[0-9a-f]{64}").astype("bool")
    problems += _at(table, "sha256", wrong, "is no digest", "as in passages_to_review.csv")
    if problems:
        raise StudyError(problems)
    decided = zip(table["decision"], table["sha256"], strict=True)
    return Reviews(dict(zip(table["passage"], decided, strict=True)))


def denylist(study: Study) -> tuple[str, ...]:
    """Return the names that no shown passage may hold.

    Parameters
    ----------
    study : Study
        May have ``denylist.csv`` in the folder of its focus groups: name.

    Returns
    -------
    tuple of str
        Empty where the study has no such file.
    """
    return tuple(listed(study, DENYLIST, ("name",))["name"])


def listed(study: Study, name: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return a file that a study may have in the folder of its focus groups.

    Parameters
    ----------
    study : Study
        The study.
    name : str
        Of the file.
    columns : sequence of str
        That it must have.

    Returns
    -------
    pandas.DataFrame
        No rows where the study has no such file.

    Raises
    ------
    StudyError
        If a column is missing, or the file is not the one that the passport lists.
    """
    path = f"{study.evidence['focus_groups'].folder}/{name}".removeprefix("/")  # a project has no folder
    if not (study.folder / path).is_file():
        return pd.DataFrame(columns=list(columns), dtype="str")
    table = intake.read_listed(study.folder, path).frame
    problems = [Problem(path, 1, column, None, "column is missing") for column in columns if column not in table]
    if problems:
        raise StudyError(problems)
    return table


def _at(table: pd.DataFrame, column: str, wrong: pd.Series, message: str, allowed: str = "") -> list[Problem]:
    rows = [int(row) for row in table.index[wrong]]
    return [Problem(REVIEWED, row + 2, column, str(table.at[row, column]), message, allowed) for row in rows]
