"""Tables of reliability and of agreement as they are published, by hand and beside the functions they gather."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey

from digiskills import agreement, focus_groups
from digiskills import study as studies
from digiskills.errors import StudyError, UsageError
from digiskills.focus_groups import FocusGroups
from digiskills.study import Study
from digiskills.survey import Survey

SCALES = {"two": ("needed_data", "needed_design"), "four": ("needed_data", "needed_design", "held_data", "held_design")}


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        return small_survey.study(folder)


@pytest.fixture(scope="module")
def survey(declared: Study) -> Survey:
    return small_survey.survey(declared, small_survey.received(5, 400))


@pytest.fixture(scope="module")
def ontario() -> FocusGroups:
    found = focus_groups.read(studies.read("ontario"))
    assert found is not None
    return found


def test_scales_are_made_by_the_codebook(declared: Study) -> None:
    assert agreement.scales_of(declared.codebook) == {
        "needed": ("needed_data", "needed_design"),
        "held": ("held_data", "held_design"),
        "capacity": ("no_time", "good_tools"),
    }
    scales = agreement.scales_of(studies.read("ontario").codebook)
    assert len(scales["needed"]) == len(scales["held"]) == 9
    assert len(scales) == 3 + 9
    assert len(scales["culture.risk_aversion"]) == 2


def test_each_scale_as_by_itself(survey: Survey) -> None:
    found = agreement.scale_reliability(survey, scales=SCALES)
    assert list(found.columns) == [
        "item", "coefficient", "items", "n", "fewest", "clusters", "estimate", "low", "high", "reason",
    ]  # fmt: skip
    assert found["item"].tolist() == ["two", "four", "four", "four"]
    for name, part in found.groupby("item"):
        alone = agreement.survey_reliability(survey, SCALES[name]).set_index("coefficient")
        for _, row in part.iterrows():
            same = alone.loc[row["coefficient"]]
            assert (row["n"], row["fewest"], row["items"]) == (same["n"], same["fewest"], same["items"])
            assert [row["estimate"], row["low"]] == pytest.approx([same["estimate"], same["low"]], nan_ok=True)
    assert found["clusters"].eq(12).all()


def test_clusters_are_those_of_the_respondents_counted(declared: Study) -> None:
    table = small_survey.received(3, 200)
    table.loc[table["department"].eq("d03"), ["needed_data", "needed_design"]] = ""
    table.loc[table["department"].eq("d04"), "needed_data"] = ""  # one answer of two is an answer
    some = small_survey.survey(declared, table)
    found = agreement.scale_reliability(some, scales={"two": SCALES["two"]})
    assert found["clusters"].tolist() == [table["department"].nunique() - 1]
    items = agreement.scale_items(some, {"two": SCALES["two"]})
    assert items["clusters"].tolist() == [table["department"].nunique() - 2, table["department"].nunique() - 1]


def test_by_group_and_one_item(survey: Survey) -> None:
    found = agreement.scale_reliability(
        survey, "level", {"one": ("no_time",), **SCALES}, which=("alpha", "spearman_brown")
    )
    assert list(found.columns[:3]) == ["item", "coefficient", "level"]
    levels = ["director", "manager", "staff"]
    assert found["level"].tolist() == levels * 3
    alone = agreement.survey_reliability(survey, SCALES["four"], "level", ordinal=False)
    wanted = alone[alone["coefficient"].eq("alpha")]["estimate"].tolist()
    assert found.loc[found["item"].eq("four"), "estimate"].tolist() == pytest.approx(wanted)
    one = found[found["item"].eq("one")]
    assert one["estimate"].isna().all() and one["reason"].eq("one_item").all()
    answered = pd.Series(survey.scores("no_time")).notna() & survey.frame["level"].isin(["staff"]).to_numpy()
    assert one["n"].tolist()[-1] == answered.sum()
    assert found.attrs["method"]["groups"] == "level"


def test_a_constant_item_is_said_and_not_an_error(declared: Study) -> None:
    table = small_survey.received(3, 60).assign(needed_data="basic")
    found = agreement.scale_reliability(small_survey.survey(declared, table), scales=SCALES)
    assert found["reason"].tolist() == ["no_variation", "no_variation"]
    assert found["estimate"].isna().all()


def test_items_as_by_themselves(survey: Survey) -> None:
    found = agreement.scale_items(survey, SCALES)
    alone = agreement.survey_items(survey, SCALES["four"])
    four = found[found["scale"].eq("four")].reset_index(drop=True)
    assert four["estimate"].tolist() == alone["item_rest"].tolist()
    assert four[["item", "n", "mean", "sd"]].equals(alone[["item", "n", "mean", "sd"]])
    assert found.loc[found["scale"].eq("two"), "alpha_if_dropped"].isna().all()


def test_equivalence_as_by_itself(survey: Survey) -> None:
    found = agreement.scale_equivalence(survey, "level", SCALES, tests=("uniform", "total"))
    alone = agreement.survey_equivalence(survey, SCALES["four"], "level")
    alone = alone[alone["test"].isin(["uniform", "total"])].reset_index(drop=True)
    assert found["scale"].eq("four").all()
    for ours, theirs in (("estimate", "r2_change"), ("p_adjusted", "p_holm"), ("n", "n"), ("size", "size")):
        assert found[ours].tolist() == alone[theirs].tolist()
    three = {"three": SCALES["four"][:3]}
    assert set(agreement.scale_equivalence(survey, "level", three)["item"]) == set(three["three"])
    assert found.attrs["method"]["groups"] == "level"
    assert (found.attrs["method"]["moderate"], found.attrs["method"]["large"]) == (0.035, 0.07)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda survey: agreement.scale_reliability(survey, which=("alfa",)), "alpha"),
        (lambda survey: agreement.scale_reliability(survey, "lvl"), "level"),
        (lambda survey: agreement.scale_reliability(survey, scales={}), "name the scales"),
        (lambda survey: agreement.scale_items(survey, {"one": ("no_time",)}), "two items"),
        (lambda survey: agreement.scale_equivalence(survey, "level", {"two": SCALES["two"]}), "three items"),
    ],
)
def test_refusals_of_scales(survey: Survey, call, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        call(survey)


def test_codes_in_the_order_of_the_codebook_with_their_words(ontario: FocusGroups) -> None:
    found = agreement.code_agreement(ontario, resamples=20)
    codes = list(dict.fromkeys(found["code"]))
    assert codes == [*ontario.codes["code"], "all"]
    assert found.columns.tolist()[:8] == ["code", "family", "coefficient", "n", "estimate", "low", "high", "reason"]
    named = found[found["code"].ne("all")]
    assert named["label_fr"].ne("").all() and named["family"].ne("").all()
    alone = agreement.passage_agreement(ontario)
    assert found["estimate"].tolist() == alone["estimate"].tolist()
    assert found["n"].eq(369).all()
    # How often a code stands in chosen passages is a count: no interval, while agreement keeps its own.
    counted = found["coefficient"].eq("prevalence")
    assert found.loc[counted, ["low", "high"]].isna().all(axis=None) and found.loc[counted, "reason"].eq("").all()
    assert found.loc[found["coefficient"].eq("kappa"), "low"].notna().any()


def test_ratings_with_an_order_have_coefficients_that_know_it(ontario: FocusGroups) -> None:
    found = agreement.descriptor_agreement(ontario, fields=("stance", "intensity"), resamples=0)
    by_field = found.groupby("code", sort=False)["coefficient"].agg(list).to_dict()
    assert by_field == {
        "stance": ["agreement", "kappa", "ac1", "alpha_nominal"],
        "intensity": ["agreement", "kappa_linear", "ac2_linear", "alpha_ordinal"],
    }
    with pytest.raises(UsageError, match="stance"):
        agreement.descriptor_agreement(ontario, fields=("stanse",))


def test_settled_by_hand(ontario: FocusGroups) -> None:
    """Five passages: agreed; as the first; as the second; as neither; agreed and changed."""
    names = [f"S{number}" for number in range(1, 6)]
    segments = ontario.segments.head(5).assign(segment_id=names, duplicate_of="", is_heading=False, participants=True)
    rated = ontario.ratings.head(1)
    coders = ("a", "b", "consensus")
    ratings = pd.concat([rated.assign(segment_id=name, coder=coder) for name in names for coder in coders])
    given = {
        "S1": ("x y", "y x", "x y"),
        "S2": ("x", "y", "x"),
        "S3": ("x", "", ""),
        "S4": ("x", "y", "x y"),
        "S5": ("x", "x", "y"),
    }
    rows = [
        (name, coder, code)
        for name, each in given.items()
        for coder, codes in zip(coders, each, strict=True)
        for code in codes.split()
    ]
    codings = pd.DataFrame(rows, columns=["segment_id", "coder", "code"])
    small = replace(ontario, segments=segments, ratings=ratings.reset_index(drop=True), codings=codings)
    found = agreement.settled(small)
    codes = found[found["code"].eq("codes")].set_index("outcome")["n"]
    assert codes.to_dict() == {"agreed": 1, "first": 1, "second": 1, "neither": 1, "changed": 1}
    stance = found[found["code"].eq("stance")].set_index("outcome")["n"]
    assert stance.to_dict() == {"agreed": 5, "first": 0, "second": 0, "neither": 0, "changed": 0}
    turned = agreement.settled(small, ("b", "a"))
    assert turned.loc[turned["code"].eq("codes"), "n"].tolist() == [1, 1, 1, 1, 1]


def test_settled_adds_up_with_the_agreement(ontario: FocusGroups) -> None:
    found = agreement.settled(ontario)
    assert found.groupby("code")["n"].sum().eq(found["base"].iloc[0]).all()
    counts = found.pivot(index="code", columns="outcome", values="n")
    alike = counts["agreed"] + counts["changed"]
    together = agreement.code_agreement(ontario, resamples=0)
    share = together[together["code"].eq("all") & together["coefficient"].eq("agreement")]["estimate"].iloc[0]
    assert alike["codes"] == pytest.approx(share * 369)
    ratings = agreement.descriptor_agreement(ontario, resamples=0)
    for _, row in ratings[ratings["coefficient"].eq("agreement")].iterrows():
        assert alike[row["code"]] == pytest.approx(row["estimate"] * 369), row["code"]


@pytest.mark.parametrize("coders", [("a",), ("a", "a"), ("a", "consensus"), "ab"])
def test_settled_is_between_two_coders(ontario: FocusGroups, coders) -> None:
    with pytest.raises(UsageError, match="two different coders"):
        agreement.settled(ontario, coders)


def test_settled_needs_a_consensus(ontario: FocusGroups) -> None:
    alone = replace(ontario, ratings=ontario.ratings[ontario.ratings["coder"].ne("consensus")])
    with pytest.raises(UsageError, match="consensus"):
        agreement.settled(alone)


def test_what_a_study_says_of_its_coders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = studies.read("ontario").evidence["focus_groups"].agreement
    assert "likely higher than people would reach" in said["en"] and "probablement plus élevé" in said["fr"]
    assert studies.read("ontario").evidence["survey"].agreement == {}
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    small_survey.study(tmp_path)
    path = tmp_path / "data" / "raw" / "mine" / "study.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('label.en = "Survey"', 'agreement.en = "x"\nlabel.en = "Survey"'),
        "utf-8",
    )
    with pytest.raises(StudyError, match="agreement"):
        studies.read("mine")


def test_intervals_are_the_same_each_time(ontario: FocusGroups) -> None:
    one, other = (agreement.code_agreement(ontario, resamples=50) for _ in range(2))
    assert one.equals(other)
    estimated = one["reason"].eq("") & one["coefficient"].ne("prevalence")
    assert np.isfinite(one.loc[estimated, ["low", "high"]].to_numpy(dtype=float)).all()
