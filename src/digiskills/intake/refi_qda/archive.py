"""Opens a .qdpx archive without trusting it: nothing is unpacked to disk, and reading stops at limits."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from digiskills.errors import Problem, StudyError
from digiskills.intake import limits

# A project of 20,000 coded passages has 15 MB of XML, a hundred transcripts 10 MB of text. Pictures and recordings may
# be larger: they are not unpacked.
LARGEST_ENTRIES = 20_000
LARGEST_DIRECTORY = 16 * 1024**2
LARGEST_XML_BYTES = 128 * 1024**2
LARGEST_TEXT_BYTES = 64 * 1024**2
_CHUNK = 1024**2
_LEFTOVERS = ("__macosx/",)  # what macOS adds to an archive that is packed again
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What the zip reader of the standard library raises where bytes do not fit: packed data (zlib), numbers cut short
# (struct), an entry that ends early (EOF), an entry encrypted or of another version, whose NotImplementedError is a
# RuntimeError, places before the file's begin and names that are no text (Value).
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError)


class Archive:
    """The entries of an archive by name, read when asked for."""

    def __init__(self, opened: zipfile.ZipFile, file: str) -> None:
        self._zip = opened
        self.file = file
        self._unread = LARGEST_TEXT_BYTES
        self._entries = _entries(opened.infolist(), file)
        self._folder = ""  # of the project, where somebody packed it again with its folder

    def project(self) -> bytes:
        """Return the project's XML.

        Returns
        -------
        bytes
            The one entry that ends in ``.qde``.

        Raises
        ------
        StudyError
            If there is none, or more than one, or it cannot be unpacked.
        """
        found = [name for name in self._entries if name.endswith(".qde") and not name.startswith(_LEFTOVERS)]
        if len(found) != 1:
            message = f"holds {len(found)} projects (entries that end in .qde)"
            raise StudyError([Problem(self.file, None, None, None, message, "an archive with one project.qde")])
        self._folder = found[0].rpartition("/")[0]
        return self._contents(self._entries[found[0]], LARGEST_XML_BYTES, LARGEST_XML_BYTES)

    def text(self, place: str) -> bytes | None:
        """Return the bytes of a text that the project keeps in the archive.

        Parameters
        ----------
        place : str
            The path as the project gives it: ``internal://name.txt`` or a path in the archive.

        Returns
        -------
        bytes or None
            None where the archive has no such entry; what is outside the archive is never opened.

        Raises
        ------
        StudyError
            If it cannot be unpacked, or the texts are too large together.
        """
        entry = self._entry(place)
        if entry is None:
            return None
        data = self._contents(entry, self._unread, LARGEST_TEXT_BYTES)
        self._unread -= len(data)
        return data

    def _entry(self, place: str) -> zipfile.ZipInfo | None:
        name = _internal(place)
        wanted = (f"sources/{name}", name) if name else ()
        placed = [f"{self._folder}/{one}".removeprefix("/") for one in wanted]
        return next((self._entries[one] for one in placed if one in self._entries), None)

    def _contents(self, entry: zipfile.ZipInfo, left: int, largest: int) -> bytes:
        name = f"{self.file}, entry {entry.filename}"
        try:
            with self._zip.open(entry) as opened:
                data = b"" if entry.file_size > left else _read(opened, left)
        except (*_DAMAGE, OSError) as error:
            raise StudyError(
                [Problem(name, None, None, None, f"cannot be unpacked: {error}", "export again")]
            ) from None
        if max(entry.file_size, len(data)) > left:  # what it declares, and what it is
            message = f"holds more than {largest:,} bytes, those read before it counted"
            raise StudyError([Problem(name, None, None, None, message, "a smaller export")])
        return data


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open an archive for reading.

    Parameters
    ----------
    path : Path
        ``.qdpx``.

    Yields
    ------
    Archive
        Its entries.

    Raises
    ------
    StudyError
        If the file is no archive, or holds what an exchange file has no need of: paths out of it, links,
        encrypted or repeated entries, more entries than any project.
    """
    limits.check_size(path)
    try:
        file = _Guarded(path, path.name)
    except OSError as error:
        raise _unreadable(path, error) from None
    with file:
        try:
            found = zipfile.ZipFile(file)
        except (*_DAMAGE, OSError) as error:
            raise _unreadable(path, error) from None
        with found:
            yield Archive(found, path.name)


class _Guarded(io.FileIO):
    """A file that is read in small parts only: a list of entries of gigabytes is refused before it is read."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(path)
        self._file = name

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > LARGEST_DIRECTORY:
            raise limits.too_large(Path(self._file), LARGEST_DIRECTORY, "bytes of names of entries")
        return super().read(-1 if size is None else size) or b""


def _unreadable(path: Path, error: Exception) -> StudyError:
    message = f"is no archive that can be read: {error}"
    return StudyError([Problem(path.name, None, None, None, message, "export the project again")])


def _entries(listed: list[zipfile.ZipInfo], file: str) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by name in lower case with forward slashes, or every reason to refuse them."""
    if len(listed) > LARGEST_ENTRIES:
        raise limits.too_large(Path(file), LARGEST_ENTRIES, "entries")
    found: dict[str, zipfile.ZipInfo] = {}
    problems: list[Problem] = []
    for entry in listed:
        name = entry.filename.replace("\\", "/")
        why = _refusal(entry, name) or ("stands twice in the archive" if name.lower() in found else "")
        if why:
            problems.append(Problem(file, None, None, entry.filename[:200], why, "an export of the program itself"))
        found[name.lower()] = entry
    if problems:
        raise StudyError(problems[:50])
    return {name: entry for name, entry in found.items() if not name.endswith("/")}


def _refusal(entry: zipfile.ZipInfo, name: str) -> str:
    """Return why an entry is refused, "" where it is not."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if not name or name.startswith("/") or ":" in name.split("/")[0] or ".." in PurePosixPath(name).parts:
        return "is a path out of the archive"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device, not a file"
    if entry.flag_bits & 0x1:
        return "is encrypted"
    return "" if entry.compress_type in _PACKINGS else "is packed in a way that is not read"


def _internal(place: str) -> str:
    """Return the name that a path would have in the archive, in lower case; others name no entry."""
    return place.strip().replace("\\", "/").lower().removeprefix("internal://").lstrip("/")


def _read(opened: IO[bytes], largest: int) -> bytes:
    """Return what an entry holds, a little more than allowed at most."""
    read = bytearray()
    while len(read) <= largest and (chunk := opened.read(_CHUNK)):
        read += chunk
    return bytes(read)
