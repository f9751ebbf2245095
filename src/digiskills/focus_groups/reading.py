"""Reads a study's coded passages and refuses keys that point nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from digiskills import intake
from digiskills.errors import Problem, StudyError
from digiskills.focus_groups import exchange
from digiskills.focus_groups.coded import DESCRIBED, TABLES, FocusGroups
from digiskills.frameworks import Frameworks
from digiskills.intake import codings_table, passport, refi_qda
from digiskills.intake.codings_table import CodingsTable
from digiskills.intake.passport import Resource
from digiskills.study import Evidence, Study

EVIDENCE = "focus_groups"
ABSENT = {
    "en": "This study has no focus groups: study.toml declares no evidence of that name.",
    "fr": "Cette étude n’a pas de groupes de discussion : study.toml ne déclare aucune donnée de ce nom.",
}

_FLAGS = ("is_heading", "participants")
_NUMBERS = {"segments": ("paragraph", "words"), "codings": ("rank",), "ratings": ("intensity",)}
_KEYS = {
    "segments": ("segment_id",),
    "codings": ("segment_id", "coder", "code"),
    "ratings": ("segment_id", "coder"),
    "codes": ("code",),
    "documents": ("document",),
    "facts": ("fact",),
    "adjudications": ("segment_id", "field"),
}
# Columns that point to a row of another table.
_REFERENCES = (
    ("segments", "document", "documents"),
    ("segments", "duplicate_of", "segments"),
    ("codings", "segment_id", "segments"),
    ("codings", "code", "codes"),
    ("ratings", "segment_id", "segments"),
    ("adjudications", "segment_id", "segments"),
    ("facts", "document", "documents"),
)


def read(study: Study) -> FocusGroups | None:
    """Return the focus groups of a study.

    Parameters
    ----------
    study : Study
        Declares the evidence ``focus_groups`` and its folder, or does not.

    Returns
    -------
    FocusGroups or None
        None where the study has none; `why_absent` says so for the reader.

    Raises
    ------
    StudyError
        With every unknown passage, code, document or descriptor and every duplicated key.
    """
    if EVIDENCE not in study.evidence:
        return None
    folder = study.evidence[EVIDENCE].folder
    if study.evidence[EVIDENCE].file:
        return _of_file(study)
    tables = {name: intake.read_listed(study.folder, f"{folder}/{name}.csv").frame for name in TABLES}
    problems = _problems(tables, study.frameworks)
    if problems:
        raise StudyError([_placed(problem, folder) for problem in problems])
    return _made(tables, study.frameworks)


def from_project(
    project: refi_qda.Project,
    frameworks: Frameworks,
    codes: pd.DataFrame | None = None,
    coder: str = "",
    file: str = "project.qdpx",
) -> FocusGroups:
    """Return the focus groups that a project of a program for qualitative analysis holds.

    Parameters
    ----------
    project : refi_qda.Project
        As `intake.refi_qda.read` gives it.
    frameworks : Frameworks
        Words for descriptors and families.
    codes : pandas.DataFrame, optional
        Codes that count, as in ``codes.csv``, with a column ``name`` where the project calls them otherwise.
        Without it the project's own names are codes and labels.
    coder : str
        Whose codings are the consensus; needed where several people coded and none is called ``consensus``. They count
        in the coder's own name, too, beside the others'.
    file : str
        For messages.

    Returns
    -------
    FocusGroups
        A passage that several coders selected is one segment. Descriptors come from ratings, from variables of
        cases and sources; what the project does not say is ``not_stated`` (intensity: 0), which a study words in
        its descriptors.csv where its pages show it. The speakers' own words, where the texts are theirs, are in a
        column ``passage`` and never in a paraphrase.

    Raises
    ------
    StudyError
        If nothing is coded, a code or a descriptor is not known, or it is not said whose codings count.
    """
    return _received(exchange.tables(project, frameworks, codes, coder, file), frameworks, file)


def from_table(
    table: CodingsTable, frameworks: Frameworks, codes: pd.DataFrame, coder: str = "", file: str = "codings.csv"
) -> FocusGroups:
    """Return the focus groups that a table of codings holds.

    Parameters
    ----------
    table : CodingsTable
        As `intake.codings_table.read_long` and `read_wide` give it.
    frameworks : Frameworks
        Words for descriptors and families.
    codes : pandas.DataFrame
        Codes that count, as in ``codes.csv``, with a column ``name`` where the table calls them otherwise.
    coder : str
        Whose codings are the consensus; needed where several people coded and none is called ``consensus``. They count
        in the coder's own name, too, beside the others'.
    file : str
        For messages.

    Returns
    -------
    FocusGroups
        Columns named as ours describe the segments, as in `from_project`; other columns are kept and count nothing.

    Raises
    ------
    StudyError
        If nothing is coded, a code or a descriptor is not known, or it is not said whose codings count.
    """
    return _received(exchange.of_table(table, frameworks, codes, coder, file), frameworks, file)


def why_absent(study: Study, language: str) -> str:
    """Return the sentence that stands where a study without focus groups would show them.

    Parameters
    ----------
    study : Study
        The study.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        A sentence; empty where the study has focus groups.
    """
    return "" if EVIDENCE in study.evidence else ABSENT[language]


def _of_file(study: Study) -> FocusGroups:
    """Return the focus groups of a study that names a project or a table; its codes are in ``codes.csv``."""
    declared = study.evidence[EVIDENCE]
    resource = passport.read(study.folder).resource(declared.file)
    problems = passport.changed(study.folder / resource.path, resource)
    if problems:
        raise StudyError(problems)
    codes = _codes(study, declared)
    if declared.table:
        table = _table(study, declared, resource, codes)
        return from_table(table, study.frameworks, codes, declared.coder, resource.path)
    project = refi_qda.read(study.folder / resource.path)
    return from_project(project, study.frameworks, codes, declared.coder, resource.path)


def _codes(study: Study, declared: Evidence) -> pd.DataFrame:
    """Return the codes that count; no project says which of its codes belong to which family, in two languages."""
    place = f"{declared.folder}/codes.csv".removeprefix("/")
    if not (study.folder / place).is_file():
        wanted = "code, family, label_en, label_fr of each code that counts, and name where the file calls it otherwise"
        raise StudyError([Problem(place, None, None, None, f"is missing beside {declared.file}", wanted)])
    listed = intake.read_listed(study.folder, place).frame
    wrong = _column_problems("codes", listed)
    if wrong:
        raise StudyError([_placed(problem, declared.folder) for problem in wrong])
    return listed


def _table(study: Study, declared: Evidence, resource: Resource, codes: pd.DataFrame) -> CodingsTable:
    path, named = study.folder / resource.path, dict(declared.columns)
    if declared.table == "long":
        return codings_table.read_long(path, resource, **named)
    named.pop("code", None)
    return codings_table.read_wide(path, resource, **named, codes=exchange.names_of(codes))


def _received(tables: Mapping[str, pd.DataFrame], frameworks: Frameworks, file: str) -> FocusGroups:
    """Return the focus groups of received tables, with words for what they do not state."""
    frameworks = exchange.with_not_stated(frameworks, tables)
    problems = _problems(tables, frameworks)
    if problems:
        raise StudyError([replace(one, file=file, row=None) for one in problems])
    return _made(exchange.with_numbers(tables, frameworks), frameworks)


def _made(tables: Mapping[str, pd.DataFrame], frameworks: Frameworks) -> FocusGroups:
    """Return tables without problems as focus groups; every document has words."""
    named = exchange.with_documents(frameworks, tables["documents"])
    return FocusGroups(**{name: _typed(name, tables[name]) for name in TABLES}, frameworks=named)


def _placed(problem: Problem, folder: str) -> Problem:
    return replace(problem, file=f"{folder}/{problem.file}".removeprefix("/"))


def _typed(name: str, table: pd.DataFrame) -> pd.DataFrame:
    numbers = {column: table[column].astype(int) for column in _NUMBERS.get(name, ())}
    flags = {column: table[column] == "yes" for column in _FLAGS if column in table}
    return table.assign(**numbers, **flags)


def _problems(tables: Mapping[str, pd.DataFrame], frameworks: Frameworks) -> list[Problem]:
    found = [problem for name in TABLES for problem in _column_problems(name, tables[name])]
    if found:
        return found  # the checks below need the columns
    found += [problem for name in TABLES for problem in _cell_problems(name, tables[name], frameworks)]
    for name, column, other in _REFERENCES:
        pointing = tables[name][column]
        wrong = _outside(pointing, tables[other][_KEYS[other][0]])
        wrong &= pointing.ne("") if column == "duplicate_of" else True
        found += _at(name, column, tables[name], wrong, f"is not in {other}.csv")
    return found


def _column_problems(name: str, table: pd.DataFrame) -> list[Problem]:
    needed = {
        *_KEYS[name],
        *_NUMBERS.get(name, ()),
        *(column for file, column, _ in _REFERENCES if file == name),
    }
    needed |= {"segments": {*_FLAGS, *DESCRIBED}, "ratings": {"stance", *DESCRIBED}}.get(name, set())
    needed |= {"codes": {"family", "label_en", "label_fr"}}.get(name, set())
    absent = sorted(needed - set(table.columns))
    return [Problem(f"{name}.csv", 1, column, None, "column is missing") for column in absent]


def _cell_problems(name: str, table: pd.DataFrame, frameworks: Frameworks) -> list[Problem]:
    found = _at(name, _KEYS[name][-1], table, table.duplicated(list(_KEYS[name])), "stands twice")
    for column in _NUMBERS.get(name, ()):
        found += _at(name, column, table, ~table[column].str.fullmatch(r"\d{1,9}"), "is no whole number")
    for column in _FLAGS if name == "segments" else ():
        found += _at(name, column, table, ~table[column].isin(["", "yes"]), "is neither yes nor empty")
    described = {"segments": DESCRIBED, "ratings": ("stance", "intensity", *DESCRIBED), "codes": ("family",)}
    for column in described.get(name, ()):
        known = frameworks.values(column)
        found += _at(
            name,
            column,
            table,
            _outside(table[column], pd.Series(known, dtype="str")),
            "is not in descriptors.csv",
            ", ".join(known),
        )
    return found


def _outside(given: pd.Series, known: pd.Series) -> pd.Series:
    """Return which values are not among those known; an index finds them much faster than ``isin``."""
    places = pd.Index(known.drop_duplicates()).get_indexer(pd.Index(given))
    return pd.Series(places < 0, index=given.index)


def _at(
    name: str, column: str, table: pd.DataFrame, wrong: pd.Series, message: str, allowed: str = ""
) -> list[Problem]:
    """Return one problem per marked row, the first of many, with the row's number in the file."""
    rows = [int(row) for row in table.index[wrong][: codings_table.MOST_PROBLEMS]]
    return [Problem(f"{name}.csv", row + 2, column, str(table.at[row, column]), message, allowed) for row in rows]
