"""What the other choices amount to: their range beside the sampling error, and the order of the first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest

TOP = 3
HEADLINE = "headline"
AMONG = ("all", "same_question")
ANOTHER_QUESTION = (
    "threshold",
    "side",
    "neutral",
    "quiz",
    "deep",
    "breadth",
)  # choices after which the number says something else
SUMMED = ["n", "clusters", "estimate", "low", "high", "lowest", "highest", "ratio", "farthest_choice"]
SUMMED += ["farthest_option", "inside"]
ORDERED = ["n", "clusters", "estimate"]
_NOT_BREAKDOWN = (
    "item",
    "choice",
    "option",
    "is_headline",
    "n",
    "clusters",
    "estimate",
    "se",
    "df",
    "low",
    "high",
    "note",
)


def summary(card: pd.DataFrame, among: str = "all") -> pd.DataFrame:
    """Range of the estimates over the choices, beside the sampling interval of the headline.

    Parameters
    ----------
    card : DataFrame
        As `skill_card`, `barrier_card`, `minimum_card` and `t_shape_card` give it.
    among : {"all", "same_question"}
        The choices that count: all, or without those that ask another question (`ANOTHER_QUESTION`), such as
        two levels short in the place of one, or the neutral answer counted as a barrier.

    Returns
    -------
    DataFrame
        One row per item and domain: item, <by>, n, clusters, estimate, low, high (of the headline), lowest and
        highest (estimate over the choices, the headline among them), ratio (their range over the width of the
        sampling interval; NaN where there is none), farthest_choice and farthest_option (that move the estimate
        most; empty where none does), inside (whether every estimate lies within the sampling interval).

    Raises
    ------
    UsageError
        If the card has no headline, or there is no such set of choices.

    Notes
    -----
    A ratio above 1 says that how the number is counted matters more than who happened to be asked. The range
    is no interval: it holds the choices that were declared, each weighing the same. Choices about the error
    alone (stages, degrees of freedom) do not move the estimate.
    """
    if among not in AMONG:
        raise UsageError(f"among: no choices ‘{among}’; {nearest(among, AMONG)}")
    if not card["is_headline"].any():
        raise UsageError("card: no row is the headline")
    counted = card if among == "all" else card[~card["choice"].isin(ANOTHER_QUESTION)]
    cells = ["item", *_by(card)]
    rows = [_summed(cell) for _, cell in counted.groupby(cells, sort=False, observed=True)]
    found = pd.DataFrame(rows).reset_index(drop=True)[[*cells, *SUMMED]]
    found.attrs["method"] = dict(card.attrs.get("method", {})) | {"range": f"lowest to highest; choices: {among}"}
    return found


def orders(cards: pd.DataFrame | Sequence[pd.DataFrame], top: int = TOP) -> pd.DataFrame:
    """The first items under each choice, and whether they are those of the headline.

    Parameters
    ----------
    cards : DataFrame or sequence of DataFrame
        Cards of several items, without a breakdown; the first one's headline is the one compared with. A
        further card of the same items, such as that of the mean gap, adds its own headline and choices.
    top : int
        How many items are first.

    Returns
    -------
    DataFrame
        One row per measure, choice, option and place: measure, choice, option, is_headline, place (1 for the
        greatest), item, n, clusters, estimate, same_items (whether the first items are the headline's, in
        whatever order), same_order. The headline comes first, as choice and option ``headline``; then the
        choices that move an estimate.

    Raises
    ------
    UsageError
        If a card has a breakdown, or fewer items than `top`.

    Notes
    -----
    Equal estimates stand in the order of the card. Which differences of order are more than sampling error,
    `gaps.ranks` says. An item that does not have a choice keeps its headline.
    """
    tables = [cards] if isinstance(cards, pd.DataFrame) else list(cards)
    parts = [part for card in tables for part in _orders(card, top)]
    usual = parts[0]["item"].tolist()
    judged = [
        part.assign(same_items=set(part["item"]) == set(usual), same_order=part["item"].tolist() == usual)
        for part in parts
    ]
    found = pd.concat(judged, ignore_index=True)
    found.attrs["method"] = dict(tables[0].attrs.get("method", {})) | {"top": top}
    return found


def _by(card: pd.DataFrame) -> list[str]:
    return [str(name) for name in card.columns if name not in _NOT_BREAKDOWN]


def _summed(cell: pd.DataFrame) -> dict[str, object]:
    usual = cell[cell["is_headline"]].iloc[0]
    moved = (cell["estimate"] - usual["estimate"]).abs()
    farthest = cell.loc[moved.idxmax()] if moved.max() > 0 else None
    lowest, highest = cell["estimate"].min(), cell["estimate"].max()
    width = usual["high"] - usual["low"]
    return {
        **usual,
        "lowest": lowest,
        "highest": highest,
        "ratio": (highest - lowest) / width if width > 0 else np.nan,
        "farthest_choice": "" if farthest is None else farthest["choice"],
        "farthest_option": "" if farthest is None else farthest["option"],
        "inside": bool(cell["estimate"].between(usual["low"], usual["high"]).all()),
    }


def _orders(card: pd.DataFrame, top: int) -> list[pd.DataFrame]:
    """The first items of the headline and under each option that moves an estimate."""
    by, items = _by(card), list(dict.fromkeys(card["item"]))
    if by:
        raise UsageError(f"cards: give a card without a breakdown; this one has {', '.join(by)}")
    if len(items) < top:
        raise UsageError(f"cards: {len(items)} items have no first {top}")
    usual = card[card["is_headline"]].drop_duplicates("item").set_index("item").loc[items, ORDERED]
    measure = str(card.attrs.get("method", {}).get("measure", ""))
    parts = [_first(usual, top).assign(measure=measure, choice=HEADLINE, option=HEADLINE, is_headline=True)]
    for (choice, option), part in card[~card["is_headline"]].groupby(["choice", "option"], sort=False):
        changed = usual.copy()
        changed.loc[part["item"], ORDERED] = part.set_index("item")[ORDERED]
        if not changed["estimate"].equals(usual["estimate"]):
            first = _first(changed, top)
            parts.append(first.assign(measure=measure, choice=str(choice), option=str(option), is_headline=False))
    return [part[["measure", "choice", "option", "is_headline", "place", "item", *ORDERED]] for part in parts]


def _first(table: pd.DataFrame, top: int) -> pd.DataFrame:
    first = table.sort_values("estimate", ascending=False, kind="stable").head(top).reset_index()
    return first.assign(place=np.arange(top) + 1)
