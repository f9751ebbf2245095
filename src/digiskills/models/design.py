"""The survey design of a model: which columns hold it, and the covariance that it gives to estimates."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from digiskills.estimates import SurveyDesign
from digiskills.models.problems import ModelError

COLUMNS_AT_ONCE = 200  # bounds the memory of the passes over respondents


@dataclass(frozen=True)
class Design:
    """Columns of a frame of respondents that hold the survey design; as for `SurveyDesign`.

    Parameters
    ----------
    weight : str
        Column of weights: people for whom a respondent stands.
    stratum, cluster : str, optional
        Columns of strata and of clusters.
    population : str or two str, optional
        Column of the clusters of the respondent's stratum in the population; and, as a second column, of the
        people of the respondent's cluster.
    lonely : {"adjust", "average", "certainty", "fail"}
        What a stratum with one sampled cluster adds.
    nest : bool
        Whether the same label in two strata stands for two clusters.
    """

    weight: str
    stratum: str | None = None
    cluster: str | None = None
    population: str | tuple[str, str] | None = None
    lonely: str = "adjust"
    nest: bool = False

    @property
    def columns(self) -> list[str]:
        """The columns named, each once."""
        population = [self.population] if isinstance(self.population, str) else list(self.population or ())
        named = [self.weight, self.stratum, self.cluster, *population]
        return list(dict.fromkeys(name for name in named if name is not None))

    def of(self, frame: pd.DataFrame) -> SurveyDesign:
        """The design of a frame, checked.

        Parameters
        ----------
        frame : DataFrame
            One row per respondent, everyone in the sample.

        Returns
        -------
        SurveyDesign
            With the errors of weights, strata and clusters, all at once.
        """
        return SurveyDesign(
            frame,
            self.weight,
            self.stratum,
            self.cluster,
            self.population,
            lonely=self.lonely,
            nest=self.nest,
            df="clusters",  # of all parameters together, which no single variance tells
        )


@dataclass(frozen=True, eq=False)
class Errors:
    """Covariance of estimates under a design, and what it stands on.

    Parameters
    ----------
    covariance : ndarray, estimates x estimates
        Design-based covariance.
    df : int
        Clusters minus strata of the respondents in the model.
    clusters : int
        Clusters with a respondent in the model.
    description : str
        One line on the design.
    """

    covariance: np.ndarray
    df: int
    clusters: int
    description: str


def covariance(frame: pd.DataFrame, design: Design, influence: np.ndarray) -> Errors:
    """Design-based covariance of estimates from the influence of each respondent on them.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent, everyone in the sample; holds the columns of the design.
    design : Design
        The columns.
    influence : ndarray, respondents x estimates
        What a respondent of weight 1 adds to the linearised estimate; NaN outside the model (a domain is a zero
        weight, never a filter).

    Returns
    -------
    Errors
        Covariance and degrees of freedom.

    Raises
    ------
    ModelError
        If the design gives no variance, as where every usable stratum has one cluster.

    Notes
    -----
    The variance of sum_i w_i z_i by Taylor linearisation on cluster totals, with strata, both stages and the
    lonely rule of `SurveyDesign.total`. D. A. Binder, International Statistical Review 51 (1983) 279-292.
    Covariances by polarisation, 2 cov(a, b) = V(a + b) - V(a) - V(b), exact because the variance is a quadratic
    form; columns are brought to one scale before, so that none drowns another.
    """
    weight = frame[design.weight].to_numpy(dtype=float)
    scale = np.sqrt(np.nansum((weight[:, None] * influence) ** 2, axis=0))
    scale[scale == 0] = 1
    scaled = influence / scale
    count = scaled.shape[1]
    pairs = list(combinations(range(count), 2))
    columns = [scaled[:, [one]] for one in range(count)] + [scaled[:, [a]] + scaled[:, [b]] for a, b in pairs]
    squares, totals = _variances(frame, design, columns)
    whole = np.diag(squares[:count])
    for (a, b), both in zip(pairs, squares[count:], strict=True):
        whole[a, b] = whole[b, a] = (both - squares[a] - squares[b]) / 2
    description = str(totals.attrs["method"]["design"])
    first = totals.iloc[0]
    return Errors(whole * np.outer(scale, scale), int(first["df"]), int(first["clusters"]), description)


def _variances(frame: pd.DataFrame, design: Design, columns: list[np.ndarray]) -> tuple[np.ndarray, pd.DataFrame]:
    """Variance of the weighted total of each column, and the last table of totals."""
    squares = []
    of_sample = frame[design.columns].reset_index(drop=True)
    for start in range(0, len(columns), COLUMNS_AT_ONCE):
        values = np.hstack(columns[start : start + COLUMNS_AT_ONCE])
        names = [f"influence {number}" for number in range(values.shape[1])]
        table = pd.concat([of_sample, pd.DataFrame(values, columns=names)], axis=1)
        totals = design.of(table).total(names)
        squares.append(totals["se"].to_numpy() ** 2)
    found = np.concatenate(squares)
    if not np.isfinite(found).all():
        raise ModelError(
            "the design gives no variance: every stratum met has one sampled cluster; join strata, "
            "or choose lonely = ‘adjust’"
        )
    return found, totals
