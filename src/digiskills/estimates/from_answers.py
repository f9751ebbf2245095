"""The same estimates from counted answers: sums over groups instead of a pass over respondents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from digiskills.answers import Answers, ItemTotals, NumberTotals
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
        Items whose answers have scores, numeric items that were counted; ``gap:skill`` for the gap of a skill.
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
    parts = [_number(answers, name) or scored(answers.item(name)) for name in columns(items)]
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
    if of is None:
        parts = [_number(answers, name) or scored(answers.item(name)) for name in columns(items)]
    else:
        parts = [giving(item, answers_of(item, of)) for item in map(answers.item, columns(items))]
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
    interval : {"logit", "t", "beta", "wilson"}
        How intervals are made.

    Returns
    -------
    DataFrame
        One row per item and domain, and per `answer` (a column) where `of` is not given.
    """
    found = [answers.item(name) for name in columns(items)]
    if of is not None:
        parts = [giving(item, answers_of(item, of)) for item in found]
        return _table(answers, parts, tables.keys(columns(items)), by, where, df, interval, share=True)
    each = [(item, answer) for item in found for answer in _real(item)]
    keys = pd.DataFrame([(item.name, answer) for item, answer in each], columns=["item", "answer"])
    parts = [giving(item, [answer]) for item, answer in each]
    return _table(answers, parts, keys, by, where, df, interval, share=True)


class Part(NamedTuple):
    """An item and the value that each of its answers has in an estimate; a numeric item holds its own sums."""

    item: ItemTotals | NumberTotals
    value: np.ndarray

    def sums(self, name: str, power: int) -> np.ndarray:
        """Sum over the answers (missing left out) of `name` times value to a power, by group."""
        if isinstance(self.item, NumberTotals):
            return np.asarray(getattr(self.item, name + "y" * power))
        return np.asarray(getattr(self.item, name) @ np.where(self.item.missing, 0, self.value**power))


def _number(answers: Answers, name: str) -> Part | None:
    return Part(answers.numbers[name], np.empty(0)) if name in answers.numbers else None


def scored(item: ItemTotals) -> Part:
    """An item with the scores of its answers; an error where they have none."""
    if item.scores is None:
        raise UsageError(f"‘{item.name}’ has no mean: its answers have no scores in the codebook; take its shares")
    return Part(item, np.where(item.missing, 0, item.scores))


def giving(item: ItemTotals, wanted: Collection[str]) -> Part:
    """An item with 1 for the answers that count and 0 for the others."""
    return Part(item, np.isin(item.answers, list(wanted)).astype(float))


def _real(item: ItemTotals) -> list[str]:
    return [answer for answer, missing in zip(item.answers, item.missing, strict=True) if not missing]


def answers_of(item: ItemTotals, of: Of) -> list[str]:
    """The answers to an item that count together; an error where it has no such answer."""
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
    parts: Sequence[Part],
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
    return tables.table(sums, sample_of(answers), about, keys, interval, df, share)


def _sums(answers: Answers, parts: Sequence[Part], about: Domains, total: bool) -> Sums:
    """Add groups up to domains and clusters (strata, where the sample has no clusters)."""
    unit, stratum = units_of(answers)
    entry, cell = _entries(about.code, unit)
    units = int(unit.max()) + 1
    of_unit = np.empty(units, dtype=np.int64)
    of_unit[unit] = stratum
    rows = len(cell)
    n, w, wy = (add(sums_of(parts, name, power), entry, rows) for name, power in (("n", 0), ("w", 0), ("w", 1)))
    squares = None
    if not answers.clustered or answers.people is not None:
        w2, w2y, w2yy = (add(sums_of(parts, "w2", power), entry, rows) for power in (0, 1, 2))
        squares = Squares(w2, w2y, w2yy)
    at = cell % units
    return Sums(cell // units, of_unit[at], len(about), n, wy, None if total else w, squares, at)


def units_of(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
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


def sums_of(parts: Sequence[Part], name: str, power: int) -> np.ndarray:
    """One column per part: the sum over its answers (missing left out) of `name` times value to a power."""
    return np.column_stack([part.sums(name, power) for part in parts])


def sample_of(answers: Answers) -> Sample:
    """The sample that was counted: strata, clusters and what is known of the population."""
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
    """People of each cluster, sampled and in the population, in the order of `units_of`."""
    if answers.people is None or not answers.clustered:
        return None, []
    sampled = answers.groups.groupby("cluster")["n"].sum()
    labels = [str(label) for label in sampled.index]
    return People(sampled.to_numpy(), _known(answers.people, labels)), labels


def _known(counts: pd.Series, labels: list[str]) -> np.ndarray:
    return counts.rename(str).reindex(labels).to_numpy(dtype=float)
