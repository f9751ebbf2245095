"""What our own builds cost: with nothing to do, a thousand at once, the memory of one more, the whole site."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import standard
from measured import Cost, cost, memory, tree

BIN = Path(sys.executable).parent
# One core each, and the same sums, whoever runs them.
SINGLE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
SINGLE |= {"JUPYTER_PREFER_ENV_PATH": "1", "PLOOMBER_STATS_ENABLED": "false", "PYTHONWARNINGS": "ignore"}


def unchanged(pages: int, files: int = 0, rounds: int = 40) -> tuple[float, float, float]:
    """Return seconds of a build with nothing to do, of a bare interpreter, and the median of their ratios.

    Parameters
    ----------
    pages : int
        Of the site.
    files : int
        Files beside each page; 0 to build the pages, else files are written in their place.
    rounds : int
        Pairs of processes, which take turns.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        standard.site(root, standard.scopes(1 if files else pages), brief=True)
        env = {**SINGLE, "DIGISKILLS_ROOT": str(root), "PICTURES": str(root / "pictures")}
        build = [BIN / "digiskills", "build"]
        cost(build, env)
        if files:
            _pad(root / "reports/site/standard/en", pages, files)
            cost(build, env)  # looks at contents once and remembers
        pairs = []
        for _ in range(rounds):
            pairs.append(tuple(cost(command, env, 0).wall for command in (build, [sys.executable, "-c", "pass"])))
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    return ours, bare, statistics.median(ours / bare for ours, bare in pairs)


def _pad(site: Path, pages: int, files: int) -> None:
    """Write what so many pages and the files beside them would be."""
    for at in range(pages):
        beside = site / f"page-{at:04d}-files"
        beside.mkdir()
        for name in ("page.html", *(f"exhibit-{number:02d}.svg" for number in range(files))):
            (beside / name).write_text("x", encoding="ascii")


def worker_memory() -> float:
    """Return the most memory in MiB that one more report takes at once: what it shares with no other process."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        standard.site(root, standard.scopes(4))
        env = os.environ | SINGLE | {"DIGISKILLS_ROOT": str(root), "PICTURES": str(root / "pictures")}
        process = subprocess.Popen([BIN / "digiskills", "build"], env=env, stdout=subprocess.DEVNULL, stderr=-1)
        most = 0.0
        while process.poll() is None:
            time.sleep(0.05)
            workers = list(tree(process.pid))[2:]  # after the builder and the prepared process
            most = max([most, *(memory(one, "Private_Dirty") for one in workers)])
        process.communicate()
    return most


def thousand(count: int = 1000) -> str:
    """Return a sentence on a build of a thousand small reports: time, and whether memory or open files grow."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        sizes = [f"size{at:03d}" for at in range(count // len(standard.LEVELS))]
        standard.site(root, standard.scopes(count, sizes), brief=True)
        env = os.environ | SINGLE | {"DIGISKILLS_ROOT": str(root), "PICTURES": str(root / "pictures")}
        began = time.perf_counter()
        # Not to a pipe: nobody reads it meanwhile, and a line for each of a thousand reports fills it.
        quiet = subprocess.DEVNULL
        process = subprocess.Popen([BIN / "digiskills", "build"], env=env, stdout=quiet, stderr=quiet)
        seen = []
        while process.poll() is None:
            time.sleep(0.5)
            owners = list(tree(process.pid))[:2]
            made = len(list(root.glob("reports/site/standard/en/*.html")))
            seen.append((made, *(memory(one, "Rss") for one in owners), *(_open_files(one) for one in owners)))
        process.communicate()
        took = time.perf_counter() - began
    print(*seen[:: max(1, len(seen) // 12)], sep="\n")
    early, late = (_at(seen, count * share) for share in (0.1, 0.9))
    grown = ", ".join(
        f"{name} {early[at]:.0f} and {late[at]:.0f} MiB" for at, name in ((1, "builder"), (2, "prepared"))
    )
    files = ", ".join(f"{early[at]:.0f} and {late[at]:.0f}" for at in (3, 4))
    return (
        f"{count} small reports in one build: {took:.0f} s. Memory after a tenth and after nine tenths of them: "
        f"{grown}; open files: {files}."
    )


def _at(seen: Sequence[tuple[float, ...]], made: float) -> tuple[float, ...]:
    return next(one for one in seen if len(one) == 5 and one[0] >= made)


def _open_files(process: int) -> int:
    try:
        return len(list(Path(f"/proc/{process}/fd").iterdir()))
    except OSError:
        return 0


def whole_site(rounds: int) -> str:
    """Return a sentence on a whole build of the default study with each engine, two reports at once."""
    with tempfile.TemporaryDirectory() as folder:  # makes the release plan, which later builds of the same data keep
        cost([BIN / "digiskills", "build", "13-frameworks", "--force", "--output", folder], SINGLE, 0)
    found: dict[str, list[Cost]] = {"fork": [], "papermill": []}
    for _ in range(rounds):
        for engine, costs in found.items():
            with tempfile.TemporaryDirectory() as folder:
                command = [BIN / "digiskills", "build", "--force", "--engine", engine, "--output", folder]
                costs.append(cost([*command, "--jobs", "2"], SINGLE, 0))
            print(f"whole site, {engine}: {costs[-1]}", flush=True)
    fork, stock = (Cost(*map(statistics.median, zip(*costs, strict=True))) for costs in found.values())
    return (
        "The whole default site, two at once, one run of each, its release plan kept from an earlier build: "
        f"{fork.wall:.0f} s forked, {stock.wall:.0f} s with stock kernels "
        f"({stock.wall / fork.wall:.2f} x); {fork.cpu:.0f} and {stock.cpu:.0f} processor seconds "
        f"({stock.cpu / fork.cpu:.2f} x)."
    )
