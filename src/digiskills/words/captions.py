"""Titles, captions, alternative texts and banners, composed from released tables."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from digiskills import published
from digiskills.codebook import MISSING_REASONS
from digiskills.words.catalogue import text
from digiskills.words.labels import (
    chosen,
    column_label,
    form,
    groups,
    item_column,
    measure,
    rows,
    scope,
    source,
    title_key,
)
from digiskills.words.numbers import interval, join, number

if TYPE_CHECKING:
    from digiskills.disclosure import Released
    from digiskills.study import Study

COUNTED = ("respondents", "themes", "passages", "figures")
"""Kinds of table without weighted estimates."""
BASES = {"themes": "base", "passages": "", "respondents": ""}
"""The column that holds the base, where it is not ``n``; none where ``n`` is the number shown."""
LONGEST_ALT = 400
LONGEST_LABEL = 60  # a question's wording is cut to this in alternative text, so that the numbers fit


def where(released: Released) -> str:
    """Return the phrase that says what the numbers are about, such as "in the synthetic survey (2025)"."""
    language = released.language
    about = source(released)
    # passages that relay participants are not all that the documents say
    if about == "focus_groups" and released.method.get("scope") == "participants":
        about = "participants"
    phrase = text(f"where.{about}", language)
    if released.wave:
        phrase = text("where.wave", language, where=phrase, wave=released.wave)
    limits = scope(released)
    if not limits:
        return phrase
    return text("where.scope", language, where=phrase, scope=text("quoted", language, label=", ".join(limits)))


def lower_first(words: str) -> str:
    """Return a phrase with a small first letter, for use within a sentence."""
    return words[:1].lower() + words[1:]


def sentence(words: str) -> str:
    """Return a sentence with a capital first letter."""
    return words[:1].upper() + words[1:]


def by_words(released: Released) -> str:
    """Return the breakdown in words, empty without one."""
    return join([lower_first(column_label(released, name)) for name in groups(released)], released.language)


def title(released: Released) -> str:
    """Return the title of an exhibit.

    Parameters
    ----------
    released : Released
        The table it shows.

    Returns
    -------
    str
        What is shown and by what; no finding.
    """
    language, by = released.language, by_words(released)
    named = text(title_key(released), language)
    return text("title.by", language, title=named, by=by) if by else named


def withheld_count(released: Released) -> int:
    """Return how many cells (item and group) have no numbers because too few answered."""
    cell = [name for name in (item_column(released), *released.by) if name in released.frame]
    hidden = released.frame[released.frame["withheld"].ne("")]
    return len(hidden[cell].drop_duplicates()) if cell else len(hidden)


def caption(released: Released) -> str:
    """Return the caption of an exhibit, without its title.

    Parameters
    ----------
    released : Released
        The table it shows.

    Returns
    -------
    str
        What is measured, in what evidence, how, on how many answers, and what is withheld.
    """
    language, kind, count = released.language, released.kind, withheld_count(released)
    method = text(f"method.{kind if kind in COUNTED else 'survey'}", language)
    parts = [
        f"{text(f'measure.{measure(released)}', language)}, {where(released)}.",
        method,
        base(released, "caption"),
    ]
    parts += [f"{line}." for line in caution_lines(released)]
    parts += [text("people.rounding", language)] if "people_short" in set(released.frame.get("measure", [])) else []
    parts += [text("withheld.cells", language, count=count, n=number(count, language))] if count else []
    return " ".join(part for part in parts if part)


def cautions(released: Released) -> list[tuple[str, str, str]]:
    """Return what a reader must know of each published survey in a table.

    Parameters
    ----------
    released : Released
        Kind ``figures`` has surveys; other kinds give nothing.

    Returns
    -------
    list of (survey, year, caution)
        In the reader's words, in the order of the table; a caution may be empty.
    """
    source = published.read(released.study) if released.kind == "figures" else None
    if source is None:
        return []
    surveys = released.frame[["survey", "year"]].drop_duplicates().itertuples(index=False, name=None)
    language = released.language
    return [
        (
            source.label("survey", survey, language),
            str(year),
            sentence(source.note(survey, int(year), language)),
        )
        for survey, year in surveys
    ]


def caution_lines(released: Released) -> list[str]:
    """Return the cautions of published surveys, each with the survey's name and without a full stop."""
    return [
        text("labelled", released.language, label=f"{survey} ({year})", value=caution)
        for survey, year, caution in cautions(released)
        if caution
    ]


def base(released: Released, style: str) -> str:
    """Return what the numbers rest on.

    Parameters
    ----------
    released : Released
        Its frame has the column ``n`` where there are answers to count.
    style : str
        ``caption`` for a sentence, ``note`` for the line on a figure.

    Returns
    -------
    str
        Empty where the count is the number shown, and where nothing is left.
    """
    column = BASES.get(released.kind, "n")
    n = pd.to_numeric(released.frame.get(column, pd.Series(dtype=float))).dropna()
    if n.empty:
        return ""
    low, high = (number(value, released.language) for value in (n.min(), n.max()))
    of = "passages" if released.kind == "themes" else "base"
    return text(f"{style}.{of}.{'single' if low == high else 'range'}", released.language, low=low, high=high)


def banner(kind: str, study: Study, language: str) -> str:
    """Return the line that stands over every page and figure of a kind of evidence.

    Parameters
    ----------
    kind : str
        ``synthetic``, ``collected`` or ``published``.
    study : Study
        For its title.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        One or two sentences.
    """
    return text(f"banner.{kind}", language, study=study.title[language])


def short(label: str, width: int = LONGEST_LABEL) -> str:
    """Return a label cut at a word, with an ellipsis where it was cut."""
    return textwrap.shorten(label, width, placeholder="…")


def value_words(released: Released, row: pd.Series) -> str:
    """Return the number of a row of `labels.rows` with its interval, where it has one."""
    language, write = released.language, form(measure(released))
    value = write(row["value"], language)
    if "low" not in row or pd.isna(row["low"]):
        return value
    return text("alt.interval", language, value=value, interval=interval(row["low"], row["high"], language, write))


def row_parts(row: pd.Series) -> list[str]:
    """Return the words that say which row of `labels.rows` this is."""
    parts = (str(row[name]).removesuffix(".") for name in ("item_label", "answer_label", "group_label"))
    return [part for part in parts if part]


def _extreme(released: Released, frame: pd.DataFrame, which: str, survey: str = "") -> str:
    place = int(frame["value"].to_numpy().argmin() if which == "lowest" else frame["value"].to_numpy().argmax())
    row = frame.iloc[place]
    label = ", ".join(short(words) for words in row_parts(row))
    value = value_words(released, row)
    return text(f"alt.{which}", released.language, label=label, value=value, survey=short(survey, 40))


def _extremes(released: Released) -> list[str]:
    """Return what is highest and lowest; of published surveys, never compared, the highest of each."""
    frame = rows(released).dropna(subset="value")
    if "answer" in frame and released.kind == "shares":
        frame = frame[~frame["answer"].isin(MISSING_REASONS)]
    if frame.empty:
        return []
    if released.kind != "figures":
        return [_extreme(released, frame, which) for which in ("highest", "lowest")]
    names = [f"{survey} ({year})" for survey, year, _ in cautions(released)]
    parts = [part for _, part in frame.groupby(["survey", "year"], sort=False)]
    return [_extreme(released, part, "highest_of", name) for name, part in zip(names, parts, strict=True)]


def alt_text(kind: str, released: Released) -> str:
    """Return the alternative text of a figure.

    Parameters
    ----------
    kind : str
        Kind of chart: ``likert``, ``dumbbell``, ``dots``, ``heatmap``, ``themes``, ``published``,
        ``shares`` or ``table``.
    released : Released
        What it draws.

    Returns
    -------
    str
        Type of chart, what is measured by what and where, the highest and lowest with their
        uncertainty, and what is withheld; at most `LONGEST_ALT` characters.
    """
    released = chosen(released)
    language, count, by = released.language, withheld_count(released), by_words(released)
    opening = text(
        "alt",
        language,
        chart=text(f"chart.{kind}", language),
        measure=lower_first(text(f"measure.{measure(released)}", language)),
        by=text("alt.by", language, by=by) if by else "",
        where=where(released),
    )
    extremes = _extremes(released)
    withheld = [text("withheld.cells", language, count=count, n=number(count, language))] if count else []
    for kept in (extremes[:place] for place in range(len(extremes), -1, -1)):
        parts = " ".join([opening, *kept, *withheld])
        if len(parts) <= LONGEST_ALT:
            return parts
    return short(parts, LONGEST_ALT)
