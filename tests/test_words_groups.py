"""What is said of groups compared and of models: every number stands in the table, and nothing more is claimed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest
import released_tables as made

from digiskills import answers, charts, disclosure, tables, words
from digiskills import survey as surveys
from digiskills.answers import Answers
from digiskills.codebook import LANGUAGES
from digiskills.disclosure import DeclaredTable, Released
from digiskills.errors import UsageError
from digiskills.survey import Survey

SIZE, FEW = ("department_size",), ("department_size", "level")
SKILLS = ("data_analysis", "leadership_change")
MODEL = {"predictors": FEW}
KINDS: dict[str, tuple[str, tuple[str, ...], dict[str, object], Callable[[Released], list[str]]]] = {
    "departments": ("departments", SIZE, {}, words.findings_departments),
    "differences": ("differences", SIZE, {"margin": 0.1}, words.findings_differences),
    "mix and rate": ("mix_and_rate", (), {}, words.findings_mix_and_rate),
    "other bands": ("band_ends", (), {}, words.findings_band_ends),
    "trend": ("size_trend", (), {}, words.findings_around_zero),
    "executives": ("paired_levels", (), {}, words.findings_around_zero),
    "spread": ("between_departments", (), {}, words.findings_between_departments),
    "response": ("response", (), {}, words.findings_response),
    "linear": ("model", (), {"skill": "all", **MODEL}, words.findings_model),
    "multilevel": ("model", (), {"model": "multilevel", **MODEL}, words.findings_beside),
    "ordinal": ("model", (), {"model": "ordinal", "held_skill": SKILLS[0], **MODEL}, words.findings_model),
    "effects": ("effects", (), {"skill": SKILLS[0], **MODEL}, words.findings_model),
    "adjusted": ("adjusted", (), {"skill": SKILLS[0], **MODEL}, words.findings_adjusted),
    "same odds": ("parallel", (), {"held_skill": SKILLS[0], **MODEL}, words.findings_parallel),
    "between": ("department_share", (), MODEL, words.findings_department_share),
}
SAID = {"en": "in the synthetic survey (2025)", "fr": "dans le sondage synthétique (2025)"}
each = pytest.mark.parametrize("name", KINDS)
both = pytest.mark.parametrize("language", LANGUAGES)


@cache
def count(wave: str, dimensions: tuple[str, ...]) -> tuple[Survey, Answers]:
    survey = surveys.read(made.ONTARIO, wave)
    return survey, answers.count(survey, dimensions)


@cache
def estimates(name: str) -> tuple[DeclaredTable, pd.DataFrame]:
    kind, by, options, _ = KINDS[name]
    items = SKILLS if not options or "margin" in options else ()
    table = DeclaredTable("", "ontario", "survey", kind, items, by, "2025", (), tuple(sorted(options.items())))
    return table, disclosure.estimate(table, made.ONTARIO, count)


def released(name: str, language: str, gone: bool = False) -> Released:
    table, frame = estimates(name)
    given = frame.assign(n=0) if gone else frame
    given.attrs = frame.attrs
    return disclosure.release(given, table, made.ONTARIO, plan=None, language=language)


def findings(name: str, language: str, gone: bool = False) -> list[str]:
    return KINDS[name][3](released(name, language, gone))


def numbers_in(sentence: str) -> set[str]:
    bare = re.sub(r"“.*?”|«.*?»|\(20\d\d\)|95\s?%", "", sentence)
    return set(re.findall(r"[−+]?\d[\d,.\xa0]*\d|[−+]?\d", bare))


def numbers_of(table: Released) -> set[str]:
    """Every number of the table as it is written, and the counts of its rows."""
    frame, language = table.frame, table.language
    numeric = frame.select_dtypes("number")
    values = pd.unique(numeric.to_numpy(dtype=float).ravel())
    write = words.form(words.measure(table))
    forms = [write, words.number, words.percent, words.p_value]
    forms += [lambda value, at: words.number(100 * value, at, 1)]
    found = {form(value, language).rstrip("%\xa0") for value in values if np.isfinite(value) for form in forms}
    found |= {str(count) for count in range(len(frame) + 1)} | {"0"}
    return found | {number.removeprefix("+") for number in found}


@both
@each
def test_every_number_of_a_sentence_stands_in_the_table(name: str, language: str) -> None:
    said = findings(name, language)
    assert any(numbers_in(line) for line in said)
    for line in said:
        assert numbers_in(line) <= numbers_of(released(name, language)), line
        assert SAID[language] in line.lower()


@both
@each
def test_captions_and_alternative_texts_say_what_is_shown(name: str, language: str) -> None:
    table = released(name, language)
    caption, alt = words.caption(table), words.alt_text("table", table)
    assert SAID[language] in caption.lower() and 60 <= len(alt) <= 400
    assert words.text(f"detail.{table.kind}", language, margin="10") in caption
    assert "{" not in caption + alt and words.title(table)


@both
@each
def test_when_all_is_withheld_that_is_said_and_nothing_else(name: str, language: str) -> None:
    said = findings(name, language, gone=True)
    assert said and not any(numbers_in(line) - {str(len(estimates(name)[1]))} for line in said)
    shown = tables.html(released(name, language, gone=True))
    assert words.text("withheld", language) in shown


@both
@each
def test_tables_have_a_word_for_every_column_and_row(name: str, language: str) -> None:
    shown = tables.html(released(name, language))
    heads = re.findall(r'<th scope="(?:col|row)">(.*?)</th>', shown)
    assert heads and all(heads) and not any("_" in head for head in heads)
    assert shown.split("<tfoot>")[0].count("<tr>") == len(estimates(name)[1]) + 1


def test_a_difference_is_named_only_where_it_is_called_one() -> None:
    table = made.differences(skills=2)
    none = dataclasses.replace(table, frame=table.frame.assign(differs=False))
    assert "none of 20 differences" in words.findings_differences(none)[0]
    called = int(table.frame["differs"].sum())
    assert f"{called} of 20 differences stand up" in words.findings_differences(table)[0]
    small = int((table.frame["surely_small"] & ~table.frame["differs"]).sum())
    slight = int((table.frame["p_adjusted"].lt(0.05) & ~table.frame["surely_small"] & ~table.frame["differs"]).sum())
    said = words.findings_differences(table)[1]
    assert small and slight and f"{small} differences are surely small; {slight} are beyond chance, but below" in said
    assert f"{20 - called - small - slight} stay open" in said


def test_a_difference_beyond_chance_that_is_not_large_is_neither_open_nor_called_one() -> None:
    row = made.differences(skills=1).frame.iloc[0]
    given = {"differs": False, "surely_small": False, "p_adjusted": 0.02}
    assert words.verdict(pd.Series({**row, **given})) == "slight"
    assert words.verdict(pd.Series({**row, **given, "p_adjusted": 0.2})) == "open"
    assert words.verdict(pd.Series({**row, **given, "surely_small": True})) == "small"
    assert words.verdict(pd.Series({**row, **given, "differs": True, "estimate": -0.2})) == "lower"


def test_a_difference_that_is_called_one_and_small_is_counted_once() -> None:
    table = made.differences(skills=1)
    frame = table.frame.assign(differs=[True] + [False] * 9, surely_small=[True] * 3 + [False] * 7, p_adjusted=0.4)
    said = words.findings_differences(dataclasses.replace(table, frame=frame))
    assert "1 of 10 differences stand up" in said[0] and "2 differences are surely small; 0 are beyond" in said[1]
    assert "7 stay open" in said[1]


def test_the_margin_is_said_in_points() -> None:
    table = made.differences(skills=1)
    assert "less than 10 points either way" in words.caption(table)
    assert "less than 5 points" in words.caption(dataclasses.replace(table, method={**table.method, "margin": 0.05}))


@both
def test_every_model_says_what_it_explains_and_what_is_left(language: str) -> None:
    for name, outcome in (("linear", "gap.all"), ("effects", "short.one"), ("ordinal", "held.one")):
        table = released(name, language)
        label = table.study.frameworks.label("skills", SKILLS[0], language)
        assert words.text(f"outcome.{outcome}_skill", language, skill=label) in words.caption(table)
        assert words.text(f"about.{outcome}_skill", language, skill=label) in words.where(table)
        assert words.number(float(table.frame["df"].iloc[0]), language) in words.caption(table)


@both
def test_a_model_without_weights_says_so(language: str) -> None:
    plain = words.text("method.model_plain", language)
    assert plain in words.caption(released("multilevel", language))
    assert plain in words.caption(released("between", language))
    assert plain not in words.caption(released("linear", language))


def test_odds_that_change_along_the_scale_are_named() -> None:
    table = released("same odds", "en")
    frame = table.frame.assign(p=[0.2, 0.01, 0.4])
    said = words.findings_parallel(dataclasses.replace(table, frame=frame))[0]
    assert "changes along the scale for “Department size”" in said and "Level" not in said


def test_the_same_sentence_is_said_once_and_only_grids_take_differences() -> None:
    from digiskills.notebook import say

    assert say("a", ["a", "b"]).data.count("<li>") == 2
    with pytest.raises(UsageError, match="of kind shortfalls"):
        charts.differences(made.shortfalls())
    with pytest.raises(UsageError, match="pairs cannot be read"):
        charts.differences(made.differences(by="function", skills=1))


def test_cells_say_what_each_difference_shows() -> None:
    table = made.differences(skills=1, hidden=[0])
    drawn = charts.differences(table).figure
    cells = [text.get_text() for text in drawn.axes[0].texts]
    assert cells[0] == "withheld" and sum(cell.startswith("≈") for cell in cells) == int(
        (table.frame["surely_small"].eq(True) & ~table.frame["differs"].eq(True)).sum()
    )
    bold = [text for text in drawn.axes[0].texts if text.get_fontweight() == "bold"]
    assert len(bold) == int(table.frame["differs"].eq(True).sum())
