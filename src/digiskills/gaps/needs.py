"""Training needs by the indices of the field, each with its design-based error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from digiskills.answers import GAP
from digiskills.codebook import Pair
from digiskills.estimates.domains import Where
from digiskills.estimates.joint import Estimand
from digiskills.gaps.derived import Formula, derive
from digiskills.gaps.together import Source, Together, check_pairs, gap_answers, together

INDICES = ("borich", "ranked_discrepancy", "mean_gap", "short")
# What a greater need does to an index: the ranked discrepancy falls, the others rise.
NEED_SIGN = {"borich": 1, "ranked_discrepancy": -1, "mean_gap": 1, "short": 1}


def needs(
    source: Source,
    pairs: Sequence[Pair],
    by: str | Sequence[str] = (),
    where: Where | None = None,
    least: float = 1,
) -> pd.DataFrame:
    """Indices of training need of each skill and domain.

    Parameters
    ----------
    source : Answers or Survey
        Counted answers that hold the pairs of each skill's gap with its item needed (for `joint_needs`, of all
        gaps and items needed; see `estimates.pairs.with_pairs`), or the respondents.
    pairs : sequence of Pair
        The skills, each with its items needed and held, as `Codebook.pairs` gives them.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.
    least : float
        Levels short from which `short` counts a person.

    Returns
    -------
    DataFrame
        One row per skill, measure and domain: item (the skill), measure, <by>, n, clusters, estimate, se, df,
        low, high. Measures: `borich` (mean weighted discrepancy score), `ranked_discrepancy` (-1 to 1, lower
        is a greater need), `mean_gap` in levels, `short` (share short by `least` levels or more), and the
        shares `held_below`, `held_equal`, `held_above` of which the ranked discrepancy is made.

    Raises
    ------
    UsageError
        If a skill has no counted gap, or a dimension or category does not exist.

    Notes
    -----
    Borich: mean of (needed - held) over those who answered both, times the mean needed over those who said
    what the job needs. G. Borich, Journal of Teacher Education 31 (1980) 39-42; the score as computed in
    practice: B. McKim and P. Saucier, Journal of Extension 49 (2011) 2TOT8. Ranked discrepancy: -1 x share
    held below needed + 0 x share equal + 1 x share held above needed, so that only the order of the answers
    counts; shares here, percentages in L. Narine and A. Harder, Advancements in Agricultural Development 2
    (2021) 96-111. Errors: delta method on the joint covariance of the skill's estimates.
    """
    return joint_needs(source, pairs, by, where, least).frame.drop(columns="estimand")


def joint_needs(
    source: Source,
    pairs: Sequence[Pair],
    by: str | Sequence[str] = (),
    where: Where | None = None,
    least: float = 1,
) -> Together:
    """The same indices with their covariance, for orders of skills.

    Parameters
    ----------
    source, pairs, by, where, least
        As for `needs`.

    Returns
    -------
    Together
        Its frame has the rows of `needs` and a column `estimand` ("skill:measure"); the covariance is in the
        order of its rows.
    """
    check_pairs(source, pairs)
    basic = together(source, [part for pair in pairs for part in _estimands(source, pair, least)], by, where)
    made = derive(basic, [formula for pair in pairs for formula in _formulas(pair.skill).values()])
    made.frame.attrs["method"]["short"] = f"share short by {least:g} levels or more"
    return made


def joint_short(
    source: Source,
    pairs: Sequence[Pair],
    by: str | Sequence[str] = (),
    where: Where | None = None,
    least: float = 1,
) -> Together:
    """The shares short alone, with their covariance.

    Parameters
    ----------
    source, pairs, by, where, least
        As for `needs`; counted answers need only the pairs of the gaps.

    Returns
    -------
    Together
        The rows of `joint_needs` whose measure is `short`.
    """
    check_pairs(source, pairs)
    basic = together(source, [_estimands(source, pair, least)[-1] for pair in pairs], by, where)
    made = derive(basic, [_formulas(pair.skill)["short"] for pair in pairs])
    made.frame.attrs["method"]["short"] = f"share short by {least:g} levels or more"
    return made


def _estimands(source: Source, pair: Pair, least: float) -> list[Estimand]:
    gap, skill = f"{GAP}{pair.skill}", pair.skill
    return [
        Estimand(f"gap:{skill}", gap),
        Estimand(f"needed:{skill}", pair.needed),
        Estimand(f"below:{skill}", gap, gap_answers(source, pair, np.nextafter(0, 1), np.inf)),
        Estimand(f"above:{skill}", gap, gap_answers(source, pair, -np.inf, np.nextafter(0, -1))),
        Estimand(f"short:{skill}", gap, gap_answers(source, pair, least, np.inf)),
    ]


def _formulas(skill: str) -> dict[str, Formula]:
    gap, needed, below, above, short = (f"{part}:{skill}" for part in ("gap", "needed", "below", "above", "short"))

    formulas: dict[str, tuple[tuple[str, ...], Callable[..., Any], Callable[..., Any], bool]] = {
        "borich": ((gap, needed), lambda g, n: g * n, lambda g, n: (n, g), False),
        "ranked_discrepancy": ((above, below), lambda a, b: a - b, lambda a, b: (1.0, -1.0), False),
        "mean_gap": ((gap,), lambda g: g, lambda g: (1.0,), False),
        "short": ((short,), lambda s: s, lambda s: (1.0,), True),
        "held_below": ((below,), lambda b: b, lambda b: (1.0,), True),
        "held_equal": ((above, below), lambda a, b: np.clip(1 - a - b, 0, 1), lambda a, b: (-1.0, -1.0), True),
        "held_above": ((above,), lambda a: a, lambda a: (1.0,), True),
    }
    return {name: Formula({"item": skill, "measure": name}, *parts) for name, parts in formulas.items()}
