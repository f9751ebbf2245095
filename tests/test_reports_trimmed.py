"""A notebook gives way where a study's data cannot carry a step: prose, code and sentences together."""

from __future__ import annotations

import dataclasses
import json

import pytest

from digiskills import paths
from digiskills import study as studies
from digiskills.agreement import scale_tables
from digiskills.reports import carried, declared, interface, left_out
from digiskills.reports.trimmed import Cell, trimmed

ONTARIO = studies.read("ontario")


def code(source: str) -> Cell:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def prose(source: str, language: str = "en") -> Cell:
    return {"cell_type": "markdown", "metadata": {"tags": [language]}, "source": source}


CELLS = [
    code("survey = study.survey(wave)\ncoders = study.focus_groups().coders"),
    prose("## One\nAbout one."),
    prose("## Un\nÀ propos d’un.", "fr"),
    code('shown = ["a"]\nfirst = survey.first()\npublish("01-one", first)'),
    prose("A comment on one.\n\n## Two\nAbout two."),
    code('second = survey.second(shown)\npublish("01-two", second)'),
    prose("## Three\nAbout three."),
    code('publish("01-three", first.only(skill="x"))'),
    prose("## Four\nAbout four."),
    code('agreed = coders.codes()\npublish("01-four", agreed)'),
    code("say(words.first(first), words.second(second), words.agreed(agreed))"),
    code("say(words.first(first))"),
]
SOURCES = [cell["source"] for cell in CELLS]


def left(lacking: dict[str, list[str]], evidence: tuple[str, ...] = ("survey", "focus_groups")) -> list[str]:
    return [cell["source"] for cell in trimmed(CELLS, lacking, evidence)]


def test_a_study_that_carries_everything_keeps_its_notebook() -> None:
    assert left({}) == SOURCES


def test_a_step_gives_way_with_its_prose_and_its_sentences() -> None:
    found = left({"01-one": ["items barrier"], "01-four": ["evidence focus_groups"]}, ("survey",))
    assert found == [
        "survey = study.survey(wave)",
        "## One\n*Not shown here: the study has no statements on barriers.*",
        "## Un\n*Non présenté ici; il manque à l’étude\u00a0: énoncés sur les obstacles.*",
        "shown = ['a']",
        "## Two\nAbout two.",
        'second = survey.second(shown)\npublish("01-two", second)',
        "## Three\n*Not shown here: the study has no statements on barriers.*",
        "## Four\n*Not shown here: the study has no coded focus groups.*",
        "say(words.second(second))",
    ]


def test_the_given_cells_are_not_changed() -> None:
    left({"01-one": ["clusters"]}, ())
    assert [cell["source"] for cell in CELLS] == SOURCES


@pytest.mark.parametrize("evidence", [("survey",), ("focus_groups",), ("survey", "focus_groups", "published")])
@pytest.mark.parametrize("every", [0, 1, 2, 3])
def test_what_is_left_of_the_real_notebooks_uses_no_name_that_was_not_made(
    every: int, evidence: tuple[str, ...]
) -> None:
    known = {"study", "language", "wave", "__builtins__"}
    for entry in declared.read()["report"]:
        cells = json.loads((paths.notebooks() / f"{entry['notebook']}.ipynb").read_text(encoding="utf-8"))["cells"]
        ids = [table["id"] for table in entry.get("table", [])]
        absent = {name: ["clusters"] for place, name in enumerate(ids) if every and place % 4 == every}
        unread = [
            table["id"]
            for table in entry.get("table", [])
            if set(carried.rests_on(table["evidence"])[:2]) - {*evidence}
        ]
        absent |= {name: ["evidence survey"] for name in unread}
        made = set(known)
        for cell in trimmed(cells, absent, evidence):
            if cell["cell_type"] != "code":
                continue
            source = "".join(cell["source"])
            assert not [name for name in absent if f'"{name}"' in source or f"'{name}'" in source]
            names = compile(source, entry["notebook"], "exec").co_names
            made |= {name for name in names if f"{name} = " in source or f"{name}: " in source or "import" in source}
            begun = [name for name in ("survey", "coded", "coders") if f"{name}." in source]
            assert set(begun) <= made, (entry["notebook"], source)


def test_every_lack_has_words_in_both_languages() -> None:
    needs = {f"lacks.{need}" for needs in carried.NEEDS.values() for need in needs}
    kinds = {"lacks.items", "lacks.dimension", "lacks.evidence", "lacks.frameworks", "lacks.skill", "lacks.question"}
    named = {f"lacks.{one}" for one in ("a second wave", "a second coder", "evidence survey", "evidence focus_groups")}
    named |= {f"lacks.{one}" for one in (carried.SET_ASIDE, carried.UNSAFE)}
    assert needs | kinds | named <= interface.entries().keys()
    assert carried.words(["clusters", "items cooking"], "en").endswith("question or role “cooking”")
    assert "cooking" in carried.words(["items cooking"], "fr")


def test_scales_are_those_of_reliability() -> None:
    assert (carried.OF_SCALES, carried.BY_BARRIER) == (scale_tables.WHOLE, scale_tables.BY_BARRIER)


def test_the_default_study_carries_every_table() -> None:
    for entry in declared.read()["report"]:
        for table in entry.get("table", []):
            assert carried.lacking(table, ONTARIO) == [], table["id"]


def test_a_study_without_weights_or_pairs_keeps_what_it_can() -> None:
    reports = {report.page: report for report in declared.reports("wa-eps-2015", ["en"])}
    assert dict(reports["02-barriers"].lacking).keys() == {
        "02-barriers-published",
        "02-published-by-size",
        "02-published-by-level",
        "02-barriers-in-focus-groups",
    }
    assert [table.id for table in reports["02-barriers"].tables][:2] == ["02-respondents", "02-barrier-answers"]
    assert declared.left_out("wa-eps-2015")["04-skill-gaps"] == "items skills"


def test_a_default_that_is_a_word_of_another_study_is_the_first_of_this_one() -> None:
    reports = {report.notebook: report for report in declared.reports("wa-eps-2015", ["en"])}
    barrier = reports["07-how-reliable"].parameters["barrier"]
    assert barrier in studies.read("wa-eps-2015").codebook.items and reports["07-how-reliable"].scope == {}


def test_a_study_may_lack_a_dimension() -> None:
    dimensions = {name: one for name, one in ONTARIO.dimensions.items() if name != "level"}
    without = dataclasses.replace(ONTARIO, dimensions=dimensions)
    table = {"id": "05-x", "evidence": "survey", "kind": "shortfalls", "items": "skills", "by": ["level"]}
    assert carried.lacking(table, without) == ["dimension level"]


def test_an_exhibit_that_the_study_leaves_out_is_named_with_the_reason() -> None:
    release = dataclasses.replace(ONTARIO.release, leave_out=("01-missing-answers",))
    without = dataclasses.replace(ONTARIO, release=release)
    table = next(
        each for entry in declared.read()["report"] for each in entry.get("table", []) if each["kind"] == "missing"
    )
    assert carried.lacking(table, without) == ["a safe way to show it"]
    assert "too small a group" in carried.words(carried.lacking(table, without), "en")


def test_only_tables_that_nobody_declared_for_a_study_may_go() -> None:
    study = studies.read("wa-eps-2015")
    ids = {table["id"] for entry in declared.read()["report"] for table in entry.get("table", [])}
    assert left_out.may_go(ONTARIO) == frozenset(), "reports.toml is of this very study"
    assert left_out.may_go(study) == ids
    release = dataclasses.replace(study.release, must_show=("02-barrier-answers",))
    assert left_out.may_go(dataclasses.replace(study, release=release)) == ids - {"02-barrier-answers"}


def test_a_page_says_why_a_table_that_could_not_be_protected_is_not_there() -> None:
    report = next(one for one in declared.reports("wa-eps-2015", ["en"]) if one.page == "02-barriers")
    less = left_out.without(report, {"02-barrier-answers", "04-not-of-this-page"})
    assert {table.id for table in report.tables} - {table.id for table in less.tables} == {"02-barrier-answers"}
    assert dict(less.lacking) == {**dict(report.lacking), "02-barrier-answers": (carried.UNSAFE,)}
    assert "found by subtraction" in carried.words([carried.UNSAFE], "en")
    assert "par soustraction" in carried.words([carried.UNSAFE], "fr")
