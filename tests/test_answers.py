"""One pass over the survey: counts by hand, and the same estimates as from the respondents themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digiskills import answers, estimates
from digiskills.answers import Answers
from digiskills.errors import DesignError, UsageError
from digiskills.estimates import SurveyDesign
from digiskills.study import Study

NUMBERS = ["n", "clusters", "estimate", "se", "df", "low", "high"]
SCORED = ["needed_data", "held_data", "no_time", "gap:data", "gap:design"]
BREAKDOWNS = [(), ("level",), ("department_size", "level")]
POPULATION = pd.Series({"h0": 9, "h1": 4, "h2": 30, "h3": 2})


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_study(tmp_path_factory.mktemp("clusters"), clusters=True)


@pytest.fixture(scope="module")
def elements(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_study(tmp_path_factory.mktemp("elements"), clusters=False)


def make_study(folder: Path, clusters: bool) -> Study:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        return small_survey.study(folder, clusters)


def both_ways(
    study: Study, seed: int, population: pd.Series | None, respondents: int = 300
) -> tuple[Answers, SurveyDesign]:
    """The counted survey, and the design on its respondents."""
    survey = small_survey.survey(study, small_survey.received(seed, respondents), population)
    frame = small_survey.scored(survey)
    clusters = "department" if study.design.cluster else None
    if population is not None:
        frame["in_stratum"] = frame["stratum"].map(population)
    column = None if population is None else "in_stratum"
    return answers.count(survey), SurveyDesign(frame, "weight", "stratum", clusters, column)


def assert_same(found: pd.DataFrame, expected: pd.DataFrame, by: tuple[str, ...]) -> None:
    pd.testing.assert_frame_equal(found[["item", *by]], expected[["item", *by]], check_dtype=False)
    np.testing.assert_allclose(
        found[NUMBERS].to_numpy(float), expected[NUMBERS].to_numpy(float), rtol=1e-12, atol=1e-12
    )


def test_counts_by_hand(declared: Study) -> None:
    table = small_survey.received(1, 4)
    table["department"], table["stratum"], table["department_size"] = ["d1", "d1", "d1", "d2"], "h1", "micro"
    table["level"], table["weight"] = ["staff", "staff", "refused", "staff"], ["1", "2", "3", "4"]
    table["needed_data"], table["held_data"] = (
        ["expert", "basic", "none", ""],
        ["none", "basic", "expert", "basic"],
    )
    table["used"] = ["peers course", "peers", "dont_know", ""]
    counted = answers.count(small_survey.survey(declared, table))
    assert counted.groups["cluster"].tolist() == ["d1", "d1", "d2"]
    assert counted.groups["level"].isna().tolist() == [True, False, False]
    assert counted.groups["n"].tolist() == [1, 2, 1]
    assert counted.groups["w"].tolist() == [3, 3, 4]
    assert counted.groups["w2"].tolist() == [9, 5, 16]
    gap = counted.item("gap:data")
    assert gap.answers == ("-4", "-3", "-2", "-1", "0", "1", "2", "3", "4", "not_both")
    assert gap.w[:, [0, 4, 8, 9]].tolist() == [[3, 0, 0, 0], [0, 2, 1, 0], [0, 0, 0, 4]]
    peers = counted.item("used/peers")
    assert peers.n.sum(axis=0).tolist() == [0, 2, 1, 1]
    assert peers.answers == ("no", "yes", "dont_know", "skipped")
    assert peers.missing.tolist() == [False, False, True, True]
    assert peers.scores is None
    assert counted.skills == ("data", "design")


@pytest.mark.parametrize("by", BREAKDOWNS)
@pytest.mark.parametrize("population", [None, POPULATION], ids=["replacement", "finite"])
def test_means_and_totals_equal_those_of_the_respondents(declared, population, by) -> None:
    counted, design = both_ways(declared, 7, population)
    assert_same(estimates.means(counted, SCORED, by), design.mean(SCORED, by), by)
    assert_same(estimates.totals(counted, SCORED, by=by), design.total(SCORED, by), by)


@pytest.mark.parametrize("by", BREAKDOWNS)
def test_two_stages_equal_those_of_the_respondents(declared, by) -> None:
    survey = small_survey.survey(declared, small_survey.received(15, 300), POPULATION)
    frame = small_survey.scored(survey)
    people = frame["department"].value_counts() * 2 + 3
    frame["in_stratum"], frame["people"] = frame["stratum"].map(POPULATION), frame["department"].map(people)
    design = SurveyDesign(frame, "weight", "stratum", "department", ("in_stratum", "people"))
    counted = answers.count(survey, people=people)
    assert_same(estimates.means(counted, SCORED, by), design.mean(SCORED, by), by)
    assert_same(estimates.totals(counted, SCORED, by=by), design.total(SCORED, by), by)
    one_stage = estimates.means(answers.count(survey), SCORED, by)
    assert (estimates.means(counted, SCORED, by)["se"] >= one_stage["se"]).all()
    with pytest.raises(DesignError, match="no number of people for cluster d03"):
        estimates.means(answers.count(survey, people=people.drop("d03")), SCORED)


@pytest.mark.parametrize("by", BREAKDOWNS)
@pytest.mark.parametrize("population", [None, POPULATION * 100], ids=["replacement", "finite"])
def test_without_clusters_single_items_are_exact(elements, population, by) -> None:
    counted, design = both_ways(elements, 8, population)
    assert len(counted.groups) < 60
    assert_same(estimates.means(counted, SCORED, by), design.mean(SCORED, by), by)
    assert_same(estimates.totals(counted, SCORED, by=by), design.total(SCORED, by), by)


@pytest.mark.parametrize("clusters", [True, False])
def test_shares_equal_those_of_the_respondents(declared, elements, clusters) -> None:
    counted, design = both_ways(declared if clusters else elements, 9, None)
    each = estimates.shares(counted, ["no_time", "gap:data"], by="level")
    by_score = design.share(["no_time", "gap:data"], by="level")
    assert_same(each, by_score, ("level",))
    assert each["answer"].tolist()[:9:3] == ["disagree", "neither", "agree"]
    together = estimates.shares(counted, ["no_time"], of={"no_time": ["neither", "agree"]}, by="level")
    assert_same(together, design.share("no_time", answers=[2, 3], by="level"), ("level",))
    assert "answer" not in together


@pytest.mark.parametrize("where", [{"level": "staff"}, {"level": ["staff", "manager"], "department_size": "small"}])
def test_where_is_a_domain_not_a_filter(declared, where) -> None:
    counted, design = both_ways(declared, 10, POPULATION)
    found = estimates.means(counted, SCORED, where=where)
    assert_same(found, design.mean(SCORED, where=where), ())
    fewer = design._all.frame[
        np.logical_and.reduce([design._all.frame[key].isin(np.atleast_1d(value)) for key, value in where.items()])
    ]
    filtered = SurveyDesign(fewer, "weight", "stratum", "department", "in_stratum").mean(SCORED)
    np.testing.assert_allclose(found["estimate"], filtered["estimate"])
    everyone = {**where, "level": "all"}
    assert estimates.means(counted, "no_time", where=everyone)["n"].iloc[0] > found["n"].max()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), respondents=st.integers(1, 80), clusters=st.booleans())
def test_parts_add_up_to_the_whole(declared, elements, seed, respondents, clusters) -> None:
    counted, design = both_ways(declared if clusters else elements, seed, None, respondents)
    known = {"level": ["director", "manager", "staff"]}
    for function in (estimates.totals, estimates.means):
        parts, whole = (
            function(counted, SCORED, by=["department_size", "level"]),
            function(counted, SCORED, where=known),
        )
        np.testing.assert_array_equal(parts.groupby("item", sort=False)["n"].sum(), whole["n"])
    parts, whole = (
        estimates.totals(counted, SCORED, by=["level"]),
        estimates.totals(counted, SCORED, where=known),
    )
    np.testing.assert_allclose(
        parts.groupby("item", sort=False)["estimate"].sum(), whole["estimate"].fillna(0), atol=1e-9
    )
    each = estimates.shares(counted, "no_time", by="level").groupby("level")["estimate"].sum(min_count=1).dropna()
    np.testing.assert_allclose(each, 1)
    assert_same(estimates.means(counted, SCORED, "level"), design.mean(SCORED, "level"), ("level",))


def test_a_respondent_with_weight_0_is_in_the_sample_only(declared) -> None:
    table = small_survey.received(3, 60)
    table.loc[table["department"] == "d03", "weight"] = "0"
    survey = small_survey.survey(declared, table)
    counted = answers.count(survey)
    design = SurveyDesign(small_survey.scored(survey), "weight", "stratum", "department")
    assert counted.groups["n"].sum() == 60
    assert counted.item("no_time").n.sum() == (table["weight"] != "0").sum()
    assert_same(estimates.means(counted, SCORED), design.mean(SCORED), ())


def test_the_share_of_any_answer_is_exactly_1(declared) -> None:
    # Weights added in another order differ in the last digits; an interval must not hang on that.
    for seed in range(20):
        counted, _ = both_ways(declared, seed, None, 90)
        found = estimates.shares(counted, "gap:data", of=[str(step) for step in range(-4, 5)], by="level")
        assert found["estimate"].tolist() == [1, 1, 1]
        assert found["se"].tolist() == [0, 0, 0]
        np.testing.assert_allclose(found["low"], 0.025 ** (1 / found["n"]))


def test_answers_do_not_grow_with_respondents(declared) -> None:
    few, many = (answers.count(small_survey.survey(declared, small_survey.received(4, n))) for n in (2_000, 20_000))
    assert len(many.groups) == len(few.groups) == 12 * 4


def test_barrier_side(declared) -> None:
    book = declared.codebook
    assert answers.barrier_side(book.item("no_time")) == ("agree",)
    assert answers.barrier_side(book.item("good_tools")) == ("disagree",)
    with pytest.raises(UsageError, match="no scores"):
        answers.barrier_side(book.item("level"))


def test_barrier_sides_have_their_own_answers(declared) -> None:
    counted, design = both_ways(declared, 11, None)
    sides = {name: answers.barrier_side(declared.codebook.item(name)) for name in ("no_time", "good_tools")}
    found = estimates.shares(counted, list(sides), of=sides)
    assert found["item"].tolist() == ["no_time", "good_tools"]
    np.testing.assert_allclose(found["estimate"].iloc[1], design.share("good_tools", 1)["estimate"].iloc[0])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda counted: estimates.means(counted, "no_tine"), "did you mean ‘no_time’"),
        (lambda counted: estimates.means(counted, "level"), "‘level’ has no mean"),
        (lambda counted: estimates.means(counted, "no_time", by="levle"), "did you mean ‘level’"),
        (
            lambda counted: estimates.means(counted, "no_time", where={"level": "staf"}),
            "did you mean ‘staff’",
        ),
        (lambda counted: estimates.shares(counted, "no_time", of="agre"), "did you mean ‘agree’"),
        (
            lambda counted: estimates.shares(counted, "no_time", of={"good_tools": "agree"}),
            "no answers are named",
        ),
        (
            lambda counted: estimates.shares(counted, "no_time", of="dont_know"),
            "known: disagree, neither, agree",
        ),
        (lambda counted: estimates.means(counted, "no_time", df="domian"), "did you mean ‘domain’"),
        (lambda counted: estimates.shares(counted, "no_time", interval="logti"), "did you mean ‘logit’"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(declared, call, said) -> None:
    counted, _ = both_ways(declared, 12, None, 50)
    with pytest.raises(UsageError, match=said):
        call(counted)


def test_a_design_that_cannot_be_is_refused(declared) -> None:
    table = small_survey.received(13, 60)
    table.loc[0, "stratum"] = "h9"
    with pytest.raises(DesignError, match="more than one stratum: " + table.loc[0, "department"]):
        estimates.means(answers.count(small_survey.survey(declared, table)), "no_time")
    good = small_survey.received(13, 60)
    counted = answers.count(small_survey.survey(declared, good, POPULATION.drop("h2")))
    with pytest.raises(DesignError, match="no number of clusters for stratum h2"):
        estimates.means(counted, "no_time")


def test_answers_show_no_numbers(declared) -> None:
    counted, _ = both_ways(declared, 14, None, 50)
    assert (
        repr(counted) == f"Answers({len(counted.items)} items, {len(counted.groups)} groups by department_size, level)"
    )
