"""What a newcomer's file can have wrong: each message names file, row, column, value and the way out, all at once."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from digiskills import cli, commands
from digiskills.intake import limits

Run = Callable[..., "subprocess.CompletedProcess[str]"]
HEADER = ["size", "level", "weight", "held_data", "needed_data"]
ROWS = [[str(1 + n % 3), str(1 + n % 2), "1.5", str(1 + n % 5), str(1 + n % 4)] for n in range(60)]
KEY = [["size", "1", "Small"], ["size", "2", "Medium"], ["size", "3", "Large"], ["level", "1", "Executive"]]
KEY += [["level", "2", "Staff"]]
KEY += [[name, str(n), word] for name in HEADER[3:] for n, word in enumerate(("Low", "Fair", "Good", "High", "Top"), 1)]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process, on a root of its own."""

    def ended(*words: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["digiskills", *words])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        return subprocess.CompletedProcess(words, code, *capsys.readouterr())

    return ended


def table(rows: list[list[str]], sign: str = ",") -> str:
    return "".join(sign.join(f'"{cell}"' if sign in cell else cell for cell in row) + "\n" for row in rows)


def study(run: Run, folder: Path, rows: list[list[str]] | None = None) -> Path:
    """Make a study of good answers, then give it others."""
    (folder / "answers.csv").write_text(table([HEADER, *ROWS]), encoding="utf-8")
    (folder / "key.csv").write_text(table([["item", "code", "words"], *KEY]), encoding="utf-8")
    made = run("new", "mine", "--from", "answers.csv", "--from", "key.csv", "--answer", "date=2025-05-31")
    assert made.returncode == 0, made.stderr
    received = folder / "data" / "raw" / "mine" / "answers.csv"
    received.chmod(0o644)
    if rows is not None:
        received.write_text(table(rows), encoding="utf-8")
        assert run("renew", "mine").returncode == 0
    return received


def changed(cells: dict[tuple[int, str], str]) -> list[list[str]]:
    """Return the answers with other cells, by the row of the file and the column."""
    rows = [HEADER, *(list(row) for row in ROWS)]
    for (row, column), cell in cells.items():
        rows[row - 1] = [cell if name == column else old for name, old in zip(HEADER, rows[row - 1], strict=True)]
    return rows


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            {(3, "held_data"): "Good"},
            ["row 3, column held_data: ‘Good’ is the label of an answer, not its code (3; export codes in place"],
        ),
        (
            {(4, "weight"): "150%"},
            ["row 4, column weight: ‘150%’ has a percent sign (150 or 1.5, the same way on every row)"],
        ),
        (
            {(5, "weight"): "1,5"},
            ["row 5, column weight: ‘1,5’ has a decimal comma (1.5; export the column with a decimal point)"],
        ),
        (
            {(6, "level"): "2025-01-02"},
            ["row 6, column level: ‘2025-01-02’ is a date, not an answer (1, 2; a spreadsheet turns codes"],
        ),
        ({(7, "level"): "9"}, ["row 7, column level: ‘9’ is not in the codebook (1, 2)"]),
        (
            {(8, "size"): "1,0"},
            ["row 8, column size: ‘1,0’ is a code that a spreadsheet made a decimal number (1; set the column to text"],
        ),
        (
            {(2, "size"): "x", (3, "weight"): "", (60, "level"): "Staff"},
            [
                "row 2, column size: ‘x’ is not in the codebook (1, 2, 3)",
                "row 3, column weight: is blank (the design needs a value on every row)",
                "row 60, column level: ‘Staff’ is the label of an answer, not its code (2; export codes in place",
            ],
        ),
        (
            {(row, "size"): "4" for row in range(2, 42)},
            ["row 4, column size: ‘4’ is not in the codebook", "column size: ‘4’ stands in 40 such rows in all"],
        ),
    ],
    ids=["label", "percent", "comma", "date", "unknown", "decimal code", "all at once", "many rows"],
)
def test_a_wrong_cell_is_named_with_its_way_out(
    run: Run, tmp_path: Path, cells: dict[tuple[int, str], str], said: list[str]
) -> None:
    study(run, tmp_path, changed(cells))
    ended = run("check", "mine")
    assert ended.returncode == 1
    problems = [line for line in ended.stdout.splitlines() if line.startswith("  answers.csv")]
    for one in said:
        assert any(f"answers.csv, {one}" in line for line in problems), (one, problems)
    assert len(problems) == (4 if len(cells) > 20 else len(cells))
    assert "Traceback" not in ended.stderr


def semicolons(path: Path) -> None:
    path.write_text(table([HEADER, *ROWS], ";"), encoding="utf-8")


def windows(path: Path) -> None:
    path.write_bytes(table([[*HEADER, "note"], *([*row, "l’équipe"] for row in ROWS)]).encode("windows-1252"))


def twins(path: Path) -> None:
    path.write_text(table([["size", "level", "size"], *(row[:3] for row in ROWS)]), encoding="utf-8")


def ragged(path: Path) -> None:
    path.write_text(table([HEADER, *ROWS[:3], ["1", "2"], *ROWS[3:]]), encoding="utf-8")


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(limits.LARGEST_BYTES + 1)  # a hole: it takes no room on disk


def locked(path: Path) -> None:
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("make", "name", "said"),
    [
        (
            twins,
            "a.csv",
            "a.csv, row 1, column number 3: ‘size’ stands twice in the header, columns 1 and 3 (a name of its",
        ),
        (ragged, "a.csv", "a.csv, row 5: has 2 cells (5 cells, as in the header)"),
        (nothing, "a.csv", "a.csv: is empty (a header and one row per respondent)"),
        (huge, "a.csv", "a.csv: holds more than 2,147,483,648 bytes (split it, or send a smaller extract)"),
        (huge, "a.sav", "a.sav: holds more than 2,147,483,648 bytes (split it, or send a smaller extract)"),
        (locked, "a.xlsx", "a.xlsx: is encrypted (save it as .xlsx without a password)"),
        (nothing, "a.sav", "a.sav: is no SPSS file (a .sav or .zsav file)"),
        (nothing, "a.doc", "a.doc, column format: ‘doc’ is no format that is read (one of csv"),
    ],
    ids=["two of one name", "ragged", "empty", "2 GB", "2 GB of SPSS", "password", "empty SPSS", "no format"],
)
def test_a_file_that_cannot_be_read_makes_nothing(
    run: Run, tmp_path: Path, make: Callable[[Path], None], name: str, said: str
) -> None:
    make(tmp_path / name)
    ended = run("new", "mine", "--from", name)
    assert ended.returncode == 1
    assert said in ended.stderr and "Traceback" not in ended.stderr
    assert not (tmp_path / "data").exists() or list((tmp_path / "data").rglob("*")) in ([], [tmp_path / "data" / "raw"])


def test_everything_that_is_wrong_with_several_files_is_told_at_once(run: Run, tmp_path: Path) -> None:
    twins(tmp_path / "a.csv")
    locked(tmp_path / "b.xlsx")
    ended = run("new", "mine", "--from", "a.csv", "--from", "b.xlsx")
    assert "a.csv, row 1" in ended.stderr and "b.xlsx: is encrypted" in ended.stderr


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (semicolons, "guess: a.csv: its header is parted by ';'"),
        (windows, "guess: a.csv: its bytes are not UTF-8, so windows-1252 is taken as its encoding"),
    ],
    ids=["delimiter", "windows-1252"],
)
def test_a_delimiter_and_an_encoding_are_guessed_and_said(
    run: Run, tmp_path: Path, make: Callable[[Path], None], said: str
) -> None:
    make(tmp_path / "a.csv")
    ended = run("new", "mine", "--from", "a.csv")
    assert (ended.returncode, said in ended.stdout) == (0, True)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (semicolons, "answers.csv, row 1: has one column only (dialect.delimiter in datapackage.json, perhaps ‘;’)"),
        (
            windows,
            "answers.csv, row 2: ‘l’équipe’ is not in utf-8: byte 0x92 at character 14 of the line (declare the enc",
        ),
    ],
    ids=["delimiter", "windows-1252"],
)
def test_a_passport_that_says_otherwise_is_put_right(
    run: Run, tmp_path: Path, make: Callable[[Path], None], said: str
) -> None:
    make(study(run, tmp_path))
    assert run("renew", "mine").returncode == 0
    ended = run("check", "mine")
    assert (ended.returncode, said in ended.stdout, "Traceback" in ended.stderr) == (1, True, False), ended.stdout


def test_a_stop_in_the_middle_leaves_nothing(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "answers.csv").write_text(table([HEADER, *ROWS]), encoding="utf-8")

    def stop(folder: Path) -> None:
        assert (folder / "study.toml").is_file(), "nearly whole"
        raise KeyboardInterrupt

    monkeypatch.setattr("digiskills.new_study.making.passport.renew", stop)
    ended = run("new", "mine", "--from", "answers.csv")
    assert ended.returncode == 130
    assert "Traceback" not in ended.stderr
    assert [path.name for path in (tmp_path / "data").iterdir()] == []


@pytest.mark.parametrize(
    ("words", "made"),
    [
        (["form", "mine"], "mine.xlsx"),
        (["renew", "mine"], "data/raw/mine/datapackage.json"),
    ],
    ids=["form", "renew"],
)
def test_a_stop_while_a_file_is_written_leaves_it_as_it_was(
    words: list[str], made: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received, path = study(run, tmp_path), tmp_path / made
    assert run(*words).returncode == 0
    received.write_text(table([HEADER, *ROWS[:50]]), encoding="utf-8")
    before, there = path.read_bytes(), sorted(path.parent.iterdir())

    def stop(file: Path, content: bytes) -> None:
        file.touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", stop)
    ended = run(*words)
    assert (ended.returncode, "Traceback" in ended.stderr) == (130, False)
    assert (path.read_bytes(), sorted(path.parent.iterdir())) == (before, there)


@pytest.mark.parametrize(
    ("words", "slow", "said"),
    [
        (["check", "mine"], "digiskills.check.study", "checking mine …\n"),
        (["form", "mine"], "digiskills.codebook.form.form", "writing the form of mine …\n"),
        (["renew", "mine"], "digiskills.intake.passport.renew", "reading the files of mine …\n"),
    ],
    ids=["check", "form", "renew"],
)
def test_what_takes_long_says_what_it_does(
    words: list[str], slow: str, said: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study(run, tmp_path)
    monkeypatch.setattr("digiskills.commands.root.PATIENCE", 600)
    assert run(*words).stderr == "", "what is done sooner says nothing"
    module, _, name = slow.rpartition(".")
    done = getattr(importlib.import_module(module), name)
    monkeypatch.setattr("digiskills.commands.root.PATIENCE", 0.05)
    monkeypatch.setattr(slow, lambda *given: time.sleep(0.5) or done(*given))
    ended = run(*words)
    assert (ended.returncode, ended.stderr) == (0, said)


def test_each_step_of_a_new_study_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text(table([HEADER, *ROWS]), encoding="utf-8")
    said = run("new", "mine", "--from", "answers.csv").stderr.splitlines()
    assert said == ["reading answers.csv …", "reading the questions …", "copying the received files …"]


def test_nothing_is_ever_overwritten(run: Run, tmp_path: Path) -> None:
    received = study(run, tmp_path)
    passport = received.with_name("datapackage.json").read_bytes()
    ended = run("new", "mine", "--from", "key.csv")
    assert ended.returncode == 2 and "nothing is ever overwritten" in ended.stderr
    assert received.with_name("datapackage.json").read_bytes() == passport
    assert json.loads(passport)["resources"][0]["hash"].startswith("sha256:")


def every(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of each command."""
    for name, command in group.commands.items():
        deeper = hasattr(command, "commands")
        yield from every(command, (*words, name)) if deeper else [(*words, name)]


COMMANDS = list(every(typer.main.get_command(commands.app)))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_command_helps_with_an_example(run: Run, words: tuple[str, ...]) -> None:
    ended = run(*words, "--help")
    assert ended.returncode == 0
    assert f"Example: digiskills {' '.join(words)}" in " ".join(ended.stdout.split())


def test_names_of_studies_are_completed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study(run, tmp_path)
    monkeypatch.setenv("_DIGISKILLS_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "digiskills build --study mi")
    monkeypatch.setenv("COMP_CWORD", "3")
    assert run().stdout.split() == ["mine"]
