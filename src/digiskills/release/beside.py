"""Withheld numbers that a figure, a caption, a sentence or a worksheet says all the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
import pandas as pd

from digiskills.disclosure import Source, estimate
from digiskills.disclosure.keys import KEYS, cell_keys
from digiskills.disclosure.told import ALL, ANSWERED, ASKED, Told
from digiskills.release.collected import Found

NUMBER = r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+|\d+"
COUNTED = re.compile(rf"(?<![\w.,\u00a0\u202f])({NUMBER})(?![\w%.,\u00a0\u202f]\d|[\w%]|\u00a0%|\u202f%)")
SHARED = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d)?)[\u00a0\u202f]?%")
CONFIDENCE = {"90", "95", "99"}
AXIS = 5
"""Per cent that marks of an axis are multiples of."""
NOT_MEASURED = ("wave", "year", "heads", "category")


def numbered(frame: pd.DataFrame, by: Sequence[str]) -> pd.Series:
    """Return which rows have a number, whatever they say of themselves.

    Parameters
    ----------
    frame : DataFrame
        A published table.
    by : sequence of str
        Its dimensions.

    Returns
    -------
    Series of bool
        One per row.
    """
    numbers = frame.select_dtypes("number")
    return numbers[[name for name in numbers if name not in (*KEYS, *by, *NOT_MEASURED)]].notna().any(axis=1)


def said_beside(
    found: Found, rows: Sequence[tuple[Told, ...]], shown: pd.Series, values: Mapping[Told, float], source: Source
) -> list[str]:
    """Return the numbers of withheld rows that stand in the texts beside a table.

    Parameters
    ----------
    found : Found
        The table and its texts.
    rows : sequence of tuple of Told
        What each of its rows tells.
    shown : Series of bool
        Which of them have a number.
    values : mapping of Told to float
        True values of the cells of withheld rows.
    source : Source
        What the table is made from.

    Returns
    -------
    list of str
        One line per text and number. A number that a shown row of the table has too is none of a withheld one, nor is
        a multiple of ten (of five for a share), which marks an axis.
    """
    if shown.all() or not (found.around or any(found.texts)):
        return []
    numbers = found.frame.select_dtypes("number").to_numpy(float)
    known = numbers[np.isfinite(numbers)]
    here = {f"{value:g}" for value in known} | set(_percents(known)) | {f"{int((~shown).sum())}"}
    counts = {f"{values[cell]:g}" for cell in hidden_bases(rows, shown) if values[cell] > 0}
    counts = {each for each in counts - here if int(float(each)) % 10 or float(each) > 100}
    shares = set(_percents(_estimates(found, source, shown))) - here - CONFIDENCE
    shares = {each for each in shares if float(each) % AXIS}
    said_counts = {re.sub(r"\D", "", each) for text in found.texts for each in COUNTED.findall(text)}
    said_counts |= found.around
    said_shares = {each.replace(",", ".") for text in found.texts for each in SHARED.findall(text)}
    where = f"{found.file}: the text beside ‘{found.id}’ says"
    lines = [f"{where} {each}, a withheld count" for each in sorted(said_counts & counts)]
    return lines + [f"{where} {each} %, a withheld share" for each in sorted(said_shares & shares)]


def hidden_bases(rows: Sequence[tuple[Told, ...]], shown: pd.Series) -> set[Told]:
    """Return the bases that only withheld rows tell.

    Parameters
    ----------
    rows : sequence of tuple of Told
        What each row tells.
    shown : Series of bool
        Which rows have a number.

    Returns
    -------
    set of Told
        Counts of respondents, of those who answered and of those asked.
    """
    hidden = set(chain.from_iterable(cells for cells, is_shown in zip(rows, shown, strict=True) if not is_shown))
    hidden -= set(chain.from_iterable(cells for cells, is_shown in zip(rows, shown, strict=True) if is_shown))
    return {cell for cell in hidden if cell.sum[0] in (ALL, ANSWERED, ASKED)}


def _percents(values: Iterable[float]) -> Iterator[str]:
    """Yield shares as they are printed, with no decimal and with one."""
    for value in values:
        yield from (f"{abs(value) * 100:.0f}", f"{abs(value) * 100:.1f}")


def _estimates(found: Found, source: Source, shown: pd.Series) -> list[float]:
    """Return the true estimates of withheld rows that are shares."""
    true = estimate(source.table, source.study, source.count)
    wanted = set(_keys(found.frame[~shown], true, source.by))
    mine = [key in wanted for key in cell_keys(true, source.by)]
    values = true.loc[mine, "estimate"].astype(float) if "estimate" in true else pd.Series(dtype=float)
    return [value for value in values.tolist() if np.isfinite(value) and abs(value) < 1]


def _keys(rows: pd.DataFrame, true: pd.DataFrame, by: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the keys of published rows, of the columns and types that the estimates have."""
    columns = [name for name in true if name in (*KEYS, *by) and name in rows]
    typed = rows[columns].fillna("")
    return [tuple(row) for row in typed.astype(str).itertuples(index=False, name=None)]
