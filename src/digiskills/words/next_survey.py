"""Sentences on the answers that the next survey needs and the changes that it can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words.captions import withheld_count
from digiskills.words.catalogue import text
from digiskills.words.findings import FOLLOWING, quoted, row_label, say, withheld_sentences
from digiskills.words.labels import rows
from digiskills.words.numbers import join, number, percent
from digiskills.words.planned import (
    OUT_OF_REACH,
    TOO_FEW,
    chance,
    is_in_doubt,
    is_short_of_sure,
    knows_response,
    most_wanting,
    size_words,
    wanted,
    width,
)

if TYPE_CHECKING:
    from digiskills.disclosure import Released


def findings_answers_needed(released: Released) -> list[str]:
    """Return sentences on how many answers the next survey needs for a margin.

    Parameters
    ----------
    released : Released
        Kind ``answers_needed``.

    Returns
    -------
    list of str
        For how many rows the present answers are enough; which lack most and what that takes; which cannot
        reach the margin, and which rest on few departments; how alike people of one department answer; what is
        withheld.
    """
    frame, language = _shown(released), released.language
    if frame.empty:
        return _nothing(released)
    enough = frame[frame["n_needed"] <= frame["n"]]
    count, every = number(len(enough), language), number(len(frame), language)
    about = _about(released, frame)
    found = [say(released, "needed.enough", margin=wanted(released), count=count, all=every, about=about)]
    return [*found, *_more(released, frame), *_limits(released, frame), *_alike(released, frame),
            *withheld_sentences(released)]  # fmt: skip


def findings_detectable_change(released: Released) -> list[str]:
    """Return sentences on the changes that two waves like the last ones can show.

    Parameters
    ----------
    released : Released
        Kind ``detectable_change``.

    Returns
    -------
    list of str
        For how many rows the wanted change is seen; the smallest and the largest change that can be; what it
        takes where more answers help; which rows cannot reach it; what is withheld.
    """
    frame, language = _shown(released), released.language
    known = frame.dropna(subset="value").sort_values("value", kind="stable")
    if known.empty:
        return _nothing(released)
    seen = number(int((known["value"] <= known["change_wanted"]).sum()), language)
    places = {"change": wanted(released), "power": chance(released), "count": seen, "about": _about(released, frame)}
    found = [say(released, "detectable.seen", all=number(len(known), language), **places)]
    for which, row in (("smallest", known.iloc[0]), ("largest", known.iloc[-1]))[: len(known)]:
        label = _label(released, frame, row)
        found.append(say(released, f"detectable.{which}", label=label, value=width(released, row["value"])))
    return [*found, *_more(released, frame), *_limits(released, frame), *withheld_sentences(released)]


def _shown(released: Released) -> pd.DataFrame:
    frame = rows(released)
    return frame[frame["withheld"].eq("")].reset_index(drop=True)


def _about(released: Released, frame: pd.DataFrame) -> str:
    """Return what all rows are about, where that is one item and the rows are its groups."""
    if not _is_one_item(frame):
        return ""
    label = quoted(released, str(frame["item_label"].iloc[0]))
    return text("needed.about", released.language, label=label)


def _is_one_item(frame: pd.DataFrame) -> bool:
    return bool(frame["item_label"].nunique() == 1 and frame["group_label"].ne("").all())


def _label(released: Released, frame: pd.DataFrame, row: pd.Series) -> str:
    """Return which row this is; the item that all rows are about is not said again."""
    return quoted(released, str(row["group_label"]) if _is_one_item(frame) else row_label(row))


def _nothing(released: Released) -> list[str]:
    found = say(released, "withheld.everything" if withheld_count(released) else "nothing")
    return [found, *withheld_sentences(released)]


def _more(released: Released, frame: pd.DataFrame) -> list[str]:
    """Return what the rows that need more answers take, those farthest from having them first."""
    more = most_wanting(frame)
    if more.empty:
        return []
    language = released.language
    entries = [
        text(
            "needed.entry",
            language,
            label=_label(released, frame, row),
            size=size_words(released, row),
            n=number(row["n"], language),
        )
        for _, row in more.head(FOLLOWING).iterrows()
    ]
    n = number(len(more), language)
    return [say(released, "needed.more", count=len(more), n=n, labels=join(entries, language))]


def _limits(released: Released, frame: pd.DataFrame) -> list[str]:
    """Return which rows cannot reach what is wanted, hold too little to plan from, or rest on few departments."""
    out = "needed.out_of_reach" if knows_response(released) else "needed.out_of_reach_of_all"
    out = "detectable.out_of_reach" if released.kind == "detectable_change" else out
    marks = {
        out: frame["note"].isin(OUT_OF_REACH),
        "needed.too_few": frame["note"].isin(TOO_FEW),
        "needed.disagree": is_in_doubt(frame),
        "needed.unsure": is_short_of_sure(frame),
    }
    found = []
    for key, marked in marks.items():
        labels = [_label(released, frame, row) for _, row in frame[marked].iterrows()]
        if labels:
            places = {"labels": join(labels, released.language), "n": number(len(labels), released.language)}
            found.append(say(released, key, count=len(labels), **places))
    return found


def _alike(released: Released, frame: pd.DataFrame) -> list[str]:
    """Return how alike people of one department answer, and the largest design effect seen."""
    known = frame.dropna(subset=["icc", "icc_low", "icc_high", "design_effect"])
    if known.empty:
        return []
    worst, language = known.iloc[int(known["design_effect"].to_numpy().argmax())], released.language
    places = {name: percent(float(worst[name]), language, 1) for name in ("icc", "icc_low", "icc_high")}
    times = number(float(worst["design_effect"]), language, 1)
    pooled = text("needed.pooled", language) if "one per item" in str(released.method.get("icc", "")) else ""
    label = _label(released, frame, worst)
    return [say(released, "needed.alike", label=label, times=times, pooled=pooled, **places)]
