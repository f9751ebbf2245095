"""Where what is made for a report goes: written aside, then put in place, so that nobody meets half of it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from digiskills.reports.declared import Report

MAKING = ".making-"


def aside_of(report: Report, folder: Path) -> Path:
    """Return a folder of its own for the making of a report.

    Parameters
    ----------
    report : Report
        The report.
    folder : Path
        Where ``site``, ``exhibits`` and ``runs`` are.

    Returns
    -------
    Path
        Does not exist yet.
    """
    name = f"{MAKING}{report.page}-{_machine()}-{os.getpid()}-{secrets.token_hex(4)}"
    return folder / "runs" / report.study / report.language / name


def sweep(folder: Path) -> None:
    """Remove what builds left half made that were killed; those of living processes and other machines stay.

    Parameters
    ----------
    folder : Path
        Where ``site``, ``exhibits`` and ``runs`` are.
    """
    for left in (folder / "runs").glob(f"*/*/{MAKING}*"):
        machine, process = left.name.split("-")[-3:-1]
        if machine == _machine() and not _lives(process):
            shutil.rmtree(left, ignore_errors=True)


def _machine() -> str:
    """Return a sign of this machine that is not its name."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:6]


def _lives(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def log_of(report: Report, folder: Path) -> Path:
    """Return the file that what a report prints goes to.

    Parameters
    ----------
    report : Report
        The report.
    folder : Path
        Where ``site``, ``exhibits`` and ``runs`` are.

    Returns
    -------
    Path
        Beside its executed notebook.
    """
    return folder / "runs" / report.study / report.language / f"{report.page}.log"


@contextlib.contextmanager
def making(aside: Path) -> Iterator[Path]:
    """Make a folder for what is not in place yet, and remove it; what is in it is for its owner.

    Parameters
    ----------
    aside : Path
        The folder.

    Yields
    ------
    Path
        The same.
    """
    aside.parent.mkdir(parents=True, exist_ok=True)
    aside.parent.chmod(0o700)  # executed notebooks and logs are for their owner
    aside.mkdir(mode=0o700, exist_ok=True)
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def put_in_place(report: Report, staging: Path, folder: Path, failed: bool) -> list[Path]:
    """Move what was made to where it belongs.

    Parameters
    ----------
    report : Report
        The report.
    staging : Path
        Where it was made: ``page.html``, ``run.ipynb`` and ``files``.
    folder : Path
        Where ``site``, ``exhibits`` and ``runs`` are.
    failed : bool
        A failed run publishes no exhibit.

    Returns
    -------
    list of Path
        What stands in its place now.
    """
    at = Path(report.study) / report.language
    files = {staging / "page.html": folder / "site" / at / f"{report.page}.html"}
    files[staging / "run.ipynb"] = folder / "runs" / at / f"{report.page}.ipynb"
    made = [] if failed else sorted(path for path in (staging / "files").rglob("*") if path.is_file())
    for path in made:
        files[path] = folder / "site" / at / f"{report.page}-files" / path.relative_to(staging / "files")
    placed = []
    for source, target in files.items():
        if source.exists():
            placed.append(_copy(source, target))
    if not report.scope:
        placed += [_copy(path, folder / "exhibits" / at / path.relative_to(staging / "files")) for path in made]
    return placed


def _copy(source: Path, target: Path) -> Path:
    """Copy a file beside its place and rename it, so that a reader never meets half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(source, aside)
    return aside.replace(target)
