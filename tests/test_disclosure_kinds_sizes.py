"""Kinds of tables on sizes, levels and response: the numbers of the statistics, their scope, and what is withheld."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from digiskills import answers, disclosure, estimates
from digiskills import study as studies
from digiskills import survey as surveys
from digiskills.answers import Answers
from digiskills.disclosure import DeclaredTable
from digiskills.errors import UsageError
from digiskills.gaps import departments, nonresponse, sizes, standardize
from digiskills.gaps.respondents import limited, pairs_of, short_of
from digiskills.survey import Survey

SIZE, LEVEL = ("department_size",), ("level",)
SKILLS = ("data_analysis", "leadership_change")
STAFF, LARGE = (("level", "staff"),), (("department_size", "large"),)
ONTARIO = studies.read("ontario")


@cache
def count(wave: str, dimensions: tuple[str, ...]) -> tuple[Survey, Answers]:
    survey = surveys.read(ONTARIO, wave)
    return survey, answers.count(survey, dimensions)


def declared(kind: str, by: tuple[str, ...] = (), where: Any = (), **options: Any) -> DeclaredTable:
    given = tuple(sorted(options.items()))
    return DeclaredTable("", "ontario", "survey", kind, SKILLS, by, "2025", where, given)


def estimate(kind: str, by: tuple[str, ...] = (), where: Any = (), **options: Any) -> pd.DataFrame:
    return disclosure.estimate(declared(kind, by, where, **options), ONTARIO, count)


@pytest.fixture(scope="module")
def survey() -> Survey:
    return count("2025", SIZE)[0]


def test_departments_are_counted_before_any_difference(survey: Survey) -> None:
    found = estimate("departments", SIZE).set_index("department_size")
    frame = pd.DataFrame({"size": survey.dimension("department_size"), "stratum": survey.stratum.astype(str)})
    frame["department"] = survey.cluster.astype(str)
    for name, rows in frame.groupby("size", observed=True):
        assert found.loc[name, "n"] == len(rows)
        assert found.loc[name, "clusters"] == rows["department"].nunique()
        assert found.loc[name, "strata"] == rows["stratum"].nunique()
        assert found.loc[name, "df"] == rows["department"].nunique() - rows["stratum"].nunique()
        known = survey.population.rename(str)[sorted(rows["stratum"].unique())]
        assert found.loc[name, "in_population"] == known.sum()
    assert found["heads"].sum() == survey.heads["heads"].sum()


def test_differences_are_those_of_each_skill_held_to_one_family() -> None:
    found = estimate("differences", SIZE)
    counted = count("2025", SIZE)[1]
    for skill in SKILLS:
        one = estimates.differences(counted, standardize.short_by(counted, skill), "department_size", adjust="none")
        mine = found[found["item"] == skill].reset_index(drop=True)
        for name in ("estimate", "se", "df", "low", "high", "p", "effect"):
            assert mine[name].to_numpy() == pytest.approx(one[name].to_numpy(), nan_ok=True)
    assert len(found) == 2 * 10 and "1 family of 20 tests" in found.attrs["method"]["family"]
    assert found["p_adjusted"].to_numpy() == pytest.approx(estimates.adjust(found["p"].to_numpy(), "holm"))
    stands = (found["p_adjusted"] < 0.05) & (found["effect"].abs() >= 0.2)
    assert found["differs"].tolist() == stands.tolist() and found["differs"].any() and not found["differs"].all()


def test_the_margin_decides_what_is_surely_small() -> None:
    narrow, wide = (estimate("differences", SIZE, margin=margin) for margin in (0.02, 0.3))
    assert narrow["surely_small"].sum() < wide["surely_small"].sum()
    assert (narrow.attrs["method"]["margin"], wide.attrs["method"]["margin"]) == (0.02, 0.3)
    again = estimates.surely_small(narrow.drop(columns=["p_small", "p_small_adjusted", "surely_small"]), 0.02)
    assert again["p_small"].to_numpy() == pytest.approx(narrow["p_small"].to_numpy())


def test_standardized_stands_beside_the_shares_as_they_are() -> None:
    found = estimate("standardized", SIZE)
    counted = count("2025", ("department_size", "level", "function"))[1]
    one = standardize.standardized(counted, standardize.short_by(counted, SKILLS[0]), "department_size")
    mine = found[found["item"] == SKILLS[0]].reset_index(drop=True)
    crude, alike = (one[one["measure"] == name].reset_index(drop=True) for name in ("crude", "standardized"))
    assert mine["estimate"].to_numpy() == pytest.approx(crude["estimate"].to_numpy())
    for name in ("estimate", "low", "high"):
        mine_name = "standardized" if name == "estimate" else f"standardized_{name}"
        assert mine[mine_name].to_numpy() == pytest.approx(alike[name].to_numpy())
    assert mine["n"].tolist() == crude["n"].tolist(), "n is that of the share as it is"
    assert mine["fewest"].tolist() == alike["n"].tolist() and (mine["fewest"] <= mine["n"]).all()
    rules = disclosure.plan.withheld_reason(mine.assign(fewest=9), ONTARIO.release, has_clusters=True)
    assert (rules == "few_answers").all(), "release rests on the fewer answers"


def test_mix_and_rate_add_up_and_rest_on_the_smaller_group() -> None:
    found = estimate("mix_and_rate")
    parts = found.pivot(index="item", columns="part", values="estimate")
    assert (parts["mix"] + parts["rate"]).to_numpy() == pytest.approx(parts["difference"].to_numpy())
    survey = count("2025", SIZE)[0]
    known = survey.dimension("level").notna() & survey.dimension("function").notna()
    known &= np.asarray(survey.dimension("department_size"), dtype=object) == "micro"
    for skill in SKILLS:
        answered = np.isfinite(short_of(survey, pairs_of(survey, skill)[0], 1))
        mine = found[found["item"] == skill]
        assert (mine["n"] == (answered & known).sum()).all(), (
            "the split has no one whose level or function is not known"
        )
    turned = estimate("mix_and_rate", first="very_large", second="micro")
    assert turned["estimate"].to_numpy() == pytest.approx(-found["estimate"].to_numpy())


def test_the_own_bands_end_as_the_difference_of_sizes_does() -> None:
    found = estimate("band_ends")
    own = found[found["bands"] == "own"].set_index("item")["estimate"]
    pair = estimate("differences", SIZE).query("department_size == 'micro' and against == 'very_large'")
    assert own.to_dict() == pytest.approx(pair.set_index("item")["estimate"].to_dict())
    assert set(found["bands"]) == {"own", "three", "six"}


def test_trend_pairs_and_spread_are_those_of_the_statistics(survey: Survey) -> None:
    pairs = departments.executives_against_staff(survey).query("item in @SKILLS").reset_index(drop=True)
    pd.testing.assert_frame_equal(estimate("paired_levels"), pairs)
    pd.testing.assert_frame_equal(estimate("size_trend"), sizes.headcount_trend(survey, SKILLS))
    mine, spread = estimate("between_departments"), departments.spread(survey, SKILLS)
    assert mine[["estimate", "low", "high", "beyond"]].equals(spread[["estimate", "low", "high", "beyond"]])
    assert not {"department", "effective_n"} & set(mine), "no row is a department"


def test_the_smaller_level_of_the_departments_that_have_both_is_counted(survey: Survey) -> None:
    found = estimate("paired_levels").set_index("item")
    level = np.asarray(survey.dimension("level"), dtype=object)
    for skill in SKILLS:
        answered = np.isfinite(short_of(survey, pairs_of(survey, skill)[0], 1))
        sides = [survey.cluster.astype(str)[answered & (level == name)] for name in ("executive", "staff")]
        both = set(sides[0]) & set(sides[1])
        counts = [int(side.isin(both).sum()) for side in sides]
        assert (found.loc[skill, "n"], found.loc[skill, "fewest"]) == (sum(counts), min(counts))


def test_the_sample_holds_a_share_of_each_group_and_claims_no_response(survey: Survey) -> None:
    found = estimate("response")
    partial = nonresponse.partial_r_indicators(survey)
    assert found["estimate"].to_numpy() == pytest.approx(partial["response"].to_numpy())
    assert set(found["measure"]) == {"response"} and not {"unconditional", "conditional"} & set(found)
    assert not {"largest_bias", "r_indicator"} & set(found.attrs["method"]), "who was invited is not known"
    micro = found.query("category == 'micro'").iloc[0]
    assert micro["clusters"] == survey.cluster[np.asarray(survey.dimension("department_size")) == "micro"].nunique()


@pytest.mark.parametrize("kind", ["size_trend", "band_ends", "between_departments", "paired_levels"])
def test_a_scope_is_a_zero_weight(survey: Survey, kind: str) -> None:
    staff = limited(survey, dict(STAFF))
    assert len(staff) == len(survey) and (staff.weight > 0).sum() < (survey.weight > 0).sum()
    found = estimate(kind, where=STAFF if kind != "paired_levels" else LARGE)
    whole = estimate(kind)
    assert (found["n"] < whole["n"]).all() and found["estimate"].notna().all()


def test_a_difference_within_one_size_has_nothing_to_compare() -> None:
    found = estimate("differences", SIZE, LARGE)
    assert set(found["department_size"]) == {"large"} and (found["n"] == 0).all() and found["estimate"].isna().all()
    assert set(found["against"]) == {"micro", "small", "medium", "very_large"}
    rules = disclosure.plan.withheld_reason(found, ONTARIO.release, has_clusters=True)
    assert (rules == "few_answers").all()
    assert estimate("paired_levels", where=STAFF)["n"].eq(0).all()


def test_level_as_the_scope_leaves_the_mix_of_functions() -> None:
    found = estimate("standardized", SIZE, STAFF)
    counted = count("2025", ("department_size", "function", "level"))[1]
    short = standardize.short_by(counted, SKILLS[0])
    one = standardize.standardized(counted, short, "department_size", ("function",), where=dict(STAFF))
    alike = one[one["measure"] == "standardized"]["estimate"]
    assert found[found["item"] == SKILLS[0]]["standardized"].to_numpy() == pytest.approx(alike.to_numpy())


@pytest.mark.parametrize("kind", ["departments", "differences", "standardized"])
@pytest.mark.parametrize("by", [(), ("department_size", "level")])
def test_one_dimension_is_compared(kind: str, by: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="give the one dimension"):
        estimate(kind, by)


@pytest.mark.parametrize(
    ("kind", "by"),
    [("differences", SIZE), ("standardized", LEVEL), ("mix_and_rate", ()), ("band_ends", ()), ("response", ())],
)
def test_what_is_withheld_keeps_its_keys_and_no_number(kind: str, by: tuple[str, ...]) -> None:
    frame = estimate(kind, by)
    few = frame.assign(n=np.where(np.arange(len(frame)) % 2 == 0, 9, frame["n"]))
    found = disclosure.release(few, declared(kind, by), ONTARIO, plan=None, language="en").frame
    gone = found[found["withheld"] == "few_answers"]
    assert len(gone) == (len(frame) + 1) // 2
    keys = disclosure.keys.keys_of(frame, by)
    assert gone[keys].notna().all(axis=None) and gone.drop(columns=[*keys, "withheld"]).isna().all(axis=None)
    assert not found.duplicated(keys).any(), "the keys say what a row is"
