"""Proportional odds against MASS::polr, statsmodels, repeated rows and another route to errors."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from model_cases import ONE_STAGE, departments, expected, jackknife_limit, respondents
from scipy import stats
from statsmodels.miscmodels.ordinal_model import OrderedModel

from digiskills import models
from digiskills.errors import UsageError
from digiskills.models.likelihood import CumulativeLogit


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return respondents()


def test_equals_polr():
    table, known = models.ordinal(departments(), "skill", "level").table(), expected("open/polr")
    assert [f"{row.term}{row.level}" for row in table.itertuples()][:2] == known["terms"][:2]
    assert table["level"].tolist()[2:] == known["terms"][2:]
    np.testing.assert_allclose(table["estimate"], known["estimate"], rtol=1e-5)
    np.testing.assert_allclose(table["se"], known["se"], rtol=1e-5)
    np.testing.assert_allclose(table.attrs["method"]["loglik"], known["loglik"], rtol=1e-9)
    assert table["p"].isna().tolist() == [False] * 2 + [True] * 4


def test_equals_statsmodels_with_a_number_far_from_0(frame):
    used = frame.dropna(subset="req").assign(born=lambda f: 2000 - 3 * f["years"])
    table = models.ordinal(used, "req", ["level", "born"]).table()
    x = np.column_stack([used["level"] == "lead", used["level"] == "head", used["years"]]).astype(float)
    answer = used["req"].astype(int).astype(pd.CategoricalDtype(ordered=True))
    known = OrderedModel(answer, x, distr="logit").fit(method="newton", disp=0, maxiter=100)
    slopes = known.params[:3] * [1, 1, -1 / 3]
    np.testing.assert_allclose(table["estimate"][:3], slopes, rtol=1e-6)
    np.testing.assert_allclose(table["se"][:3], known.bse[:3] * [1, 1, 1 / 3], rtol=1e-4)
    thresholds = known.model.transform_threshold_params(known.params)[1:-1] + 2000 * slopes.iloc[2]
    np.testing.assert_allclose(table["estimate"][3:], thresholds, rtol=1e-6)


def test_a_weight_counts_as_repeated_rows(frame):
    times = np.random.default_rng(2).integers(1, 5, len(frame))
    weighted = frame.assign(times=times.astype(float))
    repeated = weighted.loc[weighted.index.repeat(times)].reset_index(drop=True)
    fit = models.ordinal(weighted, "cur", ["level", "years"], models.Design("times"))
    np.testing.assert_allclose(fit.estimate, models.ordinal(repeated, "cur", ["level", "years"]).estimate, rtol=1e-9)


def test_errors_equal_the_limit_of_the_jackknife(frame):
    predictors = ["level", "years"]
    fit = models.ordinal(frame, "cur", predictors, ONE_STAGE)
    known = jackknife_limit(
        frame, ONE_STAGE, lambda other: models.ordinal(other, "cur", predictors, ONE_STAGE).estimate
    )
    np.testing.assert_allclose(fit.covariance, known, rtol=1e-4, atol=1e-9)
    assert fit.df == 9 - 3  # clusters minus strata, less one per slope


def test_two_answers_are_a_logistic_regression(frame):
    worded = frame.assign(lacks_time=pd.Categorical(frame["lacks_time"].map({0: "no", 1: "yes"}), ordered=True))
    design = dataclasses.replace(ONE_STAGE, population=("n_offices", "people"))
    ordinal = models.ordinal(worded, "lacks_time", ["level", "years"], design).table()
    logistic = models.logistic(frame, "lacks_time", ["level", "years"], design).table()
    np.testing.assert_allclose(ordinal["estimate"][:3], logistic["estimate"][1:], rtol=1e-8)
    np.testing.assert_allclose(ordinal["se"][:3], logistic["se"][1:], rtol=1e-8)
    np.testing.assert_allclose(ordinal["estimate"][3], -logistic["estimate"][0], rtol=1e-8)
    np.testing.assert_allclose(ordinal["df"][0], logistic["df"][0])


def two_by_three(counts: list[list[int]]) -> pd.DataFrame:
    rows = [(group, answer) for group in (0, 1) for answer in (0, 1, 2) for _ in range(counts[group][answer])]
    return pd.DataFrame(rows, columns=["group", "answer"]).astype({"group": str})


def odds_ratios(counts: np.ndarray) -> np.ndarray:
    """Log odds ratios of the two groups at the two steps of the scale."""
    above = np.array([counts[:, 1] + counts[:, 2], counts[:, 2]])
    odds = np.log(above / (counts.sum(axis=1) - above))
    return odds[:, 1] - odds[:, 0]


def test_brant_on_a_two_by_three_table():
    """The binary logits are then the table's odds ratios, and their covariance that of a multinomial."""
    counts = [[30, 25, 12], [18, 22, 31]]
    frame, table = two_by_three(counts), np.array(counts, dtype=float)
    found = models.proportional_odds(models.ordinal(frame, "answer", "group"))
    gradient = np.zeros((2, 6))
    for cell in range(6):
        step = np.zeros(6)
        step[cell] = 1e-5
        up, down = (odds_ratios(table + side * step.reshape(2, 3)) for side in (1, -1))
        gradient[:, cell] = (up - down) / 2e-5
    covariance = gradient @ np.diag(table.ravel()) @ gradient.T  # Poisson cells: the logits do not see the totals
    difference = np.subtract(*odds_ratios(table))
    known = difference**2 / (covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    assert found["term"].tolist() == ["all", "group"]
    np.testing.assert_allclose(found["statistic"], known, rtol=1e-7)
    np.testing.assert_allclose(found["p"], stats.chi2.sf(known, 1), rtol=1e-6)


def test_brant_under_a_design(frame):
    frame = frame.assign(cur=frame["cur"].clip(2, 5))
    fit = models.ordinal(frame, "cur", ["years"], ONE_STAGE)

    def changes(other: pd.DataFrame) -> np.ndarray:
        cuts = [(other["cur"] >= cut).astype(float).where(other["cur"].notna()) for cut in (3, 4, 5)]
        fits = [models.logistic(other.assign(above=cut), "above", "years", ONE_STAGE) for cut in cuts]
        return np.array([one.estimate[1] - fits[0].estimate[1] for one in fits[1:]])

    change, spread = changes(frame), jackknife_limit(frame, ONE_STAGE, changes)
    known = (9 - 2 + 1) / (9 * 2) * change @ np.linalg.solve(spread, change)
    found = models.proportional_odds(fit).iloc[0]
    np.testing.assert_allclose(found["statistic"], known, rtol=1e-5)
    assert (found["df"], found["df_error"]) == (2, 8)
    np.testing.assert_allclose(found["p"], stats.f.sf(known, 2, 8), rtol=1e-5)


def test_a_rare_answer_far_out_keeps_its_digits():
    model = CumulativeLogit(np.array([1, 1]), np.array([[-40.0], [40.0]]), np.ones(2), 3)
    logs, scores, _ = model.at(np.array([1.0, 0.0, 1.0]))  # both answers lie 40 from the middle
    known = -40 + np.log1p(-np.exp(-1.0))
    np.testing.assert_allclose(logs, [known, known + 1], rtol=1e-12)
    assert np.isfinite(scores).all()


def test_answers_drawn_with_one_slope_pass_and_others_do_not():
    draw = np.random.default_rng(11)
    x, noise = draw.normal(size=4000), draw.logistic(size=4000)
    same = pd.DataFrame({"x": x, "y": np.digitize(x + noise, [-1, 0, 1])})
    other = pd.DataFrame({"x": x, "y": np.digitize(x + noise * np.exp(0.5 * x), [-1, 0, 1])})
    assert models.proportional_odds(models.ordinal(same, "y", "x"))["p"].iloc[0] > 0.05
    assert models.proportional_odds(models.ordinal(other, "y", "x"))["p"].iloc[0] < 1e-6


def test_numbers_of_a_domain_are_its_answers(frame):
    fit = models.ordinal(frame.assign(cur=frame["cur"] - 9), "cur", "years", where={"level": "head"})
    given = sorted(frame.loc[(frame["level"] == "head") & frame["cur"].notna(), "cur"].unique() - 9)
    assert fit.answers == tuple(f"{number:g}" for number in given)


def test_what_cannot_be_fitted_is_said(frame):
    answers = pd.Categorical(frame["cur"].astype("Int64").astype(object), categories=[1, 2, 3, 4, 5, 6], ordered=True)
    with pytest.raises(models.ModelError, match="nobody in the model answered 6"):
        models.ordinal(frame.assign(cur=answers), "cur", "level")
    with pytest.raises(models.ModelError, match="predicted perfectly by ‘years’"):
        models.ordinal(frame.assign(cur=np.digitize(frame["years"], [3, 6, 9])), "cur", "years")
    with pytest.raises(models.ModelError, match="collinear"):
        models.ordinal(frame.assign(twice=2 * frame["years"] + 1), "cur", ["years", "twice"])
    with pytest.raises(UsageError, match="has no order"):
        models.ordinal(frame.assign(cur=frame["cur"].astype(str)), "cur", "level")
    with pytest.raises(UsageError, match="has no order"):
        models.ordinal(frame, "years", "level")
    with pytest.raises(UsageError, match="three answers or more"):
        models.proportional_odds(models.ordinal(frame, "lacks_time", "level"))
    with pytest.raises(models.ModelError, match="comparisons are too many for 9 degrees of freedom"):
        columns = {f"x{number}": np.random.default_rng(number).normal(size=len(frame)) for number in range(4)}
        models.proportional_odds(models.ordinal(frame.assign(**columns), "cur", list(columns), ONE_STAGE))
