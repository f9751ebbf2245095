"""Reads codings that were kept in a table: one row per segment, or one row per segment, coder and code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from digiskills import intake
from digiskills.errors import Problem, StudyError, nearest
from digiskills.intake.passport import Resource

SEGMENT, CODER, CODE = "segment_id", "coder", "code"
MOST_PROBLEMS = 50
_YES, _NO = "1", ("0", "")


@dataclass(frozen=True, repr=False)
class CodingsTable:
    """Codings as frames of the focus groups' columns.

    Parameters
    ----------
    codings : pandas.DataFrame
        One row per segment, coder and code: segment_id, coder, code (categories, in the order of the file).
    segments : pandas.DataFrame
        One row per segment: segment_id and the columns that are neither coder nor code, as first written.
    read_by : pandas.DataFrame
        One row per segment and coder who read it, with a code or without: segment_id, coder.
    codes, coders : tuple of str
        Their names in the order of the file.
    """

    codings: pd.DataFrame
    segments: pd.DataFrame
    read_by: pd.DataFrame
    codes: tuple[str, ...]
    coders: tuple[str, ...]

    def __repr__(self) -> str:
        """Numbers only."""
        return (
            f"CodingsTable({len(self.codings)} codings, {len(self.segments)} segments, "
            f"{len(self.codes)} codes, {len(self.coders)} coders)"
        )


def read_long(
    path: Path | str,
    resource: Resource | None = None,
    segment: str = SEGMENT,
    coder: str = CODER,
    code: str = CODE,
) -> CodingsTable:
    """Return codings from a table with one row per segment, coder and code.

    Parameters
    ----------
    path : Path or str
        CSV, TSV, Excel or Parquet.
    resource : Resource, optional
        Its entry in the passport: encoding, delimiter, sheet.
    segment, coder, code : str
        Its columns. A table without the column of the coder has one coder, named "". An empty code says that
        the coder read the segment and gave it none.

    Returns
    -------
    CodingsTable
        The codings; other columns describe the segment.

    Raises
    ------
    StudyError
        If a column is missing, a segment has no name, or a coding stands twice.
    """
    name, frame, first_row = _received(path, resource, (segment, code))
    if coder not in frame:
        frame = frame.assign(**{coder: ""})
    found = pd.DataFrame(
        {new: _categories(frame[old]) for new, old in ((SEGMENT, segment), (CODER, coder), (CODE, code))}
    )
    coded = (frame[code] != "").to_numpy()
    twice = coded & _repeated(found)
    _refuse(name, first_row, segment, frame[segment], (frame[segment] == "").to_numpy(), "is empty")
    _refuse(name, first_row, code, frame[code], twice, "stands twice for this segment and coder")
    codings = found[coded].reset_index(drop=True)
    codings[CODE] = codings[CODE].cat.remove_unused_categories()
    described = frame.drop(columns=[coder, code]).rename(columns={segment: SEGMENT})
    return _table(codings, described, found[[SEGMENT, CODER]])


def read_wide(
    path: Path | str,
    resource: Resource | None = None,
    segment: str = SEGMENT,
    coder: str = CODER,
    codes: Sequence[str] = (),
) -> CodingsTable:
    """Return codings from a table with one row per segment (and coder) and one column per code.

    Parameters
    ----------
    path : Path or str
        CSV, TSV, Excel or Parquet; 1 where the segment has the code, 0 or nothing where it has not.
    resource : Resource, optional
        Its entry in the passport: encoding, delimiter, sheet.
    segment, coder : str
        Its columns. A table without the column of the coder has one coder, named "".
    codes : sequence of str
        Columns that are codes; all whose cells are mostly 0 and 1 where none are named.

    Returns
    -------
    CodingsTable
        The codings; columns that are no codes describe the segment.

    Raises
    ------
    StudyError
        If a column is missing, a segment has no name or stands twice for a coder, or a cell of a code is
        neither 0, 1 nor empty.
    """
    name, frame, first_row = _received(path, resource, (segment, *codes))
    if coder not in frame:
        frame = frame.assign(**{coder: ""})
    codes = list(codes) or [str(one) for one in frame if one not in (segment, coder) and _is_code(frame[one])]
    found = pd.DataFrame({SEGMENT: _categories(frame[segment]), CODER: _categories(frame[coder])})
    _refuse(name, first_row, segment, frame[segment], (frame[segment] == "").to_numpy(), "is empty")
    _refuse(name, first_row, segment, frame[segment], _repeated(found), "stands twice for this coder")
    for one in codes:
        wrong = ~frame[one].isin([_YES, *_NO]).to_numpy()
        _refuse(name, first_row, one, frame[one], wrong, "is neither 0 nor 1")
    rows, columns = np.nonzero((frame[codes] == _YES).to_numpy())
    codings = found.iloc[rows].reset_index(drop=True)
    codings[CODE] = pd.Categorical.from_codes(columns, categories=pd.Index(codes, dtype="str"))
    described = frame.drop(columns=[coder, *codes]).rename(columns={segment: SEGMENT})
    return _table(codings, described, found)


def _received(path: Path | str, resource: Resource | None, needed: Sequence[str]) -> tuple[str, pd.DataFrame, int]:
    received = intake.read(path, resource)
    name = resource.path if resource is not None else Path(path).name
    known = [str(column) for column in received.frame]
    absent = [one for one in needed if one not in known]
    if absent:
        row = received.first_row - 1
        raise StudyError([Problem(name, row, one, None, "column is missing", nearest(one, known)) for one in absent])
    return name, received.frame, received.first_row


def _table(codings: pd.DataFrame, described: pd.DataFrame, read_by: pd.DataFrame) -> CodingsTable:
    segments = described.drop_duplicates(SEGMENT).reset_index(drop=True)
    by = read_by[~_repeated(read_by)].reset_index(drop=True)
    return CodingsTable(codings, segments, by, tuple(codings[CODE].cat.categories), tuple(by[CODER].cat.categories))


def _categories(column: pd.Series) -> pd.Categorical:
    """Return a column as categories in the order in which they first stand."""
    places, values = pd.factorize(column)
    return pd.Categorical.from_codes(places, categories=pd.Index(values, dtype="str"))


def _repeated(frame: pd.DataFrame) -> np.ndarray:
    """Return which rows repeat one before them; as numbers, since half a million keys of text are slow."""
    key = np.zeros(len(frame), dtype=np.int64)
    for column in frame:
        key = key * max(len(frame[column].cat.categories), 1) + frame[column].cat.codes.to_numpy(dtype=np.int64)
    return pd.Series(key).duplicated().to_numpy()


def _is_code(column: pd.Series) -> bool:
    """Return whether a column is a code: most of what stands in it is 0 or 1, so that a slip is still seen."""
    filled = column[column != ""]
    return len(filled) > 0 and filled.isin([_YES, "0"]).mean() > 0.5


def _refuse(file: str, first_row: int, column: str, cells: pd.Series, wrong: np.ndarray, message: str) -> None:
    rows = np.flatnonzero(wrong)[:MOST_PROBLEMS].tolist()
    if rows:
        problems = [Problem(file, row + first_row, column, str(cells.iloc[row]), message) for row in rows]
        raise StudyError(problems)
