"""What the other choices amount to: their range beside the sampling error, and the order of the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    method = dict(card.attrs.get("method", {}))
    bare = pd.DataFrame(counted)
    bare.attrs = {}  # else each slice would copy the method
    rows = [_summed(cell) for _, cell in bare.groupby(cells, sort=False, observed=True)]
    found = pd.DataFrame(rows).reset_index(drop=True)[[*cells, *SUMMED]]
    found.attrs["method"] = method | {"range": f"lowest to highest; choices: {among}"}
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
    row = cell.iloc[int(cell["is_headline"].to_numpy(dtype=bool).argmax())]
    usual = {str(name): value for name, value in row.items()}
    estimates = cell["estimate"].to_numpy(dtype=float)
    moved = np.nan_to_num(np.abs(estimates - usual["estimate"]))
    farthest = cell.iloc[int(moved.argmax())] if moved.max() > 0 else None
    known = estimates[np.isfinite(estimates)]
    lowest, highest = (known.min(), known.max()) if len(known) else (np.nan, np.nan)
    width = usual["high"] - usual["low"]
    return {
        **usual,
        "lowest": lowest,
        "highest": highest,
        "ratio": (highest - lowest) / width if width > 0 else np.nan,
        "farthest_choice": "" if farthest is None else farthest["choice"],
        "farthest_option": "" if farthest is None else farthest["option"],
        "inside": bool(((estimates >= usual["low"]) & (estimates <= usual["high"])).all()),
    }


def _orders(card: pd.DataFrame, top: int) -> list[pd.DataFrame]:
    """The first items of the headline and under each option that moves an estimate."""
    by, items = _by(card), list(dict.fromkeys(card["item"]))
    if by:
        raise UsageError(f"cards: give a card without a breakdown; this one has {', '.join(by)}")
    if len(items) < top:
        raise UsageError(f"cards: {len(items)} items have no first {top}")
    measure = str(card.attrs.get("method", {}).get("measure", ""))
    place = pd.Index(items).get_indexer(card["item"])
    numbers = {name: card[name].to_numpy() for name in ORDERED}
    first = card["is_headline"].to_numpy(dtype=bool)
    rows = np.flatnonzero(first)[::-1]
    usual = np.zeros(len(items), dtype=int)
    usual[place[rows]] = rows  # of several headlines of an item the first
    said = zip(card["choice"].astype(str), card["option"].astype(str), strict=True)
    options: dict[tuple[str, str], list[int]] = {}
    for row, words in enumerate(said):
        if not first[row]:
            options.setdefault(words, []).append(row)
    parts = [_first(numbers, usual, items, top, (measure, HEADLINE, HEADLINE, True))]
    for (choice, option), changed in options.items():
        of_item = usual.copy()
        of_item[place[changed]] = changed
        if not np.array_equal(numbers["estimate"][of_item], numbers["estimate"][usual], equal_nan=True):
            parts.append(_first(numbers, of_item, items, top, (measure, choice, option, False)))
    return parts


def _first(
    numbers: Mapping[str, np.ndarray],
    of_item: np.ndarray,
    items: Sequence[str],
    top: int,
    words: tuple[str, str, str, bool],
) -> pd.DataFrame:
    """The items with the greatest estimates; without one last, and equal ones as they stand."""
    order = np.argsort(-numbers["estimate"][of_item].astype(float), kind="stable")[:top]
    labels = dict(zip(("measure", "choice", "option", "is_headline"), words, strict=True))
    found = {"place": np.arange(top) + 1, "item": [items[at] for at in order]}
    return pd.DataFrame(labels | found | {name: values[of_item[order]] for name, values in numbers.items()})
