"""A study's passages as a project and back, and projects of other programs as focus groups."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refi_qda_files import archive, breaches, bytes_of, number, project

from digiskills import agreement, focus_groups, joint_display, study, themes
from digiskills.errors import StudyError, UsageError
from digiskills.focus_groups import FocusGroups
from digiskills.focus_groups.exchange.conventions import cells, column_of, lines
from digiskills.focus_groups.exchange.passages import passages
from digiskills.frameworks import Frameworks
from digiskills.intake import passport, refi_qda
from digiskills.intake.refi_qda.rows import Rows
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
        ["P1", "document-1", "Nobody dares.", "executive", "1"],
        ["P2", "document-1", "We lack data skills.", "not_stated", "1"],
        ["P3", "document-2", "It is too risky.", "staff", "2"],
    ]
    assert found.documents["title"].tolist() == ["Group 1", "Group 2"]
    # Two coders selected one passage: one segment, coded by both.
    assert found.codings[["segment_id", "coder", "code", "rank"]].to_dict("split")["data"] == [
        ["P1", "consensus", "culture.risk", 1],
        ["P2", "consensus", "skill.data", 1],
        ["P1", "Ben", "culture.risk", 1],
        ["P1", "Ben", "skill.data", 2],
        ["P3", "consensus", "culture.risk", 1],
        ["P1", "Ana", "culture.risk", 1],
        ["P2", "Ana", "skill.data", 1],
        ["P3", "Ana", "culture.risk", 1],
    ]
    assert found.coders == ["Ana", "Ben", "consensus"]
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


def test_a_document_has_the_study_s_words_or_a_number(tmp_path: Path) -> None:
    named = pd.DataFrame([["document", "Group 2", "Second group", "Second groupe"]], columns=DESCRIPTORS.columns[:4])
    words = Frameworks({"descriptors": pd.concat([DESCRIPTORS, named]).fillna("")})
    found = focus_groups.from_project(given_project(tmp_path), words, CODES, "Ana")
    assert set(found.segments["document"]) == set(found.documents["document"]) == {"document-1", "Group 2"}
    told = [found.label("document", name, "fr") for name in found.documents["document"]]
    assert told == ["Document 1", "Second groupe"]
    counted = themes.prevalence(found, ["document"], "all")
    assert "Group 1" not in counted.to_csv(), "a received name may say who spoke"


@given(st.lists(st.sampled_from(["", "a", "a (2)", "a (2) (2)", "source", "source (2)"]), min_size=1, max_size=6))
def test_no_two_documents_have_one_name(names: list[str]) -> None:
    rows = Rows()
    rows.add("codes", "risk", "Risk", "", "Risk", True, "", "")
    for place, name in enumerate(names):
        source, selection = f"source-{place}", f"selection-{place}"
        rows.add("sources", source, name, "text", "words", "internal://t.txt", "", "", "")
        rows.add("selections", selection, source, 0, 5, "words", "", "", "", "")
        rows.add("codings", f"coding-{place}", source, selection, "risk", "", "")
    found = passages(rows.project("x", "x", ""), Frameworks())
    assert found.documents["document"].is_unique and len(found.documents) == len(names)
    assert found.segments["document"].is_unique and set(names) - {""} <= set(found.documents["document"])


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
    assert "‘Anna’ is no coder of this file (did you mean ‘Ana’?)" in problem


def test_another_consensus_is_a_coder_like_others(tmp_path: Path) -> None:
    text = foreign().replace('name="Ben"', 'name="consensus"')
    read = refi_qda.read(archive(tmp_path / "p.qdpx", text, **TEXTS))
    words = Frameworks({"descriptors": DESCRIPTORS})
    assert focus_groups.from_project(read, words, CODES, "Ana").coders == ["Ana", "consensus", "consensus (coder)"]
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


# A study that names a table of codings

# Ana and Ben read three passages of two sessions; Ana rates how strongly, Ben does not.
LONG = """passage,who,theme,Session,speaker level,stance,intensity,paraphrase,paraphrase_fr
S1,Ana,Fear of risk,A,Executive,barrier,3,nobody dares,personne n’ose
S1,Ana,data,A,,barrier,3,,
S1,Ben,Fear of risk,A,,barrier,1,,
S2,Ana,,A,staff,description,0,all is well,tout va bien
S3,Ana,Fear of risk,B,staff,barrier,2,too risky,trop risqué
"""
WIDE = """segment_id,coder,Fear of risk,Data,session,speaker_level
S1,Ana,1,1,A,executive
S1,Ben,1,0,A,executive
S2,Ana,0,0,A,staff
S3,Ana,1,,B,staff
"""
WIDE_FLAG = "segment_id,coder,Fear of risk,Data,hope\nS1,Ana,1,1,1\nS2,Ana,0,0,0\n"
NAMED = {"segment": "passage", "coder": "who", "code": "theme"}
TABLE_CODES = CODES.assign(name=["Fear of risk", "Data"])
STANCES = pd.DataFrame(
    [
        ("stance", "barrier", "Barrier", "Obstacle"),
        ("stance", "description", "Description", "Description"),
        *(("intensity", str(rate), str(rate), str(rate)) for rate in range(4)),
    ],
    columns=list(DESCRIPTORS),
)


def tabled(folder: Path, text: str, table: str, columns: dict[str, str], coder: str = "Ana") -> Study:
    declared = study_of(folder)
    (folder / "codings.csv").write_text(text, encoding="utf-8")
    TABLE_CODES.to_csv(folder / "codes.csv", index=False)
    pd.concat([DESCRIPTORS, STANCES]).to_csv(folder / "frameworks" / "descriptors.csv", index=False)
    names = ("codes.csv", "codings.csv", "frameworks/descriptors.csv")
    (folder / "datapackage.json").write_text(json.dumps({"resources": [{"name": one, "path": one} for one in names]}))
    passport.renew(folder)
    evidence = replace(declared.evidence["focus_groups"], file="codings.csv", coder=coder, table=table, columns=columns)
    return replace(declared, evidence={"focus_groups": evidence})


def test_a_long_table_is_a_study_s_evidence(tmp_path: Path) -> None:
    found = focus_groups.read(tabled(tmp_path / "small", LONG, "long", NAMED))
    assert found is not None
    assert found.coders == ["Ana", "Ben", "consensus"]
    assert themes.prevalence(found).set_index("code")["segments"].to_dict() == {"culture.risk": 2, "skill.data": 1}
    assert themes.prevalence(found, ["speaker_level"]).query("segments > 0")["speaker_level"].tolist() == [
        "executive",
        "staff",
        "executive",
    ]
    # What coders say differently of a passage is theirs; an empty cell says nothing.
    rated = found.ratings.set_index(["segment_id", "coder"])["intensity"].drop(index="Ana", level="coder")
    assert rated.to_dict() == {("S1", "consensus"): 3, ("S1", "Ben"): 1, ("S2", "consensus"): 0, ("S3", "consensus"): 2}
    assert found.segments["paraphrase"].tolist() == ["nobody dares", "all is well", "too risky"]
    assert found.segments["session"].tolist() == ["A", "A", "B"]
    assert found.documents["document"].tolist() == ["document-1"]
    assert found.codings.query("coder == 'consensus'")[["segment_id", "code", "rank"]].to_numpy().tolist() == [
        ["S1", "culture.risk", 1],
        ["S1", "skill.data", 2],
        ["S3", "culture.risk", 1],
    ]
    # Both read S1 alone: both gave it risk, Ana alone data.
    told = agreement.code_agreement(found, ["Ana", "Ben"], resamples=50)
    percent = told[(told["coefficient"] == "agreement") & told["code"].isin(found.codes["code"])]
    assert percent.set_index("code")["estimate"].to_dict() == {"culture.risk": 1.0, "skill.data": 0.0}
    assert set(percent["n"]) == {1}


def test_a_wide_table_says_the_same_without_an_order(tmp_path: Path) -> None:
    found = focus_groups.read(tabled(tmp_path / "small", WIDE, "wide", {}))
    assert found is not None
    assert themes.prevalence(found).set_index("code")["segments"].to_dict() == {"culture.risk": 2, "skill.data": 1}
    assert set(found.codings["rank"]) == {1}
    assert found.segments["paraphrase"].tolist() == ["", "", ""]
    assert themes.saturation(found)["new"].tolist() == [2, 0]


@pytest.mark.parametrize(
    ("text", "table", "columns", "coder", "said"),
    [
        (LONG, "long", NAMED, "", "coder: is missing: several people coded (known: Ana, Ben)"),
        (LONG, "long", {}, "Ana", "codings.csv, row 1, column segment_id: column is missing"),
        (LONG.replace(",data,", ",dates,"), "long", NAMED, "Ana", "‘dates’ is used and not in codes.csv"),
        (
            LONG.replace("data,A,,barrier,3", "data,A,,barrier,2"),
            "long",
            NAMED,
            "Ana",
            "row 3, column intensity: ‘2’ is",
        ),
        (LONG.replace("staff", "boss"), "long", NAMED, "Ana", "‘boss’ is not in descriptors.csv"),
        (WIDE.replace("Data", "Date"), "wide", {}, "Ana", "row 1, column Data: column is missing"),
        (WIDE_FLAG, "wide", {}, "Ana", "row 1, column hope: holds 0 and 1 and is neither in codes.csv"),
        ("segment_id,coder,code\nS1,Ana,\n", "long", {}, "Ana", "holds no coding"),
    ],
)
def test_a_table_that_is_not_clear_is_refused(
    tmp_path: Path, text: str, table: str, columns: dict[str, str], coder: str, said: str
) -> None:
    with pytest.raises(StudyError) as error:
        focus_groups.read(tabled(tmp_path / "small", text, table, columns, coder))
    assert said in "\n".join(map(str, error.value.problems))


@pytest.mark.parametrize("table", ["", "long"])
def test_a_file_without_codes_says_what_to_write(tmp_path: Path, table: str) -> None:
    declared = tabled(tmp_path / "small", LONG, "long", NAMED) if table else study_of(tmp_path / "small")
    (tmp_path / "small" / "codes.csv").unlink()
    with pytest.raises(StudyError) as error:
        focus_groups.read(declared)
    (problem,) = map(str, error.value.problems)
    file = "codings.csv" if table else "groups.qdpx"
    assert problem == (
        f"codes.csv: is missing beside {file} "
        "(code, family, label_en, label_fr of each code that counts, and name where the file calls it otherwise)"
    )


def test_the_analyst_s_relations_stand_beside_a_file_without_a_folder(tmp_path: Path) -> None:
    declared = tabled(tmp_path / "small", LONG, "long", NAMED)
    assert joint_display.overruled(declared).empty
    (declared.folder / "relations.csv").write_text("barrier,group,relation,reason\n", encoding="utf-8")
    package = json.loads((declared.folder / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"].append({"name": "relations", "path": "relations.csv"})
    (declared.folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    passport.renew(declared.folder)
    with pytest.raises(StudyError, match=r"^relations\.csv, row 1, column reason_fr: column is missing"):
        joint_display.overruled(declared)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('file = "codings.csv"', "evidence.focus_groups.table: is missing: the file is no project (one of wide, long)"),
        ('file = "codings.csv"\ntable = "tall"', "‘tall’ is not known (one of wide, long)"),
        ('file = "groups.qdpx"\ntable = "long"', "is of a table of codings, which the file is not"),
        ('folder = "focus_groups"\ntable = "long"', "is of a table of codings, which the file is not"),
        ('file = "a.csv"\ntable = "long"\ncolumns = { code = 1 }', "are no names of columns"),
        ('file = "a.csv"\ntable = "long"\ncolumns = { codes = "x" }', "columns.codes: is no key of study.toml"),
    ],
)
def test_study_toml_says_what_a_table_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, said: str) -> None:
    text = (Path(study.read("ontario").folder) / "study.toml").read_text(encoding="utf-8")
    path = tmp_path / "data" / "raw" / "other" / "study.toml"
    path.parent.mkdir(parents=True)
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    path.write_text(text.replace('folder = "focus_groups"', told), encoding="utf-8")
    with pytest.raises(StudyError) as error:
        study.read("other")
    assert said in "\n".join(map(str, error.value.problems))
    good = 'file = "a.csv"\ntable = "long"\ncolumns = { code = "theme" }\ncoder = "Ana"'
    path.write_text(text.replace('folder = "focus_groups"', good), encoding="utf-8")
    declared = study.read("other").evidence["focus_groups"]
    assert (declared.table, declared.columns) == ("long", {"code": "theme"})


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
