"""The rules that a single cell must meet, whatever else is published: counts of people, answers, departments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.disclosure.relations import Domain, inside
from digiskills.disclosure.table import DEPARTMENT
from digiskills.study import Release

FEW_ANSWERS, FEW_CLUSTERS, DOMINANCE = "few_answers", "few_clusters", "dominance"
FEW_IN_ANSWER, EVERYONE, FEW_DF = "few_in_answer", "everyone", "few_df"
COMPLEMENTARY, OVERRIDE, EDITION = "complementary", "override", "edition"
REASONS = (
    FEW_ANSWERS,
    FEW_CLUSTERS,
    DOMINANCE,
    FEW_IN_ANSWER,
    EVERYONE,
    FEW_DF,
    EDITION,
    OVERRIDE,
    COMPLEMENTARY,
)
"""Why a cell is withheld, in the order in which a report lists them."""
PROTECTED = "protected"
"""What a published table says of every withheld cell: which rule it was would itself tell a reader something."""
COUNTS = ("n", "n_before", "people", "fewest", "apart")
"""Columns of unweighted counts of people; the smallest decides whether a row may be shown."""
SHARES_OF_PEOPLE = ("literacy", "quiz", "t_shaped", "reach", "pairs_short", "sets_short")
"""Kinds whose estimate is a share of the people counted in ``n``, which are no sums of one item's answers."""
MODELLED = ("model", "effects", "adjusted")
ADD_UP = {"quiz": ("answer", "item")}
"""Kinds whose shares add up to 1 within rows that agree in these columns and in the dimensions."""


def withheld_reason(frame: pd.DataFrame, release: Release, *, has_clusters: bool, kind: str = "") -> pd.Series:
    """Return for each row of a table why it may not be shown, as far as the row itself says.

    Parameters
    ----------
    frame : DataFrame
        An estimates frame with ``n`` and ``clusters``, both unweighted, and any of `COUNTS`.
    release : Release
        The study's rules.
    has_clusters : bool
        Whether the sample has clusters.
    kind : str
        Kind of the table, where it has rules of its own.

    Returns
    -------
    Series of str
        One of `REASONS`, or empty.

    Notes
    -----
    A number stands on at least `smallest_group` answers from at least `fewest_clusters` clusters. Where it is a share
    of people that is no sum of one item's answers, its numerator is taken as the share times the answers; both it and
    what it leaves must reach `smallest_answer`, and of shares that add up to 1 no single one is withheld alone. Terms
    of a model have at least `fewest_df` degrees of freedom.
    """
    reasons = pd.Series("", index=frame.index)
    if kind in MODELLED and "df" in frame:
        reasons = reasons.mask(frame["df"].lt(release.fewest_df), FEW_DF)
    if kind in SHARES_OF_PEOPLE:
        some = (frame["estimate"] * frame["n"]).round()
        rare = some.lt(release.answers) | (frame["n"] - some).lt(release.answers)
        reasons = reasons.mask(rare, FEW_IN_ANSWER).mask(frame["estimate"].isin([0, 1]), EVERYONE)
        reasons = _none_alone(frame, reasons, some, kind, release) if kind in ADD_UP else reasons
    reasons = reasons.mask(has_clusters & frame["clusters"].lt(release.fewest_clusters), FEW_CLUSTERS)
    fewest = frame[[name for name in COUNTS if name in frame]].min(axis=1)
    return reasons.mask(fewest.lt(release.smallest_group), FEW_ANSWERS)


def _none_alone(frame: pd.DataFrame, reasons: pd.Series, some: pd.Series, kind: str, release: Release) -> pd.Series:
    """Withhold the next smallest share of a sum too, until those withheld together are people enough."""
    numbers = {"right", "n", "clusters", "estimate", "se", "df", "low", "high", "note"}
    keys = [name for name in frame if name in ADD_UP[kind] or name not in numbers]
    found = reasons.copy()
    for _, places in frame.groupby(keys, sort=False, observed=True, dropna=False).groups.items():
        for place in some[places].sort_values(kind="stable").index:
            gone = [at for at in places if found[at]]
            if not gone or (len(gone) > 1 and some[gone].sum() >= release.answers):
                break
            found[place] = found[place] or COMPLEMENTARY
    return found


def of_groups(groups: pd.DataFrame, domains: Sequence[Domain], release: Release, *, has_clusters: bool) -> pd.Series:
    """Return for each group of respondents why no number about it may be shown.

    Parameters
    ----------
    groups : DataFrame
        One row per cluster and cell of the dimensions: cluster, n, w, and a column of text per dimension.
    domains : sequence of Domain
        The groups.
    release : Release
        The study's rules.
    has_clusters : bool
        Whether the sample has clusters.

    Returns
    -------
    Series of str
        One of ``few_answers``, ``few_clusters``, ``dominance`` or empty; a group of nobody has no reason.

    Notes
    -----
    Dominance (n, k): the n departments with most weight hold a share of k or more of the group's weight, so that the
    group's result is theirs. Neither it nor the fewest departments is asked of a department's own table, which exists
    only where the study opts in.
    """
    member = inside(groups, domains)
    n = np.asarray(member @ groups["n"].to_numpy(float))
    reasons = pd.Series("", index=range(len(domains)))
    if has_clusters:
        codes, names = pd.factorize(groups["cluster"])
        met = groups["n"].to_numpy(float) > 0
        largest, share = release.dominance
        for place in [at for at, each in enumerate(domains) if DEPARTMENT not in dict(each)]:
            mine = member.indices[member.indptr[place] : member.indptr[place + 1]]
            mine = mine[met[mine]]
            weights = np.bincount(codes[mine], weights=groups["w"].to_numpy()[mine], minlength=len(names))
            held = np.sort(weights[weights > 0])[::-1]
            if len(held) and held[:largest].sum() >= share * held.sum():
                reasons[place] = DOMINANCE
            if len(np.unique(codes[mine])) < release.fewest_clusters:
                reasons[place] = FEW_CLUSTERS
    return reasons.mask(n < release.smallest_group, FEW_ANSWERS).mask(n == 0, "")
