"""Sentences, captions and tables of what to train first and of people and departments as a whole."""

from __future__ import annotations

import pandas as pd
import pytest
import released_tables as made
from bs4 import BeautifulSoup

from digiskills import charts, tables, words
from digiskills.disclosure import Released

LANGUAGES = ("en", "fr")
PARTS = ["below_minimum", "tasks_not_alone", "quiz_not_right", "literacy_information", "quiz_percent"]
RATINGS = ["basic", "working", "expert"]
ONE, OTHER, THIRD = made.SKILLS[:3]


def numbers(cells: pd.DataFrame, estimates: list[float], half: float = 0.02) -> pd.DataFrame:
    """Cells with the estimates given, each with an interval of the same width."""
    frame = cells.assign(n=120.0, clusters=40.0, estimate=estimates, se=half / 2, df=30.0, withheld="")
    return frame.assign(low=frame["estimate"] - half, high=frame["estimate"] + half)


def literacy(language: str = "en") -> Released:
    return made.released(numbers(made.cells(item=PARTS), [0.6, 0.3, 0.5, 0.2, 0.4]), "literacy", (), language)


def quiz(language: str = "en") -> Released:
    cells = made.cells(item=["held_digital_literacy"], answer=RATINGS, right=["0", "1", "2"])
    shares = [0.5, 0.4, 0.1, 0.3, 0.4, 0.3, 0.1, 0.2, 0.7]
    return made.released(numbers(cells, shares), "quiz", (), language)


def shaped(language: str = "en") -> Released:
    return made.released(
        numbers(made.cells(item=["deep", "broad", "t_shaped"]), [0.9, 0.8, 0.75]), "t_shaped", (), language
    )


def coverage(language: str = "en") -> Released:
    frame = numbers(made.cells(item=[ONE, OTHER], at_least=[1, 3]), [0.9, 0.5, 0.8, 0.6])
    return made.released(made.withhold(frame, [2]), "coverage", (), language)


def reach(language: str = "en", apart: float = 0.0) -> Released:
    frame = numbers(made.cells(item=[ONE, OTHER], short=["no", "yes"]), [0.7, 0.7 - apart, 0.6, 0.62])
    method = {"training": "training_used", "channels": ["live_course", "coaching"]}
    return made.released(frame, "reach", (), language, method=method)


def pairs(language: str = "en") -> Released:
    cells = pd.DataFrame([(ONE, OTHER), (ONE, THIRD), (OTHER, ONE), (OTHER, THIRD), (THIRD, ONE), (THIRD, OTHER)])
    frame = numbers(cells.set_axis(["item", "other"], axis=1), [0.3, 0.4, 0.5, 0.8, 0.2, 0.1])
    return made.released(frame, "pairs_short", (), language)


def sets(language: str = "en") -> Released:
    cells = pd.DataFrame({"item": ["none", ONE, f"{ONE} + {OTHER}"], "skills": [0, 1, 2], "people": [60.0, 30.0, 20.0]})
    return made.released(numbers(cells, [0.305, 0.123, 0.046]), "sets_short", (), language)


FINDINGS = {
    words.findings_literacy: literacy,
    words.findings_quiz: quiz,
    words.findings_t_shaped: shaped,
    words.findings_coverage: coverage,
    words.findings_reach: reach,
    words.findings_pairs: pairs,
    words.findings_sets: sets,
    words.findings_orders: made.needs,
}


def label(name: str, language: str = "en") -> str:
    return words.item_label(pairs(language), name)


def read(html: str) -> list[list[str]]:
    rows = BeautifulSoup(html, "html.parser").select("tr")
    return [[cell.get_text().replace("\N{NO-BREAK SPACE}", " ") for cell in row.find_all(["th", "td"])] for row in rows]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("say", FINDINGS, ids=lambda say: say.__name__)
def test_sentences_say_what_evidence_they_are_about(say, language: str) -> None:
    found = say(FINDINGS[say](language))
    where = {"en": "In the synthetic survey (2025)", "fr": "Dans le sondage synthétique (2025)"}[language]
    assert found and all(sentence.startswith(where) and "{" not in sentence for sentence in found)


@pytest.mark.parametrize("say", FINDINGS, ids=lambda say: say.__name__)
def test_sentences_of_a_withheld_table_hold_no_number_of_it(say) -> None:
    table = FINDINGS[say]("en")
    gone = made.withhold(table.frame, range(len(table.frame))).assign(**table.frame.filter(["answer"]))
    found = say(made.released(gone, table.kind))
    assert found[0] == "In the synthetic survey (2025), everything here is withheld."
    assert "%" not in "".join(found)


def test_literacy_names_the_share_its_halves_and_the_part_missed_most() -> None:
    whole, halves, most = words.findings_literacy(literacy())
    assert "60% of people do not reach the minimum of digital literacy (58% to 62%; n = 120)" in whole
    assert "30% do not do every task on their own, and 50% do not have every quiz question right" in halves
    assert "How large is the increase?”: 40%" in most


def test_quiz_speaks_of_the_highest_and_the_lowest_rating_shown() -> None:
    high, low = words.findings_quiz(quiz())
    assert "“Expert" in high and "70% have every quiz question right" in high
    assert "“Basic" in low and "10% have every quiz question right" in low


def test_coverage_names_the_skill_in_the_fewest_departments_that_is_shown() -> None:
    one, three, withheld = words.findings_coverage(coverage())
    assert "at least 1 advanced person among the respondents" in one and f"“{label(ONE)}”: 90%" in one
    assert "at least 3 advanced people among the respondents" in three and f"“{label(ONE)}”: 50%" in three
    assert "1 cell is withheld" in withheld


def test_reach_is_called_different_only_where_intervals_lie_apart() -> None:
    (alike,) = words.findings_reach(reach())
    assert "for no skill" in alike and "62% to 70%" in alike
    (differs,) = words.findings_reach(reach(apart=0.1))
    assert f"lie apart for those short of “{label(ONE)}” and for the others: 60% (58% to 62%) against 70%" in differs
    assert "not tested" in differs and "no test" in alike


def test_reach_whose_intervals_overlap_is_called_alike() -> None:
    (alike,) = words.findings_reach(reach(apart=0.03))
    assert "for no skill" in alike


@pytest.mark.parametrize(("note", "rounded"), [("rounding", True), ("rounding lonely", True), ("no_variance", False)])
def test_only_the_note_on_rounding_marks_a_number_as_rounded(note: str, rounded: bool) -> None:
    frame = coverage().frame.assign(note=note)
    table = made.released(frame, "coverage")
    assert words.is_rounded(frame.iloc[0]) == rounded
    assert ("*" in tables.html(table)) == rounded


def test_pairs_name_the_highest_share_in_its_direction() -> None:
    (found,) = words.findings_pairs(pairs())
    assert f"of those short of “{label(OTHER)}”, 80% are short of “{label(THIRD)}” too" in found


def test_sets_are_written_with_a_decimal() -> None:
    none, most = words.findings_sets(sets())
    assert "30.5% of those who answered for every skill are short of none" in none
    assert f"“{label(ONE)}” (12.3%) and “{label(ONE)} and {label(OTHER)}” (4.6%)" in most


def test_an_order_that_no_choice_moves_is_called_the_same() -> None:
    same, always = words.findings_orders(made.needs())
    assert f"the same first skill under every index and cut point shown: “{label(ONE)}”" in same
    assert always.endswith(f"“{label(ONE)}”, “{label(OTHER)}” and “{label(THIRD)}”.")


def test_an_order_that_depends_on_the_index_says_by_which() -> None:
    table = made.needs()
    frame = table.frame.copy()
    short = frame["measure"].eq("short_by_one")
    frame.loc[short, "rank"] = 10 - frame.loc[short, "rank"]
    first, never, moves = words.findings_orders(made.released(frame, "needs"))
    assert "the first skill depends on the index or cut point" in first
    assert "(the share short by at least one level)" in first and "the Borich index" in first
    assert "no skill is among the first three under every" in never
    assert "it ranks between 1st and 9th, by the index" in moves


def test_quadrants_that_move_with_the_cut_are_named() -> None:
    one = made.quadrants()
    same = pd.concat([one.frame.assign(cut=cut) for cut in ("mean", "median")], ignore_index=True)
    (found,) = words.findings_cuts(made.released(same, "quadrants"))
    assert "every skill stands in one quadrant" in found
    moved = same.copy()
    moved.loc[0, "quadrant"] = next(name for name in ("keep_up", "low_priority") if name != moved.loc[0, "quadrant"])
    (found,) = words.findings_cuts(made.released(moved, "quadrants"))
    assert found.endswith(f"for “{label(ONE)}”.")


def test_the_orders_stand_side_by_side_the_first_by_rank() -> None:
    table = made.needs()
    turned = made.released(table.frame.iloc[::-1].sort_values("measure", kind="stable"), "needs")
    heads, *rows = read(tables.html(turned))
    assert heads[:3] == ["Skill", "Borich index", "Mean gap"] and heads[-1] == "Answers (n)"
    assert [row[0] for row in rows[:1]] == [label(ONE)]
    assert rows[0][1] == "1 (1 to 2)" and rows[0][-1] == "1,234"
    assert rows[1][1].startswith("2.5 (")


def test_a_caption_says_that_there_are_several_measures_and_where_ranks_come_from() -> None:
    frame = made.needs().frame
    drawn = made.released(frame, "needs", method={"ranks": "multivariate normal draws"})
    assert words.title(drawn) == "The order of skills by other indices and cut points"
    assert "by several indices and cut points" in words.caption(drawn)
    assert "draws of the joint covariance" in words.caption(drawn)
    resampled = made.released(frame, "needs", method={"ranks": "rescaling bootstrap over clusters"})
    assert "rescaling bootstrap over departments" in words.caption(resampled.only(measure="borich"))
    assert words.title(resampled.only(measure="borich")) == "What to train first"


def test_a_caption_names_what_counts_as_training_and_departments_as_departments() -> None:
    assert "Counted as training: live course or workshop and coaching or mentoring." in words.caption(reach())
    assert "Each row rests on 120 departments." in words.caption(coverage())
    assert "fewer than 3 departments differ from all others" in words.caption(coverage())


def test_a_line_never_breaks_within_an_interval() -> None:
    cells = BeautifulSoup(tables.html(coverage()), "html.parser").select("tbody td")
    assert cells[0].get_text() == "90% (88%\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}92%)"


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_side_by_side_have_a_cell_for_each_header(language: str) -> None:
    for table in (quiz(language), coverage(language), reach(language), made.needs(language)):
        heads, *rows = read(tables.html(table))
        assert {len(row) for row in rows} == {len(heads)}
        assert all(cell for row in rows for cell in row) and all(heads)


def test_a_cell_that_is_withheld_says_so_and_the_others_stay() -> None:
    _, first, second = read(tables.html(coverage()))
    assert first[1:] == ["90% (88% to 92%)", "50% (48% to 52%)", "120"]
    assert second[1:] == ["withheld", "60% (58% to 62%)", "120"]


def test_shortfalls_stand_side_by_side_without_a_breakdown() -> None:
    heads, *rows = read(tables.html(made.shortfalls()))
    assert heads[1:3] == ["Short by one level or more", "People short by one level or more"]
    assert len(rows) == 9


def test_the_heat_map_of_pairs_has_a_cell_for_each_direction() -> None:
    drawing = charts.heatmap(pairs())
    (axes,) = drawing.figure.axes
    written = sorted(text.get_text().split("\n")[0] for text in axes.texts)
    assert written == sorted(["30%", "40%", "50%", "80%", "20%", "10%"])
    down, across = (
        [label.get_text() for label in labels] for labels in (axes.get_yticklabels(), axes.get_xticklabels())
    )
    assert [each.replace("\n", " ") for each in down] == [each.replace("\n", " ") for each in across]
    assert words.alt_text("heatmap", pairs()).count(label(THIRD)) >= 1
