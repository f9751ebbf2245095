"""Numbers, labels, captions, alternative texts and sentences in both languages."""

from __future__ import annotations

import ast
import math
import re
import string
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import released_tables as made
from hypothesis import given, settings
from hypothesis import strategies as st

from digiskills import words
from digiskills.disclosure import Released
from digiskills.errors import UsageError

SOURCE = Path(words.__file__).parents[1]
PARTS = [
    SOURCE / "words",
    SOURCE / "charts",
    SOURCE / "tables.py",
    SOURCE / "exhibits.py",
    SOURCE / "notebook.py",
]
SPACE = "\N{NO-BREAK SPACE}"
LANGUAGES = ("en", "fr")


# --- catalogue


def places(template: str) -> set[str]:
    """The names in braces."""
    return set(filter(None, (part[1] for part in string.Formatter().parse(template))))


def test_every_text_stands_in_both_languages_with_the_same_places() -> None:
    for key, entry in words.entries().items():
        assert set(entry) == {"en", "fr"} and all(value.strip() for value in entry.values()), key
        assert places(entry["en"]) == places(entry["fr"]), key


def test_counted_texts_have_both_plural_forms() -> None:
    keys = words.entries()
    assert all(key.replace(".one", ".other") in keys for key in keys if key.endswith(".one"))


def strings_in(source: str) -> tuple[set[str], list[re.Pattern[str]]]:
    """The strings of a module, and the patterns of those that are put together."""
    nodes = list(ast.walk(ast.parse(source)))
    plain = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    patterns = []
    for node in nodes:
        if isinstance(node, ast.JoinedStr) and len(node.values) > 1:
            parts = [
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z_]+" for part in node.values
            ]
            patterns.append(re.compile("".join(parts)))
    return plain, patterns


def test_every_key_in_the_code_exists_and_every_text_is_used() -> None:
    files = [path for part in PARTS for path in ([part] if part.is_file() else part.glob("*.py"))]
    sources = [path.read_text(encoding="utf-8") for path in files]
    asked = {key for source in sources for key in re.findall(r'(?:text\(|say\(\s*\w+,)\s*"([\w.]+)"', source)}
    keys = {key.removesuffix(".one").removesuffix(".other") for key in words.entries()}
    assert asked <= keys, asked - keys
    found = [strings_in(source) for source in sources]
    plain = {word for words_in, _ in found for word in words_in}
    patterns = [pattern for _, patterns_in in found for pattern in patterns_in]
    used = {key for key in keys if key in plain or any(pattern.fullmatch(key) for pattern in patterns)}
    assert used == keys, keys - used


def test_french_has_no_break_spaces_and_its_apostrophe() -> None:
    for key, entry in words.entries().items():
        assert not re.search(r"(?<=\S) [:%»]|« ", entry["fr"]), key
        assert "'" not in entry["fr"] and '"' not in entry["fr"], key


def test_unknown_key_and_language_are_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="withheld"):
        words.text("witheld", "en")
    with pytest.raises(UsageError, match="known: en, fr"):
        words.text("withheld", "de")


# --- numbers


@pytest.mark.parametrize(
    ("value", "digits", "english", "french"),
    [
        (1234.5, 1, "1,234.5", f"1{SPACE}234,5"),
        (0.145, 2, "0.15", "0,15"),
        (2.5, 0, "3", "3"),
        (-0.04, 1, "0.0", "0,0"),
        (-1.26, 1, "−1.3", "−1,3"),
        (math.nan, 0, "–", "–"),
    ],
)
def test_number(value: float, digits: int, english: str, french: str) -> None:
    assert words.number(value, "en", digits) == english
    assert words.number(value, "fr", digits) == french


def test_percent_and_interval() -> None:
    assert words.percent(0.62, "en") == "62%"
    assert words.percent(0.62, "fr") == f"62{SPACE}%"
    assert words.percent(0.6251, "fr", 1) == f"62,5{SPACE}%"
    assert words.percent(0.145, "en") == "15%"
    assert words.interval(0.58, 0.66, "en") == "58% to 66%"
    assert words.interval(0.58, 0.66, "fr") == f"de 58{SPACE}% à 66{SPACE}%"
    assert words.interval(math.nan, 0.66, "en") == "–"


def test_people_are_rounded_to_ten_and_to_a_hundred() -> None:
    counts = (4.9, 995, 1049, 1050, 12345.6)
    assert [words.nearest_people(count) for count in counts] == [0, 1000, 1000, 1100, 12300]
    assert words.people(12345.6, "fr") == f"12{SPACE}300"


def test_join() -> None:
    assert words.join([], "en") == ""
    assert words.join(["a"], "en") == "a"
    assert words.join(["a", "b", "c"], "en") == "a, b and c"
    assert words.join(["a", "b"], "fr") == "a et b"


@given(st.floats(0, 1), st.sampled_from([0, 1]))
def test_a_percentage_is_never_further_than_half_a_unit(share: float, digits: int) -> None:
    for language in LANGUAGES:
        read = float(words.percent(share, language, digits).rstrip(f"%{SPACE}").replace(",", "."))
        assert abs(read - 100 * share) <= 0.5 / 10**digits + 1e-9


# --- labels and captions

TABLES = {
    "shortfalls": lambda language: made.shortfalls(language),
    "shortfalls by size": lambda language: made.shortfalls(language, ("department_size",)),
    "size by level": lambda language: made.shortfalls(language, ("department_size", "level")),
    "barriers": lambda language: made.barriers(language),
    "barriers by level": lambda language: made.barriers(language, ("level",)),
    "answers": lambda language: made.agreement(language),
    "levels": lambda language: made.skill_levels(language),
    "respondents": lambda language: made.respondents(language),
    "everyone": lambda language: made.respondents(language, ()),
    "themes": lambda language: made.themes(language, ()),
    "themes by speaker": lambda language: made.themes(language),
    "figures": lambda language: made.figures(language),
    "figures by level": lambda language: made.figures(language, ("level",)),
}
FINDINGS = {
    "shortfalls": words.findings_shortfalls,
    "shortfalls by size": words.findings_shortfalls,
    "size by level": words.findings_size_by_level,
    "barriers": words.findings_barriers,
    "barriers by level": words.findings_barriers,
    "respondents": words.findings_who_answered,
    "everyone": words.findings_who_answered,
    "themes": words.findings_themes,
    "themes by speaker": words.findings_themes,
    "figures": words.findings_published,
    "figures by level": words.findings_published,
}
SYNTHETIC = {"en": "in the synthetic survey", "fr": "dans le sondage synthétique"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TABLES)
def test_alternative_text_says_enough_and_not_too_much(name: str, language: str) -> None:
    table = TABLES[name](language)
    for kind in ("likert", "dumbbell", "dots", "heatmap", "themes", "published", "shares", "table"):
        alt = words.alt_text(kind, table)
        assert 60 <= len(alt) <= 400, alt
        assert words.text(f"chart.{kind}", language) in alt
        if words.withheld_count(table):
            assert words.number(words.withheld_count(table), language) in alt


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in TABLES if "figures" not in name and "themes" not in name])
def test_everything_said_of_synthetic_answers_says_that_they_are(name: str, language: str) -> None:
    table = TABLES[name](language)
    said = [words.caption(table), words.alt_text("table", table)]
    said += FINDINGS[name](table) if name in FINDINGS else []
    assert said and all(SYNTHETIC[language] in line.lower() for line in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_real_evidence_never_says_that_it_is_synthetic(language: str) -> None:
    for table, found in (
        (made.themes(language), words.findings_themes),
        (made.figures(language), words.findings_published),
    ):
        said = [words.caption(table), words.alt_text("table", table), *found(table)]
        assert not any("synth" in line for line in said)


def numbers_in(sentence: str) -> set[str]:
    """The numbers that a sentence gives, as written, without labels, waves and the 95% of intervals."""
    bare = re.sub(r"“.*?”|«.*?»|\(20\d\d\)|95\s?%", "", sentence.replace("survey WA", ""))
    return set(re.findall(r"−?\d[\d,.\xa0]*\d|−?\d", bare))


def numbers_of(table: Released) -> set[str]:
    """Every number of a released table, as rounded for display."""
    frame, language = table.frame, table.language
    columns = [name for name in ("n", "estimate", "low", "high", "base") if name in frame]
    values = pd.concat([frame[name].astype(float) for name in columns]).dropna()
    written = {words.percent(value, language).rstrip(f"%{SPACE}") for value in values}
    written |= {write(value, language) for value in values for write in (words.number, words.people)}
    return written | {words.number(words.withheld_count(table), language)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FINDINGS)
def test_every_number_of_a_sentence_stands_in_the_table(name: str, language: str) -> None:
    table = TABLES[name](language)
    sentences = FINDINGS[name](table)
    assert any(numbers_in(sentence) for sentence in sentences)
    for sentence in sentences:
        assert numbers_in(sentence) <= numbers_of(table), sentence


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    hidden=st.floats(0, 1),
    half=st.floats(0.001, 0.4),
    language=st.sampled_from(LANGUAGES),
)
def test_sentences_hold_only_released_numbers(seed: int, hidden: float, half: float, language: str) -> None:
    cells = made.cells(item=made.SKILLS, measure=["short_by_one"], level=made.levels())
    frame = made.estimates(cells, seed=seed, hidden=hidden, half=half)
    table = made.released(frame, "shortfalls", ["level"], language)
    sentences = [*words.findings_shortfalls(table), *words.findings_size_by_level(table)]
    for sentence in [*sentences, words.alt_text("dots", table)]:
        assert numbers_in(sentence) - numbers_of(table) == set(), sentence
        assert SYNTHETIC[language] in sentence.lower()


def two_groups(first: tuple[float, float], second: tuple[float, float]) -> Released:
    """A table of one skill for executives and staff with the given intervals."""
    low, high = np.array([first, second]).T
    frame = made.cells(item=made.SKILLS[:1], measure=["short_by_one"], level=["executive", "staff"])
    frame = frame.assign(n=50.0, clusters=5.0, estimate=(low + high) / 2, low=low, high=high)
    return made.released(frame, "shortfalls", ["level"])


def test_higher_is_said_only_where_intervals_do_not_overlap() -> None:
    apart = " ".join(words.findings_size_by_level(two_groups((0.10, 0.20), (0.21, 0.30))))
    assert "higher for “Staff” (26%; 21% to 30%) and lower for “Executives” (15%; 10% to 20%)" in apart
    touching = " ".join(words.findings_size_by_level(two_groups((0.10, 0.21), (0.21, 0.30))))
    assert "no group can be called higher or lower" in touching and "is higher for" not in touching


def test_nothing_left_is_said_in_words() -> None:
    frame = made.estimates(made.cells(item=made.SKILLS, measure=["short_by_one"]), hidden=1.0)
    sentences = words.findings_shortfalls(made.released(frame, "shortfalls"))
    assert sentences[0] == "In the synthetic survey (2025), there are too few answers to show anything here."
    assert sentences[1] == "In the synthetic survey (2025), 9 cells have too few answers to show."


def test_scope_is_said() -> None:
    frame = made.estimates(made.cells(item=made.SKILLS, measure=["short_by_one"]))
    table = made.released(frame, "shortfalls", where=[("department_size", "micro")])
    assert all("for “Micro”" in sentence for sentence in words.findings_profile(table))


def test_barriers_that_are_worded_the_other_way_are_marked() -> None:
    table = made.barriers()
    reverse = next(item for item in made.ONTARIO.codebook.with_role("barrier") if item.reverse)
    assert words.item_label(table, reverse.name).endswith("[disagree]")
    assert "[" not in words.item_label(made.agreement(), reverse.name)


def test_unknown_measure_is_refused() -> None:
    with pytest.raises(UsageError, match="short_by_one"):
        words.chosen(made.shortfalls(), "short_by_on")


def test_banner_follows_the_evidence() -> None:
    for language in LANGUAGES:
        banners = {words.banner(kind, made.ONTARIO, language) for kind in ("synthetic", "collected", "published")}
        assert len(banners) == 3 and all(made.ONTARIO.title[language] in banner for banner in banners)


def test_people_are_said_to_be_rounded() -> None:
    assert "nearest 10" in words.caption(made.shortfalls())
    assert "rounded" in " ".join(words.findings_shortfalls(made.shortfalls()))
