"""The pages about a study say what it declares, in both languages, and hold formulas that need no script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from tiny_site import declare, notebook, site

from digiskills import study as studies
from digiskills.codebook import LANGUAGES
from digiskills.reports import about, shell
from digiskills.reports.about import markdown
from digiskills.study import Study

ONTARIO = studies.read("ontario")
PAGES = {name: BeautifulSoup(page, "html.parser") for name, page in about.pages(ONTARIO)}


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(site(tmp_path, declare("01-ok"), n01_ok=notebook())))
    return studies.read("tiny")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_and_answer_stands_in_both_languages(language: str) -> None:
    cells = {cell.get_text(" ", strip=True) for cell in PAGES[f"{language}/codebook"].select("tbody th, tbody td")}
    spoken = {word: set[str]() for word in LANGUAGES}
    for item in ONTARIO.codebook.items.values():
        for each in (item, *item.choices):
            for word in LANGUAGES:
                spoken[word].add(" ".join(each.labels[word].split(" ")).strip())
                assert each.name in cells
    for word in LANGUAGES:
        assert spoken[word] - cells == set()


def test_a_condition_names_the_question_it_looks_at() -> None:
    page = PAGES["fr/codebook"]
    asked = page.find(id="q-learning_plan_digital").find_parent("tr")
    assert asked.find("a", href="#q-learning_plan") is not None
    assert "learning_plan = 'yes'" in asked.get_text()
    for link in page.main.select('a[href^="#"]'):
        assert page.find(id=str(link["href"])[1:]) is not None, link


def test_the_other_language_is_marked() -> None:
    for language, other in (("en", "fr"), ("fr", "en")):
        row = PAGES[f"{language}/codebook"].find(id="q-level").find_parent("tr")
        item = ONTARIO.codebook.item("level")
        assert row.th.get_text() == item.labels[language]
        assert row.find(attrs={"lang": other}).get_text() == item.labels[other]
    assert PAGES["fr/methods"].find("div", lang="en") is not None
    assert PAGES["en/methods"].main.find(attrs={"lang": True}) is None


def test_formulas_are_mathml() -> None:
    for language in LANGUAGES:
        page = PAGES[f"{language}/methods"]
        assert len(page.find_all("math")) >= 10
        prose = "".join(part for part in page.main.strings if not part.find_parent("code"))
        assert "$" not in prose and "\\" not in prose


@pytest.mark.parametrize("name", shell.ABOUT)
def test_both_languages_have_the_same_parts(name: str) -> None:
    one, other = (PAGES[f"{language}/{name}"] for language in LANGUAGES)
    for part in ("h1", "h2", "h3", "table", "tr", "li", "math", "strong"):
        assert len(one.find_all(part)) == len(other.find_all(part)), part
    assert one.main.get_text() != other.main.get_text()


def test_privacy_states_the_rules_of_the_study(tiny: Study) -> None:
    assert "A number stands on 10 answers or more." in PAGES["en/privacy"].get_text()
    assert "Un chiffre repose sur les réponses d’au moins 3" in PAGES["fr/privacy"].get_text()
    page = BeautifulSoup(dict(about.pages(tiny))["en/privacy"], "html.parser").get_text()
    assert "A number stands on 10 answers or more." in page
    assert "hold less than" not in page, "a study without departments has no rule about them"
    assert "Focus groups" not in page


def test_a_study_without_docs_or_weights_has_its_pages(tiny: Study) -> None:
    page = dict(about.pages(tiny))["fr/methods"]
    assert "Le document complet" not in page
    assert "Aucun poids n’a été publié" in page


def test_french_has_its_signs() -> None:
    for name in shell.ABOUT:
        page = PAGES[f"fr/{name}"]
        for foreign in page.select('main [lang="en"], main code, nav'):
            foreign.decompose()
        text = page.main.get_text()
        assert "'" not in text, name
        assert re.findall(r".{9}(?<=[^\W\d]) [:»%?!].{9}", text) == [], "a no-break space stands before these"
        assert "« " not in text.replace("«\u00a0", "")


def test_markdown_lets_no_html_and_no_link_through() -> None:
    made = markdown.html("<script>x</script>\n\n[there](https://a.org) [here](#a) [also](privacy.html) $a < b$")
    assert "<script" not in made and "a.org" not in made
    assert '<a href="#a">here</a>' in made and '<a href="privacy.html">also</a>' in made
    assert "<math" in made and "http" not in made and "<mo><" not in made
