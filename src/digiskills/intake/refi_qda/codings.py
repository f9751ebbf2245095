"""The codes that coders gave to passages and sources."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from digiskills.intake.refi_qda import markup
from digiskills.intake.refi_qda.codebook import key, note_references, target
from digiskills.intake.refi_qda.project import plain_guid
from digiskills.intake.refi_qda.rows import Rows


def codings(element: Element, source: str, selection: str, coder: str, source_name: str, rows: Rows) -> None:
    """Add the codings of a passage or of a whole source.

    Parameters
    ----------
    element : Element
        Holds ``Coding``.
    source, selection : str
        What is coded; no selection where the whole source is.
    coder : str
        Who made the selection; a coding without a user is theirs.
    source_name : str
        For what is left out.
    rows : Rows
        Is added to.
    """
    for number, coding in enumerate(markup.children(element, "Coding")):
        codes = [target(one) for one in markup.children(coding, "CodeRef")]
        if not codes or not codes[0]:
            rows.leave_out("coding", source_name, "names no code")
            continue
        one = key(coding, source, selection, str(number))
        user = plain_guid(coding.get("creatingUser", "")) or coder
        rows.add("codings", one, source, selection, codes[0], user, coding.get("creationDateTime", ""))
        note_references(coding, "coding", one, rows)
