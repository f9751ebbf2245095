"""The rows of the explorer: what the release plan lets out of every survey table, one row per number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from digiskills import answers, disclosure, survey, words
from digiskills.answers import Answers
from digiskills.disclosure import DEPARTMENT, DeclaredTable, Plan, Released
from digiskills.errors import ReleaseError
from digiskills.study import Study
from digiskills.survey import Survey
from digiskills.tables.grid import labelled
from digiskills.tables.written import written

KINDS = ("shortfalls", "barrier_side", "means", "shares", "missing", "respondents")
"""Kinds of table whose rows are one number of one group; sections of the page stand in this order."""
EVERYONE = "all"


@dataclass(frozen=True)
class Row:
    """One number of one group, in words; where it is withheld, nothing but who and what it is about.

    Parameters
    ----------
    section : str
        What the number measures: a key of ``measure.…`` in the catalogue of words.
    about : str
        The skill, barrier or question; empty for counts of people.
    answer : str
        The answer or the reason for having none; empty where the number is of no single answer.
    groups : tuple of str
        Its category in each of the study's dimensions; `EVERYONE` where it is not broken down by it.
    wave : str
        Wave of the survey.
    codes : tuple of str
        The item and the answer, which two labels alike would not tell apart.
    value, low, high : float
        The number and its interval; null where withheld or not defined.
    estimate, interval : str
        The same as readers see them.
    n, clusters : float
        Answers and departments behind it.
    """

    section: str
    about: str
    answer: str
    groups: tuple[str, ...]
    wave: str
    codes: tuple[str, ...]
    value: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    estimate: str = ""
    interval: str = ""
    n: float = float("nan")
    clusters: float = float("nan")

    @property
    def withheld(self) -> bool:
        """Whether the number is not shown."""
        return not self.estimate

    @property
    def key(self) -> tuple[object, ...]:
        """What it is about, whatever table it comes from."""
        return self.section, self.codes, self.groups, self.wave


def released(study: Study, tables: Iterable[DeclaredTable], plan: Plan, language: str) -> Iterator[Released]:
    """Yield the tables that the explorer shows, as a build's plan releases them.

    Parameters
    ----------
    study : Study
        The study.
    tables : iterable of DeclaredTable
        Everything declared; what shows the same is taken once.
    plan : Plan
        The release plan over all of them.
    language : str
        ``en`` or ``fr``.

    Yields
    ------
    Released
        Those of `KINDS`, but none of one department, which has a page of its own.

    Raises
    ------
    ReleaseError
        If a table is not in the plan.
    """

    @cache
    def count(wave: str, dimensions: tuple[str, ...]) -> tuple[Survey, Answers]:
        """Return a wave and its answers, read once for all tables."""
        read = survey.read(study, wave)
        return read, answers.read(read, dimensions)

    kept = disclosure.Kept(study)
    once = {table.specification: table for table in sorted(tables)}
    for table in once.values():
        if table.evidence == "survey" and table.kind in KINDS and DEPARTMENT not in dict(table.where):
            made = disclosure.release(kept.estimate(table, study, count), table, study, plan=plan, language=language)
            if not made.ids:
                raise ReleaseError(f"‘{table.id}’ is not in the release plan: run digiskills build")
            yield made


def rows(tables: Iterable[Released]) -> list[Row]:
    """Return what tables show, each number once.

    Parameters
    ----------
    tables : iterable of Released
        Of one study and language.

    Returns
    -------
    list of Row
        In the order of `KINDS`, then of the tables. What any table withholds is withheld.
    """
    found: dict[tuple[object, ...], Row] = {}
    for table in sorted(tables, key=lambda table: KINDS.index(table.kind)):
        for row in _rows(table):
            if row.key not in found or row.withheld:
                found[row.key] = row
    return list(found.values())


def _rows(table: Released) -> Iterator[Row]:
    frame = labelled(table)
    columns = {name: list(frame[name]) for name in ("item_label", "answer_label", "measure") if name in frame}
    groups = list(zip(*(_group(table, name) for name in table.study.dimensions), strict=True))
    usual = words.measure(table)
    for place, (_, row) in enumerate(frame.iterrows()):
        section = str(columns["measure"][place]) if "measure" in columns else usual
        about = str(columns.get("item_label", [""] * len(frame))[place])
        answer = str(columns["answer_label"][place]) if "answer" in frame else ""
        if row["withheld"] or pd.notna(row["estimate"]):  # a number that is not defined is not missed
            codes = tuple(str(row[name]) for name in ("item", "answer") if name in frame)
            yield Row(section, about, answer, groups[place], table.wave, codes, **_numbers(table, row))


def _group(table: Released, name: str) -> list[str]:
    """Return the category of each row in one dimension of the study, as readers know it."""
    if name in table.frame and name in table.by:
        return words.group_labels(table, name)
    label = table.study.dimensions[name].label(table.where[name], table.language) if name in table.where else EVERYONE
    return [label] * len(table.frame)


def _numbers(table: Released, row: pd.Series) -> dict[str, Any]:
    """Return the numbers of a row that is shown; none of one that is not."""
    if row["withheld"]:
        return {}
    said = written(table, row, "estimate")
    interval = written(table, row, "low") if pd.notna(row["low"]) else words.NO_NUMBER
    numbers = {name: float(row[name]) for name in ("low", "high", "n", "clusters") if name in row}
    return {"value": float(row["estimate"]), "estimate": said, "interval": interval, **numbers}
