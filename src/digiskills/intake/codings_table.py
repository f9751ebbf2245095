"""Reads codings that were kept in a table: one row per segment, or one row per segment, coder and code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from digiskills import formulas, intake
from digiskills.errors import Problem, StudyError, nearest
from digiskills.intake.passport import Resource

SEGMENT, CODER, CODE = "segment_id", "coder", "code"
MOST_PROBLEMS = 50
# A codebook has some hundred codes; each is a column to be looked through, and one of tables of codes by codes.
MOST_CODES = 2_000
_YES, _NO = "1", ("0", "")


@dataclass(frozen=True, repr=False)
class CodingsTable:
    """Codings as frames of the focus groups' columns.

    Parameters
    ----------
    codings : pandas.DataFrame
        One row per segment, coder and code: segment_id, coder, code (categories, in the order of the file).
    segments : pandas.DataFrame
        One row per segment: segment_id and the columns that are neither coder nor code and say one thing of it.
    read_by : pandas.DataFrame
        One row per segment and coder who read it, with a code or without: segment_id, coder, and the columns in which
        coders say different things of a segment.
    codes, coders : tuple of str
        Their names in the order of the file.
    is_wide : bool
        Whether there was a column per code: then the codes of a segment have no order.
    """

    codings: pd.DataFrame
    segments: pd.DataFrame
    read_by: pd.DataFrame
    codes: tuple[str, ...]
    coders: tuple[str, ...]
    is_wide: bool = False

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
        The codings; other columns describe the segment, or what a coder said of it.

    Raises
    ------
    StudyError
        If a column is missing, a segment has no name, a coding stands twice, or a coder says two things of a segment.
    """
    name, frame, first_row = _received(path, resource, (segment, code))
    if coder not in frame:
        frame = frame.assign(**{coder: ""})
    found = pd.DataFrame(
        {new: _categories(frame[old]) for new, old in ((SEGMENT, segment), (CODER, coder), (CODE, code))}
    )
    coded = (frame[code] != "").to_numpy()
    twice = coded & _repeated(found)
    _refuse_names(name, first_row, frame, (segment, coder, code))
    _refuse_many(name, found[CODE].cat.categories)
    _refuse(name, first_row, segment, frame[segment], (frame[segment] == "").to_numpy(), "is empty")
    _refuse(name, first_row, code, frame[code], twice, "stands twice for this segment and coder")
    codings = found[coded].reset_index(drop=True)
    codings[CODE] = codings[CODE].cat.remove_unused_categories()
    described = frame.drop(columns=[coder, code]).rename(columns={segment: SEGMENT})
    return _table(name, first_row, codings, described, found[[SEGMENT, CODER]])


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
        The codings; columns that are no codes describe the segment, or what a coder said of it.

    Raises
    ------
    StudyError
        If a column is missing, a segment has no name or stands twice for a coder, or a cell of a code is
        neither 0, 1 nor empty.
    """
    name, frame, first_row = _received(path, resource, (segment, *codes))
    if coder not in frame:
        frame = frame.assign(**{coder: ""})
    _refuse_many(name, frame.columns)
    _refuse_names(name, first_row, frame, (segment, coder))
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
    return replace(_table(name, first_row, codings, described, found), is_wide=True)


def _received(path: Path | str, resource: Resource | None, needed: Sequence[str]) -> tuple[str, pd.DataFrame, int]:
    received = intake.read(path, resource)
    name = resource.path if resource is not None else Path(path).name
    known = [str(column) for column in received.frame]
    absent = [one for one in needed if one not in known]
    if absent:
        row = received.first_row - 1
        raise StudyError([Problem(name, row, one, None, "column is missing", nearest(one, known)) for one in absent])
    return name, received.frame, received.first_row


def _table(
    file: str, first_row: int, codings: pd.DataFrame, described: pd.DataFrame, read_by: pd.DataFrame
) -> CodingsTable:
    """Return the table; what is said once of a segment or of a coder's segment holds for all of its rows."""
    about = described.drop(columns=SEGMENT)
    keys = {name: _key(read_by[columns]) for name, columns in (("one", [SEGMENT]), ("coder", [SEGMENT, CODER]))}
    theirs = [str(name) for name in about if _other(about[name], keys["one"]).any()]
    for name in theirs:
        message = "is another than this coder says of the segment above"
        _refuse(file, first_row, name, about[name], _other(about[name], keys["coder"]), message)
    of_segment = pd.concat([described[[SEGMENT]], _filled(about.drop(columns=theirs), keys["one"])], axis=1)
    by = pd.concat([read_by, _filled(about[theirs], keys["coder"])], axis=1)
    segments = of_segment[~pd.Series(keys["one"]).duplicated().to_numpy()].reset_index(drop=True)
    by = by[~pd.Series(keys["coder"]).duplicated().to_numpy()].reset_index(drop=True)
    return CodingsTable(codings, segments, by, tuple(codings[CODE].cat.categories), tuple(by[CODER].cat.categories))


def _filled(frame: pd.DataFrame, key: np.ndarray) -> pd.DataFrame:
    """Return a frame with, in each row, the first that is said under its key; an empty cell says nothing."""
    told = {name: cells.where(cells != "").groupby(key).transform("first").fillna("") for name, cells in frame.items()}
    return pd.DataFrame(told, index=frame.index, dtype="str") if told else frame


def _other(cells: pd.Series, key: np.ndarray) -> np.ndarray:
    """Return which rows say something else than the first that says anything under their key."""
    places, _ = pd.factorize(cells.where(cells != ""))
    first = pd.Series(places).where(places >= 0).groupby(key).transform("first").to_numpy()
    return np.asarray((places >= 0) & (places != first), dtype=bool)


def _categories(column: pd.Series) -> pd.Categorical:
    """Return a column as categories in the order in which they first stand."""
    places, values = pd.factorize(column)
    return pd.Categorical.from_codes(places, categories=pd.Index(values, dtype="str"))


def _repeated(frame: pd.DataFrame) -> np.ndarray:
    """Return which rows repeat one before them; as numbers, since half a million keys of text are slow."""
    return pd.Series(_key(frame)).duplicated().to_numpy()


def _key(frame: pd.DataFrame) -> np.ndarray:
    """Return a number for each row, the same for equal rows of categories."""
    key = np.zeros(len(frame), dtype=np.int64)
    for column in frame:
        key = key * max(len(frame[column].cat.categories), 1) + frame[column].cat.codes.to_numpy(dtype=np.int64)
    return key


def _is_code(column: pd.Series) -> bool:
    """Return whether a column is a code: most of what stands in it is 0 or 1, so that a slip is still seen."""
    filled = column[column != ""]
    return len(filled) > 0 and filled.isin([_YES, "0"]).mean() > 0.5


def _refuse_many(file: str, codes: Sequence[str] | pd.Index) -> None:
    if len(codes) > MOST_CODES:
        message = f"has {len(codes):,} codes or columns, more than {MOST_CODES:,}"
        raise StudyError([Problem(file, None, None, None, message, "codes that are used, one row per coding")])


def _refuse_names(file: str, first_row: int, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse names that a spreadsheet takes for formulas, in cells and in the header."""
    wrong = [str(name) for name in frame if str(name).startswith(formulas.SIGNS)]
    if wrong:
        message = "begins like a formula of a spreadsheet"
        raise StudyError([Problem(file, first_row - 1, one, None, message, "a name") for one in wrong[:MOST_PROBLEMS]])
    for column in columns:
        risky = frame[column].str.startswith(formulas.SIGNS).to_numpy(dtype=bool)
        _refuse(file, first_row, column, frame[column], risky, "begins like a formula of a spreadsheet")


def _refuse(file: str, first_row: int, column: str, cells: pd.Series, wrong: np.ndarray, message: str) -> None:
    rows = np.flatnonzero(wrong)[:MOST_PROBLEMS].tolist()
    if rows:
        problems = [Problem(file, row + first_row, column, str(cells.iloc[row]), message) for row in rows]
        raise StudyError(problems)
