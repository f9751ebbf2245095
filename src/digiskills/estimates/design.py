"""Estimates straight from a frame of respondents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest
from digiskills.estimates import calibrated, checks, joint_of_frame, of_frame, tables
from digiskills.estimates.contrasts import SMALL_EFFECT
from digiskills.estimates.differences import ESTIMAND, differences_of
from digiskills.estimates.domains import EVERYONE, Where, columns, domains
from digiskills.estimates.given import gave, given_answers
from digiskills.estimates.independence import tested
from digiskills.estimates.joint import Estimand, Joint, assembled, check_names
from digiskills.estimates.margins import sets
from digiskills.estimates.quantiles import check_share, together, woodruff
from digiskills.estimates.sample import check_rule


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
    calibration : sequence of column or columns
        Margins to which the weights were raked or post-stratified: a column, or several whose combinations
        are post-strata. Errors of means, shares, gaps and totals are then of what they do not explain.
    design_weight : str, optional
        Column of the weights before the calibration; by default the weights serve for it.

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
        calibration: calibrated.Calibration = (),
        design_weight: str | None = None,
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
        self._labels = of_frame.cluster_labels(frame, cluster, self._cluster) if cluster else np.asarray(strata)
        self._sample = of_frame.sample_of(frame, self._stratum, self._cluster, strata, given, lonely)
        self._calibration = calibration
        self._margins = calibrated.margins(frame, calibration)
        if design_weight is not None:
            checks.check_columns(frame, {"design_weight": design_weight})
        before = self._weight if design_weight is None else frame[design_weight].to_numpy(dtype=float)
        self._design = np.divide(before, self._weight, out=np.zeros(len(frame)), where=self._weight > 0)

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
        interval : {"logit", "t", "beta", "wilson"}
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

    def joint(
        self,
        estimands: Estimand | Sequence[Estimand],
        by: str | Sequence[str] | None = None,
        where: Where | None = None,
        margins: bool = False,
    ) -> Joint:
        """Estimates of several columns and domains with their covariance.

        Parameters
        ----------
        estimands : Estimand or sequence of Estimand
            Items are columns: numbers for a mean, answers for a share.
        by, where
            As for `mean`.
        margins : bool
            Whether to add the sums over dimensions, marked ``"all"``.

        Returns
        -------
        Joint
            One row per estimand and domain.
        """
        self._refuse_calibration("joint")
        asked = [estimands] if isinstance(estimands, Estimand) else list(estimands)
        check_names([estimand.name for estimand in asked])
        about = sets(self._frame, columns(by), where, margins)
        values = joint_of_frame.values_of(self._frame, asked)
        places = (self._cluster, self._stratum)
        linear = joint_of_frame.linearised(values, self._weight, *places, about, self._sample)
        share, names = [estimand.of is not None for estimand in asked], [estimand.name for estimand in asked]
        return assembled(names, share, about.labels, columns(by), linear, self._sample, self._labels, self._df)

    def difference(
        self,
        items: str | Sequence[str],
        between: str,
        answers: Collection[str] | None = None,
        by: str | Sequence[str] | None = None,
        where: Where | None = None,
        against: str | None = None,
        adjust: str = "holm",
        small: float = SMALL_EFFECT,
    ) -> pd.DataFrame:
        """Differences of means, or of shares, between the categories of a column or between items.

        Parameters
        ----------
        items : str or sequence of str
            Columns.
        between : str
            The column whose categories are compared, or ``"estimand"`` to compare items.
        answers : collection of answers, optional
            Those whose share is compared; without them means are.
        by, where
            As for `mean`.
        against, adjust, small
            As for `digiskills.estimates.differences`.

        Returns
        -------
        DataFrame
            One row per difference: estimand (the item), <by>, <between>, against, n, clusters, estimate, se, df,
            low, high, effect, p, p_adjusted, differs.
        """
        self._refuse_calibration("difference")
        of = None if answers is None else tuple(answers)
        dimensions = columns(by) if between == ESTIMAND else [between, *columns(by)]
        asked = [Estimand(item, item, of) for item in self._known(items)]
        together = self.joint(asked, dimensions, where, margins=against == EVERYONE)
        return differences_of(together, between, against, adjust, small=small)

    def quantile(
        self,
        items: str | Sequence[str],
        p: float = 0.5,
        by: str | Sequence[str] | None = None,
        where: Where | None = None,
    ) -> pd.DataFrame:
        """Quantile of each item in each domain, with Woodruff's interval.

        Parameters
        ----------
        items : str or sequence of str
            Columns of numbers.
        p : float
            Share of the people at or below the quantile; 0.5 for the median.
        by, where
            As for `mean`.

        Returns
        -------
        DataFrame
            One row per item and domain, as `digiskills.estimates.quantiles` gives them.
        """
        self._refuse_calibration("quantile")
        check_share(p)
        return together([self._quantile(item, p, by, where) for item in self._known(items)], p)

    def independence(
        self, items: str | Sequence[str], dimension: str, where: Where | None = None, adjusted: str = "bh"
    ) -> pd.DataFrame:
        """Rao-Scott test of each item's answers by the categories of another column.

        Parameters
        ----------
        items : str or sequence of str
            Columns of answers.
        dimension : str
            The other column.
        where
            As for `mean`.
        adjusted : {"bh", "holm", "none"}
            Adjustment of the p values; the items are the family.

        Returns
        -------
        DataFrame
            One row per item, as `digiskills.estimates.independence` gives them.
        """
        self._refuse_calibration("independence")
        about = domains(self._frame, [self._known(dimension)[0]], where)
        places = (self._cluster, self._stratum)
        made = {
            item: joint_of_frame.two_way(self._frame[item], about, self._weight, *places, self._sample)
            for item in self._known(items)
        }
        return tested(made, dimension, self._sample, adjusted, self._df)

    def _quantile(self, item: str, p: float, by: str | Sequence[str] | None, where: Where | None) -> pd.DataFrame:
        about, column = domains(self._frame, columns(by), where), self._numbers(item)
        rows = np.flatnonzero(np.isfinite(column) & (about.code >= 0) & (self._weight > 0))
        values, at = np.unique(column[rows], return_inverse=True)
        if not len(values):
            raise UsageError(f"item: nobody has a number in ‘{item}’")
        shape = (len(about), len(values))
        cell = about.code[rows] * shape[1] + at
        weights = np.bincount(cell, self._weight[rows], shape[0] * shape[1]).reshape(shape)

        def below(place: np.ndarray) -> pd.DataFrame:
            limit = np.append(values[place], np.nan)[about.code]
            under = np.where(np.isfinite(column), column <= limit, np.nan)
            return self._table({item: under}, by, where, per_answer=True)

        return woodruff(values, weights, p, below)

    def _refuse_calibration(self, what: str) -> None:
        if self._calibration:
            raise UsageError(f"calibration: {what} has no calibrated error here; leave `calibration` out")

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
        places = (self._stratum, self._cluster)
        below = list((base or {}).values())
        sums = of_frame.sums(list(values.values()), self._weight, places, about, self._sample, per_answer, below)
        labels = tables.keys(list(values)) if keys is None else keys
        table = tables.table(sums, self._sample, about, labels, interval, self._df, shares)
        if not self._calibration:
            return table
        if below:
            raise UsageError("calibration: a ratio has no calibrated error here; leave `calibration` out")
        one, w = np.ones(len(self._frame)), self._weight
        rows = calibrated.Rows(self._margins, one, w, w**2, self._design, self._cluster, self._stratum)
        se = calibrated.of_respondents(list(values.values()), w, about, rows, self._sample, not per_answer)
        return calibrated.with_errors(table, se, self._calibration, interval, shares)
