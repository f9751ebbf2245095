"""How notebooks are run: in processes forked from a prepared one, or by stock papermill with a kernel each."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from digiskills.reports.declared import Report
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


class Call(NamedTuple):
    """A function of the package to call in a process of its own.

    Parameters
    ----------
    function : str
        As ``module:name``.
    arguments : tuple
        That can be sent to another process; so must be what it returns.
    number : int
        Its place among calls that are made at once.
    """

    function: str
    arguments: tuple[Any, ...] = ()
    number: int = 0

    def __call__(self) -> Any:
        """Do it here."""
        module, _, name = self.function.partition(":")
        return getattr(importlib.import_module(module), name)(*self.arguments)


class Done(NamedTuple):
    """What a call returned."""

    value: Any


Made = Iterator["Outcome"]
