"""Phrases on the next survey: what was wanted of it, how a row can reach it, and what stands out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words.catalogue import text
from digiskills.words.labels import rows
from digiskills.words.numbers import NO_NUMBER, number, percent, plain_points, probability
from digiskills.words.parts import row_parts, short

if TYPE_CHECKING:
    from digiskills.disclosure import Released

PLANNED = ("answers_needed", "detectable_change")
WANTED = {"answers_needed": "margin_wanted", "detectable_change": "change_wanted"}
OUT_OF_REACH, TOO_FEW = ("not_reachable",), ("no_answers", "one_answer", "too_few_clusters")


def width(released: Released, value: float) -> str:
    """Return a margin or a change: in points of a share, or in levels of the scale."""
    if released.method.get("unit") == "share":
        return plain_points(value, released.language)
    # French takes the plural from two on, English from anything but one
    several = value >= 2 if released.language == "fr" else value != 1
    written = number(value, released.language, 2)
    return text("planned.levels", released.language, count=2 if several else 1, n=written)


def wanted(released: Released) -> str:
    """Return the margin or the change that was asked for; a dash where every row is withheld."""
    known = released.frame[WANTED[released.kind]].dropna()
    return NO_NUMBER if known.empty else width(released, float(known.iloc[0]))


def chance(released: Released) -> str:
    """Return the power that was asked for."""
    known = released.frame["power"].dropna()
    return NO_NUMBER if known.empty else percent(float(known.iloc[0]), released.language)


def plan_words(released: Released) -> list[str]:
    """Return what a caption says of a plan: what was wanted and what the numbers assume; nothing of other kinds."""
    if released.kind not in PLANNED:
        return []
    language, asked = released.language, wanted(released)
    goal = text("planned.margin", language, margin=asked)
    if released.kind == "detectable_change":
        goal = text("planned.change", language, change=asked, power=chance(released))
    return [goal, text("planned.assumed", language), _responding(released)]


def _responding(released: Released) -> str:
    """Return at which response invitations are counted, or that it is not known."""
    if not knows_response(released):
        return text("planned.response_unknown", released.language)
    response = percent(float(released.method["response"]), released.language)
    return text("planned.response", released.language, response=response)


def knows_response(released: Released) -> bool:
    """Return whether a plan knows the share of those invited who answer."""
    return isinstance(released.method.get("response"), float)


def needs_more(frame: pd.DataFrame) -> pd.Series:
    """Return which rows of a plan need more answers than they have."""
    return frame["n_needed"].gt(frame["n"])


def is_short_of_sure(frame: pd.DataFrame) -> pd.Series:
    """Return which rows of a plan rest on few departments."""
    return frame["note"].eq("few_clusters")


def is_in_doubt(frame: pd.DataFrame) -> pd.Series:
    """Return which rows reach now what the plan says takes more, or the other way round."""
    now, asked = ("margin_now", "margin_wanted") if "margin_now" in frame else ("change_detectable", "change_wanted")
    known = frame[now].notna() & frame["n_needed"].notna()
    return known & (frame[now].le(frame[asked]) == needs_more(frame))


def most_wanting(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that surely need more answers, those that lack most of them first."""
    more = frame[needs_more(frame) & ~is_in_doubt(frame)]
    lacking = (more["n_needed"] - more["n"]).sort_values(ascending=False, kind="stable")
    return more.loc[lacking.index]


def size_words(released: Released, row: pd.Series) -> str:
    """Return what a row needs: answers, departments where more are needed, and invitations where known."""
    language = released.language
    if row["note"] in OUT_OF_REACH:
        return text("planned.out_of_reach", language)
    if row["note"] in TOO_FEW or pd.isna(row["n_needed"]):
        return text("planned.too_few", language)
    needed = float(row["n_needed"])
    said = [
        text("planned.needed", language, count=int(needed), n=number(needed, language)) + _departments(released, row)
    ]
    if pd.notna(row["invitations_needed"]):
        count = float(row["invitations_needed"])
        said.append(text("planned.invitations", language, count=int(count), n=number(count, language)))
    return ", ".join(said)


def _departments(released: Released, row: pd.Series) -> str:
    """Return from how many departments, where those of now are not enough."""
    language, route = released.language, row.get("route", "people")
    if route == "both":
        return " " + text("planned.from_all", language)
    if route != "clusters":
        return ""
    count = float(row["clusters_needed"])
    return " " + text("planned.from", language, count=int(count), n=number(count, language))


def plan_note(note: str, language: str) -> str:
    """Return what a row of a plan is marked with, in words; a dash for no mark."""
    return text(f"plan.{note}", language) if note else NO_NUMBER


def answers_highlights(released: Released, most: int) -> list[str]:
    """Return how many rows have enough answers, which need most, and how many cannot reach the margin."""
    frame, language = rows(released), released.language
    frame = frame[frame["withheld"].eq("")]
    if frame.empty:
        return []
    more = most_wanting(frame)
    enough, every = number(int((frame["n_needed"] <= frame["n"]).sum()), language), number(len(frame), language)
    found = [text("alt.enough", language, margin=wanted(released), count=enough, all=every)]
    labels = [
        text("alt.entry", language, label=_label(row), value=size_words(released, row))
        for _, row in more.head(most).iterrows()
    ]
    found += [text("alt.needs_more", language, labels="; ".join(labels))] if labels else []
    out = int(frame["note"].isin(OUT_OF_REACH).sum())
    return found + ([text("alt.out_of_reach", language, count=number(out, language))] if out else [])


def change_highlights(released: Released, most: int) -> list[str]:
    """Return the smallest and the largest change that can be seen, and for how many rows the wanted one is."""
    frame, language = rows(released).dropna(subset="value"), released.language
    if frame.empty:
        return []
    frame = frame.sort_values("value", kind="stable")
    ends = [("lowest", frame.iloc[0]), ("highest", frame.iloc[-1])]
    found = [
        text(f"alt.{which}", language, label=_label(row), value=width(released, row["value"]))
        for which, row in ends[:most]
    ]
    seen, every = int((frame["value"] <= frame["change_wanted"]).sum()), number(len(frame), language)
    places = {"change": wanted(released), "power": chance(released), "count": number(seen, language), "all": every}
    return [text("alt.seen", language, **places), *found]


def power_words(released: Released, row: pd.Series) -> str:
    """Return the change that a row can show, and the chance of the wanted one."""
    said = width(released, row["change_detectable"])
    power = probability(float(row["power_wanted"]), released.language)
    return text("planned.power", released.language, value=said, power=power, change=wanted(released))


def _label(row: pd.Series) -> str:
    return ", ".join(short(part) for part in row_parts(row))
