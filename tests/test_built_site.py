"""The built site and its exhibits as a whole: `make test-pages`, after `make reports`."""

from __future__ import annotations

import getpass
import json
import re
import socket
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from digiskills import paths

pytestmark = pytest.mark.pages
REPORTS = paths.reports()
PAGES = sorted(path for path in (REPORTS / "site").glob("*/*/*.html") if path.name != "index.html")
FILES = sorted(path for path in (REPORTS / "exhibits").rglob("*.*") if path.is_file())
SVGS = sorted([*(REPORTS / "exhibits").rglob("*.svg"), *(REPORTS / "site").rglob("*.svg")])
FEW, LIGHT, MORE = 4, 600_000, 150_000
"""Figures of a page that stays under so many bytes, and how many each further figure may add."""


def names(path: Path) -> str:
    return str(path.relative_to(REPORTS))


def test_there_is_a_site() -> None:
    assert PAGES and FILES and SVGS, "run `make reports` first"


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_a_page_is_light(page: Path) -> None:
    content = page.read_bytes()
    figures = len(re.findall(rb"<img |<svg ", content))
    assert len(content) < LIGHT + MORE * max(figures - FEW, 0), f"{figures} figures"


@pytest.mark.parametrize("picture", SVGS, ids=names)
def test_no_text_is_under_seven_points(picture: Path) -> None:
    sizes = [1000 * float(size) for size in re.findall(r"\)scale\((\.00\d+|\.01\d*)\)", picture.read_text("utf-8"))]
    assert sizes and min(sizes) >= 6.999


def said_by(path: Path) -> bytes:
    """What a file holds, unpacked."""
    content = path.read_bytes()
    if path.suffix == ".pdf":
        streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
        return content + b"".join(zlib.decompressobj().decompress(each) for each in streams)
    if path.suffix == ".png":
        with Image.open(path) as image:
            return json.dumps(dict(getattr(image, "text", {})), ensure_ascii=False).encode()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return b"\n".join(book.read(entry) for entry in book.infolist())
    return content


@pytest.mark.parametrize("file", [*FILES, *sorted((REPORTS / "site").rglob("*.xlsx"))], ids=names)
def test_no_file_says_whose_machine_made_it(file: Path) -> None:
    content = said_by(file)
    machine = [str(Path.home()), str(paths.root()), socket.gethostname(), f"{getpass.getuser()}@"]
    machine += ["/tmp/", "/home/", "/Users/", "\\Users\\", "site-packages"]
    found = [word for word in machine if len(word) > 4 and word.encode() in content]
    assert not found and b"matplotlib" not in content.lower()


def test_both_languages_have_the_same_exhibits_and_numbers() -> None:
    for study in (REPORTS / "exhibits").iterdir():
        english, french = (
            {path.name: path.read_bytes() for path in (study / language).glob("*.csv")} for language in ("en", "fr")
        )
        assert english and english.keys() == french.keys()
        differ = [name for name in english if english[name] != french[name]]
        own_words = [name for name in differ if _numbers(english[name]) != _numbers(french[name])]
        assert not own_words


def _numbers(table: bytes) -> list[str]:
    return re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?(?![\w.])", table.decode())
