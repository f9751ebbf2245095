"""Power of a t test to see a change, and the change that it can see."""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize, special, stats

from digiskills.errors import UsageError
from digiskills.next_survey.simple import check_between

LEVEL = 0.05
FAR = 30.0  # standard errors that no test misses


def power(change: float, se: float, df: float, level: float = LEVEL) -> float:
    """Probability that a two-sided t test sees a true change.

    Parameters
    ----------
    change : float
        The true change.
    se : float
        Its standard error.
    df : float
        Degrees of freedom.
    level : float
        Of the test.

    Returns
    -------
    float
        0 to 1; `level` where nothing changed; NaN without an error or a degree of freedom.

    Notes
    -----
    1 - F(t) + F(-t), F the noncentral t distribution with noncentrality change / se, t the quantile of 1 - level / 2.
    J. Cohen, Statistical Power Analysis (2nd edition, 1988), chapter 2.
    """
    check_between("level", level, LEVEL)
    if not (se > 0 and df > 0):
        return math.nan
    away = min(abs(change) / se, FAR * _critical(df, level))
    critical = _critical(df, level)
    missed = stats.nct.cdf([critical, -critical], df, away) if away > 0 else stats.t.cdf([critical, -critical], df)
    return float(1 - missed[0] + np.nan_to_num(missed[1]))


def detectable(se: float, df: float, wanted: float = 0.8, level: float = LEVEL) -> float:
    """Smallest true change that a two-sided t test sees with a wanted power.

    Parameters
    ----------
    se : float
        Standard error of the change.
    df : float
        Degrees of freedom.
    wanted : float
        The power.
    level : float
        Of the test; below the power.

    Returns
    -------
    float
        In the unit of `se`; NaN without an error or a degree of freedom.

    Raises
    ------
    UsageError
        If the power or the level is not between 0 and 1, or the power not above the level.

    Notes
    -----
    The root of `power`; near (t(1 - level / 2) + t(wanted)) x se (H. S. Bloom, Evaluation Review 19 (1995) 547-556).
    """
    check_power(wanted, level)
    if not (se > 0 and df > 0):
        return math.nan
    return se * float(optimize.brentq(lambda at: power(at, 1.0, df, level) - wanted, 0.0, FAR * _critical(df, level)))


def check_power(wanted: float, level: float) -> None:
    """Refuse a power that no test has.

    Raises
    ------
    UsageError
        With what would do.
    """
    check_between("power", wanted, 0.8)
    check_between("level", level, LEVEL)
    if wanted <= level:
        raise UsageError(f"power: {wanted:g} is not above the level {level:g}; give 0.8, for instance")


def _critical(df: float, level: float) -> float:
    return float(special.stdtrit(df, 1 - level / 2))
