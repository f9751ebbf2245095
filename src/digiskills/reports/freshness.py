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

from digiskills import paths
from digiskills.codebook import LANGUAGES
from digiskills.reports import imports, one_language
from digiskills.reports.declared import Report

Ledger = dict[str, dict[str, Any]]


def inputs(study: str, planned: Iterable[Report]) -> dict[str, str]:
    """Return the digest of all that every report of a study rests on, whatever its notebook, for each language.

    Parameters
    ----------
    study : str
        Its name.
    planned : iterable of Report
        All reports whose tables the release plan is decided over.

    Returns
    -------
    dict of str to str
        By language: digest of the study's files without the words of the other language, ``reports.toml``, the
        lock file, the installed versions, Python's version and the planned tables. The release plan follows
        from these, so what it withholds changes with them.
    """
    parts = {
        "declared": _file(paths.notebooks() / "reports.toml"),
        "lock": _file(paths.root() / "requirements.lock"),
        "installed": sorted(_installed()),
        "python": list(sys.version_info[:3]),
        "tables": sorted({json.dumps(asdict(table)) for report in planned for table in report.tables}),
    }
    return {language: _digest(parts | {"study": data_digest(study, language)}) for language in LANGUAGES}


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


def key(report: Report, inputs: Mapping[str, str]) -> str:
    """Return the key of a report: equal keys, equal pages.

    Parameters
    ----------
    report : Report
        The report.
    inputs : mapping of str to str
        What `inputs` gives.

    Returns
    -------
    str
        Digest of the notebook's source and tags, the parameters, the inputs, and those files of the package
        that the notebook and its page need. Outputs, ids and execution counts of the notebook do not count.
    """
    cells = json.loads(report.path.read_text(encoding="utf-8"))["cells"]
    source = [[cell["cell_type"], cell.get("metadata", {}).get("tags", []), "".join(cell["source"])] for cell in cells]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    code = imports.digest(text, report.language)
    return _digest([report.key, source, dict(report.parameters), inputs[report.language], code])


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
        ``fresh``, ``failed``, or ``stale``: never made, made from something else, or its files are changed.
    """
    entry = ledger.get(report.key, {})
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
