"""What groups of speakers say apart and together."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from digiskills.errors import UsageError, nearest
from digiskills.focus_groups import CONSENSUS, PARTICIPANTS, FocusGroups
from digiskills.themes.prevalence import prevalence

SPEAKER = "speaker_level"
JOINED = ";"
_NO_GROUP = ("mixed", "none", "not_stated", "unspecified")  # several levels, nobody, or not known


def apart_and_together(
    groups: FocusGroups,
    among: Sequence[str] = (),
    scope: str = PARTICIPANTS,
    coder: str = CONSENSUS,
    of: str = "code",
) -> pd.DataFrame:
    """Return in how many passages of each group of speakers a code stands, and which groups share it.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of a study.
    among : sequence of str
        Levels of speakers to set side by side, in this order; by default all that speak alone (not ``mixed``,
        ``none``, ``not_stated`` or ``unspecified``), in the order of ``descriptors.csv``.
    scope, coder, of
        As in `prevalence`.

    Returns
    -------
    pandas.DataFrame
        One row per code and level, zeros included: [code], family, speaker_level, segments, base_segments,
        paragraphs, base_paragraphs, said_by (levels with a segment of the code, joined by semicolons; empty for none)
        and speakers (how many they are).

    Raises
    ------
    UsageError
        If a level relays nothing in the scope, or as in `prevalence`.

    Notes
    -----
    A level with few passages leaves out codes for want of room: read `said_by` beside the bases.
    """
    found = prevalence(groups, [SPEAKER], scope, coder, of)
    present = [str(level) for level in found[SPEAKER].cat.categories if level in set(found[SPEAKER])]
    levels = list(among) or [level for level in present if level not in _NO_GROUP]
    for level in levels:
        if level not in present:
            raise UsageError(f"among: no passage relays ‘{level}’: {nearest(level, present)}")
    kept = _of_levels(found, levels, of)
    saying = kept[kept["segments"] > 0].groupby(of, sort=False)[SPEAKER]
    said = {code: JOINED.join(map(str, each)) for code, each in saying}
    said_by = pd.Series([said.get(code, "") for code in kept[of]], index=kept.index, dtype="str")
    speakers = said_by.str.count(JOINED) + said_by.ne("")
    return kept.assign(said_by=said_by, speakers=speakers.astype(int)).reset_index(drop=True)


def _of_levels(found: pd.DataFrame, levels: list[str], of: str) -> pd.DataFrame:
    """Return the rows of some levels, in their order within each code."""
    kept = found[found[SPEAKER].isin(levels)]
    kept = kept.assign(
        **{SPEAKER: pd.Categorical(kept[SPEAKER].astype(str), levels)}, place=kept[of].ne(kept[of].shift()).cumsum()
    )
    return kept.sort_values(["place", SPEAKER], kind="stable").drop(columns="place")


def speaker_sets(apart: pd.DataFrame) -> pd.DataFrame:
    """Return which codes are said by which set of speakers.

    Parameters
    ----------
    apart : pandas.DataFrame
        From `apart_and_together`.

    Returns
    -------
    pandas.DataFrame
        One row per set of levels that shares a code and no other level says it, the largest first; the codes that none
        of them says last: said_by, speakers, base_segments (passages of these levels together), codes (how many),
        which (codes joined by semicolons), segments (of these levels with such a code; a passage with two counts
        twice).
    """
    of = "code" if "code" in apart else "family"
    level_bases = apart.drop_duplicates(SPEAKER).set_index(SPEAKER)["base_segments"]
    order, rows = list(apart[SPEAKER].cat.categories), []
    for said_by, part in apart.groupby("said_by", sort=False):
        named = list(dict.fromkeys(part[of]))
        levels = [order.index(level) for level in str(said_by).split(JOINED) if level]
        base = sum(int(level_bases[order[level]]) for level in levels)
        row = (str(said_by), len(levels), base, len(named), JOINED.join(named), int(part["segments"].sum()))
        rows.append((-len(levels), levels, row))
    columns = ["said_by", "speakers", "base_segments", "codes", "which", "segments"]
    return pd.DataFrame([row for *_, row in sorted(rows)], columns=columns)
