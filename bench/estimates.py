"""How long the estimates of a whole study take, from counted answers: .venv/bin/python bench/estimates.py.

Every survey table that notebooks/reports.toml declares for the study is estimated once, each distinct table one time,
as the plan of a build does it: nothing is kept from an earlier run but the counted answers. Counting respondents is
measured apart: it is done once and kept. A fixed piece of work in pandas is timed beside it, so that runs on busy and
on idle machines can be compared.
"""

from __future__ import annotations

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")  # before numpy is imported

import argparse
import platform
import statistics
import time
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from digiskills import answers, disclosure
from digiskills import study as studies
from digiskills.answers import Answers
from digiskills.disclosure import DeclaredTable
from digiskills.reports import declared, run
from digiskills.study import Study
from digiskills.survey import Survey, read

PAGE = Path(__file__).with_name("results_estimates.md")
MODELS = ("model", "effects", "adjusted", "parallel", "department_share", "equivalence", "reliability", "item_rest")
"""Kinds for which models are fitted to respondents: regressions, the factor and the latent correlations of a scale."""
PLANS = ("answers_needed", "detectable_change")
"""Kinds that search for the size of a sample."""
LIMIT = 2.0
"""Seconds that all estimates may take."""


class Counted:
    """The answers of each wave by the dimensions asked for, counted once; `seconds` is what that took."""

    def __init__(self, study: Study) -> None:
        self.study, self.seconds = study, 0.0
        self.made: dict[tuple[str, tuple[str, ...]], tuple[Survey, Answers]] = {}
        self._surveys: dict[str, Survey] = {}

    def __call__(self, wave: str, dimensions: tuple[str, ...]) -> tuple[Survey, Answers]:
        if (wave, dimensions) not in self.made:
            began = time.process_time()
            if wave not in self._surveys:
                self._surveys[wave] = read(self.study, wave)
            survey = self._surveys[wave]
            self.made[wave, dimensions] = (survey, answers.count(survey, dimensions))
            self.seconds += time.process_time() - began
        return self.made[wave, dimensions]


def tables_of(study: str) -> list[DeclaredTable]:
    """Distinct survey tables of the study's reports."""
    reports = declared.reports(study)
    found = {table.specification: table for one in reports for table in run.declared_tables(one, studies.read(study))}
    return [table for table in found.values() if table.evidence == "survey"]


def measured(tables: Iterable[DeclaredTable], study: Study, runs: int = 3) -> tuple[pd.DataFrame, float, float]:
    """One row per table with the median of its seconds; the seconds of counting, and those of the fixed work."""
    tables = list(tables)
    first = Counted(study)
    rows = [len(disclosure.estimate(table, study, first)) for table in tables]
    times: list[list[float]] = [[] for _ in tables]
    fixed = []
    for _ in range(runs):
        counted = Counted(study)
        for wave, dimensions in first.made:
            counted(wave, dimensions)  # afresh, so that nothing made from earlier ones is found
        for at, table in enumerate(tables):
            times[at].append(_seconds(lambda one=table, by=counted: disclosure.estimate(one, study, by)))
        fixed.append(_seconds(lambda by=counted: grouped(by)))
    each = {"kind": [table.kind for table in tables], "rows": rows, "seconds": [statistics.median(t) for t in times]}
    return pd.DataFrame(each), first.seconds, statistics.median(fixed)


def grouped(counted: Counted) -> list[pd.DataFrame]:
    """Plain weighted means in pandas, without errors, of every skill's items by size and by level: the fixed work."""
    survey = next(survey for survey, _ in counted.made.values())
    by = {name: survey.dimension(name) for name in ("department_size", "level") if name in survey.study.dimensions}
    found = []
    for pair in survey.study.codebook.pairs():
        for item in (pair.needed, pair.held):
            frame = pd.DataFrame({"y": survey.scores(item), "w": survey.weight, **by}).dropna()
            frame["wy"] = frame["w"] * frame["y"]
            sums = [frame.groupby(name, observed=True)[["w", "wy"]].sum() for name in by]
            found += [table["wy"] / table["w"] for table in sums]
    return found


def _seconds(work) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def page(each: pd.DataFrame, counting: float, fixed: float) -> str:
    """The results as Markdown."""
    kinds = each.groupby("kind").agg(tables=("kind", "size"), rows=("rows", "sum"), seconds=("seconds", "sum"))
    lines = ["| kind | tables | rows | seconds |", "|---|---:|---:|---:|"]
    for row in kinds.sort_values("seconds", ascending=False).reset_index().itertuples():
        lines.append(f"| {row.kind} | {row.tables} | {row.rows:,} | {row.seconds:.3f} |")
    where = f"{platform.machine()}, {os.cpu_count()} processors, one thread, Python {platform.python_version()}"
    models, plans = each["kind"].isin(MODELS), each["kind"].isin(PLANS)
    said = [
        f"{where}; medians of processor seconds.",
        "",
        f"- **Estimates: {_sum(each[~models & ~plans], fixed)}.** The limit is {LIMIT:g} s.",
        f"- Models fitted to respondents: {_sum(each[models], fixed)}.",
        f"- Plans of samples: {_sum(each[plans], fixed)}.",
        f"- Counting the respondents, once for all: {counting:.2f} s.",
        f"- The fixed work (weighted means of the skills' items by size and level in pandas): {fixed:.3f} s.",
    ]
    return "\n".join(["# Estimates of the default study", "", *said, "", *lines, ""])


def _sum(each: pd.DataFrame, fixed: float) -> str:
    seconds = each["seconds"].sum()
    ratio = f" ({seconds / fixed:.1f} times the fixed work)" if fixed else ""
    return f"{len(each)} tables of {each['rows'].sum():,} rows in {seconds:.2f} s{ratio}"


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", default="ontario")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    made = page(*measured(tables_of(given.study), studies.read(given.study), given.runs))
    print(made)
    PAGE.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
