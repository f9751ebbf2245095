"""What each row of a survey table tells: the counts of people that a reader learns from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from digiskills.answers import GAP, Answers, barrier_side
from digiskills.disclosure.kinds.changes import estimands_of
from digiskills.disclosure.relations import Domain, domain
from digiskills.disclosure.source import Source

ALL, ANSWERED, ASKED, CHOSE, SCORED = "all", "n", "asked", "chose", "scored"
EVERYONE = ""
Row = dict[str, Any]


class Told(NamedTuple):
    """One count that a row tells.

    Parameters
    ----------
    wave : str
        Wave of the survey.
    item : str
        The counted item; empty for respondents.
    sum : tuple of str
        ``all`` respondents, those who answered (``n``), those ``asked``, those who ``chose`` one of the answers named
        after the word, or the sum of scores (``scored``).
    domain : Domain
        Among whom.
    """

    wave: str
    item: str
    sum: tuple[str, ...]
    domain: Domain


def told(frame: pd.DataFrame, source: Source) -> list[tuple[Told, ...]]:
    """Return what each row of a table tells.

    Parameters
    ----------
    frame : DataFrame
        The table's estimates.
    source : Source
        The table and its data.

    Returns
    -------
    list of tuple of Told
        One per row. Where one of them may not be known, the row may not be shown.

    Notes
    -----
    A published share counts as its numerator, a mean as the sum of its scores, whether the study is weighted or not:
    weights blur them, but nobody promises how much. Of a table that is no sum of answers (a model, a rank), a row
    stands for the group that it is about and for the usual share of its item.
    """
    teller = TELLERS.get(source.table.kind, _usual)
    about = _About(source, dict(frame.attrs.get("method", {})))
    rows = frame.astype(object).rename(columns=str).to_dict("records")
    return [tuple(dict.fromkeys(teller({str(name): cell for name, cell in row.items()}, about))) for row in rows]


class _About:
    """A table, its domains and what its items measure."""

    def __init__(self, source: Source, method: dict[str, Any]) -> None:
        self.source, self.method = source, method
        self.wave = source.table.wave
        self.answers: Answers = source.answers
        self.of_item = cache(self._of_item)

    def domain(self, row: Row, **other: str) -> Domain:
        """The domain of a row: its categories and what the table is limited to, one department included."""
        mine = {name: str(row[name]) for name in self.source.by if name in row}
        return domain({**mine, **dict(self.source.table.where), **other})

    def waves(self) -> list[str]:
        """The wave before and the table's own."""
        return [self.source.earlier().table.wave, self.wave]

    def item(self, name: str) -> str:
        """The counted item behind a name; empty if there is none."""
        gap = f"{GAP}{name}"
        return gap if gap in self.answers.items else name if name in self.answers.items else EVERYONE

    def _of_item(self, name: str) -> tuple[str, ...]:
        """What is usually shown of an item: short by one, the barrier side, else the mean."""
        if name.startswith(GAP):
            return self.levels(name, 1, np.inf)
        known = self.source.codebook.items.get(name)
        if known is not None and known.barrier:
            return (CHOSE, *barrier_side(known))
        return (SCORED,) if self.answers.item(name).scores is not None else ()

    def levels(self, name: str, least: float, most: float) -> tuple[str, ...]:
        """Those whose gap lies between two numbers of levels."""
        item = self.answers.item(name)
        scores = np.full(len(item.answers), np.nan) if item.scores is None else item.scores
        return (CHOSE, *(answer for answer, at in zip(item.answers, scores, strict=True) if least <= at <= most))


def _everyone(row: Row, about: _About) -> Iterable[Told]:
    yield Told(about.wave, EVERYONE, (ALL,), about.domain(row))


def _summed(row: Row, about: _About, name: str, what: tuple[str, ...], base: str = ANSWERED) -> Iterable[Told]:
    """A base and what is shown of it."""
    yield from _everyone(row, about)
    yield Told(about.wave, name, (base,), about.domain(row))
    if len(what) > 1 or what == (SCORED,):
        yield Told(about.wave, name, what, about.domain(row))


def _usual(row: Row, about: _About) -> Iterable[Told]:
    name = about.item(str(row.get("item", "")))
    yield from (_summed(row, about, name, about.of_item(name)) if name else _everyone(row, about))


def _means(row: Row, about: _About) -> Iterable[Told]:
    return _summed(row, about, str(row["item"]), (SCORED,))


def _shares(row: Row, about: _About) -> Iterable[Told]:
    return _summed(row, about, str(row["item"]), (CHOSE, str(row["answer"])))


def _missing(row: Row, about: _About) -> Iterable[Told]:
    return _summed(row, about, str(row["item"]), (CHOSE, str(row["answer"])), ASKED)


def _shortfalls(row: Row, about: _About) -> Iterable[Told]:
    name = about.item(str(row["item"]))
    bounds: dict[str, tuple[float, float]] = {"short_by_one": (1, np.inf), "people_short": (1, np.inf)}
    bounds |= {"short_by_two": (2, np.inf), "surplus": (-np.inf, -1)}
    measure = str(row["measure"])
    return _summed(row, about, name, about.levels(name, *bounds[measure]) if measure in bounds else (SCORED,))


def _estimands(row: Row, about: _About) -> Iterable[Told]:
    """Kinds whose items are estimands: the share short, the barrier side, or the mean."""
    for estimand in estimands_of(about.source)[1]:
        if estimand.item == about.item(str(row["item"])):
            of = tuple(estimand.of) if estimand.of is not None else ()
            yield from _summed(row, about, estimand.item, (CHOSE, *of) if of else (SCORED,))


def _changes(row: Row, about: _About) -> Iterable[Told]:
    for cell in _estimands(row, about):
        yield from (cell._replace(wave=wave) for wave in about.waves())


def _differences(row: Row, about: _About) -> Iterable[Told]:
    group = about.source.by[0]
    name = about.item(str(row["item"]))
    for category in (str(row[group]), str(row["against"])):
        for cell in _summed(row, about, name, about.of_item(name)):
            yield cell._replace(domain=about.domain(row, **{group: category}))


def _ends(row: Row, about: _About) -> Iterable[Told]:
    """A difference of the two outermost groups, as a whole or in parts."""
    group = str(about.method.get("group", "department_size"))
    names = about.source.study.dimension(group).names
    name = about.item(str(row["item"]))
    for category in (about.method.get("first", names[0]), about.method.get("second", names[-1])):
        for cell in _summed(row, about, name, about.of_item(name)):
            yield cell._replace(domain=about.domain(row, **{group: str(category)}))


def _response(row: Row, about: _About) -> Iterable[Told]:
    whole = str(row["category"]) in ("all", "")
    one = {} if whole else {str(row["dimension"]): str(row["category"])}
    yield Told(about.wave, EVERYONE, (ALL,), about.domain(row, **one))


def _modelled(row: Row, about: _About) -> Iterable[Told]:
    """The groups that a term compares."""
    yield Told(about.wave, EVERYONE, (ALL,), domain(about.source.where))
    term = str(row.get("term", ""))
    if term in about.source.study.dimensions:
        for category in {str(row.get("level", "")), str(row.get("reference", ""))} - {""}:
            yield Told(about.wave, EVERYONE, (ALL,), domain({**about.source.where, term: category}))


TELLERS: dict[str, Callable[[Row, _About], Iterable[Told]]] = {
    "respondents": _everyone,
    "departments": _everyone,
    "response": _response,
    "missing": _missing,
    "means": _means,
    "shares": _shares,
    "shortfalls": _shortfalls,
    "changes": _changes,
    "detectable_change": _changes,
    "answers_needed": _estimands,
    "differences": _differences,
    "mix_and_rate": _ends,
    "band_ends": _ends,
    "model": _modelled,
    "effects": _modelled,
    "adjusted": _modelled,
    "parallel": _modelled,
    "department_share": _modelled,
}
"""How rows of a kind are read; those of other kinds as a group and the usual share of its item."""
