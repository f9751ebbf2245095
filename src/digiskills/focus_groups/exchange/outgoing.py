"""Tells a study's coded passages as a project."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from digiskills.errors import UsageError, nearest
from digiskills.focus_groups.coded import FocusGroups
from digiskills.focus_groups.exchange.conventions import (
    ADJUDICATION,
    FACT,
    PARAPHRASES,
    RATED,
    RATINGS,
    TEXT_IS,
    lines,
)
from digiskills.intake.refi_qda import Project, Rows, guid

ORIGIN = "digiskills"
_NOT_THEIR_WORDS = {
    "en": "The texts of the sources are paraphrases written for this study, one line per passage. They are not the "
    "documents’ own words and must not be quoted as such.",
    "fr": "Les textes des sources sont des paraphrases rédigées pour cette étude, une ligne par passage. Ce ne sont "
    "pas les mots des documents et ils ne doivent pas être cités comme tels.",
}


def to_project(coded: FocusGroups, study: str, language: str = "en") -> Project:
    """Return a study's coded passages as a project that programs for qualitative analysis can open.

    Parameters
    ----------
    coded : FocusGroups
        The passages.
    study : str
        Name of the study; identifiers are made of it, so that the same study has the same ones.
    language : str
        ``en`` or ``fr``: whose paraphrases are the texts. Those of the other language describe the passages.

    Returns
    -------
    Project
        Documents are sources, segments are passages of them, descriptors of a segment are variables of a case of
        its name; ratings are codes in the folder ``ratings``; codes stand in a folder per family; facts and
        adjudications are memos. Kinds of documents are sets.

    Raises
    ------
    UsageError
        If the language is not known, or a segment has no paraphrase in it: the speakers' own words are not told.
    """
    if language not in PARAPHRASES:
        raise UsageError(f"there are no paraphrases in ‘{language}’: {nearest(language, PARAPHRASES)}")
    text = PARAPHRASES[language]
    without = int(coded.segments[text].eq("").sum()) if text in coded.segments else len(coded.segments)
    if without:
        raise UsageError(f"{without} segments have no {text} in segments.csv: there is no text to write for them")
    rows = Rows()
    for coder in coded.coders:
        rows.add("coders", guid(study, "coder", coder), coder, "")
    _codes(coded, study, rows)
    _rating_codes(coded, study, rows)
    _sources(coded, study, language, rows)
    _cases(coded, study, rows)
    _codings(coded, study, rows)
    _memos(coded, study, rows)
    _sets(coded, study, rows)
    return rows.project(study, ORIGIN, "\n".join(_NOT_THEIR_WORDS.values()))


def _codes(coded: FocusGroups, study: str, rows: Rows) -> None:
    for family, codes in coded.codes.groupby("family", sort=False):
        folder = guid(study, "family", str(family))
        rows.add("codes", folder, family, "", family, False, "", "")
        for row in _records(codes):
            described = lines({name: cell for name, cell in row.items() if name not in ("code", "family")})
            key = guid(study, "code", row["code"])
            rows.add("codes", key, row["code"], folder, f"{family} > {row['code']}", True, "", described)


def _rating_codes(coded: FocusGroups, study: str, rows: Rows) -> None:
    top = guid(study, RATINGS)
    rows.add("codes", top, RATINGS, "", RATINGS, False, "", "")
    for field in RATED:
        folder = guid(study, RATINGS, field)
        rows.add("codes", folder, field, top, f"{RATINGS} > {field}", False, "", "")
        for value in sorted(coded.ratings[field].astype(str).unique()):
            path = f"{RATINGS} > {field} > {value}"
            rows.add("codes", guid(study, RATINGS, field, value), value, folder, path, True, "", "")


def _sources(coded: FocusGroups, study: str, language: str, rows: Rows) -> None:
    text = PARAPHRASES[language]
    variables = [str(name) for name in coded.documents if name != "document"]
    for name in (*variables, TEXT_IS):
        rows.add("variables", guid(study, "variable", "source", name), name, "Text", "")
    for document in _records(coded.documents):
        source = guid(study, "source", document["document"])
        segments = coded.segments[coded.segments["document"] == document["document"]]
        whole = "\n".join(segments[text])
        rows.add("sources", source, document["document"], "text", whole, "", _NOT_THEIR_WORDS[language], "", "")
        for name, cell in {**document, TEXT_IS: text}.items():
            if name != "document":
                rows.add("variable_values", "source", source, guid(study, "variable", "source", name), cell)
        _selections(segments, study, source, text, rows)


def _selections(segments: pd.DataFrame, study: str, source: str, text: str, rows: Rows) -> None:
    (other,) = (name for name in PARAPHRASES.values() if name != text)
    start = 0
    for row in _records(segments):
        words, key = row[text], guid(study, "selection", row["segment_id"])
        described = row.get(other, "")
        rows.add("selections", key, source, start, start + len(words), words, row["segment_id"], described, "", "")
        start += len(words) + 1


def _cases(coded: FocusGroups, study: str, rows: Rows) -> None:
    columns = [str(name) for name in coded.segments if name not in ("segment_id", "document", *PARAPHRASES.values())]
    for name in columns:
        kind = {"b": "Boolean", "i": "Integer"}.get(coded.segments[name].dtype.kind, "Text")
        rows.add("variables", guid(study, "variable", "case", name), name, kind, "")
    for row in _records(coded.segments):
        segment = row["segment_id"]
        case = guid(study, "case", segment)
        rows.add("cases", case, segment, "")
        rows.add("case_members", case, "selection", guid(study, "selection", segment))
        for name in columns:
            rows.add("variable_values", "case", case, guid(study, "variable", "case", name), row[name])


def _codings(coded: FocusGroups, study: str, rows: Rows) -> None:
    documents = dict(zip(coded.segments["segment_id"], coded.segments["document"], strict=True))
    ordered = coded.codings.sort_values(["segment_id", "coder", "rank"])
    given: list[tuple[str, str, tuple[str, ...]]] = []
    given += [(row["segment_id"], row["coder"], ("code", row["code"])) for row in _records(ordered)]
    for row in _records(coded.ratings):
        given += [(row["segment_id"], row["coder"], (RATINGS, field, row[field])) for field in RATED]
    for segment, coder, code in given:
        key = guid(study, "coding", segment, coder, *code)
        source, selection = guid(study, "source", documents[segment]), guid(study, "selection", segment)
        rows.add("codings", key, source, selection, guid(study, *code), guid(study, "coder", coder), "")


def _memos(coded: FocusGroups, study: str, rows: Rows) -> None:
    for row in _records(coded.facts):
        about = ("source", guid(study, "source", row["document"]))
        _memo(FACT + row["fact"], _without(row, "fact", "document"), study, about, rows)
    for row in _records(coded.adjudications):
        about = ("selection", guid(study, "selection", row["segment_id"]))
        _memo(ADJUDICATION + row["field"], _without(row, "field", "segment_id"), study, about, rows)


def _memo(name: str, told: Mapping[str, str], study: str, about: tuple[str, str], rows: Rows) -> None:
    key = guid(study, "note", name, about[1])
    rows.add("notes", key, name, lines(told), "", "")
    rows.add("note_references", *about, key)


def _without(row: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: cell for name, cell in row.items() if name not in names}


def _sets(coded: FocusGroups, study: str, rows: Rows) -> None:
    if "kind" not in coded.documents:
        return
    for kind, documents in coded.documents.groupby("kind", sort=False):
        key = guid(study, "set", str(kind))
        rows.add("sets", key, kind, "")
        for document in documents["document"]:
            rows.add("set_members", key, "source", guid(study, "source", document))


def _records(frame: pd.DataFrame) -> list[dict[str, str]]:
    """Return rows as text, truth values as the schema writes them."""
    return [
        {str(name): str(cell).lower() if isinstance(cell, bool) else str(cell) for name, cell in row.items()}
        for row in frame.to_dict("records")
    ]
