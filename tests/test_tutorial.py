"""Every command of the tutorial is run, and prints what stands below it."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from test_messages import Run, run  # noqa: F401  a fixture

DOCS = Path(__file__).parents[1] / "docs"
PAGES = [path for path in (DOCS / "tutorial.md", DOCS / "tutoriel.md") if path.is_file()]
BLOCK = re.compile(r"^```(console|toml|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, kind: str) -> list[str]:
    return [text for found, text in BLOCK.findall(page.read_text(encoding="utf-8")) if found == kind]


def commands(page: Path) -> list[tuple[list[str], str]]:
    """Return each command of a page in words, and what it is to print."""
    found = []
    for block in blocks(page, "console"):
        command, _, printed = block.replace("\\\n", " ").partition("\n")
        found.append((shlex.split(command.removeprefix("$ digiskills ")), printed))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a project with the files of the tutorial and the notebooks, and no study."""
    shutil.copytree(DOCS / "tutorial", tmp_path / "docs" / "tutorial")
    shutil.copytree(DOCS.parent / "notebooks", tmp_path / "notebooks")
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_prints_what_the_page_says(page: Path, folder: Path, run: Run) -> None:  # noqa: F811
    told = commands(page)
    assert [words[0] for words, _ in told] == ["inspect", "new", "check", "build", "form"]
    for words, printed in told:
        if words[0] != "build":
            ended = run(*words)
            assert (ended.returncode, ended.stdout) == (0, printed), ended.stderr
    declared = (folder / "data" / "raw" / "staff-survey" / "study.toml").read_text(encoding="utf-8")
    assert all(block in declared for block in blocks(page, "toml"))


@pytest.mark.slow
def test_the_site_of_the_tutorial_is_built(folder: Path, run: Run) -> None:  # noqa: F811
    page = PAGES[0]
    for words, printed in commands(page):
        ended = run(*words)
        assert (ended.returncode, ended.stdout) == (0, printed), ended.stderr
        if words[0] == "build":
            assert set(blocks(page, "text")[0].splitlines()) <= set(ended.stderr.splitlines())
    assert (folder / "reports" / "site" / "staff-survey" / "en" / "04-skill-gaps.html").is_file()
