"""Declared tables of needs and quadrants: the numbers of the statistics, in the words and columns of the others."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import small_survey

from digiskills import answers, disclosure, estimates, gaps, survey
from digiskills import study as studies
from digiskills.disclosure import DeclaredTable, estimate, release
from digiskills.errors import DesignError, UsageError
from digiskills.gaps import quadrants as importance_performance
from digiskills.gaps import ranks
from digiskills.gaps.bootstrap import bootstrap_ranks

NEEDS = DeclaredTable("04-ranks", "ontario", "survey", "needs", ("skills",), (), "2025")
QUADRANTS = dataclasses.replace(NEEDS, id="04-quadrants", kind="quadrants")
MEASURES = ["borich", "ranked_discrepancy", "mean_gap", "short_by_one", "short_by_two", "short_by_three"]


@pytest.fixture(scope="module")
def ontario() -> studies.Study:
    return studies.read("ontario")


@pytest.fixture(scope="module")
def wave(ontario: studies.Study) -> survey.Survey:
    return survey.read(ontario, "2025")


@pytest.fixture(scope="module")
def count(wave: survey.Survey):
    return lambda _, dimensions: (wave, answers.count(wave, dimensions))


@pytest.fixture(scope="module")
def needs(ontario, count) -> pd.DataFrame:
    return estimate(NEEDS, ontario, count)


@pytest.fixture(scope="module")
def quadrants(ontario, count) -> pd.DataFrame:
    return estimate(QUADRANTS, ontario, count)


def test_every_index_has_the_ranks_and_intervals_of_the_statistics(needs, wave, ontario) -> None:
    pairs = ontario.codebook.pairs()
    joint = gaps.joint_needs(wave, pairs)
    assert needs["measure"].tolist() == [name for name in MEASURES for _ in pairs]
    for measure, index in zip(MEASURES, gaps.INDICES, strict=False):
        mine = needs[needs["measure"].eq(measure)].reset_index(drop=True)
        expected = ranks.ranks(joint, index, top=(3,))
        plain = joint.frame[joint.frame["measure"].eq(index)].reset_index(drop=True)
        pd.testing.assert_series_equal(mine["rank_low"], expected["low"], check_names=False)
        pd.testing.assert_series_equal(mine["rank_high"], expected["high"], check_names=False)
        pd.testing.assert_series_equal(mine["top_probability"], expected["top_3"], check_names=False)
        pd.testing.assert_frame_equal(mine[["item", "n", "low", "high"]], plain[["item", "n", "low", "high"]])
    assert needs.attrs["method"]["ranks"] == ranks.NORMAL


def test_shares_short_are_those_of_the_table_of_shortfalls(needs, count) -> None:
    short = gaps.shortfalls(count("2025", ())[1])
    for measure in ("short_by_one", "short_by_two"):
        mine = needs[needs["measure"].eq(measure)].set_index("item")["estimate"]
        other = short[short["measure"].eq(measure)].set_index("item")["estimate"]
        assert mine.to_dict() == pytest.approx(other.to_dict())
    three = estimates.shares(count("2025", ())[1], ["gap:data_analysis"], {"gap:data_analysis": ["3", "4"]})
    mine = needs.set_index(["measure", "item"]).loc[("short_by_three", "data_analysis"), "estimate"]
    assert mine == pytest.approx(three["estimate"].iloc[0])


def test_the_greatest_need_ranks_first_by_each_index(needs) -> None:
    for measure, cells in needs.groupby("measure"):
        greatest = cells["estimate"].min() if measure == "ranked_discrepancy" else cells["estimate"].max()
        assert cells.loc[cells["rank"].eq(1), "estimate"].tolist() == [greatest]
        assert cells["top_probability"].sum() == pytest.approx(3, abs=0.01)
        assert (cells["rank_low"] <= cells["rank_high"]).all()


def test_a_scope_limits_the_order_to_its_people(ontario, count, needs) -> None:
    scoped = estimate(dataclasses.replace(NEEDS, where=(("level", "manager"),)), ontario, count)
    managers = gaps.shortfalls(count("2025", ("level",))[1], where={"level": "manager"})
    assert scoped["n"].max() < needs["n"].min()
    mine = scoped[scoped["measure"].eq("short_by_one")].set_index("item")["estimate"]
    other = managers[managers["measure"].eq("short_by_one")].set_index("item")["estimate"]
    assert mine.to_dict() == pytest.approx(other.to_dict())


def test_quadrants_have_means_intervals_and_the_probability_of_each(quadrants, wave, count, ontario) -> None:
    pairs = ontario.codebook.pairs()
    assert quadrants["cut"].tolist() == [cut for cut in ("mean", "median", "middle") for _ in pairs]
    mean = quadrants[quadrants["cut"].eq("mean")].reset_index(drop=True)
    expected = importance_performance.quadrants(wave, pairs)
    assert mean["quadrant"].tolist() == expected["quadrant"].tolist()
    assert mean["p_concentrate"].tolist() == expected["concentrate_here"].tolist()
    assert mean["importance_cut"].iloc[0] == pytest.approx(mean["importance"].mean())
    probabilities = ["p_concentrate", "p_keep_up", "p_low_priority", "p_overkill"]
    assert quadrants[probabilities].sum(axis=1).to_numpy() == pytest.approx(np.ones(len(quadrants)))
    counted = estimates.means(count("2025", ())[1], [pair.needed for pair in pairs])
    assert mean["importance"].to_numpy() == pytest.approx(counted["estimate"].to_numpy())
    assert mean["importance_low"].to_numpy() == pytest.approx(counted["low"].to_numpy(), abs=1e-4)
    assert mean["importance_high"].to_numpy() == pytest.approx(counted["high"].to_numpy(), abs=1e-4)


def test_the_middle_is_that_of_the_scale(quadrants) -> None:
    middle = quadrants[quadrants["cut"].eq("middle")]
    assert middle[["importance_cut", "performance_cut"]].eq(3.0).all(axis=None)
    concentrate = middle["importance"].ge(3) & middle["performance"].lt(3)
    assert middle["quadrant"].eq("concentrate_here").tolist() == concentrate.tolist()


@pytest.mark.parametrize(("table", "made"), [(NEEDS, "needs"), (QUADRANTS, "quadrants")])
def test_a_stricter_threshold_leaves_nothing_but_the_keys(request, ontario, table, made) -> None:
    frame = request.getfixturevalue(made)
    threshold = int(frame["n"].min()) + 1
    shown = release(frame, table, ontario, plan=None, language="en", smallest_group=threshold).frame
    gone = frame["n"].lt(threshold)
    assert gone.any() and not gone.all()
    numbers = shown.columns.difference(["item", "measure", "cut", "withheld"])
    assert shown.loc[gone, numbers].isna().all(axis=None)
    assert shown.loc[gone, "withheld"].eq("few_answers").all()


def test_released_numbers_have_four_decimals(ontario, needs, quadrants) -> None:
    for table, frame in ((NEEDS, needs), (QUADRANTS, quadrants)):
        shown = release(frame, table, ontario, plan=None, language="en").frame
        fine = shown.filter(regex="^(estimate|low|high|importance|performance|top_|expected_|p_)")
        assert not fine.empty
        np.testing.assert_array_equal(fine.to_numpy(float), fine.to_numpy(float).round(4))


def test_a_plan_decides_on_them_like_on_any_table(ontario, count, needs) -> None:
    plan = disclosure.make(ontario, [NEEDS], count)
    released = release(needs, NEEDS, ontario, plan=plan, language="fr")
    assert released.ids == {"04-ranks"}


def bootstrapped(option: object = "bootstrap", by: tuple[str, ...] = ()) -> DeclaredTable:
    return dataclasses.replace(NEEDS, by=by, options=(("ranks", option),))


def test_a_bootstrap_is_refused_where_a_stratum_has_one_department(ontario, count) -> None:
    with pytest.raises(DesignError, match="take normal draws"):
        estimate(bootstrapped(), ontario, count)


def test_a_bootstrap_gives_its_own_ranks_and_says_so(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    declared = small_survey.study(tmp_path)
    received = small_survey.received(5, 400).assign(stratum="one")
    whole = small_survey.survey(declared, received)
    table = DeclaredTable("", "mine", "survey", "needs", ("skills",), (), "2025", options=(("ranks", "bootstrap"),))
    found = estimate(table, declared, lambda _, dimensions: (whole, answers.count(whole, dimensions)))
    assert "bootstrap" in found.attrs["method"]["ranks"]
    assert found["measure"].unique().tolist() == MEASURES[:4], "cut points beyond one level have no bootstrap"
    expected = bootstrap_ranks(whole, declared.codebook.pairs(), "mean_gap", (3,))
    mine = found[found["measure"].eq("mean_gap")]
    assert mine["rank_low"].tolist() == expected["low"].tolist()
    assert mine["top_probability"].tolist() == expected["top_3"].tolist()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (bootstrapped("jackknife"), "draws, bootstrap"),
        (bootstrapped(by=("level",)), "no breakdown by level"),
        (dataclasses.replace(NEEDS, items=("data_analyses",)), "data_analysis"),
        (dataclasses.replace(QUADRANTS, where=(("level", "boss"),)), "boss"),
    ],
)
def test_what_does_not_exist_is_refused(ontario, count, table, message) -> None:
    with pytest.raises(UsageError, match=message):
        estimate(table, ontario, count)


def test_an_unknown_design_gives_an_order_without_certainty(ontario, wave, count) -> None:
    plain = dataclasses.replace(ontario, design=dataclasses.replace(ontario.design, intervals=False))
    found = estimate(NEEDS, plain, count)
    assert found["rank"].notna().all()
    assert found[["rank_low", "rank_high", "joint_low", "joint_high", "top_probability"]].isna().all(axis=None)
    assert estimate(QUADRANTS, plain, count).filter(regex="^p_|_low|_high").isna().all(axis=None)
