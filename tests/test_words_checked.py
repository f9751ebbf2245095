"""Sentences say only what their tables hold: numbers as a reader reads them, in both languages."""

from __future__ import annotations

import dataclasses

import pytest
import released_tables as made
from hypothesis import given
from hypothesis import strategies as st

from digiskills import charts, exhibits, words
from digiskills.errors import ReleaseError
from digiskills.words.checked import numbers_in

LANGUAGES = ("en", "fr")


@pytest.mark.parametrize(
    ("sentence", "language", "sizes"),
    [
        ("62% of 1,234 people (n = 7; −0.5)", "en", [62, 1234, 7, 0.5]),
        ("62\N{NO-BREAK SPACE}% de 1\N{NO-BREAK SPACE}234 personnes (n = 7; −0,5)", "fr", [62, 1234, 7, 0.5]),
        ("de 1\N{NARROW NO-BREAK SPACE}000\N{NARROW NO-BREAK SPACE}000 à 3", "fr", [1000000, 3]),
        ("Skill 4.0 of COVID19, 2nd floor, h2", "en", [4]),
        ("no numbers", "en", []),
    ],
)
def test_numbers_are_read_as_a_reader_of_the_language_does(sentence: str, language: str, sizes: list[float]) -> None:
    assert [told.size for told in numbers_in(sentence, language)] == sizes


@given(st.floats(-99999, 99999), st.integers(0, 3), st.sampled_from(LANGUAGES))
def test_what_is_written_is_read_again(value: float, digits: int, language: str) -> None:
    written = words.number(value, language, digits)
    (told,) = numbers_in(f"n = {written}.", language)
    assert told.written == written and told.digits == digits
    assert told.size == pytest.approx(abs(value), abs=0.5 * 10**-digits * 1.001)


@pytest.mark.parametrize("language", LANGUAGES)
def test_cells_as_written_are_known_and_others_are_not(language: str) -> None:
    table = made.shortfalls(language, ("level",), hidden=0)
    row = table.frame.iloc[0]
    share, n = words.percent(row["estimate"], language), words.number(row["n"], language)
    assert words.strange_numbers(f"{share} (n = {n})", language, [table]) == []
    cells = [100 * value for name in ("estimate", "low", "high", "se") for value in table.frame[name]]
    other = next(value for value in range(11, 90) if min(abs(cell - value) for cell in cells) > 0.6)
    assert words.strange_numbers(words.percent(other / 100, language), language, [table]) != []
    assert words.strange_numbers(words.number(987654, language), language, [table]) != []


@pytest.mark.parametrize("language", LANGUAGES)
def test_waves_labels_counts_and_the_catalogue_are_known(language: str) -> None:
    table = made.shortfalls(language, ("level",))
    assert words.strange_numbers("2025, 2023; 95 %; 9", language, [table]) == []


def test_people_are_told_in_round_numbers() -> None:
    table = made.shortfalls("en")
    frame = table.frame.assign(estimate=39_588.0)
    rough = dataclasses.replace(table, frame=frame)
    assert words.strange_numbers("about 39,600 people", "en", [rough]) == []
    assert words.strange_numbers("about 39,700 people", "en", [rough]) == ["39,700"]


@pytest.mark.parametrize("draw", [charts.upset, charts.dots])
@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_words_say_nothing_strange(draw: object, language: str) -> None:
    table = made.sets(language) if draw is charts.upset else made.shortfalls(language, ("level",))
    shown = draw(table)  # type: ignore[operator]
    for text in (words.alt_text(shown.kind, shown.released), words.caption(shown.released), words.title(table)):
        assert words.strange_numbers(text, language, [shown.released]) == []


@pytest.mark.parametrize("what", ["caption", "alt_text"])
def test_a_number_that_the_table_does_not_hold_stops_the_build(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = getattr(words, what)
    monkeypatch.setattr(words, what, lambda *given: f"{real(*given)} And 77,777 more.")
    with pytest.raises(ReleaseError, match=rf"‘05-test’: its {what} says 77,777, which its table does not hold"):
        exhibits.publish(
            "05-test", charts.dots(made.shortfalls()), folder=None, parameters={}, data_digest="d", code_version="1"
        )


@pytest.mark.parametrize(
    "text",
    ["", "Figure 3", "image", "No description has been provided for this image", "plot.png", "A {chart} of x and y"],
)
def test_a_placeholder_stops_the_build(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert words.placeholder(text, "Skills")
    monkeypatch.setattr(words, "alt_text", lambda *given: text)
    with pytest.raises(ReleaseError, match=r"says nothing of it|does not hold"):
        exhibits.publish(
            "05-test", charts.dots(made.shortfalls()), folder=None, parameters={}, data_digest="d", code_version="1"
        )


def test_the_title_again_is_no_description() -> None:
    assert words.placeholder("Which skills people are short of", "Which skills people are short of")
    assert not words.placeholder("Bar chart: people short of skills. Highest: data, 40%.", "Skills")
