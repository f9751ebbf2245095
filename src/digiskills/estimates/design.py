"""Estimates straight from a frame of respondents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest
from digiskills.estimates import checks, of_frame, tables
from digiskills.estimates.domains import Domains, Where, columns, domains
from digiskills.estimates.given import gave, given_answers
from digiskills.estimates.sample import check_rule
from digiskills.estimates.variance import Squares, Sums, add


class SurveyDesign:
    """Respondents with the design that drew them; its methods give estimates with their errors.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent; never changed.
    weight : str
        Column of weights: people in the population for whom a respondent stands. 0 keeps a respondent in the
        sample and out of every estimate.
    stratum : str, optional
        Column of strata; without it the sample is one stratum.
    cluster : str, optional
        Column of clusters; without it each respondent was drawn alone.
    population : str or two str, optional
        Column with the number of clusters in the respondent's stratum, in the population (respondents, where
        the sample has no clusters); and, as a second column, that of the people in the respondent's cluster.
        Numbers only: a fraction is refused. Without the second, clusters count as observed whole: a stratum
        with all its clusters in the sample then adds nothing, however few of their people answered. Without
        any, the sample counts as drawn with replacement.
    lonely : {"adjust", "average", "certainty", "fail"}
        What a stratum with one sampled cluster adds: its distance from the mean of all cluster totals of the
        strata met; the average of the other strata; nothing; or an error.
    nest : bool
        Whether the same label in two strata stands for two clusters.
    df : {"domain", "design"}
        Degrees of freedom: clusters minus strata of the domain's answers, or of the whole sample.

    Raises
    ------
    DesignError
        With everything that is wrong with weights, strata, clusters and population, by row or label.
    UsageError
        If a column or a rule does not exist.

    Notes
    -----
    Taylor linearisation on cluster totals with a finite population correction of one stage or two, as R's
    survey package. A domain is a zero weight, never a filter: clusters without an answer stay in the
    variance. A missing answer takes the respondent out of that estimate only.

    Examples
    --------
    >>> frame = pd.DataFrame({"w": [1, 1, 2, 2], "office": list("aabb"), "skill": [1, 3, 2, 4]})
    >>> SurveyDesign(frame, weight="w", cluster="office").mean("skill")[["n", "estimate"]].values.tolist()
    [[4.0, 2.6666666666666665]]
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        weight: str,
        stratum: str | None = None,
        cluster: str | None = None,
        population: str | Sequence[str] | None = None,
        lonely: str = "adjust",
        nest: bool = False,
        df: str = "domain",
    ) -> None:
        check_rule(lonely)
        tables.check_df(df)
        clusters, people = of_frame.stages(population)
        given = {"weight": weight, "stratum": stratum, "cluster": cluster}
        given |= {"population": clusters, "people": people}
        checks.check_columns(frame, given)
        checks.check_rows(frame, given, nest)
        self._frame = frame
        self._df = df
        self._weight = frame[weight].to_numpy(dtype=float)
        self._stratum, strata = of_frame.strata(frame, stratum)
        self._cluster = of_frame.clusters(frame, cluster, self._stratum)
        self._sample = of_frame.sample_of(frame, self._stratum, self._cluster, strata, given, lonely)

    def __repr__(self) -> str:
        """Design only; never a respondent."""
        return f"SurveyDesign({len(self._frame)} respondents; {self._sample.description})"

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
            One row per item and domain: item, <by>, n, clusters, estimate, se, df, low, high.
        """
        values = {item: self._numbers(item) for item in self._known(items)}
        return self._table(values, by, where, per_answer=True)

    def total(
        self, items: str | Sequence[str], by: str | Sequence[str] | None = None, where: Where | None = None
    ) -> pd.DataFrame:
        """Weighted total of each item in each domain, over those who answered.

        Parameters
        ----------
        items, by, where
            As for `mean`.

        Returns
        -------
        DataFrame
            One row per item and domain, as for `mean`.
        """
        values = {item: self._numbers(item) for item in self._known(items)}
        return self._table(values, by, where, per_answer=False)

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
        interval : {"logit", "t"}
            How intervals are made.

        Returns
        -------
        DataFrame
            One row per item and domain, and per `answer` (a column) where `answers` is not given.
        """
        labels, values = [], {}
        for item in self._known(items):
            for answer, given in given_answers(self._frame[item], answers):
                values[(item, answer)] = gave(self._frame[item], given)
                labels.append((item, answer))
        keys = pd.DataFrame(labels, columns=["item", "answer"])
        keys = keys if answers is None else keys[["item"]]
        return self._table(values, by, where, per_answer=True, keys=keys, interval=interval, shares=True)

    def ratio(
        self,
        numerator: str,
        denominator: str,
        by: str | Sequence[str] | None = None,
        where: Where | None = None,
    ) -> pd.DataFrame:
        """Ratio of two weighted totals on those who answered both.

        Parameters
        ----------
        numerator, denominator : str
            Columns of numbers.
        by, where
            As for `mean`.

        Returns
        -------
        DataFrame
            One row per domain; `item` is "numerator / denominator".
        """
        above, below = (self._numbers(self._known(name)[0]) for name in (numerator, denominator))
        both = np.isfinite(above) & np.isfinite(below)
        name = f"{numerator} / {denominator}"
        above, below = np.where(both, above, np.nan), np.where(both, below, np.nan)
        return self._table({name: above}, by, where, per_answer=True, base={name: below})

    def gap(
        self,
        needed: str,
        held: str,
        by: str | Sequence[str] | None = None,
        where: Where | None = None,
    ) -> pd.DataFrame:
        """Mean of needed minus held on those who answered both (paired).

        Parameters
        ----------
        needed, held : str
            Columns of numbers on the same scale.
        by, where
            As for `mean`.

        Returns
        -------
        DataFrame
            One row per domain; `item` is "needed - held".
        """
        difference = self._numbers(self._known(needed)[0]) - self._numbers(self._known(held)[0])
        return self._table({f"{needed} - {held}": difference}, by, where, per_answer=True)

    def _known(self, items: str | Sequence[str]) -> list[str]:
        names = columns(items)
        there = [str(column) for column in self._frame.columns]
        problems = [f"item: ‘{name}’ is not there; {nearest(name, there)}" for name in names if name not in there]
        if problems:
            raise UsageError("\n".join(problems))
        return names

    def _numbers(self, item: str) -> np.ndarray:
        column = self._frame[item]
        if not pd.api.types.is_numeric_dtype(column):
            raise UsageError(f"item: ‘{item}’ holds answers, not numbers; take its share, or give its scores")
        return column.to_numpy(dtype=float, na_value=np.nan)

    def _table(
        self,
        values: Mapping[Any, np.ndarray],
        by: str | Sequence[str] | None,
        where: Where | None,
        per_answer: bool,
        base: Mapping[str, np.ndarray] | None = None,
        keys: pd.DataFrame | None = None,
        interval: str = "t",
        shares: bool = False,
    ) -> pd.DataFrame:
        about = domains(self._frame, columns(by), where)
        sums = self._sums(list(values.values()), about, per_answer, list((base or {}).values()))
        labels = tables.keys(list(values)) if keys is None else keys
        return tables.table(sums, self._sample, about, labels, interval, self._df, shares)

    def _sums(self, values: list[np.ndarray], about: Domains, per_answer: bool, base: list[np.ndarray]) -> Sums:
        """Add up each domain within each cluster."""
        rows = np.flatnonzero((about.code >= 0) & (self._weight > 0))
        clusters = int(self._cluster.max()) + 1
        cell, first, entry = np.unique(
            about.code[rows] * clusters + self._cluster[rows], return_index=True, return_inverse=True
        )
        value = np.column_stack(values)[rows] if values else np.empty((len(rows), 0))
        answered, weight = np.isfinite(value), self._weight[rows, None]
        below = np.column_stack(base)[rows] if base else np.ones_like(value)
        scaled, below = np.where(answered, weight * value, 0), np.where(answered, weight * below, 0)
        squares = None
        if self._sample.people is not None:
            x = below if per_answer else np.zeros_like(below)
            squares = Squares(*(add(part, entry, len(cell)) for part in (x * x, x * scaled, scaled * scaled)))
        return Sums(
            domain=cell // clusters,
            stratum=self._stratum[rows][first],
            domains=len(about),
            n=add(answered, entry, len(cell)),
            value=add(scaled, entry, len(cell)),
            base=add(below, entry, len(cell)) if per_answer else None,
            squares=squares,
            cluster=self._cluster[rows][first],
        )
