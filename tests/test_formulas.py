"""A text of a CSV file is never run by the spreadsheet that opens it, and numbers stay numbers."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digiskills import formulas

BEGINNINGS = st.sampled_from(["", "'", "''", *formulas.SIGNS, "'=", "-1", "+2.5", "word"])
CELLS = st.builds(lambda start, rest: start + rest, BEGINNINGS, st.text("=+-@\t\r'a1.,e ", max_size=6))


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-x", "@SUM(a)", "\tx", "-1+1", "- we have no tools", "-"])
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert formulas.guarded(pd.DataFrame({"label": [text, "plain"]}))["label"].tolist() == [f"'{text}", "plain"]


@pytest.mark.parametrize("text", ["-1", "+2", "-0.5", "-1,5", "-1e-05", "0", "word", "", "a=b", "'tis so"])
def test_numbers_and_plain_texts_stay(text: str) -> None:
    assert formulas.guarded(pd.DataFrame({"answer": [text]}))["answer"].tolist() == [text]


def test_columns_of_numbers_and_truth_stay_as_they_are() -> None:
    frame = pd.DataFrame({"estimate": [-0.25, float("nan")], "n": [-1, 2], "differs": [True, False]})
    pd.testing.assert_frame_equal(formulas.guarded(frame), frame)


def test_categories_names_of_columns_and_empty_cells() -> None:
    frame = pd.DataFrame({"=x": pd.Categorical(["=a", "b"]), "note": [None, "@c"]})
    made = formulas.guarded(frame).to_csv(index=False)
    assert made == "'=x,note\n'=a,\nb,'@c\n"
    assert list(frame) == ["=x", "note"], "the given frame is untouched"


@pytest.mark.parametrize("text", ["x\r=1+1", "x\r\n=1+1", "\r=1+1", "\n=1+1"])
def test_no_row_of_a_file_begins_within_a_text(text: str) -> None:
    made = formulas.guarded(pd.DataFrame({"label": [text], "n": [1]})).to_csv(index=False, lineterminator="\n")
    rows = list(csv.reader(io.StringIO(made, newline="")))
    assert "\r" not in made and len(rows) == 2 and not rows[1][0].startswith(("=", "\n", "\r"))


@given(st.lists(CELLS, min_size=1, max_size=5))
def test_what_is_guarded_is_no_formula_and_is_read_back(cells: list[str]) -> None:
    frame = pd.DataFrame({"label": pd.Series(cells, dtype="str")})
    found = formulas.guarded(frame)
    for cell in found["label"]:
        assert not cell.startswith(formulas.SIGNS) or pd.notna(pd.to_numeric(cell.replace(",", "."), errors="coerce"))
    back = pd.read_csv(io.StringIO(found.to_csv(index=False)), dtype=str, keep_default_na=False)
    assert formulas.unguarded(back)["label"].tolist() == [cell.replace("\r", "\n") for cell in cells]
