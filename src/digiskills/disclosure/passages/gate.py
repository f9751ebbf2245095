"""The gate for passages: which may be shown, under which attribution, and the log of why (Chatham House Rule)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from digiskills import intake, paths
from digiskills.codebook import LANGUAGES
from digiskills.disclosure.passages.attribution import Attribution, Ladder, Step, ladder
from digiskills.disclosure.passages.people import Population, population
from digiskills.disclosure.passages.text import looks, names_in, speaks_of, words_in
from digiskills.errors import Problem, ReleaseError, StudyError, UsageError
from digiskills.focus_groups import CONSENSUS, PARTICIPANTS, FocusGroups
from digiskills.study import Study

Row = Mapping[str, object]
Line = tuple[object, ...]
TEXTS = {"en": "paraphrase", "fr": "paraphrase_fr"}
REVIEWED, DENYLIST = "reviewed.csv", "denylist.csv"
LOG = ["passage", "step", "from", "to", "heads", "reason"]
PUBLIC_LOG = ["passage", "outcome", "to", "reason"]
WITHHELD = {
    "few_heads": "too few people",
    "unknown_heads": "too few people",
    "no_text": "text",
    "denylist": "text",
    "looks": "text",
}


@dataclass(frozen=True, repr=False)
class ReleasedPassages:
    """Passages that may be shown, each with its only attribution, and the private log.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per released passage: passage, document, text_en, text_fr, the fields of the ladder (empty where
        left out), attribution_en, attribution_fr (words; empty where none is shown). No number of people.
    log : pandas.DataFrame
        One row per passage and step, private: passage, step, from, to (attributions as ``field=value``), heads
        (people that `from` describes), reason. The last row of a passage says ``shown``, or why it is withheld.
    """

    frame: pd.DataFrame
    log: pd.DataFrame

    def __repr__(self) -> str:
        """Numbers of passages; never a text."""
        return f"ReleasedPassages({len(self.frame)} released of {self.log['passage'].nunique()})"

    @property
    def public_log(self) -> pd.DataFrame:
        """What was done with each passage, to be shown.

        One row per passage: passage, outcome (``shown`` or ``withheld``), to (the attribution shown), reason
        (``too few people`` or ``text`` where it is withheld). It holds no number, and does not say which attributions
        were coarsened: that alone would tell executives who are deputies from those who are not.
        """
        last = self.log.groupby("passage", sort=False).tail(1)
        shown = last["reason"].eq("shown")
        reason = last["reason"].str.partition(":")[0].map(WITHHELD).fillna("")
        told = last.assign(outcome=shown.map({True: "shown", False: "withheld"}), to=last["to"].where(shown, ""))
        return told.assign(reason=reason)[PUBLIC_LOG].reset_index(drop=True)


@dataclass(frozen=True)
class Rules:
    """What a study says of its passages: ladder, people, names never to be shown, and passages a person looked at."""

    ladder: Ladder
    population: Population
    smallest: int
    denylist: tuple[str, ...]
    reviewed: frozenset[str]
    known: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Attributed:
    """The attribution of passages with the same descriptors: fields, steps to it, people, and its words."""

    shown: Attribution
    steps: tuple[Step, ...]
    heads: int | None
    said: Mapping[str, str]
    beginnings: tuple[str, ...]


def release(
    groups: FocusGroups, study: Study, *, scope: str = PARTICIPANTS, smallest_group: int = 0
) -> ReleasedPassages:
    """Return the passages that may be shown, each under the finest attribution that describes enough people.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of the study, with paraphrases.
    study : Study
        Declares the ladder (``frameworks/attributions.csv``), the population, `smallest_group`, and in the folder of
        its focus groups, where it has them, ``denylist.csv`` (name) and ``reviewed.csv`` (passage, date, reason).
    scope : str
        As in `FocusGroups.passages`.
    smallest_group : int
        A threshold that raises the study's own: passages whose attribution describes fewer are withheld. It is not
        coarsened further, because one passage under two attributions would tell the finer one to who compares.

    Returns
    -------
    ReleasedPassages
        In the order of ``segments.csv``. The attribution of a passage depends on the study alone, never on scope or
        threshold, so that a build cannot show two.

    Raises
    ------
    ReleaseError
        If `smallest_group` is below the study's.
    StudyError
        If a file of the study is not well formed.
    UsageError
        If the passages have no paraphrases.

    Notes
    -----
    A passage is released if its attribution describes at least `smallest_group` people of the population in every
    wave (unknown counts as none; no attribution describes everybody), if both texts are there, if neither holds a name
    of the denylist, and if the automatic look finds nothing in either, or a person has looked at the passage.
    """
    least = study.release.smallest_group
    if smallest_group and smallest_group < least:
        raise ReleaseError(
            f"smallest_group {smallest_group} is below the {least} of study {study.name}: give {least} or more"
        )
    rules, smallest = _rules(groups, study), max(smallest_group, least)
    given = [(row, tuple(str(row.get(field, "")) for field in rules.ladder.rungs)) for row in _texts(groups, scope)]
    attributed = {values: _attributed(values, rules, groups) for values in dict.fromkeys(values for _, values in given)}
    judged = [(row, attributed[values], _why(row, attributed[values], rules, smallest)) for row, values in given]
    lines = [line for row, found, why in judged for line in _lines(row, found, why)]
    log = pd.DataFrame(lines, columns=LOG).astype({"heads": "Int64"})
    rows = [_row(row, found) for row, found, why in judged if not why]
    texts, told = ([f"{part}_{name}" for name in LANGUAGES] for part in ("text", "attribution"))
    columns = ["passage", "document", *texts, *rules.ladder.rungs, *told]
    return ReleasedPassages(pd.DataFrame(rows, columns=columns, dtype="str").fillna(""), log)


def refuse_two_attributions(frames: Iterable[pd.DataFrame]) -> None:
    """Refuse released passages of one build if a passage stands under two attributions.

    Parameters
    ----------
    frames : iterable of pandas.DataFrame
        The frames of `ReleasedPassages` that a build publishes.

    Raises
    ------
    ReleaseError
        With the passages that have two.
    """
    shown: dict[str, tuple[str, str]] = {}
    twice = []
    for frame in frames:
        for passage, *attribution in frame[["passage", "attribution_en", "attribution_fr"]].itertuples(index=False):
            told = (str(attribution[0]), str(attribution[1]))
            twice += [str(passage)] if shown.setdefault(str(passage), told) != told else []
    if twice:
        named = ", ".join(dict.fromkeys(twice))
        raise ReleaseError(f"passages under two attributions, of which one tells the other: {named}; release them once")


def write_log(study: str, released: ReleasedPassages) -> Path:
    """Return the file of the private log, written where only its owner reads it.

    Parameters
    ----------
    study : str
        Name of the study.
    released : ReleasedPassages
        From `release`.

    Returns
    -------
    Path
        ``passages_log.csv`` in the study's processed folder.
    """
    path = paths.processed(study) / "passages_log.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{os.getpid()}.tmp")
    aside.touch(mode=0o600)
    released.log.to_csv(aside, index=False)
    aside.replace(path)
    return path


def _rules(groups: FocusGroups, study: Study) -> Rules:
    reviewed = _listed(study, REVIEWED, ("passage", "date", "reason"))
    unknown = ~reviewed["passage"].isin(groups.segments["segment_id"])
    problems = _at(reviewed, "passage", unknown, "is no passage of segments.csv")
    for column in ("date", "reason"):
        problems += _at(reviewed, column, reviewed[column].str.strip() == "", "is empty")
    if problems:
        raise StudyError(problems)
    denylist = tuple(_listed(study, DENYLIST, ("name",))["name"])
    known = {language: words_in(_written(groups, study, language)) for language in LANGUAGES}
    return Rules(
        ladder(study), population(study), study.release.smallest_group, denylist, frozenset(reviewed["passage"]), known
    )


def _at(table: pd.DataFrame, column: str, wrong: pd.Series, message: str) -> list[Problem]:
    rows = [int(row) for row in table.index[wrong]]
    return [Problem(REVIEWED, row + 2, column, str(table.at[row, column]), message) for row in rows]


def _listed(study: Study, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return a file that a study may have in the folder of its focus groups; no rows where it has none."""
    path = f"{study.evidence['focus_groups'].folder}/{name}".removeprefix("/")  # a project has no folder
    if not (study.folder / path).is_file():
        return pd.DataFrame(columns=list(columns), dtype="str")
    table = intake.read_listed(study.folder, path).frame
    problems = [Problem(path, 1, column, None, "column is missing") for column in columns if column not in table]
    if problems:
        raise StudyError(problems)
    return table


def _written(groups: FocusGroups, study: Study, language: str) -> list[str]:
    """Return the texts of a study in a language; a word in small letters there is no proper noun."""
    own = list(groups.segments[TEXTS[language]]) if TEXTS[language] in groups.segments else []
    asked = study.codebook.items.values() if (study.folder / "codebook").is_dir() else ()
    return [*own, *(item.labels.get(language, "") for item in asked)]


def _texts(groups: FocusGroups, scope: str) -> list[Row]:
    """Return the passages in scope with their texts and all that describes them."""
    absent = [name for name in TEXTS.values() if name not in groups.segments]
    if absent:
        raise UsageError(f"segments.csv has no column {' and '.join(absent)}: there is nothing to show")
    passages = groups.passages(scope, CONSENSUS)
    own = [name for name in groups.segments if name not in passages]
    whole = passages.merge(groups.segments[["segment_id", *own]], on="segment_id", validate="one_to_one")
    return [{str(name): value for name, value in row.items()} for row in whole.to_dict("records")]


def _attributed(values: tuple[str, ...], rules: Rules, groups: FocusGroups) -> Attributed:
    """Return the attribution of passages with these values of the ladder's fields."""
    given = dict(zip(rules.ladder.rungs, values, strict=True))
    shown, steps = rules.ladder.climb(given, rules.population, rules.smallest)
    taken = [(field, value) for field, value in given.items() if value and shown.get(field) != value]
    said = {f"attribution_{language}": _said(shown, groups, language) for language in LANGUAGES}
    beginnings = tuple(start for field, value in taken for start in _beginnings(rules, groups, field, value))
    return Attributed(shown, tuple(steps), rules.ladder.heads(shown, rules.population), said, beginnings)


def _said(shown: Attribution, groups: FocusGroups, language: str) -> str:
    labels = [groups.label(field, value, language) for field, value in shown.items()]
    return ", ".join([*labels[:1], *(label[:1].lower() + label[1:] for label in labels[1:])])


def _beginnings(rules: Rules, groups: FocusGroups, field: str, value: str) -> list[str]:
    """Return how words begin by which a text itself says a value: those that the study lists, and its label."""
    rung = rules.ladder.rungs[field].get(value)
    known = groups.frameworks.has_descriptor(field, value)
    labels = [groups.label(field, value, language) if known else value for language in LANGUAGES]
    return [*(rung.words if rung else ()), *labels]


def _why(row: Row, found: Attributed, rules: Rules, smallest: int) -> str:
    """Return why a passage is withheld; empty where it is shown."""
    if found.heads is None:
        return "unknown_heads"
    return "few_heads" if found.heads < smallest else _text_reason(row, rules, found.beginnings)


def _text_reason(row: Row, rules: Rules, beginnings: tuple[str, ...]) -> str:
    """Return why the texts of a passage may not be shown; empty where they may."""
    texts = {language: str(row[column]) for language, column in TEXTS.items()}
    if not all(text.strip() for text in texts.values()):
        return "no_text"
    if any(names_in(text, rules.denylist) for text in texts.values()):
        return "denylist"
    found = {name for language, text in texts.items() for name in looks(text, rules.known[language])}
    found |= {"attribution"} if any(speaks_of(text, beginnings) for text in texts.values()) else set()
    return f"looks:{'+'.join(sorted(found))}" if found and row["segment_id"] not in rules.reviewed else ""


def _lines(row: Row, found: Attributed, why: str) -> list[Line]:
    """Return the lines of the log for a passage; the last says whether it is shown."""
    last = Step(found.shown, {} if why else found.shown, found.heads, why or "shown")
    return [_line(row["segment_id"], number, step) for number, step in enumerate([*found.steps, last], start=1)]


def _line(passage: object, number: int, step: Step) -> Line:
    before, after = (
        "; ".join(f"{field}={value}" for field, value in each.items()) for each in (step.before, step.after)
    )
    return (passage, number, before, after, step.heads, step.reason)


def _row(row: Row, found: Attributed) -> Row:
    texts = {f"text_{language}": row[column] for language, column in TEXTS.items()}
    return {"passage": row["segment_id"], "document": row["document"], **texts, **found.shown, **found.said}
