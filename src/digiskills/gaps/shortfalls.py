"""Shortfalls: who holds less than the job needs, and how many people that is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills import estimates
from digiskills.answers import GAP, Answers
from digiskills.errors import UsageError, nearest
from digiskills.estimates.domains import EVERYONE, Where, columns
from digiskills.estimates.tables import few_df

MEASURES = ("short_by_one", "short_by_two", "surplus", "mean_gap", "people_short")
SHARES = {"short_by_one": (1.0, None), "short_by_two": (2.0, None), "surplus": (None, -1.0)}
"""Levels between which a gap counts; None for no end."""
NUMBERS = ("estimate", "se", "low", "high")


def shortfalls(
    answers: Answers,
    skills: str | Sequence[str] | None = None,
    by: str | Sequence[str] = (),
    where: Where | None = None,
    heads: pd.DataFrame | None = None,
    df: str = "domain",
) -> pd.DataFrame:
    """Skill gaps on respondents who said both what the job needs and what they hold.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    skills : str or sequence of str, optional
        Skills, all of the survey's by default.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain; the category ``"all"`` does not restrict.
    heads : DataFrame, optional
        One row per cell of the population: columns of dimensions, and `heads`.
    df : {"domain", "design"}
        Rule for the degrees of freedom.

    Returns
    -------
    DataFrame
        One row per skill, measure and domain: item (the skill), measure, <by>, n, clusters, estimate, se, df,
        low, high, note. Measures: `short_by_one` and `short_by_two`, shares of people who need at least one (two)
        levels more than they hold; `surplus`, share who hold more than they need; `mean_gap` in levels;
        `people_short`, people who need at least one level more. n counts answers, unweighted; clusters those
        with an answer. `attrs["method"]["people_short"]` says what the people are counted from.

    Raises
    ------
    UsageError
        If a skill, dimension or category does not exist.

    Notes
    -----
    Paired: the mean gap is the mean of differences, never the difference of two means over different people.
    people_short is the share short by one times the known heads of the domain, its error and interval scaled
    likewise; where the heads of a domain are not known, the weighted total of those short among the answered.
    """
    items = _gap_items(answers, skills)
    measured = _shares(answers, items, by, where, df) | {"mean_gap": estimates.means(answers, items, by, where, df)}
    short = measured["short_by_one"]
    measured["people_short"], counted = _people(answers, items, short, by, where, heads, df)
    return _together(
        measured,
        columns(by),
        short.attrs["method"] | {"people_short": counted, "mean_gap": measured["mean_gap"].attrs["method"]["interval"]},
    )


def _gap_items(answers: Answers, skills: str | Sequence[str] | None) -> list[str]:
    names = list(answers.skills) if skills is None else columns(skills)
    wrong = [
        f"skills: no gap for ‘{name}’; {nearest(name, answers.skills)}" for name in names if name not in answers.skills
    ]
    if wrong:
        raise UsageError("\n".join(wrong))
    return [f"{GAP}{name}" for name in names]


def _levels(answers: Answers, items: Sequence[str], least: float | None, most: float | None) -> dict[str, list[str]]:
    """The answers of each gap that lie between two numbers of levels."""
    low, high = -np.inf if least is None else least, np.inf if most is None else most
    found = {}
    for name in items:
        item = answers.item(name)
        scores = item.scores if item.scores is not None else np.full(len(item.answers), np.nan)
        found[name] = [answer for answer, score in zip(item.answers, scores, strict=True) if low <= score <= high]
    return found


def _shares(
    answers: Answers, items: Sequence[str], by: str | Sequence[str], where: Where | None, df: str
) -> dict[str, pd.DataFrame]:
    """The measures that are shares, estimated together and then told apart."""
    levels = {name: _levels(answers, items, *ends) for name, ends in SHARES.items()}
    wanted = [(item, of[item]) for of in levels.values() for item in items]
    together = estimates.nets(answers, wanted, by, where, df)
    method, rows = together.attrs.pop("method"), len(together) // len(levels)
    found = {}
    for at, name in enumerate(levels):
        found[name] = together.iloc[at * rows : (at + 1) * rows].reset_index(drop=True)
        found[name].attrs["method"] = method | {"df_low": few_df(found[name]["df"])}
    return found


def _people(
    answers: Answers,
    items: Sequence[str],
    short: pd.DataFrame,
    by: str | Sequence[str],
    where: Where | None,
    heads: pd.DataFrame | None,
    df: str,
) -> tuple[pd.DataFrame, str]:
    """People short by one level or more, and what they are counted from."""
    known = _heads(short, columns(by), where or {}, heads)
    if known is None:
        total = estimates.totals(answers, items, _levels(answers, items, 1, None), by, where, df)
        return (
            total,
            "weighted total of those short among the answered: the heads of the domains are not known",
        )
    people = short.copy()
    for name in NUMBERS:
        people[name] = short[name] * known
    return people, "share short by one level or more times the heads of the domain"


def _heads(short: pd.DataFrame, by: list[str], where: Where, heads: pd.DataFrame | None) -> np.ndarray | None:
    """Heads of each row's domain, or None where those of one answered domain are not known."""
    restricted = [name for name, value in where.items() if value != EVERYONE]
    if heads is None or not set(by) | set(restricted) <= set(heads.columns):
        return None
    counted = heads
    for name in restricted:
        counted = counted[counted[name].isin(columns(where[name]))]
    known = _matched(short[by].astype(str), counted[by].astype(str), counted["heads"].to_numpy(dtype=float))
    return None if np.isnan(known[short["n"] > 0]).any() else known


def _matched(domains: pd.DataFrame, cells: pd.DataFrame, heads: np.ndarray) -> np.ndarray:
    """Sum of the heads of the cells of each domain; NaN without a cell, or with one that is not known."""
    if not len(domains.columns):
        return np.full(len(domains), heads.sum() if len(heads) else np.nan)
    names = list(domains.columns)
    of_domain = cells.assign(heads=heads).groupby(names)["heads"].sum(skipna=False)
    return domains.merge(of_domain.reset_index(), on=names, how="left")["heads"].to_numpy()


def _together(measured: dict[str, pd.DataFrame], by: list[str], method: dict[str, object]) -> pd.DataFrame:
    """Stack the measures, skill by skill."""
    first = next(iter(measured.values()))
    skills = [name.removeprefix(GAP) for name in dict.fromkeys(first["item"])]
    shape = (len(measured), len(skills), len(first) // max(len(skills), 1))  # measures, skills, domains
    order = np.arange(np.prod(shape)).reshape(shape).swapaxes(0, 1).ravel()
    # Column by column: every measure has the same domains in the same order, and stacking frames costs ten times more.
    about = {
        "item": np.repeat(skills, shape[0] * shape[2]),
        "measure": np.tile(np.repeat(list(measured), shape[2]), shape[1]),
    }
    domains = {name: first[name].array.take(order % len(first)) for name in by}
    names = ["n", "clusters", "estimate", "se", "df", "low", "high", "note"]
    numbers = {name: np.concatenate([table[name] for table in measured.values()])[order] for name in names}
    stacked = pd.DataFrame({**about, **domains, **numbers})
    stacked.attrs["method"] = method
    return stacked
