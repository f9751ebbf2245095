"""Declared tables of scales, coders and other choices: right numbers, what is withheld, scopes and refusals."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from digiskills import agreement, answers, charts, focus_groups, survey, words
from digiskills import study as studies
from digiskills.disclosure import DeclaredTable, estimate, make, release
from digiskills.disclosure.keys import cell_keys
from digiskills.errors import UsageError
from digiskills.gaps import robustness
from digiskills.notebook import open_study
from digiskills.reports import carried, declared

SCALES = ("reliability", "item_rest", "equivalence")
CHOICES = ("robustness", "robustness_range", "robustness_order")
ONTARIO = studies.read("ontario")
APPROVALS = "barrier_approvals_1"


def table(kind: str, **more: object) -> DeclaredTable:
    items = more.pop("items", ("skills",) if kind in CHOICES else ())
    return DeclaredTable("07-x", "ontario", "survey", kind, items, more.pop("by", ()), "2025", **more)


def scope(**where: str) -> tuple[tuple[str, str], ...]:
    return tuple(where.items())


def given(**options: object) -> tuple[tuple[str, object], ...]:
    return tuple(options.items())


@pytest.fixture(scope="module")
def wave() -> survey.Survey:
    return survey.read(ONTARIO, "2025")


@pytest.fixture(scope="module")
def count(wave: survey.Survey):
    return lambda _, dimensions: (wave, answers.count(wave, dimensions))


def shown(frame: pd.DataFrame, of: DeclaredTable, smallest_group: int = 0) -> pd.DataFrame:
    return release(frame, of, ONTARIO, plan=None, language="en", smallest_group=smallest_group).frame


def counted(frame: pd.DataFrame):
    """Count the answers of some respondents in place of the survey's."""
    wave = dataclasses.replace(survey.read(ONTARIO, "2025"), frame=frame)
    return lambda _, dimensions: (wave, answers.count(wave, dimensions))


# The numbers


def test_scales_have_the_numbers_of_the_statistics(wave, count) -> None:
    told = agreement.scale_reliability(wave)
    found = estimate(table("reliability"), ONTARIO, count)
    pd.testing.assert_frame_equal(found, told.assign(n=told["fewest"]), check_names=False)
    assert found.groupby("item")["n"].nunique().eq(1).all()  # one meaning for all coefficients of a scale
    found = estimate(table("item_rest"), ONTARIO, count)
    pd.testing.assert_frame_equal(found.drop(columns="fewest"), agreement.scale_items(wave))
    languages = estimate(table("equivalence", options=given(groups="answer_language")), ONTARIO, count)
    expected = agreement.scale_equivalence(wave, "answer_language")
    pd.testing.assert_frame_equal(languages.drop(columns="clusters"), expected.drop(columns="clusters"))


def test_the_thinnest_pair_of_a_scale_is_counted_by_hand(wave, count) -> None:
    found = estimate(table("item_rest"), ONTARIO, count).set_index("scale")["fewest"]
    names = agreement.scales_of(ONTARIO.codebook)["literacy"]
    known = np.column_stack([np.isfinite(wave.scores(name)) for name in names]).astype(int)
    assert found["literacy"].unique().tolist() == [(known.T @ known).min()]


def test_a_scale_in_a_scope_is_of_its_respondents_alone(wave, count) -> None:
    managers = np.asarray(wave.dimension("level"), dtype=object) == "manager"
    alone = dataclasses.replace(wave, frame=wave.frame[managers].reset_index(drop=True))
    found = estimate(table("reliability", where=scope(level="manager")), ONTARIO, count)
    told = agreement.scale_reliability(alone)
    pd.testing.assert_frame_equal(found, told.assign(n=told["fewest"]))
    by_level = estimate(table("reliability", by=("level",)), ONTARIO, count)
    rows = by_level[by_level["level"].eq("manager")].set_index(["item", "coefficient"])["estimate"]
    same = found.set_index(["item", "coefficient"])["estimate"].reindex(rows.index)
    assert rows.to_numpy() == pytest.approx(same.to_numpy())


def test_choices_have_the_numbers_of_the_cards(wave, count) -> None:
    counts, pairs = answers.count(wave, ()), ONTARIO.codebook.pairs()
    skills = robustness.skill_card(counts, pairs)
    pd.testing.assert_frame_equal(estimate(table("robustness"), ONTARIO, count).drop(columns="apart"), skills)
    of_barrier = table("robustness", items=("barrier",), options=given(barrier=APPROVALS))
    expected = robustness.barrier_card(counts, [ONTARIO.codebook.item(APPROVALS)])
    pd.testing.assert_frame_equal(estimate(of_barrier, ONTARIO, count).drop(columns="apart"), expected)
    same = table("robustness_range", options=given(among="same_question"))
    found = estimate(same, ONTARIO, count).drop(columns="apart")
    pd.testing.assert_frame_equal(found, robustness.summary(skills, "same_question"))
    order = estimate(table("robustness_order"), ONTARIO, count).drop(columns="apart")
    both = [skills, robustness.skill_card(counts, pairs, "mean_gap")]
    pd.testing.assert_frame_equal(order, robustness.orders(both))


@pytest.mark.parametrize("measure", ["below_minimum", "t_shaped"])
def test_what_several_answers_say_together_has_its_card(wave, count, measure) -> None:
    card = robustness.minimum_card if measure == "below_minimum" else robustness.t_shape_card
    found = estimate(table("robustness", items=(), options=given(measure=measure)), ONTARIO, count)
    pd.testing.assert_frame_equal(found.drop(columns="apart"), card(wave))


def test_one_skill_is_an_option(count) -> None:
    one = estimate(table("robustness", options=given(skill="data_analysis")), ONTARIO, count)
    every = estimate(table("robustness", options=given(skill="all")), ONTARIO, count)
    assert set(one["item"]) == {"data_analysis"} and every["item"].nunique() == 9
    mean = estimate(table("robustness", options=given(measure="mean_gap")), ONTARIO, count)
    assert mean.attrs["method"]["measure"] == "mean_gap"


# What is withheld


def test_who_does_not_know_is_counted_by_hand(wave, count) -> None:
    barrier = table("robustness", items=("barrier",), options=given(barrier=APPROVALS))
    rows = estimate(barrier, ONTARIO, count).set_index(["choice", "option"])
    unsure = (np.asarray(wave.answers(APPROVALS), dtype=object) == "dont_know").sum()
    assert rows.loc[("dont_know", "in_base"), "apart"] == unsure
    assert np.isnan(rows.loc[("dont_know", "excluded"), "apart"])


def few_unsure(wave: survey.Survey, left: int) -> pd.DataFrame:
    """Respondents of whom only some do not know whether approvals are too many."""
    unsure = np.flatnonzero(np.asarray(wave.answers(APPROVALS), dtype=object) == "dont_know")
    return wave.frame.drop(index=wave.frame.index[unsure[left:]]).reset_index(drop=True)


def test_a_row_that_tells_a_few_by_subtraction_is_withheld(wave) -> None:
    barrier = table("robustness", items=("barrier",), options=given(barrier=APPROVALS))
    for left, gone in ((9, True), (10, False)):
        frame = shown(estimate(barrier, ONTARIO, counted(few_unsure(wave, left))), barrier)
        row = frame.set_index(["choice", "option"]).loc[("dont_know", "in_base")]
        assert (row["withheld"] != "") is gone
        assert row[["n", "clusters", "estimate", "se", "low", "high", "apart"]].isna().all() == gone
        assert frame["withheld"].ne("").sum() == gone


def test_ranges_and_orders_do_not_tell_them_either(wave) -> None:
    items = ("barrier_approvals_1", "barrier_approvals_2", "barrier_approvals_3")
    count = counted(few_unsure(wave, 5))
    whole = robustness.barrier_card(count("", ())[1], [ONTARIO.codebook.item(APPROVALS)])
    without = whole[whole["option"].ne("in_base")].reset_index(drop=True)
    without.attrs = whole.attrs
    found = estimate(table("robustness_range", items=items), ONTARIO, count).set_index("item").loc[APPROVALS]
    expected = robustness.summary(without).iloc[0]
    assert found[["lowest", "highest", "ratio"]].tolist() == expected[["lowest", "highest", "ratio"]].tolist()
    assert found["apart"] >= 10
    order = estimate(table("robustness_order", items=items), ONTARIO, count)
    row = order[order["item"].eq(APPROVALS)].set_index(["choice", "option"])
    assert row.loc[("dont_know", "in_base"), "n"] == row.loc[("headline", "headline"), "n"]


def test_a_raised_threshold_withholds_what_hangs_on_fewer(count) -> None:
    ranges = table("robustness_range", items=("barrier",))
    frame = estimate(ranges, ONTARIO, count)
    raised = int(frame["apart"].min()) + 1
    found = shown(frame, ranges, raised)
    assert found["withheld"].ne("").tolist() == frame["apart"].lt(raised).tolist()
    assert found.loc[found["withheld"].ne(""), ["lowest", "highest", "ratio"]].isna().all(axis=None)


def test_scales_are_withheld_by_their_thinnest_pair(count) -> None:
    by_level = table("reliability", by=("level",))
    frame = estimate(by_level, ONTARIO, count)
    threshold = int(frame["fewest"].min()) + 1
    assert frame["n"].equals(frame["fewest"]), "the number shown is the one that decides"
    found = shown(frame, by_level, threshold)
    assert found["withheld"].ne("").tolist() == frame["fewest"].lt(threshold).tolist()
    gone = found[found["withheld"].ne("")]
    assert gone[["items", "n", "fewest", "clusters", "estimate", "low", "high"]].isna().all(axis=None)


def test_the_smallest_group_decides_on_equivalence(wave, count) -> None:
    small = table("equivalence", where=scope(department_size="micro"))
    frame = estimate(small, ONTARIO, count)
    assert frame["fewest"].lt(10).all() and frame["n"].gt(100).all()
    assert shown(frame, small)["withheld"].ne("").all()
    languages = wave.frame["answer_language"].astype(object)
    departments = wave.cluster.astype(str).groupby(languages.to_numpy()).nunique()
    found = estimate(table("equivalence", options=given(groups="answer_language")), ONTARIO, count)
    assert found["clusters"].le(departments[["en", "fr"]].min()).all()


@pytest.mark.parametrize("kind", [*SCALES, *CHOICES])
def test_each_row_has_a_key_of_its_own(count, kind) -> None:
    of = table(kind)
    keys = cell_keys(estimate(of, ONTARIO, count), of.by)
    assert len(set(keys)) == len(keys)


def test_the_plan_withholds_cell_by_cell(count) -> None:
    by_level = table("reliability", by=("level",))
    strict = dataclasses.replace(ONTARIO, release=dataclasses.replace(ONTARIO.release, smallest_group=300))
    planned = make(strict, [by_level], count).withheld[by_level.specification]
    frame = estimate(by_level, ONTARIO, count)
    assert len(planned) == frame["fewest"].lt(300).sum() > 0
    released = release(frame, by_level, ONTARIO, plan=make(strict, [by_level], count), language="en").frame
    assert released["withheld"].ne("").sum() == len(planned)


def test_fine_numbers_are_rounded(count) -> None:
    for kind, names in (
        ("item_rest", ["estimate", "mean", "sd", "alpha_if_dropped"]),
        ("equivalence", ["estimate", "chi2"]),
        ("robustness_range", ["estimate", "lowest", "highest", "ratio"]),
    ):
        numbers = shown(estimate(table(kind), ONTARIO, count), table(kind))[names].astype(float)
        pd.testing.assert_frame_equal(numbers, numbers.round(4), rtol=0, atol=1e-12)


# Scopes and refusals


def test_one_group_has_none_to_be_compared_with(count) -> None:
    alone = table("equivalence", where=scope(level="manager"))
    frame = estimate(alone, ONTARIO, count)
    assert len(frame) == 37 and frame["reason"].eq("one_group").all() and frame["estimate"].isna().all()
    drawn = open_study("ontario", "en", level="manager").survey().scales.equivalence()
    said = words.findings_equivalence(drawn)
    assert len(said) == 1 and "one group" in said[0] and "no question" in said[0]
    assert words.alt_text("dots", drawn).startswith("Dot plot: ")
    charts.dots(drawn)


def test_a_scope_limits_what_several_answers_say_together(wave, count) -> None:
    of = table("robustness", items=(), options=given(measure="below_minimum"), where=scope(level="manager"))
    expected = robustness.minimum_card(wave, where={"level": "manager"})
    pd.testing.assert_frame_equal(estimate(of, ONTARIO, count).drop(columns="apart"), expected)


@pytest.mark.parametrize("kind", CHOICES)
def test_a_scope_limits_each_card_to_its_people(wave, count, kind) -> None:
    found = estimate(table(kind, where=scope(level="manager")), ONTARIO, count)
    managers = (np.asarray(wave.dimension("level"), dtype=object) == "manager").sum()
    assert found["n"].max() <= managers < estimate(table(kind), ONTARIO, count)["n"].min()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        *((table(kind, by=("level",)), "no breakdown") for kind in (*SCALES[1:], *CHOICES)),
        (table("reliability", by=("level", "department_size")), "one dimension at most"),
        (table("equivalence", options=given(groups="levle")), "did you mean ‘level’"),
        (table("robustness", options=given(skill="data_analisis")), "did you mean ‘data_analysis’"),
        (table("robustness", options=given(measure="below_minimum")), "of skills there is no"),
        (table("robustness", items=(), options=given(measure="mean_gap")), "without items there is no"),
        (table("robustness", items=("barrier",), options=given(barrier="approvals")), "the table has no ‘approvals’"),
        (table("robustness", items=("barriers",)), "no item or role"),
        (table("robustness_range", options=given(among="some")), "among"),
        (table("robustness_order", options=given(skill="data_analysis")), "no first 3"),
        (table("reliability", where=scope(level="boss")), "boss"),
    ],
)
def test_what_does_not_exist_or_would_tell_is_refused(count, wrong, message) -> None:
    with pytest.raises(UsageError, match=message):
        estimate(wrong, ONTARIO, count)


# Coders


def test_coders_have_the_numbers_of_the_statistics() -> None:
    coders = open_study("ontario", "en").focus_groups().coders
    coded = focus_groups.read(ONTARIO)
    assert coders.names == ["a", "b"] and repr(coders) == "2 coders"
    for found, expected in (
        (coders.codes(), agreement.code_agreement(coded)),
        (coders.ratings(), agreement.descriptor_agreement(coded)),
        (coders.settled(), agreement.settled(coded)),
    ):
        pd.testing.assert_frame_equal(found.frame.drop(columns="withheld"), expected)
        assert found.evidence == "focus_groups" and found.method["unit"] == "passages"
    assert coders.codes().table.specification != coders.ratings().table.specification


def test_one_coder_has_nobody_to_agree_with() -> None:
    opened = open_study("ontario", "en").focus_groups()
    ratings = opened.coded.ratings[opened.coded.ratings["coder"].ne("b")]
    alone = dataclasses.replace(opened, coded=dataclasses.replace(opened.coded, ratings=ratings))
    with pytest.raises(UsageError, match="a second is needed"):
        alone.coders.codes()


# A study that cannot answer


def entry() -> dict[str, object]:
    return next(each for each in declared.read()["report"] if each["notebook"] == "07-how-reliable")


def lacks_of(study: studies.Study, kind: str) -> list[str]:
    """Return what a study lacks for the tables of a kind in the notebook."""
    tables = [each for each in entry()["table"] if each["kind"] == kind]  # type: ignore[attr-defined]
    return [lack for table in tables for lack in carried.lacking(table, study)]


def test_its_tables_of_coders_are_left_out_where_there_are_no_focus_groups_or_one_coder(tmp_path: Path) -> None:
    assert declared.unanswered(entry(), ONTARIO) == ""
    assert lacks_of(studies.read("wa-eps-2015"), "settled") == ["evidence focus_groups"]
    assert lacks_of(studies.read("wa-eps-2015"), "reliability") == []
    folder = tmp_path / ONTARIO.evidence["focus_groups"].folder
    folder.mkdir()
    moved = dataclasses.replace(ONTARIO, folder=tmp_path)
    moved.__dict__["codebook"] = ONTARIO.codebook
    assert lacks_of(moved, "settled") == ["a second coder"]
    for coders, lacks in (("a", ["a second coder"]), ("ab", [])):
        rows = [f"KS001,{coder}\n" for coder in (*coders, "consensus")]
        (folder / "ratings.csv").write_text("segment_id,coder\n" + "".join(rows), encoding="utf-8")
        assert lacks_of(moved, "settled") == lacks


def test_a_project_has_several_coders_where_one_is_the_consensus() -> None:
    for coder, lacks in (("", ["a second coder"]), ("Third", [])):
        project = dataclasses.replace(ONTARIO.evidence["focus_groups"], file="x.qdpx", coder=coder)
        other = dataclasses.replace(ONTARIO, evidence={**ONTARIO.evidence, "focus_groups": project})
        other.__dict__["codebook"] = ONTARIO.codebook
        assert lacks_of(other, "settled") == lacks
    assert carried.CONSENSUS == focus_groups.CONSENSUS


def test_the_notebook_is_left_out_where_a_question_is_not_asked() -> None:
    table = {"id": "07-x", "evidence": "survey", "kind": "robustness", "options": {"barrier": "barrier_moon"}}
    assert declared.unanswered({"table": [table]}, ONTARIO) == "question barrier_moon"
