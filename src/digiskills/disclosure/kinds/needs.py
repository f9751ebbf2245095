"""What to train first: orders of skills by several indices, and importance against performance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills import gaps
from digiskills.codebook import Pair
from digiskills.disclosure.source import Source
from digiskills.errors import UsageError, nearest
from digiskills.estimates import intervals
from digiskills.estimates.variance import Results
from digiskills.gaps import quadrants as importance_performance
from digiskills.gaps import ranks
from digiskills.gaps.bootstrap import bootstrap_ranks
from digiskills.gaps.needs import joint_short
from digiskills.gaps.quadrants import Cut
from digiskills.gaps.respondents import pairs_of
from digiskills.gaps.together import Together, gap_answers

TOP = 3  # skills that are trained first
SHORT = {1.0: "short_by_one", 2.0: "short_by_two", 3.0: "short_by_three"}
"""Shares short in the words of the other tables, by levels."""
RANKED = {"low": "rank_low", "high": "rank_high", f"top_{TOP}": "top_probability"}
RANKS = ("expected_rank", "rank_low", "rank_high", "joint_low", "joint_high", "top_probability")
ESTIMATED = ["item", "measure", "n", "clusters", "estimate", "se", "df", "low", "high"]
QUADRANTS = {
    "concentrate_here": "p_concentrate",
    "keep_up": "p_keep_up",
    "low_priority": "p_low_priority",
    "possible_overkill": "p_overkill",
}
SIDES = {"needed": "importance", "held": "performance"}
MIDDLE = "middle"  # of the scale


def needs(source: Source) -> pd.DataFrame:
    """Return the order of the skills by every index of training need, and by shares short at several cut points.

    Parameters
    ----------
    source : Source
        The table and its data. Its option ``ranks`` says where their intervals come from: ``draws`` from the
        joint covariance of the design, or a ``bootstrap`` over clusters, without a breakdown and where every
        stratum has two or more of them.

    Returns
    -------
    DataFrame
        One row per measure, skill and domain: item, measure, <by>, n, clusters, estimate, se, df, low, high,
        rank (1 for the greatest need), expected_rank, rank_low, rank_high, joint_low, joint_high,
        top_probability (of being among the first three), note. Ranks have no certainty where the design of the
        survey is not known.

    Raises
    ------
    UsageError
        If the option is neither, or a bootstrap is asked for by dimensions.
    """
    survey, pairs = source.survey, pairs_of(source.survey, source.skills)
    joint = gaps.joint_needs(survey, pairs, source.by, source.where)
    by_index = ranks.by_index(joint)
    tables = [_order(joint, by_index[by_index["measure"].eq(index)], SHORT[1.0]) for index in gaps.INDICES]
    for levels in _cuts(source, pairs):
        short = joint_short(survey, pairs, source.by, source.where, levels)
        tables.append(_order(short, ranks.ranks(short, "short", (TOP,)), SHORT[levels]))
    found = _known(pd.concat(tables, ignore_index=True), RANKS, source)
    found.attrs["method"] = by_index.attrs["method"]
    return _resampled(found, source, pairs) if _bootstraps(source) else found


def quadrants(source: Source) -> pd.DataFrame:
    """Return the quadrant of each skill by mean level needed and mean level held, where quadrants meet at several cuts.

    Parameters
    ----------
    source : Source
        The table and its data.

    Returns
    -------
    DataFrame
        One row per cut, skill and domain: item, cut (``mean`` and ``median`` of the skills' means, ``middle`` of
        the scale), <by>, n, clusters, df, importance and performance with _low, _high and _cut, quadrant and the
        probabilities p_concentrate, p_keep_up, p_low_priority, p_overkill; note.
    """
    pairs = pairs_of(source.survey, source.skills)
    given: dict[str, Cut] = {"mean": "mean", "median": "median", MIDDLE: _middle(source, pairs)}
    stacked = importance_performance.by_cut(source.survey, pairs, source.by, source.where, list(given.values()))
    found = stacked.assign(cut=np.repeat(list(given), len(stacked) // len(given)))
    for side, name in SIDES.items():
        found[name], found[f"{name}_cut"] = found[side], found[f"{side}_cut"]
        found[f"{name}_low"], found[f"{name}_high"] = _interval(found, side)
    found = found.rename(columns=QUADRANTS)
    numbers = [f"{name}{part}" for name in SIDES.values() for part in ("", "_low", "_high", "_cut")]
    kept = ["item", "cut", *source.by, "n", "clusters", "df", *numbers, "quadrant", *QUADRANTS.values(), "note"]
    unsure = [f"{name}{end}" for name in SIDES.values() for end in ("_low", "_high")]
    found = _known(found[kept], [*unsure, *QUADRANTS.values()], source)
    found.attrs["method"] = stacked.attrs["method"] | {"cut": given}
    return found


def _order(joint: Together, ranked: pd.DataFrame, short: str) -> pd.DataFrame:
    """Put the interval of the estimate beside that of the rank, and name the share short by its levels."""
    index = ranked["measure"].iloc[0]
    estimated = joint.frame[joint.frame["measure"].eq(index)].reset_index(drop=True)
    found = ranked.rename(columns=RANKED).reset_index(drop=True).assign(**estimated[["low", "high", "note"]])
    names = [*ESTIMATED[:2], *joint.by, *ESTIMATED[2:], "rank", *RANKS, "note"]
    return found[names].replace({"measure": {"short": short}})


def _bootstraps(source: Source) -> bool:
    """Return whether the ranks come from a bootstrap."""
    way = source.option("ranks", "draws")
    if way not in ("draws", "bootstrap"):
        raise UsageError(f"ranks: ‘{way}’ is no way to their intervals; {nearest(str(way), ('draws', 'bootstrap'))}")
    if way == "bootstrap" and source.by:
        raise UsageError(f"ranks: the bootstrap knows no breakdown by {', '.join(source.by)}; leave it out, or draw")
    return bool(way == "bootstrap")


def _resampled(found: pd.DataFrame, source: Source, pairs: Sequence[Pair]) -> pd.DataFrame:
    """Put the intervals of a bootstrap in place of those of the draws; cut points beyond one level have none."""
    indices = found[found["measure"].isin([*gaps.INDICES, SHORT[1.0]])].reset_index(drop=True)
    tables = [bootstrap_ranks(source.survey, pairs, index, (TOP,), source.where) for index in gaps.INDICES]
    ranked = pd.concat(tables, ignore_index=True).rename(columns=RANKED)
    mine = ["expected_rank", *RANKED.values()]
    replaced = indices.drop(columns=["joint_low", "joint_high"]).assign(**ranked[mine])
    replaced.attrs["method"] = found.attrs["method"] | tables[0].attrs["method"]
    return replaced


def _cuts(source: Source, pairs: Sequence[Pair]) -> list[float]:
    """Levels short beyond one, as far as the scale goes."""
    return [
        levels
        for levels in SHORT
        if levels > 1 and all(gap_answers(source.survey, pair, levels, np.inf) for pair in pairs)
    ]


def _middle(source: Source, pairs: Sequence[Pair]) -> tuple[float, float]:
    """Middle of the scale on which needed and held are answered."""
    items = [[source.codebook.item(getattr(pair, side)) for pair in pairs] for side in SIDES]
    scores = [[choice.score for item in side for choice in item.answers if choice.score is not None] for side in items]
    importance, performance = (float(min(each) + max(each)) / 2 for each in scores)
    return importance, performance


def _interval(found: pd.DataFrame, side: str) -> tuple[np.ndarray, np.ndarray]:
    results = Results(*(found[name].to_numpy() for name in ("n", "clusters", side, f"{side}_se", "df")))
    return intervals.bounds(results, "t", False)


def _known(found: pd.DataFrame, unsure: Sequence[str], source: Source) -> pd.DataFrame:
    """Take away what rests on a design that is not known."""
    return found if source.study.design.intervals else found.assign(**dict.fromkeys(unsure, np.nan))
