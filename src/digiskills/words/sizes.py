"""Sentences on whether sizes and levels differ, and on what a difference hangs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words.captions import lower_first, withheld_count
from digiskills.words.catalogue import text
from digiskills.words.findings import FOLLOWING, quoted, row_label, say, shown, value_places, withheld_sentences
from digiskills.words.highlights import verdict
from digiskills.words.labels import column_label, group_label, rows
from digiskills.words.numbers import join, number, percent

if TYPE_CHECKING:
    from digiskills.disclosure import Released


def _nothing(released: Released) -> list[str]:
    return [say(released, "withheld.everything" if withheld_count(released) else "nothing")]


def findings_departments(released: Released) -> list[str]:
    """Return sentences on the groups with the most and the fewest departments, and on those not wholly taken.

    Parameters
    ----------
    released : Released
        Kind ``departments``.

    Returns
    -------
    list of str
        The two groups; where departments were sampled, and where all answered, as far as the population's are known;
        what is withheld.
    """
    frame = shown(released)
    if len(frame) < 2:
        return withheld_sentences(released)
    ends = {name: frame.iloc[place] for name, place in (("most", 0), ("least", -1))}
    said = {name: quoted(released, row["group_label"]) for name, row in ends.items()}
    counts = {f"{name}_n": number(row["value"], released.language) for name, row in ends.items()}
    found = [say(released, "departments.fewest", **said, **counts)]
    return [*found, *_taken(released, frame), *withheld_sentences(released)]


def _taken(released: Released, frame: pd.DataFrame) -> list[str]:
    """Return which groups had only some of their departments in the sample, and which had all."""
    if "in_population" not in frame:
        return []
    known = frame.dropna(subset="in_population")
    some = known["clusters"].lt(known["in_population"])
    named = {
        name: join([quoted(released, str(label)) for label in part["group_label"]], released.language)
        for name, part in (("drawn", known[some]), ("whole", known[~some]))
    }
    return [say(released, f"departments.{name}", labels=labels) for name, labels in named.items() if labels]


def findings_differences(released: Released) -> list[str]:
    """Return sentences on which differences stand up, and how many are small, slight or open.

    Parameters
    ----------
    released : Released
        Kind ``differences``.

    Returns
    -------
    list of str
        A difference is named only where its column ``differs`` says so.
    """
    frame, language = by_size_of(released), released.language
    if frame.empty:
        return _nothing(released)
    named = frame[frame["differs"].eq(True)]
    found_of = [verdict(row) for _, row in frame.iterrows()]
    others = {name: number(found_of.count(name), language) for name in ("small", "slight", "open")}
    every = number(len(frame), language)
    labels = join([_difference(released, row) for _, row in named.head(FOLLOWING).iterrows()], language)
    key = "differences.some" if labels else "differences.none"
    found = [say(released, key, count=number(len(named), language), all=every, labels=labels)]
    found.append(say(released, "differences.small", **others))
    return [*found, *withheld_sentences(released)]


def by_size_of(released: Released) -> pd.DataFrame:
    """Return the rows of a table of differences that have a number, the widest first."""
    frame = rows(released).dropna(subset="value")
    return frame.sort_values("value", key=abs, ascending=False, kind="stable").reset_index(drop=True)


def _difference(released: Released, row: pd.Series) -> str:
    places = value_places(released, row)
    return text("differences.entry", released.language, label=quoted(released, row_label(row)), **places)


def findings_mix_and_rate(released: Released) -> list[str]:
    """Return sentences on what the mix of people makes of the difference between two groups.

    Parameters
    ----------
    released : Released
        Kind ``mix_and_rate``.

    Returns
    -------
    list of str
        The skill with the widest difference and its two parts; for how many a difference remains at the same mix.
    """
    frame, language = rows(released).dropna(subset="value"), released.language
    if frame.empty:
        return _nothing(released)
    parts = {name: part.set_index("item") for name, part in frame.groupby("part", sort=False)}
    first = parts["difference"].index[int(parts["difference"]["value"].abs().to_numpy().argmax())]
    places = value_places(released, parts["difference"].loc[first])
    for name in ("mix", "rate"):
        said = value_places(released, parts[name].loc[first])
        places |= {name: said["value"], f"{name}_interval": said["interval"]}
    label = quoted(released, str(parts["difference"].loc[first, "item_label"]))
    clear = number(int(_is_clear(parts["rate"]).sum()), language)
    found = [say(released, "mix_and_rate.widest", label=label, **places)]
    found.append(say(released, "mix_and_rate.remain", count=clear, all=number(len(parts["rate"]), language)))
    return [*found, *withheld_sentences(released)]


def findings_band_ends(released: Released) -> list[str]:
    """Return a sentence on whether the interval excludes 0 under every cut into bands.

    Parameters
    ----------
    released : Released
        Kind ``band_ends``.

    Returns
    -------
    list of str
        For how many skills the interval excludes 0 under every cut, and for which it does not; what is withheld.
    """
    frame, language = rows(released).dropna(subset="value"), released.language
    if frame.empty:
        return _nothing(released)
    every = frame.assign(clear=_is_clear(frame)).groupby("item_label", sort=False)["clear"].all()
    labels = join([quoted(released, str(name)) for name in every.index[~every]], language)
    places = {"count": number(int(every.sum()), language), "all": number(len(every), language), "labels": labels}
    return [say(released, "band_ends.same" if labels else "band_ends.all", **places), *withheld_sentences(released)]


def findings_around_zero(released: Released) -> list[str]:
    """Return a sentence on the skill furthest from 0, and on how many intervals exclude 0.

    Parameters
    ----------
    released : Released
        Kind ``size_trend`` or ``paired_levels``.

    Returns
    -------
    list of str
        One sentence; what is withheld.
    """
    frame, language = by_size_of(released), released.language
    if frame.empty:
        return _nothing(released)
    first, clear = frame.iloc[0], number(int(_is_clear(frame).sum()), language)
    places = value_places(released, first) | {"count": clear, "all": number(len(frame), language)}
    label = quoted(released, row_label(first))
    return [say(released, f"{released.kind}.clear", label=label, **places), *withheld_sentences(released)]


def findings_between_departments(released: Released) -> list[str]:
    """Return a sentence on how much departments differ, without naming one.

    Parameters
    ----------
    released : Released
        Kind ``between_departments``.

    Returns
    -------
    list of str
        The skill in which they differ most; what is withheld.
    """
    frame, language = shown(released), released.language
    if frame.empty:
        return _nothing(released)
    first = frame.iloc[0]
    places = {
        "label": quoted(released, row_label(first)),
        "beyond": percent(first["beyond"], language),
        "clusters": number(first["clusters"], language),
    }
    places |= value_places(released, first)
    return [say(released, "between_departments.widest", **places), *withheld_sentences(released)]


def findings_response(released: Released) -> list[str]:
    """Return sentences on whom the sample holds.

    Parameters
    ----------
    released : Released
        Kind ``response``.

    Returns
    -------
    list of str
        Of each dimension the groups with the largest and the smallest share; what is withheld.
    """
    frame, language = rows(released).dropna(subset="value"), released.language
    found = []
    for dimension, part in frame[frame["category"].ne("all")].groupby("dimension", sort=False):
        if len(part) < 2:
            continue
        ordered = part.sort_values("value", kind="stable")
        ends = {"least": ordered.iloc[0], "most": ordered.iloc[-1]}
        said = {
            name: quoted(released, group_label(released, "category", row["category"])) for name, row in ends.items()
        }
        said |= {f"{name}_value": percent(row["value"], language) for name, row in ends.items()}
        named = lower_first(column_label(released, str(dimension)))
        found.append(say(released, "response.groups", dimension=named, **said))
    return [*(found or _nothing(released)), *withheld_sentences(released)]


def _is_clear(frame: pd.DataFrame) -> pd.Series:
    """Whether each interval excludes 0."""
    return frame["low"].gt(0) | frame["high"].lt(0)
