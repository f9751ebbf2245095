"""Estimates with their covariance: the same from counted answers, from respondents and by brute force."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey

from digiskills import answers, estimates
from digiskills.answers import Answers
from digiskills.errors import UsageError
from digiskills.estimates import Estimand, SurveyDesign, joint, with_pairs
from digiskills.study import Study
from digiskills.survey import Survey

POPULATION = pd.Series({"h0": 9, "h1": 4, "h2": 30, "h3": 2})
AGREES = ("agree", "neither")
ESTIMANDS = (
    Estimand("data", "gap:data"),
    Estimand("design", "gap:design"),
    Estimand("needed", "needed_data"),
    Estimand("time", "no_time", AGREES),
    Estimand("no time at all", "no_time", ("agree",)),
)
ITEMS = ("gap:data", "gap:design", "needed_data", "no_time")
CLOSE = {"rtol": 1e-11, "atol": 1e-14}


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return declared(tmp_path_factory.mktemp("clusters"), True)


@pytest.fixture(scope="module")
def elements(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return declared(tmp_path_factory.mktemp("elements"), False)


def declared(folder: Path, of_clusters: bool) -> Study:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        return small_survey.study(folder, of_clusters)


def survey_of(study: Study, stages: int, seed: int = 3) -> Survey:
    """A survey whose population is known at no stage, at one or at two."""
    drawn = small_survey.received(seed, 240)
    typed = small_survey.survey(study, drawn, POPULATION * (1 if study.design.cluster else 90) if stages else None)
    people = typed.frame["department"].astype(str).value_counts() * 2 + 3
    return replace(typed, people_in_clusters=people) if stages == 2 else typed


def counted(survey: Survey, lonely: str = "adjust") -> Answers:
    return replace(with_pairs(answers.count(survey), survey, ITEMS), lonely=lonely)


def respondents(survey: Survey) -> pd.DataFrame:
    frame = small_survey.scored(survey)
    frame["no_time"] = survey.frame["no_time"].astype(object)
    frame["no_time"] = frame["no_time"].where(frame["no_time"].isin(["disagree", "neither", "agree"]))
    return frame


def design_of(survey: Survey, lonely: str = "adjust") -> SurveyDesign:
    frame, columns = respondents(survey), []
    if survey.population is not None:
        frame["in_stratum"] = frame["stratum"].map(survey.population)
        columns.append("in_stratum")
    if survey.people is not None:
        frame["in_cluster"] = frame["department"].map(survey.people)
        columns.append("in_cluster")
    cluster = "department" if survey.study.design.cluster else None
    return SurveyDesign(frame, "weight", "stratum", cluster, columns or None, lonely=lonely)


def brute_force(survey: Survey, one: tuple, other: tuple, lonely: str) -> float:
    """Covariance by polarisation: (V(a + b) - V(a - b)) / 4, each the variance of one linearised variable's total."""
    frame = respondents(survey)
    frame["no_time"] = frame["no_time"].map({"disagree": 0.0, "neither": 1.0, "agree": 1.0})
    u = {}
    for name, (item, level) in {"one": one, "other": other}.items():
        inside = frame[item].notna() & (True if level is None else frame["level"] == level)
        w = frame["weight"].where(inside, 0.0)
        y = frame[item].where(inside, 0.0)
        u[name] = w * (y - (w * y).sum() / w.sum()) / w.sum() / frame["weight"]
    frame = frame.assign(plus=u["one"] + u["other"], minus=u["one"] - u["other"])
    frame["in_stratum"], frame["in_cluster"] = frame["stratum"].map(survey.population), None
    stages = ["in_stratum"]
    if survey.people is not None:
        frame["in_cluster"] = frame["department"].map(survey.people).astype(float)
        stages.append("in_cluster")
    cluster = "department" if survey.study.design.cluster else None
    design = SurveyDesign(frame, "weight", "stratum", cluster, stages, lonely=lonely)
    v = design.total(["plus", "minus"])["se"].to_numpy() ** 2
    return float(v[0] - v[1]) / 4


@pytest.mark.parametrize("lonely", ["adjust", "average", "certainty"])
@pytest.mark.parametrize("stages", [0, 1, 2])
@pytest.mark.parametrize("by", [(), ("level",), ("department_size", "level")])
def test_the_diagonal_is_the_variance(clusters: Study, stages: int, lonely: str, by: tuple[str, ...]) -> None:
    survey = survey_of(clusters, stages)
    found = joint(counted(survey, lonely), ESTIMANDS, by)
    of_answers = counted(survey, lonely)
    expected = pd.concat(
        [
            estimates.means(of_answers, ["gap:data", "gap:design", "needed_data"], by),
            estimates.shares(of_answers, "no_time", AGREES, by),
            estimates.shares(of_answers, "no_time", "agree", by),
        ]
    )
    np.testing.assert_allclose(found.frame["estimate"], expected["estimate"], rtol=1e-12)
    np.testing.assert_allclose(np.diag(found.covariance), expected["se"] ** 2, rtol=1e-12, atol=1e-17)
    np.testing.assert_allclose(found.frame["df"], expected["df"], rtol=1e-9)
    for name in ("n", "clusters", "note"):
        assert found.frame[name].tolist() == expected[name].tolist()


@pytest.mark.parametrize("margins", [False, True])
@pytest.mark.parametrize("lonely", ["adjust", "average", "certainty"])
@pytest.mark.parametrize("stages", [0, 1, 2])
def test_answers_and_respondents_give_the_same_covariance(
    clusters: Study, elements: Study, stages: int, lonely: str, margins: bool
) -> None:
    for study in (clusters, elements):
        survey = survey_of(study, stages if study is clusters else min(stages, 1))
        found = joint(counted(survey, lonely), ESTIMANDS, ["department_size", "level"], margins=margins)
        expected = design_of(survey, lonely).joint(ESTIMANDS, ["department_size", "level"], margins=margins)
        pd.testing.assert_frame_equal(found.frame, expected.frame, check_dtype=False, rtol=1e-10)
        np.testing.assert_allclose(found.covariance, expected.covariance, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(found.spread, expected.spread, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("lonely", ["adjust", "certainty"])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("gap:data", None), ("gap:design", None)),
        (("gap:data", "staff"), ("gap:design", "manager")),
        (("gap:data", "staff"), ("gap:data", None)),
        (("no_time", "director"), ("gap:data", None)),
    ],
)
def test_covariances_by_brute_force(clusters: Study, elements: Study, one: tuple, other: tuple, lonely: str) -> None:
    names = {"gap:data": "data", "gap:design": "design", "no_time": "time"}
    for survey in (survey_of(clusters, 1), survey_of(clusters, 2), survey_of(elements, 1)):
        found = joint(counted(survey, lonely), ESTIMANDS, "level", margins=True)
        at = [
            found.frame.index[(found.frame["estimand"] == names[item]) & (found.frame["level"] == (level or "all"))][0]
            for item, level in (one, other)
        ]
        expected = brute_force(survey, one, other, lonely)
        np.testing.assert_allclose(found.covariance[at[0], at[1]], expected, **CLOSE)


def test_margins_of_two_dimensions_are_all_there(clusters: Study) -> None:
    found = joint(counted(survey_of(clusters, 2)), ESTIMANDS[0], ["department_size", "level"], margins=True).frame
    assert len(found) == 3 * 3 + 3 + 3 + 1
    everyone = found[(found["department_size"] == "all") & (found["level"] == "all")].iloc[0]
    expected = estimates.means(counted(survey_of(clusters, 2)), "gap:data").iloc[0]
    np.testing.assert_allclose(everyone[["n", "estimate", "se"]].tolist(), expected[["n", "estimate", "se"]].tolist())


def test_shares_of_all_answers_add_up_to_one_without_error(clusters: Study) -> None:
    parts = [Estimand(answer, "no_time", (answer,)) for answer in ("disagree", "neither", "agree")]
    found = joint(counted(survey_of(clusters, 2)), parts)
    assert found.frame["estimate"].sum() == pytest.approx(1)
    np.testing.assert_allclose(found.covariance.sum(axis=0), 0, atol=1e-17)


def test_an_empty_domain_has_no_covariance(clusters: Study) -> None:
    survey = survey_of(clusters, 1)
    found = joint(counted(survey), ESTIMANDS[0], "level", where={"department_size": "micro"})
    nobody = joint(replace(counted(survey), groups=_without(counted(survey).groups)), ESTIMANDS[0], "level")
    assert np.isfinite(found.covariance).all()
    assert np.isnan(nobody.covariance[0]).all() and np.isfinite(nobody.covariance[1:, 1:]).all()
    assert nobody.frame["n"].iloc[0] == 0 and np.isnan(nobody.frame["estimate"].iloc[0])


def _without(groups: pd.DataFrame) -> pd.DataFrame:
    return groups.assign(level=groups["level"].where(groups["level"] != "director"))


def test_pairs_that_were_not_counted_are_asked_for(clusters: Study, elements: Study) -> None:
    for survey in (survey_of(clusters, 2), survey_of(elements, 0)):
        bare = answers.count(survey)
        with pytest.raises(UsageError, match=r"‘gap:data’ with ‘gap:design’.*with_pairs"):
            joint(bare, ESTIMANDS[:2])
        assert len(joint(bare, ESTIMANDS[3:], "level").frame) == 6  # one item over domains needs no pair
    # Clusters observed whole make the variance by themselves.
    assert joint(answers.count(survey_of(clusters, 1)), ESTIMANDS).covariance.shape == (5, 5)


def test_names_are_checked(clusters: Study) -> None:
    survey = survey_of(clusters, 1)
    bare = answers.count(survey)
    with pytest.raises(UsageError, match="more than one is named data"):
        joint(bare, [ESTIMANDS[0], ESTIMANDS[0]])
    with pytest.raises(UsageError, match="none was given"):
        joint(bare, [])
    with pytest.raises(UsageError, match="no answer ‘agre’; did you mean ‘agree’"):
        joint(bare, Estimand("x", "no_time", ("agre",)))
    with pytest.raises(UsageError, match="has no mean"):
        joint(bare, Estimand("x", "level"))
    with pytest.raises(UsageError, match="‘gap:dta’ is not there; did you mean ‘gap:data’"):
        design_of(survey).joint(Estimand("x", "gap:dta"))
    with pytest.raises(UsageError, match="were not counted from this survey"):
        with_pairs(bare, survey_of(clusters, 1, seed=4), ITEMS)
    assert "gap" not in repr(joint(bare, ESTIMANDS))


def test_pairs_hold_every_respondent_once(clusters: Study) -> None:
    survey = survey_of(clusters, 1)
    counted_twice = with_pairs(answers.count(survey), survey, ["gap:data", "no_time"])
    pair, alone = counted_twice.item("gap:data & no_time"), counted_twice.item("gap:data")
    assert pair.n.sum() == alone.n.sum() == len(survey)
    assert pair.answers[-1] == "not_both" and len(pair.answers) == 9 * 3 + 1
    frame = respondents(survey)
    here = (frame["gap:data"] == 2) & (frame["no_time"] == "agree")
    assert pair.n[:, pair.answers.index("2 & agree")].sum() == here.sum() > 0
    assert pair.w2[:, pair.answers.index("2 & agree")].sum() == pytest.approx((frame["weight"][here] ** 2).sum())


def test_pairs_are_those_that_the_one_pass_can_count(clusters: Study) -> None:
    survey = survey_of(clusters, 2)
    both = answers.count(survey, derived=[answers.Both("no_time", "needed_data")])
    later = with_pairs(answers.count(survey), survey, ["no_time", "needed_data"])
    name = "no_time & needed_data"
    assert both.item(name).answers == later.item(name).answers
    for sums in ("n", "w", "w2"):
        np.testing.assert_allclose(getattr(both.item(name), sums), getattr(later.item(name), sums))
    asked = [ESTIMANDS[2], ESTIMANDS[3]]
    np.testing.assert_allclose(joint(both, asked).covariance, joint(later, asked).covariance, rtol=1e-12)
