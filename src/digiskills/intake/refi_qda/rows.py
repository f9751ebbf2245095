"""The rows of a project while it is read or made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from digiskills.errors import Problem, StudyError
from digiskills.intake.refi_qda.project import ENTRY, TABLES, Project

# Selections that overlap repeat their text: without a limit a small file could ask for any amount of memory.
MOST_SELECTED = 200_000_000
_KEYED = ("codes", "sources", "selections", "cases", "variables", "sets", "coders", "notes")


class Rows:
    """Rows of a project while it is read or made, and what had to be left out."""

    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}
        self._keys: dict[str, set[object]] = {name: set() for name in _KEYED}
        self._selected = 0
        self._left_out: Counter[tuple[str, str, str]] = Counter()

    def add(self, table: str, *cells: object) -> None:
        """Add one row; a second thing with the identifier of a first is left out.

        Parameters
        ----------
        table : str
            A name of `TABLES`.
        *cells : object
            One for each column, in their order; the identifier first.
        """
        if self.has(table, cells[0]):
            self.leave_out(table, "", "has the identifier of one before it")
        else:
            self._rows[table].append(cells)
            self._keys.get(table, set()).add(cells[0])

    def spend(self, characters: int) -> None:
        """Count the characters that selections repeat of their texts.

        Parameters
        ----------
        characters : int
            How many more.

        Raises
        ------
        StudyError
            If they are more than a project has: selections that overlap could repeat a text any number of times.
        """
        self._selected += characters
        if self._selected > MOST_SELECTED:
            message = f"selects more than {MOST_SELECTED:,} characters"
            raise StudyError([Problem(ENTRY, None, "PlainTextSelection", None, message, "a smaller export")])

    def has(self, table: str, key: object) -> bool:
        """Return whether a table has a row of that identifier.

        Parameters
        ----------
        table : str
            A name of `TABLES`.
        key : object
            The identifier.

        Returns
        -------
        bool
            False too for tables whose rows have none.
        """
        return key in self._keys.get(table, ())

    def leave_out(self, what: str, name: str, why: str, number: int = 1) -> None:
        """Say that something is not read.

        Parameters
        ----------
        what, name, why : str
            Its kind, its name or its source's, and the reason.
        number : int
            How many.
        """
        self._left_out[what, name, why] += number

    def keep(self, table: str, kept: Sequence[bool], what: str, why: str) -> None:
        """Leave out the rows of a table that are not to be kept.

        Parameters
        ----------
        table : str
            A name of `TABLES`.
        kept : sequence of bool
            One for each row.
        what, why : str
            For what is left out.
        """
        rows = self._rows[table]
        if not all(kept):
            self.leave_out(what, "", why, len(rows) - sum(kept))
            self._rows[table] = [row for row, keep in zip(rows, kept, strict=True) if keep]

    def column(self, table: str, name: str) -> list[Any]:
        """Return one column of the rows so far.

        Parameters
        ----------
        table, name : str
            The table and its column.

        Returns
        -------
        list
            Its cells.
        """
        place = TABLES[table].index(name)
        return [row[place] for row in self._rows[table]]

    def project(self, name: str, origin: str, description: str) -> Project:
        """Return the project that the rows make.

        Parameters
        ----------
        name, origin, description : str
            Of the project.

        Returns
        -------
        Project
            Its frames.
        """
        self._rows["left_out"] = [(*key, number) for key, number in self._left_out.items()]
        frames = {table: _frame(table, rows) for table, rows in self._rows.items()}
        return Project(name, origin, description, **frames)


def _frame(table: str, rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(TABLES[table])
    types = {"start": "int64", "end": "int64", "number": "int64", "is_codable": "bool"}
    return pd.DataFrame(
        {
            name: pd.Series(cells, dtype=types.get(name, "str"))
            for name, cells in zip(TABLES[table], columns, strict=True)
        }
    )
