"""Estimates from a survey that comes with replicate weights instead of strata and clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import linalg

from digiskills.errors import DesignError, UsageError, nearest
from digiskills.estimates import intervals, tables
from digiskills.estimates.domains import Domains, Where, columns, domains
from digiskills.estimates.given import gave, given_answers
from digiskills.estimates.variance import ZERO_ERROR, Results

METHODS = ("BRR", "Fay", "JK1", "JKn", "bootstrap", "successive-difference")
RANK = 1e-5  # R's tolerance for the rank of the weights


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


class ReplicateDesign:
    """Respondents with a weight and replicates of it; its methods give estimates with their errors.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent; never changed.
    weight : str
        Column of weights.
    replicates : sequence of str
        Columns of replicate weights.
    method : {"BRR", "Fay", "JK1", "JKn", "bootstrap", "successive-difference"}
        How they were made.
    rho, scale, rscales
        As for `factors`.
    mse : bool
        Whether deviations are taken from the estimate itself, not from the mean of the replicates.
    combined : bool
        Whether replicates are whole weights; otherwise they are factors of the weight.
    df : {"domain", "design"} or int
        Degrees of freedom: rank of the replicate weights less 1, of the domain's respondents or of all; or a
        number that came with the survey.

    Raises
    ------
    DesignError
        With every row whose weight is missing, infinite or (the weight itself) negative.
    UsageError
        If a column, method or rule does not exist.

    Notes
    -----
    V = scale · sum_r rscales_r (θ_r - centre)², where θ_r is the estimate made with the r-th replicate weight
    and the centre the mean of those with rscales above 0, or the estimate where `mse`. An estimate that some
    replicate cannot make (no weight left in the domain) has no standard error. T. Lumley, Complex Surveys
    (2010), chapter 2; K. M. Wolter, Introduction to Variance Estimation (2007), chapters 3 to 5; R. E. Fay and
    G. F. Train, Proceedings of the Government Statistics Section (1995) 154-159, for successive differences.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        weight: str,
        replicates: Sequence[str],
        method: str,
        rho: float | None = None,
        scale: float | None = None,
        rscales: float | Sequence[float] | None = None,
        mse: bool = False,
        combined: bool = True,
        df: str | int = "domain",
    ) -> None:
        names = columns(replicates)
        _check_columns(frame, [weight, *names])
        self._factors = factors(method, len(names), rho, scale, rscales)
        if isinstance(df, str):
            tables.check_df(df)
        elif df < 1:
            raise UsageError(f"df: {df} degrees of freedom give no interval; 1 or more, ‘domain’ or ‘design’")
        whole = frame[[weight]].to_numpy(dtype=float)
        others = frame[names].to_numpy(dtype=float)
        self._weights = np.hstack([whole, others if combined else others * whole])
        _check_weights(self._weights, [weight, *names])
        self._frame, self._df, self._mse, self._method = frame, df, mse, method
        self._rank = _rank(self._weights[:, 1:])

    def __repr__(self) -> str:
        """Design only; never a respondent."""
        return f"ReplicateDesign({len(self._frame)} respondents; {self._described})"

    @property
    def _described(self) -> str:
        return f"{self._method}; {len(self._factors.rscales)} replicate weights"

    def mean(
        self, items: str | Sequence[str], by: str | Sequence[str] | None = None, where: Where | None = None
    ) -> pd.DataFrame:
        """Weighted mean of each item in each domain.

        Parameters
        ----------
        items : str or sequence of str
            Columns of numbers.
        by : str or sequence of str, optional
            Columns whose categories make the domains.
        where : mapping of column to value or values, optional
            Restriction of every domain.

        Returns
        -------
        DataFrame
            One row per item and domain: item, <by>, n, estimate, se, df, low, high.
        """
        names = columns(items)
        return self._table(self._numbers(names), tables.keys(names), by, where)

    def total(
        self, items: str | Sequence[str], by: str | Sequence[str] | None = None, where: Where | None = None
    ) -> pd.DataFrame:
        """Weighted total of each item in each domain, over those who answered; as `mean`."""
        names = columns(items)
        return self._table(self._numbers(names), tables.keys(names), by, where, total=True)

    def share(
        self,
        items: str | Sequence[str],
        answers: object = None,
        by: str | Sequence[str] | None = None,
        where: Where | None = None,
        interval: str = "logit",
    ) -> pd.DataFrame:
        """Weighted share, 0 to 1, of those who gave an answer among all who answered.

        Parameters
        ----------
        items : str or sequence of str
            Columns of answers.
        answers : answer or collection of answers, optional
            Those that count together; without them each answer of an item gets its own row.
        by, where
            As for `mean`.
        interval : str
            As for `SurveyDesign.share`.

        Returns
        -------
        DataFrame
            One row per item and domain, and per `answer` (a column) where `answers` is not given.
        """
        names = columns(items)
        _check_columns(self._frame, names)
        each = [(name, answer, given) for name in names for answer, given in given_answers(self._frame[name], answers)]
        values = np.column_stack([gave(self._frame[name], given) for name, _, given in each])
        keys = pd.DataFrame([(name, answer) for name, answer, _ in each], columns=["item", "answer"])
        keys = keys if answers is None else keys[["item"]]
        return self._table(values, keys, by, where, interval=interval, shares=True)

    def gap(
        self, needed: str, held: str, by: str | Sequence[str] | None = None, where: Where | None = None
    ) -> pd.DataFrame:
        """Mean of needed minus held on those who answered both (paired); `item` is "needed - held"."""
        both = self._numbers([needed, held])
        return self._table(both[:, [0]] - both[:, [1]], tables.keys([f"{needed} - {held}"]), by, where)

    def difference(self, items: str | Sequence[str], by: str, where: Where | None = None) -> pd.DataFrame:
        """Difference of the means of two domains, for every pair of them.

        Parameters
        ----------
        items : str or sequence of str
            Columns of numbers.
        by : str
            Column whose categories make the domains.
        where : mapping of column to value or values, optional
            Restriction of every domain.

        Returns
        -------
        DataFrame
            One row per item and pair: item, first, second, n (the smaller), estimate (first less second), se,
            df, low, high.
        """
        names = columns(items)
        about = domains(self._frame, [by], where)
        found, n = self._replicated(self._numbers(names), about, total=False)
        pairs = list(combinations(range(len(about)), 2))
        first, second = (np.array([pair[at] for pair in pairs], dtype=int) for at in (0, 1))
        df = self._degrees(about)
        results = self._results(
            found[:, first] - found[:, second], np.minimum(n[first], n[second]), np.minimum(df[first], df[second])
        )
        labels = about.labels[by].to_numpy()
        return self._frame_of(
            results, tables.keys(names), pd.DataFrame({"first": labels[first], "second": labels[second]}), "t", False
        )

    def _numbers(self, names: Sequence[str]) -> np.ndarray:
        _check_columns(self._frame, names)
        wrong = [name for name in names if not pd.api.types.is_numeric_dtype(self._frame[name])]
        if wrong:
            raise UsageError("\n".join(f"item: ‘{name}’ holds answers, not numbers; take its share" for name in wrong))
        return np.column_stack([self._frame[name].to_numpy(dtype=float, na_value=np.nan) for name in names])

    def _table(
        self,
        values: np.ndarray,
        keys: pd.DataFrame,
        by: str | Sequence[str] | None,
        where: Where | None,
        total: bool = False,
        interval: str = "t",
        shares: bool = False,
    ) -> pd.DataFrame:
        intervals.check(interval)
        about = domains(self._frame, columns(by), where)
        found, n = self._replicated(values, about, total)
        return self._frame_of(self._results(found, n, self._degrees(about)), keys, about.labels, interval, shares)

    def _replicated(self, values: np.ndarray, about: Domains, total: bool) -> tuple[np.ndarray, np.ndarray]:
        """Estimates by weight (the whole first), domain and column; and numbers of answers."""
        answered = np.isfinite(values)
        found, n = [], []
        for at in range(len(about)):
            rows = (about.code == at) & (self._weights[:, 0] > 0)
            weights, known = self._weights[rows].T, answered[rows].astype(float)
            above, below = weights @ np.where(answered[rows], values[rows], 0), weights @ known
            empty = known.sum(axis=0) == 0
            ratio = np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0)
            found.append(np.where(empty, np.nan, above if total else ratio))
            n.append(known.sum(axis=0))
        return np.stack(found, axis=1), np.stack(n).astype(int)

    def _results(self, found: np.ndarray, n: np.ndarray, df: np.ndarray) -> Results:
        estimate, each = found[0], found[1:]
        rscales = self._factors.rscales
        centre = estimate if self._mse else each[rscales > 0].mean(axis=0)
        variance = self._factors.scale * np.einsum("r,rdk->dk", rscales, (each - centre) ** 2)
        se = np.sqrt(variance)
        se[se < ZERO_ERROR * np.abs(estimate)] = 0
        return Results(n, np.zeros_like(n), estimate, se, np.where(n > 0, df[:, None], 0))

    def _degrees(self, about: Domains) -> np.ndarray:
        if isinstance(self._df, int):
            return np.full(len(about), self._df)
        if self._df == "design":
            return np.full(len(about), self._rank - 1)
        return np.array([max(_rank(self._weights[about.code == at, 1:]) - 1, 0) for at in range(len(about))])

    def _frame_of(
        self, results: Results, keys: pd.DataFrame, labels: pd.DataFrame, interval: str, shares: bool
    ) -> pd.DataFrame:
        low, high = intervals.bounds(results, interval, shares)
        made = tables.labelled(keys, labels)
        for name in ("n", "estimate", "se", "df"):
            made[name] = getattr(results, name).T.ravel()
        made["low"], made["high"] = low.T.ravel(), high.T.ravel()
        made.attrs["method"] = {
            "design": self._described,
            "scale": self._factors.scale,
            "deviations": "from the estimate" if self._mse else "from the mean of the replicates",
            "df": "given" if isinstance(self._df, int) else self._df,
            "df_rule": "rank of the replicate weights less 1" if isinstance(self._df, str) else "given",
            "interval": intervals.words(interval, shares),
            "confidence": intervals.CONFIDENCE,
            "missing": "left out estimate by estimate, as a domain",
        }
        return made


def _check_columns(frame: pd.DataFrame, names: Sequence[str]) -> None:
    there = [str(column) for column in frame.columns]
    problems = [f"no column ‘{name}’; {nearest(name, there)}" for name in names if name not in there]
    if problems:
        raise UsageError("\n".join(problems))


def _check_weights(weights: np.ndarray, names: Sequence[str]) -> None:
    """Refuse weights that are no numbers; replicates of calibrated weights may be below 0."""
    wrong = ~np.isfinite(weights)
    wrong[:, 0] |= weights[:, 0] < 0
    problems = []
    for at in np.flatnonzero(wrong.any(axis=0)).tolist():
        row = int(np.flatnonzero(wrong[:, at])[0]) + 2  # the header is row 1
        problems.append(f"{names[at]}: {weights[row - 2, at]} is no weight, in row {row}")
    if problems:
        raise DesignError("\n".join(problems))


def _rank(weights: np.ndarray) -> int:
    if not weights.size:
        return 0
    triangle = np.abs(np.diag(linalg.qr(weights, mode="r", pivoting=True)[0]))
    return int((triangle > RANK * triangle[0]).sum())
