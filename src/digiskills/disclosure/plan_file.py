"""The plan of a build on disk, for the processes that make the reports."""

from __future__ import annotations

import json
import os
from pathlib import Path

from digiskills import paths
from digiskills.disclosure.plan import Plan
from digiskills.disclosure.table import DeclaredTable
from digiskills.errors import ReleaseError


def write_plan(plan: Plan) -> Path:
    """Return the file that holds the plan, for the processes that make the reports.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    Path
        A private file in the study's processed folder.
    """
    path = _path(plan.study)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{os.getpid()}.tmp")
    aside.touch(mode=0o600)
    aside.write_text(plan.text, encoding="utf-8")
    aside.replace(path)
    return path


def read_plan(study: str) -> Plan | None:
    """Return the plan that the last build made.

    Parameters
    ----------
    study : str
        Name of the study.

    Returns
    -------
    Plan or None
        None where none was made yet.

    Raises
    ------
    ReleaseError
        If the file is damaged.
    """
    path = _path(study)
    if not path.is_file():
        return None
    try:
        return loads(path.read_text(encoding="utf-8"))
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"{path.name} is damaged ({error}): delete it, the next build makes it anew") from None


def _path(study: str) -> Path:
    return paths.processed(study) / "release_plan.json"


def loads(text: str) -> Plan:
    """Return the plan that was written.

    Parameters
    ----------
    text : str
        What `Plan.text` gave.

    Returns
    -------
    Plan
        Equal to what was written.

    Raises
    ------
    ValueError, KeyError, TypeError
        The text is no plan.
    """
    told = json.loads(text)
    tables = tuple(DeclaredTable(*_hashable(row)) for row in told["tables"])
    withheld = {
        _hashable(specification): {tuple(key): why for key, why in cells} for specification, cells in told["withheld"]
    }
    return Plan(told["study"], tables, withheld, told["inputs"], tuple(told.get("left_out", ())))


def _hashable(value: list) -> tuple:  # type: ignore[type-arg]
    return tuple(_hashable(part) if isinstance(part, list) else part for part in value)
