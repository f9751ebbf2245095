"""The coded passages of a study and how often each code stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from digiskills.errors import UsageError, nearest
from digiskills.frameworks import Frameworks

CONSENSUS = "consensus"
PARTICIPANTS, EVERYTHING = "participants", "all"
TABLES = ("segments", "codings", "ratings", "codes", "documents", "facts", "adjudications")
DESCRIBED = ("speech", "speaker_level", "about_level", "org_size", "org_role")
BREAKDOWNS = ("stance", *DESCRIBED, "document")
PLACED = ("segment_id", "document", "paragraph", "session")


@dataclass(frozen=True, repr=False)
class FocusGroups:
    """The coded passages of a study. Passages are counted, never people: none is tied to a person.

    Parameters
    ----------
    segments : pandas.DataFrame
        One row per passage: descriptors, paraphrase en/fr, `is_heading` and `participants` true or false.
    codings : pandas.DataFrame
        One row per passage, coder and code. A passage without a code has no row.
    ratings : pandas.DataFrame
        One row per passage and coder: stance, intensity 0 to 3, descriptors.
    codes, documents, facts, adjudications : pandas.DataFrame
        One row per code; per document; per fact that the report states; per settled disagreement.
    frameworks : Frameworks
        Words for descriptors.
    """

    segments: pd.DataFrame
    codings: pd.DataFrame
    ratings: pd.DataFrame
    codes: pd.DataFrame
    documents: pd.DataFrame
    facts: pd.DataFrame
    adjudications: pd.DataFrame
    frameworks: Frameworks

    def __repr__(self) -> str:
        """Shapes only; never a passage."""
        return f"FocusGroups({', '.join(f'{name} {getattr(self, name).shape}' for name in TABLES)})"

    @property
    def coders(self) -> list[str]:
        """The coders in alphabetical order, the consensus included."""
        return sorted(self.ratings["coder"].unique())

    def label(self, field: str, value: str, language: str) -> str:
        """Return the words for a code or for the value of a descriptor.

        Parameters
        ----------
        field : str
            ``code``, ``family``, ``speaker_level``, ``stance``, ``document`` or another descriptor.
        value : str
            Its value.
        language : str
            ``en`` or ``fr``.

        Returns
        -------
        str
            Its label.

        Raises
        ------
        UsageError
            If there are no words for it.
        """
        if field != "code":
            return self.frameworks.descriptor(field, str(value), language)
        if language not in ("en", "fr"):
            raise UsageError(f"there are no labels in ‘{language}’: {nearest(language, ('en', 'fr'))}")
        labels: dict[str, str] = dict(zip(self.codes["code"], self.codes[f"label_{language}"], strict=True))
        if value not in labels:
            raise UsageError(f"codes.csv has no ‘{value}’: {nearest(value, labels)}")
        return labels[value]

    def passages(self, scope: str = PARTICIPANTS, coder: str = CONSENSUS) -> pd.DataFrame:
        """Return the passages that are counted.

        Parameters
        ----------
        scope : str
            ``participants`` (passages that relay focus-group participants), ``all``, or a document.
        coder : str
            Whose ratings describe them; a passage that this coder did not rate is left out.

        Returns
        -------
        pandas.DataFrame
            One row per passage: segment_id, document, paragraph, session where the study has sessions, stance,
            intensity and descriptors as rated by the coder. Headings and duplicates are left out.

        Raises
        ------
        UsageError
            If the scope or the coder is not known.
        """
        if coder not in self.coders:
            raise UsageError(f"there is no coder ‘{coder}’: {nearest(coder, self.coders)}")
        counted = self.segments[self._in_scope(scope)]
        ratings = self.ratings[self.ratings["coder"] == coder].drop(columns="coder")
        placed = counted[[name for name in PLACED if name in counted]]
        return placed.merge(ratings, on="segment_id", validate="one_to_one")

    def values(self, name: str) -> list[str]:
        """Return the values of a breakdown in their order.

        Parameters
        ----------
        name : str
            ``document`` or a descriptor.

        Returns
        -------
        list of str
            Documents as in ``documents.csv``, values of a descriptor as in ``descriptors.csv``.
        """
        return list(self.documents["document"]) if name == "document" else self.frameworks.values(name)

    def _in_scope(self, scope: str) -> pd.Series:
        counted = ~self.segments["is_heading"] & (self.segments["duplicate_of"] == "")
        if scope == EVERYTHING:
            return counted
        if scope == PARTICIPANTS:
            return counted & self.segments["participants"]
        _refuse_unknown("scope", [scope], [PARTICIPANTS, EVERYTHING, *self.documents["document"]])
        return counted & (self.segments["document"] == scope)


def _refuse_unknown(kind: str, words: Sequence[str], known: Sequence[str]) -> None:
    for word in words:
        if word not in known:
            raise UsageError(f"there is no {kind} ‘{word}’: {nearest(word, known)}")
