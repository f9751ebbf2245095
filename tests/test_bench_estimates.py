"""The time of a study's estimates is measured on what is declared, and nothing is kept from one run to the next."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
import small_survey

from digiskills import answers
from digiskills.disclosure import KINDS, DeclaredTable
from digiskills.survey import Survey

BENCH = Path(__file__).parents[1] / "bench" / "estimates.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")  # it sets them for its own process
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        spec = importlib.util.spec_from_file_location("bench_estimates", BENCH)
        assert spec is not None and spec.loader is not None
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
    return made


def test_kinds_set_apart_exist(bench: ModuleType) -> None:
    assert set(bench.MODELS) | set(bench.PLANS) <= set(KINDS)


def test_measured(bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    survey = small_survey.survey(small_survey.study(tmp_path), small_survey.received(1, 200))
    counts: list[tuple[str, ...]] = []

    def counting_calls(given: Survey, dimensions: tuple[str, ...]) -> answers.Answers:
        counts.append(dimensions)
        return count(given, dimensions)

    count = answers.count
    monkeypatch.setattr(bench, "read", lambda study, wave: survey)
    monkeypatch.setattr(bench.answers, "count", counting_calls)
    tables = [
        DeclaredTable("x", "mine", "survey", "shortfalls", ("skills",), ("level",), "2025"),
        DeclaredTable("y", "mine", "survey", "means", ("held_data",), ("level",), "2025"),
    ]
    each, counting, fixed = bench.measured(tables, survey.study, runs=2)
    assert counts == [("level",)] * 3  # once to look, and once per run, before anything is timed
    assert each["kind"].tolist() == ["shortfalls", "means"] and each["rows"].tolist() == [2 * 5 * 3, 3]
    assert (each["seconds"] > 0).all() and counting > 0 and fixed > 0


def test_page(bench: ModuleType) -> None:
    each = pd.DataFrame(
        [("means", 18, 0.5), ("means", 2, 0.25), ("model", 5, 4.0), ("answers_needed", 4, 2.0)],
        columns=["kind", "rows", "seconds"],
    )
    page = bench.page(each, 1.0, 0.25)
    assert "- **Estimates: 2 tables of 20 rows in 0.75 s (3.0 times the fixed work).** The limit is 2 s." in page
    assert "- Models fitted to respondents: 1 tables of 5 rows in 4.00 s (16.0 times the fixed work)." in page
    assert "| means | 2 | 20 | 0.750 |" in page
