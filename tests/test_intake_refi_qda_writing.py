"""Projects that are written: in the published structure, the same bytes, and equal when they are read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refi_qda_files import CODEBOOK, breaches, bytes_of

from digiskills.errors import StudyError
from digiskills.intake import refi_qda
from digiskills.intake.refi_qda import Rows, guid

ANA, BEN = guid("coder", "ana"), guid("coder", "ben")
FAMILY, RISK, SKILL = guid("family"), guid("risk"), guid("skill")
TALK, FIRST, SECOND = guid("talk"), guid("first"), guid("second")
LEVEL, YEARS, PERSON, MEMO, GROUP = guid("level"), guid("years"), guid("person"), guid("memo"), guid("group")
TEXT = "Wait for « approvals » 😀.\r\nTry & fail <fast>."


def small() -> refi_qda.Project:
    """Return a project with something of everything."""
    rows = Rows()
    rows.add("coders", ANA, "Ana", "a1")
    rows.add("coders", BEN, 'Ben "B" <&>', "")
    rows.add("codes", FAMILY, "Culture", "", "Culture", False, "", "")
    rows.add("codes", RISK, "Risk", FAMILY, "Culture > Risk", True, "#ff0000", "label_en: Risk\nlabel_fr: Risque")
    rows.add("codes", SKILL, "Skill", "", "Skill", True, "", "")
    rows.add("variables", LEVEL, "level", "Text", "who speaks")
    rows.add("variables", YEARS, "years", "Integer", "")
    rows.add("cases", PERSON, "Person 1", "the first")
    rows.add("variable_values", "case", PERSON, LEVEL, "staff")
    rows.add("variable_values", "case", PERSON, YEARS, "7")
    rows.add("case_members", PERSON, "code", RISK)
    rows.add("case_members", PERSON, "source", TALK)
    rows.add("case_members", PERSON, "selection", FIRST)
    rows.add(
        "sources", TALK, "Talk", "text", TEXT, f"internal://{TALK}.txt", "in the morning", ANA, "2025-01-01T10:00:00Z"
    )
    rows.add("codings", guid("whole"), TALK, "", SKILL, ANA, "")
    rows.add("variable_values", "source", TALK, LEVEL, "")
    rows.add("note_references", "source", TALK, MEMO)
    rows.add("selections", FIRST, TALK, 0, 25, TEXT[:25], "S1", "une attente", ANA, "")
    rows.add("codings", guid("c1"), TALK, FIRST, RISK, ANA, "2025-01-01T10:00:00Z")
    rows.add("codings", guid("c2"), TALK, FIRST, RISK, BEN, "")
    rows.add("note_references", "coding", guid("c2"), MEMO)
    rows.add("note_references", "selection", FIRST, MEMO)
    rows.add("selections", SECOND, TALK, 27, 45, TEXT[27:45], "S2", "", BEN, "")
    rows.add("notes", MEMO, "memo", "line 1\n\nline 2", BEN, "")
    rows.add("sets", GROUP, "Mornings", "all of them")
    rows.add("set_members", GROUP, "code", RISK)
    rows.add("set_members", GROUP, "source", TALK)
    rows.add("set_members", GROUP, "note", MEMO)
    rows.add("note_references", "project", "", MEMO)
    return rows.project("A project", "digiskills", "a description")


def root(path: Path) -> Element:
    return fromstring(bytes_of(path)["project.qde"])


def same(one: refi_qda.Project, other: refi_qda.Project) -> None:
    assert (one.name, one.origin, one.description) == (other.name, other.origin, other.description)
    for table in refi_qda.TABLES:
        keys = list(refi_qda.TABLES[table])
        frames = [getattr(found, table).sort_values(keys, ignore_index=True) for found in (one, other)]
        pd.testing.assert_frame_equal(*frames, obj=table)


def test_read_again_it_is_equal(tmp_path: Path) -> None:
    refi_qda.write(small(), tmp_path / "p.qdpx")
    same(small(), refi_qda.read(tmp_path / "p.qdpx"))


def test_the_order_of_codes_and_codings_is_kept(tmp_path: Path) -> None:
    refi_qda.write(small(), tmp_path / "p.qdpx")
    found = refi_qda.read(tmp_path / "p.qdpx")
    assert found.codes["name"].tolist() == ["Culture", "Risk", "Skill"]
    assert found.codings.loc[found.codings["selection"] == FIRST, "coder"].tolist() == [ANA, BEN]


def test_published_structure(tmp_path: Path) -> None:
    refi_qda.write(small(), tmp_path / "p.qdpx")
    found = root(tmp_path / "p.qdpx")
    assert found.tag == "{urn:QDA-XML:project:1.0}Project"
    assert breaches(found) == []
    assert list(bytes_of(tmp_path / "p.qdpx")) == ["project.qde", f"Sources/{TALK}.txt"]
    assert bytes_of(tmp_path / "p.qdpx")[f"Sources/{TALK}.txt"] == TEXT.encode()


def test_what_checks_the_structure_sees_breaches(tmp_path: Path) -> None:
    refi_qda.write(small(), tmp_path / "p.qdpx")
    text = bytes_of(tmp_path / "p.qdpx")["project.qde"].decode()
    for old, new in (
        ('isCodable="true"', ""),
        ('isCodable="true"', 'isCodable="yes"'),
        ("<CodeBook>", "<Description/><CodeBook>"),
        (f'guid="{RISK}"', 'guid="risk"'),
        ('startPosition="0"', ""),
        ("<IntegerValue>7", "<IntegerValue>seven"),
        ("<TextValue>staff</TextValue>", "<TextValue>staff</TextValue><TextValue/>"),
    ):
        assert breaches(fromstring(text.replace(old, new, 1))) != [], (old, new)


def test_codebook(tmp_path: Path) -> None:
    refi_qda.write_codebook(small(), tmp_path / "c.qdc")
    found = fromstring((tmp_path / "c.qdc").read_bytes())
    assert found.tag == "{urn:QDA-XML:codebook:1.0}CodeBook"
    assert breaches(found, CODEBOOK) == []
    again = refi_qda.read(tmp_path / "c.qdc")
    assert again.codes.equals(small().codes)
    assert again.set_members["member"].tolist() == [RISK]
    assert set(again.sets["set"]) == set(again.set_members["set"])  # sets of sources have no place among codes


def test_an_empty_project_has_no_empty_holders(tmp_path: Path) -> None:
    refi_qda.write(Rows().project("empty", "", ""), tmp_path / "p.qdpx")
    assert breaches(root(tmp_path / "p.qdpx")) == []
    assert len(root(tmp_path / "p.qdpx")) == 0
    assert refi_qda.read(tmp_path / "p.qdpx").origin == "digiskills"


def test_same_project_same_bytes(tmp_path: Path) -> None:
    for name in ("one.qdpx", "two.qdpx"):
        refi_qda.write(small(), tmp_path / name)
    assert (tmp_path / "one.qdpx").read_bytes() == (tmp_path / "two.qdpx").read_bytes()


def test_identifiers_name_things(tmp_path: Path) -> None:
    assert guid("study", "code", "a") == guid("study", "code", "a")
    assert len({guid("a", "b"), guid("ab"), guid("a", "b", ""), guid("b", "a")}) == 4


@pytest.mark.parametrize(
    ("table", "column", "value", "message"),
    [
        ("codes", "code", "risk", "‘risk’ is no GUID"),
        ("coders", "name", "A\0", "row 0 holds a control character"),
        ("sources", "kind", "pdf", "is no plain text"),
    ],
)
def test_what_cannot_be_written(tmp_path: Path, table: str, column: str, value: str, message: str) -> None:
    frame = getattr(small(), table).copy()
    frame.loc[0, column] = value
    with pytest.raises(StudyError, match=message):
        refi_qda.write(replace(small(), **{table: frame}), tmp_path / "p.qdpx")
    assert list(tmp_path.iterdir()) == []


XML_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=30
)


@settings(max_examples=40)
@given(
    texts=st.lists(st.text(st.characters(codec="utf-8"), min_size=2, max_size=60), min_size=1, max_size=4),
    names=st.lists(XML_TEXT, min_size=4, max_size=4, unique=True),
    share=st.floats(0, 0.9),
)
def test_any_text_and_name_read_again_are_equal(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], names: list[str], share: float
) -> None:
    rows = Rows()
    rows.add("coders", ANA, names[0], "")
    rows.add("codes", RISK, names[1], "", names[1], True, "", names[3])
    for number, text in enumerate(texts):
        text = text.removeprefix("\ufeff") or "a"
        source, start = guid("s", str(number)), int(share * (len(text) - 1))
        rows.add("sources", source, names[2], "text", text, f"internal://{source}.txt", "", "", "")
        rows.add("selections", guid("q", str(number)), source, start, len(text), text[start:], "", names[3], "", "")
        rows.add("codings", guid("c", str(number)), source, guid("q", str(number)), RISK, ANA, "")
    path = tmp_path_factory.getbasetemp() / "any_written.qdpx"
    refi_qda.write(rows.project(names[0], "x", ""), path)
    same(rows.project(names[0], "x", ""), refi_qda.read(path))
