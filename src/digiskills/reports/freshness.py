"""Whether a page is still what its inputs would give; standard library only, so the answer comes at once."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from digiskills import one_language, paths
from digiskills.codebook import LANGUAGES
from digiskills.reports import imports
from digiskills.reports.declared import Report

Ledger = dict[str, dict[str, Any]]


def inputs(study: str, planned: Iterable[Report]) -> dict[str, dict[str, str]]:
    """Return the digests of all that every report of a study rests on, whatever its notebook, for each language.

    Parameters
    ----------
    study : str
        Its name.
    planned : iterable of Report
        All reports whose tables the release plan is decided over.

    Returns
    -------
    dict
        By language, then by what it is: the study's data without the words of the other language, the declared
        tables, the lock file and the installed packages, Python. The release plan follows from these, so what
        it withholds changes with them.
    """
    tables = sorted({json.dumps(asdict(table)) for report in planned for table in report.tables})
    parts = {
        "declared tables": _digest([_file(paths.notebooks() / "reports.toml"), tables]),
        "installed packages": _digest([_file(paths.root() / "requirements.lock"), sorted(_installed())]),
        "published editions": _digest([[file.name, _file(file)] for file in _editions(study)]),
        "Python": ".".join(map(str, sys.version_info[:3])),
    }
    return {language: {"data": data_digest(study, language), **parts} for language in LANGUAGES}


def _editions(study: str) -> list[Path]:
    """Return what earlier editions told: the release plan does not contradict them."""
    return sorted((paths.reports() / "editions" / study).glob("*.json"))


def data_digest(study: str, language: str) -> str:
    """Return the digest of a study's files as received, without what only pages of the other language say.

    Parameters
    ----------
    study : str
        Its name.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        Of names and contents.
    """
    folder = paths.raw(study)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return _digest([[path.relative_to(folder).as_posix(), one_language.digest(path, language)] for path in files])


def parts(report: Report, inputs: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the digests of all that a report rests on: equal digests, equal pages.

    Parameters
    ----------
    report : Report
        The report.
    inputs : mapping
        What `inputs` gives.

    Returns
    -------
    dict of str to str
        By what it is: those of its language in `inputs`, the notebook's source and tags, the parameters, and those
        files of the package that the notebook and its page need. Outputs, ids and execution counts of the notebook
        do not count.
    """
    cells = json.loads(report.path.read_text(encoding="utf-8"))["cells"]
    source = [[cell["cell_type"], cell.get("metadata", {}).get("tags", []), "".join(cell["source"])] for cell in cells]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return {
        "notebook": _digest(source),
        "parameters": _digest([report.key, dict(report.parameters)]),
        "code": imports.digest(code, report.language),
        **inputs[report.language],
    }


def key(parts: Mapping[str, str]) -> str:
    """Return one digest of all that a report rests on."""
    return _digest(dict(parts))


def changed(report: Report, parts: Mapping[str, str], ledger: Ledger) -> list[str]:
    """Return what of a report has changed since it was last made; nothing where it never was.

    Parameters
    ----------
    report : Report
        The report.
    parts : mapping of str to str
        What `parts` gives now.
    ledger : dict
        What `read` gives.

    Returns
    -------
    list of str
        Such as ``data``; ``files made`` where only these differ.
    """
    entry = ledger.get(report.key, {})
    before = entry.get("parts", {})
    found = [name for name, digest in parts.items() if before.get(name) != digest]
    return found or ["files made"] if before else []


def state(report: Report, key: str, ledger: Ledger, folder: Path) -> str:
    """Return how a report stands.

    Parameters
    ----------
    report : Report
        The report.
    key : str
        Its key now.
    ledger : dict
        What `read` gives.
    folder : Path
        The folder that the ledger's paths start from.

    Returns
    -------
    str
        ``fresh``, ``failed``, ``never made``, or ``stale``: made from something else, or its files are changed.
    """
    entry = ledger.get(report.key, {})
    if not entry:
        return "never made"
    if entry.get("key") == key and entry.get("status") == "failed":
        return "failed"
    outputs = entry.get("outputs", {})
    same = entry.get("key") == key and all(_file(folder / name) == digest for name, digest in outputs.items())
    return "fresh" if same and outputs else "stale"


def read(folder: Path) -> Ledger:
    """Return what earlier builds wrote in ``run.json``; empty where there is none or it cannot be read."""
    try:
        ledger: Ledger = json.loads((folder / "run.json").read_text(encoding="utf-8"))["reports"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return ledger


def write(ledger: Ledger, folder: Path) -> None:
    """Write ``run.json`` aside and put it in place."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".run.{os.getpid()}.json"
    ordered = {name: ledger[name] for name in sorted(ledger)}
    aside.write_text(json.dumps({"reports": ordered}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(folder / "run.json")


def reports(ledger: Ledger) -> list[Report]:
    """Return the reports that the ledger tells of, as far as an index needs to know them."""
    found = []
    for name, entry in ledger.items():
        study, language, page = name.split("/")
        if not (paths.notebooks() / f"{entry['notebook']}.ipynb").is_file():
            continue  # the notebook is gone: its page has no question to be listed by
        found.append(Report(page, entry["notebook"], study, language, entry["parameters"], entry["scope"]))
    return found


def digests(files: Iterable[Path], folder: Path) -> Mapping[str, str]:
    """Return the digest of each file by its path below a folder."""
    return {file.relative_to(folder).as_posix(): _file(file) for file in sorted(files)}


def _digest(value: Any) -> str:
    return hashlib.blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=16).hexdigest()


def _file(path: Path) -> str:
    """Return the digest of a file, empty where there is none."""
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    except FileNotFoundError:
        return ""


def _installed() -> Iterator[str]:
    """Return name and version of what is installed, from the names of folders: nothing is opened."""
    for entry in map(Path, sys.path):
        if entry.is_dir():
            yield from (found.name for found in entry.glob("*.dist-info"))
