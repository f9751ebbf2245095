"""Several estimates together, with the covariance that the design gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from digiskills.answers import Answers
from digiskills.errors import UsageError
from digiskills.estimates import degrees_of_freedom, tables
from digiskills.estimates.counted_sample import labels_of, sample_of, sets_of
from digiskills.estimates.covariance import Linearised, alone, counts, covariance, degrees
from digiskills.estimates.domains import Where, columns
from digiskills.estimates.from_answers import Part, answers_of, giving, replicate_sums, scored
from digiskills.estimates.linearised import linearised
from digiskills.estimates.margins import sets
from digiskills.estimates.notes import notes
from digiskills.estimates.replicates import Replicated
from digiskills.estimates.replicates import sums as replicates
from digiskills.estimates.residuals import explained
from digiskills.estimates.sample import Sample


@dataclass(frozen=True)
class Estimand:
    """What is estimated in each domain.

    Parameters
    ----------
    name : str
        What it is called in results.
    item : str
        An item, or ``gap:skill``.
    of : tuple of str, optional
        Answers whose share is estimated (a net, where there are several); without them the mean of the scores.
    """

    name: str
    item: str
    of: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Joint:
    """Estimates with their covariance.

    Parameters
    ----------
    frame : DataFrame
        One row per estimand and domain: estimand, <by>, n, clusters, estimate, se, df, note.
        `attrs["method"]` says how.
    covariance : ndarray, rows x rows
        Design-based, in the order of `frame`; NaN where there is no answer.
    df : int
        Degrees of freedom of the whole sample: clusters minus strata.
    spread : ndarray, one per row
        Weighted standard deviation of the values in the domain.
    share : ndarray of bool, one per row
        Whether the estimate is a share.
    by : tuple of str
        The dimensions of the breakdown.
    linear : Linearised
        The linearised totals, for covariances with another wave.
    sample : Sample
        Strata and clusters of the whole sample.
    clusters : ndarray of str
        Labels of the units of `linear`.
    """

    frame: pd.DataFrame
    covariance: np.ndarray
    df: int
    spread: np.ndarray
    share: np.ndarray
    by: tuple[str, ...]
    linear: Linearised
    sample: Sample
    clusters: np.ndarray

    def __repr__(self) -> str:
        """Shape only."""
        return f"Joint({len(self.frame)} estimates; {self.sample.description})"


def joint(
    answers: Answers,
    estimands: Sequence[Estimand] | Estimand,
    by: str | Sequence[str] = (),
    where: Where | None = None,
    margins: bool = False,
    df: str = "domain",
) -> Joint:
    """Estimates of several items, nets, gaps and domains with their covariance.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    estimands : Estimand or sequence of Estimand
        What to estimate, with names that differ.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.
    margins : bool
        Whether to add the sums over dimensions, marked ``"all"``, so that one group can be held against all.
    df : {"domain", "design"}
        Rule for the degrees of freedom of each row.

    Returns
    -------
    Joint
        One row per estimand and domain.

    Raises
    ------
    UsageError
        If a name does not exist or is given twice; or if two items are asked for whose covariance counted
        answers do not hold: give ``with_pairs(answers, survey, items)``, or use `SurveyDesign.joint`.

    Notes
    -----
    u_hij = w (y - m) / N, with y the score or the indicator of an answer and m = T / N the estimate in the
    domain; covariances as in `digiskills.estimates.covariance`. Sums over clusters hold all of the first stage
    for any items and domains. The variance between respondents (second stage, or a sample without clusters)
    needs the sum over respondents of u_a u_b: for one item it follows from squared weights per answer, for two
    items from the squared weights per pair of answers.
    """
    asked = [estimands] if isinstance(estimands, Estimand) else list(estimands)
    check_names([estimand.name for estimand in asked])
    parts = [_part(answers, estimand) for estimand in asked]
    about = sets_of(answers, columns(by), where, margins)
    sample = sample_of(answers)
    linear = linearised(answers, parts, about, sample)
    labels = labels_of(answers)
    share, names = [estimand.of is not None for estimand in asked], [estimand.name for estimand in asked]
    replicated = None
    if answers.replicates is not None:
        cells = sets(answers.replicates.cells, columns(by), where, margins).rows
        replicated = _replicated(answers, parts, linear, cells, df)
    made = assembled(names, share, about.labels, columns(by), linear, sample, labels, df, replicated)
    if answers.calibration is not None and replicated is None:
        made.frame.attrs["method"]["calibration"] = explained(answers.calibration.margins)
    return made


def assembled(
    names: Sequence[str],
    share: Sequence[bool],
    labels: pd.DataFrame,
    by: Sequence[str],
    linear: Linearised,
    sample: Sample,
    clusters: np.ndarray,
    df: str,
    replicated: Replicated | None = None,
) -> Joint:
    """Make the frame and the covariance of linearised estimates.

    Parameters
    ----------
    names : sequence of str
        Names of the estimands.
    share : sequence of bool
        Which of them are shares.
    labels : DataFrame
        One row per domain.
    by : sequence of str
        Dimensions of the breakdown.
    linear : Linearised
        Columns are domains within estimands.
    sample : Sample
        The whole sample.
    clusters : ndarray of str
        Labels of the units.
    df : {"domain", "design"}
        Rule for the degrees of freedom.
    replicated : Replicated, optional
        Errors from replicates, in the place of those from clusters.

    Returns
    -------
    Joint
        One row per estimand and domain.
    """
    degrees_of_freedom.check(df)
    found = covariance(linear, sample) if replicated is None else replicated.covariance
    met, _ = counts(linear, sample)
    n, se = linear.n.round().astype(int), np.sqrt(np.maximum(np.diag(found), 0))
    free = degrees(linear, sample, df) if replicated is None else np.where(n > 0, replicated.df, 0)
    noted = notes(n, se, free, alone(linear, sample) if replicated is None else 0.0)
    numbers = {"n": n, "clusters": met, "estimate": linear.estimate, "se": se, "df": free, "note": noted}
    frame = tables.labelled(pd.DataFrame({"estimand": list(names)}), labels, numbers)
    told = {} if replicated is None else dict(replicated.method)
    frame.attrs["method"] = tables.design_of(sample, df) | told | {"df_low": tables.few_df(frame["df"])}
    shares = np.repeat(np.asarray(share, dtype=bool), len(labels))
    whole = sample.degrees_of_freedom if replicated is None else replicated.whole
    return Joint(frame, found, whole, linear.spread, shares, tuple(by), linear, sample, clusters)


def check_names(names: Sequence[str]) -> None:
    """Refuse no estimand, or two with one name.

    Raises
    ------
    UsageError
        With the names given twice.
    """
    if not names:
        raise UsageError("estimands: none was given")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"estimands: more than one is named {', '.join(twice)}")


def _part(answers: Answers, estimand: Estimand) -> Part:
    item = answers.item(estimand.item)
    return scored(item) if estimand.of is None else giving(item, answers_of(item, estimand.of))


def _replicated(
    answers: Answers, parts: Sequence[Part], linear: Linearised, cells: Sequence[np.ndarray], df: str
) -> Replicated:
    """Errors from the estimates made with each replicate weight."""
    each = replicates.by_replicate(*replicate_sums(answers, parts), cells, total=False)
    found = np.vstack([linear.estimate, np.moveaxis(each, 2, 1).reshape(len(each), -1)])
    return replicates.declared(answers).replicated(found, *replicates.degrees_of(answers, cells, df), df)
