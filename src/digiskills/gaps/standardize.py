"""Groups compared on one mix of people: direct standardisation, and a difference split into mix and rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from digiskills.answers import GAP, Answers
from digiskills.errors import UsageError, nearest
from digiskills.estimates import intervals
from digiskills.estimates.counted_sample import domains_of
from digiskills.estimates.domains import Where, columns
from digiskills.estimates.joint import Estimand, joint
from digiskills.estimates.notes import LONELY, gravest, notes
from digiskills.estimates.variance import Results
from digiskills.once import once

MIX_FIXED = "the mix counts as fixed: weights are calibrated to it, or it is the population's"


def standardized(
    answers: Answers,
    estimand: Estimand,
    group: str = "department_size",
    mix: str | Sequence[str] = ("level", "function"),
    standard: pd.DataFrame | None = None,
    where: Where | None = None,
) -> pd.DataFrame:
    """One estimate by group, as it is and as it would be if every group had the same mix of people.

    Parameters
    ----------
    answers : Answers
        Counted by `group` and every dimension of `mix`.
    estimand : Estimand
        What is compared: a mean, or the share of answers.
    group : str
        The dimension whose categories are compared.
    mix : str or sequence of str
        Dimensions whose mix is held the same.
    standard : DataFrame, optional
        The standard mix: the columns of `mix`, and `heads`. By default the weighted mix of everyone who answered.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.

    Returns
    -------
    DataFrame
        One row per measure and group: item (the estimand's name), measure (`crude`, `standardized`), <group>, n,
        clusters, estimate, se, df, low, high, note, covered (share of the standard that the estimate stands on).

    Raises
    ------
    UsageError
        If a dimension is used twice, or the standard lacks a column.

    Notes
    -----
    Direct standardisation: sum over cells c of s_c m_gc, with s the standard mix and m_gc the estimate in cell c
    of group g; its variance is s' V s with V the joint design-based covariance of the cells. Cells that some
    group with answers has none for are left out of the standard for every group, so that groups stay comparable;
    `covered` says how much is left. The standard counts as fixed. J. Fleiss, B. Levin and M. Paik, Statistical
    Methods for Rates and Proportions (2003), chapter 19.
    """
    mixed = columns(mix)
    _check(group, mixed)
    cells = _cells(answers, estimand, group, mixed, where)
    share = _standard(cells, standard, mixed)
    met = cells.weight.sum(axis=1) > 0
    usable = np.isfinite(cells.estimate[met]).all(axis=0) & met.any()
    covered = share[usable].sum() / share.sum() if share.sum() > 0 else 0.0
    part = np.where(usable, share, 0)
    weights = part / part.sum() if part.sum() > 0 else np.full(len(part), np.nan)
    share_of = estimand.of is not None
    alike = _combined(cells, np.where(met[:, None], weights, np.nan), share_of)
    crude = _combined(cells, _own_mix(cells), share_of)
    tables = {"crude": crude.assign(covered=1.0), "standardized": alike.assign(covered=covered)}
    named = [
        table.assign(measure=measure, item=estimand.name, **{group: cells.groups}) for measure, table in tables.items()
    ]
    found = pd.concat(named, ignore_index=True)
    found = found[["item", "measure", group, *NUMBERS, "covered"]]
    found.attrs["method"] = cells.method | {"standard": ", ".join(mixed), "mix": MIX_FIXED}
    return found


NUMBERS = ["n", "clusters", "estimate", "se", "df", "low", "high", "note"]


def kitagawa(
    answers: Answers,
    estimand: Estimand,
    group: str,
    first: str,
    second: str,
    mix: str | Sequence[str] = ("level", "function"),
    where: Where | None = None,
) -> pd.DataFrame:
    """A difference of two groups, split into what their mix and what their rates make of it.

    Parameters
    ----------
    answers : Answers
        Counted by `group` and every dimension of `mix`.
    estimand : Estimand
        What is compared.
    group : str
        The dimension that has the two groups.
    first, second : str
        Its categories; the difference is first less second.
    mix : str or sequence of str
        Dimensions whose mix may differ.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.

    Returns
    -------
    DataFrame
        Three rows: item (the estimand's name), part (`difference`, `mix`, `rate`), n, clusters, estimate, se, df,
        low, high, note. mix and rate add up to the difference exactly.

    Raises
    ------
    UsageError
        If a dimension or category does not exist.

    Notes
    -----
    rate = sum_c (p1_c + p2_c)/2 (m1_c - m2_c), mix = sum_c (m1_c + m2_c)/2 (p1_c - p2_c), p the weighted mix of
    those who answered. A cell that only one group has adds to mix alone, with the mean that it has. E. Kitagawa,
    Journal of the American Statistical Association 50 (1955) 1168-1194. Errors from the joint covariance of the
    cells; the mix counts as fixed.
    """
    mixed = columns(mix)
    _check(group, mixed)
    cells = _cells(answers, estimand, group, mixed, where)
    at = [_position(cells.groups, group, name) for name in (first, second)]
    mean, p = cells.estimate[at], _own_mix(cells)[at]
    empty = np.isnan(mean)
    # A cell of one group alone: its mean stands for both, so that all it adds is mix.
    turned = np.where(empty, 1, 0)[::-1]
    rate = np.stack([p.mean(axis=0), -p.mean(axis=0)]) * (1 - empty) * (1 - turned)
    change = (p[0] - p[1]) / 2 * (1 - empty) * (1 + turned)
    parts = {"difference": np.stack([p[0], -p[1]]) * (1 - empty), "mix": change, "rate": rate}
    tables = [_contrast(cells, at, weights).assign(part=name) for name, weights in parts.items()]
    found = pd.concat(tables, ignore_index=True).assign(item=estimand.name)[["item", "part", *NUMBERS]]
    found.attrs["method"] = cells.method | {"compared": f"{first} less {second}", "mix": MIX_FIXED}
    return found


class _Cells(NamedTuple):
    """Estimates of groups x cells of the mix, their weights, and the covariance of all, group by group."""

    groups: list[str]
    labels: pd.DataFrame
    estimate: np.ndarray
    weight: np.ndarray
    n: np.ndarray
    of_group: np.ndarray  # clusters and degrees of freedom
    lonely: np.ndarray  # groups whose weight a few lonely clusters hold
    covariance: np.ndarray
    method: dict[str, object]


def _check(group: str, mix: list[str]) -> None:
    if not mix or group in mix or len(set(mix)) < len(mix):
        raise UsageError(f"mix: give dimensions other than {group}, each once; given: {', '.join(mix) or 'none'}")


def _cells(answers: Answers, estimand: Estimand, group: str, mix: list[str], where: Where | None) -> _Cells:
    """Cells are made once for all that is asked of them."""
    kept, asked = _kept(answers), repr((estimand, group, mix, where))
    if asked not in kept:
        kept[asked] = _made(answers, estimand, group, mix, where)
    return kept[asked]


@once
def _kept(answers: Answers) -> dict[str, _Cells]:
    return {}


def _made(answers: Answers, estimand: Estimand, group: str, mix: list[str], where: Where | None) -> _Cells:
    found = joint(answers, estimand, [group, *mix], where)
    about = domains_of(answers, [group, *mix], where)
    names = list(dict.fromkeys(about.labels[group]))
    shape = (len(names), len(about) // len(names))
    item = answers.item(estimand.item)
    answered = item.w[:, ~item.missing].sum(axis=1)
    inside = about.code >= 0
    weight = np.bincount(about.code[inside], answered[inside], len(about)).reshape(shape)
    estimate = found.frame["estimate"].to_numpy(dtype=float).reshape(shape)
    return _Cells(
        names,
        about.labels[mix].iloc[: shape[1]],
        estimate,
        weight,
        found.frame["n"].to_numpy().reshape(shape),
        *_of_group(answers, estimand, group, where),
        np.nan_to_num(found.covariance),
        dict(found.frame.attrs.get("method", {})),
    )


def _of_group(answers: Answers, estimand: Estimand, group: str, where: Where | None) -> tuple[np.ndarray, np.ndarray]:
    """Clusters and degrees of freedom of each group as a whole, groups x 2, and whether its note is ``lonely``."""
    whole = joint(answers, estimand, [group], where).frame
    return whole[["clusters", "df"]].to_numpy(), (whole["note"] == LONELY).to_numpy()


def _own_mix(cells: _Cells) -> np.ndarray:
    """Share of each cell in its group; NaN in a group without an answer."""
    total = cells.weight.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(cells.weight, total, out=np.full(cells.weight.shape, np.nan), where=total > 0))


def _standard(cells: _Cells, standard: pd.DataFrame | None, mix: list[str]) -> np.ndarray:
    """Share of each cell in the standard mix."""
    if standard is None:
        heads = cells.weight.sum(axis=0)
        return np.asarray(heads / heads.sum())
    missing = [name for name in (*mix, "heads") if name not in standard]
    if missing:
        raise UsageError(f"standard: no column {', '.join(missing)}; it needs {', '.join(mix)} and heads")
    counted = standard.astype(dict.fromkeys(mix, str)).groupby(mix)["heads"].sum().reset_index()
    heads = cells.labels.astype(str).merge(counted, on=mix, how="left")["heads"].fillna(0).to_numpy(dtype=float)
    return np.asarray(heads / heads.sum())


def _combined(cells: _Cells, weights: np.ndarray, share: bool) -> pd.DataFrame:
    """Weighted sum over the cells of each group."""
    groups, parts = weights.shape
    slopes = np.zeros((groups, groups * parts))
    for at in range(groups):
        slopes[at, at * parts : (at + 1) * parts] = np.nan_to_num(weights[at])
    value = np.where(np.isnan(weights).any(axis=1), np.nan, (np.nan_to_num(cells.estimate) * weights).sum(axis=1))
    used = (cells.n * (np.nan_to_num(weights) > 0)).sum(axis=1)
    clusters, df = cells.of_group.T
    return _table(value, slopes @ cells.covariance @ slopes.T, used, clusters, df, cells.lonely, share)


def _contrast(cells: _Cells, at: list[int], weights: np.ndarray) -> pd.DataFrame:
    """One weighted sum over the cells of two groups."""
    slopes = np.zeros(cells.estimate.shape)
    slopes[at] = np.nan_to_num(weights)
    known = not np.isnan(weights).any()
    value = np.array([(np.nan_to_num(cells.estimate) * slopes).sum() if known else np.nan])
    flat = slopes.ravel()[None, :]
    n, clusters, df = cells.n[at].sum(), cells.of_group[at, 0].sum(), cells.of_group[at, 1].min()
    n, clusters, df, lonely = (np.array([number]) for number in (n, clusters, df, cells.lonely[at].any()))
    return _table(value, flat @ cells.covariance @ flat.T, n, clusters, df, lonely)


def _table(
    value: np.ndarray,
    covariance: np.ndarray,
    n: np.ndarray,
    clusters: np.ndarray,
    df: np.ndarray,
    lonely: np.ndarray,
    share: bool = False,
) -> pd.DataFrame:
    se = np.where(np.isnan(value), np.nan, np.sqrt(np.maximum(np.diag(covariance), 0)))
    low, high = intervals.bounds(Results(n, clusters, value, se, df), "logit" if share else "t", share)
    numbers = {"n": n, "clusters": clusters, "estimate": value, "se": se, "df": df, "low": low, "high": high}
    noted = gravest([np.where(lonely, LONELY, ""), notes(n, se, df)])
    return pd.DataFrame(numbers | {"note": noted})


def _position(groups: list[str], group: str, name: str) -> int:
    if name not in groups:
        raise UsageError(f"{group} has no ‘{name}’; {nearest(name, groups)}")
    return groups.index(name)


def short_by(answers: Answers, skill: str, least: float = 1) -> Estimand:
    """The share short of a skill, as an estimand.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    skill : str
        The skill.
    least : float
        Levels short from which a person counts.

    Returns
    -------
    Estimand
        Named by the skill.

    Raises
    ------
    UsageError
        If the skill has no counted gap.
    """
    if skill not in answers.skills:
        raise UsageError(f"skills: no gap for ‘{skill}’; {nearest(skill, answers.skills)}")
    item = answers.item(f"{GAP}{skill}")
    scores = np.full(len(item.answers), np.nan) if item.scores is None else item.scores
    return Estimand(skill, item.name, tuple(a for a, score in zip(item.answers, scores, strict=True) if score >= least))
