"""Importance-performance analysis of skills, with the probability of each quadrant."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from digiskills.codebook import Pair
from digiskills.errors import UsageError, nearest
from digiskills.estimates.domains import Where, columns
from digiskills.estimates.joint import Estimand
from digiskills.estimates.notes import gravest
from digiskills.gaps.ranks import DRAWS, NORMAL, SEED, draw
from digiskills.gaps.together import Source, Together, check_pairs, positions, together

# J. Martilla and J. James, Journal of Marketing 41 (1977) 77-79: importance above the cut or not, by performance
# below it or not.
QUADRANTS = ("concentrate_here", "keep_up", "low_priority", "possible_overkill")
CUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "mean": lambda values: np.asarray(np.nanmean(values, axis=-1, keepdims=True)),
    "median": lambda values: np.asarray(np.nanmedian(values, axis=-1, keepdims=True)),
}
Cut = str | tuple[float, float]


def quadrants(
    source: Source,
    pairs: Sequence[Pair],
    by: str | Sequence[str] = (),
    where: Where | None = None,
    cut: Cut = "mean",
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Quadrant of each skill: mean needed (importance) against mean held (performance).

    Parameters
    ----------
    source : Answers or Survey
        Counted answers that hold the pairs of all items needed and held, or the respondents.
    pairs : sequence of Pair
        The skills, as `Codebook.pairs` gives them.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.
    cut : {"mean", "median"} or tuple of two float
        Where the quadrants meet: mean or median of the skills' means within the domain, or an importance and
        a performance.
    draws : int
        Draws behind the probabilities.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        One row per skill and domain: item, <by>, n, clusters (the smaller of needed's and held's), df, needed,
        needed_se, held, held_se, cut, needed_cut, held_cut, quadrant (empty where not known), and the
        probability of each quadrant; note (the gravest of needed's and held's).

    Raises
    ------
    UsageError
        If a skill or a cut does not exist.

    Notes
    -----
    A value at the cut counts as above it. In each draw of the multivariate normal around the means (joint
    design covariance of every skill's needed and held) a cut that is made from the skills is made again, so
    that the probabilities hold the error of the cut as well. Quadrants: J. Martilla and J. James, Journal of
    Marketing 41 (1977) 77-79.
    """
    return _cut(_means(source, pairs, by, where), pairs, by, cut, draws, seed)


def _cut(
    means: tuple[Together, pd.DataFrame],
    pairs: Sequence[Pair],
    by: str | Sequence[str],
    cut: Cut,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Quadrants of every domain, where they meet at one cut."""
    found, at = means
    parts = [_domain(found, rows, pairs, columns(by), cut, draws, seed) for _, rows in at.iterrows()]
    stacked = pd.concat(parts, ignore_index=True)
    order = {pair.skill: number for number, pair in enumerate(pairs)}
    stacked = stacked.sort_values("item", key=lambda item: item.map(order), kind="stable").reset_index(drop=True)
    stacked.attrs["method"] = dict(found.frame.attrs.get("method", {})) | {
        "probabilities": NORMAL,
        "draws": draws,
        "seed": seed,
        "cut": cut,
    }
    return stacked


def by_cut(
    source: Source,
    pairs: Sequence[Pair],
    by: str | Sequence[str] = (),
    where: Where | None = None,
    cuts: Sequence[Cut] = ("mean", "median", (3.0, 3.0)),
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Quadrants under several cuts.

    Parameters
    ----------
    source, pairs, by, where
        As for `quadrants`.
    cuts : sequence of cut
        As `cut` of `quadrants`.
    draws, seed : int
        As for `quadrants`.

    Returns
    -------
    DataFrame
        The rows of `quadrants` for each cut, and `same`: whether the skill stands in one quadrant under all.
    """
    means = _means(source, pairs, by, where)
    tables = [_cut(means, pairs, by, cut, draws, seed) for cut in cuts]
    stacked = pd.concat(tables, ignore_index=True)
    places = stacked.groupby(["item", *columns(by)], observed=True)["quadrant"].transform("nunique")
    stacked["same"] = places == 1
    stacked.attrs["method"] = tables[0].attrs["method"] | {"cut": [table.attrs["method"]["cut"] for table in tables]}
    return stacked


def _means(
    source: Source, pairs: Sequence[Pair], by: str | Sequence[str], where: Where | None
) -> tuple[Together, pd.DataFrame]:
    check_pairs(source, pairs)
    asked = [(f"needed:{pair.skill}", pair.needed) for pair in pairs]
    asked += [(f"held:{pair.skill}", pair.held) for pair in pairs]
    found = together(source, [Estimand(name, item) for name, item in asked], by, where)
    return found, positions(found)


def _domain(
    found: Together, rows: pd.Series, pairs: Sequence[Pair], by: list[str], cut: Cut, draws: int, seed: int
) -> pd.DataFrame:
    at = {part: rows[[f"{part}:{pair.skill}" for pair in pairs]].to_numpy() for part in ("needed", "held")}
    needed, held = (found.frame.iloc[at[part]].reset_index(drop=True) for part in ("needed", "held"))
    both = np.concatenate([at["needed"], at["held"]])
    estimate = found.frame["estimate"].to_numpy(dtype=float)[both]
    drawn = draw(estimate, found.covariance[np.ix_(both, both)], draws, seed)
    table = needed[by].assign(item=[pair.skill for pair in pairs])
    for name in ("n", "clusters", "df"):
        table[name] = np.minimum(needed[name], held[name])
    table["needed"], table["needed_se"] = needed["estimate"], needed["se"]
    table["held"], table["held_se"] = held["estimate"], held["se"]
    table["cut"] = cut if isinstance(cut, str) else f"{cut[0]:g}, {cut[1]:g}"
    table["needed_cut"], table["held_cut"] = (float(point[0]) for point in _cuts(estimate, cut))
    at_estimate = _place(estimate, cut)
    table["quadrant"] = [QUADRANTS[place] if place >= 0 else "" for place in at_estimate]
    places = _place(drawn, cut)
    for number, name in enumerate(QUADRANTS):
        table[name] = np.where(at_estimate < 0, np.nan, (places == number).mean(axis=0))
    table["note"] = gravest([needed["note"].to_numpy(), held["note"].to_numpy()])
    names = ["item", *by, "n", "clusters", "df"]
    return table[[*names, *(name for name in table if name not in names)]]


def _cuts(means: np.ndarray, cut: Cut) -> tuple[np.ndarray, np.ndarray]:
    """Where importance and performance are cut; `means` holds needed, then held, along the last axis."""
    needed, held = np.split(means, 2, axis=-1)
    if not isinstance(cut, str):
        return np.full((*needed.shape[:-1], 1), cut[0]), np.full((*held.shape[:-1], 1), cut[1])
    if cut not in CUTS:
        raise UsageError(f"cut: there is no ‘{cut}’; {nearest(cut, CUTS)}, or give two numbers")
    if np.isnan(means).all():
        return (np.full((*needed.shape[:-1], 1), np.nan),) * 2
    return CUTS[cut](needed), CUTS[cut](held)


def _place(means: np.ndarray, cut: Cut) -> np.ndarray:
    """Number of the quadrant of each skill; -1 where needed or held is not known."""
    needed, held = np.split(means, 2, axis=-1)
    needed_cut, held_cut = _cuts(means, cut)
    place = np.where(needed >= needed_cut, 0, 2) + (held >= held_cut)
    return np.where(np.isnan(needed) | np.isnan(held), -1, place)
