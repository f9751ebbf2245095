"""Agreement of coders against examples printed in the literature and against other routes."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats import inter_rater

from digiskills import agreement
from digiskills.agreement.tables import COEFFICIENTS
from digiskills.errors import UsageError

REFERENCE = Path(__file__).parent / "reference"
RECORDS = json.loads((REFERENCE / "expected" / "open_models_and_coders.json").read_text())["records"]
KRIPPENDORFF = {record["dataset"]: record["expected"] for record in RECORDS if "krippendorff" in record["id"]}
# Krippendorff (2011), example C; the same table is cac.raw4raters of R's irrCAC. 0 is a code that is missing.
FOUR_CODERS = pd.DataFrame(
    {
        "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        "C": [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    }
).replace(0, np.nan)
# Fleiss (1971), table 1: psychiatric diagnoses of 30 patients by 6 raters (depression, personality disorder,
# schizophrenia, neurosis, other).
DIAGNOSES = """00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"""
# Ratings of one question by 91 married couples, Agresti (1990), Categorical Data Analysis, table 2.9.
COUPLES = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]
# Two abstractors of 100 pregnancies, Gwet (2014), cont3x3abstractors of R's irrCAC.
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]


def of_counts(counts: list[list[int]]) -> pd.DataFrame:
    pairs = [(row, column) for row, cells in enumerate(counts) for column, n in enumerate(cells) for _ in range(n)]
    return pd.DataFrame(pairs, columns=["one", "other"])


def of_diagnoses() -> pd.DataFrame:
    return pd.DataFrame([np.repeat(range(5), [int(n) for n in row]) for row in DIAGNOSES.split()])


def estimates(ratings: pd.DataFrame, *which: str, **options: object) -> dict[str, float]:
    table = agreement.coefficients(ratings, which=which, **options)
    return dict(zip(table["coefficient"], table["estimate"], strict=True))


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_equals_krippendorffs_example_with_missing_codes(level, published):
    found = estimates(FOUR_CODERS, f"alpha_{level}")
    assert round(found[f"alpha_{level}"], 3) == published


def test_the_unit_with_one_code_drops_out():
    assert agreement.coefficients(FOUR_CODERS, which=["alpha_nominal"])["units"].item() == 11
    with_it = estimates(FOUR_CODERS, "alpha_ordinal", "alpha_nominal")
    assert with_it == pytest.approx(estimates(FOUR_CODERS.iloc[:11], "alpha_ordinal", "alpha_nominal"))


@pytest.mark.parametrize("dataset", KRIPPENDORFF)
def test_alpha_and_kappa_equal_r(dataset):
    ratings = pd.read_csv(REFERENCE / "data" / f"{dataset}.csv").drop(columns="unit")
    found, expected = estimates(ratings, "alpha_nominal", "kappa"), KRIPPENDORFF[dataset]
    np.testing.assert_allclose(found["alpha_nominal"], expected["alpha"], rtol=1e-9)
    np.testing.assert_allclose(found["kappa"], expected["kappa"], rtol=1e-9)
    assert round(found["alpha_nominal"], 3) == expected["published_alpha"]


def test_fleiss_equals_his_example():
    found = estimates(of_diagnoses(), "fleiss", "agreement")
    assert round(found["fleiss"], 3) == 0.430
    assert round(found["agreement"], 3) == 0.556


def test_gwet_equals_his_examples():
    found = estimates(FOUR_CODERS, "ac1", "ac2_quadratic", "fleiss", "agreement")
    assert found == pytest.approx(
        {"ac1": 0.77544, "ac2_quadratic": 0.91400, "fleiss": 0.76117, "agreement": 0.8181818}, abs=5e-6
    )
    found = estimates(of_counts(ABSTRACTORS), "kappa", "ac1", "alpha_nominal")
    assert found == pytest.approx({"kappa": 0.7964094, "ac1": 0.8493305, "alpha_nominal": 0.7972585}, abs=5e-8)


def test_kappas_equal_the_couples_of_agresti():
    # As printed by R's vcd for its data SexualFun: 0.1293, and 0.2374 with equal spacing.
    found = estimates(of_counts(COUPLES), "kappa", "kappa_linear")
    assert found == pytest.approx({"kappa": 0.1293, "kappa_linear": 0.2374}, abs=5e-5)


counts = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3)


@given(counts)
@settings(max_examples=40, deadline=None)
def test_kappas_equal_statsmodels(table):
    ratings = of_counts(table)
    if ratings.empty or len(pd.unique(ratings.to_numpy().ravel())) < 2:
        return
    found = estimates(ratings, "kappa", "kappa_linear", "kappa_quadratic", values=[0, 1, 2])
    for name, weights in (("kappa", None), ("kappa_linear", "linear"), ("kappa_quadratic", "quadratic")):
        expected = inter_rater.cohens_kappa(np.array(table), wt=weights, return_results=False)
        np.testing.assert_allclose(found[name], expected, rtol=1e-9, atol=1e-12)


def brute_alpha(ratings: np.ndarray) -> float:
    """Krippendorff's alpha of interval values, pair of codings by pair of codings."""
    kept = [row[~np.isnan(row)] for row in ratings if (~np.isnan(row)).sum() >= 2]
    observed = sum(sum((c - k) ** 2 for c, k in permutations(row, 2)) / (len(row) - 1) for row in kept)
    codes = np.concatenate(kept)
    expected = sum((c - k) ** 2 for c, k in permutations(codes, 2)) / (len(codes) - 1)
    return 1 - observed / expected


@given(st.lists(st.lists(st.sampled_from([np.nan, 1.0, 2.0, 5.0]), min_size=3, max_size=3), min_size=2, max_size=9))
@settings(max_examples=60, deadline=None)
def test_alpha_equals_all_pairs(rows):
    ratings = pd.DataFrame(rows, columns=list("abc")).astype(float)
    found = agreement.coefficients(ratings, which=["alpha_interval"]).iloc[0]
    compared = ratings.to_numpy()[(~ratings.isna()).sum(axis=1) >= 2]
    if found["reason"] == "":
        np.testing.assert_allclose(found["estimate"], brute_alpha(ratings.to_numpy()), rtol=1e-9, atol=1e-12)
    else:
        assert len(np.unique(compared[~np.isnan(compared)])) < 2
        assert np.isnan(found["estimate"])


@given(st.permutations(range(12)), st.permutations(list("ABCD")))
@settings(max_examples=20, deadline=None)
def test_order_of_units_and_coders_is_of_no_matter(units, coders):
    names = [name for name in COEFFICIENTS if not name.startswith("kappa")]
    moved = agreement.coefficients(FOUR_CODERS.iloc[units][coders], which=names)
    as_given = agreement.coefficients(FOUR_CODERS, which=names)
    np.testing.assert_allclose(moved["estimate"], as_given["estimate"], rtol=1e-12)


def test_constant_codes_are_undefined_and_never_one():
    ratings = pd.DataFrame({"a": [0, 0, 0], "b": [0, 0, 0]})
    table = agreement.coefficients(ratings, [0, 1], ["kappa", "fleiss", "ac1", "ac2_linear", "alpha_nominal"], 50)
    assert table["estimate"].isna().all() and table["low"].isna().all()
    assert set(table["reason"]) == {"constant"}
    assert "no variation" in table.attrs["method"]["reasons"]["constant"]
    assert estimates(ratings, "agreement") == {"agreement": 1.0}


def test_units_that_two_coders_share_are_needed():
    ratings = pd.DataFrame({"a": [1, np.nan], "b": [np.nan, 2]})
    table = agreement.coefficients(ratings)
    assert set(table["reason"]) == {"no_common_units"} and table["estimate"].isna().all()
    assert table["units"].eq(0).all()


def test_nobody_gave_anything():
    table = agreement.coefficients(pd.DataFrame({"a": [np.nan] * 3, "b": [np.nan] * 3}), resamples=10)
    assert table["estimate"].isna().all() and set(table["reason"]) == {"no_common_units"}


def test_cohen_is_for_two_coders():
    assert agreement.coefficients(FOUR_CODERS, which=["kappa"])["reason"].item() == "not_two_coders"


def test_interval_has_a_seed():
    one, same, other = (
        agreement.coefficients(of_diagnoses(), which=["fleiss"], resamples=400, seed=seed).iloc[0] for seed in (1, 1, 2)
    )
    assert one.equals(same) and not one.equals(other)
    assert one["low"] < one["estimate"] < one["high"]


def test_resampling_patterns_is_resampling_units():
    ratings = of_diagnoses()
    draw = np.random.default_rng(3)
    copies = [estimates(ratings.iloc[draw.integers(30, size=30)], "fleiss")["fleiss"] for _ in range(300)]
    found = agreement.coefficients(ratings, which=["fleiss"], resamples=3000, seed=1).iloc[0]
    np.testing.assert_allclose([found["low"], found["high"]], np.quantile(copies, [0.025, 0.975]), atol=0.03)


def test_no_interval_where_resamples_have_no_variation_or_no_disagreement():
    rare = pd.DataFrame({"a": [1, *[0] * 99], "b": [1, *[0] * 99]})
    found = agreement.coefficients(rare, which=["kappa"], resamples=200).iloc[0]
    assert found["estimate"] == 1 and np.isnan(found["low"]) and found["reason"] == "constant_resamples"
    agreed = pd.DataFrame({"a": [1, 0] * 20, "b": [1, 0] * 20})
    found = agreement.coefficients(agreed, which=["kappa"], resamples=200).iloc[0]
    assert np.isnan(found["high"]) and found["reason"] == "same_in_all_resamples"


def tidy(table: list[list[int]]) -> agreement.Codings:
    """Codings of one code, c, from a table of no and yes."""
    ratings = of_counts(table)
    long = ratings.melt(ignore_index=False, var_name="coder").rename_axis("unit").reset_index()
    given = long[long["value"] == 1].assign(code="c")
    return agreement.codings(given, long[["unit", "coder"]])


def test_paradox_of_kappa_is_seen():
    # Feinstein and Cicchetti (1990), table 1 and 2: 85 % agreement twice, kappa 0.70 and 0.32.
    even = agreement.side_by_side(agreement.by_code(tidy([[45, 6], [9, 40]]))).iloc[0]
    skewed = agreement.side_by_side(agreement.by_code(tidy([[5, 5], [10, 80]]))).iloc[0]
    assert even["agreement"] == skewed["agreement"] == 0.85
    assert (round(even["kappa"], 2), round(skewed["kappa"], 2)) == (0.70, 0.32)
    assert skewed["prevalence"] == pytest.approx(0.875)
    assert skewed["ac1"] == pytest.approx((0.85 - 2 * 0.875 * 0.125) / (1 - 2 * 0.875 * 0.125))


def test_codes_are_tidy_and_side_by_side_keeps_reasons():
    given = pd.DataFrame({"unit": [1, 1, 2], "coder": ["a", "b", "a"], "code": ["x", "x", "x"]})
    readings = pd.DataFrame({"unit": [1, 1, 2, 2], "coder": ["a", "b"] * 2})
    table = agreement.by_code(agreement.codings(given, readings, ["x", "never"]))
    assert list(table.columns) == ["code", "coefficient", "units", "estimate", "low", "high", "reason"]
    wide = agreement.side_by_side(table)
    assert wide["code"].tolist() == ["never", "x"]
    assert wide["reason"].tolist() == ["constant", ""]
    assert wide.loc[0, ["prevalence", "agreement"]].tolist() == [0, 1] and np.isnan(wide.loc[0, "kappa"])
    assert wide.loc[1, "prevalence"] == 0.75


@pytest.mark.parametrize(
    ("ratings", "values", "which", "words"),
    [
        (pd.DataFrame({"a": [1, 2]}), None, ["kappa"], "two coders or more"),
        (pd.DataFrame({"a": [1, 2], "b": [1, 3]}), [1, 2], ["kappa"], "‘3.*not among the values"),
        (pd.DataFrame({"a": [1, 2], "b": [1, 3]}), None, ["kapa"], "did you mean ‘kappa’"),
        (pd.DataFrame({"a": ["x"], "b": ["y"]}), None, ["alpha_interval"], "needs numbers"),
        (pd.DataFrame({"a": ["x"], "b": [2]}), None, ["kappa"], r"more than one kind \(int, str\)"),
        (pd.DataFrame({"a": ["x"], "b": ["y"]}), None, ["alpha_ordinal"], "order of the words"),
        (pd.DataFrame({"a": [-1], "b": [2]}), None, ["alpha_ratio"], "numbers from 0 up"),
    ],
)
def test_what_does_not_suit_is_refused(ratings, values, which, words):
    with pytest.raises(UsageError, match=words):
        agreement.coefficients(ratings, values, which)


def test_negative_resamples_are_refused():
    with pytest.raises(UsageError, match="0 for no interval"):
        agreement.coefficients(FOUR_CODERS, resamples=-1)


def test_kappa_counts_units_that_both_coded():
    both = of_counts(ABSTRACTORS)
    alone = pd.DataFrame({"one": [0, 0, np.nan], "other": [np.nan, np.nan, 2]})
    with_alone = pd.concat([both, alone], ignore_index=True)
    assert estimates(with_alone, "kappa") == estimates(both, "kappa")


def test_categories_are_values():
    words = FOUR_CODERS.replace(dict(enumerate("edcba", start=1)))
    found = estimates(words.apply(pd.Categorical), "fleiss", "alpha_nominal")
    assert found == pytest.approx(estimates(FOUR_CODERS, "fleiss", "alpha_nominal"))


def test_words_with_their_order_are_ranks():
    words = FOUR_CODERS.replace(dict(enumerate("edcba", start=1)))
    found = estimates(words, "alpha_ordinal", "ac2_quadratic", values=list("edcba"))
    assert found == pytest.approx(estimates(FOUR_CODERS, "alpha_ordinal", "ac2_quadratic"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"unit": [1], "coder": ["a"], "code": ["y"]}, "not in the codebook"),
        ({"unit": [2], "coder": ["b"], "code": ["x"]}, "did not read"),
        ({"unit": [9], "coder": ["a"], "code": ["x"]}, "did not read"),
        ({"unit": [1], "coder": ["a"]}, "no column ‘code’"),
    ],
)
def test_codings_that_point_nowhere_are_refused(given, words):
    readings = pd.DataFrame({"unit": [1, 1, 2], "coder": ["a", "b", "a"]})
    with pytest.raises(UsageError, match=words):
        agreement.codings(pd.DataFrame(given), readings, ["x"])


def test_half_a_million_codings_are_counted_without_pairing_them():
    draw = np.random.default_rng(1)
    readings = pd.DataFrame({"unit": np.repeat(np.arange(100_000), 2), "coder": np.tile(["a", "b"], 100_000)})
    given = readings.iloc[draw.integers(200_000, size=500_000)].assign(code=draw.integers(30, size=500_000))
    coded = agreement.codings(given, readings)
    agreement.by_code(coded)
    assert agreement.of_codebook(coded)["units"].eq(100_000).all()
