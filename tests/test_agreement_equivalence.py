"""Whether items work alike in groups: against R's polr, statsmodels, and groups made to differ."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, special, stats
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.stats.multitest import multipletests

from digiskills import agreement, study, survey
from digiskills.agreement.ordinal_logit import ordinal_logit
from digiskills.errors import UsageError

REFERENCE = Path(__file__).parent / "reference"
RECORDS = json.loads((REFERENCE / "expected" / "open_models_and_coders.json").read_text())["records"]
POLR = next(record["expected"] for record in RECORDS if record["id"] == "open/polr")


def answers(
    seed: int, respondents: int, shift: float = 0.0, steeper: float = 1.0, apart: float = 0.5
) -> tuple[pd.DataFrame, pd.Series]:
    """Five items of one trait; the first is shifted, or follows the trait more steeply, in the second group."""
    draw = np.random.default_rng(seed)
    second = draw.random(respondents) < 0.4
    trait = draw.normal(size=respondents) + apart * second
    latent = trait[:, None] + draw.logistic(size=(respondents, 5)) * 0.6
    latent[second, 0] += shift + (steeper - 1) * trait[second]
    scores = pd.DataFrame(np.digitize(latent, [-1.5, -0.5, 0.5, 1.5]), columns=list("abcde"))
    return scores, pd.Series(np.where(second, "fr", "en"))


def test_proportional_odds_equal_polr():
    frame = pd.read_csv(REFERENCE / "data" / "open_models.csv")
    counts = pd.crosstab(frame["level"], frame["skill"]).loc[["staff", "lead", "head"]].to_numpy(dtype=float)
    found = ordinal_logit(counts, np.array([[0.0, 0], [1, 0], [0, 1]]))
    assert found.converged
    np.testing.assert_allclose([*found.slopes, *found.thresholds], POLR["estimate"], rtol=1e-5)
    np.testing.assert_allclose(found.loglik, POLR["loglik"], rtol=1e-9)


def test_a_step_too_long_is_halved():
    counts = np.array([[145.0, 0, 780], [0, 117, 0]])
    design = np.array([[0.9, -1.48], [-1.37, 0.02]])

    def against(point: np.ndarray) -> float:
        cut = np.array([point[0], point[0] + np.exp(point[1])])
        cumulative = special.expit(cut - (design @ point[2:])[:, None])
        return -float(special.xlogy(counts, np.diff(cumulative, axis=1, prepend=0, append=1)).sum())

    found = ordinal_logit(counts, design)
    assert found.converged and found.loglik >= -optimize.minimize(against, np.zeros(4), method="Nelder-Mead").fun - 1e-3


def test_tests_equal_statsmodels_on_respondents():
    scores, groups = answers(1, 300, shift=0.7)
    table = agreement.item_equivalence(scores, groups).set_index(["item", "test"])
    rest, member = scores.drop(columns="a").sum(axis=1), (groups == "fr").astype(float)
    designs = (pd.DataFrame({"r": rest}), pd.DataFrame({"r": rest, "g": member}))
    designs = (*designs, designs[1].assign(i=rest * member))
    fits = [
        OrderedModel(scores["a"], design, distr="logit").fit(method="bfgs", disp=0, gtol=1e-8) for design in designs
    ]
    likelihood = [fit.llf for fit in fits]
    empty = float(np.log(scores["a"].value_counts(normalize=True)).loc[scores["a"]].sum())

    def nagelkerke(loglik: float) -> float:
        return (1 - np.exp(2 * (empty - loglik) / 300)) / (1 - np.exp(2 * empty / 300))

    for test, (small, large), df in (("uniform", (0, 1), 1), ("non_uniform", (1, 2), 1), ("total", (0, 2), 2)):
        row = table.loc[("a", test)]
        chi2 = 2 * (likelihood[large] - likelihood[small])
        assert row["chi2"] == pytest.approx(chi2, abs=1e-4)
        assert row["p"] == pytest.approx(stats.chi2.sf(chi2, df), rel=1e-3)
        change = nagelkerke(likelihood[large]) - nagelkerke(likelihood[small])
        assert row["r2_change"] == pytest.approx(change, abs=1e-6)
    assert table.loc[("a", "uniform"), "log_odds"] == pytest.approx(fits[1].params["g"], abs=1e-3)


def test_a_shifted_item_is_found_and_the_others_are_not():
    table = agreement.item_equivalence(*answers(2, 4000, shift=1.5)).set_index(["item", "test"])
    assert table.loc[("a", "total"), "size"] in ("moderate", "large")
    assert table.loc[("a", "uniform"), "log_odds"] > 1
    assert table.loc[("a", "total"), "r2_change"] > 3 * table.loc[("b", "total"), "r2_change"]
    assert (table.loc[(list("bcde"), "total"), "size"] == "negligible").all()


def test_a_steeper_item_is_not_uniform():
    table = agreement.item_equivalence(*answers(3, 6000, steeper=2.0)).set_index(["item", "test"])
    assert table.loc[("a", "non_uniform"), "p_holm"] < 1e-6


def test_items_that_work_alike_are_found_to_differ_at_the_level_of_the_test():
    tests = pd.concat([agreement.item_equivalence(*answers(seed, 600, apart=0)) for seed in range(10, 40)])
    assert 0.02 < (tests["p"] < 0.05).mean() < 0.08
    assert tests["size"].eq("negligible").all()


def test_a_difference_of_the_trait_is_no_difference_of_items():
    tests = pd.concat([agreement.item_equivalence(*answers(seed, 600, apart=0.5)) for seed in range(10, 25)])
    # The rest of the scale is measured with error, so p values are too small here; the size is not.
    assert tests["size"].eq("negligible").all() and tests["r2_change"].max() < 0.035


def test_holm_is_over_the_items_of_a_test():
    table = agreement.item_equivalence(*answers(4, 500, shift=0.5))
    for _, family in table.groupby("test"):
        np.testing.assert_allclose(family["p_holm"], multipletests(family["p"], method="holm")[1], rtol=1e-12)


def test_three_groups_have_twice_the_degrees_of_freedom():
    scores, _ = answers(5, 600)
    groups = pd.Series(pd.Categorical(np.tile(["b", "a", "c"], 200), ["b", "a", "c"]))
    table = agreement.item_equivalence(scores, groups)
    assert table["df"].tolist() == [2, 2, 4] * 5
    assert table["log_odds"].isna().all() and table["fewest"].eq(200).all()
    renamed = agreement.item_equivalence(scores, groups.astype(str))
    np.testing.assert_allclose(renamed["chi2"], table["chi2"], atol=1e-7)


def test_who_did_not_answer_every_item_is_left_out():
    scores, groups = answers(6, 400)
    holed = scores.astype(float)
    holed.iloc[:50, 2] = np.nan
    groups.iloc[50:60] = None
    found = agreement.item_equivalence(holed, groups)
    assert found["n"].eq(340).all()
    alone = agreement.item_equivalence(scores.iloc[60:], groups.iloc[60:])
    np.testing.assert_allclose(found["chi2"], alone["chi2"])


def test_a_constant_item_has_no_test_and_leaves_the_family():
    scores, groups = answers(7, 300)
    table = agreement.item_equivalence(scores.assign(a=2), groups)
    constant = table[table["item"] == "a"]
    assert set(constant["reason"]) == {"no_variation"} and set(constant["size"]) == {""}
    rest = table[(table["item"] != "a") & (table["test"] == "total")]
    assert rest["p_holm"].min() == pytest.approx(min(1, 4 * rest["p"].min()))


def test_groups_that_never_share_an_answer_still_converge():
    scores, groups = answers(8, 200)
    scores["a"] = np.where(groups == "fr", 4, scores["a"].clip(upper=2))
    table = agreement.item_equivalence(scores, groups).set_index(["item", "test"])
    assert table.loc[("a", "total"), "size"] == "large" and table.loc[("a", "total"), "reason"] == ""


def test_a_change_that_may_be_chance_is_negligible():
    table = agreement.item_equivalence(*answers(9, 40))
    chance = table[(table["r2_change"] >= 0.035) & (table["p_holm"] >= 0.05)]
    assert len(chance) and chance["size"].eq("negligible").all()


def test_thresholds_are_named():
    given = answers(2, 4000, shift=1.5)
    strict, mild = (agreement.item_equivalence(*given, name) for name in ("jodoin_gierl", "zumbo_thomas"))
    order = ["negligible", "moderate", "large"]
    assert all(order.index(one) <= order.index(other) for one, other in zip(mild["size"], strict["size"], strict=True))
    assert mild["size"].ne(strict["size"]).any()
    assert "0.035 and 0.07, Jodoin" in strict.attrs["method"]["thresholds"]
    assert strict.attrs["method"]["weights"].startswith("none")


@pytest.mark.parametrize(
    ("items", "groups", "thresholds", "words"),
    [
        (["a", "b"], ["en", "fr"] * 30, "jodoin_gierl", "two items or more beside each; 2 given"),
        (["a", "b", "c"], ["en"] * 60, "jodoin_gierl", "fewer than two groups"),
        (["a", "b", "c"], ["en", "fr"] * 30, "jodoin", "did you mean ‘jodoin_gierl’"),
        (["a", "b", "c"], ["en", "fr"], "jodoin_gierl", "2 given for 60 respondents"),
    ],
)
def test_what_cannot_be_compared_is_refused(items, groups, thresholds, words):
    with pytest.raises(UsageError, match=words):
        agreement.item_equivalence(answers(1, 60)[0][items], pd.Series(groups), thresholds)


def test_ontario_by_language_and_level():
    ontario = study.read("ontario")
    latest = survey.read(ontario, "latest")
    held = [item.name for item in ontario.codebook.with_role("held")]
    by_language = agreement.survey_equivalence(latest, held, "answer_language")
    # The synthetic answers do not depend on the language.
    assert (by_language["size"] == "negligible").all() and by_language["p_holm"].min() > 0.05
    by_level = agreement.survey_equivalence(latest, held, "level").set_index(["item", "test"])
    assert by_level["df"].unique().tolist() == [3, 6]
    alphas = agreement.survey_reliability(latest, held, by="answer_language", ordinal=False)
    assert alphas.loc[alphas["coefficient"] == "alpha", "estimate"].between(0.75, 0.9).all()
