"""Where selected passages begin and end in a text: programs count characters differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

STANDARD, MARKED = "code points", " after the byte order mark"
_ASTRAL = 0xFFFF  # characters above it are two units of UTF-16
_RETURN, _LINE = ord("\r"), ord("\n")
_SHORTEST_QUOTE = 4
_FEWEST = 3
_BEYOND = -1


@dataclass(frozen=True)
class Placed:
    """Positions as places in the text.

    Parameters
    ----------
    counting : str
        How the program counted.
    start, end : numpy.ndarray
        Index of the first character and of the one after the last; -1 where the text is shorter.
    """

    counting: str
    start: np.ndarray
    end: np.ndarray


def placed(text: str, marked: bool, start: np.ndarray, end: np.ndarray, quotes: Sequence[str]) -> Placed:
    """Return where passages are in a text.

    Parameters
    ----------
    text : str
        Without byte order mark.
    marked : bool
        Whether its file began with one.
    start, end : numpy.ndarray
        Positions as written.
    quotes : sequence of str
        Names of the passages; many programs name a passage by its first words.

    Returns
    -------
    Placed
        Counted as the standard says (Unicode code points from 0), unless another way of counting puts more
        passages where their names are found, or a quarter of them (three at least) more between whole words.
    """
    found: list[tuple[tuple[int, int], Placed]] = []
    for name, widths in _countings(text):
        for mark in (0, 1) if marked else (0,):
            one = _placed(name + MARKED * mark, widths, mark, start, end)
            found.append(((_quoted(text, one, quotes), _whole(text, one)), one))
    (quoted, whole), standard = found[0]
    best, other = max(found, key=lambda scored: scored[0])
    clearly = best[0] > quoted or best[1] - whole >= max(_FEWEST, len(start) / 4)
    return other if clearly else standard


def _countings(text: str) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the ways of counting that differ for this text: name and width of each character."""
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    one = np.ones(len(letters), dtype=np.int8)
    returns, lines = letters == _RETURN, letters == _LINE
    pairs = returns & np.append(lines[1:], False)[: len(letters)]
    bare = lines & ~np.insert(returns, 0, False)[:-1]
    yield STANDARD, one
    if (letters > _ASTRAL).any():
        yield "UTF-16 units", one + (letters > _ASTRAL)
    if pairs.any():
        yield "line ends as one character", one - pairs
    if bare.any():
        yield "line ends as two characters", one + bare


def _placed(counting: str, widths: np.ndarray, mark: int, start: np.ndarray, end: np.ndarray) -> Placed:
    begins = np.zeros(len(widths) + 1, dtype=np.int32)
    np.cumsum(widths, out=begins[1:])
    begins += mark
    places = [
        np.where(given <= begins[-1], np.searchsorted(begins, given, side="left"), _BEYOND) for given in (start, end)
    ]
    return Placed(counting, *places)


def _quoted(text: str, placed: Placed, quotes: Sequence[str]) -> int:
    """Return how many passages begin with the words that name them."""
    found = 0
    for start, end, quote in zip(placed.start.tolist(), placed.end.tolist(), quotes, strict=True):
        words = " ".join(quote.removesuffix("…").removesuffix("...").split())
        if len(words) >= _SHORTEST_QUOTE and 0 <= start < end:
            selected = text[start : min(end, start + 2 * len(quote))]
            found += " ".join(selected.split()).startswith(words)
    return found


def _whole(text: str, placed: Placed) -> int:
    """Return how many passages begin and end with a whole word."""
    found = 0
    for start, end in zip(placed.start.tolist(), placed.end.tolist(), strict=True):
        if 0 <= start < end:
            before, first, last, after = text[start - 1 : start], text[start], text[end - 1], text[end : end + 1]
            cut = (before.isalnum() and first.isalnum()) or (last.isalnum() and after.isalnum())
            found += not cut and not first.isspace() and not last.isspace()
    return found
