"""The comparison of ways to save a figure adds up, and both ways run on every chart."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[1] / "bench" / "figures.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_figures", BENCH)
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_what_is_saved_is_a_part_of_the_sum(bench: ModuleType) -> None:
    found = {"a": {"one pass": 1.0, "three calls": 2.0}, "b": {"one pass": 2.0, "three calls": 2.0}}
    assert bench.saved(found) == pytest.approx(0.25)
    page = bench.page(found, 3)
    assert "| **all** | **3.00** | **4.00** | **25%** (at least 25%) |" in page and "matplotlib" in page


def test_both_ways_run_on_a_chart(bench: ModuleType) -> None:
    drawn = bench.kinds()
    one = {"ranks": drawn["ranks"]}
    found = bench.measured(1, one)
    assert found.keys() == one.keys() and all(seconds > 0 for seconds in found["ranks"].values())
