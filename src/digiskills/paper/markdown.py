"""Figures and tables for Quarto, MyST and pandoc; numbers for their filters."""

from __future__ import annotations

import json
import re
from importlib import resources
from urllib.parse import quote

from digiskills.paper.built import Built
from digiskills.paper.numbers import Numbers, tag
from digiskills.tables.grid import grid


def escape(text: str) -> str:
    """Return text that Markdown prints as it stands.

    Parameters
    ----------
    text : str
        Any text; a line break becomes a space.

    Returns
    -------
    str
        With a backslash before every sign that has a meaning somewhere in Markdown.
    """
    return re.sub(r"([\\`*_{}\[\]<>#|~^$@&]|-(?=-))", r"\\\1", " ".join(text.split("\n")))


def quarto(built: Built, place: str) -> str:
    """Return a figure for Quarto, referred to as ``@fig-…``."""
    # a straight quote would end the attribute
    said = built.about["alt_text"].replace("\\", "").replace('"', "”")
    return f'![{_caption(built)}]({_place(built, place)}){{#fig-{built.id} fig-alt="{said}" width=100%}}\n'


def pandoc(built: Built, place: str) -> str:
    """Return a figure for pandoc, and so for Word: the alternative text is the picture's, the caption a paragraph."""
    return f"![{escape(built.about['alt_text'])}]({_place(built, place)})\\\n*{_caption(built)}*\n"


def myst(built: Built, place: str) -> str:
    """Return a figure for MyST, referred to as ``{numref}`fig-…```."""
    said = " ".join(built.about["alt_text"].split())
    head = f":::{{figure}} {_place(built, place)}\n:name: fig-{built.id}\n:alt: {said}\n:width: 100%\n"
    return f"{head}\n{_caption(built)}\n:::\n"


def table(built: Built) -> str:
    """Return a table with pipes, its caption and its notes: all three read it.

    Parameters
    ----------
    built : Built
        Any exhibit.

    Returns
    -------
    str
        Withheld rows say so in their first cell and are empty in the others.
    """
    shown = grid(built.released)
    heads = [*shown.named, *shown.measured]
    lines = [heads, ["---"] * len(shown.named) + ["---:"] * len(shown.measured)]
    for row in shown.rows:
        cells = [*row.heads, *row.cells]
        lines.append([*cells, *[""] * (len(heads) - len(cells))])
    body = "\n".join(f"| {' | '.join(cells if n == 1 else map(escape, cells))} |" for n, cells in enumerate(lines))
    notes = "".join(f"\n{escape(note)}\n" for note in shown.notes)
    return f"**{escape(built.about['title'])}.** {escape(built.caption)}\n\n{body}\n{notes}"


def lua(numbers: Numbers) -> str:
    """Return the filter that fills numbers in, for pandoc and Quarto."""
    known = "".join(
        f"  [{_quoted(name)}] = {{{_quoted(number.text)}, {_quoted(tag(number.name))}}},\n"
        for name, number in numbers.known.items()
    )
    withheld = "".join(f"  [{_quoted(name)}] = true,\n" for name in numbers.withheld)
    return f"local known = {{\n{known}}}\nlocal withheld = {{\n{withheld}}}\n{_given('filter.lua')}"


def plugin() -> str:
    """Return the plugin that fills numbers in, for MyST."""
    return _given("plugin.mjs")


def _given(name: str) -> str:
    return resources.files(__package__).joinpath("given", name).read_text("utf-8")


def _quoted(text: str) -> str:
    """Return a string of Lua; what JSON escapes there are only quotes and backslashes."""
    return json.dumps(text, ensure_ascii=False)


def _caption(built: Built) -> str:
    return escape(f"{built.about['title']}. {built.caption}")


def _place(built: Built, place: str) -> str:
    """Return the path of the picture from the folder that the bundle is in: PNG, which every output format takes."""
    return f"{quote(place)}/figures/" + next(path.name for path in built.pictures if path.suffix == ".png")
