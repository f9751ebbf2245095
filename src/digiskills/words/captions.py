"""Titles, captions and banners, composed from released tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from digiskills import published
from digiskills.words.catalogue import entries, text
from digiskills.words.coefficients import BESIDE, about_coders, groups_compared
from digiskills.words.labels import column_label, groups, item_column, item_label, scope, source
from digiskills.words.measures import several, title_key, told
from digiskills.words.numbers import join, number
from digiskills.words.parts import is_rounded
from digiskills.words.planned import plan_words
from digiskills.words.reliability import degrees_of_freedom
from digiskills.words.terms import skill_label

if TYPE_CHECKING:
    from digiskills.disclosure import Released
    from digiskills.study import Study

COUNTED: tuple[str, ...] = ("respondents", "themes", "passages", "figures", "departments")
COUNTED += ("cooccurrence", "cooccurrence_in_paragraphs", "saturation", "barriers_voiced", "codes_voiced")
COUNTED += ("joint_display", "recommendations", "questions", "response")
"""Kinds of table without weighted estimates."""
APART = ("differences", "mix_and_rate")
"""Kinds whose numbers are differences that a reader could make from other numbers, rounded, of the same page."""
OWN_METHOD = ("coverage", "between_departments")
"""Kinds whose estimates are of departments, and not of people at two stages."""
BASES: dict[str, tuple[str, ...]] = {
    "themes": ("base",),
    "passages": (),
    "respondents": (),
    "departments": (),
    "settled": ("base",),
    "cooccurrence": ("base",),
    "cooccurrence_in_paragraphs": ("base",),
    "saturation": (),
    "barriers_voiced": ("base",),
    **dict.fromkeys(("joint_display", "recommendations", "questions"), ()),
    "codes_voiced": ("base",),
    "changes": ("n_before", "n"),
    "detectable_change": ("n_before", "n"),
}
"""The columns that hold the base, where it is not ``n`` alone; none where ``n`` is the number shown."""
CELLS = {
    "model": ("term", "level"),
    "robustness": ("item", "choice", "option"),
    "robustness_order": ("measure", "choice", "option", "item"),
    "quiz": ("answer", "right"),
    "joint_display": ("part", "item", "department_size", "level"),
    "recommendations": ("part", "item", "answer", "measure", "department_size", "level"),
    "questions": ("question", "exhibit"),
    "coverage": ("item", "at_least"),
    "reach": ("item", "short"),
    "pairs_short": ("item", "other"),
    **dict.fromkeys(("cooccurrence", "cooccurrence_in_paragraphs"), ("code", "other")),
    "differences": ("item", "against"),
    "mix_and_rate": ("item", "part"),
    "band_ends": ("item", "bands"),
    "response": ("measure", "dimension", "category"),
    "effects": ("term", "level"),
    "adjusted": ("term", "level"),
    "parallel": ("term",),
    "department_share": ("part",),
    "reliability": ("item", "coefficient"),
    "coder_agreement": ("code", "coefficient"),
    "settled": ("code", "outcome"),
}
"""The columns that make a cell besides the breakdown, where they are not what a row is about alone."""
COUNTED_IN = {"themes": "passages", "coverage": "departments", "coder_agreement": "passages", "settled": "passages"}
COUNTED_IN |= {"barriers_voiced": "passages", "codes_voiced": "passages"}
COUNTED_IN |= {"cooccurrence": "passages", "cooccurrence_in_paragraphs": "paragraphs"}
"""What ``n`` counts, where it is not answers."""


def where(released: Released) -> str:
    """Return the phrase that says what the numbers are about, such as "in the synthetic survey (2025)"."""
    language = released.language
    about = source(released)
    # passages that relay participants are not all that the documents say
    if about == "focus_groups" and released.method.get("scope") == "participants":
        about = "participants"
    if about == "joint" and released.frame["evidence"].eq("synthetic").any():
        about = "joint_synthetic"
    phrase = text(f"where.{about}", language)
    if released.kind in ("changes", "detectable_change"):
        first, second = waves(released)
        both = text("interval", language, low=first, high=second)
        phrase = text("where.wave", language, where=phrase, wave=both)
    elif released.wave:
        phrase = text("where.wave", language, where=phrase, wave=released.wave)
    if "about" in released.method:
        phrase = text("where.model", language, where=phrase, outcome=_outcome(released, "about"))
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
    named = [name for name in groups(released) if name in released.by]
    return join([lower_first(column_label(released, name)) for name in named], released.language)


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
    """Return how many cells (item and group) are withheld."""
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
        f"{text(f'measure.{told(released)}', language)}, {where(released)}.",
        text(f"method.{_method(released)}", language),
        degrees_of_freedom(released),
        base(released, "caption"),
    ]
    detail = told(released) if several(released) else kind
    parts += [text(f"detail.{detail}", language, **_facts(released))] if f"detail.{detail}" in entries() else []
    parts += [about_coders(released)] if released.kind == "coder_agreement" else []
    parts += plan_words(released)
    parts += _ways(released)
    parts += _of_model(released)
    parts += [text("changes.rounding", language)] if has_rounded(released) else []
    parts += [text(f"{kind}.rounding", language)] if kind in APART else []
    parts += _calibrated(released)
    parts += [f"{line}." for line in caution_lines(released)]
    parts += [text("people.rounding", language)] if "people_short" in set(released.frame.get("measure", [])) else []
    parts += [text("withheld.cells", language, count=count, n=number(count, language))] if count else []
    return " ".join(part for part in parts if part)


def _calibrated(released: Released) -> list[str]:
    """Return whether intervals count that the weights were calibrated, in a study that calibrates them."""
    drawn = not str(released.method.get("design") or "none").startswith("none")
    if released.study.design.calibration is None or "low" not in released.frame or not drawn:
        return []
    counted = "counted" if "calibration" in released.method else "not_counted"
    return [text(f"calibration.{counted}", released.language)]


def _of_model(released: Released) -> list[str]:
    """Return what a model explains, and the degrees of freedom that it leaves."""
    language, method = released.language, released.method
    if "about" not in method:
        return []
    found = [_outcome(released, "outcome")]
    df = released.frame["df"].dropna() if "p" in released.frame and released.kind != "parallel" else pd.Series()
    if len(df) and math.isfinite(float(df.iloc[0])):
        found.append(
            text("model.df", language, df=number(float(df.iloc[0]), language), n=number(method["n"], language))
        )
    found += [text("model.target", language)] if _method(released).startswith("survey") else []
    return found


def _outcome(released: Released, key: str) -> str:
    """Return the words for what a model explains: ``outcome`` for a sentence, ``about`` for a phrase."""
    skill, language = str(released.method["skill"]), released.language
    every = "all" if skill == "all" else "one"
    label = "" if skill == "all" else skill_label(released.study, skill, language)
    return text(f"{key}.{released.method['about']}.{every}_skill", language, skill=label)


def _facts(released: Released) -> dict[str, str]:
    """Return the places of a detail: the margin within which a difference is small, in points; what groups are."""
    margin = released.method.get("margin")
    places = {} if margin is None else {"margin": number(100 * float(margin), released.language)}
    if released.kind != "equivalence":
        return places
    sizes = {name: number(float(released.method[name]), released.language, 3) for name in ("moderate", "large")}
    return places | sizes | {"groups": groups_compared(released)}


def _ways(released: Released) -> list[str]:
    """Return how ranks come about, where quadrants meet, what is kept apart, the self-rating, or what is training."""
    language, known = released.language, released.study.codebook.items
    if released.kind == "quadrants" and "cut" in released.frame and released.frame["cut"].nunique() == 1:
        return [text(f"cut.{released.frame['cut'].iloc[0]}", language)]
    if released.kind == "needs" and "ranks" in released.method:
        way = "bootstrap" if "bootstrap" in str(released.method["ranks"]) else "draws"
        return [text(f"ranks.{way}", language)]
    if released.kind == "coverage":
        return [text("detail.apart", language, fewest=number(released.study.release.fewest_clusters, language))]
    if released.kind == "quiz" and str(released.method.get("rating", "")) in known:
        label = text("quoted", language, label=item_label(released, str(released.method["rating"])))
        return [text("quiz.rating", language, label=label)]
    channels, asked = released.method.get("channels", ""), str(released.method.get("training", ""))
    if released.kind != "reach" or isinstance(channels, str) or asked not in known:
        return []
    labels = [lower_first(released.study.codebook.answer_label(asked, name, language)) for name in channels]
    return [text("detail.channels", language, labels=join(labels, language))]


def _method(released: Released) -> str:
    """Return which text says how the numbers were made."""
    if released.kind in COUNTED or released.kind in BESIDE:
        return released.kind
    if released.kind in OWN_METHOD and released.study.design.intervals:
        return released.kind
    plain = str(released.method.get("design") or "none").startswith("none")
    if released.kind in ("model", "department_share") and plain:
        return "model_plain"
    design = released.study.design
    clustered = design.cluster and not released.table.department
    return "survey_plain" if not design.intervals else "survey" if clustered else "survey_elements"


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
    of = COUNTED_IN.get(released.kind, "base")
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
