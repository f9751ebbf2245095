"""Reads a project or a codebook."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

from digiskills.errors import Problem, StudyError
from digiskills.intake import limits
from digiskills.intake.refi_qda import archive, cases, codebook, markup, sources
from digiskills.intake.refi_qda.archive import Archive
from digiskills.intake.refi_qda.project import ENTRY, Project, plain_guid
from digiskills.intake.refi_qda.rows import Rows

_NOT_READ = {"Links": "links between codes, passages and memos are not read", "Graphs": "diagrams are not read"}
# Frames that point to another one: the column, what a reader calls the row, and why it is left out.
_REFERENCES = (
    ("codings", "code", "coding", "its code is not in the codebook"),
    ("variable_values", "variable", "value", "its variable is not declared"),
    ("note_references", "note", "reference to a note", "there is no such note"),
)
_TABLES = {
    "source": "sources",
    "selection": "selections",
    "code": "codes",
    "note": "notes",
    "variable": "variables",
}


def read(path: Path | str) -> Project:
    """Return a project or codebook in the REFI-QDA format, as written by any program.

    Parameters
    ----------
    path : Path or str
        ``.qdpx`` (a project: an archive) or ``.qdc`` (a codebook: XML). The contents decide, not the ending.

    Returns
    -------
    Project
        Its frames; `left_out` says what was not read and why. Nothing is written or unpacked to disk.

    Raises
    ------
    StudyError
        If the file is missing, damaged, too large, no project, or an archive that holds what an exchange
        file has no need of (paths out of it, links, encrypted or repeated entries, a DTD).

    Notes
    -----
    Positions are Unicode code points from 0, as the standard says. Programs also count UTF-16 units, line ends
    as one or two characters, or the byte order mark. Where the names of the passages are their first words, or
    where many more passages begin and end with whole words so, they are read so, and `left_out` says it.

    Source: Rotterdam Exchange Format Initiative, *REFI-QDA Standard 1.5* and the schema ``Project.xsd``
    (urn:QDA-XML:project:1.0, 2019).
    """
    path = Path(path)
    limits.check_size(path)
    if not _is_archive(path):
        data = limits.contents(path, archive.LARGEST_XML_BYTES)
        return _project(markup.parse(data, path.name), None, path.name)
    with archive.opened(path) as found:
        return _project(markup.parse(found.project(), f"{path.name}, entry {ENTRY}"), found, path.name)


def _is_archive(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(2) == b"PK"
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise StudyError([Problem(path.name, None, None, None, message)]) from None


def _project(root: Element, found: Archive | None, file: str) -> Project:
    if root.tag not in ("Project", "CodeBook"):
        message = f"is no project and no codebook: its XML begins with {root.tag[:50]}"
        raise StudyError([Problem(file, None, None, None, message, "a REFI-QDA export (.qdpx or .qdc)")])
    try:
        return _gathered(root, found)
    except StudyError as error:  # raised where only the element is known
        place = f"{file}, entry {ENTRY}" if found else file
        raise StudyError([replace(one, file=place) if one.file == ENTRY else one for one in error.problems]) from None


def _gathered(root: Element, found: Archive | None) -> Project:
    rows = Rows()
    codebook.gather(root, rows)
    if root.tag == "Project":
        cases.gather(root, rows)
        sources.gather(markup.child(root, "Sources"), found, rows)
        _notes(markup.child(root, "Notes"), found, rows)
        codebook.note_references(root, "project", "", rows)
        for name, why in _NOT_READ.items():
            number = sum(1 for holder in markup.children(root, name) for _ in holder)
            if number:
                rows.leave_out(name, "", why, number)
    _leave_out_what_points_nowhere(rows)
    return rows.project(root.get("name", ""), root.get("origin", ""), markup.text(root, "Description"))


def _notes(notes: Element | None, found: Archive | None, rows: Rows) -> None:
    for number, element in enumerate(markup.children(notes, "Note")):
        text, _, _ = sources.written(element, found, "note", rows)
        user, created = plain_guid(element.get("creatingUser", "")), element.get("creationDateTime", "")
        rows.add("notes", codebook.key(element, str(number)), element.get("name", ""), text, user, created)
        inside = sum(1 for _ in markup.children(element, "PlainTextSelection", "Coding"))
        if inside:
            rows.leave_out(
                "coding of a note", element.get("name", ""), "memos are read as they are, not as data", inside
            )


def _leave_out_what_points_nowhere(rows: Rows) -> None:
    known = {kind: set(rows.column(table, kind)) for kind, table in _TABLES.items()}
    for table, kind, what, why in _REFERENCES:
        rows.keep(table, [key in known[kind] for key in rows.column(table, kind)], what, why)
    for table in ("case_members", "set_members"):
        kinds, members = rows.column(table, "kind"), rows.column(table, "member")
        kept = [member in known[kind] for kind, member in zip(kinds, members, strict=True)]
        rows.keep(table, kept, "member of a case or set", "there is no such thing in what was read")
