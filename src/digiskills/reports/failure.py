"""What is known of a notebook that stopped, and the page that says so."""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digiskills import paths
from digiskills.errors import StudyError
from digiskills.reports.declared import Report

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# The kernel's name for a cell's source: /tmp/ipykernel_123/456.py
CELL_FILE = re.compile(r"[^\s\"']{0,200}ipykernel_\d+[/\\]\d+\.py")


@dataclass(frozen=True)
class Failure:
    """Why a report could not be made.

    Parameters
    ----------
    message : str
        One line: the error, or what was not done.
    cell : int
        Number of the cell in the notebook, counted from 1; 0 where no cell is to blame.
    source : str
        Source of that cell.
    traceback : str
        As Python printed it, without colours and absolute paths.
    """

    message: str
    cell: int = 0
    source: str = ""
    traceback: str = ""


OUT_OF_TIME = re.compile(r"TimeoutError: the report took longer than [\d.e+]+ s")


def is_private(failure: Failure) -> bool:
    """Tell whether what is known of a failure may hold cells of received files, which no page shows.

    Parameters
    ----------
    failure : Failure
        Why a report could not be made.

    Returns
    -------
    bool
        True for what is wrong in a study's files, which is told with the value found there, and for every error that
        a cell ended with: errors quote what they were given, and those that they came from.
    """
    if OUT_OF_TIME.fullmatch(failure.message):
        return False
    return bool(failure.traceback) or failure.message.startswith(StudyError.__name__)


class Stopped(Exception):
    """A report could not be made; carries the failure from the run to its page."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def of_notebook(executed: Mapping[str, Any]) -> Failure | None:
    """Return why an executed notebook does not count, or None where every code cell ran to its end.

    Parameters
    ----------
    executed : mapping
        A notebook that papermill gave back. It gives back, and calls complete, one that ended half-way
        with ``sys.exit(0)``; only the execution counts tell.

    Returns
    -------
    Failure or None
        For the first cell that raised an error or never ran.
    """
    cells = [
        cell for cell in executed["cells"] if not set(_tags(cell)) & {"papermill-error-cell-tag", "injected-parameters"}
    ]
    for number, cell in enumerate(cells, start=1):
        if cell["cell_type"] != "code":
            continue
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                message = scrub(f"{output['ename']}: {output['evalue']}".strip().rstrip(":"))
                return Failure(message, number, cell["source"], scrub("\n".join(output["traceback"])))
        if cell["source"].strip() and cell["execution_count"] is None:
            return Failure("the notebook ended before this cell was run", number, cell["source"])
    return None


def command(report: Report) -> str:
    """Return the command that makes a report again.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    str
        To be typed in the project's folder.
    """
    words = ["digiskills", "build", report.notebook, "--study", report.study, "--language", report.language]
    for name, value in report.scope.items():
        words += ["--set", f"{name}={','.join(value) if isinstance(value, list) else value}"]
    return shlex.join([*words, "--force"])


def scrub(text: str) -> str:
    """Return a text without colours and without paths that tell whose machine it was made on.

    Parameters
    ----------
    text : str
        What a notebook or Python printed.

    Returns
    -------
    str
        Paths below the project start from its folder; others from what they are.
    """
    text = ANSI.sub("", text)
    if "ipykernel_" in text:  # the search is slow in the long words of an embedded picture
        text = CELL_FILE.sub("the cell", text)
    folders = {
        str(paths.root()): "",
        sys.prefix: "python",
        sys.base_prefix: "python",
        tempfile.gettempdir(): "tmp",
    }
    folders[str(Path.home())] = "~"
    # Longest first: the environment is often a folder of the project, the project one of the home folder.
    for folder in sorted(folders, key=len, reverse=True):
        if len(folder) > 1:
            text = text.replace(folder + os.sep, folders[folder] + "/" if folders[folder] else "")
            text = text.replace(folder, folders[folder] or ".")
    return text


def _tags(cell: Mapping[str, Any]) -> list[str]:
    return list(cell.get("metadata", {}).get("tags", []))
