"""Ranks from a rescaling bootstrap over clusters, as a check on those from normal draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.codebook import Pair
from digiskills.errors import DesignError, UsageError, nearest
from digiskills.estimates.domains import Where
from digiskills.gaps.needs import INDICES, NEED_SIGN
from digiskills.gaps.ranks import SEED, among_top, rank_interval, ranks_of
from digiskills.gaps.respondents import within
from digiskills.gaps.together import check_pairs
from digiskills.survey import Survey

REPLICATES = 2_000
METHOD = "rescaling bootstrap over clusters, drawn with replacement within strata (errs on the wide side)"


def bootstrap_ranks(
    survey: Survey,
    pairs: Sequence[Pair],
    measure: str = "borich",
    top: Sequence[int] = (1, 3),
    where: Where | None = None,
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> pd.DataFrame:
    """Rank of each skill by one index over bootstrap replicates of the sample.

    Parameters
    ----------
    survey : Survey
        With two or more sampled clusters in every stratum.
    pairs : sequence of Pair
        The skills, as `Codebook.pairs` gives them.
    measure : {"borich", "ranked_discrepancy", "mean_gap", "short"}
        The index.
    top : sequence of int
        For each k, the share of replicates in which a skill is among the k greatest needs.
    where : mapping of dimension to category or categories, optional
        Restriction to a domain.
    replicates : int
        How many.
    seed : int
        Of the generator.

    Returns
    -------
    DataFrame
        One row per skill: item, measure, estimate, se (standard deviation over replicates), rank, expected_rank,
        low, high (95 % of the replicates' ranks) and `top_<k>`. `attrs["method"]["ranks"]` names the method.

    Raises
    ------
    DesignError
        If a stratum has a single sampled cluster: take the normal draws of `ranks`.
    UsageError
        If the index, a skill or a dimension does not exist, or the survey has no clusters.

    Notes
    -----
    In each replicate n_h - 1 clusters of stratum h are drawn with replacement; a cluster drawn r times gets the
    weight factor r n_h / (n_h - 1). J. Rao, C. Wu and K. Yue, Survey Methodology 18 (1992) 209-217. No finite
    population correction, so that both stages are covered; where many of a stratum's clusters are in the sample
    the ranks look less sure than they are.
    """
    if measure not in INDICES:
        raise UsageError(f"measure: there is no index ‘{measure}’; {nearest(measure, INDICES)}")
    check_pairs(survey, pairs)
    cluster, factors = _factors(survey, replicates, seed)
    sums = np.stack([_sums(survey, pair, cluster, where) for pair in pairs], axis=2)
    estimate = _index(sums.sum(axis=0), measure)
    drawn = _index(np.einsum("rc,cpk->prk", factors, sums), measure)
    ranked = ranks_of(NEED_SIGN[measure] * drawn)
    low, high = rank_interval(ranked)
    found = pd.DataFrame({"item": [pair.skill for pair in pairs], "measure": measure, "estimate": estimate})
    found = found.assign(se=drawn.std(axis=0, ddof=1), rank=ranks_of(NEED_SIGN[measure] * estimate))
    found = found.assign(expected_rank=ranked.mean(axis=0), low=low, high=high)
    found = found.assign(**{f"top_{k}": among_top(ranked, k) for k in top})
    found.attrs["method"] = {"ranks": METHOD, "replicates": replicates, "seed": seed}
    return found


def _factors(survey: Survey, replicates: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Cluster of each respondent, and the factor of each cluster in each replicate."""
    if survey.cluster is None:
        raise UsageError("bootstrap: the survey has no clusters")
    cluster, labels = pd.factorize(survey.cluster.astype(str))
    stratum = np.full(len(survey), "all") if survey.stratum is None else survey.stratum.astype(str).to_numpy()
    of_cluster = pd.Series(stratum).groupby(cluster).first()
    members = {name: group.index.to_numpy() for name, group in of_cluster.groupby(of_cluster)}
    lonely = [str(name) for name, group in members.items() if len(group) < 2]
    if lonely:
        raise DesignError(f"bootstrap: one sampled cluster only in stratum {', '.join(lonely)}; take normal draws")
    generator, factors = np.random.default_rng(seed), np.zeros((replicates, len(labels)))
    for group in members.values():
        size = len(group)
        drawn = generator.multinomial(size - 1, np.full(size, 1 / size), replicates)
        factors[:, group] = drawn * size / (size - 1)
    return np.asarray(cluster), factors


def _sums(survey: Survey, pair: Pair, cluster: np.ndarray, where: Where | None) -> np.ndarray:
    """Weighted sums that the indices are made of: clusters x (gap, sign, short, both, needed, asked)."""
    weight = np.where(within(survey, where), survey.weight, 0)
    needed = survey.scores(pair.needed)
    gap = np.round(needed - survey.scores(pair.held), 9)
    both, asked = np.isfinite(gap), np.isfinite(needed)
    known, need = np.nan_to_num(gap), np.nan_to_num(needed)
    parts = (known, -np.sign(known), both & (known >= 1), both, need, asked)
    clusters = int(cluster.max()) + 1
    return np.column_stack([np.bincount(cluster, weight * part, clusters) for part in parts])


def _index(sums: np.ndarray, measure: str) -> np.ndarray:
    """The index from sums, whose first axis is that of `_sums`."""
    gap, sign, short, both, needed, asked = sums
    above = {"borich": gap, "mean_gap": gap, "ranked_discrepancy": sign, "short": short}[measure]
    found: np.ndarray = np.divide(above, both, out=np.full(both.shape, np.nan), where=both > 0)
    if measure == "borich":
        found = found * np.divide(needed, asked, out=np.full(asked.shape, np.nan), where=asked > 0)
    return found
