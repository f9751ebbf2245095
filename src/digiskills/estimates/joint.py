"""Several estimates together, with the covariance that the design gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from digiskills.answers import Answers, ItemTotals
from digiskills.errors import UsageError
from digiskills.estimates import tables
from digiskills.estimates.covariance import Linearised, counts, covariance, overlapping, stage_factor
from digiskills.estimates.domains import Where, columns
from digiskills.estimates.from_answers import Part, answers_of, giving, sample_of, scored, sums_of, units_of
from digiskills.estimates.margins import Sets, sets
from digiskills.estimates.pairs import pair_of
from digiskills.estimates.sample import Sample
from digiskills.estimates.variance import add


@dataclass(frozen=True)
class Estimand:
    """What is estimated in each domain.

    Parameters
    ----------
    name : str
        What it is called in results.
    item : str
        An item, or ``gap:skill``.
    of : tuple of str, optional
        Answers whose share is estimated (a net, where there are several); without them the mean of the scores.
    """

    name: str
    item: str
    of: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Joint:
    """Estimates with their covariance.

    Parameters
    ----------
    frame : DataFrame
        One row per estimand and domain: estimand, <by>, n, clusters, estimate, se, df. `attrs["method"]` says
        how.
    covariance : ndarray, rows x rows
        Design-based, in the order of `frame`; NaN where there is no answer.
    df : int
        Degrees of freedom of the whole sample: clusters minus strata.
    spread : ndarray, one per row
        Weighted standard deviation of the values in the domain.
    share : ndarray of bool, one per row
        Whether the estimate is a share.
    by : tuple of str
        The dimensions of the breakdown.
    linear : Linearised
        The linearised totals, for covariances with another wave.
    sample : Sample
        Strata and clusters of the whole sample.
    clusters : ndarray of str
        Labels of the units of `linear`.
    """

    frame: pd.DataFrame
    covariance: np.ndarray
    df: int
    spread: np.ndarray
    share: np.ndarray
    by: tuple[str, ...]
    linear: Linearised
    sample: Sample
    clusters: np.ndarray

    def __repr__(self) -> str:
        """Shape only."""
        return f"Joint({len(self.frame)} estimates; {self.sample.description})"


def joint(
    answers: Answers,
    estimands: Sequence[Estimand] | Estimand,
    by: str | Sequence[str] = (),
    where: Where | None = None,
    margins: bool = False,
    df: str = "domain",
) -> Joint:
    """Estimates of several items, nets, gaps and domains with their covariance.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    estimands : Estimand or sequence of Estimand
        What to estimate, with names that differ.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.
    margins : bool
        Whether to add the sums over dimensions, marked ``"all"``, so that one group can be held against all.
    df : {"domain", "design"}
        Rule for the degrees of freedom of each row.

    Returns
    -------
    Joint
        One row per estimand and domain.

    Raises
    ------
    UsageError
        If a name does not exist or is given twice; or if two items are asked for whose covariance counted
        answers do not hold: give ``with_pairs(answers, survey, items)``, or use `SurveyDesign.joint`.

    Notes
    -----
    u_hij = w (y - m) / N, with y the score or the indicator of an answer and m = T / N the estimate in the
    domain; covariances as in `digiskills.estimates.covariance`. Sums over clusters hold all of the first stage
    for any items and domains. The variance between respondents (second stage, or a sample without clusters)
    needs the sum over respondents of u_a u_b: for one item it follows from squared weights per answer, for two
    items from the squared weights per pair of answers.
    """
    asked = [estimands] if isinstance(estimands, Estimand) else list(estimands)
    check_names([estimand.name for estimand in asked])
    parts = [_part(answers, estimand) for estimand in asked]
    groups = answers.groups[list(answers.dimensions)]
    about = sets(groups, columns(by), where, margins)
    sample = sample_of(answers)
    linear = _linearised(answers, parts, about, sample)
    unit_labels = answers.groups["cluster" if answers.clustered else "stratum"]
    labels = np.sort(unit_labels.astype(str).unique())
    share = [estimand.of is not None for estimand in asked]
    return assembled([e.name for e in asked], share, about.labels, columns(by), linear, sample, labels, df)


def assembled(
    names: Sequence[str],
    share: Sequence[bool],
    labels: pd.DataFrame,
    by: Sequence[str],
    linear: Linearised,
    sample: Sample,
    clusters: np.ndarray,
    df: str,
) -> Joint:
    """Make the frame and the covariance of linearised estimates.

    Parameters
    ----------
    names : sequence of str
        Names of the estimands.
    share : sequence of bool
        Which of them are shares.
    labels : DataFrame
        One row per domain.
    by : sequence of str
        Dimensions of the breakdown.
    linear : Linearised
        Columns are domains within estimands.
    sample : Sample
        The whole sample.
    clusters : ndarray of str
        Labels of the units.
    df : {"domain", "design"}
        Rule for the degrees of freedom.

    Returns
    -------
    Joint
        One row per estimand and domain.
    """
    tables.check_df(df)
    found = covariance(linear, sample)
    met, free = counts(linear, sample)
    frame = tables.labelled(pd.DataFrame({"estimand": list(names)}), labels)
    frame["n"], frame["clusters"] = linear.n.round().astype(int), met
    frame["estimate"], frame["se"] = linear.estimate, np.sqrt(np.maximum(np.diag(found), 0))
    frame["df"] = free if df == "domain" else np.where(linear.n > 0, sample.degrees_of_freedom, 0)
    frame.attrs["method"] = tables.design_of(sample, df) | {"df_low": tables.few_df(frame["df"])}
    shares = np.repeat(np.asarray(share, dtype=bool), len(labels))
    whole = sample.degrees_of_freedom
    return Joint(frame, found, whole, linear.spread, shares, tuple(by), linear, sample, clusters)


def check_names(names: Sequence[str]) -> None:
    """Refuse no estimand, or two with one name.

    Raises
    ------
    UsageError
        With the names given twice.
    """
    if not names:
        raise UsageError("estimands: none was given")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"estimands: more than one is named {', '.join(twice)}")


def _part(answers: Answers, estimand: Estimand) -> Part:
    item = answers.item(estimand.item)
    return scored(item) if estimand.of is None else giving(item, answers_of(item, estimand.of))


def _linearised(answers: Answers, parts: Sequence[Part], about: Sets, sample: Sample) -> Linearised:
    unit, stratum = units_of(answers)
    units, of_unit = int(unit.max()) + 1, np.zeros(int(unit.max()) + 1, dtype=np.int64)
    of_unit[unit] = stratum
    sums = [sums_of(parts, name, power) for name, power in (("n", 0), ("w", 0), ("w", 1), ("w", 2), ("w2", 0))]
    n, base, value, square, squared = (
        np.stack([part[rows].sum(axis=0) for rows in about.rows], axis=1) for part in sums
    )
    found = np.divide(value, base, out=np.full(value.shape, np.nan), where=(n > 0) & (base > 0))
    mean, safe = np.nan_to_num(found), np.where(base > 0, base, 1)
    spread = np.sqrt(np.maximum(square / safe - mean**2, 0))
    total = np.stack(
        [
            add((sums[2][rows] - mean[:, at] * sums[1][rows]) / safe[:, at], unit[rows], units)
            for at, rows in enumerate(about.rows)
        ],
        axis=2,
    )
    present = np.stack([add(sums[0][rows], unit[rows], units) for rows in about.rows], axis=2)
    factor = stage_factor(sample, of_unit)
    squares = None if factor is None else _squares(answers, parts, about, factor[unit], mean, safe)
    flat = (total.reshape(units, -1), present.reshape(units, -1))
    spread = np.where(np.isfinite(found), spread, np.nan)
    numbers = (found.ravel(), n.ravel(), spread.ravel(), base.ravel(), squared.ravel())
    return Linearised(*numbers, *flat, of_unit, squares)


def _squares(
    answers: Answers, parts: Sequence[Part], about: Sets, factor: np.ndarray, mean: np.ndarray, base: np.ndarray
) -> np.ndarray:
    """Sum over respondents of products of the linearised variable, from squared weights by (pair of) answers."""
    of_item: dict[str, list[int]] = {}
    for at, part in enumerate(parts):
        of_item.setdefault(part.item.name, []).append(at)
    pairs = _pairs(answers, list(of_item))
    values = {
        name: np.stack([parts[at].value for at in places])[:, ~answers.item(name).missing]
        for name, places in of_item.items()
    }

    def off(name: str, domain: int) -> np.ndarray:
        """What each answer adds to the estimates of its item: estimands x answers."""
        at = of_item[name]
        return np.asarray((values[name] - mean[at, domain, None]) / base[at, domain, None])

    def crossed(first: int, second: int) -> np.ndarray | None:
        rows = about.common(first, second)
        if not len(rows):
            return None
        block = np.zeros((len(parts), len(parts)))
        for (one, other), squared in pairs.items():
            sums = factor[rows] @ squared[rows]
            weight = np.diag(sums) if one == other else sums.reshape(values[one].shape[1], -1)
            block[np.ix_(of_item[one], of_item[other])] = off(one, first) @ weight @ off(other, second).T
            if one != other:
                block[np.ix_(of_item[other], of_item[one])] = off(other, first) @ weight.T @ off(one, second).T
        return block

    return overlapping(about.rows, crossed, len(parts))


def _pairs(answers: Answers, items: Sequence[str]) -> Mapping[tuple[str, str], np.ndarray]:
    """Squared weights of every item and pair of items: groups x answers, and groups x pairs of answers."""
    found = {(name, name): _answered(answers.item(name)) for name in items}
    missing = []
    for at, one in enumerate(items):
        for other in items[at + 1 :]:
            pair, turned = pair_of(answers, one, other)
            if pair is None:
                missing.append(f"‘{one}’ with ‘{other}’")
            else:
                found[(other, one) if turned else (one, other)] = _answered(pair)
    if missing:
        raise UsageError(_NOT_HELD.format(pairs=", ".join(missing[:3]) + (" and others" if missing[3:] else "")))
    return found


def _answered(item: ItemTotals) -> np.ndarray:
    return item.w2[:, ~item.missing]


_NOT_HELD = (
    "counted answers do not hold how the answers of one respondent to two items go together, which the variance "
    "between respondents needs: {pairs}; count the pairs with estimates.with_pairs(answers, survey, items), or use "
    "SurveyDesign.joint on the respondents"
)
