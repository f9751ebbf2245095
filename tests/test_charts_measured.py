"""Texts are measured once: the sizes are those that matplotlib gives, and nothing of it is left behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from digiskills.charts import measured
from digiskills.charts.house import style

LETTERS = st.characters(min_codepoint=32, max_codepoint=0x17F, exclude_categories=["Cc", "Cf"])
LATIN = st.text(LETTERS, min_size=1, max_size=30)


@given(LATIN, st.floats(5, 20), st.sampled_from(["normal", "bold"]))
def test_sizes_are_those_of_each_renderer_at_its_own_resolution(text: str, size: float, weight: str) -> None:
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    with style():
        renderers = [RendererAgg(100, 100, dots) for dots in (72, 200)] + [TextToPath()]
        own = [one.get_text_width_height_descent(text, font, False) for one in renderers]
        with measured.remembered():
            for _ in range(2):
                assert [one.get_text_width_height_descent(text, font, False) for one in renderers] == own


def test_a_font_that_changes_later_is_another_font() -> None:
    font = FontProperties(family="DejaVu Sans", size=8)
    with style(), measured.remembered():
        small = TextToPath().get_text_width_height_descent("Écart", font, False)
        font.set_size(16)
        assert TextToPath().get_text_width_height_descent("Écart", font, False)[0] == pytest.approx(2 * small[0])


def test_each_text_is_measured_once_and_the_renderers_are_left_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def measure(self: object, text: str, font: object, ismath: object) -> tuple[float, float, float]:
        asked.append(text)
        return 1.0, 1.0, 0.0

    monkeypatch.setattr(TextToPath, measured.METHOD, measure)
    monkeypatch.setattr(measured, "_sizes", {})
    before = {renderer: getattr(renderer, measured.METHOD) for renderer in measured.RENDERERS}
    with pytest.raises(ZeroDivisionError), measured.remembered():
        for text in ("a", "b", "a"):
            TextToPath().get_text_width_height_descent(text, FontProperties(), False)
        raise ZeroDivisionError
    assert asked == ["a", "b"]
    assert {renderer: getattr(renderer, measured.METHOD) for renderer in measured.RENDERERS} == before


def test_what_is_remembered_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "MOST", 3)
    monkeypatch.setattr(measured, "_sizes", {})
    with style(), measured.remembered():
        for text in "abcdefg":
            TextToPath().get_text_width_height_descent(text, FontProperties(), False)
            assert len(measured._sizes) <= 3
