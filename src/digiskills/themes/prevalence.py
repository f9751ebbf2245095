"""In how many segments and paragraphs a theme stands, and how strongly it is put."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.errors import UsageError, nearest
from digiskills.focus_groups import CONSENSUS, PARTICIPANTS, FocusGroups
from digiskills.themes.incidence import Incidence, incidence

STRESSED = 2
"""From this intensity on (0 none, 1 mentioned, 2 stressed, 3 called the main one) a segment stresses its point."""
KINDS = ("code", "family")


def prevalence(
    groups: FocusGroups,
    by: Sequence[str] = (),
    scope: str = PARTICIPANTS,
    coder: str = CONSENSUS,
    of: str = "code",
) -> pd.DataFrame:
    """Return in how many segments and paragraphs each code stands.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of a study.
    by : sequence of str
        What the segments are broken down by: ``stance``, ``speaker_level``, ``about_level``, ``org_size``,
        ``org_role``, ``speech``, ``document``.
    scope : str
        ``participants`` (segments that relay focus-group participants) or a document; by ``document`` also ``all``
        and ``others`` (documents that relay no participant). Documents are never pooled.
    coder : str
        Whose codings and ratings count.
    of : str
        ``code``, or ``family``: a segment with two codes of a family counts once.

    Returns
    -------
    pandas.DataFrame
        One row per code (or family) and each combination of `by` that some segment has, zeros included:
        [code], family, <by>, segments, base_segments, paragraphs, base_paragraphs. Codes in the order of
        ``codes.csv``, values in the order of ``descriptors.csv``.

    Raises
    ------
    UsageError
        If a name is not known, or documents would be pooled.

    Notes
    -----
    A segment is the unit of coding, which readers are told of as a passage; a paragraph is the segments of one
    document with the same paragraph number, of which only those in the scope count. Segments of several groups
    may share a paragraph, so paragraphs of groups do not add up. Authors chose what they relay: counts describe
    the documents, so there is no interval and no test.
    """
    units, found = _of_units(groups, by, scope, coder, of)
    return counts(units, found)


def intensity(
    groups: FocusGroups,
    by: Sequence[str] = (),
    scope: str = PARTICIPANTS,
    coder: str = CONSENSUS,
    of: str = "code",
) -> pd.DataFrame:
    """Return how strongly each code is put.

    Parameters
    ----------
    groups, by, scope, coder, of
        As in `prevalence`.

    Returns
    -------
    pandas.DataFrame
        One row per code (or family) and combination of `by`: [code], family, <by>, segments, stressed (of these
        segments, those with an intensity of 2 or 3), paragraphs, segments_per_paragraph (null where no paragraph
        carries the code).

    Raises
    ------
    UsageError
        As in `prevalence`.

    Notes
    -----
    Two readings, neither of which is an average of ranks. The coder rates a whole segment, so with several codes
    each has the rating of its segment. Segments per paragraph say how long the report stays with a theme once it is
    raised: 1 where it never comes back to it within a paragraph.
    """
    units, found = _of_units(groups, by, scope, coder, of)
    return strengths(units, found)


def bases(
    groups: FocusGroups, by: Sequence[str] = (), scope: str = PARTICIPANTS, coder: str = CONSENSUS
) -> pd.DataFrame:
    """Return how many segments and paragraphs there are, coded or not.

    Parameters
    ----------
    groups, by, scope, coder
        As in `prevalence`.

    Returns
    -------
    pandas.DataFrame
        One row per combination of `by` that some segment has: <by>, base_segments, base_paragraphs.

    Raises
    ------
    UsageError
        As in `prevalence`.
    """
    return incidence(groups, [], by, scope, coder).bases


def units_of(groups: FocusGroups, of: str) -> tuple[pd.DataFrame, list[list[str]]]:
    """Return what is counted, one row each, and the codes of each.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of a study.
    of : str
        ``code`` or ``family``.

    Returns
    -------
    tuple of pandas.DataFrame and list of list of str
        Codes with their family, or families, in the order of ``codes.csv``.

    Raises
    ------
    UsageError
        If `of` is neither.
    """
    if of not in KINDS:
        raise UsageError(f"there is no unit ‘{of}’: {nearest(of, KINDS)}")
    codes = groups.codes[["code", "family"]]
    if of == "code":
        return codes.reset_index(drop=True), [[code] for code in codes["code"]]
    families = codes[["family"]].drop_duplicates(ignore_index=True)
    return families, [list(codes.loc[codes["family"] == family, "code"]) for family in families["family"]]


def counts(units: pd.DataFrame, found: Incidence) -> pd.DataFrame:
    """Return the counts of `prevalence`.

    Parameters
    ----------
    units : pandas.DataFrame
        One row per theme: what it is called.
    found : Incidence
        Of these themes.

    Returns
    -------
    pandas.DataFrame
        The columns of `units`, the breakdowns, segments, base_segments, paragraphs, base_paragraphs.
    """
    names = [str(name) for name in found.bases if not str(name).startswith("base_")]
    rows = units.merge(found.bases, how="cross").assign(
        segments=found.segments_with().ravel(), paragraphs=found.paragraphs_with().ravel()
    )
    return rows[[*units.columns, *names, "segments", "base_segments", "paragraphs", "base_paragraphs"]]


def strengths(units: pd.DataFrame, found: Incidence) -> pd.DataFrame:
    """Return the table of `intensity`.

    Parameters
    ----------
    units : pandas.DataFrame
        One row per theme: what it is called.
    found : Incidence
        Of these themes.

    Returns
    -------
    pandas.DataFrame
        The columns of `units`, the breakdowns, segments, stressed, paragraphs, segments_per_paragraph.
    """
    stressed = found.segments_with(found.segments["intensity"].ge(STRESSED).to_numpy())
    rows = counts(units, found).drop(columns=["base_segments", "base_paragraphs"])
    rows.insert(list(rows).index("segments") + 1, "stressed", stressed.ravel())
    raised = rows["paragraphs"].where(rows["paragraphs"].gt(0), np.nan)
    return rows.assign(segments_per_paragraph=rows["segments"] / raised)


def _of_units(
    groups: FocusGroups, by: Sequence[str], scope: str, coder: str, of: str
) -> tuple[pd.DataFrame, Incidence]:
    units, codes = units_of(groups, of)
    return units, incidence(groups, codes, by, scope, coder)
