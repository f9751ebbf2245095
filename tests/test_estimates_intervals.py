"""Intervals of shares: outside numbers where a simple sample has them, and what must always hold."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from digiskills.errors import UsageError
from digiskills.estimates import SurveyDesign, intervals
from digiskills.estimates.variance import Results

NAMES = ("t", "logit", "beta", "wilson")


def results(p: float, se: float, n: int, df: int) -> Results:
    return Results(*(np.array([[value]]) for value in (n, n, p, se, df)))


def bounds(p: float, se: float, n: int, df: int, interval: str) -> tuple[float, float]:
    low, high = intervals.bounds(results(p, se, n, df), interval, shares=True)
    return float(low[0, 0]), float(high[0, 0])


@pytest.mark.parametrize("interval", ["beta", "wilson"])
@pytest.mark.parametrize(("count", "n"), [(3, 20), (1, 12), (81, 263), (15, 148), (29, 30)])
def test_of_a_simple_sample_intervals_are_the_known_ones(interval: str, count: int, n: int) -> None:
    p = count / n
    found = bounds(p, math.sqrt(p * (1 - p) / n), n, n - 1, interval)
    np.testing.assert_allclose(found, proportion_confint(count, n, method=interval), rtol=1e-9)


def test_printed_intervals() -> None:
    # R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I: 81 of 263 and 15 of 148,
    # score method (.2553, .3662) and (.0624, .1605); exact (.2527, .3676) and (.0578, .1617).
    for count, n, wilson, exact in (
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    ):
        p = count / n
        for interval, printed in (("wilson", wilson), ("beta", exact)):
            found = bounds(p, math.sqrt(p * (1 - p) / n), n, n - 1, interval)
            np.testing.assert_allclose(found, printed, atol=5e-5)


def test_beta_by_the_formula_of_svyciprop() -> None:
    p, se, n, df = 0.3649, 0.0498, 98, 9
    effective = p * (1 - p) / se**2 * (stats.t.ppf(0.975, n - 1) / stats.t.ppf(0.975, df)) ** 2
    low = stats.beta.ppf(0.025, effective * p, effective * (1 - p) + 1)
    high = stats.beta.ppf(0.975, effective * p + 1, effective * (1 - p))
    np.testing.assert_allclose(bounds(p, se, n, df, "beta"), (low, high), rtol=1e-12)


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.2), st.integers(2, 500), st.integers(1, 200))
def test_intervals_hold_the_share_and_stay_within_0_and_1(p: float, se: float, n: int, df: int) -> None:
    for interval in ("logit", "beta", "wilson"):
        low, high = bounds(p, se, n, df, interval)
        assert -1e-12 <= low <= p <= high <= 1 + 1e-12
        assert high - low > 0


@pytest.mark.parametrize("interval", NAMES)
def test_none_and_all_have_a_width_and_no_df_has_no_interval(interval: str) -> None:
    for p in (0.0, 1.0):
        low, high = bounds(p, 0.0, 12, 5, interval)
        assert high - low == pytest.approx(1 - 0.025 ** (1 / 12))
    assert np.isnan(bounds(0.4, 0.1, 12, 0, interval)).all()
    assert np.isnan(bounds(math.nan, math.nan, 0, 0, interval)).all()


@pytest.mark.parametrize("interval", NAMES)
def test_a_census_has_an_interval_without_width(interval: str) -> None:
    assert bounds(0.4, 0.0, 10, 8, interval) == pytest.approx((0.4, 0.4))


@pytest.mark.parametrize("interval", NAMES)
def test_every_interval_can_be_asked_for(interval: str) -> None:
    frame = pd.DataFrame({"w": 1.0, "says": [1, 0, 0, 1, 0, 0, 1, 0]})
    found = SurveyDesign(frame, "w").share("says", 1, interval=interval)
    assert found["low"].iloc[0] < 0.375 < found["high"].iloc[0]
    assert found.attrs["method"]["interval"].startswith(intervals.WORDS[interval])


def test_small_degrees_of_freedom_are_counted_in_the_method() -> None:
    frame = pd.DataFrame(
        {"w": 1.0, "office": np.arange(40) % 20, "level": ["a"] * 35 + ["b"] * 5, "y": np.arange(40.0)}
    )
    found = SurveyDesign(frame, "w", cluster="office").mean("y", by="level")
    assert found["df"].tolist() == [19, 4]
    assert found.attrs["method"]["df_low"] == "1 of 2 rows have fewer than 8 degrees of freedom"


def test_an_interval_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="no ‘wilsn’; did you mean ‘wilson’"):
        SurveyDesign(pd.DataFrame({"w": [1.0, 1], "says": [0, 1]}), "w").share("says", 1, interval="wilsn")
