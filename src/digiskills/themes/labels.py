"""The words of codes beside their counts."""

from __future__ import annotations

import pandas as pd

from digiskills.codebook import LANGUAGES
from digiskills.focus_groups import FocusGroups


def labelled(frame: pd.DataFrame, groups: FocusGroups) -> pd.DataFrame:
    """Return a table of themes with the words of its codes in both languages.

    Parameters
    ----------
    frame : pandas.DataFrame
        With the column ``code``, ``family`` or ``barrier``, and ``other`` where rows are pairs of codes.
    groups : FocusGroups
        The coded passages, for ``codes.csv`` and the frameworks.

    Returns
    -------
    pandas.DataFrame
        With the columns ``label_en``, ``label_fr`` and, of pairs, ``other_en``, ``other_fr`` added.
    """
    about = next((name for name in ("code", "barrier", "family") if name in frame), None)
    named = {"label": about, "other": "other"}
    added = {
        f"{prefix}_{language}": frame[column].map(_labels(groups, column, frame[column], language))
        for prefix, column in named.items()
        if column is not None and column in frame
        for language in LANGUAGES
    }
    shown = frame.assign(**added)
    shown.attrs = dict(frame.attrs)
    return shown


def _labels(groups: FocusGroups, column: str, values: pd.Series, language: str) -> dict[str, str]:
    known = dict.fromkeys(map(str, values))
    if column == "barrier":
        return {value: groups.frameworks.label("barriers", value, language) for value in known}
    field = "family" if column == "family" else "code"
    return {value: groups.label(field, value, language) for value in known}
