"""Runs the code cells of a notebook in this process, so that warnings are errors and failures are near."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path
from typing import Any

from digiskills import paths, tables
from digiskills import study as studies
from digiskills.disclosure import Released
from digiskills.notebook import RUN
from digiskills.reports import declared, run


def copy_of(checkout: Path, root: Path) -> Path:
    """Return a root of its own with the studies and notebooks of the checkout."""
    shutil.copytree(checkout / "data" / "raw", root / "data" / "raw")
    shutil.copytree(checkout / "notebooks", root / "notebooks")
    return root


def prepare(study: str) -> None:
    """Make the processed data and the release plan of a study, as a build does."""
    run.prepare(studies.read(study), declared.reports(study))


def cells(path: Path) -> list[dict[str, Any]]:
    """Return the code cells of a notebook."""
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


def execute(name: str, monkeypatch: Any, exhibits: Path | None = None, **parameters: str) -> list[str]:
    """Run a notebook of this root with parameters, as a build does where a folder for exhibits is given.

    Returns the HTML of what each cell shows.
    """
    if exhibits is not None:
        monkeypatch.setenv(RUN, json.dumps({"exhibits": str(exhibits), "parameters": parameters, "href": "files"}))
    names: dict[str, Any] = {}
    shown = []
    for cell in cells(paths.notebooks() / f"{name}.ipynb"):
        source = "".join(cell["source"])
        found = _run(source, names)
        if "parameters" in cell["metadata"].get("tags", []):
            names |= parameters
        elif found is not None:
            shown.append(tables.html(found) if isinstance(found, Released) else found._repr_html_())
    return shown


def _run(source: str, names: dict[str, Any]) -> Any:
    """Execute a cell and return the value of its last line, as Jupyter shows it."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if isinstance(last, ast.Expr) else None
