"""Alpha over sets of codes, by hand, pair by pair, and where it must equal alpha of single codes."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digiskills import agreement
from digiskills.agreement.code_sets import by_blocks, by_subsets
from digiskills.agreement.subsets import subsets

Sets = list[list[frozenset[str] | None]]


def coded(units: Sets, codes: str = "abcd") -> agreement.Codings:
    """Codings from one set per unit and coder; None where a coder did not read the unit."""
    places = [(unit, coder, chosen) for unit, row in enumerate(units) for coder, chosen in enumerate(row)]
    readings = [(unit, f"coder {coder}") for unit, coder, chosen in places if chosen is not None]
    rows = [(unit, f"coder {coder}", code) for unit, coder, chosen in places for code in chosen or ()]
    tidy = pd.DataFrame(rows, columns=["unit", "coder", "code"])
    return agreement.codings(tidy, pd.DataFrame(readings, columns=["unit", "coder"]), list(codes))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return 1 - len(one & other) / len(one | other) if one | other else 0.0


def masi(one: frozenset[str], other: frozenset[str]) -> float:
    if one == other:
        return 0.0
    share = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1 - (1 - jaccard(one, other)) * share


def brute(units: Sets, distance) -> float:
    kept = [[chosen for chosen in row if chosen is not None] for row in units]
    kept = [row for row in kept if len(row) >= 2]
    observed = sum(sum(distance(*pair) for pair in permutations(row, 2)) / (len(row) - 1) for row in kept)
    codings = [chosen for row in kept for chosen in row]
    expected = sum(distance(*pair) for pair in permutations(codings, 2)) / (len(codings) - 1)
    return 1 - observed / expected if expected else np.nan


def of(text: str) -> frozenset[str]:
    return frozenset(text)


def estimates(units: Sets) -> dict[str, float]:
    table = agreement.of_codebook(coded(units))
    return dict(zip(table["coefficient"], table["estimate"], strict=True))


def test_masi_of_passonneau():
    # Passonneau (2006): a set within another has 2/3 of its Jaccard, an overlap 1/3.
    assert 1 - masi(of("ab"), of("abcd")) == pytest.approx(2 / 3 * 1 / 2)
    assert 1 - masi(of("abc"), of("bcd")) == pytest.approx(1 / 3 * 1 / 2)


def test_two_units_by_hand():
    # ab against a, c against c. Jaccard: within 1/2 and 0, each pair twice: D_o = 1. Between the four codings
    # ab, a, c, c: ab-a 1/2, ab-c 1, ab-c 1, a-c 1, a-c 1, c-c 0: D_e = 2 * 4.5 / 3 = 3.
    found = estimates([[of("ab"), of("a")], [of("c"), of("c")]])
    assert found["alpha_jaccard"] == pytest.approx(1 - 1 / 3)
    # MASI: ab-a is 1 - 1/2 * 2/3 = 2/3: D_o = 4/3, D_e = 2 * (2/3 + 4) / 3 = 28/9.
    assert found["alpha_masi"] == pytest.approx(1 - (4 / 3) / (28 / 9))
    assert found["agreement"] == 0.5


sets = st.frozensets(st.sampled_from("abcd"))
tables = st.lists(st.lists(st.none() | sets, min_size=3, max_size=3), min_size=1, max_size=8)


@given(tables)
@settings(max_examples=80, deadline=None)
def test_alpha_equals_all_pairs_of_codings(units):
    if not any(chosen is not None for row in units for chosen in row):
        return
    table = agreement.of_codebook(coded(units)).set_index("coefficient")
    for name, distance in (("alpha_jaccard", jaccard), ("alpha_masi", masi)):
        comparable = any(sum(chosen is not None for chosen in row) >= 2 for row in units)
        expected = brute(units, distance) if comparable else np.nan
        np.testing.assert_allclose(table.loc[name, "estimate"], expected, rtol=1e-9, atol=1e-9)
        assert (table.loc[name, "reason"] == "") == (not np.isnan(expected))


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=2, max_size=2), min_size=2, max_size=12))
@settings(max_examples=40, deadline=None)
def test_one_code_each_is_nominal_alpha(rows):
    expected = agreement.coefficients(pd.DataFrame(rows), which=["alpha_nominal"])["estimate"].item()
    found = estimates([[of(code) for code in row] for row in rows])
    np.testing.assert_allclose([found["alpha_jaccard"], found["alpha_masi"]], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("distance", ["jaccard", "masi"])
def test_counting_subsets_equals_looking_at_each_pair(distance):
    draw = np.random.default_rng(5)
    members = np.unique(draw.random((3000, 12)) < 0.25, axis=0).astype(float)
    margins = draw.integers(1, 9, size=(3, len(members))).astype(float)
    expected = by_blocks(members, margins, distance)
    np.testing.assert_allclose(by_subsets(subsets(members), margins, distance), expected, rtol=1e-12)


def test_more_codes_than_a_number_has_bits():
    names = [f"c{number:03d}" for number in range(80)]
    draw = np.random.default_rng(2)
    units = [[frozenset(draw.choice(names, 2)), frozenset(draw.choice(names[60:], 3))] for _ in range(30)]
    rows = [(unit, coder, code) for unit, row in enumerate(units) for coder in (0, 1) for code in row[coder]]
    readings = pd.DataFrame([(unit, coder) for unit in range(30) for coder in (0, 1)], columns=["unit", "coder"])
    given_codes = agreement.codings(pd.DataFrame(rows, columns=["unit", "coder", "code"]), readings, names)
    found = agreement.of_codebook(given_codes).set_index("coefficient")["estimate"]
    assert found["alpha_jaccard"] == pytest.approx(brute(units, jaccard))
    assert found["alpha_masi"] == pytest.approx(brute(units, masi))


def test_nobody_gave_a_code_is_undefined():
    table = agreement.of_codebook(coded([[of(""), of("")]] * 4), resamples=20)
    assert table["estimate"].tolist()[0] == 1 and table["estimate"][1:].isna().all()
    assert table["reason"].tolist() == ["same_in_all_resamples", "constant", "constant"]


def test_interval_equals_copying_units():
    draw = np.random.default_rng(4)
    pool = [of("ab"), of("a"), of("c"), of("")]
    units = [[pool[k], pool[k] if draw.random() < 0.7 else pool[draw.integers(4)]] for k in draw.integers(4, size=60)]
    found = agreement.of_codebook(coded(units), resamples=2000, seed=1).set_index("coefficient").loc["alpha_masi"]
    copies = [brute([units[k] for k in draw.integers(60, size=60)], masi) for _ in range(150)]
    np.testing.assert_allclose([found["low"], found["high"]], np.quantile(copies, [0.025, 0.975]), atol=0.05)
