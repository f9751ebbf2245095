"""Pages as tagged PDF, printed by the Chromium of this machine; the same page and program give the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from bs4 import BeautifulSoup

from digiskills import study as studies
from digiskills import words
from digiskills.errors import DigiskillsError
from digiskills.reports import freshness
from digiskills.reports.declared import Report
from digiskills.reports.interface import text
from digiskills.reports.shell import ABOUT, PDF_PLACE

LINK = re.compile(r'<p class="pdf">.*?</p>')
DATES = re.compile(rb"(?<=Date \(D:)\d{14}[+-]\d\d'\d\d'(?=\))")
UNDATED = date(2000, 1, 1)  # of a study without a survey
RECORD = "pdf.json"
SECONDS = 300  # that one page may take
OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--no-pdf-header-footer",
    "--export-tagged-pdf",
    "--generate-pdf-document-outline",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # a page asks for nothing; if one did, it would get nothing
    "--user-agent=digiskills",  # stands in the file as its creator, instead of the system's name
)


def of_reports(reports: Sequence[Report], folder: Path, program: str, jobs: int = 2) -> list[Path]:
    """Return the PDF files made of reports that have a page, and of the pages about their studies.

    Parameters
    ----------
    reports : sequence of Report
        Whose pages stand, and none that says why a report failed.
    folder : Path
        Where ``site`` and ``run.json`` are.
    program : str
        Chromium.
    jobs : int
        Pages that are printed at once.

    Returns
    -------
    list of Path
        Beside their pages; the ledger knows them, so a page made anew takes its old PDF with it.
    """
    pages = {folder / "site" / f"{report.key}.html": _day(report) for report in reports}
    for report in reports:
        beside = (folder / "site" / report.study / report.language / f"{name}.html" for name in ABOUT)
        pages |= {page: _latest(report.study) for page in beside if page.is_file()}
    made = write(pages, folder, program, jobs)
    ledger = freshness.read(folder)
    for report in reports:
        page = folder / "site" / f"{report.key}.html"
        ledger[report.key]["outputs"] |= freshness.digests([page, _beside(page)], folder)
    freshness.write(ledger, folder)
    return made


def write(pages: Mapping[Path, date], folder: Path, program: str, jobs: int = 2) -> list[Path]:
    """Return the PDF files that were made; those of unchanged pages stay, and each page links to its own.

    Parameters
    ----------
    pages : mapping of Path to date
        The pages, with the date of the data that each shows.
    folder : Path
        Where ``site`` is, and the record of what each PDF was made from.
    program : str
        Chromium.
    jobs : int
        Pages that are printed at once.

    Returns
    -------
    list of Path
        Beside their pages.

    Raises
    ------
    DigiskillsError
        Chromium did not print a page.
    """
    record, version = _record(folder), _version(program)
    printed = {page: prepared(page.read_text(encoding="utf-8"), page.parent) for page in pages}
    keys = {page: _key(printed[page], version, pages[page]) for page in pages}
    stale = [page for page in pages if record.get(_name(page, folder)) != keys[page] or not _beside(page).is_file()]
    with ThreadPoolExecutor(jobs) as pool:
        made = list(pool.map(lambda page: _print(page, printed[page], pages[page], program), stale))
    for page in pages:
        link(page)
    known = {name: key for name, key in record.items() if (folder / name).is_file()}
    known |= {_name(page, folder): keys[page] for page in pages}
    (folder / RECORD).write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return made


def prepared(page: str, folder: Path) -> str:
    """Return a page as it is printed: whole, unfolded, and without links that lead out of it.

    Parameters
    ----------
    page : str
        HTML.
    folder : Path
        Where the page is: Chromium would write this path into the links of the file.

    Returns
    -------
    str
        HTML.
    """
    soup = BeautifulSoup(unlinked(page).replace(PDF_PLACE, ""), "html.parser")
    for gone in soup.select("script, .skip, .about, nav, .filters, details.code, a[download], header a[hreflang]"):
        gone.decompose()
    for folded in soup.select("details"):
        folded["open"] = ""
    for each in soup.select("a[href]"):
        if not str(each["href"]).startswith("#"):
            each.unwrap()
    for picture in soup.select("img[src]"):
        if not str(picture["src"]).startswith("data:"):
            picture["src"] = (folder / str(picture["src"])).absolute().as_uri()
    return str(soup)


def link(page: Path) -> None:
    """Put the link to its PDF into a page that has one."""
    source = page.read_text(encoding="utf-8")
    if PDF_PLACE not in source:
        return
    found = re.search(r'<html lang="(\w+)"', source)
    language = found[1] if found else "en"
    size = words.number(max(1, round(_beside(page).stat().st_size / 1000)), language)
    said = text("pdf", language, size=size)
    element = f'<p class="pdf"><a type="application/pdf" href="{_beside(page).name}">{said}</a></p>'
    aside = page.with_name(f".{page.name}")
    aside.write_text(source.replace(PDF_PLACE, element), encoding="utf-8")
    aside.replace(page)


def unlinked(page: str) -> str:
    """Return a page as it was before it had a PDF."""
    return LINK.sub(PDF_PLACE, page)


def dated(content: bytes, day: date) -> bytes:
    """Return a PDF whose dates are the data's: Chromium writes the time of printing."""
    return DATES.sub(f"{day:%Y%m%d}000000+00'00'".encode(), content)


def _day(report: Report) -> date:
    """Return the date of the data that a report shows."""
    study = studies.read(report.study)
    wave = str(report.parameters.get("wave", studies.LATEST))
    return study.wave(wave).date if study.waves else UNDATED


def _latest(study: str) -> date:
    waves = studies.read(study).waves
    return waves[-1].date if waves else UNDATED


def _print(page: Path, source: str, day: date, program: str) -> Path:
    """Print one page and put the file beside it."""
    with tempfile.TemporaryDirectory() as aside:
        html, made = Path(aside) / "page.html", Path(aside) / "page.pdf"
        html.write_text(source, encoding="utf-8")
        ask = [program, *OPTIONS, *_as_root(), f"--user-data-dir={aside}/profile", f"--print-to-pdf={made}"]
        try:
            done = subprocess.run([*ask, html.as_uri()], capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise DigiskillsError(f"{page.name}: Chromium did not print it within {SECONDS} seconds") from None
        if done.returncode or not made.is_file():
            said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1].replace(aside, "")
            raise DigiskillsError(f"{page.name}: Chromium did not print it ({said})")
        ready = _beside(page).with_name(f".{_beside(page).name}")
        ready.write_bytes(dated(made.read_bytes(), day))
        return ready.replace(_beside(page))


def _as_root() -> list[str]:
    """Return what Chromium needs to run as root, as it does in containers; the page it prints is our own."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def _version(program: str) -> str:
    """Return the program's version; another one may print otherwise."""
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()


def _key(source: str, version: str, day: date) -> str:
    own = Path(__file__).read_text(encoding="utf-8")
    return hashlib.blake2b("\0".join((source, version, str(day), own)).encode(), digest_size=16).hexdigest()


def _record(folder: Path) -> dict[str, str]:
    """Return what each PDF was made from; empty where that is not known."""
    try:
        known = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _name(page: Path, folder: Path) -> str:
    return page.relative_to(folder).as_posix()


def _beside(page: Path) -> Path:
    return page.with_suffix(".pdf")
