"""A study's passport: where each raw file comes from, how it is written, and its fingerprint."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from digiskills import aside
from digiskills.errors import Problem, StudyError, UsageError, nearest
from digiskills.intake import limits

FILE = "datapackage.json"
# Written by the study's keeper, not received: the declaration, the passport itself and the page about them.
NOT_RECEIVED = (FILE, "study.toml", "README.md")
LARGEST_PASSPORT_BYTES = 10 * 1024**2


@dataclass(frozen=True)
class Resource:
    """One raw file in the passport.

    Parameters
    ----------
    name, path : str
        Its name and its place in the study's folder, with forward slashes.
    format, encoding, delimiter, sheet : str
        How it is written; empty where the reader's default holds.
    sha256 : str
        64 hexadecimal digits, empty where not yet filled.
    bytes : int or None
        Size of the file.
    evidence : str
        Which evidence of the study it belongs to.
    disclosure_level : str
        ``public`` or ``private`` (unit records: nothing of them is shown).
    optional : bool
        Whether the study can be read without it.
    fetch : str
        Where the publisher has it, for files that are not kept with the study.
    licences, sources : tuple of str
        As the passport names them.
    """

    name: str
    path: str
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sha256: str = ""
    bytes: int | None = None
    evidence: str = ""
    disclosure_level: str = ""
    optional: bool = False
    fetch: str = ""
    licences: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Passport:
    """The passport of a study's folder.

    Parameters
    ----------
    folder : Path
        The study's folder.
    resources : mapping of str to Resource
        By path.
    """

    folder: Path
    resources: Mapping[str, Resource]

    def resource(self, path: str) -> Resource:
        """Return the entry of one file.

        Parameters
        ----------
        path : str
            Its place in the study's folder, or its name in the passport.

        Returns
        -------
        Resource
            The entry.

        Raises
        ------
        UsageError
            If the passport has none.
        """
        for resource in self.resources.values():
            if path in (resource.path, resource.name):
                return resource
        raise UsageError(f"{FILE} lists no file ‘{path}’: {nearest(path, self.resources)}")

    def of(self, evidence: str) -> list[Resource]:
        """Return the entries of one evidence.

        Parameters
        ----------
        evidence : str
            ``survey``, ``focus_groups`` or ``published``.

        Returns
        -------
        list of Resource
            In the passport's order.
        """
        return [resource for resource in self.resources.values() if resource.evidence == evidence]


def read(folder: Path) -> Passport:
    """Return the passport of a study's folder.

    Parameters
    ----------
    folder : Path
        Holds ``datapackage.json`` (Frictionless Data Package).

    Returns
    -------
    Passport
        Its resources by path.

    Raises
    ------
    StudyError
        If the passport is absent, no JSON, names a file outside the folder or a file twice.
    """
    problems: list[Problem] = []
    resources: dict[str, Resource] = {}
    for number, entry in enumerate(_entries(_load(folder))):
        resource = _resource(entry)
        place = f"resources[{number}].path"
        if resource.path in resources:
            problems.append(Problem(FILE, None, place, resource.path, "is listed twice"))
        if not is_inside(folder, resource.path):
            allowed = "a path inside it, with forward slashes and without .."
            problems.append(Problem(FILE, None, place, resource.path, "is not inside the study’s folder", allowed))
        resources[resource.path] = resource
    if problems:
        raise StudyError(problems)
    return Passport(folder, resources)


def check(folder: Path) -> list[Problem]:
    """Return what does not agree between a study's folder and its passport.

    Parameters
    ----------
    folder : Path
        The study's folder.

    Returns
    -------
    list of Problem
        Files that are missing, changed or not listed; empty when all is well.
    """
    try:
        passport = read(folder)
    except StudyError as error:
        return error.problems
    found = []
    for resource in passport.resources.values():
        path = folder / resource.path
        found += [] if resource.optional and not path.is_file() else changed(path, resource)
    return found + [
        Problem(FILE, None, None, path, "is not listed", "an entry under resources, then digiskills renew STUDY")
        for path in _received_files(folder)
        if path not in passport.resources
    ]


def changed(path: Path, resource: Resource) -> list[Problem]:
    """Return what is wrong with one listed file: missing, or other bytes than those listed.

    Parameters
    ----------
    path : Path
        Where the file is.
    resource : Resource
        Its entry.

    Returns
    -------
    list of Problem
        Empty when the file is the one that was received.
    """
    if not path.is_file():
        allowed = f"fetch it: {resource.fetch}" if resource.fetch else "put it back"
        return [Problem(resource.path, None, None, None, "is missing", allowed)]
    if not resource.sha256:
        return [Problem(FILE, None, "hash", resource.path, "has no sha256", "run digiskills renew STUDY")]
    if limits.sha256(path) != resource.sha256:
        allowed = "fetch it again; if the change is meant, run digiskills renew STUDY"
        return [
            Problem(
                resource.path,
                None,
                None,
                None,
                f"is not the file that {FILE} lists (sha256 differs)",
                allowed,
            )
        ]
    return []


def renew(folder: Path) -> list[str]:
    """Write the size and SHA-256 of the files listed into the passport.

    Parameters
    ----------
    folder : Path
        The study's folder. Entries of absent files are left as they are.

    Returns
    -------
    list of str
        Paths whose entry changed.
    """
    read(folder)
    package = _load(folder)
    renewed = []
    for entry in _entries(package):
        path = folder / str(entry["path"])
        if path.is_file():
            now = {"bytes": path.stat().st_size, "hash": f"sha256:{limits.sha256(path)}"}
            renewed += [str(entry["path"])] if now != {key: entry.get(key) for key in now} else []
            entry.update(now)
    if renewed:
        text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
        aside.put(folder / FILE, text.encode())
    return renewed


def is_inside(folder: Path, path: str) -> bool:
    """Return whether a path stays inside a folder, links followed.

    Parameters
    ----------
    folder : Path
        The folder.
    path : str
        A relative path with forward slashes.

    Returns
    -------
    bool
        False for absolute paths, drives, addresses, backslashes and ``..``.
    """
    parts = PurePosixPath(path)
    if not path or parts.is_absolute() or ".." in parts.parts or any(sign in path for sign in ("\\", ":", "\0")):
        return False
    return (folder / path).resolve().is_relative_to(folder.resolve())


def _load(folder: Path) -> dict[str, Any]:
    data = limits.contents(folder / FILE, LARGEST_PASSPORT_BYTES)
    try:
        package = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise StudyError([Problem(FILE, None, None, None, f"is no JSON: {error}")]) from None
    if not isinstance(package, dict) or not isinstance(package.get("resources"), list):
        raise StudyError([Problem(FILE, None, "resources", None, "is missing", "a list with one entry per raw file")])
    return package


def _entries(package: Mapping[str, Any]) -> list[dict[str, Any]]:
    wrong = [
        Problem(FILE, None, f"resources[{number}]", None, "has no path", '{"name": …, "path": …}')
        for number, entry in enumerate(package["resources"])
        if not isinstance(entry, dict) or not isinstance(entry.get("path"), str)
    ]
    if wrong:
        raise StudyError(wrong)
    return list(package["resources"])


def _resource(entry: Mapping[str, Any]) -> Resource:
    dialect = entry.get("dialect") if isinstance(entry.get("dialect"), dict) else {}
    size = entry.get("bytes")
    return Resource(
        name=str(entry.get("name", entry["path"])),
        path=str(entry["path"]),
        format=str(entry.get("format", "")).lower(),
        encoding=str(entry.get("encoding", "")),
        delimiter=str((dialect or {}).get("delimiter", "")),
        sheet=str((dialect or {}).get("sheet", "")),
        sha256=str(entry.get("hash", "")).removeprefix("sha256:"),
        bytes=size if isinstance(size, int) else None,
        evidence=str(entry.get("evidence", "")),
        disclosure_level=str(entry.get("disclosure_level", "")),
        optional=entry.get("optional") is True,
        fetch=str(entry.get("fetch", "")),
        licences=_titles(entry.get("licenses")),
        sources=_titles(entry.get("sources")),
    )


def _titles(entries: object) -> tuple[str, ...]:
    entries = entries if isinstance(entries, list) else []
    found = [entry for entry in entries if isinstance(entry, dict)]
    return tuple(str(entry.get("name") or entry.get("title") or entry.get("path") or "") for entry in found)


def _received_files(folder: Path) -> Iterator[str]:
    """Yield the paths of files that ought to be listed; hidden files and folders are left out."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not hidden and str(relative.as_posix()) not in NOT_RECEIVED:
            yield relative.as_posix()
