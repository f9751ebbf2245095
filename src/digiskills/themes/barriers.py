"""Barriers in coded passages, under the names that the survey's questions carry."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from digiskills.focus_groups import CONSENSUS, PARTICIPANTS, FocusGroups
from digiskills.themes.incidence import incidence
from digiskills.themes.prevalence import counts, strengths

FRAMEWORK = "barriers"


def by_barrier(
    groups: FocusGroups,
    by: Sequence[str] = ("speaker_level",),
    scope: str = PARTICIPANTS,
    coder: str = CONSENSUS,
) -> pd.DataFrame:
    """Return how often and how strongly each barrier is put, by who speaks.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of a study whose frameworks hold ``barriers``.
    by, scope, coder
        As in `prevalence`.

    Returns
    -------
    pandas.DataFrame
        One row per barrier and combination of `by`, zeros included, in the order of ``barriers.csv``: barrier,
        parent (empty for a group of barriers), <by>, segments, base_segments, paragraphs, base_paragraphs,
        stressed, segments_per_paragraph; the numbers as in `prevalence` and `intensity`.

    Raises
    ------
    UsageError
        If the frameworks hold no barriers, or as in `prevalence`.

    Notes
    -----
    A barrier is counted by the code of its name; one with barriers below it by any of theirs, each segment once.
    A barrier that no code stands for has no row: it was not looked for, which is not the same as never said.
    """
    barriers = groups.frameworks.table(FRAMEWORK)[["code", "parent"]].rename(columns={"code": "barrier"})
    known = set(groups.codes["code"])
    codes = [
        [code for code in [barrier, *barriers.loc[barriers["parent"] == barrier, "barrier"]] if code in known]
        for barrier in barriers["barrier"]
    ]
    coded = [bool(each) for each in codes]
    units = barriers[coded].reset_index(drop=True)
    found = incidence(groups, [each for each in codes if each], by, scope, coder)
    strong = strengths(units, found)[["stressed", "segments_per_paragraph"]]
    return counts(units, found).join(strong)
