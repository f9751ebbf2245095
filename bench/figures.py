"""How long the three picture files of a figure take: .venv/bin/python bench/figures.py.

For charts of the kinds that the reports hold, made from the tables of the tests: one pass (lay out, measure, draw once
per format), against three calls of savefig with a tight box, as anyone would write them. The contenders take turns on
the same charts; the numbers are seconds of the processor, so that other work on the machine weighs little.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import matplotlib

from digiskills import charts
from digiskills.charts import Drawing, house, render

HERE = Path(__file__).parent
RUNS, LEAST = 7, 0.25
SAID = render.Said("05-bench", "Title", "Description", {"study": "ontario", "data_digest": "0", "code_version": "0"})


def kinds() -> dict[str, Callable[[], Drawing]]:
    """Return what draws each chart anew."""
    sys.path.insert(0, str(HERE.parent / "tests"))
    import released_tables as made

    return {
        "dots by level": lambda: charts.dots(made.shortfalls("en", ("level",))),
        "heat map of 12 panels": lambda: charts.heatmap(made.shortfalls("en", ("department_size", "level"))),
        "bars of agreement": lambda: charts.likert(made.agreement()),
        "levels needed and held": lambda: charts.dumbbell(made.skill_levels()),
        "ranks": lambda: charts.ranks(made.needs()),
        "quadrants": lambda: charts.quadrants(made.quadrants()),
        "coefficients of a model": lambda: charts.forest(made.model()),
    }


def one_pass(drawing: Drawing) -> None:
    """Lay out and measure once, then draw once per format."""
    render.pictures(drawing, SAID)


def three_calls(drawing: Drawing) -> None:
    """Save three times with a tight box, in the same style."""
    with house.style(), matplotlib.rc_context({"pdf.fonttype": 42, "svg.hashsalt": SAID.identity}):
        for kind in ("svg", "pdf", "png"):
            drawing.figure.savefig(io.BytesIO(), format=kind, bbox_inches="tight", pad_inches=house.MARGIN, dpi=200)


CONTENDERS = {"one pass": one_pass, "three calls": three_calls}


def seconds(save: Callable[[Drawing], None], chart: Callable[[], Drawing]) -> float:
    """Return the seconds of the processor that saving a new drawing takes, without drawing it up."""
    drawing = chart()
    start = time.process_time()
    save(drawing)
    return time.process_time() - start


def measured(runs: int, drawn: dict[str, Callable[[], Drawing]]) -> dict[str, dict[str, float]]:
    """Return for each chart the median seconds of each contender; they take turns."""
    found: dict[str, dict[str, list[float]]] = {name: {each: [] for each in CONTENDERS} for name in drawn}
    for run in range(runs + 1):
        for name, chart in drawn.items():
            for each, save in CONTENDERS.items():
                took = seconds(save, chart)
                if run:  # the first round fills the caches of fonts
                    found[name][each].append(took)
    return {name: {each: statistics.median(times) for each, times in by.items()} for name, by in found.items()}


def saved(found: dict[str, dict[str, float]]) -> float:
    """Return the part of the time that one pass saves in sum."""
    totals = {each: sum(by[each] for by in found.values()) for each in CONTENDERS}
    return 1 - totals["one pass"] / totals["three calls"]


def page(found: dict[str, dict[str, float]], runs: int) -> str:
    """The table as Markdown, with versions."""
    names = list(CONTENDERS)
    lines = [f"| seconds, median of {runs} | {' | '.join(names)} | saved |", f"|---|{'---|' * (len(names) + 1)}"]
    for chart, by in found.items():
        part = 1 - by["one pass"] / by["three calls"]
        lines.append(f"| {chart} | {' | '.join(f'{by[name]:.2f}' for name in names)} | {part:.0%} |")
    totals = [f"**{sum(by[name] for by in found.values()):.2f}**" for name in names]
    lines.append(f"| **all** | {' | '.join(totals)} | **{saved(found):.0%}** (at least {LEAST:.0%}) |")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("matplotlib", "numpy", "fonttools"))
    return "\n".join(
        [
            "SVG, PDF (fonts inside) and PNG (200 dots per inch) of one figure. One pass also makes the SVG a third of "
            "its size and writes words for screen readers and the origin into each file; the others do not.",
            "",
            *lines,
            "",
            f"Python {platform.python_version()}, {os.cpu_count()} processors; {versions}.",
        ]
    )


def main() -> None:
    """Measure, print and write the table; exit 1 if too little is saved."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    given = parser.parse_args()
    found = measured(given.runs, kinds())
    text = page(found, given.runs)
    print(text)
    (HERE / "results_figures.md").write_text(f"# Three files of a figure in one pass\n\n{text}\n", encoding="utf-8")
    if saved(found) < LEAST:
        raise SystemExit("too little is saved")


if __name__ == "__main__":
    main()
