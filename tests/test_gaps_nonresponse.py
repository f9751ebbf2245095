"""Representativity of the response: by hand, what must always hold, and sentences where it cannot be had."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import small_survey
from hypothesis import given, settings
from hypothesis import strategies as st

from digiskills.errors import UsageError
from digiskills.gaps import nonresponse
from digiskills.study import Study
from digiskills.survey import Survey


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("nonresponse")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        return small_survey.study(folder)


def answering(declared: Study, cells: list[tuple[str, str, int, int]]) -> Survey:
    """A survey in which so many of so many heads of a size and level answered, each in a department of its own."""
    rows = [(size, level) for size, level, n, _ in cells for _ in range(n)]
    table = small_survey.received(1, len(rows))
    table[["department_size", "level"]] = rows
    table["stratum"], table["department"] = "h1", [f"d{number}" for number in range(len(rows))]
    heads = pd.DataFrame(
        [(size, level, people) for size, level, _, people in cells], columns=["department_size", "level", "heads"]
    )
    return dataclasses.replace(small_survey.survey(declared, table), heads=heads)


HAND = [
    ("micro", "director", 4, 10),
    ("micro", "staff", 6, 10),
    ("small", "director", 2, 10),
    ("small", "staff", 2, 10),
]


def test_by_hand(declared: Study) -> None:
    # rho = .4 .6 .2 .2, mean .35; S² = 10 (.05² + .25² + 2 x .15²) / 39.
    survey = answering(declared, HAND)
    assert nonresponse.response(survey)["response"].tolist() == pytest.approx([0.4, 0.6, 0.2, 0.2])
    found = nonresponse.r_indicator(survey).iloc[0]
    spread = np.sqrt(10 * (0.05**2 + 0.25**2 + 2 * 0.15**2) / 39)
    assert found["estimate"] == pytest.approx(1 - 2 * spread)
    assert found["largest_bias"] == pytest.approx(spread / 0.35)
    assert found["n"] == 14
    # Each respondent is a cluster: n/(n - 1) sum (z - mean)², z = -2 (rho - mean) / (39 S).
    z = np.repeat([-2 * (rho - 0.35) / (39 * spread) for rho in (0.4, 0.6, 0.2, 0.2)], [4, 6, 2, 2])
    assert found["se"] == pytest.approx(np.sqrt(14 / 13 * ((z - z.mean()) ** 2).sum()))


def test_partial_by_hand(declared: Study) -> None:
    # By size .5 and .2, by level .3 and .4; within: size .4/.6 .2/.2 about each level's mean, and the reverse.
    found = nonresponse.partial_r_indicators(answering(declared, HAND)).set_index(["dimension", "category"])
    free, held = found["unconditional"], found["conditional"]
    assert free[("department_size", "micro")] == pytest.approx(np.sqrt(0.5) * 0.15)
    assert free[("department_size", "small")] == pytest.approx(-np.sqrt(0.5) * 0.15)
    assert free[("level", "all")] == pytest.approx(0.05)
    assert held[("department_size", "all")] == pytest.approx(np.sqrt((0.1**2 * 2 + 0.2**2 * 2) / 4))
    assert held[("level", "staff")] == pytest.approx(np.sqrt((0.1**2 + 0) / 4))
    assert found.loc[("level", "all"), "n"] == 14


def test_departments_sampled_are_not_taken_for_nonresponse(declared: Study) -> None:
    # Half of the departments were drawn: 4 of 10 heads answered, but only 5 were asked.
    survey = answering(declared, HAND)
    drawn = dataclasses.replace(survey, clusters_in_population=pd.Series({"h1": 28}))
    found = nonresponse.response(drawn)
    assert found["response"].tolist() == pytest.approx([0.8, 1.2, 0.4, 0.4])
    assert found["in_sample"].tolist() == pytest.approx([5, 5, 5, 5])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 20), min_size=6, max_size=6))
def test_what_always_holds(declared: Study, answered: list[int]) -> None:
    sizes, levels = ("micro", "small", "large"), ("director", "staff")
    cells = [(size, level) for size in sizes for level in levels]
    survey = answering(declared, [(*cell, n, 20) for cell, n in zip(cells, answered, strict=True)])
    found = nonresponse.r_indicator(survey).iloc[0]
    assert 0 <= found["estimate"] <= 1
    if len(set(answered)) == 1:
        assert found["estimate"] == 1 and found["se"] == 0
    partial = nonresponse.partial_r_indicators(survey)
    whole = partial[partial["category"] == "all"].set_index("dimension")
    # Total variance of the propensities = between one dimension + within it.
    rho = np.array(answered) / 20
    total = ((rho - rho.mean()) ** 2).mean()
    assert whole["unconditional"]["department_size"] ** 2 + whole["conditional"]["level"] ** 2 == pytest.approx(total)
    parts = partial[(partial["category"] != "all") & (partial["dimension"] == "level")]
    assert (parts["conditional"] ** 2).sum() == pytest.approx(whole["conditional"]["level"] ** 2)


def test_a_cell_where_nobody_answered(declared: Study) -> None:
    survey = answering(declared, [*HAND, ("large", "staff", 0, 30)])
    found = nonresponse.response(survey).iloc[-1]
    assert found["n"] == 0 and found["response"] == 0 and np.isnan(found["in_sample"])


def test_what_is_not_known_is_said(declared: Study) -> None:
    survey = answering(declared, HAND)
    with pytest.raises(UsageError, match="not known by region; known by: department_size, level"):
        nonresponse.response(survey, "region")
    with pytest.raises(UsageError, match="known by: none"):
        nonresponse.r_indicator(dataclasses.replace(survey, heads=None))
    for language in ("en", "fr"):
        assert nonresponse.why_not_early_and_late(declared, language) == nonresponse.NO_DATE[language]
