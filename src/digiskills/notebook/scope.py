"""A study in one language and scope: what every table of a notebook is made and released with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from digiskills import answers, disclosure
from digiskills import survey as surveys
from digiskills.answers import Answers
from digiskills.codebook import Codebook
from digiskills.disclosure import DeclaredTable, Kept, Plan, Released
from digiskills.errors import ReleaseError
from digiskills.notebook.run import RUN
from digiskills.notebook.told import remember
from digiskills.study import Study
from digiskills.survey import Survey


@dataclass(frozen=True)
class Scope:
    """A study in one language, limited to one scope.

    Parameters
    ----------
    study : Study
        What it declares.
    language : str
        ``en`` or ``fr``.
    where : dict of str to str
        Dimension and category that everything is limited to.
    smallest_group : int
        A threshold that raises the study's own; 0 leaves it.
    plan : Plan or None
        The release plan of the last build.
    counted : dict
        Waves, and their answers counted by dimensions, read once per notebook; private.
    """

    study: Study
    language: str
    where: dict[str, str]
    smallest_group: int
    plan: Plan | None = field(repr=False)
    counted: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def codebook(self) -> Codebook:
        """The survey's questions and answers."""
        return self.study.codebook

    @cached_property
    def kept(self) -> Kept:
        """The estimates of the study that were made before, by the release plan or another notebook."""
        return Kept(self.study)

    def wave(self, name: str) -> Survey:
        """Return the respondents of a wave, who are private.

        Parameters
        ----------
        name : str
            The wave, or ``latest``.

        Returns
        -------
        Survey
            Read once per notebook.
        """
        name = self.study.wave(name).name
        if name not in self.counted:
            self.counted[name] = surveys.read(self.study, name)
        return self.counted[name]  # type: ignore[no-any-return]

    def count(self, wave: str, dimensions: tuple[str, ...]) -> tuple[Survey, Answers]:
        """Return a wave and its answers, which are private like the survey.

        Parameters
        ----------
        wave : str
            Its name.
        dimensions : tuple of str
            What they are counted by.

        Returns
        -------
        tuple of Survey and Answers
            Counted once per notebook.
        """
        survey = self.wave(wave)
        if (wave, dimensions) not in self.counted:
            self.counted[wave, dimensions] = answers.read(survey, dimensions)
        return survey, self.counted[wave, dimensions]

    def survey_table(
        self, kind: str, wave: str, items: str | Sequence[str] = (), by: Sequence[str] = (), **options: Any
    ) -> Released:
        """Return a released table of the survey.

        Parameters
        ----------
        kind : str
            One of `digiskills.disclosure.KINDS`.
        wave : str
            Its wave.
        items : str or sequence of str
            Items or a role of the codebook, skills, or ``skills`` for all of them.
        by : sequence of str
            Dimensions.
        **options : value
            What else makes the table; an option that is None is not given.

        Returns
        -------
        Released
            As the study's release plan allows.
        """
        named = (items,) if isinstance(items, str) else tuple(items)
        given = tuple(sorted((name, value) for name, value in options.items() if value is not None))
        where = tuple(self.where.items())
        table = DeclaredTable("", self.study.name, "survey", kind, named, tuple(by), wave, where, given)
        estimated = self.kept.estimate if self.kept.holds(self.wave(wave)) else disclosure.estimate
        estimates = estimated(table, self.study, self.count)
        released = disclosure.release(
            estimates,
            table,
            self.study,
            plan=_current(self.plan, self.wave(wave)),
            language=self.language,
            smallest_group=self.smallest_group,
        )
        return remember(released)

    def public_table(self, frame: Any, table: DeclaredTable, method: dict[str, Any]) -> Released:
        """Return a table of evidence that is public already.

        Parameters
        ----------
        frame : DataFrame
            Counts of passages, or figures as published.
        table : DeclaredTable
            What it shows.
        method : dict
            How it was made.

        Returns
        -------
        Released
            As the release plan of the study allows.
        """
        released = disclosure.release_public(
            frame, table, self.study, plan=self.plan, language=self.language, method=method
        )
        return remember(released)


def _current(plan: Plan | None, survey: Survey) -> Plan | None:
    """Return the plan if it was made for these data; a build refuses any other."""
    if plan is not None and plan.inputs.get(survey.wave.name, survey.digest) == survey.digest:
        return plan
    if RUN in os.environ:
        raise ReleaseError("the release plan was made for other data: run digiskills build, which makes it anew")
    return None
