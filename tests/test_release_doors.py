"""Every way around the release that comes to mind: each is refused, or shows nothing."""

from __future__ import annotations

import dataclasses
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import matplotlib
import nbformat
import pandas as pd
import pytest
import small_survey

from digiskills import answers, charts, disclosure, exhibits, notebook, tables, words
from digiskills.disclosure import DeclaredTable, Released
from digiskills.errors import ReleaseError
from digiskills.reports.gate import pass_released
from digiskills.survey import Survey

matplotlib.use("agg")
TABLE = DeclaredTable(
    "05-gap", "mine", "survey", "barrier_side", ("no_time", "good_tools"), ("department_size", "level"), "2025"
)
ABOUT = {"parameters": {}, "data_digest": "", "code_version": "0"}


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    folder = tmp_path_factory.mktemp("doors")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        study = small_survey.study(folder)
        return small_survey.survey(study, small_survey.received(2, 450))


@pytest.fixture(scope="module")
def estimates(survey: Survey) -> pd.DataFrame:
    return disclosure.estimate(TABLE, survey.study, lambda _, by: (survey, answers.count(survey, by)))


@pytest.fixture(scope="module")
def released(survey: Survey, estimates: pd.DataFrame) -> Released:
    plan = disclosure.make(survey.study, [TABLE], lambda _, by: (survey, answers.count(survey, by)))
    made = disclosure.release(estimates, TABLE, survey.study, plan=plan, language="en")
    assert made.frame["withheld"].ne("").any() and made.frame["withheld"].eq("").any()
    return made


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a build sets while a notebook runs."""
    run = {"exhibits": str(tmp_path), "notebook": "05-x", "parameters": {}, "href": "files"}
    monkeypatch.setenv(notebook.RUN, json.dumps(run))
    return tmp_path


def raw(released: Released, estimates: pd.DataFrame) -> Released:
    """The same table with the numbers that were taken out put back."""
    return dataclasses.replace(released, frame=estimates.assign(withheld=""))


def one_number(released: Released) -> Released:
    """The same table with one number written over."""
    frame = released.frame.copy()
    frame.loc[frame["withheld"].ne("").idxmax(), ["n", "estimate", "withheld"]] = [7.0, 0.5, ""]
    return dataclasses.replace(released, frame=frame)


def by_hand(released: Released, estimates: pd.DataFrame) -> Released:
    """A table that nothing released, with the id of one that was declared."""
    frame = estimates.assign(withheld="")
    return Released(frame, TABLE, frozenset({"05-gap"}), released.study, "en", released.method)


WAYS: dict[str, Callable[[Released, pd.DataFrame], object]] = {
    "estimates": lambda released, estimates: estimates,
    "frame of a released table": lambda released, estimates: released.frame,
    "numbers put back": raw,
    "a number written over": lambda released, estimates: one_number(released),
    "a drawing of numbers put back": lambda released, estimates: charts.heatmap(raw(released, estimates)),
    "a true drawing with another table": lambda released, estimates: dataclasses.replace(
        charts.heatmap(released), released=raw(released, estimates)
    ),
    "made by hand": by_hand,
    "a drawing made by hand": lambda released, estimates: charts.heatmap(by_hand(released, estimates)),
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_unreleased_is_published(way: str, released: Released, estimates: pd.DataFrame, build: Path) -> None:
    with pytest.raises(ReleaseError, match=r"did not pass disclosure control|not as they were released"):
        notebook.publish("05-gap", WAYS[way](released, estimates))  # type: ignore[arg-type]
    assert list(build.iterdir()) == []


@pytest.mark.parametrize("way", ["numbers put back", "a number written over", "a drawing of numbers put back"])
def test_exhibits_refuse_a_changed_table_outside_a_notebook_too(
    way: str, released: Released, estimates: pd.DataFrame, tmp_path: Path
) -> None:
    with pytest.raises(ReleaseError, match="not as they were released"):
        exhibits.publish("05-gap", WAYS[way](released, estimates), folder=tmp_path, **ABOUT)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_what_was_released_is_published_whole_or_in_part(released: Released, build: Path) -> None:
    notebook.publish("05-gap", released)
    text = (build / "05-gap.csv").read_text(encoding="utf-8")
    assert text.count("protected") == released.frame["withheld"].ne("").sum()
    released.only(item="no_time").refuse_changed()
    charts.heatmap(released).released.refuse_changed()


SAID = [words.findings_barriers, words.caption, words.title, words.rows, tables.html, charts.heatmap]


@pytest.mark.parametrize("say", SAID, ids=lambda say: say.__name__)
def test_words_tables_and_charts_take_released_tables_only(say, estimates: pd.DataFrame) -> None:
    with pytest.raises((AttributeError, TypeError, ReleaseError)):
        say(estimates)


def test_a_cell_that_shows_or_prints_by_itself_makes_no_page(survey: Survey, estimates: pd.DataFrame) -> None:
    shows = [
        nbformat.v4.new_output("execute_result", {"text/html": estimates.to_html(), "text/plain": str(estimates)}),
        nbformat.v4.new_output("display_data", {"text/plain": repr(survey)}),
        nbformat.v4.new_output("display_data", {"image/png": "iVBORw0KGgo="}),
        nbformat.v4.new_output("stream", name="stdout", text=str(survey)),
    ]
    for output in shows:
        cell = nbformat.v4.new_code_cell("frame")
        cell.outputs = [output]
        told = pass_released(nbformat.v4.new_notebook(cells=[cell]), "secret")
        assert told is not None and "what was not released" in str(told.message) and cell.outputs == []


def test_rows_of_respondents_leave_in_no_other_way(survey: Survey, build: Path) -> None:
    for way in ("to_html", "head", "describe", "to_csv", "to_parquet", "to_pickle", "to_string"):
        with pytest.raises(ReleaseError):
            getattr(survey.frame, way)()
    for way in (pickle.dumps, lambda frame: pickle.dumps({"frame": frame}), lambda frame: survey.reveal()):
        with pytest.raises(ReleaseError):
            way(survey.frame)
    assert "d01" not in f"{survey!r} {survey.frame!r} {survey.frame._repr_html_()}"
