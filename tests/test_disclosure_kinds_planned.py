"""Declared tables of the next survey: right numbers, scope, release, options, clear refusals."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from digiskills import answers, next_survey, survey
from digiskills import study as studies
from digiskills.disclosure import DeclaredTable, estimate, release
from digiskills.disclosure.kinds.planned import OF_ROUTES
from digiskills.errors import UsageError
from digiskills.estimates import Estimand

SKILL = "data_analysis"
SHORT = Estimand(f"gap:{SKILL}", f"gap:{SKILL}", ("1", "2", "3", "4"))
SIZE = ("department_size",)
KEYS = ("item", "department_size", "level", "part", "withheld")


@pytest.fixture(scope="module")
def ontario() -> studies.Study:
    return studies.read("ontario")


@pytest.fixture(scope="module")
def count(ontario: studies.Study):
    waves = {name: survey.read(ontario, name) for name in ("2023", "2025")}
    counted: dict[tuple[str, tuple[str, ...]], answers.Answers] = {}

    def known(wave: str, dimensions: tuple[str, ...]) -> tuple[survey.Survey, answers.Answers]:
        if (wave, dimensions) not in counted:
            counted[wave, dimensions] = answers.count(waves[wave], dimensions)
        return waves[wave], counted[wave, dimensions]

    return known


def needed(by: tuple[str, ...] = (), wave: str = "2025", where: tuple[tuple[str, str], ...] = (), **options: object):
    given = tuple(sorted({"skill": SKILL, **options}.items()))
    return DeclaredTable("", "ontario", "survey", "answers_needed", ("skills",), by, wave, where, given)


def change(by: tuple[str, ...] = (), wave: str = "2025", where: tuple[tuple[str, str], ...] = (), **options: object):
    return dataclasses.replace(needed(by, wave, where, **options), kind="detectable_change")


def test_answers_needed_are_those_of_the_statistics(ontario, count) -> None:
    found = estimate(needed(SIZE, margin=0.04), ontario, count)
    people, counted = count("2025", SIZE)
    response = ontario.wave("2025").response
    assert response == 0.45  # as the study declares
    told = next_survey.answers_needed(counted, SHORT, 0.04, by=SIZE, heads=people.heads, response=response)
    pd.testing.assert_frame_equal(found, told.drop(columns=OF_ROUTES))
    assert found.attrs["method"]["unit"] == "share"
    assert found.attrs["method"]["measure"] == "short_by_one"
    assert found.attrs["method"]["response"] == 0.45
    assert found["heads"].sum() == people.heads["heads"].sum()


def test_detectable_changes_are_those_of_the_statistics(ontario, count) -> None:
    found = estimate(change(SIZE, change=0.04, power=0.9), ontario, count)
    before, after = (count(wave, SIZE) for wave in ("2023", "2025"))
    told = next_survey.detectable_change(
        before[1], after[1], SHORT, 0.04, by=SIZE, heads=after[0].heads, response=0.45, power_wanted=0.9
    )
    pd.testing.assert_frame_equal(found, told)
    assert found.attrs["method"]["waves"] == ("2023", "2025")
    declared = estimate(change(SIZE, change=0.04, power=0.9, since="2023"), ontario, count)
    pd.testing.assert_frame_equal(found, declared)


def test_all_skills_stand_where_none_is_named(ontario, count) -> None:
    every = estimate(needed(skill="all"), ontario, count)
    assert every["item"].tolist() == [f"gap:{pair.skill}" for pair in ontario.codebook.pairs()]
    assert every["margin_wanted"].eq(0.05).all()
    alone = estimate(needed(), ontario, count)
    assert alone["n_needed"].tolist() == every.loc[every["item"].eq(SHORT.name), "n_needed"].tolist()


@pytest.mark.parametrize("kind", [needed, change])
def test_a_scope_limits_answers_and_people(ontario, count, kind) -> None:
    scope = (("level", "executive"),)
    scoped = estimate(kind(where=scope), ontario, count).iloc[0]
    everyone = estimate(kind(), ontario, count).iloc[0]
    assert scoped["n"] < everyone["n"] and scoped["heads"] < everyone["heads"]
    row = estimate(kind(("level",), where=scope), ontario, count)
    assert row["level"].tolist() == ["executive"]
    name = "margin_now" if kind is needed else "change_detectable"
    assert row[name].iloc[0] == pytest.approx(scoped[name]) and scoped[name] > everyone[name]


def test_routes_stand_apart(ontario, count) -> None:
    whole = estimate(needed(SIZE), ontario, count).set_index("department_size")
    apart = estimate(needed(SIZE, apart=True), ontario, count)
    assert len(apart) == 2 * len(whole) - 1 and list(apart["part"][:2]) == ["people", "departments"]
    assert apart.attrs["method"]["unit"] == "share"
    for part, (route, column) in {
        "people": ("people", "n_same_clusters"),
        "departments": ("clusters", "n_same_take"),
    }.items():
        rows = apart[apart["part"].eq(part)].set_index("department_size")
        pd.testing.assert_series_equal(rows["n_needed"], whole[column].loc[rows.index], check_names=False)
        assert rows["route"].eq(route).all()
        assert rows["note"].eq("reached").equals(rows["n_needed"] <= rows["n"])
        assert rows["note"].eq("not_reachable").equals(rows["n_needed"].isna())
        same = whole["route"].eq(route).loc[rows.index]
        assert np.allclose(rows["invitations_needed"][same], whole["invitations_needed"].loc[rows.index][same])
        known = rows.dropna(subset="n_needed")
        assert (known["invitations_needed"] <= known["heads"]).all()
        assert (known["invitations_needed"] >= known["n_needed"]).all()
    people = apart[apart["part"].eq("people")].set_index("department_size")
    assert people.loc["micro", "note"] == "not_reachable"  # 16 of 25 departments, all their people
    assert people["clusters_needed"].isna().all()


def test_all_departments_taken_leaves_one_route(ontario, count) -> None:
    apart = estimate(needed(SIZE, margin=0.01, apart=True), ontario, count)
    last = apart[apart["department_size"].eq("very_large")].set_index("part")
    assert list(last.index) == ["people"] and last.loc["people", "note"] in ("all_clusters", "not_reachable")


def test_nobody_is_invited_who_does_not_exist(ontario, count) -> None:
    for by in (SIZE, (*SIZE, "level")):
        found = estimate(needed(by), ontario, count).dropna(subset="invitations_needed")
        assert len(found) and (found["invitations_needed"] <= found["heads"]).all()
        assert found["invitations_needed"].ge(found["n_needed"]).all()


@pytest.mark.parametrize("kind", [needed, change])
def test_withheld_rows_hold_no_number(ontario, count, kind) -> None:
    table = kind(("department_size", "level"))
    shown = release(estimate(table, ontario, count), table, ontario, plan=None, language="en", smallest_group=100).frame
    gone = shown["withheld"].ne("")
    assert 0 < gone.sum() < len(shown)
    columns = [name for name in shown if name not in KEYS]
    assert shown.loc[gone, columns].isna().all(axis=None)
    smaller = shown.loc[~gone, [name for name in ("n", "n_before") if name in shown]].min(axis=1)
    assert (smaller >= 100).all() and shown.loc[~gone, "n_needed"].notna().any()


def test_a_wave_before_with_few_answers_withholds_a_change(ontario, count) -> None:
    table = change(SIZE)
    frame = estimate(table, ontario, count).assign(n_before=9.0)
    shown = release(frame, table, ontario, plan=None, language="en").frame
    assert shown["withheld"].eq("few_answers").all()


@pytest.mark.parametrize("kind", [needed, change])
def test_released_numbers_are_rounded(ontario, count, kind) -> None:
    table = kind(SIZE)
    exact = estimate(table, ontario, count)
    shown = release(exact, table, ontario, plan=None, language="en").frame
    for name in shown.select_dtypes("number"):
        assert np.allclose(shown[name].dropna(), shown[name].dropna().round(4), atol=1e-12), name
    invited = shown["invitations_needed"].dropna()
    assert len(invited) and (invited % 10 == 0).all()
    assert (shown["invitations_needed"] - exact["invitations_needed"]).abs().max() <= 5
    assert (shown["n_needed"].dropna() % 1 == 0).all()


def test_response_moves_invitations_and_what_is_in_reach(ontario, count) -> None:
    usual, low, all_of_them = (
        estimate(needed(SIZE, **given), ontario, count) for given in ({}, {"response": 0.3}, {"response": 1})
    )
    assert (low["invitations_needed"] >= usual["invitations_needed"]).all()
    assert (low["invitations_needed"] > usual["invitations_needed"]).any()
    assert (all_of_them["invitations_needed"] < usual["invitations_needed"]).all()
    assert (usual["invitations_needed"] <= usual["heads"]).all()
    waves = tuple(dataclasses.replace(wave, response=None) for wave in ontario.waves)
    silent = dataclasses.replace(ontario, waves=waves)

    def unknown(wave: str, dimensions: tuple[str, ...]) -> tuple[survey.Survey, answers.Answers]:
        people, counted = count(wave, dimensions)
        return dataclasses.replace(people, wave=silent.wave(wave)), counted

    found = estimate(needed(SIZE), silent, unknown)
    assert found["invitations_needed"].isna().all() and found["n_needed"].notna().any()
    assert found.attrs["method"]["response"] == "not known"


def test_likeness_of_departments_can_be_given(ontario, count) -> None:
    found = {icc: estimate(needed(SIZE, icc=icc, margin=0.08), ontario, count) for icc in (0, 0.05)}
    assert found[0.05]["icc"].eq(0.05).all()
    alike, apart = (found[icc].set_index("department_size")["n_needed"] for icc in (0.05, 0))
    # very large departments are all in the sample: that they differ gives no variance
    assert (alike >= apart).drop("very_large").all() and (alike > apart).any()


def test_barriers_and_levels_have_their_own_unit(ontario, count) -> None:
    barrier, level = (
        estimate(dataclasses.replace(needed(skill="all"), items=(items,)), ontario, count)
        for items in ("barrier", "held")
    )
    assert (barrier.attrs["method"]["unit"], level.attrs["method"]["unit"]) == ("share", "levels")
    assert barrier["estimate"].between(0, 1).all() and level["estimate"].gt(1).all()
    with pytest.raises(UsageError, match="answers_needed: items on barriers and others"):
        estimate(dataclasses.replace(needed(skill="all"), items=("barrier", "held")), ontario, count)


def test_what_cannot_be_planned_is_said(ontario, count) -> None:
    with pytest.raises(UsageError, match="did you mean ‘data_analysis’"):
        estimate(needed(skill="data_analysys"), ontario, count)
    with pytest.raises(UsageError, match="2023 is the first one"):
        estimate(change(wave="2023"), ontario, count)
    with pytest.raises(UsageError, match="margin"):
        estimate(needed(margin=5.0), ontario, count)
    with pytest.raises(UsageError, match="power"):
        estimate(change(power=80.0), ontario, count)
    with pytest.raises(UsageError, match="response"):
        estimate(needed(response=45.0), ontario, count)
    hidden = dataclasses.replace(ontario, design=dataclasses.replace(ontario.design, intervals=False))
    with pytest.raises(UsageError, match="no errors of its design"):
        estimate(needed(), hidden, count)
