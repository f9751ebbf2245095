"""Groups on one mix, differences split, and trends over heads: by hand and by other routes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import small_survey
import statsmodels.api as sm

from digiskills import answers, estimates
from digiskills.answers import Answers
from digiskills.errors import UsageError
from digiskills.estimates import shares
from digiskills.estimates.joint import Estimand, joint
from digiskills.gaps import sizes
from digiskills.gaps.respondents import limited
from digiskills.gaps.standardize import kitagawa, short_by, standardized
from digiskills.study import Study
from digiskills.survey import Survey


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("standardize")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        return small_survey.study(folder)


@pytest.fixture(scope="module")
def survey(declared: Study) -> Survey:
    made = small_survey.survey(declared, small_survey.received(21, 600))
    people = pd.Series({f"d{number:02d}": 100 * (number + 1) for number in range(12)})
    return dataclasses.replace(
        made, clusters_in_population=pd.Series({f"h{number}": 9 for number in range(4)}), people_in_clusters=people
    )


@pytest.fixture(scope="module")
def counted(survey: Survey) -> Answers:
    return answers.count(survey)


def by_hand(declared: Study) -> Answers:
    """Micro: 1 of 4 directors short, 2 of 2 staff; small: 1 of 1 director, 3 of 6 staff; nobody manages."""
    cells = [
        ("micro", "director", 1, 4),
        ("micro", "staff", 2, 2),
        ("small", "director", 1, 1),
        ("small", "staff", 3, 6),
    ]
    rows = [
        (size, level, "expert" if number < short else "none")
        for size, level, short, people in cells
        for number in range(people)
    ]
    table = small_survey.received(1, len(rows))
    table[["department_size", "level", "needed_data"]] = rows
    table["held_data"], table["weight"], table["stratum"] = "none", "1", "h1"
    table["department"] = [f"{size}{number % 2}" for number, (size, _, _) in enumerate(rows)]
    return answers.count(small_survey.survey(declared, table))


def test_standardized_by_hand(declared: Study) -> None:
    # Everyone: 5 directors and 8 staff of 13. No large department answered.
    counted = by_hand(declared)
    found = standardized(counted, short_by(counted, "data"), mix="level")
    values = found.set_index(["measure", "department_size"])["estimate"].to_dict()
    assert values[("crude", "micro")] == pytest.approx(3 / 6)
    assert values[("crude", "small")] == pytest.approx(4 / 7)
    assert values[("standardized", "micro")] == pytest.approx((5 * 1 / 4 + 8 * 1) / 13)
    assert values[("standardized", "small")] == pytest.approx((5 * 1 + 8 * 1 / 2) / 13)
    assert np.isnan([values[("crude", "large")], values[("standardized", "large")]]).all()


def test_a_given_standard(declared: Study) -> None:
    # No manager answered: a tenth of the standard is not covered.
    counted = by_hand(declared)
    heads = pd.DataFrame({"level": ["director", "staff", "manager"], "heads": [30, 60, 10]})
    given = standardized(counted, short_by(counted, "data"), mix="level", standard=heads)
    one = given.set_index(["measure", "department_size"]).loc[("standardized", "micro")]
    assert one["estimate"] == pytest.approx(30 / 90 * 1 / 4 + 60 / 90)
    assert one["covered"] == pytest.approx(0.9)


def test_error_of_the_standardized_is_that_of_its_cells(counted: Answers) -> None:
    found = standardized(counted, short_by(counted, "data"), mix="level")
    cells = joint(counted, short_by(counted, "data"), ["department_size", "level"])
    item = counted.item("gap:data")
    level = counted.groups["level"].astype(str).to_numpy()
    weight = item.w[:, ~item.missing].sum(axis=1)
    mix = np.array([weight[(level == name)].sum() for name in ("director", "manager", "staff")])
    mix = mix / mix.sum()
    for at, size in enumerate(("micro", "small", "large")):
        row = found[(found["measure"] == "standardized") & (found["department_size"] == size)].iloc[0]
        block = slice(3 * at, 3 * at + 3)
        assert row["estimate"] == pytest.approx(cells.frame["estimate"].to_numpy()[block] @ mix)
        assert row["se"] == pytest.approx(np.sqrt(mix @ cells.covariance[block, block] @ mix))


def test_crude_is_the_plain_share_of_those_in_cells(counted: Answers) -> None:
    estimand = short_by(counted, "data")
    crude = standardized(counted, estimand, mix="level").query("measure == 'crude'")
    plain = shares(counted, estimand.item, estimand.of, "department_size", {"level": ["director", "manager", "staff"]})
    np.testing.assert_allclose(crude["estimate"], plain["estimate"], rtol=1e-12)
    assert crude["n"].tolist() == plain["n"].tolist()


def test_kitagawa_by_hand(declared: Study) -> None:
    # Micro: 4/6 directors at 1/4, 2/6 staff at 1. Small: 1/7 directors at 1, 6/7 staff at 1/2.
    counted = by_hand(declared)
    found = kitagawa(counted, short_by(counted, "data"), "department_size", "micro", "small", "level").set_index("part")
    rate = (4 / 6 + 1 / 7) / 2 * (1 / 4 - 1) + (2 / 6 + 6 / 7) / 2 * (1 - 1 / 2)
    mix = (1 / 4 + 1) / 2 * (4 / 6 - 1 / 7) + (1 + 1 / 2) / 2 * (2 / 6 - 6 / 7)
    assert found["estimate"].to_dict() == pytest.approx({"difference": 3 / 6 - 4 / 7, "mix": mix, "rate": rate})


@pytest.mark.parametrize("seed", range(6))
def test_kitagawa_adds_up(declared: Study, seed: int) -> None:
    # Few respondents, so that some cells belong to one group alone.
    counted = answers.count(small_survey.survey(declared, small_survey.received(seed, 25)))
    for estimand in (short_by(counted, "data"), Estimand("time", "no_time"), Estimand("gap", "gap:design")):
        parts = kitagawa(counted, estimand, "department_size", "micro", "large", "level").set_index("part")["estimate"]
        assert parts["mix"] + parts["rate"] == pytest.approx(parts["difference"], abs=1e-12, nan_ok=True)
        if np.isnan(parts["difference"]):
            continue
        turned = kitagawa(counted, estimand, "department_size", "large", "micro", "level").set_index("part")["estimate"]
        assert turned.to_dict() == pytest.approx((-parts).to_dict(), abs=1e-12)


def test_the_same_mix_leaves_no_mix(declared: Study) -> None:
    table = pd.concat([small_survey.received(3, 60)] * 2, ignore_index=True)
    table["department_size"] = ["micro"] * 60 + ["small"] * 60
    table["department"] = table["department"] + table["department_size"]
    counted = answers.count(small_survey.survey(declared, table))
    found = kitagawa(counted, short_by(counted, "data"), "department_size", "micro", "small", "level")
    assert found["estimate"].to_numpy() == pytest.approx(0, abs=1e-12)


def test_trend_is_the_weighted_line_and_its_sandwich(declared: Study) -> None:
    # One stratum, drawn with replacement: the cluster sandwich of statsmodels without its small-sample factor.
    table = small_survey.received(8, 300)
    table["stratum"] = "h1"
    people = pd.Series({f"d{number:02d}": 50 * (number + 1) for number in range(12)})
    survey = dataclasses.replace(small_survey.survey(declared, table), people_in_clusters=people)
    found = sizes.headcount_trend(survey, "data").iloc[0]
    frame = small_survey.scored(survey)
    known = frame["gap:data"].notna().to_numpy()
    x = np.log2(frame["department"].map(people)[known].to_numpy(dtype=float))
    y = (frame["gap:data"][known] >= 1).to_numpy(dtype=float)
    weight, cluster = frame["weight"][known].to_numpy(), pd.factorize(frame["department"][known])[0]
    line = sm.WLS(y, sm.add_constant(x), weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False}
    )
    assert found["estimate"] == pytest.approx(line.params[1])
    assert found["se"] == pytest.approx(line.bse[1] * np.sqrt(12 / 11))
    assert found["df"] == 10


def test_bands_by_heads(survey: Survey) -> None:
    found = sizes.banded(survey, "data", {"two": [650], "three": [300, 900]})
    assert found["band"].tolist() == ["<650", "650+", "<300", "300-899", "900+"]
    assert found["cut"].tolist() == ["two"] * 2 + ["three"] * 3
    frame = small_survey.scored(survey)
    gap = frame["gap:data"]
    heads = frame["department"].map(survey.people).to_numpy(dtype=float)
    for row in found.itertuples():
        until = {0.0: {"two": 650, "three": 300}[row.cut], 300.0: 900}.get(row.from_heads, np.inf)
        inside = (heads >= row.from_heads) & (heads < until) & gap.notna()
        assert row.n == inside.sum()
        assert row.estimate == pytest.approx(np.average(gap[inside] >= 1, weights=frame["weight"][inside]))


def test_ends_are_the_first_band_less_the_last(survey: Survey) -> None:
    found = sizes.ends(survey, "data", None, {"two": [650], "three": [300, 900]}).set_index("cut")
    bands = sizes.banded(survey, "data", {"two": [650], "three": [300, 900]})
    for cut, rows in bands.groupby("cut"):
        first, last = rows.iloc[0], rows.iloc[-1]
        assert found.loc[cut, "estimate"] == pytest.approx(first["estimate"] - last["estimate"])
        assert found.loc[cut, "n"] == min(first["n"], last["n"])


def test_ends_of_the_own_bands_are_the_difference_of_sizes(survey: Survey, counted: Answers) -> None:
    own = sizes.ends(survey, "data", "department_size", {}).iloc[0]
    pairs = estimates.differences(counted, short_by(counted, "data"), "department_size")
    pair = pairs[(pairs["department_size"] == "micro") & (pairs["against"] == "large")].iloc[0]
    for name in ("estimate", "se", "df", "low", "high", "effect", "p"):
        assert own[name] == pytest.approx(pair[name])


def test_limited_is_a_zero_weight_never_a_filter(survey: Survey) -> None:
    staff = limited(survey, {"level": "staff"})
    inside = np.asarray(survey.dimension("level"), dtype=object) == "staff"
    assert len(staff) == len(survey) and ((staff.weight > 0) == inside).all()
    assert limited(survey, {}) is survey
    with pytest.raises(UsageError, match="no category ‘stuff’"):
        limited(survey, {"level": "stuff"})


def test_what_cannot_be_asked_is_said(declared: Study, survey: Survey, counted: Answers) -> None:
    estimand = short_by(counted, "data")
    with pytest.raises(UsageError, match="give dimensions other than department_size"):
        standardized(counted, estimand, mix=["department_size", "level"])
    with pytest.raises(UsageError, match="no column heads"):
        standardized(counted, estimand, mix="level", standard=pd.DataFrame({"level": ["staff"]}))
    with pytest.raises(UsageError, match="department_size has no ‘smal’; did you mean ‘small’"):
        kitagawa(counted, estimand, "department_size", "micro", "smal", "level")
    with pytest.raises(UsageError, match="no gap for ‘dat’"):
        short_by(counted, "dat")
    with pytest.raises(UsageError, match="must ascend from above 0: 5, 5"):
        sizes.banded(survey, "data", {"wrong": [5, 5]})
    with pytest.raises(UsageError, match="heads of departments are not known"):
        sizes.headcount_trend(small_survey.survey(declared, small_survey.received(1, 9)))
