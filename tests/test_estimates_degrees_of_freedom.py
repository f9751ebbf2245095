"""Degrees of freedom of one stage and of two, and the notes that go with few of them."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from digiskills import answers, estimates
from digiskills.errors import UsageError
from digiskills.estimates import Estimand, SurveyDesign, changes_of, contrasts
from digiskills.estimates.degrees_of_freedom import LOW_DF, Stages, degrees_of_freedom
from digiskills.estimates.notes import LONELY_SHARE, WIDE_ERROR, gravest, notes
from digiskills.estimates.sample import People, Sample

DESIGN = ("w", "region", "office")
STAGES = ("offices", "people")


def survey(seed: int = 1, offices: tuple[int, ...] = (4, 3, 2), of: tuple[int, ...] = (9, 3, 5)) -> pd.DataFrame:
    """Offices of three regions; all of the second region's were taken."""
    draw = np.random.default_rng(seed)
    rows = []
    for region, (taken, whole) in enumerate(zip(offices, of, strict=True)):
        for office in range(taken):
            answers = int(draw.integers(5, 9))
            made = pd.DataFrame({"skill": draw.normal(3 + draw.normal(), 1, answers)})
            level = draw.choice(["lead", "staff"], answers)
            rows.append(
                made.assign(region=f"r{region}", office=f"r{region}o{office}", offices=whole, people=30, level=level)
            )
    frame = pd.concat(rows, ignore_index=True)
    return frame.assign(w=draw.uniform(1, 4, len(frame)))


def by_hand(frame: pd.DataFrame, inside: np.ndarray) -> tuple[float, float]:
    """Variance and degrees of freedom of a mean, region by region and office by office."""
    w, y = frame["w"].where(inside, 0.0), frame["skill"]
    u = w * (y - np.average(y, weights=w)) / w.sum()
    between = within = free = 0.0
    for _, region in frame.groupby("region"):
        f, totals = region["office"].nunique() / region["offices"].iloc[0], u.groupby(region["office"]).sum()
        between += (1 - f) * len(totals) * totals.var(ddof=1)
        free += (region.loc[inside[region.index], "office"].nunique() - 1) * (f < 1)
        for _, office in region.groupby("office"):
            within += f * (1 - len(office) / 30) * len(office) * u[office.index].var(ddof=1)
    within_free = inside.sum() - frame.loc[inside, "office"].nunique()
    return between + within, (between + within) ** 2 / (between**2 / free + within**2 / within_free)


def test_two_stages_by_hand() -> None:
    frame = survey()
    design = SurveyDesign(frame, *DESIGN, STAGES)
    for by, inside in (({}, np.ones(len(frame), bool)), ({"level": "staff"}, (frame["level"] == "staff").to_numpy())):
        found = design.mean("skill", where=by).iloc[0]
        variance, free = by_hand(frame, inside)
        assert found["se"] == pytest.approx(math.sqrt(variance), rel=1e-9)
        assert found["df"] == pytest.approx(free, rel=1e-9)
        half = stats.t.ppf(0.975, free) * found["se"]
        assert found["high"] - found["estimate"] == pytest.approx(half, rel=1e-9)


def test_the_combination_is_that_of_welch() -> None:
    """Two parts of a variance with n - 1 degrees of freedom each are Welch's two samples."""
    draw = np.random.default_rng(3)
    one, other = draw.normal(0, 1, 6), draw.normal(0, 3, 11)
    sample = Sample(("s",), np.array([6]), np.array([12.0]), "adjust", True, People(np.full(6, 3), np.full(6, 9.0)))
    parts = Stages(np.array([one.var(ddof=1) / 6]), np.zeros(1), np.array([other.var(ddof=1) / 11]))
    found = degrees_of_freedom(parts, np.array([[6.0]]), np.array([6 + 10]), sample)
    assert found[0] == pytest.approx(stats.ttest_ind(one, other, equal_var=False).df, rel=1e-12)


@given(st.floats(0.001, 1), st.floats(0.001, 1), st.floats(0, 1), st.integers(2, 30), st.integers(1, 500))
def test_it_lies_between_the_smallest_and_the_sum(
    between: float, within: float, lonely: float, clusters: int, more: int
) -> None:
    sample = Sample(
        ("a", "b"), np.array([clusters, 1]), np.array([clusters + 4.0, 3.0]), "adjust", True, People(*[np.ones(1)] * 2)
    )
    parts = Stages(*(np.array([part]) for part in (between, lonely, within)))
    present, n = np.array([[clusters], [1.0]]), np.array([clusters + 1 + more])
    found = degrees_of_freedom(parts, present, n, sample)[0]
    free = [clusters - 1, more] + ([1] if lonely > 0 else [])
    assert min(free) - 1e-9 <= found <= sum(free) + 1e-9


def test_where_all_clusters_were_taken_people_count() -> None:
    frame = survey()
    found = SurveyDesign(frame, *DESIGN, STAGES).mean("skill", by="region").set_index("region")
    here = frame[frame["region"] == "r1"]
    assert found.loc["r1", "df"] == pytest.approx(len(here) - 3)
    assert found.loc["r0", "df"] < (frame["region"] == "r0").sum() - 4 + 3


def test_one_stage_counts_clusters_and_strata() -> None:
    for population in (None, "offices"):
        found = SurveyDesign(survey(), *DESIGN, population).mean("skill").iloc[0]
        assert found["df"] == 9 - 3 and isinstance(found["df"], int | np.integer)


def test_the_rule_is_named() -> None:
    frame = survey()
    named = {df: SurveyDesign(frame, *DESIGN, STAGES, df=df).mean("skill") for df in ("domain", "design", "clusters")}
    for df in ("domain", "design"):
        assert "Satterthwaite" in named[df].attrs["method"]["df_rule"]
    assert named["clusters"].attrs["method"]["df_rule"] == "clusters minus strata of the domain's answers"
    assert named["clusters"]["df"].tolist() == [6]
    assert "Satterthwaite" not in SurveyDesign(frame, *DESIGN).mean("skill").attrs["method"]["df_rule"]
    with pytest.raises(UsageError, match="df: there is no rule ‘desing’; did you mean ‘design’"):
        SurveyDesign(frame, *DESIGN, df="desing")


def test_the_design_rule_counts_the_whole_sample() -> None:
    frame = survey()
    whole, domain = (
        SurveyDesign(frame, *DESIGN, STAGES, df=df).mean("skill", where={"level": "lead"}).iloc[0]
        for df in ("design", "domain")
    )
    assert whole["df"] > domain["df"]
    assert whole["se"] == domain["se"]


def test_one_cluster_tells_nothing_of_the_others() -> None:
    """Its people have a variance, but what other offices would have said is not known."""
    found = SurveyDesign(survey(), *DESIGN, STAGES).mean("skill", where={"office": "r0o0"}).iloc[0]
    assert found["se"] > 0 and found["df"] == 0
    assert math.isnan(found["low"]) and math.isnan(found["high"])
    assert found["note"] == "no_interval"
    whole = survey(of=(4, 3, 2))  # every office taken: the one stands for itself
    found = SurveyDesign(whole, *DESIGN, STAGES).mean("skill", where={"office": "r0o0"}).iloc[0]
    assert found["df"] == found["n"] - 1 and np.isfinite(found["low"])


def test_a_lonely_cluster_has_one() -> None:
    """Under `adjust` its distance from the others is one squared number."""
    frame = survey(offices=(4, 3, 1), of=(4, 3, 5))  # only the lonely office's region was not taken whole
    design = SurveyDesign(frame, *DESIGN, STAGES, lonely="adjust")
    only = SurveyDesign(frame, *DESIGN, STAGES, lonely="certainty").mean("skill").iloc[0]
    found = design.mean("skill").iloc[0]
    lonely, within = found["se"] ** 2 - only["se"] ** 2, only["se"] ** 2
    # the region gives no measure between offices: clusters minus strata, 8 - 3
    assert found["df"] == 5 and lonely > 0 and within > 0
    frame = survey(offices=(4, 3, 1), of=(9, 3, 5))
    adjusted, certain = (
        SurveyDesign(frame, *DESIGN, STAGES, lonely=rule).mean("skill").iloc[0] for rule in ("adjust", "certainty")
    )
    lonely = adjusted["se"] ** 2 - certain["se"] ** 2
    expected = adjusted["se"] ** 4 / (certain["se"] ** 4 / certain["df"] + lonely**2)
    assert adjusted["df"] == pytest.approx(expected, rel=1e-9)


def test_notes_from_the_gravest_on() -> None:
    n = np.array([0, 5, 5, 5, 5, 5, 5, 5, 5])
    se = np.array([np.nan, np.nan, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    df = np.array([0, 3, 0, 3, 3, LOW_DF - 0.01, LOW_DF, np.nan, LOW_DF])
    alone = np.array([1, 1, 1, 1, LONELY_SHARE + 0.01, LONELY_SHARE, 0, 0, 0])
    excess = np.array([2, 2, 2, 2, 2, 2, WIDE_ERROR, 2, WIDE_ERROR + 0.01])
    expected = ["", "no_interval", "no_interval", "no_variance", "lonely", "few_df", "", "no_interval", "wide"]
    assert notes(n, se, df, alone, excess).tolist() == expected
    assert gravest([np.array(["few_df", ""]), np.array(["lonely", ""])]).tolist() == ["lonely", ""]


def test_every_interval_that_is_missing_has_a_note() -> None:
    frame = survey().assign(says=lambda frame: np.where(frame["office"] == "r0o0", 1.0, 0.0))
    design = SurveyDesign(frame, *DESIGN, STAGES)
    found = pd.concat([design.mean(["skill", "says"], by="office"), design.share("says", [1.0], by="office")])
    missing = found["low"].isna() & (found["n"] > 0)
    assert missing.any() and (found.loc[missing, "note"] == "no_interval").all()
    assert (found.loc[found["df"] == 0, "low"].isna()).all()
    with_error = found[(found["note"] == "") & (found["n"] > 0)]
    assert ((with_error["df"] >= LOW_DF) & (with_error["se"] > 0)).all()


def lonely_survey(weight: float) -> SurveyDesign:
    """Forty people of equal weight in eight offices, and an office that is one of three in its region."""
    frame = pd.DataFrame({"office": np.repeat([f"o{at}" for at in range(9)], 5), "w": 1.0, "region": "many"})
    last = frame["office"] == "o8"
    frame.loc[last, "region"], frame.loc[last, "w"] = "one", weight
    values = np.random.default_rng(1).normal(size=len(frame))
    return SurveyDesign(frame.assign(skill=values, offices=np.where(last, 3, 100)), *DESIGN, "offices")


def test_a_lonely_cluster_is_flagged_by_its_weight() -> None:
    light, heavy = lonely_survey(1.0), lonely_survey(3.0)  # 5 of 45, and 15 of 55
    assert light.mean("skill")["note"].tolist() == ["few_df"]  # 9 offices, 2 regions
    for found in (heavy.mean("skill"), heavy.total("skill"), heavy.joint(Estimand("skill", "skill")).frame):
        assert found["note"].tolist() == ["lonely"]
    assert heavy.mean("skill", where={"office": "o8"})["note"].tolist() == ["no_interval"]
    assert heavy.quantile("skill")["note"].tolist() == ["lonely"]


def chances(scale: float = 1.0) -> pd.DataFrame:
    """Both of two offices; of each, 10 of 20 leads and 10 of 100 other people."""
    draw = np.random.default_rng(5)
    frame = pd.DataFrame({"office": np.repeat(["a", "b"], 20), "level": np.tile(["lead"] * 10 + ["staff"] * 10, 2)})
    frame["w"] = np.where(frame["level"] == "lead", 2.0, 10.0) * scale
    return frame.assign(region="r", offices=2, people=120, skill=draw.normal(3, 1, 40))


@pytest.mark.parametrize("scale", [1.0, 0.01])  # weights that add up to people, and those scaled otherwise
def test_people_drawn_more_often_than_others_have_a_wide_interval(scale: float) -> None:
    """1 - 20/120 was taken for 1 - 10/20; whoever was drawn less often has an interval that is hardly too narrow."""
    frame = chances(scale)
    found = SurveyDesign(frame, *DESIGN, STAGES).mean("skill", by="level").set_index("level")
    assert found["note"].to_dict() == {"lead": "wide", "staff": ""}
    leads = frame[frame["level"] == "lead"]
    about = [office - leads["skill"].mean() for _, office in leads.groupby("office")["skill"]]
    squares = [20 / 19 * (np.square(u / 20).sum() - (u / 20).sum() ** 2 / 20) for u in about]
    assert found.loc["lead", "se"] == pytest.approx(math.sqrt((1 - 20 / 120) * sum(squares)), rel=1e-9)
    assert math.sqrt((1 - 20 / 120) / (1 - 10 / 20)) > WIDE_ERROR
    assert SurveyDesign(frame, *DESIGN, STAGES).mean("skill")["note"].tolist() == [""]
    alike = frame.assign(w=1.0)
    assert SurveyDesign(alike, *DESIGN, STAGES).mean("skill", by="level")["note"].tolist() == ["", ""]


@pytest.mark.parametrize(("leads", "note"), [(8.0, "wide"), (6.5, "wide"), (5.5, ""), (4.0, "")])
def test_an_error_a_tenth_too_large_is_the_bound(leads: float, note: str) -> None:
    """With f the share of an office's people and g that of its leads, the bound is where (1 - f) / (1 - g) is 1.21."""
    frame = chances()
    share, own = 20 / 120, leads / 20
    others = (20 / share - 10 * (1 / own)) / 10  # so that the weights of an office add up to its people
    frame["w"] = np.where(frame["level"] == "lead", 1 / own, others)
    found = SurveyDesign(frame, *DESIGN, STAGES).mean("skill", where={"level": "lead"})
    assert found["note"].tolist() == [note]
    assert (math.sqrt((1 - share) / (1 - own)) > WIDE_ERROR) == (note == "wide")


def test_counted_answers_note_wide_intervals_as_respondents_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Directors have a tenth of the weight of the others of their department."""
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    table = small_survey.received(11, 600)
    table["weight"] = np.where(table["level"] == "director", "1", "10")
    typed = small_survey.survey(small_survey.study(tmp_path), table)
    frame = small_survey.scored(typed)
    people = typed.cluster.value_counts() * 2 + 3
    frame["clusters"] = frame["stratum"].map(frame.groupby("stratum")["department"].nunique()).astype(float)
    frame["people"] = frame["department"].map(people).astype(float)
    population = frame.groupby("stratum")["clusters"].first()
    whole = SurveyDesign(frame, "weight", "stratum", "department", ["clusters", "people"])
    counted = answers.count(dataclasses.replace(typed, clusters_in_population=population), people=people)
    expected, found = whole.mean("needed_data", by="level"), estimates.means(counted, "needed_data", "level")
    assert found["note"].tolist() == expected["note"].tolist()
    assert found.set_index("level").loc["director", "note"] == "wide"


def test_differences_and_changes_keep_notes() -> None:
    frame = survey()
    joint = SurveyDesign(frame, *DESIGN, STAGES).joint(Estimand("skill", "skill"), "level")
    found = contrasts(joint, [(0, 1)]).iloc[0]
    assert found["df"] == joint.frame["df"].min()
    assert found["note"] == ("few_df" if found["df"] < LOW_DF else "")
    heavy = lonely_survey(3.0).joint(Estimand("skill", "skill"), "office")
    assert contrasts(heavy, [(0, 1)])["note"].tolist() == ["no_interval"]
    whole = lonely_survey(3.0).joint(Estimand("skill", "skill"))
    changed = changes_of(whole, whole).iloc[0]
    assert changed["note"].split() == ["lonely"] or changed["note"].split()[-1] in ("no_interval", "no_variance")
