"""The parameters that a notebook declares in its tagged cell, and whether a value may be given to one."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digiskills.codebook import LANGUAGES
from digiskills.errors import UsageError, nearest

if TYPE_CHECKING:
    from digiskills.study import Study

STANDARD = ("study", "language", "wave", "department_size", "level", "smallest_group")
MOST_OF_ITS_OWN = 4
KINDS = ("str", "int", "float", "bool", "list[str]")
# What a name holds ends in the executed notebook and on the page: nothing secret may be given this way.
SECRET = re.compile(r"token|passw|secret|credential|api_?key", re.IGNORECASE)


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: ``name: kind = default  # meaning``."""

    name: str
    kind: str
    default: Any
    meaning: str = ""


def read(notebook: Path) -> tuple[Parameter, ...]:
    """Return the parameters that a notebook declares, in the order of its cell.

    Parameters
    ----------
    notebook : Path
        A ``.ipynb`` file with one code cell tagged ``parameters``.

    Returns
    -------
    tuple of Parameter
        One per line of the cell.

    Raises
    ------
    UsageError
        The cell is missing, or a line is not ``name: kind = default  # meaning``, or the names are not
        the standard ones in their order; every problem at once.
    """
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        raise UsageError(f"{notebook.name}: {len(tagged)} cells are tagged ‘parameters’ (there should be one)")
    parameters, problems = parse("".join(tagged[0]["source"]))
    problems += _order_problems([parameter.name for parameter in parameters])
    if problems:
        raise UsageError("\n".join(f"{notebook.name}, parameters cell: {problem}" for problem in problems))
    return tuple(parameters)


def parse(source: str) -> tuple[list[Parameter], list[str]]:
    """Return the parameters of a cell's source, and what is wrong with it.

    Parameters
    ----------
    source : str
        Source of the cell.

    Returns
    -------
    tuple of list of Parameter and list of str
        The lines that could be read; one message per line that could not.
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        return [], [f"line {error.lineno}: {error.msg}"]
    parameters: list[Parameter] = []
    problems: list[str] = []
    for statement in statements:
        line = source.splitlines()[statement.lineno - 1]
        try:
            parameters.append(_parameter(statement, line))
        except ValueError as error:
            problems.append(f"line {statement.lineno}: {error}")
    return parameters, problems


def values(parameters: Sequence[Parameter], texts: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return values typed as the parameters ask for, from texts such as those of ``--set NAME=VALUE``.

    Parameters
    ----------
    parameters : sequence of Parameter
        What the notebook declares.
    texts : mapping of str to str
        Name to text; a list is written with commas.

    Returns
    -------
    tuple of dict and list of str
        Name to value, and one message per text that is not of the parameter's kind. Names that are not
        declared are kept as they are: `problems` tells them.
    """
    kinds = {parameter.name: parameter.kind for parameter in parameters}
    typed: dict[str, Any] = {}
    problems: list[str] = []
    for name, text in texts.items():
        try:
            typed[name] = _typed(kinds.get(name, "str"), text)
        except ValueError:
            problems.append(f"{name}: ‘{text}’ is not of type {kinds[name]}")
    return typed, problems


def problems(parameters: Sequence[Parameter], given: Mapping[str, Any], study: Study) -> list[str]:
    """Return what is wrong with the values given to a notebook; nothing where all may be used.

    Parameters
    ----------
    parameters : sequence of Parameter
        What the notebook declares.
    given : mapping of str to value
        Values for some of them.
    study : Study
        The study whose words may be used for wave, department size and level.

    Returns
    -------
    list of str
        One message per name that does not exist, value of another type, or word that is not the study's.
    """
    declared = {parameter.name: parameter for parameter in parameters}
    found: list[str] = []
    for name, value in given.items():
        if SECRET.search(name):
            found.append(f"{name}: parameters are written on the page; a secret cannot be given as one")
        elif name not in declared:
            found.append(f"{name}: there is no such parameter; {nearest(name, declared)}")
        elif not _is_of_kind(value, declared[name].kind):
            found.append(f"{name}: {value!r} is not of type {declared[name].kind}")
        else:
            found += _word_problems(declared[name], value, study)
    return found


def _word_problems(parameter: Parameter, value: Any, study: Study) -> list[str]:
    """Return what is wrong with a value of the right type: another's word, too small a group."""
    name = parameter.name
    if name == "smallest_group":
        least = study.release.smallest_group
        lower = value < least and value != parameter.default
        return [f"{name}: {value} is below the study’s {least}; it may only be raised"] if lower else []
    words = _words(name, study)
    if words is None or value in words or (value == parameter.default and name != "study"):
        return []
    return [f"{name}: ‘{value}’ is not a word of study {study.name}; {nearest(str(value), words)}"]


def _words(name: str, study: Study) -> list[str] | None:
    """Return the words a standard parameter may hold, or None where any value will do."""
    if name == "study":
        return [study.name]
    if name == "language":
        return list(LANGUAGES)
    if name == "wave":
        return ["latest", *(wave.name for wave in study.waves)]
    if name in study.dimensions:
        return ["all", *(category.name for category in study.dimensions[name].categories)]
    return None


def _parameter(statement: ast.stmt, line: str) -> Parameter:
    """Return the parameter that a statement declares."""
    if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value):
        raise ValueError(f"‘{line.strip()}’ is not written as name: kind = default  # meaning")
    name, kind = statement.target.id, ast.unparse(statement.annotation)
    if SECRET.search(name):
        raise ValueError(f"‘{name}’: parameters are written on the page; a secret cannot be one")
    if kind not in KINDS:
        raise ValueError(f"‘{name}’ is of kind {kind}; {nearest(kind, KINDS)}")
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        raise ValueError(f"‘{name}’: the default is not a literal") from None
    if not _is_of_kind(default, kind):
        raise ValueError(f"‘{name}’: the default {default!r} is not of type {kind}")
    # Column offsets of the syntax tree count bytes, not characters.
    rest = line.encode()[statement.end_col_offset :].decode()
    return Parameter(name, kind, default, rest.strip().lstrip("#").strip())


def _order_problems(names: Sequence[str]) -> list[str]:
    """Return what is wrong with the names taken together."""
    found = [f"‘{name}’ is declared twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    found += [f"‘{name}’ is missing" for name in ("study", "language") if name not in names]
    standard = [name for name in STANDARD if name in names]
    if list(names[: len(standard)]) != standard:
        found.append(f"the standard parameters come first, in this order: {', '.join(STANDARD)}")
    own = [name for name in names if name not in STANDARD]
    if len(own) > MOST_OF_ITS_OWN:
        found.append(f"{len(own)} parameters of its own ({', '.join(own)}); at most {MOST_OF_ITS_OWN}")
    return found


def _typed(kind: str, text: str) -> Any:
    """Return a text as a value of a kind."""
    if kind == "list[str]":
        return [part.strip() for part in text.split(",") if part.strip()]
    if kind == "bool":
        if text.lower() not in ("true", "false"):
            raise ValueError(text)
        return text.lower() == "true"
    return {"int": int, "float": float, "str": str}[kind](text)


def _is_of_kind(value: Any, kind: str) -> bool:
    """Tell whether a value is of the kind; a bool is not a number, a whole number is a float."""
    if kind == "list[str]":
        return isinstance(value, list) and all(isinstance(part, str) for part in value)
    if isinstance(value, bool):
        return kind == "bool"
    classes: dict[str, tuple[type, ...]] = {
        "str": (str,),
        "int": (int,),
        "float": (int, float),
        "bool": (bool,),
    }
    return isinstance(value, classes[kind])
