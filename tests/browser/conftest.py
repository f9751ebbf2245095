"""The browser that tests of pages share; they say so where this machine lacks what they need."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digiskills.reports import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HERE = Path(__file__).parent
MODULES = [HERE / "node_modules" / name for name in ("axe-core", "pa11y")]


@pytest.fixture(scope="session")
def executable(request: pytest.FixtureRequest) -> str:
    """Return the program of Chromium; `make test-pages` fails where something lacks, other runs skip."""
    lacks = [] if chromium.find() else ["no Chromium or Chrome is on the path"]
    lacks += [] if shutil.which("node") else ["node is not on the path"]
    lacks += [] if all(module.is_dir() for module in MODULES) else ["`npm ci` was not run in tests/browser"]
    if lacks and "pages" in request.config.getoption("markexpr").replace("not pages", ""):
        pytest.fail("; ".join(lacks))
    if lacks:
        pytest.skip("; ".join(lacks))
    return chromium.find()


# Playwright's event loop runs while the browser is open: it is closed before another file's test may want one.
@pytest.fixture(scope="module")
def browser(executable: str) -> Iterator[Browser]:
    """Give one browser to all tests of a file."""
    import checks

    with checks.chromium(executable) as opened:
        yield opened
