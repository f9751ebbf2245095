"""Many machines: reports go to the workers of a Dask cluster, files come back; the site is that of one machine.

Dask starts workers, tells which are there, and carries what is said to them. Which report goes where is decided
here: a worker gets the project's files once, then as many reports at a time as it has threads. Where a worker is
lost, others make its reports.
"""

from __future__ import annotations

import contextlib
import os
import queue
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digiskills import paths
from digiskills import study as studies
from digiskills.errors import DigiskillsError, UsageError
from digiskills.reports import execute, placing
from digiskills.reports.declared import Report
from digiskills.reports.engines import Made, Work, station
from digiskills.reports.failure import scrub

if TYPE_CHECKING:
    from distributed import Client

    from digiskills.reports.run import Outcome

Note = Callable[[str], None]

PIECE = 4 * 2**20  # bytes of a file that are sent at once
LOOK = 0.5  # seconds between two looks at which workers are there
WAIT = 120.0  # seconds to wait for a worker that can make reports
TRIES = 3  # workers that may be lost with the same report
INSTALL = "a cluster needs the package distributed: pip install 'digiskills[cluster]'"


class Lost(Exception):
    """A worker is gone, with what it was asked for."""


def outcomes(work: Work, scheduler: str, note: Note = lambda text: None, wait: float = WAIT) -> Made:
    """Yield the outcome of each report as it ends.

    Parameters
    ----------
    work : Work
        What to do; how many reports run at once is for each worker to say, by its threads.
    scheduler : str
        Address of the cluster's scheduler, such as ``tcp://host:8786``.
    note : callable
        Called with what the user should know, such as a worker that cannot be used.
    wait : float
        Seconds to wait for a worker that can be used.

    Yields
    ------
    Outcome
        One per report.

    Raises
    ------
    UsageError
        Nobody answers at the address, or the package that speaks to a cluster is not installed.
    DigiskillsError
        The scheduler is lost, or no worker can be used.
    """
    with _connected(scheduler) as client:
        crew = Crew(client, work, note)
        try:
            yield from crew.outcomes(wait)
        finally:
            crew.dismiss()


@contextlib.contextmanager
def _connected(scheduler: str) -> Iterator[Client]:
    """Give a client of a cluster."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(INSTALL) from None
    try:
        client = Client(scheduler, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"--scheduler {scheduler}: nobody answers there ({error})") from None
    with client:
        yield client


def project_files(reports: Sequence[Report]) -> dict[str, str]:
    """Return what notebooks read, apart from this package.

    Parameters
    ----------
    reports : sequence of Report
        Those that are to be made, all of one study.

    Returns
    -------
    dict of str to str
        The SHA-256 of each file by its path below the project's folder. Of the estimates kept, those that the
        reports show.
    """
    from digiskills.disclosure import Kept
    from digiskills.reports.run import declared_tables

    study, root = studies.read(reports[0].study), paths.root()
    kept = Kept(study)
    shown = [kept.path(table) for report in reports for table in declared_tables(report, study)]
    found = [*paths.raw(study.name).rglob("*"), *paths.processed(study.name).glob("*"), *paths.notebooks().glob("*.*")]
    found += dict.fromkeys(shown)
    files = sorted(path for path in [*found, root / "requirements.lock"] if path.is_file())
    return {path.relative_to(root).as_posix(): station.digest(path) for path in files}


class Crew:
    """The workers of a cluster at work on reports: a thread here for each thread there.

    Parameters
    ----------
    client : Client
        Of the cluster.
    work : Work
        What to do.
    note : callable
        Called with what the user should know.
    """

    def __init__(self, client: Client, work: Work, note: Note) -> None:
        self.client, self.work, self.note = client, work, note
        self.build = secrets.token_hex(8)
        self.files = project_files(work.reports)
        self.about = station.about()
        self.waiting, self.losses = deque(work.reports), Counter[str]()
        self.told: queue.Queue[Outcome] = queue.Queue()
        self.alive: dict[str, int] = {}
        self.hands: dict[str, list[threading.Thread]] = {}
        self.refused: dict[str, str] = {}
        self.over = threading.Event()

    def outcomes(self, wait: float) -> Made:
        """Yield the outcome of each report as it ends.

        Parameters
        ----------
        wait : float
            Seconds to wait for a worker that can be used.

        Yields
        ------
        Outcome
            One per report.

        Raises
        ------
        DigiskillsError
            The scheduler is lost, or no worker can be used.
        """
        left, at_work = len(self.work.reports), time.monotonic()
        while left:
            self.look()
            if any(hand.is_alive() for hands in self.hands.values() for hand in hands):
                at_work = time.monotonic()
            elif time.monotonic() - at_work > wait:
                raise DigiskillsError(f"no worker of the cluster can make reports{self._why()}")
            with contextlib.suppress(queue.Empty):
                yield self.told.get(timeout=LOOK)
                left -= 1

    def look(self) -> None:
        """See which workers are there, and set those to work that are new."""
        try:
            self.alive = dict(self.client.nthreads())
        except (OSError, RuntimeError, TimeoutError) as error:
            raise DigiskillsError(f"the scheduler of the cluster is lost ({error})") from None
        for address, threads in self.alive.items():
            working = any(hand.is_alive() for hand in self.hands.get(address, []))
            if self.waiting and not working and address not in self.refused:
                self.hands[address] = [threading.Thread(target=self.employ, args=(address, threads), daemon=True)]
                self.hands[address][0].start()

    def employ(self, address: str, threads: int) -> None:
        """Make a worker ready and let it make reports until there are none left, or it is lost.

        Parameters
        ----------
        address : str
            Of the worker.
        threads : int
            Reports that it makes at once.
        """
        with contextlib.suppress(Lost):
            if why := self.made_ready(address, threads):
                self.refused[address] = why
                self.note(f"{address} is not used: {why}")
                return
            others = [threading.Thread(target=self.keep_busy, args=(address,), daemon=True) for _ in range(threads - 1)]
            self.hands[address] += others
            for hand in others:
                hand.start()
            self.keep_busy(address)

    def made_ready(self, address: str, threads: int) -> str:
        """Give a worker the files and let it start its process; return why it cannot be used, empty where it can."""
        try:
            told = self.ask(address, station.about)
            differs = [name for name in told if self.about.get(name, told[name]) != told[name]]
            if differs:
                return f"it differs in {', '.join(differs)}"
            names = {sha: name for name, sha in self.files.items()}
            for sha in self.ask(address, station.missing, self.files):
                self.send(address, sha, paths.root() / names[sha])
            self.ask(address, station.open_for, self.build, self.files, threads)
        except Lost:
            raise
        except Exception as error:  # noqa: BLE001  whatever is wrong there, other workers may be right
            return scrub(f"{type(error).__name__}: {error}")
        return ""

    def send(self, address: str, sha: str, path: Path) -> None:
        """Send a file to a worker, in pieces.

        Parameters
        ----------
        address : str
            Of the worker.
        sha : str
            The file's SHA-256.
        path : Path
            The file.
        """
        with path.open("rb") as file:
            piece, following = file.read(PIECE), file.read(PIECE)
            while True:
                self.ask(address, station.take, sha, piece, not following)
                if not following:
                    return
                piece, following = following, file.read(PIECE)

    def keep_busy(self, address: str) -> None:
        """Let a worker make one report after the other; where it is lost, its report waits for another one."""
        while not self.over.is_set():
            try:
                report = self.waiting.popleft()
            except IndexError:
                return
            try:
                made = self.ask(address, station.make, self.build, report, self.work._replace(reports=()))
                files = [path for path in self.placed(made[1]) if path.suffix != ".log"]
                self.told.put(replace(made[0], files=tuple(files)))
            except Exception as error:  # noqa: BLE001  told of the report; others go on
                if self.over.is_set():
                    return
                self.give_back(report, error)
                if isinstance(error, Lost):
                    return

    def give_back(self, report: Report, error: Exception) -> None:
        """Let a report wait again that could not be made; after some losses it has failed.

        Parameters
        ----------
        report : Report
            The report.
        error : Exception
            Why.
        """
        self.losses[report.key] += 1
        if isinstance(error, Lost) and self.losses[report.key] < TRIES:
            self.waiting.appendleft(report)
            return
        lost = f"{self.losses[report.key]} workers that ran it were lost (out of memory?)"
        reason = lost if isinstance(error, Lost) else scrub(f"{type(error).__name__}: {error}")
        aside = placing.aside_of(report, self.work.folder)
        self.told.put(execute.rescue(report, self.work.pages, self.work.folder, aside, reason))

    def placed(self, files: Mapping[str, bytes]) -> tuple[Path, ...]:
        """Write what a worker made to its place and return where that is."""
        found = []
        for name, content in files.items():
            target = self.work.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if name.startswith("runs/"):
                target.parent.chmod(0o700)  # executed notebooks are for their owner
            aside = target.with_name(f".{target.name}.{os.getpid()}")
            aside.write_bytes(content)
            found.append(aside.replace(target))
        return tuple(found)

    def ask(self, address: str, what: Callable[..., Any], *about: Any) -> Any:
        """Return what a worker answers.

        Parameters
        ----------
        address : str
            Of the worker.
        what : callable
            One of the functions of `station`.
        *about : any
            Its arguments.

        Returns
        -------
        any
            What the function returns there.

        Raises
        ------
        Lost
            The worker is gone, or was started anew, or the build is over.
        """
        from distributed import CancelledError, KilledWorker

        future = self.client.submit(what, *about, workers=[address], allow_other_workers=False, pure=False)
        done = threading.Event()
        future.add_done_callback(lambda _: done.set())
        while not done.wait(LOOK):
            if self.over.is_set() or address not in self.alive:
                future.cancel()
                raise Lost
        try:
            return future.result()
        except (station.Gone, CancelledError, KilledWorker):
            raise Lost from None

    def dismiss(self) -> None:
        """Let workers go: they end what they still run for this build."""
        ended = [
            self.client.submit(station.close, self.build, workers=[address], allow_other_workers=False, pure=False)
            for address in self.alive
            if address not in self.refused
        ]
        self.over.set()
        until = time.monotonic() + 10
        while not all(one.done() for one in ended) and time.monotonic() < until:
            time.sleep(LOOK / 10)

    def _why(self) -> str:
        return "".join(f"; {address}: {why}" for address, why in self.refused.items())
