"""One cluster as a population of its own: by hand, against a design of its people, and on a department's own page."""

from __future__ import annotations

import dataclasses

import departments_made
import numpy as np
import pandas as pd
import pytest
import small_survey
from scipy import stats

from digiskills import answers, disclosure, estimates
from digiskills.answers import Answers
from digiskills.disclosure import DEPARTMENT, DeclaredTable
from digiskills.errors import DesignError, ReleaseError, UsageError
from digiskills.estimates import SurveyDesign
from digiskills.study import Release, Study
from digiskills.survey import Survey

WANTED = ["n", "estimate", "se", "df", "low", "high"]


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    folder = tmp_path_factory.mktemp("within")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        study = small_survey.study(folder)
    typed = small_survey.survey(study, small_survey.received(3, 400))
    drawn = typed.frame["department"].astype(str).value_counts()
    departments = pd.Series(dict.fromkeys(typed.frame["stratum"].astype(str).unique(), 9.0))
    return dataclasses.replace(typed, clusters_in_population=departments, people_in_clusters=drawn * 3.0)


@pytest.fixture(scope="module")
def counted(survey: Survey) -> Answers:
    return answers.count(survey)


def opted_in(study: Study, smallest_group: int = 10) -> Study:
    return dataclasses.replace(study, release=Release(smallest_group, departments=True))


def table(kind: str, department: str = "d01", **more: object) -> DeclaredTable:
    where = ((DEPARTMENT, department), *more.pop("where", ()))
    return DeclaredTable("10-x", "mine", "survey", kind, wave="2025", where=where, **more)


def estimated(one: DeclaredTable, survey: Survey, study: Study | None = None) -> pd.DataFrame:
    known = survey if study is None else dataclasses.replace(survey, study=study)
    return disclosure.estimate(one, known.study, lambda _, by: (known, answers.count(known, by)))


def test_by_hand_as_a_sample_of_people() -> None:
    # Three of the ten people of a department said 1, 2 and 6: mean 3, s² = 7, V = (1 - 3/10) 7/3.
    score, department = np.array([1.0, 2, 6, 4, 4]), np.array(["a", "a", "a", "b", "b"])
    made = departments_made.counted(score, department, departments={"all": 7}, people={"a": 10, "b": 5})
    found = estimates.means(estimates.within(made, "a"), "held").iloc[0]
    assert (found["n"], found["df"], found["estimate"]) == (3, 2, 3.0)
    assert found["se"] == pytest.approx(np.sqrt(0.7 * 7 / 3))
    assert found["high"] - 3 == pytest.approx(stats.t.ppf(0.975, 2) * found["se"])
    # In the whole sample the one department of several says nothing of the others; here it need not.
    assert estimates.within(made, "a").groups["stratum"].eq("a").all()


def test_equals_a_design_of_its_people(survey: Survey, counted: Answers) -> None:
    frame = small_survey.scored(survey)
    frame = frame[frame["department"] == "d04"].assign(people=len(frame[frame["department"] == "d04"]) * 3)
    design = SurveyDesign(frame, "weight", "department", population="people")
    mine = estimates.within(counted, "d04")
    for by in ([], ["level"]):
        found, known = estimates.means(mine, ["held_data", "gap:data"], by), design.mean(["held_data", "gap:data"], by)
        np.testing.assert_allclose(found[WANTED].astype(float), known[WANTED].astype(float), rtol=1e-9)


def test_is_what_the_department_adds_where_its_stratum_is_taken_whole(survey: Survey, counted: Answers) -> None:
    # The last stratum has one department: taken whole, it has no first stage, so its error is that of its people.
    alone = counted.groups.loc[counted.groups["stratum"] == "h3", "cluster"].unique()
    assert len(alone) == 1
    whole = dataclasses.replace(counted, population=counted.population.mask(counted.population.index == "h3", 1.0))
    cell = counted.groups["stratum"].eq("h3").map({True: "in", False: "out"})
    marked = dataclasses.replace(
        whole, groups=whole.groups.assign(mark=pd.Categorical(cell)), dimensions=(*whole.dimensions, "mark")
    )
    known = estimates.means(marked, "held_data", where={"mark": "in"})
    found = estimates.means(estimates.within(counted, str(alone[0])), "held_data")
    columns = ["n", "estimate", "se"]
    np.testing.assert_allclose(found[columns].astype(float), known[columns].astype(float), rtol=1e-9)


def test_covers_the_department(monkeypatch: pytest.MonkeyPatch) -> None:
    # A department of 80 people, 20 of whom are drawn, 400 times: its own truth is inside in about 95 %.
    draw, inside = np.random.default_rng(7), 0
    people = draw.integers(1, 6, 80).astype(float)
    for _ in range(400):
        taken = draw.choice(people, 20, replace=False)
        made = departments_made.counted(taken, np.full(20, "a"), departments={"all": 5}, people={"a": 80})
        row = estimates.means(estimates.within(made, "a"), "held").iloc[0]
        inside += row["low"] <= people.mean() <= row["high"]
    assert 0.92 <= inside / 400 <= 0.98


def test_people_unknown_are_taken_for_many(counted: Answers) -> None:
    unknown = estimates.means(estimates.within(dataclasses.replace(counted, people=None), "d04"), "held_data")
    known = estimates.means(estimates.within(counted, "d04"), "held_data")
    assert known["se"].iloc[0] == pytest.approx(unknown["se"].iloc[0] * np.sqrt(1 - 1 / 3))


def test_refused(counted: Answers) -> None:
    with pytest.raises(UsageError, match="nobody of a cluster ‘d99’"):
        estimates.within(counted, "d99")
    with pytest.raises(UsageError, match="no clusters"):
        estimates.within(dataclasses.replace(counted, clustered=False), "d01")
    with pytest.raises(DesignError, match="of the people of cluster d01"):
        estimates.within(dataclasses.replace(counted, people=pd.Series({"d01": 2.0})), "d01")


def test_a_page_of_ones_own_needs_the_study_to_opt_in(survey: Survey) -> None:
    with pytest.raises(ReleaseError, match="does not opt in"):
        estimated(table("means", items=("held_data",)), survey)
    with pytest.raises(UsageError, match="a single department has tables of"):
        estimated(table("differences", items=("skills",), by=("level",)), survey, opted_in(survey.study))


def test_a_page_of_ones_own_has_its_own_rule(survey: Survey, counted: Answers) -> None:
    study = opted_in(survey.study)
    for kind, items in (("shortfalls", ("skills",)), ("barrier_side", ("barrier",)), ("respondents", ())):
        one = table(kind, items=items)
        frame = estimated(one, survey, study)
        shown = disclosure.release(frame, one, study, plan=None, language="en").frame
        assert shown["withheld"].eq("").all(), kind  # one department, and enough answers
        assert kind == "respondents" or frame["df"].gt(0).all()
    own = estimates.within(counted, "d01")
    short = estimated(table("shortfalls", items=("skills",)), survey, study)
    people = short[short["measure"].eq("people_short") & short["item"].eq("data")]["estimate"].iloc[0]
    share = short[short["measure"].eq("short_by_one") & short["item"].eq("data")]["estimate"].iloc[0]
    assert people == pytest.approx(share * float(survey.people["d01"]))  # of its own heads
    assert own.groups["cluster"].astype(str).unique().tolist() == ["d01"]


def test_few_answers_are_withheld_on_it_too(survey: Survey) -> None:
    study, one = opted_in(survey.study, smallest_group=5), table("shortfalls", items=("skills",), by=("level",))
    frame = estimated(one, survey, study)
    assert frame["n"].lt(5).any() and frame["n"].ge(5).any()
    shown = disclosure.release(frame, one, study, plan=None, language="en").frame
    few = frame["n"].lt(5).to_numpy()
    assert shown.loc[few, "estimate"].isna().all() and shown.loc[~few, "estimate"].notna().all()


def test_the_scope_is_a_domain_within_it(survey: Survey) -> None:
    study = opted_in(survey.study)
    whole = estimated(table("means", items=("held_data",), by=("level",)), survey, study)
    staff = estimated(table("means", items=("held_data",), where=(("level", "staff"),)), survey, study)
    known = whole[whole["level"].eq("staff")]
    np.testing.assert_allclose(staff[WANTED].astype(float), known[WANTED].astype(float), rtol=1e-12)
