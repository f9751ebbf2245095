"""Breadth, coverage, reach and bundles: by hand, and what must always hold."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey

from digiskills.errors import UsageError
from digiskills.estimates import SurveyDesign
from digiskills.gaps.bundles import pairs_short, sets_short
from digiskills.gaps.profiles import coverage, reach, t_shaped
from digiskills.study import Release, Study
from digiskills.survey import Survey


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("profiles")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        return small_survey.study(folder)


@pytest.fixture(scope="module")
def survey(declared: Study) -> Survey:
    return small_survey.survey(declared, small_survey.received(21, 400))


def five(declared: Study) -> Survey:
    table = small_survey.received(1, 5)
    table["weight"], table["stratum"] = ["1", "2", "3", "4", "5"], "h1"
    table["department"], table["department_size"] = ["d1", "d1", "d2", "d2", "d3"], "micro"
    table["needed_data"] = ["expert", "expert", "basic", "working", "expert"]  # 5 5 2 3 5
    table["held_data"] = ["advanced", "working", "advanced", "none", "dont_know"]  # 4 3 4 1 -
    table["needed_design"] = ["expert", "none", "expert", "none", "expert"]  # 5 1 5 1 5
    table["held_design"] = ["working", "working", "basic", "working", "none"]  # 3 3 2 3 1
    table["used"] = ["peers", "course", "", "dont_know", "peers course"]
    return small_survey.survey(declared, table)


def test_t_shaped_by_hand(declared: Study) -> None:
    # The fifth left out data. Deep: first and third; two skills at working level: first and second.
    found = t_shaped(five(declared), breadth=2).set_index("item")
    assert found["estimate"].to_dict() == pytest.approx({"deep": 4 / 10, "broad": 3 / 10, "t_shaped": 1 / 10})
    assert (found["n"] == 4).all()
    assert t_shaped(five(declared), deep=3, broad=2, breadth=2)["estimate"].tolist() == pytest.approx([1, 0.6, 0.6])


def test_coverage_by_hand(declared: Study) -> None:
    # Advanced in data: one in d1, one in d2; nobody of d3 said. In design: nobody anywhere.
    found = coverage(five(declared), at_least=(1, 2)).set_index(["item", "at_least"])
    assert found["estimate"].to_dict() == {("data", 1): 1, ("data", 2): 0, ("design", 1): 0, ("design", 2): 0}
    assert found["n"].to_dict() == {("data", 1): 2, ("data", 2): 2, ("design", 1): 3, ("design", 2): 3}


def test_departments_count_for_those_of_their_stratum(declared: Study) -> None:
    # d0 (stratum a, 1 of 5) has an advanced person; d1 and d2 (stratum b, 2 of 2) have none: 5 of 7.
    table = small_survey.received(1, 3)
    table["department"], table["stratum"], table["weight"] = ["d0", "d1", "d2"], ["a", "b", "b"], "9"
    table["held_data"] = ["expert", "none", "none"]
    survey = small_survey.survey(declared, table, pd.Series({"a": 5, "b": 2}))
    assert coverage(survey, "data", at_least=(1,))["estimate"].item() == pytest.approx(5 / 7)


def test_coverage_never_names_a_department(survey: Survey) -> None:
    found = coverage(survey, by="department_size")
    labels = set(np.asarray(survey.cluster, dtype=object))
    assert not labels & set(found.astype(str).to_numpy().ravel())
    assert (
        found.groupby(["item", "department_size"], observed=True)["estimate"]
        .apply(lambda shares: shares.is_monotonic_decreasing)
        .all()
    )


def test_reach_by_hand(declared: Study) -> None:
    # Short of design: 1, 3, 5; 1 and 5 said how they learned, both trained. Not short: 2 (trained) and 4 (not known).
    found = reach(five(declared), "used", "design").set_index("short")
    assert found["estimate"].to_dict() == {"no": 1, "yes": 1} and found["n"].to_dict() == {"no": 1, "yes": 2}
    course = reach(five(declared), "used", "design", channels=["course"]).set_index("short")
    assert course["estimate"]["yes"] == pytest.approx(5 / 6)


def test_pairs_by_hand(declared: Study) -> None:
    # Short of data: 1, 2, 4 (of 1 to 4, who answered both); of design: 1, 3. Both: 1; either: all four.
    found = pairs_short(five(declared)).set_index("measure")
    assert found[["item", "other"]].drop_duplicates().to_numpy().tolist() == [["data", "design"]]
    assert found["estimate"].to_dict() == pytest.approx({"jaccard": 1 / 10, "given_item": 1 / 7, "given_other": 1 / 4})
    assert found["n"].to_dict() == {"jaccard": 4, "given_item": 3, "given_other": 2}


def test_jaccard_is_the_ratio_of_two_totals(survey: Survey) -> None:
    frame = small_survey.scored(survey)
    one, other = frame["gap:data"] >= 1, frame["gap:design"] >= 1
    known = frame["gap:data"].notna() & frame["gap:design"].notna()
    frame["both"] = (one & other).astype(float).where(known)
    frame["either"] = (one | other).astype(float).where(known)
    expected = SurveyDesign(frame, "weight", "stratum", "department").ratio("both", "either").iloc[0]
    found = pairs_short(survey).iloc[0]
    assert found["measure"] == "jaccard"
    assert found["estimate"] == pytest.approx(expected["estimate"]) and found["se"] == pytest.approx(expected["se"])


def test_sets_by_hand_and_only_above_the_threshold(survey: Survey) -> None:
    frame = small_survey.scored(survey)
    known = frame["gap:data"].notna() & frame["gap:design"].notna()
    one, other, weight = frame["gap:data"] >= 1, frame["gap:design"] >= 1, frame["weight"]
    expected = {
        "none": ~one & ~other,
        "data": one & ~other,
        "design": ~one & other,
        "data + design": one & other,
    }
    found = sets_short(survey).set_index("item")
    shares = {name: weight[rows & known].sum() / weight[known].sum() for name, rows in expected.items()}
    assert found["estimate"].to_dict() == pytest.approx(shares)
    assert found["people"].to_dict() == {name: int((rows & known).sum()) for name, rows in expected.items()}
    assert found["estimate"].is_monotonic_decreasing and found["estimate"].sum() == pytest.approx(1)
    assert found["skills"].to_dict() == {"none": 0, "data": 1, "design": 1, "data + design": 2}
    assert len(sets_short(survey, most=2)) == 2
    least = int(found["people"].median())
    strict = dataclasses.replace(survey.study, release=Release(smallest_group=least))
    few = sets_short(dataclasses.replace(survey, study=strict))
    assert set(few["item"]) == set(found.index[found["people"] >= least]) and len(few) < 4
    strict = dataclasses.replace(survey.study, release=Release(fewest_clusters=13))
    assert sets_short(dataclasses.replace(survey, study=strict)).empty


def test_what_cannot_be_asked_is_said(survey: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="breadth: 5 skills were asked for; the form has 2"):
        t_shaped(survey)
    with pytest.raises(UsageError, match="level differs between people of one department"):
        coverage(survey, by="level")
    with pytest.raises(UsageError, match="no question with several answers"):
        reach(survey, "no_time")
    with pytest.raises(UsageError, match="‘used’ has no cours; it has peers, course"):
        reach(survey, "used", channels=["cours"])
    with pytest.raises(UsageError, match="two or more"):
        pairs_short(survey, "data")
    with pytest.raises(UsageError, match="does not ask ‘dat’; did you mean ‘data’"):
        sets_short(survey, ["dat"])
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    alone = small_survey.survey(small_survey.study(tmp_path, clusters=False), small_survey.received(3, 40))
    with pytest.raises(UsageError, match="no clusters"):
        coverage(alone)
