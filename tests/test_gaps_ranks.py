"""Ranks and quadrants: probabilities with a known value, joint intervals by hand, what must always hold."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import small_survey
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from digiskills.errors import DesignError, UsageError
from digiskills.gaps import quadrants, ranks
from digiskills.gaps.bootstrap import bootstrap_ranks
from digiskills.gaps.needs import INDICES, joint_needs
from digiskills.gaps.together import Together
from digiskills.study import Study
from digiskills.survey import Survey


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("ranks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        return small_survey.study(folder)


@pytest.fixture(scope="module")
def survey(declared: Study) -> Survey:
    return small_survey.survey(declared, small_survey.received(21, 400))


def given_needs(estimate: list[float], covariance: np.ndarray, measure: str = "borich") -> Together:
    skills = [f"s{number}" for number in range(len(estimate))]
    frame = pd.DataFrame({"estimand": skills, "item": skills, "measure": measure, "n": 100, "clusters": 9})
    frame = frame.assign(estimate=estimate, se=np.sqrt(np.diag(covariance)), df=8, low=0.0, high=0.0)
    return Together(frame, covariance, ())


def test_probability_of_two_skills_is_the_normal_one() -> None:
    # P(first above second) = Phi(difference / its error), with the covariance between the two.
    covariance = np.array([[0.04, 0.02], [0.02, 0.09]])
    found = ranks.ranks(given_needs([1.0, 0.8], covariance), top=(1,))
    expected = stats.norm.cdf(0.2 / math.sqrt(0.04 + 0.09 - 2 * 0.02))
    assert found["top_1"][0] == pytest.approx(expected, abs=0.015)
    assert found["expected_rank"][0] == pytest.approx(2 - expected, abs=0.015)
    assert found["rank"].tolist() == [1, 2] and found["low"].tolist() == [1, 1] and found["high"].tolist() == [2, 2]


def test_three_skills_by_integration() -> None:
    # Independent: P(first is the greatest) is one integral.
    mean, sd = np.array([0.0, 0.3, -0.2]), np.array([1.0, 0.5, 0.8])
    grid = np.linspace(-8, 8, 4001)
    others = np.prod([stats.norm.cdf(grid, m, s) for m, s in zip(mean[1:], sd[1:], strict=True)], axis=0)
    expected = np.trapezoid(stats.norm.pdf(grid, mean[0], sd[0]) * others, grid)
    found = ranks.ranks(given_needs(mean.tolist(), np.diag(sd**2)), top=(1, 2))
    assert found["top_1"][0] == pytest.approx(expected, abs=0.015)


def test_a_lower_ranked_discrepancy_is_a_greater_need() -> None:
    found = ranks.ranks(given_needs([-0.5, 0.2], np.diag([1e-4, 1e-4]), "ranked_discrepancy"), "ranked_discrepancy")
    assert found["rank"].tolist() == [1, 2]


def test_joint_ranks_by_hand() -> None:
    # Half-widths are z(1 - 0.05/8) = 2.498 errors of 0.1: intervals [2.75, 3.25] [2.45, 2.95] [0.75, 1.25] [0.5, 1].
    low, high = ranks.joint_ranks(np.array([3.0, 2.7, 1.0, 0.75]), np.full(4, 0.1))
    assert low.tolist() == [1, 1, 3, 3] and high.tolist() == [2, 2, 4, 4]
    low, high = ranks.joint_ranks(np.array([3.0, np.nan, 1.0]), np.array([0.1, np.nan, 0.1]))
    np.testing.assert_array_equal(low, [1, np.nan, 2])
    np.testing.assert_array_equal(high, [1, np.nan, 2])


def test_joint_ranks_are_simultaneous() -> None:
    # Two skills: z(1 - 0.05/4) = 2.241, so they part beyond 2 x 0.2241 and not at 2 x 0.196.
    for difference, parted in ((0.44, False), (0.46, True)):
        low, _ = ranks.joint_ranks(np.array([difference, 0.0]), np.full(2, 0.1))
        assert low.tolist() == ([1, 2] if parted else [1, 1])


def test_an_interval_of_ranks_has_ranks_at_its_ends() -> None:
    low, high = ranks.rank_interval(np.array([[1.0], [2.0], [3.0], [4.0]]), 0.5)
    assert (low.item(), high.item()) == (1, 3)


def test_joint_ranks_cover_the_true_ranks() -> None:
    truth, se = np.array([1.0, 0.9, 0.8, 0.2, 0.1]), np.full(5, 0.1)
    drawn = np.random.default_rng(4).normal(truth, se, (400, 5))
    inside = 0
    for values in drawn:
        low, high = ranks.joint_ranks(values, se)
        inside += bool(((low <= np.arange(1, 6)) & (np.arange(1, 6) <= high)).all())
    assert inside / 400 >= 0.95


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(-3, 3), min_size=2, max_size=6),
    st.integers(0, 2**32 - 1),
)
def test_what_always_holds_of_ranks(estimate: list[float], seed: int) -> None:
    skills = len(estimate)
    root = np.random.default_rng(seed).normal(size=(skills, skills))
    found = ranks.ranks(given_needs(estimate, root @ root.T), top=range(1, skills + 1), draws=200, seed=seed)
    assert found["rank"].sum() == pytest.approx(skills * (skills + 1) / 2)
    assert found["expected_rank"].sum() == pytest.approx(skills * (skills + 1) / 2)
    for k in range(1, skills + 1):
        assert found[f"top_{k}"].sum() == pytest.approx(k)
    assert (found["joint_low"] <= found["rank"]).all() and (found["rank"] <= found["joint_high"]).all()
    assert (found["low"] <= found["high"]).all() and found["low"].between(1, skills).all()


def test_the_seed_makes_the_numbers(survey: Survey, declared: Study) -> None:
    needs = joint_needs(survey, declared.codebook.pairs(), "level")
    one, other = (ranks.ranks(needs, seed=seed) for seed in (1, 1))
    pd.testing.assert_frame_equal(one, other)
    assert not one.equals(ranks.ranks(needs, seed=2))
    assert one.attrs["method"]["seed"] == 1 and one.attrs["method"]["ranks"] == ranks.NORMAL


def test_ranks_are_within_each_domain(survey: Survey, declared: Study) -> None:
    found = ranks.ranks(joint_needs(survey, declared.codebook.pairs(), "level"))
    assert found.groupby("level", observed=True)["rank"].sum().eq(3).all()
    assert found["item"].tolist() == ["data"] * 3 + ["design"] * 3


def test_by_index_and_by_cut_hold_one_order_each(survey: Survey, declared: Study) -> None:
    pairs = declared.codebook.pairs()
    indices = ranks.by_index(joint_needs(survey, pairs))
    assert indices["measure"].tolist() == [name for name in INDICES for _ in pairs]
    assert indices.attrs["method"]["kendall"]["borich"] == 1
    cuts = ranks.by_cut(survey, pairs, cuts=(1, 3))
    assert cuts["levels_short"].tolist() == [1, 1, 3, 3]
    gap = small_survey.scored(survey)
    weight = gap["weight"].where(gap["gap:data"].notna())
    assert cuts["estimate"][2] == pytest.approx(weight[gap["gap:data"] >= 3].sum() / weight.sum())


def test_quadrants_by_hand(declared: Study) -> None:
    table = small_survey.received(1, 4)
    table["weight"], table["stratum"], table["department"] = "1", "h1", ["d1", "d1", "d2", "d2"]
    table["needed_data"], table["held_data"] = ["expert", "advanced"] * 2, ["none", "basic"] * 2  # 4.5, 1.5
    table["needed_design"], table["held_design"] = ["basic", "none"] * 2, ["working", "working"] * 2  # 1.5, 3
    survey, pairs = small_survey.survey(declared, table), declared.codebook.pairs()
    found = quadrants.quadrants(survey, pairs)
    assert found["quadrant"].tolist() == ["concentrate_here", "possible_overkill"]
    assert (found["needed_cut"].tolist(), found["held_cut"].tolist()) == ([3, 3], [2.25, 2.25])
    fixed = quadrants.quadrants(survey, pairs, cut=(1.0, 3.0))
    assert fixed["quadrant"].tolist() == ["concentrate_here", "keep_up"]
    at_cut = quadrants.quadrants(survey, pairs, cut=(4.5, 1.5))
    assert at_cut["quadrant"].tolist() == ["keep_up", "possible_overkill"]
    both = quadrants.by_cut(survey, pairs, cuts=("mean", (1.0, 3.0)))
    assert both["same"].tolist() == [True, False] * 2
    assert both["cut"].tolist() == ["mean", "mean", "1, 3", "1, 3"]


def test_probability_of_a_quadrant_is_the_normal_one(survey: Survey, declared: Study) -> None:
    found = quadrants.quadrants(survey, declared.codebook.pairs(), cut=(3.0, 3.0))
    assert found[list(quadrants.QUADRANTS)].sum(axis=1).to_numpy() == pytest.approx(1)
    for row in found.itertuples():
        important = row.concentrate_here + row.keep_up
        assert important == pytest.approx(stats.norm.sf((3 - row.needed) / row.needed_se), abs=0.015)
        performed = row.keep_up + row.possible_overkill
        assert performed == pytest.approx(stats.norm.sf((3 - row.held) / row.held_se), abs=0.015)


def test_a_domain_without_answers_has_no_quadrant(declared: Study) -> None:
    table = small_survey.received(3, 60)
    table["level"] = "staff"
    found = quadrants.quadrants(small_survey.survey(declared, table), declared.codebook.pairs(), "level")
    empty = found[found["level"] != "staff"]
    assert empty["quadrant"].eq("").all() and empty[list(quadrants.QUADRANTS)].isna().all(axis=None)
    known = ranks.ranks(joint_needs(small_survey.survey(declared, table), declared.codebook.pairs(), "level"))
    assert known.loc[known["level"] != "staff", ["rank", "low", "high", "joint_low", "top_1"]].isna().all(axis=None)


def test_wrong_words_are_answered(survey: Survey, declared: Study) -> None:
    with pytest.raises(UsageError, match="no index ‘borish’; did you mean ‘borich’"):
        ranks.ranks(joint_needs(survey, declared.codebook.pairs()), "borish")
    with pytest.raises(UsageError, match="cut: there is no ‘medium’; did you mean ‘median’"):
        quadrants.quadrants(survey, declared.codebook.pairs(), cut="medium")


def regular(declared: Study) -> Survey:
    table = small_survey.received(11, 600, clusters=12)
    # Strata of nine and three clusters: a factor that differs.
    table["stratum"] = np.where(table["department"] >= "d09", "h1", "h0")
    return small_survey.survey(declared, table)


@pytest.mark.parametrize("measure", INDICES)
def test_bootstrap_agrees_with_the_design(declared: Study, measure: str) -> None:
    # With replacement and no lonely stratum both estimate the same error.
    survey, pairs = regular(declared), declared.codebook.pairs()
    boot = bootstrap_ranks(survey, pairs, measure)
    found = ranks.ranks(joint_needs(survey, pairs), measure)
    assert boot["estimate"].to_numpy() == pytest.approx(found["estimate"].to_numpy())
    assert boot["se"].to_numpy() == pytest.approx(found["se"].to_numpy(), rel=0.1)
    assert boot["top_1"].to_numpy() == pytest.approx(found["top_1"].to_numpy(), abs=0.08)
    assert boot["rank"].tolist() == found["rank"].tolist()
    assert "bootstrap" in boot.attrs["method"]["ranks"] and "normal" in found.attrs["method"]["ranks"]


def test_bootstrap_weights_stand_for_the_whole_sample(declared: Study) -> None:
    # Short in one stratum alone: replicates scatter about the estimate only if each stratum keeps its weight.
    pairs = declared.codebook.pairs()
    table = small_survey.received(11, 600, clusters=12)
    table["stratum"] = np.where(table["department"] >= "d09", "h1", "h0")
    table["needed_data"], table["weight"] = np.where(table["stratum"] == "h1", "expert", "none"), "1"
    table["held_data"] = "none"
    survey = small_survey.survey(declared, table)
    boot = bootstrap_ranks(survey, pairs, "short")
    expected = joint_needs(survey, pairs).frame.query("measure == 'short'")
    assert boot["se"].to_numpy() == pytest.approx(expected["se"].to_numpy(), rel=0.1)


def test_bootstrap_in_a_domain(declared: Study) -> None:
    survey, pairs = regular(declared), declared.codebook.pairs()
    boot = bootstrap_ranks(survey, pairs, where={"level": "staff"}, replicates=50)
    frame = joint_needs(survey, pairs, where={"level": "staff"}).frame
    assert boot["estimate"].to_numpy() == pytest.approx(frame.loc[frame["measure"] == "borich", "estimate"].to_numpy())


def test_bootstrap_refuses_a_lonely_stratum(survey: Survey, declared: Study) -> None:
    with pytest.raises(DesignError, match="one sampled cluster only in stratum h3"):
        bootstrap_ranks(survey, declared.codebook.pairs())
    with pytest.raises(UsageError, match="no index ‘borish’"):
        bootstrap_ranks(survey, declared.codebook.pairs(), "borish")
