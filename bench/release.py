"""How fast the release of a thousand profile pages is planned and attacked: .venv/bin/python bench/release.py.

A process of its own counts a simulated survey of 970 units in 30 regions, plans what its 1,001 pages (everyone, every
region, every unit) may tell of 23 statements and 9 skills, and then plays the reader against what the plan leaves.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
UNITS, REGIONS, STATEMENTS, SKILLS, RUNS = 970, 30, 23, 9, 3
ANSWERS = ("1", "2", "3", "4", "5", "dont_know")
MOST_SECONDS, MOST_MIB = 60.0, 1024.0


def simulate(units: int, regions: int):  # type: ignore[no-untyped-def]
    """Return the wave: people of each unit, three departments to a unit, and every count that a page tells."""
    from digiskills.answers import Answers, ItemTotals
    from digiskills.disclosure.told import ALL, ANSWERED, CHOSE, Told
    from digiskills.disclosure.wave import Wave
    from digiskills.study import Release

    draw = np.random.default_rng(units)
    people = np.maximum(draw.lognormal(4.4, 0.9, units).astype(int), 4)
    parts = 4
    unit, region = np.repeat(np.arange(units), parts), np.repeat(np.arange(units) % regions, parts)
    n = np.concatenate([draw.multinomial(size, np.ones(parts) / parts) for size in people])
    names = {"unit": [f"u{at}" for at in unit], "region": [f"r{at}" for at in region]}
    groups = pd.DataFrame({**names, "cluster": [f"d{at}" for at in range(len(unit))], "stratum": "all"})
    groups = groups.assign(n=n, w=n * 8.0, w2=n * 64.0)
    missing = np.array([answer == "dont_know" for answer in ANSWERS])
    items = {}
    for at in range(STATEMENTS + SKILLS):
        shares = draw.dirichlet(np.array([3, 6, 4, 6, 3, 0.6]))
        counts = np.vstack([draw.multinomial(size, shares) for size in n])
        name = f"item{at}"
        items[name] = ItemTotals(name, ANSWERS, None, missing, counts, counts * 8.0, counts * 64.0)
    answers = Answers(groups, items, ("unit", "region"), None, "adjust", True)
    pages = [(), *((("region", f"r{at}"),) for at in range(regions)), *((("unit", f"u{at}"),) for at in range(units))]
    told = [Told("2025", "", (ALL,), page) for page in pages]
    for name in items:
        told += [Told("2025", name, sums, page) for page in pages for sums in ((ANSWERED,), (CHOSE, "4", "5"))]
    return Wave("2025", answers, tuple(sorted(told)), Release())


def one(units: int, regions: int) -> dict[str, float]:
    """Return seconds of the plan and of the attack, and how many cells were withheld."""
    from digiskills.disclosure.pattern import pattern
    from digiskills.disclosure.rules import COMPLEMENTARY
    from digiskills.release import attack

    wave = simulate(units, regions)
    started, busy = time.perf_counter(), time.process_time()
    withheld = pattern(wave)
    planned, worked = time.perf_counter(), time.process_time()
    leaks = attack(wave, {cell: ("page",) for cell in wave.told if cell not in withheld})
    attacked = time.perf_counter()
    complement = sum(why == COMPLEMENTARY for why in withheld.values())
    return {
        "plan": planned - started,
        "processor": worked - busy,
        "attack": attacked - planned,
        "told": len(wave.told),
        "withheld": len(withheld),
        "complement": complement,
        "leaks": len(leaks),
        "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def results(runs: list[dict[str, float]], units: int, regions: int) -> str:
    """Return the results as Markdown; refuses a plan that the attack breaks."""
    if any(run["leaks"] for run in runs):
        raise SystemExit("the attack found something: no results are written")
    middle = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "pandas", "scipy"))
    return f"""# Protecting a thousand profile pages

{units + regions + 1:,} pages (everyone, {regions} regions, {units} units), {STATEMENTS} statements and {SKILLS} skills:
{middle["told"]:,.0f} cells; {middle["withheld"]:,.0f} withheld, {middle["complement"]:,.0f} of them as the complement.

| step | seconds, median of {len(runs)} |
|---|---|
| plan | {middle["plan"]:.1f} (limit {MOST_SECONDS:.0f}) |
| plan, processor time | {middle["processor"]:.1f} |
| attack, which found nothing | {middle["attack"]:.1f} |

Peak memory of the process: {middle["MiB"]:.0f} MiB (limit {MOST_MIB:.0f}).

Python {platform.python_version()}, {os.cpu_count()} processors; {versions}.
"""


def main() -> None:
    """Run in processes of their own and write the results."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--units", type=int, default=UNITS)
    asked.add_argument("--regions", type=int, default=REGIONS)
    asked.add_argument("--runs", type=int, default=RUNS)
    asked.add_argument("--one", action="store_true")
    given = asked.parse_args()
    if given.one:
        print(json.dumps(one(given.units, given.regions)))
        return
    again = [sys.executable, __file__, "--one", f"--units={given.units}", f"--regions={given.regions}"]
    runs = [json.loads(subprocess.run(again, check=True, capture_output=True).stdout) for _ in range(given.runs)]
    text = results(runs, given.units, given.regions)
    print(text)
    slow = statistics.median(run["plan"] for run in runs) > MOST_SECONDS or max(run["MiB"] for run in runs) > MOST_MIB
    if given.units == UNITS:
        (HERE / "results_release.md").write_text(text, encoding="utf-8")
    raise SystemExit(int(slow))


if __name__ == "__main__":
    main()
