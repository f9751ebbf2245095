"""Every block of docs/notebooks.md runs as it stands, in the order of the page."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import panel_root
import pytest
from typer.testing import CliRunner

from digiskills.commands import app

PAGE = Path(__file__).parents[1] / "docs" / "notebooks.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = panel_root.made(tmp_path_factory.mktemp("docs"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(root))
        patch.chdir(root)
        yield root


def run(line: str) -> tuple[int, str]:
    """Run a command as a shell would; engine papermill forks nothing out of pytest."""
    words = line.removeprefix("digiskills ").split()
    result = CliRunner().invoke(app, [*words, *(["--engine", "papermill"] if words[0] == "build" else [])])
    told = result.output + (str(result.exception) if result.exception else "")
    return result.exit_code, told


def test_every_block_runs(root: Path) -> None:
    names: dict[str, object] = {}
    kinds = [kind for kind, _ in BLOCKS]
    assert kinds == ["python", "python", "console", "console", "python", "toml", "console"]
    for kind, block in BLOCKS:
        if kind == "python":
            exec(compile(block, str(PAGE), "exec"), names)
        elif kind == "toml":
            with (root / "notebooks" / "reports.toml").open("a", encoding="utf-8") as declared:
                declared.write(f"\n{block}")
        else:
            command, *said = block.splitlines()
            code, told = run(command.removeprefix("$ "))
            assert (code == 0) == (not said), told
            assert all(line in told for line in said), told
    site = root / "reports" / "site" / "ontario"
    assert (site / "en" / "00-start-here--level-manager.html").is_file()
    for language, title in (("en", "Who meets which barrier"), ("fr", "Qui rencontre quel obstacle")):
        assert title in (site / language / "90-barriers-by-level.html").read_text(encoding="utf-8")
    assert os.path.lexists(root / "reports" / "exhibits" / "ontario" / "en" / "90-barriers.csv")
