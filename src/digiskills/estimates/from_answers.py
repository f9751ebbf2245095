"""The same estimates from counted answers: sums over groups instead of a pass over respondents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from digiskills.answers import Answers, ItemTotals
from digiskills.errors import DesignError, UsageError, nearest
from digiskills.estimates import tables
from digiskills.estimates.domains import Domains, Where, columns, domains
from digiskills.estimates.sample import People, Sample, check_rule, clusters_in_two_strata, listed, sample
from digiskills.estimates.variance import Squares, Sums, add

Of = Mapping[str, "str | Collection[str]"] | Collection[str] | str


def means(
    answers: Answers,
    items: str | Sequence[str],
    by: str | Sequence[str] = (),
    where: Where | None = None,
    df: str = "domain",
) -> pd.DataFrame:
    """Weighted mean score of each item in each domain.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    items : str or sequence of str
        Items whose answers have scores; ``gap:skill`` for the gap of a skill.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain; the category ``"all"`` does not restrict.
    df : {"domain", "design"}
        Rule for the degrees of freedom.

    Returns
    -------
    DataFrame
        One row per item and domain: item, <by>, n, clusters, estimate, se, df, low, high.

    Raises
    ------
    UsageError
        If an item, dimension or category does not exist, or an item has no scores.
    """
    parts = [_scored(answers.item(name)) for name in columns(items)]
    return _table(answers, parts, tables.keys(columns(items)), by, where, df, "t")


def totals(
    answers: Answers,
    items: str | Sequence[str],
    of: Of | None = None,
    by: str | Sequence[str] = (),
    where: Where | None = None,
    df: str = "domain",
) -> pd.DataFrame:
    """Weighted total of scores, or number of people who gave the answers `of`, among those who answered.

    Parameters
    ----------
    answers, items
        As for `means`.
    of : answers, or mapping of item to answers, optional
        Answers that count; without them the scores are added up.
    by, where, df
        As for `means`.

    Returns
    -------
    DataFrame
        One row per item and domain, as for `means`.
    """
    found = [answers.item(name) for name in columns(items)]
    parts = [_scored(item) if of is None else _given(item, _of_item(item, of)) for item in found]
    return _table(answers, parts, tables.keys(columns(items)), by, where, df, "t", total=True)


def shares(
    answers: Answers,
    items: str | Sequence[str],
    of: Of | None = None,
    by: str | Sequence[str] = (),
    where: Where | None = None,
    df: str = "domain",
    interval: str = "logit",
) -> pd.DataFrame:
    """Weighted share, 0 to 1, of those who gave an answer among all who answered.

    Parameters
    ----------
    answers, items
        As for `means`; items need no scores.
    of : answers, or mapping of item to answers, optional
        Those that count together; without them each answer of an item gets its own row.
    by, where, df
        As for `means`.
    interval : {"logit", "t"}
        How intervals are made.

    Returns
    -------
    DataFrame
        One row per item and domain, and per `answer` (a column) where `of` is not given.
    """
    found = [answers.item(name) for name in columns(items)]
    if of is not None:
        parts = [_given(item, _of_item(item, of)) for item in found]
        return _table(answers, parts, tables.keys(columns(items)), by, where, df, interval, share=True)
    each = [(item, answer) for item in found for answer in _real(item)]
    keys = pd.DataFrame([(item.name, answer) for item, answer in each], columns=["item", "answer"])
    parts = [_given(item, [answer]) for item, answer in each]
    return _table(answers, parts, keys, by, where, df, interval, share=True)


class _Part(NamedTuple):
    """An item and the value that each of its answers has in an estimate."""

    item: ItemTotals
    value: np.ndarray


def _scored(item: ItemTotals) -> _Part:
    if item.scores is None:
        raise UsageError(f"‘{item.name}’ has no mean: its answers have no scores in the codebook; take its shares")
    return _Part(item, np.where(item.missing, 0, item.scores))


def _given(item: ItemTotals, wanted: Collection[str]) -> _Part:
    return _Part(item, np.isin(item.answers, list(wanted)).astype(float))


def _real(item: ItemTotals) -> list[str]:
    return [answer for answer, missing in zip(item.answers, item.missing, strict=True) if not missing]


def _of_item(item: ItemTotals, of: Of) -> list[str]:
    if isinstance(of, Mapping) and item.name not in of:
        raise UsageError(f"of: no answers are named for ‘{item.name}’; {nearest(item.name, of)}")
    wanted = of[item.name] if isinstance(of, Mapping) else of
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    known = _real(item)
    wrong = [f"of: ‘{item.name}’ has no answer ‘{name}’; {nearest(name, known)}" for name in names if name not in known]
    if wrong:
        raise UsageError("\n".join(wrong))
    return names


def _table(
    answers: Answers,
    parts: Sequence[_Part],
    keys: pd.DataFrame,
    by: str | Sequence[str],
    where: Where | None,
    df: str,
    interval: str,
    total: bool = False,
    share: bool = False,
) -> pd.DataFrame:
    about = domains(answers.groups[list(answers.dimensions)], columns(by), where)
    sums = _sums(answers, parts, about, total)
    return tables.table(sums, _sample(answers), about, keys, interval, df, share)


def _sums(answers: Answers, parts: Sequence[_Part], about: Domains, total: bool) -> Sums:
    """Add groups up to domains and clusters (strata, where the sample has no clusters)."""
    unit, stratum = _units(answers)
    entry, cell = _entries(about.code, unit)
    units = int(unit.max()) + 1
    of_unit = np.empty(units, dtype=np.int64)
    of_unit[unit] = stratum
    rows = len(cell)
    n, w, wy = (add(_columns(parts, name, power), entry, rows) for name, power in (("n", 0), ("w", 0), ("w", 1)))
    squares = None
    if not answers.clustered or answers.people is not None:
        w2, w2y, w2yy = (add(_columns(parts, "w2", power), entry, rows) for power in (0, 1, 2))
        squares = Squares(w2, w2y, w2yy)
    at = cell % units
    return Sums(cell // units, of_unit[at], len(about), n, wy, None if total else w, squares, at)


def _units(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    """Cluster of each group, or its stratum in a sample without clusters, and its stratum."""
    stratum = pd.factorize(answers.groups["stratum"], sort=True)[0]
    unit = pd.factorize(answers.groups["cluster"], sort=True)[0] if answers.clustered else stratum
    return unit, stratum


def _entries(domain: np.ndarray, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number the pairs of domain and unit that meet; -1 for groups outside every domain."""
    inside = domain >= 0
    cell, met = np.unique(domain[inside] * (int(unit.max()) + 1) + unit[inside], return_inverse=True)
    entry = np.full(len(domain), -1)
    entry[inside] = met
    return entry, cell


def _columns(parts: Sequence[_Part], name: str, power: int) -> np.ndarray:
    """One column per part: the sum over its answers (missing left out) of `name` times value to a power."""
    return np.column_stack([getattr(item, name) @ np.where(item.missing, 0, value**power) for item, value in parts])


def _sample(answers: Answers) -> Sample:
    check_rule(answers.lonely)
    groups = answers.groups
    twice = clusters_in_two_strata(groups["stratum"], groups["cluster"]) if answers.clustered else []
    if twice:
        raise DesignError(f"cluster: in more than one stratum: {listed(twice)}; give each a label of its own")
    drawn = (
        groups.groupby("stratum")["cluster"].nunique() if answers.clustered else groups.groupby("stratum")["n"].sum()
    )
    strata = [str(label) for label in drawn.index]
    population = None
    if answers.population is not None:
        population = _known(answers.population, strata)
    people, clusters = _people(answers)
    return sample(strata, drawn.to_numpy(), population, answers.lonely, answers.clustered, people, clusters)


def _people(answers: Answers) -> tuple[People | None, list[str]]:
    """People of each cluster, sampled and in the population, in the order of `_units`."""
    if answers.people is None or not answers.clustered:
        return None, []
    sampled = answers.groups.groupby("cluster")["n"].sum()
    labels = [str(label) for label in sampled.index]
    return People(sampled.to_numpy(), _known(answers.people, labels)), labels


def _known(counts: pd.Series, labels: list[str]) -> np.ndarray:
    return counts.rename(str).reindex(labels).to_numpy(dtype=float)
