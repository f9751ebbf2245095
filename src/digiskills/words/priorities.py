"""Sentences on what to train first: ranks of needs, and importance against performance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words.captions import withheld_count
from digiskills.words.catalogue import text
from digiskills.words.findings import FOLLOWING, quoted, row_label, say, value_places, whole_of, withheld_sentences
from digiskills.words.highlights import by_rank, in_quadrants
from digiskills.words.labels import rows
from digiskills.words.measures import chosen, measure
from digiskills.words.numbers import join, probability, ranks
from digiskills.words.terms import QUADRANTS, quadrant_label

if TYPE_CHECKING:
    from digiskills.disclosure import Released

TOP = 3  # places that count as first
SURE = 0.95  # probability from which a quadrant is called certain


def findings_needs(released: Released) -> list[str]:
    """Return sentences on which skills are needed most.

    Parameters
    ----------
    released : Released
        Kind ``needs``; of several measures the first is ranked.

    Returns
    -------
    list of str
        The greatest need, the following and the least, each with the interval of its rank; skills that
        share a rank; which are likely among the first three; what is withheld.
    """
    one = whole_of(chosen(released))
    frame, language = by_rank(one), one.language
    if frame.empty:
        return [say(one, "withheld.everything" if withheld_count(one) else "nothing"), *withheld_sentences(one)]
    found = [_need(one, "needs.most", frame.iloc[0])]
    entries = [_entry(one, row, _rank(one, row)) for _, row in frame.iloc[1 : FOLLOWING + 1].iterrows()]
    if entries:
        apart = frame["rank_low"].iloc[1:].min() > frame["rank_high"].iloc[0]
        order = text("needs.sure" if apart else "needs.unsure", language)
        found.append(say(one, "needs.next", labels=join(entries, language), order=order))
    if len(frame) > FOLLOWING + 1:
        found.append(_need(one, "needs.least", frame.iloc[-1]))
    return [*found, *_ties(one, frame), *_likely(one, frame), *withheld_sentences(one)]


def _need(released: Released, key: str, row: pd.Series) -> str:
    index = text(f"index.{measure(released)}", released.language)
    label, rank = quoted(released, row_label(row)), _rank(released, row)
    return say(released, key, index=index, label=label, rank=rank, **value_places(released, row))


def _rank(released: Released, row: pd.Series) -> str:
    return ranks(row["rank_low"], row["rank_high"], released.language)


def _entry(released: Released, row: pd.Series, inside: str) -> str:
    return text("with_probability", released.language, label=quoted(released, row_label(row)), p=inside)


def _ties(released: Released, frame: pd.DataFrame) -> list[str]:
    """Return a sentence for each rank that several skills share."""
    shared = [cells for _, cells in frame.groupby("rank", sort=True) if len(cells) > 1]
    labels = [[quoted(released, row_label(row)) for _, row in cells.iterrows()] for cells in shared]
    return [say(released, "needs.ties", labels=join(each, released.language)) for each in labels]


def _likely(released: Released, frame: pd.DataFrame) -> list[str]:
    """Return which skills are most likely among the first three, with the share of draws of each."""
    first = frame.dropna(subset="top_probability").sort_values("top_probability", ascending=False, kind="stable")
    entries = [
        _entry(released, row, probability(row["top_probability"], released.language))
        for _, row in first.head(FOLLOWING).iterrows()
    ]
    return [say(released, "needs.top", labels=join(entries, released.language))] if entries else []


def findings_orders(released: Released) -> list[str]:
    """Return sentences on how the order of skills depends on the index and the cut point.

    Parameters
    ----------
    released : Released
        Kind ``needs`` with several measures, without a breakdown.

    Returns
    -------
    list of str
        Whether the first skill is the same under all; which are among the first three under all; which moves most.
    """
    frame = rows(released).dropna(subset="rank")
    if frame.empty:
        return [say(released, "withheld.everything" if withheld_count(released) else "nothing")]
    label = {str(item): quoted(released, row_label(cells.iloc[0])) for item, cells in frame.groupby("item", sort=False)}
    by_item = frame.groupby("item", sort=False)["rank"]
    low, high = by_item.min(), by_item.max()
    always = join([label[str(item)] for item in high.index[high.le(TOP)]], released.language)
    found = [_first(released, frame, label)]
    found.append(say(released, "orders.always", labels=always) if always else say(released, "orders.never"))
    moves = high - low
    if moves.max() > 0:
        item = str(moves.idxmax())
        rank = ranks(float(low[item]), float(high[item]), released.language)
        found.append(say(released, "orders.moves", label=label[item], rank=rank))
    return found


def _first(released: Released, frame: pd.DataFrame, label: dict[str, str]) -> str:
    """Return the skill that is first under all measures, or each that is under some, with these."""
    first = frame[frame["rank"].eq(frame.groupby("measure")["rank"].transform("min"))]
    if first["item"].nunique() == 1:
        return say(released, "orders.same", label=label[str(first["item"].iloc[0])])
    language = released.language
    under = [
        (label[str(item)], join([text(f"index.{name}", language) for name in cells["measure"]], language))
        for item, cells in first.groupby("item", sort=False)
    ]
    labels = [text("with_probability", language, label=one, p=indices) for one, indices in under]
    return say(released, "orders.differ", labels=join(labels, language))


def findings_cuts(released: Released) -> list[str]:
    """Return a sentence on which skills change quadrants with the cut.

    Parameters
    ----------
    released : Released
        Kind ``quadrants`` with every cut, without a breakdown.

    Returns
    -------
    list of str
        One sentence; none where everything is withheld.
    """
    frame = rows(released).dropna(subset="value")
    if frame.empty:
        return []
    moving = frame[frame.groupby("item")["quadrant"].transform("nunique").gt(1)].drop_duplicates("item")
    labels = join([quoted(released, row_label(row)) for _, row in moving.iterrows()], released.language)
    return [say(released, "quadrants.moves", labels=labels) if labels else say(released, "quadrants.same")]


def findings_quadrants(released: Released) -> list[str]:
    """Return sentences on importance and performance.

    Parameters
    ----------
    released : Released
        Kind ``quadrants``.

    Returns
    -------
    list of str
        The skills on which to concentrate, each with the probability of its quadrant; which skills' quadrant
        is not certain; what is withheld.
    """
    one = whole_of(released)
    frame, language = in_quadrants(one), one.language
    if frame.empty:
        return [say(one, "withheld.everything" if withheld_count(one) else "nothing"), *withheld_sentences(one)]
    first, quadrant = frame[frame["place"].eq(QUADRANTS[0])], quadrant_label(QUADRANTS[0], language)
    labels = _likelihoods(one, first)
    found = [say(one, "quadrants.concentrate" if labels else "quadrants.none", quadrant=quadrant, labels=labels)]
    unsure = _likelihoods(one, frame[frame["p"].lt(SURE)])
    found += [say(one, "quadrants.unsure", labels=unsure) if unsure else say(one, "quadrants.sure")]
    return [*found, *withheld_sentences(one)]


def _likelihoods(released: Released, frame: pd.DataFrame) -> str:
    """Return the labels of rows, each with the probability of its quadrant, as a phrase."""
    language = released.language
    return join([_entry(released, row, probability(row["p"], language)) for _, row in frame.iterrows()], language)
