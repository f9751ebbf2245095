"""The documents and segments of a project, with what its cases, variables and sets say of them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from digiskills.focus_groups.coded import DESCRIBED
from digiskills.focus_groups.exchange.conventions import NOT_STATED, PARAPHRASES, PASSAGE, RATED, TEXT_IS, column_of
from digiskills.frameworks import DESCRIPTORS, Frameworks
from digiskills.intake.refi_qda import Project

_FLAGS = ("is_heading", "participants")
_TRUE = ("true", "1", "yes", "oui")
# What a variable of a source says of each of its passages; its other variables describe the document.
_OF_PASSAGES = (*RATED, "session", "participants")
_KEYS = ("segment_id", "document", *PARAPHRASES.values(), PASSAGE)
_SESSION = "session"


@dataclass(frozen=True)
class Passages:
    """What a project's selections are as segments.

    Parameters
    ----------
    documents, segments : pandas.DataFrame
        One row per source; one row per passage, whoever selected it.
    document_of, segment_of : mapping of str to str
        The document of each source, the segment of each selection.
    """

    documents: pd.DataFrame
    segments: pd.DataFrame
    document_of: Mapping[str, str]
    segment_of: Mapping[str, str]


def passages(project: Project, frameworks: Frameworks) -> Passages:
    """Return the documents and segments of a project.

    Parameters
    ----------
    project : Project
        Sources and selections.
    frameworks : Frameworks
        Words for descriptors.

    Returns
    -------
    Passages
        Segments in the order of their place in the sources; named as their selections are where these names are
        codes (one word each, none twice), P1, P2, … otherwise.
    """
    document_of = _document_names(project)
    documents, of_passages = _documents(project, document_of)
    places = _places(project)
    segment_of = dict(zip(places["selection"], places["segment_id"], strict=True))
    segments = places.drop_duplicates("segment_id").reset_index(drop=True)
    described = _described(project, segments, of_passages)
    segments = segments.assign(document=_looked_up(segments["source"], document_of))
    text_is = dict(zip(documents["document"], documents[TEXT_IS], strict=True)) if TEXT_IS in documents else {}
    texts = _texts(segments, _looked_up(segments["document"], text_is))
    found = pd.concat([segments[["segment_id", "document"]], texts, described], axis=1)
    return Passages(
        documents.drop(columns=TEXT_IS, errors="ignore"), completed(found, frameworks), document_of, segment_of
    )


def _document_names(project: Project) -> dict[str, str]:
    """Return a name of its own for each source: the one it has, with a number where another has it already."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for source, name in zip(project.sources["source"], project.sources["name"].replace("", "source"), strict=True):
        numbered = (f"{name} ({number})" for number in itertools.count(2))
        found[source] = next(each for each in itertools.chain([name], numbered) if each not in taken)
        taken.add(found[source])
    return found


def _documents(project: Project, document_of: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the documents, and by source what its variables say of each passage."""
    wide = project.variables_of("source").set_index("source")
    wide = _in_columns(wide.reindex(project.sources["source"]).fillna(""))
    theirs = [name for name in wide if name not in (*_OF_PASSAGES, "document")]
    documents = wide[theirs].reset_index(drop=True)
    documents.insert(0, "document", list(document_of.values()))
    if "title" not in documents:
        documents["title"] = documents["document"]
    return documents, wide[[name for name in wide if name in _OF_PASSAGES]]


def _in_columns(wide: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of variables with the names of our columns; of two that mean the same the first stays."""
    named = wide.rename(columns={name: column_of(str(name)) for name in wide})
    return named.loc[:, ~named.columns.duplicated() & (named.columns != "")]


def _places(project: Project) -> pd.DataFrame:
    """Return the selections in the order of their place, each with its segment."""
    order = pd.Series(range(len(project.sources)), index=project.sources["source"], dtype="int64")
    places = project.selections.assign(order=order.reindex(project.selections["source"]).to_numpy())
    places = places.sort_values(["order", "start", "end"], kind="stable", ignore_index=True)
    number = places.groupby(["order", "start", "end"], sort=False).ngroup()
    first = places["name"].groupby(number).transform("first").str.strip()
    is_code = first.str.fullmatch(r"[\w.-]{1,40}").all() and first.nunique() == number.nunique()
    return places.assign(segment_id=first if is_code else "P" + (number + 1).astype("str"))


def _looked_up(keys: pd.Series, words: Mapping[str, str]) -> pd.Series:
    return pd.Series([words.get(key, "") for key in keys], index=keys.index, dtype="str")


def _texts(segments: pd.DataFrame, kind: pd.Series) -> pd.DataFrame:
    """Return the paraphrases of a study of ours; of another project's passages only their own words."""
    found = pd.DataFrame(index=segments.index)
    for name in PARAPHRASES.values():
        other = kind.isin([one for one in PARAPHRASES.values() if one != name])
        found[name] = segments["text"].where(kind == name, segments["description"].where(other, ""))
    if not kind.isin(PARAPHRASES.values()).all():
        found[PASSAGE] = segments["text"].where(~kind.isin(PARAPHRASES.values()), "")
    return found


def _described(project: Project, segments: pd.DataFrame, of_sources: pd.DataFrame) -> pd.DataFrame:
    """Return what is said of each segment: by the case of the passage, the case of its source, its source."""
    by_case = _in_columns(project.variables_of("case").set_index("case"))
    by_case = by_case[[name for name in by_case if name not in _KEYS]]
    found = pd.DataFrame(index=segments.index)
    for keys, kind in ((segments["selection"], "selection"), (segments["source"], "source")):
        members = project.case_members[project.case_members["kind"] == kind].drop_duplicates("member")
        cases = _looked_up(keys, dict(zip(members["member"], members["case"], strict=True)))
        found = _filled(found, by_case.reindex(cases).set_axis(segments.index))
    found = _filled(found, of_sources.reindex(segments["source"]).set_axis(segments.index))
    if _SESSION not in found:
        sessions = _sessions(project)
        found = found.assign(session=_looked_up(segments["source"], sessions)) if sessions else found
    return found


def _filled(found: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    more = more.fillna("")
    for name in more:
        known = found[name] if name in found else pd.Series("", index=found.index)
        found = found.assign(**{str(name): known.where(known != "", more[name]).astype("str")})
    return found


def _sessions(project: Project) -> dict[str, str]:
    """Return the session of each source, by the sets whose name begins with that word."""
    named = project.sets[project.sets["name"].str.casefold().str.startswith(("session", "séance"))]
    members = project.set_members[project.set_members["kind"] == "source"].merge(named, on="set")
    members = members.drop_duplicates("member")
    return dict(zip(members["member"], members["name"], strict=True))


def completed(segments: pd.DataFrame, frameworks: Frameworks) -> pd.DataFrame:
    """Return the segments with the columns of segments.csv, values of descriptors as descriptors.csv has them.

    Parameters
    ----------
    segments : pandas.DataFrame
        One row per segment: segment_id, document, paraphrase or passage, and what is known of it.
    frameworks : Frameworks
        Words for descriptors.

    Returns
    -------
    pandas.DataFrame
        All text.
    """
    text = segments[PASSAGE] if PASSAGE in segments else segments["paraphrase"]
    defaults: dict[str, Any] = {
        "paragraph": (segments.groupby("document").cumcount() + 1).astype("str"),
        "words": [str(len(words.split())) for words in text],
        "duplicate_of": "",
        "is_heading": "",
        "participants": "yes",
        **{name: NOT_STATED[name] for name in DESCRIBED},
    }
    found = segments.assign(**{name: cells for name, cells in defaults.items() if name not in segments})
    for name in _FLAGS:
        found[name] = found[name].str.casefold().isin(_TRUE).map({True: "yes", False: ""})
    return worded(found, frameworks).astype("str")


def worded(frame: pd.DataFrame, frameworks: Frameworks) -> pd.DataFrame:
    """Return a frame whose descriptors are the values of descriptors.csv.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its columns that are named as descriptors hold values, their labels in either language, or nothing.
    frameworks : Frameworks
        Words for descriptors.

    Returns
    -------
    pandas.DataFrame
        What is empty is ``not_stated`` (intensity: 0); words that are not known stay as they are.
    """
    found = {}
    for name in [one for one in RATED if one in frame]:
        words = {"": NOT_STATED[name], **_words(name, frameworks)}
        found[name] = [words.get(value.casefold(), value) for value in frame[name]]
    return frame.assign(**found)


def _words(field: str, frameworks: Frameworks) -> dict[str, str]:
    """Return the value of each label of a descriptor, in either language."""
    if DESCRIPTORS not in frameworks.tables:
        return {}
    table = frameworks.tables[DESCRIPTORS]
    rows = table[table["field"] == field]
    return {
        label.casefold(): value
        for column in ("label_fr", "label_en", "value")
        for label, value in zip(rows[column], rows["value"], strict=True)
    }
