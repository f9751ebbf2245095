"""The passport: what it lists is what lies there, and nothing outside the folder is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from digiskills import intake
from digiskills.errors import StudyError, UsageError
from digiskills.intake import passport


def study(folder: Path, *resources: dict[str, object]) -> Path:
    (folder / "answers.csv").write_bytes(b"a;b\n1;2\n")
    entries = resources or ({"name": "answers", "path": "answers.csv", "dialect": {"delimiter": ";"}},)
    (folder / "datapackage.json").write_text(json.dumps({"name": "x", "resources": entries}), encoding="utf-8")
    return folder


def messages(folder: Path) -> list[str]:
    return [str(problem) for problem in passport.check(folder)]


def test_renewed_passport_agrees(tmp_path: Path) -> None:
    folder = study(tmp_path)
    assert "has no sha256" in messages(folder)[0]
    assert passport.renew(folder) == ["answers.csv"]
    assert passport.check(folder) == []
    assert passport.renew(folder) == []
    resource = passport.read(folder).resource("answers")
    assert (resource.bytes, resource.delimiter, len(resource.sha256)) == (8, ";", 64)
    assert intake.read_listed(folder, "answers.csv").frame.to_dict("list") == {"a": ["1"], "b": ["2"]}


def test_changed_file_is_not_read(tmp_path: Path) -> None:
    folder = study(tmp_path)
    passport.renew(folder)
    (folder / "answers.csv").write_bytes(b"a;b\n1;3\n")
    assert "sha256 differs" in messages(folder)[0]
    with pytest.raises(StudyError, match="sha256 differs"):
        intake.read_listed(folder, "answers.csv")


def test_file_without_fingerprint_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="has no sha256"):
        intake.read_listed(study(tmp_path), "answers.csv")


def test_problems_name_the_place_in_the_study(tmp_path: Path) -> None:
    (tmp_path / "codebook").mkdir()
    (tmp_path / "codebook" / "survey.csv").write_text("a,b\n1\n")
    passport.renew(study(tmp_path, {"name": "x", "path": "codebook/survey.csv"}))
    with pytest.raises(StudyError, match=r"^codebook/survey\.csv, row 2: has 1 cells"):
        intake.read_listed(tmp_path, "codebook/survey.csv")


def test_missing_optional_and_unlisted_files(tmp_path: Path) -> None:
    absent = {"name": "a", "path": "a.csv", "fetch": "https://example.org/a.csv"}
    optional = {"name": "b", "path": "b.csv", "optional": True}
    folder = study(tmp_path, absent, optional)
    (folder / ".hidden").write_text("")
    (folder / "README.md").write_text("")
    assert messages(folder) == [
        "a.csv: is missing (fetch it: https://example.org/a.csv)",
        "datapackage.json: ‘answers.csv’ is not listed (an entry under resources, then digiskills renew STUDY)",
    ]


@pytest.mark.parametrize(
    "path",
    [
        "../x.csv",
        "codebook/../answers.csv",
        "/etc/passwd",
        "a/../../x",
        "C:/x.csv",
        "a\\b.csv",
        "https://x.org/a",
        "",
    ],
)
def test_no_path_leaves_the_folder(tmp_path: Path, path: str) -> None:
    folder = study(tmp_path, {"name": "x", "path": path})
    assert "is not inside the study’s folder" in messages(folder)[0]


def test_no_link_leaves_the_folder(tmp_path: Path) -> None:
    (tmp_path / "outside.csv").write_text("a\n1\n")
    inside = tmp_path / "study"
    inside.mkdir()
    (inside / "link.csv").symlink_to(tmp_path / "outside.csv")
    study(inside, {"name": "x", "path": "link.csv"})
    assert "is not inside the study’s folder" in messages(inside)[0]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"resources": 3}', '{"resources": [{}]}', "[" * 100_000])
def test_broken_passport(tmp_path: Path, text: str) -> None:
    (tmp_path / "datapackage.json").write_text(text)
    with pytest.raises(StudyError):
        passport.read(tmp_path)
    assert passport.check(tmp_path)


def test_no_passport(tmp_path: Path) -> None:
    assert "datapackage.json" in messages(tmp_path)[0]


def test_listed_twice_and_unknown(tmp_path: Path) -> None:
    entry = {"name": "x", "path": "answers.csv"}
    assert "is listed twice" in messages(study(tmp_path, entry, entry))[0]
    with pytest.raises(UsageError, match=r"did you mean ‘answers\.csv’"):
        passport.read(study(tmp_path)).resource("answer.csv")
