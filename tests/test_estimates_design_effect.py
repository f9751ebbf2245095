"""Design effects: svy on the reference survey, simple samples, and what must be refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digiskills.errors import DesignError, UsageError
from digiskills.estimates import Estimand, SurveyDesign, design_effects

REFERENCE = Path(__file__).parent / "reference"
RECORDS = json.loads((REFERENCE / "expected/quantiles_and_effects.json").read_text())["records"]
EFFECTS = [record for record in RECORDS if record["estimand"].startswith("deff")]
BETAS = [record for record in RECORDS if record["estimand"] == "beta"]


def design_of(record: dict) -> SurveyDesign:
    frame = pd.read_csv(REFERENCE / "data/open_survey.csv")
    return SurveyDesign(frame, "weight", "region", "office", record["population"])


def where_of(record: dict) -> dict[str, str]:
    return {} if record["level"] is None else {"level": record["level"]}


@pytest.mark.parametrize(
    "record", EFFECTS, ids=lambda record: "-".join(str(record[k]) for k in ("population", "item", "estimand", "level"))
)
def test_design_effects_equal_svy(record: dict) -> None:
    joint = design_of(record).joint(Estimand("x", record["item"]), where=where_of(record))
    against = {"deff wor": "without", "deff wr": "with"}[record["estimand"]]
    found = design_effects(joint, against).iloc[0]
    assert found["deff"] == pytest.approx(record["deff"], rel=1e-9)
    assert found["n_effective"] == pytest.approx(record["n"] / record["deff"], rel=1e-9)


@pytest.mark.parametrize("record", BETAS, ids=lambda record: f"{record['population']}-{record['level']}")
def test_beta_intervals_equal_svy(record: dict) -> None:
    found = design_of(record).share("lacks_time", 1, where=where_of(record), interval="beta").iloc[0]
    np.testing.assert_allclose(found[["low", "high"]].astype(float), [record["lci"], record["uci"]], rtol=1e-9)


@given(st.lists(st.integers(0, 9), min_size=3, max_size=30).filter(lambda y: len(set(y)) > 1), st.integers(2, 50))
def test_a_simple_sample_has_no_design_effect(y: list[int], times: int) -> None:
    frame = pd.DataFrame({"y": np.array(y, dtype=float), "w": float(times), "people": len(y) * times})
    without = design_effects(SurveyDesign(frame, "w", population="people").joint(Estimand("y", "y"))).iloc[0]
    assert without["deff"] == pytest.approx(1) and without["deff_weights"] == pytest.approx(1)
    assert without["n_effective"] == pytest.approx(len(y))
    assert design_effects(SurveyDesign(frame, "w").joint(Estimand("y", "y")), "with")["deff"].iloc[0] == pytest.approx(
        1
    )


def test_kish_by_hand() -> None:
    frame = pd.DataFrame({"y": [1.0, 2, 3], "w": [1.0, 2, 3]})
    found = design_effects(SurveyDesign(frame, "w").joint(Estimand("y", "y"))).iloc[0]
    assert found["deff_weights"] == pytest.approx(3 * 14 / 36)


def test_normalised_weights_are_refused() -> None:
    frame = pd.DataFrame({"y": [1.0, 2, 3], "w": [0.5, 1.0, 1.2], "level": ["a", "b", "b"]})
    joint = SurveyDesign(frame, "w").joint(Estimand("y", "y"), "level")
    with pytest.raises(DesignError, match="fewer people than answered in y a; give weights in people"):
        design_effects(joint)
    found = design_effects(joint, "with")
    assert np.isnan(found["deff"].iloc[0]) and found["deff"].iloc[1] > 0
    with pytest.raises(UsageError, match="no ‘witout’; did you mean ‘without’"):
        design_effects(joint, "witout")
