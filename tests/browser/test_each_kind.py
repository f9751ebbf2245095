"""A page of each kind in a real browser, and the checks themselves on pages that are wrong on purpose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import kinds
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HEAD = '<!DOCTYPE html><html lang="en"><head><title>A page</title><meta name="viewport" content="width=device-width">'
BODY = (
    '<body><a class="skip" href="#m">Skip</a><header><p>Top</p></header><main id="m" tabindex="-1"><h1>A</h1>{}</main>'
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, executable: str) -> Path:
    with pytest.MonkeyPatch.context() as patched:
        root = tmp_path_factory.mktemp("site")
        patched.setenv("DIGISKILLS_ROOT", str(root))
        return kinds.written(root)


def test_pages_of_each_kind_have_no_finding(site: Path, browser: Browser) -> None:
    import checks

    found = {name: checks.everything(browser, site / name) for name in kinds.NAMES}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_pa11y_has_no_finding(site: Path, executable: str) -> None:
    import checks

    found = checks.pa11y(executable, [site / name for name in kinds.NAMES])
    assert len(found) == len(kinds.NAMES)
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("name", ["index.html", "tiny/en/index.html"])
def test_the_list_can_be_filtered(site: Path, browser: Browser, name: str) -> None:
    import checks

    with checks.opened(browser, site / name) as (page, said):
        assert checks.filters(page) == []
        assert said == []


def test_without_a_script_the_list_is_whole(site: Path, browser: Browser) -> None:
    import checks

    with checks.opened(browser, site / "index.html", java_script_enabled=False) as (page, _):
        assert not page.locator(".filters").is_visible()
        assert page.locator("tr[data-notebook]:visible").count() == 4


@pytest.mark.parametrize(
    ("wrong", "finding"),
    [
        ('<img src="data:," width="9">', "axe image-alt"),
        ('<p style="color:#aaa">pale</p>', "axe color-contrast"),
        ('<img src="https://example.org/a.png" alt="a">', "asked for https://example.org/a.png"),
        ('<p style="width:50rem">wide</p>', "wider than 320 px"),
        ('<p style="white-space:nowrap;font-size:12px">' + "words " * 8 + "</p>", "with wider spacing"),
        ('<div style="height:2rem;overflow:auto"><p>a<p>b<p>c</div>', "axe scrollable-region-focusable"),
        ('<a href="#m" style="outline:none">x</a>', "focus cannot be seen"),
        ('<a href="#m" style="position:absolute;left:-99rem">x</a>', "focus is outside the window"),
        ('<a href="#m" tabindex="1">a</a><script>onkeydown=e=>e.preventDefault()</script>', "Tab does not reach"),
        ("<script>console.error('no')</script>", "console error: no"),
        ('<details class="code" open><summary>code</summary></details>', "details.code is printed"),
    ],
)
def test_what_is_wrong_is_found(browser: Browser, tmp_path: Path, wrong: str, finding: str) -> None:
    import checks

    file = tmp_path / "page.html"
    style = "<style>.skip { position: absolute } @media print { .skip { display: none } }</style>"
    file.write_text(HEAD + style + BODY.format(wrong), encoding="utf-8")
    found = checks.everything(browser, file)
    assert any(line.removeprefix("in the dark: ").startswith(finding) for line in found), found


def test_a_page_with_no_fault_planted_has_none(browser: Browser, tmp_path: Path) -> None:
    import checks

    file = tmp_path / "page.html"
    style = "<style>.skip { position: absolute } @media print { .skip { display: none } }"
    style += ":focus-visible { outline: 3px solid } main:focus { outline: none }</style>"
    file.write_text(HEAD + style + BODY.format("<p>fine</p>"), encoding="utf-8")
    assert checks.everything(browser, file) == []


def test_a_switch_that_leads_elsewhere_is_found(browser: Browser, tmp_path: Path) -> None:
    import checks

    for name, lang, to in (("a", "en", "b"), ("b", "fr", "a")):
        (tmp_path / f"{name}.html").write_text(
            f'<html lang="{lang}"><header><a hreflang="x" href="{to}.html">x</a></header>', encoding="utf-8"
        )
    with checks.opened(browser, tmp_path / "a.html") as (page, _):
        assert "leads to ('b.html', 'fr')" in checks.language_switch(page)[0]
