"""Commands, targets and files that the documents name are there."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main

from digiskills import commands as program

CHECKOUT = Path(__file__).parents[1]
PAGES = [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
NAMES = [str(page.relative_to(CHECKOUT)) for page in PAGES]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, *languages: str) -> list[str]:
    return [code for language, code in FENCE.findall(page.read_text(encoding="utf-8")) if language in languages]


def commands(page: Path) -> list[list[str]]:
    lines = "\n".join(blocks(page, "sh", "bash", "console", "")).replace("\\\n", " ").splitlines()
    told = [line.removeprefix("$ ").strip() for line in lines]
    words = [shlex.split(line, comments=True) for line in told if re.match(r"(\.venv/bin/)?digiskills ", line)]
    return [line[1:] for line in words]


def understood(words: list[str], group: Any, path: str) -> None:
    """Every option belongs to the command, and each command to its group."""
    while hasattr(group, "commands") and words and not words[0].startswith("-"):
        assert words[0] in group.commands, f"{path}: there is no command {words[0]}"
        group, words = group.commands[words[0]], words[1:]
    options = {name for option in group.params for name in (*option.opts, *option.secondary_opts)} | {"--help"}
    given = {word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert given <= options, f"{path}: {group.name} has no {', '.join(sorted(given - options))}"


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_commands_and_their_options_are_those_of_the_program(page: Path) -> None:
    root = typer.main.get_command(program.app)
    for words in commands(page):
        understood(words, root, page.name)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_targets_are_those_of_the_makefile(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"^make ([a-z-]+)", "\n".join(blocks(page, "sh", "")), re.MULTILINE))
    named |= set(re.findall(r"`make ([a-z-]+)`", page.read_text(encoding="utf-8")))
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_blocks_of_toml_can_be_read(page: Path) -> None:
    for code in blocks(page, "toml"):
        tomllib.loads(code)


def test_every_page_is_in_the_contents() -> None:
    listed = set(blocks(CHECKOUT / "docs" / "index.md", "toctree") or re.findall(r"^\w[\w./-]*$", contents(), re.M))
    pages = {page.stem for page in (CHECKOUT / "docs").glob("*.md")} - {"index"}
    assert pages <= listed, f"docs/index.md does not list {', '.join(sorted(pages - listed))}"


def contents() -> str:
    text = (CHECKOUT / "docs" / "index.md").read_text(encoding="utf-8")
    return text.split("```{toctree}")[1].split("```")[0]
