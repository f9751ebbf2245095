"""Reads the XML of a project: no entities, no DTD, nothing fetched, bounded in size and depth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from digiskills.errors import Problem, StudyError

LARGEST_ELEMENTS = 2_000_000
DEEPEST = 100
MOST_ATTRIBUTES = 50
LARGEST_ATTRIBUTES = 6_000_000  # of all elements: each takes ten times the memory of its letters
_NUMBER = re.compile(r"\s*\+?(\d{1,9})\s*", re.ASCII)


class _Limit(Exception):
    """More of something than any project has."""


class _Bounded(TreeBuilder):
    """Builds the tree with names free of their namespace, and stops at limits."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = self._attributes = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        self._attributes += len(attrs)
        if self._depth > DEEPEST:
            raise _Limit(f"holds elements nested more than {DEEPEST} deep")
        if self._count > LARGEST_ELEMENTS:
            raise _Limit(f"holds more than {LARGEST_ELEMENTS:,} elements")
        if len(attrs) > MOST_ATTRIBUTES:
            raise _Limit(f"holds an element with {len(attrs):,} attributes")
        if self._attributes > LARGEST_ATTRIBUTES:
            raise _Limit(f"holds more than {LARGEST_ATTRIBUTES:,} attributes")
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag.rpartition("}")[2])


def parse(data: bytes, file: str) -> Element:
    """Return the root of an XML document.

    Parameters
    ----------
    data : bytes
        The document.
    file : str
        Its name, for messages.

    Returns
    -------
    Element
        Names without namespace: programs write another one, or none.

    Raises
    ------
    StudyError
        If it is not well formed, declares a DTD or entities, or is larger or deeper than any project.
    """
    parser = XMLParser(target=_Bounded(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        # All at once: expat scans a long token again with each part that it is fed.
        parser.feed(data.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n"))
        root: Element = parser.close()
    except _Limit as error:
        raise _refused(file, str(error), "a smaller export") from None
    except DefusedXmlException:
        raise _refused(file, "declares a DTD or entities, which no exchange file needs", "export again") from None
    except (ParseError, ValueError, LookupError) as error:
        raise _refused(file, f"is not well-formed XML: {error}", "export the project again") from None
    return root


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """Yield the children of an element that have one of the names.

    Parameters
    ----------
    element : Element or None
        Nothing is yielded for None.
    *names : str
        Names of elements.

    Yields
    ------
    Element
        In their order.
    """
    if element is not None:
        yield from (child for child in element if child.tag in names)


def child(element: Element | None, name: str) -> Element | None:
    """Return the first child of a name.

    Parameters
    ----------
    element : Element or None
        Its parent.
    name : str
        Name of the element.

    Returns
    -------
    Element or None
        None where there is none.
    """
    return next(children(element, name), None)


def text(element: Element | None, name: str) -> str:
    """Return the text of the first child of a name.

    Parameters
    ----------
    element : Element or None
        Its parent.
    name : str
        Name of the element.

    Returns
    -------
    str
        "" where there is none.
    """
    found = child(element, name)
    return "" if found is None else (found.text or "")


def number(written: str | None) -> int | None:
    """Return a position.

    Parameters
    ----------
    written : str or None
        As written.

    Returns
    -------
    int or None
        None for what is no whole number from 0 to a billion.
    """
    found = _NUMBER.fullmatch(written or "")
    return int(found[1]) if found else None


def _refused(file: str, message: str, allowed: str) -> StudyError:
    return StudyError([Problem(file, None, None, None, message, allowed)])
