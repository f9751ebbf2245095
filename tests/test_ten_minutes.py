"""From received files to a site: the commands that somebody types, and all that they answer."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EPS = Path("surveys") / "wa-eps-2015"
MOST_SECONDS = 120  # of one processor: a busy machine fails no test

# One line per command; what follows is what it prints, the progress on its error stream left out.
FROM_SPSS = """\
$ digiskills new staff --from wa_eps_2015.sav --answer barrier=A2d,A3b,A3d,B4a --answer needed=none --answer weight=none
read: wa_eps_2015.sav (answers)
guess: title = Staff (the name of its folder)
guess: evidence = collected (as most files of answers are)
guess: date = 2015-12-31 (the year in the file’s name)
guess: size = AgencySize (its name says so)
guess: level = D14 (its question says so)
guess: departments_hidden = no (no column names departments: each answer is taken as drawn by itself)
guess: favourable = A2d,A3b,A3d,B4a (their words name no lack and no hindrance)
open: stratum: Which column holds the stratum that a department or person was drawn from?
open: cluster: Which column names the department that a person was drawn within?
110 questions; 105 guesses about them stand in the column guess of the codebook
made: data/raw/staff
next: digiskills check staff, then digiskills build --study staff
"""
FROM_CSV = """\
$ digiskills new staff --from full_survey_data.csv --from question-key.csv --from response-key.csv --answers said.toml
read: full_survey_data.csv (answers)
read: question-key.csv (key)
read: response-key.csv (key)
guess: question-key.csv: its bytes are not UTF-8, so windows-1252 is taken as its encoding
guess: size = AgencySize (its name says so)
guess: level = D14 (its question says so)
110 questions; 109 guesses about them stand in the column guess of the codebook
made: data/raw/staff
next: digiskills check staff, then digiskills build --study staff
"""
SAID = """\
title = "Perceptions of employees, 2015"
evidence = "collected"
date = "2015-06-30"
weight = "none"
stratum = "none"
cluster = "none"
departments_hidden = "yes"
needed = "none"
barrier = ["A2d", "A3b", "A3d", "B4a"]
favourable = ["A2d", "A3b", "A3d", "B4a"]
"""
CHECK = "$ digiskills check staff\nstaff: no problem found\n"
BUILD = "$ digiskills build --study staff --jobs 2\n"


@pytest.fixture
def folder(received_data: Path, tmp_path: Path) -> Path:
    """Give a folder with the received files and the notebooks, and nothing else."""
    for path in (received_data / EPS).iterdir():
        shutil.copy(path, tmp_path)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    (tmp_path / "said.toml").write_text(SAID, encoding="utf-8")
    return tmp_path


def typed(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody types it."""
    words = command.removeprefix("$ digiskills ").split()
    return subprocess.run(
        [sys.executable, "-m", "digiskills", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "DIGISKILLS_ROOT": str(folder)},
        check=False,
    )


def replayed(folder: Path, record: str) -> None:
    """Run the command of a record and compare all that it prints."""
    command, _, printed = record.partition("\n")
    ended = typed(folder, command)
    assert (ended.returncode, ended.stdout.splitlines()[: len(printed.splitlines())]) == (0, printed.splitlines())
    assert "Traceback" not in ended.stderr


def seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("record", [FROM_SPSS, FROM_CSV], ids=["sav", "csv"])
def test_a_study_is_made_and_checked(folder: Path, record: str) -> None:
    replayed(folder, record)
    replayed(folder, CHECK)
    design = (folder / "data" / "raw" / "staff" / "study.toml").read_text(encoding="utf-8").split("[design]")[1]
    assert design.split("\n\n")[0].count("# open") == (2 if record is FROM_SPSS else 0)


@pytest.mark.slow
@pytest.mark.parametrize("record", [FROM_SPSS, FROM_CSV], ids=["sav", "csv"])
def test_the_site_is_there_in_ten_minutes(folder: Path, record: str) -> None:
    before = seconds()
    replayed(folder, record)
    replayed(folder, CHECK)
    ended = typed(folder, BUILD.strip())
    assert seconds() - before < MOST_SECONDS
    assert ended.returncode == 0, ended.stderr
    assert re.fullmatch(r"\d+ made\. Open reports/site/index\.html\n", ended.stdout)
    told = [line for line in ended.stderr.splitlines() if line.startswith("left out: ")]
    assert "left out: 03-what-focus-groups-said (the study has no coded focus groups)" in told
    assert "left out: 09-change-between-waves (the study has no pairs of a skill level needed" in "\n".join(told)
    site = folder / "reports" / "site" / "staff"
    pages = {path.name.split("--")[0] for path in (site / "en").glob("[01]*.html")}
    assert {"01-who-answered.html", "02-barriers.html", "10-profile.html"} <= pages
    assert "04-skill-gaps.html" not in pages
    english, french = ((site / language / "index.html").read_text(encoding="utf-8") for language in ("en", "fr"))
    assert "The survey has no weights: every answer counts one" in english
    assert "Le sondage n’a pas de poids" in french
    assert "What did focus groups say? – not made, since the study has no coded focus groups." in english
    assert ("simple random sample" in english) == (record is FROM_SPSS), "of hidden departments no error is shown"
    barriers = (site / "en" / "02-barriers.html").read_text(encoding="utf-8")

    assert "Not shown here: the study has no coded focus groups." in barriers and "35%" in barriers
    assert "Not shown here" in barriers and "Traceback" not in barriers
