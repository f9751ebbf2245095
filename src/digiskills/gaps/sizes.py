"""Whether a finding on department size hangs on the bands: a trend over heads, and other cuts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from digiskills.errors import UsageError
from digiskills.estimates import Estimand, differences_of, intervals
from digiskills.estimates.notes import with_own_notes
from digiskills.estimates.variance import Results
from digiskills.gaps.respondents import clusters_of, coded, design_of, pairs_of, short_of
from digiskills.survey import Survey

# Two other ways to cut: three bands, and six.
OWN, CUT = "own", "_cut "
CUTS: Mapping[str, Sequence[float]] = {"three": (200, 2000), "six": (50, 150, 400, 1000, 3000)}


def headcount_trend(survey: Survey, skills: str | Sequence[str] | None = None, least: float = 1) -> pd.DataFrame:
    """Change of the share short per doubling of a department's heads, without bands.

    Parameters
    ----------
    survey : Survey
        With clusters, and people of each cluster.
    skills : str or sequence of str, optional
        Skills, all by default.
    least : float
        Levels short from which a person counts.

    Returns
    -------
    DataFrame
        One row per skill: item, n, clusters, estimate (change of the share per doubling), se, df, low, high,
        note.

    Raises
    ------
    UsageError
        If the survey does not know its clusters' people, or a skill does not exist.

    Notes
    -----
    Slope b of a weighted straight line of the indicator over x = log2(heads): the same as that through the
    departments' shares, each weighted by its sum of weights. b = sum w (x - xbar) y / Sxx; its error is that of
    the total of z = (x - xbar)(y - ybar - b (x - xbar)) / Sxx over the design (D. Binder, International
    Statistical Review 51 (1983) 279-292), as R's svyglm, with its df less one for the slope.
    """
    x = np.log2(heads_of(survey))
    tables = [_slope(survey, x, short_of(survey, pair, least), pair.skill) for pair in pairs_of(survey, skills)]
    found = pd.concat(tables, ignore_index=True)
    found.attrs["method"] = tables[0].attrs["method"] | {"trend": "per doubling of heads, linear in log2(heads)"}
    return found


def banded(
    survey: Survey,
    skills: str | Sequence[str] | None = None,
    cuts: Mapping[str, Sequence[float]] = CUTS,
    least: float = 1,
) -> pd.DataFrame:
    """Share short by bands of heads, under several cuts.

    Parameters
    ----------
    survey : Survey
        With clusters, and people of each cluster.
    skills : str or sequence of str, optional
        Skills, all by default.
    cuts : mapping of str to sequence of float
        For each way to cut, the heads at which a band begins, ascending; the first band begins at 0.
    least : float
        Levels short from which a person counts.

    Returns
    -------
    DataFrame
        One row per way to cut, skill and band: item (the skill), cut, band (such as "50-149"), from_heads, n,
        clusters, estimate, se, df, low, high.

    Raises
    ------
    UsageError
        If a cut does not ascend, the survey does not know its clusters' people, or a skill does not exist.

    Notes
    -----
    The bands are domains, so the error is that of the sample as it was drawn, whose strata follow other bands.
    """
    heads, pairs = heads_of(survey), pairs_of(survey, skills)
    short = {pair.skill: short_of(survey, pair, least) for pair in pairs}
    tables = []
    for name, starts in cuts.items():
        band = _band_of(heads, name, starts)
        table = design_of(survey, short | {"band": band}).share(list(short), 1.0, "band")
        table.insert(1, "cut", name)
        table.insert(3, "from_heads", np.tile([0.0, *starts], len(pairs)))
        tables.append(table)
    found = pd.concat(tables, ignore_index=True)
    found["band"] = found["band"].astype(str)
    found.attrs["method"] = tables[0].attrs["method"]
    return found


def ends(
    survey: Survey,
    skills: str | Sequence[str] | None = None,
    own: str | None = "department_size",
    cuts: Mapping[str, Sequence[float]] = CUTS,
    least: float = 1,
) -> pd.DataFrame:
    """Share short in the smallest band less that in the largest, under several cuts: one conclusion or several.

    Parameters
    ----------
    survey : Survey
        With clusters, and people of each cluster.
    skills : str or sequence of str, optional
        Skills, all by default.
    own : str, optional
        The dimension of the study's own bands, smallest first, which stand as the cut ``own``.
    cuts, least
        As for `banded`.

    Returns
    -------
    DataFrame
        One row per skill and way to cut: item (the skill), cut, n and clusters (of the smaller of the two bands),
        estimate, se, df, low, high, effect, p, note.

    Raises
    ------
    UsageError
        As for `banded`.

    Notes
    -----
    Bands are domains of the sample as it was drawn; the covariance of the two is that of the design.
    """
    heads, pairs = heads_of(survey), pairs_of(survey, skills)
    bands = {name: _band_of(heads, name, starts) for name, starts in cuts.items()}
    if own is not None:
        bands = {OWN: survey.dimension(own)} | bands
    short = {pair.skill: _yes_or_no(short_of(survey, pair, least)) for pair in pairs}
    columns = {f"{CUT}{name}": _outermost(band) for name, band in bands.items()}
    design = design_of(survey, short | columns)
    asked = [Estimand(skill, skill, ("yes",)) for skill in short]
    tables = [
        differences_of(design.joint(asked, column), column, adjust="none").assign(cut=column.removeprefix(CUT))
        for column in columns
    ]
    found = pd.concat(tables, ignore_index=True).rename(columns={"estimand": "item"})
    order = {skill: place for place, skill in enumerate(short)}
    found = found.sort_values("item", key=lambda items: items.map(order), kind="stable", ignore_index=True)
    numbers = ["n", "clusters", "estimate", "se", "df", "low", "high", "effect", "p", "note"]
    found = found[["item", "cut", *(name for name in numbers if name in found)]]
    found.attrs["method"] = tables[0].attrs["method"] | {"compared": "the smallest band less the largest"}
    return found


def heads_of(survey: Survey) -> np.ndarray:
    """Heads of each respondent's department.

    Parameters
    ----------
    survey : Survey
        With clusters, and people of each cluster.

    Returns
    -------
    ndarray of float
        One per respondent.

    Raises
    ------
    UsageError
        If they are not known.
    """
    if survey.cluster is None or survey.people is None:
        raise UsageError("heads of departments are not known: study.toml [design] cluster and people")
    cluster, labels = clusters_of(survey)
    heads = np.asarray(survey.people.rename(str).reindex(labels).to_numpy(dtype=float)[cluster])
    if not np.isfinite(heads).all():
        raise UsageError("heads of departments: some departments of the survey have none")
    return heads


def _slope(survey: Survey, x: np.ndarray, y: np.ndarray, skill: str) -> pd.DataFrame:
    known = np.isfinite(y) & (survey.weight > 0)
    weight = np.where(known, survey.weight, 0)
    values = np.nan_to_num(y)
    x_mean, y_mean = np.average(x, weights=weight), np.average(values, weights=weight)
    off = x - x_mean
    spread = (weight * off**2).sum()
    if spread == 0:
        raise UsageError("trend: all departments have the same number of heads")
    slope = (weight * off * values).sum() / spread
    z = np.where(known, off * (values - y_mean - slope * off) / spread, np.nan)
    found = design_of(survey, {"z": z}).total("z")
    found["item"], found["estimate"] = skill, slope
    found["df"] = np.maximum(found["df"] - 1, 0)
    results = Results(*(found[name].to_numpy() for name in ("n", "clusters", "estimate", "se", "df")))
    found["low"], found["high"] = intervals.bounds(results, "t", False)
    return with_own_notes(found)


def _band_of(heads: np.ndarray, name: str, starts: Sequence[float]) -> pd.Categorical:
    """Band of each respondent's department."""
    _check(name, starts)
    return coded(np.searchsorted(np.asarray(starts, dtype=float), heads, side="right").astype(float), _bands(starts))


def _outermost(band: pd.Categorical) -> pd.Categorical:
    """The first and the last band only; null between them."""
    edges = [str(band.categories[at]) for at in (0, -1)]
    return band.set_categories(edges)


def _yes_or_no(short: np.ndarray) -> pd.Categorical:
    return coded(short, ["no", "yes"])


def _check(name: str, starts: Sequence[float]) -> None:
    if not len(starts) or (np.diff(np.asarray(starts, dtype=float)) <= 0).any() or starts[0] <= 0:
        raise UsageError(f"cuts: ‘{name}’ must ascend from above 0: {', '.join(f'{start:g}' for start in starts)}")


def _bands(starts: Sequence[float]) -> list[str]:
    first, last = f"<{starts[0]:g}", f"{starts[-1]:g}+"
    return [first, *(f"{low:g}-{high - 1:g}" for low, high in pairwise(starts)), last]
