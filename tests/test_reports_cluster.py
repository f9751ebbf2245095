"""Workers of a cluster make the pages that this machine would; those that are lost are stood in for."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tiny_site import declare, notebook, site

from digiskills.errors import DigiskillsError, UsageError
from digiskills.reports import declared, run
from digiskills.reports.engines import Work, cluster, station

pytest.importorskip("distributed", reason="the package distributed is not installed")
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux only")

SHOW = """import json, os, pathlib, time
from IPython.display import HTML
def show(told): return HTML(f'<div data-release="{json.loads(os.environ["DIGISKILLS_RUN"])["release"]}">{told}</div>')
beside = pathlib.Path(json.loads(os.environ["DIGISKILLS_RUN"])["exhibits"])
beside.mkdir(); (beside / f"{beside.parent.name[9:16]}.csv").write_text("1")
"""
TOLD = SHOW + "show(pathlib.Path('../data/raw/tiny/codebook/survey.csv').read_text())"
Start = Callable[..., subprocess.Popen[bytes]]


@contextmanager
def machines(folder: Path) -> Iterator[tuple[str, Start]]:
    """Give the address of a scheduler and a function that starts a worker, which is a process like any other."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    processes: list[subprocess.Popen[bytes]] = []

    def start(*command: str, **env: str) -> subprocess.Popen[bytes]:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
        environ = {name: value for name, value in os.environ.items() if name != "DIGISKILLS_ROOT"}
        process = subprocess.Popen([sys.executable, "-m", "distributed.cli." + command[0], *command[1:]],
                                   env=environ | env, start_new_session=True, **quiet)  # fmt: skip
        processes.append(process)
        return process

    def worker(threads: int = 1, **env: str) -> subprocess.Popen[bytes]:
        options = ("--no-nanny", "--no-dashboard", "--nthreads", str(threads), "--local-directory", str(folder))
        return start("dask_worker", address, *options, **env)

    start("dask_scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard")
    try:
        yield address, worker
    finally:
        for process in processes:
            process.kill()
            process.wait()


def built(root: Path, scheduler: str = "", **more: object) -> dict[str, run.Outcome]:
    reports = declared.reports(languages=["en"])
    found = run.build(reports, reports, root / "reports", force=True, scheduler=scheduler, **more)
    return {outcome.report.notebook: outcome for outcome in found}


def made(root: Path) -> dict[str, bytes]:
    """Return what a build made, but for run.json, and remove it."""
    folder = root / "reports"
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "run.json"]
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    shutil.rmtree(folder)
    return found


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.setenv("DIGISKILLS_ROOT", str(root))
    return root


def test_the_site_is_that_of_one_machine_and_a_lost_worker_is_stood_in_for(
    at: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"0{number}-told" for number in range(1, 6)]
    slowly = TOLD.replace("show(pathlib", "time.sleep(1.5); show(pathlib")
    fail = notebook("raise ValueError('it has a word')")
    site(
        at,
        declare(*names, "06-fail"),
        **{f"n{name}".replace("-", "_"): notebook(slowly) for name in names},
        n06_fail=fail,
    )
    built(at)
    here = made(at)
    assert len(here) == 5 * 5 + 3, sorted(here)  # page, notebook, log; where it did not fail, a file in two places
    with machines(tmp_path) as (address, worker):
        first, second = worker(), worker()
        found = built(at, address, tell=lambda outcome: first.send_signal(signal.SIGKILL))
        assert {outcome.error for outcome in found.values()} == {"", "ValueError: it has a word"}
        assert '"engine": "cluster"' in (at / "reports/run.json").read_text(encoding="utf-8")
        assert made(at) == here
        # What the worker that is left has is not sent again.
        sent: list[str] = []
        send = cluster.Crew.send

        def watched(crew: cluster.Crew, worker: str, sha: str, path: Path) -> None:
            sent.append(path.name)
            send(crew, worker, sha, path)

        monkeypatch.setattr(cluster.Crew, "send", watched)
        with (at / "notebooks/01-told.ipynb").open("a", encoding="utf-8") as file:
            file.write("\n")
        built(at, address)
        assert sent == ["01-told.ipynb"] and made(at).keys() == here.keys()
        assert second.poll() is None


def test_several_reports_at_once_share_one_prepared_process(at: Path, tmp_path: Path) -> None:
    names = [f"0{number}-told" for number in range(1, 5)]
    site(at, declare(*names), **{f"n{name}".replace("-", "_"): notebook(TOLD + "\ntime.sleep(1)") for name in names})
    with machines(tmp_path) as (address, worker):
        process = worker(threads=4)
        assert {outcome.status for outcome in built(at, address).values()} == {"made"}
        assert process.poll() is None


def test_a_worker_of_another_version_is_not_used(at: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site(at, declare("01-ok"), n01_ok=notebook("1;"))
    start = cluster.Crew.__init__

    def differing(crew: cluster.Crew, *given: object) -> None:
        start(crew, *given)
        crew.about |= {"Python": "3.11.0", "digiskills": "another", "numpy": "1.0"}

    monkeypatch.setattr(cluster.Crew, "__init__", differing)
    notes: list[str] = []
    with machines(tmp_path) as (address, worker):
        worker()
        with pytest.raises(DigiskillsError, match=r"no worker of the cluster can make reports; tcp.*it differs in"):
            reports = declared.reports(languages=["en"])
            list(cluster.outcomes(Work(reports, {}, at / "reports"), address, notes.append, wait=1.0))
    assert "is not used: it differs in Python, digiskills, numpy" in notes[0]


def test_a_wrong_address_is_a_mistake_of_the_user(at: Path) -> None:
    site(at, declare("01-ok"), n01_ok=notebook("1;"))
    for address in ("tcp://127.0.0.1:1", "nonsense"):
        with pytest.raises(UsageError, match="nobody answers"):
            built(at, address)


def test_without_the_package_one_is_told_what_to_install(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site(at, declare("01-ok"), n01_ok=notebook("1;"))
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"digiskills\[cluster\]"):
        built(at, "tcp://127.0.0.1:1")


def test_a_damaged_file_is_not_taken(tmp_path: Path) -> None:
    sha = station.digest(Path(__file__))
    content = Path(__file__).read_bytes()
    station.take(sha, content[:10], False, tmp_path)
    with pytest.raises(OSError, match="damaged"):
        station.take(sha, b"x", True, tmp_path)
    assert station.missing({"a": sha, "b": sha}, tmp_path) == [sha]
    station.take(sha, content[:10], False, tmp_path)
    station.take(sha, content[10:], True, tmp_path)
    assert station.missing({"a": sha}, tmp_path) == []


def test_a_worker_started_anew_knows_nothing_of_the_build(at: Path, tmp_path: Path) -> None:
    site(at, declare("01-ok"), n01_ok=notebook("1;"))
    (report,) = declared.reports(languages=["en"])
    with pytest.raises(station.Gone):
        station.make("never", report, Work([], {}, at), tmp_path)
