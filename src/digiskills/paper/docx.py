"""What a Word file takes from exhibits, read without trusting the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from digiskills.errors import DigiskillsError, StudyError
from digiskills.intake.refi_qda import archive, markup
from digiskills.intake.refi_qda.archive import Archive
from digiskills.paper.manuscript import Manuscript, Picture, Said, contents

PARTS = ("document", "footnotes", "endnotes")
PICTURES = (".png", ".svg", ".pdf", ".emf", ".jpg", ".jpeg")


def read(path: Path) -> Manuscript:
    """Return the marked numbers and the pictures of a Word file.

    Parameters
    ----------
    path : Path
        ``.docx``; nothing of it is unpacked to disk.

    Returns
    -------
    Manuscript
        Numbers in content controls whose tag starts with ``ds:``, and links to ``ds:…``.

    Raises
    ------
    UsageError
        If there is no such file.
    DigiskillsError
        If it is no Word file, or holds what no Word file needs: entities, more than it may, paths out of it.
    """
    contents(path)  # refuses what is absent or too large
    numbers: list[Said] = []
    pictures: list[Picture] = []
    try:
        with archive.opened(path) as opened:
            if opened.text("word/document.xml") is None:
                raise DigiskillsError(f"{path.name} is no Word file: it has no word/document.xml")
            for part in PARTS:
                numbers += _numbers(opened, path.name, part)
                pictures += _pictures(opened, path.name, part)
    except StudyError as error:
        said = "; ".join(f"{problem.file} {problem.message}" for problem in error.problems[:5])
        raise DigiskillsError(f"{path.name} is not read: {said}. Save it again in Word") from None
    return Manuscript(path, tuple(numbers), tuple(pictures), "")


def _numbers(opened: Archive, file: str, part: str) -> Iterator[Said]:
    """Yield the marked numbers of a part."""
    content = opened.text(f"word/{part}.xml")
    if content is None:
        return
    links = {name: target for name, target in _targets(opened, file, part).items() if target.startswith("ds:")}
    for number, paragraph in enumerate(_paragraphs(markup.parse(content, f"{file}, {part}.xml")), 1):
        place = f"{file}, {part}, paragraph {number}"
        for element in paragraph.iter():
            if element.tag == "sdt":
                name, title = _property(element, "tag"), _property(element, "alias")
                if name.startswith("ds:"):
                    yield Said(place, name, _text(element), title)
            elif element.tag == "hyperlink" and _attribute(element, "id") in links:
                target = links[_attribute(element, "id")]
                yield Said(place, unquote(target).removeprefix("ds:"), _text(element))


def _paragraphs(root: Element) -> Iterator[Element]:
    """Yield the paragraphs of a part, and content controls that stand around whole ones."""
    inside: set[Element] = set()
    for element in root.iter():
        outer = element.tag == "sdt" and _property(element, "tag").startswith("ds:")
        if element not in inside and (element.tag == "p" or outer):
            inside.update(element.iter())
            yield element


def _pictures(opened: Archive, file: str, part: str) -> Iterator[Picture]:
    """Yield the pictures of a part."""
    for target in _targets(opened, file, part).values():
        if PurePosixPath(target).suffix.lower() in PICTURES and "://" not in target:
            place = target.removeprefix("/") if target.startswith("/") else f"word/{target}"
            yield Picture(f"{file}, {PurePosixPath(target).name}", "", opened.text(place))


def _targets(opened: Archive, file: str, part: str) -> dict[str, str]:
    """Return what the relations of a part point to."""
    content = opened.text(f"word/_rels/{part}.xml.rels")
    if content is None:
        return {}
    root = markup.parse(content, f"{file}, {part}.xml.rels")
    return {_attribute(one, "Id"): _attribute(one, "Target") for one in root.iter("Relationship")}


def _property(control: Element, name: str) -> str:
    """Return a property of a content control, empty where it has none."""
    found = control.find(f"sdtPr/{name}")
    return "" if found is None else _attribute(found, "val")


def _attribute(element: Element, name: str) -> str:
    """Return an attribute whatever its namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _text(element: Element) -> str:
    """Return the text of an element; what tracked changes removed has another name and does not count."""
    return "".join(one.text or "" for one in element.iter("t"))
