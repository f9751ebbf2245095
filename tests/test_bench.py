"""The makers of the comparison tables work, on a tiny number of respondents."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd

BENCH = Path(__file__).parents[1] / "bench" / "answers.py"


def test_the_table_of_answers(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("bench_answers", BENCH)
    assert spec is not None and spec.loader is not None
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    bench.BATCH = 8_000
    bench.simulate(20_000, tmp_path)  # in several batches
    ours, pandas, duckdb = (bench.CONTENDERS[name](tmp_path) for name in ("streamed", "pandas", "duckdb"))
    np.testing.assert_allclose(ours, pandas, rtol=1e-9)
    np.testing.assert_allclose(ours, duckdb, rtol=1e-9)
    bench.CONTENDERS["decode"](tmp_path)
    rows = [(20_000, "streamed", 0.5, 300.0, 1), (20_000, "pandas", 1.0, 400.0, 1)]
    table = pd.DataFrame(rows, columns=["respondents", "contender", "seconds", "mebibytes", "runs"])
    assert "| 20,000 | pandas | 1.000 | 2.00 | 400 | 1 |" in bench.page(table, None)
