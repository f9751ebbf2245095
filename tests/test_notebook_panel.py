"""The panel shows what a page may show, its line of code makes the same, and it counts nobody twice."""

from __future__ import annotations

import dataclasses
import gc
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import in_process
import ipywidgets
import panel_root
import pytest

from digiskills import answers, charts, estimates, words
from digiskills.disclosure import read_plan
from digiskills.errors import UsageError
from digiskills.notebook import RUN, OpenStudy, open_study, publish
from digiskills.notebook.panel import Choice, Explorer, explore
from digiskills.notebook.panel.fields import labels

SIZE, LEVEL, ROLE = "department_size", "level", "department_role"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = panel_root.made(tmp_path_factory.mktemp("panel"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(root))
        in_process.prepare("ontario")
        yield root


@pytest.fixture(scope="module")
def opened(root: Path) -> OpenStudy:
    return open_study("ontario")


@pytest.fixture(scope="module")
def explorer(opened: OpenStudy) -> Explorer:
    return explore(opened).explorer


def choice(about: str = "data_analysis", wave: str = "2025", language: str = "en", **groups: str) -> Choice:
    return Choice(about, wave, language, tuple(groups.items()))


def fields(box: ipywidgets.VBox) -> dict[str, Any]:
    """The fields by what they are for, which does not change with the language."""
    names = ["about", SIZE, LEVEL, ROLE, "wave", "language"]
    return dict(zip(names, box.children[0].children, strict=True))


@pytest.mark.parametrize("about", ["data_analysis", "barrier_approvals_1"])
@pytest.mark.parametrize("groups", [{}, {LEVEL: "each"}, {SIZE: "small"}, {ROLE: "each", LEVEL: "all"}])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_line_of_code_makes_what_is_shown(
    opened: OpenStudy, explorer: Explorer, about: str, groups: dict[str, str], language: str
) -> None:
    view = explorer.view(choice(about, language=language, **groups))
    names = {"study": opened, "open_study": open_study, "publish": publish, "charts": charts}
    assert view.html.startswith(eval(view.code, names).html)


def test_bases_intervals_and_the_rule_stand_beside_each_number(explorer: Explorer) -> None:
    shown = explorer.view(choice(**{LEVEL: "each"})).html
    assert "Answers (n)" in shown and "95% interval" in shown and "Departments" in shown
    assert "release plan" in shown
    assert 'alt="' in shown


def test_what_the_plan_withholds_is_withheld(root: Path, opened: OpenStudy, explorer: Explorer) -> None:
    """A cell that is large enough by itself, but that the plan hides, is not shown."""
    plan = read_plan("ontario")
    assert plan is not None
    table = opened.survey().gaps(by=[LEVEL]).table
    key = ("data_analysis", "short_by_one", "staff")
    hiding = dataclasses.replace(plan, withheld={**plan.withheld, table.specification: {key: "complementary"}})
    plain = explorer.view(choice(**{LEVEL: "staff"})).html
    hidden = Explorer(dataclasses.replace(explorer.opened, plan=hiding, counted={}))
    withheld = f">{words.text('withheld', 'en')}</td>"
    assert withheld not in plain
    shown = hidden.view(choice(**{LEVEL: "staff"})).html
    assert withheld in shown
    n = re.search(r"<td>(\d[\d,]*)</td><td>\d+</td></tr>", plain)
    assert n and n[1] not in re.sub(r'(src|href)="[^"]*"', "", shown)


def test_groups_that_no_page_shows_together_are_not_shown(explorer: Explorer) -> None:
    shown = explorer.view(choice(**{SIZE: "each", ROLE: "each"})).html
    assert "No page shows these groups together" in shown
    assert not re.search(r"\d", shown) and "<img" not in shown
    assert "Aucune page" in explorer.view(choice(language="fr", **{SIZE: "each", ROLE: "each"})).html


def test_without_a_plan_it_says_so(explorer: Explorer) -> None:
    unplanned = Explorer(dataclasses.replace(explorer.opened, plan=None))
    assert unplanned.dimensions == [SIZE, LEVEL]
    assert "For looking only" in unplanned.view(unplanned.first()).html


def test_respondents_are_not_counted_again(opened: OpenStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    explorer = explore(open_study("ontario")).explorer
    for language in ("en", "fr"):
        explorer.view(choice(language=language, **{LEVEL: "each"}))
    for module, name in ((answers, "read"), (answers, "count"), (estimates, "shares")):
        monkeypatch.setattr(module, name, lambda *_, **__: pytest.fail("a second pass"))
    for about in explorer.skills:
        for level in ("each", "manager", "staff"):
            explorer.view(choice(about, **{LEVEL: level}))


def test_what_is_wrong_is_named(explorer: Explorer) -> None:
    with pytest.raises(UsageError, match="data_analysis"):
        explorer.view(choice("data_analysys"))
    with pytest.raises(UsageError, match="manager"):
        explorer.view(choice(**{LEVEL: "managers"}))


def test_the_widgets_follow_each_other(root: Path) -> None:
    panel = explore(open_study("ontario"))
    box = panel.widget()
    field, shown, code = fields(box), box.children[1], box.children[2]
    assert 'by=["level"]' in code.value and "<img" in shown.value
    before = shown.value
    field["about"].value = "barrier_approvals_1"
    assert "barriers" in code.value and shown.value != before
    field[LEVEL].value, field[SIZE].value = "all", "each"
    assert f'by=["{SIZE}"]' in code.value
    field["wave"].value = "2023"
    assert '"2023"' in code.value and "(2023)" in shown.value
    said = {name: each.value for name, each in field.items()}
    field["language"].value = "fr"
    assert field[LEVEL].description == "Niveau"
    assert {name: each.value for name, each in field.items()} == {**said, "language": "fr"}, "choices are kept"
    assert f'by=["{SIZE}"]' in code.value and '"2023"' in code.value and "barriers" in code.value
    assert "sondage synthétique" in shown.value and code.description == "Pour refaire"
    field["language"].value = "en"
    assert field[LEVEL].description == "Level"


def test_another_language_is_one_view(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = explore(open_study("ontario"))
    field = fields(panel.widget())
    seen: list[Choice] = []
    view = Explorer.view
    monkeypatch.setattr(Explorer, "view", lambda self, choice: seen.append(choice) or view(self, choice))
    field["language"].value = "fr"
    assert [each.groups for each in seen] == [panel.explorer.first().groups]


def test_libraries_are_not_looked_through_for_garbage_between_changes(root: Path) -> None:
    gc.unfreeze()
    explore(open_study("ontario")).widget()
    frozen = gc.get_freeze_count()
    gc.unfreeze()
    assert frozen > 100_000


def test_a_scoped_notebook_gets_a_line_of_its_own(root: Path) -> None:
    panel = explore(open_study("ontario", level="staff"))
    assert panel.explorer.view(choice()).code.startswith('publish("00-view", charts.dots(open_study("ontario", "en")')


def test_jupyterlab_gets_widgets_and_a_page_gets_a_link(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = explore(open_study("ontario", "fr"))
    assert "application/vnd.jupyter.widget-view+json" in panel._repr_mimebundle_()
    assert 'href="explorer.html"' in panel._repr_html_()
    monkeypatch.setenv(RUN, '{"release": "mark"}')
    assert list(panel._repr_mimebundle_()) == ["text/html"]
    assert 'data-release="mark"' in panel._repr_html_() and "Sur ce site" in panel._repr_html_()


def test_every_option_has_words_in_both_languages(explorer: Explorer) -> None:
    english, french = (labels(explorer, language) for language in ("en", "fr"))
    assert english.keys() == french.keys()
    for name, (_, options) in english.items():
        assert [value for _, value in options] == [value for _, value in french[name][1]]
        assert len({label for label, _ in options}) == len(options), "options are told apart by their words"
