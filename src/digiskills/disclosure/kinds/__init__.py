"""The kinds of survey tables that can be declared: each makes an estimates frame from one source."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from digiskills.disclosure import own_page
from digiskills.disclosure.kinds import (
    answered,
    changes,
    models,
    needs,
    planned,
    profiles,
    reliability,
    response,
    robustness,
    sizes,
)
from digiskills.disclosure.source import Count, Source
from digiskills.disclosure.table import DeclaredTable
from digiskills.errors import UsageError, nearest
from digiskills.study import Study

KINDS: dict[str, Callable[[Source], pd.DataFrame]] = {
    "respondents": answered.respondents,
    "missing": answered.missing,
    "means": answered.means,
    "shares": answered.shares,
    "barrier_side": answered.barrier_side,
    "shortfalls": answered.shortfalls,
    "departments": sizes.departments,
    "differences": sizes.differences,
    "standardized": sizes.standardized,
    "mix_and_rate": sizes.mix_and_rate,
    "band_ends": sizes.band_ends,
    "size_trend": sizes.size_trend,
    "paired_levels": sizes.paired_levels,
    "between_departments": sizes.between_departments,
    "response": response.response,
    "model": models.model,
    "effects": models.effects,
    "adjusted": models.adjusted,
    "parallel": models.parallel,
    "department_share": models.department_share,
    "changes": changes.changes,
    "needs": needs.needs,
    "quadrants": needs.quadrants,
    "literacy": profiles.literacy,
    "quiz": profiles.quiz,
    "t_shaped": profiles.t_shaped,
    "coverage": profiles.coverage,
    "reach": profiles.reach,
    "pairs_short": profiles.pairs_short,
    "sets_short": profiles.sets_short,
    "answers_needed": planned.answers_needed,
    "detectable_change": planned.detectable_change,
    "reliability": reliability.reliability,
    "item_rest": reliability.item_rest,
    "equivalence": reliability.equivalence,
    "robustness": robustness.robustness,
    "robustness_range": robustness.robustness_range,
    "robustness_order": robustness.robustness_order,
}


def estimate(table: DeclaredTable, study: Study, count: Count) -> pd.DataFrame:
    """Return the estimates that a table shows, before release.

    Parameters
    ----------
    table : DeclaredTable
        What to estimate.
    study : Study
        What the study declares.
    count : callable
        Takes a wave and dimensions; returns the survey and its answers counted by them.

    Returns
    -------
    DataFrame
        One row per item, domain and, where the kind has them, measure or answer.

    Raises
    ------
    UsageError
        If the kind is not known, or not to be had of a single department.
    ReleaseError
        If the table is of a department and the study does not opt in.
    """
    if table.kind not in KINDS:
        raise UsageError(f"‘{table.kind}’ is no kind of survey table: {nearest(table.kind, KINDS)}")
    own_page.check(table, study)
    frame = KINDS[table.kind](Source(table, study, count))
    method = frame.attrs
    for name, category in table.where:
        frame = frame[frame[name].eq(category)] if name in table.by else frame
    frame = frame.reset_index(drop=True)
    frame.attrs = method
    return frame
