"""What a page says of each passage that it shows, in a form that a build can read back, and the check over pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape, unescape

import pandas as pd

from digiskills.codebook import LANGUAGES
from digiskills.errors import ReleaseError

_COLUMNS = ("passage", *(f"attribution_{language}" for language in LANGUAGES))
_NAMES = ("passage", *LANGUAGES)
# Whatever makes the page may change the order of attributes, and the quotation marks where a value holds some.
_ELEMENT = re.compile(r"<[^<>]*\sdata-passage=[^<>]*>")
_VALUES = [re.compile(rf"""\sdata-{name}=("[^"]*"|'[^']*')""") for name in _NAMES]


def marks(row: Mapping[str, object] | pd.Series) -> str:
    """Return the attributes of an HTML element that shows a passage.

    Parameters
    ----------
    row : mapping
        With passage, and attribution_en, attribution_fr: its words in both languages, empty where none is shown.

    Returns
    -------
    str
        With a space before it. Every page that shows a passage carries them.
    """
    values = (escape(str(row[column])) for column in _COLUMNS)
    return "".join(f' data-{name}="{value}"' for name, value in zip(_NAMES, values, strict=True))


def shown(page: str) -> pd.DataFrame:
    """Return the passages that a page shows.

    Parameters
    ----------
    page : str
        HTML.

    Returns
    -------
    pandas.DataFrame
        One row per passage: passage, attribution_en, attribution_fr.
    """
    rows = [
        tuple(unescape(found[1][1:-1]) if (found := value.search(element)) else "" for value in _VALUES)
        for element in _ELEMENT.findall(page)
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS), dtype="str")


def two_attributions(frames: Iterable[pd.DataFrame]) -> list[str]:
    """Return the passages that stand under two attributions.

    Parameters
    ----------
    frames : iterable of pandas.DataFrame
        The frames of `ReleasedPassages` that a build publishes, or of `shown`.

    Returns
    -------
    list of str
        Each once, in the order in which they were met.
    """
    told: dict[str, tuple[str, ...]] = {}
    twice = []
    for frame in frames:
        for passage, *said in frame[list(_COLUMNS)].itertuples(index=False):
            own = tuple(map(str, said))
            twice += [str(passage)] if told.setdefault(str(passage), own) != own else []
    return list(dict.fromkeys(twice))


def refuse_two_attributions(frames: Iterable[pd.DataFrame]) -> None:
    """Refuse released passages of one build if a passage stands under two attributions.

    Parameters
    ----------
    frames : iterable of pandas.DataFrame
        As in `two_attributions`.

    Raises
    ------
    ReleaseError
        With the passages that have two.
    """
    twice = two_attributions(frames)
    if twice:
        named = ", ".join(twice)
        raise ReleaseError(f"passages under two attributions, of which one tells the other: {named}; release them once")
