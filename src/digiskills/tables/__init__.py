"""A released table for readers: accessible HTML, LaTeX for authors, Excel workbooks."""

from digiskills.tables.arranged import Arranged
from digiskills.tables.html import html
from digiskills.tables.latex import latex
from digiskills.tables.letters import Letters, letters
from digiskills.tables.workbook import workbook

__all__ = ["Arranged", "Letters", "html", "latex", "letters", "workbook"]
