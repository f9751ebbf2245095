"""How far coders agree, as a notebook sees it: coefficients and counts of passages, never their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from digiskills import agreement
from digiskills.disclosure import DeclaredTable, Released
from digiskills.errors import UsageError
from digiskills.focus_groups import CONSENSUS, FocusGroups
from digiskills.notebook.scope import Scope

RATINGS = "ratings"
"""The word in ``notebooks/reports.toml`` for what coders said of passages besides their codes."""


@dataclass(frozen=True, repr=False)
class OpenCoders:
    """The coders who worked apart; methods compare their codings of all documents, participants or not."""

    opened: Scope
    coded: FocusGroups

    def __repr__(self) -> str:
        """How many there are."""
        return f"{len(self.names)} coders"

    @property
    def names(self) -> list[str]:
        """The coders in alphabetical order, without the consensus."""
        return [name for name in self.coded.coders if name != CONSENSUS]

    def codes(self) -> Released:
        """Return how far the coders agree on each code.

        Returns
        -------
        Released
            One row per code and coefficient, and for all codes of a passage together.
        """
        return self._released("coder_agreement", agreement.code_agreement(self.coded, self._several()))

    def ratings(self) -> Released:
        """Return how far the coders agree on what they said of a passage besides its codes.

        Returns
        -------
        Released
            One row per rating and coefficient.
        """
        found = agreement.descriptor_agreement(self.coded, self._several())
        return self._released("coder_agreement", found, (RATINGS,))

    def settled(self) -> Released:
        """Return how the disagreements of the first two coders were settled.

        Returns
        -------
        Released
            One row per field and outcome.
        """
        return self._released("settled", agreement.settled(self.coded, self._several()[:2]))

    def _several(self) -> list[str]:
        if len(self.names) < 2:
            raise UsageError(
                "coders: one coder read these passages, so there is nothing to agree with; a second is needed"
            )
        return self.names

    def _released(self, kind: str, frame: pd.DataFrame, items: Sequence[str] = ()) -> Released:
        table = DeclaredTable("", self.opened.study.name, "focus_groups", kind, tuple(items))
        return self.opened.public_table(frame, table, frame.attrs["method"])
