"""A run counts only when every cell ran; one that fails leaves the others standing."""

from __future__ import annotations

import json
import os
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from tiny_site import declare, notebook, site

from digiskills.reports import declared, engines, freshness, pages, run
from digiskills.reports.failure import Failure, of_notebook, scrub
from digiskills.reports.gate import pass_released

TELL = """import json, os, pathlib, sys
run = json.loads(os.environ["DIGISKILLS_RUN"])
folder = pathlib.Path(run["exhibits"])
folder.mkdir(parents=True, exist_ok=True)
(folder / "01-x.csv").write_text(department_size)
print("noise", file=sys.stderr)
told = f"{pathlib.Path.cwd().name} {sorted(run)} {run['parameters']['language']}"
from IPython.display import HTML
HTML(f'<div data-release="{run["release"]}">{told}</div>')"""
LOUD = "import warnings; warnings.warn('this is old')"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the folder, the outcomes and the ledger of one build of five notebooks, two of which stop."""
    root = tmp_path_factory.mktemp("site")
    text = declare("01-ok", more='matrix.department_size = ["small"]') + declare(
        "02-bad", "03-exit", more='languages = ["en"]'
    )
    loud = notebook(LOUD, "1 / 0")
    site(
        root,
        text,
        n01_ok=notebook(TELL, LOUD),
        n02_bad=loud,
        n03_exit=notebook("import sys; sys.exit(0)", "2"),
    )
    patch = pytest.MonkeyPatch()
    patch.setenv("DIGISKILLS_ROOT", str(root))
    reports = declared.reports()
    outcomes = {o.report.key: o for o in run.build(reports, reports, root / "reports")}
    yield root / "reports", outcomes, freshness.read(root / "reports")
    patch.undo()


def test_a_failed_notebook_leaves_the_others_standing(built: Any) -> None:
    _, outcomes, _ = built
    assert {key: outcome.status for key, outcome in outcomes.items()} == {
        "tiny/en/01-ok": "made",
        "tiny/fr/01-ok": "made",
        "tiny/en/01-ok--department_size-small": "made",
        "tiny/fr/01-ok--department_size-small": "made",
        "tiny/en/02-bad": "failed",
        "tiny/en/03-exit": "failed",
    }


def test_a_notebook_that_leaves_half_way_has_failed(built: Any) -> None:
    _, outcomes, _ = built
    assert outcomes["tiny/en/03-exit"].error == "SystemExit: 0"


def test_a_failure_page_tells_error_cell_parameters_and_command(built: Any) -> None:
    folder, _, _ = built
    page = (folder / "site/tiny/en/02-bad.html").read_text(encoding="utf-8")
    for said in (
        "ZeroDivisionError. What Python said besides",
        "executed notebook 02-bad.ipynb",
        "cell 5 of the notebook",
        "1 / 0",
        "Department size",
        "digiskills build 02-bad --study tiny --language en --force",
    ):
        assert said in page
    assert str(folder.parent) not in page and "division by zero" not in page and "Traceback" not in page
    executed = (folder / "runs/tiny/en/02-bad.ipynb").read_text(encoding="utf-8")
    assert "division by zero" in executed and "Traceback" in executed


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_failure_page_holds_nothing_of_a_study_s_files(built: Any, language: str) -> None:
    _, outcomes, _ = built
    report = outcomes[f"tiny/{language}/01-ok"].report
    told = "StudyError: codings.csv, row 7, column segment: ‘my deputy Jane said no’ stands twice"
    page = pages.failure_page(Failure(told, 5, "study.focus_groups()", f"Traceback\n{told}"), report, {})
    assert "Jane" not in page and "row 7" not in page
    assert "digiskills check tiny" in page and "study.focus_groups()" in page
    told = "ValueError: could not convert string to float: 'my deputy Jane said no'"
    page = pages.failure_page(Failure(told, 5, "table.astype(float)", f"Traceback\n{told}"), report, {})
    assert "Jane" not in page and "Traceback" not in page and "ValueError" in page
    chained = "ValueError: my deputy Jane said no\nDuring handling of the above exception\nUsageError: no wave ‘2031’"
    page = pages.failure_page(Failure("UsageError: no wave ‘2031’", 5, "x", chained), report, {})
    assert "Jane" not in page and "UsageError" in page
    told = "TimeoutError: the report took longer than 2.5 s"
    page = pages.failure_page(Failure(told, 5, "x", f"my deputy Jane\n{told}"), report, {})
    assert told in page and "Jane" not in page
    told = "2 pictures have no alternative text"
    assert told in pages.failure_page(Failure(told), report, {})


def test_only_a_run_with_defaults_writes_to_the_exhibits(built: Any) -> None:
    folder, _, _ = built
    assert [path.relative_to(folder).as_posix() for path in sorted(folder.glob("exhibits/**/*.*"))] == [
        "exhibits/tiny/en/01-x.csv",
        "exhibits/tiny/fr/01-x.csv",
    ]
    assert (folder / "exhibits/tiny/en/01-x.csv").read_text() == "all"
    assert (folder / "site/tiny/en/01-ok-files/01-x.csv").read_text() == "all"
    assert (folder / "site/tiny/en/01-ok--department_size-small-files/01-x.csv").read_text() == "small"


def test_the_notebook_is_told_about_its_build_and_runs_in_its_folder(built: Any) -> None:
    folder, _, _ = built
    executed = nbformat.read(folder / "runs/tiny/fr/01-ok.ipynb", as_version=4)
    said = "".join(output.data["text/html"] for cell in executed.cells for output in cell.get("outputs", []))
    assert said == "notebooks ['data_digest', 'exhibits', 'href', 'notebook', 'parameters', 'release', 'report'] fr"


def test_warnings_are_kept_in_the_log_and_out_of_the_page(built: Any) -> None:
    folder, _, _ = built
    log = (folder / "runs/tiny/en/01-ok.log").read_text(encoding="utf-8")
    assert "this is old" in log
    assert "noise" in log
    for path in (folder / "runs/tiny/en/01-ok.ipynb", folder / "site/tiny/en/01-ok.html"):
        assert "UserWarning" not in path.read_text(encoding="utf-8")


def test_nothing_tells_when_and_where_a_notebook_ran(built: Any) -> None:
    folder, _, _ = built
    for path in [*folder.glob("runs/**/*.ipynb"), *folder.glob("site/**/*.html")]:
        text = path.read_text(encoding="utf-8")
        assert str(folder.parent) not in text
        assert str(Path.home()) + "/" not in text
        assert re.search(r"20\d\d-\d\d-\d\dT", text) is None
        assert "input_path" not in text


def test_the_source_notebooks_are_untouched(built: Any) -> None:
    folder, _, _ = built
    source = nbformat.read(folder.parent / "notebooks/01-ok.ipynb", as_version=4)
    assert all(not cell.outputs and cell.execution_count is None for cell in source.cells if cell.cell_type == "code")
    assert sorted(path.name for path in (folder.parent / "notebooks").iterdir()) == [
        "01-ok.ipynb",
        "02-bad.ipynb",
        "03-exit.ipynb",
        "reports.toml",
    ]


def test_the_ledger_says_how_each_report_ended(built: Any) -> None:
    _, _, ledger = built
    entry = ledger["tiny/en/01-ok"]
    usual = engines.FORK if sys.platform.startswith("linux") else engines.PAPERMILL
    assert (entry["status"], entry["engine"]) == ("made", usual)
    assert entry["seconds"] > 0
    assert ledger["tiny/en/02-bad"]["error"] == "ZeroDivisionError: division by zero"


def test_a_second_build_runs_only_what_failed_and_gives_the_same_bytes(built: Any) -> None:
    folder, _, _ = built
    reports = declared.reports()
    before = {path: path.read_bytes() for path in folder.glob("site/**/*") if path.is_file()}
    again = {outcome.report.key: outcome.status for outcome in run.build(reports, reports, folder)}
    assert [key for key, status in again.items() if status != "fresh"] == [
        "tiny/en/02-bad",
        "tiny/en/03-exit",
    ]
    forced = run.build(reports[:1], reports, folder, force=True)
    assert [outcome.status for outcome in forced] == ["made"]
    assert {path: path.read_bytes() for path in folder.glob("site/**/*") if path.is_file()} == before


def test_what_is_no_longer_declared_goes(built: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder, _, ledger = built
    kept = tmp_path / "reports"
    for entry in ledger.values():
        for file in entry["outputs"]:
            (kept / file).parent.mkdir(parents=True, exist_ok=True)
            (kept / file).write_bytes((folder / file).read_bytes())
    asked = {"tiny/en/01-ok--mine": {**ledger["tiny/en/01-ok"], "on_request": True, "outputs": {}}}
    freshness.write(ledger | asked, kept)
    run.forget([report for report in declared.reports() if report.notebook == "01-ok"], kept)
    assert "tiny/en/01-ok--mine" in freshness.read(kept), "a scope made on request stays until its notebook goes"
    assert not (kept / "site/tiny/en/02-bad.html").exists()
    assert (kept / "site/tiny/en/01-ok.html").exists()
    assert "tiny/en/02-bad" not in freshness.read(kept)


def test_a_cell_that_never_ran_fails_the_run() -> None:
    cell = nbformat.v4.new_code_cell
    ran, empty, never = cell("1", execution_count=1), cell(" "), cell("2")
    assert of_notebook(nbformat.v4.new_notebook(cells=[ran, empty])) is None
    assert of_notebook(nbformat.v4.new_notebook(cells=[ran, empty, never])) == Failure(
        "the notebook ended before this cell was run", 3, "2"
    )


def test_paths_and_colours_are_scrubbed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    text = f"\x1b[31mError\x1b[0m in {tmp_path}/src/x.py and /tmp/ipykernel_12/34.py and {os.sys.prefix}/lib"
    assert scrub(text) == "Error in src/x.py and the cell and python/lib"


class Addresses(HTMLParser):
    """Gathers every address that a page would ask for or lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src", "action", "data", "srcset")]


def test_no_page_holds_an_address_outside_the_site_and_every_link_leads_somewhere(built: Any) -> None:
    from digiskills.reports import index, shell

    folder, _, _ = built
    index.write(folder)
    pages = sorted(folder.glob("site/**/*.html"))
    assert len(pages) == 9 + 2 * len((*shell.ABOUT, "explorer"))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        parser = Addresses()
        parser.feed(text)
        assert text.count("<script") <= (page.name in ("index.html", "explorer.html")), "scripts only filter lists"
        assert "http" not in text.replace("http-equiv", "")
        for address in parser.found:
            target = address.partition("#")[0]
            assert address.startswith("#") or (page.parent / target).exists(), f"{page.name}: {address}"


def test_a_page_of_one_scope_says_so(built: Any) -> None:
    folder, _, _ = built
    page = (folder / "site/tiny/en/01-ok--department_size-small.html").read_text(encoding="utf-8")
    assert "<title>Who is short? Department size: Small" in page
    assert '<p class="scope">Department size: Small</p>' in page
    assert 'class="scope"' not in (folder / "site/tiny/en/01-ok.html").read_text(encoding="utf-8")


def test_the_index_lists_every_page_with_question_parameters_and_status(built: Any) -> None:
    from digiskills.reports import index

    folder, _, _ = built
    text = index.write(folder).read_text(encoding="utf-8")
    for said in (
        'href="tiny/en/01-ok.html">Who is short?',
        'href="tiny/fr/01-ok--department_size-small.html">Qui manque de quoi?',
        "Department size: Small",
        "Taille du ministère\u00a0: Petit",
        "Failed",
        '<section lang="fr">',
    ):
        assert said in text


def test_the_ledger_can_be_damaged(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{", encoding="utf-8")
    assert freshness.read(tmp_path) == {}
    (tmp_path / "run.json").write_text(json.dumps([1]), encoding="utf-8")
    assert freshness.read(tmp_path) == {}


@pytest.mark.parametrize(
    "output",
    [
        nbformat.v4.new_output("stream", name="stdout", text="department_27, staff, 10.97"),
        nbformat.v4.new_output("execute_result", data={"text/plain": "Survey"}, execution_count=1),
        nbformat.v4.new_output("display_data", data={"text/html": '<table class="dataframe"><td>7</td></table>'}),
        nbformat.v4.new_output("display_data", data={"text/html": '<div data-release="guess">7</div>'}),
        nbformat.v4.new_output("display_data", data={"image/png": "AAAA", "text/plain": "<Figure>"}),
    ],
)
def test_what_was_not_released_never_reaches_a_page(output: Any) -> None:
    shown = nbformat.v4.new_output(
        "execute_result", data={"text/html": '<div data-release="m4rk">12</div>', "text/plain": "x"}, execution_count=1
    )
    good = nbformat.v4.new_code_cell("publish(...)", execution_count=1, outputs=[shown])
    bad = nbformat.v4.new_code_cell("secret", execution_count=2, outputs=[output])
    executed = nbformat.v4.new_notebook(cells=[good, bad])
    failure = pass_released(executed, "m4rk")
    assert failure is not None and (failure.cell, failure.source) == (2, "secret")
    assert "department_27" not in failure.message and bad.outputs == []
    assert good.outputs[0].data == {"text/html": "12"}, "the mark is taken off, so that pages are the same each time"


def test_a_silent_notebook_passes() -> None:
    quiet = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1", execution_count=1)])
    assert pass_released(quiet, "m4rk") is None
