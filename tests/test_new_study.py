"""A study from received files: what is read, what is guessed and marked, what is asked, and that no file is touched."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from digiskills import check, codebook, new_study, paths
from digiskills import study as studies
from digiskills.codebook.form import form
from digiskills.errors import StudyError, UsageError
from digiskills.intake import passport
from digiskills.new_study import roles, scales
from digiskills.new_study.found import FoundChoice, FoundItem

ROOT = Path(__file__).parents[1]
EPS = ("surveys", "wa-eps-2015")
SAV = ["wa_eps_2015.sav"]
CSV = ["full_survey_data.csv", "question-key.csv", "response-key.csv"]
AGREE = ["Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree"]
LEVELS = ["None", "Basic", "Intermediate", "Advanced", "Expert"]


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    return tmp_path


def csv(path: Path, columns: dict[str, list[str]], rows: int = 60) -> Path:
    """Write a table in which each column runs through its values."""
    frame = pd.DataFrame({name: [values[row % len(values)] for row in range(rows)] for name, values in columns.items()})
    frame.to_csv(path, index=False)
    return path


def make(path: Path | list[Path], answers: dict[str, str] | None = None, name: str = "mine") -> new_study.Made:
    return new_study.make(name, path if isinstance(path, list) else [path], answers or {})


PLAIN = {
    "size": ["Small", "Large", "Medium"],
    "level": ["Executive", "Staff"],
    "need_data": LEVELS,
    "have_data": LEVELS[1:] + LEVELS[:1],
    "no_time": [*AGREE, "Don't know"],
    "comment": [f"A remark of person {number}" for number in range(60)],
    "age": [str(number) for number in range(20, 65)],
}


def test_a_plain_table_becomes_a_study_that_is_ready(root: Path) -> None:
    made = make(csv(root / "answers.csv", PLAIN), {"barrier": "no_time", "date": "2025-05-31"})
    assert check.study("mine") == []
    declared = studies.read("mine")
    assert declared.dimensions["department_size"].names == ("small", "medium", "large"), "in the order of their words"
    pairs = [(pair.skill, pair.needed, pair.held) for pair in declared.codebook.pairs()]
    assert pairs == [("data", "need_data", "have_data")]
    assert [choice.score for choice in declared.codebook.item("have_data").answers] == [1, 2, 3, 4, 5]
    assert [choice.name for choice in declared.codebook.item("no_time").answers] == AGREE
    assert declared.codebook.item("no_time").reasons[0].missing == "dont_know"
    assert not declared.codebook.item("no_time").reverse, "its words name a lack"
    assert made.settled.open == ("weight", "stratum", "cluster")


def test_free_text_never_reaches_the_codebook(root: Path) -> None:
    rare = {**PLAIN, "gender": ["f", "m"] * 29 + ["Ms Anne-Marie Duplessis"]}
    make(csv(root / "answers.csv", rare, 59))
    text = (paths.raw("mine") / "codebook" / "choices.csv").read_text(encoding="utf-8")
    assert "remark" not in text and "Duplessis" not in text
    kinds = {item.name: item.kind for item in studies.read("mine").codebook.items.values()}
    assert (kinds["comment"], kinds["gender"], kinds["age"]) == ("text", "text", "integer")


def test_the_received_file_is_kept_as_it_came_and_cannot_be_written(root: Path) -> None:
    given_file = csv(root / "answers.csv", PLAIN)
    before = given_file.read_bytes()
    kept = make(given_file).folder / "answers.csv"
    assert given_file.read_bytes() == kept.read_bytes() == before
    assert stat.S_IMODE(kept.stat().st_mode) == 0o444
    listed = passport.read(kept.parent).resource("answers.csv")
    assert (listed.sha256, listed.disclosure_level) == (hashlib.sha256(before).hexdigest(), "private")
    assert "answers.csv" in (kept.parent / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_every_guess_is_marked_and_every_open_question_listed(root: Path) -> None:
    make(csv(root / "answers.csv", {**PLAIN, "poids": ["1.5", "0.5"]}))
    lines = (paths.raw("mine") / "study.toml").read_text(encoding="utf-8").splitlines()
    assert 'weight = "poids"  # guess: its name says so' in lines
    assert any(line.startswith("# open: cluster: ") for line in lines)
    notes = check.notes("mine")
    assert sum("guess: weight: its name says so" in note for note in notes) == 1
    assert sum(": open: " in note for note in notes) == 3
    assert "codebook/survey.csv: 8 rows with something in the column guess" in notes


def test_an_answer_given_is_no_guess_and_none_says_that_there_is_none(root: Path) -> None:
    given_answers = {"size": "size", "level": "none", "weight": "none", "departments_hidden": "yes", "needed": "none"}
    made = make(csv(root / "answers.csv", PLAIN), given_answers)
    text = (made.folder / "study.toml").read_text(encoding="utf-8")
    declared = studies.read("mine")
    assert 'without = ["level"]' in text and 'item = "size"\n' in text and "# open: weight" not in text
    assert "level" not in declared.dimensions and not declared.design.intervals
    assert declared.codebook.pairs() == []


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"size": "siez"}, "size: there is no column ‘siez’: did you mean ‘size’?"),
        ({"size": "age"}, "size: ‘age’ has no list of answers"),
        ({"size": "size,level"}, "size: one column only, not 2"),
        ({"date": "31/05/2025"}, "date: ‘31/05/2025’ is no day such as 2025-05-31"),
        ({"departments_hidden": "maybe"}, "departments_hidden: ‘maybe’ is neither yes nor no"),
        ({"needed": "need_data", "held": "have_data,no_time"}, "1 columns are needed and 2 held: they go in pairs"),
        ({"barrier": "no_time", "favourable": "size"}, "favourable: ‘size’ is not among the statements"),
    ],
)
def test_an_answer_that_cannot_be_stops_before_anything_is_made(root: Path, answers: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        make(csv(root / "answers.csv", PLAIN), answers)
    assert said in str(caught.value)
    assert not (root / "data").exists()


def test_answers_are_given_by_options_and_by_a_file(root: Path) -> None:
    (root / "a.toml").write_text('size = "Q1"\nbarrier = ["Q5", "Q6"]\n', encoding="utf-8")
    assert new_study.given(["size=Q2"], root / "a.toml") == {"size": "Q2", "barrier": "Q5,Q6"}
    with pytest.raises(UsageError, match="did you mean ‘level’") as caught:
        new_study.given(["levle=Q2", "nothing"])
    assert "--answer nothing: write QUESTION=VALUE" in str(caught.value)


def test_somebody_is_asked_again_after_a_slip(root: Path) -> None:
    said = {"size": iter(["siez", "size"]), "weight": iter(["none"])}
    asked: list[tuple[str, str]] = []

    def ask(question: str, text: str, guess: str) -> str:
        asked.append((question, text))
        return next(said[question]) if question in said else guess

    made = new_study.make("mine", [csv(root / "answers.csv", PLAIN)], {}, ask=ask)
    again = [text for question, text in asked if question == "size"]
    assert len(again) == 2 and "did you mean ‘size’?" in again[1]
    assert made.settled.values["level"] == "level" and not made.settled.guessed, "what somebody accepts is no guess"
    assert made.settled.open == ("stratum", "cluster", "barrier")


def test_two_files_of_answers_are_two_waves(root: Path) -> None:
    waves = [csv(root / f"staff_{year}.csv", PLAIN) for year in (2023, 2025)]
    make(waves)
    assert [(wave.name, wave.file) for wave in studies.read("mine").waves] == [
        ("2023", "staff_2023.csv"),
        ("2025", "staff_2025.csv"),
    ]
    assert check.study("mine") == []
    other = csv(root / "staff_2027.csv", {name: cells for name, cells in PLAIN.items() if name != "age"})
    with pytest.raises(StudyError, match=r"staff_2027\.csv, row 1, column age: column is missing; staff_2023"):
        make([waves[0], other], name="third")


# Scales


def choices(*words: str) -> tuple[FoundChoice, ...]:
    return tuple(FoundChoice(str(number), {"en": word}) for number, word in enumerate(words, start=1))


@pytest.mark.parametrize(
    ("words", "scores"),
    [
        (AGREE, ["1", "2", "3", "4", "5"]),
        (AGREE[::-1], ["5", "4", "3", "2", "1"]),
        (["Yes", "No"], ["1", "0"]),
        (["Very satisfied", "So so", "Very dissatisfied"], ["3", "2", "1"]),
        (["Jamais", "Parfois", "Toujours"], ["1", "2", "3"]),
        (["Tout à fait d’accord", "D’accord", "En désaccord"], ["3", "2", "1"]),
        (["Policy", "Programs", "Other"], ["", "", ""]),
        (["Agree", "Policy"], ["", ""]),
    ],
)
def test_scores_follow_words_that_are_known(words: list[str], scores: list[str]) -> None:
    found, why = scales.scored(choices(*words))
    assert [choice.score for choice in found] == scores
    assert bool(why) == bool(scores[0])


def test_the_words_of_two_ends_are_not_enough_where_the_order_is_that_of_letters() -> None:
    assert scales.scored(choices("Very satisfied", "So so", "Very dissatisfied"), in_order=False)[1] == ""


@given(st.permutations(AGREE))
def test_scores_do_not_hang_on_the_order_of_answers(words: list[str]) -> None:
    put_right, _ = scales.ordered(choices(*words), in_order=False)
    assert [choice.labels["en"] for choice in put_right] == AGREE
    by_word = {choice.labels["en"]: choice.score for choice in scales.scored(choices(*words))[0]}
    assert by_word == dict(zip(AGREE, "12345", strict=True))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Do not know or does not apply", "dont_know"),
        ("Je préfère ne pas répondre", "refused"),
        ("Prefer not to say", "refused"),
        ("Sans objet", "not_applicable"),
        ("Not at all", ""),
        ("No", ""),
        ("No, but know where to find out", ""),
    ],
)
def test_reasons_for_no_answer_are_known_by_their_words(words: str, reason: str) -> None:
    assert scales.missing_reason(words) == reason


def test_a_role_without_scores_is_told_by_the_check(root: Path) -> None:
    odd = {**PLAIN, "tools": ["Often stuck", "Fine", "Hopeless"]}
    make(csv(root / "answers.csv", odd), {"barrier": "tools"})
    problems = [str(problem) for problem in check.study("mine")]
    assert len(problems) == 1 and "tools" in problems[0] and "answers without a score" in problems[0]


def test_size_and_level_are_not_taken_from_scales() -> None:
    scale = scales.scored(choices(*AGREE))[0]
    items = {
        "A1": FoundItem("A1", "select_one", {"en": "I am content with the level of management here"}, scale),
        "A2": FoundItem(
            "A2", "select_one", {"en": "At which level of management do you work?"}, choices("Top", "Other")
        ),
        "OrgSize": FoundItem("OrgSize", "select_one", {}, choices("Fewer than 200", "200 or more")),
    }
    found = roles.guesses(items)
    assert (found["size"].value, found["level"].value) == ("OrgSize", "A2")


# Forms


def workbook(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def test_a_form_gives_words_in_both_languages_to_answers(root: Path) -> None:
    survey = [
        ["type", "name", "label::English (en)", "label::French (fr)", "relevant"],
        ["begin_group", "g", "Group", "Groupe", ""],
        ["select_one size", "size", "Size?", "Taille?", ""],
        ["select_one yes_no", "leads", "Do you lead?", "Dirigez-vous?", "${size} = 'big'"],
        ["geopoint", "place", "Where?", "Où?", ""],
        ["text", "more", "More?", "Autre?", "string-length(${size}) > 2"],
        ["end_group", "g", "", "", ""],
    ]
    listed = [
        ["list_name", "name", "label::English (en)", "label::French (fr)"],
        ["size", "small", "Small", "Petit"],
        ["size", "big", "Big", "Grand"],
        ["yes_no", "1", "Yes", "Oui"],
        ["yes_no", "0", "No", "Non"],
    ]
    path = workbook(root / "form.xlsx", {"survey": survey, "choices": listed, "settings": [["form_id"], ["x"]]})
    data = {"g/size": ["small", "big"], "g/leads": ["", "1"], "g/place": ["1 2", "3 4"], "g/more": [""]}
    made = make([path, csv(root / "answers.csv", data)], {"level": "g/leads"})
    declared = studies.read("mine")
    assert declared.dimensions["department_size"].label("big", "fr") == "Grand"
    assert declared.codebook.label("g/leads", "fr") == "Dirigez-vous?"
    assert declared.codebook.item("g/place").kind == "text"
    assert any("its rule of relevance is not read" in note for note in made.found.notes)


def test_the_form_of_every_study_is_accepted_without_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    xls2xform = pytest.importorskip("pyxform.xls2xform")
    for name in ("ontario", "wa-eps-2015"):
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(form(ROOT / "data" / "raw" / name / "codebook", "A title", name.replace("-", "_")))
        made = xls2xform.convert(str(path), validate=False)
        assert made.warnings == []
        assert 'lang="English (en)"' in made.xform and 'lang="French (fr)"' in made.xform


def test_a_form_brings_back_the_codebook_that_it_was_made_from(root: Path) -> None:
    folder = ROOT / "data" / "raw" / "ontario" / "codebook"
    (root / "form.xlsx").write_bytes(form(folder, "A title", "x"))
    assert form(folder, "A title", "x") == (root / "form.xlsx").read_bytes(), "the same bytes each time"
    make(root / "form.xlsx", {"size": "none"})
    before, after = codebook.read(folder), studies.read("mine").codebook
    assert before.items.keys() == after.items.keys()
    for name, item in before.items.items():
        again = after.items[name]
        told = (item.labels, item.role, item.skill, item.barrier, item.reverse)
        assert (again.labels, again.role, again.skill, again.barrier, again.reverse) == told, name
        if item.kind != "hidden":
            offered = [(each.name, each.labels, each.missing, each.score) for each in item.choices]
            assert [(each.name, each.labels, each.missing, each.score) for each in again.choices] == offered
            assert (again.relevant and again.relevant.source) == (item.relevant and item.relevant.source)


def test_names_that_a_form_cannot_hold_are_all_told(root: Path) -> None:
    make(csv(root / "answers.csv", {**PLAIN, "Q2 - Topics": ["1", "2"], "2nd": ["1", "2"]}))
    with pytest.raises(StudyError) as caught:
        form(paths.raw("mine") / "codebook", "A title", "mine")
    assert [problem.value for problem in caught.value.problems] == ["Q2 - Topics", "2nd"]


# Files that analysts receive; they are not part of the project


@pytest.mark.parametrize(
    ("name", "items", "holds"),
    [
        ("sample.sav", 7, "answers"),
        ("sample.zsav", 7, "answers"),
        ("sample_missing.sav", 7, "answers"),
        ("ordered_category.sav", 1, "answers"),
        ("qualtrics_export_3header.csv", 20, "answers"),
        ("xlsform_spec_test.xlsx", 34, "form"),
        ("atlasti_codes_only.qdpx", 0, "project"),
    ],
)
def test_every_format_makes_a_study_that_the_check_understands(
    received_data: Path, name: str, items: int, holds: str
) -> None:
    answers = {} if holds == "project" else {"size": "none", "level": "none"}
    made = make(received_data / "formats" / name, answers)
    assert (len(made.items), made.found.files[0].holds) == (items, holds)
    # The project has codes and no coding: all that is wrong with it is told, and its codes are there to go on with.
    wrong = ["holds no coded passage of plain text"] if holds == "project" else []
    assert [problem.message for problem in check.study("mine")] == wrong
    assert (made.folder / "codes.csv").is_file() == (holds == "project")
    assert (made.folder / name).read_bytes() == (received_data / "formats" / name).read_bytes()


def test_missing_codes_of_spss_are_no_answers(received_data: Path) -> None:
    make(received_data / "formats" / "sample_missing.sav", {"size": "none", "level": "none"})
    book = studies.read("mine").codebook
    assert [choice.name for choice in book.item("myord").answers] == ["1", "2", "3"]
    assert {choice.name: choice.missing for choice in book.item("mylabl").reasons} == {"-1": "not_applicable"}
    assert book.item("mynum").kind == "text", "a number with missing codes would be counted as if they were numbers"


@pytest.mark.parametrize("files", [SAV, CSV], ids=["sav", "csv"])
def test_the_real_survey_is_read_as_its_keeper_declared_it(received_data: Path, files: list[str]) -> None:
    make([received_data.joinpath(*EPS, file) for file in files], {"barrier": "A2d,A3b"})
    assert check.study("mine") == []
    ours, theirs = studies.read("mine"), codebook.read(ROOT / "data" / "raw" / "wa-eps-2015" / "codebook")
    assert list(ours.codebook.items) == list(theirs.items)
    for name, item in theirs.items.items():
        again = ours.codebook.items[name]
        if name not in ("D1", "D8"):  # damaged entries, and a misprinted label that its keeper put right
            assert [choice.name for choice in again.choices] == [choice.name for choice in item.choices], name
    assert ours.codebook.item("A2d").reverse and theirs.item("A2d").reverse
    scored = [choice.score for choice in ours.codebook.item("A2d").answers]
    assert scored == [choice.score for choice in theirs.item("A2d").answers]
    assert (ours.dimensions["department_size"].item, ours.dimensions["level"].item) == ("AgencySize", "D14")
