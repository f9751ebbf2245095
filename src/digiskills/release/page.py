"""The page for a privacy officer: rules, what is withheld and why, what it costs, what the attack found, digests."""

from __future__ import annotations

import hashlib
from collections import Counter
from html import escape
from pathlib import Path

from digiskills import words
from digiskills.disclosure import Plan, overrides
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
    parts += [_section(say("release.withheld"), _by_reason(plan, say), _by_table(plan, say))]
    decided = overrides.table(study)
    rows = [list(map(str, row)) for row in decided.itertuples(index=False, name=None)]
    parts += [
        _section(
            say("release.decisions"), _table(list(decided.columns), rows) if rows else f"<p>{say('release.none')}</p>"
        )
    ]
    parts += [_section(say("release.attack"), _attack(checked, say))]
    parts += [
        _section(say("release.digests"), _table([say("release.file"), "SHA-256"], _digests(plan, folder, study.name)))
    ]
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
    release = study.release
    share = words.percent(release.dominance[1], say.language)
    return [
        say(
            "release.rule.kind",
            kind=study.evidence["survey"].labels[say.language] if "survey" in study.evidence else "",
        ),
        say("release.rule.answers", n=release.smallest_group),
        say("release.rule.numerator", n=release.answers),
        say("release.rule.clusters", n=release.fewest_clusters),
        say("release.rule.dominance", n=release.dominance[0], share=share),
        say("release.rule.df", n=release.fewest_df),
        say("release.rule.complement", n=release.smallest_group),
        say("release.rule.numbers"),
    ]


def _by_reason(plan: Plan, say: _Say) -> str:
    counted = Counter(why for cells in plan.withheld.values() for why in cells.values())
    rows = [[say.why(why), say.number(counted[why])] for why in REASONS if counted[why]]
    return _table([say("release.reason"), say("release.cells")], rows)


def _by_table(plan: Plan, say: _Say) -> str:
    """The tables that lost cells, with the reasons of each."""
    rows = []
    for table in plan.tables:
        counted = Counter(plan.withheld.get(table.specification, {}).values())
        scope = ", ".join(f"{name} = {value}" for name, value in table.where)
        why = "; ".join(f"{say.why(each)}: {say.number(counted[each])}" for each in REASONS if counted[each])
        rows += [[table.id, table.wave, scope, say.number(counted.total()), why]] if counted else []
    return _table(
        [say("release.table"), say("release.wave"), say("release.scope"), say("release.cells"), say("release.reason")],
        rows,
    )


def _attack(checked: Checked, say: _Say) -> str:
    told = say("release.read", tables=say.number(checked.tables), cells=say.number(len(checked.told)))
    found = [*map(str, checked.leaks), *checked.faults]
    result = _list(found) if found else f"<p>{escape(say('release.safe'))}</p>"
    return f"<p>{escape(told)}</p>{result}"


def _digests(plan: Plan, folder: Path, study: str) -> list[list[str]]:
    """Digests of the plan, of the data by wave, and of every built file."""
    rows = [["release plan", plan.digest], *([f"wave {name}", digest] for name, digest in sorted(plan.inputs.items()))]
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
