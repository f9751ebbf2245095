"""How the deviations of replicates make a variance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from digiskills.errors import UsageError, nearest
from digiskills.estimates.variance import ZERO_ERROR
from digiskills.study import Replicates

METHODS = ("BRR", "Fay", "JK1", "JKn", "bootstrap", "successive-difference")


@dataclass(frozen=True)
class Factors:
    """How deviations of replicates make a variance: scale · sum_r rscales_r (θ_r - centre)²."""

    scale: float
    rscales: np.ndarray


def factors(
    method: str,
    replicates: int,
    rho: float | None = None,
    scale: float | None = None,
    rscales: float | Sequence[float] | None = None,
) -> Factors:
    """Return the factors of a replication method.

    Parameters
    ----------
    method : {"BRR", "Fay", "JK1", "JKn", "bootstrap", "successive-difference"}
        How the weights were made.
    replicates : int
        How many there are.
    rho : float, optional
        Fay's shrinkage, 0 to below 1.
    scale : float, optional
        For JK1, JKn and bootstrap, in the place of the method's own.
    rscales : float or sequence of float, optional
        One factor per replicate; JKn needs it.

    Returns
    -------
    Factors
        Scale, and one factor per replicate.

    Raises
    ------
    UsageError
        If the method does not exist, lacks what it needs or is given what it does not use.

    Notes
    -----
    Of R replicates: BRR scale 1/R; Fay 1/(R (1 - rho)²); JK1 (R - 1)/R; JKn 1, with rscales (n_h - 1)/n_h of
    the replicate's stratum; bootstrap 1/(R - 1); successive differences 4/R. As svrepdesign of R's survey.
    """
    problems = _factor_problems(method, replicates, rho, scale, rscales)
    if problems:
        raise UsageError("\n".join(problems))
    own = {
        "BRR": 1 / replicates,
        "Fay": 1 / (replicates * (1 - (rho or 0)) ** 2),
        "JK1": (replicates - 1) / replicates,
        "JKn": 1.0,
        "bootstrap": 1 / (replicates - 1),
        "successive-difference": 4 / replicates,
    }[method]
    each = np.ones(replicates) * np.asarray(1.0 if rscales is None else rscales, dtype=float)
    return Factors(own if scale is None else scale, each)


def _factor_problems(
    method: str, replicates: int, rho: float | None, scale: float | None, rscales: float | Sequence[float] | None
) -> list[str]:
    if method not in METHODS:
        return [f"method: there is no ‘{method}’; {nearest(method, METHODS)}"]
    problems = [] if replicates > 1 else ["replicates: one column makes no variance; give them all"]
    if method == "Fay" and (rho is None or not 0 <= rho < 1):
        problems.append("rho: Fay’s method needs its shrinkage, from 0 to below 1")
    if method != "Fay" and rho is not None:
        problems.append(f"rho: {method} has none; did you mean method = ‘Fay’?")
    if method == "JKn" and rscales is None:
        problems.append("rscales: JKn needs one per replicate, (clusters - 1) / clusters of its stratum")
    fixed = method in ("BRR", "Fay", "successive-difference")
    if fixed and (scale is not None or rscales is not None):
        problems.append(f"scale, rscales: those of {method} are fixed; leave them out")
    if scale is not None and not scale > 0:
        problems.append(f"scale: {scale} is not above 0")
    sizes = np.asarray(1.0 if rscales is None else rscales, dtype=float)
    if sizes.ndim and len(sizes) != replicates:
        problems.append(f"rscales: {len(sizes)} were given for {replicates} replicates")
    if not (np.isfinite(sizes) & (sizes >= 0)).all():
        problems.append("rscales: every one must be a number of 0 or more")
    return problems


class Replicated(NamedTuple):
    """Errors of several estimates from replicates.

    Their covariance; degrees of freedom of each, domains within estimands, and of the whole sample; and how.
    """

    covariance: np.ndarray
    df: np.ndarray
    whole: int
    method: Mapping[str, object]


@dataclass(frozen=True)
class Replication:
    """Replicates and the rule that turns their deviations into errors.

    Parameters
    ----------
    method : str
        One of `METHODS`.
    factors : Factors
        Scale, and one factor per replicate.
    mse : bool
        Whether deviations are taken from the estimate itself, not from the mean of the replicates.
    df : int or None
        Degrees of freedom that came with the survey; None for the rank of the replicate weights less 1.
    """

    method: str
    factors: Factors
    mse: bool = False
    df: int | None = None

    @property
    def described(self) -> str:
        """Method and number of replicates."""
        return f"replicates: {self.method}, {len(self.factors.rscales)}"

    def deviations(self, found: np.ndarray) -> np.ndarray:
        """Distances of the replicates from their centre, each times the root of its factors.

        Parameters
        ----------
        found : ndarray, (1 + replicates) x any shape
            Estimates by weight, the whole weight first.

        Returns
        -------
        ndarray, replicates x that shape
            Their products, summed over replicates, are variances and covariances.
        """
        estimate, each, rscales = found[0], found[1:], self.factors.rscales
        centre = estimate if self.mse else each[rscales > 0].mean(axis=0)
        size = np.sqrt(self.factors.scale * rscales).reshape((-1,) + (1,) * estimate.ndim)
        return np.asarray(np.where(size > 0, size * (each - centre), 0))

    def errors(self, found: np.ndarray) -> np.ndarray:
        """Standard errors of estimates by weight, of their shape; NaN where a replicate has no estimate."""
        se = np.sqrt((self.deviations(found) ** 2).sum(axis=0))
        se[se < ZERO_ERROR * np.abs(found[0])] = 0
        se[np.isnan(found[0])] = np.nan
        return np.asarray(se)

    def covariance(self, found: np.ndarray) -> np.ndarray:
        """Covariance of estimates by weight, (1 + replicates) x estimates."""
        apart = self.deviations(found)
        return cleaned(np.asarray(apart.T @ apart), found[0])

    def replicated(self, found: np.ndarray, df: np.ndarray, whole: int, rule: str) -> Replicated:
        """Covariance of estimates by weight, domains within estimands, with the degrees of freedom of the domains."""
        return Replicated(self.covariance(found), np.tile(df, found.shape[1] // len(df)), whole, self.words(rule))

    def words(self, rule: str) -> dict[str, object]:
        """How errors were made, for the method of a table."""
        return {
            "design": self.described,
            "scale": self.factors.scale,
            "deviations": "from the estimate" if self.mse else "from the mean of the replicates",
            "df": rule if self.df is None else "given",
            "df_rule": "rank of the replicate weights less 1" if self.df is None else "given",
        }


def cleaned(covariance: np.ndarray, estimate: np.ndarray) -> np.ndarray:
    """Exact zeros where a variance is rounding only; NaN where there is no estimate."""
    nothing = np.diag(covariance) < (ZERO_ERROR * np.abs(estimate)) ** 2
    kept = np.where(nothing[:, None] | nothing, 0.0, covariance)
    known = np.isfinite(estimate)
    return np.asarray(np.where(known[:, None] & known, kept, np.nan))


def replication(declared: Replicates, replicates: int) -> Replication:
    """Return what a study declares of its replicate weights.

    Parameters
    ----------
    declared : Replicates
        Kind, its numbers and one factor per replicate (none for 1).
    replicates : int
        How many there are.

    Returns
    -------
    Replication
        For estimates by weight.

    Raises
    ------
    UsageError
        As `factors`.
    """
    method = {name.lower(): name for name in METHODS}.get(declared.kind.lower(), declared.kind)
    rscales = declared.rscales or None
    known = factors(method, replicates, declared.rho, declared.scale, rscales)
    return Replication(method, known, declared.centre == "estimate", declared.df)
