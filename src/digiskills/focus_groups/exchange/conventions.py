"""What both directions agree on: how a study's tables are told in the words of a project."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from digiskills.focus_groups.coded import DESCRIBED
from digiskills.frameworks import DESCRIPTORS, Frameworks

# The folder of the code tree whose codes are ratings: ratings > stance > barrier.
RATINGS = "ratings"
RATED = ("stance", "intensity", *DESCRIBED)
# What a project does not say of a passage. A study may word it in its own descriptors.csv.
NOT_STATED = dict.fromkeys(RATED, "not_stated") | {"intensity": "0"}
_NOT_STATED_LABELS = {"label_en": "Not stated", "label_fr": "Non précisé"}
# Variable of a source: which column of the segments its text is. A project of another program has none, and its
# text is then the speakers' own words.
TEXT_IS = "text_is"
PARAPHRASES = {"en": "paraphrase", "fr": "paraphrase_fr"}
PASSAGE = "passage"
DOCUMENT = "document"
FACT, ADJUDICATION = "fact: ", "adjudication: "
_LINE = re.compile(r"(\w+): (.*)")


def lines(cells: Mapping[str, object]) -> str:
    """Return cells as lines of text that a reader can read and a program can read back.

    Parameters
    ----------
    cells : mapping of str to object
        By column.

    Returns
    -------
    str
        ``column: cell`` on each line.
    """
    return "\n".join(f"{name}: {_one_line(str(cell))}" for name, cell in cells.items())


def cells(text: str) -> dict[str, str]:
    """Return what `lines` wrote.

    Parameters
    ----------
    text : str
        Lines; those of another form are passed over.

    Returns
    -------
    dict of str to str
        By column.
    """
    found = (_LINE.fullmatch(line) for line in text.split("\n"))
    return {one[1]: _many_lines(one[2]) for one in found if one}


def column_of(variable: str) -> str:
    """Return the column that a variable's name stands for.

    Parameters
    ----------
    variable : str
        As the program's user wrote it.

    Returns
    -------
    str
        ``Speaker level`` is speaker_level.
    """
    return re.sub(r"\W+", "_", variable.strip().casefold()).strip("_")


def with_not_stated(frameworks: Frameworks, tables: Mapping[str, pd.DataFrame]) -> Frameworks:
    """Return the words of a study with some for what a project does not say.

    Parameters
    ----------
    frameworks : Frameworks
        The study's.
    tables : mapping of str to pandas.DataFrame
        Its segments and ratings.

    Returns
    -------
    Frameworks
        Its descriptors have ``not_stated`` for each field of these tables in which it stands, after its own values.
    """
    found = {
        (field, value)
        for table_of in (tables["segments"], tables["ratings"])
        for field, value in NOT_STATED.items()
        if field in table_of and table_of[field].eq(value).any()
    }
    rows = [{"field": field, "value": value, **_NOT_STATED_LABELS} for field, value in sorted(found)]
    return _with_rows(frameworks, rows)


def with_documents(frameworks: Frameworks, documents: pd.DataFrame) -> Frameworks:
    """Return the words of a study with some for documents that it does not name.

    Parameters
    ----------
    frameworks : Frameworks
        The study's.
    documents : pandas.DataFrame
        One row per document: document.

    Returns
    -------
    Frameworks
        A document that its descriptors do not name is shown by its place among all.
    """
    named = [
        {"field": DOCUMENT, "value": str(name), **dict.fromkeys(_NOT_STATED_LABELS, f"Document {place}")}
        for place, name in enumerate(documents[DOCUMENT], start=1)
    ]
    return _with_rows(frameworks, named)


def with_numbers(tables: Mapping[str, pd.DataFrame], frameworks: Frameworks) -> dict[str, pd.DataFrame]:
    """Return received tables in which documents that the study does not name have numbers for names.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Some with a column document.
    frameworks : Frameworks
        The study's.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``document-1`` and so on by their place among all; what the file called them, which may name who spoke and
        would stand in published tables, is their title.
    """
    listed = enumerate(tables["documents"][DOCUMENT], start=1)
    numbers = {str(name): f"{DOCUMENT}-{n}" for n, name in listed if not frameworks.has_descriptor(DOCUMENT, name)}
    return {
        name: table.assign(**{DOCUMENT: table[DOCUMENT].replace(numbers)}) if DOCUMENT in table else table
        for name, table in tables.items()
    }


def _with_rows(frameworks: Frameworks, rows: Sequence[Mapping[str, str]]) -> Frameworks:
    """Return the words of a study with rows of descriptors after its own, but for those that it has."""
    columns = ["field", "value", *_NOT_STATED_LABELS]
    table = frameworks.tables.get(DESCRIPTORS, pd.DataFrame(columns=columns, dtype="str"))
    known = set(zip(table["field"], table["value"], strict=True))
    more = pd.DataFrame([row for row in rows if (row["field"], row["value"]) not in known], columns=columns)
    if more.empty and DESCRIPTORS in frameworks.tables:
        return frameworks
    whole = pd.concat([table, more.astype("str")], ignore_index=True).fillna("")
    return Frameworks({**frameworks.tables, DESCRIPTORS: whole})


def _one_line(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("\n", "\\n")


def _many_lines(cell: str) -> str:
    return re.sub(r"\\(.)", lambda sign: "\n" if sign[1] == "n" else sign[1], cell)
