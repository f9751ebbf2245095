"""How long the panel of 00-start-here takes to follow a change: median, the slow ones, against 200 ms."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator

from digiskills.notebook import open_study
from digiskills.notebook.panel import Choice, Explorer, explore

LIMIT = 0.2
ONE_AT_A_TIME = ("department_size", "level", "department_role")


def walk(explorer: Explorer, changes: int) -> Iterator[Choice]:
    """Yield choices as a reader makes them, each another view that the release plan holds."""
    chance = random.Random(1)
    abouts = [*explorer.skills, *explorer.barriers]
    waves = [wave.name for wave in explorer.opened.study.waves]
    seen: set[Choice] = set()
    for _ in range(100 * changes):
        if len(seen) == changes:
            return
        name = chance.choice([name for name in ONE_AT_A_TIME if name in explorer.dimensions])
        values = ["each", *explorer.opened.study.dimensions[name].names]
        groups = ((name, chance.choice(values)),)
        choice = Choice(chance.choice(abouts), chance.choice(waves), chance.choice(["en", "fr"]), groups)
        if choice not in seen and explorer.holds(choice):
            seen.add(choice)
            yield choice
    raise SystemExit("the release plan holds too few views: run digiskills build 00 first")


def main() -> None:
    """Print the times of a hundred changes of the default study."""
    panel = explore(open_study("ontario"))
    panel.widget()
    explorer = panel.explorer
    wall, cpu = [], []
    for choice in walk(explorer, 100):
        start, used = time.perf_counter(), time.process_time()
        explorer.view(choice)
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - used)
    took, used_up = statistics.median(wall) * 1000, statistics.median(cpu) * 1000
    print(f"100 changes: median {took:.0f} ms, of it on the processor {used_up:.0f} ms; limit {LIMIT * 1000:.0f} ms")
    print(f"95 of 100 within {sorted(wall)[94] * 1000:.0f} ms, longest {max(wall) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
