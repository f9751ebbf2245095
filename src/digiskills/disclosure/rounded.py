"""Numbers as they are released: without the digits that say nothing, and by which weights could be told."""

from __future__ import annotations

import pandas as pd

DECIMALS = 4
PEOPLE = 10
FINE: tuple[str, ...] = (
    "importance",
    "performance",
    "expected_",
    "top_",
    "p_concentrate",
    "p_keep_up",
    "p_low_priority",
    "p_overkill",
)
FINE += (
    "weighted",
    "observed",
    "between",
    "within",
    "standardized",
    "covered",
    "effect",
    "beyond",
)
FINE += ("sd", "se_", "design_effect", "deff_", "icc", "margin_", "change_", "power", "overlap", "before", "after")
FINE += ("lowest", "highest", "ratio", "mean", "alpha_if_dropped", "chi2")
"""What the other columns of finely divided numbers begin with."""
TESTED = ("p", "p_adjusted", "p_small", "p_small_adjusted")
"""Columns of p-values: small ones matter, digits do not. The last ones depend on the order in which sums are made."""
DIGITS = 6
INVITED = "invitations_needed"
"""Column of people who would have to be invited."""


def _invited(estimates: pd.DataFrame) -> pd.Series:
    """Return the people to invite in tens, and never more than there are."""
    tens = (estimates[INVITED] / PEOPLE).round() * PEOPLE
    return tens.mask(tens.gt(estimates["heads"]), tens - PEOPLE) if "heads" in estimates else tens


def _to_digits(numbers: pd.Series) -> pd.Series:
    """Return numbers to a few digits, wherever their first one stands."""
    return numbers.astype(float).map(lambda number: float(f"{number:.{DIGITS}g}"), na_action="ignore")


def rounded(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return the estimates without the digits that say nothing, and by which weights could be told.

    Parameters
    ----------
    estimates : DataFrame
        An estimates frame.

    Returns
    -------
    DataFrame
        Numbers of people rounded to tens, degrees of freedom to one decimal, p-values to six digits, all else to four
        decimals.
    """
    values = [name for name in ("estimate", "se", "low", "high") if name in estimates]
    others = [str(name) for name in estimates if str(name).startswith(FINE)]
    people = estimates["item"].eq("respondents") if "item" in estimates else pd.Series(False, index=estimates.index)
    people |= estimates["measure"].eq("people_short") if "measure" in estimates else False
    numbers = estimates[values].astype(float)
    rounded = numbers.round(DECIMALS).mask(people, (numbers / PEOPLE).round() * PEOPLE)
    fine = estimates[others].astype(float).round(DECIMALS)
    given = {name: rounded[name] for name in values} | {name: fine[name] for name in others}
    given |= {"df": estimates["df"].round(1)} if "df" in estimates else {}
    given |= {name: _to_digits(estimates[name]) for name in TESTED if name in estimates}
    given |= {INVITED: _invited(estimates)} if INVITED in estimates else {}
    return estimates.assign(**given)
