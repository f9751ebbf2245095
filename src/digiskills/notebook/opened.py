"""Opening a study in one language and scope."""

from __future__ import annotations

from dataclasses import dataclass, replace

from digiskills import disclosure, focus_groups, joint_display, published, words
from digiskills import study as studies
from digiskills.disclosure import JOINT, DeclaredTable, joint
from digiskills.errors import UsageError, nearest
from digiskills.notebook.focus_groups import OpenFocusGroups
from digiskills.notebook.published import OpenPublished
from digiskills.notebook.publishing import show_tables
from digiskills.notebook.scope import Scope
from digiskills.notebook.survey import OpenSurvey
from digiskills.study import LATEST
from digiskills.tables import Arranged

ALL = "all"
SCOPE = ("department_size", "level")


def open_study(
    name: str | OpenStudy,
    language: str = "en",
    *,
    department_size: str = ALL,
    level: str = ALL,
    department: str = ALL,
    smallest_group: int = 0,
) -> OpenStudy:
    """Return a study, opened in one language and limited to one scope.

    Parameters
    ----------
    name : str or OpenStudy
        Its folder in ``data/raw``; a study that is open already, so that a cell can be run again.
    language : str
        ``en`` or ``fr``.
    department_size, level : str
        A category to limit everything to, or ``all``.
    department : str
        One department, by the label that the survey gives it, as a population of its own; only where the study
        opts in to pages of departments.
    smallest_group : int
        May raise the study's own threshold; 0 leaves it.

    Returns
    -------
    OpenStudy
        Gives the survey, the focus groups and the published surveys.

    Raises
    ------
    UsageError
        If the study or a category does not exist.
    """
    declared = name.study if isinstance(name, OpenStudy) else studies.read(name)
    if language not in words.LANGUAGES:
        raise UsageError(f"there is no language ‘{language}’: {nearest(language, words.LANGUAGES)}")
    scope = dict(zip(SCOPE, (department_size, level), strict=True))
    where = {dimension: category for dimension, category in scope.items() if category != ALL}
    for dimension, category in where.items():
        declared.dimension(dimension).label(category, language)
    if department != ALL:
        where |= {disclosure.DEPARTMENT: department}
    show_tables()
    return OpenStudy(declared, language, where, smallest_group, disclosure.read_plan(declared.name))


@dataclass(frozen=True)
class OpenStudy(Scope):
    """A study in one language and scope; see `open_study`."""

    def survey(self, wave: str = LATEST) -> OpenSurvey:
        """Return one wave of the survey.

        Parameters
        ----------
        wave : str
            A wave's name, or ``latest``.

        Returns
        -------
        OpenSurvey
            Gives released tables; never prints a row.
        """
        return OpenSurvey(self, self.wave(wave))

    def focus_groups(self) -> OpenFocusGroups:
        """Return the coded focus groups and documents.

        Returns
        -------
        OpenFocusGroups
            Gives counts of segments.

        Raises
        ------
        UsageError
            If the study has none; says why.
        """
        coded = focus_groups.read(self.study)
        if coded is None:
            raise UsageError(focus_groups.why_absent(self.study, self.language))
        described = replace(self, study=self.study.described_by(coded.frameworks))
        return OpenFocusGroups(described, coded)

    def published(self) -> OpenPublished:
        """Return the figures that other agencies published.

        Returns
        -------
        OpenPublished
            Gives one table per survey.

        Raises
        ------
        UsageError
            If the study has none; says why.
        """
        received = published.read(self.study)
        if received is None:
            raise UsageError(published.why_absent(self.study, self.language))
        return OpenPublished(self, received)

    def joint_display(self, wave: str = LATEST, common_share: float = joint_display.COMMON) -> Arranged:
        """Return survey, published surveys and focus groups side by side, one row per barrier.

        Parameters
        ----------
        wave : str
            A wave of the survey.
        common_share : float
            The share of people, 0 to 1, from which a barrier is common.

        Returns
        -------
        Arranged
            Made of released tables only; without published surveys where the study has none.

        Raises
        ------
        UsageError
            If the study has no focus groups or asks about no barrier; says why.
        """
        survey, coded = self.survey(wave), self.focus_groups()
        given = joint_display.Parts(
            survey=survey.barriers(),
            by_size=survey.barriers(by=["department_size"]),
            by_level=survey.barriers(by=["level"]),
            voiced=coded.voiced(),
            paraphrases=coded.paraphrases(),
            published=None if published.why_absent(self.study, self.language) else self.published().figures(),
        )
        table = self._joint("joint_display", wave, common_share=common_share)
        return joint_display.laid_out(joint_display.side_by_side(given, table, self.plan))

    def recommendations(self, wave: str = LATEST) -> Arranged:
        """Return recommendations beside their indicators in the survey and in focus groups.

        Parameters
        ----------
        wave : str
            A wave of the survey.

        Returns
        -------
        Arranged
            Made of released tables only.

        Raises
        ------
        UsageError
            If the study has no focus groups, recommendations or indicators.
        """
        table, coded = self._joint("recommendations", wave), self.focus_groups()
        made_of = {
            name: self.survey_table(part.kind, part.wave, part.items, part.by)
            for name, part in joint.parts(table, self.study).items()
            if part.evidence == "survey"
        }
        made_of["voiced"] = coded.codes_voiced()
        return joint_display.recommendations_laid_out(joint_display.indicated(made_of, table, self.plan))

    def questions(self, wave: str = LATEST) -> Arranged:
        """Return research questions with the exhibits that answer them.

        Parameters
        ----------
        wave : str
            The wave of the page.

        Returns
        -------
        Arranged
            It holds no number.

        Raises
        ------
        UsageError
            If the study names no questions.
        """
        table = self._joint("questions", wave)
        return joint_display.questions_laid_out(joint_display.answered(self.study, table, self.plan, self.language))

    def _joint(self, kind: str, wave: str, **options: float) -> DeclaredTable:
        """Return a table of joint evidence in the scope of the study as opened."""
        where = tuple(self.where.items())
        named = self.study.wave(wave).name
        return DeclaredTable("", self.study.name, JOINT, kind, (), (), named, where, tuple(options.items()))
