"""The framework lens names what public documents name, and its coverage is counted from the table of skills."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from digiskills import study as studies
from digiskills import words
from digiskills.disclosure import DeclaredTable, Released
from digiskills.errors import UsageError
from digiskills.frameworks import Frameworks
from digiskills.joint_display import lens
from digiskills.study import Study

# Competences per area, as the reference lists them: 21 in 5 areas (Vuorikari, Kluzer and Punie, 2022).
DIGCOMP = {"1": 3, "2": 6, "3": 4, "4": 4, "5": 4}


@pytest.fixture(scope="module")
def study() -> Study:
    return studies.read("ontario")


def with_crosswalk(study: Study, *pairs: tuple[str, str]) -> Study:
    tables = dict(study.frameworks.tables)
    tables["skill_areas"] = pd.DataFrame([*pairs], columns=["skill", "area"])
    return study.described_by(Frameworks(tables))


def shortfalls(study: Study, language: str = "en", **withheld: str) -> Released:
    skills = [pair.skill for pair in study.codebook.pairs()]
    frame = pd.DataFrame({"item": skills, "measure": "short_by_one", "n": 100, "clusters": 10, "estimate": 0.25})
    frame = frame.assign(se=0.02, df=9.0, low=0.2, high=0.3, withheld=[withheld.get(skill, "") for skill in skills])
    table = DeclaredTable("13-digcomp", study.name, "survey", "shortfalls", ("skills",), (), "2025")
    return Released(frame, table, frozenset({"13-digcomp"}), study, language, {})


def test_digcomp_has_its_areas_and_competences(study: Study) -> None:
    parts = words.parts_of(study, "digcomp")
    assert len(parts) == 21
    assert parts["number"].str.split(".").str[0].value_counts(sort=False).to_dict() == DIGCOMP
    assert list(parts["number"]) == sorted(parts["number"])


@pytest.mark.parametrize(("framework", "count"), [("ukgdd", 8), ("oecd", 3)])
def test_the_others_have_theirs(study: Study, framework: str, count: int) -> None:
    parts = words.parts_of(study, framework)
    assert len(parts) == count
    assert set(parts["parent"]) == {""}


def test_every_name_has_its_source_and_licence(study: Study) -> None:
    about = study.frameworks.table("competence_frameworks")
    assert set(about["code"]) == set(study.frameworks.table("framework_areas")["framework"])
    assert about[["source", "licence", "publisher"]].ne("").all(axis=None)
    for framework in about["code"]:
        for language in ("en", "fr"):
            assert about.set_index("code").at[framework, "licence"] in words.lens_source(study, framework, language)


def test_coverage_is_counted(study: Study) -> None:
    few = with_crosswalk(study, ("data_analysis", "digcomp.1.2"), ("data_analysis", "digcomp.1.3"))
    touched, without, apart = words.findings_lens(few, "digcomp", "en")
    assert "of 21 competences, the skills of this survey touch 2" in touched
    assert "“Programming”" in without and "Evaluating data" not in without
    assert "“Data analytics for decisions”" not in apart and "“Emerging technology”" in apart
    assert len(words.findings_lens(few, "digcomp", "fr")) == 3


def test_all_touched_leaves_nothing_out(study: Study) -> None:
    skills = [pair.skill for pair in study.codebook.pairs()]
    parts = words.parts_of(study, "oecd")["code"]
    every = with_crosswalk(study, *((skill, part) for skill in skills for part in parts))
    assert len(words.findings_lens(every, "oecd", "en")) == 1


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("framework", ["digcomp", "ukgdd", "oecd"])
def test_each_part_is_a_row_with_its_skills_or_the_word_that_none_measures_it(
    study: Study, framework: str, language: str
) -> None:
    made = lens(shortfalls(study, language), framework)
    page = BeautifulSoup(made.html, "html.parser")
    rows = page.select("tbody tr:not(.family)")
    parts = words.parts_of(study, framework)
    none = words.text("lens.not_measured", language)
    assert len(rows) == len(parts)
    for row, skills in zip(rows, parts["skills"], strict=True):
        told = [entry.get_text() for entry in row.select("li")]
        assert len(told) == len(skills)
        assert (none in row.get_text()) == (not skills)
        for skill, line in zip(skills, told, strict=True):
            assert study.frameworks.label("skills", skill, language) in line
            assert "25" in line and "100" in line


def test_a_withheld_skill_says_so_in_every_part(study: Study) -> None:
    shown = shortfalls(study, data_analysis="protected")
    frame = shown.frame.assign(estimate=shown.frame["estimate"].mask(shown.frame["withheld"].ne("")))
    page = BeautifulSoup(lens(dataclasses.replace(shown, frame=frame), "digcomp").html, "html.parser")
    lines = [entry.get_text() for entry in page.select("li") if "Data analytics" in entry.get_text()]
    assert len(lines) == 2
    assert all(not any(letter.isdigit() for letter in line) for line in lines)


def test_what_does_not_exist_is_named(study: Study) -> None:
    with pytest.raises(UsageError, match="digcomp"):
        words.parts_of(study, "digicomp")
    with pytest.raises(UsageError, match=r"skill_areas.csv, skill: ‘data_analysys’: did you mean ‘data_analysis’"):
        words.parts_of(with_crosswalk(study, ("data_analysys", "digcomp.1.1")), "digcomp")
    with pytest.raises(UsageError, match=r"skill_areas.csv, area: ‘digcomp.9’"):
        words.parts_of(with_crosswalk(study, ("data_analysis", "digcomp.9")), "digcomp")
