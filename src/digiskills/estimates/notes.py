"""Notes that go with an estimate: why it has no interval, or why its interval is to be read with care."""

from __future__ import annotations

import numpy as np
import pandas as pd

from digiskills.estimates.degrees_of_freedom import LOW_DF

NO_INTERVAL, NO_VARIANCE, LONELY, FEW_DF, WIDE = "no_interval", "no_variance", "lonely", "few_df", "wide"
NOTES = (NO_INTERVAL, NO_VARIANCE, LONELY, FEW_DF, WIDE)
"""From the gravest on; a row has one of them, or none."""
LONELY_SHARE = 0.2
"""Part of a domain's weight that lonely clusters may hold without a note.

A cluster that holds a share p of the weight pulls the estimate towards itself: its distance looks 1 - p times as large
as it is.
"""


WIDE_ERROR = 1.1
"""How many times too large an error may be without a note: 95 % intervals then hold the truth in 97 of 100 samples."""


def notes(
    n: np.ndarray,
    se: np.ndarray,
    df: np.ndarray,
    alone: np.ndarray | float = 0.0,
    excess: np.ndarray | float = 1.0,
) -> np.ndarray:
    """One word for each estimate, or none.

    Parameters
    ----------
    n : ndarray
        Answers (unweighted).
    se : ndarray
        Standard errors.
    df : ndarray
        Degrees of freedom.
    alone : ndarray or float
        Share of the domain's weight in strata with one sampled cluster of several.
    excess : ndarray or float
        Standard error over what it would be if people were counted as drawn with their own chance.

    Returns
    -------
    ndarray of str
        ``no_interval`` where there are answers and no degrees of freedom or no standard error; ``no_variance``
        where the standard error is 0; ``lonely`` where `alone` is above `LONELY_SHARE`; ``few_df`` where there
        are fewer than `LOW_DF` degrees of freedom; ``wide`` where `excess` is above `WIDE_ERROR`; else, and
        without answers, empty.
    """
    n, se, df = (np.asarray(part, dtype=float) for part in (n, se, df))
    conditions = [
        n == 0,
        np.isnan(se) | ~(df > 0),
        se == 0,
        np.broadcast_to(alone > LONELY_SHARE, n.shape),
        df < LOW_DF,
        np.broadcast_to(excess > WIDE_ERROR, n.shape),
    ]
    return np.select(conditions, ["", *NOTES], default="").astype(object)


def with_notes(frame: pd.DataFrame, alone: np.ndarray | float = 0.0) -> pd.DataFrame:
    """Return a frame of estimates with its column ``note``.

    Parameters
    ----------
    frame : DataFrame
        One row per estimate: n, se, df.
    alone : ndarray, one per row, or float
        As for `notes`.

    Returns
    -------
    DataFrame
        The frame with ``note`` as its last column.
    """
    n, se, df = (frame[name].to_numpy(dtype=float) for name in ("n", "se", "df"))
    return frame.assign(note=notes(n, se, df, alone))


def with_own_notes(frame: pd.DataFrame) -> pd.DataFrame:
    """Return estimates whose numbers were made anew from others, with the notes that these numbers deserve.

    Parameters
    ----------
    frame : DataFrame
        One row per estimate: n, se, df; its column ``note``, if there is one, is that of what they were made from.

    Returns
    -------
    DataFrame
        The frame, its ``note`` in its place: ``lonely`` stays, since what was lonely before is so still.
    """
    own = notes(*(frame[name].to_numpy(dtype=float) for name in ("n", "se", "df")))
    if "note" in frame:
        own = gravest([np.where(frame["note"] == LONELY, LONELY, ""), own])
    return frame.assign(note=own)


def gravest(joined: list[np.ndarray]) -> np.ndarray:
    """Return the gravest note of several estimates that make one, empty where none has any.

    Parameters
    ----------
    joined : list of ndarray of str
        Notes of the estimates, one array per estimate.

    Returns
    -------
    ndarray of str
        One note each.
    """
    order = [*NOTES, ""]
    known = {word: place for place, word in enumerate(order)}
    place = np.minimum.reduce([np.array([known[word] for word in part], dtype=int) for part in joined])
    return np.asarray(order, dtype=object)[place]
