"""Estimates from a survey that comes with replicate weights instead of strata and clusters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from digiskills.errors import UsageError
from digiskills.estimates import intervals, tables
from digiskills.estimates.domains import Domains, Where, columns, domains
from digiskills.estimates.given import gave, given_answers
from digiskills.estimates.replicates.factors import Replication, factors
from digiskills.estimates.replicates.rows import degrees, rows_of
from digiskills.estimates.replicates.weights import by_weight, check_columns, check_weights, rank
from digiskills.estimates.variance import Results


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
        check_columns(frame, [weight, *names])
        known = factors(method, len(names), rho, scale, rscales)
        if isinstance(df, str):
            tables.check_df(df)
        elif df < 1:
            raise UsageError(f"df: {df} degrees of freedom give no interval; 1 or more, ‘domain’ or ‘design’")
        whole = frame[[weight]].to_numpy(dtype=float)
        others = frame[names].to_numpy(dtype=float)
        self._weights = np.hstack([whole, others if combined else others * whole])
        check_weights(self._weights, [weight, *names])
        self._frame, self._rule = frame, df if isinstance(df, str) else "design"
        self._replication = Replication(method, known, mse, None if isinstance(df, str) else df)
        self._rank = rank(self._weights[:, 1:])

    def __repr__(self) -> str:
        """Design only; never a respondent."""
        return f"ReplicateDesign({len(self._frame)} respondents; {self._described})"

    @property
    def _described(self) -> str:
        return f"{self._replication.method}; {self._weights.shape[1] - 1} replicate weights"

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
        check_columns(self._frame, names)
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
        found, n = by_weight(self._weights, self._numbers(names), rows_of(about))
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
        check_columns(self._frame, names)
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
        found, n = by_weight(self._weights, values, rows_of(about), total)
        return self._frame_of(self._results(found, n, self._degrees(about)), keys, about.labels, interval, shares)

    def _results(self, found: np.ndarray, n: np.ndarray, df: np.ndarray) -> Results:
        se = self._replication.errors(found)
        return Results(n, np.zeros_like(n), found[0], se, np.where(n > 0, df[:, None], 0))

    def _degrees(self, about: Domains) -> np.ndarray:
        weights = self._weights[:, 1:]
        return degrees([rank(weights[rows]) for rows in rows_of(about)], self._rank, self._replication, self._rule)

    def _frame_of(
        self, results: Results, keys: pd.DataFrame, labels: pd.DataFrame, interval: str, shares: bool
    ) -> pd.DataFrame:
        low, high = intervals.bounds(results, interval, shares)
        made = tables.labelled(keys, labels)
        for name in ("n", "estimate", "se", "df"):
            made[name] = getattr(results, name).T.ravel()
        made["low"], made["high"] = low.T.ravel(), high.T.ravel()
        made.attrs["method"] = self._replication.words(self._rule) | {
            "interval": intervals.words(interval, shares),
            "confidence": intervals.CONFIDENCE,
            "missing": "left out estimate by estimate, as a domain",
        }
        return made
