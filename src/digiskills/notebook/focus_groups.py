"""The coded focus groups as a notebook sees them: counts of passages, never their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from digiskills import focus_groups, words
from digiskills.disclosure import DeclaredTable, Released
from digiskills.errors import UsageError
from digiskills.focus_groups import FocusGroups
from digiskills.notebook.scope import Scope

OTHERS = "others"


@dataclass(frozen=True, repr=False)
class OpenFocusGroups:
    """Coded passages; its methods return counts of passages, never their words."""

    opened: Scope
    coded: FocusGroups

    def __repr__(self) -> str:
        """Shapes only."""
        return repr(self.coded)

    def themes(
        self, families: Sequence[str] = (), by: Sequence[str] = (), scope: str = focus_groups.PARTICIPANTS
    ) -> Released:
        """Return in how many passages each code stands.

        Parameters
        ----------
        families : sequence of str
            Families of codes to keep; all where none is given.
        by : sequence of str
            Descriptors of the passage, such as ``speaker_level`` or ``stance``.
        scope : str
            ``participants``, ``all``, a document, or ``others``: documents that relay no participant,
            which are only counted by ``document``.

        Returns
        -------
        Released
            One row per code and group: n passages of base passages.
        """
        found = self._other_documents(by) if scope == OTHERS else self.coded.counts(list(by), scope)
        found = found[found["family"].isin(families)] if families else found
        codes = self.coded.codes.set_index("code")
        labels = {f"label_{language}": found["code"].map(codes[f"label_{language}"]) for language in words.LANGUAGES}
        frame = found.rename(columns={"segments": "n", "base_segments": "base"}).assign(**labels)
        return self._released("themes", tuple(families), by, frame, scope)

    def _other_documents(self, by: Sequence[str]) -> pd.DataFrame:
        """Return the counts of documents without participants, one by one: they are never pooled."""
        if "document" not in by:
            raise UsageError("documents without participants are never pooled: count them by document")
        segments = self.coded.segments
        relaying = segments.loc[segments["participants"], "document"].unique()
        found = self.coded.counts(list(by), focus_groups.EVERYTHING)
        return found[~found["document"].isin(relaying)]

    def passages(self, by: Sequence[str] = (), scope: str = focus_groups.PARTICIPANTS) -> Released:
        """Return how many passages there are.

        Parameters
        ----------
        by : sequence of str
            Descriptors of the passage.
        scope : str
            ``participants``, ``all`` or a document.

        Returns
        -------
        Released
            One row per group: the base of every count of themes.
        """
        order = {name: pd.CategoricalDtype(self.opened.study.frameworks.values(name)) for name in by}
        passages = self.coded.passages(scope).astype(order)
        counted = passages.groupby(list(by), observed=True).size().rename("n").reset_index()
        return self._released("passages", (), by, counted, scope)

    def _released(
        self, kind: str, items: tuple[str, ...], by: Sequence[str], frame: pd.DataFrame, scope: str
    ) -> Released:
        study = self.opened.study
        table = DeclaredTable("", study.name, "focus_groups", kind, items, tuple(by))
        method = {"unit": "passages", "scope": scope, "coder": focus_groups.CONSENSUS}
        return self.opened.public_table(frame, table, method)
