"""What answers are broken down by: ``[dimensions.<name>]``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digiskills.errors import UsageError, nearest
from digiskills.study.problems import Problems

REQUIRED_DIMENSIONS = ("department_size", "level")
_KEYS = ("label", "item", "categories")
_CATEGORY_KEYS = ("name", "label", "code")


@dataclass(frozen=True)
class Category:
    """One category of a dimension and its code in the received file."""

    name: str
    labels: Mapping[str, str]
    code: str


@dataclass(frozen=True)
class Dimension:
    """What answers are broken down by, with its categories in order.

    Parameters
    ----------
    name : str
        ``department_size``, ``level`` and others the study has.
    labels : mapping of str to str
        Its name for the reader, by language.
    item : str
        The survey's column that holds it.
    categories : tuple of Category
        In the order in which they are shown.
    """

    name: str
    labels: Mapping[str, str]
    item: str
    categories: tuple[Category, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the categories in order."""
        return tuple(category.name for category in self.categories)

    def label(self, category: str, language: str) -> str:
        """Return the words of a category.

        Parameters
        ----------
        category : str
            Its name.
        language : str
            ``en`` or ``fr``.

        Returns
        -------
        str
            Its label.

        Raises
        ------
        UsageError
            If the dimension has no such category.
        """
        for known in self.categories:
            if known.name == category:
                return known.labels[language]
        raise UsageError(f"{self.name} has no category ‘{category}’: {nearest(category, self.names)}")


def dimensions(tables: Mapping[str, Any], problems: Problems, without: object = ()) -> dict[str, Dimension]:
    """Return the dimensions by name; what is wrong is added to the problems."""
    absent = [str(name) for name in without] if isinstance(without, list | tuple) else [str(without)]
    for name in absent:
        if name not in REQUIRED_DIMENSIONS or name in tables:
            problems.add("without", name, "is declared, or no dimension that is asked for", "a list of those absent")
    for name in REQUIRED_DIMENSIONS:
        if name not in tables and name not in absent:
            allowed = f'its label and its categories in order, or without = ["{name}"] above all tables'
            problems.add(f"dimensions.{name}", None, "is missing", allowed)
    found = {}
    for name, table in tables.items():
        key = f"dimensions.{name}"
        problems.known(key, table, _KEYS)
        categories = _categories(f"{key}.categories", table.get("categories", []), problems)
        labels = problems.labels(f"{key}.label", table.get("label"))
        found[name] = Dimension(name, labels, str(table.get("item", name)), categories)
    return found


def _categories(key: str, tables: Sequence[Mapping[str, Any]], problems: Problems) -> tuple[Category, ...]:
    if not tables:
        problems.add(key, None, "is missing", "[{ name, label.en, label.fr }, …] in order")
    found: dict[str, Category] = {}
    for number, table in enumerate(tables, start=1):
        problems.known(f"{key}[{number}]", table, _CATEGORY_KEYS)
        name = str(table.get("name", ""))
        if not name or name == "all" or name in found:
            problems.add(f"{key}[{number}].name", name, "is missing, used twice or the word ‘all’", "a new name")
        labels = problems.labels(f"{key}[{number}].label", table.get("label"))
        found[name] = Category(name, labels, str(table.get("code", name)))
    return tuple(found.values())
