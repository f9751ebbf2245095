"""A declared table: which estimates of which items, by what, in which wave and scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from digiskills import estimates, gaps
from digiskills.answers import Answers, barrier_side
from digiskills.codebook import Codebook, Item
from digiskills.errors import UsageError, nearest

SKILLS = "skills"


@dataclass(frozen=True, order=True)
class DeclaredTable:
    """What one table shows, as ``notebooks/reports.toml`` declares it.

    Parameters
    ----------
    id : str
        Exhibit id; empty for a table that nobody declared.
    study : str
        Name of the study.
    evidence : str
        ``survey``, ``focus_groups`` or ``published``.
    kind : str
        One of `KINDS` for the survey; ``themes`` or ``figures`` for the other evidence.
    items : tuple of str
        Names of items, one role of the codebook, or the word ``skills``.
    by : tuple of str
        Dimensions that make its domains.
    wave : str
        Name of the wave; empty for evidence without waves.
    where : tuple of (str, str)
        Dimension and category that the whole table is limited to.
    """

    id: str
    study: str
    evidence: str
    kind: str
    items: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    wave: str = ""
    where: tuple[tuple[str, str], ...] = ()

    @property
    def specification(self) -> tuple[object, ...]:
        """What the table shows, whatever it is called."""
        return (self.study, self.evidence, self.kind, self.items, self.by, self.wave, self.where)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension that the table needs, those of its scope included."""
        return tuple(dict.fromkeys([*self.by, *(name for name, _ in self.where)]))


def items_of(codebook: Codebook, items: tuple[str, ...]) -> list[Item]:
    """Return the items that a table's words mean.

    Parameters
    ----------
    codebook : Codebook
        The study's.
    items : tuple of str
        Names of items, or a single role.

    Returns
    -------
    list of Item
        In the order of the form.

    Raises
    ------
    UsageError
        If a word is neither an item nor a role.
    """
    found = [item for item in codebook.items.values() if item.name in items or item.role in items]
    known = {item.name for item in found} | {item.role for item in found}
    roles = {item.role for item in codebook.items.values() if item.role}
    for word in items:
        if word not in known:
            raise UsageError(f"‘{word}’ is no item or role of the codebook: {nearest(word, [*roles, *codebook.items])}")
    return found


def columns_of(items: list[Item]) -> list[str]:
    """Return the answer columns of items: a question with several answers has one per option.

    Parameters
    ----------
    items : list of Item
        From the codebook.

    Returns
    -------
    list of str
        Names as in the survey's typed table.
    """
    columns = []
    for item in items:
        several = item.kind == "select_multiple"
        columns += [f"{item.name}/{choice.name}" for choice in item.answers] if several else [item.name]
    return columns


def estimate(table: DeclaredTable, answers: Answers, codebook: Codebook, heads: pd.DataFrame | None) -> pd.DataFrame:
    """Return the estimates that a table shows, before release.

    Parameters
    ----------
    table : DeclaredTable
        What to estimate.
    answers : Answers
        Counted with every dimension of the table.
    codebook : Codebook
        The study's.
    heads : DataFrame or None
        Heads of the population by cell of dimensions.

    Returns
    -------
    DataFrame
        One row per item, domain and, where the kind has them, measure or answer.

    Raises
    ------
    UsageError
        If the kind is not known.
    """
    if table.kind not in KINDS:
        raise UsageError(f"‘{table.kind}’ is no kind of survey table: {nearest(table.kind, KINDS)}")
    frame = KINDS[table.kind](table, answers, codebook, heads)
    for name, category in table.where:
        frame = frame[frame[name].eq(category)] if name in table.by else frame
    return frame.reset_index(drop=True)


def _shortfalls(table: DeclaredTable, answers: Answers, codebook: Codebook, heads: pd.DataFrame | None) -> pd.DataFrame:
    skills = None if table.items == (SKILLS,) else list(table.items)
    return gaps.shortfalls(answers, skills, by=table.by, where=dict(table.where), heads=heads)


def _means(table: DeclaredTable, answers: Answers, codebook: Codebook, heads: pd.DataFrame | None) -> pd.DataFrame:
    columns = columns_of(items_of(codebook, table.items))
    return estimates.means(answers, columns, by=table.by, where=dict(table.where))


def _shares(table: DeclaredTable, answers: Answers, codebook: Codebook, heads: pd.DataFrame | None) -> pd.DataFrame:
    columns = columns_of(items_of(codebook, table.items))
    return estimates.shares(answers, columns, by=table.by, where=dict(table.where))


def _barrier_side(
    table: DeclaredTable, answers: Answers, codebook: Codebook, heads: pd.DataFrame | None
) -> pd.DataFrame:
    columns = columns_of(items_of(codebook, table.items))
    of = {name: barrier_side(codebook.item(name)) for name in columns}
    return estimates.shares(answers, columns, of=of, by=table.by, where=dict(table.where))


def _respondents(
    table: DeclaredTable, answers: Answers, codebook: Codebook, heads: pd.DataFrame | None
) -> pd.DataFrame:
    return estimates.respondents(answers, by=table.by, where=dict(table.where))


def _missing(table: DeclaredTable, answers: Answers, codebook: Codebook, heads: pd.DataFrame | None) -> pd.DataFrame:
    columns = columns_of(items_of(codebook, table.items))
    return estimates.missing(answers, columns, by=table.by, where=dict(table.where))


KINDS: dict[str, Callable[[DeclaredTable, Answers, Codebook, pd.DataFrame | None], pd.DataFrame]] = {
    "shortfalls": _shortfalls,
    "means": _means,
    "shares": _shares,
    "barrier_side": _barrier_side,
    "respondents": _respondents,
    "missing": _missing,
}
