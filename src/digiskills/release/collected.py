"""Every published table, read back from the built files: CSV, the CSV inside pages, and the texts beside them."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pandas as pd

INSIDE = re.compile(r'<figure id="([^"]+)">(.*?)</figure>', re.DOTALL)
DATA = re.compile(r"data:text/csv;charset=utf-8;base64,([A-Za-z0-9+/=]+)")
PICTURE = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
ALTERNATIVE = re.compile(r'\balt="([^"]*)"')
MARKUP = re.compile(r"<style.*?</style>|<metadata.*?</metadata>|<defs.*?</defs>|<[^>]*>", re.DOTALL)
TEXTS = (".html", ".svg", ".json", ".xlsx", ".tex")


@dataclass(frozen=True, eq=False)
class Found:
    """One published table in one file.

    Parameters
    ----------
    id : str
        Its exhibit id.
    file : Path
        Where it was found, from the folder of the build.
    scope : tuple of (str, str)
        What its page is limited to.
    frame : DataFrame
        Its rows as text and numbers.
    texts : tuple of str
        What else the file says of it: figure, alternative text, caption, table.
    """

    id: str
    file: Path
    scope: tuple[tuple[str, str], ...]
    frame: pd.DataFrame
    texts: tuple[str, ...] = ()


def collect(folder: Path, study: str) -> list[Found]:
    """Return every published table of a study.

    Parameters
    ----------
    folder : Path
        Where ``site`` and ``exhibits`` are.
    study : str
        Its name.

    Returns
    -------
    list of Found
        The same table once per file and language that carries it.
    """
    found: list[Found] = []
    for base in (folder / "exhibits" / study, folder / "site" / study):
        for file in sorted(base.rglob("*.csv")):
            texts = tuple(_told(other) for other in sorted(file.parent.glob(f"{file.stem}.*")) if other != file)
            frame = _frame(file.read_bytes())
            found.append(Found(file.stem, file.relative_to(folder), _scope(file.parent.name), frame, texts))
        for file in sorted(base.rglob("*.html")):
            found += _inside(file, folder)
    return found


def _inside(file: Path, folder: Path) -> Iterator[Found]:
    """Yield the tables that a page carries."""
    for identity, figure in INSIDE.findall(file.read_text(encoding="utf-8")):
        pictures = [base64.b64decode(each).decode() for each in PICTURE.findall(figure)]
        bare = DATA.sub("", PICTURE.sub("", figure))
        texts = (*map(plain, pictures), *ALTERNATIVE.findall(bare), plain(bare))
        for data in DATA.findall(figure):
            frame = _frame(base64.b64decode(data))
            yield Found(identity, file.relative_to(folder), _scope(file.stem), frame, texts)


def plain(marked: str) -> str:
    """Return what a reader sees of a page or picture.

    Parameters
    ----------
    marked : str
        HTML or SVG.

    Returns
    -------
    str
        Its text, parts apart by spaces.
    """
    return unescape(MARKUP.sub(" ", marked))


def _told(file: Path) -> str:
    """Return the text of a file beside a table; pictures without text say nothing."""
    if file.suffix == ".xlsx":
        from openpyxl import load_workbook

        book = load_workbook(file, read_only=True, data_only=True)
        return " ".join(str(cell) for each in book for row in each.iter_rows(values_only=True) for cell in row)
    if file.suffix == ".json":
        said = json.loads(file.read_text(encoding="utf-8"))
        return " ".join(str(said.get(name, "")) for name in ("title", "caption", "alt_text"))
    return plain(file.read_text(encoding="utf-8")) if file.suffix in TEXTS else ""


def _frame(data: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(data), dtype={"wave": str}, keep_default_na=False, na_values=[""])


def _scope(page: str) -> tuple[tuple[str, str], ...]:
    """Return what a page is limited to, from its name."""
    parts = page.removesuffix("-files").split("--")[1:]
    return tuple(sorted((name, value) for name, _, value in (part.partition("-") for part in parts)))
