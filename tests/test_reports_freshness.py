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

from digiskills.reports import declared, freshness, imports
from digiskills.reports.declared import Table

TABLE = Table("01-x", "published", "figures")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(site(tmp_path, declare("01-ok"), n01_ok=notebook("1"))))
    return tmp_path


def key(**changes: object) -> str:
    """Return the key of the first report, some of its parts replaced."""
    report = replace(declared.reports()[0], **changes)  # type: ignore[arg-type]
    return freshness.key(freshness.parts(report, freshness.inputs("tiny", [report])))


def edit(path: Path, change: Callable[[nbformat.NotebookNode], None]) -> None:
    node = nbformat.read(path, as_version=4)
    change(node)
    nbformat.write(node, path)


def test_the_same_is_fresh(root: Path) -> None:
    assert key() == key()


@pytest.mark.parametrize(
    ("file", "more"),
    [
        ("data/raw/tiny/study.toml", "\nfewest_clusters = 4"),
        ("notebooks/reports.toml", "# more"),
        ("requirements.lock", "more"),
        ("data/raw/tiny/new.csv", "more"),
    ],
)
def test_a_changed_file_counts(root: Path, file: str, more: str) -> None:
    before = key()
    with (root / file).open("a", encoding="utf-8") as opened:
        opened.write(more)
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


def both() -> list[str]:
    """Return the keys of the English and of the French page."""
    reports = declared.reports()
    shared = freshness.inputs("tiny", reports)
    return [freshness.key(freshness.parts(report, shared)) for report in reports]


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("data/raw/tiny/codebook/survey.csv", "D,D,,needed", "D,{},,needed"),
        ("data/raw/tiny/codebook/choices.csv", "low,L,F", "low,L,{}"),
        ("data/raw/tiny/study.toml", "Une toute petite", "{}"),
    ],
)
def test_a_french_word_makes_french_pages_only(root: Path, file: str, before: str, after: str) -> None:
    (english, french), path = both(), root / file
    path.write_text(path.read_text(encoding="utf-8").replace(before, after.format("autre")), encoding="utf-8")
    changed = both()
    assert changed[0] == english and changed[1] != french


def test_a_passport_counts_but_not_its_digests(root: Path) -> None:
    path = root / "data/raw/tiny/datapackage.json"
    keys = []
    for digest, licence in (("sha256:1", "A"), ("sha256:2", "A"), ("sha256:2", "B")):
        path.write_text(json.dumps({"resources": [{"hash": digest, "bytes": 1, "licence": licence}]}), encoding="utf-8")
        keys.append(key())
    assert keys[0] == keys[1] != keys[2]


@pytest.fixture
def package(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a package in which charts need colours, and nothing needs maps; notebook 01 imports charts."""
    folder = root / "package"
    sources = {
        "charts/__init__.py": "from digiskills.charts import (\n    dots,\n)",
        "charts/dots.py": "def dots():\n    from digiskills import colours",
        "colours.py": "",
        "maps.py": "",
        "words/catalogue.py": "",
        "words/catalogue.toml": '[a]\nen = "one"\nfr = "un"',
        "reports/pages.py": "import digiskills.words.catalogue",
        "reports/template/style.css": "",
    }
    for name, source in sources.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source, encoding="utf-8")
    monkeypatch.setattr(imports, "root", lambda: folder)
    edit(root / "notebooks/01-ok.ipynb", lambda node: node.cells[-1].update(source="from digiskills import charts"))
    return folder


@pytest.mark.parametrize(
    ("name", "counts"),
    [("colours.py", True), ("charts/dots.py", True), ("reports/template/style.css", True), ("maps.py", False)],
)
def test_of_the_package_only_what_a_notebook_needs_counts(package: Path, name: str, counts: bool) -> None:
    before = key()
    (package / name).write_text("# changed", encoding="utf-8")
    assert (key() != before) == counts


def test_a_french_word_of_the_package_makes_french_pages_only(package: Path) -> None:
    english, french = both()
    (package / "words/catalogue.toml").write_text('[a]\nen = "one"\nfr = "une"', encoding="utf-8")
    changed = both()
    assert changed[0] == english and changed[1] != french


def test_compiled_files_do_not_count(package: Path) -> None:
    before = key()
    (package / "charts" / "module.pyc").write_text("compiled", encoding="utf-8")
    assert key() == before


def test_every_module_that_a_notebook_loads_is_known_to_it() -> None:
    """What Python imports in truth for a notebook is among the files that its key counts."""
    code = "import sys; from digiskills import charts, words; from digiskills.notebook import open_study"
    told = "import json; print(json.dumps([m.__file__ for m in sys.modules.values() if 'digiskills' in m.__name__]))"
    ran = subprocess.run([sys.executable, "-c", f"{code}\n{told}"], capture_output=True, check=True).stdout
    known = set(imports.files(frozenset(imports.names(code.replace("; ", "\n"))), imports.root()))
    assert {Path(file) for file in json.loads(ran) if file} <= known


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
    assert freshness.state(report, "k", {}, folder) == "never made"


def test_what_has_changed_is_named(root: Path) -> None:
    report = declared.reports()[0]

    def now() -> dict[str, str]:
        return freshness.parts(report, freshness.inputs("tiny", [report]))

    ledger = {report.key: {"parts": now()}}
    assert freshness.changed(report, now(), ledger) == ["files made"]
    assert freshness.changed(report, now(), {}) == []
    (root / "data/raw/tiny/new.csv").write_text("more", encoding="utf-8")
    edit(root / "notebooks/01-ok.ipynb", lambda node: node.cells[-1].update(source="2"))
    assert freshness.changed(report, now(), ledger) == ["notebook", "data"]


def test_what_failed_is_told_as_failed(root: Path) -> None:
    report = declared.reports()[0]
    ledger = {report.key: {"status": "failed", "key": "k", "outputs": {}}}
    assert freshness.state(report, "k", ledger, root) == "failed"
    assert freshness.state(report, "other", ledger, root) == "stale"


def test_nothing_heavy_is_imported_to_find_that_nothing_is_to_be_done() -> None:
    code = "import sys, json, digiskills.commands, digiskills.reports.run; print(json.dumps(sorted(sys.modules)))"
    modules = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert {"scipy", "matplotlib", "IPython", "nbformat", "papermill", "nbconvert"} & set(modules) == set()
