"""The page for a privacy officer: rules, what is withheld and why, what it costs, what the attack found, digests."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from html import escape
from pathlib import Path

from digiskills import words
from digiskills.disclosure import Plan, editions, overrides
from digiskills.disclosure.rules import REASONS
from digiskills.release.checked import Checked
from digiskills.study import Study

STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "td,th{padding:.2rem .8rem .2rem 0;text-align:left}"
)


def page(study: Study, plan: Plan, checked: Checked, folder: Path, language: str) -> str:
    """Return the page on what a build releases.

    Parameters
    ----------
    study : Study
        The study.
    plan : Plan
        The plan of the build.
    checked : Checked
        What the attack on the built files found.
    folder : Path
        Where ``site`` and ``exhibits`` are.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        A whole HTML document. It says which rule withheld how much of which table, so it is no page of the site.
    """
    say = _Say(language)
    title = say("release.title", study=study.title[language])
    parts = [f"<h1>{escape(title)}</h1><p>{escape(say('release.private'))}</p>"]
    parts += [_section(say("release.rules"), _list(_rules(study, say)))]
    parts += [_section(say("release.evidence"), _list(words.release_rules(study, language)))]
    marks = f"<p>{escape(say('release.marks'))}</p>"
    parts += [_section(say("release.withheld"), marks, _by_reason(plan, checked, say), _by_table(plan, checked, say))]
    decided = overrides.table(study)
    rows = [list(map(str, row)) for row in decided.itertuples(index=False, name=None)]
    parts += [
        _section(
            say("release.decisions"), _table(list(decided.columns), rows) if rows else f"<p>{say('release.none')}</p>"
        )
    ]
    parts += [_section(say("release.editions"), _editions(study, say))]
    parts += [_section(say("release.attack"), _attack(study, checked, say))]
    parts += [_section(say("release.digests"), *_digested(plan, folder, say))]
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    body = f"<body><main>{''.join(parts)}</main></body>"
    return f'<!DOCTYPE html><html lang="{language}"><head>{head}</head>{body}</html>\n'


class _Say:
    """The page's words in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        return words.text(key, self.language, **values)

    def why(self, reason: str) -> str:
        return words.text(f"withheld.reason.{reason}", self.language)

    def number(self, value: float) -> str:
        return words.number(value, self.language)


def _rules(study: Study, say: _Say) -> list[str]:
    kind = study.evidence["survey"].labels[say.language] if "survey" in study.evidence else ""
    return [say("release.rule.kind", kind=kind), *words.release_limits(study, say.language).values()]


def _by_reason(plan: Plan, checked: Checked, say: _Say) -> str:
    """How many cells each rule withholds, and what share of all cells of the survey's tables that is."""
    counted = sum((_withheld(plan, checked, specification) for specification in plan.withheld), Counter[str]())
    whole = sum(map(len, checked.published.values()))
    rows = [[say.why(why), *_lost(counted[why], whole, say)] for why in REASONS if counted[why]]
    rows += [[say("release.sum"), *_lost(counted.total(), whole, say)]]
    return _table([say("release.reason"), *_costs(say)], rows)


def _withheld(plan: Plan, checked: Checked, specification: tuple[object, ...]) -> Counter[str]:
    """Count the reasons for which cells are withheld that a page would show otherwise."""
    shown = checked.published.get(specification, set())
    return Counter(why for cell, why in plan.withheld.get(specification, {}).items() if cell in shown)


def _costs(say: _Say) -> list[str]:
    return [say("release.cells"), say("release.all"), say("release.share")]


def _lost(some: int, whole: int, say: _Say) -> list[str]:
    """Cells withheld, cells of all, and their share."""
    share = words.percent(some / whole, say.language, 1) if whole else words.NO_NUMBER
    return [say.number(some), say.number(whole) if whole else words.NO_NUMBER, share]


def _by_table(plan: Plan, checked: Checked, say: _Say) -> str:
    """The tables that lost cells, how much of each, and the reasons."""
    rows = []
    for table in plan.tables:
        counted = _withheld(plan, checked, table.specification)
        scope = ", ".join(f"{name} = {value}" for name, value in table.where)
        whole = len(checked.published.get(table.specification, ()))
        why = "; ".join(f"{say.why(each)} ({say.number(counted[each])})" for each in REASONS if counted[each])
        rows += [[table.id, table.wave, scope, *_lost(counted.total(), whole, say), why]] if counted else []
    heads = [say(f"release.{name}") for name in ("table", "wave", "scope")]
    return _table([*heads, *_costs(say), say("release.reason")], rows)


def _editions(study: Study, say: _Say) -> str:
    """What earlier editions told, which counts as known."""
    found = sorted(editions.folder(study.name).glob("*.json"))
    lines = [
        say("release.edition", name=path.stem, n=say.number(len(json.loads(path.read_text(encoding="utf-8")))))
        for path in found
    ]
    return _list(lines) if lines else f"<p>{escape(say('release.none'))}</p>"


def _attack(study: Study, checked: Checked, say: _Say) -> str:
    looked = say("release.looked", n=say.number(checked.files), least=say.number(study.release.smallest_group))
    told = say("release.read", tables=say.number(checked.tables), cells=say.number(len(checked.told)))
    found = [*map(str, checked.leaks), *checked.faults]
    result = _list(found) if found else f"<p>{escape(say('release.safe'))}</p>"
    return f"<p>{escape(told)}</p><p>{escape(looked)}</p>{result}"


def _digested(plan: Plan, folder: Path, say: _Say) -> list[str]:
    """Digests of the plan and of the data by wave; folded, of every built file."""
    heads = [say("release.file"), "SHA-256"]
    first = [[say("release.plan"), plan.digest]]
    first += [[f"{say('release.wave')} {name}", digest] for name, digest in sorted(plan.inputs.items())]
    files = _digests(folder, plan.study)
    summary = escape(say("release.files", n=say.number(len(files))))
    return [_table(heads, first), f"<details><summary>{summary}</summary>{_table(heads, files)}</details>"]


def _digests(folder: Path, study: str) -> list[list[str]]:
    """Digests of every built file."""
    rows: list[list[str]] = []
    for base in (folder / "site" / study, folder / "exhibits" / study):
        files = sorted(path for path in base.rglob("*") if path.is_file())
        rows += [[str(path.relative_to(folder)), hashlib.sha256(path.read_bytes()).hexdigest()] for path in files]
    return rows


def _section(title: str, *parts: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def _list(lines: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _table(header: list[str], rows: list[list[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
