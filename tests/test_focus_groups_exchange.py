"""A study's passages as a project and back, and projects of other programs as focus groups."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refi_qda_files import archive, breaches, bytes_of, number, project

from digiskills import focus_groups, study, themes
from digiskills.errors import StudyError, UsageError
from digiskills.focus_groups import FocusGroups
from digiskills.focus_groups.exchange.conventions import cells, column_of, lines
from digiskills.frameworks import Frameworks
from digiskills.intake import passport, refi_qda
from digiskills.study import Evidence, Study

KEYS = {
    "segments": ["segment_id"],
    "codings": ["segment_id", "coder", "code"],
    "ratings": ["segment_id", "coder"],
    "codes": ["code"],
    "documents": ["document"],
    "facts": ["fact"],
    "adjudications": ["segment_id", "field"],
}


@pytest.fixture(scope="module")
def ontario() -> FocusGroups:
    found = focus_groups.read(study.read("ontario"))
    assert found is not None
    return found


@pytest.fixture(scope="module", params=["en", "fr"])
def written(request: pytest.FixtureRequest, ontario: FocusGroups, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("written") / f"ontario_{request.param}.qdpx"
    refi_qda.write(focus_groups.to_project(ontario, "ontario", request.param), path)
    return path


# Ontario, there and back


@pytest.mark.parametrize("table", KEYS)
def test_ontario_read_again_is_equal(ontario: FocusGroups, written: Path, table: str) -> None:
    again = focus_groups.from_project(refi_qda.read(written), ontario.frameworks)
    one, other = getattr(ontario, table), getattr(again, table)
    assert sorted(one.columns) == sorted(other.columns)
    frames = [frame[list(one.columns)].sort_values(KEYS[table], ignore_index=True) for frame in (one, other)]
    pd.testing.assert_frame_equal(*frames)


def test_ontario_counts_are_the_same(ontario: FocusGroups, written: Path) -> None:
    again = focus_groups.from_project(refi_qda.read(written), ontario.frameworks, ontario.codes)
    for by in ([], ["speaker_level"], ["stance"], ["document"]):
        for coder in ("consensus", "a"):
            one, other = (
                themes.prevalence(each, by, "all" if by == ["document"] else "participants", coder)
                for each in (ontario, again)
            )
            pd.testing.assert_frame_equal(one, other)


def test_ontario_follows_the_published_structure(written: Path) -> None:
    root = fromstring(bytes_of(written)["project.qde"])
    assert breaches(root) == []
    assert refi_qda.read(written).left_out.empty


def test_ontario_same_bytes(ontario: FocusGroups, tmp_path: Path) -> None:
    for name in ("one", "two"):
        refi_qda.write(focus_groups.to_project(ontario, "ontario"), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_ontario_says_whose_words_these_are(ontario: FocusGroups, written: Path) -> None:
    found = refi_qda.read(written)
    assert "not the documents’ own words" in found.description
    assert "pas les mots des documents" in found.description
    assert (found.sources["description"] != "").all()
    # Every passage is the paraphrase that the study has.
    text = "paraphrase_fr" if written.stem.endswith("fr") else "paraphrase"
    expected = dict(zip(ontario.segments["segment_id"], ontario.segments[text], strict=True))
    assert dict(zip(found.selections["name"], found.selections["text"], strict=True)) == expected


def test_ontario_coders(ontario: FocusGroups, written: Path) -> None:
    found = refi_qda.read(written)
    assert found.coders["name"].tolist() == ["a", "b", "consensus"]
    codes = found.codings.merge(found.codes, on="code")
    ratings = codes["path"].str.startswith("ratings > ")
    assert (~ratings).sum() == len(ontario.codings)
    assert ratings.sum() == 7 * len(ontario.ratings)


def test_unknown_language(ontario: FocusGroups) -> None:
    with pytest.raises(UsageError, match="no paraphrases in ‘de’"):
        focus_groups.to_project(ontario, "ontario", "de")


@given(st.dictionaries(st.from_regex(r"\A[a-z_]{1,8}\Z"), st.text(st.characters(exclude_categories=["Cs"]))))
def test_lines_are_read_back(told: dict[str, str]) -> None:
    assert cells(lines(told)) == told


def test_columns_of_variables() -> None:
    assert [column_of(name) for name in ("Speaker level", " SESSION ", "Séance (jour)")] == [
        "speaker_level",
        "session",
        "séance_jour",
    ]


# A project of another program, by hand: two sessions, two coders who selected one passage alike


DESCRIPTORS = pd.DataFrame(
    [
        ("family", "culture", "Culture", "Culture"),
        ("family", "skill", "Skills", "Compétences"),
        ("speaker_level", "executive", "Executive", "Cadre supérieur"),
        ("speaker_level", "staff", "Staff", "Membre du personnel"),
    ],
    columns=["field", "value", "label_en", "label_fr"],
)
CODES = pd.DataFrame(
    [
        ("culture.risk", "culture", "Risk aversion", "Aversion au risque", "Fear of risk"),
        ("skill.data", "skill", "Data", "Données", "Skills > Data"),
    ],
    columns=["code", "family", "label_en", "label_fr", "name"],
)
ANA, BEN, RISK, SKILLS, DATA, OTHER = (number(one, 1) for one in range(6))
TEXTS = {"morning": "Nobody dares. We lack data skills.", "evening": "It is too risky."}


def coding(last: int, code: str, user: str) -> str:
    return f'<Coding guid="{number(last, 9)}" creatingUser="{user}"><CodeRef targetGUID="{code}"/></Coding>'


def selection(last: int, start: int, end: int, *codings: str) -> str:
    place = f'startPosition="{start}" endPosition="{end}"'
    return f'<PlainTextSelection guid="{number(last, 4)}" {place}>{"".join(codings)}</PlainTextSelection>'


def value(variable: str, written: str) -> str:
    return f'<VariableValue><VariableRef targetGUID="{variable}"/><TextValue>{written}</TextValue></VariableValue>'


def foreign(codes: str = "", more: str = "", users: str = "") -> str:
    level, session = number(1, 5), number(2, 5)
    return project(f"""
<Users><User guid="{ANA}" name="Ana"/><User guid="{BEN}" name="Ben"/>{users}</Users>
<CodeBook><Codes><Code guid="{RISK}" name="fear of risk" isCodable="true"/>
<Code guid="{SKILLS}" name="Skills" isCodable="false"><Code guid="{DATA}" name="Data" isCodable="true"/></Code>
<Code guid="{OTHER}" name="To do" isCodable="true"/>{codes}</Codes></CodeBook>
<Variables><Variable guid="{level}" name="Speaker level" typeOfVariable="Text"/>
<Variable guid="{session}" name="Session" typeOfVariable="Text"/></Variables>
<Cases><Case guid="{number(1, 6)}" name="Speaker 1">{value(level, "Cadre supérieur")}
<SelectionRef targetGUID="{number(1, 4)}"/></Case>
<Case guid="{number(2, 6)}" name="Evening group">{value(level, "staff")}<SourceRef targetGUID="{number(2, 3)}"/></Case>
</Cases>
<Sources><TextSource guid="{number(1, 3)}" name="Group 1" plainTextPath="internal://morning.txt">
{selection(1, 0, 13, coding(1, RISK, ANA))}{selection(2, 14, 34, coding(2, DATA, ANA))}
{selection(3, 0, 13, coding(3, RISK, BEN), coding(4, DATA, BEN))}{value(session, "1")}</TextSource>
<TextSource guid="{number(2, 3)}" name="Group 2" plainTextPath="internal://evening.txt">
{selection(4, 0, 16, coding(5, RISK, ANA), more)}{value(session, "2")}</TextSource></Sources>""")


def given_project(folder: Path, **changed: str) -> refi_qda.Project:
    return refi_qda.read(archive(folder / "p.qdpx", foreign(**changed), **TEXTS))


def test_another_programs_project(tmp_path: Path) -> None:
    words = Frameworks({"descriptors": DESCRIPTORS})
    found = focus_groups.from_project(given_project(tmp_path), words, CODES, "Ana")
    assert found.segments[["segment_id", "document", "passage", "speaker_level", "session"]].to_dict("split")[
        "data"
    ] == [
        ["P1", "Group 1", "Nobody dares.", "executive", "1"],
        ["P2", "Group 1", "We lack data skills.", "not_stated", "1"],
        ["P3", "Group 2", "It is too risky.", "staff", "2"],
    ]
    # Two coders selected one passage: one segment, coded by both.
    assert found.codings[["segment_id", "coder", "code", "rank"]].to_dict("split")["data"] == [
        ["P1", "consensus", "culture.risk", 1],
        ["P2", "consensus", "skill.data", 1],
        ["P1", "Ben", "culture.risk", 1],
        ["P1", "Ben", "skill.data", 2],
        ["P3", "consensus", "culture.risk", 1],
    ]
    assert found.coders == ["Ben", "consensus"]
    by_level = themes.prevalence(found, ["speaker_level"]).set_index(["code", "speaker_level"])["segments"]
    assert by_level.to_dict() == {
        ("culture.risk", "executive"): 1,
        ("culture.risk", "staff"): 1,
        ("skill.data", "executive"): 0,
        ("skill.data", "staff"): 0,
        ("culture.risk", "not_stated"): 0,
        ("skill.data", "not_stated"): 1,
    }
    assert found.label("speaker_level", "not_stated", "fr") == "Non précisé"
    # Of the stance the project says nothing at all.
    assert themes.prevalence(found, ["stance"])["stance"].astype("str").unique().tolist() == ["not_stated"]
    assert themes.prevalence(found).set_index("code")["segments"].to_dict() == {"culture.risk": 2, "skill.data": 1}


def test_their_words_are_never_a_paraphrase(tmp_path: Path) -> None:
    found = focus_groups.from_project(given_project(tmp_path), Frameworks({"descriptors": DESCRIPTORS}), CODES, "Ana")
    assert set(found.segments["paraphrase"]) == set(found.segments["paraphrase_fr"]) == {""}
    assert "dares" not in repr(found)


def test_their_words_are_not_written(tmp_path: Path) -> None:
    found = focus_groups.from_project(given_project(tmp_path), Frameworks({"descriptors": DESCRIPTORS}), CODES, "Ana")
    with pytest.raises(UsageError, match="3 segments have no paraphrase"):
        focus_groups.to_project(found, "small")


def test_sessions_by_sets(tmp_path: Path) -> None:
    text = foreign().replace('name="Session"', 'name="Day"')
    members = [
        f'<Set guid="{number(one, 8)}" name="{name}"><MemberSource targetGUID="{number(one, 3)}"/></Set>'
        for one, name in ((1, "Session A"), (2, "Séance B"))
    ]
    text = text.replace("</Project>", f"<Sets>{''.join(members)}</Sets></Project>")
    read = refi_qda.read(archive(tmp_path / "p.qdpx", text, **TEXTS))
    found = focus_groups.from_project(read, Frameworks({"descriptors": DESCRIPTORS}), CODES, "Ana")
    assert found.segments["session"].tolist() == ["Session A", "Session A", "Séance B"]


def refused(folder: Path, coder: str = "Ana", codes: pd.DataFrame | None = CODES, **changed: str) -> list[str]:
    with pytest.raises(StudyError) as error:
        words = Frameworks({"descriptors": DESCRIPTORS})
        focus_groups.from_project(given_project(folder, **changed), words, codes, coder, "groups.qdpx")
    return [str(problem) for problem in error.value.problems]


def test_it_must_be_said_whose_codings_count(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, coder="")
    assert "evidence.focus_groups.coder: is missing: several people coded (known: Ana, Ben)" in problem
    (problem,) = refused(tmp_path, coder="Anna")
    assert "‘Anna’ is no coder of the project (did you mean ‘Ana’?)" in problem


def test_another_consensus_is_a_coder_like_others(tmp_path: Path) -> None:
    text = foreign().replace('name="Ben"', 'name="consensus"')
    read = refi_qda.read(archive(tmp_path / "p.qdpx", text, **TEXTS))
    words = Frameworks({"descriptors": DESCRIPTORS})
    assert focus_groups.from_project(read, words, CODES, "Ana").coders == ["consensus", "consensus (coder)"]
    assert focus_groups.from_project(read, words, CODES).coders == ["Ana", "consensus"]


def test_a_code_in_use_that_is_not_listed(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, more=coding(6, OTHER, ANA))
    assert problem.startswith("groups.qdpx, column code: ‘To do’ is used and not in codes.csv")


def test_an_unknown_descriptor(tmp_path: Path) -> None:
    text = foreign().replace(">staff<", ">boss<")
    read = refi_qda.read(archive(tmp_path / "p.qdpx", text, **TEXTS))
    with pytest.raises(StudyError, match=r"‘boss’ is not in descriptors\.csv"):
        focus_groups.from_project(read, Frameworks({"descriptors": DESCRIPTORS}), CODES, "Ana")


def test_nothing_coded(tmp_path: Path) -> None:
    codes = f'<CodeBook><Codes><Code guid="{RISK}" name="Risk"/></Codes></CodeBook>'
    read = refi_qda.read(archive(tmp_path / "p.qdpx", project(codes)))
    with pytest.raises(StudyError, match="no coded passage"):
        focus_groups.from_project(read, Frameworks({"descriptors": DESCRIPTORS}))


# A study that names a project


def study_of(folder: Path, coder: str = "Ana", text: str = "") -> Study:
    (folder / "frameworks").mkdir(parents=True)
    DESCRIPTORS.to_csv(folder / "frameworks" / "descriptors.csv", index=False)
    CODES.to_csv(folder / "codes.csv", index=False)
    archive(folder / "groups.qdpx", text or foreign(), **TEXTS)
    names = ("codes.csv", "groups.qdpx", "frameworks/descriptors.csv")
    (folder / "datapackage.json").write_text(json.dumps({"resources": [{"name": one, "path": one} for one in names]}))
    passport.renew(folder)
    evidence = Evidence("focus_groups", "collected", {"en": "x", "fr": "x"}, "", "groups.qdpx", coder)
    return Study("small", folder, {"en": "x", "fr": "x"}, {"focus_groups": evidence}, {})


def test_a_study_with_a_project(tmp_path: Path) -> None:
    found = focus_groups.read(study_of(tmp_path / "small"))
    assert found is not None
    assert themes.prevalence(found).set_index("code")["segments"].to_dict() == {"culture.risk": 2, "skill.data": 1}
    assert found.label("code", "culture.risk", "fr") == "Aversion au risque"


def test_a_changed_project_is_refused(tmp_path: Path) -> None:
    declared = study_of(tmp_path / "small")
    archive(tmp_path / "small" / "groups.qdpx", project(""))
    with pytest.raises(StudyError, match=r"is not the file that datapackage\.json lists"):
        focus_groups.read(declared)


def test_study_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(study.read("ontario").folder) / "study.toml").read_text(encoding="utf-8")
    old = 'folder = "focus_groups"'
    assert old in text
    (tmp_path / "data" / "raw" / "other").mkdir(parents=True)
    path = tmp_path / "data" / "raw" / "other" / "study.toml"
    path.write_text(text.replace(old, 'file = "groups.qdpx"\ncoder = "Ana"'), encoding="utf-8")
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    declared = study.read("other").evidence["focus_groups"]
    assert (declared.file, declared.coder, declared.folder) == ("groups.qdpx", "Ana", "")


# Anything that can be read becomes focus groups or is refused


WORDS = st.sampled_from(["", "S1", "two words", "consensus", "ratings", "stance", "family", "é"])
ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), WORDS, WORDS, st.integers(0, 4), st.integers(0, 9)), max_size=6
)


@settings(max_examples=40)
@given(ROWS, st.booleans(), WORDS)
def test_any_project(found: list[tuple[int, int, str, str, int, int]], listed: bool, coder: str) -> None:
    rows = refi_qda.Rows()
    for code, source, one, two, start, length in found:
        parent = f"k{code - 1}" if code and rows.has("codes", f"k{code - 1}") else ""
        rows.add("codes", f"k{code}", one, parent, one, True, "", f"label_en: {two}")
        rows.add("coders", f"u{source}", two, "")
        rows.add("sources", f"s{source}", one, "text", "a text of words", "", "", "", "")
        rows.add("selections", f"q{start}", f"s{source}", start, start + length, "words", two, "", "", "")
        rows.add("codings", f"c{length}", f"s{source}", f"q{start}", f"k{code}", f"u{source}", "")
        rows.add("variables", f"v{length}", one, "Text", "")
        rows.add("cases", f"p{code}", two, "")
        rows.add("case_members", f"p{code}", "selection", f"q{start}")
        rows.add("variable_values", "case", f"p{code}", f"v{length}", two)
        rows.add("variable_values", "source", f"s{source}", f"v{length}", two)
    words = Frameworks({"descriptors": DESCRIPTORS})
    try:
        focus_groups.from_project(rows.project("p", "", ""), words, CODES if listed else None, coder)
    except (StudyError, UsageError):
        return
