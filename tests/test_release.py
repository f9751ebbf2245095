"""The reader's attack on built files: it finds nothing after protection, and what is planted."""

from __future__ import annotations

import dataclasses
import html
import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from digiskills import answers, disclosure, exhibits, release, survey, words
from digiskills import study as studies
from digiskills.disclosure import DeclaredTable
from digiskills.errors import ReleaseError

BOTH = ("department_size", "level")
TABLES = [
    DeclaredTable("01-people", "ontario", "survey", "respondents", (), (), "2025"),
    DeclaredTable("01-people-by-size", "ontario", "survey", "respondents", (), ("department_size",), "2025"),
    DeclaredTable("01-people-by-level", "ontario", "survey", "respondents", (), ("level",), "2025"),
    DeclaredTable("01-people-by-both", "ontario", "survey", "respondents", (), BOTH, "2025"),
    DeclaredTable("05-gap", "ontario", "survey", "shortfalls", ("data_analysis",), (), "2025"),
    DeclaredTable("05-gap-by-level", "ontario", "survey", "shortfalls", ("data_analysis",), ("level",), "2025"),
    DeclaredTable("05-gap-by-both", "ontario", "survey", "shortfalls", ("data_analysis",), BOTH, "2025"),
]


@pytest.fixture(scope="module")
def ontario() -> studies.Study:
    return studies.read("ontario")


@pytest.fixture(scope="module")
def count(ontario: studies.Study):
    read: dict[tuple[str, tuple[str, ...]], object] = {}

    def counted(wave: str, dimensions: tuple[str, ...]):
        if (wave, dimensions) not in read:
            known = survey.read(ontario, wave)
            read[wave, dimensions] = (known, answers.count(known, dimensions))
        return read[wave, dimensions]

    return counted


@pytest.fixture(scope="module")
def plan(ontario, count) -> disclosure.Plan:
    return disclosure.make(ontario, TABLES, count)


def build(folder: Path, ontario, count, plan: disclosure.Plan) -> Path:
    """Publish every table as a build does, with a page that carries them all."""
    page = ""
    for table in TABLES:
        estimates = disclosure.estimate(table, ontario, count)
        released = disclosure.release(estimates, table, ontario, plan=plan, language="en")
        about = {"parameters": {}, "data_digest": "", "code_version": "0"}
        shown = exhibits.publish(table.id, released, folder=folder / "exhibits" / "ontario" / "en", **about)
        page += shown.html
    (folder / "site" / "ontario" / "en").mkdir(parents=True)
    (folder / "site" / "ontario" / "en" / "01-page.html").write_text(page, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def built(ontario, count, plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("safe"), ontario, count, plan)


def test_nothing_can_be_derived_from_a_protected_build(ontario, count, plan, built) -> None:
    found = release.check(ontario, plan, built, count)
    assert (found.leaks, found.faults) == ([], [])
    assert found.tables == 2 * len(TABLES), "files and page are both read"


def test_small_groups_are_there_and_would_be_found(ontario, count, plan, tmp_path: Path) -> None:
    only_rules = {
        specification: {key: why for key, why in cells.items() if why != "complementary"}
        for specification, cells in plan.withheld.items()
    }
    folder = build(tmp_path, ontario, count, dataclasses.replace(plan, withheld=only_rules))
    leaks = release.check(ontario, plan, folder, count).leaks
    assert leaks, "the default study has cells that the first rules alone do not keep"
    executives = [leak for leak in leaks if "respondents, department_size micro x level executive" in str(leak)]
    assert re.match(r"251 − 25 − 47 − 67 − 104 = 8, ", str(executives[0]))
    assert "01-people-by-both" in str(executives[0])


def test_one_table_that_forgets_what_the_others_withhold_is_caught(ontario, count, plan, built, tmp_path: Path) -> None:
    folder = build(tmp_path, ontario, count, plan)
    path = folder / "exhibits" / "ontario" / "en" / "05-gap-by-both.csv"
    frame = pd.read_csv(path, dtype={"wave": str})
    small = frame["department_size"].eq("micro") & frame["level"].eq("executive")
    frame.loc[small, ["n", "clusters", "estimate", "withheld"]] = [8, 8, 0.5, ""]
    frame.to_csv(path, index=False)
    leaks = release.check(ontario, plan, folder, count).leaks
    assert any("shown itself" in str(leak) and "05-gap-by-both.csv" in str(leak) for leak in leaks)


@pytest.mark.parametrize("carrier", ["alt", "caption", "svg"])
def test_a_withheld_count_beside_a_table_is_caught(carrier: str, ontario, count, plan, tmp_path: Path) -> None:
    folder = build(tmp_path, ontario, count, plan)
    home = folder / "exhibits" / "ontario" / "en"
    if carrier == "svg":
        (home / "01-people-by-both.svg").write_text("<svg><text>8 answered</text></svg>", encoding="utf-8")
    else:
        path = home / "01-people-by-both.json"
        name = {"alt": "alt_text", "caption": "caption"}[carrier]
        said = path.read_text(encoding="utf-8")
        path.write_text(said.replace(f'"{name}": "', f'"{name}": "Only 8 answered. '), encoding="utf-8")
    faults = release.check(ontario, plan, folder, count).faults
    assert any("says 8, a withheld count" in fault for fault in faults)


def test_a_file_of_no_plan_and_a_department_by_name_are_caught(ontario, count, plan, tmp_path: Path) -> None:
    folder = build(tmp_path, ontario, count, plan)
    home = folder / "exhibits" / "ontario" / "en"
    (home / "99-strange.csv").write_bytes((home / "01-people.csv").read_bytes())
    (folder / "site" / "ontario" / "en" / "01-page.html").write_text("<p>department_15 did well</p>", encoding="utf-8")
    faults = release.check(ontario, plan, folder, count).faults
    assert any("‘99-strange’ is in no plan" in fault for fault in faults)
    assert any("names the department department_15" in fault for fault in faults)


def test_an_edition_is_kept_and_cannot_be_subtracted_from(ontario, count, plan, built, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    found = release.check(ontario, plan, built, count)
    path = release.edition(ontario, found, "2025-06", count)
    assert "micro" in path.read_text(encoding="utf-8") and release.edition(ontario, found, "2025-06", count) == path
    assert disclosure.make(ontario, TABLES, count).withheld == plan.withheld, "what was shown may be shown again"
    small = '["2025", "", ["all"], [["department_size", "micro"]], 284'
    text = path.read_text(encoding="utf-8")
    assert small in text
    path.write_text(text.replace(small, small.replace("284", "281")), encoding="utf-8")
    with pytest.raises(ReleaseError, match="another name"):
        release.edition(ontario, found, "2025-06", count)
    reasons = {why for cells in disclosure.make(ontario, TABLES, count).withheld.values() for why in cells.values()}
    assert "edition" in reasons, "284 − 281 = 3 people came between the editions"


def test_the_page_says_rules_losses_and_digests_in_both_languages(ontario, count, plan, built) -> None:
    found = release.check(ontario, plan, built, count)
    pages = {language: release.page(ontario, plan, found, built, language) for language in ("en", "fr")}
    assert "protects another cell from being found by subtraction" in pages["en"]
    assert "protège une autre case d’être retrouvée par soustraction" in pages["fr"]
    for language, text in pages.items():
        assert plan.digest in text and "05-gap-by-both.csv" in text
        assert all(html.escape(rule) in text for rule in words.release_rules(ontario, language))
    lost = sum(len(cells) for cells in plan.withheld.values())
    whole = sum(map(len, found.published.values()))
    assert f"<td>{lost}</td><td>{whole}</td>" in pages["en"], "what it costs, of how much"
    fewer = {specification: set(sorted(cells)[:1]) for specification, cells in found.published.items()}
    part = release.page(ontario, plan, dataclasses.replace(found, published=fewer), built, "en")
    shares = [float(share) for share in re.findall(r"<td>([\d.]+)%</td>", part)]
    assert shares and max(shares) <= 100, "of a table of which pages show a part, what they show of it counts"
    assert re.findall(r"\b[0-9a-f]{64}\b", pages["en"]) == re.findall(r"\b[0-9a-f]{64}\b", pages["fr"])


def test_the_command_needs_a_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from digiskills.commands import app

    monkeypatch.setattr(disclosure, "read_plan", lambda study: None)
    outcome = CliRunner().invoke(app, ["release", "check", "--study", "ontario", "--output", str(tmp_path)])
    assert isinstance(outcome.exception, ReleaseError) and "run digiskills build" in str(outcome.exception)


def test_an_attack_on_nothing_is_refused(ontario, count, plan, built, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("another study's", encoding="utf-8")
    for folder in (tmp_path, tmp_path / "no such folder"):
        with pytest.raises(ReleaseError, match="nothing of study ontario was built here; run digiskills build"):
            release.check(ontario, plan, folder, count)
