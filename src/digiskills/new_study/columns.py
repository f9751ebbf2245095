"""Questions of columns of answers: what files say of them, and otherwise what the answers look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from digiskills.intake.received import ColumnMetadata
from digiskills.new_study.files import Table
from digiskills.new_study.found import FoundChoice, FoundItem
from digiskills.new_study.scales import missing_reason

MOST_CHOICES = 20
"""Answers that a column without labels may have for each of them to be taken as a choice."""
FEWEST_EACH = 3
"""Times that an answer must occur for it to be written into the codebook: a rarer one may name a person."""

MOST_LABELLED = 0.9
"""Share of the answers that a key must name for the column to be a question with answers, not a number with notes."""
BY_LETTERS = "its answers are those in the data, in the order of their letters"
BY_NUMBERS = "its answers are those in the data, in the order of their numbers"
_LONGEST_DAMAGE, _MOST_DAMAGED = 6, 5


def keys(tables: Sequence[Table]) -> dict[str, tuple[str, dict[str, str]]]:
    """Return what key files say of each column: the question's text, and the words of each code.

    Parameters
    ----------
    tables : sequence of Table
        Those that hold keys: name of a column and its text, or name of a column, a code and its words.

    Returns
    -------
    dict
        By name of column.
    """
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for table in tables:
        frame = table.file.frame
        if frame is None:
            continue
        for row in frame.itertuples(index=False, name=None):
            name, *rest = (str(cell).strip() for cell in row)
            text, codes = found.get(name, ("", {}))
            if len(rest) >= 2 and frame.iloc[:, 0].duplicated().any():
                codes = codes | {rest[0]: rest[1]}
            elif rest:
                text = rest[0]
            found[name] = (text, codes)
    return found


def item(
    name: str, cells: pd.Series, about: ColumnMetadata, key: tuple[str, Mapping[str, str]], language: str
) -> FoundItem:
    """Return the question behind a column.

    Parameters
    ----------
    name : str
        The column.
    cells : Series of str
        Its answers in all files of answers, empty where blank.
    about : ColumnMetadata
        What its file says of it.
    key : tuple of str and mapping
        What a key says of it: text, and words of codes.
    language : str
        Of labels.

    Returns
    -------
    FoundItem
        With its choices, and what of them is a guess.
    """
    label = key[0] or about.label
    found = FoundItem(name, labels={language: label} if label else {})
    words = {**about.value_labels, **key[1]}
    filled = cells[cells.str.strip() != ""]
    counts = filled.value_counts()
    known = [code for code in counts.index if code in words or _is_declared(code, about)]
    if words and (counts.empty or counts[known].sum() >= MOST_LABELLED * counts.sum()):
        return _labelled(found, words, about, counts, language)
    declared = set(about.missing_values) & set(counts.index)
    if declared or (about.missing_ranges and not counts.empty):
        why = "the file declares some of its numbers as missing, which no number of ours can be: it is kept as text"
        return found.marked(why)
    return _unlabelled(found, counts, len(cells), language)


def _labelled(
    found: FoundItem, words: Mapping[str, str], about: ColumnMetadata, counts: pd.Series, language: str
) -> FoundItem:
    """Return a question with labelled answers; short codes that stand in the data alone are marked as damaged."""
    choices = [_choice(code, text, about, language) for code, text in words.items()]
    strays = [str(code) for code in counts.index if code not in words]
    # Longer ones may be words that somebody wrote: they stay out of the codebook, and the check names their rows.
    short = [code for code in strays if len(code) <= _LONGEST_DAMAGE and " " not in code]
    for code in sorted(short) if len(short) <= _MOST_DAMAGED else []:
        declared = _is_declared(code, about)
        why = "the file declares it missing and gives no words" if declared else "stands in the data, not in the key"
        reason = "not_asked" if declared else "damaged"
        choices.append(FoundChoice(code, {language: code}, reason, guess=f"{why}: taken as {reason}"))
    return replace(found, kind="select_one", choices=tuple(choices))


def _choice(code: str, text: str, about: ColumnMetadata, language: str) -> FoundChoice:
    """Return a labelled choice; words such as ‘don’t know’ and codes declared missing are no answers."""
    reason = missing_reason(text)
    if _is_declared(code, about) and not reason:
        why = "the file declares it missing and does not say why"
        return FoundChoice(code, {language: text}, "not_applicable", guess=why)
    guess = f"its words say {reason}" if reason else ""
    return FoundChoice(code, {language: text or code}, reason, guess=guess)


def _is_declared(code: str, about: ColumnMetadata) -> bool:
    """Tell whether a file declares a code as missing."""
    return code in about.missing_values or any(_within(code, ends) for ends in about.missing_ranges)


def _within(code: str, ends: tuple[float, float]) -> bool:
    try:
        return ends[0] <= float(code) <= ends[1]
    except ValueError:
        return False


def _unlabelled(found: FoundItem, counts: pd.Series, rows: int, language: str) -> FoundItem:
    """Return a question of which only the answers are known: few that recur, numbers, or text."""
    if counts.empty:
        return found.marked("the column is empty")
    numbers = pd.to_numeric(pd.Series(counts.index), errors="coerce")
    numeric = bool(numbers.notna().all())
    few = len(counts) <= MOST_CHOICES and len(counts) * FEWEST_EACH <= rows
    if few and (counts.min() >= FEWEST_EACH or _is_coded(numbers, counts)):
        codes = sorted(map(str, counts.index), key=float) if numeric else sorted(map(str, counts.index))
        choices = tuple(_choice(code, code, ColumnMetadata(), language) for code in codes)
        return found.marked(BY_NUMBERS if numeric else BY_LETTERS, kind="select_one", choices=choices)
    if numeric:
        kind = "integer" if bool((numbers % 1 == 0).all()) else "decimal"
        return found.marked("every answer is a number", kind=kind)
    return found.marked("free text, or too many different answers: nothing is counted from it")


def _is_coded(numbers: pd.Series, counts: pd.Series) -> bool:
    """Tell whether answers are small whole numbers: a rare code names nobody."""
    small = numbers.notna().all() and (numbers % 1 == 0).all() and numbers.between(-9, 99).all()
    return bool(small) and len(counts) > 1
