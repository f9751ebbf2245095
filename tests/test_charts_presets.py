"""Figures at the widths of journals: text keeps its size, what cannot be read is refused, and nothing leaks."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import matplotlib
import pytest
import released_tables as made
from matplotlib.text import Text
from PIL import Image

from digiskills import charts
from digiskills.charts import Drawing, house, render
from digiskills.errors import UsageError

SOURCE = Path(charts.__file__).parent
CHARTS: dict[str, Callable[[str], Drawing]] = {
    "dots": lambda language: charts.dots(made.shortfalls(language, ("level",))),
    "skills": lambda language: charts.dots(made.shortfalls(language)),
    "heatmap": lambda language: charts.heatmap(made.shortfalls(language, ("department_size", "level"))),
    "likert": lambda language: charts.likert(made.agreement(language)),
    "dumbbell": lambda language: charts.dumbbell(made.skill_levels(language)),
    "ranks": lambda language: charts.ranks(made.needs(language)),
    "quadrants": lambda language: charts.quadrants(made.quadrants(language)),
    "forest": lambda language: charts.forest(made.model(language)),
    "slope": lambda language: charts.slope(made.changes(language)),
    "specification": lambda language: charts.specification(made.robustness(language)),
    "themes": lambda language: charts.themes(made.themes(language, by=())),
    "differences": lambda language: charts.differences(made.differences(language)),
}


@pytest.mark.parametrize(
    ("kind", "name"), [*((kind, "double column") for kind in CHARTS), ("skills", "page"), ("ranks", "slide")]
)
def test_every_chart_has_the_width_and_text_of_seven_points(kind: str, name: str) -> None:
    with charts.preset(name):
        shown = CHARTS[kind]("fr")
    image = Image.open(io.BytesIO(render.png(shown, box=render.freeze(shown))))
    assert abs(image.width / render.PRINT * 25.4 - house.PRESETS[name]) < 0.2
    sizes = {text.get_fontsize() for text in shown.figure.findobj(Text) if text.get_text().strip()}
    assert sizes and min(sizes) >= 7


@pytest.mark.parametrize("kind", CHARTS)
def test_one_column_is_drawn_or_refused(kind: str) -> None:
    with charts.preset("single column"):
        if kind in ("skills", "themes", "specification"):
            box = render.freeze(CHARTS[kind]("fr"))
            assert abs(box.width * 25.4 - house.PRESETS["single column"]) < 0.2
        elif kind in ("dots", "heatmap", "likert", "ranks", "slope", "differences"):
            with pytest.raises(UsageError, match=r"89 mm.*double column"):
                CHARTS[kind]("fr")


def test_the_default_is_the_page_and_a_preset_ends_with_its_block() -> None:
    before = dict(matplotlib.rcParams)
    with charts.preset("slide"), pytest.raises(ZeroDivisionError), charts.preset("single column"):
        assert house.width() == pytest.approx(89 / 25.4)
        raise ZeroDivisionError
    assert house.width() == pytest.approx(6.5) and house.room(3.0) == pytest.approx(3.0)
    assert dict(matplotlib.rcParams) == before


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="single column"), charts.preset("single colum"):
        pass


def test_no_chart_has_a_width_of_its_own() -> None:
    for path in SOURCE.glob("*.py"):
        assert not re.search(r"\bWIDTH\b|figsize", path.read_text(encoding="utf-8")) or path.name == "house.py", (
            path.name
        )
