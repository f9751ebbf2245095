"""The coded focus groups as a notebook sees them: counts of passages, and the passages that may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from digiskills import focus_groups, joint_display
from digiskills import themes as coded_themes
from digiskills.disclosure import DeclaredTable, Released, passages
from digiskills.disclosure.passages import ReleasedPassages
from digiskills.focus_groups import FocusGroups
from digiskills.notebook.coders import OpenCoders
from digiskills.notebook.examples import Examples, chosen
from digiskills.notebook.scope import Scope


@dataclass(frozen=True, repr=False)
class OpenFocusGroups:
    """Coded passages; its methods return counts of passages, and texts only through the gate."""

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
            ``participants`` or a document; by ``document`` also ``all``, or ``others``: documents that relay no
            participant. Documents are never pooled.

        Returns
        -------
        Released
            One row per code and group: n passages of base passages, in paragraphs of base_paragraphs; stressed: those
            of the passages that are rated 2 or 3 of 0 to 3.
        """
        found = coded_themes.prevalence(self.coded, by, scope)
        found = found.assign(stressed=coded_themes.intensity(self.coded, by, scope)["stressed"].to_numpy())
        found = found[found["family"].isin(families)] if families else found
        return self._released("themes", tuple(families), by, self._named(found), scope)

    def apart(self, among: Sequence[str] = (), families: Sequence[str] = ()) -> Released:
        """Return what levels of speakers raise apart and together.

        Parameters
        ----------
        among : sequence of str
            The levels to set side by side; by default those that speak alone, without a level that stands for finer
            ones (`attributions.csv` says which), whose speakers may be theirs.
        families : sequence of str
            Families of codes to keep; all where none is given.

        Returns
        -------
        Released
            One row per code and level, for `charts.apart` and `words.findings_together`.
        """
        found = coded_themes.apart_and_together(self.coded, tuple(among) or self._levels())
        found = found[found["family"].isin(families)] if families else found
        return self._released(
            "themes",
            tuple(families),
            ("speaker_level",),
            self._named(found),
            focus_groups.PARTICIPANTS,
            options=(("among", tuple(among)),),
        )

    def together(self, families: Sequence[str] = (), within: str = "segment") -> Released:
        """Return which codes stand together in a passage or a paragraph.

        Parameters
        ----------
        families : sequence of str
            Families of codes to keep; those that the study has not are left out.
        within : {"segment", "paragraph"}
            Where two codes count as standing together.

        Returns
        -------
        Released
            One row per pair of codes.
        """
        kind = "cooccurrence" if within == "segment" else "cooccurrence_in_paragraphs"
        known = [family for family in families if family in set(self.coded.codes["family"])]
        found = coded_themes.cooccurrence(self.coded, known or families, within=within)
        return self._released(kind, tuple(families), (), self._named(found), focus_groups.PARTICIPANTS)

    def sessions(self) -> Released | str:
        """Return how many new codes each session brought, or the sentence that says why it cannot be shown.

        Returns
        -------
        Released or str
            One row per session.
        """
        why = coded_themes.why_no_saturation(self.coded, self.opened.language)
        if why:
            return why
        found = coded_themes.saturation(self.coded)
        return self._released("saturation", (), ("session",), found, focus_groups.PARTICIPANTS)

    def passages(self, by: Sequence[str] = (), scope: str = focus_groups.PARTICIPANTS) -> Released:
        """Return how many passages there are.

        Parameters
        ----------
        by : sequence of str
            Descriptors of the passage.
        scope : str
            ``participants`` or a document; by ``document`` also ``all`` and ``others``.

        Returns
        -------
        Released
            One row per group: the base of every count of themes.
        """
        found = coded_themes.bases(self.coded, by, scope)
        return self._released("passages", (), by, found.rename(columns={"base_segments": "n"}), scope)

    def voiced(self) -> Released:
        """Return how often and how strongly each barrier is put, by the levels under which passages may be shown.

        Returns
        -------
        Released
            One row per barrier and level of speakers, and per barrier for all of them.
        """
        found = joint_display.voiced(self.coded, self.opened.study)
        return self._released("barriers_voiced", (), ("speaker_level",), found, focus_groups.PARTICIPANTS)

    def codes_voiced(self) -> Released:
        """Return how often and how strongly each code is put, by the levels under which passages may be shown.

        Returns
        -------
        Released
            One row per code and level of speakers, and per code for all of them.
        """
        found = joint_display.codes_voiced(self.coded, self.opened.study)
        return self._released("codes_voiced", (), ("speaker_level",), found, focus_groups.PARTICIPANTS)

    def paraphrases(self) -> Released:
        """Return for each barrier the passage that stands for it, out of those that may be shown.

        Returns
        -------
        Released
            One row per barrier that has one, with its text and its place.
        """
        found = joint_display.paraphrases(self.coded, self.opened.study, self.opened.smallest_group)
        return self._released("paraphrases", (), (), found, focus_groups.PARTICIPANTS)

    @property
    def coders(self) -> OpenCoders:
        """The coders who worked apart, and how far they agree."""
        return OpenCoders(self.opened, self.coded)

    def texts(self) -> ReleasedPassages:
        """Return the passages that may be shown, through the gate.

        Returns
        -------
        ReleasedPassages
            Each under its only attribution.
        """
        return passages.release(self.coded, self.opened.study, smallest_group=self.opened.smallest_group)

    def examples(self, by: str = "stance", each: int = 1) -> Examples:
        """Return a few of the passages that may be shown, for `digiskills.notebook.passages`.

        Parameters
        ----------
        by : str
            What groups them; nothing that an attribution says.
        each : int
            How many of each group: those rated strongest, in the order of the document.

        Returns
        -------
        Examples
            Each under its only attribution.
        """
        return chosen(self.opened, self.coded, by, each)

    def _levels(self) -> list[str]:
        """Return the levels that speak alone, without those that stand for finer ones."""
        alone = list(coded_themes.apart_and_together(self.coded)["speaker_level"].cat.categories)
        rungs = passages.ladder(self.opened.study).rungs.get("speaker_level", {})
        general = {rungs[level].coarser for level in alone if level in rungs}
        return [level for level in alone if level not in general]

    def _named(self, found: pd.DataFrame) -> pd.DataFrame:
        return coded_themes.labelled(found, self.coded).rename(columns={"segments": "n", "base_segments": "base"})

    def _released(
        self,
        kind: str,
        items: tuple[str, ...],
        by: Sequence[str],
        frame: pd.DataFrame,
        scope: str,
        options: tuple[tuple[str, object], ...] = (),
    ) -> Released:
        study = self.opened.study
        passages.refuse_listed(self.coded, study, frame)
        table = DeclaredTable("", study.name, "focus_groups", kind, items, tuple(by), options=options)
        method = {"unit": "passages", "scope": scope, "coder": focus_groups.CONSENSUS, **frame.attrs.get("method", {})}
        return self.opened.public_table(frame, table, method)
