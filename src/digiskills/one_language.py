"""What a file says in one language: a changed word of the other one leaves a page as it is."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

OTHERS = {"en": ("fr",), "fr": ("en",), "": ("en", "fr")}
# Columns as label_fr and label::French (fr).
COLUMN = r"(_({0})$)|(\(({0})\)$)"


def digest(path: Path, language: str) -> str:
    """Return the digest of a file without the words of the other language.

    Parameters
    ----------
    path : Path
        A file of a study or of the package.
    language : str
        ``en`` or ``fr``; empty for neither, where no word counts and only what is counted does.

    Returns
    -------
    str
        Of the whole file, where it is of another kind or has no words that can be told apart.
    """
    stat = path.stat()
    return _digest(path, stat.st_mtime_ns, stat.st_size, language)


@cache
def _digest(path: Path, changed: int, size: int, language: str) -> str:
    content = path.read_bytes()
    if path.suffix == ".csv":
        content = _columns(content, OTHERS[language])
    elif path.suffix == ".toml":
        content = _entries(content, OTHERS[language])
    elif path.name == "datapackage.json":
        content = _passport(content)
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _columns(content: bytes, others: tuple[str, ...]) -> bytes:
    """Return a table without the columns of other languages."""
    try:
        header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    except (ValueError, csv.Error):
        return content  # not a table that we can read; whoever reads it will say so
    pattern = re.compile(COLUMN.format("|".join(others)))
    kept = [number for number, name in enumerate(header) if not pattern.search(name.strip())]
    if len(kept) == len(header):
        return content
    return json.dumps([[row[number] for number in kept if number < len(row)] for row in (header, *rows)]).encode()


def _entries(content: bytes, others: tuple[str, ...]) -> bytes:
    """Return declarations without those of other languages."""
    try:
        declared = tomllib.loads(content.decode("utf-8"))
    except ValueError:
        return content
    return json.dumps(_without(declared, others), default=str).encode()


def _without(value: Any, others: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {name: _without(entry, others) for name, entry in value.items() if name not in others}
    return [_without(entry, others) for entry in value] if isinstance(value, list) else value


def _passport(content: bytes) -> bytes:
    """Return a passport without the sizes and digests of files, which count by themselves."""
    try:
        said = json.loads(content)
        for resource in said["resources"]:
            resource.pop("hash", None)
            resource.pop("bytes", None)
    except (ValueError, KeyError, TypeError, AttributeError):
        return content
    return json.dumps(said).encode()
