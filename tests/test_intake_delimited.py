"""CSV and TSV come in as they are written, or are refused with the place and the way out."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digiskills import intake
from digiskills.errors import StudyError
from digiskills.intake import delimited, limits
from digiskills.intake.passport import Resource


def written(folder: Path, data: bytes, name: str = "answers.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def problems(path: Path, **reading: str) -> list[str]:
    with pytest.raises(StudyError) as refused:
        delimited.read(path, **reading)
    return [str(problem) for problem in refused.value.problems]


def test_cells_are_text_as_written(tmp_path: Path) -> None:
    path = written(tmp_path, b'id,answer,note\n01,1.0,NA\n02,,"a ""b"",\nc"\n')
    frame = delimited.read(path).frame
    assert frame.to_dict("list") == {"id": ["01", "02"], "answer": ["1.0", ""], "note": ["NA", 'a "b",\nc']}
    assert not frame.isna().any(axis=None)


@pytest.mark.parametrize("rest", [b"", b'"x",1\n'])
def test_both_readers_agree(tmp_path: Path, rest: bytes) -> None:
    # A quote anywhere sends the file to the careful reader; the rows before it must read the same.
    frame = delimited.read(written(tmp_path, b"a,b\r\n 1,NULL\r\n,true\r\n" + rest)).frame.head(2)
    assert frame.to_dict("list") == {"a": [" 1", ""], "b": ["NULL", "true"]}


def test_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufeffâge,b\n1,2\n".encode())
    assert list(delimited.read(path).frame.columns) == ["âge", "b"]


def test_gzip_and_tabs(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(b"a\tb\n1\t2\n"), "answers.tsv.gz")
    assert intake.read(path).frame.to_dict("list") == {"a": ["1"], "b": ["2"]}


def test_encoding_of_the_passport(tmp_path: Path) -> None:
    path = written(tmp_path, "question\nl’école\n".encode("windows-1252"))
    resource = Resource("answers", "answers.csv", encoding="windows-1252")
    assert intake.read(path, resource).frame["question"].tolist() == ["l’école"]


def test_wrong_encoding_names_row_and_way_out(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,2\n3,été\n".encode("windows-1252"))
    (problem,) = problems(path)
    assert "row 3" in problem
    assert "byte 0xe9 at character 3" in problem
    assert "windows-1252" in problem


def test_utf8_declared_as_something_else_is_refused(tmp_path: Path) -> None:
    # windows-1252 would read it without complaint, as "Ã©tÃ©".
    (problem,) = problems(written(tmp_path, "a\nété\n".encode()), encoding="windows-1252")
    assert "reads as UTF-8" in problem


@pytest.mark.parametrize("encoding", ["zlib", "utf8x", "idna\0", "rot13"])
def test_what_is_no_text_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    assert "is no text encoding" in problems(written(tmp_path, b"a\n1\n"), encoding=encoding)[0]


def test_utf16_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,é\n".encode("utf-16"))
    assert "utf-16" in problems(path)[0]
    assert delimited.read(path, encoding="utf-16").frame["b"].tolist() == ["é"]


def test_every_ragged_row_is_named(tmp_path: Path) -> None:
    found = problems(written(tmp_path, b"a,b\n1,2\n3\n4,5\n\n6,7,8\n"))
    assert [problem.split(":")[0] for problem in found] == [f"answers.csv, row {row}" for row in (3, 5, 6)]
    assert "has 1 cells (2 cells, as in the header)" in found[0]
    assert "is an empty line" in found[1]


def test_empty_line_between_windows_lines(tmp_path: Path) -> None:
    assert "row 3: is an empty line" in problems(written(tmp_path, b"a,b\r\n1,2\r\n\r\n3,4\r\n"))[0]


def test_many_ragged_rows_are_summed_up(tmp_path: Path) -> None:
    found = problems(written(tmp_path, b"a,b\n" + b"1\n" * 60))
    assert len(found) == delimited.MOST_PROBLEMS + 1
    assert "has 60 such rows in all" in found[-1]


def test_empty_lines_at_the_end_are_no_respondents(tmp_path: Path) -> None:
    assert len(delimited.read(written(tmp_path, b"a,b\n1,2\n\n\n")).frame) == 1


def test_duplicated_and_empty_names(tmp_path: Path) -> None:
    found = problems(written(tmp_path, b"a,b,a,\n1,2,3,4\n"))
    assert "row 1, column number 3: ‘a’ stands twice in the header, columns 1 and 3" in found[0]
    assert "column number 4: has no name" in found[1]


@pytest.mark.parametrize("data", [b"", b"\n \n"])
def test_empty_file(tmp_path: Path, data: bytes) -> None:
    assert "is empty" in problems(written(tmp_path, data))[0]


def test_header_alone_is_a_survey_without_respondents(tmp_path: Path) -> None:
    assert delimited.read(written(tmp_path, b"a,b\n")).frame.shape == (0, 2)


def test_wrong_delimiter_is_suggested(tmp_path: Path) -> None:
    assert "perhaps ‘;’" in problems(written(tmp_path, b"a;b\n1;2\n"))[0]
    assert delimited.read(tmp_path / "answers.csv", delimiter=";").frame["b"].tolist() == ["2"]


def test_open_quote_loses_no_row(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, b'a,b\n1,"2\n3,4\n'))
    assert "row 2" in problem
    assert "closing quote" in problem


def test_stray_quote_is_refused(tmp_path: Path) -> None:
    assert "cannot be split into cells" in problems(written(tmp_path, b'a,b\n1,"2"x\n'))[0]


def test_reading_stops_at_the_limit(tmp_path: Path) -> None:
    bomb = written(tmp_path, gzip.compress(b"0" * 1_000_000), "answers.csv.gz")
    assert bomb.stat().st_size < 2000
    with pytest.raises(StudyError, match="more than 10,000 bytes"):
        limits.contents(bomb, largest=10_000)


def test_damaged_gzip(tmp_path: Path) -> None:
    assert "damaged gzip" in problems(written(tmp_path, gzip.compress(b"a\n1\n")[:-9], "answers.csv.gz"))[0]


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"absent\.csv: is missing"):
        intake.read(tmp_path / "absent.csv")


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8))
def test_what_is_written_is_read(rows: list[tuple[str, str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    frame = delimited.table(text.getvalue(), "answers.csv", ",")
    assert list(frame.itertuples(index=False, name=None)) == rows


PLAIN = st.text("ab1é .;-'", max_size=4)


@given(st.lists(st.tuples(PLAIN, PLAIN), min_size=1, max_size=8))
def test_the_fast_reader_reads_what_the_careful_one_does(rows: list[tuple[str, str]]) -> None:
    text = "a,b\n" + "".join(f"{left},{right}\n" for left, right in rows)
    fast = delimited._fast(text, ["a", "b"], ",")
    assert fast.equals(delimited._careful(text, ["a", "b"], "answers.csv", ","))
