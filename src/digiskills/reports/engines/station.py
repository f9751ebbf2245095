"""What a worker of a Dask cluster does for a build: it holds a copy of the project's files and a prepared process.

A worker has threads, so it never forks itself: the prepared process is started anew, as on one machine, and forks.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from digiskills.reports import imports, placing
from digiskills.reports.declared import Report
from digiskills.reports.engines import Work
from digiskills.reports.engines.forks import Refused, Zygote

if TYPE_CHECKING:
    from digiskills.reports.run import Outcome

Files = dict[str, bytes]
_stations: dict[str, Station] = {}


class Gone(Exception):
    """The worker, or its prepared process, was started anew and knows nothing of the build."""


def about() -> dict[str, str]:
    """Return what must be the same for pages to be the same: Python, the files of this package, what is installed."""
    from importlib import metadata

    installed = {f"{one.name} {one.version}" for one in metadata.distributions() if one.name != imports.PACKAGE}
    package = hashlib.sha256()
    for path in _package_files():
        package.update(f"{path.relative_to(imports.root()).as_posix()} {digest(path)}\n".encode())
    versions = dict(sorted(each.split(" ", 1) for each in installed))
    return {"Python": ".".join(map(str, sys.version_info[:3])), imports.PACKAGE: package.hexdigest(), **versions}


def _package_files() -> Iterator[Path]:
    yield from (path for path in sorted(imports.root().rglob("*")) if path.is_file() and path.suffix != ".pyc")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def missing(wanted: Mapping[str, str], space: Path | None = None) -> list[str]:
    """Return the digests of files that this worker does not hold yet.

    Parameters
    ----------
    wanted : mapping of str to str
        The SHA-256 of each file by its path below the project's folder.
    space : Path, optional
        The worker's own folder; Dask knows it.

    Returns
    -------
    list of str
        Each once.
    """
    store = _store(space)
    return [sha for sha in dict.fromkeys(wanted.values()) if not (store / sha).is_file()]


def take(sha: str, piece: bytes, last: bool, space: Path | None = None) -> None:
    """Add a piece to a file that is on its way; the last one completes it.

    Parameters
    ----------
    sha : str
        The file's SHA-256.
    piece : bytes
        What comes next of it.
    last : bool
        Whether it ends there.
    space : Path, optional
        The worker's own folder; Dask knows it.

    Raises
    ------
    OSError
        What came is not what was sent.
    """
    coming = _store(space) / f"{sha}.coming"
    with coming.open("ab") as file:
        file.write(piece)
    if last:
        if digest(coming) != sha:
            coming.unlink()
            raise OSError("a file came damaged")
        coming.replace(coming.with_suffix(""))


def open_for(build: str, wanted: Mapping[str, str], jobs: int, space: Path | None = None) -> None:
    """Lay the files out as the project's folder and start the process that forks.

    Parameters
    ----------
    build : str
        Name of the build.
    wanted : mapping of str to str
        As for `missing`; all of them have come.
    jobs : int
        Reports that are made at once.
    space : Path, optional
        The worker's own folder; Dask knows it.

    Raises
    ------
    Refused
        The process may not be forked on this machine.
    """
    space = space or _own_space()
    root = space / f"digiskills-{build}"
    root.mkdir(mode=0o700)
    for name, sha in wanted.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        os.link(_store(space) / sha, root / name)
    _stations[f"{space} {build}"] = Station(root, jobs)


def make(build: str, report: Report, work: Work, space: Path | None = None) -> tuple[Outcome, Files]:
    """Return how a report ended and what was made for it.

    Parameters
    ----------
    build : str
        Name of the build.
    report : Report
        The report.
    work : Work
        Its folder does not count.
    space : Path, optional
        The worker's own folder; Dask knows it.

    Returns
    -------
    tuple
        The outcome, without files, and the content of each file, and of the log, by its path below the folder of
        the build.

    Raises
    ------
    Gone
        There is no such build here, any more.
    """
    station = _stations.get(f"{space or _own_space()} {build}")
    if station is None:
        raise Gone
    outcome = station.make(report, work)
    log = placing.log_of(report, station.reports)
    files = [*outcome.files, *([log] if log.exists() else [])]
    made = {path.relative_to(station.reports).as_posix(): path.read_bytes() for path in files}
    for path in files:
        path.unlink()
    return dataclasses.replace(outcome, files=()), made


def close(build: str, space: Path | None = None) -> None:
    """End a build's process and remove its folder; files stay for the next build for as long as the worker lives."""
    station = _stations.pop(f"{space or _own_space()} {build}", None)
    if station:
        station.close()


class Station:
    """The project's folder on a worker, and the prepared process that makes its reports.

    Parameters
    ----------
    root : Path
        The project's folder.
    jobs : int
        Reports that are made at once.

    Raises
    ------
    Refused
        The process may not be forked.
    """

    def __init__(self, root: Path, jobs: int) -> None:
        self.root, self.reports = root, root / "reports"
        self.zygote = Zygote(jobs, root)
        try:
            self.zygote.wait_until_ready()
        except Refused:
            self.close()
            raise
        self.asked: dict[str, Future[Outcome]] = {}
        self.sending = threading.Lock()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def make(self, report: Report, work: Work) -> Outcome:
        """Return how a report ended; several threads may ask at once.

        Parameters
        ----------
        report : Report
            The report.
        work : Work
            Its folder does not count.

        Returns
        -------
        Outcome
            With files below `reports`.

        Raises
        ------
        Gone
            The prepared process has ended.
        """
        future: Future[Outcome] = Future()
        with self.sending:
            self.asked[report.key] = future
            try:
                self.zygote.send(report, work._replace(folder=self.reports))
            except OSError:
                raise Gone from None
            if not self.listener.is_alive():
                raise Gone
        return future.result()

    def _listen(self) -> None:
        """Hand outcomes to who waits for them, until the process ends."""
        try:
            while True:
                outcome = self.zygote.receive()
                self.asked.pop(outcome.report.key).set_result(outcome)
        except Refused:
            for future in list(self.asked.values()):
                future.set_exception(Gone())

    def close(self) -> None:
        """End the process and remove the folder."""
        self.zygote.process.kill()  # what it forked ends with it
        self.zygote.close()
        shutil.rmtree(self.root, ignore_errors=True)


def _own_space() -> Path:
    """Return the folder that Dask gave this worker, and removes with it."""
    from distributed import get_worker

    return Path(get_worker().local_directory)


def _store(space: Path | None) -> Path:
    """Return the folder of what came, by digest, closed to others."""
    store = (space or _own_space()) / "digiskills-files"
    store.mkdir(mode=0o700, exist_ok=True)
    return store
