"""Every mean and total of the reference cases, made with R's survey package 4.5 (see reference/README.md)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from digiskills.estimates import SurveyDesign

REFERENCE = Path(__file__).parent / "reference"
RECORDS = json.loads((REFERENCE / "expected" / "open_survey.json").read_text())["records"]
MEANS = [record for record in RECORDS if record["estimand"] == "mean and total"]
CLOSE = {"rtol": 1e-9, "atol": 1e-12}


@pytest.fixture(scope="module")
def respondents() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "data" / "open_survey.csv")


def design_of(record: dict, respondents: pd.DataFrame, df: str = "domain") -> SurveyDesign:
    design = record["design"]
    return SurveyDesign(
        respondents,
        weight=design["weight"],
        stratum=design["strata"],
        cluster=design["psu"],
        population=design.get("fpc"),
        lonely=design["lonely"],
        df=df,
    )


def row_of(record: dict, estimates: pd.DataFrame) -> pd.Series:
    by = record["by"]
    found = estimates if by is None else estimates[estimates["level"] == by["level"]]
    assert len(found) == 1
    return found.iloc[0]


def means(design: SurveyDesign, record: dict) -> pd.Series:
    by = None if record["by"] is None else "level"
    if record["variable"] == "gap":
        return row_of(record, design.gap("req", "cur", by=by))
    return row_of(record, design.mean(record["variable"], by=by))


def test_all_reference_cases_are_read():
    assert len(MEANS) == 96
    assert {record["design"]["lonely"] for record in MEANS} == {"adjust", "average", "certainty"}


@pytest.mark.parametrize("record", MEANS, ids=lambda record: record["id"])
def test_means_equal_r(record, respondents):
    found, expected = means(design_of(record, respondents), record), record["expected"]
    assert found["n"] == expected["n"]
    assert found["df"] == expected["df_domain"]
    np.testing.assert_allclose(found["estimate"], expected["estimate"], **CLOSE)
    np.testing.assert_allclose(found["se"], expected["se"], **CLOSE)
    np.testing.assert_allclose([found["low"], found["high"]], expected["ci_t_domain"], **CLOSE)


@pytest.mark.parametrize("record", MEANS, ids=lambda record: record["id"])
def test_totals_equal_r(record, respondents):
    respondents = respondents.assign(gap=respondents["req"] - respondents["cur"])
    design = design_of(record, respondents, df="design")
    by = None if record["by"] is None else "level"
    found, expected = row_of(record, design.total(record["variable"], by=by)), record["expected"]
    np.testing.assert_allclose(found["estimate"], expected["total"], **CLOSE)
    np.testing.assert_allclose(found["se"], expected["total_se"], **CLOSE)
    assert found["df"] == expected["df_design"]


@pytest.mark.parametrize("record", MEANS, ids=lambda record: record["id"])
def test_where_is_the_same_domain_as_by(record, respondents):
    found = design_of(record, respondents.assign(gap=respondents["req"] - respondents["cur"]))
    found = found.mean(record["variable"], where=record["by"]).iloc[0]
    np.testing.assert_allclose(found["se"], record["expected"]["se"], **CLOSE)


LOGIT = [record for record in MEANS if record["expected"]["ci_logit_domain"]]


@pytest.mark.parametrize("record", LOGIT, ids=lambda record: record["id"])
def test_intervals_of_shares_equal_svyciprop(record, respondents):
    by = None if record["by"] is None else "level"
    share = design_of(record, respondents).share("lacks_time", answers=1, by=by)
    found = row_of(record, share)
    np.testing.assert_allclose(found["estimate"], record["expected"]["estimate"], **CLOSE)
    # R fits a model to the same end: its interval agrees to about 1e-8.
    np.testing.assert_allclose([found["low"], found["high"]], record["expected"]["ci_logit_domain"], rtol=1e-7)


TWO_STAGE = json.loads((REFERENCE / "expected" / "two_stage.json").read_text())["records"]


@pytest.mark.parametrize("record", TWO_STAGE, ids=lambda record: "-".join(map(str, list(record.values())[:4])))
def test_two_stages_equal_svy(record, respondents):
    people = respondents.groupby("office")["id"].transform("size") * 3 + 1
    frame = respondents.assign(people=people)
    stages = ("n_offices", "people")
    design = SurveyDesign(frame, "weight", "region", "office", stages, lonely=record["lonely"])
    estimate = design.mean if record["estimand"] == "mean" else design.total
    where = {} if record["level"] is None else {"level": record["level"]}
    found = estimate(record["variable"], where=where).iloc[0]
    np.testing.assert_allclose(found[["estimate", "se"]].tolist(), [record["estimate"], record["se"]], **CLOSE)
