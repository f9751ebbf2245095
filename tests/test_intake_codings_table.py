"""Codings kept in tables: wide and long say the same."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digiskills.errors import StudyError
from digiskills.intake import codings_table
from digiskills.intake.codings_table import CodingsTable, read_long, read_wide
from digiskills.intake.passport import Resource

# Ana gives S1 two codes and S2 none, Ben gives S1 one; S3 nobody coded but Ana read it.
LONG = """segment_id,session,coder,code
S1,morning,Ana,risk
S1,morning,Ana,skill
S1,morning,Ben,risk
S2,evening,Ana,
S3,evening,Ana,
"""
WIDE = """segment_id,session,coder,risk,skill
S1,morning,Ana,1,1
S1,morning,Ben,1,0
S2,evening,Ana,0,
S3,evening,Ana,,0
"""


def long(folder: Path, text: str = LONG, **options: str) -> CodingsTable:
    (folder / "long.csv").write_text(text, encoding="utf-8")
    return read_long(folder / "long.csv", **options)  # type: ignore[arg-type]


def wide(folder: Path, text: str = WIDE, **options: object) -> CodingsTable:
    (folder / "wide.csv").write_text(text, encoding="utf-8")
    return read_wide(folder / "wide.csv", **options)  # type: ignore[arg-type]


def rows(frame: pd.DataFrame) -> list[list[str]]:
    return frame.astype("str").to_dict("split")["data"]


def problems(error: pytest.ExceptionInfo[StudyError]) -> list[str]:
    return [str(problem) for problem in error.value.problems]


def test_by_hand(tmp_path: Path) -> None:
    found = long(tmp_path)
    assert rows(found.codings) == [["S1", "Ana", "risk"], ["S1", "Ana", "skill"], ["S1", "Ben", "risk"]]
    assert rows(found.segments) == [["S1", "morning"], ["S2", "evening"], ["S3", "evening"]]
    assert rows(found.read_by) == [["S1", "Ana"], ["S1", "Ben"], ["S2", "Ana"], ["S3", "Ana"]]
    assert (found.codes, found.coders) == (("risk", "skill"), ("Ana", "Ben"))
    assert repr(found) == "CodingsTable(3 codings, 3 segments, 2 codes, 2 coders)"


def test_wide_says_the_same(tmp_path: Path) -> None:
    one, other = long(tmp_path), wide(tmp_path)
    for name in ("codings", "segments", "read_by"):
        assert rows(getattr(one, name)) == rows(getattr(other, name)), name
    assert (one.codes, one.coders) == (other.codes, other.coders)


def test_other_names_delimiter_and_encoding(tmp_path: Path) -> None:
    text = LONG.replace("segment_id", "Passage").replace("coder", "Codé par").replace(",", ";")
    (tmp_path / "long.csv").write_bytes(text.encode("cp1252"))
    resource = Resource("long", "codings/long.csv", format="csv", encoding="cp1252", delimiter=";")
    found = read_long(tmp_path / "long.csv", resource, segment="Passage", coder="Codé par")
    assert rows(found.codings) == rows(long(tmp_path).codings)
    assert list(found.segments) == ["segment_id", "session"]


def test_parquet(tmp_path: Path) -> None:
    found = long(tmp_path)
    pd.read_csv(tmp_path / "long.csv", dtype="str").to_parquet(tmp_path / "long.parquet")
    assert rows(read_long(tmp_path / "long.parquet").codings) == rows(found.codings)


def test_one_coder(tmp_path: Path) -> None:
    assert rows(long(tmp_path, "segment_id,code\nS1,risk\n").codings) == [["S1", "", "risk"]]
    assert rows(wide(tmp_path, "segment_id,risk\nS1,1\n").codings) == [["S1", "", "risk"]]


def test_codes_that_are_named(tmp_path: Path) -> None:
    # A column of 0 and 1 that is no code: a flag of the segment.
    found = wide(tmp_path, "segment_id,heading,risk\nS1,0,1\nS2,1,0\n", codes=["risk"])
    assert found.codes == ("risk",)
    assert rows(found.segments) == [["S1", "0"], ["S2", "1"]]


def test_problems_of_long(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as error:
        long(tmp_path, LONG + "S1,morning,Ben,risk\n")
    assert problems(error) == ["long.csv, row 7, column code: ‘risk’ stands twice for this segment and coder"]
    with pytest.raises(StudyError) as error:
        long(tmp_path, LONG + ",morning,Ben,risk\n")
    assert problems(error) == ["long.csv, row 7, column segment_id: ‘’ is empty"]
    with pytest.raises(StudyError) as error:
        long(tmp_path, LONG, code="codes")
    assert problems(error) == ["long.csv, row 1, column codes: column is missing (did you mean ‘code’?)"]


def test_problems_of_wide(tmp_path: Path) -> None:
    # A slip does not turn a code into a description of the segment.
    with pytest.raises(StudyError) as error:
        wide(tmp_path, WIDE.replace("S1,morning,Ben,1,0", "S1,morning,Ben,2,0"))
    assert "wide.csv, row 3, column risk: ‘2’ is neither 0 nor 1" in problems(error)
    with pytest.raises(StudyError) as error:
        wide(tmp_path, WIDE + "S1,morning,Ben,0,0\n")
    assert problems(error) == ["wide.csv, row 6, column segment_id: ‘S1’ stands twice for this coder"]


KEYS = st.tuples(st.sampled_from("abcd"), st.sampled_from("xy"))


@settings(max_examples=60)
@given(st.dictionaries(KEYS, st.sets(st.sampled_from(["k1", "k2", "k3"])), min_size=1))
def test_wide_and_long_agree(
    tmp_path_factory: pytest.TempPathFactory, given_codes: dict[tuple[str, str], set[str]]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    codes = ["k1", "k2", "k3"]
    text = "segment_id,coder," + ",".join(codes) + "\n"
    text += "".join(
        f"{one},{by},{','.join(str(int(k in found)) for k in codes)}\n" for (one, by), found in given_codes.items()
    )
    lines = [f"{one},{by},{k}\n" for (one, by), found in given_codes.items() for k in sorted(found) or [""]]
    from_wide, from_long = wide(folder, text, codes=codes), long(folder, "segment_id,coder,code\n" + "".join(lines))
    assert sorted(rows(from_wide.codings)) == sorted(rows(from_long.codings))
    assert rows(from_wide.read_by) == rows(from_long.read_by)
    assert rows(from_wide.segments) == rows(from_long.segments)


def test_most_problems_are_listed_only(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as error:
        long(tmp_path, "segment_id,code\n" + "S1,risk\n" * 500)
    assert len(problems(error)) == codings_table.MOST_PROBLEMS


# Tables that were made to do harm


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx"])
def test_names_that_a_spreadsheet_would_run(tmp_path: Path, name: str) -> None:
    said = "begins like a formula of a spreadsheet"
    cells = (f'"{name}",risk,x\n', f'S1,"{name}",x\n')
    for text in (*(f"segment_id,code,place\n{row}" for row in cells), f'segment_id,code,"{name}"\nS1,risk,x\n'):
        with pytest.raises(StudyError, match=said):
            long(tmp_path, text)
    for text in (f'segment_id,"{name}"\nS1,1\n', f'segment_id,coder,risk\nS1,"{name}",1\n'):
        with pytest.raises(StudyError, match=said):
            wide(tmp_path, text)


def test_a_million_columns(tmp_path: Path) -> None:
    text = "segment_id," + ",".join(map(str, range(1_000_000))) + "\nS1\n"
    started = time.process_time()
    with pytest.raises(StudyError, match=r"has 1,000,001 columns, more than 20,000"):
        wide(tmp_path, text)
    assert time.process_time() - started < 10


def test_more_codes_than_a_codebook_has(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"has 2,001 codes or columns, more than 2,000"):
        long(tmp_path, "segment_id,code\n" + "".join(f"S1,k{one}\n" for one in range(2_001)))
    with pytest.raises(StudyError, match=r"has 2,003 codes or columns, more than 2,000"):
        wide(tmp_path, "segment_id," + ",".join(f"k{one}" for one in range(2_001)) + "\nS1" + ",1" * 2_001 + "\n")


def test_line_ends_within_cells(tmp_path: Path) -> None:
    found = long(tmp_path, 'segment_id,code,paraphrase\nS1,risk,"one\ntwo"\nS2,risk,three\n')
    assert rows(found.segments) == [["S1", "one\ntwo"], ["S2", "three"]]
    with pytest.raises(StudyError, match="cannot be split into cells"):
        long(tmp_path, 'segment_id,code\nS1,"risk\nS2,risk\n')


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"segment_id,code\nS1,ri\0sk\n", "holds NUL characters"),
        ("segment_id,code\nS1,é\n".encode("cp1252"), "is not in utf-8: byte 0xe9"),
        ("segment_id,code\nS1,é\n".encode("utf-16"), "encoding: utf-16"),
        (b"", "is empty"),
        (b"segment_id,code,code\nS1,a,b\n", "stands twice in the header"),
        (b"segment_id,code\nS1,a,b\n", "has 3 cells"),
    ],
)
def test_files_that_are_no_table(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "long.csv").write_bytes(data)
    with pytest.raises(StudyError, match=said):
        read_long(tmp_path / "long.csv")


# What is said beside the codes


def test_coders_may_say_different_things_of_a_segment(tmp_path: Path) -> None:
    text = "segment_id,coder,code,place,stance\nS1,Ana,risk,x,barrier\nS1,Ana,skill,,\nS1,Ben,risk,x,need\n"
    found = long(tmp_path, text)
    assert rows(found.segments) == [["S1", "x"]]
    assert rows(found.read_by) == [["S1", "Ana", "barrier"], ["S1", "Ben", "need"]]
    with pytest.raises(StudyError) as error:
        long(tmp_path, text.replace("S1,Ana,skill,,", "S1,Ana,skill,,need"))
    assert problems(error) == [
        "long.csv, row 3, column stance: ‘need’ is another than this coder says of the segment above"
    ]


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    for read in (long, wide):
        for head in ("", "segment_id,coder,code\n"):
            with contextlib.suppress(StudyError):
                read(folder, head + text)
