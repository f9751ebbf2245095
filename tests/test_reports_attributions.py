"""A build that would show one passage under two attributions fails, and takes the page away."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tiny_site import declare, notebook, site

from digiskills import paths
from digiskills import study as studies
from digiskills.disclosure import passages
from digiskills.notebook import open_study
from digiskills.notebook import passages as shown_passages
from digiskills.reports import attributions, declared, freshness, run

ROOT = Path(__file__).parents[1]


def quoting(attribution: str, passage: str = "MD1") -> str:
    """Return a cell that shows a passage."""
    told = {"passage": passage, "attribution_en": attribution, "attribution_fr": f"{attribution} (fr)"}
    return (
        "from digiskills.notebook.run import marked\nfrom IPython.display import HTML\n"
        f"HTML(marked({f'<blockquote{passages.marks(told)}>we have no tools</blockquote>'!r}))"
    )


def test_a_build_shows_no_passage_under_two_attributions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = site(
        tmp_path,
        declare("01-one", "02-two", "03-other"),
        n01_one=notebook(quoting("Executive")),
        n02_two=notebook(quoting("Executive")),
        n03_other=notebook(quoting("Staff", "MD2")),
    )
    monkeypatch.setenv("DIGISKILLS_ROOT", str(root))
    reports = declared.reports()
    folder = root / "reports"
    assert {one.status for one in run.build(reports, reports, folder)} == {"made"}
    # Another attribution on one of the two pages: its page gives way, and stays stale until both agree.
    (root / "notebooks" / "02-two.ipynb").unlink()
    site_notebook(root, "02-two", quoting("Executive, small department"))
    second = [one for one in reports if one.page == "02-two"]
    found = {one.report.key: one for one in run.build(second, reports, folder)}
    assert {name: one.status for name, one in found.items()} == {"tiny/en/02-two": "failed", "tiny/fr/02-two": "failed"}
    assert "under two attributions, of which one tells the other: MD1" in found["tiny/en/02-two"].error
    page = (folder / "site/tiny/en/02-two.html").read_text(encoding="utf-8")
    assert "we have no tools" not in page and "under two attributions" in page
    assert not (folder / "runs/tiny/en/02-two.ipynb").exists()
    ledger = freshness.read(folder)
    assert ledger["tiny/fr/02-two"]["status"] == "failed" and ledger["tiny/fr/01-one"]["status"] == "made"
    site_notebook(root, "01-one", quoting("Executive, small department"))
    both = [one for one in reports if one.page != "03-other"]
    assert {one.status for one in run.build(both, reports, folder)} == {"made"}


def site_notebook(root: Path, name: str, cell: str) -> None:
    import nbformat

    nbformat.write(notebook(cell), root / "notebooks" / f"{name}.ipynb")


def test_all_that_the_notebooks_show_carries_its_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    for language in ("en", "fr"):
        opened = open_study("ontario", language)
        examples = shown_passages("03-passages-to-read", opened.focus_groups().examples(each=2))
        pages = [examples.data, opened.joint_display().html]
        for page in pages:
            told = passages.shown(page)
            assert len(told) == page.count("<blockquote") > 0
        assert passages.two_attributions(map(passages.shown, pages)) == []
        released = opened.focus_groups().texts().frame.set_index("passage")
        for row in pd.concat(map(passages.shown, pages)).itertuples():
            assert released.loc[row.passage, ["attribution_en", "attribution_fr"]].tolist() == list(row[2:])


def test_the_log_is_written_before_a_build_and_left_where_nothing_is_to_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared_study = studies.read("ontario")
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    attributions.log(declared_study)
    log = pd.read_csv(paths.processed("ontario") / "passages_log.csv")
    assert log.groupby("passage").tail(1)["reason"].value_counts()["shown"] > 100
    root = site(tmp_path / "other", declare("01-one"))
    monkeypatch.setenv("DIGISKILLS_ROOT", str(root))
    attributions.log(studies.read("tiny"))
    assert not list(root.rglob("passages_log.csv"))


def test_every_page_of_a_site_is_read(tmp_path: Path) -> None:
    told = {"passage": "MD1", "attribution_en": "Staff", "attribution_fr": "Personnel"}
    for name, page in {"en/a": f"<p{passages.marks(told)}>x</p>", "fr/b": "<p>nothing</p>"}.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
    found = attributions.on_pages(tmp_path)
    assert list(found) == [tmp_path / "en" / "a.html"]
    assert found[tmp_path / "en" / "a.html"].to_dict("records") == [told]
