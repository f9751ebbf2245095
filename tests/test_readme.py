"""What the README says is so: its tree, its links, its figure."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import in_process
import matplotlib
import pytest

CHECKOUT = Path(__file__).parents[1]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
MADE = {"data/processed/"}
HIDDEN = (".ci", ".github", ".gitignore", ".pre-commit-config.yaml")


def test_the_tree_lists_what_is_there_and_nothing_else() -> None:
    tree = README.split("```")[3]
    listed = {line.split()[0] for line in tree.strip().splitlines()}
    tracked = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a checkout: git lists no files")
    top = {name.split("/")[0] for name in tracked.stdout.splitlines()} - set(HIDDEN)
    assert {name.split("/")[0] for name in listed} == top
    assert all((CHECKOUT / name).exists() for name in listed - MADE)


def test_links_lead_somewhere() -> None:
    for page in [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("*/*.md"), *CHECKOUT.glob("data/raw/*/README.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("ds:"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_french_readers_find_their_part_from_the_first_line() -> None:
    assert "(#en-français)" in README.splitlines()[0]
    assert "\n## En français\n" in README


def test_the_figure_is_described_by_its_own_alternative_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matplotlib.use("agg")
    alt_text, target = re.search(r"!\[([^]]+)\]\(([^)]+)\)", README).groups()
    monkeypatch.setenv("DIGISKILLS_ROOT", str(in_process.copy_of(CHECKOUT, tmp_path / "root")))
    in_process.prepare("ontario")
    in_process.execute("05-gaps-by-size-and-level", monkeypatch, tmp_path)
    made = json.loads((tmp_path / f"{Path(target).stem}.json").read_text(encoding="utf-8"))
    assert alt_text == made["alt_text"], "renew docs/figures and the README from reports/exhibits"
    assert f"<desc>{alt_text}" in (CHECKOUT / target).read_text(encoding="utf-8").replace("&gt;", ">")
