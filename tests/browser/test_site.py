"""Every page of the built site in a real browser: `make test-pages`, after `make reports`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digiskills import paths

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.pages
SITE = paths.site()
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
LISTS = [name for name in PAGES if name.endswith("index.html")]


def test_there_is_a_site_in_both_languages() -> None:
    assert "index.html" in PAGES, "run `make reports` first"
    other = {"/en/": "/fr/", "/fr/": "/en/"}
    for name in PAGES:
        for here, there in other.items():
            assert here not in name or name.replace(here, there) in PAGES, f"{name} is not in the other language"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_finding(browser: Browser, executable: str, name: str) -> None:
    import checks

    found = checks.everything(browser, SITE / name)
    assert found + checks.pa11y(executable, [SITE / name])[(SITE / name).absolute().as_uri()] == []


@pytest.mark.parametrize("name", LISTS)
def test_a_list_can_be_filtered(browser: Browser, name: str) -> None:
    import checks

    with checks.opened(browser, SITE / name) as (page, said):
        assert checks.filters(page) == []
        assert said == []
