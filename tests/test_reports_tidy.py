"""Tables tell which heads each cell has, boxes scroll by themselves, and no style comes with the content."""

from __future__ import annotations

import base64
import hashlib

from bs4 import BeautifulSoup

from digiskills.reports.shell import content_policy, frame
from digiskills.reports.tidy import tidied


def tidy(html: str) -> BeautifulSoup:
    soup = BeautifulSoup(html, "html.parser")
    tidied(soup, "en")
    return soup


def heads(table: BeautifulSoup) -> dict[str, list[str]]:
    """The text of the heads that each cell names, by the text of the cell."""
    text = {head["id"]: head.get_text() for head in table.find_all("th") if head.get("id")}
    return {cell.get_text(): [text[name] for name in cell.get("headers", "").split()] for cell in table.find_all("td")}


def row(*cells: str) -> str:
    return "<tr>" + "".join(cells) + "</tr>"


def test_one_head_a_row_needs_no_names() -> None:
    table = tidy(f"<table><thead>{row('<th>A', '<th>B')}</thead><tbody>{row('<th scope=row>a</th>', '<td>1</td>')}")
    assert heads(table) == {"1": []}
    assert [head["scope"] for head in table.select("thead th")] == ["col", "col"]


def test_two_heads_a_row_are_both_named() -> None:
    top = row("<th>Size</th>", "<th>Level</th>", "<th>Share</th>", "<th>n</th>")
    body = row("<th scope=row>small</th>", "<th scope=row>staff</th>", "<td>1</td>", "<td>2</td>")
    table = tidy(f"<table><thead>{top}</thead><tbody>{body}</tbody></table>")
    assert heads(table) == {"1": ["Share", "small", "staff"], "2": ["n", "small", "staff"]}


def test_heads_that_reach_over_rows_and_columns() -> None:
    top = row("<th rowspan=2>Size</th>", "<th rowspan=2>Level</th>", "<th colspan=2>Share</th>")
    top += row("<th>low</th>", "<th>high</th>")
    body = row("<th scope=row rowspan=2>small</th>", "<th scope=row>staff</th>", "<td>1</td>", "<td>2</td>")
    body += row("<th scope=row>managers</th>", "<td>3</td>", "<td>4</td>")
    body += row("<th scope=row>large</th>", "<th scope=row>staff</th>", "<td colspan=2>withheld</td>")
    table = tidy(f"<table><thead>{top}</thead><tbody>{body}</tbody></table>")
    assert heads(table) == {
        "1": ["Share", "low", "small", "staff"],
        "2": ["Share", "high", "small", "staff"],
        "3": ["Share", "low", "small", "managers"],
        "4": ["Share", "high", "small", "managers"],
        "withheld": ["Share", "low", "large", "staff"],
    }


def test_a_head_of_a_group_of_rows_and_notes() -> None:
    top = row("<th>Barrier</th>", "<th>Share</th>")
    body = row("<th colspan=2 scope=colgroup>Culture</th>") + row("<th scope=row>risk</th>", "<td>1</td>")
    body += row("<th colspan=2 scope=colgroup>Capacity</th>") + row("<th scope=row>data</th>", "<td>2</td>")
    foot = row("<td colspan=2>a note</td>")
    table = tidy(f"<table><thead>{top}</thead><tbody>{body}</tbody><tfoot>{foot}</tfoot></table>")
    assert heads(table) == {
        "1": ["Share", "Culture", "risk"],
        "2": ["Share", "Capacity", "data"],
        "a note": ["Barrier"],
    }


def test_names_of_heads_are_unique_on_a_page() -> None:
    one = f"<table><tbody>{row('<th>a</th>', '<th>b</th>', '<td>1</td>')}</tbody></table>"
    ids = [head["id"] for head in tidy(one + one).find_all("th")]
    assert len(ids) == len(set(ids)) == 4


def test_an_empty_corner_is_no_head() -> None:
    assert tidy("<table><thead><tr><th></th><th>A</th></tr></thead></table>").find_all("th")[0].get_text() == "A"


def test_no_style_comes_with_the_content() -> None:
    page = tidy('<p style="position:fixed">x</p><table><tr><td style="text-align:right">1</td></tr></table>')
    assert page.select("[style]") == []
    assert page.td.get_attribute_list("class") == ["right"]


def test_boxes_are_groups_with_a_name() -> None:
    page = tidy(
        '<div class="scroll" role="region" tabindex="0" aria-label="A"><table></table></div>'
        '<figure><img alt="a" src="data:,"><figcaption><strong>Title</strong></figcaption></figure>'
    )
    assert [(box["role"], box["aria-label"]) for box in page.select(".scroll")] == [("group", "A"), ("group", "Title")]


def test_a_wide_formula_can_be_scrolled_with_the_keyboard() -> None:
    box = tidy('<div class="scroll formula"><math></math></div>').div
    assert (box["tabindex"], box["role"], box["aria-label"]) == ("0", "group", "Formula")


def test_the_policy_names_what_the_page_holds_and_nothing_else() -> None:
    page = BeautifulSoup(frame("en", "A page", "<h1>A</h1>", script="let a = '<b>';\n"), "html.parser")
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    for held in (page.style.string, page.find("script").string):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(held.encode()).digest()).decode()}'" in policy
    assert "unsafe" not in policy and "*" not in policy and "http" not in policy
    assert "script-src" not in content_policy("a {}")
