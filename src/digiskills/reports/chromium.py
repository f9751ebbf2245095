"""The Chromium of this machine, where it has one; none is ever downloaded."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from digiskills.errors import UsageError

VARIABLE = "DIGISKILLS_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find() -> str:
    """Return the program: the one named by ``DIGISKILLS_CHROMIUM``, else one on the path; empty where there is none."""
    named = os.environ.get(VARIABLE, "")
    if named:
        return shutil.which(named) or ""
    found = next((path for name in NAMES if (path := shutil.which(name))), "")
    return found or next((place for place in PLACES if Path(place).is_file()), "")


def needed(what: str) -> str:
    """Return the program.

    Parameters
    ----------
    what : str
        What it is needed for, as the user asked for it.

    Returns
    -------
    str
        Its path.

    Raises
    ------
    UsageError
        There is none; says how to have one.
    """
    found = find()
    if found:
        return found
    named = os.environ.get(VARIABLE, "")
    if named:
        raise UsageError(f"{what}: {VARIABLE} names ‘{named}’, which is no program here")
    raise UsageError(
        f"{what} needs Chromium or Chrome, and none is on the path; install one (Debian: apt install chromium) "
        f"or set {VARIABLE} to its program"
    )
