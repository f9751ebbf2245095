"""A build in miniature for the tests of papers: made-up exhibits of the Ontario study, as a build would leave them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import released_tables as made

from digiskills import charts, exhibits
from digiskills.charts import Drawing
from digiskills.disclosure import Released
from digiskills.reports import declared, freshness, run

LEVELS = "05-gap-by-level"
ANSWERS = "02-barriers-ranked"
CHANGES = "09-skills"
THEMES = "03-themes"
RESPONDENTS = "01-respondents-by-size-and-level"


def named(released: Released, identity: str) -> Released:
    """A table that may be published under an id."""
    return dataclasses.replace(released, ids=frozenset({identity}))


def tables(language: str) -> dict[str, Drawing | Released]:
    """Exhibits with and without pictures, of synthetic and of collected evidence, with withheld rows."""
    levels = named(made.shortfalls(language, ("level",), hidden=0.15).only(measure="short_by_one"), LEVELS)
    return {
        LEVELS: charts.dots(levels),
        ANSWERS: named(made.barriers(language), ANSWERS),
        CHANGES: named(made.changes(language), CHANGES),
        THEMES: named(made.themes(language, ()), THEMES),
        RESPONDENTS: named(made.respondents(language), RESPONDENTS),
    }


def build(folder: Path) -> Path:
    """Write exhibits in both languages and a ledger that calls their reports fresh; return the folder."""
    for language in ("en", "fr"):
        for identity, shown in tables(language).items():
            exhibits.publish(
                identity,
                shown,
                folder=folder / "exhibits" / "ontario" / language,
                parameters={"study": "ontario", "language": language},
                data_digest="abc",
                code_version="0.1.0",
            )
    freshen(folder)
    return folder


def freshen(folder: Path) -> None:
    """Write the ledger again, as a build would that made the files as they are now."""
    everything = declared.reports("ontario")
    own = [one for one in everything if not one.scope]
    parts = run.parts_of(own, everything)
    ledger = {}
    for one in own:
        at = folder / "exhibits" / "ontario" / one.language
        files = [path for path in at.glob("*") if path.name.startswith(one.notebook[:3])]
        entry = {"status": "made", "key": freshness.key(parts[one.key]), "notebook": one.notebook}
        ledger[one.key] = entry | {"outputs": dict(freshness.digests(files or [folder / "none"], folder))}
    freshness.write(ledger, folder)


def replace(path: Path, old: str, new: str) -> None:
    """Change a text once."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
