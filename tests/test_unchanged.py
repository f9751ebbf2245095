"""A build that has nothing to do says so at once, and only then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_site import declare, notebook, site

BUILD = [sys.executable, "-X", "importtime", "-m", "digiskills", "build"]


def build(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*BUILD, *arguments], capture_output=True, text=True, check=False)


def imported(ran: subprocess.CompletedProcess[str]) -> set[str]:
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in ran.stderr.splitlines() if "|" in line}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory):
    """A site that was built once."""
    root = site(tmp_path_factory.mktemp("site"), declare("01-ok"), n01_ok=notebook("1;"))
    patch = pytest.MonkeyPatch()
    patch.setenv("DIGISKILLS_ROOT", str(root))
    first = build()
    assert "2 made" in first.stdout, first.stderr[-2000:]
    yield root
    patch.undo()


def test_nothing_to_do_is_said_without_importing_anything(built: Path) -> None:
    again = build()
    assert (again.returncode, again.stdout.split(". Open")[0]) == (0, "2 fresh")
    assert {"typer", "json", "re", "pathlib", "hashlib", "digiskills.commands"} & imported(again) == set()


@pytest.mark.parametrize(
    "touched",
    [
        "notebooks/01-ok.ipynb",
        "data/raw/tiny/codebook/survey.csv",
        "reports/site/tiny/en/01-ok.html",
        "reports/run.json",
    ],
)
def test_whatever_was_touched_is_looked_at(built: Path, touched: str) -> None:
    path = built / touched
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1_000_000))
    looked = build()
    assert "typer" in imported(looked)
    assert "2 fresh" in looked.stdout, "its content is the same"
    assert "typer" not in imported(build())


def test_a_page_that_is_gone_is_made_again(built: Path) -> None:
    (built / "reports/site/tiny/en/01-ok.html").unlink()
    again = build()
    assert "1 made" in again.stdout and "1 fresh" in again.stdout


@pytest.mark.parametrize("argument", ["--force", "--language=fr"])
def test_another_command_is_another_build(built: Path, argument: str) -> None:
    assert "typer" in imported(build(argument))


def test_a_failure_is_never_taken_for_done(built: Path) -> None:
    path = built / "notebooks/01-ok.ipynb"
    kept = path.read_text(encoding="utf-8")
    source = json.loads(kept)
    source["cells"][-1]["source"] = "1 / 0"
    path.write_text(json.dumps(source), encoding="utf-8")
    assert [build().returncode for _ in range(2)] == [1, 1]
    path.write_text(kept, encoding="utf-8")
