"""The whole default site, made by forked processes and by stock kernels: the same files, byte for byte."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from digiskills import paths
from digiskills.reports import declared

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux only"),
]
MADE = ("site", "exhibits", "runs")


def test_both_engines_make_the_same_site(tmp_path: Path) -> None:
    forked = paths.reports()
    for engine, more in (("fork", []), ("papermill", ["--output", str(tmp_path)])):
        command = [sys.executable, "-m", "digiskills", "build", "--engine", engine, *more]
        subprocess.run(command, cwd=paths.root(), check=True)
    found, wanted = made(tmp_path), made(forked)
    assert len(found) > 100 and found.keys() == wanted.keys()
    assert [name for name, content in found.items() if wanted[name] != content] == []


def made(folder: Path) -> dict[str, bytes]:
    """Return what a build of the default study made, but for what notebooks printed to the error stream."""
    study = declared.reports()[0].study
    files = [path for part in MADE for path in (folder / part / study).rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.suffix != ".log"}
