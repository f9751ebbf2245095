"""Which files of the package a notebook and its page need: a change in any other leaves the page as it is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from digiskills import one_language

PACKAGE = "digiskills"
# What makes the release plan, runs the notebook and writes its page.
ALWAYS = ("digiskills.reports.execute", "digiskills.reports.pages", "digiskills.disclosure", "digiskills.survey")
IMPORT = re.compile(
    rf"^[ \t]*(?:from[ \t]+({PACKAGE}[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)|import[ \t]+({PACKAGE}[\w.]*))",
    re.MULTILINE,
)


def code_state() -> tuple[tuple[str, int], ...]:
    """Return names and times of change of the files of this package."""
    return tuple((str(path), path.stat().st_mtime_ns) for path in sorted(root().rglob("*.py")))


def root() -> Path:
    """Return the folder of the package."""
    return Path(__file__).parents[1]


def digest(source: str, language: str) -> str:
    """Return the digest of the package's files that a source needs, directly or not.

    Parameters
    ----------
    source : str
        Of a notebook's code.
    language : str
        Words of the other language do not count.

    Returns
    -------
    str
        Of names and contents.
    """
    needed = frozenset(names(source)) | frozenset(ALWAYS)
    return _digest(needed, language, root(), _state(root()))


def names(source: str) -> Iterator[str]:
    """Yield the modules of the package that a source imports, and what it takes from them, which may be modules.

    Parameters
    ----------
    source : str
        Python.

    Yields
    ------
    str
        Names such as ``digiskills.charts.slope``.
    """
    for found in IMPORT.finditer(source):
        module, taken, whole = found.groups()
        yield module or whole
        if module:
            yield from (f"{module}.{name}" for name in re.findall(r"(\w+)(?:[ \t]+as[ \t]+\w+)?", taken))


def files(needed: frozenset[str], folder: Path) -> list[Path]:
    """Return the files of the package behind names, and behind all that these import.

    Parameters
    ----------
    needed : frozenset of str
        Names; those that are no module are passed over.
    folder : Path
        Of the package.

    Returns
    -------
    list of Path
        Modules, and what stands beside them, such as templates.
    """
    waiting, known, found = list(needed), set(needed), set[Path]()
    while waiting:
        for path in _modules(waiting.pop(), folder) - found:
            found.add(path)
            more = set(_imported(path, path.stat().st_mtime_ns)) - known
            known |= more
            waiting += more
    beside = {path for parent in {module.parent for module in found} for path in _beside(parent)}
    return sorted(found | beside)


def _modules(name: str, folder: Path) -> set[Path]:
    """Return the files that importing a name runs: the module and every package above it."""
    at, found = folder, set[Path]()
    for part in name.split(".")[1:]:
        found |= {path for path in (at / "__init__.py", at / f"{part}.py") if path.is_file()}
        at = at / part
    return found | ({at / "__init__.py"} if (at / "__init__.py").is_file() else set())


@cache
def _imported(path: Path, changed: int) -> list[str]:
    return list(names(path.read_text(encoding="utf-8")))


def _beside(folder: Path) -> Iterator[Path]:
    """Yield what modules of a folder may read: files that are not Python, folders of such files included."""
    for path in folder.iterdir():
        if path.is_dir() and path.name != "__pycache__" and not (path / "__init__.py").is_file():
            yield from (file for file in path.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc"))
        elif path.is_file() and path.suffix not in (".py", ".pyc"):
            yield path


def _state(folder: Path) -> int:
    """Return the latest change of the package, by which what was found of it is remembered."""
    return max((path.stat().st_mtime_ns for path in folder.rglob("*") if "__pycache__" not in path.parts), default=0)


@cache
def _digest(needed: frozenset[str], language: str, folder: Path, changed: int) -> str:
    parts = hashlib.blake2b(digest_size=16)
    for path in files(needed, folder):
        parts.update(f"{path.relative_to(folder).as_posix()} {one_language.digest(path, language)}\n".encode())
    return parts.hexdigest()
