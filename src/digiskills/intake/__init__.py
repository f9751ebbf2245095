"""Reads the files that agencies send: one reader per format, nothing changed on the way in.

`read` picks the reader by the passport's format or the file's ending; `read_listed` does so for a file of
a study and checks its SHA-256 first. Formats that can run code when opened (pickle, R data) are refused.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from digiskills.errors import Problem, StudyError
from digiskills.intake import delimited, excel, parquet, passport, qualtrics, refi_qda, spss
from digiskills.intake.passport import Resource
from digiskills.intake.received import ColumnMetadata, Received

__all__ = ["ColumnMetadata", "Received", "passport", "read", "read_listed", "refi_qda"]

FORMATS = ("csv", "tsv", "qualtrics", "xlsx", "sav", "zsav", "parquet")
_SAME = {"xlsm": "xlsx", "txt": "csv", "pq": "parquet"}
_INSTEAD = {
    "xls": "save it as .xlsx",
    "pkl": "a format that holds data only: csv or parquet",
    "pickle": "a format that holds data only: csv or parquet",
    "rds": "a format that holds data only: csv or parquet",
    "rdata": "a format that holds data only: csv or parquet",
    "dta": "save it as .sav, csv or parquet",
    "sas7bdat": "save it as .sav, csv or parquet",
    "qdpx": "name it in study.toml: [evidence.focus_groups] file",
}


def read(path: Path | str, resource: Resource | None = None) -> Received:
    """Return a received file as it is.

    Parameters
    ----------
    path : Path or str
        The file.
    resource : Resource, optional
        Its entry in the passport: format, encoding, delimiter, sheet; where it has a SHA-256, the file
        is compared with it before it is opened.

    Returns
    -------
    Received
        One row per respondent, text or codes, with what the file says of its columns.

    Raises
    ------
    StudyError
        If the file is not the one listed, in no format that is read, or not well formed.
    """
    path = Path(path)
    resource = resource or Resource(name=path.name, path=path.name)
    problems = passport.changed(path, resource) if resource.sha256 or not path.is_file() else []
    if problems:
        raise StudyError(problems)
    kind = _format(path, resource)
    if kind in ("csv", "tsv"):
        received = delimited.read(path, resource.encoding, resource.delimiter or ("\t" if kind == "tsv" else ""))
        # An export of Qualtrics looks like CSV: its two extra header rows are no respondents.
        return qualtrics.split(received, path.name) if qualtrics.is_export(received) else received
    if kind == "qualtrics":
        return qualtrics.read(path, resource.encoding, resource.delimiter)
    if kind == "xlsx":
        return excel.read(path, resource.sheet)
    return parquet.read(path) if kind == "parquet" else spss.read(path)


def read_listed(folder: Path, path: str) -> Received:
    """Return a file of a study, as its passport lists it.

    Parameters
    ----------
    folder : Path
        The study's folder, with ``datapackage.json``.
    path : str
        The file's place in that folder, or its name in the passport.

    Returns
    -------
    Received
        One row per respondent.

    Raises
    ------
    UsageError
        If the passport lists no such file.
    StudyError
        If the file is missing, changed or not well formed.
    """
    resource = passport.read(folder).resource(path)
    if not resource.sha256:
        raise StudyError(passport.changed(folder / resource.path, resource))
    try:
        return read(folder / resource.path, resource)
    except StudyError as error:
        raise StudyError([replace(problem, file=resource.path) for problem in error.problems]) from None


def _format(path: Path, resource: Resource) -> str:
    """Return the format that the passport or the ending names."""
    endings = [suffix.lstrip(".").lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    found = resource.format.removesuffix(".gz") or (endings[-1] if endings else "")
    found = _SAME.get(found, found)
    if found not in FORMATS:
        allowed = _INSTEAD.get(found, f"one of {', '.join(FORMATS)}")
        raise StudyError([Problem(path.name, None, "format", found, "is no format that is read", allowed)])
    return found
