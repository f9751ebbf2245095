"""Whether the same build was made before and no file has changed since: asked with `os` and `sys` alone.

Sizes and times of change are compared, as make does, not contents. Where anything differs, the builder looks at
the contents and decides (`digiskills.reports.freshness`).
"""

from __future__ import annotations

import os
import sys
from binascii import crc32

# What can change a page: the project's own folders and files, the package, and what is installed.
INPUTS = ("data/raw", "notebooks", "docs/methods.md", "requirements.lock")
OUTPUTS = ("reports/site", "reports/exhibits", "reports/run.json")
PASSED_OVER = ("__pycache__", ".ipynb_checkpoints", "scratch")
# Options whose build is another one each time, or is made elsewhere.
ANEW = ("--force", "--output", "--help")


def told(arguments: list[str]) -> str:
    """Return what a build would say that has nothing to do.

    Parameters
    ----------
    arguments : list of str
        Of the command line.

    Returns
    -------
    str
        Empty where it is another command, was never given, or any file has changed since.
    """
    path = _record(arguments)
    if not path:
        return ""
    try:
        with open(path, encoding="utf-8") as file:
            said, _, known = file.read().partition("\n")
    except OSError:
        return ""
    return said if known == f"{inputs()}\n{outputs()}" else ""


def remember(arguments: list[str], said: str, inputs: str) -> None:
    """Keep what a build said whose reports are all fresh now.

    Parameters
    ----------
    arguments : list of str
        Of the command line.
    said : str
        One line.
    inputs : str
        What `inputs` gave before the build began.
    """
    path = _record(arguments)
    if not path:
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    aside = f"{path}.{os.getpid()}"
    with open(aside, "w", encoding="utf-8") as file:
        file.write(f"{said}\n{inputs}\n{outputs()}")
    os.replace(aside, path)


def inputs() -> str:
    """Return sizes and times of change of all that a build reads."""
    package = os.path.dirname(os.path.abspath(__file__))
    installed = [place for place in sys.path if os.path.isdir(place)]
    found = [sys.version, *(f"{place} {os.stat(place).st_mtime_ns}" for place in installed)]
    for place in (package, *(os.path.join(_root(), name) for name in INPUTS)):
        _walk(place, found)
    return "\n".join(found)


def outputs() -> str:
    """Return sizes and times of change of all that a build makes for readers."""
    found: list[str] = []
    for name in OUTPUTS:
        _walk(os.path.join(_root(), name), found)
    return "\n".join(found)


def _root() -> str:
    """Return the project's folder, as `digiskills.paths` has it."""
    here = os.path.abspath(__file__)
    return os.environ.get("DIGISKILLS_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(here)))


def _record(arguments: list[str]) -> str:
    """Return the file that holds what a build said; none where every such build is another one."""
    if arguments[:1] != ["build"] or any(one.partition("=")[0] in ANEW for one in arguments):
        return ""
    name = f"{crc32(chr(0).join(arguments).encode()):08x}"
    return os.path.join(_root(), "reports", ".unchanged", name)


def _walk(place: str, found: list[str]) -> None:
    """Add a line per file at or below a place."""
    try:
        entries = sorted(os.scandir(place), key=lambda entry: entry.name)
    except NotADirectoryError:
        stat = os.stat(place)
        found.append(f"{place} {stat.st_mtime_ns} {stat.st_size}")
        return
    except OSError:
        found.append(f"{place} is not there")
        return
    for entry in entries:
        if entry.name in PASSED_OVER:
            continue
        if entry.is_dir():
            _walk(entry.path, found)
        else:
            stat = entry.stat()
            found.append(f"{entry.path} {stat.st_mtime_ns} {stat.st_size}")
