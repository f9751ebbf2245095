"""Who gave which unit which codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest


@dataclass(frozen=True, eq=False)
class Codings:
    """Codes given by several coders to the same units.

    Parameters
    ----------
    codes, coders : tuple of str
        Their names.
    chosen : ndarray of bool, units x coders x codes
        Whether a coder gave a unit a code.
    read : ndarray of bool, units x coders
        Whether a coder read the unit.
    """

    codes: tuple[str, ...]
    coders: tuple[str, ...]
    chosen: np.ndarray
    read: np.ndarray

    def __repr__(self) -> str:
        """Shape only."""
        units, coders, codes = self.chosen.shape
        return f"Codings({units} units, {coders} coders, {codes} codes)"


def codings(given: pd.DataFrame, readings: pd.DataFrame, codes: Sequence[str] | None = None) -> Codings:
    """Return codings from two tidy tables.

    Parameters
    ----------
    given : DataFrame
        One row per unit, coder and code: unit, coder, code. A row that stands twice counts once.
    readings : DataFrame
        One row per unit and coder who read it: unit, coder. Who read a unit and gave no code said no to all.
    codes : sequence of str, optional
        The codebook; by default the codes that were given, sorted.

    Returns
    -------
    Codings
        Of the units that were read.

    Raises
    ------
    UsageError
        If a column is missing, a code is not in the codebook, or a coder coded what he did not read.
    """
    _refuse_columns("given", given, ("unit", "coder", "code"))
    _refuse_columns("readings", readings, ("unit", "coder"))
    names = tuple(sorted(given["code"].unique())) if codes is None else tuple(codes)
    coders = tuple(sorted(readings["coder"].unique()))
    unit_codes, units = pd.factorize(readings["unit"], sort=True)
    read = np.zeros((len(units), len(coders)), dtype=bool)
    read[unit_codes, pd.Index(coders).get_indexer(pd.Index(readings["coder"]))] = True
    axes = ((units, "unit"), (coders, "coder"), (names, "code"))
    places = [pd.Index(known).get_indexer(pd.Index(given[column])) for known, column in axes]
    _refuse_unplaced(given, places, read, names)
    chosen = np.zeros((*read.shape, len(names)), dtype=bool)
    chosen[tuple(places)] = True
    return Codings(names, coders, chosen, read)


def _refuse_columns(part: str, table: pd.DataFrame, needed: tuple[str, ...]) -> None:
    for column in needed:
        if column not in table:
            raise UsageError(f"{part}: no column ‘{column}’; {nearest(column, map(str, table.columns))}")


def _refuse_unplaced(given: pd.DataFrame, places: list[np.ndarray], read: np.ndarray, codes: tuple[str, ...]) -> None:
    unit, coder, code = places
    unknown = given["code"][code < 0]
    if len(unknown):
        raise UsageError(f"given: code ‘{unknown.iloc[0]}’ is not in the codebook; {nearest(unknown.iloc[0], codes)}")
    unread = (unit < 0) | (coder < 0)
    unread[~unread] = ~read[unit[~unread], coder[~unread]]
    if unread.any():
        first = given[unread].iloc[0]
        raise UsageError(
            f"given: {unread.sum()} codings of units that their coder did not read, the first by "
            f"‘{first['coder']}’ of unit ‘{first['unit']}’; readings must name every unit that a coder coded"
        )
