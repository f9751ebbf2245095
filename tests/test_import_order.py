"""A module imports only what stands below it, so that no part knows who uses it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "digiskills"
FLOORS = (
    ("errors", "paths", "once", "one_language", "formulas", "aside"),
    ("codebook",),
    ("study", "intake", "frameworks"),
    ("survey", "focus_groups", "published", "simulate", "new_study"),
    ("answers",),
    ("estimates", "agreement"),
    ("gaps", "models", "themes", "next_survey"),
    ("disclosure",),
    ("words",),
    ("charts", "tables"),
    ("exhibits", "joint_display"),
    ("notebook",),
    ("reports", "paper", "release", "check"),
    ("warm_kernels",),
    ("unchanged",),
    ("commands",),
    ("cli",),
    ("__main__",),
)
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}
# What stands on one floor without knowing its neighbours, but for these: a study holds its frameworks, and
# a bundle for authors takes only exhibits whose reports are fresh.
NEIGHBOURS = {("study", "frameworks"), ("paper", "reports")}


def module(path: Path) -> str:
    """Return the name that a file has in the list of floors."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Yield the parts of the package that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "digiskills":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("digiskills."):
            yield str(node.module).split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("digiskills."))


FILES = sorted(path for path in SOURCE.rglob("*.py") if path.name != "__init__.py" or path.parent != SOURCE)


def test_every_module_has_a_floor() -> None:
    assert {module(path) for path in FILES} - FLOOR.keys() == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_go_down(path: Path) -> None:
    own = module(path)
    up = [
        name for name in imported(path) if name != own and FLOOR[name] >= FLOOR[own] and (own, name) not in NEIGHBOURS
    ]
    assert up == [], f"{own} (floor {FLOOR[own]}) imports {up}, which should stand below it"


def test_nothing_imports_by_a_relative_name() -> None:
    relative = [
        path.name
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []
