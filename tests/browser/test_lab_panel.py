"""The panel in JupyterLab, in a real browser: choose, see the figure change, copy the line, run it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import in_process
import nbformat
import panel_root
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

TABLES = ("00-skills", "00-skill-by-size", "00-skill-by-level", "00-skill-by-role")
PATIENCE = 180_000  # milliseconds: a busy machine fails no test

pytestmark = pytest.mark.pages


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = panel_root.made(tmp_path_factory.mktemp("lab"), tables=TABLES)
    path = root / "notebooks" / "00-start-here.ipynb"
    whole = nbformat.read(path, 4)
    # What opens the study, and the panel: the figures below it are tested elsewhere.
    kept = [at for at, cell in enumerate(whole.cells) if cell.cell_type == "code"][:2]
    (panel,) = [at for at, cell in enumerate(whole.cells) if cell.source == "explore(study)"]
    whole.cells = [whole.cells[at] for at in (*kept, panel)]
    nbformat.write(whole, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(root))
        in_process.prepare("ontario")
        yield root


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab on the root, with settings of its own, for as long as the tests of this file run."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    home = tmp_path_factory.mktemp("home")
    own = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    settings = [f"--ServerApp.port={port}", "--IdentityProvider.token=", f"--ServerApp.root_dir={root}"]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *settings]
    log = (home / "log").open("w")
    server = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=subprocess.STDOUT, cwd=root)
    try:
        _wait(f"http://127.0.0.1:{port}/api/status", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    pytest.fail("JupyterLab did not start")


@pytest.fixture
def lab(address: str, browser: Browser) -> Iterator[Page]:
    """Give the notebook in JupyterLab, all its cells run."""
    context = browser.new_context(viewport={"width": 1400, "height": 1800})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/lab/tree/notebooks/00-start-here.ipynb?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle")
    page.locator(".jp-Notebook .jp-Cell").first.click()
    for _ in range(3):
        page.keyboard.press("Shift+Enter")
    page.wait_for_selector(".widget-dropdown select")
    page.wait_for_selector(".widget-html img")
    yield page
    context.close()


def field(lab: Page, label: str) -> Locator:
    return lab.locator(".widget-dropdown", has=lab.locator("label", has_text=label)).locator("select")


def choose(lab: Page, label: str, option: str) -> None:
    """Choose an option by its words, in which widgets write every space as one that does not break."""
    select = field(lab, label)
    said = [text.replace("\u00a0", " ").strip() for text in select.locator("option").all_inner_texts()]
    select.select_option(index=said.index(option))


def figure(lab: Page) -> str:
    return str(lab.locator(".widget-html img").first.get_attribute("src"))


def changed(lab: Page, before: str) -> str:
    lab.wait_for_function(
        "before => { const now = document.querySelector('.widget-html img'); return now && now.src !== before; }",
        arg=before,
    )
    return figure(lab)


def test_choose_see_copy_run(lab: Page) -> None:
    first = figure(lab)
    choose(lab, "Skill or barrier", "Emerging technology")
    second = changed(lab, first)
    choose(lab, "Level", "All")
    third = changed(lab, second)
    choose(lab, "Department size", "One beside the other")
    changed(lab, third)
    shown = lab.locator(".widget-html")
    assert "Very large" in shown.locator("img").first.get_attribute("alt") + shown.inner_text()
    assert "release plan" in shown.inner_text()
    line = lab.locator(".widget-textarea textarea")
    assert "emerging_technology" in line.input_value() and 'by=["department_size"]' in line.input_value()

    line.click()
    lab.keyboard.press("Control+a")
    lab.keyboard.press("Control+c")
    # JupyterLab has put an empty cell below the last one that was run.
    lab.locator(".jp-Notebook .jp-Cell").nth(3).locator(".cm-content").click()
    lab.keyboard.press("Control+v")
    lab.keyboard.press("Shift+Enter")
    made = lab.locator(".jp-Notebook .jp-Cell").nth(3).locator(".jp-OutputArea figure img")
    made.first.wait_for()
    assert made.first.get_attribute("src") == figure(lab), "the line makes the same figure"


def test_the_language_changes_words_and_figure(lab: Page) -> None:
    before = figure(lab)
    choose(lab, "Language", "Français")
    changed(lab, before)
    level = field(lab, "Niveau")
    assert level.evaluate("each => each.selectedIndex") == 1, "what was chosen stays chosen"
    assert "sondage synthétique" in lab.locator(".widget-html figcaption").inner_text()
    choose(lab, "Rôle", "Côte à côte")
    lab.wait_for_function("() => document.querySelector('.widget-html').innerText.includes('Aucune page')")
    assert not re.search(r"\d", lab.locator(".widget-html").inner_text()), "what is not planned is not shown"
