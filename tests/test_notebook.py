"""What a notebook imports: scopes, thresholds and the door through which its exhibits leave."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import in_process
import numpy as np
import pytest

from digiskills import disclosure
from digiskills.errors import ReleaseError, UsageError
from digiskills.notebook import RUN, OpenStudy, open_study, publish, say

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = in_process.copy_of(CHECKOUT, tmp_path_factory.mktemp("notebook") / "root")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(root))
        in_process.prepare("ontario")
    return root


@pytest.fixture(autouse=True)
def at_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(root))


def in_a_build(monkeypatch: pytest.MonkeyPatch, folder: Path, notebook: str, **parameters: str) -> None:
    run = {"notebook": notebook, "exhibits": str(folder), "parameters": parameters, "release": "m4rk"}
    monkeypatch.setenv(RUN, json.dumps(run))


def opened(**limits: str | int) -> OpenStudy:
    return open_study("ontario", "en", **limits)  # type: ignore[arg-type]


def test_a_scope_limits_the_numbers() -> None:
    everyone, staff = opened().survey().respondents(), opened(level="staff").survey().respondents()
    by_level = opened().survey().respondents(by=["level"]).frame.set_index("level")
    assert staff.frame["n"].item() == by_level.loc["staff", "n"] < everyone.frame["n"].item()
    assert staff.where == {"level": "staff"}


def test_a_cell_can_be_run_again() -> None:
    again = open_study(opened(), "fr", level="staff")
    assert (again.study.name, again.language, again.where) == ("ontario", "fr", {"level": "staff"})


def test_what_does_not_exist_is_told() -> None:
    with pytest.raises(UsageError, match="no category ‘stuff’: did you mean ‘staff’"):
        opened(level="stuff")
    with pytest.raises(UsageError, match="no language ‘de’"):
        open_study("ontario", "de")


def test_the_readers_stricter_threshold_is_kept() -> None:
    cells = ["department_size", "level"]
    usual = opened().survey().respondents(by=cells).frame
    strict = opened(smallest_group=100).survey().respondents(by=cells).frame
    assert (usual["n"].dropna() < 100).any() and not (strict["n"].dropna() < 100).any()


def test_a_plan_made_for_other_data_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    study = opened()
    assert study.plan is not None
    other = dataclasses.replace(study, plan=dataclasses.replace(study.plan, inputs={"2025": "other", "2023": "other"}))
    assert other.survey().respondents().ids == frozenset(), "in JupyterLab the table is for looking only"
    in_a_build(monkeypatch, tmp_path, "01-who-answered")
    with pytest.raises(ReleaseError, match="made for other data"):
        other.survey().respondents()


def test_only_declared_tables_of_this_notebook_and_scope_are_published(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    in_a_build(monkeypatch, tmp_path, "01-who-answered", department_size="all", level="all")
    everyone = opened().survey().respondents()
    assert publish("01-respondents", everyone).html.startswith('<div data-release="m4rk"><figure')
    with pytest.raises(ReleaseError, match="another notebook’s exhibit"):
        publish("10-respondents", everyone)
    with pytest.raises(ReleaseError, match="was not declared"):
        publish("01-respondents", opened().survey().respondents(by=["region"]))
    with pytest.raises(ReleaseError, match="is limited to nothing"):
        in_a_build(monkeypatch, tmp_path, "01-who-answered", level="staff")
        publish("01-respondents", everyone)
    with pytest.raises(ReleaseError, match="did not pass disclosure control"):
        publish("01-respondents", everyone.frame)  # type: ignore[arg-type]


def test_documents_without_participants_are_counted_one_by_one() -> None:
    coded = opened().focus_groups()
    others = coded.themes(by=["document"], scope="others").frame
    assert "making-digital-happen" not in set(others["document"]) and others["document"].nunique() > 1
    with pytest.raises(UsageError, match="never pooled"):
        coded.themes(scope="others")


def test_figures_of_others_have_no_interval_and_keep_their_side() -> None:
    figures = opened().published().figures().frame
    assert figures[["se", "df", "low", "high"]].isna().all(axis=None)
    favourable = figures["item"].eq("A3d")
    assert figures.loc[favourable, "label_en"].str.endswith("[disagree]").all() and favourable.any()
    with pytest.raises(UsageError, match="no survey published figures by region"):
        opened().published().figures(by=["region"])


def test_a_study_whose_clusters_are_hidden_gets_no_error() -> None:
    study = opened()
    hidden = dataclasses.replace(study.study, design=dataclasses.replace(study.study.design, intervals=False))
    survey = study.survey()
    table = survey.gaps()
    shown = disclosure.release(table.frame.drop(columns="withheld"), table.table, hidden, plan=None, language="en")
    assert shown.frame[["se", "df", "low", "high"]].isna().all(axis=None)
    assert np.isfinite(shown.frame["estimate"]).all()


def test_sentences_are_escaped() -> None:
    assert say("a < b", ["c"]).data == "<ul><li>a &lt; b</li><li>c</li></ul>"
