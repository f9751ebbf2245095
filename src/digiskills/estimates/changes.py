"""Changes between two waves, with the covariance that comes from clusters in both samples."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd

from digiskills.answers import Answers
from digiskills.errors import UsageError
from digiskills.estimates.contrasts import LEVEL, SMALL_EFFECT, method, own_notes, tested
from digiskills.estimates.domains import Where
from digiskills.estimates.joint import Estimand, Joint, joint
from digiskills.estimates.multiplicity import adjust_by_family
from digiskills.estimates.notes import LONELY, gravest
from digiskills.estimates.overlap import common_clusters, covariance_of_waves

SHARE_DECIMALS = 2  # whole per cent
MEAN_DECIMALS = 2
EQUAL, ROUNDING = "equal_when_rounded", "rounding"


def changes(
    before: Answers,
    after: Answers,
    estimands: Estimand | Sequence[Estimand],
    by: str | Sequence[str] = (),
    where: Where | None = None,
    adjust: str = "bh",
    small: float = SMALL_EFFECT,
    df: str = "smallest",
) -> pd.DataFrame:
    """Change of each estimate from one wave to another.

    Parameters
    ----------
    before, after : Answers
        The two waves, counted by the same dimensions. Respondents of two waves are other people; clusters may
        be in both and are matched by label.
    estimands : Estimand or sequence of Estimand
        What changes.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.
    adjust : {"bh", "holm", "none"}
        Adjustment of the p values; the table is the family.
    small, df
        As for `contrasts`.

    Returns
    -------
    DataFrame
        One row per estimand and domain: estimand, <by>, n and clusters (of the smaller wave), before, after,
        estimate (after minus before), se, df, low, high, effect, p, p_adjusted, differs, note. The note is
        ``equal_when_rounded`` where the two waves round to the same number although they differ,
        ``rounding`` where the change is not the difference of the rounded numbers; after it, with a space, one of
        the notes of every estimate (`digiskills.estimates.notes`).

    Raises
    ------
    UsageError
        If a name does not exist, or the two waves do not hold the same domains.

    Notes
    -----
    var(after - before) = V_1 + V_2 - 2 C, C summed over strata as (n_c - n_1 n_2 / N) s_12: n_1 and n_2 clusters
    sampled of N, n_c of them in both waves, s_12 the covariance of the two linearised totals over those n_c.
    Shares are rounded to whole per cent, means to two decimals, after the change is made. S. M. Tam, The American
    Statistician 38 (1984) 288-289; L. Qualité and Y. Tillé, Survey Methodology 34 (2008) 173-181.
    """
    waves = [joint(wave, estimands, by, where) for wave in (before, after)]
    return changes_of(waves[0], waves[1], adjust, small, df)


def changes_of(
    before: Joint, after: Joint, adjust: str = "bh", small: float = SMALL_EFFECT, df: str = "smallest"
) -> pd.DataFrame:
    """Change of each of two waves' joint estimates.

    Parameters
    ----------
    before, after : Joint
        The same estimands and domains in two waves.
    adjust, small, df
        As for `changes`.

    Returns
    -------
    DataFrame
        As for `changes`.

    Raises
    ------
    UsageError
        If the two do not hold the same estimands and domains.
    """
    keys = ["estimand", *before.by]
    if list(after.frame.columns) != list(before.frame.columns) or not _same(before.frame[keys], after.frame[keys]):
        raise UsageError("changes: the two waves do not hold the same estimands and domains")
    first, second = before.frame, after.frame
    frame = first[keys].copy()
    for name in ("n", "clusters"):
        frame[name] = np.minimum(first[name], second[name])
    frame["before"], frame["after"] = first["estimate"], second["estimate"]
    frame["estimate"] = second["estimate"] - first["estimate"]
    frame["se"] = _se(before, after)
    free = np.minimum(first["df"], second["df"]) if df == "smallest" else min(before.df, after.df)
    frame["df"] = np.where(frame["n"] > 0, free, 0)
    frame = tested(frame)
    frame.insert(list(frame.columns).index("p"), "effect", _effect(before, after))
    family = pd.Series("table", index=frame.index)
    frame["p_adjusted"] = adjust_by_family(frame["p"], family, adjust)
    frame["differs"] = (frame["p_adjusted"] < LEVEL) & (frame["effect"].abs() >= small)
    rounded = _notes(frame, np.where(before.share, SHARE_DECIMALS, MEAN_DECIMALS))
    lonely = [np.where(wave["note"] == LONELY, LONELY, "") for wave in (first, second)]
    cautions = gravest([*lonely, own_notes(frame)])
    frame["note"] = [" ".join(filter(None, words)) for words in zip(rounded, cautions, strict=True)]
    how = method(frame, adjust, family, small, df) | {"overlap": _overlap(before, after)}
    frame.attrs["method"] = dict(second.attrs["method"]) | {"design_before": first.attrs["method"]["design"]} | how
    return frame


def _same(first: pd.DataFrame, second: pd.DataFrame) -> bool:
    return first.astype(str).to_numpy().tolist() == second.astype(str).to_numpy().tolist()


def _se(before: Joint, after: Joint) -> np.ndarray:
    """Standard error of the change; NaN where one wave has none, having one answer only."""
    variances = [np.diag(wave.covariance) for wave in (before, after)]
    constant = [
        (variance == 0) & (wave.spread < 1e-6) for variance, wave in zip(variances, (before, after), strict=True)
    ]
    variance = variances[0] + variances[1] - 2 * covariance_of_waves(before, after)
    return np.where(constant[0] | constant[1], np.nan, np.sqrt(np.maximum(variance, 0)))


def _effect(before: Joint, after: Joint) -> np.ndarray:
    """Cohen's h of shares; the change of means over the root mean variance of the two waves."""
    first, second = (wave.frame["estimate"].to_numpy(dtype=float) for wave in (before, after))
    angles = [2 * np.arcsin(np.sqrt(np.clip(np.where(before.share, p, 0), 0, 1))) for p in (first, second)]
    spread = np.sqrt((before.spread**2 + after.spread**2) / 2)
    means = np.divide(second - first, spread, out=np.full(len(first), np.nan), where=spread > 0)
    return np.asarray(np.where(before.share, angles[1] - angles[0], means))


def _notes(frame: pd.DataFrame, decimals: np.ndarray) -> np.ndarray:
    first, second, change = (_rounded(frame[name], decimals) for name in ("before", "after", "estimate"))
    known = np.isfinite(frame["estimate"].to_numpy(dtype=float))
    equal = known & (first == second) & ((change != 0) | (frame["p_adjusted"] < LEVEL).to_numpy())
    return np.where(equal, EQUAL, np.where(known & (second - first != change), ROUNDING, ""))


def _rounded(values: pd.Series, decimals: np.ndarray) -> np.ndarray:
    """Halves away from zero, as a reader rounds, in units of the last decimal; 0 where there is no number."""
    shown = [Decimal(repr(float(value))) if np.isfinite(value) else Decimal(0) for value in values]
    scaled = [value.scaleb(int(places)) for value, places in zip(shown, decimals, strict=True)]
    return np.array([int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP)) for value in scaled])


def _overlap(before: Joint, after: Joint) -> str:
    if not (before.sample.clustered and after.sample.clustered):
        return "none: respondents of two waves are other people"
    common = common_clusters(before, after)
    left_out = int((~common.matched).sum())
    moved = f"; {left_out} of them changed stratum, their covariance is left out" if left_out else ""
    return f"{len(common.matched)} clusters in both waves{moved}"
