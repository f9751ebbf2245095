"""Changes between waves: numbers found by hand, drawn samples, rounding, and waves that do not fit."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey

from digiskills import answers, simulate
from digiskills.errors import UsageError
from digiskills.estimates import Estimand, SurveyDesign, changes, changes_of
from digiskills.estimates.overlap import common_clusters, covariance_of_waves

ONTARIO = Path(__file__).parents[1] / "data" / "raw" / "ontario"
SKILL = Estimand("skill", "skill")
DRAWS = 120


def wave(
    offices: str, skill: list[float], stratum: str = "n", of: float | None = None, **columns: object
) -> SurveyDesign:
    """One respondent per office; with `of`, so many offices in the population."""
    frame = pd.DataFrame({"w": 1.0, "office": list(offices), "region": stratum, "skill": skill}).assign(**columns)
    return SurveyDesign(frame.assign(of=of), "w", "region", "office", None if of is None else "of")


def change_of(before: SurveyDesign, after: SurveyDesign) -> pd.Series:
    found = changes_of(before.joint(SKILL), after.joint(SKILL))
    assert len(found) == 1
    return found.iloc[0]


def test_with_the_same_clusters_a_change_is_paired() -> None:
    # Changes of the four offices are 1, 2, 0, 1: their mean is 1, its standard error sd / sqrt(4).
    found = change_of(wave("abcd", [1, 2, 3, 6]), wave("abcd", [2, 4, 3, 7]))
    assert (found["before"], found["after"], found["estimate"]) == (3, 4, 1)
    assert found["se"] == pytest.approx(np.std([1, 2, 0, 1], ddof=1) / 2)
    assert (found["n"], found["clusters"], found["df"]) == (4, 4, 3)
    # With 16 offices in the population a quarter of it is known.
    finite = change_of(wave("abcd", [1, 2, 3, 6], of=16), wave("abcd", [2, 4, 3, 7], of=16))
    assert finite["se"] == pytest.approx(math.sqrt(0.75) * np.std([1, 2, 0, 1], ddof=1) / 2)


def test_without_common_clusters_variances_add_up() -> None:
    before, after = wave("abcd", [1, 2, 3, 6]), wave("efgh", [2, 4, 3, 7])
    found = change_of(before, after)
    ses = [design.mean("skill")["se"].iloc[0] for design in (before, after)]
    assert found["se"] == pytest.approx(math.hypot(*ses))
    assert "0 clusters in both" in changes_of(before.joint(SKILL), after.joint(SKILL)).attrs["method"]["overlap"]


def test_part_of_the_clusters_in_common_by_hand() -> None:
    # Offices c and d are in both: u is (3 - 3)/4, (6 - 3)/4 before and (2 - 4)/4, (4 - 4)/4 after, centred
    # -3/8, 3/8 and -1/4, 1/4: s12 = 2 x 3/32 = 3/16; C = (2 - 4 x 4 / 16) 3/16.
    before, after = wave("abcd", [1, 2, 3, 6], of=16), wave("cdef", [2, 4, 3, 7], of=16)
    joints = before.joint(SKILL), after.joint(SKILL)
    assert covariance_of_waves(*joints)[0] == pytest.approx((2 - 1) * 3 / 16)
    variances = sum(joint.covariance[0, 0] for joint in joints)
    assert change_of(before, after)["se"] == pytest.approx(math.sqrt(variances - 2 * 3 / 16))


def test_strata_are_matched_by_their_clusters() -> None:
    same = change_of(wave("abcd", [1, 2, 3, 6]), wave("abcd", [2, 4, 3, 7], stratum="north"))
    assert same["se"] == pytest.approx(np.std([1, 2, 0, 1], ddof=1) / 2)
    before = wave("abcdef", [1, 2, 3, 6, 1, 2], stratum=list("nnnsss")).joint(SKILL)
    after = wave("abcdef", [2, 4, 3, 7, 1, 1], stratum=list("nnssss")).joint(SKILL)
    common = common_clusters(before, after)
    assert common.matched.tolist() == [True, True, False, True, True, True]
    assert "6 clusters in both waves; 1 of them changed stratum" in changes_of(before, after).attrs["method"]["overlap"]


def test_a_stratum_taken_whole_twice_has_no_error_left() -> None:
    found = change_of(wave("abcd", [1, 2, 3, 6], of=4), wave("abcd", [2, 4, 3, 7], of=4))
    assert found["se"] == 0 and math.isnan(found["p"])


def test_respondents_without_clusters_are_other_people() -> None:
    frame = pd.DataFrame({"w": 1.0, "skill": [1.0, 2, 3, 6]})
    designs = [SurveyDesign(frame, "w"), SurveyDesign(frame.assign(skill=frame["skill"] + 1), "w")]
    assert change_of(*designs)["se"] == pytest.approx(math.sqrt(2) * frame["skill"].std() / 2)


def test_numbers_that_look_equal_are_marked() -> None:
    # 62.4 % and 61.6 % both round to 62 %, and the change of 0.8 points to one point.
    frame = pd.DataFrame({"w": 1.0, "says": np.repeat([1, 0], [624, 376])})
    later = pd.DataFrame({"w": 1.0, "says": np.repeat([1, 0], [616, 384])})
    says = Estimand("says", "says", (1,))
    found = changes_of(SurveyDesign(frame, "w").joint(says), SurveyDesign(later, "w").joint(says)).iloc[0]
    assert found["note"] == "equal_when_rounded" and found["estimate"] == pytest.approx(-0.008)
    # 62.4 % to 63.6 %: 62 % to 64 %, while the change is 1.2 points.
    later = pd.DataFrame({"w": 1.0, "says": np.repeat([1, 0], [636, 364])})
    found = changes_of(SurveyDesign(frame, "w").joint(says), SurveyDesign(later, "w").joint(says)).iloc[0]
    assert found["note"] == "rounding" and found["effect"] == pytest.approx(
        2 * math.asin(math.sqrt(0.636)) - 2 * math.asin(math.sqrt(0.624))
    )
    later = pd.DataFrame({"w": 1.0, "says": np.repeat([1, 0], [634, 366])})
    found = changes_of(SurveyDesign(frame, "w").joint(says), SurveyDesign(later, "w").joint(says)).iloc[0]
    assert found["note"] == ""


def test_a_change_counts_if_it_is_certain_and_not_trivial() -> None:
    draw = np.random.default_rng(1)
    frame = pd.DataFrame({"w": 1.0, "skill": draw.normal(size=40_000)})
    before = SurveyDesign(frame, "w")
    tiny, big = (SurveyDesign(frame.assign(skill=frame["skill"] + step), "w") for step in (0.1, 0.5))
    assert [change_of(before, after)["differs"] for after in (tiny, big)] == [False, True]


def test_counted_waves_give_the_changes_of_their_respondents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    study = small_survey.study(tmp_path)
    surveys = [small_survey.survey(study, small_survey.received(seed, 300)) for seed in (1, 2)]
    asked = [Estimand("gap:data", "gap:data"), Estimand("needed_data", "needed_data")]
    found = changes(*(answers.count(survey) for survey in surveys), asked, "level")
    designs = [SurveyDesign(small_survey.scored(s), "weight", "stratum", "department") for s in surveys]
    expected = changes_of(*(design.joint(asked, "level") for design in designs))
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-9)
    assert found.columns.tolist() == [
        "estimand", "level", "n", "clusters", "before", "after", "estimate", "se", "df", "low", "high", "effect", "p",
        "p_adjusted", "differs", "note",
    ]  # fmt: skip
    assert "12 clusters in both waves" in found.attrs["method"]["overlap"]


def test_waves_of_other_domains_are_refused() -> None:
    design = wave("abcd", [1, 2, 3, 6], level=list("xxyy"))
    with pytest.raises(UsageError, match="do not hold the same"):
        changes_of(design.joint(SKILL, "level"), design.joint(SKILL))
    other = wave("abcd", [1, 2, 3, 6], level=list("xxzz"))
    with pytest.raises(UsageError, match="do not hold the same"):
        changes_of(design.joint(SKILL, "level"), other.joint(SKILL, "level"))


def test_errors_are_right_where_clusters_stay_alike() -> None:
    """Offices keep their level: taking waves for independent would give an error half as wide again."""
    draw = np.random.default_rng(11)
    region = np.repeat(["n", "s"], [40, 20])
    level = draw.normal(3, 1, 60)
    skill = {name: level + draw.normal(0, 0.3, 60) for name in ("before", "after")}
    size = draw.integers(5, 15, 60).astype(float)
    found, errors, apart = [], [], []
    for _ in range(DRAWS):
        order, waves = draw.random(60), []
        for name, start in (("before", 0.0), ("after", 0.04)):
            late = pd.Series((order - start) % 1.0).groupby(region).rank()
            taken = np.flatnonzero(late <= np.where(region == "n", 16, 10))
            of, sampled = np.where(region == "n", 40.0, 20.0)[taken], np.where(region == "n", 16, 10)[taken]
            frame = pd.DataFrame({"w": size[taken] * of / sampled, "office": taken, "region": region[taken], "of": of})
            waves.append(
                SurveyDesign(frame.assign(skill=skill[name][taken]), "w", "region", "office", "of").joint(SKILL)
            )
        found.append(float(waves[1].frame["estimate"].iloc[0] - waves[0].frame["estimate"].iloc[0]))
        errors.append(changes_of(*waves)["se"].iloc[0])
        apart.append(math.hypot(*(joint.frame["se"].iloc[0] for joint in waves)))
    root = [float(np.sqrt(np.mean(np.square(values)))) / np.std(found, ddof=1) for values in (errors, apart)]
    # The standard deviation of n draws has a relative error of 1 / sqrt(2 n).
    assert abs(root[0] - 1) < 3 / math.sqrt(2 * DRAWS)
    assert root[1] > 1.4


def test_errors_of_the_simulated_waves_are_right() -> None:
    """Over 120 samples of the smaller study the error of the change is that of the drawn changes."""
    small = simulate.smaller(simulate.read(ONTARIO), 0.03)
    everyone = simulate.population(small)
    stratum, cluster, weight = (small.column(name) for name in ("stratum", "cluster", "weight"))
    everyone = everyone.astype({stratum: str, cluster: str})
    for pair in small.codebook.pairs()[:3]:
        items = (small.codebook.item(name) for name in (pair.needed, pair.held))
        needed, held = (simulate.scores(everyone[item.name], item) for item in items)
        everyone[pair.skill] = needed - held
    offices = simulate.departments(small)[stratum].astype(str).value_counts()
    everyone["offices"] = everyone[stratum].map(offices).astype(float)
    everyone["heads"] = everyone.groupby(["wave", cluster])[cluster].transform("size").astype(float)
    everyone[cluster] = everyone[cluster].astype("category")
    everyone[stratum] = everyone[stratum].astype("category")
    asked = [Estimand(pair.skill, pair.skill) for pair in small.codebook.pairs()[:3]]
    found, errors = [], []
    for draw in range(1, DRAWS + 1):
        drawn = [simulate.sample(everyone, small, name, draw) for name in small.waves]
        waves = [SurveyDesign(d, weight, stratum, cluster, ("offices", "heads")).joint(asked) for d in drawn]
        change = changes_of(*waves)
        found.append(change["estimate"])
        errors.append(change["se"])
    ratio = np.sqrt(np.mean(np.square(errors), axis=0)) / np.std(found, axis=0, ddof=1)
    assert (np.abs(ratio - 1) < 3.5 / math.sqrt(2 * DRAWS)).all(), ratio
