"""What there is to say of coded passages: themes that stand together, new ones by session, and who says what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words.catalogue import text
from digiskills.words.findings import quoted, say
from digiskills.words.labels import groups, rows
from digiskills.words.numbers import join, number
from digiskills.words.parts import short

if TYPE_CHECKING:
    from digiskills.disclosure import Released
    from digiskills.disclosure.passages import ReleasedPassages

UNSTATED = ("unspecified", "none")
PAIRS = 3  # pairs of themes that a finding names, or about so many where some are equal


def findings_cooccurrence(released: Released) -> list[str]:
    """Return sentences on themes that stand together.

    Parameters
    ----------
    released : Released
        Kind ``cooccurrence`` or ``cooccurrence_in_paragraphs``.

    Returns
    -------
    list of str
        The pairs met most often with their counts, how many pairs never meet, and what the counts are.
    """
    frame, language, unit = _met(released), released.language, _unit(released)
    if frame.empty:
        return [say(released, "nothing")]
    entries = [_pair(released, row) for _, row in _first(frame, PAIRS).iterrows()]
    never, every = (number(count, language) for count in (len(released.frame) - len(frame), len(released.frame)))
    found = [say(released, f"together.most.{unit}", labels=join(entries, language))]
    return [*found, say(released, "together.never", never=never, all=every), say(released, f"together.note.{unit}")]


def findings_saturation(released: Released) -> list[str]:
    """Return sentences on when sessions stopped bringing new themes.

    Parameters
    ----------
    released : Released
        Kind ``saturation``, by ``session``.

    Returns
    -------
    list of str
        Themes after the last session, the last session that brought a new one, and how to read it.
    """
    frame, language = released.frame, released.language
    if frame.empty:
        return [say(released, "nothing")]
    return [say(released, "saturation.found", **_sessions(frame, language)), text("saturation.note", language)]


def findings_together(released: Released) -> list[str]:
    """Return sentences on what groups of speakers say together and apart.

    Parameters
    ----------
    released : Released
        Kind ``themes`` by one breakdown, such as ``speaker_level``, of the groups to set side by side.

    Returns
    -------
    list of str
        What all of them raise, what each raises alone, and how many passages each has.
    """
    frame, language = rows(released), released.language
    if not groups(released):
        return [say(released, "nothing")]
    labels = list(dict.fromkeys(frame["group_label"]))
    said = frame[frame["value"] > 0].groupby("item_label", sort=False)["group_label"].agg(list)
    together = [quoted(released, str(theme)) for theme, by in said.items() if len(by) == len(labels)]
    every, of = (
        join([quoted(released, label) for label in labels], language),
        number(frame["item_label"].nunique(), language),
    )
    found = [
        say(
            released,
            "apart.all",
            groups=every,
            all=of,
            labels=join(together, language),
            count=number(len(together), language),
        )
    ]
    if not together:
        found = [say(released, "apart.none", groups=every)]
    for label in labels:
        alone = [quoted(released, str(theme)) for theme, by in said.items() if by == [label]]
        places = {
            "group": quoted(released, label),
            "labels": join(alone, language),
            "count": number(len(alone), language),
        }
        found += [say(released, "apart.alone", **places)] if alone else []
    bases = frame.drop_duplicates("group_label")
    entries = [
        text("labelled", language, label=label, value=number(base, language))
        for label, base in zip(bases["group_label"], bases["base"], strict=True)
    ]
    return [*found, text("apart.note", language, bases=join(entries, language))]


def findings_named(released: Released) -> list[str]:
    """Return a sentence on how few passages name what they are about, such as the size of a department.

    Parameters
    ----------
    released : Released
        Kind ``passages`` by one descriptor.

    Returns
    -------
    list of str
        In how many of all passages it is named.
    """
    frame, language = released.frame, released.language
    (column,) = released.by
    named = frame.loc[~frame[column].astype(str).isin(UNSTATED), "n"].sum()
    places = {"n": number(named, language), "all": number(frame["n"].sum(), language)}
    return [say(released, f"named.{column}", **places)]


def findings_shown(passages: ReleasedPassages, language: str) -> list[str]:
    """Return sentences on how many passages may be shown, and why others are withheld.

    Parameters
    ----------
    passages : ReleasedPassages
        From the gate.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    list of str
        What the texts are, how many may be shown of all, and how many are withheld for each reason.
    """
    log = passages.public_log
    reasons = log.loc[log["outcome"] == "withheld", "reason"].value_counts()
    shown, every = number(len(passages.frame), language), number(len(log), language)
    found = [text("shown.paraphrases", language)] if len(passages.frame) else []
    found.append(text("shown.count", language, shown=shown, all=every))
    keys = {"too few people": "shown.few", "text": "shown.text"}
    withheld = [(key, number(reasons[why], language)) for why, key in keys.items() if why in reasons]
    return [*found, *(text(key, language, n=count) for key, count in withheld)]


def pair_highlights(released: Released, most: int) -> list[str]:
    """Return the pairs of themes that meet most often, for an alternative text."""
    frame = _met(released)
    if frame.empty:
        return [text("alt.together.none", released.language)]
    entries = [_pair(released, row, brief=True) for _, row in _first(frame, most).iterrows()]
    return [text("alt.together", released.language, labels=join(entries, released.language))]


def saturation_highlights(released: Released, most: int) -> list[str]:
    """Return the themes after the last session and the last session with a new one."""
    frame = released.frame
    return [text("alt.saturation", released.language, **_sessions(frame, released.language))] if len(frame) else []


def _met(released: Released) -> pd.DataFrame:
    """Return the pairs that meet, the most often first, in the order of the codebook among equals."""
    frame = rows(released)
    return frame[frame["value"] > 0].sort_values("value", ascending=False, kind="stable").reset_index(drop=True)


def _first(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return about so many first rows, without parting those that are equal."""
    last = frame["value"].iloc[min(most, len(frame)) - 1]
    kept, above = frame[frame["value"] >= last], frame[frame["value"] > last]
    return kept if len(kept) <= most + 2 else above if len(above) else frame.head(most)


def _pair(released: Released, row: pd.Series, *, brief: bool = False) -> str:
    names = [
        short(str(row[name])) if brief else quoted(released, str(row[name])) for name in ("item_label", "answer_label")
    ]
    return text(
        "together.entry", released.language, one=names[0], other=names[1], n=number(row["value"], released.language)
    )


def _unit(released: Released) -> str:
    return "paragraphs" if released.kind.endswith("paragraphs") else "passages"


def _sessions(frame: pd.DataFrame, language: str) -> dict[str, str]:
    bringing = frame.loc[frame["new"] > 0, "place"]
    last = int(bringing.max()) if len(bringing) else 0
    return {
        "n": number(frame["n"].iloc[-1], language),
        "sessions": number(len(frame), language),
        "last": number(last, language),
    }
