"""Whether later sessions still bring new themes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import gammaln

from digiskills.errors import UsageError
from digiskills.focus_groups import CONSENSUS, PARTICIPANTS, FocusGroups
from digiskills.themes.incidence import incidence
from digiskills.themes.prevalence import units_of

SESSION = "session"
ABSENT = {
    "en": "The passages are not tied to sessions, so it cannot be shown when the sessions stopped bringing new themes.",
    "fr": "Les passages ne sont rattachés à aucune séance; on ne peut donc pas montrer à partir de quand les séances "
    "n’apportaient plus de thèmes nouveaux.",
}


def why_no_saturation(groups: FocusGroups, language: str) -> str:
    """Return the sentence that stands where a study whose passages carry no session would show saturation.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of a study.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        A sentence; empty where ``segments.csv`` has a column ``session`` with something in it.
    """
    return "" if _has_sessions(groups.segments) else ABSENT[language]


def saturation(
    groups: FocusGroups, scope: str = PARTICIPANTS, coder: str = CONSENSUS, of: str = "code"
) -> pd.DataFrame:
    """Return how many codes each session brought that no session before it had.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of a study, with a column ``session`` in ``segments.csv``.
    scope : str
        ``participants`` or a document.
    coder : str
        Whose codings count.
    of : str
        ``code`` or ``family``.

    Returns
    -------
    pandas.DataFrame
        One row per session, in the order in which sessions first stand in ``segments.csv``: session, place (from
        1), segments, codes (in this session), new (in none before), n (in this one and all before), expected (what n
        would be on average over all orders of the sessions). Segments without a session are left out; their number
        stands in ``attrs["method"]["left_out"]``.

    Raises
    ------
    UsageError
        If no segment carries a session; `why_no_saturation` says so for the reader.

    Notes
    -----
    The observed curve depends on the order of sessions, the expected one does not: with S sessions, s_c of which
    have code c, expected(k) = sum over codes of 1 - C(S - s_c, k) / C(S, k). Colwell, Mao and Chang (2004), Ecology
    85, 2717-2727 (sample-based rarefaction). A flat end says that these sessions repeat each other under this
    codebook, not that nothing else could be said.
    """
    if not _has_sessions(groups.segments):
        raise UsageError(ABSENT["en"] + " Give segments.csv a column ‘session’")
    _, codes = units_of(groups, of)
    found = incidence(groups, codes, (), scope, coder)
    session = found.segments[SESSION]
    names = list(dict.fromkeys(name for name in session if name))
    number = pd.Index(names).get_indexer(pd.Index(session))
    has = np.zeros((len(names) + 1, len(codes)), dtype=bool)
    has[number[found.row], found.theme] = True  # those without a session are in the last row
    has = has[:-1]
    seen = np.logical_or.accumulate(has, axis=0).sum(axis=1)
    frame = pd.DataFrame(
        {
            SESSION: names,
            "place": np.arange(1, len(names) + 1),
            "segments": np.bincount(number[number >= 0], minlength=len(names)),
            "codes": has.sum(axis=1),
            "new": np.diff(seen, prepend=0),
            "n": seen,
            "expected": _expected(has.sum(axis=0), len(names)),
        }
    )
    frame.attrs["method"] = {"scope": scope, "coder": coder, "left_out": int((number < 0).sum()), "interval": "none"}
    return frame


def _has_sessions(segments: pd.DataFrame) -> bool:
    return SESSION in segments and bool(segments[SESSION].ne("").any())


def _expected(sessions_with: np.ndarray, sessions: int) -> np.ndarray:
    """Return the codes expected in the first 1, 2, … sessions of a random order."""
    taken = np.arange(1, sessions + 1)[:, None]
    without = (sessions - sessions_with)[None, :]
    left = np.maximum(without - taken, 0)
    missed = gammaln(without + 1) - gammaln(left + 1) - gammaln(sessions + 1) + gammaln(sessions - taken + 1)
    return np.asarray(np.where(without >= taken, -np.expm1(np.minimum(missed, 0)), 1.0).sum(axis=1))
