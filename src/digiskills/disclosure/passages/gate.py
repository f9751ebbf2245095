"""The gate for passages: which may be shown, under which attribution, and the log of why (Chatham House Rule)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from digiskills.codebook import LANGUAGES
from digiskills.disclosure.passages.attribution import Attribution, Ladder, Step, ladder
from digiskills.disclosure.passages.people import Population, population
from digiskills.disclosure.passages.reviews import CHANGED, RELEASE, WITHHOLD, Reviews, denylist, digest, reviews
from digiskills.disclosure.passages.reviews import COLUMNS as REVIEW_COLUMNS
from digiskills.disclosure.passages.text import looks, names_in, speaks_of, words_in
from digiskills.errors import ReleaseError, UsageError
from digiskills.focus_groups import CONSENSUS, PARTICIPANTS, FocusGroups
from digiskills.study import Study

Row = Mapping[str, object]
Line = tuple[object, ...]
TEXTS = {"en": "paraphrase", "fr": "paraphrase_fr"}
LOG = ["passage", "step", "from", "to", "heads", "reason"]
PUBLIC_LOG = ["passage", "outcome", "to", "reason"]
WITHHELD = {
    "few_heads": "too few people",
    "unknown_heads": "too few people",
    "no_text": "text",
    "denylist": "text",
    "looks": "text",
    CHANGED: "text",
    "person": "text",
}
WAITING = [REVIEW_COLUMNS[0], "found", "attribution_en", "attribution_fr", "text_en", "text_fr", *REVIEW_COLUMNS[1:]]


@dataclass(frozen=True, repr=False)
class ReleasedPassages:
    """Passages that may be shown, each with its only attribution, the private log, and what waits for a person.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per released passage: passage, document, text_en, text_fr, the fields of the ladder (empty where
        left out), attribution_en, attribution_fr (words; empty where none is shown). No number of people.
    log : pandas.DataFrame
        One row per passage and step, private: passage, step, from, to (attributions as ``field=value``), heads
        (people that `from` describes), reason. The last row of a passage says ``shown``, or why it is withheld; of
        one that a person released the row before it says what the automatic look had found.
    waiting : pandas.DataFrame
        One row per passage that waits for a person, private: passage, found, its attribution and texts, and the
        columns of ``reviewed.csv``.
    """

    frame: pd.DataFrame
    log: pd.DataFrame
    waiting: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=WAITING, dtype="str"))

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
    """What a study says of its passages: ladder, people, names never to be shown, and what a person decided.

    Also the words that are no names, by language, and the titles under which documents stand beside a passage.
    """

    ladder: Ladder
    population: Population
    smallest: int
    denylist: tuple[str, ...]
    reviews: Reviews
    known: Mapping[str, frozenset[str]]
    titles: Mapping[str, tuple[str, ...]]


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
        its focus groups, where it has them, ``denylist.csv`` and ``reviewed.csv`` (see `reviews`).
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
    wave (unknown counts as none; no attribution describes everybody), if both texts are there, if neither they nor the
    title of the document and the name of the passage, which stand beside them, hold a name of the denylist, if no
    person withheld it, and if the automatic look finds nothing in either or a person released these very texts under
    this attribution: what was changed since waits for a new look.
    """
    least = study.release.smallest_group
    if smallest_group and smallest_group < least:
        raise ReleaseError(
            f"smallest_group {smallest_group} is below the {least} of study {study.name}: give {least} or more"
        )
    rules, smallest = _rules(groups, study), max(smallest_group, least)
    given = [(row, tuple(str(row.get(field, "")) for field in rules.ladder.rungs)) for row in _texts(groups, scope)]
    attributed = {values: _attributed(values, rules, groups) for values in dict.fromkeys(values for _, values in given)}
    judged = [(row, attributed[values], _judged(row, attributed[values], rules, smallest)) for row, values in given]
    lines = [line for row, found, (why, seen) in judged for line in _lines(row, found, why, seen)]
    log = pd.DataFrame(lines, columns=LOG).astype({"heads": "Int64"})
    rows = [_row(row, found) for row, found, (why, _) in judged if not why]
    texts, told = ([f"{part}_{name}" for name in LANGUAGES] for part in ("text", "attribution"))
    columns = ["passage", "document", *texts, *rules.ladder.rungs, *told]
    waiting = [_waiting(row, found, why) for row, found, (why, _) in judged if why.startswith(("looks", CHANGED))]
    return ReleasedPassages(
        pd.DataFrame(rows, columns=columns, dtype="str").fillna(""),
        log,
        pd.DataFrame(waiting, columns=WAITING, dtype="str").fillna(""),
    )


def _rules(groups: FocusGroups, study: Study) -> Rules:
    return Rules(
        ladder(study),
        population(study),
        study.release.smallest_group,
        denylist(study),
        reviews(study, list(groups.segments["segment_id"])),
        # never empty, for then the first word of a sentence would be taken as no name
        {language: words_in(_written(groups, study, language)) | {""} for language in LANGUAGES},
        {name: tuple(groups.label("document", name, one) for one in LANGUAGES) for name in groups.values("document")},
    )


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


def _judged(row: Row, found: Attributed, rules: Rules, smallest: int) -> tuple[str, str]:
    """Return why a passage is withheld, empty where it is shown; and what the automatic look found."""
    if found.heads is None:
        return "unknown_heads", ""
    return ("few_heads", "") if found.heads < smallest else _by_text(row, found, rules)


def _by_text(row: Row, attributed: Attributed, rules: Rules) -> tuple[str, str]:
    """Return why the texts of a passage may not be shown, empty where they may; and what the look found."""
    texts = _texts_of(row)
    if not all(text.strip() for text in texts.values()):
        return "no_text", ""
    beside = (str(row["segment_id"]), *rules.titles[str(row["document"])])
    if any(names_in(text, rules.denylist) for text in (*texts.values(), *beside)):
        return "denylist", ""
    decided = rules.reviews.of(str(row["segment_id"]), _read(row, attributed))
    if decided in (WITHHOLD, CHANGED):
        return "person" if decided == WITHHOLD else CHANGED, ""
    found = {name for language, text in texts.items() for name in looks(text, rules.known[language])}
    found |= {"attribution"} if any(speaks_of(text, attributed.beginnings) for text in texts.values()) else set()
    seen = f"looks:{'+'.join(sorted(found))}" if found else ""
    return ("", seen) if decided == RELEASE else (seen, "")


def _texts_of(row: Row) -> dict[str, str]:
    return {language: str(row[column]) for language, column in TEXTS.items()}


def _read(row: Row, found: Attributed) -> str:
    """Return the digest of what a person reads: the texts and the attribution under which they would stand."""
    return digest([*_texts_of(row).values(), _fields(found.shown)])


def _fields(shown: Attribution) -> str:
    return "; ".join(f"{name}={value}" for name, value in shown.items())


def _waiting(row: Row, found: Attributed, why: str) -> Row:
    """Return a passage as a person needs it to decide, ready for ``reviewed.csv``."""
    told = {f"text_{language}": text for language, text in _texts_of(row).items()}
    seen = why.removeprefix("looks:")
    return {"passage": row["segment_id"], "found": seen, **found.said, **told, "sha256": _read(row, found)}


def _lines(row: Row, found: Attributed, why: str, seen: str) -> list[Line]:
    """Return the lines of the log for a passage; the last says whether it is shown."""
    released = [Step(found.shown, found.shown, found.heads, f"{seen}, released by a person")] if seen else []
    last = Step(found.shown, {} if why else found.shown, found.heads, why or "shown")
    steps = [*found.steps, *released, last]
    return [_line(row["segment_id"], number, step) for number, step in enumerate(steps, start=1)]


def _line(passage: object, number: int, step: Step) -> Line:
    return (passage, number, _fields(step.before), _fields(step.after), step.heads, step.reason)


def _row(row: Row, found: Attributed) -> Row:
    texts = {f"text_{language}": row[column] for language, column in TEXTS.items()}
    return {"passage": row["segment_id"], "document": row["document"], **texts, **found.shown, **found.said}
