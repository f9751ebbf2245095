"""How notebooks are run: in processes forked from a prepared one, or by stock papermill with a kernel each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digiskills.reports.declared import Report

if TYPE_CHECKING:
    from digiskills.reports.run import Outcome

FORK, PAPERMILL = "fork", "papermill"
ENGINES = (FORK, PAPERMILL)
CLUSTER = "cluster"  # what run.json says of reports that were made elsewhere


class Work(NamedTuple):
    """What an engine is to do.

    Parameters
    ----------
    reports : sequence of Report
        In the order in which they are to start.
    pages : mapping of str to str
        The page behind each ``language/name`` of a page or notebook.
    folder : Path
        Where ``site``, ``exhibits`` and ``runs`` are.
    jobs : int
        Notebooks that run at once.
    timeout : float
        Seconds that one report may take; 0 for no limit.
    memory : int
        MiB that one report may use beyond what all share; 0 for no limit.
    """

    reports: Sequence[Report]
    pages: Mapping[str, str]
    folder: Path
    jobs: int = 2
    timeout: float = 0.0
    memory: int = 0


Made = Iterator["Outcome"]
