"""Numbers, figures and tables as LaTeX."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from importlib import resources

from digiskills.paper.built import Built
from digiskills.paper.numbers import Number, Numbers
from digiskills.tables.grid import Grid, Row, grid

SIGNS = {
    "\0": "{}",
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "$": r"\$",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\ensuremath{<}",
    ">": r"\ensuremath{>}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "\N{MINUS SIGN}": r"\ensuremath{-}",
    "\N{NO-BREAK SPACE}": "~",
    "\N{NARROW NO-BREAK SPACE}": r"\,",
    "\N{THIN SPACE}": r"\,",
    "\N{EN DASH}": "--",
    "\N{EM DASH}": "---",
    "\N{HORIZONTAL ELLIPSIS}": r"\dots{}",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{MULTIPLICATION SIGN}": r"\ensuremath{\times}",
    "\N{GREATER-THAN OR EQUAL TO}": r"\ensuremath{\geq}",
    "\N{LESS-THAN OR EQUAL TO}": r"\ensuremath{\leq}",
    "\N{DAGGER}": r"\dag{}",
    "\N{DOUBLE DAGGER}": r"\ddag{}",
    "\N{SECTION SIGN}": r"\S{}",
    "\N{PILCROW SIGN}": r"\P{}",
}
"""What LaTeX reads otherwise than it stands, and how it is written; all else stands as UTF-8."""
LIGATURES = r"([-',])(?=\1)"
"""What LaTeX would draw as one sign; a null, which no text has, stands between them until they are written."""

WIDE = 6
"""Columns of a table that has room in letters of the size of footnotes."""
LONGEST = 24
"""Signs of a cell that a column of a table makes room for; in a column with longer ones they run over lines."""


def escape(text: str) -> str:
    """Return text that LaTeX prints as it stands.

    Parameters
    ----------
    text : str
        Any text; a line break becomes a space, and other control characters go.

    Returns
    -------
    str
        Without anything that LaTeX would run.
    """
    flat = " ".join(text.replace("\0", "").split("\n")).replace("\t", " ")
    apart = re.sub(LIGATURES, "\\1\0", flat)
    return "".join(SIGNS.get(sign, sign) for sign in apart if sign.isprintable() or sign in SIGNS)


def macros(numbers: Numbers, head: Iterable[str]) -> str:
    """Return ``numbers.tex``: one definition per number and name.

    Parameters
    ----------
    numbers : Numbers
        The numbers.
    head : iterable of str
        Lines of its first comment.

    Returns
    -------
    str
        The file.
    """
    given = resources.files(__package__).joinpath("given", "macros.tex").read_text("utf-8")
    lines = [f"% {line}" for line in head]
    lines += [_definition(name, number) for number in numbers.each() for name in number.names]
    lines += [f"\\dsWithheld{{{exhibit}}}{{{key}}}" for exhibit, _, key in (n.partition(":") for n in numbers.withheld)]
    return given + "\n".join(lines) + "\n"


def figure(built: Built) -> str:
    """Return a figure environment with picture, caption, banner and alternative text.

    Parameters
    ----------
    built : Built
        An exhibit with a picture.

    Returns
    -------
    str
        Needs ``graphicx``; a picture that LaTeX cannot read stands as PNG.
    """
    picture = next(path.name for path in built.pictures if path.suffix != ".svg")
    size = "" if built.sized else "width=\\linewidth,"  # a preset has the size of the page already
    return (
        "\\begin{figure}\n  \\centering\n"
        f"  \\includegraphics[{size}alt={{{escape(built.about['alt_text'])}}}]"
        f"{{\\dsBundle/figures/{picture}}}\n"
        f"  \\caption[{{{escape(built.about['title'])}}}]{{{_caption(built)}}}\n"
        f"  \\label{{fig:{built.id}}}\n\\end{{figure}}\n"
    )


def table(built: Built) -> str:
    """Return a table that may run over pages, with caption, banner and notes.

    Parameters
    ----------
    built : Built
        Any exhibit.

    Returns
    -------
    str
        Needs ``longtable``.
    """
    shown = grid(built.released)
    heads = [*shown.named, *shown.measured]
    columns = _columns(shown)
    size = "\\footnotesize" if len(heads) <= WIDE else "\\scriptsize"
    top = "\\hline\n" + " & ".join(_head(head) for head in heads) + " \\\\\n\\hline\n"
    rows = "".join(_row(row, shown) for row in shown.rows)
    notes = "".join(f"\\multicolumn{{{len(heads)}}}{{p{{0.9\\linewidth}}}}{{{escape(n)}}} \\\\\n" for n in shown.notes)
    caption = f"\\caption[{{{escape(built.about['title'])}}}]{{{_caption(built)}}}\\label{{tab:{built.id}}} \\\\\n"
    return (
        f"{{{size}\\setlength{{\\tabcolsep}}{{3pt}}\\raggedright\n\\begin{{longtable}}{{{columns}}}\n{caption}{top}\\endfirsthead\n{top}\\endhead\n"
        f"{rows}\\hline\n{notes}\\end{{longtable}}}}\n"
    )


def _columns(shown: Grid) -> str:
    """Return the kinds of columns: as wide as their cells, and of a fifth of the line where a cell is long."""
    rows = [[*row.heads, *([] if row.withheld else row.cells)] for row in shown.rows]
    columns = list(itertools.zip_longest([*shown.named, *shown.measured], *rows, fillvalue=""))
    return "".join("p{0.2\\linewidth}" if max(map(len, cells[1:])) > LONGEST else "l" for cells in columns)


def _head(text: str) -> str:
    """Return a header with a line for each of its words, so that it is no wider than its column needs."""
    return "\\shortstack[l]{" + " \\\\ ".join(map(escape, text.split(" "))) + "}"


def _row(row: Row, shown: Grid) -> str:
    cells = [escape(cell) for cell in row.cells]
    if row.withheld and len(shown.measured) > 1:
        cells = [f"\\multicolumn{{{len(shown.measured)}}}{{l}}{{{cells[0]}}}"]
    return " & ".join([*map(escape, row.heads), *cells]) + " \\\\\n"


def _caption(built: Built) -> str:
    return escape(f"{built.about['title']}. {built.caption}")


def _definition(name: str, number: Number) -> str:
    exhibit, _, key = name.partition(":")
    return f"\\dsDefine{{{exhibit}}}{{{key}}}{{{escape(number.text)}}}"
