"""Every published table, read back from the built files: CSV, the CSV inside pages, and the texts beside them."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from digiskills.release.carriers import page, said

ABOUT = ("method", "parameters")
INSIDE = re.compile(r'<figure id="([^"]+)">(.*?)</figure>', re.DOTALL)
PEOPLE = "answers?|answered|people answered|respondents?|employees|réponses?|répondants?|personnes ont répondu|employés"
WHOLE = r"(\d{1,3}(?:[,\u00a0\u202f]\d{3})+|\d+)"
BASES = (
    re.compile(rf"\bn\s?=\s?{WHOLE}(?![\d.,\u00a0\u202f]*\d)"),
    re.compile(rf"(?<![\d.,–\u00a0\u202f-]){WHOLE}[ \u00a0\u202f](?:{PEOPLE})\b"),
)
"""How a text says on how many people a number stands."""
DATA = re.compile(r"data:text/csv;charset=utf-8;base64,([A-Za-z0-9+/=]+)")


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
    around : frozenset of str
        Counts of people that the sentences of its page say and no table of the page has.
    """

    id: str
    file: Path
    scope: tuple[tuple[str, str], ...]
    frame: pd.DataFrame
    texts: tuple[str, ...] = ()
    around: frozenset[str] = frozenset()


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
    marked = file.read_text(encoding="utf-8")
    figures = [(name, figure, _frames(file, name, figure)) for name, figure in INSIDE.findall(marked)]
    numbers = [frame.select_dtypes("number").to_numpy(float).ravel() for _, _, frames in figures for frame in frames]
    around = bases(page(DATA.sub("", INSIDE.sub("", marked)).encode()))
    around -= {f"{value:g}" for each in numbers for value in each.tolist()}
    for name, figure, frames in figures:
        texts = (page(DATA.sub("", figure).encode()),)
        for frame in frames:
            yield Found(name, file.relative_to(folder), _scope(file.stem), frame, texts, frozenset(around))


def _frames(file: Path, name: str, figure: str) -> list[pd.DataFrame]:
    """Return the tables of a figure: those within it, else the file beside the page."""
    within = [_csv(data) for data in DATA.findall(figure)]
    beside = file.parent / f"{file.stem}-files" / f"{name}.csv"
    return within or ([_frame(beside.read_bytes())] if beside.is_file() else [])


def bases(text: str) -> set[str]:
    """Return the counts of people that a text says, by the words beside them.

    Parameters
    ----------
    text : str
        Any text, in English or French.

    Returns
    -------
    set of str
        Digits only.
    """
    return {re.sub(r"\D", "", match.group(1)) for pattern in BASES for match in pattern.finditer(text)}


def _told(file: Path) -> str:
    """Return what a file beside a table says of it; numbers of its method are about the sample, not its rows."""
    if file.suffix != ".json":
        return said(file)
    return " ".join(str(value) for name, value in json.loads(file.read_bytes()).items() if name not in ABOUT)


def _csv(data: str) -> pd.DataFrame:
    return _frame(base64.b64decode(data))


def _frame(data: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(data), dtype={"wave": str}, keep_default_na=False, na_values=[""])


def _scope(page: str) -> tuple[tuple[str, str], ...]:
    """Return what a page is limited to, from its name."""
    parts = page.removesuffix("-files").split("--")[1:]
    return tuple(sorted((name, value) for name, _, value in (part.partition("-") for part in parts)))
