"""What a page must hold in a real browser; each check gives the findings as lines, none where all is well."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
PA11Y = HERE / "node_modules" / "pa11y"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WIDE, NARROW, ZOOMED = 1280, 320, 640  # CSS pixels; 1280 at 200 % has 640
PAPER = 718  # CSS pixels of A4 between margins of one centimetre
UNPRINTED = (".skip", "nav", "details.code", ".filters", "ul.about")
FOCUSABLE = "a[href], summary, button, input, select, textarea, [tabindex='0']"
# What readers may set for themselves (WCAG 2.2, 1.4.12).
SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"
# What reaches out of the window, where the window scrolls sideways; boxes that scroll by themselves do not count.
OVERFLOW = """scrolls => {
  const edge = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= edge) return [];
  const right = each => each.getBoundingClientRect().left + each.scrollWidth;
  const reaches = each => !(scrolls && each.closest('.scroll')) && right(each) > edge + 1;
  const found = [...document.body.querySelectorAll('*')].filter(reaches);
  return found.slice(-3).map(each => each.outerHTML.slice(0, 120)).concat(found.length ? [] : ['the page']);
}"""
# The page's policy lets no other style in, but for one that is built by hand.
SPACE_OUT = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""
UNFOLD = "() => document.querySelectorAll('details').forEach(each => { each.open = true; })"
FOCUS = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const first = !at.dataset.reached;
  at.dataset.reached = 'yes';
  return {first, body: at === document.body, outlined, inView, html: at.outerHTML.slice(0, 120)};
}"""
UNREACHED = """selector => [...document.querySelectorAll(selector)].filter(
  each => !each.dataset.reached && each.checkVisibility({visibilityProperty: true}) && each.tabIndex >= 0
    && !each.closest('[inert]')
).map(each => each.outerHTML.slice(0, 120))"""


@contextmanager
def chromium(executable: str) -> Iterator[Browser]:
    """Give a browser that is already on this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, file: Path, width: int = WIDE, **options: Any) -> Iterator[tuple[Page, list[str]]]:
    """Give a page that was opened with the network off, and what it complained of or asked for."""
    context = browser.new_context(viewport={"width": width, "height": 800}, offline=True, **options)
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(f"console {message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("request", lambda request: said.extend(_outside(request.url)))
    page.goto(file.absolute().as_uri())
    yield page, said
    context.close()


def _outside(url: str) -> list[str]:
    return [] if re.match(r"(file|data|blob):", url) else [f"asked for {url}"]


def axe(page: Page) -> list[str]:
    """Return what axe-core finds wrong."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options).then(result => result.violations)", options)
    return [f"axe {each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def overflow(page: Page, scrolls: bool = True) -> list[str]:
    """Return what makes the window scroll sideways; on paper no box scrolls by itself."""
    return [f"wider than {page.viewport_size['width']} px: {each}" for each in page.evaluate(OVERFLOW, scrolls)]


def keyboard(page: Page) -> list[str]:
    """Return what Tab does not reach, and what it reaches without showing where it is."""
    found: list[str] = []
    for _ in range(page.locator(FOCUSABLE).count() + 2):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at["body"]:
            break
        if at["first"]:
            found += [] if at["outlined"] else [f"focus cannot be seen: {at['html']}"]
            found += [] if at["inView"] else [f"focus is outside the window: {at['html']}"]
    return found + [f"Tab does not reach {each}" for each in page.evaluate(UNREACHED, FOCUSABLE)]


def skip_link(page: Page) -> list[str]:
    """Return what is wrong with the link that skips to the content."""
    page.keyboard.press("Tab")
    at = page.evaluate(FOCUS)
    if 'class="skip"' not in at["html"] or not at["inView"]:
        return [f"the first stop of Tab is no skip link that can be seen: {at['html']}"]
    page.keyboard.press("Enter")
    return [] if page.evaluate("document.activeElement.tagName") == "MAIN" else ["the skip link does not lead to main"]


def language_switch(page: Page) -> list[str]:
    """Return what is wrong with the way to the other language and back."""
    before, language = Path(page.url).name, page.evaluate("document.documentElement.lang")
    for expected in ({"en": "fr", "fr": "en"}[language], language):
        link = page.locator("header a[hreflang]")
        if link.count() != 1:
            return [f"{link.count()} links to the other language"]
        link.click()
        now = Path(page.url).name, page.evaluate("document.documentElement.lang")
        if now != (before, expected):
            return [f"the language switch leads to {now}, not to {before} in {expected}"]
    return []


def filters(page: Page) -> list[str]:
    """Return what is wrong with the filter of a list: searching, each choice, what it says, showing all again."""
    rows, box = page.locator("tr[data-notebook]"), page.locator(".filters")
    everything, found = rows.count(), list[str]()
    for field in box.locator("select").all():
        name = field.get_attribute("name")
        for value in [option.get_attribute("value") for option in field.locator("option").all()]:
            field.select_option(value)
            shown = [row for row in rows.all() if row.is_visible()]
            wrong = [row for row in shown if value and row.get_attribute(f"data-{name}") != value]
            expected = everything if not value else page.locator(f'tr[data-{name}="{value}"]').count()
            if wrong or len(shown) != expected or str(expected) not in box.locator("[role=status]").inner_text():
                found.append(f"{name} = {value!r} shows {len(shown)} rows, not {expected}")
        field.select_option("")
    first = rows.first.locator("th").inner_text()
    page.locator("#search").fill(first.upper())
    if not rows.first.is_visible() or page.locator("tr[data-notebook]:visible").count() == everything > 2:
        found.append(f"searching for {first!r} does not show it alone")
    page.locator("#search").fill("no report says this")
    if page.locator("tr[data-notebook]:visible").count():
        found.append("rows are shown that do not hold what was searched for")
    box.locator("button").click()
    if page.locator("tr[data-notebook]:visible").count() != everything:
        found.append("the button does not show all rows again")
    return found


def paper(page: Page) -> list[str]:
    """Return what is wrong in print."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    shown = [
        name for name in (".skip", "nav", "details.code") for each in page.locator(name).all() if each.is_visible()
    ]
    return [f"{name} is printed" for name in set(shown)] + overflow(page)


def closer(page: Page) -> list[str]:
    """Return what does not fit a small window, a zoomed one, or a reader's own spacing of text."""
    found: list[str] = []
    for width in (ZOOMED, NARROW):
        page.set_viewport_size({"width": width, "height": 800})
        found += overflow(page)
    page.evaluate(SPACE_OUT, SPACING)
    return found + [f"with wider spacing, {each}" for each in overflow(page)]


def everything(browser: Browser, file: Path, own: bool = True) -> list[str]:
    """Return all findings on a page.

    With a theme that is not ours, its skip link, its paper and what its console says (axe-core looks for style sheets
    where a page without a server cannot) are left out.
    """
    with opened(browser, file) as (page, said):
        page.evaluate(UNFOLD)
        found = axe(page)
        page.set_viewport_size({"width": NARROW, "height": 800})
        found += axe(page)
        found += closer(page)
        found += paper(page) if own else []
    with opened(browser, file) as (page, heard):
        found += skip_link(page) if own else []
    with opened(browser, file) as (page, _):
        page.evaluate(UNFOLD)
        found += keyboard(page)
    with opened(browser, file, color_scheme="dark") as (page, again):
        page.evaluate(UNFOLD)
        found += [f"in the dark: {each}" for each in axe(page)]
        page.emulate_media(forced_colors="active")
        found += overflow(page)
    with opened(browser, file) as (page, _):
        found += language_switch(page) if page.locator("header a[hreflang]").count() else []
    heard = [line for line in said + heard + again if own or not line.startswith("console")]
    return list(dict.fromkeys(found + heard))


def pa11y(executable: str, files: Sequence[Path]) -> dict[str, list[str]]:
    """Return what pa11y finds wrong, by page."""
    command = ["node", str(HERE / "pa11y.mjs"), executable, *(file.absolute().as_uri() for file in files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found
