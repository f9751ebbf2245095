"""Pages become PDF that say their structure, language and title; the same page gives the same bytes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zlib
from datetime import date
from pathlib import Path

import pytest
from tiny_site import declare, notebook, site

from digiskills.errors import DigiskillsError, UsageError
from digiskills.reports import chromium, declared, freshness, pdf
from digiskills.reports.shell import PDF_PLACE, frame

DAY = date(2025, 5, 31)
PICTURE = "%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'%3E%3Crect width='9' height='9'/%3E%3C/svg%3E"
CONTENT = f"""<h1>À quoi bon?</h1><p><a href="02-next.html">La suite</a> <a href="#bas">Plus bas</a></p>
<figure><img alt="Un point noir" src="data:image/svg+xml,{PICTURE}">
<details><summary>Chiffres</summary><table><caption>C</caption><thead><tr><th scope="col">A</th></tr></thead>
<tbody><tr><td>1</td></tr></tbody></table><p><a download="a.csv" href="data:,1">CSV</a></p></details></figure>
<details class="code"><summary>Code</summary><pre>x = 1</pre></details><h2 id="bas">Bas</h2>"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "reports/site/tiny/fr/01-ok.html"
    path.parent.mkdir(parents=True)
    path.write_text(frame("fr", "À quoi bon?", CONTENT, site="Une étude", home="index.html"), encoding="utf-8")
    return path


@pytest.fixture
def program() -> str:
    if not chromium.find():
        pytest.skip("no Chromium or Chrome is on the path")
    return chromium.find()


def test_a_pdf_is_tagged_and_says_language_and_title(page: Path, tmp_path: Path, program: str) -> None:
    (made,) = pdf.write({page: DAY}, tmp_path / "reports", program)
    content = made.read_bytes()
    assert b"/StructTreeRoot" in content and b"/MarkInfo" in content and b"/Outlines" in content
    assert re.search(rb"/Lang\s*\(fr\)", content)
    title = re.search(rb"/Title\s*<([0-9A-F]+)>", content)
    assert title and bytes.fromhex(title[1].decode()).decode("utf-16").startswith("À quoi bon?")
    for role in (b"/H1", b"/Table", b"/TH", b"/Figure"):
        assert re.search(rb"/S\s*" + role + rb"\b", content), role
    assert "Un point noir".encode("utf-16-be").hex().upper().encode() in content or b"Un point noir" in content


def test_a_pdf_tells_nothing_of_the_machine_or_the_time(page: Path, tmp_path: Path, program: str) -> None:
    (made,) = pdf.write({page: DAY}, tmp_path / "reports", program)
    first = made.read_bytes()
    streams = b"".join(_inflated(part) for part in re.findall(rb"stream\r?\n(.*?)endstream", first, re.S))
    for word in (str(tmp_path), "/tmp/", "file:", "Linux", "Mozilla"):
        assert word.encode() not in first + streams, word
    assert set(re.findall(rb"Date \(D:(\d{8})", first)) == {b"20250531"}
    assert pdf.write({page: DAY}, tmp_path / "reports", program) == [], "the page has not changed but for its link"
    (tmp_path / "reports" / pdf.RECORD).unlink()
    assert pdf.write({page: DAY}, tmp_path / "reports", program) == [made]
    assert made.read_bytes() == first


def test_a_page_links_to_its_pdf_once(page: Path, tmp_path: Path, program: str) -> None:
    before = page.read_text(encoding="utf-8")
    assert PDF_PLACE in before
    pdf.write({page: DAY}, tmp_path / "reports", program)
    pdf.write({page: DAY}, tmp_path / "reports", program)
    after = page.read_text(encoding="utf-8")
    assert after.count('href="01-ok.pdf"') == 1
    assert "Cette page en PDF (" in after
    assert pdf.unlinked(after) == before


def test_a_changed_page_is_printed_again(page: Path, tmp_path: Path, program: str) -> None:
    pdf.write({page: DAY}, tmp_path / "reports", program)
    page.write_text(page.read_text(encoding="utf-8").replace("Plus bas", "En bas"), encoding="utf-8")
    assert len(pdf.write({page: DAY}, tmp_path / "reports", program)) == 1


def test_what_is_printed_leads_nowhere_and_is_unfolded(page: Path) -> None:
    printed = pdf.prepared(page.read_text(encoding="utf-8"), page.parent)
    assert re.findall(r'href="([^"]*)"', printed) == ["#bas"]
    assert "La suite" in printed and "CSV" not in printed and "x = 1" not in printed
    assert re.search(r'<details open="">\s*<summary>Chiffres', printed)


def test_pictures_beside_a_page_are_found_from_elsewhere(page: Path) -> None:
    printed = pdf.prepared('<img alt="a" src="01-ok-files/a.svg">', page.parent)
    assert f'src="{page.parent.as_uri()}/01-ok-files/a.svg"' in printed


def test_without_chromium_there_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(chromium, "PLACES", ())
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    with pytest.raises(UsageError, match="--pdf needs Chromium or Chrome, and none is on the path") as raised:
        chromium.needed("--pdf")
    assert raised.value.exit_code == 2
    monkeypatch.setenv(chromium.VARIABLE, "/no/such/program")
    with pytest.raises(UsageError, match="DIGISKILLS_CHROMIUM names ‘/no/such/program’"):
        chromium.needed("--pdf")


def test_a_program_that_does_not_print_is_an_error(page: Path, tmp_path: Path) -> None:
    program = tmp_path / "no-chromium"
    program.write_text("#!/bin/sh\necho broken >&2\nexit 3\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(DigiskillsError, match=r"01-ok.html: Chromium did not print it \(broken\)"):
        pdf.write({page: DAY}, tmp_path / "reports", str(program))


def test_the_ledger_knows_the_pdf_and_the_page_stays_fresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(site(tmp_path, declare("01-ok"), n01_ok=notebook())))
    report, folder = declared.reports(languages=["fr"])[0], tmp_path / "reports"
    pages = [folder / "site/tiny/fr" / name for name in ("01-ok.html", "privacy.html")]
    for each in pages:
        each.parent.mkdir(parents=True, exist_ok=True)
        each.write_text(frame("fr", "Une page", "<h1>Une page</h1>"), encoding="utf-8")
    freshness.write({report.key: {"key": "k", "outputs": dict(freshness.digests(pages[:1], folder))}}, folder)
    made = pdf.of_reports([report], folder, program)
    assert [path.name for path in made] == ["01-ok.pdf", "privacy.pdf"]
    ledger = freshness.read(folder)
    assert set(ledger[report.key]["outputs"]) == {"site/tiny/fr/01-ok.html", "site/tiny/fr/01-ok.pdf"}
    assert freshness.state(report, "k", ledger, folder) == "fresh"


def test_the_command_says_at_once_that_chromium_is_missing() -> None:
    command = [sys.executable, "-m", "digiskills", "build", "--pdf"]
    environment = {**os.environ, chromium.VARIABLE: "/no/such/program"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "digiskills: --pdf: DIGISKILLS_CHROMIUM names ‘/no/such/program’, which is no program here\n"


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""
