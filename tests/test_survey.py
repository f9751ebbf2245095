"""The typed table: recoding by the codebook, missing reasons apart, problems all at once, rows never shown."""

import gzip
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digiskills import study as studies
from digiskills import survey
from digiskills.errors import StudyError, UsageError
from digiskills.intake import passport

STUDY = """
title.en = "T"
title.fr = "T"
[evidence.survey]
kind = "synthetic"
label.en = "Survey"
label.fr = "Sondage"
[dimensions.department_size]
label.en = "Size"
label.fr = "Taille"
categories = [
  { name = "small", label.en = "S", label.fr = "P", code = "1" },
  { name = "large", label.en = "L", label.fr = "G", code = "2" },
]
[dimensions.level]
label.en = "Level"
label.fr = "Niveau"
categories = [{ name = "manager", label.en = "M", label.fr = "G" }, { name = "staff", label.en = "S", label.fr = "P" }]
[[waves]]
name = "2025"
date = 2025-05-31
file = "survey.csv"
[design]
weight = "weight"
stratum = "stratum"
cluster = "department"
population = "strata.csv"
[population]
file = "population.csv"
"""
SURVEY = """type,name,label_en,label_fr,relevant,role,skill,barrier,reverse
hidden,wave,Wave,Cycle,,wave,,,
hidden,department,Department,Ministère,,cluster,,,
hidden,stratum,Stratum,Strate,,stratum,,,
hidden,weight,Weight,Poids,,weight,,,
hidden,department_size,Size,Taille,,frame,,,
select_one level,level,Level,Niveau,,demographic,,,
select_one scale,room,Room,Marge,${level} = 'manager',manager_room,,,
select_multiple channel,used,Used,Utilisé,,training_used,,,
integer,years,Years,Années,,tenure,,,
text,comment,Comment,Commentaire,,,,,
"""
CHOICES = """list_name,name,label_en,label_fr,missing,score
department_size,1,Small,Petit,,
department_size,2,Large,Grand,,
level,manager,Manager,Gestionnaire,,
level,staff,Staff,Personnel,,
level,refused,Prefer not to say,Refus,refused,
scale,low,Low,Faible,,1
scale,high,High,Fort,,2
scale,8,Don’t know,Ne sait pas,dont_know,
channel,peers,Peers,Pairs,,
channel,course,Course,Cours,,
channel,none,None,Aucun,,
channel,dont_know,Don’t know,Ne sait pas,dont_know,
"""
COLUMNS = ["wave", "department", "stratum", "weight", "department_size", "level", "room", "used", "years", "comment"]
ROWS = [
    ["2025", "d1", "h1", "1.5", "1", "manager", "high", "peers course", "3", "my name is Ann"],
    ["2025", "d1", "h1", "2", "1", "manager", "8", "none", "", ""],
    ["2025", "d2", "h1", "1", "2", "manager", "", "dont_know", "10", ""],
    ["2025", "d2", "h1", "1", "2", "staff", "", "", "", ""],
    ["2025", "d3", "h2", "1", "2", "refused", "", "peers", "1", ""],
]
RECEIVED = pd.DataFrame(ROWS, columns=COLUMNS)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> studies.Study:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    folder = tmp_path / "data" / "raw" / "mine"
    (folder / "codebook").mkdir(parents=True)
    files = {
        "study.toml": STUDY,
        "codebook/survey.csv": SURVEY,
        "codebook/choices.csv": CHOICES,
        "strata.csv": "wave,stratum,departments\n2025,h1,4\n2025,h2,2\n2023,h1,9\n",
        "population.csv": "wave,department_size,level,heads\n2025,small,manager,7\n2025,large,staff,9\n",
        "survey.csv": RECEIVED.to_csv(index=False),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    listed = ", ".join(f'{{"name": "r{i}", "path": "{name}"}}' for i, name in enumerate(files) if name != "study.toml")
    (folder / "datapackage.json").write_text(f'{{"resources": [{listed}]}}', encoding="utf-8")
    passport.renew(folder)
    return studies.read("mine")


def test_missing_reasons_are_kept_apart(study: studies.Study) -> None:
    table = survey.from_received(study, study.wave(), RECEIVED)
    assert table.answers("room").tolist() == ["high", "dont_know", "skipped", "not_asked", "not_asked"]
    assert list(table.answers("room").categories) == ["low", "high", "dont_know", "skipped", "not_asked"]
    assert table.answers("level").tolist() == ["manager"] * 3 + ["staff", "refused"]


def test_several_answers_become_one_column_per_option(study: studies.Study) -> None:
    table = survey.from_received(study, study.wave(), RECEIVED)
    assert table.answers("used/peers").tolist() == ["yes", "no", "dont_know", "skipped", "yes"]
    assert table.answers("used/course").tolist() == ["yes", "no", "dont_know", "skipped", "no"]


def test_scores_dimensions_and_design(study: studies.Study) -> None:
    table = survey.from_received(study, study.wave(), RECEIVED)
    np.testing.assert_array_equal(table.scores("room"), [2, np.nan, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(table.scores("years"), [3, np.nan, 10, np.nan, 1])
    assert list(table.dimension("department_size")) == ["small", "small", "large", "large", "large"]
    assert pd.isna(table.dimension("level")[4])
    assert table.weight.tolist() == [1.5, 2, 1, 1, 1]
    with pytest.raises(UsageError, match="without a score"):
        table.scores("level")


def test_no_way_of_showing_prints_a_row(study: studies.Study) -> None:
    table = survey.from_received(study, study.wave(), RECEIVED)
    shown = f"{table} {table!r} {[table]}"
    assert "5 respondents x" in shown
    assert not any(word in shown for word in ("d1", "manager", "1.5", "Ann"))


def test_free_text_stays_behind(study: studies.Study) -> None:
    assert "comment" not in survey.from_received(study, study.wave(), RECEIVED).frame


def test_the_given_frame_is_untouched(study: studies.Study) -> None:
    before = RECEIVED.copy()
    survey.from_received(study, study.wave(), RECEIVED)
    pd.testing.assert_frame_equal(RECEIVED, before)


@pytest.mark.parametrize(
    ("row", "column", "value", "said"),
    [
        (0, "level", "boss", "row 2, column level: ‘boss’ is not in the codebook (manager, staff, refused)"),
        (1, "used", "peers none", "row 3, column used: ‘peers none’"),
        (1, "used", "peers pears", "row 3, column used: ‘peers pears’"),
        (
            2,
            "years",
            "1,0",
            "row 4, column years: ‘1,0’ has a decimal comma (1.0; export the column with a decimal point)",
        ),
        (2, "weight", "", "row 4, column weight: is blank"),
        (3, "department", "", "row 5, column department: is blank"),
        (3, "room", "high", "row 5, column room: ‘high’ is an answer to a question that was not asked"),
        (4, "wave", "2023", "row 6, column wave: ‘2023’ is another wave (2025)"),
    ],
)
def test_a_wrong_cell_is_named(study: studies.Study, row: int, column: str, value: str, said: str) -> None:
    received = RECEIVED.copy()
    received.loc[row, column] = value
    with pytest.raises(StudyError) as caught:
        survey.from_received(study, study.wave(), received)
    assert f"survey.csv, {said}" in str(caught.value)
    assert len(caught.value.problems) == 1


def test_all_wrong_cells_and_columns_are_named_at_once(study: studies.Study) -> None:
    received = RECEIVED.rename(columns={"years": "yeers"}).replace({"level": {"staff": "stuff"}})
    with pytest.raises(StudyError) as caught:
        survey.from_received(study, study.wave(), received)
    said = str(caught.value)
    assert "column years: column is missing" in said
    assert "column yeers: column is not in the codebook (did you mean ‘years’?)" in said
    assert "row 5, column level: ‘stuff’" in said


def test_the_processed_table_is_private_and_follows_its_raw_file(study: studies.Study, tmp_path: Path) -> None:
    first = survey.read(study)
    (made,) = survey.process(study)
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert first.population.to_dict() == {"h1": 4, "h2": 2}
    assert first.heads.to_dict("list") == {
        "department_size": ["small", "large"],
        "level": ["manager", "staff"],
        "heads": [7, 9],
    }
    pd.testing.assert_frame_equal(first.frame, survey.from_received(study, study.wave(), RECEIVED).frame)
    written = made.stat().st_mtime_ns
    survey.read(study)
    assert made.stat().st_mtime_ns == written
    (study.folder / "survey.csv").write_text(RECEIVED.head(3).to_csv(index=False), encoding="utf-8")
    with pytest.raises(StudyError, match="sha256 differs"):
        survey.read(study)
    passport.renew(study.folder)
    assert len(survey.read(study)) == 3
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_a_study_without_its_data_says_where_to_look(study: studies.Study) -> None:
    (study.folder / "survey.csv").unlink()
    with pytest.raises(StudyError, match=r"survey\.csv: is not in the study’s folder"):
        survey.read(study)


@given(st.lists(st.sampled_from(["", "low", "high", "8"]), min_size=1, max_size=30))
def test_each_respondent_has_an_answer_or_one_reason(given_answers: list[str]) -> None:
    study = studies.Study("mine", Path(), {}, {}, {}, (studies.Wave("w", pd.Timestamp("2025-01-01").date(), "f"),))
    from digiskills.codebook import Choice, Codebook, Item

    choices = (Choice("low", {}, "", 1), Choice("high", {}, "", 2), Choice("8", {}, "dont_know"))
    study.__dict__["codebook"] = Codebook({"room": Item("room", "select_one", {}, choices)})
    table = survey.from_received(study, study.waves[0], pd.DataFrame({"room": given_answers}))
    expected = [{"": "skipped", "8": "dont_know"}.get(given, given) for given in given_answers]
    assert table.answers("room").tolist() == expected
    assert np.isnan(table.scores("room")).sum() == sum(given in ("", "8") for given in given_answers)


def test_gzip_is_read_as_it_comes(study: studies.Study) -> None:
    (study.folder / "survey.csv.gz").write_bytes(gzip.compress(RECEIVED.to_csv(index=False).encode(), mtime=0))
    (study.folder / "survey.csv").unlink()
    for name in ("study.toml", "datapackage.json"):
        path = study.folder / name
        path.write_text(
            path.read_text(encoding="utf-8")
            .replace('survey.csv"', 'survey.csv.gz"', 2)
            .replace("codebook/survey.csv.gz", "codebook/survey.csv"),
            encoding="utf-8",
        )
    passport.renew(study.folder)
    assert len(survey.read(studies.read("mine"))) == 5


@pytest.mark.parametrize(
    ("right", "slip", "said"),
    [
        ('weight = "weight"', 'weight = "wieght"', "column design.weight: ‘wieght’ is no column of the codebook"),
        ('cluster = "department"', 'cluster = "departement"', "did you mean ‘department’?"),
    ],
)
def test_a_design_that_names_no_column_is_told(study: studies.Study, right: str, slip: str, said: str) -> None:
    path = study.folder / "study.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(right, slip), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        survey.read(studies.read("mine"))
    assert said in str(caught.value)


def test_counts_without_their_column_are_told(study: studies.Study) -> None:
    (study.folder / "strata.csv").write_text("wave,strata,departments\n2025,h1,4\n", encoding="utf-8")
    passport.renew(study.folder)
    with pytest.raises(StudyError, match=r"strata\.csv, row 1, column stratum: column is missing"):
        survey.read(study)
