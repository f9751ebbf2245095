"""The cases of a project and the variables that describe cases and sources."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from digiskills.intake.refi_qda import markup
from digiskills.intake.refi_qda.codebook import key, target
from digiskills.intake.refi_qda.rows import Rows

_MEMBERS = {"CodeRef": "code", "SourceRef": "source", "SelectionRef": "selection"}
_VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")


def gather(root: Element, rows: Rows) -> None:
    """Add the variables and cases of a project.

    Parameters
    ----------
    root : Element
        ``Project``.
    rows : Rows
        Is added to.
    """
    for number, variable in enumerate(markup.children(markup.child(root, "Variables"), "Variable")):
        name, kind = variable.get("name", ""), variable.get("typeOfVariable", "")
        rows.add("variables", key(variable, str(number)), name, kind, markup.text(variable, "Description"))
    for number, element in enumerate(markup.children(markup.child(root, "Cases"), "Case")):
        case, name = key(element, str(number)), element.get("name", "")
        rows.add("cases", case, name, markup.text(element, "Description"))
        values(element, "case", case, rows)
        for member in markup.children(element, *_MEMBERS):
            rows.add("case_members", case, _MEMBERS[member.tag], target(member))


def values(element: Element, kind: str, owner: str, rows: Rows) -> None:
    """Add the values of the variables of a case or source.

    Parameters
    ----------
    element : Element
        Holds ``VariableValue``.
    kind, owner : str
        ``case`` or ``source``, and its identifier.
    rows : Rows
        Is added to.
    """
    for value in markup.children(element, "VariableValue"):
        reference = markup.child(value, "VariableRef")
        written = next(markup.children(value, *_VALUES), None)
        if reference is None or not target(reference):
            rows.leave_out("value", element.get("name", ""), "names no variable")
        else:
            rows.add("variable_values", kind, owner, target(reference), "" if written is None else written.text or "")
