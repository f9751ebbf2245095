"""The linearised variable of means, summed over counted answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from digiskills.answers import Answers, ItemTotals
from digiskills.errors import UsageError
from digiskills.estimates.counted_sample import rows_of, units_of
from digiskills.estimates.covariance import Linearised, overlapping, stage_factor
from digiskills.estimates.from_answers import Part, sums_of
from digiskills.estimates.margins import Sets
from digiskills.estimates.pairs import pair_of
from digiskills.estimates.residuals import residual
from digiskills.estimates.sample import Sample
from digiskills.estimates.variance import add


def linearised(answers: Answers, parts: Sequence[Part], about: Sets, sample: Sample) -> Linearised:
    """Linearise means of counted answers.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    parts : sequence of Part
        Items with the values of their answers.
    about : Sets
        The domains.
    sample : Sample
        The whole sample.

    Returns
    -------
    Linearised
        Columns are domains within parts; residuals from the margins, where weights are calibrated.

    Raises
    ------
    UsageError
        If the variance between respondents needs pairs of items that were not counted.
    """
    unit, stratum = units_of(answers)
    units, of_unit = int(unit.max()) + 1, np.zeros(int(unit.max()) + 1, dtype=np.int64)
    of_unit[unit] = stratum
    sums = [sums_of(parts, name, power) for name, power in (("n", 0), ("w", 0), ("w", 1), ("w", 2), ("w2", 0))]
    rows, domain = about.flat
    n, base, value, square, squared = (add(part[rows], domain, len(about)).T for part in sums)
    found = np.divide(value, base, out=np.full(value.shape, np.nan), where=(n > 0) & (base > 0))
    mean, safe = np.nan_to_num(found), np.where(base > 0, base, 1)
    spread = np.sqrt(np.maximum(square / safe - mean**2, 0))
    off = (sums[2][rows] - mean.T[domain] * sums[1][rows]) / safe.T[domain]
    cell, shape = domain * units + unit[rows], (len(about), units, len(parts))
    total, present, held = (
        np.ascontiguousarray(add(part, cell, shape[0] * units).reshape(shape).transpose(1, 2, 0)).reshape(units, -1)
        for part in (off, sums[0][rows], sums[1][rows])
    )
    factor = stage_factor(sample, of_unit) if answers.replicates is None else None  # replicates need no pairs
    squares = None if factor is None else _squares(answers, parts, about, factor[unit], mean, safe)
    spread = np.where(np.isfinite(found), spread, np.nan)
    numbers = (found.ravel(), n.ravel(), spread.ravel(), base.ravel(), squared.ravel())
    linear = Linearised(*numbers, total, present, of_unit, squares, held)
    if answers.calibration is None or answers.replicates is not None:
        return linear
    return _residual(answers, parts, about, linear, None if factor is None else factor[unit])


def _residual(
    answers: Answers, parts: Sequence[Part], about: Sets, linear: Linearised, factor: np.ndarray | None
) -> Linearised:
    """The same for calibrated weights: of what the margins do not explain."""
    shape = (len(parts), len(about))
    mean, base = np.nan_to_num(linear.estimate).reshape(shape), linear.base.reshape(shape)
    safe = np.where(base > 0, base, 1)
    sums = {(name, power): sums_of(parts, name, power) for name in ("w", "w2") for power in (0, 1)}
    first, second = (
        [(sums[name, 1][rows] - mean[:, at] * sums[name, 0][rows]) / safe[:, at] for at, rows in enumerate(about.rows)]
        for name in ("w", "w2")
    )
    return residual(linear, rows_of(answers), about.rows, first, second, factor)


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

    if not about.apart:
        return overlapping(about.rows, crossed, len(parts))
    return _apart(about, pairs, of_item, values, factor, mean, base)


def _apart(
    about: Sets,
    pairs: Mapping[tuple[str, str], np.ndarray],
    of_item: Mapping[str, Sequence[int]],
    values: Mapping[str, np.ndarray],
    factor: np.ndarray,
    mean: np.ndarray,
    base: np.ndarray,
) -> np.ndarray:
    """The same for domains that share no row, all at once: products are of one domain with itself."""
    rows, domain = about.flat
    off = {  # what each answer adds to the estimates of its item: domains x estimands x answers
        name: (values[name][None] - mean.T[:, at, None]) / base.T[:, at, None] for name, at in of_item.items()
    }
    made = np.zeros((len(mean), len(about), len(mean), len(about)))
    every = np.arange(len(about))
    for (one, other), squared in pairs.items():
        sums = add(factor[rows, None] * squared[rows], domain, len(about))
        if one == other:
            block = (off[one] * sums[:, None]) @ off[one].transpose(0, 2, 1)
        else:
            sums = sums.reshape(len(about), values[one].shape[1], -1)
            block = off[one] @ sums @ off[other].transpose(0, 2, 1)
        for (first, second), part in {(one, other): block, (other, one): block.transpose(0, 2, 1)}.items():
            for place, at in enumerate(of_item[first]):
                for beside, to in enumerate(of_item[second]):
                    made[at, every, to, every] = part[:, place, beside]
    return made.reshape(len(mean) * len(about), -1)


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
