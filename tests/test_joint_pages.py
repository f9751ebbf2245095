"""Pages that set evidence side by side say no number that no released table holds: cells, captions, sentences, alt."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import in_process
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from digiskills import published, study, words

ONTARIO = study.read("ontario")
NUMBER = r"[A-Z]{2}\d+|\d[\d\u00a0\u202f,.]*\d\s?%|\d[\d\u00a0\u202f,.]*\d|\d\s?%|\d"
SAID_OF_ALL = {"95"}  # the confidence of intervals
UNSAID = ("blockquote", "dl.passport", "code", "script", "style")
"""A paraphrase may speak of numbers itself; a passport has digests and versions."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of its own with the plan of a build."""
    root = in_process.copy_of(Path(__file__).parents[1], tmp_path_factory.mktemp("pages") / "root")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(root))
        in_process.prepare("ontario")
    return root


@cache
def years() -> frozenset[str]:
    found = published.read(ONTARIO)
    assert found is not None
    return frozenset({str(year) for year in found.figures["year"]} | {wave.name for wave in ONTARIO.waves})


def released(folder: Path, language: str) -> set[str]:
    """Return all ways in which a number of the published tables may be written."""
    known = set(years())
    for table in map(pd.read_csv, folder.glob("*.csv")):
        for name in table.select_dtypes("number"):
            for value in table[name].dropna().unique():
                known |= {words.percent(value, language, digits) for digits in (0, 1)}
                known |= {words.number(abs(100 * value), language, digits) for digits in (0, 1)}  # points
                known |= {words.number(value, language, digits) for digits in (0, 1, 2)}
                known.add(words.people(value, language))
        known |= set(table["passage"].dropna()) if "passage" in table else set()
    return known


def told(shown: list[str]) -> list[str]:
    """Return every number that a reader meets, in text and in the words for pictures."""
    soup = BeautifulSoup("".join(shown), "html.parser")
    for element in soup.select(", ".join(UNSAID)):
        element.extract()
    text = " ".join([soup.get_text(" ", strip=True), *(picture["alt"] for picture in soup.select("img[alt]"))])
    text = re.sub(r"[“«].*?[”»]|\b\d\d-[a-z-]+", "", text)  # the words of questions, ids of exhibits
    return [number.strip().rstrip(".,") for number in re.findall(NUMBER, text)]


@pytest.mark.parametrize(
    ("name", "language", "least"),
    [("08-joint-display", "en", 500), ("08-joint-display", "fr", 500), ("11-recommendations", "fr", 2000)],
)
def test_every_number_of_the_page_was_released(
    root: Path, name: str, language: str, least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(root))
    shown = in_process.execute(name, monkeypatch, tmp_path, language=language)
    numbers = told(shown)
    assert len(numbers) > least
    known = released(tmp_path, language) | SAID_OF_ALL | {words.percent(0.95, language)}
    assert [number for number in numbers if number not in known] == []


def test_counts_of_chosen_passages_have_no_interval_and_no_test(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(root))
    in_process.execute("03-what-focus-groups-said", monkeypatch, tmp_path, language="en")
    found = {path.stem: pd.read_csv(path) for path in tmp_path.glob("03-*.csv")}
    assert len(found) >= 9
    for name, table in found.items():
        assert not {"low", "high", "se", "p", "p_value", "df", "estimate"} & set(table), name
        if "document" not in table and "jaccard" not in table:
            bases = {"base", "base_paragraphs"} & set(table)
            assert bases and (table["n"] <= table.get("base", table["n"])).all(), name
    # Documents that relay nobody stand in panels of their own: each has its own base, and no row adds them up.
    others = found["03-other-documents"]
    assert others.groupby("document")["base"].nunique().eq(1).all() and "all" not in set(others["document"])
    assert found["03-themes"]["base"].unique().tolist() == [143]
    assert found["03-themes"]["base_paragraphs"].unique().tolist() == [46]


def test_a_number_that_no_table_holds_is_seen(tmp_path: Path) -> None:
    pd.DataFrame({"estimate": [0.52], "n": [1234]}).to_csv(tmp_path / "x.csv")
    known = released(tmp_path, "en")
    numbers = told(["<p>52% of 1,234, not 53%</p>", '<img alt="1,235 people">', "<blockquote>99</blockquote>"])
    assert numbers == ["52%", "1,234", "53%", "1,235"]
    assert [number for number in numbers if number not in known] == ["53%", "1,235"]
