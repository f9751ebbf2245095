"""Excel, SPSS, Parquet and Qualtrics: codes as written, labels beside them, hostile files refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from openpyxl import Workbook

from digiskills import intake
from digiskills.errors import StudyError
from digiskills.intake import excel, limits
from digiskills.intake.passport import Resource
from digiskills.intake.received import code_text


def workbook(path: Path, rows: list[list[object]], title: str = "answers") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def spss_file(path: Path, **settings: object) -> Path:
    frame = pd.DataFrame(
        {"trust": [1.0, 2.0, 8.0, None], "size": [1.5, 100.0, 250.0, 3.0], "word": ["a", "b ", "", "NA"]}
    )
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={"trust": "I trust my manager", "size": "", "word": "In a word"},
        variable_value_labels={"trust": {1.0: "Agree", 2.0: "Disagree", 8.0: "Do not know"}},
        missing_ranges={"trust": [8.0], "size": [{"lo": 200.0, "hi": 300.0}]},
        **settings,
    )
    return path


def refused(path: Path, resource: Resource | None = None) -> str:
    with pytest.raises(StudyError) as error:
        intake.read(path, resource)
    return str(error.value)


# One word per code, whatever the format


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (1.5, "1.5"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (3, "3"),
        (True, "TRUE"),
        (None, ""),
        (float("nan"), ""),
        ("1,0", "1,0"),
        (" x ", " x "),
        (pd.Timestamp("2025-05-31"), "2025-05-31"),
        (pd.Timestamp("2025-05-31 09:30"), "2025-05-31T09:30:00"),
    ],
)
def test_code_text(value: object, text: str) -> None:
    assert code_text(value) == text


# Excel


def test_excel_cells(tmp_path: Path) -> None:
    path = workbook(tmp_path / "answers.xlsx", [["a", "b"], ["1,0", 1], ["01", 2.5], [None, "NA"], [None, None]])
    assert intake.read(path).frame.to_dict("list") == {"a": ["1,0", "01", ""], "b": ["1", "2.5", "NA"]}


def test_excel_sheet_by_name(tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    book = Workbook()
    book.create_sheet("answers").append(["a"])
    book.save(path)
    assert "has 2 sheets" in refused(path)
    assert list(intake.read(path, Resource("x", "answers.xlsx", sheet="answers")).frame.columns) == ["a"]
    assert "did you mean ‘answers’" in refused(path, Resource("x", "answers.xlsx", sheet="answer"))


def test_excel_formula_without_result(tmp_path: Path) -> None:
    # openpyxl stores no result; a reader that trusts the file would see an empty answer.
    path = workbook(tmp_path / "answers.xlsx", [["a", "b"], [1, "=A2+1"]])
    assert "row 2, column number 2: is a formula without a result" in refused(path)


def test_excel_header_and_empty_row(tmp_path: Path) -> None:
    path = workbook(tmp_path / "answers.xlsx", [["a", "a"], [None, None], [1, 2]])
    message = refused(path)
    assert "stands twice in the header" in message
    assert "row 2: is an empty row" in message


def test_encrypted_workbook(tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    assert "is encrypted (save it as .xlsx without a password)" in refused(path)


def test_old_workbook(tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    assert "old Excel workbook" in refused(path)


def test_workbook_bomb(tmp_path: Path) -> None:
    path = workbook(tmp_path / "answers.xlsx", [["a"], [1]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/x.xml", b"0" * 50_000_000)
    assert path.stat().st_size < 100_000
    assert "unpacked bytes" in refused(path)


def test_workbook_with_entities(tmp_path: Path) -> None:
    # Each entity ten times the one before: a few hundred bytes that would fill memory.
    path = workbook(tmp_path / "plain.xlsx", [["a"], [1]])
    entities = '<!DOCTYPE x [<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{"".join(10 * [f"&a{n - 1};"])}">' for n in range(1, 10)
    )
    hostile = tmp_path / "answers.xlsx"
    with zipfile.ZipFile(path) as plain, zipfile.ZipFile(hostile, "w") as packed:
        for part in plain.namelist():
            data = plain.read(part)
            if part == "xl/workbook.xml":
                data = f'{entities}]><workbook xmlns="x">&a9;</workbook>'.encode()
            packed.writestr(part, data)
    assert "is no workbook that can be read" in refused(hostile)


def test_not_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    path.write_text("a,b\n1,2\n")
    assert "is no Excel workbook" in refused(path)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("readme.txt", "no sheets")
    assert "is no workbook that can be read" in refused(path)


# SPSS


@pytest.mark.parametrize("compressed", [False, True])
def test_spss_codes_and_labels(tmp_path: Path, compressed: bool) -> None:
    path = spss_file(tmp_path / ("a.zsav" if compressed else "a.sav"), compress=compressed)
    received = intake.read(path)
    assert received.frame["trust"].tolist() == ["1", "2", "8", ""]
    assert received.frame["size"].tolist() == ["1.5", "100", "250", "3"]
    assert received.frame["word"].tolist()[2:] == ["", "NA"]
    trust = received.metadata["trust"]
    assert trust.label == "I trust my manager"
    assert trust.value_labels == {"1": "Agree", "2": "Disagree", "8": "Do not know"}
    assert trust.missing_values == ("8",)
    assert received.metadata["size"].missing_ranges == ((200.0, 300.0),)


def test_damaged_spss(tmp_path: Path) -> None:
    path = spss_file(tmp_path / "a.sav")
    path.write_bytes(path.read_bytes()[:300])
    assert "cannot be read as SPSS" in refused(path)
    path.write_text("a,b\n1,2\n")
    assert "is no SPSS file" in refused(path)


def test_too_many_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGEST_CELLS", 5)
    pd.DataFrame({"a": range(10)}).to_parquet(tmp_path / "a.parquet")
    assert "more than 5 cells" in refused(spss_file(tmp_path / "a.sav"))
    assert "more than 5 cells" in refused(tmp_path / "a.parquet")


def test_received_spss(received_data: Path) -> None:
    plain = intake.read(received_data / "formats" / "sample.sav")
    assert plain.frame.equals(intake.read(received_data / "formats" / "sample.zsav").frame)
    assert plain.metadata["mylabl"].value_labels == {"1": "Male", "2": "Female"}
    missing = intake.read(received_data / "formats" / "sample_missing.sav")
    assert missing.frame["myord"].tolist() == ["1", "2", "3", "1", "1", "-1", "-3"]
    assert missing.metadata["myord"].missing_values == ("-1", "-2", "-3")
    assert missing.metadata["mynum"].missing_ranges == ((2000.0, 3000.0),)
    assert missing.metadata["mynum"].missing_values == ("-1",)


# Parquet


def test_parquet_codes(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    frame = pd.DataFrame(
        {
            "whole": pd.array([1, None, 3], dtype="Int64"),
            "number": [1.0, 2.5, None],
            "word": ["1,0", "", None],
            "kind": pd.Categorical(["x", None, "y"]),
            "day": pd.to_datetime(["2025-05-31", None, "2025-06-01"]),
        }
    )
    frame.to_parquet(path)
    assert intake.read(path).frame.to_dict("list") == {
        "whole": ["1", "", "3"],
        "number": ["1", "2.5", ""],
        "word": ["1,0", "", ""],
        "kind": ["x", "", "y"],
        "day": ["2025-05-31", "", "2025-06-01"],
    }


def test_parquet_lists_are_refused(tmp_path: Path) -> None:
    pd.DataFrame({"a": [[1, 2]]}).to_parquet(tmp_path / "a.parquet")
    assert "is no single value per cell" in refused(tmp_path / "a.parquet")


def test_damaged_parquet(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 no more")
    assert "cannot be read as Parquet" in refused(tmp_path / "a.parquet")


# Qualtrics

IDS = '"{""ImportId"":""status""}","{""ImportId"":""QID1""}"'
EXPORT = f'Status,Q1\nResponse Type,"How, in\na word?"\n{IDS}\n0,2\n1,\n'


def test_qualtrics_headers_are_no_respondents(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(EXPORT, encoding="utf-8")
    for resource in (None, Resource("export", "export.csv", format="qualtrics")):
        received = intake.read(path, resource)
        assert received.frame.to_dict("list") == {"Status": ["0", "1"], "Q1": ["2", ""]}
        assert received.metadata["Q1"].label == "How, in\na word?"
        assert received.metadata["Q1"].source_id == "QID1"
        assert received.first_row == 4


def test_qualtrics_declared_but_not_so(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    assert "row 3" in refused(path, Resource("export", "export.csv", format="qualtrics"))


def test_received_qualtrics(received_data: Path) -> None:
    received = intake.read(received_data / "formats" / "qualtrics_export_3header.csv")
    assert received.frame.shape == (1, 20)
    assert received.metadata["Q1"].label == "This is a multiple choice question."
    assert received.metadata["Q2 - Topics"].source_id.startswith("QID2_TEXT_")


def test_received_form(received_data: Path) -> None:
    path = received_data / "formats" / "xlsform_spec_test.xlsx"
    assert {"type", "name"} <= set(excel.read(path, "survey").frame.columns)


# What is not read


@pytest.mark.parametrize("name", ["a.pkl", "a.rds", "a.xls", "a.dta", "a.sas7bdat", "a.docx", "a"])
def test_other_formats_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    assert "is no format that is read" in refused(tmp_path / name)


def test_repr_shows_no_answer(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a"], ["secret"]])
    assert repr(intake.read(path)) == "Received(1 rows, 1 columns: a)"
