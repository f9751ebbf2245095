"""Archives that were made to do harm, and damaged ones: refused with the file and the entry, nothing written."""

from __future__ import annotations

import random
import stat
import struct
import time
import zipfile
import zlib
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refi_qda_files import SCHEMA, VALUES, archive, number, project

from digiskills.errors import StudyError
from digiskills.intake import refi_qda
from digiskills.intake.refi_qda import archive as archives
from digiskills.intake.refi_qda import codebook, markup, rows
from digiskills.intake.refi_qda import project as projects

EMPTY = project("").encode()
SOURCE = '<Sources><TextSource guid="s" name="S" plainTextPath="internal://t.txt"/></Sources>'


@pytest.fixture(autouse=True)
def nothing_is_written(tmp_path: Path) -> object:
    """Reading leaves only the file that was read."""
    yield
    assert [path.name for path in tmp_path.rglob("*")] in ([], ["p.qdpx"])


def refused(path: Path) -> str:
    with pytest.raises(StudyError) as error:
        refi_qda.read(path).variables_of("case")
    assert path.name in str(error.value)
    return str(error.value)


def packed(folder: Path, *more: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    with zipfile.ZipFile(folder / "p.qdpx", "w") as opened:
        opened.writestr("project.qde", EMPTY)
        for name, data in more:
            opened.writestr(name, data)
    return folder / "p.qdpx"


@pytest.mark.parametrize(
    "name",
    [
        "../out.txt",
        "Sources/../../out.txt",
        "/etc/passwd",
        "C:/out.txt",
        "..\\out.txt",
        "\\\\host\\share",
        "a/..",
        "D:",
    ],
)
def test_paths_out_of_the_archive(tmp_path: Path, name: str) -> None:
    assert "is a path out of the archive" in refused(packed(tmp_path, (name, b"x")))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK, stat.S_IFCHR])
def test_links_and_devices(tmp_path: Path, kind: int) -> None:
    entry = zipfile.ZipInfo("Sources/t.txt")
    entry.external_attr = (kind | 0o777) << 16
    assert "‘Sources/t.txt’ is a link or a device" in refused(packed(tmp_path, (entry, b"/etc/passwd")))


def test_entries_that_stand_twice(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = packed(tmp_path, ("Sources/t.txt", b"a"), ("Sources/t.txt", b"b"))
    assert "stands twice" in refused(path)
    assert "stands twice" in refused(packed(tmp_path, ("Sources/t.txt", b"a"), ("sources\\T.txt", b"b")))


def test_every_bad_entry_is_named(tmp_path: Path) -> None:
    assert refused(packed(tmp_path, ("../a", b""), ("/b", b""))).startswith("2 problems")


def test_two_projects_or_none(tmp_path: Path) -> None:
    assert "holds 2 projects" in refused(packed(tmp_path, ("other.qde", EMPTY)))
    with zipfile.ZipFile(tmp_path / "p.qdpx", "w") as opened:
        opened.writestr("readme.txt", "x")
    assert "holds 0 projects" in refused(tmp_path / "p.qdpx")


def test_encrypted_entries(tmp_path: Path) -> None:
    data = bytearray(packed(tmp_path).read_bytes())
    data[6] |= 1  # the flag in the entry and in the list of entries
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "p.qdpx").write_bytes(data)
    assert "‘project.qde’ is encrypted" in refused(tmp_path / "p.qdpx")


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_packings(tmp_path: Path, packing: int) -> None:
    with zipfile.ZipFile(tmp_path / "p.qdpx", "w", packing) as opened:
        opened.writestr("project.qde", EMPTY)
    assert "packed in a way that is not read" in refused(tmp_path / "p.qdpx")


def test_too_many_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_ENTRIES", 10)
    path = packed(tmp_path, *((f"Sources/{one}.txt", b"") for one in range(10)))
    assert "more than 10 entries" in refused(path)


def test_a_list_of_entries_of_gigabytes_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_DIRECTORY", 200_000)
    path = packed(tmp_path, *((f"Sources/{one:0200d}.txt", b"") for one in range(1000)))
    assert "bytes of names of entries" in refused(path)


# Bombs: what an entry says of its size, and what it holds


def test_declared_size_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_XML_BYTES", 1000)
    path = archive(tmp_path / "p.qdpx", project("<Users/>" * 1000))
    assert "entry project.qde: holds more than 1,000 bytes" in refused(path)


def test_real_size_of_an_entry_that_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "p.qdpx", project(SOURCE), t="a" * 1_000_000)
    data = bytearray(path.read_bytes())
    listed = data.rfind(b"PK\x01\x02")
    for place in (data.rfind(b"PK\x03\x04", 0, listed) + 22, listed + 24):
        data[place : place + 4] = struct.pack("<I", 500)
    path.write_bytes(data)
    monkeypatch.setattr(archives, "LARGEST_TEXT_BYTES", 1000)
    assert "entry Sources/t.txt" in refused(path)


def test_texts_are_counted_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # One entry, named by many sources, is unpacked each time.
    monkeypatch.setattr(archives, "LARGEST_TEXT_BYTES", 10_000)
    body = "".join(f'<TextSource guid="{one}" plainTextPath="t.txt"/>' for one in range(11))
    path = archive(tmp_path / "p.qdpx", project(f"<Sources>{body}</Sources>"), t="a" * 1000)
    assert "holds more than" in refused(path)


def test_reading_stops_while_unpacking(tmp_path: Path) -> None:
    # 64 MiB of text in 65 kB: refused by what it declares; the size is counted again while it is unpacked.
    path = archive(tmp_path / "p.qdpx", project(SOURCE), t=b"\0" * (archives.LARGEST_TEXT_BYTES + 1))
    assert path.stat().st_size < 100_000
    assert "holds more than 67,108,864 bytes" in refused(path)


def test_wrong_checksum(tmp_path: Path) -> None:
    path = archive(tmp_path / "p.qdpx", project(SOURCE), t="some text")
    data = bytearray(path.read_bytes())
    listed = data.rfind(b"PK\x01\x02")
    data[listed + 16 : listed + 20] = struct.pack("<I", zlib.crc32(b"other"))
    path.write_bytes(data)
    assert "cannot be unpacked" in refused(path)


def test_passages_that_repeat_a_text_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_SELECTED", 1000)
    one = '<PlainTextSelection startPosition="0" endPosition="100"/>'
    text = f"<PlainTextContent>{'a' * 100}</PlainTextContent>"
    path = archive(
        tmp_path / "p.qdpx", project(f'<Sources><TextSource guid="s">{text}{one * 11}</TextSource></Sources>')
    )
    assert "selects more than 1,000 characters" in refused(path)


def test_paths_of_names_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = f'<Code name="{"a" * 9000}"><Code name="{"b" * 2000}"/></Code>'
    path = archive(tmp_path / "p.qdpx", project(f"<CodeBook><Codes>{code}</Codes></CodeBook>"))
    assert "path of names of 10,000 characters" in refused(path)
    monkeypatch.setattr(codebook, "MOST_CODES", 3)
    codes = "".join(f'<Code name="{one}"/>' for one in range(4))
    path = archive(tmp_path / "p.qdpx", project(f"<CodeBook><Codes>{codes}</Codes></CodeBook>"))
    assert "more than 3 codes" in refused(path)


def test_variables_side_by_side_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projects, "MOST_VALUES", 99)
    variables = "".join(f'<Variable guid="v{one}" name="{one}" typeOfVariable="Text"/>' for one in range(10))
    cases = "".join(
        f'<Case guid="c{one}"><VariableValue><VariableRef targetGUID="v{one}"/></VariableValue></Case>'
        for one in range(10)
    )
    body = f"<Variables>{variables}</Variables><Cases>{cases}</Cases>"
    found = refi_qda.read(archive(tmp_path / "p.qdpx", project(body)))
    with pytest.raises(StudyError, match="more than 99 values"):
        found.variables_of("case")


# XML


LAUGHS = """<?xml version="1.0"?><!DOCTYPE Project [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>
<Project name="&c;"/>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE Project [<!ENTITY a SYSTEM "file:///etc/passwd">]><Project>&a;</Project>"""
DTD = """<?xml version="1.0"?><!DOCTYPE Project SYSTEM "http://localhost:9/x.dtd"><Project name="p"/>"""


@pytest.mark.parametrize("text", [LAUGHS, OUTSIDE, DTD], ids=["billion laughs", "outside", "dtd"])
def test_entities(tmp_path: Path, text: str) -> None:
    assert "declares a DTD or entities" in refused(archive(tmp_path / "p.qdpx", text))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<Project",
        b"<Project></Projekt>",
        b"<Project name='a' name='b'/>",
        b"\xff\xfe<\0P\0",
        b'<?xml version="1.0" encoding="utf-8"?><Project name="\xe9"/>',
        b'<?xml version="1.0" encoding="no-such"?><Project name="p"/>',
        b'<?xml version="1.0" encoding="shift_jis"?><Project name="p"/>',
        b'<?xml version="1.0" encoding="utf-16"?><Project name="p"/>',
        b"<Project>&undefined;</Project>",
        b"<x:Project/>",
        b"<Project>\0</Project>",
    ],
)
def test_broken_xml(tmp_path: Path, data: bytes) -> None:
    assert "is not well-formed XML" in refused(archive(tmp_path / "p.qdpx", data))


def test_elements_nested_without_end(tmp_path: Path) -> None:
    deep = "<Code name='a'>" * 100_000
    assert "nested more than 100 deep" in refused(archive(tmp_path / "p.qdpx", project(f"<CodeBook><Codes>{deep}")))


def test_attributes_without_end(tmp_path: Path) -> None:
    many = " ".join(f"a{one}=''" for one in range(20_000))
    assert "an element with 20,001 attributes" in refused(archive(tmp_path / "p.qdpx", f"<Project name='p' {many}/>"))


def test_attributes_without_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "LARGEST_ATTRIBUTES", 1000)
    assert "more than 1,000 attributes" in refused(archive(tmp_path / "p.qdpx", project("<a b='1' c='2'/>" * 500)))


def test_elements_without_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "LARGEST_ELEMENTS", 1000)
    assert "more than 1,000 elements" in refused(archive(tmp_path / "p.qdpx", project("<a/>" * 1000)))


def test_an_archive_within_an_archive_is_not_opened(tmp_path: Path) -> None:
    inner = packed(tmp_path).read_bytes()
    path = packed(tmp_path, ("sources/t.txt", inner), ("more.qdpx", inner))
    with zipfile.ZipFile(path) as opened:
        assert {"sources/t.txt", "more.qdpx"} <= set(opened.namelist())
    assert refi_qda.read(path).sources.empty
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("project.qde", project(SOURCE))
        opened.writestr("t.txt", inner)
    found = refi_qda.read(path)
    assert found.sources["text"].tolist() == [""] and "its text is not in utf-8" in found.left_out["why"].tolist()
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("project.qde", inner)
    assert "is not well-formed XML" in refused(path)


def test_names_that_end_early(tmp_path: Path) -> None:
    path = packed(tmp_path, ("project.qdeX../../out.txt", EMPTY))
    path.write_bytes(path.read_bytes().replace(b"project.qdeX..", b"project.qde\0.."))
    assert "stands twice in the archive" in refused(path)


def test_entries_that_overlap_are_counted_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Many entries of the directory share one packed text: every reading of it counts.
    monkeypatch.setattr(archives, "LARGEST_TEXT_BYTES", 5_000)
    sources = "".join(f'<TextSource guid="s{one}" name="S" plainTextPath="t{one}.txt"/>' for one in range(10))
    path = tmp_path / "p.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("project.qde", project(f"<Sources>{sources}</Sources>"))
        opened.writestr("t0.txt", b"a" * 1_000)
        first = opened.getinfo("t0.txt")
        for one in range(1, 10):
            shared = zipfile.ZipInfo(f"t{one}.txt")
            for name in ("compress_type", "CRC", "compress_size", "file_size", "header_offset", "external_attr"):
                setattr(shared, name, getattr(first, name))
            opened.filelist.append(shared)
            opened.NameToInfo[shared.filename] = shared
    said = refused(path)
    assert "holds more than 5,000 bytes" in said or "cannot be unpacked" in said


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_encodings_that_xml_declares(tmp_path: Path, encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{"utf-8" if encoding == "utf-8-sig" else encoding}"?>'
    path = archive(tmp_path / "p.qdpx", (declared + '<Project name="é"/>').encode(encoding))
    assert refi_qda.read(path).name == "é"


@pytest.mark.parametrize("encoding", ["utf-7", "zip", "hex", "rot13", "utf-8", "no-such"])
def test_encodings_that_do_not_fit(tmp_path: Path, encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?><Project name="\xe9"/>'.encode("latin-1")
    refused(archive(tmp_path / "p.qdpx", declared))


def test_a_million_small_elements_are_read_in_their_time(tmp_path: Path) -> None:
    started = time.process_time()
    found = refi_qda.read(archive(tmp_path / "p.qdpx", project(f"<Sources>{'<a/>' * 300_000}</Sources>")))
    assert found.left_out["number"].sum() == 300_000
    assert time.process_time() - started < 10


# Anything at all: our own errors or a project


def reads_or_refuses(path: Path) -> None:
    try:
        found = refi_qda.read(path)
    except StudyError:
        return
    for kind in ("case", "source"):
        found.variables_of(kind)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    inside = '<PlainTextSelection guid="q" startPosition="0" endPosition="3"><Coding><CodeRef targetGUID="k"/></Coding>'
    body = f"""<Users><User guid="u" name="A"/></Users><CodeBook><Codes><Code guid="k" name="K"/></Codes></CodeBook>
    <Variables><Variable guid="v" name="V" typeOfVariable="Text"/></Variables><Cases><Case guid="c"><VariableValue>
    <VariableRef targetGUID="v"/><TextValue>1</TextValue></VariableValue></Case></Cases>
    <Sources><TextSource guid="s" name="S" plainTextPath="t.txt">{inside}</PlainTextSelection></TextSource></Sources>"""
    path = archive(tmp_path_factory.mktemp("written") / "p.qdpx", project(body), t="one two three")
    return path.read_bytes()


@settings(max_examples=300)
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 12), end=st.booleans())
def test_damaged_archives(
    tmp_path_factory: pytest.TempPathFactory, written: bytes, seed: int, changes: int, end: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.qdpx"
    drawn, data = random.Random(seed), bytearray(written)
    for _ in range(changes):
        place = drawn.randrange(len(data) // 2 if end else 0, len(data))
        data[place] = drawn.randrange(256)
    if drawn.random() < 0.2:
        del data[drawn.randrange(len(data)) :]
    path.write_bytes(data)
    reads_or_refuses(path)


@settings(max_examples=150)
@given(st.dictionaries(st.text(min_size=1, max_size=20), st.binary(max_size=50), max_size=4), st.binary(max_size=100))
def test_any_archive(tmp_path_factory: pytest.TempPathFactory, entries: dict[str, bytes], xml: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.qdpx"
    with zipfile.ZipFile(path, "w") as opened:
        for name, data in {**entries, "project.qde": xml}.items():
            try:
                opened.writestr(name, data)
            except (UnicodeEncodeError, ValueError):
                continue
    reads_or_refuses(path)


@settings(max_examples=150)
@given(st.binary(max_size=200))
def test_any_file(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.qdc"
    path.write_bytes(data)
    reads_or_refuses(path)


NAMES = sorted({*SCHEMA, *VALUES, "PDFSource", "Representation", "AudioSource", "Transcript", "TranscriptSelection"})
WORDS = st.sampled_from(
    ["", "1", "2", number(1), number(2), f"{{{number(1)}}}", "internal://t.txt", "../t.txt", "é😀", "-1", "9" * 5000]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        [
            "guid",
            "name",
            "targetGUID",
            "startPosition",
            "endPosition",
            "plainTextPath",
            "isCodable",
            "creatingUser",
            "position",
        ]
    ),
    WORDS,
    max_size=6,
)
TREES = st.recursive(
    st.tuples(st.sampled_from(NAMES), ATTRIBUTES, WORDS, st.just([])),
    lambda below: st.tuples(st.sampled_from(NAMES), ATTRIBUTES, WORDS, st.lists(below, max_size=5)),
    max_leaves=30,
)


def grown(parent: Element, tree: tuple[str, dict[str, str], str, list[object]]) -> None:
    name, attributes, text, below = tree
    element = SubElement(parent, name, attributes)
    element.text = text
    for one in below:
        grown(element, one)  # type: ignore[arg-type]


@settings(max_examples=150)
@given(
    st.lists(TREES, max_size=5),
    st.sampled_from(["Sources", "CodeBook", "Cases", "Sets", "Notes", "Users", "Variables"]),
)
def test_any_tree_of_the_schema(tmp_path_factory: pytest.TempPathFactory, trees: list[object], under: str) -> None:
    root = Element("Project", {"name": "p"})
    holder = SubElement(root, under)
    for tree in trees:
        grown(holder, tree)  # type: ignore[arg-type]
        grown(root, tree)  # type: ignore[arg-type]
    path = archive(tmp_path_factory.getbasetemp() / "tree.qdpx", tostring(root, encoding="utf-8"), t="one two\r\n😀")
    reads_or_refuses(path)
