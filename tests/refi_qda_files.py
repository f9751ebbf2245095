"""Writes projects in the exchange format by hand, as programs write them, and holds files to the published schema.

`SCHEMA` tells the structure of ``Project.xsd`` (urn:QDA-XML:project:1.0, Rotterdam Exchange Format Initiative, 2019)
and of the codebook's schema: children in their order, attributes with ``!`` where they are required.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree.ElementTree import Element

GUID = r"([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})"
TYPES = {
    "guid": GUID + r"|\{" + GUID + r"\}",
    "text": r"[\s\S]*",
    "truth": "true|false|0|1",
    "whole": r"[+-]?\d+",
    "color": "#([A-Fa-f0-9]{6}|[A-Fa-f0-9]{3})",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?",
    "variable": "Text|Boolean|Integer|Float|Date|DateTime",
}
_MADE = "creatingUser:guid creationDateTime:time"
_CHANGED = f"{_MADE} modifyingUser:guid modifiedDateTime:time"
_TEXT = (
    "Description? PlainTextContent? PlainTextSelection* Coding* NoteRef* VariableValue*",
    f"guid:guid! name:text richTextPath:text plainTextPath:text {_CHANGED}",
)
_REFERENCE = ("", "targetGUID:guid!")
SCHEMA: dict[str, tuple[str, str]] = {
    "Project": (
        "Users? CodeBook? Variables? Cases? Sources? Notes? Links? Sets? Graphs? Description? NoteRef*",
        "name:text! origin:text creatingUserGUID:guid creationDateTime:time modifyingUserGUID:guid "
        "modifiedDateTime:time basePath:text",
    ),
    "Users": ("User+", ""),
    "User": ("", "guid:guid! name:text id:text"),
    "CodeBook": ("Codes", ""),
    "Codes": ("Code+", ""),
    "Code": ("Description? NoteRef* Code*", "guid:guid! name:text! isCodable:truth! color:color"),
    "Variables": ("Variable+", ""),
    "Variable": ("Description?", "guid:guid! name:text! typeOfVariable:variable!"),
    "VariableValue": (
        "VariableRef (TextValue|BooleanValue|IntegerValue|FloatValue|DateValue|DateTimeValue)?",
        "",
    ),
    "Cases": ("Case+", ""),
    "Case": ("Description? CodeRef* VariableValue* SourceRef* SelectionRef*", "guid:guid! name:text"),
    "Sources": ("TextSource+", ""),  # sources of other kinds are not written
    "TextSource": _TEXT,
    "Note": _TEXT,
    "PlainTextSelection": (
        "Description? Coding* NoteRef*",
        f"guid:guid! name:text startPosition:whole! endPosition:whole! {_CHANGED}",
    ),
    "Coding": ("CodeRef NoteRef*", f"guid:guid! {_MADE}"),
    "Notes": ("Note+", ""),
    "Sets": ("Set+", ""),
    "Set": ("Description? MemberCode* MemberSource* MemberNote*", "guid:guid! name:text!"),
} | dict.fromkeys(
    ("NoteRef", "CodeRef", "SourceRef", "SelectionRef", "VariableRef", "MemberCode", "MemberSource", "MemberNote"),
    _REFERENCE,
)
CODEBOOK = SCHEMA | {
    "CodeBook": ("Codes Sets?", "origin:text"),
    "Code": ("Description? Code*", "guid:guid! name:text! isCodable:truth! color:color"),
    "Set": ("Description? MemberCode*", "guid:guid! name:text!"),
    "MemberCode": ("", "guid:guid!"),
}
VALUES = {"BooleanValue": "truth", "IntegerValue": "whole"}


def breaches(root: Element, schema: Mapping[str, tuple[str, str]] = SCHEMA) -> list[str]:
    """Return where a document does not follow the schema."""
    return [breach for element in root.iter() for breach in _breaches(element, schema)]


def _breaches(element: Element, schema: Mapping[str, tuple[str, str]]) -> list[str]:
    name = element.tag.rpartition("}")[2]
    children = "".join(f"{child.tag.rpartition('}')[2]} " for child in element)
    if name not in schema:
        right = re.fullmatch(TYPES[VALUES.get(name, "text")], element.text or "") and not children
        return [] if right and not element.attrib else [f"{name}: {element.text}"]
    order, listed = schema[name]
    pattern = re.sub(r"(\w+)", r"(\1 )", order).replace(" (", "(").replace(") ", ")").replace(" )", " )")
    found = [] if re.fullmatch(pattern, children) else [f"{name} holds {children}"]
    types = dict(one.rstrip("!").split(":") for one in listed.split())
    needed = {one.split(":")[0] for one in listed.split() if one.endswith("!")}
    found += [f"{name} has no {one}" for one in needed - element.attrib.keys()]
    for key, value in element.attrib.items():
        if key not in types or not re.fullmatch(TYPES[types[key]], value):
            found.append(f"{name} {key}={value}")
    return found


def archive(path: Path, project: str | bytes, **texts: str | bytes) -> Path:
    """Write an archive: the project's XML and texts by name (without ``.txt``) in ``Sources``."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("project.qde", project)
        for name, text in texts.items():
            opened.writestr(f"Sources/{name}.txt", text)
    return path


def entries(path: Path, **named: bytes) -> Path:
    """Write an archive of any entries; ``__`` in a name is a slash."""
    with zipfile.ZipFile(path, "w") as opened:
        for name, data in named.items():
            opened.writestr(name.replace("__", "/"), data)
    return path


def number(last: int, kind: int = 0) -> str:
    """Return a GUID that ends in a number."""
    return f"{kind:08d}-0000-4000-8000-{last:012d}"


def project(body: str, attributes: str = "") -> str:
    """Return a project with a body."""
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    return f'{head}<Project xmlns="urn:QDA-XML:project:1.0" name="p" {attributes}>{body}</Project>'


def bytes_of(path: Path) -> dict[str, bytes]:
    """Return the entries of an archive."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
