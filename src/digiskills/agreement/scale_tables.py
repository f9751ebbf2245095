"""Reliability of all scales of a survey in one table, ready to be published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from digiskills.agreement.equivalence import THRESHOLDS
from digiskills.agreement.reliability import REASONS, reliability_by
from digiskills.agreement.scales import groups_of, survey_equivalence, survey_items, turned
from digiskills.codebook import Codebook
from digiskills.errors import UsageError, nearest
from digiskills.survey import Survey

Scales = Mapping[str, Sequence[str]]
WHOLE = ("needed", "held", "literacy")  # roles whose items make one scale each
BY_BARRIER = "barrier"  # a role whose items make one scale per barrier
COEFFICIENTS = ("alpha", "omega", "alpha_ordinal", "spearman_brown")
ONE_ITEM = "one_item"
SCALE = ["item", "coefficient", "items", "n", "fewest", "clusters", "estimate", "low", "high", "reason"]
EVERYONE = "all"


def scales_of(codebook: Codebook) -> dict[str, tuple[str, ...]]:
    """Return the scales of a survey.

    Parameters
    ----------
    codebook : Codebook
        Its roles and barriers make the scales.

    Returns
    -------
    dict
        For each scale its items: all levels needed (``needed``), all levels held (``held``), the tasks of digital
        literacy (``literacy``), and the statements on each barrier, by the barrier's name.
    """
    found: dict[str, list[str]] = {}
    for role in WHOLE:
        found[role] = [item.name for item in codebook.with_role(role)]
    for item in codebook.with_role(BY_BARRIER):
        found.setdefault(item.barrier, []).append(item.name)
    return {scale: tuple(items) for scale, items in found.items() if items and scale}


def scale_reliability(
    survey: Survey,
    by: str | None = None,
    scales: Scales | None = None,
    which: Sequence[str] = COEFFICIENTS,
    missing: str = "pairwise",
) -> pd.DataFrame:
    """Reliability of each scale of a survey, for all respondents or by group.

    Parameters
    ----------
    survey : Survey
        The survey.
    by : str, optional
        A dimension of the study, or a column of the survey such as ``answer_language``.
    scales : mapping of scale to items, optional
        By default those of `scales_of`.
    which : sequence of str
        Coefficients: ``alpha``, ``alpha_standardised``, ``omega``, ``alpha_ordinal``, ``spearman_brown`` (a scale
        of two items has the last alone).
    missing : {"pairwise", "listwise"}
        As in `reliability`.

    Returns
    -------
    DataFrame
        One row per scale, coefficient and group: item (the scale), coefficient, <by>, items, n (respondents
        with an answer), fewest (behind the thinnest covariance), clusters (of those respondents), estimate,
        low, high (of alpha, by Feldt), reason (why there is no estimate). Ordinal alpha is not made by group.

    Raises
    ------
    UsageError
        If an item, a coefficient or `by` does not exist, or an item has no scores.

    Notes
    -----
    Formulas in `reliability`. Design weights are not used, and clusters are not allowed for.
    """
    _refuse(which)
    labels = pd.Series(pd.Categorical([EVERYONE] * len(survey))) if by is None else groups_of(survey, by)
    tables = [_of_scale(survey, name, items, labels, by, missing) for name, items in _given(survey, scales).items()]
    method: dict[str, object] = next((table.attrs["method"] for table in tables if table.attrs), {})
    found = pd.concat(tables, ignore_index=True)
    found = found[found["coefficient"].isin(which) | found["reason"].eq(ONE_ITEM)].reset_index(drop=True)
    found = found.rename(columns={"group": by}) if by else found.drop(columns="group")
    found = found[[*SCALE[:2], *([by] if by else []), *SCALE[2:]]]
    found.attrs["method"] = {**method, "reasons": {**REASONS, ONE_ITEM: "one item makes no scale"}, "groups": by or ""}
    return found


def scale_items(survey: Survey, scales: Scales | None = None, missing: str = "pairwise") -> pd.DataFrame:
    """What each item adds to its scale, for every scale of a survey.

    Parameters
    ----------
    survey : Survey
        The survey.
    scales : mapping of scale to items, optional
        By default those of `scales_of`.
    missing : {"pairwise", "listwise"}
        As in `reliability`.

    Returns
    -------
    DataFrame
        One row per item: scale, item, n, clusters, estimate (correlation with the sum of the other items of the
        scale), mean, sd (of scores turned as the codebook declares), alpha_if_dropped (NaN where fewer than
        three items would be left). Scales of one item are left out.

    Raises
    ------
    UsageError
        If an item does not exist, has no scores or is constant.
    """
    parts = []
    for name, items in _given(survey, scales).items():
        if len(items) > 1:
            table = survey_items(survey, items, missing)
            clusters = [_clusters(survey, turned(survey, [item])) for item in items]
            parts.append(table.rename(columns={"item_rest": "estimate"}).assign(scale=name, clusters=clusters))
    if not parts:
        raise UsageError("scales: no scale has two items or more")
    found = pd.concat(parts, ignore_index=True)
    found = found[["scale", "item", "n", "clusters", "estimate", "mean", "sd", "alpha_if_dropped"]]
    found.attrs["method"] = {name: part for name, part in parts[0].attrs["method"].items() if name != "turned"}
    return found


def scale_equivalence(
    survey: Survey,
    by: str,
    scales: Scales | None = None,
    tests: Sequence[str] = ("total",),
    thresholds: str = "jodoin_gierl",
) -> pd.DataFrame:
    """Whether the items of each scale work alike in different groups of a survey.

    Parameters
    ----------
    survey : Survey
        The survey.
    by : str
        What makes the groups: ``answer_language``, or a dimension of the study such as ``level``.
    scales : mapping of scale to items, optional
        By default those of `scales_of`.
    tests : sequence of str
        ``uniform``, ``non_uniform``, ``total``.
    thresholds : {"jodoin_gierl", "zumbo_thomas"}
        As in `item_equivalence`.

    Returns
    -------
    DataFrame
        One row per scale, item and test: scale, item, test, n, fewest (respondents of the smallest group),
        clusters, estimate (change of Nagelkerke's R2), chi2, df, p, p_adjusted (Holm over the items of the
        scale), size (``negligible``, ``moderate``, ``large``), reason. Scales of fewer than three items are
        left out: there is no rest to hold an item against.

    Raises
    ------
    UsageError
        If `by` or an item does not exist, there are fewer than two groups, or no scale has three items.
    """
    parts = []
    for name, items in _given(survey, scales).items():
        if len(items) > 2:
            table = survey_equivalence(survey, items, by, thresholds)
            complete = turned(survey, items)[groups_of(survey, by).notna().to_numpy()].dropna()
            parts.append(table.assign(scale=name, clusters=_clusters(survey, complete)))
    if not parts:
        raise UsageError("scales: no scale has three items or more, so no item has a rest to be held against")
    found = pd.concat(parts, ignore_index=True)
    found = found[found["test"].isin(tests)].rename(columns={"r2_change": "estimate", "p_holm": "p_adjusted"})
    columns = ["scale", "item", "test", "n", "fewest", "clusters", "estimate", "chi2", "df", "p", "p_adjusted"]
    found = found[[*columns, "size", "reason"]].reset_index(drop=True)
    method = {name: part for name, part in parts[0].attrs["method"].items() if name != "turned"}
    moderate, large = THRESHOLDS[thresholds]
    found.attrs["method"] = {**method, "groups": by, "moderate": moderate, "large": large}
    return found


def _given(survey: Survey, scales: Scales | None) -> Scales:
    found = scales_of(survey.study.codebook) if scales is None else scales
    if not found:
        raise UsageError("scales: the codebook has no items needed, held, on literacy or on barriers; name the scales")
    return found


def _refuse(which: Sequence[str]) -> None:
    known = (*COEFFICIENTS, "alpha_standardised")
    wrong = [f"which: there is no coefficient ‘{name}’; {nearest(name, known)}" for name in which if name not in known]
    if wrong:
        raise UsageError("\n".join(wrong))


def _of_scale(
    survey: Survey, name: str, items: Sequence[str], labels: pd.Series, by: str | None, missing: str
) -> pd.DataFrame:
    scores = turned(survey, items)
    if len(items) < 2:
        return _of_one(survey, name, scores, labels)
    table = reliability_by(scores, labels, missing, ordinal=by is None)
    groups = labels.astype(object).to_numpy()
    clusters = {group: _clusters(survey, scores[groups == group]) for group in table["group"].unique()}
    return table.assign(item=name, clusters=table["group"].map(clusters))


def _of_one(survey: Survey, name: str, scores: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """A row without an estimate for each group: one item makes no scale."""
    groups, rows = labels.astype(object).to_numpy(), []
    for group in pd.Categorical(labels).remove_unused_categories().categories:
        answered = scores[groups == group].dropna()
        about = {"n": len(answered), "fewest": len(answered), "clusters": _clusters(survey, answered)}
        rows.append({"group": group, "coefficient": "alpha", "items": 1, **about, "estimate": np.nan})
    return pd.DataFrame(rows).assign(item=name, low=np.nan, high=np.nan, reason=ONE_ITEM)


def _clusters(survey: Survey, scores: pd.DataFrame) -> int:
    """Clusters of the respondents with an answer to any of the items; respondents, in a sample without clusters."""
    rows = scores.index[scores.notna().any(axis=1)]
    if survey.cluster is None:
        return len(rows)
    return int(survey.cluster.reset_index(drop=True).loc[rows].nunique())
