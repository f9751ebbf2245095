"""Departments in a funnel, shrunken and paired: by hand, against other packages, and nothing that names one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import small_survey
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from digiskills.errors import ReleaseError, UsageError
from digiskills.gaps.departments import between, between_interval, executives_against_staff, funnel, spread
from digiskills.study import Release, Study
from digiskills.survey import Survey


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("departments")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        return small_survey.study(folder)


def opted_in(survey: Survey, **changes: object) -> Survey:
    study = dataclasses.replace(survey.study, release=Release(departments=True))
    return dataclasses.replace(survey, study=study, **changes)


def test_between_is_that_of_the_bcg_trials() -> None:
    # Thirteen trials of BCG vaccine (G. Colditz et al., JAMA 271 (1994) 698-702; R metafor's dat.colditz1994), log
    # relative risks: against statsmodels, and against the equation that defines the estimator.
    effect, variance = bcg()
    mean, tau2 = between(effect, np.sqrt(variance))
    off = (effect - mean) ** 2 / (tau2 + variance)
    assert off.sum() == pytest.approx(12)
    known = combine_effects(effect, variance, method_re="iterated", atol=1e-12)
    assert tau2 == pytest.approx(known.tau2, rel=1e-4) and mean == pytest.approx(known.mean_effect_re, rel=1e-4)


def test_the_interval_of_the_variance_is_that_of_the_bcg_trials() -> None:
    # Q profile of the same trials, as R metafor prints it: tau² between 0.1197 and 1.1115.
    effect, variance = bcg()
    low, high = between_interval(effect, np.sqrt(variance))
    assert (low, high) == (pytest.approx(0.1197, abs=5e-5), pytest.approx(1.1115, abs=5e-5))
    for bound, level in ((low, 0.975), (high, 0.025)):
        mean = np.average(effect, weights=1 / (variance + bound))
        assert ((effect - mean) ** 2 / (variance + bound)).sum() == pytest.approx(stats.chi2.ppf(level, 12))


def test_the_interval_begins_at_0_where_chance_explains_all() -> None:
    effect = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
    se = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
    low, high = between_interval(effect, se)
    assert low == 0 and high > 0


def test_spread_says_of_all_departments_what_the_funnel_says_of_each(declared: Study) -> None:
    survey = small_survey.survey(declared, small_survey.received(4, 500))
    found = spread(survey, "data").iloc[0]
    each = funnel(opted_in(survey), "data")
    assert found["estimate"] == pytest.approx(each.attrs["method"]["tau"])
    assert found["beyond"] == pytest.approx((each["beyond"] != "").mean())
    assert (found["n"], found["clusters"]) == (each["n"].sum(), len(each))
    assert found["low"] <= found["estimate"] <= found["high"]
    assert not {"department", "effective_n"} & set(spread(survey)), "no row is a department, so none need opt in"


def test_one_department_has_no_spread(declared: Study) -> None:
    survey = small_survey.survey(declared, small_survey.received(4, 60))
    inside = survey.cluster.astype(str) == survey.cluster.astype(str).iloc[0]
    frame = survey.frame.assign(weight=np.where(inside, survey.weight, 0.0))
    found = spread(dataclasses.replace(survey, frame=frame), "data").iloc[0]
    assert found["clusters"] < 2 and np.isnan(found[["estimate", "low", "high", "beyond"]].astype(float)).all()


def bcg() -> tuple[np.ndarray, np.ndarray]:
    """Log relative risks of thirteen trials of BCG vaccine, and their variances; the source stands below."""
    treated = [[4, 119], [6, 300], [3, 228], [62, 13536], [33, 5036], [180, 1361], [8, 2537], [505, 87886], [29, 7470]]
    treated += [[17, 1699], [186, 50448], [5, 2493], [27, 16886]]
    control = [[11, 128], [29, 274], [11, 209], [248, 12619], [47, 5761], [372, 1079], [10, 619], [499, 87892]]
    control += [[45, 7232], [65, 1600], [141, 27197], [3, 2338], [29, 17825]]
    groups = np.array(treated), np.array(control)
    risk = [group[:, 0] / group.sum(axis=1) for group in groups]
    return np.log(risk[0] / risk[1]), sum(1 / group[:, 0] - 1 / group.sum(axis=1) for group in groups)


def test_between_is_nothing_where_errors_explain_all() -> None:
    # The eight schools: Q = 4.7 on 7 degrees of freedom.
    effect = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
    se = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
    mean, tau2 = between(effect, se)
    assert tau2 == 0 and mean == pytest.approx(7.69, abs=0.01)


def test_funnel_by_hand(declared: Study) -> None:
    # d1: 1 of 4 short, of 8 people; d2: 3 of 4, of 16; overall one half; d3 has one answer and is left out.
    table = small_survey.received(1, 9)
    table["department"] = ["d1"] * 4 + ["d2"] * 4 + ["d3"]
    table["weight"], table["stratum"] = ["1"] * 8 + ["0"], "h1"
    table["needed_data"], table["held_data"] = ["expert"] + ["none"] * 3 + ["expert"] * 3 + ["none"] * 2, "none"
    people = pd.Series({"d1": 8, "d2": 16, "d3": 9})
    survey = opted_in(small_survey.survey(declared, table), people_in_clusters=people)
    found = funnel(survey, "data")
    assert found["estimate"].tolist() == [1 / 4, 3 / 4] and found["department"].tolist() == [1, 2]
    se = np.sqrt([1 / 4 / 4 * (1 - 4 / 8), 1 / 4 / 4 * (1 - 4 / 16)])
    assert found["se"].to_numpy() == pytest.approx(se)
    assert found["high_95"].to_numpy() == pytest.approx(np.minimum(0.5 + stats.norm.ppf(0.975) * se, 1))
    assert found["low_998"].to_numpy() == pytest.approx(np.maximum(0.5 - stats.norm.ppf(0.999) * se, 0))
    assert found["beyond"].tolist() == ["", ""]
    assert found.attrs["method"]["overall"] == 0.5


def test_shrunken_lies_between_the_department_and_the_mean(declared: Study) -> None:
    survey = opted_in(small_survey.survey(declared, small_survey.received(4, 500)))
    found = funnel(survey, "data")
    mean, _ = between(found["estimate"].to_numpy(), found["se"].to_numpy())
    kept = found.attrs["method"]["tau"] ** 2 / (found.attrs["method"]["tau"] ** 2 + found["se"] ** 2)
    assert found["shrunken"].to_numpy() == pytest.approx((mean + kept * (found["estimate"] - mean)).to_numpy())
    low, high = np.minimum(found["estimate"], mean), np.maximum(found["estimate"], mean)
    assert (found["shrunken"] >= low - 1e-12).all() and (found["shrunken"] <= high + 1e-12).all()
    assert found["shrunken"].is_monotonic_increasing
    assert (found["shrunken_low"] <= found["shrunken"]).all() and (found["shrunken"] <= found["shrunken_high"]).all()


def test_no_table_names_a_department_and_none_without_opting_in(declared: Study) -> None:
    survey = small_survey.survey(declared, small_survey.received(4, 500))
    labels = set(np.asarray(survey.cluster, dtype=object))
    assert not labels & set(funnel(opted_in(survey), "data").astype(str).to_numpy().ravel())
    with pytest.raises(ReleaseError, match="does not opt in to tables of departments"):
        funnel(survey, "data")


def paired(declared: Study, weight: list[str]) -> Survey:
    table = small_survey.received(1, 9)
    table["department"] = ["d1"] * 4 + ["d2"] * 4 + ["d3"]
    table["weight"], table["stratum"] = weight, "h1"
    table["level"] = ["director", "staff", "staff", "manager", "director", "director", "staff", "staff", "staff"]
    table["needed_data"] = ["expert", "expert", "none", "expert", "none", "expert", "none", "none", "expert"]
    table["held_data"] = "none"
    return small_survey.survey(declared, table)


def test_paired_by_hand(declared: Study) -> None:
    # d1: director short, staff half: +1/2, weight 1; d2: directors half, staff none: +1/2, weight 2; d3: no director.
    found = executives_against_staff(paired(declared, ["1"] * 9), "director").set_index("item").loc["data"]
    assert found["estimate"] == pytest.approx(0.5)
    assert (found["n"], found["clusters"]) == (7, 2)


def test_error_of_the_pairs_is_that_of_the_derivative(declared: Study) -> None:
    # By moving each respondent's weight a little: the linearised variable, then the variance of cluster totals.
    weight = np.array([1.0, 2, 3, 4, 1, 3, 2, 2, 5])

    def estimate(weights: np.ndarray) -> float:
        texts = [repr(float(value)) for value in weights]
        return executives_against_staff(paired(declared, texts), "director").set_index("item")["estimate"]["data"]

    step = 1e-5
    slope = [(estimate(weight + step * one) - estimate(weight - step * one)) / (2 * step) for one in np.eye(9)]
    cluster = np.array([0] * 4 + [1] * 4 + [2])
    total = np.bincount(cluster, weight * slope)
    expected = np.sqrt(3 / 2 * ((total - total.mean()) ** 2).sum())
    survey = paired(declared, [repr(float(w)) for w in weight])
    found = executives_against_staff(survey, "director")
    assert found.set_index("item")["se"]["data"] == pytest.approx(expected, rel=1e-6)
    # With a second stage: half of six departments drawn, and 4 of 8, 4 of 20 and 1 of 5 people.
    people = pd.Series({"d1": 8, "d2": 20, "d3": 5})
    staged = dataclasses.replace(survey, clusters_in_population=pd.Series({"h1": 6}), people_in_clusters=people)
    within = sum(
        (1 - 4 / heads) * 4 / 3 * ((own - own.mean()) ** 2).sum()
        for heads, own in ((8, (weight * slope)[:4]), (20, (weight * slope)[4:8]))
    )
    found = executives_against_staff(staged, "director")
    assert found.set_index("item")["se"]["data"] == pytest.approx(np.sqrt(expected**2 / 2 + within / 2), rel=1e-6)


def test_what_cannot_be_asked_is_said(declared: Study, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = small_survey.survey(declared, small_survey.received(4, 50))
    with pytest.raises(UsageError, match="no category ‘directr’"):
        executives_against_staff(survey, "directr")
    with pytest.raises(UsageError, match="does not ask ‘dat’"):
        funnel(opted_in(survey), "dat")
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    alone = small_survey.survey(small_survey.study(tmp_path, clusters=False), small_survey.received(3, 40))
    for table in (lambda: funnel(alone, "data"), lambda: executives_against_staff(alone, "director")):
        with pytest.raises(UsageError, match="no clusters"):
            table()
