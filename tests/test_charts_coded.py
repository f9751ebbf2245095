"""Figures and sentences on coded passages: every number drawn or said stands in the released table."""

from __future__ import annotations

import dataclasses
import re

import pandas as pd
import pytest
from matplotlib.text import Text

from digiskills import charts, focus_groups, study, tables, themes, words
from digiskills.charts import Drawing
from digiskills.disclosure import DeclaredTable, Released, release_public
from digiskills.errors import UsageError

STUDY = study.read("ontario")
READ = focus_groups.read(STUDY)
assert READ is not None
GROUPS = READ
BARRIERS = ("capacity", "culture", "context")
SPEAKERS = ("deputy_minister", "assistant_deputy_minister", "staff")
LANGUAGES = ("en", "fr")


def released(frame: pd.DataFrame, kind: str, language: str, by: tuple[str, ...] = ()) -> Released:
    table = DeclaredTable("", STUDY.name, "focus_groups", kind, (), by)
    method = {"scope": "participants", "coder": "consensus"}
    return release_public(frame, table, STUDY, plan=None, language=language, method=method)


def pairs(language: str, within: str = "segment", families: tuple[str, ...] = BARRIERS) -> Released:
    kind = "cooccurrence" if within == "segment" else "cooccurrence_in_paragraphs"
    frame = themes.labelled(themes.cooccurrence(GROUPS, families, within=within), GROUPS)
    return released(frame, kind, language)


def speakers(language: str, among: tuple[str, ...] = SPEAKERS) -> Released:
    frame = themes.labelled(themes.apart_and_together(GROUPS, among), GROUPS)
    frame = frame.rename(columns={"segments": "n", "base_segments": "base"})
    return released(frame, "themes", language, ("speaker_level",))


def sessions(language: str, names: int = 4) -> Released:
    frame = pd.DataFrame({"session": [f"s{place}" for place in range(names)], "place": range(1, names + 1)})
    frame = frame.assign(segments=5, codes=3, new=[3, 2, *[0] * (names - 2)], n=[3, *[5] * (names - 1)], expected=4.25)
    return released(frame, "saturation", language, ("session",))


def sizes(language: str) -> Released:
    frame = themes.bases(GROUPS, ["org_size"]).rename(columns={"base_segments": "n"})
    return released(frame, "passages", language, ("org_size",))


DRAWN = {
    "pairs": lambda language: charts.cooccurrence(pairs(language)),
    "paragraphs": lambda language: charts.cooccurrence(pairs(language, "paragraph")),
    "network": lambda language: charts.network(pairs(language), 2),
    "speakers": lambda language: charts.apart(speakers(language)),
    "sessions": lambda language: charts.saturation(sessions(language)),
    "many sessions": lambda language: charts.saturation(sessions(language, 45)),
}
FOUND = {
    "pairs": lambda language: (pairs(language), words.findings_cooccurrence(pairs(language))),
    "paragraphs": lambda language: (
        pairs(language, "paragraph"),
        words.findings_cooccurrence(pairs(language, "paragraph")),
    ),
    "speakers": lambda language: (speakers(language), words.findings_together(speakers(language))),
    "sessions": lambda language: (sessions(language), words.findings_saturation(sessions(language))),
    "sizes": lambda language: (sizes(language), words.findings_named(sizes(language))),
}


def texts(drawing: Drawing) -> list[str]:
    return [text.get_text() for text in drawing.figure.findobj(Text) if text.get_text() and text.get_visible()]


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_are_drawn_with_words_of_their_language(name: str, language: str) -> None:
    drawing = DRAWN[name](language)
    drawing.figure.canvas.draw()
    said = " ".join(texts(drawing))
    assert words.text(f"measure.{words.measure(drawing.released)}", language) in said.replace("\n", " ")
    alternative = words.alt_text(drawing.kind, drawing.released)
    assert 40 < len(alternative) <= 400 and "{" not in alternative
    other = words.text("mark.focus_groups", "fr" if language == "en" else "en")
    assert other not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_triangle_holds_each_count_once(language: str) -> None:
    table = pairs(language)
    drawing = charts.cooccurrence(table)
    (axes,) = drawing.figure.axes
    drawn = sorted(int(text.get_text()) for text in axes.texts)
    totals = dict(zip(table.frame["code"], table.frame["n_code"], strict=True))
    totals |= dict(zip(table.frame["other"], table.frame["n_other"], strict=True))
    assert drawn == sorted([*table.frame.loc[table.frame["n"] > 0, "n"], *totals.values()])
    assert len(totals) == 9


def test_the_network_joins_what_reaches_the_threshold() -> None:
    table = pairs("en")
    (axes,) = charts.network(table, 3).figure.axes
    numbers = [text.get_text() for text in axes.texts if text.get_text().isdigit()]
    assert sorted(map(int, numbers)) == sorted(table.frame.loc[table.frame["n"] >= 3, "n"])
    places = [tuple(line.get_xydata()[0]) for line in axes.lines if len(line.get_xydata()) == 1]
    again = [
        tuple(line.get_xydata()[0])
        for line in charts.network(table, 3).figure.axes[0].lines
        if len(line.get_xydata()) == 1
    ]
    assert places == again


@pytest.mark.parametrize("counts", [[], [9], [1] * 20, [3] * 17 + [1] * 5, [5] * 3 + [2] * 13 + [1] * 9])
def test_the_network_by_default_joins_as_many_as_can_be_read(counts: list[int]) -> None:
    table = pairs("en")
    frame = table.frame.assign(n=[*counts, *[0] * (len(table.frame) - len(counts))])
    shown = dataclasses.replace(table, frame=frame)
    if not counts:
        with pytest.raises(UsageError, match="0 lines"):
            charts.network(shown)
        return
    (axes,) = charts.network(shown).figure.axes
    drawn = sorted(int(text.get_text()) for text in axes.texts if text.get_text().isdigit())
    assert drawn == sorted(count for count in counts if counts in ([1] * 20, [9]) or count >= 2)


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(UsageError, match="themes cannot be read"):
        charts.cooccurrence(pairs("en", families=()))
    for fewest in (0, 1, 50):
        with pytest.raises(UsageError, match="give a `fewest`"):
            charts.network(pairs("en"), fewest)
    with pytest.raises(UsageError, match="2 to 5 groups"):
        charts.apart(speakers("en", ("staff",)))
    with pytest.raises(UsageError, match="no rows"):
        charts.saturation(sessions("en").only(session=[]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_grid_of_speakers_holds_the_counts(language: str) -> None:
    table = speakers(language)
    drawing = charts.apart(table)
    (axes,) = drawing.figure.axes
    drawn = sorted(int(text.get_text()) for text in axes.texts if text.get_text().isdigit())
    assert drawn == sorted(table.frame.loc[table.frame["n"] > 0, "n"])
    heads = [words.text(f"apart.block.{name}", language) for name in ("all", "some", "alone", "nobody")]
    assert [text.get_text() for text in axes.texts if not text.get_text().isdigit()] == heads


@pytest.mark.parametrize("name", FOUND)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_finding_can_be_computed_from_the_table(name: str, language: str) -> None:
    table, found = FOUND[name](language)
    frame = table.frame
    known = {
        int(value)
        for column in frame.select_dtypes("number")
        for value in frame[column].dropna()
        if value == int(value)
    }
    known |= {len(frame), int((frame["n"] == 0).sum()), int(frame["n"].sum())}
    if name == "speakers":
        said = frame[frame["n"] > 0].groupby("code")["speaker_level"].agg(lambda each: tuple(map(str, each)))
        known |= set(said.value_counts()) | {frame["code"].nunique()}
    if name == "sizes":
        known |= {int(frame.loc[frame["org_size"] != "unspecified", "n"].sum())}
    numbers = [int(number) for sentence in found for number in re.findall(r"\d+", sentence)]
    assert numbers and set(numbers) <= known
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in found)


def test_findings_by_hand() -> None:
    assert words.findings_named(sizes("en")) == [
        "In passages that relay focus-group participants, the size of a department is named in 4 of 143 passages; "
        "it is left to be read in their text."
    ]
    together = words.findings_together(speakers("en"))
    assert "“Risk aversion” and “Excessive approvals” (2)" in together[0]
    assert "“Staff” alone: “Middle management”" in together[2]
    assert "“Data management” with “Technical resources” (7)" in words.findings_cooccurrence(pairs("en"))[0]
    assert "5 different themes were raised in 4 sessions" in words.findings_saturation(sessions("en"))[0]
    assert "number 2." in words.findings_saturation(sessions("en"))[0]


def test_groups_that_share_nothing() -> None:
    table = speakers("en")
    apart = table.frame.assign(n=[1 if at % 3 == at // 3 % 3 else 0 for at in range(len(table.frame))])
    found = words.findings_together(released(apart, "themes", "en", ("speaker_level",)))
    assert "raise no theme in common" in found[0] and len(found) == 5


@pytest.mark.parametrize("name", ["pairs", "sessions"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_name_rows_and_columns(name: str, language: str) -> None:
    html = tables.html(FOUND[name](language)[0])
    heads = re.findall(r'<th scope="col">([^<]*)</th>', html)
    assert all(heads) and len(heads) == len(set(heads))
    expected = "column.other_theme" if name == "pairs" else "column.session"
    assert words.text(expected, language) in heads
