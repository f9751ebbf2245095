"""What published counts of passages may tell of who spoke: by the speakers' own level, or by names of groups."""

from __future__ import annotations

import pandas as pd

from digiskills import themes
from digiskills.codebook import LANGUAGES
from digiskills.disclosure.passages.reviews import denylist
from digiskills.disclosure.passages.text import names_in
from digiskills.errors import ReleaseError
from digiskills.focus_groups import CONSENSUS, FocusGroups
from digiskills.study import Study

SPEAKER = "speaker_level"


def told_by_counts(codes: pd.Series, levels: pd.Series, groups: FocusGroups) -> pd.Series:
    """Return where counts tell who speaks: nobody whose own level is the one shown raises the code, only finer ones do.

    Parameters
    ----------
    codes, levels : pandas.Series of str
        A code of a passage, and the level of speakers in its attribution; empty where none is shown.
    groups : FocusGroups
        The coded passages, which pages count by the speakers' own level.

    Returns
    -------
    pandas.Series of bool
        By row; an attribution without a level tells nothing.
    """
    counted = themes.prevalence(groups, [SPEAKER])
    raising = counted[counted["segments"].gt(0)]
    pairs = set(zip(raising["code"], raising[SPEAKER].astype(str), strict=True))
    told = [bool(level) and (code, level) not in pairs for code, level in zip(codes, levels, strict=True)]
    return pd.Series(told, index=codes.index, dtype="bool")


def untold(shown: pd.DataFrame, groups: FocusGroups) -> pd.DataFrame:
    """Return the passages of which no code is one that counts tell more of than the attribution does.

    Parameters
    ----------
    shown : pandas.DataFrame
        One row per released passage: passage and, where attributions have a level of speakers, speaker_level.
    groups : FocusGroups
        The coded passages.

    Returns
    -------
    pandas.DataFrame
        Its rows that may stand on a page that counts codes by the speakers' own level.
    """
    if SPEAKER not in shown:
        return shown
    given = groups.codings.loc[groups.codings["coder"].eq(CONSENSUS), ["segment_id", "code"]]
    pairs = shown[["passage", SPEAKER]].merge(given, left_on="passage", right_on="segment_id")
    told = pairs.loc[told_by_counts(pairs["code"], pairs[SPEAKER], groups), "passage"]
    return shown[~shown["passage"].isin(told)]


def refuse_listed(groups: FocusGroups, study: Study, frame: pd.DataFrame) -> None:
    """Refuse counts by document or session whose names hold a name of the study's denylist.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages, with words for documents.
    study : Study
        May have ``denylist.csv`` in the folder of its focus groups.
    frame : pandas.DataFrame
        What is to be published.

    Raises
    ------
    ReleaseError
        Without the name.
    """
    values = {field: frame[field].astype(str).unique() for field in ("document", "session") if field in frame}
    told = [str(value) for found in values.values() for value in found]
    told += [groups.label("document", value, one) for value in values.get("document", ()) for one in LANGUAGES]
    names = denylist(study) if told else ()
    if any(names_in(text, names) for text in told):
        raise ReleaseError(
            "a document or session that counts are broken down by holds a name of denylist.csv: "
            "word the document otherwise in descriptors.csv, or name the session otherwise in the received file"
        )
