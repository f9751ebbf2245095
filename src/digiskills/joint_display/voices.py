"""What focus groups say of each barrier: how often and how strongly by level, and one passage that may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from digiskills import themes
from digiskills.disclosure import passages
from digiskills.disclosure.passages import Ladder
from digiskills.focus_groups import CONSENSUS, FocusGroups
from digiskills.study import Study

SPEAKER, LEVEL, EVERYBODY, BARRIER = "speaker_level", "level", "all", "barrier"
_COUNTS = ["n", "base", "paragraphs", "base_paragraphs", "stressed", "segments_per_paragraph"]
_PASSAGE = ["passage", "document", "text_en", "text_fr", "attribution_en", "attribution_fr"]


def voiced(groups: FocusGroups, study: Study) -> pd.DataFrame:
    """Return how often and how strongly each barrier is put, by the levels under which passages may be shown.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of the study.
    study : Study
        Declares the ladder of attributions (``frameworks/attributions.csv``).

    Returns
    -------
    pandas.DataFrame
        One row per barrier (not per family of them) and level of speakers, first ``all``, zeros included: code (the
        barrier), family, label_en, label_fr, speaker_level, n, base, paragraphs, base_paragraphs, stressed,
        segments_per_paragraph. What finer levels were counted as stands in ``attrs["method"]["counted_as"]``.

    Raises
    ------
    UsageError
        If the frameworks hold no barriers.

    Notes
    -----
    Levels whose people nobody counts are counted under the level to which the ladder coarsens them, as their passages
    are shown; counts by a finer level beside a passage would tell who said it. See `digiskills.themes.by_barrier`.
    """
    order = list(groups.frameworks.table("barriers")["code"])
    found = pd.concat(
        [
            themes.by_barrier(groups, by=()).assign(**{SPEAKER: EVERYBODY}),
            themes.by_barrier(_by_shown_level(groups, study)).astype({SPEAKER: str}),
        ]
    )
    labels = groups.frameworks.table("barriers").set_index("code")
    found = found.assign(
        family=found["parent"].where(found["parent"].ne(""), found[BARRIER]),
        **{name: found[BARRIER].map(labels[name]) for name in ("label_en", "label_fr")},
    )
    found = found[~found[BARRIER].isin(labels["parent"])]  # a family would count its barriers' passages again
    return _counted(found.rename(columns={BARRIER: "code"}), order, study)


def codes_voiced(groups: FocusGroups, study: Study) -> pd.DataFrame:
    """Return how often and how strongly each code is put, by the levels under which passages may be shown.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of the study.
    study : Study
        Declares the ladder of attributions.

    Returns
    -------
    pandas.DataFrame
        One row per code and level of speakers, with the columns of `voiced`.
    """
    parts = []
    for coded, by in ((groups, ()), (_by_shown_level(groups, study), (SPEAKER,))):
        strong = themes.intensity(coded, by)[["stressed", "segments_per_paragraph"]]
        found = themes.labelled(themes.prevalence(coded, by), coded)
        parts.append(
            found.assign(**strong).astype({SPEAKER: str}) if by else found.assign(**strong, speaker_level="all")
        )
    return _counted(pd.concat(parts), list(groups.codes["code"]), study)


def _counted(found: pd.DataFrame, order: list[str], study: Study) -> pd.DataFrame:
    """Return counts in the order of their codes, everybody first, and what finer levels were counted as."""
    found = found.rename(columns={"segments": "n", "base_segments": "base"})
    found = found.sort_values("code", key=lambda code: code.map(order.index), kind="stable", ignore_index=True)
    found = found[["code", "family", "label_en", "label_fr", SPEAKER, *_COUNTS]]
    found.attrs["method"] = {"counted_as": dict(_coarsened(passages.ladder(study)))}
    return found


def levels_of(study: Study) -> dict[str, tuple[str, ...]]:
    """Return for each level of speakers the levels of the survey that it describes.

    Parameters
    ----------
    study : Study
        Declares the ladder of attributions.

    Returns
    -------
    dict of str to tuple of str
        A level of speakers that describes no level of the survey, such as several at once, is not in it.
    """
    rungs = passages.ladder(study).rungs.get(SPEAKER, {})
    return {value: rung.categories for value, rung in rungs.items() if rung.dimension == LEVEL}


def paraphrases(groups: FocusGroups, study: Study, smallest_group: int = 0) -> pd.DataFrame:
    """Return for each barrier the passage that stands for it, out of those that may be shown.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of the study, with paraphrases.
    study : Study
        Declares the ladder, the population and the release rules.
    smallest_group : int
        A threshold that raises the study's own.

    Returns
    -------
    pandas.DataFrame
        One row per barrier that has one: barrier, passage, document, text_en, text_fr, attribution_en, attribution_fr.

    Raises
    ------
    ReleaseError
        As the gate raises it, see `digiskills.disclosure.passages.release`.

    Notes
    -----
    Of the passages that pass the gate and put the barrier as an obstacle, those that speak of this barrier first; of
    these those that name the fewest barriers, then the most intense, then the first of the document. A passage is left
    out if published counts would tell more than its attribution says: where nobody whose own level that is speaks of
    the barrier, and only finer levels do.
    """
    shown = passages.release(groups, study, smallest_group=smallest_group).frame
    coded = groups.codings[groups.codings["coder"].eq(CONSENSUS)]
    rated = groups.passages().query("stance == 'barrier'")[["segment_id", "intensity", SPEAKER]]
    found = shown.rename(columns={SPEAKER: "shown"}).merge(rated, left_on="passage", right_on="segment_id")
    found = found.assign(place=range(len(found))).merge(coded[["segment_id", "code", "rank"]], on="segment_id")
    found = found.rename(columns={"code": BARRIER})
    known = groups.frameworks.table("barriers")["code"]
    found = found[found[BARRIER].isin(known)]
    found = found.assign(named=found.groupby("passage")[BARRIER].transform("size"))
    if "shown" in found:  # a study without a ladder attributes nothing
        found = found[~passages.told_by_counts(found[BARRIER], found["shown"], groups)]
    best = found.sort_values(
        ["rank", "named", "intensity", "place"], ascending=[True, True, False, True], kind="stable"
    )
    first = best.drop_duplicates(BARRIER).set_index(BARRIER)
    return first.loc[[code for code in known if code in first.index], _PASSAGE].rename_axis(BARRIER).reset_index()


def _by_shown_level(groups: FocusGroups, study: Study) -> FocusGroups:
    """Return the passages with each speaker's level coarsened until somebody counts its people."""
    coarse = _coarsened(passages.ladder(study))
    tables = {
        name: getattr(groups, name).assign(**{SPEAKER: getattr(groups, name)[SPEAKER].replace(coarse)})
        for name in ("segments", "ratings")
    }
    return replace(groups, **tables)


def _coarsened(ladder: Ladder) -> Mapping[str, str]:
    """Return what each level of speakers is coarsened to, where it is."""
    rungs, found = ladder.rungs.get(SPEAKER, {}), {}
    for value in rungs:
        shown = value
        while shown in rungs and not rungs[shown].dimension and rungs[shown].coarser:
            shown = rungs[shown].coarser
        if shown != value:
            found[value] = shown
    return found
