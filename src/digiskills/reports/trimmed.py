"""A notebook as a study's data can carry it: what it cannot show gives way to a sentence that says why."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from digiskills.codebook import LANGUAGES
from digiskills.reports.carried import words
from digiskills.reports.interface import text

Cell = dict[str, Any]
Gone = dict[str, list[str]]
"""Names that were not made, and what the study lacks for each."""

PUBLISHING = ("publish", "passages")
"""Functions whose first argument is the id of an exhibit."""
SAYING = "say"
STUDY = "study"
OPENS = ("survey", "focus_groups", "published")
"""Methods of a study that open the evidence of the same name."""


def trimmed(cells: Sequence[Cell], lacking: Mapping[str, Sequence[str]], evidence: Sequence[str]) -> list[Cell]:
    """Return the cells of a notebook without those that a study's data cannot carry.

    Parameters
    ----------
    cells : sequence of dict
        As ``.ipynb`` has them; they are not changed.
    lacking : mapping of str to sequence of str
        Ids of exhibits that cannot be made, and what the study lacks for each.
    evidence : sequence of str
        What the study has.

    Returns
    -------
    list of dict
        Where a step of code is left out, the prose about it is too: under its heading stands, in both languages,
        what the study would need. Names that were made in it are not used later: a step that needs one is left
        out as well, and sentences are said without it.
    """
    gone: Gone = {}
    kept: list[Cell] = []
    told: list[str] = []
    after = False  # whether the step before was left out, so that prose up to the next heading is about it
    for group, code in _steps(cells):
        reasons = _reasons(code, lacking, gone, evidence) if code else []
        prose = [_without_comment(cell) if after else cell for cell in group]
        again = after and reasons == told and not any(_has_heading(cell) for cell in prose)
        prose = [_giving_way(cell, [] if again else reasons) for cell in prose] if reasons else prose
        kept += [cell for cell in prose if "".join(cell["source"]).strip()]
        if code is not None:
            left = _left(code, reasons, gone, evidence)
            kept += [left] if left else []
        after, told = bool(reasons), reasons
    return kept


def _steps(cells: Sequence[Cell]) -> Iterator[tuple[list[Cell], Cell | None]]:
    """Yield each cell of code with the prose before it, and the prose at the end."""
    group: list[Cell] = []
    for cell in cells:
        if cell["cell_type"] == "code":
            yield group, cell
            group = []
        else:
            group.append(cell)
    yield group, None


def _reasons(code: Cell, lacking: Mapping[str, Sequence[str]], gone: Gone, evidence: Sequence[str]) -> list[str]:
    """Return what a study lacks for a step of code that publishes; nothing where the step can be run."""
    tree = _tree(code)
    found = [reason for name in _published(tree) for reason in lacking.get(name, ())]
    if not found and _published(tree):
        found = _lacking(tree, gone, evidence)
    return list(dict.fromkeys(found))


def _lacking(tree: ast.AST, gone: Gone, evidence: Sequence[str]) -> list[str]:
    """Return what a study lacks for code: what the names that it uses lacked, and evidence that it opens."""
    opened = [name for node in ast.walk(tree) if (name := _opens(node)) and name not in evidence]
    used = [reason for name in _used(tree) if name in gone for reason in gone[name]]
    return list(dict.fromkeys([*used, *(f"evidence {name}" for name in opened)]))


def _tree(code: Cell) -> ast.Module:
    return ast.parse("".join(code["source"]))


def _published(tree: ast.AST) -> list[str]:
    """Return the ids of the exhibits that code publishes."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    named = [call.args[0] for call in calls if call.func.id in PUBLISHING and call.args]  # type: ignore[attr-defined]
    return [str(name.value) for name in named if isinstance(name, ast.Constant)]


def _used(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _assigned(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _left(code: Cell, reasons: Sequence[str], gone: Gone, evidence: Sequence[str]) -> Cell | None:
    """Return what is left of a step of code; its names that were not made are added to those that are gone."""
    tree = _tree(code)
    if not reasons and not _lacking(tree, gone, evidence):
        _made(tree, gone)
        return code
    body = [kept for statement in tree.body if (kept := _statement(statement, reasons, gone, evidence))]
    if not body:
        return None
    made = copy.deepcopy(code)
    made["source"] = ast.unparse(ast.Module(body, []))
    return made


def _made(tree: ast.AST, gone: Gone) -> None:
    for name in _assigned(tree):
        gone.pop(name, None)


def _opens(node: ast.AST) -> str:
    """Return the evidence that code opens, as ``study.focus_groups()`` does; empty for none."""
    if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == STUDY):
        return ""
    return node.attr if node.attr in OPENS else ""


def _statement(statement: ast.stmt, reasons: Sequence[str], gone: Gone, evidence: Sequence[str]) -> ast.stmt | None:
    """Return a statement as it can be run, None where it cannot."""
    if _says(statement):
        return _saying(statement, gone, evidence)
    lacks = _lacking(statement, gone, evidence)
    calls = any(isinstance(node, ast.Call) for node in ast.walk(statement))
    if lacks or (reasons and calls):
        gone |= {name: list(lacks or reasons) for name in _assigned(statement)}
        return None
    _made(statement, gone)
    return statement


def _says(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == SAYING


def _saying(statement: ast.stmt, gone: Gone, evidence: Sequence[str]) -> ast.stmt | None:
    """Return a statement that says sentences, without those about what was not made."""
    call: Any = copy.deepcopy(statement)
    call.value.args = [each for each in call.value.args if not _lacking(each, gone, evidence)]
    return call if call.value.args else None


def _without_comment(cell: Cell) -> Cell:
    """Return a cell of prose from its first heading on: what stands above is about the step before."""
    source = "".join(cell["source"])
    heading = re.search(r"^## ", source, flags=re.MULTILINE)
    return {**cell, "source": source[heading.start() :] if heading else ""}


def _giving_way(cell: Cell, reasons: Sequence[str]) -> Cell:
    """Return a cell of prose whose last section says only that nothing can be shown, and why."""
    source, tags = "".join(cell["source"]), cell.get("metadata", {}).get("tags", [])
    language = next((one for one in LANGUAGES if one in tags), "en")
    headings = list(re.finditer(r"^## .*$", source, flags=re.MULTILINE))
    before = source[: headings[-1].end()] + "\n" if headings else ""
    # Where no reason is given, it stands just above.
    said = text("left_out.table", language, what=words(reasons, language)) if reasons else ""
    return {**cell, "source": before + said}


def _has_heading(cell: Cell) -> bool:
    return re.search(r"^## ", "".join(cell["source"]), flags=re.MULTILINE) is not None
