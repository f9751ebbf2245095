"""The same estimates from counted answers: sums over groups instead of a pass over respondents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from digiskills.answers import Answers, ItemTotals, NumberTotals, ReplicateSums
from digiskills.errors import UsageError, nearest
from digiskills.estimates import residuals, tables
from digiskills.estimates.counted_sample import domains_of, rows_of, sample_of, units_of
from digiskills.estimates.domains import Domains, Where, columns, domains
from digiskills.estimates.other_errors import with_errors
from digiskills.estimates.replicates import sums as replicates
from digiskills.estimates.replicates.rows import rows_of as rows_of_domains
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
        One row per item and domain: item, <by>, n, clusters, estimate, se, df, low, high. Errors are from
        replicates, or of what calibration margins do not explain, where the answers hold them.

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


def nets(
    answers: Answers,
    wanted: Sequence[tuple[str | ItemTotals, Collection[str]]],
    by: str | Sequence[str] = (),
    where: Where | None = None,
    df: str = "domain",
    interval: str = "logit",
) -> pd.DataFrame:
    """Weighted share of those who gave one of several answers, for several sets of answers in one go.

    Parameters
    ----------
    answers
        As for `means`.
    wanted : sequence of item and answers
        What counts; an item may stand there more than once. An item of the answers with another mark of what is
        missing has another base.
    by, where, df, interval
        As for `shares`.

    Returns
    -------
    DataFrame
        One row per entry of `wanted` and domain, in that order, as `shares` gives it for each.
    """
    found = [(answers.item(item) if isinstance(item, str) else item, of) for item, of in wanted]
    parts = [giving(item, answers_of(item, {item.name: of})) for item, of in found]
    return _table(answers, parts, tables.keys([item.name for item, _ in found]), by, where, df, interval, share=True)


class Part(NamedTuple):
    """An item and the value that each of its answers has in an estimate; a numeric item holds its own sums."""

    item: ItemTotals | NumberTotals
    value: np.ndarray

    def sums(self, name: str, power: int) -> np.ndarray:
        """Sum over the answers (missing left out) of `name` times value to a power, by group."""
        if isinstance(self.item, NumberTotals):
            return np.asarray(getattr(self.item, name + "y" * power))
        return np.asarray(getattr(self.item, name) @ np.where(self.item.missing, 0, self.value**power))

    def replicated(self, sums: ReplicateSums, power: int) -> np.ndarray:
        """Sum over the answers of each replicate weight times value to a power: cells x replicates."""
        name = self.item.name
        if name not in {**sums.items, **sums.numbers}:
            raise UsageError(f"no replicate weights were added up for ‘{name}’; count it with the survey")
        if isinstance(self.item, NumberTotals):
            return np.asarray(sums.numbers[name][power])
        return np.asarray(np.einsum("car,a->cr", sums.items[name], np.where(self.item.missing, 0, self.value**power)))


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
    about = domains_of(answers, columns(by), where)
    sums, sample = _sums(answers, parts, about, total), sample_of(answers)
    table = tables.table(sums, sample, about, keys, interval, df, share)
    if answers.replicates is not None:
        rows = rows_of_domains(domains(answers.replicates.cells, columns(by), where))
        return _replicated(answers, parts, table, rows, interval, df, share, total)
    if answers.calibration is None:
        return table
    names = (("w", 0), ("w", 1), ("w2", 0), ("w2", 1), ("w2", 2))
    answered = residuals.Answered(*(sums_of(parts, name, power) for name, power in names))
    made = with_errors(table, residuals.errors(rows_of(answers), answered, about, sample, total), interval, share)
    made.attrs["method"]["calibration"] = residuals.explained(answers.calibration.margins)
    return made


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


def _replicated(
    answers: Answers,
    parts: Sequence[Part],
    table: pd.DataFrame,
    rows: Sequence[np.ndarray],
    interval: str,
    df: str,
    share: bool,
    total: bool,
) -> pd.DataFrame:
    """The table with errors from replicates."""
    how = replicates.declared(answers)
    whole = table["estimate"].to_numpy(dtype=float).reshape(len(parts), len(rows)).T
    found = replicates.by_replicate(*replicate_sums(answers, parts), rows, total)
    errors = how.errors(np.concatenate([whole[None], found]))
    made = with_errors(table, errors, interval, share, replicates.degrees_of(answers, rows, df)[0])
    made.attrs["method"] |= how.words(df) | {"df_low": tables.few_df(made["df"])}
    return made


def replicate_sums(answers: Answers, parts: Sequence[Part]) -> tuple[np.ndarray, np.ndarray]:
    """Sums of each replicate weight times value, and of the weight: cells x replicates x parts."""
    assert answers.replicates is not None
    above, below = (
        np.stack([part.replicated(answers.replicates, power) for part in parts], axis=2) for power in (1, 0)
    )
    return above, below


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
