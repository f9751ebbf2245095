"""How an attribution becomes coarser, step by step, until it describes enough people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from digiskills.disclosure.passages.people import Population
from digiskills.errors import Problem, StudyError, nearest
from digiskills.study import Study

TABLE = "attributions"
COLUMNS = ("field", "value", "coarser", "dimension", "categories")
Attribution = dict[str, str]


@dataclass(frozen=True)
class Rung:
    """One value of a descriptor: what it is coarsened to, and which people of the population it describes.

    Parameters
    ----------
    coarser : str
        A value of the same field; empty where the field is left out instead.
    dimension : str
        A dimension of the study; empty where the population is not counted that way.
    categories : tuple of str
        Its categories that the value describes.
    words : tuple of str
        How words begin by which a text itself says the value, in either language.
    """

    coarser: str = ""
    dimension: str = ""
    categories: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """What was done to an attribution: from what, how many people it described, why, and to what."""

    before: Attribution
    after: Attribution
    heads: int | None
    reason: str


@dataclass(frozen=True)
class Ladder:
    """The descriptors that may stand beside a passage, the one that is left out last first.

    Parameters
    ----------
    rungs : mapping of str to mapping of str to Rung
        By field and value, in the order of the study's file.
    """

    rungs: Mapping[str, Mapping[str, Rung]]

    def climb(self, given: Mapping[str, str], population: Population, smallest: int) -> tuple[Attribution, list[Step]]:
        """Return the finest attribution that describes enough people, and the steps to it.

        Parameters
        ----------
        given : mapping of str to str
            The passage's value of each field.
        population : Population
            Who there is.
        smallest : int
            People that an attribution must describe at least.

        Returns
        -------
        tuple of dict and list of Step
            The attribution, empty where none is shown; it may still describe too few, see `heads`.

        Notes
        -----
        A value that the file does not list is not shown. As long as the rest describes too few or an unknown number,
        the first value whose people are not counted, or else the first that has a coarser one, gives way to its
        coarser value; where there is none, the last field of the file is left out.
        """
        listed = {field: given[field] for field, values in self.rungs.items() if given.get(field) in values}
        steps = list(self._unlisted(given, listed))
        heads = self.heads(listed, population)
        while listed and (heads is None or heads < smallest):
            coarser = self._coarser(listed, population)
            steps.append(Step(listed, coarser, heads, "unknown_heads" if heads is None else "few_heads"))
            listed, heads = coarser, self.heads(coarser, population)
        return listed, steps

    def heads(self, shown: Mapping[str, str], population: Population) -> int | None:
        """Return how many people an attribution describes.

        Parameters
        ----------
        shown : mapping of str to str
            Value by field, all of them listed.
        population : Population
            Who there is.

        Returns
        -------
        int or None
            None where it is not known; fields of one dimension describe what they have in common.
        """
        described: dict[str, tuple[str, ...]] = {}
        for field, value in shown.items():
            rung = self.rungs[field][value]
            if not rung.dimension:
                return None
            common = described.get(rung.dimension, rung.categories)
            described[rung.dimension] = tuple(name for name in rung.categories if name in common)
        return 0 if any(not names for names in described.values()) else population.describing(described)

    def _unlisted(self, given: Mapping[str, str], listed: Attribution) -> Iterator[Step]:
        whole = {field: given[field] for field in self.rungs if given.get(field)}
        if whole != listed:
            yield Step(whole, listed, None, "not_listed")

    def _coarser(self, shown: Attribution, population: Population) -> Attribution:
        """Return the attribution one step down: never the same, and never finer."""
        rungs = {field: self.rungs[field][value] for field, value in shown.items()}
        uncounted = [field for field, rung in rungs.items() if rung.dimension not in population.dimensions]
        field = next(iter(uncounted), "") or next((name for name, rung in rungs.items() if rung.coarser), "")
        field = field or list(shown)[-1]
        coarser = rungs[field].coarser
        kept = {name: value for name, value in shown.items() if name != field}
        return {name: shown[name] if name in kept else coarser for name in shown if name in kept or coarser}


def ladder(study: Study) -> Ladder:
    """Return the ladder that a study declares in ``frameworks/attributions.csv``.

    Parameters
    ----------
    study : Study
        Its table has one row per field and value: field, value, coarser, dimension, categories and, where texts may
        say a value themselves, words (both joined by semicolons). Fields are left out from the last to the first.

    Returns
    -------
    Ladder
        Without fields, so that no passage is attributed, where the study has no such table.

    Raises
    ------
    StudyError
        With every value that stands twice, coarser value that leads nowhere, in a circle or to fewer people, and
        every unknown dimension or category.
    """
    if TABLE not in study.frameworks.tables:
        return Ladder({})
    table = study.frameworks.table(TABLE)
    problems = [_problem(0, name, None, "column is missing") for name in COLUMNS if name not in table]
    if problems:
        raise StudyError(problems)
    made = of_table(table)
    problems = [*_cell_problems(table, study), *_chain_problems(table, made)]
    if problems:
        raise StudyError(problems)
    return made


def of_table(table: pd.DataFrame) -> Ladder:
    """Return the ladder of a table of text.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per field and value, with the columns of ``attributions.csv``.

    Returns
    -------
    Ladder
        As the table says; `ladder` also checks it.
    """
    rungs: dict[str, dict[str, Rung]] = {}
    for row in table.assign(words=table.get("words", "")).itertuples(index=False):
        rung = Rung(str(row.coarser), str(row.dimension), _parts(row.categories), _parts(row.words))
        rungs.setdefault(str(row.field), {})[str(row.value)] = rung
    return Ladder(rungs)


def _parts(cell: object) -> tuple[str, ...]:
    return tuple(part.strip() for part in str(cell).split(";") if part.strip())


def _cell_problems(table: pd.DataFrame, study: Study) -> Iterator[Problem]:
    twice = table.duplicated(["field", "value"])
    for row, (field, value, _, dimension, categories) in enumerate(
        table[list(COLUMNS)].itertuples(index=False, name=None)
    ):
        if twice.iloc[row]:
            yield _problem(row + 1, "value", value, "stands twice")
        if not study.frameworks.has_descriptor(field, value):
            yield _problem(row + 1, "value", value, f"is no {field} of descriptors.csv")
        if dimension and dimension not in study.dimensions:
            yield _problem(row + 1, "dimension", dimension, "is not declared", nearest(dimension, study.dimensions))
            continue
        known = study.dimensions[dimension].names if dimension else ()
        wrong = [name for name in str(categories).split(";") if name and name not in known]
        if wrong or bool(dimension) != bool(categories):
            yield _problem(row + 1, "categories", categories, "is not what the dimension has", "; ".join(known))


def _chain_problems(table: pd.DataFrame, made: Ladder) -> Iterator[Problem]:
    for row, (field, value) in enumerate(table[["field", "value"]].itertuples(index=False, name=None)):
        rungs, seen, at = made.rungs[field], [value], made.rungs[field][value]
        while at.coarser:
            if at.coarser in seen or at.coarser not in rungs:
                said = "leads back to itself" if at.coarser in seen else f"is no value of {field} here"
                yield _problem(row + 1, "coarser", at.coarser, said)
                break
            coarser = rungs[at.coarser]
            if at.dimension and (
                at.dimension != coarser.dimension or not set(at.categories) <= set(coarser.categories)
            ):
                yield _problem(row + 1, "coarser", at.coarser, f"describes fewer than ‘{seen[-1]}’")
                break
            seen, at = [*seen, at.coarser], coarser


def _problem(row: int, column: str, value: object, message: str, allowed: str = "") -> Problem:
    return Problem(f"frameworks/{TABLE}.csv", row + 1, column, None if value is None else str(value), message, allowed)
