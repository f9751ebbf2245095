"""Adjusted p values: R's p.adjust, statsmodels, and what must always hold."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from digiskills.errors import UsageError
from digiskills.estimates import adjust
from digiskills.estimates.multiplicity import adjust_by_family

RECORDS = json.loads((Path(__file__).parent / "reference/expected/open_models_and_coders.json").read_text())["records"]
PAIRS = next(record["expected"] for record in RECORDS if record["id"] == "open/emmeans")
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@pytest.mark.parametrize("method", ["holm", "bh"])
def test_adjusted_p_values_equal_r(method: str) -> None:
    np.testing.assert_allclose(adjust(PAIRS["p"], method), PAIRS[f"p_{method}"], rtol=1e-12)


@pytest.mark.parametrize("method", ["holm", "bh"])
def test_what_could_not_be_tested_is_no_member_of_the_family(method: str) -> None:
    first, second, third = PAIRS["p"]
    found = adjust([np.nan, first, second, np.nan, third], method)
    np.testing.assert_allclose(found[[1, 2, 4]], PAIRS[f"p_{method}"], rtol=1e-12)
    assert np.isnan(found[[0, 3]]).all()
    assert np.isnan(adjust([np.nan], method)).all() and len(adjust([], method)) == 0


@given(p_values)
def test_adjustment_equals_statsmodels_and_keeps_the_order(p: list[float]) -> None:
    for method, other in (("holm", "holm"), ("bh", "fdr_bh")):
        found = adjust(p, method)
        np.testing.assert_allclose(found, multipletests(p, method=other)[1], rtol=1e-12, atol=1e-15)
        assert (found >= np.array(p) - 1e-15).all() and (found <= 1).all()
        assert (np.diff(found[np.argsort(p, kind="stable")]) >= 0).all()
    assert adjust(p, "none").tolist() == p


def test_families_are_adjusted_apart() -> None:
    p, family = (
        pd.Series([0.01, 0.04, 0.03, 0.5], index=list("abcd")),
        pd.Series(["x", "y", "x", "y"], index=list("abcd")),
    )
    found = adjust_by_family(p, family)
    assert found.tolist() == [0.02, 0.08, 0.03, 0.5] and found.index.tolist() == list("abcd")
    assert p.tolist() == [0.01, 0.04, 0.03, 0.5]


def test_bad_input_is_refused() -> None:
    with pytest.raises(UsageError, match="no ‘holmes’; did you mean ‘holm’"):
        adjust([0.1], "holmes")
    with pytest.raises(UsageError, match="between 0 and 1"):
        adjust([0.1, 1.2])
