"""Agreement of the coders of focus groups, by hand and over the passages of Ontario."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from digiskills import agreement, focus_groups, study
from digiskills.errors import UsageError
from digiskills.focus_groups import FocusGroups


@pytest.fixture(scope="module")
def ontario() -> FocusGroups:
    found = focus_groups.read(study.read("ontario"))
    assert found is not None
    return found


@pytest.fixture
def small(ontario: FocusGroups) -> FocusGroups:
    """Six passages read by a, five by b; the heading and what only a read do not count."""
    names = [f"S{number}" for number in range(1, 7)]
    segments = ontario.segments.head(6).assign(
        segment_id=names, duplicate_of="", is_heading=[False] * 4 + [True, False], participants=True
    )
    rated = ontario.ratings.head(1)
    readings = [(name, coder) for name in names for coder in ("a", "b", "consensus") if (name, coder) != ("S6", "b")]
    ratings = pd.concat([rated.assign(segment_id=name, coder=coder) for name, coder in readings], ignore_index=True)
    ratings.loc[ratings["coder"] == "b", "intensity"] = 3
    given = {"S1": ("x", "x"), "S2": ("x", "xy"), "S3": ("", ""), "S4": ("y", "z"), "S5": ("x", "y"), "S6": ("x", "")}
    rows = [
        (name, coder, code)
        for name, row in given.items()
        for coder, codes in zip("ab", row, strict=True)
        for code in codes
    ]
    codings = pd.DataFrame(rows, columns=["segment_id", "coder", "code"]).assign(rank=1)
    codes = pd.DataFrame({"code": list("xyz"), "family": ["one", "one", "two"], "label_en": "", "label_fr": ""})
    return replace(ontario, segments=segments, ratings=ratings, codings=codings, codes=codes)


def test_passages_that_both_read_count(small: FocusGroups) -> None:
    table = agreement.passage_agreement(small)
    assert table["units"].eq(4).all()
    assert table["code"].unique().tolist() == ["x", "y", "z", "all"]
    agreed = table[table["coefficient"] == "agreement"].set_index("code")["estimate"]
    assert agreed.to_dict() == {"x": 1.0, "y": 0.5, "z": 0.75, "all": 0.5}
    assert table.attrs["method"]["coders"] == ["a", "b"]


def test_families_are_coarser_than_codes(small: FocusGroups) -> None:
    table = agreement.passage_agreement(small, of="family")
    agreed = table[table["coefficient"] == "agreement"].set_index("code")["estimate"]
    assert agreed.to_dict() == {"one": 0.75, "two": 0.75, "all": 0.75}


def test_consensus_is_refused(small: FocusGroups) -> None:
    for read in (agreement.passage_agreement, lambda *given: agreement.rating_agreement(small, "stance", *given[1:])):
        with pytest.raises(UsageError, match=r"consensus was made from the coders’? ?.*known: a, b"):
            read(small, ("a", "consensus"))


@pytest.mark.parametrize(
    ("coders", "words"), [(("a", "a"), "two different coders"), (("a",), "two different"), (("a", "c"), "no coder ‘c’")]
)
def test_coders_are_two_that_exist(small: FocusGroups, coders, words) -> None:
    with pytest.raises(UsageError, match=words):
        agreement.passage_agreement(small, coders)


def test_no_common_passage_is_refused(small: FocusGroups) -> None:
    only = small.ratings["coder"].eq("b") & small.ratings["segment_id"].ne("S5")
    with pytest.raises(UsageError, match="no passage in common"):
        agreement.passage_agreement(replace(small, ratings=small.ratings[~only]))


def test_ratings_of_one_value_each(small: FocusGroups) -> None:
    table = agreement.rating_agreement(small, "intensity", which=["agreement", "kappa_linear", "alpha_ordinal"])
    assert table["field"].eq("intensity").all()
    assert table["estimate"].tolist()[:2] == [0.0, 0.0]
    stance = agreement.rating_agreement(small, "stance")
    assert stance["reason"].tolist() == ["", "constant", "constant", "constant", "constant"]
    with pytest.raises(UsageError, match="not rated by ‘mood’"):
        agreement.rating_agreement(small, "mood")
    with pytest.raises(UsageError, match="not on ‘kode’"):
        agreement.passage_agreement(small, of="kode")


def test_ontario_equals_a_count_of_its_own_files(ontario: FocusGroups) -> None:
    table = agreement.passage_agreement(ontario).set_index(["code", "coefficient"])["estimate"]
    passages = ontario.segments[~ontario.segments["is_heading"] & (ontario.segments["duplicate_of"] == "")]
    read = [set(ontario.ratings.loc[ontario.ratings["coder"] == coder, "segment_id"]) for coder in "ab"]
    common = sorted(set(passages["segment_id"]) & read[0] & read[1])
    given = ontario.codings.groupby(["coder", "code"])["segment_id"].agg(set).to_dict()
    for code in ontario.codes["code"]:
        one, other = (np.array([name in given[(coder, code)] for name in common]) for coder in "ab")
        chance = one.mean() * other.mean() + (1 - one.mean()) * (1 - other.mean())
        kappa = ((one == other).mean() - chance) / (1 - chance)
        np.testing.assert_allclose(table[(code, "kappa")], kappa, rtol=1e-9)
    assert table[("all", "alpha_masi")] < table[("all", "alpha_jaccard")] < 1
