"""The code tree, the coders, sets and memos of a project."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from digiskills.errors import Problem, StudyError
from digiskills.intake.refi_qda import markup
from digiskills.intake.refi_qda.project import ENTRY, PATH_SIGN, guid, plain_guid
from digiskills.intake.refi_qda.rows import Rows

# A path repeats the names above it: without a limit a small file could ask for any amount of memory.
MOST_CODES = 20_000
LONGEST_PATH = 10_000
_MEMBERS = {"MemberCode": "code", "MemberSource": "source", "MemberNote": "note"}


def gather(root: Element, rows: Rows) -> None:
    """Add the coders, codes and sets of a project or codebook.

    Parameters
    ----------
    root : Element
        ``Project`` or ``CodeBook``.
    rows : Rows
        Is added to.
    """
    _coders(root, rows)
    book = root if root.tag == "CodeBook" else markup.child(root, "CodeBook")
    for number, (element, parent, path) in enumerate(_tree(markup.child(book, "Codes"))):
        if number >= MOST_CODES or len(path) > LONGEST_PATH:
            message = f"has more than {MOST_CODES:,} codes, or a path of names of {LONGEST_PATH:,} characters"
            raise StudyError([Problem(ENTRY, None, "Code", None, message, "a smaller codebook")])
        _code(element, parent, path, rows)
    for holder in {id(one): one for one in (root, book) if one is not None}.values():
        _sets(markup.child(holder, "Sets"), rows)


def key(element: Element, *instead: str) -> str:
    """Return an element's identifier, one made of its place where it has none.

    Parameters
    ----------
    element : Element
        Any that the schema gives a ``guid``.
    *instead : str
        What names it otherwise.

    Returns
    -------
    str
        The identifier.
    """
    given = plain_guid(element.get("guid", ""))
    return given or guid("without", element.tag, *instead)


def target(element: Element) -> str:
    """Return the identifier that a reference points to.

    Parameters
    ----------
    element : Element
        ``CodeRef``, ``MemberCode`` and the like.

    Returns
    -------
    str
        "" where it points nowhere.
    """
    return plain_guid(element.get("targetGUID") or element.get("guid") or "")


def note_references(element: Element, kind: str, owner: str, rows: Rows) -> None:
    """Add the memos that an element refers to.

    Parameters
    ----------
    element : Element
        What the memos are about.
    kind, owner : str
        Its kind and identifier.
    rows : Rows
        Is added to.
    """
    for reference in markup.children(element, "NoteRef"):
        rows.add("note_references", kind, owner, target(reference))


def _coders(root: Element, rows: Rows) -> None:
    for number, user in enumerate(markup.children(markup.child(root, "Users"), "User")):
        rows.add("coders", key(user, str(number)), user.get("name", ""), user.get("id", ""))


def _tree(codes: Element | None) -> Iterator[tuple[Element, str, str]]:
    """Yield each code with its parent's key and its path, a parent before its children."""
    waiting = [(code, "", code.get("name", "")) for code in markup.children(codes, "Code")][::-1]
    while waiting:
        element, parent, path = waiting.pop()
        yield element, parent, path
        below = [(code, key(element, path), f"{path}{PATH_SIGN}{code.get('name', '')}") for code in element]
        waiting += [one for one in below if one[0].tag == "Code"][::-1]


def _code(element: Element, parent: str, path: str, rows: Rows) -> None:
    code, name = key(element, path), element.get("name", "")
    codable = element.get("isCodable", "true").strip().lower() not in ("false", "0")
    rows.add("codes", code, name, parent, path, codable, element.get("color", ""), markup.text(element, "Description"))
    note_references(element, "code", code, rows)


def _sets(sets: Element | None, rows: Rows) -> None:
    for number, element in enumerate(markup.children(sets, "Set")):
        name = element.get("name", "")
        one = key(element, str(number), name)
        rows.add("sets", one, name, markup.text(element, "Description"))
        for member in markup.children(element, *_MEMBERS):
            rows.add("set_members", one, _MEMBERS[member.tag], target(member))
