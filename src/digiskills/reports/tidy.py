"""What makes the HTML of a page fit for every reader: tables that tell their heads, boxes that scroll, contents."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from digiskills.reports.interface import text

ALIGNED = re.compile(r"text-align:\s*(left|center|right)")


def tidied(soup: BeautifulSoup, language: str) -> list[dict[str, str]]:
    """Return the contents of a page whose HTML is made fit for the shell.

    Parameters
    ----------
    soup : BeautifulSoup
        Changed in place: tables have scopes and headers, tables and pictures scroll in boxes that the keyboard
        reaches, headings have ids, and nothing carries a style of its own, which the page's policy would refuse.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    list of dict
        ``id`` and ``text`` of each heading of the second rank.
    """
    _restyle(soup)
    for number, table in enumerate(soup.find_all("table"), start=1):
        _tell_heads(table, number)
        _wrap_table(soup, table, language)
    _wrap_pictures(soup)
    for formula in soup.select(".scroll.formula"):
        formula["tabindex"], formula["role"], formula["aria-label"] = "0", "group", text("formula", language)
    for box in soup.select(".scroll[role=region]"):
        box["role"] = "group"  # a page has few regions that are worth a stop; picture and table would share a name
    return _contents(soup)


def _restyle(soup: BeautifulSoup) -> None:
    """Turn the alignment of cells, which Markdown writes as a style, into a class; drop every other style."""
    for tag in soup.select("[style]"):
        aligned = ALIGNED.search(str(tag["style"]))
        del tag["style"]
        if aligned:
            tag["class"] = " ".join([*(str(each) for each in tag.get_attribute_list("class") if each), aligned[1]])


def _tell_heads(table: Tag, number: int) -> None:
    """Give heads a scope; where a scope leaves open which heads a cell has, name them in it."""
    for head in table.select("thead th"):
        if head.get_text(strip=True):
            head["scope"] = str(head.get("scope", "col"))
        else:
            head.name = "td"
    deep = [sum(_span(head, "colspan") for head in row.find_all("th")) for row in table.select("tbody tr")]
    if len(table.select("thead tr")) > 1 or any(count > 1 for count in deep):
        _name_heads(table, number)


def _name_heads(table: Tag, number: int) -> None:
    """Write ids on heads and the ids of its heads into each cell: of its column, its group of rows and its row."""
    columns: dict[int, list[str]] = {}
    group: list[str] = []
    reaching: list[tuple[int, str]] = []  # heads of rows that reach further down, with the rows left to them
    ids = (f"t{number}h{count}" for count in itertools.count(1))
    for row, cells in _placed(table):
        own = [name for _, name in reaching]
        reaching = [(left - 1, name) for left, name in reaching if left > 1]
        for column, cell in cells:
            if cell.name == "th":
                cell["id"] = name = next(ids)
                if cell.find_parent("thead"):
                    for at in range(column, column + _span(cell, "colspan")):
                        columns.setdefault(at, []).append(name)
                elif not row.find("td"):
                    group = [name]
                else:
                    own.append(name)
                    reaching += [(_span(cell, "rowspan") - 1, name)] if _span(cell, "rowspan") > 1 else []
        for column, cell in cells:
            if cell.name == "td":
                notes = cell.find_parent("tfoot")
                cell["headers"] = " ".join(columns.get(column, []) + ([] if notes else group + own))


def _placed(table: Tag) -> Iterator[tuple[Tag, list[tuple[int, Tag]]]]:
    """Yield each row with its cells and the columns they begin in, after cells that reach down into it."""
    taken: dict[int, int] = {}
    for row in table.find_all("tr"):
        cells, column = [], 0
        for cell in row.find_all(["th", "td"]):
            while taken.get(column, 0):
                column += 1
            cells.append((column, cell))
            column += _span(cell, "colspan")
        taken = {at: left - 1 for at, left in taken.items() if left > 1}
        for at, cell in cells:
            if _span(cell, "rowspan") > 1:
                taken |= dict.fromkeys(range(at, at + _span(cell, "colspan")), _span(cell, "rowspan") - 1)
        yield row, cells


def _span(cell: Tag, way: str) -> int:
    return int(str(cell.get(way, "1")))


def _wrap_table(soup: BeautifulSoup, table: Tag, language: str) -> None:
    """Put a table into a container of its own that scrolls, and that the keyboard reaches."""
    if not table.find_parent(attrs={"tabindex": "0"}):
        caption = table.find("caption")
        name = caption.get_text(" ", strip=True) if caption else text("table", language)
        _wrap(soup, table, name)


def _wrap_pictures(soup: BeautifulSoup) -> None:
    """Put the picture of each figure into a container that scrolls where the screen is narrow."""
    for picture in soup.select("figure img"):
        figure = picture.find_parent("figure")
        caption = figure.find("strong") if figure else None
        _wrap(soup, picture, caption.get_text(" ", strip=True) if caption else str(picture["alt"]))


def _wrap(soup: BeautifulSoup, wide: Tag, name: str) -> None:
    wide.wrap(soup.new_tag("div", attrs={"class": "scroll", "role": "group", "tabindex": "0", "aria-label": name}))


def _contents(soup: BeautifulSoup) -> list[dict[str, str]]:
    """Return the headings of the second rank; each gets the id of JupyterLab, so links hold there, too."""
    found: dict[str, str] = {}
    for heading in soup.find_all("h2"):
        title = heading.get_text(" ", strip=True)
        base = re.sub(r"\s+", "-", title)
        heading["id"] = base if base not in found else f"{base}-{len(found)}"
        found[str(heading["id"])] = title
    return [{"id": identity, "text": title} for identity, title in found.items()]
