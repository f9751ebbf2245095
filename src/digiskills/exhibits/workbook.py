"""The tables of a folder of exhibits as one workbook, made from their CSV and JSON files alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from digiskills import formulas, tables, words
from digiskills import study as studies
from digiskills.disclosure import JOINT, DeclaredTable, Released
from digiskills.disclosure.keys import KEYS
from digiskills.errors import UsageError
from digiskills.study import Study

ADDED = ("evidence", "wave")
"""Columns that publishing adds to the frame of a table."""
WORDY = ("withheld", "note", "reason")
"""Columns of words that may be empty in every row."""
TRUTH = {"True": True, "False": False}


def workbook(folder: Path, study: Study | None = None) -> bytes:
    """Return an Excel workbook of all exhibits of one study in one language.

    Parameters
    ----------
    folder : Path
        Where `publish` wrote them: one JSON and one CSV file per exhibit.
    study : Study, optional
        What the study declares; read by the name in the files by default.

    Returns
    -------
    bytes
        The same for the same files; see `digiskills.tables.workbook`.

    Raises
    ------
    UsageError
        If the folder holds no exhibits, or those of several studies or languages.
    """
    said = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.json"), key=lambda path: path.stem)
    ]
    kinds = {(each["study"], each["language"]) for each in said}
    if len(kinds) != 1:
        found = ", ".join(" ".join(kind) for kind in sorted(kinds)) or "none"
        raise UsageError(f"{folder.name}: a workbook is made from exhibits of one study and language; found {found}")
    ((name, language),) = kinds
    study = studies.read(name) if study is None else study
    shown = {each["id"]: read(folder / f"{each['id']}.csv", each, study) for each in said}
    digests = ", ".join(dict.fromkeys(each["data_digest"] for each in said))
    about = {"digest": digests, "version": ", ".join(dict.fromkeys(each["code_version"] for each in said))}
    return tables.workbook(shown, {words.text(f"sheet.{key}", language): text for key, text in about.items()})


def read(path: Path, said: dict[str, Any], study: Study) -> Released:
    """Return a published table as it was released.

    Parameters
    ----------
    path : Path
        The CSV file of an exhibit.
    said : dict
        What its JSON file says.
    study : Study
        What the study declares.

    Returns
    -------
    Released
        Of the same numbers, to 12 digits; it may be published again under its own id only.
    """
    keys = [name for name in (*KEYS, *said["by"], *WORDY) if name != "year"]
    written = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=dict.fromkeys(keys, str))
    frame = formulas.unguarded(written)
    own = ("evidence",) if said["evidence"] == JOINT else ()  # a joint table says it of each row
    frame = frame.drop(columns=[name for name in ADDED if name in frame and name not in own])
    for name in frame:
        frame[name] = frame[name].fillna("") if name in keys else _typed(frame[name])
    table = DeclaredTable(
        said["id"],
        said["study"],
        said["evidence"],
        said["kind"],
        tuple(said.get("items", ())),
        tuple(said["by"]),
        said["wave"],
        tuple(said["where"].items()),
    )
    return Released(frame, table, frozenset({said["id"]}), study, said["language"], said["method"])


def _typed(column: pd.Series) -> pd.Series:
    """Return a column with empty words as such, and yes and no as truth where a withheld row left it open."""
    if pd.api.types.is_numeric_dtype(column):
        return column
    if column.dropna().astype(str).isin(TRUTH).all():
        return column.map(lambda value: value if pd.isna(value) else TRUTH[str(value)])
    return column.fillna("")
