"""One workbook per study and language: as governments publish them, and the same numbers as the CSV files."""

from __future__ import annotations

import dataclasses
import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import released_tables as made
from openpyxl.worksheet.worksheet import Worksheet

from digiskills import exhibits, tables, words
from digiskills.disclosure import Released
from digiskills.errors import UsageError

REAL = Path(__file__).parents[1] / "reports" / "exhibits" / "ontario"
KINDS: dict[str, Callable[[str], Released]] = {
    "01-respondents": made.respondents,
    "02-answers": made.agreement,
    "03-themes": made.themes,
    "04-needs": made.needs,
    "04-quadrants": made.quadrants,
    "05-differences": lambda language: made.differences(language, hidden=(2, 5)),
    "05-gap": lambda language: made.shortfalls(language, ("department_size", "level")),
    "06-model": made.model,
    "07-coders": made.coders,
    "07-order": made.robustness_order,
    "07-range": made.robustness_range,
    "07-reliability": made.reliability,
    "09-changes": made.changes,
}


def shown(language: str = "en") -> dict[str, Released]:
    """One table of many kinds, each declared under its id."""
    return {name: dataclasses.replace(make(language), ids=frozenset({name})) for name, make in KINDS.items()}


def opened(content: bytes) -> openpyxl.Workbook:
    """The workbook as Excel would read it."""
    return openpyxl.load_workbook(io.BytesIO(content))


def table_of(page: Worksheet) -> tuple[list[str], list[tuple[object, ...]]]:
    """Header and rows of the marked-up table of a sheet."""
    (table,) = page.tables.values()
    header, *rows = [tuple(cell.value for cell in row) for row in page[table.ref]]
    return [str(label) for label in header], rows


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_workbook_is_as_governments_publish_it(language: str) -> None:
    book = opened(tables.workbook(shown(language)))
    first = [words.text(f"sheet.{name}", language) for name in ("cover", "contents", "notes")]
    assert book.sheetnames == [*first, *KINDS]
    assert words.banner("synthetic", made.ONTARIO, language) in [cell.value for cell in book[first[0]]["A"]]
    for page in book.worksheets:
        assert not page.merged_cells.ranges and page.freeze_panes is None
        assert page["A1"].value and all(page.cell(row, 1).value is not None for row in range(1, page.max_row + 1))
        assert not any(line.hidden for line in [*page.row_dimensions.values(), *page.column_dimensions.values()])
        if page.title == first[0]:
            continue
        (table,) = page.tables.values()
        assert table.autoFilter is None and table.ref.startswith("A") and table.ref.endswith(str(page.max_row))
        header, rows = table_of(page)
        assert len(set(header)) == len(header) and rows
        assert all(value is not None and value != "" for row in rows for value in row)
    contents = book[first[1]]
    links = [cell.hyperlink.location for cell in contents["A"] if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in KINDS]
    assert book.properties.title and book.properties.language == language


def test_the_same_tables_give_the_same_bytes() -> None:
    one = tables.workbook(shown())
    time.sleep(2.1)  # zip archives and Excel files hold times to two seconds
    assert tables.workbook(shown()) == one
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    last = max(wave.date for wave in made.ONTARIO.waves)
    assert core.count(f"{last.isoformat()}T00:00:00Z") == 2 and "openpyxl" not in core


def test_withheld_rows_hold_shorthand_that_is_explained() -> None:
    book, table = opened(tables.workbook(shown())), shown()["05-gap"]
    header, rows = table_of(book["05-gap"])
    gone = [row for row, why in zip(rows, table.frame["withheld"], strict=True) if why]
    assert gone and all(set(row[4:]) == {"[c]"} for row in gone)
    above = [str(cell.value) for cell in book["05-gap"]["A"]][:12]
    assert any(line.startswith("[c]: confidential") for line in above)
    assert not any(line.startswith("[x]") for line in above)
    assert "[x]" in {value for row in table_of(book["07-reliability"])[1] for value in row}
    signs = [row[0] for row in table_of(book["Notes"])[1]]
    assert signs == ["[c]", "[x]", *(f"[note {place + 1}]" for place in range(len(words.MARKS)))]
    assert header[:4] == ["Skill", "Measure", "Department size", "Level"]


def test_numbers_are_numbers_as_released() -> None:
    table = shown()["05-gap"]
    page = opened(tables.workbook({"05-gap": table}))["05-gap"]
    header, rows = table_of(page)
    found = pd.DataFrame(rows, columns=header)
    kept = table.frame["withheld"].eq("").to_numpy()
    ends = {
        "estimate": "Estimate",
        "low": "95% interval, lower end",
        "high": "95% interval, upper end",
        "n": "Answers (n)",
    }
    for name, label in ends.items():
        assert found.loc[kept, label].tolist() == pytest.approx(table.frame.loc[kept, name].tolist(), rel=1e-15)
    top = page.max_row - len(rows) + 1
    formats = {page.cell(top + place, 5).number_format for place in range(len(rows)) if kept[place]}
    assert formats == {"0.0%", "#,##0"}


def test_marks_become_notes_with_numbers() -> None:
    table = made.shortfalls()
    noted = dataclasses.replace(table, frame=table.frame.assign(note=["few_df", *[""] * (len(table.frame) - 1)]))
    header, rows = table_of(opened(tables.workbook({"05-test": noted}))["05-test"])
    assert header[-1] == "Notes" and [row[-1] for row in rows] == ["[note 4]", *["none"] * (len(rows) - 1)]


@pytest.mark.parametrize("evil", ['=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "a\x07b"])
def test_words_are_never_formulas(evil: str) -> None:
    table = made.themes(by=())
    frame = table.frame.assign(label_en=[f"{evil}{place}" for place in range(len(table.frame))])
    page = opened(tables.workbook({"03-test": made.released(frame, "themes", evidence="focus_groups", wave="")}))[
        "03-test"
    ]
    _, rows = table_of(page)
    assert str(rows[0][0]).endswith("0")
    for row in page.iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "n") and not (cell.data_type == "n" and isinstance(cell.value, str))
            if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                assert cell.quotePrefix


def test_names_of_sheets_are_short_and_differ() -> None:
    ids = ["05-" + "long-" * 8 + end for end in ("a", "b", "c")]
    book = opened(tables.workbook(dict.fromkeys(ids, made.shortfalls())))
    names = book.sheetnames[3:]
    assert len(set(names)) == 3 and all(len(name) <= 31 for name in names)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_files_give_back_what_was_released(language: str, tmp_path: Path) -> None:
    for name, table in shown(language).items():
        exhibits.publish(name, table, folder=tmp_path, parameters={}, data_digest="abc", code_version="0.1.0")
    for name, table in shown(language).items():
        said = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        again = exhibits.read(tmp_path / f"{name}.csv", said, made.ONTARIO)
        assert tables.html(again) == tables.html(table), name
    written = exhibits.workbook(tmp_path, made.ONTARIO)
    assert written == exhibits.workbook(tmp_path)
    book = opened(written)
    for page, each in zip(book.worksheets[3:], opened(tables.workbook(shown(language))).worksheets[3:], strict=True):
        (header, rows), (labels, cells) = table_of(page), table_of(each)
        assert header == labels
        # a CSV file holds 12 digits
        for row, same in zip(rows, cells, strict=True):
            assert [pytest.approx(value) if isinstance(value, float) else value for value in same] == list(row), (
                page.title
            )


def test_a_folder_without_exhibits_or_of_two_languages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none"):
        exhibits.workbook(tmp_path)
    for place, language in enumerate(("en", "fr")):
        table = dataclasses.replace(made.shortfalls(language), ids=frozenset({f"0{place}-a"}))
        exhibits.publish(f"0{place}-a", table, folder=tmp_path, parameters={}, data_digest="", code_version="")
    with pytest.raises(UsageError, match="ontario en, ontario fr"):
        exhibits.workbook(tmp_path)


@pytest.mark.skipif(not REAL.is_dir(), reason="no reports were made here")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_exhibits_of_the_reports_make_a_workbook(language: str) -> None:
    folder = REAL / language
    book = opened(exhibits.workbook(folder))
    made_here = sorted(path.stem for path in folder.glob("*.csv"))
    assert len(book.worksheets) == 3 + len(made_here)
    for page, name in zip(book.worksheets[3:], made_here, strict=True):
        assert len(table_of(page)[1]) == len(pd.read_csv(folder / f"{name}.csv")), name
