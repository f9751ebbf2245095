"""Sentences on what models say beside their terms: adjusted shares, their assumptions, and departments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words.captions import lower_first, withheld_count
from digiskills.words.findings import quoted, row_label, say, value_places, withheld_sentences
from digiskills.words.highlights import compared
from digiskills.words.labels import item_label, rows
from digiskills.words.measures import form, measure
from digiskills.words.numbers import interval, join, number, p_value

if TYPE_CHECKING:
    from digiskills.disclosure import Released

REFUSED = 0.05  # p from which on a test speaks against what it tests


def findings_adjusted(released: Released) -> list[str]:
    """Return for each predictor its lowest and its highest adjusted share.

    Parameters
    ----------
    released : Released
        Kind ``adjusted``.

    Returns
    -------
    list of str
        One sentence per predictor; what is withheld.
    """
    frame = rows(released).dropna(subset="value")
    found = []
    for term, part in frame.groupby("term", sort=False):
        if len(part) < 2:
            continue
        ordered = part.sort_values("value", kind="stable")
        places: dict[str, str] = {}
        for name, row in (("low", ordered.iloc[0]), ("high", ordered.iloc[-1])):
            said = value_places(released, row)
            places |= {name: quoted(released, str(row["answer_label"]))}
            places |= {f"{name}_value": said["value"], f"{name}_interval": said["interval"]}
        dimension = lower_first(item_label(released, str(term)))
        found.append(say(released, "adjusted.range", dimension=dimension, **places))
    return [*(found or _nothing(released)), *withheld_sentences(released)]


def findings_parallel(released: Released) -> list[str]:
    """Return whether odds ratios hold along the whole scale.

    Parameters
    ----------
    released : Released
        Kind ``parallel``.

    Returns
    -------
    list of str
        The terms against which the test speaks, that there are none, or that it cannot be made; what is withheld.
    """
    if "untested" in released.method:
        return [say(released, "parallel.untested"), *withheld_sentences(released)]
    frame = rows(released).dropna(subset="p")
    terms = frame[frame["term"].ne("all")]
    if terms.empty:
        return _nothing(released)
    failing = terms[terms["p"].lt(REFUSED)]
    if failing.empty:
        said = say(released, "parallel.holds", p=p_value(float(frame["p"].min()), released.language))
    else:
        labels = [quoted(released, str(label)) for label in failing["item_label"]]
        said = say(released, "parallel.fails", labels=join(labels, released.language))
    return [said, *withheld_sentences(released)]


def findings_department_share(released: Released) -> list[str]:
    """Return how much of the gap lies between departments, before and after the predictors.

    Parameters
    ----------
    released : Released
        Kind ``department_share``.

    Returns
    -------
    list of str
        One sentence; what is withheld.
    """
    frame = rows(released).dropna(subset="value").set_index("part")
    if not {"empty", "full"} <= set(frame.index):
        return _nothing(released)
    places: dict[str, str] = {}
    for name in ("empty", "full"):
        said = value_places(released, frame.loc[[name]].iloc[0])
        places |= {name: said["value"], f"{name}_interval": said["interval"]}
    return [say(released, "department_share.found", **places), *withheld_sentences(released)]


def findings_beside(released: Released) -> list[str]:
    """Return where a multilevel model and the survey-weighted one beside it are furthest apart.

    Parameters
    ----------
    released : Released
        Kind ``model``, of a multilevel model.

    Returns
    -------
    list of str
        Where they are furthest apart; for which estimates one interval alone excludes 0; what is withheld.
    """
    frame, language = compared(released), released.language
    if frame.empty:
        return _nothing(released)
    apart = (frame["value"] - frame["weighted"]).abs()
    first = frame.iloc[int(apart.to_numpy().argmax())]
    write = form(measure(released))
    ends = interval(first["weighted_low"], first["weighted_high"], language, write)
    places = value_places(released, first) | {"weighted": write(first["weighted"], language), "weighted_interval": ends}
    counts = {"count": number(int(_outside(frame).sum()), language), "all": number(len(frame), language)}
    label = quoted(released, row_label(first))
    found = [say(released, "beside.apart", label=label, **places, **counts), _verdicts(released, frame)]
    return [*found, *withheld_sentences(released)]


def _verdicts(released: Released, frame: pd.DataFrame) -> str:
    """Return for which estimates the interval excludes 0 in one of the two models only."""
    weighted = frame["weighted_low"].gt(0) | frame["weighted_high"].lt(0)
    turned = frame[frame["excludes"].ne(weighted)]
    labels = join([quoted(released, row_label(row)) for _, row in turned.iterrows()], released.language)
    return say(released, "beside.verdicts", labels=labels) if labels else say(released, "beside.same")


def _outside(frame: pd.DataFrame) -> pd.Series:
    """Whether one of the two estimates lies outside the other's interval."""
    inside = frame["weighted"].between(frame["low"], frame["high"])
    return ~(inside & frame["value"].between(frame["weighted_low"], frame["weighted_high"]))


def _nothing(released: Released) -> list[str]:
    return [say(released, "withheld.everything" if withheld_count(released) else "nothing")]
