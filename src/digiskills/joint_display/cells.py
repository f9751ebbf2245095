"""The pieces of which cells of a joint table are made: lists, labelled numbers, what is folded away, the frame."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from digiskills import words
from digiskills.disclosure import Released


def listed(entries: Sequence[str]) -> str:
    """Return HTML entries as a list; a dash where there are none."""
    return f"<ul>{''.join(f'<li>{entry}</li>' for entry in entries)}</ul>" if entries else f"<p>{words.NO_NUMBER}</p>"


def labelled(label: str, value: str, language: str) -> str:
    """Return a label with its value, escaped."""
    return escape(words.text("labelled", language, label=label, value=value))


def folded(summary: str, content: str) -> str:
    """Return HTML that opens under a summary."""
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"


def share(row: pd.Series, language: str) -> str:
    """Return a share with its interval, where it has one, or that too few answered."""
    if row["withheld"]:
        return words.text("withheld.short", language)
    value = words.percent(row["estimate"], language)
    return (
        value
        if pd.isna(row["low"])
        else with_interval(value, words.interval(row["low"], row["high"], language), language)
    )


def with_interval(value: str, between: str, language: str) -> str:
    """Return a number with its interval, within which no line breaks."""
    return words.text("change", language, change=value, interval=between.replace(" ", "\N{NO-BREAK SPACE}"))


def passages(row: pd.Series, language: str) -> str:
    """Return in how many passages something stands, and in how many it is put strongly."""
    counts = {name: words.number(row[name], language) for name in ("n", "base", "stressed")}
    return words.text("joint.passages", language, count=int(row["n"]), **counts)


def quoted(label: str, language: str) -> str:
    """Return a label in quotation marks, without its full stop."""
    return words.text("quoted", language, label=label.removesuffix("."))


def row(label: str, cells: dict[str, str]) -> str:
    """Return a row of HTML: its header, and cells by the header of their column, which they name as a card.

    Parameters
    ----------
    label : str
        Escaped header of the row.
    cells : dict of str to str
        HTML by the header of the column.

    Returns
    -------
    str
        A ``tr`` element that keeps its roles where a style shows it as a block.
    """
    shown = "".join(f'<td role="cell" data-head="{escape(head)}">{cell}</td>' for head, cell in cells.items())
    return f'<tr role="row"><th role="rowheader" scope="row">{label}</th>{shown}</tr>'


def framed(released: Released, heads: Sequence[str], bodies: Sequence[str]) -> str:
    """Return a table with its caption and headers inside a box of its own.

    Parameters
    ----------
    released : Released
        For its title.
    heads : sequence of str
        Headers of the columns.
    bodies : sequence of str
        Rows of each group of rows, as HTML.

    Returns
    -------
    str
        Below 48rem the style of pages shows each row as a card.
    """
    caption = escape(words.title(released))
    top = "".join(f'<th role="columnheader" scope="col">{escape(head)}</th>' for head in heads)
    body = "".join(f'<tbody role="rowgroup">{rows}</tbody>' for rows in bodies)
    return (
        f'<div class="scroll joint {released.kind}" role="region" tabindex="0" aria-label="{caption}">'
        f'<table role="table"><caption>{caption}</caption>'
        f'<thead role="rowgroup"><tr role="row">{top}</tr></thead>{body}</table></div>'
    )
