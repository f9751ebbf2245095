"""Rows of respondents are not shown, described, exported or pickled by accident."""

from __future__ import annotations

import pickle
import stat
from pathlib import Path

import pandas as pd
import pytest
import small_survey

from digiskills import answers, paths, survey
from digiskills import study as studies
from digiskills.errors import ReleaseError
from digiskills.survey.private import SHOWN


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> survey.Survey:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    return small_survey.survey(small_survey.study(tmp_path), small_survey.received(1, 60))


def test_what_shows_a_table_shows_no_row(private: survey.Survey) -> None:
    labels = set(private.frame["department"].astype(str))
    for text in (repr(private), repr(private.frame), str(private.frame), private.frame._repr_html_()):
        assert "60" in text and not any(label in text for label in labels)


@pytest.mark.parametrize("name", [name for name in SHOWN if name not in ("style", "plot")])
def test_rows_are_not_described_or_exported(name: str, private: survey.Survey) -> None:
    with pytest.raises(ReleaseError, match=r"survey\.reveal\(\)"):
        getattr(private.frame, name)()


def test_neither_rows_nor_counts_are_pickled(private: survey.Survey) -> None:
    for secret in (private, private.frame, answers.count(private)):
        with pytest.raises(ReleaseError):
            pickle.dumps(secret)


def test_one_may_look_but_a_report_may_not(private: survey.Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(private.reveal()) is pd.DataFrame and len(private.reveal().head()) == 5
    monkeypatch.setenv("DIGISKILLS_RUN", "{}")
    with pytest.raises(ReleaseError, match="a report shows no respondent"):
        private.reveal()


def test_processed_data_are_for_their_owner_alone() -> None:
    study = studies.read("ontario")
    survey.process(study)
    answers.read(survey.read(study, "2025"))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in paths.processed("ontario").glob("*.*")}
    assert modes and set(modes.values()) == {0o600}
