"""Words for what a study's documents name: skills, barriers, enablers, training and the rest."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from digiskills.errors import Problem, StudyError, UsageError, nearest

DESCRIPTORS = "descriptors"


@dataclass(frozen=True, repr=False)
class Frameworks:
    """The tables of a study's ``frameworks`` folder, by the name of their file.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        One row per thing named; text throughout. Tables with a ``code`` column have labels.
    """

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Names and numbers of rows."""
        sizes = ", ".join(f"{name} {len(table)}" for name, table in self.tables.items())
        return f"Frameworks({sizes})"

    def table(self, name: str) -> pd.DataFrame:
        """Return one table.

        Parameters
        ----------
        name : str
            Name of its file without ``.csv``.

        Returns
        -------
        pandas.DataFrame
            A copy; one row per thing named, in the order of the file.

        Raises
        ------
        UsageError
            If the study has no such table.
        """
        if name not in self.tables:
            raise UsageError(f"there is no table ‘{name}’ in frameworks: {nearest(name, self.tables)}")
        return self.tables[name].copy()

    def label(self, table: str, code: str, language: str) -> str:
        """Return the words for a code.

        Parameters
        ----------
        table : str
            ``skills``, ``barriers`` or another table with a ``code`` column.
        code : str
            A code of that table.
        language : str
            ``en`` or ``fr``.

        Returns
        -------
        str
            Its label.

        Raises
        ------
        UsageError
            If the table, the code or the language is not known.
        """
        return self._cell(table, self._labels(table, language), code)

    def has_descriptor(self, field: str, value: str) -> bool:
        """Return whether ``descriptors.csv`` has words for a value.

        Parameters
        ----------
        field : str
            A column of the focus groups or of the published surveys.
        value : str
            A value of that column.

        Returns
        -------
        bool
            True where it has.
        """
        table = self.tables.get(DESCRIPTORS)
        return table is not None and bool((table["field"].eq(field) & table["value"].eq(value)).any())

    def descriptor(self, field: str, value: str, language: str) -> str:
        """Return the words for a value of a descriptor, such as a speaker's level.

        Parameters
        ----------
        field : str
            A column of the focus groups or of the published surveys.
        value : str
            A value of that column.
        language : str
            ``en`` or ``fr``.

        Returns
        -------
        str
            Its label.

        Raises
        ------
        UsageError
            If the field, the value or the language is not known.
        """
        return self._cell(field, self._descriptors(field, language), value)

    def values(self, field: str) -> list[str]:
        """Return the values of a descriptor in their order.

        Parameters
        ----------
        field : str
            A field of ``descriptors.csv``.

        Returns
        -------
        list of str
            Its values as the file lists them.
        """
        return list(self._descriptors(field, "en"))

    def _labels(self, name: str, language: str) -> dict[str, str]:
        table = self.table(name)
        if "code" not in table or "label_en" not in table:
            raise UsageError(f"the table ‘{name}’ of frameworks has no columns code and label_en")
        return dict(zip(table["code"], table[_column(language)], strict=True))

    def _descriptors(self, field: str, language: str) -> dict[str, str]:
        table = self.table(DESCRIPTORS)
        if field not in set(table["field"]):
            raise UsageError(f"descriptors.csv has no field ‘{field}’: {nearest(field, table['field'].unique())}")
        rows = table[table["field"] == field]
        return dict(zip(rows["value"], rows[_column(language)], strict=True))

    def _cell(self, table: str, labels: Mapping[str, str], code: str) -> str:
        if code not in labels:
            raise UsageError(f"{table} has no ‘{code}’: {nearest(code, labels)}")
        return labels[code]


def read(folder: Path) -> Frameworks:
    """Return the tables of a ``frameworks`` folder.

    Parameters
    ----------
    folder : Path
        Holds CSV files in UTF-8; a study without the folder has no tables.

    Returns
    -------
    Frameworks
        One table per file.

    Raises
    ------
    StudyError
        With every duplicated code, empty label and ragged row.
    """
    problems: list[Problem] = []
    tables = {path.stem: _table(path, problems) for path in sorted(folder.glob("*.csv"))}
    for name, table in tables.items():
        problems += _label_problems(f"{folder.name}/{name}.csv", table)
    if problems:
        raise StudyError(problems)
    return Frameworks(tables)


def _column(language: str) -> str:
    if language not in ("en", "fr"):
        raise UsageError(f"there are no labels in ‘{language}’: {nearest(language, ('en', 'fr'))}")
    return f"label_{language}"


def _table(path: Path, problems: list[Problem]) -> pd.DataFrame:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file)) or [[]]
    file_name = f"{path.parent.name}/{path.name}"
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            allowed = f"{len(header)} cells, as in the header"
            problems.append(Problem(file_name, number, None, None, f"has {len(row)} cells", allowed))
    return pd.DataFrame([row for row in rows if len(row) == len(header)], columns=header, dtype="str")


def _label_problems(file: str, table: pd.DataFrame) -> list[Problem]:
    """Return a problem for each key that stands twice and each label that is empty."""
    key = [name for name in ("field", "value") if name in table] if "field" in table else ["code"]
    found = []
    if "label_en" in table and set(key) <= set(table.columns):
        for row in table.index[table.duplicated(key)]:
            found.append(Problem(file, int(row) + 2, key[-1], str(table.at[row, key[-1]]), "stands twice"))
    for column in ("label_en", "label_fr"):
        if column in table:
            empty = table.index[table[column].str.strip() == ""]
            found += [Problem(file, int(row) + 2, column, None, "is empty", "a label") for row in empty]
    return found
