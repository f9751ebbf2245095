"""The fast engine, as the builder sees it: reports go to a prepared process, outcomes come back."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, cast

from digiskills.reports import imports
from digiskills.reports.engines import Call, Done, Work

if TYPE_CHECKING:
    from digiskills.reports.declared import Report
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

LATE = 5.0  # seconds after which somebody who waits is told for what


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
        self.is_ready, self._refusal = False, ""
        self.code = imports.code_state()
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
        if not (self.is_ready or self._refusal):
            told = str(_received(self.connection))
            self.is_ready, self._refusal = told == "ready", told.removeprefix("ready")
        if self._refusal:
            raise Refused(self._refusal)

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

    def do(self, calls: Sequence[Call], late: Callable[[], None] = lambda: None) -> list[Done | None]:
        """Do calls at once, each in a process of its own.

        Parameters
        ----------
        calls : sequence of Call
            That may be done in any order.
        late : callable
            Called once if they take long, so that somebody who waits knows for what.

        Returns
        -------
        list of Done or None
            In the order given. None for what was not done, for whatever reason: who does it himself sees why.
        """
        found: list[Done | None] = [None] * len(calls)
        try:
            self.wait_until_ready()
            for number, call in enumerate(calls):
                self.connection.send(call._replace(number=number))
            if calls and not self.connection.poll(LATE):
                late()
            for _ in calls:
                told = _received(self.connection)
                if isinstance(told, str):
                    break
                number, done = cast("tuple[int, Done | None]", told)
                found[number] = done
        except (Refused, OSError):
            pass  # the process has ended
        return found

    def close(self) -> None:
        """End the process and what it still runs."""
        if not self.is_ready:
            self.process.terminate()  # it runs nothing yet, and hears nobody before it has imported all
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


@contextmanager
def begun(jobs: int) -> Iterator[Zygote | None]:
    """Start the process before anything is known of what it is for, and end it when it is no longer needed.

    Parameters
    ----------
    jobs : int
        Notebooks that run at once; 0 for no process.

    Yields
    ------
    Zygote or None
        Warming up; None where none is wanted or the system cannot fork safely.
    """
    if not jobs or not sys.platform.startswith("linux"):
        yield None
        return
    with warming(jobs) as zygote:
        yield zygote


def _received(connection: Connection) -> object:
    """Return what the process says; a text where it has ended."""
    try:
        return connection.recv()
    except (EOFError, OSError):
        return "the process that forks ended"
