"""Projects of other programs: what is read, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from refi_qda_files import archive, number, project

from digiskills.errors import StudyError, UsageError
from digiskills.intake import refi_qda
from digiskills.intake.refi_qda import positions

ANA, BEN = number(1, 1), number(2, 1)
CULTURE, RISK, SKILL = number(1, 2), number(2, 2), number(3, 2)
SESSION, SCAN = number(1, 3), number(2, 3)
FIRST, SECOND = number(1, 4), number(2, 4)
LEVEL, PERSON, MEMO, GROUP = number(1, 5), number(1, 6), number(1, 7), number(1, 8)
TEXT = "We wait for approvals. Nobody dares to try."


def coding(last: int, code: str, user: str = "") -> str:
    by = f' creatingUser="{user}"' if user else ""
    return f'<Coding guid="{number(last, 9)}"{by}><CodeRef targetGUID="{code}"/></Coding>'


WHOLE = project(
    f"""
<Users><User guid="{ANA}" name="Ana" id="a"/><User guid="{{{BEN.upper()}}}" name="Ben"/></Users>
<CodeBook><Codes>
  <Code guid="{CULTURE}" name="Culture" isCodable="false">
    <Description>what holds back</Description>
    <Code guid="{RISK}" name="Risk" isCodable="true" color="#ff0000"><NoteRef targetGUID="{MEMO}"/></Code>
  </Code>
  <Code guid="{SKILL}" name="Skill" isCodable="true"/>
</Codes></CodeBook>
<Variables><Variable guid="{LEVEL}" name="Level" typeOfVariable="Text"/></Variables>
<Cases><Case guid="{PERSON}" name="Speaker 1">
  <VariableValue><VariableRef targetGUID="{LEVEL}"/><TextValue>staff</TextValue></VariableValue>
  <SourceRef targetGUID="{SESSION}"/><SelectionRef targetGUID="{FIRST}"/>
</Case></Cases>
<Sources>
  <TextSource guid="{SESSION}" name="Session 1" plainTextPath="internal://talk.txt" creatingUser="{ANA}">
    <Description>in the morning</Description>
    <PlainTextSelection guid="{FIRST}" name="" startPosition="0" endPosition="22" creatingUser="{ANA}">
      {coding(1, RISK, BEN)}{coding(2, SKILL)}
    </PlainTextSelection>
    <PlainTextSelection guid="{SECOND}" startPosition="23" endPosition="43"/>
    {coding(3, SKILL, BEN)}
    <VariableValue><VariableRef targetGUID="{LEVEL}"/><TextValue>mixed</TextValue></VariableValue>
  </TextSource>
  <PDFSource guid="{SCAN}" name="Scan" path="internal://scan.pdf">
    <PDFSelection guid="{number(9, 4)}" page="1" firstX="1" firstY="1" secondX="2" secondY="2"/>
  </PDFSource>
</Sources>
<Notes><Note guid="{MEMO}" name="memo"><PlainTextContent>why this code</PlainTextContent></Note></Notes>
<Links><Link guid="{number(1, 10)}"/></Links>
<Sets><Set guid="{GROUP}" name="Morning"><MemberSource targetGUID="{SESSION}"/><MemberSource targetGUID="x"/>
</Set></Sets>
<Description>two sessions</Description><NoteRef targetGUID="{MEMO}"/>""",
    'origin="Some program 1"',
)


@pytest.fixture
def whole(tmp_path: Path) -> refi_qda.Project:
    return refi_qda.read(archive(tmp_path / "p.qdpx", WHOLE, talk=TEXT))


def test_code_tree(whole: refi_qda.Project) -> None:
    assert whole.codes.drop(columns="code").to_dict("split")["data"] == [
        ["Culture", "", "Culture", False, "", "what holds back"],
        ["Risk", CULTURE, "Culture > Risk", True, "#ff0000", ""],
        ["Skill", "", "Skill", True, "", ""],
    ]
    assert whole.coders.to_dict("split")["data"] == [[ANA, "Ana", "a"], [BEN, "Ben", ""]]


def test_passages_and_codings(whole: refi_qda.Project) -> None:
    assert whole.selections[["selection", "start", "end", "text"]].to_dict("split")["data"] == [
        [FIRST, 0, 22, "We wait for approvals."],
        [SECOND, 23, 43, "Nobody dares to try."],
    ]
    # The second coding names no coder: it is of whoever made the selection. The third is of the whole source.
    assert whole.codings[["selection", "code", "coder"]].to_dict("split")["data"] == [
        ["", SKILL, BEN],
        [FIRST, RISK, BEN],
        [FIRST, SKILL, ANA],
    ]


def test_sources_cases_and_memos(whole: refi_qda.Project) -> None:
    assert whole.sources[["name", "kind", "text", "description"]].to_dict("split")["data"] == [
        ["Session 1", "text", TEXT, "in the morning"],
        ["Scan", "pdf", "", ""],
    ]
    assert whole.variables_of("case").to_dict("records") == [{"case": PERSON, "Level": "staff"}]
    assert whole.variables_of("source").to_dict("records") == [{"source": SESSION, "Level": "mixed"}]
    assert set(whole.case_members["kind"]) == {"source", "selection"}
    assert whole.notes[["name", "text"]].to_dict("split")["data"] == [["memo", "why this code"]]
    assert whole.note_references[["kind", "owner"]].to_dict("split")["data"] == [["code", RISK], ["project", ""]]
    assert whole.set_members["member"].tolist() == [SESSION]
    assert (whole.name, whole.origin, whole.description) == ("p", "Some program 1", "two sessions")
    with pytest.raises(UsageError, match="did you mean ‘case’"):
        whole.variables_of("cases")


def test_what_is_left_out_is_said(whole: refi_qda.Project) -> None:
    said = whole.left_out.set_index("what")
    assert said["name"].to_dict() == {
        "text of a source": "Scan",
        "PDFSelection": "Scan",
        "Links": "",
        "member of a case or set": "",
    }
    assert "without plain text" in said.loc["text of a source", "why"]
    assert "not in plain text" in said.loc["PDFSelection", "why"]
    assert said["number"].tolist() == [1, 1, 1, 1]


def test_no_text_in_its_repr(whole: refi_qda.Project) -> None:
    assert repr(whole).startswith("Project(codes 3, sources 2, selections 2, codings 3,")
    assert "approvals" not in repr(whole)


# What programs do differently


def source(attributes: str, inside: str = "", guid: str = SESSION) -> str:
    return f'<Sources><TextSource guid="{guid}" name="S" {attributes}>{inside}</TextSource></Sources>'


def selection(start: object, end: object, name: str = "", last: int = 1) -> str:
    return (
        f'<PlainTextSelection guid="{number(last, 4)}" name="{name}" startPosition="{start}" endPosition="{end}">'
        f"{coding(last, RISK)}</PlainTextSelection>"
    )


CODES = f'<CodeBook><Codes><Code guid="{RISK}" name="Risk"/></Codes></CodeBook>'


def read(folder: Path, body: str, **texts: str | bytes) -> refi_qda.Project:
    return refi_qda.read(archive(folder / "p.qdpx", project(CODES + body), **texts))


@pytest.mark.parametrize(
    "place",
    [
        "internal://talk.txt",
        "talk.txt",
        "Sources/talk.txt",
        "internal:///talk.txt",
        "INTERNAL://TALK.TXT",
        "Sources\\talk.txt",
    ],
)
def test_places_in_the_archive(tmp_path: Path, place: str) -> None:
    assert read(tmp_path, source(f'plainTextPath="{place}"'), talk="abc").sources["text"].tolist() == ["abc"]


@pytest.mark.parametrize(
    "place",
    [
        "relative:///talk.txt",
        "absolute:///etc/passwd",
        "/etc/passwd",
        "file:///etc/passwd",
        "internal://../../etc/passwd",
        "C:\\talk.txt",
        "internal://gone.txt",
    ],
)
def test_places_out_of_the_archive_are_never_opened(tmp_path: Path, place: str) -> None:
    found = read(tmp_path, source(f'plainTextPath="{place}"', selection(0, 2)), talk="abc")
    assert found.sources["text"].tolist() == [""]
    assert found.left_out["why"].tolist() == ["its text is not in the archive"]
    # The coding is still one: what was said is unknown, that it was coded is not.
    assert found.selections[["start", "end", "text"]].to_dict("split")["data"] == [[0, 2, ""]]
    assert len(found.codings) == 1


def test_docx_without_plain_text(tmp_path: Path) -> None:
    found = read(tmp_path, source('richTextPath="internal://talk.docx"'))
    assert found.left_out["why"].str.contains("docx").tolist() == [True]


def test_text_in_the_xml(tmp_path: Path) -> None:
    found = read(tmp_path, source("", "<PlainTextContent>one two</PlainTextContent>" + selection(4, 7)))
    assert found.selections["text"].tolist() == ["two"]


@pytest.mark.parametrize(
    "data", ["\ufeffone two".encode(), "one two".encode("utf-16"), b"one two"], ids=["mark", "utf-16", "plain"]
)
def test_byte_order_marks_are_no_characters(tmp_path: Path, data: bytes) -> None:
    found = read(tmp_path, source('plainTextPath="internal://t.txt"', selection(4, 7)), t=data)
    assert found.selections["text"].tolist() == ["two"]


def test_text_in_another_encoding(tmp_path: Path) -> None:
    found = read(tmp_path, source('plainTextPath="internal://t.txt"', selection(0, 3)), t="été".encode("cp1252"))
    assert found.left_out["why"].tolist() == ["its text is not in utf-8"]
    assert len(found.selections) == 1


def test_mark_before_the_xml_and_no_namespace(tmp_path: Path) -> None:
    text = WHOLE.replace(' xmlns="urn:QDA-XML:project:1.0"', "")
    found = refi_qda.read(archive(tmp_path / "p.qdpx", "\ufeff\n" + text, talk=TEXT))
    assert len(found.codings) == 3


def test_packed_again_with_its_folder(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "p.qdpx", "w") as opened:
        opened.writestr("My study/project.qde", WHOLE)
        opened.writestr("__MACOSX/My study/._project.qde", b"\0")
        opened.writestr("My study/sources/talk.txt", TEXT)
    assert refi_qda.read(tmp_path / "p.qdpx").selections["text"].tolist()[0] == "We wait for approvals."


@pytest.mark.parametrize(
    ("start", "end"), [(5, 3), (2, 2), (0, 99), ("x", 3), (-1, 3), ("1_0", 12), ("9" * 400, 3), ("", "")]
)
def test_selections_that_select_nothing(tmp_path: Path, start: object, end: object) -> None:
    found = read(tmp_path, source("", "<PlainTextContent>one two</PlainTextContent>" + selection(start, end)))
    assert len(found.selections) == len(found.codings) == 0
    assert found.left_out["what"].tolist() == ["selection"]


def test_codings_without_a_known_code(tmp_path: Path) -> None:
    inside = f'<PlainTextContent>one</PlainTextContent>{coding(1, SKILL)}<Coding guid="{number(2, 9)}"/>'
    found = read(tmp_path, source("", inside))
    assert len(found.codings) == 0
    assert sorted(found.left_out["why"]) == ["its code is not in the codebook", "names no code"]


def test_missing_identifiers(tmp_path: Path) -> None:
    body = """<CodeBook><Codes><Code name="A"><Code name="B"/></Code><Code name="A"/></Codes></CodeBook>
    <Sources><TextSource name="S"><PlainTextContent>one two</PlainTextContent>
    <PlainTextSelection startPosition="0" endPosition="3"/><PlainTextSelection startPosition="4" endPosition="7"/>
    </TextSource></Sources>"""
    found = refi_qda.read(archive(tmp_path / "p.qdpx", project(body)))
    assert found.codes["path"].tolist() == ["A", "A > B"]
    assert found.left_out["what"].tolist() == ["codes"]  # two without an identifier and of one path are one
    assert found.selections["selection"].nunique() == 2


def test_the_same_identifier_twice(tmp_path: Path) -> None:
    inside = "<PlainTextContent>one two</PlainTextContent>" + selection(0, 3) + selection(4, 7)
    found = read(tmp_path, source("", inside) + "<Users><User guid='u'/><User guid='u'/></Users>")
    assert found.selections["text"].tolist() == ["one", "two"]
    assert found.selections["selection"].nunique() == len(found.codings) == 2
    assert found.left_out["what"].tolist() == ["coders"]


def test_plain_text_of_a_pdf_and_transcripts(tmp_path: Path) -> None:
    body = f"""<Sources><PDFSource guid="{SCAN}" name="P"><Representation guid="{number(5, 3)}">
    <PlainTextContent>one two</PlainTextContent>{selection(4, 7)}</Representation></PDFSource>
    <AudioSource guid="{number(6, 3)}" name="A"><Transcript guid="{number(7, 3)}">
    <PlainTextContent>three four</PlainTextContent>
    <SyncPoint guid="{number(1, 11)}" position="0"/><SyncPoint guid="{number(2, 11)}" position="5"/>
    <TranscriptSelection guid="{number(2, 4)}" fromSyncPoint="{number(1, 11)}" toSyncPoint="{number(2, 11)}"/>
    </Transcript></AudioSource></Sources>"""
    found = read(tmp_path, body)
    assert found.sources["kind"].tolist() == ["pdf", "audio"]
    assert found.selections["text"].tolist() == ["two", "three"]


def test_codebook(tmp_path: Path) -> None:
    text = f"""<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="x"><Codes>
    <Code guid="{RISK}" name="Risk" isCodable="true"/></Codes>
    <Sets><Set guid="{GROUP}" name="G"><MemberCode guid="{RISK}"/></Set></Sets></CodeBook>"""
    (tmp_path / "c.qdc").write_text(text)
    found = refi_qda.read(tmp_path / "c.qdc")
    assert found.codes["name"].tolist() == ["Risk"]
    assert found.set_members["member"].tolist() == [RISK]


def test_a_real_project_of_atlas_ti(received_data: Path) -> None:
    found = refi_qda.read(received_data / "formats" / "atlasti_codes_only.qdpx")
    assert found.origin.startswith("ATLAS.ti for Windows 23")
    assert found.codes["path"].tolist() == [
        "Commits",
        "Commits > 2022-05-10T02:05:59Z 19e4dce",
        "Commits > 2022-02-11T10:39:25Z cdbfd92",
    ]
    assert found.codes["parent"].tolist() == ["", *[found.codes["code"][0]] * 2]
    assert len(found.coders) == 2
    assert [len(frame) for frame in (found.sources, found.codings, found.left_out)] == [0, 0, 0]


@pytest.mark.parametrize("data", [b"", b"<a/>", b"not xml", b"PK", b"PK\x03\x04 no archive"])
def test_what_is_no_project(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "p.qdpx").write_bytes(data)
    with pytest.raises(StudyError, match=r"p\.qdpx"):
        refi_qda.read(tmp_path / "p.qdpx")


def test_missing_file(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.qdpx", tmp_path):
        with pytest.raises(StudyError, match="is missing"):
            refi_qda.read(path)


# Positions, by hand: the character after the emoji is the 2nd code point, the 3rd unit of UTF-16


def place(text: str, start: int, end: int, quote: str = "", marked: bool = False) -> tuple[str, str]:
    found = positions.placed(text, marked, np.array([start]), np.array([end]), [quote])
    return found.counting, text[found.start[0] : found.end[0]] if found.end[0] >= 0 else ""


@pytest.mark.parametrize(
    ("text", "start", "end", "quote", "marked", "expected"),
    [
        ("😀 word", 2, 6, "", False, ("code points", "word")),
        ("😀 word", 2, 6, "word", False, ("code points", "word")),
        ("😀 word", 3, 7, "word", False, ("UTF-16 units", "word")),
        ("😀 word", 3, 7, "", False, ("code points", "")),  # one passage outside the text is no evidence
        ("a\r\nword", 3, 7, "word", False, ("code points", "word")),
        ("a\r\nwords of", 2, 7, "words…", False, ("line ends as one character", "words")),
        ("a\nwords of", 3, 8, "words", False, ("line ends as two characters", "words")),
        ("words", 1, 6, "words", True, ("code points after the byte order mark", "words")),
        ("words", 0, 5, "words", True, ("code points", "words")),
        ("word", 0, 9, "word", False, ("code points", "")),
        # A name that is no quote says nothing of the counting.
        ("😀 word and more", 2, 6, "S12", False, ("code points", "word")),
    ],
)
def test_ways_of_counting(text: str, start: int, end: int, quote: str, marked: bool, expected: tuple[str, str]) -> None:
    assert place(text, start, end, quote, marked) == expected


def test_whole_words_show_the_way_of_counting() -> None:
    text = "one two three four\nfive six seven\neight nine ten\n"
    ends = [text.index(word) + len(word) for word in ("five", "six", "seven", "eight", "nine", "ten")]
    starts = [text.index(word) for word in ("five", "six", "seven", "eight", "nine", "ten")]
    lines = [text[:start].count("\n") for start in starts]
    as_two = positions.placed(text, False, np.add(starts, lines), np.add(ends, lines), [""] * 6)
    assert as_two.counting == "line ends as two characters"
    assert [text[one:two] for one, two in zip(as_two.start, as_two.end, strict=True)][-1] == "ten"
    assert positions.placed(text, False, np.array(starts), np.array(ends), [""] * 6).counting == "code points"


def test_another_way_of_counting_is_said(tmp_path: Path) -> None:
    inside = "<PlainTextContent>😀 words of one</PlainTextContent>" + selection(3, 8, "words")
    found = read(tmp_path, source("", inside))
    assert found.selections["text"].tolist() == ["words"]
    assert found.left_out["why"].str.contains("UTF-16 units").tolist() == [True]
