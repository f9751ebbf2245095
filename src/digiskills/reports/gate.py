"""The door of a page: what a notebook shows must come from an object that was released."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digiskills.reports.failure import Failure

if TYPE_CHECKING:
    from nbformat import NotebookNode

SHOW_INSTEAD = "show a table of the study, or use publish, say or passport"


def pass_released(executed: NotebookNode, mark: str) -> Failure | None:
    """Let through what carries the mark of this run and take the mark off; tell of the first thing that does not.

    Parameters
    ----------
    executed : NotebookNode
        As run; its outputs are changed in place.
    mark : str
        A secret of this run that only `digiskills.notebook` writes around what it shows.

    Returns
    -------
    Failure or None
        The first cell that shows or prints something else, without saying what.
    """
    cells = [cell for cell in executed.cells if "injected-parameters" not in cell.metadata.get("tags", [])]
    for number, cell in enumerate(cells, start=1):
        for output in cell.get("outputs", []) if cell.cell_type == "code" else []:
            if not _passes(output, mark):
                told = "prints" if output.output_type == "stream" else "shows"
                cell.outputs = []
                return Failure(f"cell {number} {told} what was not released: {SHOW_INSTEAD}", number, cell.source)
    return None


def _passes(output: NotebookNode, mark: str) -> bool:
    """Tell whether an output may be on a page; what stands beside its HTML is dropped."""
    if output.output_type == "stream":
        return output.name == "stderr" or not output.text.strip()
    shown = re.fullmatch(rf'<div data-release="{mark}">(.*)</div>', output.get("data", {}).get("text/html", ""), re.S)
    if shown is None:
        return False
    output.data = type(output.data)({"text/html": shown[1]})
    return True
