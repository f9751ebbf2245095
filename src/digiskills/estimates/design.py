"""Estimates straight from a frame of respondents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import pandas as pd

from digiskills.errors import UsageError
from digiskills.estimates import degrees_of_freedom, joint_of_frame, of_frame, residuals
from digiskills.estimates.contrasts import SMALL_EFFECT
from digiskills.estimates.differences import ESTIMAND, differences_of
from digiskills.estimates.domains import EVERYONE, By, Names, Where, columns
from digiskills.estimates.independence import tested
from digiskills.estimates.joint import Estimand, Joint
from digiskills.estimates.quantiles import check_share, together
from digiskills.estimates.respondents import checked
from digiskills.estimates.sample import check_rule
from digiskills.study import Replicates


class SurveyDesign:
    """Respondents with the design that drew them; its methods give estimates with their errors.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent; never changed.
    weight : str
        Column of weights: people in the population for whom a respondent stands. 0 keeps a respondent in the
        sample and out of every estimate and count of answers.
    stratum : str, optional
        Column of strata; without it the sample is one stratum.
    cluster : str, optional
        Column of clusters; without it each respondent was drawn alone.
    population : str or two str, optional
        Column with the number of clusters in the respondent's stratum, in the population (respondents, where
        the sample has no clusters); and, as a second column, that of the people in the respondent's cluster,
        without which clusters count as observed whole. Numbers only: a fraction is refused. Without any, the
        sample counts as drawn with replacement.
    lonely : {"adjust", "average", "certainty", "fail"}
        What a stratum with one sampled cluster adds: its distance from the mean of all cluster totals of the
        strata met; the average of the other strata; nothing; or an error.
    nest : bool
        Whether the same label in two strata stands for two clusters.
    df : {"domain", "design", "clusters"}
        Degrees of freedom, of the domain's answers or of the whole sample: clusters minus strata; with the people
        of clusters known, Satterthwaite's over both stages (except under ``clusters``).
    calibration : sequence of column or columns
        Margins to which the weights were raked or post-stratified: a column, or several whose combinations
        are post-strata. Errors are then of what they do not explain.
    design_weight : str, optional
        Column of the weights before the calibration; by default the weights serve for it.
    replicates : Replicates, optional
        Replicate weights, from which errors are then made in the place of strata, clusters and calibration.

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
        calibration: residuals.Calibration = (),
        design_weight: str | None = None,
        replicates: Replicates | None = None,
    ) -> None:
        check_rule(lonely)
        degrees_of_freedom.check(df)
        clusters, people = of_frame.stages(population)
        given = {"weight": weight, "stratum": stratum, "cluster": cluster}
        given |= {"population": clusters, "people": people}
        self._all = checked(frame, given, lonely, nest, df, calibration, design_weight, replicates)

    def __repr__(self) -> str:
        """Design only; never a respondent."""
        return f"SurveyDesign({len(self._all.frame)} respondents; {self._all.sample.description})"

    def around(self, frame: pd.DataFrame) -> SurveyDesign:
        """Return the same design around other columns of the same respondents, which is not checked again.

        Parameters
        ----------
        frame : DataFrame
            One row per respondent, in the same order.

        Returns
        -------
        SurveyDesign
            Its items and domains are the columns of `frame`.

        Raises
        ------
        UsageError
            If there are more rows than respondents, or fewer.
        """
        if len(frame) != len(self._all.frame):
            raise UsageError(f"frame: {len(frame)} rows for the {len(self._all.frame)} respondents of the design")
        made = object.__new__(type(self))
        made._all = replace(self._all, frame=frame)
        return made

    def mean(self, items: Names, by: By = None, where: Where | None = None) -> pd.DataFrame:
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
            One row per item and domain: item, <by>, n, clusters, estimate, se, df, low, high, note.
        """
        values = {item: self._all.numbers(item) for item in self._all.known(items)}
        return self._all.table(values, by, where)

    def total(self, items: Names, by: By = None, where: Where | None = None) -> pd.DataFrame:
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
        values = {item: self._all.numbers(item) for item in self._all.known(items)}
        return self._all.table(values, by, where, total=True)

    def share(
        self, items: Names, answers: object = None, by: By = None, where: Where | None = None, interval: str = "logit"
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
        values = self._all.given(items, answers)
        keys = pd.DataFrame(list(values), columns=["item", "answer"])
        keys = keys if answers is None else keys[["item"]]
        return self._all.table(values, by, where, keys=keys, interval=interval, shares=True)

    def ratio(self, numerator: str, denominator: str, by: By = None, where: Where | None = None) -> pd.DataFrame:
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
        above, below = self._all.both(numerator, denominator)
        return self._all.table({f"{numerator} / {denominator}": above}, by, where, below=[below])

    def gap(self, needed: str, held: str, by: By = None, where: Where | None = None) -> pd.DataFrame:
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
        above, below = self._all.both(needed, held)
        return self._all.table({f"{needed} - {held}": above - below}, by, where)

    def joint(
        self, estimands: Estimand | Sequence[Estimand], by: By = None, where: Where | None = None, margins: bool = False
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
        asked = [estimands] if isinstance(estimands, Estimand) else list(estimands)
        return joint_of_frame.joint_of(self._all, asked, columns(by), where, margins)

    def difference(
        self,
        items: Names,
        between: str,
        answers: Collection[str] | None = None,
        by: By = None,
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
            low, high, effect, p, p_adjusted, differs, note.
        """
        dimensions = columns(by) if between == ESTIMAND else [between, *columns(by)]
        asked = [Estimand(item, item, None if answers is None else tuple(answers)) for item in self._all.known(items)]
        together = self.joint(asked, dimensions, where, margins=against == EVERYONE)
        return differences_of(together, between, against, adjust, small=small)

    def quantile(self, items: Names, p: float = 0.5, by: By = None, where: Where | None = None) -> pd.DataFrame:
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
        check_share(p)
        return together([self._all.quantile(item, p, by, where) for item in self._all.known(items)], p)

    def independence(
        self, items: Names, dimension: str, where: Where | None = None, adjusted: str = "bh"
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
        made = joint_of_frame.two_ways(self._all, self._all.known(items), self._all.known(dimension)[0], where)
        return tested(made, dimension, self._all.sample, adjusted, self._all.df)
