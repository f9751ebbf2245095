"""Estimates from a frame of respondents: numbers found by hand, domains, intervals, and bad input."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from digiskills.errors import DesignError, UsageError
from digiskills.estimates import SurveyDesign

FOUR = pd.DataFrame(
    {
        "w": [1.0, 1.0, 2.0, 2.0],
        "office": ["a", "a", "b", "b"],
        "region": ["n", "n", "n", "n"],
        "offices": [4, 4, 4, 4],
        "skill": [1.0, 3.0, 2.0, 5.0],
        "years": [2.0, 2.0, 1.0, 4.0],
        "level": ["staff", "lead", "staff", "lead"],
        "agrees": ["yes", "no", "yes", None],
    }
)


def one(frame: pd.DataFrame) -> pd.Series:
    assert len(frame) == 1
    return frame.iloc[0]


def test_mean_by_hand() -> None:
    # T = 1 + 3 + 4 + 10 = 18, N = 6, mean 3; office totals of w (y - 3) / 6: (-2 + 0)/6 and (-2 + 4)/6;
    # V = 2/1 x (1/9 + 1/9) = 4/9; half the population sampled halves it.
    found = one(SurveyDesign(FOUR, "w", "region", "office").mean("skill"))
    assert found["estimate"] == 3
    assert found["se"] == pytest.approx(2 / 3)
    assert (found["n"], found["clusters"], found["df"]) == (4, 2, 1)
    assert found["high"] == pytest.approx(3 + stats.t.ppf(0.975, 1) * 2 / 3)
    finite = one(SurveyDesign(FOUR, "w", "region", "office", "offices").mean("skill"))
    assert finite["se"] == pytest.approx(math.sqrt(4 / 9 * (1 - 2 / 4)))


def test_total_and_ratio_by_hand() -> None:
    design = SurveyDesign(FOUR, "w", "region", "office")
    total = one(design.total("skill"))  # office totals 4 and 14, mean 9: V = 2 (25 + 25)
    assert (total["estimate"], total["se"]) == (18, 10)
    ratio = one(design.ratio("skill", "years"))  # 18 / 14; residuals 4 - 4 R and 14 - 10 R over 14
    assert ratio["estimate"] == pytest.approx(18 / 14)
    off = np.array([4 - 4 * 18 / 14, 14 - 10 * 18 / 14]) / 14
    assert ratio["se"] == pytest.approx(math.sqrt(2 * (off**2).sum()))
    assert ratio["item"] == "skill / years"


def test_without_clusters_each_respondent_was_drawn() -> None:
    # Equal weights and no strata: the variance of a mean is s² / n.
    found = one(SurveyDesign(FOUR.assign(w=7.0), "w").mean("skill"))
    assert found["se"] == pytest.approx(FOUR["skill"].std() / 2)
    assert (found["clusters"], found["df"]) == (4, 3)


def test_a_gap_is_paired() -> None:
    frame = FOUR.assign(needed=[4, 4, np.nan, 5], held=[1, np.nan, 2, 4])
    found = one(SurveyDesign(frame, "w").gap("needed", "held"))
    assert (found["n"], found["item"]) == (2, "needed - held")
    assert found["estimate"] == pytest.approx((1 * 3 + 2 * 1) / 3)


def test_a_cluster_without_answers_counts_in_the_variance() -> None:
    frame = pd.concat([FOUR, FOUR.assign(office=["c", "c", "d", "d"], skill=np.nan)])
    found = one(SurveyDesign(frame, "w", cluster="office").total("skill"))
    totals = np.array([4, 14, 0, 0])
    assert found["se"] == pytest.approx(math.sqrt(4 * totals.var(ddof=1)))
    assert (found["clusters"], found["df"]) == (2, 1)


def test_every_combination_is_a_row_even_without_a_respondent() -> None:
    frame = FOUR.assign(level=pd.Categorical(FOUR["level"], ["head", "lead", "staff"]), size=["s", "s", "l", "l"])
    found = SurveyDesign(frame, "w").mean(["skill", "years"], by=["level", "size"])
    assert found["item"].tolist() == ["skill"] * 6 + ["years"] * 6
    assert found["level"].tolist()[:6] == ["head", "head", "lead", "lead", "staff", "staff"]
    empty = found.iloc[0]
    assert (empty["n"], empty["clusters"], empty["df"]) == (0, 0, 0)
    assert empty[["estimate", "se", "low", "high"]].isna().all()
    assert found.columns.tolist() == [
        "item", "level", "size", "n", "clusters", "estimate", "se", "df", "low", "high",
        "note",
    ]  # fmt: skip


def test_shares_of_each_answer_and_of_several() -> None:
    design = SurveyDesign(FOUR, "w")
    each = design.share("agrees")
    assert each[["answer", "n", "estimate"]].values.tolist() == [["no", 3, 0.25], ["yes", 3, 0.75]]
    assert one(design.share("agrees", answers=["no", "yes"]))["estimate"] == 1
    low, high = each.loc[1, ["low", "high"]]
    half = stats.t.ppf(0.975, each.loc[1, "df"]) * each.loc[1, "se"] / (0.75 * 0.25)
    assert math.log(high / (1 - high)) == pytest.approx(math.log(3) + half)
    assert math.log(low / (1 - low)) == pytest.approx(math.log(3) - half)
    straight = design.share("agrees", answers="yes", interval="t").iloc[0]
    assert straight["high"] - straight["estimate"] == pytest.approx(straight["estimate"] - straight["low"])


@pytest.mark.parametrize("interval", ["logit", "t"])
def test_a_share_of_all_or_nothing_has_an_exact_interval(interval) -> None:
    frame = pd.DataFrame({"w": [0.1, 0.2, 0.3, 0.7, 0.9, 1.1], "says": [1, 1, 1, 1, 1, 1]})
    design = SurveyDesign(frame, "w")
    full, none = design.share("says", 1, interval=interval), design.share("says", 0, interval=interval)
    expected = stats.binomtest(6, 6).proportion_ci(method="exact")
    assert full[["estimate", "se", "high"]].values.tolist() == [[1, 0, 1]]
    assert full["low"].iloc[0] == pytest.approx(expected.low)
    assert none["low"].iloc[0] == 0
    assert none["high"].iloc[0] == pytest.approx(stats.binomtest(0, 6).proportion_ci(method="exact").high)
    assert "Clopper-Pearson" in full.attrs["method"]["interval"]


def test_no_interval_without_degrees_of_freedom() -> None:
    design = SurveyDesign(FOUR, "w", cluster="office")
    found = design.mean("skill", where={"office": "a"}).iloc[0]
    assert found["df"] == 0
    assert math.isnan(found["low"]) and math.isnan(found["high"])
    for interval in ("logit", "t"):
        share = design.share("agrees", "yes", where={"office": "b"}, interval=interval).iloc[0]
        assert share["estimate"] == 1 and math.isnan(share["low"]) and math.isnan(share["high"])
    whole = SurveyDesign(FOUR, "w", cluster="office", df="design").mean("skill", where={"office": "a"})
    assert whole["df"].iloc[0] == 1


def test_rounding_is_not_error() -> None:
    frame = pd.DataFrame({"w": np.linspace(0.1, 3.3, 60), "office": np.arange(60) % 7, "says": 0.1})
    assert one(SurveyDesign(frame, "w", cluster="office").mean("says"))["se"] == 0
    assert one(SurveyDesign(frame, "w").mean("says"))["se"] == 0


def lonely(rule: str, offices: list[int] | None = None) -> SurveyDesign:
    # Stratum n: office totals 4 and 14 (mean 9); stratum s: one office with total 6.
    rows = {"w": [1, 1, 2, 2, 3], "office": list("aabbc"), "region": list("nnnns"), "skill": [1, 3, 2, 5, 2]}
    frame = pd.DataFrame(rows)
    if offices is not None:
        frame["offices"] = offices
    return SurveyDesign(frame, "w", "region", "office", None if offices is None else "offices", lonely=rule)


@pytest.mark.parametrize(
    ("rule", "variance"),
    [
        ("certainty", 2 * 50),
        ("adjust", 2 * 50 + (6 - 24 / 3) ** 2),  # about the mean of the three offices
        ("average", 2 * 50 * 2 / 1),  # two strata met, one usable
    ],
)
def test_lonely_clusters_by_hand(rule, variance) -> None:
    assert one(lonely(rule).total("skill"))["se"] == pytest.approx(math.sqrt(variance))


def test_one_cluster_of_one_is_not_lonely() -> None:
    for rule in ("fail", "adjust", "average", "certainty"):
        found = one(lonely(rule, [4, 4, 4, 4, 1]).total("skill"))
        assert found["se"] == pytest.approx(math.sqrt(2 * 50 / 2))


def test_lonely_clusters_can_be_refused() -> None:
    with pytest.raises(DesignError, match="one sampled cluster only in stratum s; join strata"):
        lonely("fail")


def test_average_with_nothing_to_average_gives_no_error() -> None:
    found = lonely("average").total("skill", where={"region": "s"}).iloc[0]
    assert found["estimate"] == 6 and math.isnan(found["se"]) and math.isnan(found["low"])


def test_a_stratum_taken_whole_adds_nothing() -> None:
    assert one(SurveyDesign(FOUR.assign(offices=2), "w", "region", "office", "offices").mean("skill"))["se"] == 0


def test_two_stages_by_hand() -> None:
    # Both offices of the stratum are in the sample: the first stage adds nothing. In office a, of 4 people,
    # w y is 1 and 3: (1 - 2/4) 2/1 (1 + 1) = 2; in b, of 3 people, 4 and 10: (1 - 2/3) 2 (9 + 9) = 12.
    frame = FOUR.assign(offices=2, people=[4, 4, 3, 3])
    design = SurveyDesign(frame, "w", "region", "office", ("offices", "people"))
    assert one(design.total("skill"))["se"] == pytest.approx(math.sqrt(14))
    # w (y - 3) / 6 is -2/6 and 0 in a, -2/6 and 4/6 in b.
    within = 0.5 * 2 * 2 / 36 + 1 / 3 * 2 * 2 * 9 / 36
    assert one(design.mean("skill"))["se"] == pytest.approx(math.sqrt(within))
    assert "two-stage" in design.mean("skill").attrs["method"]["design"]


def test_a_census_of_both_stages_has_no_error() -> None:
    frame = FOUR.assign(offices=2, people=2)
    assert one(SurveyDesign(frame, "w", "region", "office", ["offices", "people"]).total("skill"))["se"] == 0


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([4, 4, 1, 1], "cluster b has 1 people, fewer than the 2 sampled"),
        ([4, 5, 3, 3], "more than one number within cluster a"),
        ([4, 4, 0.5, 0.5], "0.5 in cluster b is a fraction"),
        ([4, 4, 3, np.nan], "people: missing in row 5"),
    ],
)
def test_people_that_cannot_be_are_refused(people, said) -> None:
    frame = FOUR.assign(people=people)
    with pytest.raises(DesignError, match=said):
        SurveyDesign(frame, "w", "region", "office", ("offices", "people"))


def test_two_stages_need_clusters() -> None:
    with pytest.raises(DesignError, match="two columns are for a sample with clusters"):
        SurveyDesign(FOUR.assign(people=9), "w", "region", population=("offices", "people"))
    with pytest.raises(UsageError, match="3 columns were given"):
        SurveyDesign(FOUR, "w", "region", "office", ("offices", "offices", "offices"))


def test_the_method_says_how() -> None:
    method = SurveyDesign(FOUR, "w", "region", "office", "offices").mean("skill").attrs["method"]
    assert method["design"] == "Taylor linearisation; 1 stratum, 2 clusters; one-stage correction by count of clusters"
    assert (method["lonely"], method["df"], method["df_design"]) == ("adjust", "domain", 1)
    assert method["df_rule"] == "clusters minus strata of the domain's answers"


def test_the_frame_is_untouched_and_never_shown() -> None:
    before = FOUR.copy()
    design = SurveyDesign(FOUR, "w", "region", "office")
    design.share("agrees", by="level")
    pd.testing.assert_frame_equal(FOUR, before)
    assert repr(design).startswith("SurveyDesign(4 respondents;")


def test_labels_repeated_in_strata_are_nested_only_if_asked() -> None:
    frame = FOUR.assign(region=["n", "s", "n", "s"])
    with pytest.raises(DesignError, match=r"cluster: in more than one stratum: a, b; .*nest=True"):
        SurveyDesign(frame, "w", "region", "office")
    assert one(SurveyDesign(frame, "w", "region", "office", nest=True).mean("skill"))["clusters"] == 4


def test_everything_wrong_is_said_at_once() -> None:
    way_out = "correct them, or say nest=True where they are different clusters"
    frame = FOUR.assign(
        w=[-1, np.nan, np.inf, 2],
        region=["n", None, "s", "s"],
        office=["a", "b", "a", None],
        offices=[4, 4, 3, 5],
    )
    with pytest.raises(DesignError) as caught:
        SurveyDesign(frame, "w", "region", "office", "offices")
    assert str(caught.value).splitlines() == [
        "weight: missing in row 3",
        "weight: negative in row 2",
        "weight: infinite in row 4",
        "stratum: missing in row 3",
        "cluster: missing in row 5",
        f"cluster: in more than one stratum: a; {way_out}",
        "population: more than one number within stratum s",
    ]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"w": 0.0}, "weight: every weight is 0"),
        ({"w": ["1", "2", "3", "4"]}, "weight: column ‘w’ holds .*, not numbers"),
        ({"offices": 1}, "population: stratum n has 1 clusters, fewer than the 2 sampled"),
        ({"offices": 0.5}, "population: 0.5 in stratum n is a fraction; give the number of clusters"),
        ({"offices": [np.nan, 4, 4, 4]}, "population: missing in row 2"),
        ({"offices": ["4"] * 4}, "population: column ‘offices’ holds .*, not numbers"),
    ],
)
def test_bad_input_is_refused(columns, said) -> None:
    with pytest.raises(DesignError, match=said):
        SurveyDesign(FOUR.assign(**columns), "w", "region", "office", "offices")


def test_a_frame_without_rows_is_refused() -> None:
    with pytest.raises(DesignError, match="no respondents"):
        SurveyDesign(FOUR.iloc[:0], "w")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: SurveyDesign(FOUR, "weight", cluster="ofice"),
            "cluster: no column ‘ofice’; did you mean ‘office’",
        ),
        (lambda: SurveyDesign(FOUR, "w", lonely="ajust"), "did you mean ‘adjust’"),
        (lambda: SurveyDesign(FOUR, "w").mean("skil"), "did you mean ‘skill’"),
        (lambda: SurveyDesign(FOUR, "w").mean("agrees"), "‘agrees’ holds answers, not numbers"),
        (
            lambda: SurveyDesign(FOUR, "w").share("agrees", "yess"),
            "‘agrees’ has no ‘yess’; did you mean ‘yes’",
        ),
        (lambda: SurveyDesign(FOUR, "w").mean("skill", by="levels"), "by: ‘levels’ is not there"),
    ],
)
def test_wrong_names_are_answered_with_the_nearest(call, said) -> None:
    with pytest.raises(UsageError, match=said):
        call()


rows = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.floats(0.1, 9), st.integers(1, 5) | st.none()),
    min_size=2,
    max_size=40,
)


@given(rows)
def test_what_must_always_hold(rows) -> None:
    frame = pd.DataFrame(rows, columns=["region", "office", "w", "skill"]).astype({"skill": float})
    frame["office"] += 10 * frame["region"]
    design = SurveyDesign(frame, "w", "region", "office")
    found = one(design.mean("skill"))
    assert found["n"] == frame["skill"].notna().sum()
    if found["n"]:
        assert frame["skill"].min() - 1e-9 <= found["estimate"] <= frame["skill"].max() + 1e-9
        assert found["se"] >= 0
        assert found["df"] == found["clusters"] - frame.loc[frame["skill"].notna(), "region"].nunique()
        # Weights in other units change totals in proportion, and means not at all.
        scaled = SurveyDesign(frame.assign(w=frame["w"] * 1000), "w", "region", "office")
        np.testing.assert_allclose(one(scaled.mean("skill"))["se"], found["se"], rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(one(scaled.total("skill"))["se"], 1000 * one(design.total("skill"))["se"], rtol=1e-9)
        reordered = SurveyDesign(frame.iloc[::-1], "w", "region", "office")
        np.testing.assert_allclose(one(reordered.mean("skill"))["se"], found["se"], rtol=1e-9, atol=1e-10)
