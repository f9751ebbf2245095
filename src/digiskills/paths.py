"""Where things live; names only, nothing is read or made here."""

from __future__ import annotations

import os
from pathlib import Path


def root() -> Path:
    """Return the project's folder: ``$DIGISKILLS_ROOT`` where set, otherwise this checkout."""
    return Path(os.environ.get("DIGISKILLS_ROOT") or Path(__file__).parents[2])


def raw(study: str) -> Path:
    """Return the folder of a study's files as received."""
    return root() / "data" / "raw" / study


def processed(study: str) -> Path:
    """Return the folder of what is made from a study's raw files."""
    return root() / "data" / "processed" / study


def notebooks() -> Path:
    """Return the folder of the notebooks and of ``reports.toml``."""
    return root() / "notebooks"


def reports() -> Path:
    """Return the folder of everything a build makes."""
    return root() / "reports"


def site() -> Path:
    """Return the folder of the built pages."""
    return reports() / "site"


def exhibits(study: str, language: str) -> Path:
    """Return the folder of the exhibits that runs with default parameters publish."""
    return reports() / "exhibits" / study / language


def runs() -> Path:
    """Return the folder of executed notebooks."""
    return reports() / "runs"
