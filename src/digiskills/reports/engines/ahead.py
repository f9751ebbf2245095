"""Imports ahead: what a process that is to be forked has ready, without a thread of any library."""

from __future__ import annotations

import ast
import importlib
import json
import sys
from collections.abc import Iterable
from importlib.machinery import ModuleSpec
from pathlib import Path

# They start threads when imported; a notebook that needs one imports it in its own process.
LATER = ("duckdb", "polars", "torch", "jax", "rfc3987_syntax")


class Later:
    """Keeps libraries with threads out while modules are imported ahead."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Refuse a library that starts threads.

        Parameters
        ----------
        name : str
            Of the module.
        path, target : object
            As importlib gives them.

        Returns
        -------
        None
            For every other module.

        Raises
        ------
        ModuleNotFoundError
            For those libraries.
        """
        if name.partition(".")[0] in LATER:
            raise ModuleNotFoundError(f"{name} is not imported ahead, as it starts threads", name=name)
        return None


def import_all(names: Iterable[str]) -> None:
    """Import modules, but for libraries that start threads; whoever needs one that is missing will say so.

    Parameters
    ----------
    names : iterable of str
        Of modules.
    """
    later = Later()
    sys.meta_path.insert(0, later)
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    sys.meta_path.remove(later)


def refusal() -> str:
    """Return why this process may not be forked; empty where it may."""
    threads = len(list(Path("/proc/self/task").iterdir()))
    return "" if threads == 1 else f"{threads} threads run before the fork, which only one may"


def imported_by_notebooks(folder: Path) -> list[str]:
    """Return the modules that notebooks import at their top.

    Parameters
    ----------
    folder : Path
        With ``.ipynb`` files.

    Returns
    -------
    list of str
        In order, each once.
    """
    found: dict[str, None] = {}
    for path in sorted(folder.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                found |= dict.fromkeys(_imported("".join(cell["source"])))
    return list(found)


def _imported(source: str) -> list[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    nodes = list(ast.walk(tree))
    direct = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return direct + [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
