"""Sentences, captions, alternative texts and charts on the next survey, from made-up released tables."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import released_tables as made

from digiskills import charts, next_survey, tables, words
from digiskills.charts import render
from digiskills.disclosure import Released
from digiskills.disclosure.kinds.changes import LEAST_EFFECT
from digiskills.errors import UsageError
from digiskills.words import planned

GAP = f"gap:{made.SKILLS[0]}"
LANGUAGES = ("en", "fr")


def needed(language: str = "en", unit: str = "share") -> Released:
    """By department size: enough, more people, more departments, all departments, out of reach."""
    frame = made.cells(item=[GAP], department_size=made.sizes())
    frame = frame.assign(
        n=[1000.0, 200.0, 150.0, 90.0, 12.0],
        clusters=[12.0, 9.0, 8.0, 7.0, 5.0],
        estimate=0.4,
        margin_now=[0.032, 0.1, 0.07, 0.06, np.nan],
        margin_wanted=0.05,
        design_effect=[1.2, 3.45, 1.0, 1.0, np.nan],
        icc=0.021,
        icc_low=0.012,
        icc_high=0.037,
        n_needed=[400.0, 1300.0, 240.0, 120.0, np.nan],
        n_needed_low=[380.0, 1200.0, 230.0, 118.0, np.nan],
        n_needed_high=[420.0, np.nan, 260.0, 125.0, np.nan],
        route=["people", "people", "clusters", "both", ""],
        clusters_needed=[8.0, np.nan, 13.0, np.nan, np.nan],
        heads=[9000.0, 4000.0, 3000.0, 900.0, 60.0],
        invitations_needed=[800.0, 2600.0, np.nan, 240.0, np.nan],
        note=["reached", "", "few_clusters", "", "not_reachable"],
    )
    return made.released(frame, "answers_needed", ["department_size"], language, method={"unit": unit})


def detectable(language: str = "en", unit: str = "share") -> Released:
    """By level: seen, seen, not seen, too little to plan from."""
    frame = made.cells(item=[GAP], level=made.levels())
    frame = frame.assign(
        n_before=[300.0, 400.0, 500.0, 20.0],
        n=[310.0, 420.0, 520.0, 21.0],
        clusters=9.0,
        change_wanted=0.05,
        power=0.8,
        change_detectable=[0.034, 0.05, 0.12, np.nan],
        power_wanted=[0.97, 0.8, 0.24, np.nan],
        n_needed=[200.0, 420.0, 2500.0, np.nan],
        heads=9000.0,
        invitations_needed=[450.0, 900.0, 5200.0, np.nan],
        note=["reached", "reached", "", "too_few_clusters"],
    )
    return made.released(frame, "detectable_change", ["level"], language, method={"unit": unit, "waves": ("a", "b")})


def plain(said: str | list[str]) -> list[str]:
    """The sentences with plain spaces."""
    return [each.replace("\N{NO-BREAK SPACE}", " ") for each in ([said] if isinstance(said, str) else said)]


def hidden(released: Released) -> Released:
    """The same with every row withheld."""
    numbers = [name for name in released.frame if name not in ("item", *released.by, "withheld")]
    frame = released.frame.assign(**dict.fromkeys(numbers, np.nan), withheld="few_answers")
    return dataclasses.replace(released, frame=frame)


def test_findings_on_answers_needed() -> None:
    found = plain(words.findings_answers_needed(needed()))
    label = words.item_label(needed(), GAP)
    assert found[0].endswith(
        f"the present answers for “{label}” are enough for a margin of 5 points either way in 1 of 5 rows."
    )
    assert found[1].endswith(
        "more answers are needed in 3 rows, most of all for “Small” (1,300 answers, 2,600 invitations; 200 answered "
        "now), “Medium” (240 answers from 13 departments; 150 answered now) and “Large” (120 answers from all "
        "departments, 240 invitations; 90 answered now)."
    )
    assert "cannot be reached for “Very large”, even if everyone were invited" in found[2]
    assert "few departments stand behind “Medium”" in found[3]
    assert "2.1%" in found[4] and "from 1.2% to 3.7%" in found[4]
    assert "up to 3.5 times" in found[4] and "“Small”" in found[4]
    assert len(found) == 5


def test_findings_on_changes_that_can_be_seen() -> None:
    found = plain(words.findings_detectable_change(detectable()))
    assert "a true change of 5 points for “" in found[0] and found[0].endswith("80% or more in 2 of 3 rows.")
    assert found[1].endswith("the smallest change that can be seen is 3.4 points, for “Executives”.")
    assert found[2].endswith("a change must be largest for “Managers” to be seen: 12 points.")
    assert "more answers are needed for “Managers” (2,500 answers, 5,200 invitations; 520 answered now)." in found[3]
    assert "too few departments or answers are known to plan from for “Staff”" in found[4]
    assert "(a to b)" in found[0]


def test_findings_in_french() -> None:
    found = plain(words.findings_answers_needed(needed("fr")))
    assert "une marge de 5 points de chaque côté dans 1 des 5 lignes" in found[0]
    assert "240 réponses de 13 ministères" in found[1] and "1 300 réponses" in found[1]
    changes = plain(words.findings_detectable_change(detectable("fr", "levels")))
    assert "0,05 niveau" in changes[0] and "niveaux" not in changes[0]
    assert "12 points" in plain(words.findings_detectable_change(detectable("fr")))[2]


def test_captions_say_what_was_wanted_and_assumed() -> None:
    assert "reach no further than 5 points either way" in plain(words.caption(needed()))[0]
    assert "0.05 levels" in plain(words.caption(needed(unit="levels")))[0]
    assert "n’est pas" not in words.caption(needed("fr"))
    (caption,) = plain(words.caption(detectable()))
    assert "a true change of 5 points with a probability of 80%" in caption
    assert "Rows rest on 20 to 520 answers." in caption
    assert words.title(needed()) == "Answers that the next survey needs, by department size"
    assert words.measure(detectable()) == "detectable_points"
    assert words.measure(detectable(unit="levels")) == "detectable_change"


@pytest.mark.parametrize(
    ("language", "known", "unknown", "reach"),
    [
        ("en", "assume that 45% of those invited answer", "Response is unknown", "at the response assumed"),
        ("fr", "supposent que 45 % des personnes invitées", "Taux de réponse inconnu", "au taux de réponse supposé"),
    ],
)
def test_the_response_that_is_assumed_is_said(language: str, known: str, unknown: str, reach: str) -> None:
    told = dataclasses.replace(needed(language), method={**needed(language).method, "response": 0.45})
    assert known in plain(words.caption(told))[0] and unknown in plain(words.caption(needed(language)))[0]
    assert any(reach in said for said in plain(words.findings_answers_needed(told)))
    assert not any(reach in said for said in plain(words.findings_answers_needed(needed(language))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_that_disagrees_with_what_is_seen_is_named(language: str) -> None:
    mark = {"en": "disagree for “{}”", "fr": "ne concordent pas pour « {} »"}[language]
    table = detectable(language)
    assert not any("disagree" in said for said in plain(words.findings_detectable_change(table)))
    frame = table.frame.assign(n_needed=[900.0, 420.0, 400.0, np.nan])  # seen but more asked for; not seen, and none
    found = " ".join(plain(words.findings_detectable_change(dataclasses.replace(table, frame=frame))))
    first, third = words.group_label(table, "level", "executive"), words.group_label(table, "level", "manager")
    assert mark.format(first).removesuffix("”").removesuffix(" »") in found and third in found.split("disagree")[-1]
    asked = needed(language)
    frame = asked.frame.assign(margin_now=[0.06, 0.1, 0.07, 0.06, np.nan])
    found = " ".join(plain(words.findings_answers_needed(dataclasses.replace(asked, frame=frame))))
    assert mark.format(words.group_label(asked, "department_size", "micro")) in found


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "in the departments taken now would not be enough"), ("fr", "des ministères actuels ne suffirait pas")],
)
def test_a_change_out_of_reach_is_so_for_the_departments_of_now(language: str, said: str) -> None:
    table = detectable(language)
    frame = table.frame.assign(note=["reached", "reached", "not_reachable", "too_few_clusters"])
    found = plain(words.findings_detectable_change(dataclasses.replace(table, frame=frame)))
    assert sum(said in each for each in found) == 1


def test_captions_state_the_rule_of_changes() -> None:
    said = {language: words.text("detail.changes", language) for language in LANGUAGES}
    assert (
        f"is {LEAST_EFFECT:g} or more" in said["en"]
        and "d’au moins " + f"{LEAST_EFFECT:g}".replace(".", ",") in said["fr"]
    )
    assert all("Benjamini-Hochberg" in each for each in said.values())


def test_rows_that_lack_most_come_first_and_doubtful_ones_do_not_come() -> None:
    frame = needed().frame.assign(n=[1000.0, 1000.0, 150.0, 90.0, 12.0], margin_now=[0.032, 0.1, 0.07, 0.04, np.nan])
    frame["n_needed"] = [400.0, 1100.0, 900.0, 120.0, np.nan]  # 100 lacking, 750 lacking; the fourth is reached now
    wanting = planned.most_wanting(frame)
    assert wanting.index.tolist() == [2, 1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_routes_apart_have_their_words(language: str) -> None:
    table = needed(language)
    part = ["people", "departments", "people", "departments", "departments"]
    frame = table.frame.assign(part=part, route=["people", "clusters", "people", "clusters", "clusters"])
    frame["clusters_needed"] = 9.0
    frame.loc[3, "note"] = "all_clusters"
    apart = dataclasses.replace(table, frame=frame)
    said = words.rows(apart)["group_label"].tolist()
    assert said[0].endswith({"en": "by people", "fr": "par les personnes"}[language])
    # that all departments are taken hides neither the answers needed nor that they are more
    assert "120" in words.size_words(apart, words.rows(apart).iloc[3])
    mark = {"en": "more needed; all departments are taken already", "fr": "il en faut plus; tous les ministères"}
    assert words.plan_note("all_clusters", language).startswith(mark[language])
    assert len(charts.needed(apart).figure.axes[0].texts) == 5


def test_alternative_texts() -> None:
    (said,) = plain(words.alt_text("needed", needed()))
    assert "the present answers are enough in 1 of 5 rows" in said
    assert "1,300 answers" in said
    (said,) = plain(words.alt_text("detectable", detectable()))
    assert "can be seen with a probability of 80% in 2 of 3 rows" in said
    assert "3.4 points" in said
    for language in LANGUAGES:
        for table, kind in ((needed(language), "needed"), (detectable(language), "detectable")):
            assert len(words.alt_text(kind, table)) <= 400
            assert words.alt_text(kind, hidden(table))


@pytest.mark.parametrize("language", LANGUAGES)
def test_withheld_tables_say_so(language: str) -> None:
    assert len(words.findings_answers_needed(hidden(needed(language)))) == 2
    assert len(words.findings_detectable_change(hidden(detectable(language)))) == 2
    assert words.NO_NUMBER in words.caption(hidden(needed(language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_hold_the_plan(language: str) -> None:
    (said,) = plain(tables.html(needed(language)))
    for part in {
        "en": ("3.2 points", "1,300", "380 to 420", "out of reach", "enough now", "Invitations needed"),
        "fr": ("3,2 points", "1 300", "de 380 à 420", "hors d’atteinte", "Invitations nécessaires"),
    }[language]:
        assert part in said, part
    (said,) = plain(tables.html(detectable(language)))
    for part in {"en": ("12 points", "24%", "too few departments"), "fr": ("12 points", "24 %")}[language]:
        assert part in said, part


def test_every_note_has_its_words() -> None:
    for note in {*next_survey.NOTES, *next_survey.CHANGE_NOTES}:
        assert all(words.plan_note(note, language) for language in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_draw_every_row_and_its_words(language: str) -> None:
    drawing = charts.needed(needed(language))
    axes = drawing.figure.axes[0]
    drawn = [line for line in axes.lines if line.get_marker() == "D"]
    assert [float(line.get_xdata()[0]) for line in drawn] == [400, 1300, 240, 120]
    people = [line for line in axes.lines if line.get_marker() == "|"]
    assert [float(line.get_xdata()[0]) for line in people] == [
        9000,
        4000,
        3000,
        900,
        60,
    ]
    assert axes.get_xscale() == "log"
    said = [text.get_text().replace("\n", " ") for text in axes.texts]
    assert len(said) == 5
    assert (
        said[2]
        == {
            "en": "150 now; 240 answers from 13 departments",
            "fr": "150 actuellement; 240 réponses de 13 ministères",
        }[language]
    )
    weights = [text.get_fontweight() for text in axes.texts]
    assert weights == ["normal", "bold", "bold", "bold", "normal"]
    assert render.png(drawing).startswith(b"\x89PNG")


@pytest.mark.parametrize("language", LANGUAGES)
def test_detectable_changes_are_filled_where_the_wanted_one_is_seen(language: str) -> None:
    drawing = charts.detectable(detectable(language))
    axes = drawing.figure.axes[0]
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [float(line.get_xdata()[0]) for line in dots] == [0.034, 0.05, 0.12]
    assert [line.get_markerfacecolor() != "#FFFFFF" for line in dots] == [True, True, False]
    assert axes.get_xlim()[0] == 0
    assert render.png(drawing).startswith(b"\x89PNG")


@pytest.mark.parametrize("table", [needed, detectable])
def test_what_cannot_be_drawn(table: object) -> None:
    released: Released = table()  # type: ignore[operator]
    draw = charts.needed if released.kind == "answers_needed" else charts.detectable
    assert draw(hidden(released)).kind
    with pytest.raises(UsageError, match="no rows"):
        draw(dataclasses.replace(released, frame=released.frame.head(0)))
    many = dataclasses.replace(released, frame=pd.concat([released.frame] * 12, ignore_index=True))
    with pytest.raises(UsageError, match="cannot be read"):
        draw(many)
