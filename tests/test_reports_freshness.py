"""A report runs again when anything it rests on has changed, and only then."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from tiny_site import declare, notebook, site

from digiskills.reports import declared, freshness
from digiskills.reports.declared import Table

TABLE = Table("01-x", "published", "figures")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(site(tmp_path, declare("01-ok"), n01_ok=notebook("1"))))
    return tmp_path


def key(**changes: object) -> str:
    """Return the key of the first report, some of its parts replaced."""
    report = replace(declared.reports()[0], **changes)  # type: ignore[arg-type]
    return freshness.key(report, freshness.inputs("tiny", [report]))


def edit(path: Path, change: Callable[[nbformat.NotebookNode], None]) -> None:
    node = nbformat.read(path, as_version=4)
    change(node)
    nbformat.write(node, path)


def test_the_same_is_fresh(root: Path) -> None:
    assert key() == key()


@pytest.mark.parametrize(
    "file",
    ["data/raw/tiny/study.toml", "notebooks/reports.toml", "requirements.lock", "data/raw/tiny/new.csv"],
)
def test_a_changed_file_counts(root: Path, file: str) -> None:
    before = key()
    with (root / file).open("a", encoding="utf-8") as opened:
        opened.write("\n# more\n")
    assert key() != before


def test_source_and_tags_of_a_notebook_count(root: Path) -> None:
    path, before = root / "notebooks/01-ok.ipynb", key()
    edit(path, lambda node: node.cells[-1].metadata.update(tags=["remove-input"]))
    tagged = key()
    edit(path, lambda node: node.cells[-1].update(source="2"))
    assert len({before, tagged, key()}) == 3


def test_outputs_ids_and_counts_of_a_notebook_do_not_count(root: Path) -> None:
    before = key()
    edit(root / "notebooks/01-ok.ipynb", lambda node: node.cells[-1].update(execution_count=7, id="other"))
    assert key() == before


def test_parameters_and_planned_tables_count(root: Path) -> None:
    keys = {
        key(),
        key(parameters={"level": "staff"}),
        key(tables=(TABLE,)),
        key(tables=(replace(TABLE, by=("level",)),)),
    }
    assert len(keys) == 4


def test_the_package_and_its_template_count(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = root / "package"
    (package / "reports" / "template").mkdir(parents=True)
    monkeypatch.setattr(freshness, "__file__", str(package / "reports" / "freshness.py"))
    before = key()
    (package / "reports" / "template" / "style.css").write_text("p {}", encoding="utf-8")
    styled = key()
    (package / "module.pyc").write_text("compiled", encoding="utf-8")
    assert before != styled == key()


def test_a_changed_or_missing_output_is_stale(root: Path) -> None:
    report, folder = declared.reports()[0], root / "reports"
    folder.mkdir()
    page = folder / "page.html"
    page.write_text("1", encoding="utf-8")
    ledger = {report.key: {"status": "made", "key": "k", "outputs": dict(freshness.digests([page], folder))}}
    assert freshness.state(report, "k", ledger, folder) == "fresh"
    assert freshness.state(report, "other", ledger, folder) == "stale"
    page.write_text("2", encoding="utf-8")
    assert freshness.state(report, "k", ledger, folder) == "stale"
    page.unlink()
    assert freshness.state(report, "k", ledger, folder) == "stale"
    assert freshness.state(report, "k", {}, folder) == "stale"


def test_what_failed_is_told_as_failed(root: Path) -> None:
    report = declared.reports()[0]
    ledger = {report.key: {"status": "failed", "key": "k", "outputs": {}}}
    assert freshness.state(report, "k", ledger, root) == "failed"
    assert freshness.state(report, "other", ledger, root) == "stale"


def test_nothing_heavy_is_imported_to_find_that_nothing_is_to_be_done() -> None:
    code = "import sys, json, digiskills.cli, digiskills.reports.run; print(json.dumps(sorted(sys.modules)))"
    modules = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert {"scipy", "matplotlib", "IPython", "nbformat", "papermill", "nbconvert"} & set(modules) == set()
