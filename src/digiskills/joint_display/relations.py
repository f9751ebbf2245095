"""How survey and focus groups relate on a barrier: by a stated rule, which an analyst may overrule with a reason."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from digiskills import intake
from digiskills.errors import Problem, StudyError, UsageError, nearest
from digiskills.study import Study

FILE = "relations.csv"
RELATION = "relation"
"""The part of a joint display that says how its parts relate; it holds no number."""
COLUMNS = ("barrier", "group", "relation", "reason", "reason_fr")
GIVEN = ("confirms", "expands", "contradicts", "silent")
"""Relations that an analyst may give."""
NOT_COVERED, NOT_COMPARED = "not_covered", "not_compared"
RELATIONS = (*GIVEN, NOT_COVERED, NOT_COMPARED)
EVERYBODY, LEVEL = "all", "level"


def relation(voiced: int, base: int, intervals: Iterable[tuple[float, float]], common: float, compared: bool) -> str:
    """Return how what focus groups say of a barrier relates to what the survey says.

    Parameters
    ----------
    voiced, base : int
        Passages of a group of speakers that speak of the barrier, and all of its passages.
    intervals : iterable of (float, float)
        Intervals of the survey's shares on the barrier side, one per statement, of the same group; a withheld one is
        null.
    common : float
        The share, 0 to 1, from which a barrier is common.
    compared : bool
        Whether the survey may be compared: a synthetic one may not.

    Returns
    -------
    str
        ``not_covered`` where the group has no passage at all, ``not_compared`` where the survey is synthetic,
        ``silent`` where none of its passages speaks of the barrier; else ``confirms`` where a statement's whole
        interval lies above `common`, ``contradicts`` where every statement's lies below it, and ``expands`` where the
        survey does not settle it or has no number.

    Raises
    ------
    UsageError
        If `common` is no share.
    """
    if not 0 < common < 1:
        raise UsageError(f"common_share: {common} given; give a share between 0 and 1, such as 0.5")
    if not base:
        return NOT_COVERED
    if not compared:
        return NOT_COMPARED
    if not voiced:
        return "silent"
    known = [(low, high) for low, high in intervals if pd.notna(low) and pd.notna(high)]
    if any(low > common for low, _ in known):
        return "confirms"
    return "contradicts" if known and all(high < common for _, high in known) else "expands"


def overruled(study: Study) -> pd.DataFrame:
    """Return the relations that the analyst of a study gives in place of the rule's.

    Parameters
    ----------
    study : Study
        May have ``relations.csv`` in the folder of its focus groups.

    Returns
    -------
    pandas.DataFrame
        One row per barrier and group: barrier, group (a level of the survey, or ``all``), relation, reason, reason_fr;
        no rows where the study has no such file.

    Raises
    ------
    StudyError
        With every unknown barrier, group or relation, empty reason and pair that stands twice, and every row where the
        survey is synthetic.
    """
    declared = study.evidence.get("focus_groups")
    path = f"{declared.folder}/{FILE}".removeprefix("/") if declared else ""  # a project has no folder
    if not path or not (study.folder / path).is_file():
        return pd.DataFrame(columns=list(COLUMNS), dtype="str")
    table = intake.read_listed(study.folder, path).frame
    absent = [Problem(path, 1, column, None, "column is missing") for column in COLUMNS if column not in table]
    problems = absent or _problems(path, table, study)
    if problems:
        raise StudyError(problems)
    return table[list(COLUMNS)]


def _problems(path: str, table: pd.DataFrame, study: Study) -> list[Problem]:
    known = {
        "barrier": list(study.frameworks.table("barriers")["code"]),
        "group": [EVERYBODY, *(study.dimensions[LEVEL].names if LEVEL in study.dimensions else ())],
        "relation": list(GIVEN),
    }
    found = []
    for column, words in known.items():
        for row in table.index[~table[column].isin(words)]:
            given = str(table.at[row, column])
            found.append(Problem(path, int(row) + 2, column, given, f"is no {column}", nearest(given, words)))
    for column in ("reason", "reason_fr"):
        empty = table.index[table[column].str.strip().eq("")]
        found += [Problem(path, int(row) + 2, column, None, "is empty", "say why, in one sentence") for row in empty]
    twice = table.index[table.duplicated(["barrier", "group"])]
    found += [Problem(path, int(row) + 2, "barrier", str(table.at[row, "barrier"]), "stands twice") for row in twice]
    survey = study.evidence.get("survey")
    if len(table) and survey and survey.kind == "synthetic":
        found.append(Problem(path, 2, "relation", None, "the survey is synthetic: there is nothing to relate it to"))
    return found
