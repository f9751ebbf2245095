"""The kinds of survey tables that can be declared: each makes an estimates frame from one source."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from digiskills.disclosure.kinds import answered
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
        If the kind is not known.
    """
    if table.kind not in KINDS:
        raise UsageError(f"‘{table.kind}’ is no kind of survey table: {nearest(table.kind, KINDS)}")
    frame = KINDS[table.kind](Source(table, study, count))
    method = frame.attrs
    for name, category in table.where:
        frame = frame[frame[name].eq(category)] if name in table.by else frame
    frame = frame.reset_index(drop=True)
    frame.attrs = method
    return frame
