"""The commands that write passages for other programs and say what a file holds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import in_process
import pytest
from refi_qda_files import archive, number, project
from test_cli import digiskills

from digiskills import cli, focus_groups, study
from digiskills.intake import refi_qda

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return in_process.copy_of(ROOT, tmp_path_factory.mktemp("checkout") / "root")


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process, which is faster than one of its own."""

    def ended(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.setenv("DIGISKILLS_ROOT", str(folder))
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["digiskills", *words])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        return subprocess.CompletedProcess(words, code, *capsys.readouterr())

    return ended


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_project_is_written_and_read_again(root: Path, run: Run, tmp_path: Path, language: str) -> None:
    path = tmp_path / "o.qdpx"
    ended = run(root, "export", "qdpx", "ontario", "--language", language, "--output", str(path))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{path}\n", "")
    coded = focus_groups.read(study.read("ontario"))
    assert coded is not None
    refi_qda.write(focus_groups.to_project(coded, "ontario", language), tmp_path / "expected.qdpx")
    assert path.read_bytes() == (tmp_path / "expected.qdpx").read_bytes()
    held = run(root, "inspect", str(path))
    assert held.returncode == 0
    assert {"sources: 5", "selections: 376", "coders: 3", "left out: nothing"} <= set(held.stdout.splitlines())
    texts = "paraphrase" if language == "en" else "paraphrase_fr"
    assert not [text for text in coded.segments[texts] if text in held.stdout]


def test_a_codebook_is_written_beside_where_the_command_runs(root: Path) -> None:
    ended = digiskills(root, "export", "qdc", "ontario")
    assert (ended.returncode, ended.stdout) == (0, "ontario.qdc\n")
    found = refi_qda.read(root / "ontario.qdc")
    assert "capacity.data_management" in set(found.codes["name"]) and found.sources.empty
    held = digiskills(root, "inspect", "ontario.qdc").stdout.splitlines()
    assert f"codes: {len(found.codes)}" in held and "sources: 0" in held


def test_what_was_left_out_is_told_without_names(run: Run, tmp_path: Path) -> None:
    pdf = (
        f'<Sources><PDFSource guid="{number(1, 3)}" name="Interview with A. Person" path="internal://x.pdf"/></Sources>'
    )
    path = archive(tmp_path / "p.qdpx", project(pdf))
    (row,) = refi_qda.read(path).left_out.itertuples()
    ended = run(tmp_path, "inspect", str(path))
    assert ended.stdout.splitlines()[-2:] == ["left out:", f"  {row.what}: {row.number} ({row.why})"]
    assert "Person" not in ended.stdout


def test_of_a_table_the_columns_are_told_and_no_value(run: Run, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("who,score\nAda,7\nBen,9\n", encoding="utf-8")
    ended = run(tmp_path, "inspect", "s.csv")
    assert (ended.returncode, ended.stdout) == (0, "rows: 2\ncolumns: 2\n  who\n  score\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["export", "qdpx", "ontaro"], 2, "did you mean ‘ontario’?"),
        (["export", "qdpx", "ontario", "--language", "de"], 2, "known: en, fr"),
        (["export", "qdpx", "ontario", "--output", "no/where/x.qdpx"], 2, "cannot be written"),
        (["export", "qdc", "wa-eps-2015"], 2, "This study has no focus groups"),
        (["export", "qdp", "ontario"], 2, "No such command"),
        (["inspect", "READM.md"], 2, "there is no file ‘READM.md’: did you mean ‘README.md’?"),
        (["inspect", "data"], 2, "there is no file ‘data’"),
        (["inspect", "README.md"], 1, "is no format that is read"),
        (["inspect", "bad.qdpx"], 1, "export the project again"),
        (["inspect", "bad.qdc"], 1, "bad.qdc"),
        (["inspect", "bad.csv"], 1, "bad.csv"),
    ],
)
def test_a_mistake_is_one_message(root: Path, run: Run, words: list[str], code: int, said: str) -> None:
    (root / "README.md").write_text("A study.\n", encoding="utf-8")
    (root / "bad.qdpx").write_bytes(b"PK\x03\x04 no archive")
    (root / "bad.qdc").write_text("<CodeBook>", encoding="utf-8")
    (root / "bad.csv").write_text("a,b\n1,2,3\n", encoding="utf-8")
    ended = run(root, *words)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert said in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("words", [["export", "qdpx"], ["export", "qdc"], ["inspect"]])
def test_each_help_has_an_example(root: Path, run: Run, words: list[str]) -> None:
    helped = run(root, *words, "--help")
    assert helped.returncode == 0 and f"Example: digiskills {' '.join(words)} " in helped.stdout
