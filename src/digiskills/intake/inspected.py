"""What a received file holds, in lines to read: sizes and names of columns, never a value or a text."""

from __future__ import annotations

from pathlib import Path

from digiskills import intake
from digiskills.errors import UsageError, slip_of
from digiskills.intake import refi_qda

PROJECTS = (".qdpx", ".qdc", ".qde")


def inspected(path: Path) -> list[str]:
    """Return lines that say what a file holds.

    Parameters
    ----------
    path : Path
        A project or codebook for qualitative analysis, or any table that `intake.read` takes.

    Returns
    -------
    list of str
        Of a project, the number of rows of each table, and how many things were not read and why, without their
        names. Of a table, the number of rows, and its columns with the labels that the file gives them.

    Raises
    ------
    UsageError
        If there is no such file.
    StudyError
        If it is in no format that is read, or not well formed.
    """
    if not path.is_file():
        meant = slip_of(path.name, [each.name for each in path.parent.glob("*")])
        raise UsageError(f"there is no file ‘{path}’{f': did you mean ‘{meant}’?' if meant else ''}")
    return _project(path) if path.suffix.lower() in PROJECTS else _table(path)


def _project(path: Path) -> list[str]:
    found = refi_qda.read(path)
    lines = [f"{name}: {len(getattr(found, name))}" for name in refi_qda.TABLES if name != "left_out"]
    left: dict[tuple[str, str], int] = {}
    for what, why, number in found.left_out[["what", "why", "number"]].itertuples(index=False, name=None):
        left[what, why] = left.get((what, why), 0) + int(number)
    reasons = [f"  {what}: {number} ({why})" for (what, why), number in left.items()]
    return [*lines, "left out:" if left else "left out: nothing", *reasons]


def _table(path: Path) -> list[str]:
    received = intake.read(path)
    lines = [f"rows: {len(received.frame)}", f"columns: {len(received.frame.columns)}"]
    labels = {name: about.label for name, about in received.metadata.items()}
    return [*lines, *(f"  {name}{': ' + label if label else ''}" for name, label in labels.items())]
