"""What a wrong cell most likely is, and the way out of it."""

from __future__ import annotations

import re

from digiskills.codebook import Item

_DATE = re.compile(r"\d{4}-\d\d?-\d\d?([T ].*)?|\d\d?[/.]\d\d?[/.]\d{2,4}|\d\d?-[A-Za-zéû]{3,4}\.?(-\d{2,4})?")
_COMMA = re.compile(r"[+-]?\d+,\d+")


def of_number(value: str) -> tuple[str, str]:
    """Return what is wrong with a cell that should hold a number, and what would do.

    Parameters
    ----------
    value : str
        The cell.

    Returns
    -------
    tuple of str and str
        The message and the way out.
    """
    text = value.strip()
    bare = text.rstrip("% \u00a0\u202f").replace(",", ".")
    if text.endswith("%") and _number(bare) is not None:
        return "has a percent sign", f"{bare} or {_number(bare) / 100:g}, the same way on every row"  # type: ignore[operator]
    if _COMMA.fullmatch(text):
        return "has a decimal comma", f"{bare}; export the column with a decimal point"
    if _DATE.fullmatch(text):
        return "is a date, not a number", "a spreadsheet has changed it: set the column to text and export again"
    return "is not a number", "digits with a decimal point"


def of_choice(value: str, item: Item) -> tuple[str, str]:
    """Return what is wrong with a cell that should hold an answer, and what would do.

    Parameters
    ----------
    value : str
        The cell.
    item : Item
        Its question.

    Returns
    -------
    tuple of str and str
        The message and the way out.
    """
    text, codes = value.strip(), [choice.name for choice in item.choices]
    known = ", ".join(codes)
    labelled = [choice.name for choice in item.choices if text.casefold() in map(str.casefold, choice.labels.values())]
    if labelled:
        return "is the label of an answer, not its code", f"{labelled[0]}; export codes in place of labels"
    if text in codes:
        return "has spaces around its code", text
    whole = re.sub(r"[.,]0+$", "", text)
    if whole != text and whole in codes:
        return "is a code that a spreadsheet made a decimal number", f"{whole}; set the column to text or whole numbers"
    if _DATE.fullmatch(text):
        allowed = f"{known}; a spreadsheet turns codes such as 1-2 into dates: set the column to text and export again"
        return "is a date, not an answer", allowed
    return "is not in the codebook", known


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
