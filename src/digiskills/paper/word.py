"""A Word file of all numbers, each in a content control that goes along when it is copied."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from digiskills.paper.built import Built
from digiskills.paper.numbers import Number, Numbers, tag
from digiskills.words.catalogue import read as catalogue

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHOWN = ("", "interval", "n")
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)
_OLDEST = (1980, 1, 1, 0, 0, 0)  # what a zip file can say of a time that does not matter


def document(built: Iterable[Built], numbers: Numbers, language: str) -> bytes:
    """Return ``numbers.docx``: per exhibit its title, its banner and a table of its numbers.

    Parameters
    ----------
    built : iterable of Built
        The exhibits.
    numbers : Numbers
        Their numbers.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    bytes
        The same bytes for the same numbers.
    """
    by_exhibit: dict[str, dict[str, dict[str, Number]]] = {}
    for number in numbers.each():
        column = "" if number.shown else number.column
        by_exhibit.setdefault(number.exhibit, {}).setdefault(number.key, {})[column] = number
    body = "".join(_exhibit(one, by_exhibit.get(one.id, {}), language) for one in built)
    return packed(f'<w:document xmlns:w="{NAMESPACE}"><w:body>{body}</w:body></w:document>')


def packed(document: str, more: Mapping[str, bytes] | None = None) -> bytes:
    """Return a Word file around the XML of its document.

    Parameters
    ----------
    document : str
        The element ``w:document``.
    more : mapping of str to bytes, optional
        Further parts by name.

    Returns
    -------
    bytes
        A zip archive.
    """
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    parts = {"[Content_Types].xml": _TYPES.encode(), "_rels/.rels": _RELATIONS.encode()}
    parts |= {"word/document.xml": (head + document).encode(), **(more or {})}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _OLDEST), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def control(number: Number) -> str:
    """Return a number in a content control: its tag tells which, its title tells people."""
    name = number.names[0]
    return (
        f"<w:sdt><w:sdtPr><w:alias w:val={quoteattr(name[:64])}/><w:tag w:val={quoteattr(tag(number.name))}/></w:sdtPr>"
        f"<w:sdtContent>{_run(number.text)}</w:sdtContent></w:sdt>"
    )


def _exhibit(one: Built, rows: Mapping[str, Mapping[str, Number]], language: str) -> str:
    said = catalogue("paper.toml")
    heads = [said[key][language] for key in ("row", "number", "interval", "base")]
    lines = [_line([_run(head) for head in heads])]
    for key, found in rows.items():
        label = next(iter(found.values())).label or key
        cells = [control(found[column]) if column in found else "" for column in SHOWN]
        lines.append(_line([_run(f"{label} ({key})"), *cells]))
    table = '<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr>' + "".join(lines) + "</w:tbl>"
    above = _paragraph(_run(f"{one.id}. {one.about['title']}")) + _paragraph(_run(one.banner))
    return above + (table if rows else "") + _paragraph("")


def _line(cells: Sequence[str]) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in cells) + "</w:tr>"


def _paragraph(inside: str) -> str:
    return f"<w:p>{inside}</w:p>"


def _run(text: str) -> str:
    allowed = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
    return f'<w:r><w:t xml:space="preserve">{escape(allowed)}</w:t></w:r>'
