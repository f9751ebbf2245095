"""Tables for authors: LaTeX that no label can break, and letters only where the adjusted test says so."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import released_tables as made
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from digiskills import tables, words
from digiskills.disclosure import Released
from digiskills.errors import UsageError
from digiskills.tables.latex import escaped

SPECIAL = "\\&%$#_{}~^<>|"


def by_size(language: str = "en", hidden: float = 0.0) -> Released:
    """Shares short by department size."""
    return made.shortfalls(language, ("department_size",), 2, hidden).only(measure="short_by_one")


@given(st.text())
def test_nothing_escapes_the_escape(said: str) -> None:
    found = escaped(said)
    bare = re.sub(r"\\text[a-z]+\{\}|\\[a-zA-Z]+\{\}|\\textsuperscript\{2\}|\\[&%$#_{},]|\{[\[\]]\}|\$-\$|~", "", found)
    assert not set(bare) & set(SPECIAL)


def test_numbers_are_written_in_the_language_and_withheld_rows_say_so() -> None:
    table = by_size("fr", hidden=0.4)
    found = tables.latex(table)
    assert found.count(r"\multicolumn{4}{l}{non montré}") == words.withheld_count(table) > 0
    assert re.search(r"& \d+~\\% & de \d+~\\% à \d+~\\% & [\d~]+ & 12 \\\\", found)
    assert r"\label{tab:05-test}" in found and found.count(r"\toprule") == found.count(r"\bottomrule") == 1
    assert "Sondage synthétique" in found.split(r"\bottomrule")[1]


def test_a_long_table_goes_over_pages() -> None:
    found = tables.latex(made.shortfalls("en", ("department_size", "level")))
    assert r"\begin{longtable}{llllrrrr}" in found and found.count(r"\toprule") == 2


@pytest.mark.parametrize("label", ["tab:a b", "tab:{x}", "tab:é", ""])
def test_a_label_that_latex_does_not_take_is_refused(label: str) -> None:
    with pytest.raises(UsageError, match="label"):
        tables.latex(by_size(), label=label)


def test_letters_are_given_only_by_the_adjusted_test() -> None:
    shares, differences = by_size(), made.differences()
    found = tables.letters(shares, differences)
    assert list(found.of.values()) == list("ABCDE")
    told = {
        (row["item"], *((row["department_size"], row["against"])[:: 1 if row["estimate"] > 0 else -1]))
        for row in differences.frame.to_dict("records")
        if row["differs"] and row["item"] in set(shares.frame["item"])
    }
    given_letters = {
        (item, group, name)
        for (item, group), letters in found.higher.items()
        for name, letter in found.of.items()
        if letter in letters.split()
    }
    assert given_letters == told != set()


def test_a_withheld_group_has_no_letter_anywhere() -> None:
    shares, differences = by_size(hidden=0.4), made.differences(hidden=(0, 3))
    found = tables.letters(shares, differences)
    gone = shares.frame[shares.frame["withheld"].ne("")]
    assert len(gone)
    for row in gone.to_dict("records"):
        assert (row["item"], row["department_size"]) not in found.higher
        letter = found.of[row["department_size"]]
        assert not [1 for (item, _), said in found.higher.items() if item == row["item"] and letter in said.split()]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_letters_stand_in_a_column_with_their_rule(language: str) -> None:
    differences = dataclasses.replace(made.differences(language), method={"family": "1 family of 1234 tests"})
    found = BeautifulSoup(tables.html(by_size(language), differences=differences), "html.parser")
    assert found.select("thead th")[-1].get_text() == words.text("column.higher_than", language)
    assert [head.get_text()[-3:] for head in found.select("tbody tr th:nth-of-type(2)")][:5] == [
        f"({letter})" for letter in "ABCDE"
    ]
    rule = found.select("tfoot td")[-1].get_text()
    assert words.number(1234, language) in rule and "Holm" in rule
    assert all(len(row.find_all(["th", "td"])) == len(found.select("thead th")) for row in found.select("tbody tr"))
    assert words.text("column.higher_than", language) in tables.latex(by_size(language), differences=differences)


def test_rows_of_another_measure_have_no_letters() -> None:
    both = made.shortfalls("en", ("department_size",), 2, 0)
    frame = BeautifulSoup(tables.html(both, differences=made.differences()), "html.parser")
    people = [row for row in frame.select("tbody tr") if "people" in row.get_text().lower()]
    assert people and {row.find_all("td")[-1].get_text() for row in people} == {words.NO_NUMBER}


def test_differences_between_other_groups_are_refused() -> None:
    for shares, differences in (
        (by_size(), by_size()),
        (made.shortfalls("en", ("level",)), made.differences()),
        (made.shortfalls("en", ("department_size", "level")), made.differences()),
        (by_size().only(measure="people_short"), made.differences()),
    ):
        with pytest.raises(UsageError, match="letters"):
            tables.letters(shares, differences)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no LaTeX here")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_latex_takes_it(language: str, tmp_path: Path) -> None:
    shown = [
        by_size(language, 0.4),
        made.shortfalls(language, ("department_size", "level")),
        made.reliability(language),
    ]
    body = "\n".join(tables.latex(table, label=f"tab:{place}") for place, table in enumerate(shown))
    rules = "".join(rf"\newcommand\{name}rule{{\hline}}" for name in ("top", "mid", "bottom"))
    head = r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{longtable}"
    head += rf"\IfFileExists{{booktabs.sty}}{{\usepackage{{booktabs}}}}{{{rules}}}\begin{{document}}"
    (tmp_path / "a.tex").write_text(f"{head}\n{body}\n\\end{{document}}\n", encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
