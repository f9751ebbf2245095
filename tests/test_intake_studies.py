"""The passports of the studies that come with the project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from digiskills import frameworks, paths, study
from digiskills.errors import StudyError
from digiskills.intake import passport

COPIED = {"focus_groups": "focus_groups", "frameworks": "frameworks", "published": "published"}


def test_ontario_is_what_its_passport_lists() -> None:
    assert [str(problem) for problem in passport.check(paths.raw("ontario"))] == []


@pytest.mark.parametrize("name", study.names())
def test_every_entry_says_what_it_is(name: str) -> None:
    folder = paths.raw(name)
    package = json.loads((folder / passport.FILE).read_text(encoding="utf-8"))
    for entry in package["resources"]:
        assert {"name", "path", "title", "format", "hash", "bytes", "evidence", "licenses"} <= set(entry), entry["path"]
        assert entry["disclosure_level"] in ("public", "private")
        assert entry["evidence"] in study.read(name).evidence
    private = {entry["path"] for entry in package["resources"] if entry["disclosure_level"] == "private"}
    assert {wave.file for wave in study.read(name).waves} <= private


@pytest.mark.parametrize("name", study.names())
def test_read_me_in_two_languages(name: str) -> None:
    text = (paths.raw(name) / "README.md").read_text(encoding="utf-8")
    assert "[En français](#" in text
    assert "\u202f" not in text
    french = text[text.index("\n---\n") :]
    assert " :" not in french, "a no-break space stands before a colon"
    assert "'" not in french


def test_coded_tables_are_as_received(received_data: Path) -> None:
    ontario = paths.raw("ontario")
    for here, there in COPIED.items():
        received = sorted((received_data / there).iterdir())
        assert received
        for path in received:
            assert (ontario / here / path.name).read_bytes() == path.read_bytes(), path.name


def test_frameworks_give_labels_and_order() -> None:
    ontario = frameworks.read(paths.raw("ontario") / "frameworks")
    assert len(ontario.tables) == 23
    assert ontario.label("skills", "data_analysis", "en") == "Data analytics for decisions"
    assert ontario.label("barriers", "culture.approvals", "fr") == "Approbations trop nombreuses"
    assert ontario.values("stance") == ["barrier", "enabler", "need", "neutral"]


def test_frameworks_name_every_problem(tmp_path: Path) -> None:
    text = "code,label_en,label_fr\na,A,\na,B,C\nb,B\n"
    (tmp_path / "skills.csv").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        frameworks.read(tmp_path)
    assert [(problem.row, problem.column) for problem in error.value.problems] == [
        (4, None),
        (3, "code"),
        (2, "label_fr"),
    ]


def test_study_without_frameworks(tmp_path: Path) -> None:
    assert frameworks.read(tmp_path / "frameworks").tables == {}
