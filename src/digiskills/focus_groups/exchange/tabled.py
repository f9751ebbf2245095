"""Reads a study's tables out of a table of codings, wide or long."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from digiskills.errors import Problem, StudyError, nearest
from digiskills.focus_groups.exchange.conventions import NOT_STATED, PARAPHRASES, PASSAGE, RATED, column_of
from digiskills.focus_groups.exchange.incoming import called, in_own_name, ranked
from digiskills.focus_groups.exchange.passages import completed, worded
from digiskills.frameworks import Frameworks
from digiskills.intake.codings_table import CODER, MOST_PROBLEMS, SEGMENT, CodingsTable

_OURS = (SEGMENT, "document", "section", "section_fr", "session", "paragraph", "words", PASSAGE, "duplicate_of")
_OF_SEGMENTS = (*_OURS, *PARAPHRASES.values(), "is_heading", "participants", *RATED)
"""Columns of a table of codings that are no codes, whatever stands in them."""


def of_table(
    table: CodingsTable,
    frameworks: Frameworks,
    codes: pd.DataFrame,
    coder: str = "",
    file: str = "codings.csv",
) -> dict[str, pd.DataFrame]:
    """Return the tables of a study's focus groups as they would stand in its folder, text throughout.

    Parameters
    ----------
    table : CodingsTable
        From `digiskills.intake.codings_table`; its columns named as ours (``Speaker level``, ``session``,
        ``paraphrase``) describe the segments, or what a coder said of them.
    frameworks : Frameworks
        Words for descriptors: a cell may be one of them or its label.
    codes : pandas.DataFrame
        One row per code that counts, as in ``codes.csv``, with a column ``name`` where the table calls it otherwise.
    coder : str
        Whose codings are the consensus; needed where several coded and none is called ``consensus``.
    file : str
        For messages; a table without documents is one document of this name.

    Returns
    -------
    dict of str to pandas.DataFrame
        The tables segments, codings, ratings, codes, documents, facts and adjudications.

    Raises
    ------
    StudyError
        If nothing is coded, a code is not in `codes`, or it is not said whose codings count.
    """
    if table.codings.empty:
        raise StudyError([Problem(file, None, None, None, "holds no coding", "code it first")])
    segments = _segments(table, frameworks, file)
    names = called({name: name or "not stated" for name in table.coders}, coder, file)
    codings = table.codings.astype("str").assign(coder=table.codings[CODER].astype("str").map(names))
    codings["code"] = codings["code"].map(code_names(list(codings["code"].unique()), codes, file))
    # A wide table has no order of codes in a segment: each of them comes first.
    numbered = codings.assign(rank="1") if table.is_wide else ranked(codings)
    ratings = _ratings(table, segments, frameworks)
    return {
        "segments": segments,
        "codings": in_own_name(numbered, coder),
        "ratings": in_own_name(ratings.assign(coder=ratings[CODER].map(names)), coder),
        "codes": codes.reset_index(drop=True),
        "documents": pd.DataFrame(dict.fromkeys(("document", "title"), segments["document"].unique())),
        "facts": pd.DataFrame(columns=["fact", "document"], dtype="str"),
        "adjudications": pd.DataFrame(columns=["segment_id", "field"], dtype="str"),
    }


def code_names(used: Sequence[str], codes: pd.DataFrame, file: str) -> dict[str, str]:
    """Return the code of each name in use.

    Parameters
    ----------
    used : sequence of str
        Names as the table writes them.
    codes : pandas.DataFrame
        As in ``codes.csv``.
    file : str
        For messages.

    Returns
    -------
    dict of str to str
        Capitals and spaces around a name make no difference.

    Raises
    ------
    StudyError
        With every name that is no code.
    """
    known = dict(zip((name.strip().casefold() for name in names_of(codes)), codes["code"], strict=True))
    unknown = [name for name in used if name.strip().casefold() not in known]
    if unknown:
        said = "is used and not in codes.csv"
        advice = names_of(codes)
        told = unknown[:MOST_PROBLEMS]
        raise StudyError([Problem(file, None, "code", name, said, nearest(name, advice)) for name in told])
    return {name: known[name.strip().casefold()] for name in used}


def names_of(codes: pd.DataFrame) -> list[str]:
    """Return what codes are called where they were given: their name, or the code itself.

    Parameters
    ----------
    codes : pandas.DataFrame
        As in ``codes.csv``.

    Returns
    -------
    list of str
        In their order.
    """
    return list(codes["name"].where(codes["name"] != "", codes["code"]) if "name" in codes else codes["code"])


def _segments(table: CodingsTable, frameworks: Frameworks, file: str) -> pd.DataFrame:
    """Return the segments with the columns of segments.csv."""
    segments = table.segments.rename(columns={name: column_of(str(name)) for name in table.segments})
    segments = segments.loc[:, ~segments.columns.duplicated() & (segments.columns != "")].astype("str")
    flags = [str(name) for name in segments if name not in _OF_SEGMENTS and _is_flag(segments[name])]
    if table.is_wide and flags:
        said = "holds 0 and 1 and is neither in codes.csv nor a description of segments"
        advice = "add its code, or leave the column out"
        raise StudyError([Problem(file, 1, name, None, said, advice) for name in flags])
    one_document = file.rpartition("/")[2].rpartition(".")[0] or file
    absent = {name: "" for name in PARAPHRASES.values() if name not in segments} | (
        {} if "document" in segments else {"document": one_document}
    )
    return completed(segments.assign(**absent), frameworks)


def _is_flag(cells: pd.Series) -> bool:
    filled = cells[cells != ""]
    return len(filled) > 0 and bool(filled.isin(["0", "1"]).all())


def _ratings(table: CodingsTable, segments: pd.DataFrame, frameworks: Frameworks) -> pd.DataFrame:
    """Return one row per segment and coder who read it: what the coder said, else what describes the segment."""
    read = table.read_by.astype("str")
    read = read.rename(columns={name: column_of(str(name)) for name in read if name not in (SEGMENT, CODER)})
    own = worded(read, frameworks)
    described = read[[SEGMENT]].merge(segments[[SEGMENT, *(name for name in RATED if name in segments)]], on=SEGMENT)
    ratings = read[[SEGMENT, CODER]].copy()
    for name in RATED:
        whole = described[name] if name in described else pd.Series(NOT_STATED[name], index=read.index)
        ratings[name] = own[name].where(own[name] != NOT_STATED[name], whole) if name in own else whole
    return ratings.astype("str")
