"""Differences between groups or items, held to a test and to a size."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from digiskills.answers import Answers
from digiskills.errors import UsageError, nearest
from digiskills.estimates.contrasts import LEVEL, SMALL_EFFECT, contrasts
from digiskills.estimates.domains import EVERYONE, Where, columns
from digiskills.estimates.joint import Estimand, Joint, joint
from digiskills.estimates.multiplicity import ADJUSTMENTS, adjust_by_family

ESTIMAND = "estimand"
FAMILIES = {ESTIMAND: "the differences of one estimand", "table": "all differences of the table"}


def differences(
    answers: Answers,
    estimands: Estimand | Sequence[Estimand],
    between: str,
    by: str | Sequence[str] = (),
    where: Where | None = None,
    against: str | None = None,
    adjust: str = "holm",
    family: str = ESTIMAND,
    small: float = SMALL_EFFECT,
    df: str = "smallest",
) -> pd.DataFrame:
    """Differences between the categories of a dimension, or between estimands.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    estimands : Estimand or sequence of Estimand
        What is compared.
    between : str
        The dimension whose categories are compared; ``"estimand"`` to compare estimands in the same domain.
    by : str or sequence of str
        Other dimensions, within whose categories the comparison is made.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.
    against : str, optional
        The one category (or estimand) that the others are compared with; ``"all"`` for everyone in the domain,
        the category itself included. Every pair by default.
    adjust : {"holm", "bh", "none"}
        Adjustment of the p values to their number.
    family : {"estimand", "table"}
        Whether p values are adjusted to the differences of one estimand or of the whole table.
    small, df
        As for `contrasts`.

    Returns
    -------
    DataFrame
        One row per difference: estimand, <by>, <between>, against, n, clusters, estimate, se, df, low, high,
        effect, p, p_adjusted, differs, note. The
        estimate is that of <between> minus that of `against`.

    Raises
    ------
    UsageError
        If a name or rule does not exist.
    """
    dimensions = columns(by) if between == ESTIMAND else [between, *columns(by)]
    together = joint(answers, estimands, dimensions, where, margins=against == EVERYONE)
    return differences_of(together, between, against, adjust, family, small, df)


def differences_of(
    together: Joint,
    between: str,
    against: str | None = None,
    adjust: str = "holm",
    family: str = ESTIMAND,
    small: float = SMALL_EFFECT,
    df: str = "smallest",
) -> pd.DataFrame:
    """Differences between the rows of joint estimates that differ in one column only.

    Parameters
    ----------
    together : Joint
        Estimates with their covariance; with margins where `against` is ``"all"``.
    between, against, adjust, family, small, df
        As for `differences`.

    Returns
    -------
    DataFrame
        As for `differences`.

    Raises
    ------
    UsageError
        If a name or rule does not exist.
    """
    if family not in FAMILIES:
        raise UsageError(f"family: there is no ‘{family}’; {nearest(family, FAMILIES)}")
    known = [ESTIMAND, *together.by]
    if between not in known:
        raise UsageError(f"between: ‘{between}’ is not there; {nearest(between, known)}")
    pairs = _pairs(together.frame, known, between, against)
    first, second = (together.frame.iloc[list(side)].reset_index(drop=True) for side in zip(*pairs, strict=True))
    families = first[ESTIMAND] if family == ESTIMAND and between != ESTIMAND else pd.Series("table", first.index)
    found = contrasts(together, pairs, adjust, families.tolist(), small, df)
    labels = first[known].assign(against=second[between])
    order = [ESTIMAND, *(name for name in together.by if name != between)]
    order += [between, "against"] if between != ESTIMAND else ["against"]
    frame = pd.concat([labels[order], found.drop(columns="contrast")], axis=1)
    named = FAMILIES[family] if between != ESTIMAND else FAMILIES["table"]
    frame.attrs["method"] = found.attrs["method"] | {"family": f"{named}: {found.attrs['method']['family']}"}
    return frame


def surely_small(frame: pd.DataFrame, margin: float, adjust: str = "holm") -> pd.DataFrame:
    """Test whether differences are surely smaller than a margin: absence of evidence is no evidence of absence.

    Parameters
    ----------
    frame : DataFrame
        One row per difference: estimate, se, df.
    margin : float
        The smallest difference that matters, in the unit of the estimate (0.05 for five points of a share).
    adjust : {"holm", "bh", "none"}
        Adjustment of the p values to their number; the family is the table.

    Returns
    -------
    DataFrame
        The frame with p_small, p_small_adjusted and `surely_small`.

    Raises
    ------
    UsageError
        If the margin is not above 0 or the adjustment does not exist.

    Notes
    -----
    Two one-sided t tests: p = max(P(T > (d + margin) / se), P(T > (margin - d) / se)). D. J. Schuirmann, Journal
    of Pharmacokinetics and Biopharmaceutics 15 (1987) 657-680.
    """
    if not margin > 0:
        raise UsageError(f"margin: {margin:g} was given; a margin is above 0")
    usable = (frame["se"] > 0) & (frame["df"] > 0)
    se, free = frame["se"].where(usable).to_numpy(dtype=float), frame["df"].where(usable, 1).to_numpy(dtype=float)
    estimate = frame["estimate"].to_numpy(dtype=float)
    p = np.maximum(stats.t.sf((margin + estimate) / se, free), stats.t.sf((margin - estimate) / se, free))
    made = frame.assign(p_small=p)
    made["p_small_adjusted"] = adjust_by_family(made["p_small"], pd.Series("table", made.index), adjust)
    made["surely_small"] = made["p_small_adjusted"] < LEVEL
    tests = f"family: {made['p_small'].notna().sum()} tests"
    how = f"two one-sided t tests, margin {margin:g}; {ADJUSTMENTS[adjust]}; {tests}"
    made.attrs["method"] = dict(frame.attrs.get("method", {})) | {"surely_small": how}
    return made


def _pairs(frame: pd.DataFrame, known: list[str], between: str, against: str | None) -> list[tuple[int, int]]:
    """Rows to compare: all else is equal, and no other column is a margin."""
    others = [name for name in known if name != between]
    inside = (frame[[name for name in others if name != ESTIMAND]] != EVERYONE).all(axis=1).to_numpy()
    categories = list(dict.fromkeys(frame[between]))
    if against is not None and against not in categories:
        raise UsageError(f"against: {between} has no ‘{against}’; {nearest(against, map(str, categories))}")
    pairs = []
    kept = frame[inside].reset_index(names="row")
    for _, group in kept.groupby(others, sort=False) if others else [((), kept)]:
        row = dict(zip(group[between], group["row"], strict=True))
        if against is None:
            pairs += list(combinations([row[name] for name in row if name != EVERYONE], 2))
        else:
            pairs += [(row[name], row[against]) for name in row if name not in (against, EVERYONE)]
    if not pairs:
        raise UsageError(f"between: {between} has one category only; a difference needs two")
    return pairs
