"""The page on study.toml has every key that the reader accepts and no other, and its examples are read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from digiskills import study
from digiskills.errors import StudyError
from digiskills.study.problems import Problems

PAGE = (Path(__file__).parents[1] / "docs" / "study.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
BASE = tomllib.loads(EXAMPLES[0])
NAMED = ("evidence", "dimensions")
"""Tables whose own tables are named by the study."""
TABLES = ("title", "without", "evidence", "dimensions", "waves", "design", "release", "population", "literacy")


def keys_of(page: str) -> list[str]:
    """Return the keys in the first column of the page's tables."""
    return [key for key in re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE) if not key.endswith(".csv")]


def plain(key: str) -> str:
    """Return a key without the study's own names and numbers."""
    parts = re.sub(r"\[\d+\]", "", key).split(".")
    return ".".join([parts[0], "<name>", *parts[2:]] if parts[0] in NAMED and len(parts) > 1 else parts)


def with_example(example: str) -> dict[str, Any]:
    """Return the smallest study with an example added, as deep as tables go."""
    told = tomllib.loads(example)
    named = {name: {**BASE[name], **told.get(name, {})} for name in NAMED}
    absent = told.get("without", [])
    dimensions = {name: table for name, table in named["dimensions"].items() if name not in absent}
    return {**BASE, **told, **named, "dimensions": dimensions}


def written(declared: Mapping[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch) -> study.Study:
    """Return a study as declared: what TOML says is put in the place of the text."""
    path = folder / "data" / "raw" / "other" / "study.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("", encoding="utf-8")
    monkeypatch.setenv("DIGISKILLS_ROOT", str(folder))
    monkeypatch.setattr(tomllib, "loads", lambda text: declared)
    return study.read("other")


@pytest.fixture
def accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Give the keys that the reader says it knows, over all examples of the page."""
    found: set[str] = set()
    known = Problems.known

    def recorded(self: Problems, key: str, table: Mapping[str, Any], words: Collection[str]) -> None:
        found.update(plain(f"{key}.{word}".strip(".")) for word in words)
        known(self, key, table, words)

    declared = [with_example(example) for example in EXAMPLES]
    monkeypatch.setattr(Problems, "known", recorded)
    for one in declared:
        written(one, tmp_path, monkeypatch)
    yield found


def test_every_key_is_on_the_page(accepted: set[str]) -> None:
    assert sorted(keys_of(PAGE)) == sorted(accepted)


def test_no_key_stands_twice() -> None:
    assert len(keys_of(PAGE)) == len(set(keys_of(PAGE))) > 50


def test_every_table_is_in_an_example() -> None:
    shown = {key for example in EXAMPLES for key in tomllib.loads(example)}
    assert shown == set(TABLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.split("\n")[0] for example in EXAMPLES])
def test_examples_are_read(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert written(with_example(example), tmp_path, monkeypatch).title == BASE["title"]


def test_defaults_are_those_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = written(BASE, tmp_path, monkeypatch)
    defaults = dict(re.findall(r"^\| `(release\.\w+|design\.\w+)` \|.*\| `?([^|`]+)`? \|$", PAGE, re.MULTILINE))
    assert defaults["release.smallest_group"] == str(found.release.smallest_group)
    assert defaults["release.fewest_clusters"] == str(found.release.fewest_clusters)
    assert defaults["release.fewest_df"] == str(found.release.fewest_df)
    assert defaults["release.dominance"] == str(list(found.release.dominance))
    assert defaults["release.departments"] == str(found.release.departments).lower()
    assert defaults["design.lonely_cluster"] == f'"{found.design.lonely_cluster}"'
    assert defaults["design.intervals"] == str(found.design.intervals).lower()


def test_a_key_that_is_not_on_the_page_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StudyError, match=r"release\.smallest_groups: is no key of study\.toml"):
        written({**BASE, "release": {"smallest_groups": 10}}, tmp_path, monkeypatch)
