"""Markdown as HTML: formulas as MathML, which needs no script, and links that leave the site as text."""

from __future__ import annotations

from functools import cache

import mistune
from latex2mathml.converter import convert
from mistune.plugins.math import math
from mistune.plugins.table import table

from digiskills.reports.shell import ABOUT

# A page of HTML knows MathML without its address.
NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'
OWN = ("#", *(f"{name}.html" for name in ("index", *ABOUT)))


class _Renderer(mistune.HTMLRenderer):
    """HTML with formulas and without links to other places than the page itself."""

    def inline_math(self, text: str) -> str:
        return _mathml(text, "inline")

    def block_math(self, text: str) -> str:
        return f'<div class="scroll formula">{_mathml(text, "block")}</div>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return super().link(text, url, title) if url.startswith(OWN) else text


def html(source: str) -> str:
    """Return Markdown as HTML.

    Parameters
    ----------
    source : str
        With tables, and formulas between dollar signs.

    Returns
    -------
    str
        HTML; what is HTML in the source is escaped.
    """
    return str(_converter()(source))


@cache
def _converter() -> mistune.Markdown:
    renderer = _Renderer(escape=True)
    markdown = mistune.create_markdown(renderer=renderer, plugins=[table, math])
    renderer.register("inline_math", lambda own, formula: renderer.inline_math(formula))
    renderer.register("block_math", lambda own, formula: renderer.block_math(formula))
    return markdown


def _mathml(formula: str, display: str) -> str:
    return str(convert(formula.strip(), display=display)).replace(NAMESPACE, "")
