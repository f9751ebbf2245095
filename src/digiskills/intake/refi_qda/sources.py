"""The sources of a project, their texts and the passages selected in them."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import numpy as np

from digiskills.intake.refi_qda import markup, positions
from digiskills.intake.refi_qda.archive import Archive
from digiskills.intake.refi_qda.cases import values
from digiskills.intake.refi_qda.codebook import key, note_references
from digiskills.intake.refi_qda.codings import codings
from digiskills.intake.refi_qda.project import guid, plain_guid
from digiskills.intake.refi_qda.rows import Rows

_KINDS = {
    "TextSource": "text",
    "PDFSource": "pdf",
    "PictureSource": "picture",
    "AudioSource": "audio",
    "VideoSource": "video",
}
# The plain text of a source that is no text itself.
_TEXTS = ("Representation", "TextDescription", "Transcript")
_ELSEWHERE = ("PDFSelection", "PictureSelection", "AudioSelection", "VideoSelection")
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def gather(sources: Element | None, archive: Archive | None, rows: Rows) -> None:
    """Add the sources of a project, their passages and codings.

    Parameters
    ----------
    sources : Element or None
        ``Sources``.
    archive : Archive or None
        Holds the texts that are not in the XML.
    rows : Rows
        Is added to; codes are there already.
    """
    for number, element in enumerate(() if sources is None else sources):
        name, source = element.get("name", ""), key(element, str(number), element.get("name", ""))
        if element.tag not in _KINDS:
            rows.leave_out("source", name, f"{element.tag[:50]} is no source of the schema")
        elif rows.has("sources", source):
            rows.leave_out("source", name, "has the identifier of a source before it")
        else:
            _source(element, source, archive, rows)


def written(element: Element, archive: Archive | None, what: str, rows: Rows) -> tuple[str, bool, bool]:
    """Return the plain text of a source or memo.

    Parameters
    ----------
    element : Element
        Has ``PlainTextContent``, or ``plainTextPath``, or neither.
    archive : Archive or None
        Holds the text.
    what : str
        ``source`` or ``note``, for what is left out.
    rows : Rows
        Is told of a text that is not read.

    Returns
    -------
    tuple of (str, bool, bool)
        The text, whether it was read, and whether its file began with a byte order mark.
    """
    inside = markup.child(element, "PlainTextContent")
    if inside is not None:
        content = inside.text or ""
        return content.removeprefix("\ufeff"), True, content.startswith("\ufeff")
    place = element.get("plainTextPath", "")
    data = archive.text(place) if archive is not None and place else None
    why = _unread(element, place) if data is None else ""
    if data is not None:
        codec = next((codec for mark, codec in _MARKS.items() if data.startswith(mark)), "utf-8")
        try:
            return data.decode(codec).removeprefix("\ufeff"), True, codec != "utf-8"
        except UnicodeDecodeError:
            why = f"its text is not in {codec}"
    rows.leave_out(f"text of a {what}", element.get("name", ""), why)
    return "", False, False


def _unread(element: Element, place: str) -> str:
    if place:
        return "its text is not in the archive"
    if element.get("richTextPath"):
        return "it is formatted text (such as docx) without plain text beside it"
    return "it has no plain text"


def _source(element: Element, source: str, archive: Archive | None, rows: Rows) -> None:
    name, kind = element.get("name", ""), _KINDS[element.tag]
    texts = [element] if kind == "text" else list(markup.children(element, *_TEXTS))
    text, was_read, marked = written(texts[0], archive, "source", rows) if texts else ("", False, False)
    if not texts:
        rows.leave_out("text of a source", name, f"it is a {kind} source without plain text")
    for _ in texts[1:]:
        rows.leave_out("transcript", name, "one transcript of a recording is read, the first")
    place = element.get("plainTextPath") or element.get("richTextPath") or element.get("path") or ""
    user, created = plain_guid(element.get("creatingUser", "")), element.get("creationDateTime", "")
    rows.add("sources", source, name, kind, text, place, markup.text(element, "Description"), user, created)
    codings(element, source, "", user, name, rows)
    values(element, "source", source, rows)
    note_references(element, "source", source, rows)
    for holder in texts[:1]:
        _selections(holder, source, name, (text, was_read, marked), rows)
    for away in markup.children(element, *_ELSEWHERE):
        rows.leave_out(away.tag, name, "selects a place in a page, a picture or a recording, not in plain text")


def _selections(holder: Element, source: str, name: str, text: tuple[str, bool, bool], rows: Rows) -> None:
    points = {key(one): one.get("position") for one in markup.children(holder, "SyncPoint")}
    found = []
    for element in markup.children(holder, "PlainTextSelection", "TranscriptSelection"):
        start, end = (markup.number(one) for one in _positions(element, points))
        if start is None or end is None or start >= end:
            rows.leave_out("selection", name, "has no beginning before its end")
        else:
            found.append((element, start, end))
    if not found:
        return
    starts, ends = (np.array([one[place] for one in found], dtype=np.int64) for place in (1, 2))
    if text[1]:
        quotes = [element.get("name", "") for element, _, _ in found]
        placed = positions.placed(text[0], text[2], starts, ends, quotes)
        starts, ends = placed.start, placed.end
        if placed.counting != positions.STANDARD:
            rows.leave_out(
                "way of counting", name, f"positions are read as {placed.counting}, not as the standard says"
            )
    if text[1]:
        rows.spend(int((ends - starts).clip(min=0).sum()))
    places = zip(starts.tolist(), ends.tolist(), strict=True)
    for number, (one, place) in enumerate(zip(found, places, strict=True)):
        _selection(one[0], source, name, number, place, text, rows)


def _positions(element: Element, points: dict[str, str | None]) -> tuple[str | None, str | None]:
    if element.tag == "PlainTextSelection":
        return element.get("startPosition"), element.get("endPosition")
    first, last = (points.get(plain_guid(element.get(name, ""))) for name in ("fromSyncPoint", "toSyncPoint"))
    return first, last


def _selection(
    element: Element,
    source: str,
    source_name: str,
    number: int,
    place: tuple[int, int],
    text: tuple[str, bool, bool],
    rows: Rows,
) -> None:
    start, end = place
    if text[1] and not 0 <= start < end <= len(text[0]):
        rows.leave_out("selection", source_name, "lies outside its text")
        return
    selection = key(element, source, str(number))
    if rows.has("selections", selection):  # nothing points to it that could not mean the first
        selection = guid("again", source, str(number))
    user, created = plain_guid(element.get("creatingUser", "")), element.get("creationDateTime", "")
    name, description = element.get("name", ""), markup.text(element, "Description")
    rows.add("selections", selection, source, start, end, text[0][start:end], name, description, user, created)
    codings(element, source, selection, user, source_name, rows)
    note_references(element, "selection", selection, rows)
