"""The cells of an executed notebook in one language as HTML: nbconvert with our template and no script."""

from __future__ import annotations

import copy
from functools import cache
from typing import TYPE_CHECKING

from digiskills.codebook import LANGUAGES
from digiskills.reports.shell import TEMPLATE, vocabulary

if TYPE_CHECKING:
    from nbconvert.exporters import HTMLExporter
    from nbformat import NotebookNode


def html(executed: NotebookNode, language: str) -> str:
    """Return the cells of one language.

    Parameters
    ----------
    executed : NotebookNode
        The notebook as run, cleaned.
    language : str
        ``en`` or ``fr``; cells tagged with the other one are left out.

    Returns
    -------
    str
        HTML without a frame.
    """
    others = set(LANGUAGES) - {language}
    kept = copy.copy(executed)
    kept.cells = [cell for cell in executed.cells if not others & set(cell.metadata.get("tags", []))]
    for cell in kept.cells:
        cell.metadata.setdefault("tags", [])
    made, _ = _exporter().from_notebook_node(kept, resources={"words": vocabulary(language)})
    return str(made)


@cache
def _exporter() -> HTMLExporter:
    """Return nbconvert's exporter with our template and nothing that needs a script."""
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    tags = {"enabled": True, "remove_cell_tags": ("remove-cell",), "remove_input_tags": ("remove-input",)}
    return HTMLExporter(
        config=Config({"TagRemovePreprocessor": tags}),
        template_name=TEMPLATE.name,
        extra_template_basedirs=[str(TEMPLATE.parent)],
        exclude_anchor_links=True,
    )
