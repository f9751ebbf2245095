"""How long the estimates of a whole study take, from counted answers: .venv/bin/python bench/estimates.py.

Every survey table that notebooks/reports.toml declares for the study is estimated once, each distinct table one time,
as the plan of a build does it. Counting respondents is measured apart: it is done once and kept.
"""

from __future__ import annotations

import argparse
import os
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
MODELS = ("model", "effects", "adjusted", "parallel", "department_share", "answers_needed", "detectable_change")
"""Kinds that are fitted to respondents or searched for, not estimated from answers."""


class Counted:
    """The answers of each wave by the dimensions asked for, counted once; `seconds` is what that took."""

    def __init__(self, study: Study) -> None:
        self.study, self.seconds = study, 0.0
        self._made: dict[tuple[str, tuple[str, ...]], tuple[Survey, Answers]] = {}

    def __call__(self, wave: str, dimensions: tuple[str, ...]) -> tuple[Survey, Answers]:
        if (wave, dimensions) not in self._made:
            began = time.process_time()
            survey = read(self.study, wave)
            self._made[wave, dimensions] = (survey, answers.count(survey, dimensions))
            self.seconds += time.process_time() - began
        return self._made[wave, dimensions]


def tables_of(study: str) -> list[DeclaredTable]:
    """Distinct survey tables of the study's reports."""
    reports = declared.reports(study)
    found = {table.specification: table for one in reports for table in run.declared_tables(one, studies.read(study))}
    return [table for table in found.values() if table.evidence == "survey"]


def measured(tables: Iterable[DeclaredTable], study: Study, runs: int = 3) -> tuple[pd.DataFrame, float]:
    """One row per table with the median of its seconds, and the seconds that counting took."""
    counted, rows = Counted(study), []
    for table in tables:
        rows_of_table = len(disclosure.estimate(table, study, counted))  # counts what it needs
        times = []
        for _ in range(runs):
            began = time.process_time()
            disclosure.estimate(table, study, counted)
            times.append(time.process_time() - began)
        rows.append({"kind": table.kind, "rows": rows_of_table, "seconds": statistics.median(times)})
    return pd.DataFrame(rows), counted.seconds


def page(each: pd.DataFrame, counting: float) -> str:
    """The results as Markdown."""
    kinds = each.groupby("kind").agg(tables=("kind", "size"), rows=("rows", "sum"), seconds=("seconds", "sum"))
    lines = ["| kind | tables | rows | seconds |", "|---|---:|---:|---:|"]
    for row in kinds.sort_values("seconds", ascending=False).reset_index().itertuples():
        lines.append(f"| {row.kind} | {row.tables} | {row.rows:,} | {row.seconds:.3f} |")
    estimated = each[~each["kind"].isin(MODELS)]
    where = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    total = f"{len(estimated)} tables of {estimated['rows'].sum():,} rows in {estimated['seconds'].sum():.2f} s"
    said = f"{where}; medians of processor seconds. Models and plans of samples apart: {total}."
    head = ["# Estimates of the default study", "", said, ""]
    return "\n".join([*head, *lines, "", f"Counting the respondents, once for all: {counting:.2f} s.", ""])


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
