"""What people decide against the rules: with a reason or not at all; a headline that would have to go is named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import small_survey

from digiskills import answers, disclosure
from digiskills.disclosure import DeclaredTable, overrides
from digiskills.errors import ReleaseError, StudyError

BY = [(), ("department_size",)]


def test_a_headline_that_would_have_to_go_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    study = small_survey.study(tmp_path)
    received = small_survey.received(3, 300)
    micro = received["department_size"].eq("micro")
    survey = small_survey.survey(study, pd.concat([received[micro].head(8), received[~micro]], ignore_index=True))
    tables = [DeclaredTable(f"01-{at}", "mine", "survey", "respondents", (), by, "2025") for at, by in enumerate(BY)]
    decided = [
        "wave,group,action,reason",
        "2025,department_size=small,keep,promised",
        "2025,department_size=large,keep,promised",
    ]
    (study.folder / "release.csv").write_text("\n".join(decided), encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"unless the headline of respondents goes"):
        disclosure.make(study, tables, lambda wave, dimensions: (survey, answers.count(survey, dimensions)))
    decided.append("2025,,withhold,decided by the owner of the survey")
    (study.folder / "release.csv").write_text("\n".join(decided), encoding="utf-8")
    plan = disclosure.make(study, tables, lambda wave, dimensions: (survey, answers.count(survey, dimensions)))
    assert "override" in {why for cells in plan.withheld.values() for why in cells.values()}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2025,department_size=micro,withhold,", "why, and who decided"),
        ("2025,department_size=tiny,withhold,x", "is no group"),
        ("2024,,withhold,x", "is no wave"),
        ("2025,,hide,x", "is no action"),
    ],
)
def test_a_decision_without_reason_or_object_stops_the_build(
    line: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    study = small_survey.study(tmp_path)
    (study.folder / "release.csv").write_text(f"wave,group,action,reason\n{line}\n", encoding="utf-8")
    with pytest.raises(StudyError, match=said):
        overrides.read(study, "2025")
