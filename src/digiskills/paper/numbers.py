"""Every published number under a name that an author can guess from the CSV file."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from digiskills import words
from digiskills.disclosure import JOINT, Released
from digiskills.errors import ReleaseError
from digiskills.paper.built import Built
from digiskills.tables import columns
from digiskills.tables.written import written
from digiskills.words.measures import DIFFERENCES

NOT_NAMES: tuple[str, ...] = ("withheld", "evidence", "wave", "note", "reason", "quadrant", "family", "barrier", "text")
NOT_NAMES += ("farthest_choice", "farthest_option", "size")
"""Columns of words that say something about a row and do not tell it from others."""
ALSO_NAMES = ("year", "right", "at_least", "session")
"""Columns of numbers that do."""
MARKS = "*" + "".join(words.MARKS.values())


@dataclass(frozen=True)
class Number:
    """One number of an exhibit.

    Parameters
    ----------
    exhibit, key, column : str
        Which one: the id, the words of its row in the CSV file joined by commas, and the column.
    text : str
        As printed, rounded, in the language of the exhibit.
    value : float or None
        As published; None of an interval.
    unit : str
        ``percent``, ``percentage points``, ``people``, ``count`` or ``number``.
    decimals : int
        Decimal places of the text.
    label : str
        What the row is about, in words.
    shown : bool
        Whether it is the number that the figure shows, which needs no column to be named.
    """

    exhibit: str
    key: str
    column: str
    text: str
    value: float | None
    unit: str
    decimals: int
    label: str
    shown: bool

    @property
    def name(self) -> str:
        """Its full name, ``exhibit:key:column``."""
        return f"{self.exhibit}:{self.key}:{self.column}"

    @property
    def names(self) -> list[str]:
        """All names that it goes by, the shortest first."""
        return [f"{self.exhibit}:{self.key}", self.name] if self.shown else [self.name]


@dataclass(frozen=True)
class Numbers:
    """The numbers of some exhibits.

    Parameters
    ----------
    known : mapping of str to Number
        By every name.
    withheld : mapping of str to str
        By the name of a row that is not shown, the reason.
    """

    known: Mapping[str, Number]
    withheld: Mapping[str, str]

    def each(self) -> list[Number]:
        """Return every number once, in order."""
        return list(dict.fromkeys(self.known.values()))


def read(built: Iterable[Built]) -> Numbers:
    """Return the numbers of exhibits.

    Parameters
    ----------
    built : iterable of Built
        The exhibits.

    Returns
    -------
    Numbers
        Rows that are withheld have no number.

    Raises
    ------
    ReleaseError
        If two rows of an exhibit would have one name.
    """
    known: dict[str, Number] = {}
    withheld: dict[str, str] = {}
    for one in built:
        if one.released.evidence == JOINT:
            continue  # side by side stand numbers of other exhibits, which have their names there
        rows = words.rows(one.released)
        keys = keys_of(one.id, one.released)
        for key, (_, row) in zip(keys, rows.iterrows(), strict=True):
            if row["withheld"]:
                withheld[f"{one.id}:{key}"] = str(row["withheld"])
                continue
            for number in _of_row(one, key, row):
                known |= dict.fromkeys(number.names, number)
    return Numbers(known, withheld)


def keys_of(identity: str, released: Released) -> list[str]:
    """Return the key of each row of a table.

    Parameters
    ----------
    identity : str
        Id of the exhibit, for messages.
    released : Released
        Its table.

    Returns
    -------
    list of str
        The words of the row in the order of the CSV file, joined by commas; other signs than letters, digits
        and ``_ . / + -`` become hyphens, and a colon a dot.

    Raises
    ------
    ReleaseError
        If two rows have one key.
    """
    names = _naming(released)
    rows = released.frame[names].astype(str).itertuples(index=False) if names else []
    keys = [",".join(slug(part) for part in row if part) or "all" for row in rows] or ["all"] * len(released.frame)
    if len(set(keys)) < len(keys):
        again = next(key for key in keys if keys.count(key) > 1)
        raise ReleaseError(f"{identity}: two rows are called ‘{again}’, so no paper can name them")
    return keys


def slug(part: str) -> str:
    """Return a word of a key without signs that LaTeX, links or the keys themselves need."""
    plain = unicodedata.normalize("NFKD", part.replace(":", ".")).encode("ascii", "ignore").decode()
    return re.sub(r"[^\w./+-]+", "-", re.sub(r"\s*\+\s*", "+", plain)).strip("-") or "-"


def tag(name: str) -> str:
    """Return what marks a number in a Word file, where a name would be too long."""
    return "ds:" + hashlib.blake2b(name.encode(), digest_size=10).hexdigest()


def _naming(released: Released) -> list[str]:
    """Return the columns that tell rows apart."""
    frame = released.frame
    own = words.item_column(released)
    return [
        name
        for name in map(str, frame)
        if name in (own, *released.by, *ALSO_NAMES)
        or (_is_text(frame[name]) and name not in NOT_NAMES and not re.search(r"_(en|fr)$", name))
    ]


def _is_text(values: pd.Series) -> bool:
    return bool(pd.api.types.is_string_dtype(values)) and not pd.api.types.is_bool_dtype(values)


def _of_row(one: Built, key: str, row: pd.Series) -> list[Number]:
    """Return the numbers of one row that its table shows, and the ends of its interval."""
    released, found = one.released, []
    label = ", ".join(part for part in (row["item_label"], row["answer_label"], row["group_label"]) if part)
    shown = words.value_column(released)
    for column, (value, text) in _texts(released, row).items():
        said = text.rstrip(MARKS)
        about = (value, _unit(released, row, column, said), _decimals(said), str(label), column == shown)
        found.append(Number(one.id, key, column, said, *about))
    return found


def _texts(released: Released, row: pd.Series) -> dict[str, tuple[float | None, str]]:
    """Return value and text of each column of numbers of a row, where there is one."""
    names = columns.COLUMNS.get(released.kind, {**columns.ESTIMATE, **columns.BASE})
    found: dict[str, tuple[float | None, str]] = {}
    for name in dict.fromkeys([*names, words.value_column(released)]):
        if name not in row or not _is_number(row[name]):
            continue
        said = written(released, row, name)
        if said == words.NO_NUMBER:
            continue
        if name.endswith("low") or name == "lowest":
            found["range" if name == "lowest" else name.removesuffix("low") + "interval"] = (None, said)
        else:
            found[name] = (float(row[name]), said)
        if name == "low":
            ends = {
                end: pd.concat([row.drop("estimate"), pd.Series({"estimate": row[end]})]) for end in ("low", "high")
            }
            found |= {end: (float(row[end]), written(released, given, "estimate")) for end, given in ends.items()}
    return found


def _is_number(value: Any) -> bool:
    return bool(pd.api.types.is_number(value) and not pd.api.types.is_bool(value) and value == value)


def _unit(released: Released, row: pd.Series, column: str, said: str) -> str:
    """Return the unit of a number."""
    measured = str(row["measure"]) if "measure" in row else words.measure(released)
    if column in (*columns.COUNTS, *columns.PLANNED):
        return "count"
    if said.endswith("%"):
        return "percent"
    if "people_short" in (measured, released.method.get("measure")) or released.kind == "respondents":
        return "people"
    estimated = column in ("estimate", "low", "high", "interval")
    changed = released.kind == "changes" and words.in_points(released)
    return "percentage points" if estimated and (measured in DIFFERENCES or changed) else "number"


def _decimals(said: str) -> int:
    """Return the decimal places of a text as printed."""
    found = re.search(r"\d[.,](\d+)(?!.*\d[.,]\d)", re.sub(r"(\d),(\d{3})\b", r"\1\2", said))
    return len(found[1]) if found else 0
