"""Charts: nothing clipped, nothing on top of each other, no text too small, no setting left behind."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pytest
import released_tables as made
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from digiskills import charts, words
from digiskills.charts import colours, fit, house
from digiskills.charts.heatmap import BLUES
from digiskills.errors import UsageError

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
    assert withheld and said.count("too\nfew") == withheld
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
