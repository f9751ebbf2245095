"""Themes: counts by hand and one by one, pairs, sessions, and who says what."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digiskills import focus_groups, study, themes
from digiskills.errors import UsageError
from digiskills.focus_groups import FocusGroups

READ = focus_groups.read(study.read("ontario"))
assert READ is not None
ONTARIO: FocusGroups = READ
LEVELS = ("deputy_minister", "assistant_deputy_minister", "staff", "mixed")
DOCUMENTS = ("making-digital-happen", "cepa-2020")
CODES = pd.DataFrame(
    [("a.one", "a"), ("a.two", "a"), ("b.one", "b"), ("c.one", "c")], columns=["code", "family"]
).assign(label_en="Words", label_fr="Mots")


def coded(rows: list[dict[str, object]]) -> FocusGroups:
    """Focus groups from one dict per segment: level, stance, codes, paragraph, session, document, intensity."""
    names = [f"S{number}" for number in range(len(rows))]
    taken = pd.DataFrame(
        {
            "segment_id": names,
            "document": [row.get("document", DOCUMENTS[0]) for row in rows],
            "paragraph": [row.get("paragraph", 1) for row in rows],
            "session": pd.Series([row.get("session", "") for row in rows], dtype="str"),
            "duplicate_of": "",
            "is_heading": [bool(row.get("heading", False)) for row in rows],
            "participants": [row.get("document", DOCUMENTS[0]) == DOCUMENTS[0] for row in rows],
        }
    )
    ratings = pd.DataFrame(
        {
            "segment_id": names,
            "coder": "consensus",
            "stance": [row.get("stance", "barrier") for row in rows],
            "intensity": [row.get("intensity", 1) for row in rows],
            "speaker_level": [row.get("level", "staff") for row in rows],
        }
    )
    codings = pd.DataFrame(
        [(name, "consensus", code) for name, row in zip(names, rows, strict=True) for code in row.get("codes", ())],
        columns=["segment_id", "coder", "code"],
        dtype="str",
    )
    return replace(ONTARIO, segments=taken, ratings=ratings, codings=codings, codes=CODES)


@pytest.fixture
def small() -> FocusGroups:
    """Six segments that count, in three paragraphs and three sessions; one heading, one of another document."""
    return coded(
        [
            {"codes": ["a.one", "a.two"], "paragraph": 1, "session": "first", "intensity": 2},
            {"codes": ["a.one"], "paragraph": 1, "session": "first", "level": "deputy_minister"},
            {"codes": ["b.one"], "paragraph": 2, "session": "second", "stance": "need", "intensity": 3},
            {"codes": [], "paragraph": 2, "session": "second"},
            {"codes": ["a.one", "b.one"], "paragraph": 3, "session": "third", "level": "mixed"},
            {"codes": ["a.one"], "paragraph": 3, "session": "", "level": "deputy_minister"},
            {"codes": ["c.one"], "paragraph": 3, "session": "third", "heading": True},
            {"codes": ["c.one"], "paragraph": 1, "session": "third", "document": DOCUMENTS[1]},
        ]
    )


# By hand


def test_segments_and_paragraphs_with_their_bases(small: FocusGroups) -> None:
    found = themes.prevalence(small)
    assert list(found) == ["code", "family", "segments", "base_segments", "paragraphs", "base_paragraphs"]
    assert found.drop(columns="family").to_numpy().tolist() == [
        ["a.one", 4, 6, 2, 3],
        ["a.two", 1, 6, 1, 3],
        ["b.one", 2, 6, 2, 3],
        ["c.one", 0, 6, 0, 3],
    ]
    assert themes.bases(small).to_dict("list") == {"base_segments": [6], "base_paragraphs": [3]}


def test_a_family_counts_a_segment_once(small: FocusGroups) -> None:
    found = themes.prevalence(small, of="family").set_index("family")
    assert found["segments"].to_dict() == {"a": 4, "b": 2, "c": 0}
    assert found["paragraphs"].to_dict() == {"a": 2, "b": 2, "c": 0}


def test_by_level_in_the_order_of_the_descriptors(small: FocusGroups) -> None:
    found = themes.prevalence(small, ["speaker_level"])
    one = found[found["code"] == "a.one"].drop(columns=["code", "family"])
    assert one.to_numpy().tolist() == [["deputy_minister", 2, 2, 2, 2], ["staff", 1, 3, 1, 2], ["mixed", 1, 1, 1, 1]]


def test_a_paragraph_of_two_levels_counts_for_both(small: FocusGroups) -> None:
    found = themes.prevalence(small, ["speaker_level"])
    assert found.groupby("code")["base_paragraphs"].sum().eq(5).all()  # 3 paragraphs; the first and third are shared


def test_intensity_by_hand(small: FocusGroups) -> None:
    found = themes.intensity(small).set_index("code")
    assert list(found) == ["family", "segments", "stressed", "paragraphs", "segments_per_paragraph"]
    assert found["stressed"].to_dict() == {"a.one": 1, "a.two": 1, "b.one": 1, "c.one": 0}
    np.testing.assert_array_equal(found["segments_per_paragraph"], [2.0, 1.0, 1.0, np.nan])


def test_pairs_by_hand(small: FocusGroups) -> None:
    pairs = themes.cooccurrence(small)
    assert pairs.iloc[:2].to_numpy().tolist() == [
        ["a.one", "a.two", 1, 4, 1, 6, 1 / 4],
        ["a.one", "b.one", 1, 4, 2, 6, 1 / 5],
    ]
    assert pairs["jaccard"].isna().sum() == 0 and len(pairs) == 6
    wide = themes.cooccurrence(small, within="paragraph")
    assert wide.iloc[:2, 2:].to_numpy().tolist() == [[1, 2, 1, 3, 1 / 2], [1, 2, 2, 3, 1 / 3]]
    assert len(themes.cooccurrence(small, ["a"])) == 1


def test_neither_code_has_no_jaccard() -> None:
    pairs = themes.cooccurrence(coded([{"codes": ["a.one"]}])).set_index(["code", "other"])
    assert np.isnan(pairs.loc[("b.one", "c.one"), "jaccard"])
    assert pairs.loc[("a.one", "c.one"), "jaccard"] == 0


def test_edges_by_a_stated_threshold(small: FocusGroups) -> None:
    edges = themes.network(themes.cooccurrence(small), 1)
    assert edges[["code", "other"]].to_numpy().tolist() == [["a.one", "a.two"], ["a.one", "b.one"]]
    assert edges.attrs["method"]["fewest"] == 1
    assert themes.network(themes.cooccurrence(small), 2).empty
    with pytest.raises(UsageError, match="give 1 or more"):
        themes.network(themes.cooccurrence(small), 0)


def test_sessions_by_hand(small: FocusGroups) -> None:
    found = themes.saturation(small)
    assert found[["session", "place", "segments", "codes", "new", "n"]].to_numpy().tolist() == [
        ["first", 1, 2, 2, 2, 2],
        ["second", 2, 2, 1, 1, 3],
        ["third", 3, 1, 2, 0, 3],
    ]
    assert found.attrs["method"]["left_out"] == 1
    # a.one in two of three sessions, a.two in one, b.one in two: 5/3 in one session, then 1 + 2/3 + 1, then all.
    np.testing.assert_allclose(found["expected"], [5 / 3, 8 / 3, 3])


def test_passages_without_sessions_say_why() -> None:
    assert "session" not in ONTARIO.segments
    assert "not tied to sessions" in themes.why_no_saturation(ONTARIO, "en")
    assert "aucune séance" in themes.why_no_saturation(ONTARIO, "fr")
    with pytest.raises(UsageError, match="not tied to sessions"):
        themes.saturation(ONTARIO)
    with pytest.raises(UsageError, match="not tied to sessions"):
        themes.saturation(coded([{"codes": ["a.one"]}]))
    assert themes.why_no_saturation(coded([{"session": "one"}]), "en") == ""


def test_apart_and_together_by_hand(small: FocusGroups) -> None:
    apart = themes.apart_and_together(small)
    assert apart.loc[apart["code"] == "a.one", ["speaker_level", "segments", "base_segments"]].to_numpy().tolist() == [
        ["deputy_minister", 2, 2],
        ["staff", 1, 3],
    ]
    sets = themes.speaker_sets(apart)
    assert sets.to_numpy().tolist() == [
        ["deputy_minister;staff", 2, 5, 1, "a.one", 3],
        ["staff", 1, 3, 2, "a.two;b.one", 2],
        ["", 0, 0, 1, "c.one", 0],
    ]
    turned = themes.apart_and_together(small, ["staff", "mixed"])
    assert turned["speaker_level"].tolist()[:2] == ["staff", "mixed"]
    assert turned["said_by"].tolist()[0] == "staff;mixed"
    with pytest.raises(UsageError, match="no passage relays ‘manager’"):
        themes.apart_and_together(small, ["manager"])


@pytest.mark.parametrize("scope", ["all", "others"])
def test_documents_are_never_pooled(small: FocusGroups, scope: str) -> None:
    for count in (themes.prevalence, themes.intensity, themes.bases):
        with pytest.raises(UsageError, match="never pooled"):
            count(small, [], scope)
    with pytest.raises(UsageError, match="never pooled"):
        themes.cooccurrence(small, scope=scope)
    found = themes.prevalence(small, ["document"], scope).set_index(["code", "document"])["segments"]
    assert found[("c.one", DOCUMENTS[1])] == 1
    assert (("a.one", DOCUMENTS[0]) in found.index) == (scope == "all")


@pytest.mark.parametrize(
    "asked", [{"by": ["level"]}, {"scope": "everybody"}, {"coder": "c"}, {"of": "theme"}, {"by": ["stances"]}]
)
def test_unknown_names_are_refused(small: FocusGroups, asked: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        themes.prevalence(small, **asked)  # type: ignore[arg-type]


def test_unknown_family_and_unit_of_pairs(small: FocusGroups) -> None:
    with pytest.raises(UsageError, match="no family ‘d’"):
        themes.cooccurrence(small, ["d"])
    with pytest.raises(UsageError, match="do not meet in a ‘document’"):
        themes.cooccurrence(small, within="document")


def test_nothing_in_scope_is_an_empty_count(small: FocusGroups) -> None:
    none = replace(small, segments=small.segments.assign(participants=False))
    assert themes.prevalence(none)[["segments", "base_segments"]].to_numpy().sum() == 0
    assert themes.prevalence(none, ["speaker_level"]).empty
    assert themes.cooccurrence(none)["n"].sum() == 0


def test_labels_in_both_languages(small: FocusGroups) -> None:
    pairs = themes.labelled(themes.cooccurrence(small), small)
    assert list(pairs)[-4:] == ["label_en", "label_fr", "other_en", "other_fr"]
    assert pairs.attrs["method"]["within"] == "segment"
    barriers = themes.labelled(themes.by_barrier(ONTARIO, []), ONTARIO)
    assert barriers["label_fr"].tolist()[:2] == ["Manque de capacité", "Gestion des données"]


# One by one

segments = st.fixed_dictionaries(
    {
        "level": st.sampled_from(LEVELS),
        "stance": st.sampled_from(["barrier", "need"]),
        "codes": st.sets(st.sampled_from(list(CODES["code"]))).map(sorted),
        "paragraph": st.integers(1, 3),
        "session": st.sampled_from(["", "x", "y", "z"]),
        "intensity": st.integers(0, 3),
        "heading": st.sampled_from([False, False, False, True]),
        "document": st.sampled_from([DOCUMENTS[0], DOCUMENTS[0], DOCUMENTS[1]]),
    }
)


@given(st.lists(segments, min_size=1, max_size=14))
@settings(max_examples=60, deadline=None)
def test_counts_equal_counting_one_by_one(rows: list[dict[str, object]]) -> None:
    groups = coded(rows)
    kept = [row for row in rows if not row["heading"] and row["document"] == DOCUMENTS[0]]
    found = themes.prevalence(groups, ["speaker_level", "stance"])
    strong = themes.intensity(groups, ["speaker_level", "stance"])
    assert len(found) == 4 * len({(row["level"], row["stance"]) for row in kept})
    for (_, one), (_, other) in zip(found.iterrows(), strong.iterrows(), strict=True):
        group = [row for row in kept if (row["level"], row["stance"]) == (one["speaker_level"], one["stance"])]
        having = [row for row in group if one["code"] in row["codes"]]
        assert one["segments"] == len(having) and one["base_segments"] == len(group)
        assert one["paragraphs"] == len({row["paragraph"] for row in having})
        assert one["base_paragraphs"] == len({row["paragraph"] for row in group})
        assert other["stressed"] == sum(row["intensity"] >= 2 for row in having)


@given(st.lists(segments, min_size=1, max_size=14), st.sampled_from(["segment", "paragraph"]))
@settings(max_examples=60, deadline=None)
def test_pairs_equal_counting_one_by_one(rows: list[dict[str, object]], within: str) -> None:
    kept = [row for row in rows if not row["heading"] and row["document"] == DOCUMENTS[0]]
    if within == "paragraph":
        numbers = sorted({row["paragraph"] for row in kept})
        sets = [{code for row in kept if row["paragraph"] == each for code in row["codes"]} for each in numbers]
    else:
        sets = [set(row["codes"]) for row in kept]
    found = themes.cooccurrence(coded(rows), within=within).set_index(["code", "other"])
    assert list(found.index) == list(combinations(CODES["code"], 2))
    for (one, other), row in found.iterrows():
        with_one, with_other = ({at for at, codes in enumerate(sets) if code in codes} for code in (one, other))
        assert row["n"] == len(with_one & with_other) and row["base"] == len(sets)
        either = len(with_one | with_other)
        np.testing.assert_allclose(row["jaccard"], row["n"] / either if either else np.nan)


@given(st.lists(segments, min_size=1, max_size=10))
@settings(max_examples=60, deadline=None)
def test_sessions_equal_all_orders(rows: list[dict[str, object]]) -> None:
    kept = [row for row in rows if not row["heading"] and row["document"] == DOCUMENTS[0] and row["session"]]
    names = list(dict.fromkeys(row["session"] for row in kept))
    if not names:
        return
    said = {name: {code for row in kept if row["session"] == name for code in row["codes"]} for name in names}
    found = themes.saturation(coded(rows))
    assert found["session"].tolist() == names
    seen = [len(set().union(*(said[name] for name in names[:place]))) for place in range(1, len(names) + 1)]
    assert found["n"].tolist() == seen and found["new"].sum() == seen[-1]
    orders = list(permutations(names))
    means = [
        np.mean([len(set().union(*(said[name] for name in order[:place]))) for order in orders])
        for place in range(1, len(names) + 1)
    ]
    np.testing.assert_allclose(found["expected"], means)


@given(st.lists(segments, min_size=1, max_size=14))
@settings(max_examples=40, deadline=None)
def test_every_code_is_in_one_set_of_speakers(rows: list[dict[str, object]]) -> None:
    kept = [row for row in rows if not row["heading"] and row["document"] == DOCUMENTS[0]]
    apart = themes.apart_and_together(coded(rows))
    sets = themes.speaker_sets(apart)
    listed = [code for which in sets["which"] for code in which.split(";")]
    assert len(listed) == len(set(listed)) == (4 if {row["level"] for row in kept} - {"mixed"} else 0)
    for said_by, which in zip(sets["said_by"], sets["which"], strict=True):
        for code in which.split(";"):
            levels = {row["level"] for row in kept if code in row["codes"]} - {"mixed"}
            assert set(said_by.split(";")) - {""} == levels


@given(st.lists(segments, min_size=2, max_size=10), st.randoms())
@settings(max_examples=20, deadline=None)
def test_the_order_of_codings_does_not_matter(rows: list[dict[str, object]], random) -> None:
    groups = coded(rows)
    order = list(groups.codings.index)
    random.shuffle(order)
    turned = replace(groups, codings=groups.codings.loc[order])
    pd.testing.assert_frame_equal(themes.prevalence(groups, ["stance"]), themes.prevalence(turned, ["stance"]))
    pd.testing.assert_frame_equal(themes.cooccurrence(groups), themes.cooccurrence(turned))


# Ontario


def test_ontario_adds_up() -> None:
    total = themes.prevalence(ONTARIO).set_index("code")["segments"]
    for by in ("speaker_level", "stance"):
        assert themes.prevalence(ONTARIO, [by]).groupby("code")["segments"].sum().to_dict() == total.to_dict()
    kept = set(ONTARIO.passages()["segment_id"])
    codings = ONTARIO.codings[ONTARIO.codings["segment_id"].isin(kept) & (ONTARIO.codings["coder"] == "consensus")]
    assert total.sum() == len(codings) and len(total) == 28
    assert themes.bases(ONTARIO).to_numpy().tolist() == [[143, 46]]


def test_ontario_size_is_named_four_times() -> None:
    sizes = themes.bases(ONTARIO, ["org_size"]).set_index("org_size")["base_segments"]
    assert sizes.drop("unspecified").sum() == 4


def test_ontario_barriers_are_their_codes() -> None:
    barriers = themes.by_barrier(ONTARIO).set_index(["barrier", "speaker_level"])
    codes = themes.prevalence(ONTARIO, ["speaker_level"]).set_index(["code", "speaker_level"])
    families = themes.prevalence(ONTARIO, ["speaker_level"], of="family").set_index(["family", "speaker_level"])
    for barrier, level in barriers.index:
        source = families if barrier in ("capacity", "culture", "context") else codes
        assert barriers.loc[(barrier, level), "segments"] == source.loc[(barrier, level), "segments"]
    assert barriers["stressed"].le(barriers["segments"]).all()
    assert len(barriers) == 12 * 5


def test_ontario_codes_of_deputies_and_staff() -> None:
    levels = ["deputy_minister", "assistant_deputy_minister", "staff"]
    sets = themes.speaker_sets(themes.apart_and_together(ONTARIO, levels))
    assert sets["codes"].sum() == 28
    assert sets["base_segments"].tolist()[0] == 8 + 30 + 32
