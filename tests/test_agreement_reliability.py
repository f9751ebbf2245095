"""Reliability of scales against R, closed forms, matrices with known loadings and printed correlations."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from digiskills import agreement
from digiskills.agreement.one_factor import omega, one_factor
from digiskills.agreement.polychoric import below, cells, polychoric
from digiskills.agreement.reliability import alpha, polychoric_matrix
from digiskills.errors import UsageError

REFERENCE = Path(__file__).parent / "reference"
RECORDS = json.loads((REFERENCE / "expected" / "open_models_and_coders.json").read_text())["records"]
EXPECTED = next(record["expected"] for record in RECORDS if record["id"] == "open/alpha")


@pytest.fixture(scope="module")
def scale() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "data" / "open_models.csv")[["s1", "s2", "s3", "s4", "s5"]]


@pytest.fixture
def holed(scale: pd.DataFrame) -> pd.DataFrame:
    return scale.astype(float).mask(np.random.default_rng(1).random(scale.shape) < 0.2)


def by_name(table: pd.DataFrame, column: str = "estimate") -> dict[str, float]:
    return dict(zip(table["coefficient"], table[column], strict=True))


@pytest.mark.parametrize("missing", ["pairwise", "listwise"])
def test_alpha_equals_r(scale, missing):
    table = agreement.reliability(scale, missing).set_index("coefficient")
    np.testing.assert_allclose(table.loc["alpha", "estimate"], EXPECTED["raw_alpha"], rtol=1e-9)
    np.testing.assert_allclose(table.loc["alpha_standardised", "estimate"], EXPECTED["std_alpha"], rtol=1e-9)
    np.testing.assert_allclose(table.loc["alpha", ["low", "high"]].tolist(), EXPECTED["feldt_ci"], rtol=1e-9)
    items = agreement.item_statistics(scale, missing)
    np.testing.assert_allclose(items["item_rest"], EXPECTED["item_rest_r"], rtol=1e-9)


def test_pairwise_and_listwise_are_different_people(holed):
    pairwise, listwise = (agreement.reliability(holed, rule).set_index("coefficient") for rule in MISSING)
    complete = holed.dropna()
    assert listwise.loc["alpha", "n"] == len(complete) == listwise.loc["alpha", "fewest"]
    assert pairwise.loc["alpha", "n"] == holed.notna().any(axis=1).sum() > pairwise.loc["alpha", "fewest"]
    assert listwise.loc["alpha", "estimate"] == pytest.approx(brute_alpha(complete))
    assert pairwise.loc["alpha", "estimate"] == pytest.approx(alpha(holed.cov().to_numpy()))
    answered = holed.notna().to_numpy().astype(int)
    assert pairwise.loc["alpha", "fewest"] == (answered.T @ answered).min()
    assert "answered any" in pairwise.attrs["method"]["missing"]
    assert pairwise.attrs["method"]["weights"].startswith("none")


MISSING = ("pairwise", "listwise")


def brute_alpha(scores: pd.DataFrame) -> float:
    k = scores.shape[1]
    return k / (k - 1) * (1 - scores.var().sum() / scores.sum(axis=1).var())


def test_items_by_brute_force(scale):
    table = agreement.item_statistics(scale).set_index("item")
    for item in scale:
        rest = scale.drop(columns=item)
        assert table.loc[item, "item_rest"] == pytest.approx(np.corrcoef(scale[item], rest.sum(axis=1))[0, 1])
        assert table.loc[item, "alpha_if_dropped"] == pytest.approx(brute_alpha(rest))


@given(st.integers(0, 10_000), st.floats(0.1, 9), st.floats(-5, 5))
@settings(max_examples=25, deadline=None)
def test_alpha_is_at_most_one_and_has_no_unit(seed, factor, shift):
    draw = np.random.default_rng(seed)
    scores = pd.DataFrame(draw.normal(size=(30, 4)) + draw.normal(size=(30, 1)) * draw.uniform(0, 3))
    as_given, changed = (agreement.reliability(s, ordinal=False) for s in (scores, scores * factor + shift))
    np.testing.assert_allclose(as_given["estimate"], changed["estimate"], rtol=1e-6)
    row = as_given.iloc[0]
    assert row["low"] <= row["estimate"] <= row["high"] <= 1


# Omega


def test_omega_of_known_loadings():
    loadings, unique = np.array([0.8, 0.7, 0.6, 0.5, 0.9]), np.array([0.4, 0.6, 1.1, 0.3, 0.2])
    found, reason = omega(np.outer(loadings, loadings) + np.diag(unique))
    assert reason == ""
    assert found == pytest.approx(loadings.sum() ** 2 / (loadings.sum() ** 2 + unique.sum()), abs=1e-9)


def test_one_factor_of_three_items_has_a_closed_form(scale):
    three = scale[["s1", "s2", "s3"]].corr().to_numpy()
    r12, r13, r23 = three[0, 1], three[0, 2], three[1, 2]
    expected = np.sqrt([r12 * r13 / r23, r12 * r23 / r13, r13 * r23 / r12])
    np.testing.assert_allclose(one_factor(three).loadings, expected, atol=1e-7)


def test_one_factor_is_the_maximum_of_the_likelihood(scale):
    observed = scale.corr().to_numpy()
    found = one_factor(observed)

    def discrepancy(loadings: np.ndarray, unique: np.ndarray) -> float:
        implied = np.outer(loadings, loadings) + np.diag(unique)
        return float(np.linalg.slogdet(implied)[1] + np.trace(observed @ np.linalg.inv(implied)))

    best, draw = discrepancy(found.loadings, found.unique), np.random.default_rng(2)
    for _ in range(200):
        there = found.loadings + draw.normal(0, 0.01, 5), found.unique + draw.normal(0, 0.01, 5)
        assert discrepancy(*there) > best


def test_tau_equivalent_items_have_one_reliability():
    covariance = np.full((4, 4), 0.5) + np.diag([0.5, 0.6, 0.7, 0.8])
    assert omega(covariance)[0] == pytest.approx(alpha(covariance), abs=1e-9)


def test_omega_says_why_it_is_not_there():
    impossible = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    assert omega(impossible)[1] == "not_positive_definite"
    heywood = np.array([[1, 0.8, 0.8], [0.8, 1, 0.4], [0.8, 0.4, 1]])
    assert np.isnan(omega(heywood)[0]) and omega(heywood)[1] == "improper"


# Polychoric correlations and ordinal alpha


def test_printed_polychoric_correlations():
    # Uebersax (2015), Introduction to the Tetrachoric and Polychoric Correlation Coefficients: 0.6071, and the
    # table of Joreskog and Sorbom (1996), PRELIS 2, 0.4199 in two steps.
    assert polychoric(np.array([[40.0, 10], [20, 30]])) == pytest.approx(0.6071, abs=5e-5)
    assert polychoric(np.array([[58.0, 52, 1], [26, 58, 3], [8, 12, 9]])) == pytest.approx(0.4199, abs=5e-5)


@pytest.mark.parametrize("correlation", [-0.97, -0.5, 0, 0.3, 0.8, 0.99])
def test_normal_tables_give_their_correlation_back(correlation):
    rows, columns = np.array([-1.2, 0.1, 0.9]), np.array([-0.4, 0.7])
    probability = cells(rows, columns, correlation)
    assert probability.sum() == pytest.approx(1) and (probability > -1e-15).all()
    assert polychoric(probability * 1e4) == pytest.approx(correlation, abs=1e-8)
    normal = stats.multivariate_normal(cov=[[1, correlation], [correlation, 1]])
    expected = [[normal.cdf([row, column]) for column in columns] for row in rows]
    np.testing.assert_allclose(below(rows[:, None], columns, correlation), expected, atol=1e-6)


def test_median_cuts_have_a_closed_form():
    # Sheppard (1899): P(both below 0) = 1/4 + asin(r) / (2 pi).
    for correlation in (-0.9, 0.25, 0.6):
        corner = 0.25 + np.arcsin(correlation) / (2 * np.pi)
        table = np.array([[corner, 0.5 - corner], [0.5 - corner, corner]])
        assert polychoric(table) == pytest.approx(correlation, abs=1e-10)


def test_tables_without_a_polychoric_correlation():
    assert np.isnan(polychoric(np.array([[40.0, 0], [20, 30]])))
    assert np.isnan(polychoric(np.array([[40.0, 3], [0, 0]])))


def test_ordinal_alpha_is_alpha_of_polychoric_correlations(scale):
    found = by_name(agreement.reliability(scale))["alpha_ordinal"]
    assert found == pytest.approx(alpha(polychoric_matrix(scale)))
    table = pd.crosstab(scale["s1"], scale["s4"]).to_numpy(dtype=float)
    assert polychoric_matrix(scale)[0, 3] == polychoric(table)
    latent = np.random.default_rng(1).normal(size=(20_000, 1)) + np.random.default_rng(2).normal(size=(20_000, 4))
    cut = pd.DataFrame(np.digitize(latent, [-1, 0.5, 2]))
    # Items of correlation 1/2: 4/2 / (1 + 3/2) = 0.8, and cut into four answers less.
    assert by_name(agreement.reliability(cut))["alpha_ordinal"] == pytest.approx(0.8, abs=0.01)
    assert by_name(agreement.reliability(cut))["alpha"] < 0.78


def test_ordinal_alpha_uses_the_missing_rule(holed):
    listwise = by_name(agreement.reliability(holed, "listwise"))["alpha_ordinal"]
    assert listwise == pytest.approx(alpha(polychoric_matrix(holed.dropna())))
    assert by_name(agreement.reliability(holed))["alpha_ordinal"] == pytest.approx(alpha(polychoric_matrix(holed)))


def test_items_that_never_combine_have_no_ordinal_alpha():
    scores = pd.DataFrame({"a": [0, 0, 1, 1, 1, 0], "b": [0, 0, 0, 1, 1, 0], "c": [0, 1, 1, 1, 0, 0]})
    row = agreement.reliability(scores).set_index("coefficient").loc["alpha_ordinal"]
    assert np.isnan(row["estimate"]) and row["reason"] == "no_correlation"


# Scales that are too small


def test_two_items_have_spearman_brown_and_no_alpha(scale):
    two = scale[["s1", "s2"]]
    r = two.corr().iloc[0, 1]
    assert by_name(agreement.reliability(two)) == pytest.approx({"spearman_brown": 2 * r / (1 + r)})
    assert agreement.item_statistics(two)["alpha_if_dropped"].isna().all()
    assert agreement.item_statistics(scale[["s1", "s2", "s3"]])["alpha_if_dropped"].isna().all()
    holed = two.astype(float).mask(np.random.default_rng(1).random(two.shape) < 0.3)
    r = holed.corr().iloc[0, 1]
    row = agreement.reliability(holed, "pairwise").iloc[0]
    assert row["estimate"] == pytest.approx(2 * r / (1 + r)) and row["n"] == len(holed.dropna())
    opposed = agreement.reliability(pd.DataFrame({"a": [1, 2, 3], "b": [3, 2, 1]})).iloc[0]
    assert np.isnan(opposed["estimate"]) and opposed["reason"] == "opposed"


@pytest.mark.parametrize(
    ("scores", "missing", "words"),
    [
        ({"a": [1, 2]}, "pairwise", "needs two or more; 1 given"),
        ({"a": [1, 2, 3], "b": [4, 4, 4], "c": [1, 3, 2]}, "pairwise", "same to b; leave such items out"),
        ({"a": [1, 2, np.nan], "b": [np.nan, np.nan, 1], "c": [2, 3, 4]}, "listwise", "0 respondents are left"),
        ({"a": [1, 2, None, None], "b": [None, None, 1, 2], "c": [2, 3, 4, 5]}, "pairwise", "answered both a and b"),
        ({"a": [1, 2], "b": [2, 1]}, "pairwies", "did you mean ‘pairwise’"),
    ],
)
def test_what_makes_no_scale_is_refused(scores, missing, words):
    with pytest.raises(UsageError, match=words):
        agreement.reliability(pd.DataFrame(scores), missing)


# By group, and from a survey


def test_reliability_by_group(scale):
    groups = pd.Series(["fr", "en", None] * 50)
    table = agreement.reliability_by(scale, groups).set_index(["group", "coefficient"])
    assert table.loc[("en", "alpha"), "estimate"] == pytest.approx(brute_alpha(scale[groups == "en"]))
    assert table["n"].eq(50).all()
    ordered = pd.Series(pd.Categorical(groups, ["fr", "en", "de"]))
    assert agreement.reliability_by(scale, ordered)["group"].unique().tolist() == ["fr", "en"]


def test_a_constant_group_stands_beside_the_others(scale):
    scores = scale.assign(s1=np.where(np.arange(150) < 40, 3, scale["s1"]))
    table = agreement.reliability_by(scores, pd.Series(np.where(np.arange(150) < 40, "one", "two")))
    assert table["reason"].tolist() == ["no_variation", "", "", ""]
    assert table["n"].tolist() == [40, 110, 110, 110]
    with pytest.raises(UsageError, match="give one for each row"):
        agreement.reliability_by(scale, pd.Series(["en"]))
    with pytest.raises(UsageError, match="belongs to a group"):
        agreement.reliability_by(scale, pd.Series([None] * 150))


@pytest.fixture
def survey(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    return small_survey.survey(small_survey.study(tmp_path), small_survey.received(3, 400))


def test_items_are_turned_by_the_codebook_only(survey):
    scores = small_survey.scored(survey)
    r = scores[["no_time", "good_tools"]].corr().iloc[0, 1]
    found = agreement.survey_reliability(survey, ["no_time", "good_tools"])
    assert by_name(found)["spearman_brown"] == pytest.approx(-2 * r / (1 - r))
    assert found.attrs["method"]["turned"] == ["good_tools"]
    means = agreement.survey_items(survey, ["no_time", "good_tools"]).set_index("item")["mean"]
    assert means["good_tools"] == pytest.approx(4 - scores["good_tools"].mean())
    assert means["no_time"] == pytest.approx(scores["no_time"].mean())


def test_survey_by_dimension_and_by_column(survey):
    items = ["needed_data", "needed_design", "held_data"]
    scores, level = small_survey.scored(survey), survey.dimension("level")
    table = agreement.survey_reliability(survey, items, by="level", ordinal=False)
    assert table["level"].unique().tolist() == ["director", "manager", "staff"]
    pairwise = alpha(scores.loc[level == "staff", items].cov().to_numpy())
    found = table.set_index(["level", "coefficient"]).loc[("staff", "alpha"), "estimate"]
    assert found == pytest.approx(pairwise)
    assert agreement.survey_reliability(survey, items, by="stratum")["stratum"].nunique() == 4
    with pytest.raises(UsageError, match="did you mean ‘level’"):
        agreement.survey_reliability(survey, items, by="levle")
