"""What published editions told: counts only, so that a later edition cannot be subtracted from them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from digiskills import paths
from digiskills.disclosure.told import Told
from digiskills.errors import ReleaseError


def folder(study: str) -> Path:
    """Return where a study's editions are kept.

    Parameters
    ----------
    study : str
        Its name.

    Returns
    -------
    Path
        In the reports' folder.
    """
    return paths.reports() / "editions" / study


def keep(study: str, name: str, told: Mapping[Told, float]) -> Path:
    """Return the file that holds what an edition told.

    Parameters
    ----------
    study : str
        The study.
    name : str
        The edition.
    told : mapping of Told to float
        Every count that its tables tell.

    Returns
    -------
    Path
        One line per count; an edition is kept once.

    Raises
    ------
    ReleaseError
        If there is an edition of that name that told something else.
    """
    path = folder(study) / f"{name}.json"
    lines = [json.dumps([*each, value], ensure_ascii=False) for each, value in sorted(told.items())]
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    if path.is_file() and path.read_text(encoding="utf-8") != text:
        raise ReleaseError(f"edition ‘{name}’ was kept already and told other numbers: give this one another name")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def digest(study: str) -> str:
    """Return the digest of what all editions told.

    Parameters
    ----------
    study : str
        The study.

    Returns
    -------
    str
        Hexadecimal SHA-256.
    """
    files = sorted(folder(study).glob("*.json"))
    told = [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def published(study: str, wave: str) -> dict[Told, float]:
    """Return what all editions told of one wave; of two that differ the later in the order of names.

    Parameters
    ----------
    study : str
        The study.
    wave : str
        The wave.

    Returns
    -------
    dict of Told to float
        Empty where nothing was published yet.
    """
    found: dict[Told, float] = {}
    for path in sorted(folder(study).glob("*.json")):
        for name, item, summed, group, value in json.loads(path.read_text(encoding="utf-8")):
            if name == wave:
                cell = Told(name, item, tuple(summed), tuple((str(a), str(b)) for a, b in group))
                found[cell] = float(value)
    return found
