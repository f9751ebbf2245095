"""Executed notebooks without what changes from run to run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from digiskills.reports.failure import scrub

if TYPE_CHECKING:
    from nbformat import NotebookNode

# What a kernel says of its language; the class of highlighted code follows from it.
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python", "pygments_lexer": "ipython3"}


def clean(executed: NotebookNode) -> NotebookNode:
    """Return the notebook without what changes from run to run: times, paths, warnings, ids.

    Parameters
    ----------
    executed : NotebookNode
        As papermill gave it; it is changed in place.

    Returns
    -------
    NotebookNode
        The same notebook. What was printed to the error stream goes to the log.
    """
    executed.metadata.pop("papermill", None)
    executed.metadata["language_info"] = dict(LANGUAGE)
    executed.cells = [
        cell for cell in executed.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])
    ]
    for cell in executed.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                sys.stderr.write(output.text)
            _scrub_output(output)
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
    return executed


def _scrub_output(output: NotebookNode) -> None:
    """Take absolute paths out of the texts of an output."""
    if "text" in output:
        output.text = scrub(output.text)
    if "traceback" in output:
        output.traceback = [scrub(line) for line in output.traceback]
    for kind, text in output.get("data", {}).items():
        if kind.startswith("text/") and isinstance(text, str):
            output.data[kind] = scrub(text)
