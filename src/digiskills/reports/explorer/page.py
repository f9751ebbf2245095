"""The explorer's page: a table per measure, a bar beside each number, filters that a small script puts to use."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import isfinite
from pathlib import Path

from digiskills import words
from digiskills.reports.explorer.rows import EVERYONE, Row
from digiskills.reports.interface import text
from digiskills.reports.shell import frame, rendered, switch
from digiskills.study import Study

SCRIPT = Path(__file__).parents[1] / "template" / "explorer.js"
NAME = "explorer"
BAR = 100  # units that a bar is wide


def page(study: Study, rows: Sequence[Row], files: Sequence[tuple[str, str]], language: str, key: str) -> str:
    """Return the explorer of a study in one language.

    Parameters
    ----------
    study : Study
        The study.
    rows : sequence of Row
        What it shows, and nothing else.
    files : sequence of (str, str)
        Address and name of the CSV files with the same numbers.
    language : str
        ``en`` or ``fr``.
    key : str
        Digest of all that the page rests on.

    Returns
    -------
    str
        A whole HTML document: plain tables that can be read without the script.
    """
    sections = {
        name: [row for row in rows if row.section == name] for name in dict.fromkeys(row.section for row in rows)
    }
    parts = [
        _head(study, rows, language, key),
        *(_section(study, name, shown, language) for name, shown in sections.items()),
        _files(files, language),
    ]
    kind = study.evidence["survey"].kind if "survey" in study.evidence else ""
    return frame(
        language,
        text("explorer.title", language),
        "\n".join(parts),
        site=study.title[language],
        home="index.html",
        other=switch(language, NAME),
        banners=[{"kind": kind, "text": words.banner(kind, study, language)}] if rows else [],
        contents=[{"id": f"t-{name}", "text": words.text(f"measure.{name}", language)} for name in sections],
        foot=_rules(study, language),
        script=SCRIPT.read_text(encoding="utf-8") if rows else "",
    )


def _head(study: Study, rows: Sequence[Row], language: str, key: str) -> str:
    """Return what stands above the tables."""
    given = {"filters": _filters(study, rows, language), "everyone": _everyone(language), "count": len(rows)}
    return rendered("explorer.html.j2", language, key=key, **given)


def _rules(study: Study, language: str) -> list[str]:
    """Return the study's rules of release in the reader's words."""
    rules = [text("smallest_group", language, count=study.release.smallest_group)]
    if study.design.cluster:
        rules.append(text("fewest_clusters", language, count=study.release.fewest_clusters))
    return rules


def _filters(study: Study, rows: Sequence[Row], language: str) -> list[dict[str, object]]:
    """Return the choices of the form: what is measured, about what, in whom, when; the last wave is chosen at first."""
    sections = list(dict.fromkeys(row.section for row in rows))
    waves = sorted({row.wave for row in rows}, key=[wave.name for wave in study.waves].index, reverse=True)
    found: list[dict[str, object]] = [
        _filter(
            "section",
            text("explorer.measure", language),
            [(name, words.text(f"measure.{name}", language)) for name in sections],
        ),
        _filter("about", text("explorer.about", language), _plain(sorted({row.about for row in rows if row.about}))),
    ]
    for place, (name, dimension) in enumerate(study.dimensions.items()):
        met = {row.groups[place] for row in rows}
        known = [dimension.label(category, language) for category in dimension.names]
        options = [(_everyone(language), _everyone(language)), *_plain([label for label in known if label in met])]
        if len(options) > 2:
            found.append(_filter(name, dimension.labels[language], options))
    return [*found, _filter("wave", words.text("column.wave", language), _plain(waves))]


def _filter(name: str, label: str, options: list[tuple[str, str]]) -> dict[str, object]:
    return {"name": name, "label": label, "options": options, "first": name in ("section", "wave")}


def _plain(labels: list[str]) -> list[tuple[str, str]]:
    return [(label, label) for label in labels]


def _everyone(language: str) -> str:
    return words.text("all", language)


def _section(study: Study, name: str, rows: Sequence[Row], language: str) -> str:
    """Return the table of one measure."""
    title = escape(words.text(f"measure.{name}", language))
    places = [place for place in range(len(study.dimensions)) if any(row.groups[place] != EVERYONE for row in rows)]
    dimensions = list(study.dimensions.values())
    heads = [("about", text("explorer.about", language)), ("answer", words.text("column.answer", language))]
    heads = [head for head in heads if any(getattr(row, head[0]) for row in rows)]
    named = [*heads, *((dimensions[place].name, dimensions[place].labels[language]) for place in places)]
    named.append(("wave", words.text("column.wave", language)))
    measured = [(column, words.text(f"column.{column}", language)) for column in ("estimate", "interval", "n")]
    if any(isfinite(row.clusters) for row in rows):
        measured.append(("clusters", words.text("column.clusters", language)))
    top = "".join(
        f'<th scope="col" data-column="{column}">{escape(label)}</th>' for column, label in (*named, *measured)
    )
    scale = _scale(rows)
    columns = [column for column, _ in measured]
    body = "\n".join(_row(row, [column for column, _ in heads], places, columns, scale, language) for row in rows)
    return (
        f'<section class="explored" data-section="{name}"><h2 id="t-{name}">{title}</h2>\n'
        f'<div class="scroll" role="group" tabindex="0" aria-label="{title}"><table><caption>{title}</caption>\n'
        f"<thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div></section>"
    )


def _row(
    row: Row, heads: list[str], places: list[int], measured: list[str], scale: tuple[float, float], language: str
) -> str:
    """Return one row; the words of a withheld one stand in the place of its numbers."""
    everyone = {EVERYONE: _everyone(language)}
    groups = [everyone.get(row.groups[place], row.groups[place]) for place in places]
    named = [*(getattr(row, name) or words.NO_NUMBER for name in heads), *groups, row.wave]
    first, *others = [escape(label) for label in named]
    cells = f'<th scope="row">{first}</th>' + "".join(f"<td>{label}</td>" for label in others)
    if row.withheld:
        return f'<tr>{cells}<td colspan="{len(measured)}">{escape(words.text("withheld", language))}</td></tr>'
    numbers = f'<td data-v="{row.value:g}">{escape(row.estimate)}{_bar(row, scale)}</td><td>{escape(row.interval)}</td>'
    for count in (row.n, row.clusters)[: len(measured) - 2]:
        said = words.number(count, language) if isfinite(count) else words.NO_NUMBER
        numbers += f'<td data-v="{count:g}">{said}</td>' if isfinite(count) else f"<td>{said}</td>"
    return f"<tr>{cells}{numbers}</tr>"


def _scale(rows: Sequence[Row]) -> tuple[float, float]:
    """Return the ends of the bars of a table: shares up to the whole, all else as far as the numbers go."""
    ends = [end for row in rows for end in (row.value, row.low, row.high) if isfinite(end)]
    lowest, highest = min(0.0, *ends, 0.0), max(0.0, *ends, 0.0)
    return (0.0, 1.0) if lowest >= 0 and highest <= 1 else (lowest, highest)


def _bar(row: Row, scale: tuple[float, float]) -> str:
    """Return a bar from nought to the number, with its interval as a line; what it says stands in the cells."""
    low, high = scale
    at = [(end - low) / ((high - low) or 1) * BAR for end in (0.0, row.value, row.low, row.high)]
    start, width = min(at[0], at[1]), abs(at[1] - at[0])
    line = f'<path d="M{at[2]:.1f} 5H{at[3]:.1f}"/>' if isfinite(row.low) and isfinite(row.high) else ""
    return (
        f'<svg viewBox="0 0 {BAR} 10" width="{BAR}" height="10" aria-hidden="true">'
        f'<rect x="{start:.1f}" width="{width:.1f}" height="10"/>{line}</svg>'
    )


def _files(files: Sequence[tuple[str, str]], language: str) -> str:
    """Return the list of the same numbers as files."""
    links = "".join(f'<li><a download href="{escape(href)}">{escape(name)}</a></li>' for href, name in files)
    if not links:
        return f"<p>{text('explorer.none', language)}</p>"
    heading, summary = text("explorer.files", language), text("explorer.files_list", language)
    return f'<h2 id="files">{heading}</h2><details><summary>{summary}</summary><ul>{links}</ul></details>'
