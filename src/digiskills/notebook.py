"""The few names that a notebook imports; they tie the floors together for one reader.

``open_study`` opens a study in one language and scope, its tables come released, ``publish`` shows an exhibit
and in a build writes its files, ``say`` prints computed sentences, ``passport`` closes the page.
"""

from __future__ import annotations

import dataclasses
import html
import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from IPython import get_ipython
from IPython.display import HTML

from digiskills import answers, disclosure, exhibits, focus_groups, intake, published, tables, words
from digiskills import study as studies
from digiskills import survey as surveys
from digiskills.answers import Answers
from digiskills.charts import Drawing
from digiskills.codebook import Codebook
from digiskills.disclosure import DeclaredTable, Plan, Released
from digiskills.errors import ReleaseError, UsageError, nearest
from digiskills.exhibits import Exhibit
from digiskills.focus_groups import FocusGroups
from digiskills.published import Published
from digiskills.study import LATEST, Study
from digiskills.survey import Survey

__all__ = ["open_study", "passport", "publish", "say"]

ALL = "all"
OTHERS = "others"
SCOPE = ("department_size", "level")
RUN = "DIGISKILLS_RUN"


def open_study(
    name: str | OpenStudy,
    language: str = "en",
    *,
    department_size: str = ALL,
    level: str = ALL,
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
    _show_tables()
    return OpenStudy(declared, language, where, smallest_group, disclosure.read_plan(declared.name))


@dataclass(frozen=True)
class OpenStudy:
    """A study in one language and scope; see `open_study`."""

    study: Study
    language: str
    where: dict[str, str]
    smallest_group: int
    plan: Plan | None = field(repr=False)

    @property
    def codebook(self) -> Codebook:
        """The survey's questions and answers."""
        return self.study.codebook

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
        return OpenSurvey(self, surveys.read(self.study, wave))

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
        return OpenFocusGroups(self, coded)

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


@dataclass(frozen=True, repr=False)
class OpenSurvey:
    """One wave of the survey; its methods return released tables, in the scope of the study as opened."""

    opened: OpenStudy
    private: Survey
    counted: dict[tuple[str, ...], Answers] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Shape and columns, never a row."""
        return repr(self.private)

    def respondents(self, by: Sequence[str] = ()) -> Released:
        """Return how many answered.

        Parameters
        ----------
        by : sequence of str
            Dimensions.

        Returns
        -------
        Released
            One row per domain: respondents and the people they stand for.
        """
        return self._table("respondents", (), by)

    def missing(self, items: str | Sequence[str], by: Sequence[str] = ()) -> Released:
        """Return what share of those asked gave no answer, and why.

        Parameters
        ----------
        items : str or sequence of str
            Items or a role of the codebook.
        by : sequence of str
            Dimensions.

        Returns
        -------
        Released
            One row per item, reason and domain.
        """
        return self._table("missing", items, by)

    def means(self, items: str | Sequence[str], by: Sequence[str] = ()) -> Released:
        """Return mean scores.

        Parameters
        ----------
        items : str or sequence of str
            Scored items or a role of the codebook.
        by : sequence of str
            Dimensions.

        Returns
        -------
        Released
            One row per item and domain.
        """
        return self._table("means", items, by)

    def shares(self, items: str | Sequence[str], by: Sequence[str] = ()) -> Released:
        """Return the share of each answer.

        Parameters
        ----------
        items : str or sequence of str
            Items or a role of the codebook.
        by : sequence of str
            Dimensions.

        Returns
        -------
        Released
            One row per item, answer and domain.
        """
        return self._table("shares", items, by)

    def barriers(self, by: Sequence[str] = (), items: str | Sequence[str] = "barrier") -> Released:
        """Return the share on the barrier side of each item.

        Parameters
        ----------
        by : sequence of str
            Dimensions.
        items : str or sequence of str
            Items or a role of the codebook.

        Returns
        -------
        Released
            One row per item and domain.
        """
        return self._table("barrier_side", items, by)

    def gaps(self, by: Sequence[str] = (), skills: str | Sequence[str] = disclosure.SKILLS) -> Released:
        """Return who is short of which skills.

        Parameters
        ----------
        by : sequence of str
            Dimensions.
        skills : str or sequence of str
            Skills, or ``skills`` for all.

        Returns
        -------
        Released
            One row per skill, measure and domain.
        """
        return self._table("shortfalls", skills, by)

    def answers(self, dimensions: tuple[str, ...]) -> Answers:
        """Return the counted answers, which are private like the survey.

        Parameters
        ----------
        dimensions : tuple of str
            What they are counted by.

        Returns
        -------
        Answers
            Counted once per notebook.
        """
        if dimensions not in self.counted:
            self.counted[dimensions] = answers.count(self.private, dimensions)
        return self.counted[dimensions]

    def _table(self, kind: str, items: str | Sequence[str], by: Sequence[str]) -> Released:
        named = (items,) if isinstance(items, str) else tuple(items)
        study, wave = self.opened.study, self.private.wave.name
        table = DeclaredTable("", study.name, "survey", kind, named, tuple(by), wave, tuple(self.opened.where.items()))
        estimates = disclosure.estimate(table, self.answers(table.dimensions), study.codebook, self.private.heads)
        return disclosure.release(
            estimates,
            table,
            study,
            plan=_current(self.opened.plan, self.private),
            language=self.opened.language,
            smallest_group=self.opened.smallest_group,
        )


@dataclass(frozen=True, repr=False)
class OpenFocusGroups:
    """Coded passages; its methods return counts of passages, never their words."""

    opened: OpenStudy
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
        return disclosure.release_public(
            frame, table, study, plan=self.opened.plan, language=self.opened.language, method=method
        )


@dataclass(frozen=True, repr=False)
class OpenPublished:
    """Figures that other agencies published, each survey alone."""

    opened: OpenStudy
    received: Published

    def __repr__(self) -> str:
        """Shapes only."""
        return repr(self.received)

    def figures(self, measure: str = "share_barrier", by: Sequence[str] = ()) -> Released:
        """Return the figures that are a close or partial fit to a barrier, of each survey's latest year.

        Parameters
        ----------
        measure : str
            ``share_barrier`` or ``share_favourable``; a survey that did not publish it has no row.
        by : sequence of str
            Nothing, ``department_size``, ``level`` or both.

        Returns
        -------
        Released
            One row per survey, item and group, as published; no interval.

        Raises
        ------
        UsageError
            If no survey published such a breakdown.
        """
        breakdown = _BREAKDOWNS.get(tuple(by))
        if breakdown is None:
            known = "; ".join(", ".join(names) or "nothing" for names in _BREAKDOWNS)
            raise UsageError(f"no survey published figures by {', '.join(by)}; known: {known}")
        panels = [self.received.panel(survey, breakdown=breakdown) for survey in self.received.surveys]
        found = pd.concat(panels, ignore_index=True)
        frame = found.assign(
            estimate=found[measure],
            n=found["n_answers"],
            label_en=_figure_labels(found, measure, "en"),
            label_fr=_figure_labels(found, measure, "fr"),
            withheld=found["withheld"].ne("").map({True: "few_answers", False: ""}),
            **{name: float("nan") for name in ("se", "df", "low", "high")},
        )
        kept = frame["estimate"].notna() | frame["withheld"].ne("")
        columns = ["survey", "year", "item", "label_en", "label_fr", "barrier", *by, "n", *_FIGURE_COLUMNS]
        study = self.opened.study
        table = DeclaredTable("", study.name, "published", "figures", (measure,), tuple(by))
        return disclosure.release_public(
            frame.loc[kept, columns],
            table,
            study,
            plan=self.opened.plan,
            language=self.opened.language,
            method={"source": "as published", "interval": "none"},
        )


_BREAKDOWNS = {
    (): "total",
    ("department_size",): "size",
    ("level",): "level",
    ("department_size", "level"): "size by level",
}
_FIGURE_COLUMNS = ["estimate", "se", "df", "low", "high", "withheld"]


def _figure_labels(figures: pd.DataFrame, measure: str, language: str) -> list[str]:
    """Return the items' words; for a favourable statement it is disagreement that speaks for the barrier."""
    turned = figures["polarity"].eq("agreement") & (measure == "share_barrier")
    return [
        words.text("item.reversed", language, label=label) if turn else label
        for label, turn in zip(figures[f"item_{language}"], turned, strict=True)
    ]


def _current(plan: Plan | None, survey: Survey) -> Plan | None:
    """Return the plan if it was made for these data; a build refuses any other."""
    if plan is not None and plan.inputs.get(survey.wave.name, survey.digest) == survey.digest:
        return plan
    if RUN in os.environ:
        raise ReleaseError("the release plan was made for other data: run digiskills build, which makes it anew")
    return None


def publish(identity: str, shown: Drawing | Released) -> Exhibit:
    """Return an exhibit to show, and write its files when a build runs this notebook.

    Parameters
    ----------
    identity : str
        Exhibit id as declared in ``notebooks/reports.toml``.
    shown : Drawing or Released
        A chart or a table.

    Returns
    -------
    Exhibit
        Figure, caption and folded data table.

    Raises
    ------
    ReleaseError
        If the table was not declared under this id.
    """
    run = _run()
    _refuse_another_scope(identity, shown, run.get("parameters", {}))
    number = str(run.get("notebook", identity))[:2]
    if not identity.startswith(f"{number}-"):
        raise ReleaseError(f"‘{identity}’ is another notebook’s exhibit: one of this notebook starts with {number}-")
    exhibit = exhibits.publish(
        identity,
        shown,
        folder=Path(run["exhibits"]) if run else None,
        parameters=run.get("parameters", {}),
        data_digest=run.get("data_digest", ""),
        code_version=version("digiskills"),
    )
    return dataclasses.replace(exhibit, html=_marked(exhibit.html))


def say(*sentences: str | Iterable[str]) -> HTML:
    """Return computed sentences as a list to read.

    Parameters
    ----------
    *sentences : str or iterable of str
        From `digiskills.words`.

    Returns
    -------
    IPython.display.HTML
        One bullet per sentence.
    """
    told = [line for part in sentences for line in ([part] if isinstance(part, str) else part)]
    return HTML(_marked("<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in told) + "</ul>"))


def passport(opened: OpenStudy) -> HTML:
    """Return the closing lines of a page: sources with their digests, parameters, versions, date of the data.

    Parameters
    ----------
    opened : OpenStudy
        The study as opened.

    Returns
    -------
    IPython.display.HTML
        A definition list.
    """
    study, language = opened.study, opened.language
    sources = [
        f"{resource.path} ({resource.sha256[:12]})"
        for resource in intake.passport.read(study.folder).resources.values()
        if not resource.optional
    ]
    parameters = {"study": study.name, "language": language, **opened.where, **_run().get("parameters", {})}
    packages = [f"{name} {version(name)}" for name in ("digiskills", "numpy", "pandas", "scipy", "matplotlib")]
    lines = {
        "passport.sources": "; ".join(sources),
        "passport.parameters": ", ".join(f"{name} = {value}" for name, value in parameters.items()),
        "passport.versions": ", ".join([f"Python {platform.python_version()}", *packages]),
        "passport.date": ", ".join(f"{wave.name}: {wave.date.isoformat()}" for wave in study.waves),
    }
    terms = [f"<dt>{words.text(key, language)}</dt><dd>{html.escape(line)}</dd>" for key, line in lines.items()]
    return HTML(_marked(f'<dl class="passport">{"".join(terms)}</dl>'))


def _show_tables() -> None:
    """Let Jupyter show a released table as one, whenever it is the last line of a cell."""
    shell = get_ipython()
    if shell is not None:
        shell.display_formatter.formatters["text/html"].for_type(Released, _shown)


def _shown(released: Released) -> str:
    """Return a table to look at; a build shows only those that were declared."""
    if RUN in os.environ and not released.ids:
        raise ReleaseError("a build shows declared tables only: declare this one in notebooks/reports.toml")
    return _marked(tables.html(released))


def _refuse_another_scope(identity: str, shown: Drawing | Released, parameters: Mapping[str, Any]) -> None:
    """Refuse a survey table that is limited otherwise than its page says."""
    released = shown.released if isinstance(shown, Drawing) else shown
    if not parameters or not isinstance(released, Released) or released.evidence != "survey":
        return
    said = {name: parameters[name] for name in SCOPE if parameters.get(name, ALL) != ALL}
    if released.where != said:
        raise ReleaseError(f"‘{identity}’ is limited to {released.where or 'nothing'}, its page to {said or 'nothing'}")


def _marked(shown: str) -> str:
    """Return HTML with the mark of this run, by which the page maker knows that it came through here."""
    mark = _run().get("release", "")
    return f'<div data-release="{mark}">{shown}</div>' if mark else shown


def _run() -> dict[str, Any]:
    """Return what the build says of this run; nothing in JupyterLab."""
    return dict(json.loads(os.environ.get(RUN, "{}")))
