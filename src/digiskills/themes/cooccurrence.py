"""Which themes stand together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from digiskills.errors import UsageError, nearest
from digiskills.focus_groups import CONSENSUS, EVERYTHING, PARTICIPANTS, FocusGroups
from digiskills.themes.incidence import OTHERS, UNITS, Incidence, incidence
from digiskills.themes.prevalence import units_of


def cooccurrence(
    groups: FocusGroups,
    families: Sequence[str] = (),
    scope: str = PARTICIPANTS,
    coder: str = CONSENSUS,
    within: str = "segment",
) -> pd.DataFrame:
    """Return in how many segments or paragraphs two codes stand together.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of a study.
    families : sequence of str
        Families of codes to keep; all where none is given.
    scope : str
        ``participants`` or a document; documents are never pooled.
    coder : str
        Whose codings count.
    within : {"segment", "paragraph"}
        Where two codes count as standing together.

    Returns
    -------
    pandas.DataFrame
        One row per pair of codes, those that never meet included: code, other (the later in ``codes.csv``), n
        (units with both), n_code, n_other (units with each), base (units counted), jaccard (null where neither
        code occurs).

    Raises
    ------
    UsageError
        If a name is not known, or documents would be pooled.

    Notes
    -----
    Jaccard: n / (n_code + n_other - n), from 0 (never together) to 1 (never apart). Jaccard (1912), New Phytologist
    11, 37-50. With rare codes a single segment moves it far: read it beside the counts.
    """
    if within not in UNITS:
        raise UsageError(f"within: codes do not meet in a ‘{within}’; {nearest(within, UNITS)}")
    if scope in (EVERYTHING, OTHERS):
        raise UsageError("documents are never pooled: give ‘participants’ or one document as the scope")
    codes = _codes(groups, families)
    found = incidence(groups, [[code] for code in codes], (), scope, coder)
    together, base = _together(found, within)
    first, second = np.triu_indices(len(codes), k=1)
    alone, both = together.diagonal(), together[first, second]
    either = alone[first] + alone[second] - both
    frame = pd.DataFrame(
        {
            "code": codes[first],
            "other": codes[second],
            "n": both,
            "n_code": alone[first],
            "n_other": alone[second],
            "base": base,
            "jaccard": both / np.where(either > 0, either, np.nan),
        }
    )
    frame.attrs["method"] = {"within": within, "scope": scope, "coder": coder, "interval": "none"}
    return frame


def network(pairs: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """Return the pairs of codes that stand together often enough to be joined by a line.

    Parameters
    ----------
    pairs : pandas.DataFrame
        From `cooccurrence`.
    fewest : int
        Units that two codes must share, 1 or more.

    Returns
    -------
    pandas.DataFrame
        One row per edge, in the order of `pairs`, with the same columns; the threshold stands in
        ``attrs["method"]["fewest"]``.

    Raises
    ------
    UsageError
        If `fewest` is below 1, which would join everything.
    """
    if fewest < 1:
        raise UsageError(f"fewest: {fewest} given; codes that never meet are not joined, so give 1 or more")
    edges = pairs[pairs["n"] >= fewest].reset_index(drop=True)
    edges.attrs["method"] = {**pairs.attrs.get("method", {}), "fewest": fewest}
    return edges


def _codes(groups: FocusGroups, families: Sequence[str]) -> np.ndarray:
    units, _ = units_of(groups, "code")
    known = list(dict.fromkeys(units["family"]))
    for family in families:
        if family not in known:
            raise UsageError(f"there is no family ‘{family}’: {nearest(family, known)}")
    kept = units[units["family"].isin(families)] if families else units
    return np.array(kept["code"], dtype=object)


def _together(found: Incidence, within: str) -> tuple[np.ndarray, int]:
    """Return how many units two themes share, on the diagonal how many have the theme, and the units counted."""
    unit = found.segments["unit"].to_numpy()[found.row] if within == "paragraph" else found.row
    shape = (len(found.segments), found.themes)
    carried = sparse.coo_array((np.ones(len(unit), dtype=np.int64), (unit, found.theme)), shape=shape).tocsr()
    carried.data[:] = 1  # a paragraph that carries a theme in two segments carries it once
    base = found.bases["base_segments" if within == "segment" else "base_paragraphs"]
    return (carried.T @ carried).toarray(), int(base.iloc[0])
