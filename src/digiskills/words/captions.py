"""Titles, captions and banners, composed from released tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from digiskills import published
from digiskills.words.catalogue import text
from digiskills.words.labels import column_label, groups, item_column, scope, source
from digiskills.words.measures import measure, title_key
from digiskills.words.numbers import join, number
from digiskills.words.parts import is_rounded

if TYPE_CHECKING:
    from digiskills.disclosure import Released
    from digiskills.study import Study

COUNTED = ("respondents", "themes", "passages", "figures")
"""Kinds of table without weighted estimates."""
BASES: dict[str, tuple[str, ...]] = {
    "themes": ("base",),
    "passages": (),
    "respondents": (),
    "changes": ("n_before", "n"),
}
"""The columns that hold the base, where it is not ``n`` alone; none where ``n`` is the number shown."""
CELLS = {"model": ("term", "level"), "robustness": ("item", "choice", "option")}
"""The columns that make a cell besides the breakdown, where they are not what a row is about alone."""
DETAILED = ("needs", "quadrants", "model", "changes", "robustness")
"""Kinds of table whose caption says how they are to be read."""


def where(released: Released) -> str:
    """Return the phrase that says what the numbers are about, such as "in the synthetic survey (2025)"."""
    language = released.language
    about = source(released)
    # passages that relay participants are not all that the documents say
    if about == "focus_groups" and released.method.get("scope") == "participants":
        about = "participants"
    phrase = text(f"where.{about}", language)
    if released.kind == "changes":
        first, second = waves(released)
        both = text("interval", language, low=first, high=second)
        phrase = text("where.wave", language, where=phrase, wave=both)
    elif released.wave:
        phrase = text("where.wave", language, where=phrase, wave=released.wave)
    limits = scope(released)
    if not limits:
        return phrase
    return text("where.scope", language, where=phrase, scope=text("quoted", language, label=", ".join(limits)))


def waves(released: Released) -> tuple[str, str]:
    """Return the two waves of a table of changes: those its method names, else its own and the one before."""
    named = released.method.get("waves")
    if named:
        return str(named[0]), str(named[-1])
    known = [wave.name for wave in released.study.waves]
    second = known.index(released.wave) if released.wave in known else len(known) - 1
    return known[max(second - 1, 0)], known[second]


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
    about = CELLS.get(released.kind, (item_column(released),))
    cell = [name for name in dict.fromkeys([*about, *released.by]) if name in released.frame]
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
    parts = [
        f"{text(f'measure.{measure(released)}', language)}, {where(released)}.",
        text(f"method.{_method(released)}", language),
        base(released, "caption"),
    ]
    parts += [text(f"detail.{kind}", language)] if kind in DETAILED else []
    parts += [text("changes.rounding", language)] if has_rounded(released) else []
    parts += [f"{line}." for line in caution_lines(released)]
    parts += [text("people.rounding", language)] if "people_short" in set(released.frame.get("measure", [])) else []
    parts += [text("withheld.cells", language, count=count, n=number(count, language))] if count else []
    return " ".join(part for part in parts if part)


def _method(released: Released) -> str:
    """Return which text says how the numbers were made."""
    if released.kind in COUNTED:
        return released.kind
    plain = str(released.method.get("design") or "none").startswith("none")
    if released.kind == "model" and plain:
        return "model_plain"
    design = released.study.design
    return "survey_plain" if not design.intervals else "survey" if design.cluster else "survey_elements"


def has_rounded(released: Released) -> bool:
    """Return whether a change of the table is not the difference of its two numbers as they are rounded."""
    return released.kind == "changes" and any(is_rounded(row) for _, row in released.frame.iterrows())


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
        Its frame has the columns of `BASES` where there are answers to count.
    style : str
        ``caption`` for a sentence, ``note`` for the line on a figure.

    Returns
    -------
    str
        Empty where the count is the number shown, and where nothing is left.
    """
    held = [name for name in BASES.get(released.kind, ("n",)) if name in released.frame]
    n = pd.Series(released.frame[held].to_numpy(dtype=float).ravel()).dropna()
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
