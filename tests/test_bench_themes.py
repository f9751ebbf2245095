"""The measured steps on coded passages give what counting one by one gives, on few segments."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digiskills import agreement, focus_groups, themes
from digiskills.agreement.patterns import combined
from digiskills.focus_groups import FocusGroups
from digiskills.study import Evidence, Study

BENCH = Path(__file__).parents[1] / "bench" / "themes.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_themes", BENCH)
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def few(bench: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> FocusGroups:
    folder = tmp_path_factory.mktemp("few")
    assert bench.simulate(80, folder) == len(pd.read_csv(folder / "focus_groups" / "codings.csv"))
    words = {"en": "x", "fr": "x"}
    evidence = {"focus_groups": Evidence("focus_groups", "collected", words, "focus_groups")}
    found = focus_groups.read(Study("bench", folder, words, evidence, {}))
    assert found is not None
    seconds = bench.one(folder)
    assert set(seconds) == {*bench.steps(folder), "all", "mebibytes"}
    assert f"| **all** | **{seconds['all']:.2f}**" in bench.page(seconds, 80, 400, 1)
    return found


def given_by(groups: FocusGroups, coder: str) -> dict[str, set[str]]:
    rows = groups.codings[groups.codings["coder"] == coder]
    return rows.groupby("code")["segment_id"].agg(set).to_dict()


def test_agreement_equals_two_by_two_tables(few: FocusGroups) -> None:
    found = agreement.passage_agreement(few).set_index(["code", "coefficient"])["estimate"]
    one, other, number = given_by(few, "a"), given_by(few, "b"), len(few.segments)
    for code in few.codes["code"]:
        first, second = one.get(code, set()), other.get(code, set())
        both, only, alone = len(first & second), len(first - second), len(second - first)
        neither = number - both - only - alone
        seen = (both + neither) / number
        yes = (2 * both + only + alone) / (2 * number)
        chance = {
            "kappa": len(first) * len(second) / number**2 + (1 - len(first) / number) * (1 - len(second) / number),
            "ac1": 2 * yes * (1 - yes),
        }
        np.testing.assert_allclose(found[(code, "agreement")], seen)
        for name, expected in chance.items():
            np.testing.assert_allclose(found[(code, name)], (seen - expected) / (1 - expected))
        # Krippendorff, two coders, nominal: 1 - disagreement over that among all 2 n codings
        apart = 2 * yes * (1 - yes) * 2 * number / (2 * number - 1)
        np.testing.assert_allclose(found[(code, "alpha_nominal")], 1 - (1 - seen) / apart)


def test_counts_equal_counting_one_by_one(few: FocusGroups) -> None:
    having = given_by(few, "a")
    levels = few.segments.groupby("speaker_level")["segment_id"].agg(set).to_dict()
    for row in themes.prevalence(few, ["speaker_level"], coder="a").to_dict("records"):
        inside = levels[row["speaker_level"]]
        assert row["segments"] == len(having.get(row["code"], set()) & inside)
        assert row["base_segments"] == len(inside)
    for row in themes.cooccurrence(few, coder="a").to_dict("records"):
        one, other = having.get(row["code"], set()), having.get(row["other"], set())
        assert (row["n"], row["n_code"], row["n_other"]) == (len(one & other), len(one), len(other))


@given(st.integers(1, 9), st.integers(0, 40), st.integers(1, 60), st.integers(0, 2**32 - 1))
@settings(max_examples=80, deadline=None)
def test_rows_have_one_number_each_in_their_order(values: int, columns: int, rows: int, seed: int) -> None:
    codes = np.random.default_rng(seed).integers(-1, values, size=(rows, columns))
    keys = combined(codes, values)
    whole = sorted({tuple(row) for row in codes.tolist()})
    order = {row: place for place, row in enumerate(whole)}
    assert [order[tuple(row)] for row in codes.tolist()] == np.unique(keys, return_inverse=True)[1].tolist()
