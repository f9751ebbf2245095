"""Which segments and paragraphs carry which themes: the table that all counts are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest
from digiskills.focus_groups import BREAKDOWNS, EVERYTHING, FocusGroups

OTHERS = "others"
UNITS = ("segment", "paragraph")


@dataclass(frozen=True)
class Incidence:
    """Themes of the segments that are counted; each theme stands once in a segment.

    Parameters
    ----------
    segments : pandas.DataFrame
        One row per segment counted: document, intensity, breakdowns as ordered categories, and numbers:
        `unit` of its paragraph (the same paragraph number in one document) and `group` of its breakdown.
    bases : pandas.DataFrame
        One row per group that some segment has: its values, base_segments, base_paragraphs.
    row, theme : ndarray of int
        One entry per segment and theme: row of `segments`, number of the theme.
    themes : int
        How many themes there are.
    """

    segments: pd.DataFrame
    bases: pd.DataFrame
    row: np.ndarray
    theme: np.ndarray
    themes: int

    def segments_with(self, kept: np.ndarray | None = None) -> np.ndarray:
        """Return in how many segments of each group a theme stands.

        Parameters
        ----------
        kept : ndarray of bool, optional
            Rows of `segments` that count; all by default.

        Returns
        -------
        ndarray of int, themes x groups
            A segment counts once per theme.
        """
        here = np.ones(len(self.row), dtype=bool) if kept is None else kept[self.row]
        return self._counted(self.theme[here], self._groups[self.row[here]])

    def paragraphs_with(self) -> np.ndarray:
        """Return in how many paragraphs of each group a theme stands.

        Returns
        -------
        ndarray of int, themes x groups
            A paragraph counts in a group where a segment of that group carries the theme.
        """
        group, paragraph = self._groups[self.row], self.segments["unit"].to_numpy()[self.row]
        number = len(self.segments)
        once = pd.unique((self.theme * len(self.bases) + group) * number + paragraph) // max(number, 1)
        return self._counted(once // len(self.bases), once % len(self.bases))

    @property
    def _groups(self) -> np.ndarray:
        return self.segments["group"].to_numpy()

    def _counted(self, theme: np.ndarray, group: np.ndarray) -> np.ndarray:
        size = len(self.bases)
        return np.bincount(theme * size + group, minlength=self.themes * size).reshape(self.themes, size)


def incidence(
    groups: FocusGroups, themes: Sequence[Sequence[str]], by: Sequence[str], scope: str, coder: str
) -> Incidence:
    """Return which segments carry which themes.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of a study.
    themes : sequence of sequences of str
        The codes of each theme.
    by : sequence of str
        Breakdowns, as in `prevalence`.
    scope : str
        ``participants``, a document, or, by ``document`` alone, ``all`` or ``others``.
    coder : str
        Whose codings and ratings count.

    Returns
    -------
    Incidence
        Of the segments in the scope that the coder rated.

    Raises
    ------
    UsageError
        If a name is not known, or documents would be pooled.
    """
    _refuse_unknown(by)
    segments = _segments(groups, by, scope, coder)
    segments, bases = _grouped(segments, by)
    row, theme = _carried(groups, themes, segments["segment_id"], coder)
    return Incidence(segments, bases, row, theme, len(themes))


def _segments(groups: FocusGroups, by: Sequence[str], scope: str, coder: str) -> pd.DataFrame:
    if scope in (EVERYTHING, OTHERS) and "document" not in by:
        raise UsageError("documents are never pooled: count by document, or give one document as the scope")
    found = groups.passages(EVERYTHING if scope == OTHERS else scope, coder)
    if scope == OTHERS:
        relaying = groups.segments.loc[groups.segments["participants"], "document"].unique()
        found = found[~found["document"].isin(relaying)]
    return found.assign(**{name: pd.Categorical(found[name], groups.values(name)) for name in by})


def _grouped(segments: pd.DataFrame, by: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the segments numbered by paragraph and group, and the size of each group."""
    numbered = segments.assign(unit=segments.groupby(["document", "paragraph"], sort=False).ngroup(), group=0)
    if not by:
        whole = {"base_segments": [len(segments)], "base_paragraphs": [numbered["unit"].nunique()]}
        return numbered.reset_index(drop=True), pd.DataFrame(whole)
    parted = numbered.groupby(list(by), observed=True)
    bases = parted.agg(base_segments=("unit", "size"), base_paragraphs=("unit", "nunique")).reset_index()
    return numbered.assign(group=parted.ngroup()).reset_index(drop=True), bases


def _carried(
    groups: FocusGroups, themes: Sequence[Sequence[str]], segment_ids: pd.Series, coder: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of segments and the numbers of the themes that they carry, each pair once."""
    codings = groups.codings[groups.codings["coder"] == coder]
    row = pd.Index(segment_ids).get_indexer(pd.Index(codings["segment_id"]))
    known = pd.Index(groups.codes["code"])
    given = known.get_indexer(pd.Index(codings["code"]))
    carried = np.zeros((len(segment_ids), len(themes)), dtype=bool)
    for number, codes in enumerate(themes):
        of_theme = np.zeros(len(known) + 1, dtype=bool)  # the last stands for codes that are not in the codebook
        of_theme[known.get_indexer(pd.Index(codes))] = True
        of_theme[-1] = False
        carried[row[of_theme[given] & (row >= 0)], number] = True
    found = np.nonzero(carried)
    return found[0], found[1]


def _refuse_unknown(by: Sequence[str]) -> None:
    for name in by:
        if name not in BREAKDOWNS:
            raise UsageError(f"there is no breakdown ‘{name}’: {nearest(name, BREAKDOWNS)}")
