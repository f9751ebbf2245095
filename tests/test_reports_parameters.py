"""Parameters are read strictly: what a notebook does not declare, or the study does not know, never runs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_site import PARAMETERS, declare, notebook, site

from digiskills import study as studies
from digiskills.errors import UsageError
from digiskills.reports.parameters import KINDS, Parameter, parse, problems, read, values
from digiskills.study import Study


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(site(tmp_path, declare("01-ok"), n01_ok=notebook())))
    return studies.read("tiny")


def declared(source: str = PARAMETERS) -> list[Parameter]:
    parameters, wrong = parse(source)
    assert wrong == []
    return parameters


def written(folder: Path, source: str) -> Path:
    path = folder / "01-x.ipynb"
    nbformat.write(notebook(parameters=source), path)
    return path


def test_a_line_gives_name_kind_default_and_meaning() -> None:
    assert parse('é: list[str] = ["a", "#b"]  # what # it means') == (
        [Parameter("é", "list[str]", ["a", "#b"], "what # it means")],
        [],
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x = 1", "is not written as name: kind = default"),
        ("x: int", "is not written as"),
        ("x: str | None = None", "of kind str | None"),
        ("x: int = 1.5", "1.5 is not of type int"),
        ("x: int = True", "True is not of type int"),
        ("x: str = y", "not a literal"),
        ("x: int = 1 + 1j", "not of type int"),
        ("api_token: str = ''", "a secret cannot be one"),
        ("import os", "is not written as"),
    ],
)
def test_a_line_that_is_no_parameter_is_told(line: str, said: str) -> None:
    parameters, wrong = parse(line)
    assert parameters == []
    assert len(wrong) == 1
    assert said in wrong[0]


def test_names_that_are_not_the_standard_ones_in_order_are_told_all_at_once(tmp_path: Path) -> None:
    source = "level: str = 'all'\nstudy: str = 'tiny'\n" + "\n".join(f"own_{n}: int = {n}" for n in range(5))
    with pytest.raises(UsageError) as error:
        read(written(tmp_path, source))
    message = str(error.value)
    assert "‘language’ is missing" in message
    assert "come first, in this order: study, language, wave" in message
    assert "5 parameters of its own" in message


def test_a_notebook_without_the_tag_is_told(tmp_path: Path) -> None:
    path = tmp_path / "01-x.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")]), path)
    with pytest.raises(UsageError, match=r"0 cells are tagged ‘parameters’"):
        read(path)


def test_papermill_sees_the_same_parameters(tmp_path: Path) -> None:
    papermill = pytest.importorskip("papermill")
    path = written(tmp_path, PARAMETERS)
    seen = papermill.inspect_notebook(str(path))
    assert list(seen) == [parameter.name for parameter in read(path)]
    assert [entry["help"] for entry in seen.values()] == [parameter.meaning for parameter in read(path)]


def test_a_misspelt_name_is_answered_with_the_nearest(study: Study) -> None:
    assert problems(declared(), {"departement_size": "small"}, study) == [
        "departement_size: there is no such parameter; did you mean ‘department_size’?"
    ]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("department_size", "smal", "did you mean ‘small’?"),
        ("level", "boss", "known: all, staff"),
        ("language", "de", "known: en, fr"),
        ("study", "ontario", "is not a word of study tiny"),
        ("smallest_group", 5, "below the study’s 10"),
        ("smallest_group", "20", "'20' is not of type int"),
        ("password", "x", "a secret cannot be given"),
    ],
)
def test_a_value_that_will_not_do_is_told(study: Study, name: str, value: object, said: str) -> None:
    found = problems(declared(), {name: value}, study)
    assert len(found) == 1
    assert said in found[0]


def test_all_problems_come_at_once(study: Study) -> None:
    assert len(problems(declared(), {"x": 1, "level": 2, "department_size": "huge"}, study)) == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [("department_size", "all"), ("department_size", "large"), ("level", "staff"), ("smallest_group", 30)],
)
def test_a_word_of_the_study_will_do(study: Study, name: str, value: object) -> None:
    assert problems(declared(), {name: value}, study) == []


def test_the_default_of_a_threshold_may_mean_the_studys_own(study: Study) -> None:
    parameters = [Parameter("smallest_group", "int", 0)]
    assert problems(parameters, {"smallest_group": 0}, study) == []
    assert problems(parameters, {"smallest_group": 9}, study) != []


def test_texts_become_values_of_the_kind() -> None:
    parameters = [Parameter(kind, kind, None) for kind in KINDS]
    texts = {"str": "1", "int": "1", "float": "1.5", "bool": "False", "list[str]": "a, b"}
    typed, wrong = values(parameters, texts)
    assert wrong == []
    assert typed == {"str": "1", "int": 1, "float": 1.5, "bool": False, "list[str]": ["a", "b"]}


def test_texts_of_another_kind_are_told() -> None:
    parameters = [Parameter(kind, kind, None) for kind in KINDS]
    _, wrong = values(parameters, {"int": "1.5", "float": "much", "bool": "1", "list[str]": "a"})
    assert wrong == [
        "int: ‘1.5’ is not of type int",
        "float: ‘much’ is not of type float",
        "bool: ‘1’ is not of type bool",
    ]


@given(
    st.one_of(
        st.text(),
        st.integers(),
        st.booleans(),
        st.lists(st.text()),
        st.floats(allow_nan=False, allow_infinity=False),
    )
)
def test_every_default_that_is_written_is_read_back(default: object) -> None:
    kind = {str: "str", int: "int", bool: "bool", list: "list[str]", float: "float"}[type(default)]
    parameters, wrong = parse(f"x: {kind} = {default!r}  # meaning")
    assert (parameters, wrong) == ([Parameter("x", kind, default, "meaning")], [])
