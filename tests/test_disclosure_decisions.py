"""What people decide against the rules: with a reason or not at all; a headline that would have to go is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pandas as pd
import pytest
import small_survey

from digiskills import answers, disclosure
from digiskills.answers import Answers
from digiskills.disclosure import Count, DeclaredTable, overrides
from digiskills.disclosure.spare import Spare
from digiskills.disclosure.told import Told
from digiskills.disclosure.wave import Wave
from digiskills.errors import ReleaseError, StudyError
from digiskills.study import Release, Study

BY = [(), ("department_size",)]
TABLES = [DeclaredTable(f"01-{at}", "mine", "survey", "respondents", (), by, "2025") for at, by in enumerate(BY)]
PROMISED = [
    "wave,group,action,reason",
    "2025,department_size=small,keep,promised",
    "2025,department_size=large,keep,promised",
]


def undone(tmp_path: Path) -> tuple[Study, Count]:
    """Return a study of which one size has too few people, and the two others were promised to be shown."""
    study = small_survey.study(tmp_path)
    received = small_survey.received(3, 300)
    micro = received["department_size"].eq("micro")
    survey = small_survey.survey(study, pd.concat([received[micro].head(8), received[~micro]], ignore_index=True))
    (study.folder / "release.csv").write_text("\n".join(PROMISED), encoding="utf-8")
    return study, lambda wave, dimensions: (survey, answers.count(survey, dimensions))


def test_a_headline_that_would_have_to_go_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    study, count = undone(tmp_path)
    with pytest.raises(ReleaseError, match=r"unless the headline of respondents goes"):
        disclosure.make(study, TABLES, count)
    decided = [*PROMISED, "2025,,withhold,decided by the owner of the survey"]
    (study.folder / "release.csv").write_text("\n".join(decided), encoding="utf-8")
    plan = disclosure.make(study, TABLES, count)
    assert "override" in {why for cells in plan.withheld.values() for why in cells.values()}


def test_the_finest_table_of_a_default_set_goes_before_a_headline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    study, count = undone(tmp_path)
    level = DeclaredTable("01-level", "mine", "survey", "respondents", (), ("level",), "2025")
    tables = [*TABLES, level, replace(TABLES[1], id="05-again")]
    every = {table.id for table in tables}
    plan = disclosure.make(study, tables, count, may_go=every)
    assert plan.left_out == ("01-1", "05-again"), "both ids of one table, and not the headline or the levels"
    assert {table.id for table in plan.tables} == every - set(plan.left_out)
    assert not plan.ids(TABLES[1]) and TABLES[1].specification not in plan.withheld
    assert not any(plan.withheld.values()), "a table that nobody sees withholds nothing of another"
    disclosure.write_plan(plan)
    assert disclosure.read_plan("mine") == plan


@pytest.mark.parametrize("needed", [{"fine"}, {"coarse"}, {"fine", "coarse"}, {"fine", "middle", "coarse"}])
def test_no_more_tables_go_than_needed(needed: set[str]) -> None:
    cells = {
        name: frozenset(Told("2025", "no_time", ("chose", name), (("level", str(at)),)) for at in range(size))
        for name, size in (("coarse", 2), ("fine", 5), ("middle", 3))
    }
    headline = Told("2025", "no_time", ("n",), ())
    tables = [(frozenset({name}), told | {headline}) for name, told in cells.items()]
    tables += [(frozenset({"whole"}), frozenset({headline}))]
    every = tuple(sorted(frozenset().union(*cells.values(), {headline})))
    published = min(cells["fine"])
    wave = Wave("2025", cast(Answers, None), every, Release(), before={published: 12.0})
    spare = Spare(tables, {"coarse", "fine", "middle", "whole"})

    def is_met(less: Wave) -> bool:
        return not any((cells[name] - {published}) & set(less.told) for name in needed)

    left = spare.relieve(wave, "no_time", is_met)
    assert spare.gone == needed and is_met(left) and headline in left.told
    assert published in left.told, "an earlier edition is not taken back"


@pytest.mark.parametrize("may_go", [{"01-0"}, {"01-1"}, {"05-again"}])
def test_a_table_that_somebody_declared_stops_the_build(
    may_go: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table goes with all of its ids or not at all, and the headline is no table to go."""
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    study, count = undone(tmp_path)
    with pytest.raises(ReleaseError, match=r"unless the headline of respondents goes"):
        disclosure.make(study, [*TABLES, replace(TABLES[1], id="05-again")], count, may_go=may_go)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2025,department_size=micro,withhold,", "why, and who decided"),
        ("2025,department_size=tiny,withhold,x", "is no group"),
        ("2024,,withhold,x", "is no wave"),
        ("2025,,hide,x", "is no action"),
    ],
)
def test_a_decision_without_reason_or_object_stops_the_build(
    line: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    study = small_survey.study(tmp_path)
    (study.folder / "release.csv").write_text(f"wave,group,action,reason\n{line}\n", encoding="utf-8")
    with pytest.raises(StudyError, match=said):
        overrides.read(study, "2025")
