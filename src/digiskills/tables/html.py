"""A released table as an accessible HTML table."""

from __future__ import annotations

from html import escape

from digiskills import words
from digiskills.disclosure import Released
from digiskills.tables.grid import Row, grid
from digiskills.tables.letters import letters


def html(released: Released, caption: str | None = None, differences: Released | None = None) -> str:
    """Return a table with caption, column headers and row headers that screen readers announce.

    Parameters
    ----------
    released : Released
        Any released table.
    caption : str, optional
        The title of the table by default.
    differences : Released, optional
        Kind ``differences`` between the groups of the table: a column of letters tells which groups a row is
        higher than.

    Returns
    -------
    str
        One ``table`` element inside a box that scrolls sideways; everything in it is escaped.
    """
    caption = words.title(released) if caption is None else caption
    shown = grid(released, None if differences is None else letters(released, differences))
    heads = [*shown.named, *shown.measured]
    top = "".join(f'<th scope="col">{escape(label)}</th>' for label in heads)
    body = "".join(_row(row, len(shown.measured)) for row in shown.rows)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody>"
        f"{_foot(shown.notes, len(heads))}</table></div>"
    )


def _row(row: Row, measured: int) -> str:
    """Return one row; the words of a withheld one span its cells."""
    named = "".join(f'<th scope="row">{escape(label)}</th>' for label in row.heads)
    span = f' colspan="{measured}"' if row.withheld else ""
    return f"<tr>{named}{''.join(f'<td{span}>{escape(cell)}</td>' for cell in row.cells)}</tr>"


def _foot(notes: tuple[str, ...], columns: int) -> str:
    """Return what the marks on numbers mean, one row per mark."""
    rows = "".join(f'<tr><td colspan="{columns}">{escape(line)}</td></tr>' for line in notes)
    return f"<tfoot>{rows}</tfoot>" if rows else ""
