"""Regression with a random department: how much lies between departments, and where each stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from digiskills.estimates.domains import Where
from digiskills.models.coding import Column, Predictors
from digiskills.models.fit import CONFIDENCE, with_inference
from digiskills.models.problems import ModelError, check_errors
from digiskills.models.reml import Grouped, Solved, best, interval
from digiskills.models.rows import Rows, known, numbers, rows

NO_VARIANCE = 1e-12  # of the residuals, beside that of the outcome
UNWEIGHTED = "none: the model ignores the survey weights and strata; it describes these respondents, not the population"
EDGE = "departments differ no more than chance would: their variance is 0, on the edge of what it can be"
PRIVATE = "for checks and funnel plots without names; never for release by name"


@dataclass(frozen=True, eq=False, repr=False)
class Multilevel:
    """A fitted model with a random department; it never shows a respondent.

    Parameters
    ----------
    columns : tuple of Column
        What each fixed effect is about.
    groups : Grouped
        Respondents in departments (private).
    solved : Solved
        Fixed effects at the fitted variances.
    icc : float
        Share of the variance that lies between departments.
    names : tuple of str
        Departments in the order of `groups` (private).
    method : mapping
        How it was made.
    """

    columns: tuple[Column, ...]
    groups: Grouped
    solved: Solved
    icc: float
    names: tuple[str, ...]
    method: Mapping[str, object]

    def __repr__(self) -> str:
        """Model and size, never a respondent."""
        return f"Multilevel({self.method['model']}; {self.method['n']} respondents, {len(self.names)} departments)"

    @property
    def between(self) -> float:
        """Variance between departments."""
        return self.solved.variance * self.icc / (1 - self.icc)

    @property
    def covariance(self) -> np.ndarray:
        """Covariance of the fixed effects, (X'V^-1X)^-1 at the fitted variances."""
        return np.asarray(self.solved.variance * np.linalg.inv(self.solved.information))

    def table(self) -> pd.DataFrame:
        """The fixed effects with their errors.

        Returns
        -------
        DataFrame
            One row per parameter: term, level, estimate, se, df, low, high, p.
        """
        frame = pd.DataFrame({"term": [c.term for c in self.columns], "level": [c.level for c in self.columns]})
        df = len(self.names) - len(self.columns)
        table = with_inference(frame, self.solved.estimate, self.covariance, df)
        table.attrs["method"] = dict(self.method)
        return table

    def variances(self) -> pd.DataFrame:
        """The variance between departments and within them, and the intra-class correlation.

        Returns
        -------
        DataFrame
            One row per measure: measure (var_dept, var_resid, icc), estimate, low, high; an interval for icc only,
            by profile of the restricted likelihood.
        """
        low, high = interval(self.groups, self.icc, CONFIDENCE)
        table = pd.DataFrame({"measure": ["var_dept", "var_resid", "icc"]})
        table["estimate"] = [self.between, self.solved.variance, self.icc]
        table["low"], table["high"] = [np.nan, np.nan, low], [np.nan, np.nan, high]
        words = "of icc: profile of the restricted likelihood, chi-squared on 1; none for the variances"
        table.attrs["method"] = {**self.method, "interval": words}
        return table

    def departments(self, names: bool = False) -> pd.DataFrame:
        """Where each department stands after the fixed effects, drawn towards 0 as its respondents are few.

        Parameters
        ----------
        names : bool
            Whether departments are named; else they are numbered by size, largest first. Never for release.

        Returns
        -------
        DataFrame
            One row per department, largest first: department, n, mean (of its residuals), estimate (shrunken),
            se (of prediction), low, high. `attrs["private"]` says what it is not for.

        Notes
        -----
        u_j = k_j mean_j, k_j = n_j b / (s² + n_j b), b the variance between departments; prediction error
        b - b² (n_j / (s² + n_j b) - c_j' C c_j), c_j the column sums of X_j over s² + n_j b, C the covariance of
        the fixed effects. C. R. Henderson, Biometrics 31 (1975) 423-447.
        """
        size, between = self.groups.sizes, self.between
        spread = self.solved.variance + size * between
        mean = self.groups.sums(self.solved.residual) / size
        pulled = self.groups.sums(self.groups.matrix) / spread[:, None]
        known_part = size / spread - np.einsum("ij,jk,ik->i", pulled, self.covariance, pulled)
        se = np.sqrt(np.maximum(between - between**2 * known_part, 0))
        estimate = size * between / spread * mean
        half = stats.norm.ppf((1 + CONFIDENCE) / 2) * se
        table = pd.DataFrame({"department": list(self.names), "n": size, "mean": mean, "estimate": estimate, "se": se})
        table = table.assign(low=estimate - half, high=estimate + half)
        table = table.sort_values("n", ascending=False, kind="stable").reset_index(drop=True)
        if not names:
            table["department"] = np.arange(1, len(table) + 1)
        table.attrs["method"] = {**self.method, "interval": "normal, on the prediction error"}
        table.attrs["private"] = PRIVATE
        return table


def multilevel(
    frame: pd.DataFrame,
    outcome: str,
    predictors: Predictors,
    department: str,
    reference: Mapping[str, str] | None = None,
    where: Where | None = None,
) -> Multilevel:
    """Linear regression with a random department, by restricted maximum likelihood (REML).

    Parameters
    ----------
    frame : DataFrame
        One row per respondent: outcome, predictors and department.
    outcome : str
        Column of numbers; NaN where there is no answer.
    predictors
        As for `linear`.
    department : str
        Column of departments.
    reference, where
        As for `linear`.

    Returns
    -------
    Multilevel
        `table()`, `variances()` and `departments()`.

    Raises
    ------
    UsageError
        If a column, category or term does not exist.
    ModelError
        If the answers cannot give the model, with what would do.

    Notes
    -----
    The model ignores the survey weights: it says how much departments differ among these respondents, not what
    holds in the population. One number, the intra-class correlation, is searched; the rest follows from it, so
    that an estimate on the edge (0) and its interval come out of the same likelihood. df: departments less
    parameters, which is cautious for predictors that vary within departments.
    """
    known(frame, [department])
    labels = frame[department]
    values = numbers(frame, outcome).where(labels.notna())
    found = rows(frame, values, predictors, None, reference, where)
    group, names = pd.factorize(labels[found.used].astype(str), sort=True)
    _check_departments(np.bincount(group), len(found.coding.columns), department, outcome)
    groups = Grouped(found.outcome, found.matrix, group)
    _check_within(groups, outcome)
    icc = best(groups)
    made = Multilevel(
        found.coding.columns,
        groups,
        groups.at(icc),
        icc,
        tuple(str(name) for name in names),
        _method(outcome, department, found, len(names), icc),
    )
    check_errors(made.covariance, made.columns)
    return made


def _check_departments(sizes: np.ndarray, parameters: int, department: str, outcome: str) -> None:
    if len(sizes) < 2:
        raise ModelError(f"‘{department}’: all respondents of ‘{outcome}’ are in one; take a linear model")
    if (sizes == 1).all():
        raise ModelError(f"‘{department}’: one respondent each, so that nothing tells departments from people")
    if parameters >= len(sizes):
        raise ModelError(
            f"{parameters} parameters are too many for {len(sizes)} departments; join categories or take fewer "
            "predictors"
        )


def _check_within(groups: Grouped, outcome: str) -> None:
    """Refuse an outcome that is the same for everyone of a department, once predictors are taken out."""
    within = groups.outcome - (groups.sums(groups.outcome) / groups.sizes)[groups.group]
    columns = groups.matrix - (groups.sums(groups.matrix) / groups.sizes[:, None])[groups.group]
    left = within - columns @ np.linalg.lstsq(columns, within)[0]
    if left @ left <= NO_VARIANCE * ((groups.outcome - groups.outcome.mean()) ** 2).sum():
        raise ModelError(
            f"‘{outcome}’ does not vary within departments; take one row per department and a linear model"
        )


def _method(outcome: str, department: str, found: Rows, departments: int, icc: float) -> dict[str, object]:
    method: dict[str, object] = {
        "model": f"linear regression of {outcome} with a random {department}, REML",
        "outcome": outcome,
        "reference": found.coding.references,
        "weights": UNWEIGHTED,
        "n": int(found.used.sum()),
        "departments": departments,
        "left_out": int((~found.used).sum()),
        "interval": "t on the degrees of freedom",
        "df_rule": "departments less parameters",
        "confidence": CONFIDENCE,
    }
    if icc == 0:
        method["edge"] = EDGE
    return method
