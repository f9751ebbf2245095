"""All that a built file says: what is seen of it, what assistive technology reads, and what only a program finds."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

DATA = re.compile(r"data:([a-z]+/[a-z+.-]+)[^,\"']*;base64,([A-Za-z0-9+/=]+)")
MARKUP = re.compile(r"<style.*?</style>|<metadata.*?</metadata>|<defs.*?</defs>|<script.*?</script>|<[^>]*>", re.DOTALL)
ATTRIBUTE = re.compile(r"\s(alt|title|summary|label|aria-[a-z]+|data-[a-z-]+|content|value)=\"([^\"]*)\"")
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
LINE = re.compile(rb"BT\b(.*?)\bET", re.DOTALL)
STRING = re.compile(rb"\(((?:[^()\\]|\\.)*)\)", re.DOTALL)
ESCAPED = re.compile(rb"\\(\d{1,3}|.)", re.DOTALL)
LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
CHUNKS = (b"tEXt", b"zTXt", b"iTXt")


def said(file: Path) -> str:
    """Return all that a file says.

    Parameters
    ----------
    file : Path
        Any built file.

    Returns
    -------
    str
        Its words and numbers, parts apart by spaces; empty for a kind that holds none.
    """
    reader = READERS.get(file.suffix)
    return reader(file.read_bytes()) if reader else ""


def plain(marked: str) -> str:
    """Return what a reader sees or hears of a page or picture.

    Parameters
    ----------
    marked : str
        HTML or SVG.

    Returns
    -------
    str
        Its text and the words of its attributes, parts apart by spaces.
    """
    words = " ".join(value for _, value in ATTRIBUTE.findall(marked))
    return unescape(f"{MARKUP.sub(' ', marked)} {words}")


def page(data: bytes) -> str:
    """Return what a page says, with the files that it carries within itself.

    Parameters
    ----------
    data : bytes
        HTML or SVG.

    Returns
    -------
    str
        Text, attributes, and what its pictures and tables say.
    """
    marked = data.decode("utf-8")
    inside = (_carried(kind, base64.b64decode(content)) for kind, content in DATA.findall(marked))
    return " ".join([plain(DATA.sub("", marked)), *inside])


def _carried(kind: str, content: bytes) -> str:
    """Return what a file inside a page says."""
    named = {"image/svg+xml": ".svg", "text/csv": ".csv", "image/png": ".png", "application/pdf": ".pdf"}
    reader = READERS.get(named.get(kind, ""))
    return reader(content) if reader else ""


def notes(data: bytes) -> str:
    """Return every word and number of a JSON file.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    str
        Values only, parts apart by spaces.
    """
    return " ".join(map(str, _leaves(json.loads(data))))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _leaves(each)
    else:
        yield value


def printed(data: bytes) -> str:
    """Return the text of a PDF picture.

    Parameters
    ----------
    data : bytes
        A file as Matplotlib writes it: streams compressed or not, letters as two bytes of Unicode.

    Returns
    -------
    str
        One line per piece of text, and the titles of the document.
    """
    streams = [_inflated(stream) for stream in STREAM.findall(data)]
    lines = [_line(line) for stream in streams for line in LINE.findall(stream)]
    titles = [_letters(text) for text in STRING.findall(STREAM.sub(b"", data))]
    return "\n".join([*lines, *titles])


def _line(line: bytes) -> str:
    return "".join(_letters(text) for text in STRING.findall(line))


def _letters(text: bytes) -> str:
    """Return the letters of a string of a PDF."""
    bare = ESCAPED.sub(lambda found: _unescaped(found.group(1)), text)
    if bare.startswith(b"\xfe\xff"):
        return bare[2:].decode("utf-16-be", "ignore")
    wide = len(bare) % 2 == 0 and b"\0" in bare
    return bare.decode("utf-16-be" if wide else "cp1252", "ignore")


def _unescaped(sign: bytes) -> bytes:
    return bytes([int(sign, 8) & 255]) if sign.isdigit() else LETTERS.get(sign, sign)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def pixels(data: bytes) -> str:
    """Return the words that a PNG picture carries beside its pixels.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    str
        Its text chunks; what is drawn is the same figure as in the other files.
    """
    found, place = [], 8
    while place + 8 <= len(data):
        size, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        if kind in CHUNKS:
            key, _, rest = data[place + 8 : place + 8 + size].partition(b"\0")
            found += [key, _inflated(rest[1:]) if kind == b"zTXt" else rest]
        place += 12 + size
    return " ".join(each.decode("utf-8", "ignore").replace("\0", " ") for each in found)


def archived(data: bytes) -> str:
    """Return the text of a workbook or a document of an office program.

    Parameters
    ----------
    data : bytes
        A zip archive of XML files.

    Returns
    -------
    str
        Cells, paragraphs, comments and properties.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [name for name in archive.namelist() if name.endswith((".xml", ".rels")) and "styles" not in name]
        return " ".join(plain(archive.read(name).decode("utf-8")) for name in parts)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "ignore")


READERS: dict[str, Callable[[bytes], str]] = {
    ".html": page,
    ".svg": page,
    ".json": notes,
    ".csv": _text,
    ".pdf": printed,
    ".png": pixels,
    ".xlsx": archived,
    ".docx": archived,
    **dict.fromkeys((".tex", ".md", ".qmd", ".lua", ".mjs", ".cff", ".txt", ".js", ".css"), _text),
}
"""How a kind of file is read; a kind that is not here has no place in a build."""
