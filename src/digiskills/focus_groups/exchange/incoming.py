"""Reads a study's tables out of a project, whichever program wrote it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from digiskills.errors import Problem, StudyError, nearest
from digiskills.focus_groups.coded import CONSENSUS
from digiskills.focus_groups.exchange.conventions import ADJUDICATION, FACT, NOT_STATED, RATED, RATINGS, cells
from digiskills.focus_groups.exchange.passages import Passages, passages
from digiskills.frameworks import Frameworks
from digiskills.intake.refi_qda import Project


def tables(
    project: Project,
    frameworks: Frameworks,
    codes: pd.DataFrame | None = None,
    coder: str = "",
    file: str = "project.qdpx",
) -> dict[str, pd.DataFrame]:
    """Return the tables of a study's focus groups as they would stand in its folder, text throughout.

    Parameters
    ----------
    project : Project
        Coded passages.
    frameworks : Frameworks
        Its words for descriptors: a value of a variable may be one of them or its label.
    codes : pandas.DataFrame, optional
        One row per code that counts: code, family, label_en, label_fr and, where the project calls it otherwise,
        name (a code's name or path in the project). Without it codes are named as in the project, families are
        the folders at the top.
    coder : str
        Whose codings are the consensus, by name; needed where several coded and none is called ``consensus``.
    file : str
        For messages.

    Returns
    -------
    dict of str to pandas.DataFrame
        The tables segments, codings, ratings, codes, documents, facts and adjudications. A passage that two
        coders selected is one segment; variables of cases and sources named as our columns (``Speaker level``,
        ``session``) describe it; without a variable ``participants`` every passage relays participants.

    Raises
    ------
    StudyError
        If nothing is coded, a code in use is not in `codes`, or it is not said whose codings count.
    """
    if not (project.codings["selection"] != "").any():
        raise StudyError([Problem(file, None, None, None, "holds no coded passage of plain text", "code it first")])
    found = passages(project, frameworks)
    given = _given(project, found, _names(project, coder, file))
    names = _ancestry(project)
    rated = pd.Series([_is_rating(names[key]) for key in given["code_key"]], index=given.index, dtype="bool")
    listed, code_of = _codes(project, names, codes, set(given.loc[~rated, "code_key"]), file)
    notes = project.note_references.merge(project.notes, on="note")
    return {
        "segments": found.segments,
        "codings": in_own_name(_codings(given[~rated], code_of), coder),
        "ratings": in_own_name(_ratings(given, rated, names, found.segments), coder),
        "codes": listed,
        "documents": found.documents,
        "facts": _memos(notes, FACT, "source", found.document_of, ("fact", "document")),
        "adjudications": _memos(notes, ADJUDICATION, "selection", found.segment_of, ("field", "segment_id")),
    }


def _given(project: Project, found: Passages, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the codings of segments: segment_id, coder (by name), code_key."""
    codings = project.codings[project.codings["selection"].isin(found.segment_of)]
    given = pd.DataFrame(
        {
            "segment_id": [found.segment_of[key] for key in codings["selection"]],
            "coder": [names[key] for key in codings["coder"]],
            "code_key": list(codings["code"]),
        },
        dtype="str",
    )
    return given.drop_duplicates(ignore_index=True)


def _names(project: Project, coder: str, file: str) -> dict[str, str]:
    """Return the coders' names by key, the one who counts called consensus."""
    names = {key: name or key for key, name in zip(project.coders["coder"], project.coders["name"], strict=True)}
    return called({key: names.get(key, key) or "not stated" for key in project.codings["coder"].unique()}, coder, file)


def called(used: Mapping[str, str], coder: str, file: str) -> dict[str, str]:
    """Return the names under which coders are counted, the one who counts called consensus.

    Parameters
    ----------
    used : mapping of str to str
        Names by key.
    coder : str
        Whose codings are the consensus, by name; needed where several coded and none is called ``consensus``.
    file : str
        For messages.

    Returns
    -------
    dict of str to str
        By key.

    Raises
    ------
    StudyError
        If it is not said whose codings count, or nobody of that name coded.
    """
    known = sorted(set(used.values()))
    counts = coder or (CONSENSUS if CONSENSUS in known else known[0] if len(known) == 1 else "")
    if counts not in known:
        column = "evidence.focus_groups.coder"
        message = "is no coder of this file" if counts else "is missing: several people coded"
        raise StudyError([Problem(file, None, column, counts or None, message, nearest(counts, known))])
    if counts == CONSENSUS:
        return dict(used)
    used = {key: f"{name} (coder)" if name == CONSENSUS else name for key, name in used.items()}
    return {key: CONSENSUS if name == counts else name for key, name in used.items()}


def in_own_name(frame: pd.DataFrame, coder: str) -> pd.DataFrame:
    """Return rows of coders with those of the one who counts in that coder's own name, too.

    Parameters
    ----------
    frame : pandas.DataFrame
        Codings or ratings, with a column coder.
    coder : str
        Who counts, where that was said.

    Returns
    -------
    pandas.DataFrame
        Where several coded, the agreement of the one who counts with the others can be told.
    """
    if coder in ("", CONSENSUS) or frame["coder"].nunique() < 2:
        return frame
    return pd.concat([frame, frame[frame["coder"] == CONSENSUS].assign(coder=coder)], ignore_index=True)


def _ancestry(project: Project) -> dict[str, tuple[str, ...]]:
    """Return the names from the top down to each code; parents stand before their children."""
    found: dict[str, tuple[str, ...]] = {}
    for key, name, parent in project.codes[["code", "name", "parent"]].itertuples(index=False):
        found[key] = (*found.get(parent, ()), name)
    return found


def _is_rating(names: Sequence[str]) -> bool:
    return len(names) == 3 and names[0] == RATINGS and names[1] in RATED


def _codes(
    project: Project,
    names: Mapping[str, tuple[str, ...]],
    codes: pd.DataFrame | None,
    used: set[str],
    file: str,
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the codes that count, and the code of each key in use."""
    if codes is None:
        codable = project.codes[project.codes["is_codable"] | project.codes["code"].isin(used)]
        keys = [key for key in codable["code"] if names[key][0] != RATINGS]
        return _own_codes(project, names, keys)
    called = codes["name"].where(codes["name"] != "", codes["code"]) if "name" in codes else codes["code"]
    by_name = dict(zip((name.strip().casefold() for name in called), codes["code"], strict=True))
    paths = dict(zip(project.codes["code"], project.codes["path"], strict=True))
    code_of = {key: by_name.get(paths[key].casefold()) or by_name.get(names[key][-1].casefold(), "") for key in used}
    unknown = sorted(paths[key] for key, code in code_of.items() if not code)
    if unknown:
        allowed = "a row with this name or path in the column ‘name’"
        raise StudyError(
            [Problem(file, None, "code", path, "is used and not in codes.csv", allowed) for path in unknown]
        )
    return codes.reset_index(drop=True), code_of


def _own_codes(
    project: Project, names: Mapping[str, tuple[str, ...]], keys: Sequence[str]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the project's own codes: its names, or paths where a name stands twice."""
    last = {key: names[key][-1] for key in keys}
    times = Counter(last.values())
    code_of = {key: " > ".join(names[key]) if times[last[key]] > 1 else last[key] for key in keys}
    described = dict(zip(project.codes["code"], project.codes["description"], strict=True))
    rows = []
    for key in keys:
        labels = {"label_en": last[key], "label_fr": last[key]} | cells(described[key])
        rows.append({"code": code_of[key], "family": names[key][0], **labels})
    return _frame(rows, ("code", "family", "label_en", "label_fr")), code_of


def _codings(given: pd.DataFrame, code_of: Mapping[str, str]) -> pd.DataFrame:
    codes = pd.Series([code_of[key] for key in given["code_key"]], index=given.index, dtype="str")
    codings = given.assign(code=codes).drop(columns="code_key")
    return ranked(codings.drop_duplicates(ignore_index=True))


def ranked(codings: pd.DataFrame) -> pd.DataFrame:
    """Return codings with their place among those of the same segment and coder.

    Parameters
    ----------
    codings : pandas.DataFrame
        One row per segment_id, coder and code, in the order in which they were given.

    Returns
    -------
    pandas.DataFrame
        With a column rank, from 1, as text.
    """
    rank = codings.groupby(["segment_id", "coder"], sort=False).cumcount() + 1
    return codings.assign(rank=rank.astype("str"))


def _ratings(
    given: pd.DataFrame, rated: pd.Series, names: Mapping[str, tuple[str, ...]], segments: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per segment and coder: rated by the coder, else as cases and sources describe it."""
    read = given[["segment_id", "coder"]].drop_duplicates()
    described = [name for name in RATED if name in segments]
    ratings = read.merge(segments[["segment_id", *described]], on="segment_id")
    by_field = given[rated].assign(
        field=[names[key][1] for key in given.loc[rated, "code_key"]],
        value=[names[key][2] for key in given.loc[rated, "code_key"]],
    )
    for field in RATED:
        own = by_field[by_field["field"] == field].drop_duplicates(["segment_id", "coder"])
        values = ratings[["segment_id", "coder"]].merge(own, on=["segment_id", "coder"], how="left")["value"]
        ratings[field] = values.where(values.notna(), ratings.get(field, NOT_STATED[field])).astype("str")
    return ratings


def _memos(notes: pd.DataFrame, mark: str, kind: str, about: Mapping[str, str], keys: tuple[str, str]) -> pd.DataFrame:
    """Return the memos of one kind as rows: what they are called, what they are about, and their lines."""
    rows = [
        {keys[1]: about[row["owner"]], keys[0]: row["name"].removeprefix(mark), **cells(row["text"])}
        for row in notes[notes["kind"] == kind].to_dict("records")
        if row["name"].startswith(mark) and row["owner"] in about
    ]
    return _frame(rows, keys)


def _frame(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> pd.DataFrame:
    found = pd.DataFrame(rows, dtype="str") if rows else pd.DataFrame(columns=list(columns), dtype="str")
    return found.fillna("")
