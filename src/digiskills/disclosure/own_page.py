"""A department's own page: off unless the study opts in, and for counted answers alone."""

from __future__ import annotations

from digiskills.disclosure.table import DEPARTMENT, DeclaredTable
from digiskills.errors import ReleaseError, UsageError
from digiskills.study import Study

KINDS = ("respondents", "missing", "means", "shares", "barrier_side", "shortfalls")
"""Kinds of tables that a single department can have: each row a number of its own answers."""


def check(table: DeclaredTable, study: Study) -> None:
    """Refuse a table of one department that the study does not allow.

    Parameters
    ----------
    table : DeclaredTable
        Any table of the survey.
    study : Study
        What the study declares.

    Raises
    ------
    ReleaseError
        If the study does not opt in to tables of departments.
    UsageError
        If it has no departments, or the table is of a kind that a single one cannot have.

    Notes
    -----
    Rule of release on such a page: at least `smallest_group` answers behind each number. `fewest_clusters` is no rule
    there, because the numbers are about the one department; its respondents are what `clusters` counts. The page
    must not stand beside others that make up a group with a department that did not agree: a group less all of its
    departments but one is that one.
    """
    if not table.department:
        return
    if not study.release.departments:
        raise ReleaseError(
            f"study {study.name} does not opt in to tables of departments: "
            "study.toml [release] departments = true, if every department agreed"
        )
    if DEPARTMENT in study.dimensions or not study.design.cluster:
        raise UsageError("department: the study declares no cluster, or a dimension of that name, so none is meant")
    if table.kind not in KINDS:
        raise UsageError(f"{table.kind}: a single department has tables of {', '.join(KINDS)} only; leave it whole")
