"""Sentences on what several answers of one person or department say together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words.captions import withheld_count
from digiskills.words.catalogue import text
from digiskills.words.findings import FOLLOWING, quoted, say, shown, value_places, withheld_sentences
from digiskills.words.labels import rows
from digiskills.words.numbers import interval, join, number
from digiskills.words.numbers import percent as share

if TYPE_CHECKING:
    from digiskills.disclosure import Released

WHOLE, HALVES = "below_minimum", ("tasks_not_alone", "quiz_not_right")
NO_SET, WITH = "none", " + "


def set_of(name: str) -> list[str]:
    """Return the skills of a set in a table of kind ``sets_short``; none for the people who are short of none."""
    return [] if name == NO_SET else name.split(WITH)


def _nothing(released: Released) -> list[str]:
    found = say(released, "withheld.everything" if withheld_count(released) else "nothing")
    return [found, *withheld_sentences(released)]


def _of(frame: pd.DataFrame, item: str) -> pd.Series | None:
    """Return the row of an item, where it has a number."""
    found = frame[frame["item"].eq(item)]
    return found.iloc[0] if len(found) else None


def _item(released: Released, row: pd.Series) -> str:
    return quoted(released, str(row["item_label"]))


def findings_literacy(released: Released) -> list[str]:
    """Return sentences on the minimum of digital literacy.

    Parameters
    ----------
    released : Released
        Kind ``literacy``, without a breakdown.

    Returns
    -------
    list of str
        The share below; its two halves; the part missed most often; what is withheld.
    """
    frame = shown(released)
    whole, (tasks, quiz) = _of(frame, WHOLE), (_of(frame, half) for half in HALVES)
    found = [say(released, "literacy.share", **value_places(released, whole))] if whole is not None else []
    if tasks is not None and quiz is not None:
        halves = {name: share(row["value"], released.language) for name, row in (("tasks", tasks), ("quiz", quiz))}
        found.append(say(released, "literacy.halves", **halves))
    parts = frame[~frame["item"].isin([WHOLE, *HALVES])]
    if len(parts):
        most = parts.iloc[0]
        found.append(say(released, "literacy.most", label=_item(released, most), **value_places(released, most)))
    return [*found, *withheld_sentences(released)] if found else _nothing(released)


def findings_quiz(released: Released) -> list[str]:
    """Return sentences on self-ratings against the quiz.

    Parameters
    ----------
    released : Released
        Kind ``quiz``, without a breakdown.

    Returns
    -------
    list of str
        Of the highest and of the lowest rating shown, how many have every question right.
    """
    frame = rows(released).dropna(subset="value")
    right = frame["right"].astype(int)
    every = frame[right.eq(released.frame["right"].astype(int).max())]
    if every.empty:
        return _nothing(released)
    ends = [every.iloc[-1], every.iloc[0]][: len(every)]
    return [
        say(released, "quiz.all", label=quoted(released, str(row["answer_label"])), **value_places(released, row))
        for row in ends
    ]


def findings_t_shaped(released: Released) -> list[str]:
    """Return a sentence on people whose skills are deep in one and broad over several.

    Parameters
    ----------
    released : Released
        Kind ``t_shaped``, without a breakdown.

    Returns
    -------
    list of str
        One sentence.
    """
    row = _of(shown(released), "t_shaped")
    return _nothing(released) if row is None else [say(released, "t_shaped.share", **value_places(released, row))]


def findings_coverage(released: Released) -> list[str]:
    """Return sentences on departments with advanced people.

    Parameters
    ----------
    released : Released
        Kind ``coverage``, without a breakdown.

    Returns
    -------
    list of str
        For each number of people the skill found in the fewest departments; what is withheld.
    """
    frame = shown(released)
    if frame.empty:
        return _nothing(released)
    found = []
    for least, cells in frame.groupby("at_least", sort=True):
        row = cells.iloc[-1]
        places = {"least": number(float(str(least)), released.language), "label": _item(released, row)}
        found.append(say(released, "coverage.least", count=int(str(least)), **places, **value_places(released, row)))
    return [*found, *withheld_sentences(released)]


def findings_reach(released: Released) -> list[str]:
    """Return sentences on whether training reaches those who are short.

    Parameters
    ----------
    released : Released
        Kind ``reach``, without a breakdown.

    Returns
    -------
    list of str
        The skills for which the 95% intervals of the two sides lie apart, which is no test; where there are
        none, the rates of those who are short.
    """
    frame, language = rows(released).dropna(subset=["value", "low", "high"]), released.language
    sides = {str(side): cells.set_index("item") for side, cells in frame.groupby("short")}
    if set(sides) != {"yes", "no"}:
        return _nothing(released)
    yes, no = sides["yes"], sides["no"]
    both = [item for item in yes.index if item in no.index]
    apart = [item for item in both if yes["low"][item] > no["high"][item] or yes["high"][item] < no["low"][item]]
    said = [
        say(
            released,
            "reach.differs",
            label=quoted(released, str(yes["item_label"][item])),
            **{name: _with_interval(side.loc[item], language) for name, side in (("yes", yes), ("no", no))},
        )
        for item in apart
    ]
    ends = {name: share(value, language) for name, value in (("low", yes["value"].min()), ("high", yes["value"].max()))}
    return [*(said or [say(released, "reach.alike", **ends)]), *withheld_sentences(released)]


def _with_interval(row: pd.Series, language: str) -> str:
    value, ends = share(row["value"], language), interval(row["low"], row["high"], language)
    return text("change", language, change=value, interval=ends)


def findings_pairs(released: Released) -> list[str]:
    """Return a sentence on the shortfalls that go together most often.

    Parameters
    ----------
    released : Released
        Kind ``pairs_short``.

    Returns
    -------
    list of str
        One sentence, and what is withheld.
    """
    frame = shown(released)
    if frame.empty:
        return _nothing(released)
    row = frame.iloc[0]
    labels = {"one": _item(released, row), "other": quoted(released, str(row["answer_label"]))}
    return [say(released, "pairs_short.most", **labels, **value_places(released, row)), *withheld_sentences(released)]


def findings_sets(released: Released) -> list[str]:
    """Return sentences on the sets of skills that people are short of.

    Parameters
    ----------
    released : Released
        Kind ``sets_short``.

    Returns
    -------
    list of str
        The share short of none, and the most common sets.
    """
    frame, language = shown(released), released.language
    if frame.empty:
        return _nothing(released)
    none, others = _of(frame, NO_SET), frame[frame["item"].ne(NO_SET)].head(FOLLOWING)
    found = [say(released, "sets_short.none", **value_places(released, none))] if none is not None else []
    entries = [
        text("with_probability", language, label=_item(released, row), p=value_places(released, row)["value"])
        for _, row in others.iterrows()
    ]
    return [*found, say(released, "sets_short.most", labels=join(entries, language))] if entries else found
