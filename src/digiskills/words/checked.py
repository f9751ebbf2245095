"""Whether sentences say only what their tables hold: no number of their own, and words that describe."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from digiskills.words.captions import caution_lines
from digiskills.words.catalogue import entries
from digiskills.words.labels import rows

if TYPE_CHECKING:
    from digiskills.disclosure import Released

Found = TypeVar("Found")
SHORTEST_ALT = 20
"""Letters of an alternative text that can describe anything."""
PLACEHOLDERS = re.compile(
    r"no description has been provided|^\W*(image|figure|picture|chart|plot|graph|photo|alt|placeholder|untitled|"
    r"graphique|illustration|à venir|description)\W*\d*\W*$|\.(png|svg|jpe?g|gif|pdf)\W*$|"
    r"\{[a-z]{2,}[a-z_]*\}|lorem ipsum",
    re.IGNORECASE,
)
_SPACES = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
_NUMBER = {
    "en": re.compile(r"(?<![\w.,])[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w])"),
    "fr": re.compile(rf"(?<![\w.,])[-−]?(?:\d{{1,3}}(?:[{_SPACES}]\d{{3}})+|\d+)(?:,\d+)?(?![\w])"),
}
_HELD: WeakKeyDictionary[Released, dict[Callable[[Released], object], object]] = WeakKeyDictionary()
_PER_CENT = re.compile(rf"[ {_SPACES}]?%")


class Told(NamedTuple):
    """A number in a sentence: as written, its size, its decimals, and whether per cent follows."""

    written: str
    size: float
    digits: int
    is_percent: bool


def numbers_in(sentence: str, language: str) -> list[Told]:
    """Return the numbers of a sentence as a reader of its language reads them.

    Parameters
    ----------
    sentence : str
        Words, such as a caption.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    list of Told
        Without their signs, in their order.
    """
    found = []
    for match in _NUMBER[language].finditer(sentence):
        plain = re.sub(f"[-−{_SPACES}]", "", match[0])
        plain = plain.replace(",", "") if language == "en" else plain.replace(",", ".")
        digits = len(plain.partition(".")[2])
        found.append(Told(match[0], float(plain), digits, bool(_PER_CENT.match(sentence, match.end()))))
    return found


def strange_numbers(sentence: str, language: str, tables: Sequence[Released]) -> list[str]:
    """Return the numbers of a sentence that no table holds.

    Parameters
    ----------
    sentence : str
        A caption, an alternative text, a finding or a note.
    language : str
        Its language.
    tables : sequence of Released
        What it may speak of.

    Returns
    -------
    list of str
        As written. A number is known if it is a cell, rounded as written; a total of counts; a count of rows; part of
        a label, of how the table was made or of a wave's name; or a number of the catalogue's own words, such as the
        95 of intervals.
    """
    strange = []
    for told in numbers_in(sentence, language):
        is_known = told.size in _fixed(language) or any(_holds(table, told) for table in tables)
        if not is_known and not any(told.size in _once(_named, table) for table in tables):
            strange.append(told.written)
    return strange


def placeholder(alternative: str, title: str) -> bool:
    """Return whether an alternative text says nothing of the picture.

    Parameters
    ----------
    alternative : str
        The text.
    title : str
        Of the figure, which readers have read already.

    Returns
    -------
    bool
        Whether it is too short, the title again, a file's name, or words that stand for others.
    """
    said = alternative.strip()
    return len(said) < SHORTEST_ALT or said == title.strip() or bool(PLACEHOLDERS.search(said))


def _holds(table: Released, told: Told) -> bool:
    """Return whether a number is a cell as it would be written, a total of counts, or a count of rows."""
    if told.digits == 0 and not told.is_percent and told.size <= len(table.frame):
        return True
    if table.kind == "passages" and told.digits == 0 and told.size <= table.frame["n"].sum():
        return True  # passages of several groups are told together
    cells = _once(_cells, table)
    near = [np.abs(cells * scale - told.size) for scale in ((100,) if told.is_percent else (1, 100))]
    return any(bool((each <= _half(told) * (1 + 1e-6)).any()) for each in near)


def _cells(table: Released) -> np.ndarray:
    """Return the sizes of a table's numbers."""
    numbers = table.frame.select_dtypes("number")
    # a sentence may give the whole that counts of passages or people add up to
    totals = numbers[[name for name in ("n", "base") if name in numbers]].sum()
    cells = np.append(numbers.to_numpy(float).ravel(), totals.to_numpy(float))
    sizes: np.ndarray = np.abs(cells[np.isfinite(cells)])
    return sizes


def _once(find: Callable[[Released], Found], table: Released) -> Found:
    """Return what a table holds; found once for all sentences about it, and forgotten with it."""
    known = _HELD.setdefault(table, {})
    if find not in known:
        known[find] = find(table)
    return cast("Found", known[find])


def _half(told: Told) -> float:
    """Return how far a cell may be from a number as written; people are rounded to two or three digits."""
    ends = len(str(int(told.size))) - len(str(int(told.size)).rstrip("0"))
    is_rough = told.digits == 0 and not told.is_percent and told.size >= 100
    rough = min(ends, len(str(int(told.size))) - 2) if is_rough else 0
    return 0.5 * 10.0 ** max(rough, 0) if rough > 0 else 0.5 * 10.0**-told.digits


def _named(table: Released) -> set[float]:
    """Return the numbers in the words of a table: labels, waves, titles, and how it was made."""
    study, language = table.study, table.language
    said = [json.dumps(dict(table.method), default=str), json.dumps(table.where, default=str), study.title[language]]
    said += [f"{wave.name} {wave.date.isoformat()}" for wave in study.waves]
    said += [category.labels[language] for each in study.dimensions.values() for category in each.categories]
    said += [f"{study.release.smallest_group} {study.release.fewest_clusters}"]
    said += caution_lines(table) if table.kind == "figures" else []
    for name, column in _labelled(table).items():
        if column.dtype.kind not in "fiub":
            said += [f"{name} {value}" for value in dict.fromkeys(column.astype(str))]
    return _sizes(said, language)


def _labelled(table: Released) -> pd.DataFrame:
    """Return the rows with their labels; those of joint tables are words already."""
    return table.frame if table.evidence == "joint" else rows(table)


def _sizes(texts: Iterable[str], language: str) -> set[float]:
    """Return all numbers of texts, read in either way where a label is written in another language."""
    joined = "\n".join(texts)
    plain = {abs(float(found)) for found in re.findall(r"\d+(?:\.\d+)?", joined)}
    told = {each.size for each in numbers_in(joined, language)}
    return plain | told | {size * 100 for size in plain if size < 1}


@cache
def _fixed(language: str) -> frozenset[float]:
    """Return the numbers that stand in the catalogue's own words, and the ends of what is said of probabilities."""
    texts = (re.sub(r"\{[^}]*\}", "x", entry[language]) for entry in entries().values())
    return frozenset({1.0, 99.0, *(each.size for text in texts for each in numbers_in(text, language))})
