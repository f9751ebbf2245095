"""A released table as LaTeX for authors: booktabs rules, everything escaped, numbers in the language of the table."""

from __future__ import annotations

import re

from digiskills import words
from digiskills.disclosure import Released
from digiskills.errors import UsageError
from digiskills.tables.grid import Grid, Row, grid
from digiskills.tables.letters import letters

ESCAPED = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "[": "{[}",
    "]": "{]}",
    "\N{NO-BREAK SPACE}": "~",
    "\N{NARROW NO-BREAK SPACE}": r"\,",
    "\N{EM DASH}": r"\textemdash{}",
    "\N{EN DASH}": r"\textendash{}",
    "\N{MINUS SIGN}": "$-$",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": "``",
    "\N{RIGHT DOUBLE QUOTATION MARK}": "''",
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}": r"\guillemotleft{}",
    "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}": r"\guillemotright{}",
    "\N{DAGGER}": r"\dag{}",
    "\N{DOUBLE DAGGER}": r"\ddag{}",
    "\N{SECTION SIGN}": r"\S{}",
    "\N{PILCROW SIGN}": r"\P{}",
    "\N{SUPERSCRIPT TWO}": r"\textsuperscript{2}",
}
"""Signs that LaTeX would take as its own, and those that stand in no common font."""
_SIGN = re.compile("|".join(re.escape(sign) for sign in ESCAPED))
_LABEL = re.compile(r"[A-Za-z0-9:.-]+")
NUMBER = re.compile(r"[^\d]*\d")
BY_TABLE = 45  # rows; more go over several pages


def latex(
    released: Released, label: str | None = None, caption: str | None = None, differences: Released | None = None
) -> str:
    """Return a table for a LaTeX document that loads booktabs, and longtable where the table is long.

    Parameters
    ----------
    released : Released
        Any released table.
    label : str, optional
        For references; ``tab:`` and the exhibit id by default, where there is one id.
    caption : str, optional
        Title and caption by default.
    differences : Released, optional
        Kind ``differences`` between the groups of the table, for letters as in `digiskills.tables.html`.

    Returns
    -------
    str
        A ``table`` environment, or ``longtable`` from 46 rows; UTF-8, ends with a line break. Withheld rows hold
        their words; notes stand below the last rule.

    Raises
    ------
    UsageError
        If the label holds signs that LaTeX does not take in one.
    """
    shown = grid(released, None if differences is None else letters(released, differences))
    default = "-".join(sorted(released.ids)) if len(released.ids) == 1 else released.kind.replace("_", "-")
    label = f"tab:{default}" if label is None else label
    if not _LABEL.fullmatch(label):
        raise UsageError(f"label: ‘{label}’ was given; use letters, digits, colons, points and hyphens")
    said = f"{words.title(released)}. {words.caption(released)}" if caption is None else caption
    named = rf"\caption{{{escaped(said)}}}" + rf"\label{{{label}}}"
    aligned = "l" * len(shown.named) + _aligned(shown)
    head = " & ".join(escaped(name) for name in (*shown.named, *shown.measured)) + r" \\"
    body = [_row(row, len(shown.measured)) for row in shown.rows]
    notes = [*(escaped(note) for note in shown.notes), escaped(_evidence(released))]
    write = _long if len(body) > BY_TABLE else _short
    return "\n".join(write(named, aligned, head, body, notes)) + "\n"


def escaped(said: str) -> str:
    r"""Return words that LaTeX sets as they are.

    Parameters
    ----------
    said : str
        Any words; a line break becomes a space.

    Returns
    -------
    str
        Without any sign that LaTeX takes as its own.
    """
    return _SIGN.sub(lambda sign: ESCAPED[sign[0]], " ".join(said.split("\n")))


def _evidence(released: Released) -> str:
    mark = words.text(f"mark.{words.source(released)}", released.language)
    return words.text("exhibit.evidence", released.language, mark=mark)


def _aligned(shown: Grid) -> str:
    """Return the alignment of the columns of cells: numbers to the right."""
    whole = [row.cells for row in shown.rows if not row.withheld]
    columns = list(zip(*whole, strict=True)) if whole else [()] * len(shown.measured)
    return "".join("r" if any(NUMBER.match(cell) for cell in column) else "l" for column in columns)


def _row(row: Row, measured: int) -> str:
    cells = [escaped(cell) for cell in row.cells]
    if row.withheld:
        cells = [rf"\multicolumn{{{measured}}}{{l}}{{{cells[0]}}}"]
    return " & ".join([*(escaped(head) for head in row.heads), *cells]) + r" \\"


def _short(named: str, aligned: str, head: str, body: list[str], notes: list[str]) -> list[str]:
    table = [
        rf"\begin{{tabular}}{{{aligned}}}",
        r"\toprule",
        head,
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}",
    ]
    below = [r"\par\smallskip", *(rf"{{\footnotesize {note}\par}}" for note in notes)]
    return [r"\begin{table}[htbp]", r"\centering", named, *table, *below, r"\end{table}"]


def _long(named: str, aligned: str, head: str, body: list[str], notes: list[str]) -> list[str]:
    top = [
        named + r" \\",
        r"\toprule",
        head,
        r"\midrule",
        r"\endfirsthead",
        r"\toprule",
        head,
        r"\midrule",
        r"\endhead",
    ]
    foot = [r"\bottomrule", r"\endfoot"]
    below = [rf"{{\footnotesize {note}\par}}" for note in notes]
    return [rf"\begin{{longtable}}{{{aligned}}}", *top, *foot, *body, r"\end{longtable}", *below]
