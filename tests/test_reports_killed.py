"""A build killed at any moment: no half page, the next one resumes, and its bytes are those of an unbroken one."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tiny_site import declare, notebook, site

from digiskills.reports import freshness

SHOW = """import json, os, pathlib, time
from IPython.display import HTML
mark = json.loads(os.environ["DIGISKILLS_RUN"])
time.sleep(0.1)
files = pathlib.Path(mark["exhibits"]); files.mkdir(parents=True, exist_ok=True)
for at in range(20): (files / f"x-{at}.csv").write_text("n\\n" + "1\\n" * 20_000)
HTML(f'<div data-release="{mark["release"]}"><p>{"word " * 50_000}</p></div>')"""
NAMES = [f"{at:02d}-page" for at in range(1, 6)]
TRIES = 3
PACKAGE = Path(freshness.__file__).parents[1]


def made(root: Path) -> dict[str, bytes]:
    """Return the files for readers, and the executed notebooks; names that begin with a dot are not in place."""
    files = [path for part in ("site/tiny", "exhibits", "runs") for path in (root / "reports" / part).rglob("*")]
    mine = [path for path in files if path.is_file() and path.suffix != ".log"]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in mine if "/." not in path.as_posix()}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the place of a copy of the package, which nobody edits meanwhile."""
    place = tmp_path_factory.mktemp("src")
    shutil.copytree(PACKAGE, place / "digiskills", ignore=shutil.ignore_patterns("__pycache__"))
    return place


def build(root: Path, package: Path) -> subprocess.Popen[str]:
    env = {**os.environ, "DIGISKILLS_ROOT": str(root), "PYTHONPATH": str(package)}
    command = [sys.executable, "-m", "digiskills", "build"]
    return subprocess.Popen(command, env=env, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux only")
def test_a_build_may_be_killed_at_any_moment(tmp_path: Path, package: Path) -> None:
    notebooks = {f"n{name.replace('-', '_')}": notebook(SHOW) for name in NAMES}
    whole, killed = (site(tmp_path / name, declare(*NAMES), **notebooks) for name in ("whole", "killed"))
    began = time.monotonic()
    said, wrong = build(whole, package).communicate()
    took, wanted = time.monotonic() - began, made(whole)
    assert said.startswith(f"{2 * len(NAMES)} made"), wrong

    draw, kept = random.Random(6), 0
    for _ in range(TRIES):
        builder = build(killed, package)
        time.sleep(draw.uniform(0.2, 0.7) * took)
        builder.send_signal(signal.SIGKILL)
        builder.communicate()
        wait_for_children(killed)
        assert [name for name, content in made(killed).items() if wanted[name] != content] == [], "half a file"
        done = [entry for entry in freshness.read(killed / "reports").values() if entry["status"] == "made"]
        assert len(done) >= kept, "what was done stays done"
        kept = len(done)
    said, wrong = build(killed, package).communicate()
    left = 2 * len(NAMES) - kept
    # where all reports were done, the last build may have ended, too, or been killed over the lists
    assert said.startswith(f"{left} made") or (not left and said.startswith(f"{kept} fresh")), (said, wrong)
    assert f"{kept} fresh" in said or not kept, "what was done is not done again"
    assert made(killed) == wanted
    assert not list((killed / "reports").rglob(".making-*")), "what was half made is gone"


def wait_for_children(root: Path) -> None:
    """Wait until no process of a killed build writes any more."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        environments = [path / "environ" for path in Path("/proc").iterdir() if path.name.isdigit()]
        if not any(str(root) in read(path) for path in environments):
            return
        time.sleep(0.1)
    raise AssertionError("a process of the build lives on")


def read(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace") if "self" not in path.parts else ""
    except OSError:
        return ""
