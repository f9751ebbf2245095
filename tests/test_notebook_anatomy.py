"""The style guide of the notebooks as code: one test per rule, with the rule's reason in its message."""

import ast
import json
import re
from itertools import pairwise
from pathlib import Path

import papermill
import pytest

from digiskills import study as studies
from digiskills.reports import parameters

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
LANGUAGES = ("en", "fr")
STANDARD = ["study", "language", "wave", "department_size", "level", "smallest_group"]
TAGS = {"en", "fr", "parameters", "remove-cell", "remove-input"}
FORBIDDEN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Try)

pytestmark = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def cells(path: Path, kind: str = "", language: str = "") -> list[dict]:
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    found = [cell for cell in found if not kind or cell["cell_type"] == kind]
    other = set(LANGUAGES) - {language} if language else set()
    return [cell for cell in found if not other & set(tags(cell))]


def tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


def text(cell: dict) -> str:
    return "".join(cell["source"])


def code_lines(path: Path) -> list[str]:
    return [line for cell in cells(path, "code") for line in text(cell).splitlines() if line.strip()]


def test_the_name_is_a_number_and_the_words_of_the_question(path: Path) -> None:
    assert re.fullmatch(r"\d\d-[a-z]+(-[a-z]+)*", path.stem)


def test_every_prose_cell_is_followed_by_its_other_language(path: Path) -> None:
    languages = [tag for cell in cells(path, "markdown") for tag in tags(cell) if tag in LANGUAGES]
    assert len(languages) == len(cells(path, "markdown")), "each Markdown cell carries en or fr"
    assert languages == ["en", "fr"] * (len(languages) // 2), "an English cell is followed by its French one"
    order = [tuple(tag for tag in tags(cell) if tag in LANGUAGES) for cell in cells(path)]
    assert all(after == ("fr",) for before, after in pairwise(order) if before == ("en",))


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_have_the_same_shape(path: Path, language: str) -> None:
    headings = [re.findall(r"^#+", text(cell), re.MULTILINE) for cell in cells(path, "markdown", language)]
    english = [re.findall(r"^#+", text(cell), re.MULTILINE) for cell in cells(path, "markdown", "en")]
    assert headings == english, "the same headings in the same cells"
    assert sum(mark == "#" for marks in headings for mark in marks) == 1, "one title, so that a page has one h1"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_cell_is_a_question_and_four_bullets(path: Path, language: str) -> None:
    lines = text(cells(path, language=language)[0]).replace("\n  ", " ").splitlines()  # a bullet may go on
    assert lines[0].startswith("# ") and lines[0].endswith("?"), "the title is the question"
    assert [line[:2] for line in lines[1:]] == ["- "] * 4, "answers, uses, makes, before and after"


def test_the_parameters_are_standard_and_papermill_reads_them(path: Path) -> None:
    first = cells(path, "code")[0]
    assert tags(first) == ["parameters"], "the first code cell declares the parameters"
    for line in text(first).splitlines():
        assert re.fullmatch(r"\w+: (str|int|float|bool|list\[str\]) = .+  # .+", line), (
            "name: type = default  # meaning"
        )
    known = papermill.inspect_notebook(str(path))
    names = [line.split(":")[0] for line in text(first).splitlines()]
    assert list(known) == names, "papermill sees every parameter"
    assert names[: len(STANDARD)] == STANDARD and len(names) <= len(STANDARD) + 4
    assert all(entry["help"] for entry in known.values())


def test_imports_stand_in_one_cell(path: Path) -> None:
    importing = [cell for cell in cells(path, "code") if re.search(r"^(from|import) ", text(cell), re.MULTILINE)]
    assert importing == [cells(path, "code")[1]], "the second code cell holds every import"
    assert len(text(importing[0]).splitlines()) <= 12


def test_nothing_is_defined_or_installed(path: Path) -> None:
    source = "\n".join(code_lines(path))
    assert not re.search(r"^\s*[!%]|sys\.path|print\(", source, re.MULTILINE), "no magics, shells, paths, prints"
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, FORBIDDEN)]
    assert not found, "helpers live in the package"


def test_no_output_is_kept(path: Path) -> None:
    for cell in cells(path, "code"):
        assert cell["outputs"] == [] and cell["execution_count"] is None, (
            "outputs can hold data and change without cause"
        )


def test_kernel_and_format(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert notebook["metadata"]["kernelspec"]["name"] == "python3", "a private kernel name runs nowhere else"
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    identities = [cell["id"] for cell in notebook["cells"]]
    assert len(set(identities)) == len(identities)


def test_tags_are_the_known_ones(path: Path) -> None:
    assert {tag for cell in cells(path) for tag in tags(cell)} <= TAGS


@pytest.mark.parametrize("language", LANGUAGES)
def test_length_and_rhythm(path: Path, language: str) -> None:
    mine = cells(path, language=language)
    code = [cell for cell in mine if cell["cell_type"] == "code"]
    words = sum(len(text(cell).split()) for cell in mine if cell["cell_type"] == "markdown")
    # The import cell follows the parameters and the passport closes the page; all others need an introduction.
    introduced = [
        before["cell_type"] for before, cell in pairwise(mine) if cell in code and cell not in (code[1], code[-1])
    ]
    assert 15 <= len(mine) <= 40 and len(code) <= 20
    assert len(code_lines(path)) <= 120
    assert max(len(text(cell).splitlines()) for cell in code) <= 15, "a long cell hides a helper"
    assert words >= 5 * len(code_lines(path)), "prose leads, code follows"
    assert introduced.count("markdown") >= 0.9 * len(introduced)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_is_typed_in_prose(path: Path, language: str) -> None:
    for cell in cells(path, "markdown", language):
        prose = re.sub(r"\(\d\d-[\w-]+\.ipynb\)|`[^`]*`|\b\d\d-[a-z][\w-]*|\b0\b", "", text(cell))
        assert not re.search(r"\d", prose), "numbers in sentences are computed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_prose_holds_for_any_study(path: Path, language: str) -> None:
    """What is so in one study alone is said by its own words, or by sentences made from its tables."""
    prose = "\n".join(re.sub(r"`[^`]*`", "", text(cell)) for cell in cells(path, "markdown", language))
    assert re.findall(r"Ontario|ontarien|line ministries|ministères d’exécution|calibrated|calés", prose) == []


def test_one_sentence_per_line(path: Path) -> None:
    for cell in cells(path, "markdown"):
        assert max(map(len, text(cell).splitlines())) <= 240, "a long line makes an unreadable change"


def test_links_lead_to_notebooks(path: Path) -> None:
    for cell in cells(path, "markdown"):
        for target in re.findall(r"\]\(([^)]+)\)", text(cell)):
            assert (NOTEBOOKS / target.split("#")[0]).is_file(), f"{target} does not exist"


def test_it_ends_with_findings_limits_next_and_passport(path: Path) -> None:
    found = [re.findall(r"^## (.+)$", text(cell), re.MULTILINE) for cell in cells(path, "markdown", "en")]
    headings = [heading for cell in found for heading in cell]
    assert headings[-3:] == ["What we found", "Limits", "Next"]
    last = cells(path, "code")[-1]
    assert text(last) == "passport(study)" and tags(last) == ["remove-input"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_changes_worth_trying_run_as_written(path: Path, language: str) -> None:
    """Two or three assignments to parameters, the same in both languages; a slow test runs the page with each."""
    found = changes(path, language)
    assert 2 <= len(found) <= 3
    assert found == changes(path, "en")
    known = parameters.read(path)
    for line in found:
        (given,) = ast.parse(line).body
        assert isinstance(given, ast.Assign) and isinstance(given.targets[0], ast.Name)
        values = {given.targets[0].id: ast.literal_eval(given.value)}
        assert parameters.problems(known, values, studies.read("ontario")) == [], line
        assert values != {each.name: each.default for each in known if each.name in values}, "it changes something"


def changes(path: Path, language: str) -> list[str]:
    """The assignments that the last section tells a reader to try."""
    heading = {"en": "## Next", "fr": "## Suite"}[language]
    (last,) = [text(cell).split(heading)[1] for cell in cells(path, "markdown", language) if heading in text(cell)]
    return re.findall(r"^- `(\w+ = [^`]+)`", last, re.MULTILINE)
