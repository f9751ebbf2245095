"""Respondents with the design that drew them, checked and numbered once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest
from digiskills.estimates import checks, of_frame, residuals, tables
from digiskills.estimates.domains import By, Names, Where, columns, domains
from digiskills.estimates.given import gave, given_answers
from digiskills.estimates.other_errors import with_errors
from digiskills.estimates.quantiles import woodruff
from digiskills.estimates.replicates.of_frame import ReplicateWeights, replicate_weights
from digiskills.estimates.replicates.rows import rows_of
from digiskills.estimates.sample import Sample
from digiskills.study import Replicates


@dataclass(frozen=True, eq=False, repr=False)
class Respondents:
    """Everyone in the sample, with what the estimates need of the design.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent, as given.
    weight : ndarray
        People for whom each respondent stands.
    stratum, cluster : ndarray of int
        Positions of each respondent's stratum and cluster.
    labels : ndarray of str
        Labels of the clusters (strata, where the sample has no clusters).
    sample : Sample
        Strata with their clusters.
    df : str
        Rule for the degrees of freedom.
    calibration : sequence of column or columns
        Margins to which the weights were calibrated.
    margins : ndarray, respondents x categories
        Indicators of those margins.
    before : ndarray
        Weight before the calibration over the weight.
    replicates : ReplicateWeights or None
        Replicate weights, from which errors are then made.
    """

    frame: pd.DataFrame
    weight: np.ndarray
    stratum: np.ndarray
    cluster: np.ndarray
    labels: np.ndarray
    sample: Sample
    df: str
    calibration: residuals.Calibration
    margins: np.ndarray
    before: np.ndarray
    replicates: ReplicateWeights | None = None

    @property
    def rows(self) -> residuals.Rows | None:
        """The respondents with the margins of the calibration; None where errors do not follow from it."""
        if not self.calibration or self.replicates is not None:
            return None
        unit = self.cluster if self.sample.clustered else self.stratum
        one, w = np.ones(len(self.frame)), self.weight
        return residuals.Rows(self.margins, one, w, w**2, self.before, unit, self.stratum)

    def known(self, items: Names) -> list[str]:
        """Names of columns; an error with all that are not there."""
        names = columns(items)
        there = [str(column) for column in self.frame.columns]
        problems = [f"item: ‘{name}’ is not there; {nearest(name, there)}" for name in names if name not in there]
        if problems:
            raise UsageError("\n".join(problems))
        return names

    def numbers(self, item: str) -> np.ndarray:
        """Numbers of a column, NaN without one; an error where it holds answers."""
        column = self.frame[self.known(item)[0]]
        if not pd.api.types.is_numeric_dtype(column):
            raise UsageError(f"item: ‘{item}’ holds answers, not numbers; take its share, or give its scores")
        return column.to_numpy(dtype=float, na_value=np.nan)

    def both(self, first: str, second: str) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of two columns, NaN where a respondent does not have both."""
        one, other = self.numbers(first), self.numbers(second)
        known = np.isfinite(one) & np.isfinite(other)
        return np.where(known, one, np.nan), np.where(known, other, np.nan)

    def given(self, items: Names, answers: object) -> dict[tuple[str, object], np.ndarray]:
        """Whether each answer of each item (or one of `answers`, labelled None) was given: 1 or 0; NaN for none."""
        return {
            (item, answer): gave(self.frame[item], wanted)
            for item in self.known(items)
            for answer, wanted in given_answers(self.frame[item], answers)
        }

    def table(
        self,
        values: Mapping[Any, np.ndarray],
        by: By,
        where: Where | None,
        *,
        total: bool = False,
        below: Sequence[np.ndarray] = (),
        keys: pd.DataFrame | None = None,
        interval: str = "t",
        shares: bool = False,
    ) -> pd.DataFrame:
        """Estimate means (shares, ratios) or totals of values.

        Parameters
        ----------
        values : mapping of name to ndarray
            Value of each respondent; NaN without an answer.
        by, where
            The domains.
        total : bool
            Whether totals are estimated.
        below : sequence of ndarray
            Denominators of ratios.
        keys : DataFrame, optional
            Labels of the values; `item` with their names by default.
        interval, shares
            As for `tables.table`.

        Returns
        -------
        DataFrame
            One row per value and domain.
        """
        about = domains(self.frame, columns(by), where)
        parts, places = list(values.values()), (self.stratum, self.cluster)
        sums = of_frame.sums(parts, self.weight, places, about, self.sample, not total, below)
        labels = tables.keys(list(values)) if keys is None else keys
        table = tables.table(sums, self.sample, about, labels, interval, self.df, shares)
        y, x = np.column_stack(parts), np.column_stack(list(below)) if len(below) else None
        if self.replicates is not None:
            errors, free = self.replicates.errors(y, rows_of(about), total, x)
            made = with_errors(table, errors, interval, shares, free)
            made.attrs["method"] |= self.replicates.how.words(self.df) | {"df_low": tables.few_df(made["df"])}
            return made
        if self.rows is None:
            return table
        made = with_errors(
            table, residuals.of_respondents(y, x, self.weight, about, self.rows, self.sample, total), interval, shares
        )
        made.attrs["method"]["calibration"] = residuals.explained(self.calibration)
        return made

    def quantile(self, item: str, p: float, by: By, where: Where | None) -> pd.DataFrame:
        """Quantile of one column in each domain, as `quantiles.woodruff` gives it."""
        about, column = domains(self.frame, columns(by), where), self.numbers(item)
        rows = np.flatnonzero(np.isfinite(column) & (about.code >= 0) & (self.weight > 0))
        values, at = np.unique(column[rows], return_inverse=True)
        if not len(values):
            raise UsageError(f"item: nobody has a number in ‘{item}’")
        shape = (len(about), len(values))
        cell = about.code[rows] * shape[1] + at
        weights = np.bincount(cell, self.weight[rows], shape[0] * shape[1]).reshape(shape)

        def _below(place: np.ndarray) -> pd.DataFrame:
            limit = np.append(values[place], np.nan)[about.code]
            return self.table({item: np.where(np.isfinite(column), column <= limit, np.nan)}, by, where)

        return woodruff(values, weights, p, _below)


def checked(
    frame: pd.DataFrame,
    given: checks.Given,
    lonely: str,
    nest: bool,
    df: str,
    calibration: residuals.Calibration,
    design_weight: str | None,
    replicates: Replicates | None = None,
) -> Respondents:
    """Check the columns of a design and number its strata and clusters.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    given : mapping of str to str or None
        Columns of weight, stratum, cluster, population and people.
    lonely, nest, df, calibration, design_weight, replicates
        As for `SurveyDesign`.

    Returns
    -------
    Respondents
        Ready for estimates.

    Raises
    ------
    DesignError
        With everything that is wrong.
    UsageError
        If a column does not exist.
    """
    checks.check_columns(frame, given)
    checks.check_rows(frame, given, nest)
    weight = frame[given["weight"]].to_numpy(dtype=float)
    stratum, strata = of_frame.strata(frame, given["stratum"])
    name = given["cluster"]
    cluster = of_frame.clusters(frame, name, stratum)
    labels = of_frame.cluster_labels(frame, name, cluster) if name else np.asarray(strata)
    sample = of_frame.sample_of(frame, stratum, cluster, strata, given, lonely)
    margins = residuals.margins(frame, calibration)
    if design_weight is not None:
        checks.check_columns(frame, {"design_weight": design_weight})
    first = weight if design_weight is None else frame[design_weight].to_numpy(dtype=float)
    before = np.divide(first, weight, out=np.zeros(len(frame)), where=weight > 0)
    made = None if replicates is None else replicate_weights(frame, str(given["weight"]), replicates, df)
    return Respondents(frame, weight, stratum, cluster, labels, sample, df, calibration, margins, before, made)
