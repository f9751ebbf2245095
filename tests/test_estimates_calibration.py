"""Calibrated weights and their errors: by hand, by another route, against Answers, and over many samples."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey
from hypothesis import given, settings
from hypothesis import strategies as st

from digiskills import answers
from digiskills.errors import DesignError, UsageError
from digiskills.estimates import (
    Estimand,
    SurveyDesign,
    differences,
    independence,
    joint,
    means,
    quantiles,
    shares,
    with_pairs,
)
from digiskills.estimates.calibrated import calibrated
from digiskills.survey.raking import poststratify, rake

SIZES = pd.DataFrame({"size": ["large", "small"], "heads": [60.0, 40.0]})
LEVELS = pd.DataFrame({"level": ["manager", "staff"], "heads": [30.0, 70.0]})


def respondents(seed: int = 0, rows: int = 80) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({"cluster": np.arange(rows) % 10, "d": draw.uniform(1, 3, rows)})
    frame["stratum"] = frame["cluster"] % 2
    frame["size"] = np.where(draw.random(rows) < 0.5, "small", "large")
    frame["level"] = np.where(draw.random(rows) < 0.3, "manager", "staff")
    frame["y"] = frame["size"].eq("small") * 2.0 + frame["level"].eq("manager") + draw.normal(0, 0.3, rows)
    return frame


def test_poststratification_by_hand() -> None:
    frame = pd.DataFrame({"size": ["small", "small", "large"], "w": [1.0, 3.0, 5.0]})
    assert poststratify(frame, "w", SIZES).tolist() == [10.0, 30.0, 60.0]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_raked_weights_add_up(seed) -> None:
    frame = respondents(seed)
    found = rake(frame, "d", [SIZES, LEVELS])
    for target in (SIZES, LEVELS):
        name = target.columns[0]
        np.testing.assert_allclose(found.groupby(frame[name]).sum()[target[name]], target["heads"], rtol=1e-9)
    # Raking multiplies by a factor of the size and one of the level: their interaction stays as it was.
    ratio = (found / frame["d"]).groupby([frame["size"], frame["level"]]).first()
    cross = ratio["small", "staff"] * ratio["large", "manager"] / ratio["small", "manager"] / ratio["large", "staff"]
    np.testing.assert_allclose(cross, 1, rtol=1e-8)
    pd.testing.assert_series_equal(rake(frame.assign(d=found), "d", [SIZES, LEVELS]), found, check_names=False)


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ([SIZES, LEVELS.assign(heads=[30, 71])], "add up to different numbers: 100, 101"),
        ([SIZES.assign(size=["large", "micro"])], "has no small, which respondents have"),
        ([SIZES.assign(size=["large", "micro"])], "nobody answered in size micro"),
        ([SIZES.assign(heads=[60.0, 0.0])], "small: 0 is not a number of people above 0"),
        ([SIZES.assign(size=["large", "large"])], "has large twice"),
    ],
)
def test_targets_that_cannot_be_are_refused(targets, said) -> None:
    with pytest.raises(DesignError, match=said):
        rake(respondents(), "d", targets)


def test_wrong_names_and_weights_are_refused() -> None:
    frame = respondents()
    with pytest.raises(UsageError, match="did you mean ‘size’"):
        rake(frame, "d", [SIZES.rename(columns={"size": "sise"})])
    with pytest.raises(UsageError, match="no column ‘heads’"):
        rake(frame, "d", [SIZES[["size"]]])
    with pytest.raises(UsageError, match="none were given"):
        rake(frame, "d", [])
    frame.loc[2, "d"] = 0
    with pytest.raises(DesignError, match=r"d: 0.0 is no weight, in row 4"):
        rake(frame, "d", [SIZES])
    with pytest.raises(UsageError, match="did you mean ‘size’"):
        SurveyDesign(respondents(), "d", calibration=["sise"])


def residuals(frame: pd.DataFrame, values: np.ndarray, inside: np.ndarray) -> pd.Series:
    """Weighted residuals of each respondent by a regression written out."""
    known = inside & np.isfinite(values)
    w = frame["w"].to_numpy()
    mean = (w * np.where(known, values, 0)).sum() / w[known].sum()
    u = np.where(known, values - mean, 0) / w[known].sum()
    x = np.column_stack([np.ones(len(frame)), frame["size"] == "small", frame["level"] == "staff"]).astype(float)
    root = np.sqrt(frame["d"].to_numpy())
    slope = np.linalg.lstsq(x * root[:, None], u * root, rcond=None)[0]
    return pd.Series(w * (u - x @ slope), frame.index)


def residual_error(frame: pd.DataFrame, values: np.ndarray, inside: np.ndarray) -> float:
    """Between clusters, drawn with replacement."""
    totals = residuals(frame, values, inside).groupby([frame["stratum"], frame["cluster"]]).sum()
    return float(np.sqrt(sum(len(part) * part.var() for _, part in totals.groupby(level=0))))


@pytest.mark.parametrize("where", [{}, {"level": "staff"}])
def test_squares_of_residuals_by_another_route(where) -> None:
    """Samples of respondents, and the second stage of two: both need residuals squared one by one."""
    frame = respondents(4).assign(of=8, people=20)
    frame["w"] = rake(frame, "d", [SIZES, LEVELS])
    inside = np.ones(len(frame), dtype=bool) if not where else frame["level"].eq("staff").to_numpy()
    z = residuals(frame, frame["y"].to_numpy(), inside)
    known = {"calibration": ["size", "level"], "design_weight": "d"}
    alone = SurveyDesign(frame, "w", "stratum", **known).mean("y", where=where).iloc[0]
    elements = sum(len(part) * part.var() for _, part in z.groupby(frame["stratum"]))
    np.testing.assert_allclose(alone["se"], np.sqrt(elements), rtol=1e-9)
    stages = SurveyDesign(frame, "w", "stratum", "cluster", ("of", "people"), **known).mean("y", where=where).iloc[0]
    variance = 0.0
    for _, part in z.groupby(frame["stratum"]):
        clusters = part.groupby(frame["cluster"])
        n = clusters.ngroups
        within = sum((1 - len(each) / 20) * len(each) * each.var() for _, each in clusters)
        variance += (1 - n / 8) * n * clusters.sum().var() + n / 8 * within
    np.testing.assert_allclose(stages["se"], np.sqrt(variance), rtol=1e-9)


def test_answers_without_clusters_by_another_route(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    survey = small_survey.survey(small_survey.study(tmp_path, clusters=False), small_survey.received(22, 200))
    table = small_survey.scored(survey)
    found = means(calibrated(answers.count(survey), ["level"]), "no_time").iloc[0]
    w, y = table["weight"].to_numpy(), table["no_time"].to_numpy()
    known = np.isfinite(y)
    u = np.where(known, y - (w[known] * y[known]).sum() / w[known].sum(), 0) / w[known].sum()
    e = u.copy()
    for level in ("director", "manager", "staff"):
        rows = (table["level"] == level).to_numpy()
        e[rows] -= (w * u)[rows].sum() / w[rows].sum()
    z = pd.Series(w * e)
    expected = np.sqrt(sum(len(part) * part.var() for _, part in z.groupby(table["stratum"].to_numpy())))
    np.testing.assert_allclose(found["se"], expected, rtol=1e-9)


RECORDS = json.loads((Path(__file__).parent / "reference/expected/calibration.json").read_text(encoding="utf-8"))


def svy_design(record: dict) -> SurveyDesign:
    """The design of a record: weights times the factor of their cell, which is svy's calibration."""
    frame = pd.read_csv(Path(__file__).parent / "reference/data/open_survey.csv")
    factor = {(level, region): number for level, region, number in RECORDS["factors"][record["margins"]]}
    cells = zip(frame["level"], frame["region"], strict=True)
    frame["w"] = frame["weight"] * [factor[cell] for cell in cells]
    margins = {"calibration": record["margins"].split(", "), "design_weight": "weight"}
    return SurveyDesign(frame, "w", "region", "office", record["population"], lonely=record["lonely"], **margins)


@pytest.mark.parametrize("margins", ["level", "level, region"])
def test_errors_equal_those_of_svy(margins) -> None:
    """Post-strata and the linear calibration to two margins; lonely clusters, domains within and across margins."""
    records = [record for record in RECORDS["records"] if record["margins"] == margins]
    assert len(records) == 128
    for record in records:
        found = getattr(svy_design(record), record["estimand"])(record["item"], where=record["where"]).iloc[0]
        expected = [record["estimate"], record["se"]]
        np.testing.assert_allclose(found[["estimate", "se"]].tolist(), expected, rtol=1e-9, atol=1e-9)


def test_joint_errors_equal_those_of_svy() -> None:
    for record in RECORDS["records"]:
        if record["estimand"] == "mean" and record["lonely"] == "adjust" and "region" in record["where"]:
            of = (1,) if record["item"] == "lacks_time" else None
            found = svy_design(record).joint([Estimand("it", record["item"], of)], ["region"]).frame
            se = found.loc[found["region"] == record["where"]["region"], "se"].item()
            np.testing.assert_allclose(se, record["se"], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("where", [{}, {"level": "staff"}])
def test_errors_by_another_route(where) -> None:
    frame = respondents(1)
    frame.loc[::7, "y"] = np.nan
    frame["w"] = rake(frame, "d", [SIZES, LEVELS])
    design = SurveyDesign(frame, "w", "stratum", "cluster", calibration=["size", "level"], design_weight="d")
    inside = np.ones(len(frame), dtype=bool) if not where else frame["level"].eq("staff").to_numpy()
    found = design.mean("y", where=where).iloc[0]
    np.testing.assert_allclose(found["se"], residual_error(frame, frame["y"].to_numpy(), inside), rtol=1e-9)
    plain = SurveyDesign(frame, "w", "stratum", "cluster").mean("y", where=where).iloc[0]
    assert found["estimate"] == plain["estimate"]
    assert found["se"] < plain["se"]
    assert found["low"] < found["estimate"] < found["high"]


def test_what_is_calibrated_has_no_error() -> None:
    frame = respondents(2)
    frame["w"] = rake(frame, "d", [SIZES, LEVELS])
    frame["small"] = frame["size"].eq("small").astype(float)
    design = SurveyDesign(frame, "w", "stratum", "cluster", calibration=["size", "level"])
    np.testing.assert_allclose(design.total("small")[["estimate", "se"]].to_numpy(float), [[40, 0]], atol=1e-9)
    np.testing.assert_allclose(design.mean("small")[["estimate", "se"]].to_numpy(float), [[0.4, 0]], atol=1e-12)
    assert "size, level" in design.mean("y").attrs["method"]["calibration"]


def test_post_strata_are_joint_margins() -> None:
    frame = respondents(3)
    joint = frame.groupby(["size", "level"]).size().rename("heads").mul(7.0).reset_index()
    frame["w"] = poststratify(frame, "d", joint)
    frame["cell"] = frame["size"] + frame["level"]
    both = SurveyDesign(frame, "w", "stratum", "cluster", calibration=[["size", "level"]]).mean("y")
    one = SurveyDesign(frame, "w", "stratum", "cluster", calibration=["cell"]).mean("y")
    np.testing.assert_allclose(both["se"], one["se"], rtol=1e-9)


@pytest.mark.parametrize("by", [(), ("level",), ("department_size", "level")])
@pytest.mark.parametrize("clusters", [True, False])
@pytest.mark.parametrize("stages", [0, 1, 2])
def test_answers_give_the_errors_of_the_respondents(tmp_path, monkeypatch, clusters, by, stages) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    population = pd.Series({"h0": 900, "h1": 400, "h2": 3000, "h3": 200}) if stages else None
    table = small_survey.received(21, 300)
    survey = small_survey.survey(small_survey.study(tmp_path, clusters), table, population)
    frame = small_survey.scored(survey)
    people = frame["department"].value_counts() * 2 + 3 if stages == 2 and clusters else None
    columns = ["in_stratum", "people"] if people is not None else ["in_stratum"] if stages else None
    frame["in_stratum"] = 0 if population is None else frame["stratum"].map(population)
    frame["people"] = 0 if people is None else frame["department"].map(people)
    margins = ["department_size", "level"]
    design = SurveyDesign(frame, "weight", "stratum", "department" if clusters else None, columns, calibration=margins)
    counted = answers.count(survey, people=people)
    items = ["no_time", "gap:data"]
    found, expected = means(calibrated(counted, margins), items, by), design.mean(items, by)
    numbers = ["n", "estimate", "se", "df", "low", "high"]
    np.testing.assert_allclose(found[numbers].astype(float), expected[numbers].astype(float), rtol=1e-8, atol=1e-12)
    share = shares(calibrated(counted, margins), ["no_time"], "agree", by)
    wanted = design.share("no_time", answers=[3], by=by)
    np.testing.assert_allclose(share["se"].astype(float), wanted["se"].astype(float), rtol=1e-8, atol=1e-12)
    if not by:  # within a cell of the margins they explain nothing: the error is the same
        assert (found["se"].to_numpy() != means(counted, items)["se"].to_numpy()).any()
    assert (share["estimate"] == shares(counted, ["no_time"], "agree", by)["estimate"]).all()


def test_errors_are_nearer_the_truth_over_many_samples() -> None:
    # A population whose answers hang on size and level, sampled by clusters again and again.
    draw = np.random.default_rng(5)
    people = pd.DataFrame({"cluster": np.repeat(np.arange(300), 20)})
    people["size"] = np.where(draw.random(6000) < 0.4, "small", "large")
    people["level"] = np.where(draw.random(6000) < 0.3, "manager", "staff")
    people["y"] = 2.0 * people["size"].eq("small") + people["level"].eq("manager") + draw.normal(0, 0.7, 6000)
    targets = [people.groupby(name).size().rename("heads").reset_index() for name in ("size", "level")]
    rows = []
    for _ in range(120):
        taken = draw.choice(300, 30, replace=False)
        frame = people[people["cluster"].isin(taken)].assign(d=10.0, of=300)
        frame["w"] = rake(frame, "d", targets)
        designs = (
            SurveyDesign(frame, "w", None, "cluster", "of", calibration=["size", "level"], design_weight="d"),
            SurveyDesign(frame, "w", None, "cluster", "of"),
        )
        found, plain = (design.mean("y").iloc[0] for design in designs)
        rows.append((found["estimate"], found["se"], plain["se"], found["low"] <= people["y"].mean() <= found["high"]))
    estimate, se, plain, covers = np.array(rows, dtype=float).T
    assert abs(se.mean() / estimate.std(ddof=1) - 1) < 0.15
    assert plain.mean() / estimate.std(ddof=1) > 1.5
    assert 0.89 <= covers.mean() <= 0.99


def answers_and_design(folder, clusters: bool, stages: int):
    """The same small survey as counted answers, calibrated, and as a design of respondents."""
    population = pd.Series({"h0": 900, "h1": 400, "h2": 3000, "h3": 200}) if stages else None
    survey = small_survey.survey(small_survey.study(folder, clusters), small_survey.received(23, 300), population)
    frame = small_survey.scored(survey)
    people = frame["department"].value_counts() * 2 + 3 if stages == 2 and clusters else None
    columns = ["in_stratum", "people"] if people is not None else ["in_stratum"] if stages else None
    frame["in_stratum"] = 0 if population is None else frame["stratum"].map(population)
    frame["people"] = 0 if people is None else frame["department"].map(people)
    margins = [["department_size"], ["level"]]
    design = SurveyDesign(frame, "weight", "stratum", "department" if clusters else None, columns, calibration=margins)
    counted = with_pairs(answers.count(survey, people=people), survey, ["no_time", "gap:data"])
    return calibrated(counted, margins), design, frame


NUMBERS = ["n", "estimate", "se", "low", "high"]


@pytest.mark.parametrize("clusters", [True, False])
@pytest.mark.parametrize("stages", [0, 1, 2])
def test_what_is_estimated_together_is_calibrated_from_answers_and_from_respondents(
    tmp_path, monkeypatch, clusters, stages
) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    counted, design, _ = answers_and_design(tmp_path, clusters, stages)
    asked = [Estimand("no_time", "no_time"), Estimand("gap", "gap:data")]
    found, expected = joint(counted, asked, ["level"], margins=True), design.joint(asked, ["level"], margins=True)
    np.testing.assert_allclose(found.covariance, expected.covariance, rtol=1e-9, atol=1e-15)
    one = design.mean(["no_time", "gap:data"], ["level"])
    rows = found.frame[found.frame["level"] != "all"]
    np.testing.assert_allclose(rows["se"].to_numpy(float), one["se"].to_numpy(float), rtol=1e-9)
    assert "department_size, level" in found.frame.attrs["method"]["calibration"]
    apart = differences(counted, asked, "level")
    wanted = design.difference(["no_time", "gap:data"], "level")
    np.testing.assert_allclose(apart[NUMBERS].astype(float), wanted[NUMBERS].astype(float), rtol=1e-8, atol=1e-12)
    middle, told = quantiles(counted, "no_time", 0.4, "level"), design.quantile("no_time", 0.4, "level")
    np.testing.assert_allclose(middle[NUMBERS].astype(float), told[NUMBERS].astype(float), rtol=1e-8, atol=1e-12)
    test = independence(counted, "no_time", "level").iloc[0]
    other = design.independence("no_time", "level").iloc[0]
    np.testing.assert_allclose(
        test[["statistic", "df1", "df2"]].astype(float), other[["statistic", "df1", "df2"]].astype(float), rtol=1e-8
    )


def test_the_error_of_a_difference_by_another_route() -> None:
    """Of two items, and of two domains: the residual of the difference of the linearised values."""
    frame = respondents(5)
    frame["w"] = rake(frame, "d", [SIZES, LEVELS])
    frame["z"] = frame["y"] ** 2
    design = SurveyDesign(frame, "w", "stratum", "cluster", calibration=["size", "level"], design_weight="d")
    everyone, staff = np.ones(len(frame), dtype=bool), frame["level"].eq("staff").to_numpy()
    y, z = frame["y"].to_numpy(), frame["z"].to_numpy()
    pairs = (
        (
            design.difference(["y", "z"], "estimand").iloc[0],
            residuals(frame, y, everyone) - residuals(frame, z, everyone),
        ),
        (design.difference("y", "level").iloc[0], residuals(frame, y, ~staff) - residuals(frame, y, staff)),
    )
    for found, each in pairs:
        totals = each.groupby([frame["stratum"], frame["cluster"]]).sum()
        variance = sum(len(part) * part.var() for _, part in totals.groupby(level=0))
        np.testing.assert_allclose(found["se"], np.sqrt(variance), rtol=1e-9)


def test_the_error_of_a_ratio_by_another_route() -> None:
    frame = respondents(6)
    frame["w"] = rake(frame, "d", [SIZES, LEVELS])
    frame["x"] = frame["d"] + 1
    design = SurveyDesign(frame, "w", "stratum", "cluster", calibration=["size", "level"], design_weight="d")
    found = design.ratio("y", "x").iloc[0]
    below = float((frame["w"] * frame["x"]).sum())
    u = ((frame["y"] - found["estimate"] * frame["x"]) / below).to_numpy()
    everyone = np.ones(len(frame), dtype=bool)
    # `residuals` makes (v - mean v) / N of what it is given; this has mean 0.
    each = residuals(frame, u * frame["w"].sum(), everyone)
    totals = each.groupby([frame["stratum"], frame["cluster"]]).sum()
    variance = sum(len(part) * part.var() for _, part in totals.groupby(level=0))
    np.testing.assert_allclose(found["se"], np.sqrt(variance), rtol=1e-9)


def test_lonely_clusters_count_as_met_everywhere(tmp_path, monkeypatch) -> None:
    """A residual reaches beyond the domain: each rule gives the covariance the variance of the mean on its diagonal."""
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    _, _, frame = answers_and_design(tmp_path, True, 0)
    for rule in ("adjust", "average", "certainty"):
        design = SurveyDesign(frame, "weight", "stratum", "department", lonely=rule, calibration=["level"])
        found = design.joint([Estimand("y", "no_time")], ["department_size"]).frame["se"]
        np.testing.assert_allclose(found, design.mean("no_time", "department_size")["se"].to_numpy(float), rtol=1e-9)


def test_margins_that_answers_do_not_have_are_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    survey = small_survey.survey(small_survey.study(tmp_path), small_survey.received(1, 60))
    with pytest.raises(UsageError, match="no dimension ‘levle’; did you mean ‘level’"):
        calibrated(answers.count(survey), ["levle"])
