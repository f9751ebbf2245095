"""What a study declares, and what is said of a study that declares it wrongly."""

import datetime
from pathlib import Path

import pytest

from digiskills import study
from digiskills.errors import StudyError, UsageError
from digiskills.study.dimensions import dimensions
from digiskills.study.problems import Problems
from digiskills.study.release import release

SMALL = """
title.en = "T"
title.fr = "T"
[evidence.survey]
kind = "synthetic"
label.en = "Survey"
label.fr = "Sondage"
[dimensions.department_size]
label.en = "Size"
label.fr = "Taille"
categories = [{ name = "small", label.en = "Small", label.fr = "Petit", code = "1" }]
[dimensions.level]
item = "D14"
label.en = "Level"
label.fr = "Niveau"
categories = [{ name = "staff", label.en = "Staff", label.fr = "Personnel" }]
[[waves]]
name = "2025"
date = 2025-05-31
file = "b.csv"
[[waves]]
name = "2023"
date = 2023-05-31
file = "a.csv"
"""


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))

    def write(text: str) -> None:
        folder = tmp_path / "data" / "raw" / "mine"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "study.toml").write_text(text, encoding="utf-8")

    return write


def test_ontario_declares_what_the_design_asks() -> None:
    ontario = study.read("ontario")
    assert {name: evidence.kind for name, evidence in ontario.evidence.items()} == {
        "survey": "synthetic",
        "focus_groups": "collected",
        "published": "published",
    }
    assert ontario.dimension("department_size").names == ("micro", "small", "medium", "large", "very_large")
    assert ontario.dimension("level").label("staff", "fr") == "Personnel"
    assert (ontario.release.smallest_group, ontario.release.fewest_clusters) == (10, 3)


def test_dimensions_of_ontario_are_answers_of_its_codebook() -> None:
    ontario = study.read("ontario")
    for dimension in ontario.dimensions.values():
        answers = {choice.name for choice in ontario.codebook.item(dimension.item).answers}
        assert {category.code for category in dimension.categories} == answers


def test_waves_stand_in_order_of_time(declare) -> None:
    declare(SMALL)
    mine = study.read("mine")
    assert [wave.name for wave in mine.waves] == ["2023", "2025"]
    assert mine.wave("latest").date == datetime.date(2025, 5, 31)
    assert mine.wave("2023").file == "a.csv"
    assert mine.dimension("level").item == "D14"
    assert mine.dimension("department_size").categories[0].code == "1"
    with pytest.raises(UsageError, match="no wave ‘2024’: did you mean"):
        mine.wave("2024")
    with pytest.raises(UsageError, match="did you mean ‘level’"):
        mine.dimension("levels")


def test_a_wave_may_say_how_many_of_those_invited_answered(declare) -> None:
    declare(SMALL.replace("date = 2023-05-31", "date = 2023-05-31\nresponse = 0.5"))
    assert [wave.response for wave in study.read("mine").waves] == [0.5, None]
    for wrong in ("45", "0", '"half"', "true"):
        declare(SMALL.replace("date = 2023-05-31", f"date = 2023-05-31\nresponse = {wrong}"))
        with pytest.raises(StudyError, match=r"waves\[2\]\.response"):
            study.read("mine")


def test_every_problem_is_named_at_once(declare) -> None:
    declare(
        SMALL.replace('kind = "synthetic"', 'kind = "made up"')
        .replace('title.fr = "T"', "")
        .replace("date = 2023-05-31", 'date = "2023"')
        + '[release]\nsmallest_group = 1\n[design]\nwieght = "w"\nlonely_cluster = "drop"\n'
    )
    with pytest.raises(StudyError) as caught:
        study.read("mine")
    keys = {problem.column for problem in caught.value.problems}
    assert keys == {
        "evidence.survey.kind",
        "title.fr",
        "waves[2].date",
        "release.smallest_group",
        "design.wieght",
        "design.lonely_cluster",
    }
    assert "did you mean ‘weight’?" in str(caught.value)


def test_required_dimensions_are_asked_for(declare) -> None:
    declare(SMALL.split("[dimensions.department_size]")[0])
    with pytest.raises(StudyError, match=r"dimensions\.department_size"):
        study.read("mine")


def test_an_unknown_study_and_broken_toml_are_said(declare) -> None:
    declare("title = ")
    with pytest.raises(UsageError, match="did you mean ‘mine’"):
        study.read("mne")
    with pytest.raises(StudyError, match="is not TOML"):
        study.read("mine")


def test_exhibits_may_be_left_out_of_a_study() -> None:
    problems = Problems()
    assert release({"leave_out": ["01-missing-answers"]}, problems).leave_out == ("01-missing-answers",)
    assert release({"leave_out": "01-missing-answers"}, problems).leave_out == ()
    assert release({"must_show": ["01-missing-answers"]}, problems).must_show == ("01-missing-answers",)
    assert release({"must_show": [1]}, problems).must_show == ()
    named = [(problem.column, problem.value) for problem in problems]
    assert named == [("release.leave_out", "01-missing-answers"), ("release.must_show", "[1]")]


def test_a_dimension_may_be_declared_absent_but_not_forgotten() -> None:
    level = {"label": {"en": "Level", "fr": "Niveau"}, "categories": [{"name": "a", "label": {"en": "A", "fr": "A"}}]}
    for without, columns in (
        (["department_size"], []),
        ((), ["dimensions.department_size"]),
        (["department_size", "level"], ["without"]),
        (["department_size", "region"], ["without"]),
        ("department_size", []),
    ):
        problems = Problems()
        assert set(dimensions({"level": level}, problems, without)) == {"level"}
        assert [problem.column for problem in problems] == columns, without
