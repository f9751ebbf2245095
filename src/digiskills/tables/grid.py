"""What the cells of a table say: headers, rows and notes, before they become HTML or LaTeX."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from digiskills import words
from digiskills.disclosure import JOINT, Released
from digiskills.tables import columns
from digiskills.tables.letters import Letters
from digiskills.tables.written import written


@dataclass(frozen=True)
class Row:
    """One row: the words that name it, and its cells; a withheld row has one cell that says so."""

    heads: tuple[str, ...]
    cells: tuple[str, ...]
    withheld: bool = False


@dataclass(frozen=True)
class Grid:
    """A table in words.

    Parameters
    ----------
    named, measured : tuple of str
        Headers of the columns that name a row, and of those that hold its cells.
    rows : tuple of Row
        Each as wide as the headers, unless it is withheld.
    notes : tuple of str
        What marks and letters mean.
    """

    named: tuple[str, ...]
    measured: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def grid(released: Released, letters: Letters | None = None) -> Grid:
    """Return what the cells of a released table say.

    Parameters
    ----------
    released : Released
        Any released table.
    letters : Letters, optional
        Of the differences between its groups, shown in a column of their own.

    Returns
    -------
    Grid
        One row per row of the table, or per item where its numbers stand side by side.
    """
    if released.evidence == JOINT:
        return _of_parts(released)
    notes = tuple(words.footnotes(released))
    if _is_wide(released):
        return _side_by_side(released, notes)
    heads, numbers = named(released), numbered(released)
    frame = labelled(released) if letters is None else letters.lettered(labelled(released))
    rows = [_row(released, row, list(heads), list(numbers)) for _, row in frame.iterrows()]
    if letters is not None:
        numbers[letters.column] = words.text("column.higher_than", released.language)
        rows = [_higher(row, said) for row, said in zip(rows, frame[letters.column], strict=True)]
        notes = (*notes, letters.rule(released.language))
    return Grid(tuple(heads.values()), tuple(numbers.values()), tuple(rows), notes)


def _of_parts(released: Released) -> Grid:
    """Return a table of several kinds of evidence with the columns of its CSV file: what a row is differs by part."""
    frame = released.frame
    frame = frame.loc[:, [bool((frame[name].notna() & frame[name].ne("")).any()) for name in frame]]
    written_out = frame.astype(object).where(frame.notna(), "").astype(str).replace("", words.NO_NUMBER)
    rows = [Row((), cells) for cells in written_out.itertuples(index=False, name=None)]
    return Grid((), tuple(map(str, frame)), tuple(rows), ())


def _higher(row: Row, said: str) -> Row:
    """Add the letters of a row."""
    return row if row.withheld else Row(row.heads, (*row.cells, said or words.NO_NUMBER))


def _row(released: Released, row: pd.Series, named_by: list[str], numbers: list[str]) -> Row:
    heads = tuple(str(row[name]) for name in named_by)
    if row["withheld"]:
        return Row(heads, (words.text("withheld", released.language),), withheld=True)
    return Row(heads, tuple(written(released, row, name) for name in numbers))


def _is_wide(released: Released) -> bool:
    """Return whether the numbers of a row stand side by side."""
    return (
        released.kind in columns.WIDE and not released.by and released.frame[words.SIDES[released.kind]].nunique() > 1
    )


def _side_by_side(released: Released, notes: tuple[str, ...]) -> Grid:
    """Return a table that has one column per measure, number or side."""
    frame, across = _in_order(released), words.SIDES[released.kind]
    about = "answer_label" if released.kind == "quiz" else "item_label"
    shown = list(dict.fromkeys(frame[across]))
    base = "clusters" if released.kind == "coverage" else "n"
    first = "rating" if released.kind == "quiz" else columns.ABOUT[released.kind]
    measured = [words.side_label(released, value) for value in shown]
    measured.append(words.text(f"column.{base}", released.language))
    rows = []
    for label, cells in frame.groupby(about, sort=False):
        by_column = {row[across]: row for _, row in cells.iterrows()}
        said = [_cell(released, by_column[value]) if value in by_column else words.NO_NUMBER for value in shown]
        rows.append(Row((str(label),), (*said, words.span(cells["n"].dropna(), released.language))))
    return Grid((words.text(f"column.{first}", released.language),), tuple(measured), tuple(rows), notes)


def _in_order(released: Released) -> pd.DataFrame:
    """Return the rows of a table, those of needs by the first of its indices."""
    frame = words.rows(released)
    if released.kind != "needs":
        return frame
    first = frame[frame["measure"].eq(frame["measure"].iloc[0])].set_index("item")["rank"]
    return frame.sort_values("item", key=lambda item: item.map(first), kind="stable")


def _cell(released: Released, row: pd.Series) -> str:
    """Return a number with its interval: a rank of needs, else the estimate."""
    language = released.language
    if row["withheld"]:
        return words.text("withheld.short", language)
    names = ("rank", "rank_low") if released.kind == "needs" else ("estimate", "low")
    value, ends = (written(released, row, name) for name in names)
    if ends == words.NO_NUMBER:
        return value
    together = ends.replace(" ", "\N{NO-BREAK SPACE}")  # a line breaks before the interval, never within it
    return words.text("change", language, change=value, interval=together)


def labelled(released: Released) -> pd.DataFrame:
    """Return the rows with one column of words per column that names them.

    Parameters
    ----------
    released : Released
        Any released table.

    Returns
    -------
    DataFrame
        Columns of words end in ``_label``.
    """
    frame = words.rows(released)
    language = released.language
    for name in _grouped(released):
        frame[f"{name}_label"] = words.group_labels(released, name)
    if "reference_label" in frame:
        # a header without words would be announced as nothing
        wordless = ["answer_label", "reference_label"]
        frame[wordless] = frame[wordless].replace("", words.NO_NUMBER)
    if "measure" in frame:
        frame["measure_label"] = [words.text(f"measure.{name}", language) for name in frame["measure"]]
    if "survey" in frame:
        frame["survey_label"] = words.group_labels(released, "survey")
        frame["year_label"] = frame["year"].astype(str)
    return frame


def named(released: Released) -> dict[str, str]:
    """Return the columns that name a row, with their headers.

    Parameters
    ----------
    released : Released
        Any released table.

    Returns
    -------
    dict of column to header
        Columns of what `labelled` returns.
    """
    language, frame = released.language, released.frame
    heads = {}
    if "survey" in frame:
        heads = {f"{name}_label": words.text(f"column.{name}", language) for name in ("survey", "year")}
    if any(words.item_label(released, name) for name in words.items_of(released)):
        heads["item_label"] = words.text(f"column.{columns.ABOUT.get(released.kind, 'item')}", language)
    if "measure" in frame and frame["measure"].nunique() > 1 and released.kind != "response":
        heads["measure_label"] = words.text("column.measure", language)
    if "other_en" in frame:  # pairs of themes
        heads["answer_label"] = words.text("column.other_theme", language)
    sides = words.SIDES if released.kind in ("coverage", "reach", "pairs_short") else {}
    if "answer" in frame or released.kind in (*columns.MODELLED, *columns.ROBUST, *sides):
        known = {**dict.fromkeys(columns.MODELLED, "category"), **dict.fromkeys(columns.ROBUST, "choice"), **sides}
        about = known.get(released.kind, "answer")
        heads["answer_label"] = words.text(f"column.{about}", language)
    if released.kind in words.BESIDE:
        heads["answer_label"] = words.text(f"column.{words.BESIDE[released.kind]}", language)
    if released.kind in columns.MODELLED[:2]:
        heads["reference_label"] = words.text("column.reference", language)
    return {**heads, **{f"{name}_label": words.column_label(released, name) for name in _grouped(released)}}


def _grouped(released: Released) -> list[str]:
    """Return the columns that break the table down."""
    against = ["against"] if released.kind == "differences" else []
    return [*words.breakdown(released), *against]


def numbered(released: Released) -> dict[str, str]:
    """Return the columns of numbers, with their headers.

    Parameters
    ----------
    released : Released
        Any released table.

    Returns
    -------
    dict of column to header
        A column that ends in ``low`` stands for an interval.
    """
    frame = released.frame
    shown = columns.COLUMNS.get(released.kind, {**columns.ESTIMATE, **columns.BASE})
    return {
        name: _header(released, name, key)
        for name, key in shown.items()
        if name in frame and (frame[name].notna().any() or name in ("estimate", "n"))
    }


def _header(released: Released, name: str, key: str) -> str:
    quadrant = words.quadrant_label(name, released.language) if key == "probability" else ""
    return words.text(f"column.{key}", released.language, quadrant=quadrant)
