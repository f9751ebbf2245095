"""Numbers, labels, captions, alternative texts and sentences in both languages."""

from __future__ import annotations

import ast
import dataclasses
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
from digiskills.study import Calibration

SOURCE = Path(words.__file__).parents[1]
PARTS = [
    SOURCE / "words",
    SOURCE / "charts",
    SOURCE / "tables",
    SOURCE / "exhibits",
    SOURCE / "joint_display",
    SOURCE / "notebook",
    SOURCE / "notebook" / "panel",
    SOURCE / "release",
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
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z0-9_]+" for part in node.values
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
    "needs": lambda language: made.needs(language, [8]),
    "quadrants": lambda language: made.quadrants(language, [3]),
    "model": lambda language: made.model(language, [3]),
    "changes": lambda language: made.changes(language, [4]),
    "changes of barriers": lambda language: made.changes(language, measure="barrier_side"),
    "robustness": lambda language: made.robustness(language, [4]),
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
    "needs": words.findings_needs,
    "quadrants": words.findings_quadrants,
    "model": words.findings_model,
    "changes": words.findings_changes,
    "changes of barriers": words.findings_changes,
    "robustness": words.findings_robustness,
}
CHARTS = ("likert", "dumbbell", "dots", "heatmap", "themes", "published", "shares", "table")
CHARTS += ("ranks", "quadrants", "forest", "slope", "specification")
SYNTHETIC = {"en": "in the synthetic survey", "fr": "dans le sondage synthétique"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TABLES)
def test_alternative_text_says_enough_and_not_too_much(name: str, language: str) -> None:
    table = TABLES[name](language)
    for kind in CHARTS:
        alt = words.alt_text(kind, table)
        assert 60 <= len(alt) <= 400, alt
        named = [key for key in (f"chart.{kind}", f"chart.{kind}_plain") if key in words.entries()]
        assert any(alt.startswith(words.text(key, language)) for key in named)
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
    waves = r"\(20\d\d\)|\((?:de )?20\d\d (?:to|à) 20\d\d\)"
    bare = re.sub(rf"“.*?”|«.*?»|{waves}|95\s?%", "", sentence.replace("survey WA", ""))
    return set(re.findall(r"−?\d[\d,.\xa0]*\d|−?\d", bare))


def numbers_of(table: Released) -> set[str]:
    """Every number of a released table, as rounded for display."""
    frame, language = table.frame, table.language
    names = ("n", "n_before", "before", "after", "estimate", "low", "high", "base", "rank_low", "rank_high")
    chances = [name for name in frame if name.startswith("p_") or name == "top_probability"]
    columns = [name for name in (*names, *chances) if name in frame]
    values = pd.concat([frame[name].astype(float) for name in columns]).dropna()
    written = {words.percent(value, language).rstrip(f"%{SPACE}") for value in values}
    written |= {write(value, language) for value in values for write in (words.number, words.people)}
    written |= {words.number(value, language, 2) for value in values if table.kind in ("needs", "model")}
    # how many rows are spoken of, the 0 that intervals exclude, and the ends that no probability passes
    written |= {str(count) for count in range(len(frame) + 1)} if table.kind in ("model", "changes") else set()
    written |= {"99", "1"} if chances else set()
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["needs", "quadrants", "model", "changes", "robustness"])
@settings(max_examples=15, deadline=None)
@given(hidden=st.sets(st.integers(0, 8)))
def test_whatever_is_withheld_sentences_hold_only_what_is_left(name: str, language: str, hidden: set[int]) -> None:
    table = getattr(made, name)(language, sorted(hidden))
    alt = words.alt_text("table", table)
    for sentence in [*FINDINGS[name](table), re.sub(r"quadrants?.*?\(20", "(20", alt)]:
        counts = (
            {str(count) for count in range(len(table.frame) + 1)} if sentence not in FINDINGS[name](table) else set()
        )
        assert numbers_in(sentence) - numbers_of(table) - counts <= {"0", "1"}, sentence
        assert SYNTHETIC[language] in sentence.lower()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["needs", "quadrants", "model", "changes", "robustness"])
def test_when_all_is_withheld_that_is_said_first(name: str, language: str) -> None:
    table = getattr(made, name)(language)
    nothing = getattr(made, name)(language, range(len(table.frame)))
    first, count = FINDINGS[name](nothing)
    assert words.text("withheld.everything", language, where=words.where(nothing)).lower() == first.lower()
    assert words.number(words.withheld_count(nothing), language) in count


def test_ordinals_and_ranks() -> None:
    places = (1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111)
    english = ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "101st", "111th"]
    assert [words.ordinal(place, "en") for place in places] == english
    assert [words.ordinal(place, "fr") for place in places[:3]] == ["1er", "2e", "3e"]
    assert words.ranks(2, 4, "en") == "between 2nd and 4th"
    assert words.ranks(2, 4, "fr") == "entre le 2e et le 4e rang"
    assert (words.ranks(1, 1, "en"), words.ranks(1, 1, "fr")) == ("1st", "au 1er rang")
    assert words.ranks(math.nan, 3, "en") == "–"


def test_probabilities_are_never_certain() -> None:
    assert [words.probability(share, "en") for share in (1, 0.996, 0.985, 0.004, 0.0)] == [
        "over 99%",
        "over 99%",
        "99%",
        "under 1%",
        "under 1%",
    ]
    assert words.probability(1.0, "fr") == f"plus de 99{SPACE}%"
    assert words.probability(math.nan, "en") == "–"
    assert (words.p_value(0.0002, "en"), words.p_value(0.05, "fr")) == ("< 0.001", "0,050")


def test_changes_of_shares_are_points_with_a_sign() -> None:
    assert words.points(0.03, "en") == f"+3{SPACE}points"
    assert words.points(-0.01, "en") == f"−1{SPACE}point"
    assert (words.points(0.001, "en"), words.points(0.001, "fr")) == (f"0{SPACE}points", f"0{SPACE}point")
    assert words.change_form("levels")(0.14, "fr") == "+0,1"
    assert words.change_form("people_short")(-123.0, "en") == "−120"


@pytest.mark.parametrize("language", LANGUAGES)
def test_waves_differ_only_where_the_column_says_so(language: str) -> None:
    table = made.changes(language)
    # the intervals of all exclude 0, but only one is called different, and one too small a change
    at = np.arange(9)
    frame = table.frame.assign(
        low=0.1, high=0.2, differs=at == 2, p_adjusted=np.where((at == 2) | (at == 5), 0.01, 0.3)
    )
    named, small, rest, *_ = words.findings_changes(made.released(frame, "changes", (), language, method=table.method))
    assert [words.item_label(table, name) in named for name in frame["item"]] == list(at == 2)
    assert [words.item_label(table, name) in small for name in frame["item"]] == list(at == 5)
    assert "7" in rest
    frame = frame.assign(differs=False, p_adjusted=0.3)
    none = made.released(frame, "changes", (), language, method=table.method)
    assert words.text("changes.none", language, where="").strip(", .") in words.findings_changes(none)[0]


def test_rounding_is_said_only_where_it_shows() -> None:
    table = made.changes()
    assert "marked with *" in words.caption(table)
    assert "*" in words.change_words(table, words.rows(table).iloc[1])
    assert "*" not in words.change_words(table, words.rows(table).iloc[0])
    plain = made.released(table.frame.assign(note=""), "changes", method=table.method)
    assert "marked with *" not in words.caption(plain)


def test_waves_are_those_of_the_method_or_the_last_two() -> None:
    assert words.waves(made.changes()) == ("2023", "2025")
    other = made.released(made.changes().frame, "changes", method={"waves": ["2019", "2021"]})
    assert "(2019 to 2021)" in words.caption(other)


def test_ranks_are_said_with_their_intervals_and_ties() -> None:
    said = words.findings_needs(made.needs("en"))
    assert "by the Borich index, the greatest need is “Digital and data literacy”" in said[0]
    assert said[0].endswith("it ranks between 1st and 2nd.")
    assert "“User-centred service design” (between 2nd and 4th)" in said[1] and "not certain" in said[1]
    assert any(
        "“Data analytics for decisions” and “User-centred service design” share one rank" in line for line in said
    )


def test_the_first_need_stands_apart_only_where_no_other_rank_interval_reaches_it() -> None:
    table = made.needs()
    apart = table.frame.assign(rank_low=table.frame["rank"].clip(lower=2).mask(table.frame["rank"].eq(1), 1))
    apart["rank_high"] = apart["rank_high"].mask(apart["rank"].eq(1), 1)
    assert "stands apart" in words.findings_needs(made.released(apart, "needs"))[1]


def test_quadrants_are_sure_from_95_percent() -> None:
    table = made.quadrants()
    names = [f"p_{name}" for name in words.QUADRANTS]
    assert "not certain" in words.findings_quadrants(table)[1]
    sure = made.released(table.frame.assign(**dict.fromkeys(names, 0.95)), "quadrants", method=table.method)
    assert "in 95% of draws or more" in words.findings_quadrants(sure)[1]


def test_models_are_said_by_what_excludes_0_and_with_their_reference() -> None:
    said = words.findings_model(made.model())[0]
    assert "excludes 0 for 6 of 9 estimates" in said and "compared with “Executives”" in said
    assert "Constant" not in said
    frame = made.model().frame.assign(low=-1.0, high=1.0)
    assert "all estimates shown include 0" in words.findings_model(made.released(frame, "model"))[0]


def test_a_model_without_the_design_does_not_claim_it() -> None:
    plain = made.released(
        made.model().frame, "model", method={"model": "linear regression of gap with a random department"}
    )
    assert "does not use the survey’s weights" in words.caption(plain)
    assert words.measure(plain) == "model_multilevel"
    assert "Weighted estimates" in words.caption(made.model())


def test_names_without_words_are_read_with_spaces_and_a_table_may_bring_its_own() -> None:
    assert words.term_label(made.ONTARIO, "years_service", "en") == "years service"
    table = made.robustness()
    own = table.frame.assign(choice_en="Trimming", choice_fr="Coupure", option_en="At 5", option_fr="À 5")
    assert words.rows(made.released(own, "robustness"))["answer_label"].iloc[0] == "Trimming: At 5"
    numbered = table.frame.assign(choice="trimming", option="2.5")
    assert words.rows(made.released(numbered, "robustness", language="fr"))["answer_label"].iloc[0].endswith(": 2,5")


def two_groups(first: tuple[float, float], second: tuple[float, float]) -> Released:
    """A table of one skill for executives and staff with the given intervals."""
    low, high = np.array([first, second]).T
    frame = made.cells(item=made.SKILLS[:1], measure=["short_by_one"], level=["executive", "staff"])
    frame = frame.assign(n=50.0, clusters=5.0, estimate=(low + high) / 2, low=low, high=high)
    frame = frame.assign(se=(high - low) / 4, df=30.0)
    return made.released(frame, "shortfalls", ["level"])


def test_higher_is_said_only_of_a_difference_that_stands_up_among_all_pairs() -> None:
    apart = " ".join(words.findings_size_by_level(two_groups((0.10, 0.20), (0.30, 0.40))))
    assert "is between “Staff” (35%; 30% to 40%) and “Executives” (15%; 10% to 20%)" in apart
    near = " ".join(words.findings_size_by_level(two_groups((0.10, 0.20), (0.14, 0.24))))
    assert "no group can be called higher or lower" in near and "most clearly shown" not in near


def test_where_nothing_differs_little_is_said_to_differ() -> None:
    by = ["department_size", "level"]
    cells = made.cells(item=made.SKILLS, measure=["short_by_one"], department_size=made.sizes(), level=made.levels())
    rng = np.random.default_rng(8)
    told = 0
    for _ in range(60):
        share = 0.4 + 0.03 * rng.standard_normal(len(cells))
        frame = cells.assign(n=100.0, clusters=9.0, estimate=share, se=0.03, df=200.0, withheld="")
        frame = frame.assign(low=share - 0.06, high=share + 0.06)
        told += "most clearly shown" in " ".join(words.findings_size_by_level(made.released(frame, "shortfalls", by)))
    assert told <= 8, "at most one table in twenty by chance, give or take"


@pytest.mark.parametrize(
    ("third", "said"),
    [((0.20, 0.30), "stands apart"), ((0.20, 0.80), "is not certain"), ((np.nan, np.nan), "have no interval")],
)
def test_the_first_stands_apart_only_from_all_others(third: tuple[float, float], said: str) -> None:
    frame = made.estimates(made.cells(item=made.SKILLS[:3], measure=["short_by_one"]))
    frame[["estimate", "low", "high"]] = [[0.60, 0.55, 0.65], [0.50, 0.48, 0.52], [0.40, *third]]
    assert said in " ".join(words.findings_shortfalls(made.released(frame, "shortfalls")))


def test_groups_are_compared_and_not_ranked_as_if_they_were_skills() -> None:
    sentences = " ".join(words.findings_shortfalls(made.shortfalls(by=["level"], hidden=0)))
    assert "most often" not in sentences and "among all pairs compared" in sentences


@pytest.mark.parametrize(
    ("design", "said"),
    [
        ({}, "sampling of departments"),
        ({"cluster": ""}, "sampled one by one"),
        ({"intervals": False}, "Estimates without intervals"),
    ],
)
def test_the_caption_says_how_the_study_was_sampled(design: dict[str, object], said: str) -> None:
    table = made.shortfalls()
    study = dataclasses.replace(table.study, design=dataclasses.replace(table.study.design, **design))
    assert said in words.caption(dataclasses.replace(table, study=study))


def test_nothing_left_is_said_in_words() -> None:
    frame = made.estimates(made.cells(item=made.SKILLS, measure=["short_by_one"]), hidden=1.0)
    sentences = words.findings_shortfalls(made.released(frame, "shortfalls"))
    assert sentences[0] == "In the synthetic survey (2025), everything here is withheld."
    why = "too few answers or departments, or needed so that none can be found by subtraction"
    assert sentences[1] == f"In the synthetic survey (2025), 9 cells are withheld: {why}."


def test_scope_is_said() -> None:
    frame = made.estimates(made.cells(item=made.SKILLS, measure=["short_by_one"]))
    table = made.released(frame, "shortfalls", where=[("department_size", "micro")])
    assert all("for “Micro”" in sentence for sentence in words.findings_profile(table))


def test_barriers_that_are_worded_the_other_way_are_marked() -> None:
    table = made.barriers()
    reverse = next(item for item in made.ONTARIO.codebook.with_role("barrier") if item.reverse)
    assert words.item_label(table, reverse.name).endswith("[disagree]")
    assert "[" not in words.item_label(made.agreement(), reverse.name)
    assert words.item_label(made.changes(measure="barrier_side"), reverse.name).endswith("[disagree]")
    assert "[" not in words.item_label(made.changes(measure="levels"), reverse.name)


def test_each_category_and_each_option_is_a_cell() -> None:
    assert words.withheld_count(made.model(hidden=[1, 2, 5])) == 3
    assert words.withheld_count(made.robustness(hidden=[1, 2, 5])) == 3
    assert words.withheld_count(made.needs(hidden=[1, 10])) == 1  # two indices of one skill


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


CALIBRATED = Calibration((("department_size",),), "received")
RAKED = "errors are of what the calibration margins do not explain: department_size"


@pytest.mark.parametrize(
    ("calibration", "method", "said"),
    [
        (None, {"design": "Taylor linearisation"}, ("", "")),
        (CALIBRATED, {"design": "none: respondents count as drawn one by one"}, ("", "")),
        (
            CALIBRATED,
            {"design": "Taylor linearisation"},
            ("Not adjusted for calibration", "Sans ajustement pour le calage"),
        ),
        (
            CALIBRATED,
            {"design": "Taylor", "calibration": RAKED},
            ("errors are of what", "les erreurs sont celles de ce"),
        ),
    ],
)
def test_the_caption_says_whether_errors_count_the_calibration(
    calibration: Calibration | None, method: dict[str, str], said: tuple[str, str]
) -> None:
    design = dataclasses.replace(made.ONTARIO.design, calibration=calibration)
    for language, words_said in zip(("en", "fr"), said, strict=True):
        frame = made.estimates(made.cells(item=made.SKILLS, measure=["short_by_one"]))
        table = made.released(frame, "shortfalls", language=language, method=method)
        text = words.caption(dataclasses.replace(table, study=dataclasses.replace(made.ONTARIO, design=design)))
        assert words_said in text
        assert ("alib" in text or "calés" in text) == bool(words_said)


def test_captions_of_differences_say_that_they_are_made_before_rounding() -> None:
    assert "two shares that look equal when rounded can differ" in words.caption(made.differences())
    frame = made.estimates(made.cells(item=made.SKILLS, part=["difference", "mix", "rate"]))
    split = made.released(frame, "mix_and_rate", language="fr")
    assert "ne donnent pas forcément la différence montrée" in words.caption(split)
