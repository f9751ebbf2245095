"""Replicate weights: brute force replicate by replicate, a second library's numbers, and what must be refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg

from digiskills.errors import DesignError, UsageError
from digiskills.estimates import SurveyDesign
from digiskills.estimates.replicates import ReplicateDesign, factors

REFERENCE = Path(__file__).parent / "reference"


def respondents(seed: int = 0, clusters: int = 8) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    rows = clusters * 6
    frame = pd.DataFrame({"cluster": np.repeat(np.arange(clusters), 6), "w": draw.uniform(1, 5, rows)})
    frame["y"], frame["x"] = draw.normal(3, 1, rows), draw.integers(1, 6, rows).astype(float)
    frame.loc[draw.random(rows) < 0.1, "y"] = np.nan
    frame["level"] = draw.choice(["manager", "staff"], rows)
    return frame


def jackknifed(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Delete one cluster at a time."""
    labels = frame["cluster"].unique()
    factor = len(labels) / (len(labels) - 1)
    made = {f"r{label}": np.where(frame["cluster"] == label, 0, frame["w"] * factor) for label in labels}
    return frame.assign(**made), list(made)


def brute(frame: pd.DataFrame, names: list[str], estimate, scale, rscales, mse: bool) -> float:
    each = [estimate(frame, name) for name in names]
    centre = estimate(frame, "w") if mse else sum(each) / len(each)
    return float(np.sqrt(scale * sum(r * (theta - centre) ** 2 for r, theta in zip(rscales, each, strict=True))))


def mean_of(frame: pd.DataFrame, weight: str, item: str = "y") -> float:
    known = frame.dropna(subset=item)
    return float((known[weight] * known[item]).sum() / known[weight].sum())


@pytest.mark.parametrize("mse", [True, False])
@pytest.mark.parametrize(
    ("method", "extra", "scale"),
    [
        ("BRR", {}, 1 / 8),
        ("Fay", {"rho": 0.3}, 1 / (8 * 0.49)),
        ("JK1", {}, 7 / 8),
        ("JK1", {"scale": 0.5}, 0.5),
        ("JKn", {"rscales": [0.5, 0.6, 0.7, 0.8, 0.9, 0.4, 0.3, 0.2]}, 1.0),
        ("bootstrap", {}, 1 / 7),
        ("successive-difference", {}, 0.5),
    ],
)
def test_brute_force(method, extra, scale, mse) -> None:
    frame, names = jackknifed(respondents())
    rscales = extra.get("rscales", np.ones(8))
    design = ReplicateDesign(frame, "w", names, method, mse=mse, **extra)
    found = design.mean("y").iloc[0]
    np.testing.assert_allclose(found["se"], brute(frame, names, mean_of, scale, rscales, mse), rtol=1e-12)
    np.testing.assert_allclose(found["estimate"], mean_of(frame, "w"), rtol=1e-12)
    total = design.total("x").iloc[0]
    sums = lambda frame, name: float((frame[name] * frame["x"]).sum())  # noqa: E731
    np.testing.assert_allclose(total["se"], brute(frame, names, sums, scale, rscales, mse), rtol=1e-9)
    share = design.share("x", answers=[4.0, 5.0], where={"level": "staff"}).iloc[0]
    staff = frame[frame["level"] == "staff"].assign(high=lambda rows: rows["x"].ge(4).astype(float))
    of_high = lambda frame, name: mean_of(frame, name, "high")  # noqa: E731
    np.testing.assert_allclose(share["se"], brute(staff, names, of_high, scale, rscales, mse), rtol=1e-9)
    assert 0 < share["low"] < share["estimate"] < share["high"] < 1
    gap = design.gap("x", "y").iloc[0]
    paired = frame.assign(gap=frame["x"] - frame["y"])
    of_gap = lambda frame, name: mean_of(frame, name, "gap")  # noqa: E731
    np.testing.assert_allclose(gap["se"], brute(paired, names, of_gap, scale, rscales, mse), rtol=1e-9)
    assert gap["n"] == frame["y"].notna().sum()


RECORDS = json.loads((REFERENCE / "expected" / "replicates.json").read_text(encoding="utf-8"))["records"]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: "-".join(map(str, list(record.values())[:4])))
def test_equal_to_svy(record) -> None:
    frame = pd.read_csv(REFERENCE / "data" / "open_survey.csv")
    offices = sorted(frame["office"].unique())
    for at, office in enumerate(offices, start=1):  # the weights of scripts/make_replicates.py
        frame[f"r{at}"] = frame["weight"] * np.where(frame["office"] == office, record["kept"], record["raised"])
    names = [f"r{at}" for at in range(1, len(offices) + 1)]
    scale = 1 / len(names) if record["method"] == "bootstrap" else None  # svy's; R and we divide by one less
    design = ReplicateDesign(frame, "weight", names, record["method"], record["rho"], scale)
    where = {} if record["level"] is None else {"level": record["level"]}
    found = getattr(design, record["estimand"])(record["variable"], where=where).iloc[0]
    np.testing.assert_allclose(found[["estimate", "se"]].tolist(), [record["estimate"], record["se"]], rtol=1e-9)


def test_difference_of_two_domains() -> None:
    frame, names = jackknifed(respondents(1))
    design = ReplicateDesign(frame, "w", names, "JK1")
    found = design.difference("y", "level")
    assert found[["first", "second"]].values.tolist() == [["manager", "staff"]]

    def apart(frame: pd.DataFrame, name: str) -> float:
        managers = frame["level"] == "manager"
        return mean_of(frame[managers], name) - mean_of(frame[~managers], name)

    np.testing.assert_allclose(found["se"], brute(frame, names, apart, 7 / 8, np.ones(8), False), rtol=1e-12)
    np.testing.assert_allclose(found["estimate"], apart(frame, "w"), rtol=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), clusters=st.integers(3, 12))
def test_the_jackknife_of_a_total_is_the_linearised_error(seed, clusters) -> None:
    frame, names = jackknifed(respondents(seed, clusters))
    linear = SurveyDesign(frame, "w", cluster="cluster").total("x").iloc[0]
    found = ReplicateDesign(frame, "w", names, "JK1").total("x").iloc[0]
    np.testing.assert_allclose(found[["estimate", "se"]].tolist(), linear[["estimate", "se"]].tolist(), rtol=1e-9)
    assert found["df"] == linear["df"] == clusters - 1


def test_balanced_halves_give_the_stratified_error_of_a_total() -> None:
    # Two clusters in each of 7 strata: full balance makes BRR of a total exact (Wolter 2007, section 3.3).
    draw = np.random.default_rng(3)
    frame = pd.DataFrame(
        {"stratum": np.repeat(np.arange(7), 8), "w": draw.uniform(1, 4, 56), "y": draw.normal(size=56)}
    )
    frame["half"] = np.tile(np.repeat([0, 1], 4), 7)
    frame["cluster"] = frame["stratum"] * 2 + frame["half"]
    signs = linalg.hadamard(8)[:, 1:]
    for rho, method in ((0.0, "BRR"), (0.3, "Fay")):
        chosen = np.array(
            [
                [row[stratum] * (1 - 2 * half) for row in signs]
                for stratum, half in zip(frame["stratum"], frame["half"], strict=True)
            ]
        )
        made = {f"b{at}": frame["w"] * (1 + (1 - rho) * chosen[:, at]) for at in range(8)}
        design = ReplicateDesign(frame.assign(**made), "w", list(made), method, rho=rho if method == "Fay" else None)
        linear = SurveyDesign(frame, "w", "stratum", "cluster").total("y").iloc[0]
        np.testing.assert_allclose(design.total("y")["se"].iloc[0], linear["se"], rtol=1e-12)


def test_factors_of_the_weight_are_the_same_as_whole_weights() -> None:
    frame, names = jackknifed(respondents(4))
    parts = frame.assign(**{name: frame[name] / frame["w"] for name in names})
    whole = ReplicateDesign(frame, "w", names, "JK1").mean(["y", "x"], "level")
    factor = ReplicateDesign(parts, "w", names, "JK1", combined=False).mean(["y", "x"], "level")
    pd.testing.assert_frame_equal(whole, factor)


def test_degrees_of_freedom() -> None:
    frame, names = jackknifed(respondents(5))
    of_three = frame.assign(few=np.where(frame["cluster"] < 3, "few", "rest"))
    found = ReplicateDesign(of_three, "w", names, "JK1").mean("y", "few")
    assert found["df"].tolist() == [2, 4]  # 3 clusters, 5 clusters
    assert ReplicateDesign(of_three, "w", names, "JK1", df="design").mean("y", "few")["df"].tolist() == [7, 7]
    assert ReplicateDesign(of_three, "w", names, "JK1", df=30).mean("y", "few")["df"].tolist() == [30, 30]


def test_an_estimate_that_a_replicate_cannot_make_has_no_error() -> None:
    frame, names = jackknifed(respondents(6))
    alone = frame.assign(one=np.where(frame["cluster"] == 0, "one", "rest"))
    found = ReplicateDesign(alone, "w", names, "JK1").mean("y", "one")
    assert np.isnan(found["se"].iloc[0]) and np.isfinite(found["estimate"].iloc[0])
    assert np.isfinite(found["se"].iloc[1])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"method": "BRRR"}, "did you mean ‘BRR’"),
        ({"method": "Fay"}, "needs its shrinkage"),
        ({"method": "Fay", "rho": 1.0}, "needs its shrinkage"),
        ({"method": "BRR", "rho": 0.3}, "BRR has none"),
        ({"method": "BRR", "scale": 0.3}, "are fixed"),
        ({"method": "JKn"}, "JKn needs one per replicate"),
        ({"method": "JKn", "rscales": [0.5]}, "1 were given for 8"),
        ({"method": "JK1", "scale": -1.0}, "not above 0"),
        ({"method": "JK1", "df": 0}, "0 degrees of freedom"),
        ({"method": "JK1", "df": "domian"}, "did you mean ‘domain’"),
        ({"method": "JK1", "replicates": ["r0", "r99"]}, "no column ‘r99’"),
        ({"method": "JK1", "replicates": ["r0"]}, "one column makes no variance"),
    ],
)
def test_what_cannot_be_is_refused(given, said) -> None:
    frame, names = jackknifed(respondents(7))
    with pytest.raises(UsageError, match=said):
        ReplicateDesign(frame, "w", **{"replicates": names, **given})


def test_wrong_weights_are_refused_by_row() -> None:
    frame, names = jackknifed(respondents(8))
    frame.loc[3, "r1"] = np.nan
    frame.loc[4, "w"] = -1
    with pytest.raises(DesignError, match=r"w: -1.0 is no weight, in row 6\nr1: nan is no weight, in row 5"):
        ReplicateDesign(frame, "w", names, "JK1")
    with pytest.raises(UsageError, match="holds answers, not numbers"):
        ReplicateDesign(*(lambda made: (made[0], "w", made[1], "JK1"))(jackknifed(respondents(9)))).mean("level")


def test_nothing_of_a_respondent_is_shown() -> None:
    frame, names = jackknifed(respondents(9))
    assert (
        repr(ReplicateDesign(frame, "w", names, "JK1")) == "ReplicateDesign(48 respondents; JK1; 8 replicate weights)"
    )
    assert factors("BRR", 4).rscales.tolist() == [1, 1, 1, 1]
