"""How much a received file may hold, and reading that stops there."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path
from typing import IO

from digiskills.errors import Problem, StudyError

# A survey of a million people with a hundred questions is 0.3 GB as CSV. What is larger is a mistake or
# a compressed bomb; it is refused before memory runs out.
LARGEST_BYTES = 2 * 1024**3
LARGEST_CELLS = 500_000_000
MOST_COLUMNS = 20_000
_CHUNK = 1024**2


def contents(path: Path, largest: int = LARGEST_BYTES) -> bytes:
    """Return a file's bytes, unpacked where its name ends in ``.gz``.

    Parameters
    ----------
    path : Path
        The file.
    largest : int
        Bytes (unpacked) at which reading stops.

    Returns
    -------
    bytes
        The whole file.

    Raises
    ------
    StudyError
        If the file is absent, no gzip file, or larger than allowed.
    """
    try:
        if path.suffix.lower() == ".gz":
            with gzip.open(path, "rb") as file:
                return _read(file, path, largest)
        with path.open("rb") as file:
            return _read(file, path, largest)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        allowed = "fetch it again"
        raise StudyError([Problem(path.name, None, None, None, f"is a damaged gzip file: {error}", allowed)]) from None
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise StudyError([Problem(path.name, None, None, None, message)]) from None


def check_size(path: Path, largest: int = LARGEST_BYTES) -> None:
    """Refuse a file that is absent or too large.

    Parameters
    ----------
    path : Path
        The file.
    largest : int
        Bytes.

    Raises
    ------
    StudyError
        If it is.
    """
    if not path.is_file():
        raise StudyError([Problem(path.name, None, None, None, "is missing")])
    if path.stat().st_size > largest:
        raise too_large(path, largest)


def too_large(path: Path, largest: int, unit: str = "bytes") -> StudyError:
    """Return the error for a file over a limit.

    Parameters
    ----------
    path : Path
        The file.
    largest : int
        The limit.
    unit : str
        What is counted.

    Returns
    -------
    StudyError
        Ready to raise.
    """
    message = f"holds more than {largest:,} {unit}"
    return StudyError([Problem(path.name, None, None, None, message, "split it, or send a smaller extract")])


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(file: IO[bytes] | gzip.GzipFile, path: Path, largest: int) -> bytes:
    read = bytearray()
    while chunk := file.read(_CHUNK):
        read += chunk
        if len(read) > largest:
            raise too_large(path, largest)
    return bytes(read)
