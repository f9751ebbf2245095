"""Light SVG: every letter and line where matplotlib put it, said in far fewer bytes."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import matplotlib
import pytest
import released_tables as made
from hypothesis import given
from hypothesis import strategies as st

from digiskills import charts
from digiskills.charts import Drawing, house, render
from digiskills.charts.lean import lean

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
Points = list[tuple[float, float]]


def raw(shown: Drawing) -> str:
    """The picture as matplotlib writes it."""
    with house.style(), matplotlib.rc_context({"svg.hashsalt": "x"}):
        return render._save(shown, "svg", render.freeze(shown), 72, render._BARE).decode()


def heatmap() -> Drawing:
    return charts.heatmap(made.shortfalls("fr", ("department_size", "level")))


def points(path: str) -> Points:
    """The ends of the steps of an outline, from absolute or relative steps."""
    here, start, found = (0.0, 0.0), (0.0, 0.0), []
    for kind, said in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        values = [float(value) for value in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", said)]
        if kind in "zZ":
            here = start
            continue
        if kind == "h":
            values = [values[0], 0.0]
        if kind == "v":
            values = [0.0, values[0]]
        base = here if kind.islower() else (0.0, 0.0)
        here = (base[0] + values[-2], base[1] + values[-1])
        start = here if kind == "M" else start
        found.append(here)
    return found


def letters(source: str) -> Points:
    """Where each letter stands, in points, in the order in which they are drawn; along an upright text by its start."""
    root = ElementTree.fromstring(source)
    known = {node.get("id"): node for node in root.iter() if node.get("id")}
    found: Points = []

    def walk(node: ElementTree.Element, place: tuple[float, float, float]) -> None:
        placed = re.match(r"translate\((\S+) (\S+)\) ?(?:rotate\(\S+\) ?)?scale\((\S+?)[ )]", node.get("transform", ""))
        if placed:
            place = (float(placed[1]), float(placed[2]), float(placed[3]))
        if node.tag == f"{SVG}use":
            target = known[(node.get(HREF) or node.get("href", "")).removeprefix("#")]
            moved = re.match(r"translate\((\S+) 0\)", node.get("transform", ""))
            after = float(moved[1] if moved else node.get("x") or 0)
            place = (place[0] + after * place[2], place[1], place[2])
            if target.tag == f"{SVG}path" and target.get("d") and place[2]:
                found.append((place[0], place[1]))
            elif target.tag == f"{SVG}g":
                walk(target, place)
            return
        if node.tag != f"{SVG}defs":
            for child in node:
                walk(child, place)

    walk(root, (0.0, 0.0, 0.0))
    return found


@pytest.mark.parametrize("draw", [heatmap, lambda: charts.upset(made.sets()), lambda: charts.slope(made.changes())])
def test_every_letter_stands_where_it_stood(draw: object) -> None:
    source = raw(draw())  # type: ignore[operator]
    before, after = letters(source), letters(lean(source))
    assert len(before) == len(after) > 100
    for one, other in zip(before, after, strict=True):
        assert one == pytest.approx(other, abs=0.02)  # of a point


def test_every_line_ends_where_it_ended() -> None:
    source = raw(charts.dots(made.shortfalls()))
    drawn = re.compile(r'<path d="([^"]+)"')
    without = re.compile(r"<defs>.*?</defs>", re.DOTALL)
    before = [points(path) for path in drawn.findall(without.sub("", source))]
    after = [points(path) for path in drawn.findall(without.sub("", lean(source)))]
    assert len(before) == len(after) > 5
    for one, other in zip(before, after, strict=True):
        assert [value for point in one for value in point] == pytest.approx(
            [value for point in other for value in point], abs=0.0051
        )


def test_it_is_a_third_of_what_it_was_and_the_same_each_time() -> None:
    source = raw(heatmap())
    light = lean(source)
    assert len(light) < 0.38 * len(source) and light == lean(source)
    assert not re.search(r"matplotlib|DejaVu|<!--|metadata|xlink", light)
    ElementTree.fromstring(light)


@given(st.lists(st.tuples(st.floats(-999, 999), st.floats(-999, 999)), min_size=2, max_size=9))
def test_errors_of_rounding_do_not_add_up(given_points: Points) -> None:
    steps = " ".join(f"{'M' if place == 0 else 'L'} {x:.6f} {y:.6f}" for place, (x, y) in enumerate(given_points))
    light = lean(f'<svg xmlns="http://www.w3.org/2000/svg"><path d="{steps}"/></svg>')
    path = re.search(r' d="([^"]+)"', light)
    assert path
    flat = [value for point in points(path[1]) for value in point]
    assert flat == pytest.approx([value for point in given_points for value in point], abs=0.0051)


def test_letters_set_in_another_way_stay_as_they_are() -> None:
    outline = '<path id="DejaVuSans-30" d="M 0 0 L 640 0 z" transform="scale(0.015625)"/>'
    odd = f'<g transform="translate(5 5) skewX(3)"><defs>{outline}</defs><use xlink:href="#DejaVuSans-30"/></g>'
    told = lean(f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{odd}</svg>')
    assert 'd="M 0 0 L 640 0 z" transform="scale(.0156)"' in told and "skewX" in told
