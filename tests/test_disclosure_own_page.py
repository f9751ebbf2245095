"""A department's own page is a group of its own: what is left beside the pages of all others is not found either."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import small_survey

from digiskills import answers
from digiskills.disclosure import DEPARTMENT, DeclaredTable, Plan, Source, estimate, make
from digiskills.disclosure.pattern import pattern
from digiskills.disclosure.plan import Rows, waves
from digiskills.disclosure.rules import COMPLEMENTARY
from digiskills.disclosure.told import ALL, ANSWERED, Told, told
from digiskills.release import attack
from digiskills.study import Study
from digiskills.survey import Survey

NAMES = [f"d{number:02d}" for number in range(6)]


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    declared = small_survey.study(tmp_path)
    return dataclasses.replace(declared, release=dataclasses.replace(declared.release, departments=True))


@pytest.fixture
def survey(study: Study) -> Survey:
    return small_survey.survey(study, small_survey.received(5, 240, clusters=6))


def table(name: str, kind: str = "respondents", items: tuple[str, ...] = ()) -> DeclaredTable:
    where = ((DEPARTMENT, name),) if name else ()
    return DeclaredTable(f"10-{kind}", "mine", "survey", kind, items, (), "2025", where)


def counted(survey: Survey):
    return lambda wave, dimensions: (survey, answers.count(survey, dimensions))


def test_a_department_is_a_group_of_its_own(study: Study, survey: Survey) -> None:
    source = Source(table("d01", "means", ("held_data",)), study, counted(survey))
    ((everyone, answered, _),) = told(estimate(source.table, study, source.count), source)
    where = ((DEPARTMENT, "d01"),)
    assert everyone == Told("2025", "", (ALL,), where) and answered == Told("2025", "held_data", (ANSWERED,), where)


def rows_of(tables: list[DeclaredTable], study: Study, survey: Survey) -> list[Rows]:
    count = counted(survey)
    found = [(each, estimate(each, study, count)) for each in tables]
    return [Rows(each, [], [""] * len(frame), told(frame, Source(each, study, count))) for each, frame in found]


@pytest.mark.parametrize("kind", [("respondents", ()), ("means", ("held_data",))])
def test_the_last_department_without_a_page_is_not_left_over(
    kind: tuple[str, tuple[str, ...]], study: Study, survey: Survey
) -> None:
    tables = [table("", *kind), *(table(name, *kind) for name in NAMES[:-1])]
    rows = rows_of(tables, study, survey)
    (wave,) = waves(study, rows, counted(survey))
    assert wave.silent == [((DEPARTMENT, "d05"),)]
    shown = {cell: ("page",) for each in rows for cells in each.told for cell in cells}
    (leak, *_) = attack(wave, shown)
    people = int((survey.cluster == "d05").sum())
    assert people >= 10 and f"= {people}, respondents, department d05" in str(leak)
    withheld = pattern(wave)
    assert COMPLEMENTARY in withheld.values()
    assert not attack(wave, {cell: ("page",) for cell in shown if cell not in withheld})


def test_where_every_department_has_a_page_nothing_goes(study: Study, survey: Survey) -> None:
    plan: Plan = make(study, [table(""), *(table(name) for name in NAMES)], counted(survey))
    sizes = survey.cluster.value_counts()
    assert (sizes >= study.release.smallest_group).all() and not any(plan.withheld.values())


def test_few_people_are_withheld_on_their_page(study: Study, survey: Survey) -> None:
    frame = survey.frame[(survey.cluster != "d01") | (np.cumsum(survey.cluster == "d01") <= 7)].reset_index(drop=True)
    fewer = Survey(study, survey.wave, frame, None)
    plan = make(study, [table(""), *(table(name) for name in NAMES)], counted(fewer))
    reasons = {dict(each[6]).get(DEPARTMENT): list(cells.values()) for each, cells in plan.withheld.items() if cells}
    assert reasons["d01"] == ["few_answers"] and COMPLEMENTARY in [why for each in reasons.values() for why in each]
