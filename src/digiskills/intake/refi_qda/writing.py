"""Writes a project or its codebook in the published structure, the same bytes for the same project."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import pandas as pd

from digiskills.errors import Problem, StudyError
from digiskills.intake.refi_qda.project import ENTRY, Project, is_guid

ORIGIN = "digiskills"
_PROJECT, _CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
_KINDS = {"text": "TextSource"}
_VALUES = {
    "Text": "TextValue",
    "Boolean": "BooleanValue",
    "Integer": "IntegerValue",
    "Float": "FloatValue",
    "Date": "DateValue",
    "DateTime": "DateTimeValue",
}
_MEMBERS = {"code": "CodeRef", "source": "SourceRef", "selection": "SelectionRef"}
_SET_MEMBERS = {"code": "MemberCode", "source": "MemberSource", "note": "MemberNote"}
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier one; the day of writing would change the bytes
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COLOR = re.compile(r"#([A-Fa-f0-9]{6}|[A-Fa-f0-9]{3})")
Row = Mapping[str, object]


def write(project: Project, path: Path | str) -> None:
    """Write a project.

    Parameters
    ----------
    project : Project
        Sources of plain text; its identifiers are GUIDs (`refi_qda.guid` makes them).
    path : Path or str
        ``.qdpx``. The texts are entries of their own in ``Sources``.

    Raises
    ------
    StudyError
        If an identifier is no GUID, a source has no plain text, or a name holds a character that XML has not.

    Notes
    -----
    Elements stand in the order of the schema ``Project.xsd`` (urn:QDA-XML:project:1.0). Nothing tells when it
    was written: the same project gives the same bytes.
    """
    _check(project, Path(path).name)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        _entry(opened, ENTRY, _bytes(_project(project)))
        for source in _rows(project.sources):
            _entry(opened, f"Sources/{source['source']}.txt", str(source["text"]).encode("utf-8"))
    Path(path).write_bytes(archive.getvalue())


def write_codebook(project: Project, path: Path | str) -> None:
    """Write the codes of a project.

    Parameters
    ----------
    project : Project
        Its codes and sets of codes.
    path : Path or str
        ``.qdc``.

    Raises
    ------
    StudyError
        If an identifier is no GUID, or a name holds a character that XML has not.
    """
    _check(project, Path(path).name)
    root = Element("CodeBook", {"xmlns": _CODEBOOK, "origin": project.origin or ORIGIN})
    _codes(root, project, {})
    of_codes = project.set_members.loc[project.set_members["kind"] == "code", "set"]
    sets = project.sets[project.sets["set"].isin(of_codes)]
    _sets(root, replace(project, sets=sets), ("code",), "guid")
    Path(path).write_bytes(_bytes(root))


def _project(project: Project) -> Element:
    root = Element("Project", {"xmlns": _PROJECT, "name": project.name, "origin": project.origin or ORIGIN})
    notes = _grouped(project.note_references, "kind", "owner")
    _all(
        root, "Users", "User", project.coders, lambda row: {"guid": row["coder"], "name": row["name"], "id": row["id"]}
    )
    if len(project.codes):
        _codes(SubElement(root, "CodeBook"), project, notes)
    _variables(root, project)
    _cases(root, project)
    _sources(root, project, notes)
    for element, row in _all(root, "Notes", "Note", project.notes, _made("note")):
        SubElement(element, "PlainTextContent").text = _clean(row["text"])
    _sets(root, project, ("code", "source", "note"), "targetGUID")
    _described(root, {"description": project.description})
    _note_references(root, notes, "project", "")
    return root


def _codes(parent: Element, project: Project, notes: Mapping[object, list[Row]]) -> None:
    holders = {"": SubElement(parent, "Codes")}
    for code in _rows(project.codes):
        names = {"guid": code["code"], "name": code["name"], "isCodable": str(code["is_codable"]).lower()}
        element = _element(holders[str(code["parent"])], "Code", names | _color(code))
        _described(element, code)
        _note_references(element, notes, "code", str(code["code"]))
        holders[str(code["code"])] = element


def _color(code: Row) -> dict[str, object]:
    return {"color": code["color"]} if _COLOR.fullmatch(str(code["color"])) else {}


def _variables(root: Element, project: Project) -> None:
    def names(row: Row) -> Row:
        return {"guid": row["variable"], "name": row["name"], "typeOfVariable": row["type"]}

    for element, row in _all(root, "Variables", "Variable", project.variables, names):
        _described(element, row)


def _cases(root: Element, project: Project) -> None:
    members, values = _grouped(project.case_members, "case"), _grouped(project.variable_values, "kind", "owner")
    for element, case in _all(
        root, "Cases", "Case", project.cases, lambda row: {"guid": row["case"], "name": row["name"]}
    ):
        _described(element, case)
        for kind, name in _MEMBERS.items():
            if kind == "source":  # the schema has the values between the codes and the sources
                _values(element, values.get(("case", case["case"]), []), project)
            for member in members.get((case["case"],), []):
                if member["kind"] == kind:
                    SubElement(element, name, {"targetGUID": str(member["member"])})


def _sources(root: Element, project: Project, notes: Mapping[object, list[Row]]) -> None:
    selections, codings = _grouped(project.selections, "source"), _grouped(project.codings, "source", "selection")
    values = _grouped(project.variable_values, "kind", "owner")

    def names(row: Row) -> Row:
        return _made("source")(row) | {"plainTextPath": f"internal://{row['source']}.txt"}

    for element, source in _all(root, "Sources", "TextSource", project.sources, names):
        key = source["source"]
        _described(element, source)
        for row in selections.get((key,), []):
            place = {"startPosition": str(row["start"]), "endPosition": str(row["end"])}
            selection = _element(element, "PlainTextSelection", _made("selection")(row) | place)
            _described(selection, row)
            _codings(selection, codings.get((key, row["selection"]), []), notes)
            _note_references(selection, notes, "selection", str(row["selection"]))
        _codings(element, codings.get((key, ""), []), notes)
        _note_references(element, notes, "source", str(key))
        _values(element, values.get(("source", key), []), project)


def _codings(element: Element, codings: Iterable[Row], notes: Mapping[object, list[Row]]) -> None:
    for row in codings:
        names = {"guid": row["coding"], "creatingUser": row["coder"], "creationDateTime": row["created"]}
        coding = _element(element, "Coding", names)
        SubElement(coding, "CodeRef", {"targetGUID": str(row["code"])})
        _note_references(coding, notes, "coding", str(row["coding"]))


def _values(element: Element, values: Iterable[Row], project: Project) -> None:
    types = dict(zip(project.variables["variable"], project.variables["type"], strict=True))
    for row in values:
        value = SubElement(element, "VariableValue")
        SubElement(value, "VariableRef", {"targetGUID": str(row["variable"])})
        SubElement(value, _VALUES[types[str(row["variable"])]]).text = _clean(row["value"])


def _sets(root: Element, project: Project, kinds: Iterable[str], reference: str) -> None:
    members = _grouped(project.set_members, "set")
    for element, row in _all(root, "Sets", "Set", project.sets, lambda row: {"guid": row["set"], "name": row["name"]}):
        _described(element, row)
        for kind in kinds:
            for member in members.get((row["set"],), []):
                if member["kind"] == kind:
                    SubElement(element, _SET_MEMBERS[kind], {reference: str(member["member"])})


def _all(
    root: Element, holder: str, name: str, frame: pd.DataFrame, names: Callable[[Row], Row]
) -> list[tuple[Element, Row]]:
    """Add one element per row under a holder, which the schema wants only where it holds something."""
    if not len(frame):
        return []
    parent = SubElement(root, holder)
    return [(_element(parent, name, names(row)), row) for row in _rows(frame)]


def _made(kind: str) -> Callable[[Row], dict[str, object]]:
    def names(row: Row) -> dict[str, object]:
        made = {"creatingUser": row["coder"], "creationDateTime": row["created"]}
        return {"guid": row[kind], "name": row["name"]} | made

    return names


def _element(parent: Element, name: str, names: Mapping[str, object]) -> Element:
    """Add an element; what the schema does not require and the row does not have is no attribute."""
    required = ("guid", "name", "isCodable")
    return SubElement(parent, name, {key: str(one) for key, one in names.items() if one != "" or key in required})


def _described(element: Element, row: Row) -> None:
    if row["description"]:
        SubElement(element, "Description").text = _clean(row["description"])


def _note_references(element: Element, notes: Mapping[object, list[Row]], kind: str, owner: str) -> None:
    for row in notes.get((kind, owner), []):
        SubElement(element, "NoteRef", {"targetGUID": str(row["note"])})


def _grouped(frame: pd.DataFrame, *columns: str) -> dict[object, list[Row]]:
    found: dict[object, list[Row]] = {}
    for row in _rows(frame):
        found.setdefault(tuple(row[column] for column in columns), []).append(row)
    return found


def _rows(frame: pd.DataFrame) -> list[Row]:
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, cells, strict=True)) for cells in frame.itertuples(index=False, name=None)]


def _clean(text: object) -> str:
    """Return a text as an XML reader gives it back: its line ends are single."""
    return str(text).replace("\r\n", "\n").replace("\r", "\n")


def _bytes(root: Element) -> bytes:
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _entry(opened: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _FIRST_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    entry.create_system = 3  # the same bytes on every system
    opened.writestr(entry, data)


def _check(project: Project, file: str) -> None:
    problems = [
        Problem(file, None, f"{table}.{table.rstrip('s')}", str(key), "is no GUID", "refi_qda.guid(…)")
        for table in ("codes", "sources", "selections", "cases", "variables", "sets", "coders", "notes")
        for key in getattr(project, table).iloc[:, 0]
        if not is_guid(str(key))
    ]
    kinds = project.sources.loc[~project.sources["kind"].isin(_KINDS), "name"]
    problems += [Problem(file, None, "sources.kind", name, "is no plain text", "text sources") for name in kinds]
    for table, frame in vars(project).items():
        if isinstance(frame, pd.DataFrame):
            problems += _not_in_xml(file, table, frame)
    if problems:
        raise StudyError(problems[:50])


def _not_in_xml(file: str, table: str, frame: pd.DataFrame) -> list[Problem]:
    found: list[Problem] = []
    texts: list[str] = list(frame.select_dtypes("str"))
    for column in texts:
        if column == "text" and table != "notes":
            continue  # an entry of its own, not XML
        wrong = frame[column].str.contains(_NOT_IN_XML)
        rows = [int(row) for row in frame.index[wrong]]
        found += [
            Problem(file, None, f"{table}.{column}", None, f"row {row} holds a control character") for row in rows
        ]
    return found
