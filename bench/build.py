"""How fast notebooks become pages, beside other tools: `make bench`, or .venv/bin/python bench/build.py.

The standard job is 12 reports of one notebook (`standard.ipynb`: 20 thousand respondents, 40 items, a model, 4
figures saved twice, tables). Contenders take turns; all pages must show the same numbers, or nothing is written.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import ours
import standard
from measured import Cost, cost

HERE = Path(__file__).parent
PAGE = HERE / "results_build.md"
PEERS = HERE / ".venv/bin/python"
OURS, LIMIT = "digiskills build", "limit"
TOLD = {
    "loop": "papermill command, nbconvert command, one after the other",
    "snakemake": "snakemake -j2, the same commands as rules",
    "pool": "papermill's function in 2 processes",
    "pool_files": "the same, with a notebook that shows picture files as ours does",
    "cache": "jupyter-cache, local-parallel",
    "ploomber": "ploomber-engine, in one process, nothing kept apart",
    "stock": "digiskills build --engine papermill",
    OURS: "**digiskills build**",
    LIMIT: "limit: the code as a function in 2 forks, bare page",
}
VERSIONS = ("papermill", "nbconvert", "snakemake", "jupyter-cache", "ploomber-engine", "pandas", "matplotlib")


def standard_job(names: Sequence[str], reports: int, rounds: int) -> dict[str, list[Cost]]:
    """Return what each contender took in each round; they take turns. The first is for memory: watching takes time."""
    found: dict[str, list[Cost]] = {name: [] for name in names}
    for at in range(rounds + 1):
        tables = {}
        for name in names if at % 2 == 0 else names[::-1]:
            with tempfile.TemporaryDirectory() as folder:
                took, tables[name] = one(name, Path(folder), reports if at else min(reports, 4), watched=not at)
            found[name].append(took)
            print(f"{name}: {took.wall:.1f} s, {took.cpu:.1f} s of processors, {took.memory:.0f} MiB", flush=True)
        _same(tables)
    return found


def one(name: str, folder: Path, reports: int, watched: bool) -> tuple[Cost, list[str]]:
    """Return what one contender took in an empty folder, and the tables that its pages show."""
    wanted, root, every = standard.scopes(reports), folder / "work", 0.2 if watched else 0.0
    root.mkdir()
    env = {**ours.SINGLE, "PICTURES": str(folder / "pictures"), "HOME": str(folder), "DIGISKILLS_ROOT": str(root)}
    if name in (OURS, "stock"):
        standard.site(root, wanted)
        took = cost(
            [ours.BIN / "digiskills", "build", "--engine", "papermill" if name == "stock" else "fork"], env, every
        )
        pages = sorted((root / "reports/site/standard/en").glob("standard*.html"))
    else:
        standard.work(root, wanted)
        python = sys.executable if name == LIMIT else PEERS
        took = cost([python, HERE / "contenders.py", name, root], env, every)
        pages = sorted(root.glob("*.html"))
    return took, sorted(filter(None, map(standard.shown, pages)))


def _same(tables: dict[str, list[str]]) -> None:
    """Stop where two contenders' pages show other numbers."""
    first = next(iter(tables.values()))
    for name, table in tables.items():
        if not table or table != first:
            raise SystemExit(f"{name}: {len(table)} pages, which do not show what the others show")


def page(found: dict[str, list[Cost]], reports: int, also: Sequence[str]) -> str:
    """The results as Markdown."""
    rows = {name: _summed(costs) for name, costs in found.items()}
    us = rows[OURS]
    lines = [
        "| | seconds | ours is faster | processor seconds | ours needs less | MiB at most |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, cost_of in rows.items():
        lines.append(
            f"| {TOLD[name]} | {cost_of.wall:.1f} | {cost_of.wall / us.wall:.2f} x | {cost_of.cpu:.1f} "
            f"| {cost_of.cpu / us.cpu:.2f} x | {cost_of.memory:.0f} |"
        )
    said = (
        f"{reports} reports of one notebook, from nothing to pages; runs of each, in turns: {len(found[OURS]) - 1}. "
        "Seconds are those of the fastest run, as other work on the machine can only add to them. Processor seconds "
        "are of all processes started (medians). Memory is of all at once with shared pages counted once, in a run "
        "of 4 reports of its own, as watching it takes time."
    )
    machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    where = f"{datetime.now(UTC):%Y-%m-%d}; {machine}; "
    return "\n".join(["# From notebooks to pages", "", said, "", *lines, "", *also, where + versions() + ".", ""])


def _summed(costs: Sequence[Cost]) -> Cost:
    """Return the fastest run's seconds, the median of what other work does not touch, the memory of the watched run."""
    wall, cpu, _ = zip(*costs[1:], strict=True)
    return Cost(min(wall), statistics.median(cpu), costs[0].memory)


def versions() -> str:
    """Return names and versions of what was compared."""
    code = "from importlib.metadata import version as v; print(*(f'{n} {v(n)}' for n in %r), sep=', ')"
    return subprocess.run([PEERS, "-c", code % (VERSIONS,)], capture_output=True, text=True, check=True).stdout.strip()


def others(given: argparse.Namespace) -> list[str]:
    """Return a paragraph on each of our own builds that was asked for."""
    lines = []
    for pages, files in ((12, 0), (500, 8)):
        took, bare, ratio = ours.unchanged(pages, files, 10 if given.quick else 40)
        beside = f" and {files} files beside each" if files else ""
        lines += [
            f"With nothing to do, {pages} pages{beside}: {took * 1000:.0f} ms, {ratio:.1f} times `python -c pass` "
            f"({bare * 1000:.0f} ms).",
            "",
        ]
    lines += [f"One more report at once takes at most {ours.worker_memory():.0f} MiB of its own.", ""]
    if given.thousand:
        lines += [ours.thousand(), ""]
    if given.site:
        lines += [ours.whole_site(1), ""]
    return lines


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="4 reports, one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--thousand", action="store_true", help="also a thousand small reports in one build")
    parser.add_argument("--site", action="store_true", help="also the whole default site with both engines")
    parser.add_argument("--only", nargs="+", choices=list(TOLD), default=list(TOLD), metavar="NAME")
    given = parser.parse_args()
    names = [name for name in TOLD if name in {*given.only, OURS}]
    reports, rounds = (4, 1) if given.quick else (12, given.rounds)
    made = page(standard_job(names, reports, rounds), reports, others(given))
    print(made)
    PAGE.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
