"""How fast coded passages are read, agreed and counted: .venv/bin/python bench/themes.py.

A process of its own opens a study with 500 thousand codings of 100 thousand segments by two coders, as CSV files with
a passport like any study's, and gives the agreement of the coders on every code and on the whole codebook, the
prevalence of codes by level and stance, how strongly they are put, and which stand together.
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
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
FAMILIES = "abcdef"
CODES = [f"{family}.{at}" for family in FAMILIES for at in range(5)]
VALUES = {
    "speech": ["quotation"],
    "speaker_level": ["executive", "director", "manager", "staff"],
    "about_level": ["all"],
    "org_size": ["unspecified"],
    "org_role": ["unspecified"],
    "stance": ["barrier", "enabler", "need", "neutral"],
    "intensity": ["0", "1", "2", "3"],
    "family": list(FAMILIES),
}
CODERS = ("a", "b")
PER_PARAGRAPH = 4
SEGMENTS, RUNS = 100_000, 3
MOST_SECONDS, MOST_MIB = 10.0, 1024.0


def simulate(segments: int, folder: Path) -> int:
    """Write a study; both coders see the same truth, keep nine codes in ten and add some. Returns the codings."""
    from digiskills.intake import passport

    draw = np.random.default_rng(segments)
    names = np.array([f"S{at}" for at in range(segments)])
    rated = {name: draw.choice(values, segments) for name, values in VALUES.items() if name != "family"}
    described = [name for name in rated if name not in ("stance", "intensity")]
    taken = {"segment_id": names, "document": "report", "paragraph": np.arange(segments) // PER_PARAGRAPH, "words": 20}
    taken |= {"duplicate_of": "", "is_heading": "", "participants": "yes"}
    tables = {
        "segments": pd.DataFrame(taken | {name: rated[name] for name in described}),
        "ratings": pd.concat([pd.DataFrame({"segment_id": names, "coder": coder} | rated) for coder in CODERS]),
        "codings": _codings(names, draw),
        "codes": pd.DataFrame({"code": CODES, "family": [code[0] for code in CODES], "label_en": "x", "label_fr": "x"}),
        "documents": pd.DataFrame({"document": ["report"]}),
        "facts": pd.DataFrame({"fact": ["x"], "document": "report"}),
        "adjudications": pd.DataFrame({"segment_id": ["S0"], "field": "codes"}),
    }
    resources = [{"name": name, "path": f"focus_groups/{name}.csv"} for name in tables]
    for part in ("focus_groups", "frameworks"):
        (folder / part).mkdir()
    for name, table in tables.items():
        table.to_csv(folder / "focus_groups" / f"{name}.csv", index=False)
    words = [(name, value, value, value) for name, values in VALUES.items() for value in values]
    descriptors = pd.DataFrame(words, columns=["field", "value", "label_en", "label_fr"])
    descriptors.to_csv(folder / "frameworks" / "descriptors.csv", index=False)
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}))
    passport.renew(folder)
    return len(tables["codings"])


def _codings(names: np.ndarray, draw: np.random.Generator) -> pd.DataFrame:
    """Return the codes of each coder, some of them much more common than others."""
    popular = 1 / np.arange(1, len(CODES) + 1) ** 0.7
    truth = draw.random((len(names), len(CODES))) < popular / popular.sum() * 2.5
    parts = []
    for coder in CODERS:
        chosen = (truth & (draw.random(truth.shape) < 0.9)) | (draw.random(truth.shape) < 0.008)
        row, code = np.nonzero(chosen)
        given = {"segment_id": names[row], "coder": coder, "code": np.array(CODES)[code], "rank": 1}
        parts.append(pd.DataFrame(given))
    return pd.concat(parts, ignore_index=True)


def steps(folder: Path) -> dict[str, Callable[[], object]]:
    """Return what is timed, in order; each step needs the first."""
    from digiskills import agreement, focus_groups, themes
    from digiskills.study import Evidence, Study

    words = {"en": "x", "fr": "x"}
    evidence = {"focus_groups": Evidence("focus_groups", "collected", words, "focus_groups")}
    study = Study("bench", folder, words, evidence, {})
    read: list[focus_groups.FocusGroups] = []

    def opened() -> None:
        found = focus_groups.read(study)
        assert found is not None
        read.append(found)

    return {
        "read and check": opened,
        "agreement of two coders": lambda: agreement.passage_agreement(read[0], CODERS),
        "prevalence by level": lambda: themes.prevalence(read[0], ["speaker_level"], coder="a"),
        "prevalence by stance": lambda: themes.prevalence(read[0], ["stance"], coder="a"),
        "intensity by level": lambda: themes.intensity(read[0], ["speaker_level"], coder="a"),
        "co-occurrence in segments": lambda: themes.cooccurrence(read[0], coder="a"),
        "co-occurrence in paragraphs": lambda: themes.cooccurrence(read[0], coder="a", within="paragraph"),
    }


def one(folder: Path) -> dict[str, float]:
    """Run all steps in this process: seconds of each, without imports, and the most memory in MiB."""
    seconds = {}
    for name, step in steps(folder).items():
        start = time.perf_counter()
        step()
        seconds[name] = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**seconds, "all": sum(seconds.values()), "mebibytes": peak}


def measured(folder: Path, runs: int) -> dict[str, float]:
    """Return the medians of several processes."""
    command = [sys.executable, str(Path(__file__).resolve()), "--one", "--folder", str(folder)]
    found = []
    for _ in range(runs):
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=os.environ | {"OMP_NUM_THREADS": "1"}
        )
        if done.returncode:
            raise SystemExit(done.stderr)
        found.append(json.loads(done.stdout.splitlines()[-1]))
    return {name: statistics.median(run[name] for run in found) for name in found[0]}


def page(found: dict[str, float], segments: int, codings: int, runs: int) -> str:
    """The table as Markdown, with versions."""
    lines = [f"| step | seconds, median of {runs} |", "|---|---|"]
    lines += [f"| {name} | {value:.2f} |" for name, value in found.items() if name not in ("all", "mebibytes")]
    lines.append(f"| **all** | **{found['all']:.2f}** (limit {MOST_SECONDS:.0f}) |")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "pandas", "pyarrow", "scipy"))
    return "\n".join(
        [
            f"{codings:,} codings of {segments:,} segments by {len(CODERS)} coders; {len(CODES)} codes; CSV files.",
            "",
            *lines,
            "",
            f"Peak memory of the process: {found['mebibytes']:.0f} MiB (limit {MOST_MIB:.0f}).",
            "",
            f"Python {platform.python_version()}, {os.cpu_count()} processors; {versions}.",
        ]
    )


def main() -> None:
    """Measure, print and write the table; exit 1 if a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", action="store_true", help="run once on files that are there")
    parser.add_argument("--folder", type=Path, help="where the files are")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.folder)))
        return
    with tempfile.TemporaryDirectory() as folder:
        codings = simulate(SEGMENTS, Path(folder))
        found = measured(Path(folder), RUNS)
    text = page(found, SEGMENTS, codings, RUNS)
    print(text)
    (HERE / "results_themes.md").write_text(f"# Agreeing on and counting coded passages\n\n{text}\n", encoding="utf-8")
    if found["all"] > MOST_SECONDS or found["mebibytes"] > MOST_MIB:
        raise SystemExit("over the limit")


if __name__ == "__main__":
    main()
