"""Charts: nothing clipped, nothing on top of each other, no text too small, no setting left behind."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import released_tables as made
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from digiskills import charts, words
from digiskills.charts import colours, fit, house, spread
from digiskills.charts.heatmap import BLUES
from digiskills.errors import UsageError
from digiskills.words import labels

CELLS = ("department_size", "level")
DRAWINGS: dict[str, Callable[[str], charts.Drawing]] = {
    "likert": lambda language: charts.likert(made.agreement(language)),
    "likert without reasons": lambda language: charts.likert(made.agreement(language, with_missing=False)),
    "dumbbell": lambda language: charts.dumbbell(made.skill_levels(language)),
    "dots": lambda language: charts.dots(made.shortfalls(language)),
    "dots by size": lambda language: charts.dots(made.shortfalls(language, CELLS[:1])),
    "people": lambda language: charts.dots(made.shortfalls(language), "people_short"),
    "heatmap of nine": lambda language: charts.heatmap(made.shortfalls(language, CELLS)),
    "heatmap of five": lambda language: charts.heatmap(made.shortfalls(language, CELLS, skills=5)),
    "heatmap of one": lambda language: charts.heatmap(made.shortfalls(language, CELLS, skills=1)),
    "heatmap of items": lambda language: charts.heatmap(made.barriers(language, ("level",))),
    "heatmap of respondents": lambda language: charts.heatmap(made.respondents(language)),
    "shares": lambda language: charts.shares(made.barriers(language)),
    "shares by level": lambda language: charts.shares(made.barriers(language, ("level",), items=8)),
    "themes": lambda language: charts.themes(made.themes(language, ())),
    "themes by speaker": lambda language: charts.themes(made.themes(language)),
    "published": lambda language: charts.published(made.figures(language)),
    "published by level": lambda language: charts.published(made.figures(language, ("level",))),
    "ranks": lambda language: charts.ranks(made.needs(language, [8])),
    "ranks by discrepancy": lambda language: charts.ranks(made.needs(language), "ranked_discrepancy"),
    "ranks by gap": lambda language: charts.ranks(made.needs(language), "mean_gap"),
    "ranks by share": lambda language: charts.ranks(made.needs(language), "short_by_one"),
    "ranks of one": lambda language: charts.ranks(made.needs(language, skills=1)),
    "quadrants": lambda language: charts.quadrants(made.quadrants(language, [3])),
    "quadrants near each other": lambda language: charts.quadrants(made.quadrants(language, spread=0.1)),
    "quadrants of one": lambda language: charts.quadrants(made.quadrants(language, skills=1)),
    "forest": lambda language: charts.forest(made.model(language, [3])),
    "forest of log odds": lambda language: charts.forest(made.model(language, kind="ordinal")),
    "forest of one": lambda language: charts.forest(made.model(language).only(term="gap:digital_literacy")),
    "slope": lambda language: charts.slope(made.changes(language, [4])),
    "slope of levels": lambda language: charts.slope(made.changes(language, measure="levels")),
    "slope of barriers": lambda language: charts.slope(made.changes(language, measure="barrier_side")),
    "slope of one": lambda language: charts.slope(made.changes(language).only(item=f"gap:{made.SKILLS[0]}")),
    "specification": lambda language: charts.specification(made.robustness(language, [4])),
    "specification of one": lambda language: charts.specification(made.robustness(language).only(option="excluded")),
    "differences": lambda language: charts.differences(made.differences(language, hidden=[0, 17])),
    "differences of levels": lambda language: charts.differences(made.differences(language, "level", skills=1)),
    "nothing left of differences": lambda language: charts.differences(made.differences(language, hidden=range(90))),
    "dots with the same mix": lambda language: charts.dots(made.standardized(language)),
    "dots of parts": lambda language: charts.dots(made.parts(language)),
    "dots of bands": lambda language: charts.dots(made.parts(language, "band_ends")),
    "forest of effects": lambda language: charts.forest(made.explained(language)),
    "forest beside another": lambda language: charts.forest(made.explained(language, "multilevel")),
    "coefficients": lambda language: charts.coefficients(made.reliability(language)),
    "coefficients by level": lambda language: charts.coefficients(made.reliability(language, ("level",), [0, 7])),
    "coefficients of coders": lambda language: charts.coefficients(made.coders(language)),
    "nothing left of coefficients": lambda language: charts.coefficients(made.reliability(language, (), range(11))),
    "nothing left of ranks": lambda language: charts.ranks(made.needs(language, range(36))),
    "nothing left of quadrants": lambda language: charts.quadrants(made.quadrants(language, range(9))),
    "nothing left of a model": lambda language: charts.forest(made.model(language, range(10))),
    "nothing left of changes": lambda language: charts.slope(made.changes(language, range(9))),
    "nothing left of choices": lambda language: charts.specification(made.robustness(language, range(12))),
}
both = pytest.mark.parametrize("language", ["en", "fr"])
each = pytest.mark.parametrize("name", DRAWINGS)


def texts(figure: Figure) -> list[Text]:
    """The texts that a figure shows."""
    shown = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    hidden = [axes for axes in figure.axes if not axes.axison]
    return [text for text in shown if text.axes not in hidden or text in text.axes.texts]


def drawn(drawing: charts.Drawing) -> tuple[Figure, list[tuple[Text, np.ndarray]]]:
    """Lay a drawing out and return each text with its box in pixels."""
    with house.style():
        figure = drawing.figure
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        boxes = [(text, text.get_window_extent(renderer)) for text in texts(figure)]
    # tick labels outside the axis limits are known to the axis but not drawn
    inside = [(text, box.extents) for text, box in boxes if box.width > 0 and not _off_scale(text)]
    return figure, inside


def _off_scale(text: Text) -> bool:
    for axes in text.figure.axes:
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            for tick in axis.get_major_ticks():
                if text in (tick.label1, tick.label2):
                    low, high = sorted(limits)
                    return not low - 1e-9 <= tick.get_loc() <= high + 1e-9
    return False


@both
@each
def test_no_text_is_clipped_or_too_small(name: str, language: str) -> None:
    figure, boxes = drawn(DRAWINGS[name](language))
    width, height = figure.get_size_inches() * figure.dpi
    assert figure.get_size_inches()[0] == pytest.approx(6.5)
    for text, (left, bottom, right, top) in boxes:
        assert left >= -1 and bottom >= -1 and right <= width + 1 and top <= height + 1, text.get_text()
        assert text.get_fontsize() >= 7, text.get_text()


@both
@each
def test_no_two_texts_overlap(name: str, language: str) -> None:
    _, boxes = drawn(DRAWINGS[name](language))
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        across = min(a[2], b[2]) - max(a[0], b[0])
        along = min(a[3], b[3]) - max(a[1], b[1])
        assert across <= 1.5 or along <= 3, f"{one.get_text()!r} on {other.get_text()!r}"


@both
@each
def test_the_figure_says_what_evidence_it_shows(name: str, language: str) -> None:
    drawing = DRAWINGS[name](language)
    said = [text.get_text() for text in texts(drawing.figure)]
    mark = {"synthetic": {"en": "Synthetic survey", "fr": "Sondage synthétique"}}
    source = words.source(drawing.released)
    assert (mark["synthetic"][language] in said) == (source == "synthetic")
    assert words.text(f"mark.{source}", language) in said


@each
def test_settings_are_as_they_were(name: str) -> None:
    before = dict(mpl.rcParams)
    DRAWINGS[name]("en")
    assert dict(mpl.rcParams) == before


def test_a_users_own_settings_do_not_reach_the_figure() -> None:
    plain = drawn(charts.dots(made.shortfalls()))[0].get_size_inches()
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "text.usetex": False}):
        drawing = charts.dots(made.shortfalls())
    assert list(drawing.figure.get_size_inches()) == list(plain)
    assert to_hex(drawing.figure.axes[0].get_facecolor()) == "#ffffff"


def test_withheld_cells_carry_a_word_and_no_number() -> None:
    table = made.shortfalls(by=CELLS, skills=1).only(measure="short_by_one")
    drawing = charts.heatmap(table)
    said = [text.get_text() for text in texts(drawing.figure)]
    withheld = int(table.frame["withheld"].ne("").sum())
    assert withheld and said.count("withheld") == withheld
    cells = [text for text in said if "%" in text and "\n" in text]
    assert len(cells) == len(table.frame) - withheld
    hatched = [patch for patch in drawing.figure.axes[0].patches if patch.get_hatch()]
    assert len(hatched) == withheld


def test_dots_stand_at_the_numbers() -> None:
    drawing = charts.dots(made.shortfalls())
    marks = [line for line in drawing.figure.axes[0].lines if len(line.get_xdata()) == 1]
    found = sorted(float(line.get_xdata()[0]) for line in marks)
    assert found == pytest.approx(sorted(drawing.released.frame["estimate"]))
    ends = sorted(tuple(line.get_xdata()) for line in drawing.figure.axes[0].lines if len(line.get_xdata()) == 2)
    assert np.array(ends) == pytest.approx(drawing.released.frame[["low", "high"]].sort_values("low").to_numpy())


def test_neutral_answers_straddle_zero_and_others_keep_their_side() -> None:
    table = made.agreement()
    bars = charts.likert(table).figure.axes[0].containers
    names = ["strongly_disagree", "disagree", "neither", "agree", "strongly_agree"]
    for name, container in zip(names, bars, strict=True):
        for bar in container:
            left, right = bar.get_x(), bar.get_x() + bar.get_width()
            if name == "neither":
                assert left + right == pytest.approx(0, abs=1e-9)
            elif bar.get_width():
                assert right <= 1e-9 if "disagree" in name else left >= -1e-9


def test_the_drawing_holds_only_the_measure_drawn() -> None:
    drawing = charts.dots(made.shortfalls(), "people_short")
    assert set(drawing.released.frame["measure"]) == {"people_short"}
    assert set(charts.dots(made.shortfalls()).released.frame["measure"]) == {"short_by_one"}


def test_each_published_survey_has_its_own_axis() -> None:
    table = made.figures()
    surveys = table.frame[["survey", "year"]].drop_duplicates()
    figure = charts.published(table).figure
    assert len(figure.axes) == len(surveys)
    assert len({axes.get_xlim() for axes in figure.axes}) == len(surveys)


def test_only_what_is_passed_is_drawn() -> None:
    table = made.figures()
    survey = str(table.frame["survey"].iloc[0])
    drawing = charts.published(table.only(survey=survey))
    assert len(drawing.figure.axes) == 1
    assert set(drawing.released.frame["survey"]) == {survey}


def test_what_cannot_be_drawn_is_refused_with_a_way_out() -> None:
    with pytest.raises(UsageError, match="heatmap"):
        charts.shares(made.barriers(by=("level",)))
    with pytest.raises(UsageError, match="one or two dimensions"):
        charts.heatmap(made.shortfalls())
    with pytest.raises(UsageError, match="`only`"):
        charts.dumbbell(dataclasses.replace(made.shortfalls(by=("level",))))
    with pytest.raises(UsageError, match="no rows"):
        charts.dots(made.shortfalls().only(item="nothing", measure="short_by_one"))


def test_everything_withheld_still_draws() -> None:
    cells = made.cells(item=made.SKILLS, measure=["short_by_one"], department_size=made.sizes(), level=made.levels())
    table = made.released(made.estimates(cells, hidden=1.0), "shortfalls", CELLS)
    assert charts.heatmap(table).figure and charts.dots(table.only(level="staff", item=made.SKILLS[0])).figure


def test_options_that_were_ticked_are_drawn_and_others_not() -> None:
    item = made.ONTARIO.codebook.item("training_used")
    columns = [f"training_used/{choice.name}" for choice in item.answers]
    table = made.released(made.estimates(made.cells(item=columns, answer=["no", "yes"])), "shares")
    assert set(charts.shares(table).released.frame["answer"]) == {"yes"}


# --- ranks, quadrants, models, changes, choices


LONG = {
    "ranks": lambda: charts.ranks(made.needs("fr")),
    "quadrants": lambda: charts.quadrants(made.quadrants("fr", spread=0.1)),
    "forest": lambda: charts.forest(made.model("fr")),
    "slope": lambda: charts.slope(made.changes("fr")),
    "specification": lambda: charts.specification(made.robustness("fr")),
}


@pytest.mark.parametrize("name", LONG)
def test_long_labels_find_room(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for function in ("skill_label", "term_label", "option_label"):
        short = getattr(labels, function)
        monkeypatch.setattr(
            labels, function, lambda *given, short=short: f"{short(*given)} et tout ce qui s’y rattache"
        )
    monkeypatch.setitem(DRAWINGS, "long", lambda language: LONG[name]())
    test_no_text_is_clipped_or_too_small("long", "fr")
    test_no_two_texts_overlap("long", "fr")


def points_of(axes: Axes) -> list[Line2D]:
    """The marks of a panel that stand at one place."""
    return [line for line in axes.lines if len(line.get_xdata()) == 1]


def is_filled(mark: Line2D) -> bool:
    """Whether a mark is filled with its own colour."""
    return to_hex(mark.get_markerfacecolor()) == to_hex(mark.get_markeredgecolor())


def test_ranks_stand_at_the_ranks_and_ties_are_joined() -> None:
    drawing = charts.ranks(made.needs())
    frame, (axes,) = drawing.released.frame, drawing.figure.axes
    assert [float(mark.get_xdata()[0]) for mark in points_of(axes)] == sorted(frame["rank"])
    across = [line.get_xdata() for line in axes.lines if len(line.get_xdata()) == 2 and len(set(line.get_ydata())) == 1]
    wanted = frame.sort_values("rank", kind="stable")[["rank_low", "rank_high"]] + [-0.25, 0.25]
    assert np.array(across) == pytest.approx(wanted.to_numpy())
    (tie,) = [line for line in axes.lines if len(set(line.get_ydata())) == 2]
    assert list(tie.get_xdata()) == [2.5, 2.5]


def test_the_greatest_need_is_on_top_whatever_the_index() -> None:
    for measure in words.INDICES:
        axes = charts.ranks(made.needs(), measure).figure.axes[0]
        assert axes.get_yticklabels()[0].get_text() == "Digital and data literacy"


def test_quadrants_meet_at_the_cut_and_only_sure_marks_are_filled() -> None:
    table = made.quadrants()
    axes = charts.quadrants(table).figure.axes[0]
    dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert [dashed[0].get_ydata()[0], dashed[1].get_xdata()[0]] == [3.4, 2.8]
    marks = {float(mark.get_xdata()[0]): mark for mark in points_of(axes)}
    for _, row in table.frame.iterrows():
        own = words.own_probability(row)
        assert is_filled(marks[row["performance"]]) == (own >= 0.95)
    assert len({mark.get_marker() for mark in marks.values()}) == table.frame["quadrant"].nunique()


def test_a_label_stands_on_no_mark() -> None:
    table = made.quadrants("fr", spread=0.1)
    # intervals of no width, as labels keep off intervals anyway
    ends = {f"{name}_{end}": table.frame[name] for name in ("importance", "performance") for end in ("low", "high")}
    points = dataclasses.replace(table, frame=table.frame.assign(**ends))
    figure, boxes = drawn(charts.quadrants(points))
    axes = figure.axes[0]
    marks = [axes.transData.transform((mark.get_xdata()[0], mark.get_ydata()[0])) for mark in points_of(axes)]
    for text, (left, bottom, right, top) in boxes:
        if "%" in text.get_text() and text in axes.texts:
            assert not any(left < x < right and bottom < y < top for x, y in marks), text.get_text()


def test_a_cut_without_numbers_is_refused() -> None:
    table = dataclasses.replace(made.quadrants(), method={"cut": "mean"})
    with pytest.raises(UsageError, match="'mean'; give the importance and the performance"):
        charts.quadrants(table)
    columns = dataclasses.replace(table, frame=table.frame.assign(importance_cut=3.4, performance_cut=2.8))
    assert charts.quadrants(columns).figure


def test_a_model_is_drawn_without_its_constant_and_filled_where_0_is_excluded() -> None:
    drawing = charts.forest(made.model())
    assert set(drawing.released.frame["term"]) == {
        "department_size",
        "level",
        "department_size:level",
        "gap:digital_literacy",
    }
    axes = drawing.figure.axes[0]
    marks = {float(mark.get_xdata()[0]): mark for mark in points_of(axes)}
    for _, row in drawing.released.frame.iterrows():
        assert is_filled(marks[row["estimate"]]) == (row["low"] > 0 or row["high"] < 0)
    named = [label.get_text() for label in axes.get_yticklabels()]
    assert "Level (compared with: Executives)" in named
    assert [line for line in axes.lines if list(line.get_xdata()) == [0, 0]]


def test_a_change_is_strong_only_where_its_column_says_so() -> None:
    table = made.changes()
    frame = table.frame.assign(differs=[place == 1 for place in range(9)])
    axes = charts.slope(dataclasses.replace(table, frame=frame)).figure.axes[0]
    lines = [line for line in axes.lines if list(line.get_xdata()) == [0, 1] and line.get_linestyle() == "-"]
    assert len(lines) == 9
    assert [line.get_linewidth() > 2 for line in lines] == list(frame["differs"])
    assert sum(is_filled(mark) for mark in points_of(axes)) == 2
    bold = [text.get_text() for text in axes.texts if text.get_fontweight() == "bold"]
    assert len(bold) == 2 and all(text.startswith("Data analytics") for text in bold)


def test_estimates_stand_in_order_and_the_headline_once() -> None:
    drawing = charts.specification(made.robustness())
    upper, lower = drawing.figure.axes
    values = [float(mark.get_ydata()[0]) for mark in points_of(upper)]
    assert values == sorted(values) and len(values) == 12 - 4
    assert [mark.get_marker() for mark in points_of(upper)].count("D") == 1
    by_column = np.bincount([int(mark.get_xdata()[0]) for mark in points_of(lower)])
    assert list(by_column) == [5] * 8  # one point for each of five choices
    with pytest.raises(UsageError, match="2 items"):
        two = made.robustness().frame.iloc[:2].assign(item=made.SKILLS[:2])
        charts.specification(dataclasses.replace(drawing.released, frame=two))


def test_what_is_strong_is_so_without_colour() -> None:
    assert colours.contrast(colours.CAPACITY, "#FFFFFF") / colours.contrast("#8C8C8C", "#FFFFFF") > 1.5
    assert colours.contrast("#8C8C8C", "#FFFFFF") >= 3  # WCAG 1.4.11: what must be seen of a graph


@given(st.lists(st.tuples(st.floats(-1, 9), st.floats(0.05, 0.6)), min_size=1, max_size=12))
def test_labels_in_a_column_never_overlap_and_keep_their_order(asked: list[tuple[float, float]]) -> None:
    places, heights = map(list, zip(*asked, strict=True))
    top = max(8.0, sum(heights))
    found = spread.column(places, heights, top)
    order = sorted(range(len(found)), key=lambda place: (places[place], place))
    for below, above in itertools.pairwise(order):
        assert found[above] - found[below] >= (heights[above] + heights[below]) / 2 - 1e-9
    assert all(height / 2 - 1e-9 <= at <= top - height / 2 + 1e-9 for at, height in zip(found, heights, strict=True))


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread.column([3.0, 1.0], [0.2, 0.2], 4.0) == pytest.approx([3.0, 1.0])


def test_broken_down_and_crowded_tables_are_refused() -> None:
    by_level = dataclasses.replace(made.needs().table, by=("measure",))
    with pytest.raises(UsageError, match="`only`"):
        charts.ranks(dataclasses.replace(made.needs(), table=by_level))
    with pytest.raises(UsageError, match="lines cannot be read"):
        twice = made.changes(measure="barrier_side")
        charts.slope(dataclasses.replace(twice, frame=pd.concat([twice.frame] * 2)))


# --- colours and wrapping


def test_texts_in_cells_stand_out() -> None:
    for place in np.linspace(0, 1, 101):
        colour = to_hex(BLUES(float(place)))
        assert colours.contrast(colour, colours.text_on(colour)) >= 4.5


def test_families_stand_out_from_white_and_have_their_own_shape() -> None:
    assert [round(colours.contrast(colour, "#FFFFFF"), 1) for colour in colours.FAMILIES.values()] == [
        5.8,
        4.8,
        17.4,
        5.3,
    ]
    assert len(set(colours.FAMILY_MARKERS.values())) == len(colours.FAMILIES)


def test_data_management_is_a_part_of_capacity_with_its_own_colour() -> None:
    codes = [
        "capacity.human_capacity",
        "capacity.data_management",
        "culture.approvals",
        "context.resources_politics",
    ]
    assert [colours.family(code) for code in codes] == ["capacity", "data_management", "culture", "other"]
    assert words.text("family.data_management", "en") == "Lack of capacity: data management"


def test_wrap_keeps_words_and_width() -> None:
    label = "Les données d’autres ministères sont faciles à obtenir [en\N{NO-BREAK SPACE}désaccord]"
    lines = fit.wrap(label, 1.5).split("\n")
    assert " ".join(lines) == label
    assert all(fit.width_of(line, 7.5) <= 1.5 for line in lines)
