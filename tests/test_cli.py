"""The command line: exit codes, one clean message for a mistake, and what each command answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import in_process
import pytest
from tiny_site import declare, notebook, site

ROOT = Path(__file__).parents[1]


def digiskills(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line on a checkout in miniature."""
    return subprocess.run(
        [sys.executable, "-m", "digiskills", *words],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "DIGISKILLS_ROOT": str(root)},
        check=False,
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("root")
    return site(folder, declare("01-ok") + declare("02-bad"), n01_ok=notebook("level;"), n02_bad=notebook("1 / 0"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["build", "01", "--set", "departement_size=small"], "did you mean ‘department_size’?"),
        (["build", "01", "--set", "department_size=smal"], "did you mean ‘small’?"),
        (["build", "01", "--set", "smallest_group=many"], "‘many’ is not of type int"),
        (["build", "01", "--set", "level"], "write NAME=VALUE"),
        (["build", "01-okk"], "did you mean ‘01-ok’?"),
        (["build", "--study", "tinny"], "did you mean ‘tiny’?"),
        (["build", "--study", "tiny", "--set", "study=other"], "do not agree"),
        (["build", "--language", "de"], "known: en, fr, both"),
        (["build", "--jobs", "0"], "--jobs"),
        (["build", "--engine", "frok"], "did you mean ‘fork’?"),
        (["build", "--colour"], "No such option"),
        (["frob"], "No such command"),
        (["data", "tinny"], "did you mean ‘tiny’?"),
        (["check", "tinny"], "did you mean ‘tiny’?"),
    ],
)
def test_a_mistake_ends_with_2_and_one_message_before_anything_runs(root: Path, words: list[str], said: str) -> None:
    ended = digiskills(root, *words)
    assert ended.returncode == 2
    assert said in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
    assert not (root / "reports").exists()


def test_a_build_ends_with_1_when_a_report_failed_and_the_others_stand(root: Path, tmp_path: Path) -> None:
    ended = digiskills(root, "build", "--language", "en", "--output", str(tmp_path))
    assert ended.returncode == 1
    assert "1 made, 1 failed. Open " in ended.stdout
    assert "site/index.html" in ended.stdout
    assert "ZeroDivisionError" in ended.stderr
    assert (tmp_path / "site/tiny/en/01-ok.html").exists()
    again = digiskills(root, "build", "01", "--language", "en", "--output", str(tmp_path))
    assert (again.returncode, again.stderr) == (0, "")
    assert "0 made, 1 fresh" in again.stdout
    states = json.loads(digiskills(root, "list", "--json", "--output", str(tmp_path)).stdout)
    assert {row["report"]: row["state"] for row in states} == {
        "tiny/en/01-ok": "fresh",
        "tiny/fr/01-ok": "never made",
        "tiny/en/02-bad": "failed",
        "tiny/fr/02-bad": "never made",
    }
    assert "tiny/en/01-ok" in digiskills(root, "list", "--output", str(tmp_path)).stdout


def test_a_scope_of_ones_own_has_a_page_of_its_own(root: Path, tmp_path: Path) -> None:
    words = ["--set", "level=staff", "--set", "language=fr", "--output", str(tmp_path)]
    ended = digiskills(root, "build", "01", *words)
    assert (ended.returncode, "1 made" in ended.stdout) == (0, True)
    assert [path.name for path in tmp_path.glob("site/tiny/*/*level*")] == ["01-ok--level-staff.html"]
    assert "Niveau\u00a0: Personnel" in (tmp_path / "site/index.html").read_text(encoding="utf-8")


def test_every_target_of_make_is_one_line_and_is_told_by_help() -> None:
    helped = subprocess.run(
        ["make", "--no-print-directory", "help"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout
    assert [line.split()[0] for line in helped.splitlines()] == [
        "help",
        "reports",
        "docs",
        "check",
        "test",
        "test-pages",
        "test-slow",
        "lint",
        "lock",
        "lab",
        "bench",
    ]


def test_a_study_that_waits_for_its_data_stops_no_check_of_all(tmp_path: Path) -> None:
    root = in_process.copy_of(ROOT, tmp_path / "root")
    (root / "data" / "raw" / "wa-eps-2015" / "full_survey_data.csv").unlink(missing_ok=True)
    ended = digiskills(root, "check")
    assert ended.returncode == 0
    assert set(ended.stderr.splitlines()) <= {"checking ontario …"}, "said where it takes long"
    assert "ontario: no problem found" in ended.stdout
    assert "wa-eps-2015: not checked, its data are not here (full_survey_data.csv)" in ended.stdout
    alone = digiskills(root, "check", "wa-eps-2015")
    assert alone.returncode == 1 and "full_survey_data.csv: is missing (fetch it:" in alone.stdout
