"""The fast engine, as the builder sees it: reports go to a prepared process, outcomes come back."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, cast

from digiskills.reports.declared import Report
from digiskills.reports.engines import Work

if TYPE_CHECKING:
    from digiskills.reports.run import Outcome

# No library may start a thread before the fork: a thread does not live on in a child, its locks do.
SINGLE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "_RJEM_MALLOC_CONF": "background_thread:false",
    "PYTHONHASHSEED": "0",
}


class Refused(Exception):
    """The prepared process may not be forked on this machine; the message says why."""


class Zygote:
    """A process that has imported what notebooks need; it warms up while its owner does other things.

    Parameters
    ----------
    jobs : int
        Notebooks that run at once.
    root : Path, optional
        The project's folder; by default the one of this process.
    """

    def __init__(self, jobs: int, root: Path | None = None) -> None:
        self.scratch = tempfile.TemporaryDirectory(prefix="digiskills-")
        self.connection, other = Pipe()
        # -P: the folder it is started in must not reach the notebooks as a place of modules.
        command = [sys.executable, "-P", "-m", "digiskills.reports.engines.zygote"]
        self.process = subprocess.Popen(
            [*command, str(other.fileno()), self.scratch.name, str(jobs)],
            env={**os.environ, **SINGLE, **({"DIGISKILLS_ROOT": str(root)} if root else {})},
            stdin=subprocess.DEVNULL,
            pass_fds=(other.fileno(),),
            start_new_session=True,  # Ctrl-C reaches the builder, which ends it in order
        )
        other.close()

    def outcomes(self, work: Work) -> Iterator[Outcome]:
        """Yield the outcome of each report as it ends.

        Parameters
        ----------
        work : Work
            What to do.

        Yields
        ------
        Outcome
            One per report.

        Raises
        ------
        Refused
            Before anything was run, if the process may not be forked.
        """
        self.wait_until_ready()
        for report in work.reports:
            self.send(report, work)
        for _ in work.reports:
            yield self.receive()

    def wait_until_ready(self) -> None:
        """Wait until the process can fork.

        Raises
        ------
        Refused
            It may not be forked.
        """
        ready = _received(self.connection)
        if ready != "ready":
            raise Refused(str(ready))

    def send(self, report: Report, work: Work) -> None:
        """Ask for a report; what else the work holds does not count."""
        self.connection.send((report, work._replace(reports=())))

    def receive(self) -> Outcome:
        """Return the outcome of the next report that ends.

        Raises
        ------
        Refused
            The process has ended.
        """
        told = _received(self.connection)
        if isinstance(told, str):
            raise Refused(told)
        return cast("Outcome", told)

    def close(self) -> None:
        """End the process and what it still runs."""
        self.connection.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.scratch.cleanup()


@contextmanager
def warming(jobs: int) -> Iterator[Zygote]:
    """Start the process, and end it when it is no longer needed.

    Parameters
    ----------
    jobs : int
        Notebooks that run at once.

    Yields
    ------
    Zygote
        Warming up.

    Raises
    ------
    Refused
        Where the system cannot fork safely.
    """
    if not sys.platform.startswith("linux"):
        raise Refused(f"a process cannot be forked safely on {sys.platform}")
    zygote = Zygote(jobs)
    try:
        yield zygote
    finally:
        zygote.close()


def _received(connection: Connection) -> object:
    """Return what the process says; a text where it has ended."""
    try:
        return connection.recv()
    except (EOFError, OSError):
        return "the process that forks ended"
