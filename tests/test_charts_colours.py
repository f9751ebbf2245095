"""Colours that must be told apart are far from each other for every reader, and in grey where nothing else tells."""

from __future__ import annotations

import importlib
import itertools
import re
from pathlib import Path

import pytest
import released_tables as made
from seen_colours import SEEN, apart, ciede2000, lightness

from digiskills import charts
from digiskills.charts import colours, render

SOURCE = Path(charts.__file__).parent


def of(module: str, name: str) -> str:
    """A colour that a chart names itself."""
    return str(getattr(importlib.import_module(f"digiskills.charts.{module}"), name))


def scale(count: int) -> list[str]:
    return list(importlib.import_module("digiskills.charts.likert").shades(count))


CAPACITY, CULTURE = colours.CAPACITY, colours.CULTURE
# What stands side by side in one figure; and what tells it apart beside its colour, for who reads it in grey.
TOLD = {
    "families": (list(colours.FAMILIES.values()), "shapes"),
    "needed and held": ([of("dumbbell", "NEEDED"), of("dumbbell", "HELD")], "shapes"),
    "weighted and not": ([CAPACITY, colours.DATA_MANAGEMENT], "shapes"),
    "verdicts": (list(importlib.import_module("digiskills.charts.differences").FILLS.values()), "signs of numbers"),
    "now and needed": ([of("needed", "LIGHT"), CAPACITY, colours.INK], "shapes"),
    "changes": ([of("slope", "LIGHT"), CAPACITY], ""),
    "estimates": ([of("specification", "LIGHT"), CAPACITY, CULTURE], ""),
    "curves": ([colours.tint(CAPACITY, 0.45), colours.QUIET, CULTURE], ""),
    **{f"likert {count}": (scale(count), "side of zero") for count in (2, 3, 4, 5, 6, 7)},
}


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((50, 2.5, 0), (61, -5, 29), 22.8977),
        ((50, 2.5, 0), (56, -27, -3), 31.9030),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_distance_is_that_of_the_published_pairs(one: tuple, other: tuple, distance: float) -> None:
    assert ciede2000(one, other) == pytest.approx(distance, abs=1e-4)


@pytest.mark.parametrize("seen", SEEN)
def test_deficiencies_leave_grey_as_it_is_and_red_from_green_goes(seen: str) -> None:
    assert apart("#777777", "#777777", seen) == 0 and apart("#777777", "#7F7F7F", seen) == pytest.approx(
        apart("#777777", "#7F7F7F"), abs=0.05
    )
    if seen in ("protanopia", "deuteranopia"):
        assert apart("#A05020", "#706A20", seen) < apart("#A05020", "#706A20") / 2


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize("name", TOLD)
def test_what_must_be_told_apart_is_so_for_every_reader(name: str, seen: str) -> None:
    # a distance of 2 can be seen side by side, one of 10 at a glance
    least = 6 if name == "verdicts" else 10
    for one, other in itertools.combinations(TOLD[name][0], 2):
        assert apart(one, other, seen) >= least, (one, other)


@pytest.mark.parametrize("name", TOLD)
def test_in_grey_lightness_or_something_else_tells(name: str) -> None:
    told, by = TOLD[name]
    near = [pair for pair in itertools.combinations(told, 2) if abs(lightness(pair[0]) - lightness(pair[1])) < 10]
    assert not near or by, near


@pytest.mark.parametrize("count", range(2, 12))
def test_neighbours_on_a_scale_differ_in_grey(count: int) -> None:
    fills = scale(count)
    assert len(fills) == count == len(set(fills))
    for one, other in itertools.pairwise(fills):
        assert abs(lightness(one) - lightness(other)) >= (10 if count < 8 else 6), (one, other)
    middle = [lightness(fill) for fill in fills]
    top = middle.index(max(middle))
    assert middle[: top + 1] == sorted(middle[: top + 1]) and middle[top:] == sorted(middle[top:], reverse=True)


def test_numbers_on_a_scale_can_be_read() -> None:
    for count in range(2, 12):
        for fill in scale(count):
            assert colours.contrast(fill, colours.text_on(fill)) >= 4.5


def test_a_sequence_gets_darker_all_the_way_for_every_reader() -> None:
    blues = importlib.import_module("digiskills.charts.heatmap").BLUES
    steps = [lightness(blues(place / 20)) for place in range(21)]
    assert all(one - other > 1.5 for one, other in itertools.pairwise(steps))
    for seen in SEEN:
        assert all(apart(blues(place / 4), blues((place + 1) / 4), seen) >= 8 for place in range(4))


def test_each_family_has_a_shape_and_the_same_as_a_sign() -> None:
    shapes, signs = colours.FAMILY_MARKERS, colours.FAMILY_SIGNS
    assert list(shapes) == list(signs) == list(colours.FAMILIES)
    assert dict(zip(shapes.values(), signs.values(), strict=True)) == {"o": "●", "s": "■", "D": "◆", "^": "▲"}


def test_every_colour_of_a_chart_is_known_here() -> None:
    """A new colour is either in a palette above, or one of the quiet greys of lines, papers and hatches."""
    quiet = {
        "#D9D9D9",
        "#E6E6E6",
        "#B5B5B5",
        "#BFBFBF",
        "#F2F2F2",
        "#8C8C8C",
        "#E8E8E8",
        "#F2F7FB",
        "#9CC7E3",
        "#02345A",
    }
    told = {colour.upper() for fills, _ in TOLD.values() for colour in fills}
    ours = {"#1A1A1A", "#6B6B6B", "#595959", "#FFFFFF", "#000000"}
    found = {
        one.upper() for path in SOURCE.glob("*.py") for one in re.findall(r"#[0-9A-Fa-f]{6}", path.read_text("utf-8"))
    }
    assert found <= quiet | told | ours, found - quiet - told - ours


def test_a_picture_brings_its_white_paper_into_a_dark_page() -> None:
    shown = charts.dots(made.shortfalls())
    picture = render.svg(shown, render.Said("05-test", "t", "d", {}), render.freeze(shown)).decode()
    paper = re.search(r'</defs><path d="M0[^"]*v[^"]*z" (?:class="(\w+)"|style="fill:#fff")', picture)
    assert paper and (paper[1] is None or f".{paper[1]}{{fill:#fff}}" in picture)
