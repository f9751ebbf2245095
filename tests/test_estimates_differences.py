"""Differences, contrasts and equivalence: R, printed and outside numbers, and numbers found by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey
from scipy import stats
from statsmodels.stats.proportion import proportion_effectsize
from statsmodels.stats.weightstats import DescrStatsW

from digiskills import answers
from digiskills.errors import UsageError
from digiskills.estimates import Estimand, SurveyDesign, contrasts, differences, surely_small
from digiskills.study import Study

REFERENCE = Path(__file__).parent / "reference"
RECORDS = json.loads((REFERENCE / "expected/open_survey.json").read_text())["records"]
MODEL = next(record["expected"] for record in RECORDS if record["id"] == "open/survey/glm")
COLUMNS = ["n", "clusters", "estimate", "se", "df", "low", "high", "effect", "p", "p_adjusted", "differs", "note"]


@pytest.fixture(scope="module")
def design() -> SurveyDesign:
    frame = pd.read_csv(REFERENCE / "data/open_survey.csv")
    frame = frame.assign(
        gap=frame["req"] - frame["cur"], level=pd.Categorical(frame["level"], ["staff", "lead", "head"])
    )
    return SurveyDesign(frame, "weight", "region", "office")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("differences")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        return small_survey.study(folder)


def test_differences_of_domains_equal_the_coefficients_of_svyglm(design: SurveyDesign) -> None:
    found = design.difference("gap", "level", against="staff")
    assert found["level"].tolist() == ["lead", "head"] and set(found["against"]) == {"staff"}
    np.testing.assert_allclose(found["estimate"], MODEL["estimate"][1:], rtol=1e-9)
    np.testing.assert_allclose(found["se"], MODEL["se"][1:], rtol=1e-9)


def test_a_difference_by_hand() -> None:
    # Two offices answer for both groups: means 2 (1, 3) and 5 (4, 6), so each office differs by 3 exactly.
    frame = pd.DataFrame({"w": 1.0, "office": list("aabb"), "level": list("stst"), "skill": [1.0, 4.0, 3.0, 6.0]})
    found = SurveyDesign(frame, "w", cluster="office").difference("skill", "level").iloc[0]
    # u is (1 - 2)/2, (3 - 2)/2 in the one group and the same in the other: the covariance takes all of the error.
    assert (found["estimate"], found["se"], found["df"]) == (-3, 0, 1)
    assert math.isnan(found["p"]) and math.isnan(found["low"])
    apart = SurveyDesign(frame.assign(skill=[1.0, 6.0, 3.0, 4.0]), "w", cluster="office")
    found = apart.difference("skill", "level").iloc[0]
    # u of the difference: -1/2 - 1/2 = -1 and +1; V = 2/1 (1 + 1) = 4.
    assert (found["estimate"], found["se"], found["df"]) == (-3, 2, 1)
    assert found["p"] == pytest.approx(2 * stats.t.sf(1.5, 1))
    assert found["high"] == pytest.approx(-3 + stats.t.ppf(0.975, 1) * 2)
    # The weighted variance of the values is 1 in each group.
    assert found["effect"] == pytest.approx(-3)


def test_two_independent_samples_are_compared_as_welch_does() -> None:
    draw = np.random.default_rng(5)
    frame = pd.DataFrame({"w": 1.0, "group": ["a"] * 40 + ["b"] * 60, "y": draw.normal(size=100)})
    found = SurveyDesign(frame, "w", stratum="group").difference("y", "group").iloc[0]
    first, second = (frame.loc[frame["group"] == name, "y"] for name in "ab")
    expected = stats.ttest_ind(first, second, equal_var=False)
    assert found["estimate"] / found["se"] == pytest.approx(expected.statistic, rel=1e-12)
    assert (found["df"], found["n"]) == (39, 40)


def test_everyone_against_one_takes_those_in_both_into_account(design: SurveyDesign) -> None:
    found = design.difference("gap", "level", against="all")
    together = design.joint(Estimand("gap", "gap"), "level", margins=True)
    assert found["level"].tolist() == ["staff", "lead", "head"]
    one, everyone = 0, 3
    v = together.covariance
    assert found["se"].iloc[0] == pytest.approx(math.sqrt(v[one, one] + v[everyone, everyone] - 2 * v[one, everyone]))
    assert found["se"].iloc[0] < math.sqrt(v[one, one] + v[everyone, everyone])


def test_effects_are_cohens(design: SurveyDesign) -> None:
    found = design.difference("lacks_time", "level", answers=[1])
    shares = design.share("lacks_time", 1, by="level")["estimate"].tolist()
    expected = [proportion_effectsize(shares[a], shares[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
    np.testing.assert_allclose(found["effect"], expected, rtol=1e-12)
    # Cohen (1988), table 6.2.2: p = .65 and p = .45 differ by h = 1.875 - 1.471 = .40.
    assert 2 * math.asin(math.sqrt(0.65)) == pytest.approx(1.875, abs=6e-4)
    assert proportion_effectsize(0.65, 0.45) == pytest.approx(0.40, abs=5e-3)


def test_a_difference_counts_if_it_is_certain_and_not_trivial() -> None:
    draw = np.random.default_rng(8)
    group = np.repeat(["a", "b"], 20_000)
    # A certain but trivial difference of 0.1 standard deviations, and a certain one of 0.5.
    frame = pd.DataFrame({"w": 1.0, "group": group, "tiny": draw.normal(size=40_000), "big": draw.normal(size=40_000)})
    frame.loc[frame["group"] == "b", "tiny"] += 0.1
    frame.loc[frame["group"] == "b", "big"] += 0.5
    found = SurveyDesign(frame, "w", "group").difference(["tiny", "big"], "group")
    assert (found["p_adjusted"] < 1e-6).all()
    assert found["differs"].tolist() == [False, True]
    assert SurveyDesign(frame, "w", "group").difference("tiny", "group", small=0.05)["differs"].tolist() == [True]


def test_each_estimand_is_a_family(design: SurveyDesign) -> None:
    found = design.difference(["gap", "cur"], "level")
    for item in ("gap", "cur"):
        alone = design.difference(item, "level")
        np.testing.assert_allclose(found.loc[found["estimand"] == item, "p_adjusted"], alone["p_adjusted"], rtol=1e-12)
    assert found.attrs["method"]["family"] == "the differences of one estimand: 2 families of 3 tests"
    assert "Holm" in found.attrs["method"]["adjustment"]
    assert found.columns.tolist() == ["estimand", "level", "against", *COLUMNS]


def test_answers_give_the_same_differences(study: Study) -> None:
    survey = small_survey.survey(study, small_survey.received(2, 300))
    counted, estimand = answers.count(survey), Estimand("gap:data", "gap:data")
    frame = small_survey.scored(survey)
    of_frame = SurveyDesign(frame, "weight", "stratum", "department")
    for against in (None, "all", "large"):
        found = differences(counted, estimand, "department_size", by="level", against=against)
        expected = of_frame.difference("gap:data", "department_size", by="level", against=against)
        pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-9)
        assert found.columns.tolist()[:4] == ["estimand", "level", "department_size", "against"]
    assert len(found) == 3 * 2
    table = differences(counted, [estimand, Estimand("needed", "needed_data")], "department_size", family="table")
    assert table.attrs["method"]["family"] == "all differences of the table: 1 family of 6 tests"
    items = differences(counted, [estimand, Estimand("gap:design", "gap:design")], "estimand", by="level")
    assert items[["estimand", "level", "against"]].values.tolist()[0] == ["gap:data", "director", "gap:design"]


def test_contrasts_of_any_coefficients(design: SurveyDesign) -> None:
    together = design.joint(Estimand("gap", "gap"), "level")
    matrix = pd.DataFrame([[0.5, 0.5, -1.0], [1, -1, 0]], index=["not heads", "staff"])
    found = contrasts(together, matrix)
    means = together.frame["estimate"].to_numpy()
    np.testing.assert_allclose(found["estimate"], matrix.to_numpy() @ means)
    expected = np.sqrt(np.diag(matrix.to_numpy() @ together.covariance @ matrix.to_numpy().T))
    np.testing.assert_allclose(found["se"], expected)
    assert found["contrast"].tolist() == ["not heads", "staff"]
    assert found["df"].tolist() == [1, 8]  # heads have few offices
    assert found["n"].tolist() == [7, 29]
    assert "1 of 2 rows have fewer than 8" in found.attrs["method"]["df_low"]
    assert contrasts(together, matrix, df="design")["df"].tolist() == [9, 9]
    named = contrasts(together, matrix.to_numpy())
    assert named["contrast"].tolist() == [
        "0.5 gap staff + 0.5 gap lead − 1 gap head".replace("1 gap", "gap"),
        "gap staff − gap lead",
    ]


def test_what_all_answer_alike_has_no_difference_with_error() -> None:
    frame = pd.DataFrame({"w": 1.0, "group": list("aaaabbbb"), "says": [1, 1, 1, 1, 0, 1, 0, 1]})
    found = SurveyDesign(frame, "w", "group").difference("says", "group", answers=[1]).iloc[0]
    assert found["estimate"] == 0.5
    assert found[["se", "low", "high", "p", "p_adjusted"]].isna().all() and not found["differs"]


def test_an_empty_domain_makes_only_its_own_differences_unknown() -> None:
    frame = pd.DataFrame({"w": 1.0, "y": [1.0, 2, 3, 5, 8, 9], "group": pd.Categorical(list("aaabbb"), list("abc"))})
    found = SurveyDesign(frame, "w").difference("y", "group")
    assert found["p"].notna().tolist() == [True, False, False]
    assert found["n"].tolist() == [3, 0, 0]
    assert found["p_adjusted"].iloc[0] == found["p"].iloc[0]


def test_shares_and_means_have_no_common_effect(design: SurveyDesign) -> None:
    together = design.joint([Estimand("gap", "gap"), Estimand("time", "lacks_time", (1,))])
    found = contrasts(together, [(0, 1)]).iloc[0]
    assert math.isnan(found["effect"]) and not found["differs"] and found["se"] > 0


def test_surely_small_equals_two_one_sided_tests() -> None:
    draw = np.random.default_rng(4)
    y = draw.normal(0.05, 1, 200)
    frame = pd.DataFrame({"estimate": [y.mean()], "se": [y.std(ddof=1) / math.sqrt(200)], "df": [199]})
    for margin in (0.1, 0.3):
        expected = DescrStatsW(y).ttost_mean(-margin, margin)[0]
        found = surely_small(frame, margin).iloc[0]
        assert found["p_small"] == pytest.approx(expected, rel=1e-10)
        assert found["surely_small"] == (expected < 0.05)
    with pytest.raises(UsageError, match="above 0"):
        surely_small(frame, 0)
    unknown = surely_small(frame.assign(se=0.0), 0.3)
    assert unknown["p_small"].isna().all() and not unknown["surely_small"].any()


def test_wrong_names_are_answered_with_the_nearest(design: SurveyDesign) -> None:
    together = design.joint(Estimand("gap", "gap"), "level")
    for call, said in (
        (lambda: design.difference("gap", "levels"), "did you mean ‘level’"),
        (lambda: design.difference("gap", "level", against="stafff"), "level has no ‘stafff’; did you mean ‘staff’"),
        (lambda: design.difference("gap", "estimand"), "a difference needs two"),
        (lambda: contrasts(together, [(0, 3)]), "rows 0 to 2"),
        (lambda: contrasts(together, np.eye(3)), "add up to 0"),
        (lambda: contrasts(together, np.array([[1, -1]])), "2 coefficients were given for 3 estimates"),
        (lambda: contrasts(together, [(0, 1)], df="larger"), "no rule ‘larger’"),
        (lambda: contrasts(together, [(0, 1)], family=[1, 2]), "2 names were given for 1 contrasts"),
        (lambda: contrasts(together, [(0, 1)], adjust="bonferroni"), "no ‘bonferroni’"),
    ):
        with pytest.raises(UsageError, match=said):
            call()
