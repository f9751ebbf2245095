"""Indices of need: worked by hand, the same from counted answers and respondents, errors by another route."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import small_survey

from digiskills import answers, gaps
from digiskills.codebook import Pair
from digiskills.errors import UsageError
from digiskills.estimates import SurveyDesign
from digiskills.estimates.joint import Estimand
from digiskills.estimates.pairs import with_pairs
from digiskills.gaps.derived import Formula, derive
from digiskills.gaps.needs import joint_needs, joint_short, needs
from digiskills.gaps.together import together
from digiskills.study import Study
from digiskills.survey import Survey

NUMBERS = ["n", "clusters", "estimate", "se", "df", "low", "high"]
ITEMS = ("gap:data", "gap:design", "needed_data", "needed_design")


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("needs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        return small_survey.study(folder)


@pytest.fixture(scope="module")
def survey(declared: Study) -> Survey:
    return small_survey.survey(declared, small_survey.received(21, 400))


def measured(frame: pd.DataFrame, measure: str, skill: str = "data") -> pd.DataFrame:
    return frame[(frame["measure"] == measure) & (frame["item"] == skill)].reset_index(drop=True)


def by_hand(declared: Study) -> Survey:
    table = small_survey.received(1, 5)
    table["weight"], table["stratum"] = "1", "h1"
    table["department"] = ["d1", "d1", "d2", "d2", "d2"]
    table["needed_data"] = ["expert", "advanced", "working", "working", "dont_know"]  # 5 4 3 3 -
    table["held_data"] = ["working", "advanced", "advanced", "none", "none"]  # 3 4 4 1 1
    return small_survey.survey(declared, table)


def test_worked_by_hand(declared: Study) -> None:
    # Gaps 2 0 -1 2. Borich: mean gap 3/4 times mean needed 15/4. Ranked: 1 above - 2 below of 4.
    found = needs(by_hand(declared), declared.codebook.pairs()[:1])
    assert found["item"].unique().tolist() == ["data"]
    assert dict(zip(found["measure"], found["estimate"], strict=True)) == pytest.approx(
        {
            "borich": 3 / 4 * 15 / 4,
            "ranked_discrepancy": -1 / 4,
            "mean_gap": 3 / 4,
            "short": 2 / 4,
            "held_below": 2 / 4,
            "held_equal": 1 / 4,
            "held_above": 1 / 4,
        }
    )
    assert (found["n"] == 4).all() and found.columns.tolist() == ["item", "measure", *NUMBERS, "note"]
    alike = found["measure"].isin(["short", "held_below"])  # one of two in either department: no variance between
    assert found["note"].tolist() == np.where(alike, "no_variance", "few_df").tolist()


def test_borich_as_its_authors_compute_it(declared: Study) -> None:
    # Each respondent's discrepancy is weighted by the mean importance, then averaged.
    needed, held = np.array([5, 4, 3, 3]), np.array([3, 4, 4, 1])
    score = ((needed - held) * needed.mean()).sum() / len(needed)
    found = needs(by_hand(declared), declared.codebook.pairs()[:1])
    assert measured(found, "borich")["estimate"].item() == pytest.approx(score)


def test_least_moves_the_cut_of_short_alone(declared: Study) -> None:
    survey, pairs = by_hand(declared), declared.codebook.pairs()[:1]
    one, three = needs(survey, pairs, least=1), needs(survey, pairs, least=3)
    assert measured(three, "short")["estimate"].item() == 0
    others = one["measure"] != "short"
    pd.testing.assert_frame_equal(one[others], three[others])
    assert three.attrs["method"]["short"] == "share short by 3 levels or more"


def test_errors_are_those_of_the_linearised_variable(survey: Survey) -> None:
    # Another route: the error of a total of z, with w z the change of the index by one more respondent.
    frame = small_survey.scored(survey)
    gap, needed, weight = (frame[name].to_numpy() for name in ("gap:data", "needed_data", "weight"))
    both, asked = np.isfinite(gap), np.isfinite(needed)
    mean_gap, mean_needed = (
        np.average(gap[both], weights=weight[both]),
        np.average(needed[asked], weights=weight[asked]),
    )
    ranked = -np.sign(gap)
    mean_ranked = np.average(ranked[both], weights=weight[both])
    by_gap = np.where(both, mean_needed * (gap - mean_gap) / weight[both].sum(), 0)
    frame["borich"] = by_gap + np.where(asked, mean_gap * (needed - mean_needed) / weight[asked].sum(), 0)
    frame["ranked_discrepancy"] = np.where(both, (ranked - mean_ranked) / weight[both].sum(), 0)
    found = needs(survey, declared_pairs(survey)[:1])
    for name, estimate in {"borich": mean_gap * mean_needed, "ranked_discrepancy": mean_ranked}.items():
        total = SurveyDesign(frame, "weight", "stratum", "department").total(name)
        row = measured(found, name).iloc[0]
        assert row["estimate"] == pytest.approx(estimate) and row["se"] == pytest.approx(total["se"].item())


def declared_pairs(survey: Survey) -> list[Pair]:
    return survey.study.codebook.pairs()


@pytest.mark.parametrize("by", [(), ("department_size", "level")])
def test_counted_answers_give_the_same(survey: Survey, by) -> None:
    counted = with_pairs(answers.count(survey), survey, ITEMS)
    pairs = declared_pairs(survey)
    one, other = joint_needs(counted, pairs, by), joint_needs(survey, pairs, by)
    np.testing.assert_allclose(one.frame[NUMBERS], other.frame[NUMBERS].to_numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(one.covariance, other.covariance, rtol=1e-9, atol=1e-14)


def test_shares_and_means_are_those_of_the_shortfalls(survey: Survey) -> None:
    counted = answers.count(survey)
    known = gaps.shortfalls(counted, by="level")
    found = needs(survey, declared_pairs(survey), "level")
    for mine, theirs in {"short": "short_by_one", "mean_gap": "mean_gap", "held_above": "surplus"}.items():
        expected = known[known["measure"] == theirs]
        np.testing.assert_allclose(
            found.loc[found["measure"] == mine, NUMBERS], expected[NUMBERS].to_numpy(), rtol=1e-9
        )


def test_covariance_of_an_index_is_its_error(survey: Survey) -> None:
    found = joint_needs(survey, declared_pairs(survey), "level")
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), found.frame["se"], rtol=1e-9)
    assert np.linalg.eigvalsh(found.covariance).min() > -1e-12
    short = found.frame.index[found.frame["measure"] == "short"]
    alone = joint_short(survey, declared_pairs(survey), "level")
    np.testing.assert_allclose(alone.covariance, found.covariance[np.ix_(short, short)], rtol=1e-9)


def test_a_formula_may_name_an_estimand_twice(survey: Survey) -> None:
    basic = together(survey, [Estimand("a", "no_time"), Estimand("b", "good_tools")])
    formula = Formula({"item": "x"}, ("a", "b", "a"), lambda a, b, c: a + b + c, lambda a, b, c: (1.0, 1.0, 1.0))
    slope = np.array([2.0, 1.0])
    found = derive(basic, [formula]).frame.iloc[0]
    assert found["se"] == pytest.approx(np.sqrt(slope @ basic.covariance @ slope))
    assert found["estimate"] == pytest.approx(slope @ basic.frame["estimate"])


def test_an_empty_domain_has_no_number(declared: Study) -> None:
    table = small_survey.received(3, 60)
    table["level"] = "staff"
    found = needs(small_survey.survey(declared, table), declared.codebook.pairs(), "level")
    empty = found[found["level"] != "staff"]
    assert empty["n"].eq(0).all() and empty[["estimate", "se", "low", "high"]].isna().all(axis=None)
    assert found.loc[found["level"] == "staff", "se"].notna().all()


def test_wrong_skills_are_answered(survey: Survey) -> None:
    with pytest.raises(UsageError, match="no gap for ‘datta’; did you mean ‘data’"):
        needs(survey, [Pair("datta", "needed_data", "held_data")])
    with pytest.raises(UsageError, match="no skill was given"):
        needs(survey, [])
    with pytest.raises(UsageError, match="level has no ‘stuff’"):
        needs(survey, declared_pairs(survey), where={"level": "stuff"})
