"""The documents as pages, in a real browser: `make test-pages`, which makes them first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.pages
DOCUMENTS = Path(__file__).parents[2] / "docs"
BUILT = DOCUMENTS / "_build" / "html"
# Every document, and one page of the reference for all, which are made alike.
NAMES = [*(f"{path.stem}.html" for path in sorted(DOCUMENTS.glob("*.md"))), "api/index.html", "api/study.html"]


@pytest.mark.parametrize("name", NAMES)
def test_a_document_has_no_finding(browser: Browser, name: str) -> None:
    import checks

    assert (BUILT / name).is_file(), "run `make docs` first"
    assert checks.everything(browser, BUILT / name, own=False) == []
