"""How sure an order of skills is: ranks with intervals, and what the order depends on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from digiskills.codebook import Pair
from digiskills.errors import UsageError, nearest
from digiskills.estimates.domains import Where
from digiskills.estimates.intervals import CONFIDENCE
from digiskills.gaps.needs import INDICES, NEED_SIGN, joint_short
from digiskills.gaps.together import Source, Together, domain_numbers

SEED = 20_250_531  # of every draw, so that a page gives the same numbers each time it is made
DRAWS = 10_000  # a probability of 0.5 is then known to within 0.01
CUTS = (1.0, 2.0, 3.0)  # levels short
NORMAL = "multivariate normal draws from the joint design covariance"


def draw(estimate: np.ndarray, covariance: np.ndarray, draws: int = DRAWS, seed: int = SEED) -> np.ndarray:
    """Draws of what the estimates could have been.

    Parameters
    ----------
    estimate : ndarray
        Estimates of one domain.
    covariance : ndarray, estimates x estimates
        Their design-based covariance.
    draws : int
        How many.
    seed : int
        Of the generator.

    Returns
    -------
    ndarray, draws x estimates
        Multivariate normal; NaN columns for estimates that are not known.
    """
    known = np.isfinite(estimate)
    drawn = np.full((draws, len(estimate)), np.nan)
    if known.any():
        among = covariance[np.ix_(known, known)]
        generator = np.random.default_rng(seed)
        drawn[:, known] = generator.multivariate_normal(
            estimate[known], among, draws, check_valid="ignore", method="eigh"
        )
    return drawn


def ranks_of(values: np.ndarray) -> np.ndarray:
    """Ranks along the last axis, 1 for the greatest; equal values share the mean rank, NaN has none."""
    ranked: np.ndarray = stats.rankdata(-values, axis=-1, nan_policy="omit")
    return ranked


def ranks(
    needs: Together,
    measure: str = "borich",
    top: Sequence[int] = (1, 3),
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Rank of each skill by one index, 1 for the greatest need, and how sure it is.

    Parameters
    ----------
    needs : Together
        As `joint_needs` gives them.
    measure : {"borich", "ranked_discrepancy", "mean_gap", "short"}
        The index.
    top : sequence of int
        For each k, the probability of being among the k greatest needs.
    draws : int
        Draws behind the probabilities.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        One row per skill and domain: item, measure, <by>, n, clusters, estimate, se, df, rank, expected_rank,
        low, high (interval of 95 % of the rank), joint_low, joint_high (95 % for all skills of the domain at
        once), and `top_<k>` per k. `attrs["method"]["ranks"]` says how they were made.

    Raises
    ------
    UsageError
        If there is no such index.

    Notes
    -----
    Each draw of the multivariate normal around the estimates is ranked. low and high are the smallest and
    largest rank left after cutting 2.5 % of the draws from either side. An interval of draws about the
    estimates is not a confidence interval of the true rank where skills are nearly tied; joint_low and
    joint_high are one: skill k ranks between 1 + the number of skills surely greater and the number of skills
    less those surely smaller, where sure means that their simultaneous intervals (Bonferroni) do not overlap.
    M. Klein, T. Wright and J. Wieczorek, Journal of the Royal Statistical Society A 183 (2020) 589-606.
    """
    if measure not in INDICES:
        raise UsageError(f"measure: there is no index ‘{measure}’; {nearest(measure, INDICES)}")
    parts = [_ranked(part, covariance, measure, top, draws, seed) for part, covariance in _domains(needs, measure)]
    found = pd.concat(parts).sort_index(kind="stable").drop(columns=["estimand"]).reset_index(drop=True)
    found.attrs["method"] = dict(needs.frame.attrs.get("method", {})) | {
        "ranks": NORMAL,
        "draws": draws,
        "seed": seed,
        "joint_ranks": "Klein, Wright and Wieczorek (2020) with Bonferroni intervals",
    }
    return found


def _domains(needs: Together, measure: str) -> Iterator[tuple[pd.DataFrame, np.ndarray]]:
    """Rows and covariance of one index, domain by domain."""
    chosen = np.flatnonzero((needs.frame["measure"] == measure).to_numpy())
    domain = domain_numbers(needs)[chosen]
    for number in np.unique(domain):
        at = chosen[domain == number]
        yield needs.frame.iloc[at], needs.covariance[np.ix_(at, at)]


def _ranked(
    part: pd.DataFrame, covariance: np.ndarray, measure: str, top: Sequence[int], draws: int, seed: int
) -> pd.DataFrame:
    need = NEED_SIGN[measure] * part["estimate"].to_numpy(dtype=float)
    drawn = ranks_of(draw(need, covariance, draws, seed))
    low, high = rank_interval(drawn)
    joint_low, joint_high = joint_ranks(need, np.sqrt(np.maximum(np.diag(covariance), 0)))
    found = part.drop(columns=["low", "high"]).assign(rank=ranks_of(need), expected_rank=drawn.mean(axis=0))
    found = found.assign(low=low, high=high, joint_low=joint_low, joint_high=joint_high)
    return found.assign(**{f"top_{k}": among_top(drawn, k) for k in top})


def among_top(drawn: np.ndarray, k: int) -> np.ndarray:
    """Share of the draws (rows) in which each skill is among the k first; NaN where it has no rank."""
    share: np.ndarray = np.where(np.isnan(drawn).all(axis=0), np.nan, (drawn <= k).mean(axis=0))
    return share


def rank_interval(drawn: np.ndarray, confidence: float = CONFIDENCE) -> tuple[np.ndarray, np.ndarray]:
    """Equal-tailed interval of drawn ranks.

    Parameters
    ----------
    drawn : ndarray, draws x skills
        Ranks.
    confidence : float
        Share of the draws within.

    Returns
    -------
    tuple of ndarray
        Low and high, ranks that were drawn (never between two).
    """
    tail = (1 - confidence) / 2
    low = np.quantile(drawn, tail, axis=0, method="inverted_cdf")
    return low, np.quantile(drawn, 1 - tail, axis=0, method="inverted_cdf")


def joint_ranks(estimate: np.ndarray, se: np.ndarray, confidence: float = CONFIDENCE) -> tuple[np.ndarray, np.ndarray]:
    """Ranks that hold for all skills at once, 1 for the greatest.

    Parameters
    ----------
    estimate, se : ndarray
        One entry per skill; NaN where not known.
    confidence : float
        Probability, at least, that every true rank lies within its interval.

    Returns
    -------
    tuple of ndarray
        Low and high rank of each skill.

    Notes
    -----
    Simultaneous intervals L, U by Bonferroni, which needs no independence; skill k ranks from
    1 + #{j: L_j >= U_k} to K - #{j: U_j <= L_k}. Klein, Wright and Wieczorek (2020).
    """
    known = np.isfinite(estimate)
    half = stats.norm.ppf(1 - (1 - confidence) / (2 * max(int(known.sum()), 1))) * se
    lower, upper = estimate - half, estimate + half
    surely_greater = _beyond(lower, upper)
    surely_smaller = _beyond(-upper, -lower)
    return np.where(known, 1 + surely_greater, np.nan), np.where(known, known.sum() - surely_smaller, np.nan)


def _beyond(lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """For each skill, how many others lie wholly above it."""
    above = lower[None, :] >= upper[:, None]
    np.fill_diagonal(above, False)
    return np.asarray(above.sum(axis=1))


def by_index(needs: Together, draws: int = DRAWS, seed: int = SEED) -> pd.DataFrame:
    """The order of the skills under every index.

    Parameters
    ----------
    needs : Together
        As `joint_needs` gives them.
    draws, seed : int
        As for `ranks`.

    Returns
    -------
    DataFrame
        The rows of `ranks` for each index, one below the other. `attrs["method"]["kendall"]` holds Kendall's
        tau-b of each index's order with Borich's, over all skills and domains.
    """
    tables = {measure: ranks(needs, measure, draws=draws, seed=seed) for measure in INDICES}
    found = pd.concat(tables.values(), ignore_index=True)
    found.attrs["method"] = tables["borich"].attrs["method"] | {"kendall": _agreement(tables)}
    return found


def _agreement(tables: dict[str, pd.DataFrame]) -> dict[str, float]:
    first = tables["borich"]["rank"]
    return {
        measure: float(stats.kendalltau(first, table["rank"], nan_policy="omit").statistic)
        for measure, table in tables.items()
    }


def by_cut(
    source: Source,
    pairs: Sequence[Pair],
    by: str | Sequence[str] = (),
    where: Where | None = None,
    cuts: Sequence[float] = CUTS,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """The order of the skills by share short, for several numbers of levels short.

    Parameters
    ----------
    source, pairs, by, where
        As for `needs`.
    cuts : sequence of float
        Levels short from which a person counts.
    draws, seed : int
        As for `ranks`.

    Returns
    -------
    DataFrame
        The rows of `ranks` for each cut, and the column `levels_short`.
    """
    tables = []
    for cut in cuts:
        table = ranks(joint_short(source, pairs, by, where, cut), "short", draws=draws, seed=seed)
        tables.append(table.assign(levels_short=cut))
    found = pd.concat(tables, ignore_index=True)
    found.attrs["method"] = tables[0].attrs["method"] | {"short": "share short by `levels_short` levels or more"}
    return found
