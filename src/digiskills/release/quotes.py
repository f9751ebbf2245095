"""Quotations read back from pages: each one that the gate lets through, as it is, under its own attribution."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from digiskills import focus_groups
from digiskills.disclosure import passages
from digiskills.focus_groups import EVERYTHING, FocusGroups
from digiskills.release.carriers import plain
from digiskills.study import Study

QUOTE = re.compile(r"<blockquote[^>]*>.*?</blockquote>", re.DOTALL)
SPACE = re.compile(r"\s+")


def read_back(study: Study, folder: Path) -> list[str]:
    """Return the quotations of a build that the gate does not let through as they stand.

    Parameters
    ----------
    study : Study
        The study.
    folder : Path
        Where ``site`` is.

    Returns
    -------
    list of str
        One line per page and finding.
    """
    pages = sorted((folder / "site" / study.name).rglob("*.html"))
    quoted = [(file, quote) for file in pages for quote in QUOTE.findall(file.read_text(encoding="utf-8"))]
    groups = focus_groups.read(study) if quoted and "focus_groups" in study.evidence else None
    if groups is None:
        return [f"{file.relative_to(folder)}: quotes what no focus group said" for file in dict(quoted)]
    rows = passages.release(groups, study, scope=EVERYTHING).frame.astype("str").to_dict("records")
    released = {str(row["passage"]): {str(name): str(value) for name, value in row.items()} for row in rows}
    found = []
    for file, quote in quoted:
        language = file.relative_to(folder / "site" / study.name).parts[0]
        faults = _faults(quote, released, _labels(study, groups, language), language)
        found += [f"{file.relative_to(folder)}: {each}" for each in faults]
    return list(dict.fromkeys(found))


def _labels(study: Study, groups: FocusGroups, language: str) -> set[str]:
    """Return the words by which a person is described."""
    values = [(name, value) for name, rungs in passages.ladder(study).rungs.items() for value in rungs]
    known = [each for each in values if groups.frameworks.has_descriptor(*each)]
    return {groups.label(name, value, language).lower() for name, value in known}


def _faults(quote: str, released: dict[str, dict[str, str]], labels: set[str], language: str) -> Iterator[str]:
    marked = passages.shown(quote)
    name = str(marked["passage"].iloc[0]) if len(marked) else ""
    if name not in released:
        yield f"quotes {name or 'a passage without its mark'}, which the gate does not let through"
        return
    own, said = released[name], SPACE.sub(" ", plain(re.sub(r"<blockquote[^>]*>", "", quote))).strip()
    text = SPACE.sub(" ", own[f"text_{language}"]).strip()
    if not said.startswith(text):
        yield f"quotes {name} in other words than those that the gate let through"
    mine = own[f"attribution_{language}"].lower()
    about = said.replace(text, " ").lower().replace(mine, " ") if mine else said.replace(text, " ").lower()
    finer = sorted(label for label in labels if re.search(rf"(?<!\w){re.escape(label)}(?!\w)", about))
    if finer or tuple(marked.iloc[0])[1:] != (own["attribution_en"], own["attribution_fr"]):
        yield f"quotes {name} under another attribution than its own{f' ({finer[0]})' if finer else ''}"
