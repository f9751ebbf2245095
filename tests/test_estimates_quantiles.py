"""Quantiles: svy on the reference survey, numbers found by hand, and the same from counted answers."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey
from hypothesis import given
from hypothesis import strategies as st

from digiskills import answers
from digiskills.errors import UsageError
from digiskills.estimates import SurveyDesign, quantiles

REFERENCE = Path(__file__).parent / "reference"
RECORDS = json.loads((REFERENCE / "expected/quantiles_and_effects.json").read_text())["records"]
QUANTILES = [record for record in RECORDS if record["estimand"] == "quantile"]


@pytest.fixture(scope="module")
def respondents() -> pd.DataFrame:
    frame = pd.read_csv(REFERENCE / "data/open_survey.csv")
    return frame.assign(years=frame["weight"] * 3 + frame["id"] % 7)


@pytest.mark.parametrize(
    "record", QUANTILES, ids=lambda record: "-".join(str(record[k]) for k in ("population", "item", "p", "level"))
)
def test_quantiles_equal_svy(record: dict, respondents: pd.DataFrame) -> None:
    design = SurveyDesign(respondents, "weight", "region", "office", record["population"])
    where = {} if record["level"] is None else {"level": record["level"]}
    found = design.quantile(record["item"], record["p"], where=where).iloc[0]
    assert (found["n"], found["df"]) == (record["n"], record["df"])
    assert found["estimate"] == pytest.approx(record["est"], rel=1e-12)
    expected = [math.nan if record[name] is None else record[name] for name in ("se", "lci", "uci")]
    np.testing.assert_allclose(found[["se", "low", "high"]].astype(float), expected, rtol=1e-9)


def test_a_quantile_by_hand() -> None:
    # Cumulated shares of 1, 2, 3, 7 are 0.2, 0.5, 0.6, 1: half of the people are at or below 2.
    frame = pd.DataFrame({"w": [2.0, 3, 1, 4], "y": [1.0, 2, 3, 7]})
    design = SurveyDesign(frame, "w")
    assert [design.quantile("y", p)["estimate"].iloc[0] for p in (0.2, 0.21, 0.5, 0.51, 0.99)] == [1, 2, 2, 3, 7]


def test_one_call_for_many_domains(respondents: pd.DataFrame) -> None:
    design = SurveyDesign(respondents, "weight", "region", "office")
    found = design.quantile(["years", "cur"], 0.5, by="level")
    for row in found.to_dict("records"):
        alone = design.quantile(row["item"], 0.5, where={"level": row["level"]}).iloc[0]
        np.testing.assert_allclose(
            [row["estimate"], row["low"], row["high"]], alone[["estimate", "low", "high"]].astype(float)
        )
    assert "qrule" not in found.columns and "Woodruff" in found.attrs["method"]["interval"]
    assert "its answers" in found.attrs["method"]["note"]
    assert design.quantile("years").attrs["method"]["note"] == ""


def test_answers_give_the_same_quantiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    survey = small_survey.survey(small_survey.study(tmp_path), small_survey.received(6, 300))
    counted = answers.count(survey)
    design = SurveyDesign(small_survey.scored(survey), "weight", "stratum", "department")
    for p in (0.1, 0.5, 0.8):
        found = quantiles(counted, ["gap:data", "needed_data"], p, by="level")
        expected = design.quantile(["gap:data", "needed_data"], p, by="level")
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    with pytest.raises(UsageError, match="‘level’ has no quantile"):
        quantiles(counted, "level")
    with pytest.raises(UsageError, match=r"p: 1\.5 was given"):
        quantiles(counted, "needed_data", 1.5)


def test_an_empty_domain_has_no_quantile() -> None:
    frame = pd.DataFrame({"w": 1.0, "y": [1.0, 2, 3], "level": pd.Categorical(["a"] * 3, ["a", "b"])})
    found = SurveyDesign(frame, "w").quantile("y", by="level")
    assert found["estimate"].tolist()[0] == 2 and found[["estimate", "se", "low", "high"]].iloc[1].isna().all()
    with pytest.raises(UsageError, match="nobody has a number"):
        SurveyDesign(frame.assign(y=np.nan), "w").quantile("y")


@given(st.lists(st.tuples(st.floats(0.1, 9), st.integers(-5, 5)), min_size=2, max_size=40), st.floats(0.05, 0.95))
def test_what_must_always_hold(rows: list[tuple[float, int]], p: float) -> None:
    frame = pd.DataFrame(rows, columns=["w", "y"])
    found = SurveyDesign(frame, "w").quantile("y", p).iloc[0]
    share = frame["w"] / frame["w"].sum()
    assert share[frame["y"] <= found["estimate"]].sum() >= p - 1e-9
    assert share[frame["y"] < found["estimate"]].sum() < p + 1e-9
    assert not found["low"] > found["estimate"] and not found["high"] < found["estimate"]


def test_a_share_that_is_reached_but_for_rounding_is_reached() -> None:
    frame = pd.DataFrame({"w": 0.1, "y": np.arange(1.0, 11)})  # eight tenths add up to 0.7999999999999999
    assert SurveyDesign(frame, "w").quantile("y", 0.8)["estimate"].iloc[0] == 8
