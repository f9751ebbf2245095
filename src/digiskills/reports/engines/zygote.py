"""The prepared process: it imports what notebooks need, then forks a child per report or call. It holds one thread."""

from __future__ import annotations

import ctypes
import gc
import os
import random
import resource
import selectors
import signal
import sys
import time
import traceback
from collections import deque
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from digiskills import paths
from digiskills.reports import execute, placing
from digiskills.reports.declared import Report
from digiskills.reports.engines import Call, Done, Work, ahead

if TYPE_CHECKING:
    from digiskills.reports.run import Outcome

NEEDED = (
    "digiskills.notebook",
    "digiskills.charts",
    "digiskills.exhibits",
    "digiskills.reports.pages",
    "digiskills.reports.engines.in_process",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "nbconvert.exporters.html",
    "papermill.execute",
    "pyarrow.parquet",
)
GRACE = 5.0  # seconds from a timeout that the child is told of to its end
DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class Task(NamedTuple):
    """A report to make; or, where `lost` says how the process that made it was lost, a page to say so."""

    report: Report
    work: Work
    aside: Path
    lost: str = ""


class Child(NamedTuple):
    """A process at work on a task or a call."""

    process: int
    task: Task | Call
    connection: Connection
    deadline: float


def main(descriptor: int, scratch: str, jobs: int) -> None:
    """Import what notebooks need, say so, then do all that is asked until the builder hangs up.

    Parameters
    ----------
    descriptor : int
        Of the connection to the builder.
    scratch : str
        A private folder that the builder removes.
    jobs : int
        Reports that are made at once.
    """
    # a builder that needs nothing ends this process while it imports; what imports hold meanwhile is let go
    signal.signal(signal.SIGTERM, _leave)
    builder = Connection(descriptor)
    os.set_inheritable(descriptor, False)
    try:
        prepare(scratch)
    except Exception as error:  # noqa: BLE001  whatever is wrong here, the builder has another engine
        builder.send(f"{type(error).__name__}: {error}")
        return
    if why := ahead.refusal():
        builder.send(why)
        return
    try:
        builder.send("ready")
    except BrokenPipeError:  # the builder has stopped meanwhile, and told its user why
        return
    Nursery(builder, jobs).run()


def prepare(scratch: str) -> None:
    """Import ahead, make the shell and the templates ready, and set all this aside from the garbage collector.

    Parameters
    ----------
    scratch : str
        A private folder.
    """
    # Nothing that is imported is garbage: looking for it takes a quarter of the time that imports take.
    gc.disable()
    execute.prepare(scratch)
    ahead.import_all((*NEEDED, *ahead.imported_by_notebooks(paths.notebooks())))
    from digiskills.reports import pages
    from digiskills.reports.engines import in_process

    in_process.register()
    in_process.shell()
    pages.warm()
    gc.freeze()


class Nursery:
    """Forks a child per report or call, never more at once than wanted, and tells the builder how each ended.

    Parameters
    ----------
    builder : Connection
        Sends reports, takes outcomes; its end ends everything.
    jobs : int
        Reports that are made at once.
    """

    def __init__(self, builder: Connection, jobs: int) -> None:
        self.builder, self.jobs = builder, jobs
        self.waiting: deque[Task | Call] = deque()
        self.children: dict[int, Child] = {}
        self.selector = selectors.DefaultSelector()
        self.selector.register(builder, selectors.EVENT_READ)

    def run(self) -> None:
        """Make reports until the builder hangs up."""
        try:
            while True:
                while self.waiting and len(self.children) < self.jobs:
                    self.fork(self.waiting.popleft())
                for key, _ in self.selector.select(timeout=self.patience()):
                    if key.fileobj is self.builder:
                        self.take()
                    else:
                        self.ended(self.children[key.data])
                self.end_overdue()
        except (EOFError, ConnectionError):
            for child in self.children.values():
                _kill(child)

    def take(self) -> None:
        """Put what the builder sends behind what is waiting."""
        asked = self.builder.recv()
        if isinstance(asked, Call):
            self.waiting.append(asked)
        else:
            report, work = asked
            self.waiting.append(Task(report, work, placing.aside_of(report, work.folder)))

    def patience(self) -> float | None:
        """Return the seconds until the next child is overdue, None for ever."""
        deadlines = [child.deadline for child in self.children.values() if child.deadline]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None

    def fork(self, task: Task | Call) -> None:
        """Start a child.

        Parameters
        ----------
        task : Task or Call
            What it is to do.
        """
        receiving, sending = Pipe(duplex=False)
        process = os.fork()
        if process == 0:
            _be_a_child(task, sending, [receiving, self.builder, *(one.connection for one in self.children.values())])
        sending.close()
        limit = 0.0 if isinstance(task, Call) or task.lost else task.work.timeout
        deadline = time.monotonic() + limit + GRACE if limit else 0.0
        self.children[process] = Child(process, task, receiving, deadline)
        self.selector.register(receiving, selectors.EVENT_READ, process)

    def ended(self, child: Child) -> None:
        """Tell the builder how a child ended; if one did not live to tell of its report, another makes a page of that.

        Parameters
        ----------
        child : Child
            Whose connection has something to read, or has closed.
        """
        from digiskills.reports.run import Outcome

        self.selector.unregister(child.connection)
        try:
            outcome = child.connection.recv()
        except (EOFError, ConnectionError):
            outcome = None
        child.connection.close()
        status, task = os.waitpid(child.process, 0)[1], child.task
        del self.children[child.process]
        if isinstance(task, Call):
            self.builder.send((task.number, outcome))
        elif outcome is not None:
            self.builder.send(outcome)
        elif task.lost:
            self.builder.send(Outcome(task.report, "failed", error=task.lost))
        else:
            self.waiting.appendleft(task._replace(lost=_told(status, task)))

    def end_overdue(self) -> None:
        """Kill the children that did not end by themselves when their time was over."""
        for child in self.children.values():
            if child.deadline and time.monotonic() > child.deadline:
                _kill(child)


def _be_a_child(task: Task | Call, sending: Connection, others: list[Connection]) -> NoReturn:
    """Do a task and end; nothing of the other reports reaches it, and it outlives no parent."""
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGKILL)
        for connection in others:
            connection.close()
        sending.send(_called(task) if isinstance(task, Call) else _done(task))
    except BaseException:  # noqa: BLE001  told to the log; the parent sees that nothing came
        if not isinstance(task, Call):  # whose owner does it again, and tells its user why it cannot be done
            traceback.print_exc()
    finally:
        # os._exit leaves out what runs at the end of a process: everything is flushed and closed by now.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _called(call: Call) -> Done:
    """Return what a call returns; what goes wrong ends this process."""
    gc.enable()
    return Done(call())


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _done(task: Task) -> Outcome:
    """Return how a task ended."""
    report, work = task.report, task.work
    if task.lost:
        return execute.rescue(report, work.pages, work.folder, task.aside, task.lost)
    _start_anew(work)
    return execute.make(report, work.pages, work.folder, execute.IN_PROCESS, task.aside)


def _start_anew(work: Work) -> None:
    """Give a child what a new process has: its own random numbers, its limits, its time."""
    gc.enable()
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if work.memory:
        limit = work.memory * 2**20 + _data_size()
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    if work.timeout:
        signal.signal(signal.SIGALRM, _out_of_time(work.timeout))
        signal.setitimer(signal.ITIMER_REAL, work.timeout)


def _data_size() -> int:
    """Return the bytes of data that this process already has."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData"))


def _out_of_time(seconds: float) -> Any:
    def stop(number: int, frame: FrameType | None) -> NoReturn:
        """End the cell that runs; a library that does not listen is killed a little later."""
        raise TimeoutError(f"the report took longer than {seconds:g} s")

    return stop


def _told(status: int, task: Task) -> str:
    """Return what is known of a child that did not live to tell."""
    if not os.WIFSIGNALED(status):
        return f"the process that ran it left with code {os.WEXITSTATUS(status)}"
    ended = os.WTERMSIG(status)
    limit = f"longer than {task.work.timeout:g} s, or " if task.work.timeout and ended == signal.SIGKILL else ""
    return f"the process that ran it was ended by {signal.Signals(ended).name} ({limit}out of memory?)"


def _kill(child: Child) -> None:
    """End a child and what it started."""
    try:
        os.killpg(child.process, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(child.process, signal.SIGKILL)  # it has no group of its own yet


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
