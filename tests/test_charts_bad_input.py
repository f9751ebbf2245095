"""Every chart with what nobody hopes for: a sensible picture or a clear refusal, never a broken page."""

from __future__ import annotations

import base64
import dataclasses
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import released_tables as made
import test_charts_coded as coded
import test_words_next_survey as planned

from digiskills import charts, exhibits
from digiskills.charts import Drawing, house
from digiskills.disclosure import Released
from digiskills.errors import DigiskillsError, UsageError
from digiskills.words import labels

Chart = tuple[Callable[[Released], Drawing], Callable[[], Released]]
CELLS = ("department_size", "level")
CHARTS: dict[str, Chart] = {
    "apart": (charts.apart, lambda: coded.speakers("en")),
    "coefficients": (charts.coefficients, lambda: made.reliability()),
    "cooccurrence": (charts.cooccurrence, lambda: coded.pairs("en")),
    "detectable": (charts.detectable, lambda: planned.detectable()),
    "differences": (charts.differences, lambda: made.differences()),
    "dots": (charts.dots, lambda: made.shortfalls(by=("level",))),
    "dumbbell": (charts.dumbbell, lambda: made.skill_levels()),
    "forest": (charts.forest, lambda: made.model()),
    "heatmap": (charts.heatmap, lambda: made.shortfalls(by=CELLS)),
    "likert": (charts.likert, lambda: made.agreement()),
    "multiples": (charts.multiples, lambda: made.shortfalls(by=("department_size",)).only(measure="short_by_one")),
    "needed": (charts.needed, lambda: planned.needed()),
    "network": (lambda table: charts.network(table, 2), lambda: coded.pairs("en")),
    "published": (charts.published, lambda: made.figures()),
    "quadrants": (charts.quadrants, lambda: made.quadrants()),
    "ranks": (charts.ranks, lambda: made.needs()),
    "saturation": (charts.saturation, lambda: coded.sessions("en")),
    "shares": (charts.shares, lambda: made.barriers()),
    "slope": (charts.slope, lambda: made.changes()),
    "specification": (charts.specification, lambda: made.robustness()),
    "themes": (charts.themes, lambda: made.themes(by=())),
    "upset": (charts.upset, lambda: made.sets()),
}
each = pytest.mark.parametrize("name", CHARTS)
# These show how several rows or groups stand to each other and refuse one alone.
LIMITED = ("apart", "cooccurrence", "dumbbell", "forest", "multiples", "network", "saturation")
# Counts of passages and figures that others published are never withheld.
COUNTED = ("apart", "cooccurrence", "network", "published", "saturation", "themes")
TEXTS = {
    "120 characters": "Une étiquette que personne n’a voulu couper, parce que chacun de ses mots comptait pour "
    "quelqu’un et qu’il y en avait 1",
    "one long word": "Anticonstitutionnellement" * 5,
    "right to left": "مهارات تحليل البيانات לניתוח",
    "emoji": "Data 😀 skills 🧑‍💻",
    "another script": "デジタル技能",
    "markup": "<script>alert('x')</script> & \"more\" $x^2$ {y}",
}


def test_all_charts_are_here() -> None:
    drawn = {name for name in charts.__all__ if name not in ("Drawing", "preset")}
    assert set(CHARTS) == drawn


def published(chart: Callable[[Released], Drawing], table: Released) -> str:
    """What a page shows of a chart; its picture is sound."""
    shown = chart(table)
    exhibit = exhibits.publish("05-test", shown, folder=None, parameters={}, data_digest="d", code_version="1")
    pictures = Pictures()
    pictures.feed(exhibit.html)
    assert len(pictures.found) == 1 and pictures.found[0]
    assert exhibit.alt_text.strip() and exhibit.caption.strip()
    return exhibit.html


class Pictures(HTMLParser):
    """Pictures of a page, and whatever is no part of an exhibit."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[ElementTree.Element]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag != "script"
        if tag == "img":
            picture = base64.b64decode(str(dict(attrs)["src"]).partition(",")[2])
            root = ElementTree.fromstring(picture)
            assert not [node for node in root.iter() if str(node.tag).endswith("script")]
            self.found.append(list(root))


@each
def test_nothing_to_show_is_refused(name: str) -> None:
    chart, table = CHARTS[name]
    empty = table()
    with pytest.raises(UsageError, match=r"no rows|nothing|no |at least|2 to|lines"):
        chart(dataclasses.replace(empty, frame=empty.frame.iloc[:0]))


@pytest.mark.parametrize("name", [name for name in CHARTS if name not in COUNTED])
def test_all_withheld_is_drawn_with_a_word_and_no_number(name: str) -> None:
    chart, table = CHARTS[name]
    full = table()
    try:
        shown = chart(dataclasses.replace(full, frame=hidden(full.frame)))
    except UsageError as problem:
        assert str(problem)
        return
    assert shown.figure


def hidden(frame: pd.DataFrame) -> pd.DataFrame:
    """Without any number."""
    gone = dict.fromkeys(frame.select_dtypes("float"), np.nan)
    return frame.assign(**gone, withheld="few_answers")


@each
def test_one_group_or_row_is_drawn(name: str) -> None:
    chart, table = CHARTS[name]
    full = table()
    column = full.by[0] if full.by and full.kind not in ("differences",) else labels.item_column(full)
    first = full.frame[column].astype(str).iloc[0]
    one = dataclasses.replace(full, frame=full.frame[full.frame[column].astype(str) == first].reset_index(drop=True))
    try:
        published(chart, one)
    except DigiskillsError as problem:
        assert name in LIMITED, problem


@each
@pytest.mark.parametrize("text", TEXTS)
def test_labels_as_they_come(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    relabel(TEXTS[text], monkeypatch)
    chart, table = CHARTS[name]
    try:
        page = published(chart, table())
    except UsageError as problem:
        assert "no sign" in str(problem) or "fit" in str(problem) or "read" in str(problem), problem
        return
    assert "<script>" not in page


def relabel(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every row and group have other words, each of its own."""
    for function in ("item_label", "group_label"):
        real = getattr(labels, function)

        def other(*given: object, real: Callable[..., str] = real, **named: object) -> str:
            said = real(*given, **named)
            return f"{text} {sum(map(ord, said)) % 97}" if said else said

        for module in [module for name, module in list(sys.modules.items()) if name.startswith("digiskills")]:
            if getattr(module, function, None) is real:
                monkeypatch.setattr(module, function, other)


def by_department(count: int, skills: int = 4) -> Released:
    """Shortfalls by department, as a study that shows departments has them."""
    names = [f"Ministry {place:02}" for place in range(count)]
    cells = made.cells(item=made.SKILLS[:skills], measure=["short_by_one"], department=names)
    return made.released(made.estimates(cells), "shortfalls", ("department",))


@pytest.mark.parametrize("name", ["dots", "heatmap", "multiples"])
def test_sixty_departments_are_drawn_or_refused_with_a_way_out(name: str) -> None:
    chart = getattr(charts, name)
    try:
        published(chart, by_department(60))
    except UsageError as problem:
        assert name == "dots" and "heatmap" in str(problem)


def test_small_multiples_share_their_scale_and_show_every_department() -> None:
    shown = charts.multiples(by_department(7))
    panels = [axes for axes in shown.figure.axes if axes.axison]
    assert len(panels) == 7 and len({axes.get_xlim() for axes in panels}) == 1
    marks = [line.get_xdata()[0] for line in panels[0].lines if line.get_marker() == "o"]
    frame = shown.released.frame
    first = frame[frame["department"] == "Ministry 00"]
    assert sorted(marks) == pytest.approx(sorted(first["estimate"]))
    with pytest.raises(UsageError, match="one breakdown"):
        charts.multiples(made.shortfalls(by=CELLS))
    with pytest.raises(UsageError, match="one measure"):
        charts.multiples(made.shortfalls(by=("level",)))
    with pytest.raises(UsageError, match="heatmap"):
        charts.multiples(by_department(81))


def test_an_upset_plot_fills_the_skills_of_each_set() -> None:
    table = made.sets()
    shown = charts.upset(table)
    above, matrix = shown.figure.axes
    assert [bar.get_height() for bar in above.patches] == pytest.approx(table.frame["estimate"])
    filled = {
        float(line.get_xdata()[0]): len(line.get_ydata())
        for line in matrix.lines
        if line.get_marker() == "o" and line.get_color() == house.INK
    }
    assert filled == {1.0: 1, 2.0: 2, 3.0: 3}  # the first set is that of the people short of none
    with pytest.raises(UsageError, match="kind shortfalls"):
        charts.upset(made.shortfalls())
    many = pd.concat([table.frame] * 4, ignore_index=True)
    with pytest.raises(UsageError, match="at most 12 sets"):
        charts.upset(dataclasses.replace(table, frame=many))


def test_numbers_that_are_infinite_or_missing_are_no_marks() -> None:
    table = made.sets()
    frame = table.frame.assign(estimate=[0.4, 0.2, np.nan, 0.05])
    shown = charts.upset(dataclasses.replace(table, frame=frame))
    assert len(shown.figure.axes[0].patches) == 3
